"""The parameters and large tables -> the sample, of groups that are counted where the rows lie."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from cxlib.bias import given_targets, grouped_people, joining, lists, steps, usable
from cxlib.bias.chosen_rows import ChosenRows
from cxlib.bias.counts import joined as counts
from cxlib.bias.counts.joined import OwnRowsError, has_plain
from cxlib.bias.dated_waves import name_invited_waves
from cxlib.bias.parameters import Parameters
from cxlib.bias.reading_waves import InTime, put_in_time
from cxlib.bias.samples import Sample, Step
from cxlib.errors import CxError
from cxlib.rows.calendar_periods import PERIODS
from cxlib.rows.multiplicity import RAW, TIMES, meanings, size, size_of
from cxlib.rows.wave_years import is_year
from cxlib.shown.message import Message
from cxlib.sources import Survey, grouped_surveys
from cxlib.sources.grouped_rows import GroupedRows, TooManyGroupsError, open_rows
from cxlib.sources.table_names import is_columnar, server_table

FEW = 1_000_000  # rows that are read one by one
_MOST_IN_ORDER = 10_000_000  # rows of which it is asked where the waves stand
_OWN = ("items", "item_scales", "seconds", "answered_at", "proxy", "weights_out")
_NUMBERS = ("outcome", "population")
_CONDITIONS = ("only", "where_answers")


@dataclass(frozen=True, slots=True)
class Way:
    """Whether rows are counted where they lie, and what is said where large tables are not."""

    grouped: bool
    notes: tuple[Message, ...] = ()


def find_way(p: Parameters) -> Way:
    """Return how the files of the parameters are read."""
    files = [path for path in (p.survey, p.frame, p.invitations) if path is not None]
    if not _stays(p.survey) or not any(map(_is_large, files)):
        return Way(grouped=False)
    if beside := [path.name for path in files if not _stays(path)]:
        said = Message("bias.read_beside", n=_size(p.survey), file=p.survey.name, files=beside)
        return Way(grouped=False, notes=(said,))
    if asked := [name for name in (*_OWN, *_CONDITIONS) if getattr(p, name)]:
        return Way(grouped=False, notes=pulled_for(p, asked))
    return Way(grouped=True)


def pulled_for(p: Parameters, parameters: Sequence[str]) -> tuple[Message, ...]:
    """Say how many rows were read since parameters ask for each of them."""
    said = {"n": _size(p.survey), "file": p.survey.name, "names": list(parameters)}
    return (Message("bias.read_rows", **said),)


def pulled_for_groups(p: Parameters, error: TooManyGroupsError) -> tuple[Message, ...]:
    """Say how many rows were read since there are too many groups, and how there would be fewer."""
    said = {"n": _size(p.survey), "file": p.survey.name, "column": error.column}
    return (Message("bias.read_many_groups", limit=error.most, **said),)


def _stays(path: Path) -> bool:
    return is_columnar(path) and server_table(path) is None


def _is_large(path: Path) -> bool:
    with contextlib.suppress(CxError):
        return _stays(path) and _size(path) > FEW
    return False


def _size(path: Path) -> int:
    rows = open_rows(path)
    return int(rows.fetch(rows.table.agg(n=rows.table.count()))["n"].iloc[0])


def read_groups(p: Parameters, asked: ChosenRows) -> Sample:
    """Read the sample of groups of alike answers.

    Raises
    ------
    OwnRowsError
        If a column is used of which each row must be known.
    TooManyGroupsError
        If there are too many groups.
    CxError
        As `reading.read`.
    """
    given, rows = _answers(p, asked)
    survey = steps.read_answers(p, given, _in_order(p, given, rows))
    frame, *noticed = lists.read_people(p, "frame", where=asked.frame)
    columns = [*rows.names, *(frame.columns if frame is not None else ())]
    p = given_targets.with_margins(p, columns)
    invitations, *more = lists.read_people(p, "invitations", where=asked.invitations)
    steps.refuse_columns(p, rows.names, frame, invitations)
    compared = frame is not None or invitations is not None
    usable.refuse_nothing(p, rows.names, compared=compared)
    _refuse_own(p, rows)
    invitations = name_invited_waves(invitations, p)
    try:
        waves = put_in_time(p, survey.rows, invitations)
        answers = _usable(p, rows, waves)
        listed = joining.with_answered(p, waves.invitations, frame, answers.table)
        in_wave = steps.of_wave(p, waves)
        alone = size_of(in_wave.rows) == size_of(waves.answers)
        who = grouped_people.join_people(
            p, answers, rows.names, frame=frame, listed=listed.rows, wave=waves.wave, alone=alone
        )
    except CxError:  # what rows are refused for first
        everybody = _usable(p, rows, InTime(answers=survey.rows, invitations=None))
        grouped_people.refuse_strangers(p, everybody, rows.names, frame)
        raise
    groups = who.group(waves.answers, in_wave.rows)
    if who.absent and not groups[who.in_frame].any():
        grouped_people.refuse_strangers(p, answers, rows.names, frame)
    coded, said = who.code(groups)
    known = who.keep_known(coded)
    told = (*noticed[1], *more[1], *listed.warnings, *said)
    note = Message("bias.read_groups", n=size_of(waves.answers), groups=len(coded))
    every = who.group_invitations()
    joined = steps.Joined(
        survey=survey,
        files=Step(pd.DataFrame(), {}, (note, *noticed[0], *more[0]), told),
        in_wave=in_wave,
        known=replace(known, rows=_without_own(known.rows)),
        answers=_without_own(waves.answers),
        named={**waves.answers, **coded},
        reference=who.group_reference(),
        invited=joining.invited_in(every, p.wave_column, waves.wave, alone=alone),
        all_invited=every,
        headline=usable.of_headline(p, survey.unread, waves.wave, known.rows, waves.answers),
        wave=waves.wave,
        columns=columns,
        of_survey=[*rows.names, *who.absent],
    )
    return steps.assemble(p, joined)


def _answers(p: Parameters, asked: ChosenRows) -> tuple[Survey, GroupedRows]:
    """Return the answers in groups by what all of them must be looked at for, in the order in which
    a sentence names the first of several; and where they lie."""
    columns = [name for name in (p.wave_column, p.score, p.channel, p.weight) if name]
    survey = grouped_surveys.read_groups(
        p.survey,
        columns=list(dict.fromkeys(columns)),
        question=p.score or "",
        days=[p.wave_column] if p.wave_column and p.wave_by in PERIODS else [],
        where=asked.survey,
        **p.read_with,
    )
    if p.score is not None and p.score in survey.frame:
        survey = grouped_surveys.in_file_order(survey, p.score)
    if survey.rows is None:
        raise OwnRowsError(["survey"])
    types = {name: survey.rows.types.get(str(getattr(p, name))) for name in _NUMBERS}
    if empty := [name for name, kind in types.items() if kind == pa.null()]:
        raise OwnRowsError(empty)  # a refusal names the type
    return survey, survey.rows


def _in_order(
    p: Parameters, survey: Survey, rows: GroupedRows
) -> Callable[[pd.Series], pd.Series] | None:
    name = str(p.wave_column)
    if name not in survey.frame or size(survey.frame, survey.times) > _MOST_IN_ORDER:
        return None
    raw = survey.frame[name]
    return lambda missing: rows.are_among(name, raw[missing].drop_duplicates())


def _refuse_own(p: Parameters, rows: GroupedRows) -> None:
    """Refuse columns that would make a group of each row, or that are read in two ways."""
    apart = {p.customer, p.wave_column, p.score, p.weight} - {None}
    given = [("margins", name) for name in p.margins]
    given += [(name, getattr(p, name)) for name in ("cluster", "strata", "population")]
    given += [(name, getattr(p, name)) for name in ("outcome", "reminders")]
    used = [(parameter, name) for parameter, name in given if name in rows.names]
    own = [name for name, column in used if column in apart or not has_plain(rows.table, [column])]
    own += ["customer"] * (not has_plain(rows.table, [p.customer]))
    compared = p.frame is not None or p.invitations is not None
    own += ["channel"] * (compared and p.channel in p.margins)  # of all waves, by its margins
    own += ["margins"] * any(name not in rows.names and is_year(name) for name in p.margins)
    if own:
        raise OwnRowsError(list(dict.fromkeys(own)))


def _usable(p: Parameters, rows: GroupedRows, waves: InTime) -> GroupedRows:
    """Return the answers where they lie, with names of waves as they were put in time."""
    known, scored, named = waves.answers, None, None
    if p.score is not None:
        scored = p.score, known[f"{RAW}{p.score}"].drop_duplicates().tolist()
    if p.wave_column in known:
        read = meanings(known[f"{RAW}{p.wave_column}"], known[p.wave_column])
        of_wave: dict[str, list[Any]] = {}
        for raw, name in read.items():
            if name is not None:
                of_wave.setdefault(name, []).append(raw)
        named = str(p.wave_column), of_wave
    return counts.usable(rows, scored=scored, waves=named, customer=p.customer)


def _without_own(rows: pd.DataFrame) -> pd.DataFrame:
    """Return groups without the columns by which they were made."""
    own = [name for name in rows.columns if str(name).startswith("cx: ") and name != TIMES]
    return rows.drop(columns=own)
