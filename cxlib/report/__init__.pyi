from .checking import Ready, ready, ready_all
from .describing import Described, describe
from .notebook import load_model, read_notebook
from .plan import Planned, from_notebook, from_yaml, plan_all
from .publish import broken
from .runner import TIMEOUT, WORKERS, Outcome, Status, run

__all__ = [
    "TIMEOUT",
    "WORKERS",
    "Described",
    "Outcome",
    "Planned",
    "Ready",
    "Status",
    "broken",
    "describe",
    "from_notebook",
    "from_yaml",
    "load_model",
    "plan_all",
    "read_notebook",
    "ready",
    "ready_all",
    "run",
]
