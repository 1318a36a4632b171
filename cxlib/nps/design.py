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

from cxlib.errors import ParameterError
from cxlib.methods import designs
from cxlib.nps.methods import intervals
from cxlib.nps.score_counts import CLUSTER, SQUARE, STRATUM, WEIGHT, ScoreCounts, units_of

# a variance below this, times that of one sampling unit, is what rounding leaves of 0
_ROUNDING = 1e-14


@dataclass(frozen=True, slots=True, eq=False)
class Linearised:
    """Weighted NPS of g segments of one sample, and what its variances and covariances are made of.

    Attributes
    ----------
    nps, variance, answer_variance : ndarray, shape (g,)
        Weighted NPS, its linearised variance (missing where a segment has no degrees of freedom;
        exactly 0 where its clusters, or the answers of each stratum, are alike), and the weighted
        variance of one answer scored +1, 0, -1.
    n, kish, worth : ndarray, shape (g,)
        Answers; and (sum w)^2 / sum w^2 over the sampling units, and over the answers.
    domains : Domains
        Degrees of freedom, and covariances of segments.
    """

    nps: NDArray
    variance: NDArray
    answer_variance: NDArray
    n: NDArray
    kish: NDArray
    worth: NDArray
    domains: designs.Domains

    @property
    def df(self) -> NDArray:
        """Sampling units minus strata, of those that have an answer of the segment."""
        return self.domains.df

    @property
    def n_eff(self) -> NDArray:
        """Answers that a simple random sample would need for this standard error; `kish` where the
        variance is 0."""
        with np.errstate(divide="ignore", invalid="ignore"):
            n_eff = self.n * self.answer_variance / ((self.n - 1) * self.variance)
        return np.where(self.variance > 0, n_eff, self.kish)


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
    The influence of an answer is w (x - NPS) / sum w inside the segment and 0 outside: segments are
    domains, never subsets (see `designs.of_units`). Answers of weight 0 are sampling units, but
    give no degrees of freedom. Equal to R survey 4.1 `svymean`, `svyby`, `svycontrast` to 1e-12
    relative."""
    cells = _Cells(counts, sides)
    shares = cells.sums_of("weight", cells.kind, 3).toarray()
    total = shares.sum(axis=1)
    p, q = shares[:, 0] / total, shares[:, 2] / total
    nps = p - q
    found, kish = (_of_answers if counts.design.cluster is None else _of_clusters)(
        cells, nps, total, _population(population, counts, cells.m)
    )
    mixed = (shares > 0).sum(axis=1) > 1  # of one kind alone: 0, not what rounding leaves of it
    known = mixed & (found.variance * kish > _ROUNDING)
    return Linearised(
        nps,
        np.where(found.df > 0, np.where(known, found.variance, 0.0), np.nan),
        mixed * (p + q - nps**2),
        cells.sums_of("n", np.zeros_like(cells.kind), 1).toarray()[:, 0],
        kish,
        total**2 / cells.sums_of("square", np.zeros_like(cells.kind), 1).toarray()[:, 0],
        found,
    )


def _of_answers(
    cells: _Cells, nps: NDArray, total: NDArray, population: NDArray | None
) -> tuple[designs.Domains, NDArray]:
    width = len(cells.m)
    each = [cells.sums_of("square", cells.stratum, width, only=kind).toarray() for kind in range(3)]
    squares = (
        sum(each[kind] * ((1 - kind - nps) ** 2)[:, None] for kind in range(3))
        / total[:, None] ** 2
    )
    found = designs.of_rows(
        squares,
        cells.errors(cells.stratum, width, nps, total).toarray(),
        cells.sums_of("n", cells.stratum, width).toarray(),
        cells.m,
        population=population,
    )
    return found, total**2 / sum(each).sum(axis=1)


def _of_clusters(
    cells: _Cells, nps: NDArray, total: NDArray, population: NDArray | None
) -> tuple[designs.Domains, NDArray]:
    width = len(cells.stratum_of)
    held = cells.sums_of("weight", cells.unit, width)
    found = designs.of_units(
        cells.errors(cells.unit, width, nps, total), held, cells.stratum_of, population=population
    )
    return found, total**2 / held.power(2).sum(axis=1)


class _Cells:
    """The rows of the counts as arrays: to which segment, stratum, cluster and kind of answer each
    belongs."""

    def __init__(self, counts: ScoreCounts, sides: sparse.csr_array | None) -> None:
        cells = counts.categories()
        frame = counts.by_unit.dropna(subset=list(counts.keys.values())).reset_index(drop=True)
        self.cell = _positions(frame, cells, tuple(counts.keys.values()))
        self.sides = sparse.eye_array(len(cells), format="csr") if sides is None else sides
        self.kind = np.where(
            frame["score"] >= counts.promoter, 0, np.where(frame["score"] <= counts.detractor, 2, 1)
        )
        self.sums = {
            name: frame[column].to_numpy(float)
            for name, column in (("n", "n"), ("weight", WEIGHT), ("square", SQUARE))
        }
        units = units_of(counts)
        strata = units[STRATUM].drop_duplicates().reset_index(drop=True).to_frame()
        self.stratum = _positions(frame, strata, (STRATUM,))
        self.stratum_of = _positions(units, strata, (STRATUM,))
        clustered = counts.design.cluster is not None
        self.unit = _positions(frame, units, (STRATUM, CLUSTER))
        self.m = np.bincount(self.stratum_of, weights=None if clustered else units["n"]).astype(
            float
        )

    def sums_of(
        self, name: str, column: NDArray, width: int, *, only: int | None = None
    ) -> sparse.csr_array:
        """Return the sums of `name` by segment and `column`; of one kind of answer where `only` is
        given."""
        values = (
            self.sums[name] if only is None else np.where(self.kind == only, self.sums[name], 0.0)
        )
        return self._added(values, column, width)

    def errors(self, column: NDArray, width: int, nps: NDArray, total: NDArray) -> sparse.csr_array:
        """Return the sums of w (x - nps) / total by segment and `column`."""
        signed = self._added(self.sums["weight"] * (1 - self.kind), column, width)
        centred = signed - sparse.diags_array(nps) @ self.sums_of("weight", column, width)
        return (sparse.diags_array(1 / total) @ centred).tocsr()

    def _added(self, values: NDArray, column: NDArray, width: int) -> sparse.csr_array:
        cells = sparse.coo_array(
            (values, (self.cell, column)), shape=(self.sides.shape[1], width)
        ).tocsr()
        return (self.sides @ cells).tocsr()


def weighted(counts: ScoreCounts) -> ScoreCounts:
    """Return counts that carry a design: where they have none, each answer weighs 1 and is its own
    sampling unit."""
    if counts.design:
        return counts
    frame = counts.frame.assign(  # which has no strata where there is no design
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
    """Return `[*keys], n, promoters, passives, detractors, nps, se, n_eff`, one row a segment; NPS
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
    """Return for each row of `frame` the row of `keys`, which all have one, with the same values.

    A merge would make objects of categories, which takes ten times as long."""
    rows, known = np.zeros(len(frame), int), np.zeros(len(keys), int)
    for name in by:
        codes, values = pd.factorize(keys[name].astype(object))
        rows = rows * (len(values) + 1) + 1 + _places(frame[name], pd.Index(values))
        known = known * (len(values) + 1) + 1 + codes
    return pd.Index(known).get_indexer(pd.Index(rows)) if by else rows


def _places(column: pd.Series, values: pd.Index) -> NDArray:
    """Return the place of each value among others, -1 where it is not among them."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return values.get_indexer(pd.Index(column.astype(object)))
    named = values.get_indexer(column.cat.categories.astype(object))
    return np.append(named, -1)[column.cat.codes]


def _population(
    population: float | Mapping[Any, float] | None, counts: ScoreCounts, m: NDArray
) -> NDArray | None:
    """Return how many sampling units each stratum has in the population; None where it is not
    given."""
    if population is None:
        return None
    strata = units_of(counts)[STRATUM].drop_duplicates().tolist()
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
