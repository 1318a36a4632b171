"""A survey file and the study's parameters -> answers with scores, and which wave is compared with
which."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, field_validator
from scipy import stats

from cxlib import check, scales, sources
from cxlib import language as words
from cxlib.check import InputFile, StudyParameters
from cxlib.errors import ColumnError
from cxlib.nps import cautions
from cxlib.nps.counts import DETRACTOR, PROMOTER, TAKEN, count_scores, refuse_taken
from cxlib.nps.design import linearise
from cxlib.result import Result, Table
from cxlib.table import natural_order

PERIODS = {"month": "M", "quarter": "Q", "year": "Y"}
MIX_SHIFT = 0.05  # a share that moved by more, and more than chance explains, is flagged


class Columns(BaseModel):
    """Columns of the file that play a part of their own; name those you have."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    weight: str | None = Field(None, description="sampling weight of the answer")
    strata: str | None = Field(None, description="stratum the answer was sampled in")
    cluster: str | None = Field(
        None, description="what was sampled together: store, agent, account"
    )
    respondent: str | None = Field(
        None, description="who answered; someone who answers twice in a wave is flagged"
    )
    mode: str | None = Field(
        None,
        description="how the answer came: e-mail, phone, app; a change between waves is flagged",
    )
    comment: str | None = Field(None, description="comments in the customers' own words")


class Parameters(StudyParameters):
    """Parameters of the notebook `03_nps`."""

    survey: InputFile = Field(
        Path("../data/sample/responses.csv"), description="file with the answers, one row each"
    )
    score: str = Field(
        "score", description="column with the answer to 'how likely are you to recommend us'"
    )
    scale: tuple[int, int] = Field((0, 10), description="lowest and highest answer of the question")
    wave_column: str | None = Field(
        "wave", description="column that says in which wave an answer came; None: one wave only"
    )
    wave: str | None = Field(
        None, coerce_numbers_to_str=True, description="the wave of the headline; None: the latest"
    )
    wave_by: Literal["value", "unordered", "month", "quarter", "year"] = Field(
        "value",
        description="each value is a wave; 'unordered': claim no direction between them; month, "
        "quarter, year: of dates",
    )
    segment: str | None = Field(
        None, description="column with the segments to compare within the wave"
    )
    columns: Columns = Field(Columns(), description="further columns, by the part they play")
    margin: float | None = Field(
        None, gt=0, le=200, description="smallest difference in points that matters; None: not said"
    )
    looks: int = Field(
        1,
        ge=1,
        le=1_000_000,
        description="how often this wave was looked at, this time included; cx run fills it in",
    )
    confidence: float = Field(
        0.95, gt=0.5, lt=1, description="level of the intervals, and 1 - level that of the tests"
    )

    @field_validator("scale")
    @classmethod
    def _scale(cls, scale: tuple[int, int]) -> tuple[int, int]:
        low, high = scales.checked_scale(scale)
        if not low <= DETRACTOR < PROMOTER <= high:
            raise ValueError(
                f"promoters answer {PROMOTER} or more and detractors {DETRACTOR} or less, which a "
                f"scale of {low} to "
                f"{high} does not hold; for satisfaction or effort use cx.nps.top_box"
            )
        return low, high

    def check(self) -> None:
        """Read the file, count it, and refuse what the notebook would refuse."""
        answers = read(self)
        counts = count_scores(answers.rows, **answers.counting)
        if counts.design:
            linearise(counts.over(None))

    def subject(self) -> str | None:
        """Return the wave of the headline: looks at it are counted."""
        return read(self).wave


@dataclass(frozen=True, slots=True, eq=False)
class Answers(Result):
    """Answers ready to be counted.

    `frame` says what was read (`what, n`); `rows` are the answers with the score column as numbers
    and waves as text; `counting` are the arguments of `count_scores`; `wave` is the headline's
    (None: all answers are one), `against` how waves are compared."""

    rows: pd.DataFrame | None = None
    counting: dict[str, Any] = field(default_factory=dict)
    wave_column: str | None = None
    wave: str | None = None
    against: Literal["each", "previous"] = "previous"
    scores: tuple[int, int] = (0, 10)

    @property
    def headline_by(self) -> str | None:
        """The wave column where the headline is one wave, so that it is named; None where it is all
        answers."""
        return self.wave_column if self.wave is not None else None

    @property
    def current(self) -> pd.DataFrame:
        """Rows of the headline's wave; all rows where it is all answers."""
        return (
            self.rows if self.wave is None else self.rows[self.rows[self.wave_column] == self.wave]
        )

    @property
    def ordered(self) -> str | None:
        """The wave column where waves have a known order; None where nothing can be said about
        time."""
        return self.wave_column if self.against == "previous" else None

    def summary(self, language: str = "en") -> str:
        """Say how many answers there are, on which part of the scale, and in how many waves."""
        low, high = self.counting["scale"]
        waves = 1 if self.wave_column is None else self.rows[self.wave_column].nunique()
        return words.text(
            "nps.contract",
            language,
            n=words.number(self.rows[self.counting["score"]].notna().sum()),
            lowest=words.number(self.scores[0]),
            highest=words.number(self.scores[1]),
            low=words.number(low),
            high=words.number(high),
            waves=words.number(waves),
        )


def read(p: Parameters) -> Answers:
    """Read the survey of the parameters, parse its scores, and keep the waves up to the one asked
    for.

    Raises
    ------
    ColumnError
        If a named column is not in the file, is named twice, has the name of a result's column,
        holds no wave, or no dates where `wave_by` needs them.
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
    _refuse_columns(list(survey.frame.columns), p)
    scores = scales.parse_scores(survey.frame[p.score], scale=p.scale)
    counts = scores.values.dropna().value_counts()
    scales.refuse_contradiction(
        {int(score): int(n) for score, n in counts.items()}, scale=scores.scale
    )
    rows = survey.frame.assign(**{p.score: scores.values})
    if p.columns.weight is not None:
        rows = rows.assign(**{p.columns.weight: _weights(rows[p.columns.weight])})
    for name in (p.wave_column, p.segment):
        if name is not None:
            dated = name == p.wave_column and p.wave_by in PERIODS
            rows = rows.assign(**{name: _periods(rows[name], p) if dated else _labels(rows[name])})
    warnings = [*scores.warnings]
    for name in (p.wave_column, p.segment):
        if name is not None and (n := int(rows.loc[scores.values.notna(), name].isna().sum())):
            warnings.append(words.text("nps.left_out", p.language, n=words.number(n), column=name))
    rows, waves, wave = _up_to(rows, p)
    if p.wave_column and p.wave_by == "unordered":
        warnings.append(words.text("nps.order_unknown", p.language, column=p.wave_column))
    if p.wave_by == "value" and len({re.sub(r"[\W\d_]", "", name) for name in waves}) > 1:
        warnings.append(
            words.text("nps.order_by_letters", p.language, names=cautions.listed(pd.Series(waves)))
        )
    warnings += _changed(rows, waves, wave, p) + _repeated(rows, p)
    lines = [
        (words.text("nps.read_rows", p.language), len(survey.frame)),
        (words.text("nps.read_answers", p.language), scores.n),
    ]
    lines += [
        (words.text("nps.read_left", p.language, reason=reason), n)
        for reason, n in scores.dropped.items()
        if n
    ]
    design = {name: getattr(p.columns, name) for name in ("weight", "strata", "cluster")}
    return Answers(
        pd.DataFrame(lines, columns=["what", "n"]),
        "read_survey, parse_scores",
        tuple(warnings),
        rows=rows,
        counting={
            "score": p.score,
            "by": tuple(name for name in (p.wave_column, p.segment) if name),
            "scale": p.scale,
        }
        | design,
        wave_column=p.wave_column,
        wave=wave,
        against="each" if p.wave_by == "unordered" else "previous",
        scores=(int(counts.index.min()), int(counts.index.max())),
    )


def _refuse_columns(there: list[str], p: Parameters) -> None:
    named = {"score": p.score, "wave_column": p.wave_column, "segment": p.segment}
    further = {f"columns.{name}": column for name, column in p.columns.model_dump().items()}
    check.columns(there, **named, **further)
    refuse_taken(TAKEN, wave_column=p.wave_column, segment=p.segment)
    if p.score in further.values():
        part = next(name for name, column in further.items() if column == p.score)
        raise ColumnError(
            f"{part}={p.score!r} is the column with the score; name another one, or leave it out"
        )
    alone = [*named.values(), p.columns.weight, p.columns.comment]
    twice = {name for name in alone if name and alone.count(name) > 1}
    if twice:
        raise ColumnError(
            f"column {sorted(twice)[0]!r} is named by two parameters; each needs a column of its "
            "own"
        )


def _changed(rows: pd.DataFrame, waves: list[str], wave: str | None, p: Parameters) -> list[str]:
    """Say where the mode, or the mix of segments, is not that of the wave before: part of a move
    may be that."""
    if wave is None or p.wave_by == "unordered" or waves.index(wave) == 0:
        return []
    before, out = waves[waves.index(wave) - 1], []
    scored = rows[rows[p.score].notna() & rows[p.wave_column].isin((before, wave))]
    for key, column in (("mode_changed", p.columns.mode), ("mix_changed", p.segment)):
        counts = pd.crosstab(scored[column], scored[p.wave_column]) if column else pd.DataFrame()
        if len(counts) < 2 or counts.shape[1] < 2:
            continue
        shares = counts / counts.sum()
        move = shares[wave] - shares[before]
        if move.abs().max() > MIX_SHIFT and stats.chi2_contingency(counts)[1] < 1 - p.confidence:
            most = move.abs().idxmax()
            out.append(
                words.text(
                    f"nps.{key}",
                    p.language,
                    column=column,
                    value=words.label(most),
                    a=before,
                    b=wave,
                    before=words.percent(shares.loc[most, before], 0),
                    after=words.percent(shares.loc[most, wave], 0),
                )
            )
    return out


def _repeated(rows: pd.DataFrame, p: Parameters) -> list[str]:
    """Say whether some respondents answered more than once in a wave, or in several waves, while
    nothing knows it."""
    who = p.columns.respondent
    if who is None or p.columns.cluster == who:
        return []
    scored = rows.loc[rows[p.score].notna() & rows[who].notna()]
    wave = [p.wave_column] if p.wave_column else []
    twice = int((scored.groupby([*wave, who], observed=True).size() > 1).sum())
    if twice:
        return [words.text("nps.twice_in_wave", p.language, n=words.number(twice), column=who)]
    panel = int((scored.groupby(who, observed=True).size() > 1).sum())
    return [words.text("nps.panel", p.language, n=words.number(panel), column=who)] if panel else []


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
        Score, segment where there is one, and comment; a row a comment.
    """
    comment = p.columns.comment
    if comment is None:
        return Table(pd.DataFrame(), empty=words.text("nps.comments_none", p.language))
    rows = answers.current
    written = rows[comment].notna() & (rows[comment].astype(str).str.strip() != "")
    theirs = rows[(rows[p.score] <= DETRACTOR).fillna(False).astype(bool) & written]
    shown = theirs.sort_values(p.score, kind="stable")[
        [p.score, *([p.segment] if p.segment else []), comment]
    ].head(most)
    caption = words.text(
        "nps.comments_caption",
        p.language,
        shown=words.number(len(shown)),
        n=words.number(len(theirs)),
    )
    return Table(shown.reset_index(drop=True), caption=caption, language=p.language)


def _labels(values: pd.Series) -> pd.Series:
    """Write values as text, as a reader would; missing stays missing."""

    def label(value: Any) -> str | None:
        if pd.isna(value) or (isinstance(value, str) and not value.strip()):
            return None
        return words.label(value)

    distinct = {value: label(value) for value in values.dropna().unique()}
    return values.map(distinct).astype(object).where(values.notna(), None)


def _weights(values: pd.Series) -> pd.Series:
    """Turn weights that a text file holds as text into numbers; empty ones stay missing."""
    if pd.api.types.is_numeric_dtype(values):
        return values
    text = values.astype(str).str.strip().where(values.notna(), None).replace("", None)
    weights = pd.to_numeric(text, errors="coerce").astype(float)
    bad = text[weights.isna() & text.notna()]
    if len(bad):
        raise ColumnError(
            f"columns.weight={values.name!r}: {len(bad):,} values are no numbers (first: "
            f"{bad.iloc[0]!r}); write "
            "them like 1.25"
        )
    return weights


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
            "dates (first: "
            f"{bad.iloc[0]!r}); write them like 2026-01-31, or pass wave_by='value'"
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
            "column with the "
            "waves, or pass wave_column=None"
        )
    if p.wave is not None:
        check.one_of("wave", p.wave, waves)
    if p.wave_by == "unordered":
        return rows, waves, p.wave
    wave = p.wave or waves[-1]
    known = waves[: waves.index(wave) + 1]
    return rows[rows[p.wave_column].isin(known)].reset_index(drop=True), known, wave
