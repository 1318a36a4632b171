"""The survey's rows -> scores, and what a reader must know of the answers that the headline rests
on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from cxlib.errors import EmptyDataError
from cxlib.nps import grouped_reading
from cxlib.nps.parameters import DETRACTOR, PROMOTER, Parameters
from cxlib.nps.reading_waves import InTime
from cxlib.nps.score_groups import GIVEN_UNREAD as UNREAD
from cxlib.rows import code_labels, respondents, scales, wave_names, weight_tables, weights
from cxlib.rows.multiplicity import count, size, times_of
from cxlib.shown.message import Message
from cxlib.sources import LeftOut, Survey, grouped_surveys, read_list, read_survey

_MOST_IN_ORDER = 10_000_000  # rows of which it is asked where the waves stand


def parse(survey: Survey, p: Parameters) -> tuple[Survey, scales.ParsedScores]:
    """Return the answers and their scores: groups in the order of the file, where a sentence names
    the first of several.

    Raises
    ------
    EmptyDataError
        If nobody answered.
    ScoreRangeError
        If no answer is a score.
    ScaleError
        If the file's value labels contradict their codes.
    ParameterError
        If a label is not among the answers.
    """
    answers, meanings = survey.frame[p.score], survey.labels.get(p.score, {})
    how: Any = {"scale": p.scale, "scale_shift": p.scale_shift, "labels": p.labels}
    code_labels.refuse_contradiction(answers, meanings, **how)
    found = scales.parse_scores(answers, **how, times=survey.times)
    if not found.n:  # where one is given that is no score, it is refused by now
        raise EmptyDataError(
            f"score={p.score!r}: none of the {survey.n:,} rows has an answer; name the column with "
            "the scores"
        )
    if survey.times is not None and found.examples:
        survey = grouped_surveys.in_file_order(survey, p.score)
        found = scales.parse_scores(survey.frame[p.score], **how, times=survey.times)
    return survey, found


def with_weights(survey: Survey, p: Parameters) -> tuple[Survey, tuple[Message, ...]]:
    """Return the answers that the file of weights has a weight for, and what can change the
    headline; the survey as it is where there is no such file.

    Raises
    ------
    ColumnError, WeightError
        If the weights do not belong to these answers.
    """
    if p.weights is None or p.columns.weight is None:
        return survey, ()
    joined = weight_tables.join_weights(
        survey.frame,
        read_list(p.weights).frame,
        weight=p.columns.weight,
        file=p.weights.name,
        wave=p.wave_column
        if p.wave_by == "value" and p.wave_column in survey.frame.columns
        else None,
        every=lambda: read_survey(p.survey, **{**p.read_with, "finished_only": False}).frame,
    )
    left_out = {**survey.left_out, LeftOut.NO_WEIGHT: joined.left_out}
    weighted = replace(
        survey,
        frame=joined.rows,
        notes=(*survey.notes, *joined.notes),
        left_out=left_out if joined.left_out else survey.left_out,
    )
    return weighted, joined.warnings


def name_waves(rows: pd.DataFrame, survey: Survey, p: Parameters) -> wave_names.Named:
    """Return the name of the wave of each row; none where no column has them.

    Raises
    ------
    ColumnError
        If `wave_by` needs dates and there are none, or each wave stands only in its first row.
    """
    name = p.wave_column
    if name is None:
        return wave_names.Named(values=pd.Series(None, index=rows.index, dtype=object), notes=())
    given = rows[p.score].notna()
    how: Any = {
        "column": name,
        "by": p.wave_by,
        "dates": p.dates,
        "times": times_of(rows),
        "zone": p.zone,
    }
    if survey.rows is not None and size(rows, times_of(rows)) <= _MOST_IN_ORDER:
        where, raw = survey.rows, survey.frame[name]
        how["in_order"] = lambda missing: where.are_among(name, raw[missing].drop_duplicates())
    return wave_names.name_waves(rows[name], given=given, **how)


def zone_of_waves(survey: Survey, named: wave_names.Named, p: Parameters) -> tuple[Message, ...]:
    """Say by which clocks days are told where waves are made of moments with a time zone, and that
    those without one stay as they are where `zone` asks for others."""
    name = p.wave_column
    if name is None or p.wave_by in ("value", "unordered"):
        return ()
    zone = survey.rows.zone_of(name) if survey.rows is not None else _zone(survey.frame[name])
    zone = p.zone if named.zoned and p.zone else zone
    if zone is None:
        return () if p.zone is None else (Message("nps.waves_no_zone", column=name, zone=p.zone),)
    told = (p.zone or zone).removeprefix("Etc/")  # engines call UTC Etc/UTC
    told = f"UTC{told}" if told[0] in "+-" else told
    return (Message("nps.waves_zone", column=name, zone=told),)


def _zone(values: pd.Series) -> str | None:
    kind = values.dtype
    return str(kind.tz) if isinstance(kind, pd.DatetimeTZDtype) else None


def many_left_out(rows: pd.DataFrame, wave: str | None, p: Parameters) -> tuple[Message, ...]:
    """Say where many answers of the headline's wave, or of all, were given but are no score."""
    everywhere, times = pd.Series(True, index=rows.index), times_of(rows)
    for part in (_of_headline(rows, wave, p), everywhere):
        left = count(part & rows[UNREAD], times)
        scored = count(part & rows[p.score].notna(), times)
        if said := scales.many_left_out(left, left + scored):
            return said
    return ()


def many_in_no_wave(rows: pd.DataFrame, wave: str | None, p: Parameters) -> bool:
    """Return whether the answers in no wave are many beside those of the headline's: were they of
    it, they could change it."""
    if wave is None or p.wave_column is None:
        return False
    scored, times = rows[p.score].notna(), times_of(rows)
    left = count(scored & rows[p.wave_column].isna(), times)
    here = count(scored & _of_headline(rows, wave, p), times)
    return bool(scales.many_left_out(left, left + here))


def heavy_weights(rows: pd.DataFrame, waves: list[str], p: Parameters) -> tuple[Message, ...]:
    """Say where few answers hold most of the weight: of the headline's wave and of the one before,
    or of all answers."""
    if p.columns.weight is None:
        return ()
    scored = rows[rows[p.score].notna()]
    parts: list[tuple[pd.DataFrame, str | None]] = [
        (scored[scored[p.wave_column] == wave], wave) for wave in waves[-2:]
    ]
    return tuple(
        said
        for part, wave in parts or [(scored, None)]
        for said in _judge_weights(part, p.columns.weight, wave)
    )


def _judge_weights(rows: pd.DataFrame, weight: str, wave: str | None) -> tuple[Message, ...]:
    if times_of(rows) is None:
        return weights.find_heavy_weights(rows[weight], wave=wave)
    sums = grouped_reading.weight_sums(rows)
    return weights.judge_weights(**sums, column=weight, wave=wave)


def with_respondents(
    survey: Survey, *, given: pd.DataFrame, waves: InTime, p: Parameters
) -> tuple[Any, tuple[Message, ...], tuple[Message, ...]]:
    """Return the answers of the waves up to the headline's, in groups where the survey is; who gave
    a large part of them; and whether others answered more than once, while nothing knows it."""
    if survey.rows is not None:
        answers = grouped_reading.group(survey, survey.rows, given, waves.rows, waves.wave, p)
        told = grouped_reading.find_people(answers, waves.waves, waves.wave, waves.known, p)
        return answers, *told
    heavy = heavy_respondents(waves.rows, waves.wave, p)
    return waves.rows, heavy.warnings, _repeated(waves.rows[~heavy.rows], p)


def _repeated(rows: pd.DataFrame, p: Parameters) -> tuple[Message, ...]:
    """Say whether some respondents answered more than once in a wave, or in several waves, while
    nothing knows it."""
    who = p.columns.respondent
    if who is None or p.columns.cluster == who:
        return ()
    scored = rows.loc[rows[p.score].notna() & rows[who].notna()]
    wave = [p.wave_column] if p.wave_column else []
    answers = scored.groupby([*wave, who], observed=True).size()
    twice = answers[answers > 1].index.get_level_values(who).nunique()
    if twice:
        return (Message("nps.twice_in_wave", n=twice, column=who),)
    panel = int((scored.groupby(who, observed=True).size() > 1).sum())
    return (Message("nps.panel", n=panel, column=who),) if panel else ()


def heavy_respondents(rows: pd.DataFrame, wave: str | None, p: Parameters) -> respondents.Heavy:
    """Find who gave a large part of the answers; nobody where no respondents are named."""
    if p.columns.respondent is None:
        return respondents.Heavy(rows=pd.Series(False, index=rows.index), warnings=())
    return respondents.find_heavy(
        rows,
        respondent=p.columns.respondent,
        score=p.score,
        headline=_of_headline(rows, wave, p),
        wave=p.wave_column,
        weight=p.columns.weight,
        promoter=PROMOTER,
        detractor=DETRACTOR,
    )


def _of_headline(rows: pd.DataFrame, wave: str | None, p: Parameters) -> pd.Series:
    if wave is None:
        return pd.Series(True, index=rows.index)
    return rows[p.wave_column] == wave
