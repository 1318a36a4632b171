"""Two NPS, each from counts or with a linearised error -> their difference, its limits, and the
test that belongs to them.

Sides of comparisons are arrays; `i` and `j` are positions in them, and differences are j minus i,
on [-2, 2]. Both kinds of sides have `difference`, `se` (missing where it cannot be known), `df`
(infinite for z), `limits` (two-sided) and `statistic` of the hypothesis that the difference is
`null`: where it equals the quantile, the matching limit is `null`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import elementwise

from cxlib.methods import proportions
from cxlib.methods.designs import Domains
from cxlib.nps.methods import intervals

_FAR = 40.0  # a z beyond which a p value is 0 in floating point
_ROUNDING = 1e-13  # a variance below this share of its parts is what rounding leaves of 0


@dataclass(frozen=True, slots=True, eq=False)
class Inverted:
    """Sides given as counts, compared by MOVER on the limits of each: `limits_of` takes (a, n, c,
    z=)."""

    a: NDArray
    n: NDArray
    c: NDArray
    limits_of: Callable = intervals.score_limits

    @property
    def centre(self) -> NDArray:
        """NPS of each side."""
        return intervals.nps_of(self.a, self.n, self.c)

    def difference(self, i: NDArray, j: NDArray) -> NDArray:
        """Estimate the difference."""
        return self.centre[j] - self.centre[i]

    def se(self, i: NDArray, j: NDArray) -> NDArray:
        """Unpooled; a side whose answers are all of one kind enters with the variance of adjusted
        counts."""
        variance = intervals.known_variance(self.a, self.n, self.c)
        return np.sqrt(variance[i] + variance[j])

    def df(self, i: NDArray, j: NDArray) -> NDArray:
        """Infinite."""
        return np.full(len(i), np.inf)

    def limits(self, i: NDArray, j: NDArray, confidence: float) -> tuple[NDArray, NDArray]:
        """MOVER: each side's limits once, then arithmetic on pairs."""
        centre, (low, high) = (
            self.centre,
            self.limits_of(self.a, self.n, self.c, z=proportions.z_value(confidence)),
        )
        return intervals.square_and_add(*((centre[k], low[k], high[k]) for k in (j, i)))

    def statistic(self, i: NDArray, j: NDArray, null: float = 0.0) -> NDArray:
        """Z at which one limit of the difference reaches `null`; infinite (with Newcombe-Wilson
        limits 40) where none ever does.

        Those of an NPS of 1 end at 1 - 2^0.5 whatever the level, so between all promoters and all
        detractors p is 0."""
        if self.limits_of is intervals.score_limits:
            one, two = ((self.a[k], self.n[k], self.c[k]) for k in (j, i))
            return intervals.difference_z(one, two, null)
        above = self.difference(i, j) - null

        def beyond(z: NDArray, *args: NDArray) -> NDArray:
            *counts, up = args
            sides = [
                (intervals.nps_of(*each), *self.limits_of(*each, z=z))
                for each in (counts[:3], counts[3:])
            ]
            low, high = intervals.square_and_add(*sides)
            return np.where(up, low - null, null - high)

        args = tuple(side[k].astype(float) for k in (j, i) for side in (self.a, self.n, self.c))
        ends = np.zeros(len(i)), np.full(len(i), _FAR)
        found = elementwise.find_root(
            beyond, ends, args=(*args, above > 0), tolerances={"xatol": 1e-13, "xrtol": 1e-14}
        )
        reached = np.where(found.status == 0, found.x, np.where(above == 0, 0.0, _FAR))
        return np.copysign(reached, above)


@dataclass(frozen=True, slots=True, eq=False)
class Symmetric:
    """Sides with a centre and a variance, compared by z or t: Wald, Welch, adjusted Wald, or
    linearised."""

    centre: NDArray
    variance: NDArray
    side_df: NDArray
    domains: Domains | None = None

    def difference(self, i: NDArray, j: NDArray) -> NDArray:
        """Estimate the difference."""
        return self.centre[j] - self.centre[i]

    def se(self, i: NDArray, j: NDArray) -> NDArray:
        """Root of both variances, less twice the covariance where sides share clusters; missing
        where that is 0."""
        both = self.variance[i] + self.variance[j]
        variance = both - (0.0 if self.domains is None else 2 * self.domains.covariance(i, j))
        return np.sqrt(np.where(variance > _ROUNDING * both, variance, np.nan))

    def df(self, i: NDArray, j: NDArray) -> NDArray:
        """Welch-Satterthwaite; of a design, clusters minus strata minus 1."""
        if self.domains is not None:
            df = self.domains.df_of(i, j)
            return np.where(df > 0, df, np.nan)
        if np.isinf(self.side_df).all():
            return np.full(len(i), np.inf)
        with np.errstate(invalid="ignore", divide="ignore"):
            return (self.variance[i] + self.variance[j]) ** 2 / (
                self.variance[i] ** 2 / self.side_df[i] + self.variance[j] ** 2 / self.side_df[j]
            )

    def limits(self, i: NDArray, j: NDArray, confidence: float) -> tuple[NDArray, NDArray]:
        """Difference minus and plus the quantile times the standard error."""
        half = stats.t.ppf(0.5 + confidence / 2, self.df(i, j)) * self.se(i, j)
        return self.difference(i, j) - half, self.difference(i, j) + half

    def statistic(self, i: NDArray, j: NDArray, null: float = 0.0) -> NDArray:
        """(difference - null) / se."""
        return (self.difference(i, j) - null) / self.se(i, j)


def pvalue(statistic: NDArray, df: NDArray, alternative: str) -> NDArray:
    """P value of a statistic: two-sided, or that the difference is `"greater"` or `"less"` than the
    null."""
    law = stats.norm if np.isinf(df).all() else stats.t(df)
    if alternative == "two-sided":
        return 2 * law.sf(np.abs(statistic))
    return law.sf(statistic) if alternative == "greater" else law.cdf(statistic)


def of_counts(a: NDArray, n: NDArray, c: NDArray, *, method: str) -> Inverted | Symmetric:
    """Return the sides of unweighted counts for a method."""
    if method in ("score", "mover"):
        return Inverted(
            a, n, c, intervals.score_limits if method == "score" else intervals.newcombe_limits
        )
    return Symmetric(*intervals.moments(a, n, c, method=method))


def of_domains(nps: NDArray, variance: NDArray, domains: Domains) -> Symmetric:
    """Return the sides of linearised estimates."""
    # answers all of one kind, or clusters all alike, have a variance of 0, which is no knowledge
    return Symmetric(nps, np.where(variance > 0, variance, np.nan), domains.df, domains)
