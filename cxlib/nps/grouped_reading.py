"""The parameters and a survey in a source of columns -> its answers in groups, with what only the
rows know: who answered often, and what people wrote."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import pandas as pd

from cxlib.errors import CxError
from cxlib.nps.grouped_answers import GroupedAnswers, with_sums
from cxlib.nps.parameters import DETRACTOR, PROMOTER, Parameters
from cxlib.nps.score_groups import GIVEN_UNREAD
from cxlib.rows import names, respondents
from cxlib.rows.calendar_periods import PERIODS
from cxlib.rows.conditions import Condition, choose
from cxlib.rows.multiplicity import TIMES, meanings
from cxlib.rows.weights import OUTSIDE, refuse_unfit
from cxlib.shown.message import Message
from cxlib.sources import (
    Survey,
    grouped_checks,
    grouped_respondents,
    grouped_surveys,
    grouped_texts,
)
from cxlib.sources.grouped_rows import (
    LARGEST,
    SQUARES,
    UNFIT,
    WEIGHING,
    WEIGHTS,
    WRONG,
    GroupedRows,
)

_RAW = "cx: raw "  # before the place of a column among those that are read


def asked_for(p: Parameters) -> Condition | None:
    """Return the condition of the answers that are looked at; None where all are."""
    return choose(p.where, p.only, zone=p.zone or "UTC")


def is_grouped(p: Parameters) -> bool:
    """Return whether the survey is counted where it lies: a source of columns, unless weights are
    joined by ids, a column that is counted holds lists, or a condition is asked of a server."""
    if p.weights is not None:
        return False
    asked = asked_for(p) is not None
    return grouped_surveys.can_be_grouped(p.survey, _columns(p), asked=asked)


def read_survey(p: Parameters, further: Sequence[str] = ()) -> Survey:
    """Read the survey of the parameters in groups.

    Raises
    ------
    CxError
        As `grouped_surveys.read_groups`.
    """
    return grouped_surveys.read_groups(
        p.survey,
        columns=[*_columns(p), *further],
        question=p.score,
        weight=p.columns.weight,
        days=[p.wave_column] if p.wave_column and p.wave_by in PERIODS else [],
        where=asked_for(p),
        zone=p.zone,
        **p.read_with,
    )


def can_be_pulled(p: Parameters) -> bool:
    """Return whether all rows may be read: to say of few what is wrong with which of them."""
    with contextlib.suppress(CxError):
        return grouped_surveys.are_few(p.survey)
    return True


def refuse_other_tables(survey: Survey, rows: GroupedRows, p: Parameters) -> None:
    """Refuse a table of many rows that are no answers.

    Raises
    ------
    CxError
        As `tallies.refuse_tally` and `option_columns.refuse_options`.
    """
    if p.score in survey.frame and survey.times is not None:
        n = int(survey.times.sum())
        grouped_checks.refuse_tally(rows, survey.frame[p.score], n, score=p.score, path=p.survey)
    grouped_checks.refuse_options(rows, p.score)


def _columns(p: Parameters) -> list[str]:
    return [name for name in (p.score, p.wave_column, p.segment, p.columns.mode) if name]


def with_raw(rows: pd.DataFrame, survey: Survey, p: Parameters) -> pd.DataFrame:
    """Return groups with how many answers each stands for, and with the raw values of the columns
    that are read."""
    raw = {new: survey.frame[name] for name, new in _raw(survey, p).items()}
    return rows.assign(**raw, **{TIMES: survey.times})


def _raw(survey: Survey, p: Parameters) -> dict[str, str]:
    """Return the columns that are read, with the name under which each stands as it was."""
    read = (p.score, p.wave_column, p.segment, p.columns.weight)
    there = [name for name in read if name and name in survey.frame]
    return {name: f"{_RAW}{place}" for place, name in enumerate(there)}


def weigh(rows: pd.DataFrame, p: Parameters) -> pd.DataFrame:
    """Return groups with the sums of their weights.

    Raises
    ------
    WeightError
        If weights are negative or infinite.
    """
    weight = p.columns.weight
    if weight is None:
        return rows
    if weight in rows:
        return with_sums(rows, rows[weight])
    there = int((rows[TIMES] - rows[UNFIT] + rows[WRONG]).sum())
    refuse_unfit(
        int(rows[WRONG].sum()),
        of=there,
        parameter="columns.weight",
        column=weight,
        what=f"no numbers, {OUTSIDE}",
    )
    return rows


def group(
    survey: Survey,
    rows: GroupedRows,
    given: pd.DataFrame,
    kept: pd.DataFrame,
    wave: str | None,
    p: Parameters,
) -> GroupedAnswers:
    """Return the groups as the study counts them; `given` are all of them, and `kept` those of the
    waves up to the headline's."""
    columns = _raw(survey, p)
    raw = {
        name: meanings(part[new], part[name])
        for name, new in columns.items()
        for part in [kept if name == p.wave_column else given]
    }
    weight = p.columns.weight
    return GroupedAnswers(
        groups=kept,
        raw=raw,
        unread=frozenset(given.loc[given[GIVEN_UNREAD], columns[p.score]]),
        score=p.score,
        weight=weight if weight not in survey.frame else None,
        rows=rows,
        now=(p.wave_column, wave) if p.wave_column and wave is not None else None,
    )


def find_people(
    answers: GroupedAnswers, waves: Sequence[str], wave: str | None, known: bool, p: Parameters
) -> tuple[tuple[Message, ...], tuple[Message, ...]]:
    """Return who gave a large part of the answers, and whether others answered more than once while
    nothing knows it.

    Parameters
    ----------
    answers : GroupedAnswers
    waves : sequence of str
        In their order, where it is known.
    wave : str or None
        The headline's.
    known : bool
        Whether the order of the waves is known.
    p : Parameters
    """
    who = p.columns.respondent
    if who is None:
        return (), ()
    scores = answers.raw[p.score]
    named = [*waves]
    of_wave: dict[str, list] = {}
    if p.wave_column:
        for value, name in answers.raw[p.wave_column].items():
            if name is not None:
                of_wave.setdefault(name, []).append(value)
        named = named or list(of_wave)
    found = grouped_respondents.count_people(
        answers.rows,
        who,
        score=p.score,
        scored=[value for value, score in scores.items() if score is not None],
        wave=p.wave_column,
        waves=[of_wave[name] for name in named],
        now=None if wave is None else named.index(wave),
        every=not known,
        weight=answers.weight,
        n=int(answers.groups[TIMES].sum()),
        beside=[name for name in (p.columns.weight,) if name and name in answers.raw],
    )
    heavy = () if found.heavy is None else _say_heavy(found.heavy, answers, wave, p)
    return heavy, _repeated(found, p)


def _repeated(found: grouped_respondents.People, p: Parameters) -> tuple[Message, ...]:
    who = p.columns.respondent
    if p.columns.cluster == who:
        return ()
    if found.twice:
        return (Message("nps.twice_in_wave", n=found.twice, column=who),)
    return (Message("nps.panel", n=found.panel, column=who),) if found.panel else ()


def _say_heavy(
    heavy: pd.DataFrame, answers: GroupedAnswers, wave: str | None, p: Parameters
) -> tuple[Message, ...]:
    """Say who gave many of the headline's answers, and what the score is without them."""
    who = str(p.columns.respondent)
    theirs = heavy.assign(**{p.score: heavy[p.score].map(answers.raw[p.score])})
    now = answers.groups[answers.groups[p.score].notna()]
    if wave is not None:
        read = answers.raw[str(p.wave_column)]
        theirs = theirs[theirs[p.wave_column].map(read) == wave]
        now = now[now[p.wave_column] == wave]
    if theirs.empty:
        return ()
    counts = theirs[TIMES].groupby(names.fold(theirs[who]).values).sum()
    if p.columns.weight in theirs:
        read = answers.raw[str(p.columns.weight)]
        theirs = with_sums(theirs, theirs[p.columns.weight].map(read))
    sums = [_sums(each, p) for each in (now, theirs)]
    nps = 100 * sums[0][0] / sums[0][1] if sums[0][1] else float("nan")
    rest = [both - of_them for both, of_them in zip(*sums, strict=True)]
    without = 100 * rest[0] / rest[1] if rest[1] > 1e-9 * sums[0][1] else float("nan")
    said = respondents.say_heavy(
        {str(name): int(n) for name, n in counts.items()},
        n=int(now[TIMES].sum()),
        column=who,
        nps=nps,
        without=without,
    )
    return (said,)


def _sums(groups: pd.DataFrame, p: Parameters) -> tuple[float, float]:
    """Return the sum of the weights with the sign of each answer, and that of the weights."""
    score = groups[p.score].astype(float)
    signs = (score >= PROMOTER).astype(int) - (score <= DETRACTOR).astype(int)
    weights = (groups[WEIGHTS] if p.columns.weight else groups[TIMES]).astype(float)
    return float((signs * weights).sum()), float(weights.sum())


def weight_sums(groups: pd.DataFrame) -> dict[str, Any]:
    """Return what `weights.judge_weights` asks of the weights of groups."""
    return {
        "n": int(groups[WEIGHING].sum()),
        "total": float(groups[WEIGHTS].sum()),
        "squares": float(groups[SQUARES].sum()),
        "most": float(groups[LARGEST].max()),
    }


def first_comments(
    answers: GroupedAnswers, wave: str | None, p: Parameters, most: int
) -> tuple[pd.DataFrame, int]:
    """Return what detractors of the headline's wave wrote, the lowest scores first, and of how many
    this is."""
    by_score: dict[int, list] = {}
    for value, score in answers.raw[p.score].items():
        if score is not None and score <= DETRACTOR:
            by_score.setdefault(int(score), []).append(value)
    among = {}
    if p.wave_column:
        read = answers.raw[p.wave_column]
        if wave is not None:
            among = {p.wave_column: [raw for raw, name in read.items() if name == wave]}
    shown, n = grouped_texts.first_texts(
        answers.rows,
        str(p.columns.comment),
        among=among,
        ranks=(p.score, [by_score[score] for score in sorted(by_score)]),
        beside=[p.segment] if p.segment else [],
        most=most,
    )
    frame = shown.drop(columns="cx_rank", errors="ignore")
    scores = pd.array([sorted(by_score)[rank] for rank in shown.get("cx_rank", ())], dtype="Int64")
    frame.insert(0, p.score, scores)
    if p.segment:
        known = answers.raw[p.segment]
        given = frame[p.segment].astype(object)
        frame[p.segment] = [known[None if pd.isna(each) else each] for each in given]
    return frame, n
