"""Answers where they lie, joined with the lists of people -> groups of answers by what is known of
who gave them, of those of one person the latest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxlib.bias import joining, steps
from cxlib.bias.counts import joined as counts
from cxlib.bias.counts import people
from cxlib.bias.counts.joined import EARLIER, NOW, THERE, WHO, ListOf, OwnRowsError
from cxlib.bias.parameters import Parameters
from cxlib.bias.samples import Step
from cxlib.bias.stages import STAGES
from cxlib.errors import EmptyDataError
from cxlib.rows.multiplicity import RAW, TIMES, meanings, size_of, tally
from cxlib.shown.message import Message
from cxlib.sources.grouped_rows import GroupedRows

if TYPE_CHECKING:
    import ibis.expr.types as ir

_LISTED = "cx: list "  # before the name of a margin that the people to compare with have
_IN_FRAME, _CODED = "cx: in frame", "cx: coded"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class GroupedPeople:
    """Answers with a score, joined with what the lists know of who gave them.

    Attributes
    ----------
    p : Parameters
    rows : GroupedRows
    of_survey : tuple of str
        Columns of the survey.
    absent, shared : tuple of str
        Margins that only the customer file has, and those of the people to compare with.
    beside : tuple of str
        Columns that were joined.
    listed, reference : Ibis table or None
        Invitations of all waves; the people to compare with.
    file : Path or None
        Where these are.
    wave : str or None
    repeated : (int, int)
        Answers of the wave of people who gave a later one, and these people.
    """

    p: Parameters
    rows: GroupedRows
    of_survey: tuple[str, ...]
    absent: tuple[str, ...]
    shared: tuple[str, ...]
    beside: tuple[str, ...]
    listed: ir.Table | None
    reference: ir.Table | None
    file: Path | None
    wave: str | None
    repeated: tuple[int, int]

    @property
    def compares(self) -> bool:
        """Whether answers of people who are not among those to compare with are left out."""
        return THERE in self.beside

    @property
    def in_frame(self) -> str:
        """The column that says whether who answered is in the customer file, where that alone has
        a margin."""
        return _IN_FRAME if _IN_FRAME in self.beside else THERE

    def group(self, answers: pd.DataFrame, here: pd.DataFrame) -> pd.DataFrame:
        """Return the groups; `answers` and `here` are those of all waves and those of the wave, in
        groups by score, as they were read.

        Raises
        ------
        TooManyGroupsError
            As `counts.group`.
        OwnRowsError
            If they are not those answers, as where a file was written in between.
        """
        p = self.p
        always = [name for name in p.margins if name in self.of_survey]
        now = [p.score, p.outcome, p.weight, p.cluster, p.strata, p.population, p.reminders]
        there = [name for name in now if name in self.of_survey]
        found = counts.group(self.rows, now=there, always=always, beside=self.beside)
        if p.wave_column in self.of_survey:
            found[p.wave_column] = pd.Series(self.wave, found.index, dtype=object).where(found[NOW])
        groups = _read(found, answers, p)
        if not _is_of(groups, answers, here, p):
            raise OwnRowsError(["survey"])
        return groups

    def code(self, groups: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Message, ...]]:
        """As `joining.code_as_reference`."""
        found = groups[[f"{_LISTED}{name}" for name in self.shared]]
        found = found.set_axis(list(self.shared), axis="columns")
        return joining.recode(self.p, groups, found, groups[NOW].astype(bool))

    def keep_known(self, groups: pd.DataFrame) -> Step:
        """As `reading` keeps the answers of the wave that come from people to compare with, the
        latest of each."""
        now = groups[groups[NOW].astype(bool)].reset_index(drop=True)
        known = now[THERE].astype(bool) if self.compares else None
        kept = steps.keep_known(now, known, file=self.file, once=self._latest)
        if kept is None:
            table = self.rows.table
            ours = people.some(table.filter(table[NOW]), column=WHO)
            theirs = people.some(self.reference, column=str(self.p.customer))
            apart = joining.why_apart(ours, theirs, "survey")
            raise EmptyDataError(joining.none_known(self.p, size_of(now), apart))
        return kept

    def _latest(self, kept: pd.DataFrame) -> tuple[pd.DataFrame, list[Message]]:
        n, persons = self.repeated
        if not n:
            return kept, []
        said = Message("bias.repeated_in_rows", n=n, people=persons)
        return kept[~kept[EARLIER].astype(bool)].reset_index(drop=True), [said]

    def group_reference(self) -> ir.Table | None:
        """Return the people to compare with, in groups by their margins."""
        if self.reference is None:
            return None
        return counts.group_list(self.reference, self.p.margins)

    def group_invitations(self) -> ir.Table | None:
        """Return the invitations of all waves, in groups by what the funnel asks of them."""
        if self.listed is None:
            return None
        stages = list(STAGES.values())
        keys = [name for name in (self.p.wave_column, self.p.mode) if name]
        return counts.group_list(counts.with_stages(self.listed, stages), [*keys, *stages])


def _read(groups: pd.DataFrame, answers: pd.DataFrame, p: Parameters) -> pd.DataFrame:
    """Return groups with scores and weights as numbers, as those of the answers were read."""
    for name, kind in ((p.score, "Int64"), (p.weight, "float64")):
        if name is not None and name in groups:
            read = meanings(answers[f"{RAW}{name}"], answers[name])
            raw = [None if pd.isna(value) else value for value in groups[name]]
            # of other waves than the one to look at there is none
            if not {*raw, None} <= {*read, None}:
                raise OwnRowsError([name])
            found = [read.get(value) for value in raw]
            groups = groups.assign(**{name: pd.Series(found, groups.index, dtype=kind)})
    return groups


def _is_of(groups: pd.DataFrame, answers: pd.DataFrame, here: pd.DataFrame, p: Parameters) -> bool:
    """Return whether groups are of so many answers as were read, and of so many of the wave, by
    score and by weight."""
    now = groups[groups[NOW].astype(bool)]
    same = size_of(groups) == size_of(answers) and size_of(now) == size_of(here)
    counted = [name for name in (p.score, p.weight) if name in groups]
    tallies = (
        [tally(rows[name], rows[TIMES]).to_dict() for name in counted] for rows in (now, here)
    )
    return same and next(tallies) == next(tallies)


def join_people(
    p: Parameters,
    answers: GroupedRows,
    of_survey: Sequence[str],
    *,
    frame: ir.Table | None,
    listed: ir.Table | None,
    wave: str | None,
    alone: bool,
) -> GroupedPeople:
    """Join answers with the customer file and the invitations.

    Parameters
    ----------
    p : Parameters
    answers : GroupedRows
        From `counts.usable`.
    of_survey : sequence of str
        Columns of the survey.
    frame, listed : Ibis table or None
        Customers; invitations, once each.
    wave : str or None
        The wave to look at.
    alone : bool
        Whether there is no other.
    """
    invited = joining.invited_in(listed, p.wave_column, wave, alone=alone)
    reference, file = (frame, p.frame) if invited is None else (invited, p.invitations)
    coding = frame if listed is None else listed
    absent = [name for name in p.margins if name not in of_survey]
    _refuse_other_kinds(p, frame, listed)
    is_frame = coding is frame  # whose margins are theirs already where the survey has none
    shared, lists = [], []
    if coding is not None and p.customer is not None and p.customer in coding.columns:
        have = [*of_survey, *([] if is_frame else absent)]
        shared = [name for name in p.margins if name in coding.columns and name in have]
        lists = _lists(p, of_survey, coding, reference, shared, wave, absent if is_frame else None)
    if absent and frame is not None and not is_frame:
        columns = {name: name for name in absent}
        how: Any = {"customer": str(p.customer), "wave": None, "once": True}
        lists.append(ListOf(table=frame, columns=columns, there=_IN_FRAME, **how))
    beside = tuple(name for each in lists for name in (*each.columns, each.there))
    rows = counts.of_wave(answers, column=p.wave_column, wave=wave)
    with_whom = reference if THERE in beside else None
    rows, *repeated = counts.mark_earlier(rows, with_whom, customer=p.customer)
    for each in lists:
        rows = counts.join(rows, each)
    return GroupedPeople(
        p=p,
        rows=rows,
        of_survey=tuple(of_survey),
        absent=tuple(absent),
        shared=tuple(shared),
        beside=beside,
        listed=listed,
        reference=reference,
        file=file,
        wave=wave,
        repeated=(repeated[0], repeated[1]),
    )


def refuse_strangers(
    p: Parameters, answers: GroupedRows, of_survey: Sequence[str], frame: ir.Table | None
) -> None:
    """Refuse a customer file that alone has a margin, and of which nobody answered, as
    `joining.with_margins` does."""
    absent = [name for name in p.margins if name not in of_survey]
    if not absent or frame is None or p.customer is None:
        return
    if not counts.any_is_in(answers, frame, customer=p.customer):
        ours, theirs = people.some(answers.table, column=WHO), people.some(frame, column=p.customer)
        raise joining.strangers(p, counts.first_answer(answers), ours, theirs)


def _refuse_other_kinds(p: Parameters, frame: ir.Table | None, listed: ir.Table | None) -> None:
    """Refuse columns of the lists that a frame may hold otherwise than the engine."""
    taken = {
        "frame": (frame, [*p.margins, p.reminders, p.wave_column]),
        "invitations": (listed, [*p.margins, p.reminders, p.wave_column, p.mode]),
    }
    other = [
        name
        for name, (rows, columns) in taken.items()
        if rows is not None and not counts.has_plain(rows, columns)
    ]
    if other:
        raise OwnRowsError(other)


def _lists(
    p: Parameters,
    of_survey: Sequence[str],
    coding: ir.Table,
    reference: ir.Table | None,
    shared: Sequence[str],
    wave: str | None,
    alone: Sequence[str] | None,
) -> list[ListOf]:
    """Return what to join: the margins that the lists have, who is among the people to compare
    with, and after how many reminders they answered. `alone` are the margins that the customer file
    alone has, where there are no invitations."""
    codes = {f"{_LISTED}{name}": name for name in shared}
    in_both = p.wave_column in coding.columns and p.wave_column in of_survey
    key = str(p.wave_column) if in_both else None
    further = {}
    if p.reminders and p.reminders not in of_survey:
        if p.reminders not in coding.columns or p.reminders in p.margins:
            raise OwnRowsError(["reminders"])
        further = {p.reminders: p.reminders}
    further |= {name: name for name in alone or ()}
    how: Any = {"customer": str(p.customer), "once": alone is not None}
    if key is None or (wave is not None and alone is None):
        return [ListOf(table=coding, wave=key, columns=codes | further, there=THERE, **how)]
    # customers, or waves without an order: codes by wave, and people of any wave
    return [
        ListOf(table=coding, wave=key, columns=codes, there=_CODED, **how),
        ListOf(table=reference, wave=None, columns=further, there=THERE, **how),
    ]
