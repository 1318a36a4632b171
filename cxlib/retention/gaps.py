"""Silences between events -> how much hangs on the number of days after which a customer is called
lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Unpack

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.errors import CohortError, ParameterError
from cxlib.methods.proportions import wilson
from cxlib.retention import figures
from cxlib.retention.absence import without_counts
from cxlib.retention.method_names import Method
from cxlib.rows.clock import Clock
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GAPS = (30, 60, 90, 120, 180, 270, 365)  # days
USUAL = 0.9  # of the gaps between events should be shorter than the silence that is called lost
FEWEST = 30  # customers called lost; the share of fewer who came back mostly shows chance
_EPOCH = dt.date(1970, 1, 1)
_RATES = dict.fromkeys(
    ("rate", "ci_low", "ci_high", "back_rate", "back_low", "back_high"), "percent"
)


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """Silences counted by `last` (day of the event before, since 1970) and `until` (the next;
    missing if open): `n`; `warnings` say which events were left out for their dates. They add."""

    frame: pd.DataFrame
    as_of: dt.date
    warnings: tuple[Message, ...] = ()

    @property
    def customers(self) -> int:
        """Number of customers: each has one silence that is open."""
        return int(self.frame.loc[self.frame["until"].isna(), "n"].sum())

    def __add__(self, other: Gaps) -> Gaps:
        if not isinstance(other, Gaps):
            return NotImplemented
        if self.as_of != other.as_of:
            raise CohortError(
                f"these gaps cannot be added: as_of is {self.as_of} in one and {other.as_of} in "
                "the other; "
                "count both with the same as_of"
            )
        both = (
            pd.concat([self.frame, other.frame])
            .groupby(["last", "until"], as_index=False, dropna=False)["n"]
            .sum()
        )
        return Gaps(both, self.as_of)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class GapSensitivity(Result):
    """A row a gap: `gap_days, customers, lost, rate, ci_low, ci_high, silences, came_back,
    back_rate, back_low, back_high, short, confidence, method`."""

    gap_days: int = 90
    usual: float = np.nan

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("gap_days", "customers", "lost", "silences", "came_back"), ""),
        **_RATES,
        "short": "",
        **level_and_method(Method),
    }

    def summary(self, language: str = "en") -> str:
        """Return who is called lost by the chosen gap, how many such came back, and what the other
        gaps would say."""
        row, others = self._chosen(), self.frame[self.frame["gap_days"] != self.gap_days]
        first, last = (others.iloc[0], others.iloc[-1]) if len(others) else (row, row)
        shown = {
            "gap": self.gap_days,
            "lost": row["lost"],
            "customers": row["customers"],
            "rate": row["rate"],
            "low": row["ci_low"],
            "high": row["ci_high"],
            "first": first["gap_days"],
            "first_rate": first["rate"],
            "last": last["gap_days"],
            "last_rate": last["rate"],
        }
        if not row["silences"]:
            return Message("retention.gap_summary_none", **shown).text(language)
        shown |= {"silences": row["silences"], "back": row["back_rate"]}
        return Message("retention.gap_summary", **shown).text(language)

    def _chosen(self) -> pd.Series:
        return self.frame[self.frame["gap_days"] == self.gap_days].iloc[0]

    @drawing
    def plot(self, ax: Axes | None = None, *, language: str = "en", **look: Unpack[Look]) -> Axes:
        """Draw the share called lost, and the share of the silences so called that ended, by the
        length of the gap."""
        row = self._chosen()
        shown = {"gap": self.gap_days, "rate": row["rate"]}
        finding = (
            Message("retention.gap_headline", back=row["back_rate"], **shown)
            if row["silences"]
            else Message("retention.gap_headline_none", **shown)
        )
        ax = figures.gap_sensitivity(
            self.frame,
            gap_days=self.gap_days,
            usual=self.usual,
            finding=finding,
            measured=Message("retention.gap_measured"),
            ax=ax,
            language=language,
        )
        return self.with_numbers(
            ax,
            self.frame,
            [Message("retention.figure_gap", days=days) for days in self.frame["gap_days"]],
            "rate",
            "back_rate",
            ends={"rate": ("ci_low", "ci_high"), "back_rate": ("back_low", "back_high")},
            language=language,
        )


@check.arguments
def gap_sensitivity(
    gaps: Gaps | Absent | None,
    *,
    gap_days: int = 90,
    others: Sequence[int] = GAPS,
    confidence: float = 0.95,
) -> GapSensitivity | Absent:
    """Share of customers called lost, and of silences so called that ended after all, for several
    gaps.

    Use it wherever no contract ends: "lost" is then a definition, and a report must say how much
    hangs on it.

    Parameters
    ----------
    gaps : Gaps, or Absent or None
        From `count_gaps`; None where leaving is recorded and no silence counts.
    gap_days : int
        The gap that the report uses, in days.
    others : sequence of int
        Gaps to compare it with.
    confidence : float
        Level of the Wilson limits of `rate` and `back_rate`.

    Returns
    -------
    GapSensitivity or Absent
        A row a gap. `lost`: customers without an event for so many days at `as_of`, of `customers`
        (`rate`). `silences`: how often a customer was called lost at any time, and `came_back` how
        often this was wrong: an event followed before `as_of` (`back_rate`). `short`: the gap is
        below the 90th percentile of the days between a customer's events. Absent where there are no
        gaps.

    Raises
    ------
    ParameterError
        If a gap is below 1, or `confidence` does not lie between 0 and 1.

    Notes
    -----
    Recent silences have had little time to end, so `back_rate` is a lower bound, and `back_high` no
    upper one. Wilson limits; those of `back_rate` take silences as independent, though a customer
    can have several. At 90 days on CDNOW `lost` is the 2,058 of 2,357 of an independent pure Python
    count."""
    check.confidence(confidence)
    lengths = sorted({gap_days, *others})
    if lengths[0] < 1:
        raise ParameterError(
            f"gap_days, others: a gap of {lengths[0]} days is none; give at least 1"
        )
    if gaps is None or isinstance(gaps, Absent):
        return without_counts(gaps, GapSensitivity, key="retention.no_gap")
    last, until, n = (gaps.frame[name].to_numpy() for name in ("last", "until", "n"))
    open_ = np.isnan(until)
    days = np.where(open_, (gaps.as_of - _EPOCH).days - 1 - last, until - last)
    usual = _quantile(days[~open_], n[~open_])
    lost = np.array([n[open_ & (days >= gap)].sum() for gap in lengths])
    back = np.array([n[~open_ & (days > gap)].sum() for gap in lengths])
    frame = pd.DataFrame(
        {
            "gap_days": lengths,
            "customers": gaps.customers,
            "lost": lost,
            "silences": lost + back,
            "came_back": back,
        }
    )
    frame = _with_rates(frame, confidence).assign(
        short=frame["gap_days"] < usual, confidence=confidence, method=Method.WILSON.value
    )
    short = Message("retention.gap_short", gap=gap_days, usual=usual)
    return GapSensitivity(
        frame=frame,
        method=Method.WILSON,
        warnings=(*gaps.warnings, *((short,) if gap_days < usual else ())),
        gap_days=gap_days,
        usual=usual,
    )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CameBack(Result):
    """A row a past day: `day, customers, lost, rate, ci_low, ci_high, came_back, back_rate,
    back_low, back_high, confidence, method`."""

    gap_days: int = 90

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("day", "customers", "lost", "came_back"), ""),
        **_RATES,
        **level_and_method(Method),
    }

    def summary(self, language: str = "en") -> str:
        """Return what became of those called lost on the first day with enough of them (or the day
        with most)."""
        if not self.frame["lost"].any():
            return Message("retention.nobody_lost", gap=self.gap_days).text(language)
        row = self.frame.loc[self.frame["lost"].clip(upper=FEWEST).idxmax()]
        said = Message(
            "retention.came_back",
            gap=self.gap_days,
            day=row["day"],
            lost=row["lost"],
            n=row["came_back"],
            rate=row["back_rate"],
            low=row["back_low"],
            high=row["back_high"],
        )
        return said.text(language)


@check.arguments
def came_back(
    gaps: Gaps | Absent | None,
    *,
    gap_days: int = 90,
    period: str = "month",
    confidence: float = 0.95,
) -> CameBack | Absent:
    """Of those called lost on past days, the share who came back since.

    Parameters
    ----------
    gaps : Gaps, or Absent or None
        As in `gap_sensitivity`.
    gap_days : int
        Days without an event after which a customer is called lost.
    period : {"week", "month", "quarter", "year"}
        The days are the first of each period that lies at least `gap_days` after the first event.
    confidence : float
        Level of the Wilson limits of `rate` and `back_rate`.

    Returns
    -------
    CameBack or Absent
        A row a past `day`: `lost` of the `customers` who had come before that day had been without
        an event for `gap_days` days when it began (`rate`); `came_back` of them have had one since,
        before `as_of` (`back_rate`). Later days have had less time. Absent where there are no gaps,
        and where no such day lies before `as_of`.

    Raises
    ------
    ParameterError
        If `period` is unknown, or `confidence` does not lie between 0 and 1.
    """
    check.confidence(confidence)
    clock = Clock(period)
    if gaps is None or isinstance(gaps, Absent):
        return without_counts(gaps, CameBack, key="retention.no_gap")
    ends = (gaps.as_of - _EPOCH).days
    last, until, n = (gaps.frame[name].to_numpy() for name in ("last", "until", "n"))
    first = clock.index(_EPOCH + dt.timedelta(days=int(last.min()) + gap_days)) + 1
    starts = [clock.start(index) for index in range(first, clock.index(gaps.as_of) + 1)]
    days = np.array([day for day in ((start - _EPOCH).days for start in starts) if day < ends])
    if not len(days):
        return Absent.of("retention.no_past_day", CameBack)
    until = np.where(np.isnan(until), np.inf, until)
    running = [(last < day) & (until >= day) for day in days]
    lost = [(last + gap_days < day) & now for day, now in zip(days, running, strict=True)]
    frame = pd.DataFrame(
        {
            "day": pd.DatetimeIndex(days.astype("datetime64[D]").astype("datetime64[s]")),
            "customers": [n[now].sum() for now in running],
            "lost": [n[now].sum() for now in lost],
            "came_back": [n[now & np.isfinite(until)].sum() for now in lost],
        }
    )
    frame = _with_rates(frame, confidence, of="lost")
    frame = frame.assign(confidence=confidence, method=Method.WILSON.value)
    return CameBack(frame=frame, method=Method.WILSON, gap_days=gap_days)


def _with_rates(frame: pd.DataFrame, confidence: float, of: str = "silences") -> pd.DataFrame:
    low, high = wilson(frame["lost"], frame["customers"], confidence=confidence)
    back_low, back_high = wilson(frame["came_back"], frame[of], confidence=confidence)
    return frame.assign(
        rate=frame["lost"] / frame["customers"],
        ci_low=low,
        ci_high=high,
        back_rate=frame["came_back"] / frame[of].where(frame[of] > 0),
        back_low=back_low,
        back_high=back_high,
    )


def _quantile(days: np.ndarray, n: np.ndarray) -> float:
    """Return the smallest gap that at least 90 % do not exceed; missing where nobody came twice."""
    if not len(days):
        return np.nan
    order = np.argsort(days)
    reached = np.cumsum(n[order])
    return float(days[order][np.searchsorted(reached, USUAL * reached[-1] - 1e-9)])
