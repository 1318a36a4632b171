"""A survey file and the study's parameters -> answers with scores, and which wave is compared with
which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Literal

import pandas as pd

from cxlib import check, sources
from cxlib.bound_values import as_condition
from cxlib.errors import CxError
from cxlib.nps import grouped_reading, usable
from cxlib.nps.grouped_answers import GroupedAnswers
from cxlib.nps.mix_changes import find_changes
from cxlib.nps.parameters import DETRACTOR, Parameters
from cxlib.nps.reading_waves import put_in_time
from cxlib.rows import names, scales, wave_scales, weights
from cxlib.rows.headcounts import refuse_counted_answers
from cxlib.rows.multiplicity import count, times_of
from cxlib.rows.option_columns import refuse_options
from cxlib.rows.tallies import refuse_tally
from cxlib.rows.wave_names import Named
from cxlib.shown.message import Message
from cxlib.shown.reading import Reading, with_condition
from cxlib.shown.result import Result
from cxlib.shown.table import Format, Table
from cxlib.sources import LeftOut, Survey
from cxlib.sources.server_tables import begin_reading, facts_of


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
    rows : pandas.DataFrame or GroupedAnswers
        The answers, with the score column as numbers and waves as text: ordered categories where
        their order in time is known. Those of a source of columns (Parquet, a table of a database)
        stay where they lie; here is what groups they make.
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

    rows: pd.DataFrame | GroupedAnswers
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
    def frame(self) -> pd.DataFrame:
        """The answers, or the groups that they make: `multiplicity.times_of` says how many each
        row stands for."""
        return self.rows.groups if isinstance(self.rows, GroupedAnswers) else self.rows

    @property
    def current(self) -> pd.DataFrame:
        """Rows of `frame` of the headline's wave; all rows where it is all answers."""
        if self.wave is None:
            return self.frame
        return self.frame[self.frame[self.wave_column] == self.wave]

    @property
    def unread(self) -> str | None:
        """The column that is true where an answer was given that is no score; None where there is
        no such answer."""
        there = usable.UNREAD in self.frame and self.frame[usable.UNREAD].any()
        return usable.UNREAD if there else None

    @property
    def ordered(self) -> str | None:
        """The wave column where waves have a known order; None where nothing can be said about
        time."""
        return self.wave_column if self.against == "previous" else None

    def summary(self, language: str = "en") -> str:
        """Say how many answers there are, on which part of the scale, and in how many waves."""
        (low, high), (lowest, highest) = self.scale, self.found
        waves = 1 if self.wave_column is None else self.frame[self.wave_column].nunique()
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
    return read_beside(p, further=())


def read_beside(p: Parameters, *, further: Sequence[str]) -> Answers:
    """Read as `read` does; `further` are columns that are looked at beside those of the parameters,
    as they stand.

    Raises
    ------
    CxError
        As `read`.
    """
    if not grouped_reading.is_grouped(p):
        return _read_rows(p)
    try:
        return _answers(grouped_reading.read_survey(p, further), (), p)
    except CxError:
        if not grouped_reading.can_be_pulled(p):
            raise
    return _read_rows(p)  # whose refusal names the first of the rows


def _read_rows(p: Parameters) -> Answers:
    survey = sources.read_survey(p.survey, **p.read_with, where=grouped_reading.asked_for(p))
    survey, weighted = usable.with_weights(survey, p)
    return _answers(survey, weighted, p)


def _refuse_other_tables(survey: Survey, p: Parameters) -> None:
    """Refuse a table whose rows are no answers, and columns that are not there."""
    who, whole = p.columns.respondent, survey.whole
    survey.refuse_headers(p.score)
    if whole is not None:
        refuse_counted_answers(whole, p.survey, ids=(who,) if who else ())
        refuse_tally(whole, p.survey, score=p.score)
        refuse_options(whole, p.score, p.survey)
    elif survey.rows is not None:
        grouped_reading.refuse_other_tables(survey, survey.rows, p)
    further = {f"columns.{name}": column for name, column in p.columns.model_dump().items()}
    check.columns(
        list(survey.frame.columns if survey.rows is None else survey.questions),
        score=p.score,
        wave_column=p.wave_column,
        segment=p.segment,
        **further,
    )


def _answers(survey: Survey, weighted: tuple[Message, ...], p: Parameters) -> Answers:
    _refuse_other_tables(survey, p)
    survey, scores = usable.parse(survey, p)
    counts = scores.values.dropna()
    given = survey.frame.assign(**{p.score: scores.values, usable.UNREAD: scores.unread})
    if survey.rows is not None:
        given = grouped_reading.with_raw(given, survey, p)
    named = usable.name_waves(given, survey, p)
    how: Any = {"column": p.wave_column, "by": p.wave_by, "scale_shift": p.scale_shift}
    wave_scales.refuse_contradiction(scores, named.values, **how, times=survey.times)
    rows, notes, flags = _clean(given, p, named)
    waves = put_in_time(rows, p)
    kept, heavy, repeated = usable.with_respondents(survey, given=rows, waves=waves, p=p)
    subject = with_condition(waves.wave, p.where, as_condition(p.only))
    many = usable.many_in_no_wave(rows, waves.wave, p)
    unplaced = [each for each in flags if many and each.values.get("column") == p.wave_column]
    doubts = (
        *survey.warnings,
        *weighted,
        *survey.asked_twice(p.score),
        *named.flags,
        *usable.many_left_out(waves.rows, waves.wave, p),
        *unplaced,
        *heavy,
        *usable.heavy_weights(waves.rows, waves.waves, p),
        *scores.doubts,
        *(waves.warnings if p.wave_by != "unordered" else ()),
    )
    inputs = {"survey": p.survey} | ({"weights": p.weights} if p.weights else {})
    warnings = (
        *doubts,
        *(each for each in scores.warnings if each not in scores.doubts),
        *(each for each in flags if each not in unplaced),
        *(waves.warnings if p.wave_by == "unordered" else ()),
        *find_changes(waves.rows, waves.waves, p),
        *repeated,
    )
    return Answers(
        read=_lines(survey, scores.n, scores.dropped, _without_wave(rows, p)),
        notes=(
            *survey.notes,
            *p.noticed,
            *scores.notes,
            *notes,
            *usable.zone_of_waves(survey, named, p),
            *waves.notes,
        ),
        warnings=warnings,
        flags=doubts,
        subject=subject,
        inputs=inputs,
        tables=facts_of(inputs),
        rows=kept,
        by=tuple(name for name in (p.wave_column, p.segment) if name),
        design={name: getattr(p.columns, name) for name in ("weight", "strata", "cluster")},
        wave_column=p.wave_column,
        wave=waves.wave,
        against="previous" if waves.known else "each",
        scale=p.scale,
        found=(int(counts.min()), int(counts.max())),
        n=count(waves.rows[p.score].notna(), times_of(waves.rows)),
        looks=p.looks if isinstance(p.looks, int) else 1 + p.looks.get(subject or "", 0),
    )


def _without_wave(rows: pd.DataFrame, p: Parameters) -> int:
    """Return how many answers with a score are in no wave."""
    if p.wave_column is None:
        return 0
    return count(rows[p.score].notna() & rows[p.wave_column].isna(), times_of(rows))


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
    times = times_of(rows)
    if p.columns.weight in rows:
        given = rows[p.columns.weight]
        rows = rows.assign(**{given.name: weights.read_weights(given, "columns.weight")})
    if times is not None:
        rows = grouped_reading.weigh(rows, p)
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
        n = count(rows[p.score].notna() & rows[name].isna(), times)
        if n and not (name == p.wave_column and waves.many_missing):
            flags.append(Message("nps.left_out", n=n, column=name))
    return rows, notes, flags


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
        Most comments to show: lowest scores first, then in the file's order (of many comments on a
        server, which keeps none, in that of the texts); empty ones are passed over.

    Returns
    -------
    Table
        Score, segment where there is one, and comment; a row a comment. Empty, with a sentence in
        its place, where no column of comments is named.
    """
    comment = p.columns.comment
    if comment is None:
        return Table(frame=pd.DataFrame(), empty=Message("nps.comments_none"), language=p.language)
    if isinstance(answers.rows, GroupedAnswers):
        shown, n = grouped_reading.first_comments(answers.rows, answers.wave, p, most)
    else:
        rows = answers.current
        written = rows[comment].notna() & (rows[comment].astype(str).str.strip() != "")
        theirs = rows[(rows[p.score] <= DETRACTOR).fillna(False).astype(bool) & written]
        shown, n = theirs.sort_values(p.score, kind="stable").head(most), len(theirs)
    shown = shown[[p.score, *([p.segment] if p.segment else []), comment]]
    caption = Message("nps.comments_caption", shown=len(shown), n=n)
    return Table(frame=shown.reset_index(drop=True), caption=caption, language=p.language)
