"""What became of reports -> the exit status of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cxlib.report.refusals import Kind
from cxlib.shown.message import Message


class Status(StrEnum):
    """What became of a report; published and failed ones leave a run behind."""

    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    REFUSED = "refused"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a report.

    Attributes
    ----------
    name : str
        The report.
    status : Status
        A refusal publishes nothing: the data or the parameters allow no honest answer.
    headline : str
        The finding, what went wrong, or the refusal with its parameter.
    doubts : sequence of str
        What stands above the finding, and must be known with it.
    page : Path or None
        Its `report.html`, or the `failed.html` of this run; None where it was refused.
    seconds : float
        How long it took.
    cause : str
        Of what did not succeed: error, dead, changed, time, memory or value.
    why : sequence of Message
        Why it was made, or not.
    where : str
        The line of the suite that a refusal is about.
    trouble : str
        What of a published report could not be made: its PDF.
    kind : Kind or None
        Of what kind that is which did not succeed.
    language : str
        Of the report; empty where nobody asked for one.
    """

    name: str
    status: Status
    headline: str
    page: Path | None = None
    seconds: float = 0.0
    cause: str = ""
    why: Sequence[Message] = ()
    where: str = ""
    trouble: str = ""
    kind: Kind | None = None
    language: str = ""
    doubts: Sequence[str] = ()


def exit_status(outcomes: Sequence[Outcome], *, problems: bool = False) -> int:
    """Return the exit status of a run: 0 all published or unchanged, 1 a report or its PDF
    failed, 2 a value or a file was refused, 3 time or memory was over. The highest that applies
    wins.

    Parameters
    ----------
    outcomes : sequence of Outcome
    problems : bool
        Whether something was refused that is no report.
    """
    found = [2] if problems else [0]
    for outcome in outcomes:
        if outcome.cause in ("time", "memory"):
            found.append(3)
        elif outcome.status is Status.REFUSED:
            found.append(2)
        elif outcome.status is Status.FAILED or outcome.trouble:
            found.append(1)
    return max(found)
