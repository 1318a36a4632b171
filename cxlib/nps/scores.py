"""Counts -> NPS with its interval, by segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Unpack

import numpy as np
import pandas as pd
from scipy import stats

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.methods import proportions
from cxlib.nps import cautions, figures
from cxlib.nps.counts import counts_of
from cxlib.nps.design import linearise
from cxlib.nps.method_names import Method
from cxlib.nps.methods import bayes, bootstrap, intervals
from cxlib.nps.score_counts import Design, ScoreCounts
from cxlib.shown import language as words
from cxlib.shown import theme
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method, with_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

METHODS = {
    "score": Method.TANGO,
    "mover": Method.NEWCOMBE,
    "jeffreys": Method.DIRICHLET,
    "adjusted_wald": Method.ADJUSTED_WALD,
    "bootstrap": Method.BOOTSTRAP,
    "bca": Method.BCA,
    "wald": Method.WALD,
    "t": Method.T,
}
WORTH = 0.95  # below this share of n, the sentence says how many answers the sample is worth


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class NetPromoterScores(Result):
    """NPS by segment: `[*by], n, promoters, passives, detractors, nps, se, ci_low, ci_high, n_eff,
    confidence, method`; with `method="jeffreys"` also `p_positive`.

    `by` are the segment columns as they stand in `frame`; `left_out` says of each row how many
    answers were given but are no score."""

    by: tuple[str, ...] = ()
    left_out: tuple[int, ...] = ()
    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("n", "promoters", "passives", "detractors"), "integer"),
        **with_limits("nps", "points", se="points"),
        "n_eff": "integer",
        "p_positive": "percent",
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("nps.caption_levels")

    def row(self, where: Mapping[str, Any] | None = None) -> pd.Series:
        """Return the row of a segment, `{"wave": "2026Q3"}`; the last row by default."""
        frame = self.frame
        inside = {self.carried.get(column, column): column for column in self.by}
        for column, value in (where or {}).items():
            frame = frame[frame[inside.get(column, column)] == value]
        return frame.iloc[-1]

    def summary(self, language: str = "en", *, where: Mapping[str, Any] | None = None) -> str:
        """Say the NPS of one segment (the last row by default) with interval and n."""
        return self._sentence(where).text(language)

    def _sentence(self, where: Mapping[str, Any] | None) -> Message | Sentences:
        if self.frame.empty:
            return Sentences(self.warnings)
        row = self.row(where)
        said = {
            "nps": row["nps"],
            "low": row["ci_low"],
            "high": row["ci_high"],
            "n": self._n_of(row),
            "n_eff": row["n_eff"],
            "confidence": row["confidence"],
        }
        worth, known = row["n_eff"] < WORTH * row["n"], pd.notna(row["ci_low"])
        if self.by:
            said["name"] = cautions.name_of(row, self.by)
            if not known:
                return Message("nps.unsure_of", **said)
            return Message("nps.level_of_worth" if worth else "nps.level_of", **said)
        if not known:
            return Message("nps.unsure", **said)
        return Message("nps.level_worth" if worth else "nps.level", **said)

    def _n_of(self, row: pd.Series) -> Message | int:
        """Return n, and of how many answers where some are no score."""
        n, left = int(row["n"]), self.left_out[int(str(row.name))] if self.left_out else 0
        return Message("nps.n_of_given", n=n, given=n + left) if left else n

    @drawing
    def plot(
        self,
        ax: Axes | None = None,
        *,
        finding: Message | Sentences | str = "",
        language: str = "en",
        joined: bool = False,
        **look: Unpack[Look],
    ) -> Axes:
        """Draw each segment's NPS with its interval and n; `joined` connects them in time."""
        if self.frame.empty:
            return theme.message(ax, self.summary(language))
        ax = figures.levels(
            self.frame,
            self.by,
            ax,
            finding=finding,
            joined=joined,
            measured=Message("nps.measured_level", confidence=self.frame["confidence"].iloc[0]),
            language=language,
        )
        shown = self.frame if joined else figures.largest(self.frame)
        return self.with_numbers(ax, shown, figures.names(shown, self.by), "nps", language=language)


@check.arguments
def score(
    data: Any,
    *,
    score: str | None = None,
    by: str | Sequence[str] | None = (),
    method: str | None = None,
    confidence: float = 0.95,
    population: float | Mapping[Any, float] | None = None,
    weight: str | None = None,
    strata: str | None = None,
    cluster: str | None = None,
    scale: tuple[int, int] | None = None,
    promoter: int | None = None,
    detractor: int | None = None,
) -> NetPromoterScores:
    """Net promoter score with an interval, by segment.

    Use it instead of a bare NPS: the default interval is never outside -100 to 100, never of width
    0, and holds from n = 1 on.

    Parameters
    ----------
    data : ScoreCounts, or rows in any form that `table.as_table` takes
        Ready counts, or one row an answer.
    score : str, optional
        Column of scores, `"score"` where it is None; not needed with ready counts.
    by : str or sequence of str
        Columns whose values tell segments apart.
    method : str, optional
        None is `"score"` (Tango), or the linearised t where weights, strata or clusters are given.
        Others, for unweighted answers: `"mover"` (closed form, Newcombe-Wilson), `"jeffreys"`
        (Dirichlet posterior; adds `p_positive`, the probability that the NPS is above 0),
        `"adjusted_wald"` (+3/4, +3/2, +3/4), `"bootstrap"` and `"bca"` (exact law, no draws; up to
        100,000 answers), `"wald"` and `"t"` (with a warning where they are known to fail).
    confidence : float
        Level of the interval.
    population : number or mapping, optional
        How many customers could have been asked: a census has no sampling error. A number, or a
        mapping from segment where `by` is one column; with a design, sampling units by stratum (see
        `design.linearise`).
    weight, strata, cluster, scale, promoter, detractor : optional
        As in `count_scores`; refused with ready counts, which have theirs.

    Returns
    -------
    NetPromoterScores
        One row a segment in natural order: counts of people; `nps` (weighted where weights are
        given), `se`, `ci_low`, `ci_high` in points (-100 to 100); `n_eff`: how many answers of a
        simple random sample this is worth.

    Raises
    ------
    ParameterError
        If `method` is unknown, or is asked for together with a design; if `population` is less than
        n, or not to be used with the method.
    WeightError
        If a stratum has a single cluster.
    CxError
        What `count_scores` refuses.

    Notes
    -----
    NPS is the difference of the two discordant cells of a paired table, so the paired literature
    applies: score limits of Tango (1998, Statistics in Medicine 17: 891-908). `se` is the plain
    sqrt((p + q - (p - q)^2) / n), which is 0 where all answers are of one kind; the score interval
    is not made from it. Score limits compared with exact arithmetic (mpmath) to 1e-9 on [-1, 1],
    closed forms to 1e-12, linearised errors with R survey 4.1 to 1e-12. A segment is a domain of
    the whole sample. Where all weighted answers of a segment are of one kind, or its clusters
    answered alike, its linearised variance of 0 is not knowledge: it gets the score limits of its
    effective n. Several answers from a single cluster have no interval.

    Examples
    --------
    >>> import pandas as pd
    >>> result = score(pd.DataFrame({"score": [10] * 40 + [8] * 100 + [2] * 20}), score="score")
    >>> result.summary()
    'The NPS is 12.5 (95 % interval 3.1 to 21.8, n = 160).'
    """
    counts = counts_of(data, by, score, weight, strata, cluster, scale, promoter, detractor)
    confidence = check.confidence(confidence)
    if counts.design:
        if method is not None:
            raise ParameterError(
                f"method={method!r} is for unweighted answers, and these carry "
                f"{_written(counts.design)}, whose standard error is linearised; leave out one of "
                "the two"
            )
        used = Method.LINEARISED
        numbers = _linearised(counts, confidence, population)
    else:
        check.one_of("method", method or "score", METHODS)
        used = METHODS[method or "score"]
        numbers = _plain(counts, used, confidence, population)
    segments = counts.categories()
    frame, columns, carried = counts.name_columns(segments, NetPromoterScores.columns)
    method_of_row = numbers.pop("method")
    frame = frame.assign(**numbers, confidence=confidence, method=method_of_row)
    return NetPromoterScores(
        frame=frame,
        method=used,
        warnings=(
            *cautions.of_segments(frame, counts, columns),
            *cautions.of_method(frame, used, columns),
        ),
        by=columns,
        carried=carried,
        left_out=counts.left_out_of(segments),
    )


def _plain(
    counts: ScoreCounts, method: Method, confidence: float, population: Any
) -> dict[str, Any]:
    frame = counts.categories()
    a, n, c = (frame[name].to_numpy(float) for name in ("promoters", "n", "detractors"))
    nps, se, z = (
        intervals.nps_of(a, n, c),
        np.sqrt(intervals.variance_of(a, n, c) / n),
        proportions.z_value(confidence),
    )
    size = _sizes(population, frame, counts, method)
    census = size == n
    k = np.where(
        census | np.isinf(size), 1.0, (size - 1) / np.where(census | np.isinf(size), 1.0, size - n)
    )
    more: dict[str, Any] = {}
    if method in (Method.WALD, Method.T, Method.ADJUSTED_WALD):
        centre, variance, df = intervals.moments(a, n, c, method=method)
        se = np.sqrt(variance * ((1 - n / size) if method is Method.T else 1 / k))
        half = stats.t.ppf(0.5 + confidence / 2, df) * se
        low, high = np.maximum(centre - half, -1), np.minimum(centre + half, 1)
    elif method is Method.DIRICHLET:
        found = bayes.posterior(a, n, c, confidence=confidence)
        se, low, high = np.sqrt(found.variance), found.low, found.high
        more = {"p_positive": found.positive}
    elif method in (Method.BOOTSTRAP, Method.BCA):
        low, high = (bootstrap.bca if method is Method.BCA else bootstrap.percentile)(
            a, n, c, confidence=confidence
        )
    else:
        limits = intervals.newcombe_limits if method is Method.NEWCOMBE else intervals.score_limits
        low, high = limits(a * k, n * k, c * k, z=z)
        se = se / np.sqrt(k)
    low, high, se = (
        np.where(census, nps, low),
        np.where(census, nps, high),
        np.where(census, 0.0, se),
    )
    return {
        "nps": 100 * nps,
        "se": 100 * se,
        "ci_low": 100 * low,
        "ci_high": 100 * high,
        "n_eff": n,
        **more,
        "method": method.value,
    }


def _sizes(population: Any, frame: pd.DataFrame, counts: ScoreCounts, method: Method) -> np.ndarray:
    """Return the population of each segment, infinite where it is not given."""
    if population is None:
        return np.full(len(frame), np.inf)
    by = counts.by
    if method in (Method.DIRICHLET, Method.BOOTSTRAP, Method.BCA):
        asked = next(name for name, each in METHODS.items() if each is method)
        raise ParameterError(
            f"population={population!r} has no meaning with method={asked!r}; leave it out, or "
            "use the default"
        )
    if isinstance(population, Mapping) != (len(by) == 1):
        raise ParameterError(
            "population: give a number for the total (no by), or a mapping from each value of the "
            "one column "
            f"of by; by={by!r}"
        )
    keys = frame[counts.keys[by[0]]] if by else ()
    missing = [key for key in keys if key not in population]
    if missing:
        raise ParameterError(
            f"population: {missing[0]!r} is missing{check.did_you_mean(missing[0], population)}"
        )
    size = (
        np.array([float(population[key]) for key in keys]) if by else np.array([float(population)])
    )
    n = frame["n"].to_numpy()
    small = np.flatnonzero(~(size >= n))
    if len(small):
        raise ParameterError(
            f"population={size[small[0]]:,.0f} is less than the {n[small[0]]:,} answers; give the "
            "number of "
            "customers who could have been asked"
        )
    return size


def _linearised(counts: ScoreCounts, confidence: float, population: Any) -> dict[str, Any]:
    found = linearise(counts, population=population)
    se = np.sqrt(found.variance)
    half = stats.t.ppf(0.5 + confidence / 2, np.where(found.df > 0, found.df, np.nan)) * se
    low, high = np.maximum(found.nps - half, -1), np.minimum(found.nps + half, 1)
    alike = ((found.answer_variance <= 0) | (found.variance == 0)) & (
        (found.df > 0) | (found.n == 1)
    )
    if alike.any():
        se[alike] = 0.0
        low[alike], high[alike] = intervals.weighted_score_limits(
            found.nps[alike],
            found.answer_variance[alike],
            found.kish[alike],
            z=proportions.z_value(confidence),
        )
    method = np.where(alike, Method.TANGO_ON_N_EFF.value, Method.LINEARISED.value)
    return {
        "nps": 100 * found.nps,
        "se": 100 * se,
        "ci_low": 100 * low,
        "ci_high": 100 * high,
        "n_eff": found.n_eff,
        "method": method,
    }


def _written(design: Design) -> str:
    given = {name: getattr(design, name) for name in ("weight", "strata", "cluster")}
    return words.write_list(f"{name}={value!r}" for name, value in given.items() if value)
