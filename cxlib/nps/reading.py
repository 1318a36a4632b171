"""A survey file and the study's parameters -> answers with scores, and which wave is compared with
which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Literal

import pandas as pd
from scipy import stats

from cxlib import check, sources
from cxlib.bound_values import as_condition
from cxlib.nps import usable
from cxlib.nps.parameters import DETRACTOR, Parameters
from cxlib.nps.reading_waves import put_in_time
from cxlib.rows import names, scales, wave_scales, weights
from cxlib.rows.conditions import choose
from cxlib.rows.headcounts import refuse_counted_answers
from cxlib.rows.option_columns import refuse_options
from cxlib.rows.tallies import refuse_tally
from cxlib.rows.wave_names import Named
from cxlib.shown.message import Message
from cxlib.shown.reading import Reading, with_condition
from cxlib.shown.result import Result
from cxlib.shown.table import Format, Table
from cxlib.sources import LeftOut, Survey
from cxlib.sources.server_tables import begin_reading, facts_of

MIX_SHIFT = 0.05  # a share that moved by more, and more than chance explains, is flagged


class What(StrEnum):
    """A line of what was read; its words are `nps.what_<value>`."""

    ROWS = "rows"
    ANSWERS = "answers"
    MISSING = "missing"
    OUT_OF_RANGE = "out_of_range"
    NOT_WHOLE = "not_whole"
    NOT_A_SCORE = "not_a_score"
    NO_WAVE = "no_wave"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Read(Result):
    """What was read and what was left out: `what, n`, a row a count."""

    columns: ClassVar[Mapping[str, Format]] = {"what": What | LeftOut, "n": "integer"}

    def caption(self) -> Message:
        """Return what the table shows."""
        return Message("nps.caption_read")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Answers(Reading):
    """Answers ready to be counted.

    Attributes
    ----------
    rows : pandas.DataFrame
        The answers, with the score column as numbers and waves as text: ordered categories where
        their order in time is known.
    by : tuple of str
        Columns of the wave and of the segment, where they are named.
    design : dict
        `weight, strata, cluster` of `count_scores`.
    wave_column : str or None
    wave : str or None
        The headline's; None where all answers are one.
    against : {"each", "previous"}
        How waves are compared: with the one before only where the order in time is known.
    scale, found : (int, int)
        Lowest and highest score of the question, and of the answers.
    """

    rows: pd.DataFrame
    by: tuple[str, ...]
    design: Mapping[str, str | None] = field(default_factory=dict)
    wave_column: str | None = None
    wave: str | None = None
    against: Literal["each", "previous"] = "previous"
    scale: tuple[int, int] = (0, 10)
    found: tuple[int, int] = (0, 10)
    n: int
    looks: int = 1

    @property
    def headline_by(self) -> str | None:
        """The wave column where the headline is one wave, so that it is named; None where it is all
        answers."""
        return self.wave_column if self.wave is not None else None

    @property
    def current(self) -> pd.DataFrame:
        """Rows of the headline's wave; all rows where it is all answers."""
        if self.wave is None:
            return self.rows
        return self.rows[self.rows[self.wave_column] == self.wave]

    @property
    def unread(self) -> str | None:
        """The column that is true where an answer was given that is no score; None where there is
        no such answer."""
        there = usable.UNREAD in self.rows and self.rows[usable.UNREAD].any()
        return usable.UNREAD if there else None

    @property
    def ordered(self) -> str | None:
        """The wave column where waves have a known order; None where nothing can be said about
        time."""
        return self.wave_column if self.against == "previous" else None

    def summary(self, language: str = "en") -> str:
        """Say how many answers there are, on which part of the scale, and in how many waves."""
        (low, high), (lowest, highest) = self.scale, self.found
        waves = 1 if self.wave_column is None else self.rows[self.wave_column].nunique()
        return Message(
            "nps.contract",
            n=self.n,
            lowest=lowest,
            highest=highest,
            low=low,
            high=high,
            waves=waves,
        ).text(language)


@check.arguments
def read(p: Parameters) -> Answers:
    """Read the survey of the parameters, parse its scores, and keep the waves up to the one asked
    for.

    Parameters
    ----------
    p : Parameters
        Names the file, its columns, the scale and the wave.

    Returns
    -------
    Answers
        The usable answers up to the wave of the headline; `read` counts what was left out,
        `warnings` say what to look at.

    Raises
    ------
    ColumnError
        If a named column is not in the file, holds no wave, or no dates where `wave_by` needs them.
    EmptyDataError
        If the file has no rows.
    ScoreRangeError
        If no answer can be read as a score.
    ScaleError
        If the answers contradict the scale.
    WeightError
        If a weight is missing, negative or infinite.
    ParameterError
        If the wave does not exist, or `wave_order` does not hold each wave once.
    SourceError
        If the file cannot be read.
    """
    begin_reading(p.survey, p.weights)
    survey = sources.read_survey(p.survey, **p.read_with, where=choose(p.where, p.only))
    survey, weighted = usable.with_weights(survey, p)
    who = p.columns.respondent
    refuse_counted_answers(survey.frame, p.survey, ids=(who,) if who else ())
    refuse_tally(survey.frame, p.survey, score=p.score)
    refuse_options(survey.frame, p.score, p.survey)
    further = {f"columns.{name}": column for name, column in p.columns.model_dump().items()}
    check.columns(
        list(survey.frame.columns),
        score=p.score,
        wave_column=p.wave_column,
        segment=p.segment,
        **further,
    )
    scores = usable.parse(survey, p)
    counts = scores.values.dropna().value_counts()
    given = survey.frame.assign(**{p.score: scores.values, usable.UNREAD: scores.unread})
    named = usable.name_waves(given, p)
    wave_scales.refuse_contradiction(
        scores, named.values, column=p.wave_column, by=p.wave_by, scale_shift=p.scale_shift
    )
    rows, notes, flags = _clean(given, p, named)
    waves = put_in_time(rows, p)
    heavy = usable.heavy_respondents(waves.rows, waves.wave, p)
    subject = with_condition(waves.wave, p.where, as_condition(p.only))
    doubts = (
        *survey.warnings,
        *weighted,
        *survey.asked_twice(p.score),
        *named.flags,
        *usable.many_left_out(waves.rows, waves.wave, p),
        *heavy.warnings,
        *usable.heavy_weights(waves.rows, waves.waves, p),
        *scores.doubts,
        *(waves.warnings if p.wave_by != "unordered" else ()),
    )
    inputs = {"survey": p.survey} | ({"weights": p.weights} if p.weights else {})
    warnings = (
        *doubts,
        *(each for each in scores.warnings if each not in scores.doubts),
        *flags,
        *(waves.warnings if p.wave_by == "unordered" else ()),
        *_changed(waves.rows, waves.waves, p),
        *_repeated(waves.rows[~heavy.rows], p),
    )
    return Answers(
        read=_lines(survey, scores.n, scores.dropped, _without_wave(rows, p)),
        notes=(*survey.notes, *p.noticed, *scores.notes, *notes, *waves.notes),
        warnings=warnings,
        flags=doubts,
        subject=subject,
        inputs=inputs,
        tables=facts_of(inputs),
        rows=waves.rows,
        by=tuple(name for name in (p.wave_column, p.segment) if name),
        design={name: getattr(p.columns, name) for name in ("weight", "strata", "cluster")},
        wave_column=p.wave_column,
        wave=waves.wave,
        against="previous" if waves.known else "each",
        scale=p.scale,
        found=(int(counts.index.min()), int(counts.index.max())),
        n=int(waves.rows[p.score].notna().sum()),
        looks=p.looks if isinstance(p.looks, int) else 1 + p.looks.get(subject or "", 0),
    )


def _without_wave(rows: pd.DataFrame, p: Parameters) -> int:
    """Return how many answers with a score are in no wave."""
    if p.wave_column is None:
        return 0
    return int((rows[p.score].notna() & rows[p.wave_column].isna()).sum())


def _lines(
    survey: Survey, answers: int, dropped: Mapping[scales.Reason, int], no_wave: int
) -> Read:
    lines: list[tuple[StrEnum, int]] = [(What.ROWS, survey.n), (What.ANSWERS, answers)]
    lines += list(survey.left_out.items())
    lines += [(What(reason), n) for reason, n in dropped.items() if n]
    lines += [(What.NO_WAVE, no_wave)] if no_wave else []
    frame = pd.DataFrame([(what.value, n) for what, n in lines], columns=["what", "n"])
    return Read(frame=frame, method="read")


def _clean(
    rows: pd.DataFrame, p: Parameters, waves: Named
) -> tuple[pd.DataFrame, list[Message], list[Message]]:
    """Return the rows with weights as numbers and the names of waves and segments as text, what was
    decided about these, and what a reader should know."""
    notes: list[Message] = []
    flags: list[Message] = []
    if p.columns.weight is not None:
        given = rows[p.columns.weight]
        rows = rows.assign(**{given.name: weights.read_weights(given, "columns.weight")})
    for name in (p.wave_column, p.segment):
        if name is None:
            continue
        if name == p.wave_column:  # warnings follow when names of one period were joined
            values, said = waves.values, waves.notes
        else:
            folded = names.fold(rows[name])
            values, said = folded.values, folded.notes(name)
            flags += folded.warnings(name)
        notes += said
        rows = rows.assign(**{name: values})
        n = int(rows.loc[rows[p.score].notna(), name].isna().sum())
        if n and not (name == p.wave_column and waves.many_missing):
            flags.append(Message("nps.left_out", n=n, column=name))
    return rows, notes, flags


def _changed(rows: pd.DataFrame, waves: list[str], p: Parameters) -> list[Message]:
    """Say where the mode, or the mix of segments, is not that of the wave before: part of a move
    may be that."""
    if len(waves) < 2:
        return []
    before, wave = waves[-2:]
    scored = rows[rows[p.score].notna() & rows[p.wave_column].isin((before, wave))]
    mode = _moved(scored, p.columns.mode, before, wave, p)
    mix = _moved(scored, p.segment, before, wave, p)
    return [
        *([Message("nps.mode_changed", **mode)] if mode else []),
        *([Message("nps.mix_changed", **mix)] if mix else []),
    ]


def _moved(
    scored: pd.DataFrame, column: str | None, before: str, wave: str, p: Parameters
) -> dict[str, object]:
    """Return which value's share moved most between two waves, where chance does not explain it."""
    counts = pd.DataFrame()
    if column:
        counts = pd.crosstab(
            names.fold(scored[column]).values, scored[p.wave_column].astype(object)
        )
    if len(counts) < 2 or counts.shape[1] < 2:
        return {}
    shares = counts / counts.sum()
    move = (shares[wave] - shares[before]).abs()
    if move.max() <= MIX_SHIFT or stats.chi2_contingency(counts)[1] >= 1 - p.confidence:
        return {}
    most = move.idxmax()
    return {
        "column": column,
        "value": most,
        "a": before,
        "b": wave,
        "before": shares.loc[most, before],
        "after": shares.loc[most, wave],
    }


def _repeated(rows: pd.DataFrame, p: Parameters) -> list[Message]:
    """Say whether some respondents answered more than once in a wave, or in several waves, while
    nothing knows it."""
    who = p.columns.respondent
    if who is None or p.columns.cluster == who:
        return []
    scored = rows.loc[rows[p.score].notna() & rows[who].notna()]
    wave = [p.wave_column] if p.wave_column else []
    twice = int((scored.groupby([*wave, who], observed=True).size() > 1).sum())
    if twice:
        return [Message("nps.twice_in_wave", n=twice, column=who)]
    panel = int((scored.groupby(who, observed=True).size() > 1).sum())
    return [Message("nps.panel", n=panel, column=who)] if panel else []


@check.arguments
def comments(answers: Answers, p: Parameters, *, most: int = 8) -> Table:
    """Show what detractors of the headline's wave wrote.

    Parameters
    ----------
    answers : Answers
        From `read`.
    p : Parameters
        `columns.comment` names the column; where it is None, one sentence says that the customers'
        words are not shown.
    most : int
        Most comments to show: lowest scores first, then in the file's order; empty ones are passed
        over.

    Returns
    -------
    Table
        Score, segment where there is one, and comment; a row a comment. Empty, with a sentence in
        its place, where no column of comments is named.
    """
    comment = p.columns.comment
    if comment is None:
        return Table(frame=pd.DataFrame(), empty=Message("nps.comments_none"), language=p.language)
    rows = answers.current
    written = rows[comment].notna() & (rows[comment].astype(str).str.strip() != "")
    theirs = rows[(rows[p.score] <= DETRACTOR).fillna(False).astype(bool) & written]
    shown = theirs.sort_values(p.score, kind="stable")[
        [p.score, *([p.segment] if p.segment else []), comment]
    ].head(most)
    caption = Message("nps.comments_caption", shown=len(shown), n=len(theirs))
    return Table(frame=shown.reset_index(drop=True), caption=caption, language=p.language)
