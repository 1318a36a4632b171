"""A survey file and the study's parameters -> answers with scores, and which wave is compared with which."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import Field, field_validator

from cxlib import check, scales, sources
from cxlib import language as words
from cxlib.check import InputFile, StudyParameters
from cxlib.errors import ColumnError
from cxlib.nps.counts import DETRACTOR, TAKEN, refuse_taken
from cxlib.result import Result, Table
from cxlib.table import natural_order


class Parameters(StudyParameters):
    """Parameters of the notebook `03_nps`."""

    survey: InputFile = Field(Path("../data/sample/responses.csv"), description="file with the answers, one row each")
    score: str = Field("score", description="column with the answer to 'how likely are you to recommend us'")
    scale: tuple[int, int] = Field((0, 10), description="lowest and highest answer of the question")
    wave_column: str | None = Field("wave", description="column that says in which wave an answer came; None: one wave only")
    wave: str | None = Field(None, coerce_numbers_to_str=True, description="the wave of the headline; None: the latest")
    wave_order: Literal["natural", "unknown"] = Field("natural", description="'unknown': claim no direction between waves")
    segment: str | None = Field(None, description="column with the segments to compare within the wave")
    comment: str | None = Field(None, description="column with comments in the customers' own words")
    confidence: float = Field(0.95, gt=0.5, lt=1, description="level of the intervals, and 1 - level that of the tests")

    @field_validator("scale")
    @classmethod
    def _scale(cls, scale: tuple[int, int]) -> tuple[int, int]:
        return scales.checked_scale(scale)

    def check(self) -> None:
        """Read the file and refuse what the notebook would refuse."""
        read(self)


@dataclass(frozen=True, slots=True, eq=False)
class Answers(Result):
    """Answers ready to be counted.

    `frame` says what was read (`what, n`); `rows` are the answers with the score column as numbers and waves as text;
    `by` are the columns that later steps need; `wave` is the headline's (None: all answers are one), `against` how waves
    are compared.
    """

    rows: pd.DataFrame | None = None
    by: tuple[str, ...] = ()
    wave: str | None = None
    against: Literal["each", "previous"] = "previous"

    @property
    def headline_by(self) -> str | None:
        """The wave column where the headline is one wave, so that it is named; None where it is all answers."""
        return self.by[0] if self.wave is not None else None

    @property
    def current(self) -> pd.DataFrame:
        """Rows of the headline's wave; all rows where it is all answers."""
        return self.rows if self.wave is None else self.rows[self.rows[self.by[0]] == self.wave]

    @property
    def ordered(self) -> bool:
        """Whether the waves have a known order."""
        return self.against == "previous"


def read(p: Parameters) -> Answers:
    """Read the survey of the parameters, parse its scores, and keep the waves up to the one asked for.

    Raises
    ------
    ColumnError
        If a named column is not in the file, is named twice, has the name of a result's column, or holds no wave.
    EmptyDataError
        If the file has no rows.
    ScoreRangeError
        If no answer can be read as a score.
    ScaleError
        If the answers contradict the scale.
    ParameterError
        If the wave does not exist.
    """
    survey = sources.read_survey(p.survey)
    columns = {"score": p.score, "wave_column": p.wave_column, "segment": p.segment, "comment": p.comment}
    check.columns(list(survey.frame.columns), **columns)
    refuse_taken(TAKEN, wave_column=p.wave_column, segment=p.segment)
    twice = {name for name in columns.values() if name and list(columns.values()).count(name) > 1}
    if twice:
        raise ColumnError(f"column {sorted(twice)[0]!r} is named by two parameters; each needs a column of its own")
    scores = scales.parse_scores(survey.frame[p.score], scale=p.scale)
    counts = scores.values.dropna().value_counts()
    scales.refuse_contradiction({int(score): int(n) for score, n in counts.items()}, scale=scores.scale)
    rows = survey.frame.assign(**{p.score: scores.values})
    for name in (p.wave_column, p.segment):
        if name is not None:
            rows = rows.assign(**{name: _labels(rows[name])})
    warnings = [*scores.warnings]
    for name in (p.wave_column, p.segment):
        if name is not None and (n := int(rows.loc[scores.values.notna(), name].isna().sum())):
            warnings.append(words.text("nps.left_out", p.language, n=words.number(n), column=name))
    rows, wave = _up_to(rows, p)
    if p.wave_column and p.wave_order == "unknown":
        warnings.append(words.text("nps.order_unknown", p.language, column=p.wave_column))
    lines = [(words.text("nps.read_rows", p.language), len(survey.frame)), (words.text("nps.read_answers", p.language), scores.n)]
    lines += [(words.text("nps.read_left", p.language, reason=reason), n) for reason, n in scores.dropped.items() if n]
    return Answers(pd.DataFrame(lines, columns=["what", "n"]), "read_survey, parse_scores", tuple(warnings), rows=rows,
                   by=tuple(name for name in (p.wave_column, p.segment) if name), wave=wave,
                   against="previous" if p.wave_order == "natural" else "each")


def comments(answers: Answers, p: Parameters, *, most: int = 8) -> Table:
    """Show what detractors of the headline's wave wrote.

    Parameters
    ----------
    answers : Answers
        From `read`.
    p : Parameters
        `comment` names the column; where it is None, one sentence says that the customers' words are not shown.
    most : int
        Most comments to show: lowest scores first, then in the file's order; empty ones are passed over.

    Returns
    -------
    Table
        Score, segment where there is one, and comment; a row a comment.
    """
    if p.comment is None:
        return Table(pd.DataFrame(), empty=words.text("nps.comments_none", p.language))
    rows = answers.current
    written = rows[p.comment].notna() & (rows[p.comment].astype(str).str.strip() != "")
    theirs = rows[(rows[p.score] <= DETRACTOR).fillna(False).astype(bool) & written]
    shown = theirs.sort_values(p.score, kind="stable")[[p.score, *([p.segment] if p.segment else []), p.comment]].head(most)
    caption = words.text("nps.comments_caption", p.language, shown=words.number(len(shown)), n=words.number(len(theirs)))
    return Table(shown.reset_index(drop=True), caption=caption, language=p.language)


def _labels(values: pd.Series) -> pd.Series:
    """Write values as text, as a reader would; missing stays missing."""
    def label(value: Any) -> str | None:
        if pd.isna(value) or (isinstance(value, str) and not value.strip()):
            return None
        return words.label(value)

    distinct = {value: label(value) for value in values.dropna().unique()}
    return values.map(distinct).astype(object).where(values.notna(), None)


def _up_to(rows: pd.DataFrame, p: Parameters) -> tuple[pd.DataFrame, str | None]:
    if p.wave_column is None:
        return rows, None
    waves = natural_order(rows.loc[rows[p.score].notna(), p.wave_column])
    if not waves:
        raise ColumnError(f"wave_column={p.wave_column!r} is empty for every answer with a score; name the column with the "
                          "waves, or pass wave_column=None")
    if p.wave is not None:
        check.one_of("wave", p.wave, waves)
    if p.wave_order == "unknown":
        return rows, p.wave
    wave = p.wave or waves[-1]
    known = waves[: waves.index(wave) + 1]
    return rows[rows[p.wave_column].isin(known)].reset_index(drop=True), wave
