"""Cohort counts and customer x period sums -> who came, stayed, came back and left, and what
revenue was kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.language import level, number, percent, text
from cxlib.result import Result
from cxlib.retention import figures
from cxlib.retention.cohorts import Cohorts
from cxlib.retention.periods import Clock, period_name
from cxlib.retention.revenue_counts import sum_customer_periods

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_RATES = ("nrr", "nrr_low", "nrr_high", "grr", "grr_low", "grr_high")
_FLOWS = ("expansion", "contraction", "lost_revenue")
_CHUNK = 5_000_000  # bootstrap weights drawn at a time, to bound memory


@dataclass(frozen=True, slots=True, eq=False)
class Movements(Result):
    """Customers by period: `period, active, acquired, new, retained, resurrected, dormant,
    complete, confidence, method`."""

    period: str = "month"

    def summary(self, language: str = "en") -> str:
        """Return the last finished period in words."""
        finished = self.frame[self.frame["complete"]]
        if finished.empty:
            return text("retention.no_finished_period", language)
        row = finished.iloc[-1]
        return text(
            "retention.movements_summary",
            language,
            name=period_name(row["period"], self.period),
            period=text(f"retention.{self.period}", language),
            **{
                name: number(row[name])
                for name in ("active", "new", "retained", "resurrected", "dormant")
            },
        )

    def plot(self, ax: Axes | None = None, *, language: str = "en") -> Axes:
        """Draw active customers by where they came from, and below zero those who fell silent;
        finished periods."""
        measured = text(
            "retention.movements_measured",
            language,
            period=text(f"retention.{self.period}", language),
        )
        return figures.movements(
            self.frame[self.frame["complete"]],
            period=self.period,
            finding=self.summary(language),
            measured=measured,
            ax=ax,
            language=language,
        )


def movements(cohorts: Cohorts) -> Movements:
    """Account for active customers period by period.

    Use it to see whether a steady number of active customers is loyalty or a leaking bucket that is
    refilled.

    Returns
    -------
    Movements
        `active` = `new` (active for the first time) + `retained` (active in the period before too)
        + `resurrected` (active earlier, not in the period before). `dormant`: active in the period
        before, not in this one, so that the active of the period before = `retained` + `dormant`.
        `acquired`: customers whose cohort this period is. Counts of an unfinished period are those
        so far and `complete` is False. They are counts, not estimates: `confidence` is missing.

    Notes
    -----
    Equal to the accounting of CDNOW by an independent pure Python count.
    """
    active, customers = cohorts.active, cohorts.groups["customers"].to_numpy()
    before = np.zeros_like(active)
    before[:, 1:] = active[:, :-1]
    ever = np.zeros_like(active)
    ever[:, 1:] = np.logical_or.accumulate(active, axis=1)[:, :-1]
    cells = {
        "active": active,
        "acquired": cohorts.groups["cohort"].to_numpy()[:, None] == cohorts.periods[None, :],
        "new": active & ~ever,
        "retained": active & before,
        "resurrected": active & ever & ~before,
        "dormant": before & ~active,
    }
    frame = pd.DataFrame(
        {
            "period": cohorts.clock.starts(cohorts.periods),
            **{name: customers @ cell.astype(np.int64) for name, cell in cells.items()},
            "complete": cohorts.clock.finished(cohorts.periods, cohorts.as_of),
            "confidence": np.nan,
            "method": "count",
        }
    )
    return Movements(frame=frame, method="count", period=cohorts.clock.period)


@dataclass(frozen=True, slots=True, eq=False)
class Revenue(Result):
    """Revenue kept by period: `period, active, revenue, expansion, contraction, lost_revenue, nrr,
    ..., grr, ..., complete`."""

    period: str = "month"

    formats: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("revenue", *_FLOWS), "decimal2"),
        **dict.fromkeys(_RATES, "percent"),
    }

    def summary(self, language: str = "en") -> str:
        """Return net and gross revenue retention of the last finished period."""
        finished = self.frame.dropna(subset=["nrr"])
        if finished.empty:
            return text(
                "retention.no_revenue_pair",
                language,
                period=text(f"retention.{self.period}", language),
            )
        row = finished.iloc[-1]
        bare = "_bare" if np.isnan([row["nrr_low"], row["grr_low"]]).all() else ""
        return text(
            f"retention.revenue_summary{bare}",
            language,
            name=period_name(row["period"], self.period),
            period=text(f"retention.{self.period}", language),
            **{name: percent(row[name]) for name in _RATES},
        )

    def headline(self, language: str = "en") -> str:
        """Return the finding as a title: net and gross revenue retention of the last finished
        period."""
        finished = self.frame.dropna(subset=["nrr"])
        if finished.empty:
            return self.summary(language)
        row = finished.iloc[-1]
        return text(
            "retention.revenue_headline",
            language,
            name=period_name(row["period"], self.period),
            period=text(f"retention.{self.period}", language),
            nrr=percent(row["nrr"], 0),
            grr=percent(row["grr"], 0),
        )

    def plot(self, ax: Axes | None = None, *, language: str = "en") -> Axes:
        """Draw net and gross revenue retention with their intervals; finished periods."""
        measured = text(
            "retention.revenue_measured", language, level=level(self.frame["confidence"].iloc[0])
        )
        return figures.revenue(
            self.frame.dropna(subset=["nrr"]),
            period=self.period,
            finding=self.headline(language),
            measured=measured,
            ax=ax,
            language=language,
        )


def revenue(
    data: Any,
    *,
    customer: str,
    time: str,
    value: str,
    period: str = "month",
    zone: str = "UTC",
    week_start: str = "monday",
    as_of: dt.date | None = None,
    duplicates: str | None = None,
    confidence: float = 0.95,
    resamples: int = 1000,
    seed: int = 1,
) -> Revenue:
    """Net and gross revenue retention by period, with a bootstrap over customers.

    Parameters
    ----------
    data, customer, time, period, zone, week_start, as_of
        As in `count_cohorts`.
    value : str
        Column with the amount paid; refunds are negative.
    duplicates : {None, "exact"} or str
        As in `count_cohorts`; `warnings` say how many rows were left out. "exact" compares
        `customer`, `time` and `value`.
    resamples : int
        Bootstrap samples (Poisson weights on customers); 0 leaves the intervals missing.

    Returns
    -------
    Revenue
        `nrr`: revenue of the period from customers active in the period before / revenue of the
        period before. `grr`: the same with each customer's revenue capped at that of the period
        before. Both are missing in an unfinished period, and where the period before had no
        revenue. `active`: customers with an event in the period. `expansion` and `contraction`: by
        how much customers of both periods paid more, and less, than in the period before;
        `lost_revenue`: revenue of the period before from those without an event in this one. So nrr
        x the revenue of the period before is that revenue + expansion - contraction - lost_revenue.
        A customer whose refunds exceed the payments of a period counts with the negative sum, and
        `warnings` says how often.

    Notes
    -----
    Pulls one row a customer and active period (not events). Percentile intervals, each period on
    its own; missing where they would pretend to certainty: where too many samples have no revenue
    in the period before (up to three customers), or every sample gives the same ratio (everybody or
    nobody stayed). Of 95 % intervals from 10 to 200 customers with lognormal amounts (sigma 0.5 and
    1.5), 300 simulated data sets each, 90 to 95 % held the true ratio. Equal to the accounting of
    CDNOW by an independent pure Python count to 1e-9."""
    check.confidence(confidence)
    if resamples < 0:
        raise ParameterError(f"resamples={resamples} must be 0 or more; 1000 is usual")
    clock = Clock(period, zone, week_start)
    sums, ends, dropped = sum_customer_periods(
        data,
        customer=customer,
        time=time,
        value=value,
        clock=clock,
        as_of=as_of,
        duplicates=duplicates,
    )
    first, last = int(sums["period"].min()), clock.index(ends - dt.timedelta(days=1))
    parts = _parts(sums, first, last)
    totals = {name: np.asarray(part.sum(axis=0)).ravel() for name, part in parts.items()}
    before = np.concatenate([[np.nan], totals["revenue"][:-1]])
    frame = pd.DataFrame(
        {
            "period": clock.starts(range(first, last + 1)),
            "active": totals.pop("active").astype(np.int64),
            "revenue": totals["revenue"],
        }
    )
    complete = clock.finished(np.arange(first, last + 1), ends)
    for name, flow in zip(
        _FLOWS, (totals["raised"], totals["cut"], before - totals["followed"]), strict=True
    ):
        frame[name] = np.where(complete & ~np.isnan(before), flow, np.nan)
    draws = _bootstrap(
        {name: parts[name] for name in ("revenue", "kept", "capped")}, resamples, seed
    )
    for name, top in (("nrr", "kept"), ("grr", "capped")):
        frame[name] = np.where(complete, _ratio(totals[top], totals["revenue"]), np.nan)
        limits = _limits(_ratio(draws[top], draws["revenue"]), confidence)
        frame[f"{name}_low"], frame[f"{name}_high"] = (
            np.where(frame[name].isna(), np.nan, limit) for limit in limits
        )
    frame = frame.assign(
        complete=complete, confidence=confidence, method="bootstrap over customers, percentile"
    )
    warnings = (
        []
        if complete.all()
        else [
            text(
                "retention.last_unfinished",
                period=text(f"retention.{period}"),
                name=clock.name(last),
            )
        ]
    )
    if dropped:
        warnings.append(text("retention.duplicates_left_out", n=number(dropped)))
    if refunded := int((sums["value"] < 0).sum()):
        warnings.append(
            text(
                "retention.refunds",
                n=number(refunded),
                sums=number(len(sums)),
                period=text(f"retention.{period}"),
            )
        )
    open_ = (
        int((frame["nrr"].notna() & frame[["nrr_low", "grr_low"]].isna().any(axis=1)).sum())
        if resamples
        else 0
    )
    if open_:
        warnings.append(
            text(
                "retention.revenue_no_interval",
                n=number(open_),
                pairs=number(frame["nrr"].notna().sum()),
                periods=text(f"retention.{period}s"),
            )
        )
    return Revenue(
        frame=frame,
        method="bootstrap over customers, percentile",
        period=period,
        warnings=tuple(warnings),
    )


def _parts(sums: pd.DataFrame, first: int, last: int) -> dict[str, scipy.sparse.csr_array]:
    """Customer x period arrays: active, revenue, revenue kept from the period before, the same
    capped at it, and its changes."""
    row, column, value = (
        sums["customer"].to_numpy(),
        sums["period"].to_numpy() - first,
        sums["value"].to_numpy(),
    )
    shape = (int(row.max()) + 1, last - first + 1)
    follows = np.zeros(len(sums), bool)  # sums are sorted by customer and period
    follows[1:] = (row[1:] == row[:-1]) & (column[1:] == column[:-1] + 1)
    previous = np.concatenate([[0.0], value[:-1]])
    cells = {
        "active": np.ones(len(sums)),
        "revenue": value,
        "kept": np.where(follows, value, 0.0),
        "capped": np.where(follows, np.minimum(value, previous), 0.0),
        "followed": np.where(follows, previous, 0.0),
        "raised": np.where(follows, np.maximum(value - previous, 0.0), 0.0),
        "cut": np.where(follows, np.maximum(previous - value, 0.0), 0.0),
    }
    return {
        name: scipy.sparse.csr_array((cell, (row, column)), shape=shape)
        for name, cell in cells.items()
    }


def _bootstrap(
    parts: Mapping[str, scipy.sparse.csr_array], resamples: int, seed: int
) -> dict[str, NDArray[np.float64]]:
    """Column sums of each part under Poisson(1) weights on customers, `resamples x periods`."""
    rng = np.random.default_rng(seed)
    customers, periods = parts["revenue"].shape
    step = max(1, _CHUNK // customers)
    blocks = {name: [np.empty((0, periods))] for name in parts}
    for start in range(0, resamples, step):
        weights = rng.poisson(1.0, size=(min(step, resamples - start), customers)).astype(float)
        for name, part in parts.items():
            blocks[name].append(weights @ part)
    return {name: np.vstack(block) for name, block in blocks.items()}


def _ratio(top: NDArray[np.float64], revenue_: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide by the revenue of the period before; missing in the first period and where that
    revenue is not positive."""
    before = np.full_like(revenue_, np.nan)
    before[..., 1:] = np.where(revenue_[..., :-1] > 0, revenue_[..., :-1], np.nan)
    return top / before


def _limits(
    draws: NDArray[np.float64], confidence: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Percentiles of each column; missing where more samples gave no ratio than lie outside a
    limit, or all gave the same."""
    outside = (1 - confidence) / 2
    some = (~np.isnan(draws)).sum(axis=0) > (1 - outside) * len(draws)
    limits = np.full((2, draws.shape[1]), np.nan)
    if some.any():
        limits[:, some] = np.nanquantile(draws[:, some], [outside, 1 - outside], axis=0)
    return tuple(np.where(np.isclose(limits[0], limits[1], rtol=1e-9, atol=1e-12), np.nan, limits))
