"""NPS of many segments -> shrunken estimates, and the probability that each is the worst or the
best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special
from scipy.optimize import elementwise

from cxlib import check, theme
from cxlib import language as words
from cxlib.errors import ParameterError
from cxlib.nps import figures
from cxlib.nps.counts import refuse_taken
from cxlib.nps.design import estimates, steady_variance
from cxlib.nps.scores import counted
from cxlib.result import Absent, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

METHOD = "normal hierarchical model, spread integrated out"
COLUMNS = (
    "rank",
    "n",
    "nps",
    "shrunken",
    "ci_low",
    "ci_high",
    "p_worst",
    "p_best",
    "reason",
    "confidence",
    "method",
)
LIKELY = 0.8  # chance of being worst from which a summary says "probably"
_TAUS, _GRID = (
    64,
    600,
)  # spreads that stand for their posterior; points of the integral over the worst
_LENT = 10  # answers of all segments together, lent to each segment's variance
_GOLDEN = (np.sqrt(5) - 1) / 2


@dataclass(frozen=True, slots=True, eq=False)
class League(Result):
    """Segments ranked by their shrunken NPS, with the chance of being truly worst or best.

    `frame`: `rank, <between>, n, nps, shrunken, ci_low, ci_high, p_worst, p_best, reason,
    confidence, method`, best first.

    Segments that are not ranked follow, `rank` missing, with the `reason` in words.
    """

    between: str = ""
    formats: ClassVar[dict[str, str]] = (
        dict.fromkeys(("nps", "shrunken", "ci_low", "ci_high"), "points")
        | dict.fromkeys(("p_worst", "p_best"), "percent")
        | {"rank": "integer", "confidence": "level"}
    )

    @property
    def ranked(self) -> pd.DataFrame:
        """The rows with a rank."""
        return self.frame[self.frame["rank"].notna()]

    def summary(self, language: str = "en") -> str:
        """Say which segment is worst and how likely, or that none can be told from the rest (at 1 -
        confidence)."""
        return self._said("nps.league_{}", language) or " ".join(self.warnings)

    def _said(self, keys: str, language: str) -> str:
        ranked = self.ranked
        if len(ranked) < 2:
            return ""
        worst = ranked.loc[ranked["p_worst"].idxmax()]
        kind = (
            "sure"
            if worst["p_worst"] >= worst["confidence"]
            else "likely"
            if worst["p_worst"] >= LIKELY
            else "open"
        )
        return words.text(
            keys.format(kind),
            language,
            name=words.label(worst[self.between]),
            k=words.number(len(ranked)),
            p=words.percent(worst["p_worst"], 0),
            nps=words.points(worst["nps"]),
            n=words.number(worst["n"]),
            shrunken=words.points(worst["shrunken"]),
            low=words.points(worst["ci_low"]),
            high=words.points(worst["ci_high"]),
            confidence=words.level(worst["confidence"]),
        )

    def plot(self, ax: Axes | None = None, *, finding: str = "", language: str = "en") -> Axes:
        """Draw the shrunken NPS with its interval and, hollow, the raw one; of many segments the
        best and the worst."""
        ranked = self.ranked
        if ranked.empty:
            return theme.message(ax, " ".join(self.warnings))
        measured = words.text(
            "nps.measured_league", language, confidence=words.level(ranked["confidence"].iloc[0])
        )
        if len(ranked) > figures.MOST:
            measured += words.text(
                "nps.extremes", language, shown=figures.MOST, k=words.number(len(ranked))
            )
        return figures.league(
            ranked,
            self.between,
            ax,
            finding=finding or self._said("nps.league_title_{}", language),
            measured=measured,
        )


def league(
    data: Any,
    *,
    between: str | None,
    score: str | None = None,
    fewest: int = 10,
    confidence: float = 0.95,
    **counting: Any,
) -> League | Absent:
    """Rank segments by shrunken NPS, with the probability that each is truly the worst or the best.

    Use it for "which of our 200 stores is worst?": in a plain ranking both ends are taken by the
    smallest segments.

    Parameters
    ----------
    data : ScoreCounts, or rows in any form that `table.as_table` takes
        Ready counts, or one row an answer.
    between : str or None
        Column whose values are ranked. None gives an `Absent` that says what cannot be known.
    score : str, optional
        Column of scores, `"score"` where it is None; not needed with ready counts.
    fewest : int
        Segments with fewer answers are listed, not ranked, and take no part in the model.
    confidence : float
        Level of the intervals.
    **counting
        Parameters of `count_scores` (`scale`, `weight`, `cluster`, ...); refused with ready counts,
        which have theirs.

    Returns
    -------
    League
        `nps` as observed; `shrunken`, the posterior mean of the true NPS, with an equal-tailed
        interval; all in points.

    Raises
    ------
    ParameterError
        If `fewest` is less than 1; and what `count_scores` refuses.

    Notes
    -----
    True scores are normal with an unknown mean (flat prior) and standard deviation tau; observed
    ones are normal around them with known variances. tau has a flat prior on 0 to 100 points (more
    is impossible) and is integrated out, so intervals hold its uncertainty: a plug-in such as
    DerSimonian and Laird's is often exactly 0 and would call all segments one (Gelman et al. 2013,
    Bayesian Data Analysis, section 5.4). Probabilities of being worst and best are one-dimensional
    integrals, at 64 equally likely pairs of tau and mean; they sum to 1. No draws. Compared with
    the eight schools of that book and, to 0.005, with 400,000 seeded draws. Variances are made
    steady: to the shares of each segment come 10 answers with the shares of all. Small segments
    that look extreme look unanimous too, and would otherwise pass for well known. By simulation
    (120 runs of 50 segments of 10 to 40 answers, tau of 10 points) chances of being worst of 30 %
    or more came true in 3 of 9 cases where they said 38 %, without it in 6 of 25 where they said 47
    %; intervals covered 93 % there, 94 to 100 % with more answers, fewer segments or less spread.

    Examples
    --------
    >>> rows = pd.DataFrame(
    ...     {"shop": ["A"] * 80 + ["B"] * 80, "score": [10] * 70 + [3] * 10 + [10] * 20 + [3] * 60}
    ... )
    >>> league(rows, between="shop").frame[["rank", "shop", "n", "nps"]].to_dict("records")
    [{'rank': 1, 'shop': 'A', 'n': 80, 'nps': 75.0}, {'rank': 2, 'shop': 'B', 'n': 80, 'nps': -50.0}]
    """  # noqa: E501
    confidence = check.confidence(confidence)
    if fewest < 1:
        raise ParameterError(
            f"fewest={fewest!r} must be at least 1: a segment without answers has no NPS"
        )
    if between is None:
        return Absent.of("nps.no_column")
    columns = [COLUMNS[0], between, *COLUMNS[1:]]
    refuse_taken(COLUMNS, between=between)
    counts = counted(data, score, between, counting)
    found = estimates(counts)
    enough = (found["n"] >= fewest) & found["se"].notna()
    out = pd.concat(
        [
            _ranked(found[enough], confidence),
            _listed(found[~enough], fewest),
            _absent(counts.empty),
        ],
        ignore_index=True,
    )
    out = out.reindex(columns=columns).assign(
        rank=out["rank"].astype("Int64"),
        n=out["n"].astype("int64"),
        confidence=confidence,
        method=METHOD,
    )
    return League(
        out, METHOD, _cautions(out, between, fewest, design=bool(counts.design)), between=between
    )


def _ranked(found: pd.DataFrame, confidence: float) -> pd.DataFrame:
    if found.empty:
        return pd.DataFrame(columns=["rank"])
    mean, low, high, worst, best = shrunken(
        found["nps"], steady_variance(found, lent=_LENT), confidence=confidence
    )
    frame = found.assign(
        nps=100 * found["nps"],
        shrunken=100 * mean,
        ci_low=100 * low,
        ci_high=100 * high,
        p_worst=worst,
        p_best=best,
        reason="",
    )
    frame = frame.sort_values("shrunken", ascending=False, kind="stable")
    return frame.assign(rank=np.arange(1, len(frame) + 1))


def shrunken(
    nps: ArrayLike, variance: ArrayLike, *, confidence: float
) -> tuple[NDArray, NDArray, NDArray, NDArray, NDArray]:
    """Posterior mean, interval, and probabilities of being lowest and highest, of k true scores.

    Parameters
    ----------
    nps, variance : array_like, shape (k,)
        Observed scores on [-1, 1] and the variances of their errors, above 0.

    Returns
    -------
    mean, low, high, worst, best : ndarray, shape (k,)
    """
    y, v = np.asarray(nps, float), np.asarray(variance, float)
    tau2 = spreads(y, v)[:, None] ** 2
    w = 1 / (v + tau2)
    centre = np.sum(w * y, axis=1, keepdims=True) / w.sum(axis=1, keepdims=True)
    pull = v / (v + tau2)
    mean, own = pull * centre + (1 - pull) * y, np.sqrt(pull * tau2)
    sd = np.sqrt(own**2 + pull**2 / w.sum(axis=1, keepdims=True))
    low, high = (
        _quantile(mean, sd, level) for level in ((1 - confidence) / 2, (1 + confidence) / 2)
    )
    # a lattice: with each spread goes one value of the common mean, so both are integrated over
    error = special.ndtri((_GOLDEN * np.arange(_TAUS)[:, None] + 0.5) % 1) / np.sqrt(
        w.sum(axis=1, keepdims=True)
    )
    return (
        mean.mean(axis=0),
        low,
        high,
        _lowest(mean + pull * error, own),
        _lowest(-mean + pull * error, own),
    )


def spreads(nps: NDArray, variance: NDArray) -> NDArray:
    """Equally likely values of tau: the middles of equal parts of its posterior under a flat prior
    on [0, 1]."""
    tau = np.geomspace(1e-4, 1, 2000)
    total = variance + tau[:, None] ** 2
    weight = np.sum(1 / total, axis=1)
    centre = np.sum(nps / total, axis=1) / weight
    log = -0.5 * (
        np.log(weight) + np.sum(np.log(total) + (nps - centre[:, None]) ** 2 / total, axis=1)
    )
    density = np.exp(log - log.max())
    below = np.concatenate([[0.0], np.cumsum(np.diff(tau) * (density[1:] + density[:-1]) / 2)])
    return np.interp((np.arange(_TAUS) + 0.5) / _TAUS, below / below[-1], tau)


def _quantile(mean: NDArray, sd: NDArray, level: float) -> NDArray:
    """Quantile of each column's equal mixture of normals, cut at -1 and 1; it lies between those of
    its parts."""
    parts = mean + sd * special.ndtri(level)
    index = np.arange(mean.shape[1])
    found = elementwise.find_root(
        lambda x, i: special.ndtr((x[..., None] - mean.T[i]) / sd.T[i]).mean(axis=-1) - level,
        (parts.min(axis=0) - 1e-9, parts.max(axis=0) + 1e-9),
        args=(index,),
    ).x
    return np.clip(found, -1.0, 1.0)


def _lowest(mean: NDArray, sd: NDArray) -> NDArray:
    """Probability that each column is the lowest, averaged over the rows; columns are independent
    within a row."""
    out = np.zeros(mean.shape[1])
    for m, s in zip(mean, sd, strict=True):
        # points where the lowest can lie, as dense as the columns' own mass is there
        nodes = np.sort((m + s * special.ndtri(np.linspace(1e-9, 1 - 1e-9, 101))[:, None]).ravel())
        nodes = nodes[nodes <= np.min(m + 6 * s)]
        x = nodes[np.linspace(0, len(nodes) - 1, min(_GRID, len(nodes))).astype(int)]
        above = special.log_ndtr((m - x[:, None]) / s)
        others = np.exp(above.sum(axis=1, keepdims=True) - above)
        part = np.diff(special.ndtr((x[:, None] - m) / s), axis=0)
        row = np.sum(part * (others[1:] + others[:-1]) / 2, axis=0)
        out += row / row.sum()
    return out / len(mean)


def _listed(found: pd.DataFrame, fewest: int) -> pd.DataFrame:
    reason = np.where(
        found["n"] < fewest,
        words.text("nps.league_few", limit=fewest),
        words.text("nps.league_one_cluster"),
    )
    return found.assign(nps=100 * found["nps"], rank=pd.NA, reason=reason)


def _absent(empty: pd.DataFrame | None) -> pd.DataFrame:
    frame = pd.DataFrame() if empty is None else empty
    return frame.assign(n=0, rank=pd.NA, reason=words.text("nps.league_none"))


def _cautions(frame: pd.DataFrame, between: str, fewest: int, *, design: bool) -> tuple[str, ...]:
    ranked = int(frame["rank"].notna().sum())
    out = []
    if ranked < 2:
        out.append(
            words.text("nps.league_too_few", n=words.number(ranked), between=between, limit=fewest)
        )
    if ranked < len(frame):
        out.append(words.text("nps.league_unranked", n=words.number(len(frame) - ranked)))
    if design and ranked > 1:
        out.append(words.text("nps.league_design", between=between))
    return tuple(out)
