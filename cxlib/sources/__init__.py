"""Files as tools write them, and databases -> tables: surveys, transcripts, events, and the sample
company."""

from __future__ import annotations

import importlib
from typing import Any

_FUNCTIONS = {
    "connect": "connections",
    "read_events": "events",
    "read_survey": "surveys",
    "read_transcripts": "transcripts",
    "Survey": "surveys",
    "Transcripts": "transcripts",
}
_MODULES = ("connections", "decoding", "events", "sample", "surveys", "transcripts")
__all__ = ["Survey", "Transcripts", "connect", "read_events", "read_survey", "read_transcripts"]


def __getattr__(name: str) -> Any:
    if name in _FUNCTIONS:
        return getattr(importlib.import_module(f"cxlib.sources.{_FUNCTIONS[name]}"), name)
    if name in _MODULES:
        return importlib.import_module(f"cxlib.sources.{name}")
    raise AttributeError(f"cxlib.sources has no {name!r}; it has {', '.join(sorted(__all__))}")


def __dir__() -> list[str]:
    return sorted([*__all__, *_MODULES])
