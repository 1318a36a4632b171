"""What was read of a survey, a customer file and an invitation list: people and columns to compare,
and what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from cxlib.shown.message import Message
from cxlib.shown.reading import Reading
from cxlib.shown.result import Result
from cxlib.shown.table import Format
from cxlib.sources import LeftOut

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Part(StrEnum):
    """What was read, or left out."""

    ANSWERS = "answers"
    NO_SCORE = "no_score"
    OTHER_WAVES = "other_waves"
    UNKNOWN_PEOPLE = "unknown_people"
    REPEATED = "repeated"
    RESPONDENTS = "respondents"
    INVITED = "invited"
    CUSTOMERS = "customers"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Read(Result):
    """What was read and what was left out: `what, n`, a row a count."""

    columns: ClassVar[Mapping[str, Format]] = {"what": Part | LeftOut, "n": "integer"}

    def caption(self) -> Message:
        """Return what the table shows."""
        return Message("bias.read_caption")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sample(Reading):
    """Who answered, and whom they stand for.

    Attributes
    ----------
    respondents, answers : pandas.DataFrame
        Usable answers of the wave, the latest of each person, with the margins; all usable answers.
    reference : Ibis table or None
        Whom the respondents are compared with: the invited of the wave, else all customers.
    invitations, all_invitations : Ibis table or None
        Invitations of the wave, and of all waves; `usable` says whether a usable answer came.
    targets : dict of str to pandas.Series
        Margin to category to number of people: as given, else in `reference`; what `weigh` takes.
    margins : tuple of str
        Columns to compare by: those named, else those that have targets.
    items, item_scales, reverse
        Columns of statements, those of each scale, and those worded the other way round.
    invited, population : int or None
        People invited in the wave; people in the customer file where there is no invitation list.
    modes, waves : tuple of str
        Columns of the invitation list with the mode and with the wave; empty where there is none.
    left_out : int
        Answers of the wave that were given but are no score.
    wave : str or None
        The wave that is looked at.
    """

    respondents: pd.DataFrame
    answers: pd.DataFrame
    reference: ir.Table | None
    invitations: ir.Table | None
    all_invitations: ir.Table | None
    targets: dict[Any, pd.Series]
    margins: tuple[str, ...]
    items: list[str] | None
    item_scales: dict[str, list[str]] | None
    reverse: list[str]
    invited: int | None
    population: int | None
    modes: tuple[str, ...]
    waves: tuple[str, ...]
    left_out: int = 0
    wave: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """The rows that a step of reading kept, what it counted, and what it has to say."""

    rows: pd.DataFrame
    counts: Mapping[Part | LeftOut, int]
    notes: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()
    flags: tuple[Message, ...] = ()  # those of the warnings that can change the headline
    unread: pd.DataFrame | None = None  # rows with an answer that is no score
