"""Duration counts -> Kaplan-Meier curves with limits, a band, quantiles and at-risk numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Unpack

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.methods.proportions import z_value
from cxlib.methods.survival.crossing import crossing
from cxlib.methods.survival.kaplan_meier import Curve, kaplan_meier
from cxlib.methods.survival.limits import hall_wellner, limit_without_losses, pointwise
from cxlib.methods.survival.risk_table import RiskTable
from cxlib.retention import figures
from cxlib.retention.absence import without_counts
from cxlib.retention.cautions import early_zero, late_start, omissions
from cxlib.retention.cohorts import Cohorts
from cxlib.retention.curve_words import group_name, title
from cxlib.retention.durations import Durations, Lost, as_durations
from cxlib.retention.method_names import Method, method
from cxlib.retention.methods.restricted_mean import FEW
from cxlib.retention.units import units
from cxlib.shown.behind import thin
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method, with_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DAYS_A_MONTH = 365.25 / 12
MONTHLY = {"week": DAYS_A_MONTH / 7, "quarter": 1 / 3, "year": 1 / 12}  # units in a month


class Limits(StrEnum):
    """Scale on which limits are symmetric; named as R's `conf.type`."""

    LOG_LOG = "log-log"
    LOG = "log"
    PLAIN = "plain"


class Variance(StrEnum):
    """A variance other than Greenwood's."""

    ROBUST = "robust"


_LOST = {
    Lost.SPELL: "retention.lost_spell",
    Lost.GAP: "retention.lost_gap",
    Lost.SILENCE: "retention.lost_silence",
    Lost.GIVEN: "retention.lost_given",
}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Survival(Result):
    """Kaplan-Meier curves; `frame` has one row a group and tenure at which a customer was lost or
    censored.

    Columns: `by`, `tenure`, `at_risk`, `lost`, `censored`, `survival` in [0, 1], `se`, `ci_low`,
    `ci_high` (each tenure on its own), `band_low`, `band_high` (the whole curve), `cumhaz`,
    `cumhaz_se`, `confidence`, `method`; with weights also `at_risk_weight`, `lost_weight`,
    `censored_weight`."""

    unit: str = "period"
    by: tuple[str, ...] = ()
    definition: Lost = Lost.GIVEN
    gap_days: int | None = None
    gap: int | None = None

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("tenure", "at_risk", "lost", "censored"), ""),
        **with_limits("survival", "percent", se="decimal3"),
        **dict.fromkeys(("band_low", "band_high"), "percent"),
        **dict.fromkeys(
            ("cumhaz", "cumhaz_se", "at_risk_weight", "lost_weight", "censored_weight"), ""
        ),
        "n": "integer",
        **level_and_method((Method, Limits, Variance)),
    }
    row_keys: ClassVar[tuple[str, ...]] = ("tenure",)

    def said_keys(self, place: int) -> Mapping[str, Message]:
        """Say the tenure of a row with its unit: after 6 months."""
        tenure = self.frame["tenure"].iloc[place]
        said = {"n": tenure, "unit": units(tenure, self.unit)}
        return {"tenure": Message("retention.after_units", **said)} if tenure % 1 == 0 else {}

    def at(self, tenure: float) -> pd.DataFrame:
        """Return each curve at a tenure; a curve whose last customer was followed for less is
        missing there."""
        rows = [
            _read(curve, tenure) | dict(zip(self.by, name, strict=True))
            for name, curve in self._curves()
        ]
        return pd.DataFrame(rows)[[*self.by, *_READ]]

    def after(self, months: float = 6) -> Survival:
        """Return each curve at some months alone, as the summary says it: a row a group, `n` of
        whom were followed; where nobody was lost, the limits are those that the summary says."""
        tenure, level = self.tenure(months), self.frame["confidence"].iloc[0]
        rows = self.at(tenure).assign(tenure=tenure, confidence=level, method=self.method)
        rows["n"] = [int(curve["at_risk"].max()) for _, curve in self._curves()]
        none_lost = rows["survival"] == 1
        # Clopper and Pearson's limit, unrounded (see `limit_without_losses`)
        low = ((1 - level) / 2) ** (1 / rows["at_risk"].clip(lower=1))
        if self.frame["band_low"].isna().all():
            rows.loc[none_lost, ["ci_low", "ci_high"]] = np.nan
        else:
            rows["ci_low"] = rows["ci_low"].mask(none_lost, low)
        return replace(self, frame=rows)

    def _curves(self) -> list[tuple[tuple, pd.DataFrame]]:
        return list(self.frame.groupby(list(self.by))) if self.by else [((), self.frame)]

    def quantiles(self, probs: Sequence[float] = (0.25, 0.5, 0.75)) -> pd.DataFrame:
        """Return the tenure by which a share of customers is lost (0.5: the median), with its
        limits.

        Returns
        -------
        DataFrame
            `by`, `prob`, `tenure`, `ci_low`, `ci_high`, `confidence`: the first tenure at which the
            curve, or its limit, is at or below 1 - prob (the middle of the step where it is exactly
            that); missing where it has not come that far. See `methods.survival.crossing`.
        """
        if not all(0 < prob < 1 for prob in probs):
            raise ParameterError(
                f"probs={tuple(probs)!r} must lie between 0 and 1; write 0.5 for the median"
            )
        of = {"tenure": "survival", "ci_low": "ci_low", "ci_high": "ci_high"}
        rows = [
            dict(zip(self.by, name, strict=True))
            | {"prob": prob}
            | {
                column: crossing(
                    curve["tenure"].to_numpy(float), curve[source].to_numpy(float), 1 - prob
                )
                for column, source in of.items()
            }
            for name, curve in self._curves()
            for prob in probs
        ]
        return pd.DataFrame(rows).assign(confidence=self.frame["confidence"].iloc[0])

    def tenure(self, months: float) -> float:
        """Return a number of months in the unit of `tenure`."""
        return (
            round(months * DAYS_A_MONTH)
            if self.unit == "day"
            else months * MONTHLY.get(self.unit, 1)
        )

    def summary(self, language: str = "en", *, months: float = 6) -> str:
        """Return how many of 100 customers are still there after some months, with the interval,
        group by group."""
        return self._finding(months).text(language)

    def _finding(self, months: float) -> Sentences:
        rows = self.at(self.tenure(months)).to_dict("records")
        followed = [int(curve["at_risk"].max()) for _, curve in self._curves()]
        said = [self._still_there(row, n, months) for row, n in zip(rows, followed, strict=True)]
        return Sentences(tuple(said))

    def _still_there(self, row: Mapping, n: int, months: float) -> Message:
        told: dict[str, Any] = {"months": months, "unit": self._unit(months)}
        told |= {"group": group_name(row, self.by)} if self.by else {}
        if np.isnan(row["survival"]):
            key = "retention.not_followed_group" if self.by else "retention.not_followed"
            return Message(key, **told)
        told["n"] = n
        if row["survival"] == 0:
            key = "retention.nobody_there_group" if self.by else "retention.nobody_there"
            return Message(key, **told)
        level = self.frame["confidence"].iloc[0]
        if row["survival"] == 1 and self.frame["band_low"].isna().all():
            key = "retention.none_lost_open_group" if self.by else "retention.none_lost_open"
            return Message(key, **told)
        if row["survival"] == 1:
            low = 100 * limit_without_losses(row["at_risk"], level)
            told |= {"followed": row["at_risk"], "low": low, "level": level}
            key = "retention.none_lost_group" if self.by else "retention.none_lost"
            return Message(key, **told)
        told |= {"rate": 100 * row["survival"], "low": 100 * row["ci_low"]}
        told |= {"high": 100 * row["ci_high"], "level": level}
        key = "retention.still_there_group" if self.by else "retention.still_there"
        return Message(key, **told)

    def meaning(self, language: str = "en") -> str:
        """Return who counts as lost, in a sentence."""
        return self._meaning().text(language)

    def _meaning(self) -> Message:
        if self.gap is not None:
            return Message(_LOST[self.definition], gap=self.gap, periods=units(self.gap, self.unit))
        return Message(_LOST[self.definition], gap=self.gap_days or 0)

    @drawing
    def plot(
        self,
        ax: Axes | None = None,
        *,
        months: float = 6,
        language: str = "en",
        **look: Unpack[Look],
    ) -> Axes:
        """Draw the curves with their limits, a curve alone also with its band, and the numbers at
        risk beneath."""
        shown = self.frame[self.frame["at_risk"] >= min(FEW, int(self.frame["at_risk"].max()))]
        level = self.frame["confidence"].iloc[0]
        # with weights or delayed entry there is no band
        band = not self.by and shown["band_low"].notna().any()
        limits = Message("retention.curve_band" if band else "retention.curve_limits", level=level)
        rows = self.at(self.tenure(months))
        measured = {"few": FEW, "meaning": self._meaning(), "limits": limits}
        ax = figures.curves(
            shown,
            whole=self.frame,
            by=self.by,
            unit=self.unit,
            finding=title(rows, self.by, months=months, unit=self._unit(months)),
            measured=Message("retention.curve_measured", **measured),
            ax=ax,
            language=language,
        )
        few = thin(shown, self.by)
        labels = figures.curve_labels(few, self.by, self.unit)
        return self.with_numbers(ax, few, labels, "survival", language=language)

    def _unit(self, months: float) -> Message:
        return units(months, "month" if self.unit != "period" else "period")


_READ = ["survival", "ci_low", "ci_high", "at_risk"]


def _read(curve: pd.DataFrame, tenure: float) -> dict[str, Any]:
    before = curve[curve["tenure"] <= tenure]
    left = curve.loc[curve["tenure"] > tenure, "at_risk"]
    if left.empty and not (len(before) and before["survival"].iloc[-1] == 0):
        return dict.fromkeys(_READ[:3], np.nan) | {"at_risk": 0}
    last = before[_READ[:3]].iloc[-1].to_dict() if len(before) else dict.fromkeys(_READ[:3], 1.0)
    return last | {"at_risk": int(left.iloc[0]) if len(left) else 0}


@check.arguments
def survival(
    data: Durations | Cohorts | Absent | None,
    *,
    by: str | Sequence[str] | None = (),
    confidence: float = 0.95,
    limits: str = "log-log",
) -> Survival | Absent:
    """Kaplan-Meier curves from counts, with the Nelson-Aalen cumulative hazard and a band for the
    whole curve.

    Use it when some customers are still there: a plain ratio would call them lost, or wait for
    them.

    Parameters
    ----------
    data : Durations or Cohorts, or Absent or None
        From `count_durations`, `durations_from_spells`, `durations_from_orders` or
        `durations_from_cohorts`. Of cohorts (from `count_cohorts`), a customer counts as lost at
        the first silence of three finished periods; `durations_from_cohorts` takes another number.
    by : str or sequence of str, or None
        Columns that were counted; one curve a combination. By default one curve for all; None says
        that there are no groups, and that their curves are absent.
    confidence : float
        Level of the limits (each tenure on its own) and of the band (all tenures together).
    limits : {"log-log", "log", "plain"}
        Scale on which the limits are symmetric.

    Returns
    -------
    Survival or Absent
        One row a group and tenure at which somebody was lost or censored: the columns of `by`,
        `tenure`, `at_risk`, `lost`, `censored`, `survival` in [0, 1] with `se`, limits and band,
        `cumhaz` with `cumhaz_se`; with weights also their sums. Absent where there are no counts,
        or `by` is None.

    Raises
    ------
    ParameterError
        If `limits` is unknown, `data` are no counts, or `confidence` does not lie between 0 and 1.
    ColumnError
        If a column of `by` was not counted.
    EmptyDataError
        If nobody was counted, or (of cohorts) nobody came early enough to be judged.

    Notes
    -----
    S(t) = product of (1 - lost/at_risk); Greenwood's variance, limits on the log(-log) scale
    (Kalbfleisch and Prentice 1980). Before the first loss both limits are 1; at S = 0 standard
    error and limits do not exist and are missing, as in R. Equal to R survival 3.5 `survfit`
    (`conf.type` of the same names; weights; delayed entry) to 1e-10. The band is Hall and Wellner's
    (see `methods.survival.limits.hall_wellner`); with weights or delayed entry it is not known and
    missing. Where nobody was followed from the start, the curve is about those who had stayed until
    the first came under observation; a warning says so.

    From `durations_from_orders` the curve is too low towards its end, since customers who will come
    back are lost as long as they have not. In simulated data of two years (4,000 customers, orders
    as a Poisson process until they leave after 400 days on average, gap of 90 days) it was 1 point
    of 100 too low after 600 days with an order every 30 days, 5 with one every 45 and 7 with one
    every 60, where 35, 49 and 54 % of such silences end with a return. And where the events on
    record begin later than the business, a customer's first event on record is not the first:
    tenure counts from there.

    Examples
    --------
    >>> durations = Durations(pd.DataFrame({"tenure": [1, 2], "lost": [1, 0], "censored": [0, 3]}))
    >>> survival(durations).frame["survival"].tolist()
    [0.75, 0.75]
    """
    check.one_of("limits", limits, map(str, Limits))
    z = z_value(confidence)
    if data is None or isinstance(data, Absent):
        return without_counts(data, Survival)
    if by is None:
        return Absent.of("retention.no_segment", Survival)
    durations = as_durations(data)
    table, groups = durations.risk_table(by), durations.groups(by)
    curve = kaplan_meier(table)
    cells = _cells(table, curve, z, confidence, limits)
    if durations.weighted or durations.delayed:
        cells["band_low"] = cells["band_high"] = np.full(curve.survival.shape, np.nan)
    row, column = np.nonzero(table.lost + table.censored)
    frame = pd.DataFrame(
        {name: groups[name].to_numpy()[row] for name in groups}
        | {"tenure": table.tenure[column]}
        | {name: values[row, column] for name, values in cells.items()}
    )
    robust = Variance.ROBUST if durations.weighted else None
    made = method(Method.KAPLAN_MEIER, Limits(limits), robust)
    return Survival(
        frame=frame.assign(confidence=confidence, method=made),
        method=made,
        warnings=(
            *omissions(durations),
            *late_start(durations, list(groups)),
            *early_zero(table, curve.survival),
        ),
        carried=durations.carried,
        unit=durations.unit,
        by=tuple(groups),
        definition=durations.definition,
        gap_days=durations.gap_days,
        gap=durations.gap,
    )


def _cells(
    table: RiskTable, curve: Curve, z: float, confidence: float, limits: str
) -> dict[str, NDArray]:
    """Return what the frame says of each group and tenure, as arrays."""
    low, high = pointwise(curve, z, limits)
    band_low, band_high = hall_wellner(curve, table.n[:, None], confidence)
    cells = {
        "at_risk": table.at_risk,
        "lost": table.lost,
        "censored": table.censored,
        "survival": curve.survival,
        "se": curve.se,
        "ci_low": low,
        "ci_high": high,
        "band_low": band_low,
        "band_high": band_high,
        "cumhaz": curve.cumhaz,
        "cumhaz_se": np.sqrt(curve.cumhaz_variance),
    }
    if table.weights is not None:
        cells |= {
            "at_risk_weight": table.sums[0],
            "lost_weight": table.weights[0],
            "censored_weight": table.weights[1],
        }
    return cells
