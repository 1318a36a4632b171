"""An exception, or what ended a run -> of what kind it is, for a reader who does not read it.

A refusal is said in English, so that it can be searched for; above it stands one sentence in the
reader's language: the word for its `Kind`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cxlib import errors


class Kind(StrEnum):
    """Of what kind a refusal or failure is; its word says where to look."""

    PARAMETER = "parameter"
    FILE = "file"
    COLUMN = "column"
    DATA = "data"
    FEW = "few"
    TIME = "time"
    MEMORY = "memory"
    CHANGED = "changed"
    NOTEBOOK = "notebook"
    WRITING = "writing"
    COMMAND = "command"
    CLUSTER = "cluster"


_OF_ERRORS = {
    errors.ParameterError: Kind.PARAMETER,
    errors.SourceError: Kind.FILE,
    errors.ColumnError: Kind.COLUMN,
    errors.EmptyDataError: Kind.DATA,
    errors.ScoreRangeError: Kind.DATA,
    errors.ScaleError: Kind.DATA,
    errors.WeightError: Kind.DATA,
    errors.CohortError: Kind.DATA,
    errors.CxError: Kind.COMMAND,
}
_BY_NAME = {kind.__name__: found for kind, found in _OF_ERRORS.items()}
_BY_CAUSE = {"time": Kind.TIME, "memory": Kind.MEMORY, "changed": Kind.CHANGED}


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is wrong, in English, and of what kind it is."""

    message: str
    kind: Kind

    @classmethod
    def of(cls, error: Exception) -> Refusal:
        """Return what an exception says."""
        return cls(str(error), kind_of(type(error).__name__))


def kind_of(name: str) -> Kind:
    """Return the kind of an exception by its class's name; one that is none of ours comes from the
    notebook.

    >>> str(kind_of("ColumnError")), str(kind_of("ZeroDivisionError"))
    ('column', 'notebook')
    """
    return _BY_NAME.get(name, Kind.NOTEBOOK)


def read_kind(told: Any, otherwise: Kind = Kind.NOTEBOOK) -> Kind:
    """Return the kind that a file names; someone may have written into it."""
    return Kind(told) if told in list(Kind) else otherwise


def kind_of_stop(error: Mapping[str, Any]) -> Kind:
    """Return the kind of what stopped a run, `error` in its manifest: a limit or a change is what
    it is, whatever else was raised then.

    >>> str(kind_of_stop({"cause": "memory", "kind": "data"})), str(kind_of_stop({"cause": "dead"}))
    ('memory', 'notebook')
    """
    cause = error.get("cause")
    found = _BY_CAUSE.get(cause) if isinstance(cause, str) else None
    return found or read_kind(error.get("kind"))
