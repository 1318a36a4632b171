from .checking import Ready, ready, ready_all
from .checks import Checks, check_all
from .cluster import Cluster, connected
from .collect import Collected, collect_runs
from .copies import can_fork, shared
from .describing import Described, describe
from .difference import compare_runs
from .difference_table import as_csv, print_difference
from .difference_words import since_last_run
from .fan_out import Expansion, LeftOut, expand, in_shard, parse_shard
from .figures import headline_figure, read_figures
from .limits import Limits, parse_bytes
from .look_records import looks_are_lost
from .notebook import load_model, read_notebook
from .outcomes import Outcome, Status, exit_status
from .plan import Planned, Plans, from_notebook, from_yaml, plan_all
from .prune import Pruned, prune_runs
from .publish import broken
from .refusals import Kind, kind_of
from .run_folders import find_two
from .runner import WORKERS, run

__all__ = [
    "WORKERS",
    "Checks",
    "Cluster",
    "Collected",
    "Described",
    "Expansion",
    "Kind",
    "LeftOut",
    "Limits",
    "Outcome",
    "Planned",
    "Plans",
    "Pruned",
    "Ready",
    "Status",
    "as_csv",
    "broken",
    "can_fork",
    "check_all",
    "collect_runs",
    "compare_runs",
    "connected",
    "describe",
    "exit_status",
    "expand",
    "find_two",
    "from_notebook",
    "from_yaml",
    "headline_figure",
    "in_shard",
    "kind_of",
    "load_model",
    "looks_are_lost",
    "parse_bytes",
    "parse_shard",
    "plan_all",
    "print_difference",
    "prune_runs",
    "read_figures",
    "read_notebook",
    "ready",
    "ready_all",
    "run",
    "shared",
    "since_last_run",
]
