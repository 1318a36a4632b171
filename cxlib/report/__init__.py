"""Notebook + parameters -> published report. It knows notebooks and parameter models, no study."""

from cxlib.report.describing import describe
from cxlib.report.parameters import model_name, read_given, read_notebook
from cxlib.report.plan import Planned, from_notebook, from_yaml
from cxlib.report.publish import broken
from cxlib.report.run import TIMEOUT, WORKERS, Outcome, Ready, ready, run

__all__ = [
    "TIMEOUT",
    "WORKERS",
    "Outcome",
    "Planned",
    "Ready",
    "broken",
    "describe",
    "from_notebook",
    "from_yaml",
    "model_name",
    "read_given",
    "read_notebook",
    "ready",
    "run",
]
