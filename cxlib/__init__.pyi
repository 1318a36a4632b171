from . import (
    bias,
    check,
    errors,
    interviews,
    methods,
    nps,
    parameters,
    report,
    retention,
    rows,
    sample,
    shown,
    sources,
)
from .rows import scales
from .secrecy import read_secret
from .shown import finding, flags, ledger, picture, save, say, summaries, theme, to_excel

__version__: str
__all__ = [
    "bias",
    "check",
    "errors",
    "finding",
    "flags",
    "interviews",
    "ledger",
    "methods",
    "nps",
    "parameters",
    "picture",
    "read_secret",
    "report",
    "retention",
    "rows",
    "sample",
    "save",
    "say",
    "scales",
    "shown",
    "sources",
    "summaries",
    "theme",
    "to_excel",
]
