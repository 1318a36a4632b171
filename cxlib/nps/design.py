"""Counts that carry weights, strata or clusters -> NPS of segments with linearised standard errors.
On [-1, 1]."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from cxlib.errors import ParameterError, WeightError
from cxlib.nps import intervals
from cxlib.nps.counts import CLUSTER, SQUARE, STRATUM, WEIGHT, ScoreCounts

_CHUNK = 20_000  # pairs whose rows are multiplied at once
_ROUNDING = (
    1e-14  # a variance below this, times that of one sampling unit, is what rounding leaves of 0
)


@dataclass(frozen=True, slots=True, eq=False)
class Linearised:
    """Weighted NPS of g segments of one sample, and what its variances and covariances are made of.

    Attributes
    ----------
    nps, variance, answer_variance : ndarray, shape (g,)
        Weighted NPS, its linearised variance (missing where a segment has no degrees of freedom;
        exactly 0 where its clusters, or the answers of each stratum, are alike), and the weighted
        variance of one answer scored +1, 0, -1.
    n, df, kish : ndarray, shape (g,)
        Answers; sampling units minus strata, of those that have an answer of the segment; and (sum
        w)^2 / sum w^2 over the sampling units.
    """

    nps: NDArray
    variance: NDArray
    answer_variance: NDArray
    n: NDArray
    df: NDArray
    kish: NDArray
    _error: (
        sparse.csr_array
    )  # (g, clusters): each cluster's part of the error; empty where each answer is its own cluster
    _total: NDArray  # (g, strata): what the mean of a stratum's clusters takes away
    _cluster: sparse.csr_array  # (g, clusters): 1 where the cluster has an answer of the segment
    _stratum: NDArray  # (g, strata), likewise

    @property
    def n_eff(self) -> NDArray:
        """Answers that a simple random sample would need for this standard error; `kish` where the
        variance is 0."""
        with np.errstate(divide="ignore", invalid="ignore"):
            n_eff = self.n * self.answer_variance / ((self.n - 1) * self.variance)
        return np.where(self.variance > 0, n_eff, self.kish)

    def covariance(self, i: NDArray, j: NDArray) -> NDArray:
        """Covariance of the NPS of segments i and j, which share no answers but may share
        clusters."""
        return _products(self._error, i, j) - np.einsum("ph,ph->p", self._total[i], self._total[j])

    def df_of(self, i: NDArray, j: NDArray) -> NDArray:
        """Degrees of freedom of a difference: clusters minus strata of both segments together,
        minus 1 (as svyttest of R)."""
        strata = np.einsum("ph,ph->p", self._stratum[i], self._stratum[j])
        return self.df[i] + self.df[j] - _products(self._cluster, i, j) + strata - 1


def linearise(
    counts: ScoreCounts,
    *,
    sides: sparse.csr_array | None = None,
    population: float | Mapping[Any, float] | None = None,
) -> Linearised:
    """Return the weighted NPS of each segment of the counts, with all that its standard errors are
    made of.

    Parameters
    ----------
    counts : ScoreCounts
        With a design. The segments are the rows of `counts.categories()`.
    sides : sparse array, shape (g, rows of categories), optional
        Ones where a row of the categories belongs to segment g; each row is a segment where it is
        None.
    population : number or mapping, optional
        Sampling units (clusters, or answers where none is given) in the population; by stratum
        where there are strata.

    Raises
    ------
    WeightError
        If a stratum has a single cluster in the sample.

    Notes
    -----
    e = w (x - NPS) / sum w inside the segment and 0 outside; variance = sum over strata h of (1 -
    m_h/M_h) m_h/(m_h - 1) times sum over clusters j of (E_hj - mean E_h)^2, m_h clusters in the
    whole sample: segments are domains, never subsets. Equal to R survey 4.1 `svymean`, `svyby`,
    `svycontrast` to 1e-12 relative."""
    cells = _Cells(counts, sides)
    shares = cells.summed("weight", cells.kind, 3).toarray()
    total = shares.sum(axis=1)
    p, q = shares[:, 0] / total, shares[:, 2] / total
    nps, m = p - q, cells.m
    factor = (1 - m / _population(population, counts, m)) * m / (m - 1)
    means = cells.errors(cells.stratum, len(m), nps, total).toarray()
    taken = means * np.sqrt(factor / m)
    in_stratum = cells.summed("n", cells.stratum, len(m)).toarray()
    if counts.design.cluster is None:
        each = [
            cells.summed("square", cells.stratum, len(m), only=kind).toarray() for kind in range(3)
        ]
        spread = (
            sum(each[kind] * ((1 - kind - nps) ** 2)[:, None] for kind in range(3))
            / total[:, None] ** 2
        )
        squares, kish = (factor * spread).sum(axis=1), total**2 / sum(each).sum(axis=1)
        error = cluster = sparse.csr_array((len(nps), 1))
        units = in_stratum.sum(axis=1)
    else:
        held = cells.summed("weight", cells.unit, len(cells.stratum_of))
        error = (
            cells.errors(cells.unit, len(cells.stratum_of), nps, total)
            @ sparse.diags_array(np.sqrt(factor[cells.stratum_of]))
        ).tocsr()
        squares, kish = error.power(2).sum(axis=1), total**2 / held.power(2).sum(axis=1)
        cluster = (held > 0).astype(float)
        units = cluster.sum(axis=1)
    df = units - (in_stratum > 0).sum(axis=1)
    mixed = (shares > 0).sum(axis=1) > 1  # of one kind alone: 0, not what rounding leaves of it
    variance = squares - (taken**2).sum(axis=1)
    variance = np.where(
        df > 0, np.where(mixed & (variance * kish > _ROUNDING), variance, 0.0), np.nan
    )
    return Linearised(
        nps,
        variance,
        mixed * (p + q - nps**2),
        in_stratum.sum(axis=1),
        df,
        kish,
        error,
        taken,
        cluster,
        (in_stratum > 0).astype(float),
    )


class _Cells:
    """The rows of the counts as arrays: to which segment, stratum, cluster and kind of answer each
    belongs."""

    def __init__(self, counts: ScoreCounts, sides: sparse.csr_array | None) -> None:
        cells = counts.categories()
        frame = counts.frame.dropna(subset=list(counts.by)).reset_index(drop=True)
        self.cell = _positions(frame, cells, counts.by)
        self.sides = sparse.eye_array(len(cells), format="csr") if sides is None else sides
        self.kind = np.where(
            frame["score"] >= counts.promoter, 0, np.where(frame["score"] <= counts.detractor, 2, 1)
        )
        self.sums = {
            name: frame[column].to_numpy(float)
            for name, column in (("n", "n"), ("weight", WEIGHT), ("square", SQUARE))
        }
        strata = counts.units[STRATUM].drop_duplicates().reset_index(drop=True).to_frame()
        self.stratum = _positions(frame, strata, (STRATUM,))
        self.stratum_of = _positions(counts.units, strata, (STRATUM,))
        clustered = counts.design.cluster is not None
        self.unit = _positions(frame, counts.units, (STRATUM, CLUSTER)) if clustered else None
        self.m = np.bincount(
            self.stratum_of, weights=None if clustered else counts.units["n"]
        ).astype(float)
        if (self.m < 2).any():
            kind = "cluster" if clustered else "answer"
            raise WeightError(
                f"{int((self.m < 2).sum())} of {len(self.m)} strata have a single {kind}, so their "
                "variance cannot "
                "be known; merge those strata with a neighbour"
            )

    def summed(
        self, name: str, column: NDArray, width: int, *, only: int | None = None
    ) -> sparse.csr_array:
        """Return the sums of `name` by segment and `column`; of one kind of answer where `only` is
        given."""
        values = (
            self.sums[name] if only is None else np.where(self.kind == only, self.sums[name], 0.0)
        )
        return self._folded(values, column, width)

    def errors(self, column: NDArray, width: int, nps: NDArray, total: NDArray) -> sparse.csr_array:
        """Return the sums of w (x - nps) / total by segment and `column`."""
        signed = self._folded(self.sums["weight"] * (1 - self.kind), column, width)
        centred = signed - sparse.diags_array(nps) @ self.summed("weight", column, width)
        return (sparse.diags_array(1 / total) @ centred).tocsr()

    def _folded(self, values: NDArray, column: NDArray, width: int) -> sparse.csr_array:
        cells = sparse.coo_array(
            (values, (self.cell, column)), shape=(self.sides.shape[1], width)
        ).tocsr()
        return (self.sides @ cells).tocsr()


def weighted(counts: ScoreCounts) -> ScoreCounts:
    """Return counts that carry a design: where they have none, each answer weighs 1 and is its own
    sampling unit."""
    if counts.design:
        return counts
    frame = counts.frame.assign(
        **{
            STRATUM: 0,
            CLUSTER: 0,
            WEIGHT: counts.frame["n"].astype(float),
            SQUARE: counts.frame["n"].astype(float),
        }
    )
    return replace(
        counts,
        frame=frame,
        units=pd.DataFrame({STRATUM: [0], CLUSTER: [0], "n": [counts.frame["n"].sum()]}),
    )


def estimates(counts: ScoreCounts) -> pd.DataFrame:
    """Return `[*by], n, promoters, passives, detractors, nps, se, n_eff`, one row a segment; NPS
    and se on [-1, 1].

    Plain where the counts carry no design (`n_eff` is then n, `se` the root of V / n), linearised
    where they do."""
    frame = counts.categories()
    if counts.design:
        found = linearise(counts)
        return frame.assign(nps=found.nps, se=np.sqrt(found.variance), n_eff=found.n_eff)
    a, n, c = (frame[name].to_numpy(float) for name in ("promoters", "n", "detractors"))
    return frame.assign(
        nps=intervals.nps_of(a, n, c), se=np.sqrt(intervals.variance_of(a, n, c) / n), n_eff=n
    )


def known_variance(found: pd.DataFrame) -> NDArray:
    """Variance of the NPS of each row of `estimates`, never 0, on [-1, 1]; missing where a segment
    is a single cluster.

    A linearised or plain variance of 0 is not knowledge: then it is that of the counts (adjusted,
    where all answers are of one kind) as if from n_eff answers."""
    a, n, c, se, n_eff = (
        found[name].to_numpy(float) for name in ("promoters", "n", "detractors", "se", "n_eff")
    )
    return np.where(se == 0, intervals.known_variance(a, n, c) * n / n_eff, se**2)


def steady_variance(found: pd.DataFrame, *, lent: float) -> NDArray:
    """Variance of the NPS of each row of `estimates`, above 0: to its shares come `lent` answers
    with the shares of all rows.

    Use it where estimates are weighted by their variances: a small segment that looks extreme looks
    unanimous too, and its own variance would make it pass for well known."""
    a, n, c, n_eff = (
        found[name].to_numpy(float) for name in ("promoters", "n", "detractors", "n_eff")
    )
    p, q = (
        (x.sum() + 0.75) / (n.sum() + 3) for x in (a, c)
    )  # not 0 where all answers are of one kind
    return intervals.variance_of(a + lent * p, n + lent, c + lent * q) / n_eff


def _positions(frame: pd.DataFrame, keys: pd.DataFrame, by: tuple[str, ...]) -> NDArray:
    """Return for each row of `frame` the row of `keys` with the same values."""
    if not by:
        return np.zeros(len(frame), int)
    known = keys[list(by)].reset_index(drop=True).assign(_position=range(len(keys)))
    return frame[list(by)].merge(known, on=list(by), how="left")["_position"].to_numpy(int)


def _population(
    population: float | Mapping[Any, float] | None, counts: ScoreCounts, m: NDArray
) -> NDArray:
    """Return how many sampling units each stratum has in the population; infinitely many where it
    is not given."""
    strata = counts.units[STRATUM].drop_duplicates().tolist()
    if population is None:
        return np.full(len(strata), np.inf)
    if not isinstance(population, Mapping):
        if len(strata) > 1:
            raise ParameterError(
                f"population={population!r} is one number, but there are {len(strata)} strata; "
                "give a mapping "
                "from stratum to its number of sampling units"
            )
        population = {strata[0]: population}
    missing = [value for value in strata if value not in population]
    if missing:
        raise ParameterError(
            f"population: stratum {missing[0]!r} is missing; give its number of sampling units"
        )
    sizes = np.array([float(population[value]) for value in strata])
    if not (sizes >= m).all():
        raise ParameterError(
            f"population={population!r}: a stratum has more sampling units in the sample than in "
            "the "
            "population; give the population's numbers"
        )
    return sizes


def _products(rows: sparse.csr_array, i: NDArray, j: NDArray) -> NDArray:
    """Return the scalar products of rows i and rows j."""
    if not rows.nnz:
        return np.zeros(len(i))
    parts = [
        rows[i[start : start + _CHUNK]].multiply(rows[j[start : start + _CHUNK]]).sum(axis=1)
        for start in range(0, len(i), _CHUNK)
    ]
    return np.concatenate([np.asarray(part).ravel() for part in parts]) if parts else np.zeros(0)
