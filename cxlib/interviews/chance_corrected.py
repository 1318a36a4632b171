"""How many coders gave a unit each value -> percent agreement, Gwet's AC1, Brennan and Prediger's
kappa, Fleiss' kappa; two coders' values -> Cohen's kappa."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from numbers import Number
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib import check
from cxlib.errors import ColumnError, ParameterError
from cxlib.interviews.alpha import clusters, unit_counts
from cxlib.interviews.intervals import AlphaReason, Estimate, Interval, check_interval, limits
from cxlib.interviews.methods import chance, clustered

FROM_COUNTS = ("percent", "ac1", "brennan_prediger", "fleiss")


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient(Estimate):
    """A coefficient of agreement beside Krippendorff's alpha: 0 is chance, but for percent
    agreement, which is not corrected for it.

    `observed` and `expected` are the share of pairs of coders who agree, and the share expected by
    chance.
    """

    observed: float = np.nan
    expected: float = np.nan


@check.arguments
def coefficient(
    units: pd.DataFrame,
    *,
    measure: str,
    values: int | None = None,
    cluster: ArrayLike | None = None,
    interval: str | None = Interval.JACKKNIFE.value,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 1,
) -> Coefficient:
    """Percent agreement, or Gwet's AC1, Brennan and Prediger's or Fleiss' kappa.

    Use one where a reader knows it or a reviewer asks for it; `krippendorff_alpha` takes missing
    values and any level. Each has its own fault: percent agreement is high by chance alone where a
    value is rare; AC1 leans upward there, and so does Brennan and Prediger's kappa, which takes all
    values as equally likely; Fleiss' kappa is low there (the paradox), and was made for as many
    coders on every unit.

    Parameters
    ----------
    units : pandas.DataFrame, units x values
        How many coders gave the unit that value, as `count_values` makes it.
    measure : {"percent", "ac1", "brennan_prediger", "fleiss"}
        Which; Cohen's is `cohen_kappa`.
    values : int, optional
        How many values coders could give (q), used or not; the columns of `units` where None.
    cluster, interval, resamples, confidence, seed
        As in `krippendorff_alpha`; the jackknife is of log(1 - coefficient), its lower end no lower
        than the coefficient can be.

    Returns
    -------
    Coefficient
        `value` with `observed` and `expected` agreement, `ci_low`, `ci_high`, `n_units`,
        `n_clusters`; `reason` says why a value or an interval is missing.

    Raises
    ------
    ParameterError
        If the measure or the interval is unknown, fewer `values` are declared than were given, or
        `confidence` does not lie between 0 and 1.
    ColumnError
        If `units` holds no whole counts from 0 up.

    Notes
    -----
    (pa - pe)/(1 - pe); pa is the mean over units with two or more values of the share of agreeing
    pairs. With pi_k the mean over all units of the share of their coders who gave k: pe = 0 for
    percent, sum pi_k (1 - pi_k)/(q - 1) for ac1 (Gwet 2008), 1/q for brennan_prediger (1981), sum
    pi_k^2 for fleiss (1971, for missing values as Gwet 2014). Equal to R irrCAC 1.0 to 1e-9, where
    units with one value count in pi_k as well. irrCAC's standard errors take units as independent;
    they are not offered.

    Examples
    --------
    >>> units = pd.DataFrame({"no": [2, 2, 1, 0], "yes": [0, 0, 1, 2]})
    >>> round(coefficient(units, measure="ac1", interval=None).value, 6)
    0.529412
    """
    check.one_of("measure", measure, FROM_COUNTS)
    check_interval(interval, resamples=resamples, confidence=confidence)
    counts = unit_counts(units)
    q = _declared(values, units, int((counts.sum(axis=0) > 0).sum()))
    rated = counts.sum(axis=1) > 0
    n_units = int((counts.sum(axis=1) >= 2).sum())
    if not n_units:
        return Coefficient(reason=AlphaReason.NO_PAIRS)
    if q < 2 and measure in ("ac1", "brennan_prediger"):
        return Coefficient(n_units=n_units, reason=AlphaReason.ONE_DECLARED)
    blocks = chance.blocks(counts[rated], clusters(cluster, rated))
    total = blocks.total()
    return _with_limits(
        blocks,
        partial(chance.coefficient, measure=measure, values=q),
        observed=float(chance.observed(total)[0]),
        expected=float(chance.expected(total, measure=measure, values=q)[0]),
        n_units=n_units,
        n_clusters=int(blocks.times[blocks.sums[:, 1] > 0].sum()),
        how=partial(
            limits,
            interval=interval,
            resamples=resamples,
            confidence=confidence,
            seed=seed,
            least=0.0 if measure == "percent" else -1.0,
        ),
    )


@check.arguments
def cohen_kappa(
    ratings: pd.DataFrame,
    *,
    cluster: ArrayLike | None = None,
    interval: str | None = Interval.JACKKNIFE.value,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 1,
) -> Coefficient:
    """Cohen's kappa of two coders, unweighted.

    Use it where a reader asks for it. It is low where a value is rare although the coders nearly
    always agree (the paradox of Feinstein and Cicchetti 1990): read it beside percent agreement.

    Parameters
    ----------
    ratings : pandas.DataFrame, units x two coders
        The value that each coder gave the unit; missing, or blank, where she gave none. Of a table
        with one row a rating: `data.pivot(index="unit", columns="coder", values="value")`. Where
        some values are numbers, 1 and "1" are one value.
    cluster, interval, resamples, confidence, seed
        As in `krippendorff_alpha`; the jackknife is of log(1 - kappa).

    Returns
    -------
    Coefficient
        Of the units that both rated.

    Raises
    ------
    ColumnError
        If there are not two columns.
    ParameterError
        If the interval is unknown or `confidence` does not lie between 0 and 1.

    Notes
    -----
    (po - pe)/(1 - pe), pe = sum over values of the product of both coders' shares (Cohen 1960).
    Compared to 1e-9 with statsmodels 0.15 and R irr 0.84.1 `kappa2`.

    Examples
    --------
    >>> ratings = pd.DataFrame({"Kim": ["a", "a", "b", "b"], "Mori": ["a", "b", "b", "b"]})
    >>> cohen_kappa(ratings, interval=None).value
    0.5
    """
    check_interval(interval, resamples=resamples, confidence=confidence)
    if ratings.shape[1] != 2:
        raise ColumnError(
            f"ratings has {ratings.shape[1]} columns, and Cohen's kappa is of two coders; choose "
            "two, or use krippendorff_alpha for all of them"
        )
    ratings = _one_spelling(ratings)
    both = ratings.notna().all(axis=1).to_numpy()
    if not both.any():
        return Coefficient(reason=AlphaReason.NO_PAIRS)
    codes, known = pd.factorize(ratings.to_numpy(object)[both].T.ravel())
    first, second = codes.reshape(2, -1)
    blocks = chance.tables(first, second, clusters(cluster, both), values=len(known))
    same, by_chance = chance.cohen(blocks.total(), values=len(known))
    return _with_limits(
        blocks,
        partial(chance.kappa, values=len(known)),
        observed=float(same[0]),
        expected=float(by_chance[0]),
        n_units=int(both.sum()),
        n_clusters=int(blocks.times.sum()),
        how=partial(
            limits, interval=interval, resamples=resamples, confidence=confidence, seed=seed
        ),
    )


def _one_spelling(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return ratings without space around text, blanks missing, and text that is a number as one
    where any value is a number."""
    values = ratings.astype(object)
    given = [value for value in values.to_numpy().ravel() if pd.notna(value)]
    mixed = any(isinstance(value, Number) for value in given)

    def one(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        text = value.strip()
        number = pd.to_numeric(text, errors="coerce") if mixed and text else np.nan
        return (text or None) if np.isnan(number) else number

    return values.map(one)


def _with_limits(
    blocks: clustered.Blocks,
    statistic: clustered.Statistic,
    *,
    observed: float,
    expected: float,
    n_units: int,
    n_clusters: int,
    how: Callable[..., tuple[float, float, AlphaReason | None, float]],
) -> Coefficient:
    found = Coefficient(
        value=float(statistic(blocks.total())[0]),
        observed=observed,
        expected=expected,
        n_units=n_units,
        n_clusters=n_clusters,
    )
    if np.isnan(found.value):
        return replace(found, reason=AlphaReason.ONE_VALUE)
    low, high, reason, undefined = how(blocks, statistic)
    return replace(found, ci_low=low, ci_high=high, reason=reason, undefined=undefined)


def _declared(values: int | None, units: pd.DataFrame, used: int) -> int:
    """How many values coders could give."""
    if values is None:
        return units.shape[1]
    if values < used:
        raise ParameterError(
            f"values={values!r} declares fewer values than the {used} that coders gave; give the "
            "number of values of the whole code list, or None for the columns of units"
        )
    return values
