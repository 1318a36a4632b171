"""A survey file and the study's parameters -> answers with scores, and which wave is compared with
which."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Literal

import pandas as pd
from scipy import stats

from cxlib import check, sources
from cxlib.errors import ColumnError
from cxlib.nps.parameters import DETRACTOR, Parameters
from cxlib.rows import names, scales, weights
from cxlib.rows.periods import natural_order
from cxlib.shown.message import Message
from cxlib.shown.reading import Reading
from cxlib.shown.result import Result
from cxlib.shown.table import Format, Table

PERIODS = {"month": "M", "quarter": "Q", "year": "Y"}
MIX_SHIFT = 0.05  # a share that moved by more, and more than chance explains, is flagged


class What(StrEnum):
    """A line of what was read; its words are `nps.what_<value>`."""

    ROWS = "rows"
    ANSWERS = "answers"
    MISSING = "missing"
    OUT_OF_RANGE = "out_of_range"
    NOT_WHOLE = "not_whole"
    NOT_A_SCORE = "not_a_score"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Read(Result):
    """What was read and what was left out: `what, n`, a row a count."""

    columns: ClassVar[Mapping[str, Format]] = {"what": What, "n": "integer"}

    def caption(self) -> Message:
        """Return what the table shows."""
        return Message("nps.caption_read")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Answers(Reading):
    """Answers ready to be counted.

    Attributes
    ----------
    rows : pandas.DataFrame
        The answers, with the score column as numbers and waves as text.
    by : tuple of str
        Columns of the wave and of the segment, where they are named.
    design : dict
        `weight, strata, cluster` of `count_scores`.
    wave_column : str or None
    wave : str or None
        The headline's; None where all answers are one.
    against : {"each", "previous"}
        How waves are compared.
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
        If the wave does not exist.
    SourceError
        If the file cannot be read.
    """
    survey = sources.read_survey(p.survey)
    further = {f"columns.{name}": column for name, column in p.columns.model_dump().items()}
    check.columns(
        list(survey.frame.columns),
        score=p.score,
        wave_column=p.wave_column,
        segment=p.segment,
        **further,
    )
    scores = scales.parse_scores(survey.frame[p.score], scale=p.scale)
    counts = scores.values.dropna().value_counts()
    scales.refuse_contradiction(
        {int(score): int(n) for score, n in counts.items()}, scale=scores.scale
    )
    rows, notes, flags = _clean(survey.frame.assign(**{p.score: scores.values}), p)
    rows, waves, wave = _up_to(rows, p)
    warnings = (
        *scores.warnings,
        *flags,
        *_order(waves, p),
        *_changed(rows, waves, wave, p),
        *_repeated(rows, p),
    )
    return Answers(
        read=_lines(len(survey.frame), scores.n, scores.dropped),
        notes=(*survey.notes, *notes),
        warnings=warnings,
        subject=wave,
        inputs={"survey": p.survey},
        rows=rows,
        by=tuple(name for name in (p.wave_column, p.segment) if name),
        design={name: getattr(p.columns, name) for name in ("weight", "strata", "cluster")},
        wave_column=p.wave_column,
        wave=wave,
        against="each" if p.wave_by == "unordered" else "previous",
        scale=p.scale,
        found=(int(counts.index.min()), int(counts.index.max())),
        n=int(rows[p.score].notna().sum()),
        looks=p.looks if isinstance(p.looks, int) else 1 + p.looks.get(wave or "", 0),
    )


def _lines(rows: int, answers: int, dropped: Mapping[scales.Reason, int]) -> Read:
    lines = [(What.ROWS, rows), (What.ANSWERS, answers)]
    lines += [(What(reason), n) for reason, n in dropped.items() if n]
    frame = pd.DataFrame([(what.value, n) for what, n in lines], columns=["what", "n"])
    return Read(frame=frame, method="read")


def _clean(rows: pd.DataFrame, p: Parameters) -> tuple[pd.DataFrame, list[Message], list[Message]]:
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
        if name == p.wave_column and p.wave_by in PERIODS:
            values = _periods(rows[name], p)
        else:
            folded = names.fold(rows[name])
            values = folded.values
            notes += folded.notes(name)
            flags += folded.warnings(name)
        rows = rows.assign(**{name: values})
        if n := int(rows.loc[rows[p.score].notna(), name].isna().sum()):
            flags.append(Message("nps.left_out", n=n, column=name))
    return rows, notes, flags


def _order(waves: list[str], p: Parameters) -> list[Message]:
    """Say where the order of waves is not known, or comes from the letters of their names."""
    if p.wave_column and p.wave_by == "unordered":
        return [Message("nps.order_unknown", column=p.wave_column)]
    if p.wave_by == "value" and len({re.sub(r"[\W\d_]", "", name) for name in waves}) > 1:
        return [Message("nps.order_by_letters", names=waves)]
    return []


def _changed(
    rows: pd.DataFrame, waves: list[str], wave: str | None, p: Parameters
) -> list[Message]:
    """Say where the mode, or the mix of segments, is not that of the wave before: part of a move
    may be that."""
    if wave is None or p.wave_by == "unordered" or waves.index(wave) == 0:
        return []
    before = waves[waves.index(wave) - 1]
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
        counts = pd.crosstab(names.fold(scored[column]).values, scored[p.wave_column])
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


def _periods(values: pd.Series, p: Parameters) -> pd.Series:
    """Write dates as the month, quarter or year they lie in, on the calendar they were written
    in."""
    text = values.astype(str).str.strip().where(values.notna(), None)
    dates = pd.to_datetime(
        text.str.slice(0, 10).replace("", None), errors="coerce", format="ISO8601"
    )
    bad = text[dates.isna() & text.notna() & (text != "")]
    if len(bad):
        raise ColumnError(
            f"wave_by={p.wave_by!r}: {len(bad):,} values of wave_column={p.wave_column!r} are no "
            f"dates (first: {bad.iloc[0]!r}); write them like 2026-01-31, or pass wave_by='value'"
        )
    return (
        dates.dt.to_period(PERIODS[p.wave_by]).astype(str).where(dates.notna(), None).astype(object)
    )


def _up_to(rows: pd.DataFrame, p: Parameters) -> tuple[pd.DataFrame, list[str], str | None]:
    """Return the rows up to the headline's wave, the waves in order, and that wave."""
    if p.wave_column is None:
        return rows, [], None
    waves = natural_order(rows.loc[rows[p.score].notna(), p.wave_column])
    if not waves:
        raise ColumnError(
            f"wave_column={p.wave_column!r} is empty for every answer with a score; name the "
            "column with the waves, or pass wave_column=None"
        )
    if p.wave is not None:
        check.one_of("wave", p.wave, waves)
    if p.wave_by == "unordered":
        return rows, waves, p.wave
    wave = p.wave or waves[-1]
    known = waves[: waves.index(wave) + 1]
    return rows[rows[p.wave_column].isin(known)].reset_index(drop=True), known, wave
