"""A survey file, a customer file and an invitation list -> people and columns to compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from cxlib import check
from cxlib.bias import given_targets, grouped_reading, joining, lists, steps, usable
from cxlib.bias.chosen_rows import ChosenRows, choose_rows
from cxlib.bias.counts import people
from cxlib.bias.counts.joined import OwnRowsError
from cxlib.bias.dated_waves import name_invited_waves
from cxlib.bias.parameters import Parameters
from cxlib.bias.reading_waves import put_in_time
from cxlib.bias.samples import Sample, Step
from cxlib.errors import EmptyDataError
from cxlib.rows import names
from cxlib.shown.message import Message
from cxlib.sources import read_survey
from cxlib.sources.grouped_rows import TooManyGroupsError
from cxlib.sources.server_tables import begin_reading

if TYPE_CHECKING:
    import ibis.expr.types as ir


@check.arguments
def read(p: Parameters) -> Sample:
    """Read the files of the parameters and join them by customer.

    Parameters
    ----------
    p : Parameters
        Names the files, their columns and the wave.

    Returns
    -------
    Sample
        The respondents, whom they stand for, and what was read and left out.

    Raises
    ------
    CxError
        If a file or column is absent or unfit.

    Notes
    -----
    All answers are read into memory, and of the lists the ids and margins, with one exception.
    Where a Parquet file, a folder of such or a table of DuckDB has more than a million rows, and
    all files are of these kinds, they are joined and counted where they lie; `respondents` and
    `answers` are then groups of alike answers, of the columns that the parameters name
    (`multiplicity.TIMES` says how many each stands for), which the functions of this study take
    as they take rows, or refuse. Rows are read all the same, and a note says how many and why,
    where a parameter asks for each of them (statements, seconds, the time of an answer, a proxy,
    weights to be written, `only`, `where_answers`), or where they make more than a million groups.
    """
    _begin(p)
    return read_again(p)


def _begin(p: Parameters) -> None:
    usable.refuse_target(p)
    begin_reading(*steps.inputs_of(p).values())


def read_again(p: Parameters) -> Sample:
    """Read as `read`, what lies in connections at the moment of the last `read`."""
    asked, way = choose_rows(p), grouped_reading.find_way(p)
    if not way.grouped:
        return _read_rows(p, asked, way.notes)
    try:
        return grouped_reading.read_groups(p, asked)
    except TooManyGroupsError as error:
        said = grouped_reading.pulled_for_groups(p, error)
    except OwnRowsError as error:
        said = grouped_reading.pulled_for(p, error.parameters)
    return _read_rows(p, asked, said)


def read_rows(p: Parameters) -> Sample:
    """Read as `read`, each answer as a row of its own."""
    _begin(p)
    return _read_rows(p, choose_rows(p), ())


def _read_rows(p: Parameters, asked: ChosenRows, said: Sequence[Message]) -> Sample:
    given = read_survey(p.survey, **p.read_with, where=asked.survey)
    given = given.where(p.where_answers, parameter="where_answers")
    survey = steps.read_answers(p, given)
    frame, *noticed = lists.read_people(p, "frame", where=asked.frame)
    of_survey = list(survey.rows.columns)
    columns = [*of_survey, *(frame.columns if frame is not None else ())]
    p = given_targets.with_margins(p, columns)
    invitations, *more = lists.read_people(p, "invitations", where=asked.invitations)
    steps.refuse_columns(p, of_survey, frame, invitations)
    compared = frame is not None or invitations is not None
    usable.refuse_nothing(p, of_survey, compared=compared)
    invitations = name_invited_waves(invitations, p)
    waves = put_in_time(p, joining.with_margins(p, survey.rows, frame), invitations)
    listed = joining.with_answered(p, waves.invitations, frame, waves.answers)
    answers, coded = joining.code_as_reference(
        p, waves.answers, frame if listed.rows is None else listed.rows, waves.wave
    )
    in_wave = steps.of_wave(p, replace(waves, answers=answers))
    invited = joining.invited_in(
        listed.rows, p.wave_column, waves.wave, alone=len(in_wave.rows) == len(answers)
    )
    reference, file = (frame, p.frame) if invited is None else (invited, p.invitations)
    known = _known(p, in_wave.rows, reference, file)
    told = (*noticed[1], *more[1], *listed.warnings, *coded)
    joined = steps.Joined(
        survey=survey,
        files=Step(pd.DataFrame(), {}, (*said, *noticed[0], *more[0]), told),
        in_wave=in_wave,
        known=known,
        answers=answers,
        named={name: answers[name] for name in answers.columns},
        reference=reference,
        invited=invited,
        all_invited=listed.rows,
        headline=usable.of_headline(p, survey.unread, waves.wave, known.rows, answers),
        wave=waves.wave,
        columns=columns,
        of_survey=list(answers.columns),
    )
    return steps.assemble(p, joined)


def _known(
    p: Parameters, respondents: pd.DataFrame, reference: ir.Table | None, file: Path | None
) -> Step:
    """Leave out, with a warning, answers of people not to compare with and all but one of each."""
    known, there = None, set[str]()
    if p.customer is not None and reference is not None and p.customer in reference.columns:
        there = set(people.take(reference, columns=[p.customer])[p.customer].dropna())
        known = names.fold(respondents[p.customer]).values.isin(there)
    kept = steps.keep_known(
        respondents, known, file=file, once=lambda rows: joining.latest_of_each(p, rows)
    )
    if kept is None:
        apart = joining.why_apart(respondents[p.customer], there, "survey")
        raise EmptyDataError(joining.none_known(p, len(respondents), apart))
    return kept
