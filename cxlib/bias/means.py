"""Respondents and weights -> a mean with a standard error that knows about the weights, the raking
and the design."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse, stats

from cxlib import check, inference, language
from cxlib.bias import counts
from cxlib.bias.weighting import Weights
from cxlib.errors import ParameterError, WeightError
from cxlib.result import Absent, Result


@dataclass(frozen=True, slots=True, eq=False)
class Mean(Result):
    """Means of one column. `frame` has one row a kind of weight.

    Columns: `kind` (unweighted, weighted), `outcome`, `n` (answers), `n_eff` (Kish), `mean`, `se`,
    `ci_low`, `ci_high`, `confidence`, `df` (clusters minus strata), `deff` (Kish's, of the weights
    alone), `method`."""

    formats: ClassVar[Mapping[str, str]] = {
        "mean": "decimal2",
        "se": "decimal2",
        "ci_low": "decimal2",
        "ci_high": "decimal2",
        "n_eff": "integer",
        "df": "integer",
        "confidence": "level",
        "deff": "decimal2",
    }

    def summary(self, language: str = "en") -> str:
        """Say the weighted mean with its interval, and the unweighted one beside it."""
        return _summary(self.frame, language)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A weighted mean from sums: `mean`, `se`, `df`, `n` answers, `n_eff`, `deff`, and `left_out`
    rows without an answer."""

    mean: float
    se: float
    df: int
    n: int
    n_eff: float
    deff: float
    left_out: int


def weighted_mean(
    data: Any,
    *,
    outcome: str,
    weights: Weights | None = None,
    weight: str | None = None,
    cluster: str | None = None,
    strata: str | None = None,
    fpc: str | None = None,
    confidence: float = 0.95,
) -> Mean:
    """Estimate a weighted mean with a linearised standard error that includes what the raking
    explains.

    Parameters
    ----------
    data : table
        One row a respondent; `weights` must have been raked on these rows.
    outcome : str
        Column of numbers. Rows without one are left out of the mean (as a domain), not out of the
        raking.
    weights : Weights, optional
        From `rake`; its base weight is used.
    weight : str, optional
        Column of weights that are taken as given; not together with `weights`.
    cluster, strata : str, optional
        Columns of primary sampling units and of strata; without, each row is its own unit and there
        is one stratum.
    fpc : str, optional
        Column with the number of primary sampling units in the population (in the row's stratum).
    confidence : float
        Level of the interval (Student's t with `df` = units minus strata).

    Returns
    -------
    Mean
        One row, kind `weighted` (`unweighted` where neither weight is given).

    Raises
    ------
    WeightError
        If a stratum has a single unit, or rows have a combination of categories that was not raked.

    Notes
    -----
    z_i = (y_i - mean) / sum w; its residual from a regression on the margins' categories, with base
    weights, times w_i, goes into Wolter's variance of cluster totals
    (`inference.linearised_variance`). One GROUP BY over cells, strata and clusters gives all sums.
    Equal to R survey 4.1.1 `svymean` after `rake`, `postStratify`, and without, to 1e-7.

    Examples
    --------
    >>> answers = pd.DataFrame({"csat": [1, 5, 4, 4], "w": [1.0, 1, 2, 2]})
    >>> weighted_mean(answers, outcome="csat", weight="w").frame["mean"].round(3).tolist()
    [3.667]
    """
    found = estimate(
        data,
        outcome=outcome,
        weights=weights,
        weight=weight,
        cluster=cluster,
        strata=strata,
        fpc=fpc,
    )
    kind = "unweighted" if weights is None and weight is None else "weighted"
    return Mean(
        pd.DataFrame(
            [_row(found, kind, outcome, confidence, raked=bool(weights and weights.margins))]
        ),
        "linearised variance",
        _warnings(found, outcome),
    )


def mean_beside(
    data: Any,
    *,
    outcome: str | None,
    weights: Weights,
    cluster: str | None = None,
    strata: str | None = None,
    fpc: str | None = None,
    confidence: float = 0.95,
) -> Mean | Absent:
    """Put the mean without weights beside the mean with raking weights; see `weighted_mean`.

    Returns
    -------
    Mean
        Two rows: `unweighted`, `weighted`. Where `outcome` is None, an `Absent` that says what is
        missing.
    """
    if outcome is None:
        return Absent.of("bias.absent_outcome")
    design = {"outcome": outcome, "cluster": cluster, "strata": strata, "fpc": fpc}
    plain, raked = estimate(data, **design), estimate(data, weights=weights, **design)
    rows = [
        _row(plain, "unweighted", outcome, confidence, raked=False),
        _row(raked, "weighted", outcome, confidence, raked=bool(weights.margins)),
    ]
    return Mean(pd.DataFrame(rows), "linearised variance", _warnings(raked, outcome))


def estimate(
    data: Any,
    *,
    outcome: str,
    weights: Weights | None = None,
    weight: str | None = None,
    cluster: str | None = None,
    strata: str | None = None,
    fpc: str | None = None,
) -> Estimate:
    """Return the weighted mean and its linearised standard error; see `weighted_mean`."""
    if weights is not None and weight is not None:
        raise ParameterError(
            f"weight={weight!r} and weights are both given; give the base weight to cx.bias.rake, "
            "once"
        )
    margins = weights.margins if weights is not None else ()
    base = weights.base if weights is not None else weight
    sums = counts.sums(
        data, outcome=outcome, margins=margins, weight=base, cluster=cluster, strata=strata, fpc=fpc
    )
    factor = _factors(sums, weights)
    total, squares = float(factor @ sums["a_d"]), float(factor**2 @ sums["a_d2"])
    above = float(factor @ sums["dy"]) / total  # the mean, counted from the shift
    fitted = _explained(sums, len(margins), above) / total
    variance, df = _variance(sums, factor, above, total, fitted, cluster=cluster is not None)
    n = int(sums["answered"].sum())
    deff = n * squares / total**2
    return Estimate(
        float(sums["shift"].iloc[0]) + above,
        float(np.sqrt(variance)),
        df,
        n,
        n / deff,
        deff,
        int(sums["n"].sum()) - n,
    )


def interval(value: float, se: float, df: int, confidence: float) -> tuple[float, float]:
    """Student's t limits."""
    half = float(stats.t.ppf(0.5 + check.confidence(confidence) / 2, df)) * se
    return value - half, value + half


def _factors(sums: pd.DataFrame, weights: Weights | None) -> NDArray:
    if weights is None:
        return np.ones(len(sums))
    if not weights.margins:
        return np.full(len(sums), float(weights.cells["factor"].iloc[0]))
    keys = [f"margin_{i}" for i in range(len(weights.margins))]
    known = weights.cells.set_index(list(weights.margins))["factor"]
    known.index = pd.MultiIndex.from_frame(weights.cells[list(weights.margins)])
    factor = known.reindex(pd.MultiIndex.from_frame(sums[keys])).to_numpy(float)
    if np.isnan(factor).any():
        where = sums.loc[np.isnan(factor), keys].iloc[0]
        said = language.joined(f"{m}={v!r}" for m, v in zip(weights.margins, where, strict=True))
        raise WeightError(
            f"weights: there are rows with {said} among the data, which were not among the "
            "respondents that were "
            "raked; rake these rows themselves with cx.bias.rake"
        )
    return factor


def _explained(sums: pd.DataFrame, margins: int, above: float) -> NDArray:
    """Return what the margins' categories explain of a x (y - mean), by least squares with base
    weights, per group."""
    if not margins:
        return np.zeros(len(sums))
    rows = np.arange(len(sums))
    blocks = []
    for i in range(margins):
        code, names = pd.factorize(sums[f"margin_{i}"])
        blocks.append(
            sparse.csr_array((np.ones(len(rows)), (rows, code)), shape=(len(rows), len(names)))
        )
    design = sparse.csr_array(sparse.hstack(blocks))
    weight = sums["d"].to_numpy(float)
    gram = (design.T @ sparse.diags_array(weight) @ design).toarray()
    right = design.T @ (sums["dy"] - above * sums["a_d"]).to_numpy(float)
    return (
        design @ np.linalg.lstsq(gram, right, rcond=1e-12)[0]
    )  # the margins' indicators overlap, so the rank is not full


def _variance(
    sums: pd.DataFrame,
    factor: NDArray,
    above: float,
    total: float,
    fitted: NDArray,
    *,
    cluster: bool,
) -> tuple[float, int]:
    """Return the variance and its degrees of freedom from sums of w (z - fitted)."""
    e = (factor * ((sums["dy"] - above * sums["a_d"]) / total - fitted * sums["d"])).to_numpy(float)
    strata = pd.factorize(sums["stratum"])[0] if "stratum" in sums else np.zeros(len(sums), int)
    fpc = None if sums["fpc"].isna().all() else sums["fpc"].to_numpy(float)
    if cluster:
        return inference.linearised_variance(
            e, cluster=pd.factorize(sums["cluster"])[0], strata=strata, fpc=fpc
        )
    z2 = (sums["d2yy"] - 2 * above * sums["d2y"] + above**2 * sums["a_d2"]) / total**2
    zf = (sums["d2y"] - above * sums["a_d2"]) / total * fitted
    ee = (factor**2 * (z2 - 2 * zf + fitted**2 * sums["d2"])).to_numpy(float)
    m, first, second = (np.bincount(strata, weights=v) for v in (sums["n"], e, ee))
    if (m < 2).any():
        raise WeightError(
            f"{int((m < 2).sum())} of {len(m)} strata have a single row, so their variance cannot "
            "be known; "
            "merge those strata with a neighbour, or get more answers"
        )
    rest = np.ones(len(m)) if fpc is None else inference.unsampled(m, strata, fpc)
    within = np.maximum(second - first**2 / m, 0.0)
    return float(np.sum(rest * m / (m - 1) * within)), int(m.sum()) - len(m)


def _row(
    found: Estimate, kind: str, outcome: str, confidence: float, *, raked: bool
) -> dict[str, Any]:
    low, high = interval(found.mean, found.se, found.df, confidence)
    return {
        "kind": kind,
        "outcome": outcome,
        "n": found.n,
        "n_eff": found.n_eff,
        "mean": found.mean,
        "se": found.se,
        "ci_low": low,
        "ci_high": high,
        "confidence": confidence,
        "df": found.df,
        "deff": found.deff,
        "method": "raked, linearised" if raked else "linearised",
    }


def _warnings(found: Estimate, outcome: str) -> tuple[str, ...]:
    if not found.left_out:
        return ()
    return (language.text("bias.no_outcome", outcome=outcome, n=language.number(found.left_out)),)


def _summary(frame: pd.DataFrame, lang: str) -> str:
    last, first = frame.iloc[-1], frame.iloc[0]
    values = {
        "outcome": last["outcome"],
        "mean": language.number(last["mean"], 2),
        "n": language.number(last["n"]),
        "low": language.number(last["ci_low"], 2),
        "high": language.number(last["ci_high"], 2),
        "level": language.level(last["confidence"]),
        "plain": language.number(first["mean"], 2),
    }
    return language.text("bias.mean_beside" if len(frame) > 1 else "bias.mean", lang, **values)
