"""A survey, a customer file and an invitation list -> rows that are joined: people once each, with
the margins as the people to compare with have them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from cxlib import check
from cxlib.bias.counts import people
from cxlib.bias.parameters import Parameters
from cxlib.errors import ParameterError
from cxlib.rows import names, table
from cxlib.rows.dates import read_dates
from cxlib.rows.multiplicity import count, size_of, times_of
from cxlib.shown import language as words
from cxlib.shown.message import Message
from cxlib.sources.table_names import server_table

if TYPE_CHECKING:
    import ibis.expr.types as ir

# share of answers left out, for want of a person or as one of several, that can change the headline
MANY = 0.05
_INVITATION, _USABLE = "invitation_id", "usable"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Listed:
    """Invitations, one row a person and wave; None where there is no list."""

    rows: ir.Table | None = None
    warnings: tuple[Message, ...] = ()


def refuse_twice(p: Parameters, frame: ir.Table) -> None:
    """Refuse a customer file that repeats a customer.

    Raises
    ------
    ParameterError
        With how many rows do, and the first.
    """
    if n := people.repeats(frame, column=str(p.customer)):
        first = people.first_repeat(frame, column=str(p.customer))
        raise ParameterError(
            f"customer={p.customer!r}: {n:,} rows of frame={path_of(p.frame)!r} "
            f"repeat a customer (first: {first!r}); give it one row a customer"
        )


def with_margins(p: Parameters, survey: pd.DataFrame, frame: ir.Table | None) -> pd.DataFrame:
    """Add the margins that only the customer file has."""
    absent = [name for name in p.margins if name not in survey.columns]
    if not absent or frame is None or p.customer is None:
        return survey
    # who has no id is nobody
    there = people.take(frame, columns=[p.customer, *absent]).dropna(subset=[p.customer])
    survey = survey.assign(**{p.customer: names.fold(survey[p.customer]).values})
    if not survey[p.customer].isin(there[p.customer]).any():
        raise strangers(p, survey[p.customer].iloc[0], survey[p.customer], there[p.customer])
    return survey.merge(there, on=p.customer, how="left")


def strangers(p: Parameters, first: object, ours: pd.Series, theirs: pd.Series) -> ParameterError:
    """Return the refusal of a customer file that has none of the customers who answered."""
    return ParameterError(
        f"customer={p.customer!r}: none of the survey's customers (first: {first!r}) is in "
        f"frame={path_of(p.frame)!r}{why_apart(ours, theirs, 'survey')}; give the customer file "
        "that belongs to this survey"
    )


def with_answered(
    p: Parameters,
    invitations: ir.Table | None,
    frame: ir.Table | None,
    answers: pd.DataFrame | ir.Table,
) -> Listed:
    """Return the invitation list with the customers' margins, and whether a usable answer came."""
    if invitations is None:
        return Listed()
    keys = [
        name
        for name in (_INVITATION, p.customer, p.wave_column)
        if name and name in answers.columns and name in invitations.columns
    ]
    keys = [_INVITATION] if _INVITATION in keys else keys
    marked = people.mark_answered(invitations, answers, keys=keys, name=_USABLE)
    if not people.any_true(marked, column=_USABLE):
        apart = _apart_from_list(p, marked, answers)
        raise ParameterError(
            f"invitations={path_of(p.invitations)!r}: none of the survey's answers belongs to an "
            f"invitation in it (joined by {words.write_list(keys)}){apart}; give the list that "
            "belongs to this survey, or None"
        )
    if frame is not None and p.customer is not None:
        needed = [*p.margins, *([p.proxy] if p.proxy and p.proxy not in p.margins else [])]
        wanted = [m for m in needed if m in frame.columns and m not in invitations.columns]
        if wanted:
            marked = people.add_columns(marked, frame, key=p.customer, columns=wanted)
    return _once_each(p, table.named(marked))


def _once_each(p: Parameters, invitations: ir.Table) -> Listed:
    """Join repeated invitations and reminders, so that a row is a person in a wave."""
    if p.customer is None or p.customer not in invitations.columns:
        return Listed(rows=invitations)
    waves = [p.wave_column] if p.wave_column in invitations.columns else []
    keys = [p.customer, *map(str, waves)]
    once = people.join_repeats(invitations, keys=keys, named=[p.mode] if p.mode else [])
    n, persons = people.size(invitations), people.persons(invitations, keys=keys)
    if n == persons:
        return Listed(rows=invitations)
    once = table.named(once)
    file = "" if p.invitations is None else p.invitations.name
    said = Message("bias.invited_repeatedly", n=n - persons, all=n, file=file, people=persons)
    return Listed(rows=once, warnings=(said,))


def code_as_reference(
    p: Parameters, answers: pd.DataFrame, reference: ir.Table | None, wave: str | None
) -> tuple[pd.DataFrame, tuple[Message, ...]]:
    """Give the answers the margins that the people to compare with have, where both files have the
    column and differ, and say of how many of the wave's answers that is so."""
    if reference is None or p.customer is None or p.customer not in reference.columns:
        return answers, ()
    shared = [m for m in p.margins if m in reference.columns and m in answers.columns]
    keys = [p.customer]
    if p.wave_column in reference.columns and p.wave_column in answers.columns:
        keys.append(str(p.wave_column))
    there = people.take(reference, columns=[*keys, *shared])
    there = there.assign(**{key: names.fold(there[key]).values for key in keys})
    there = there.dropna(subset=keys).drop_duplicates(keys, keep=False)
    ours = pd.DataFrame({key: names.fold(answers[key]).values for key in keys})
    found = ours.merge(there, on=keys, how="left").set_axis(answers.index)
    here = pd.Series(True, answers.index) if wave is None else answers[p.wave_column] == wave
    return recode(p, answers, found[shared], here)


def recode(
    p: Parameters, answers: pd.DataFrame, found: pd.DataFrame, here: pd.Series
) -> tuple[pd.DataFrame, tuple[Message, ...]]:
    """Give the answers the margins that were `found` of the same people, where they differ, and say
    of how many of those that are `here` that is so."""
    said = []
    for margin in found.columns:
        own, theirs = (names.fold(each[margin]).values for each in (answers, found))
        differ = theirs.notna() & (own != theirs).fillna(True)
        if not differ.any():
            continue
        answers = answers.assign(**{margin: answers[margin].mask(differ, theirs)})
        told = differ & here & own.notna()
        if told.any():
            both = here & theirs.notna(), own, theirs
            said.append(_differing(p, margin, told, *both, times=times_of(answers)))
    return answers, tuple(said)


def _differing(
    p: Parameters,
    margin: str,
    told: pd.Series,
    joined: pd.Series,
    own: pd.Series,
    theirs: pd.Series,
    *,
    times: pd.Series | None,
) -> Message:
    file = p.frame if p.invitations is None else p.invitations
    first = told.idxmax()
    return Message(
        "bias.margin_differs",
        n=count(told, times),
        all=count(joined, times),
        column=margin,
        file="" if file is None else file.name,
        own=own[first],
        theirs=theirs[first],
    )


def why_apart(ours: pd.Series, theirs: Iterable[object], file: str) -> str:
    """Return why no id of a file is among others, where zeros or letters around the digits are the
    reason; empty where it is not known."""
    others = [str(each) for each in theirs if each is not None and not pd.isna(each)]
    own = [str(each) for each in names.fold(ours).values.dropna()]
    for cut, why in ((r"^0+(?=\d)", "zeros"), (r"\D+|(?<!\d)0+(?=\d)", "signs")):
        short = {re.sub(cut, "", each): each for each in others}
        for each in own:
            other = short.get(re.sub(cut, "", each))
            if other and other != each and re.search(r"\d", other):
                return _mend(each, other, why, file)
    return ""


def _mend(own: str, other: str, why: str, file: str) -> str:
    if why == "zeros" and len(own) < len(other):
        return (
            f": the ids of the {file} lost leading zeros ({own!r} is {other!r} there); export it "
            f"with the ids as text, or write them with .str.zfill({len(other)})"
        )
    return f": the ids are written differently ({own!r} and {other!r}); write them alike in both"


def _apart_from_list(p: Parameters, listed: ir.Table, answers: pd.DataFrame | ir.Table) -> str:
    if p.customer is None or p.customer not in listed.columns or p.customer not in answers.columns:
        return ""
    there = people.some(listed, column=p.customer)
    ours = answers[p.customer]
    if not isinstance(answers, pd.DataFrame):
        ours = people.some(answers, column=p.customer)
    return why_apart(ours, there, "survey")


def none_known(p: Parameters, n: int, apart: str) -> str:
    """Return the refusal where nobody who answered is among the people to compare with."""
    return (
        f"survey={p.survey.as_posix()!r}: none of the {n:,} answers of this wave comes from people "
        f"to compare with{apart}; give the invitation list and the customer file of this wave"
    )


def path_of(file: Path | None) -> str:
    """Return a path as a refusal names it."""
    return "" if file is None else file.as_posix()


def invited_in(
    invitations: ir.Table | None, wave_column: str | None, wave: str | None, *, alone: bool
) -> ir.Table | None:
    """Return the invitations of the wave; all of them where there is no other wave (`alone`)."""
    if invitations is None or wave is None or wave_column is None:
        return invitations
    if not alone:  # of several waves; without the column those invited to others would count
        check.columns(invitations.columns, **{"invitations, wave_column": wave_column})
    there = wave_column in invitations.columns
    if not there:
        return invitations
    return table.named(people.where(invitations, column=wave_column, value=wave))


def latest_of_each(p: Parameters, rows: pd.DataFrame) -> tuple[pd.DataFrame, list[Message]]:
    """Keep the latest answer of each person, by its time where a column has it, else the last of
    the rows, and say of how many; an empty id is nobody's."""
    if p.customer is None or p.customer not in rows.columns:
        return rows, []
    who = names.fold(rows[p.customer]).values.set_axis(rows.index)
    if not who.dropna().duplicated().any():
        return rows, []
    column = p.answered_at if p.answered_at in rows.columns else None
    if column is None and server_table(p.survey) is not None:
        raise ParameterError(
            f"answered_at=None: {int(who.dropna().duplicated().sum()):,} answers of "
            f"survey={p.survey.as_posix()!r} are of people who had answered before in this wave, "
            "and rows of a server have no order by which one of them is the latest; name the "
            "column with the time of the answer, or a view in which each person answers once"
        )
    if column is not None:
        times = read_dates(rows[column], name=column, parameter="answered_at", dates=p.dates).values
        who = who.loc[times.sort_values(kind="stable", na_position="first").index]
    earlier = who.notna() & who.duplicated(keep="last")
    n, persons = int(earlier.sum()), who[earlier].nunique()
    said = (
        Message("bias.repeated_in_rows", n=n, people=persons)
        if column is None
        else Message("bias.repeated_in_time", n=n, people=persons, column=column)
    )
    return rows[~earlier.reindex(rows.index)].reset_index(drop=True), [said]


def doubted(
    said: Sequence[Message], rows: pd.DataFrame
) -> tuple[tuple[Message, ...], tuple[Message, ...]]:
    """Return what is a warning, and what of it can change the headline: what holds of many."""
    many = MANY * size_of(rows)
    return tuple(said), tuple(each for each in said if each.values["n"] > many)
