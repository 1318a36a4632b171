"""What one transcript is, once read: its text, its turns and its cues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cxlib.shown.message import Message


class Turn(NamedTuple):
    """What one speaker says before another does: `text[start:end]`, times in seconds."""

    speaker: str | None
    start: int
    end: int
    started: float | None = None
    ended: float | None = None


class Cue(NamedTuple):
    """What a cue file shows at once: `text[start:end]`, times in seconds."""

    start: int
    end: int
    started: float
    ended: float


@dataclass(frozen=True, slots=True)
class Spoken:
    """One transcript; only cue files have cues. `front_matter` counts the lines before the first
    label that nobody says; `warnings` say where words may be of somebody else."""

    text: str
    turns: list[Turn]
    notes: list[Message]
    cues: Sequence[Cue] = ()
    front_matter: int = 0
    warnings: Sequence[Message] = ()
