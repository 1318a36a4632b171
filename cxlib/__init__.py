"""cxlib: interviews, response bias, NPS and retention, from a researcher's own files to a report.

`import cxlib as cx` costs milliseconds; a study loads when it is named (`cx.nps`, `cx.retention`,
...)."""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_MODULES = (
    "bias",
    "check",
    "errors",
    "inference",
    "interviews",
    "language",
    "nps",
    "report",
    "result",
    "retention",
    "scales",
    "sources",
    "table",
    "theme",
)
# what a notebook shows with, and where it lies
_SHOWN = dict.fromkeys(("finding", "flags", "picture", "say", "summaries"), "result") | {
    "ledger": "entries"
}
__all__ = [*_MODULES, *_SHOWN]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"cxlib.{name}")
    if name in _SHOWN:
        return getattr(importlib.import_module(f"cxlib.{_SHOWN[name]}"), name)
    raise AttributeError(f"cxlib has no {name!r}; it has {', '.join(sorted(__all__))}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
