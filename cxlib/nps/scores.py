"""Counts -> NPS with its interval, by segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
from scipy import stats

from cxlib import check, inference, theme
from cxlib import language as words
from cxlib.errors import ParameterError
from cxlib.nps import bayes, bootstrap, cautions, figures, intervals
from cxlib.nps.counts import Design, ScoreCounts, count_scores
from cxlib.nps.design import linearise
from cxlib.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

METHODS = {
    "score": "score (Tango)",
    "mover": "MOVER (Newcombe-Wilson)",
    "jeffreys": "Dirichlet (Jeffreys)",
    "adjusted_wald": "adjusted Wald (+3/4, +3/2, +3/4)",
    "bootstrap": "bootstrap, percentile (exact)",
    "bca": "bootstrap, BCa (exact)",
    "wald": "Wald",
    "t": "t",
}
LINEARISED = "t (linearised)"
WORTH = 0.95  # below this share of n, the sentence says how many answers the sample is worth


@dataclass(frozen=True, slots=True, eq=False)
class Scores(Result):
    """NPS by segment: `[*by], n, promoters, passives, detractors, nps, se, ci_low, ci_high, n_eff,
    confidence, method`."""

    by: tuple[str, ...] = ()
    formats: ClassVar[dict[str, str]] = dict.fromkeys(
        ("nps", "se", "ci_low", "ci_high"), "points"
    ) | {"confidence": "level", "n_eff": "integer", "p_positive": "percent"}

    def row(self, **where: Any) -> pd.Series:
        """Return the one row of a segment; the only row where there is one."""
        frame = self.frame
        for column, value in where.items():
            frame = frame[frame[column] == value]
        return frame.iloc[-1]

    def summary(self, language: str = "en", **where: Any) -> str:
        """Say the NPS of one segment (the last row by default) with interval and n."""
        if self.frame.empty:
            return " ".join(self.warnings)
        row = self.row(**where)
        name = " · ".join(words.label(row[column]) for column in self.by)
        worth = "_worth" if row["n_eff"] < WORTH * row["n"] else ""
        known = "level" if pd.notna(row["ci_low"]) else "unsure"
        key = f"nps.{known}{'_of' if name else ''}{worth if known == 'level' else ''}"
        return words.text(key, language, name=name, **_said(row))

    def plot(
        self,
        ax: Axes | None = None,
        *,
        finding: str = "",
        language: str = "en",
        joined: bool = False,
    ) -> Axes:
        """Draw each segment's NPS with its interval and n; `joined` connects them in time."""
        if self.frame.empty:
            return theme.message(ax, " ".join(self.warnings))
        return figures.levels(
            self.frame,
            self.by,
            ax,
            finding=finding,
            joined=joined,
            measured=words.text(
                "nps.measured_level",
                language,
                confidence=words.level(self.frame["confidence"].iloc[0]),
            ),
        )


def score(
    data: Any,
    *,
    score: str | None = None,
    by: str | Sequence[str] | None = (),
    method: str | None = None,
    confidence: float = 0.95,
    population: float | Mapping[Any, float] | None = None,
    **counting: Any,
) -> Scores:
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
    **counting
        `weight`, `strata`, `cluster`, `scale`, `promoter`, `detractor` of `count_scores`; refused
        with ready counts.

    Returns
    -------
    Scores
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
    counts = counted(data, score, by, counting)
    if counts.design:
        if method is not None:
            raise ParameterError(
                f"method={method!r} is for unweighted answers, and these carry "
                f"{_named(counts.design)}, whose "
                "standard error is linearised; leave out one of the two"
            )
        frame = _linearised(counts, check.confidence(confidence), population)
    else:
        frame = _plain(counts, method or "score", check.confidence(confidence), population)
    frame = frame.assign(confidence=float(confidence), method=frame.pop("method"))
    name = METHODS[method or "score"] if not counts.design else LINEARISED
    warnings = (*cautions.of_segments(frame, counts), *cautions.of_method(frame, method, counts.by))
    return Scores(frame, name, warnings, by=counts.by)


def counted(
    data: Any, score: str | None, by: str | Sequence[str] | None, counting: dict[str, Any]
) -> ScoreCounts:
    """Return ready counts over `by`, or count the rows."""
    if isinstance(data, ScoreCounts):
        if counting:
            raise ParameterError(
                f"{', '.join(counting)}: ready counts were made with theirs; pass it to "
                "count_scores"
            )
        return data.over(by)
    return count_scores(data, score=score or "score", by=by, **counting)


def _plain(counts: ScoreCounts, method: str, confidence: float, population: Any) -> pd.DataFrame:
    check.one_of("method", method, METHODS)
    frame = counts.categories()
    a, n, c = (frame[name].to_numpy(float) for name in ("promoters", "n", "detractors"))
    nps, se, z = (
        intervals.nps_of(a, n, c),
        np.sqrt(intervals.variance_of(a, n, c) / n),
        inference.z_value(confidence),
    )
    size = _sizes(population, frame, counts.by, method)
    census = size == n
    k = np.where(
        census | np.isinf(size), 1.0, (size - 1) / np.where(census | np.isinf(size), 1.0, size - n)
    )
    more: dict[str, Any] = {}
    if method in ("wald", "t", "adjusted_wald"):
        centre, variance, df = intervals.moments(a, n, c, method=method)
        se = np.sqrt(variance * ((1 - n / size) if method == "t" else 1 / k))
        half = stats.t.ppf(0.5 + confidence / 2, df) * se
        low, high = np.maximum(centre - half, -1), np.minimum(centre + half, 1)
    elif method == "jeffreys":
        found = bayes.posterior(a, n, c, confidence=confidence)
        se, low, high = np.sqrt(found.variance), found.low, found.high
        more = {"p_positive": found.positive}
    elif method in ("bootstrap", "bca"):
        low, high = (bootstrap.bca if method == "bca" else bootstrap.percentile)(
            a, n, c, confidence=confidence
        )
    else:
        limits = intervals.newcombe_limits if method == "mover" else intervals.score_limits
        low, high = limits(a * k, n * k, c * k, z=z)
        se = se / np.sqrt(k)
    low, high, se = (
        np.where(census, nps, low),
        np.where(census, nps, high),
        np.where(census, 0.0, se),
    )
    return frame.assign(
        nps=100 * nps,
        se=100 * se,
        ci_low=100 * low,
        ci_high=100 * high,
        n_eff=n,
        **more,
        method=METHODS[method],
    )


def _sizes(population: Any, frame: pd.DataFrame, by: tuple[str, ...], method: str) -> np.ndarray:
    """Return the population of each segment, infinite where it is not given."""
    if population is None:
        return np.full(len(frame), np.inf)
    if method in ("jeffreys", "bootstrap", "bca"):
        raise ParameterError(
            f"population={population!r} has no meaning with method={method!r}; leave it out, or "
            "use the default"
        )
    if isinstance(population, Mapping) != (len(by) == 1):
        raise ParameterError(
            "population: give a number for the total (no by), or a mapping from each value of the "
            "one column "
            f"of by; by={by!r}"
        )
    keys = frame[by[0]] if by else ()
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


def _linearised(counts: ScoreCounts, confidence: float, population: Any) -> pd.DataFrame:
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
            z=inference.z_value(confidence),
        )
    method = np.where(alike, "score (Tango) on n_eff", LINEARISED)
    return counts.categories().assign(
        nps=100 * found.nps,
        se=100 * se,
        ci_low=100 * low,
        ci_high=100 * high,
        n_eff=found.n_eff,
        method=method,
    )


def _named(design: Design) -> str:
    return words.joined(
        [
            f"{name}={value!r}"
            for name in ("weight", "strata", "cluster")
            if (value := getattr(design, name))
        ]
    )


def _said(row: pd.Series) -> dict[str, str]:
    return {
        "nps": words.points(row["nps"]),
        "low": words.points(row["ci_low"]),
        "high": words.points(row["ci_high"]),
        "n": words.number(row["n"]),
        "n_eff": words.number(row["n_eff"]),
        "confidence": words.level(row["confidence"]),
    }
