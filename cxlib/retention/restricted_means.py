"""Duration counts -> the mean time stayed up to a horizon (restricted mean survival time), with its
standard error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cxlib import check
from cxlib.errors import EmptyDataError, ParameterError
from cxlib.methods.proportions import z_value
from cxlib.methods.survival.risk_table import RiskTable
from cxlib.retention.absence import without_counts
from cxlib.retention.cautions import late_start, omissions
from cxlib.retention.cohorts import Cohorts
from cxlib.retention.durations import Durations, as_durations
from cxlib.retention.method_names import Method
from cxlib.retention.methods.restricted_mean import common_horizon, last_known, restricted_mean
from cxlib.retention.units import units
from cxlib.shown.language import label
from cxlib.shown.message import Message, Names, Sentences
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method, with_limits


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RestrictedMean(Result):
    """Mean time stayed up to `horizon`: `by`, `horizon`, `n`, `rmst`, `se`, `ci_low`, `ci_high`,
    `confidence`, `method`."""

    unit: str = "period"
    by: tuple[str, ...] = ()

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("horizon", "n"), ""),
        **with_limits("rmst", "decimal2", se="decimal2"),
        **level_and_method(Method),
    }

    @property
    def units(self) -> Mapping[str, str]:
        """Times are in units of tenure."""
        return dict.fromkeys(("rmst", "horizon"), f"{self.unit}s")

    def summary(self, language: str = "en") -> str:
        """Return the mean time stayed, group by group."""
        rows = self.frame.to_dict("records")
        return Sentences(tuple(self._sentence(row) for row in rows)).text(language)

    def _sentence(self, row: Mapping) -> Message:
        within = {"horizon": row["horizon"], "units": units(row["horizon"], self.unit)}
        group = Names(tuple(row[name] for name in self.by), listed=True)
        if np.isnan(row["ci_low"]) and self.by:
            return Message("retention.rmst_group_certain", group=group, n=row["n"], **within)
        if np.isnan(row["ci_low"]):
            return Message("retention.rmst_certain", n=row["n"], **within)
        shown = {"rmst": row["rmst"], "low": row["ci_low"], "high": row["ci_high"], "n": row["n"]}
        if self.by:
            return Message("retention.rmst_group", group=group, **shown, **within)
        return Message("retention.rmst", level=row["confidence"], **shown, **within)


@check.arguments
def rmst(
    data: Durations | Cohorts | Absent | None,
    *,
    horizon: float | None = None,
    by: str | Sequence[str] = (),
    confidence: float = 0.95,
) -> RestrictedMean | Absent:
    """Mean time stayed within the first `horizon` units of tenure.

    Use it to say a difference in months rather than in hazards, and wherever curves cross: it needs
    no proportional hazards.

    Parameters
    ----------
    data : Durations or Cohorts, or Absent or None
        As in `survival`; weights are used.
    horizon : float, optional
        The horizon. By default the longest tenure for which ten customers are followed in every
        group.
    by : str or sequence of str
        Columns that were counted.
    confidence : float
        Level of the limits.

    Returns
    -------
    RestrictedMean or Absent
        One row a group: the columns of `by`, `horizon`, `n`, and in units of tenure `rmst` with
        `se` and limits. Where nobody was lost before `horizon` the mean is `horizon`, the standard
        error 0, and the limits are missing: that says nothing about chance. Absent where there are
        no counts.

    Raises
    ------
    ParameterError
        If `horizon` is not above 0, or lies beyond the last time that is known of a group, `data`
        are no counts, or `confidence` does not lie between 0 and 1.
    ColumnError
        If a column of `by` was not counted.
    EmptyDataError
        If nobody was counted, or nobody of a group was followed for more than 0, or (of cohorts)
        nobody came early enough to be judged.

    Notes
    -----
    Area under the Kaplan-Meier curve up to the horizon; variance = sum over losses of A_i^2 d_i /
    (n_i (n_i - d_i)), A_i the area from t_i to the horizon (Klein and Moeschberger 2003, section
    4.5); with weights the infinitesimal jackknife. Equal to R survival 3.5 `print(survfit(...),
    rmean=)` to 1e-10.

    Examples
    --------
    >>> import pandas as pd
    >>> durations = Durations(pd.DataFrame({"tenure": [1, 2], "lost": [1, 0], "censored": [0, 3]}))
    >>> rmst(durations, horizon=2).frame["rmst"].tolist()
    [1.75]
    """
    z = z_value(confidence)
    if data is None or isinstance(data, Absent):
        return without_counts(data, RestrictedMean)
    durations = as_durations(data)
    table, groups = durations.risk_table(by), durations.groups(by)
    until = common_horizon(table) if horizon is None else horizon
    if np.isnan(until):
        raise EmptyDataError(
            "a group has no customer who was followed for more than 0, so no mean can be taken; "
            "leave the group out, or count by fewer columns"
        )
    refuse_horizon(table, until, names=[", ".join(map(label, row)) for row in groups.to_numpy()])
    mean, se = restricted_mean(table, until)
    known = np.where(se > 0, se, np.nan)
    frame = groups.assign(
        horizon=float(until),
        n=table.n,
        rmst=mean,
        se=se,
        ci_low=mean - z * known,
        ci_high=mean + z * known,
        confidence=confidence,
        method=Method.KAPLAN_MEIER_AREA.value,
    )
    return RestrictedMean(
        frame=frame,
        method=Method.KAPLAN_MEIER_AREA,
        carried=durations.carried,
        unit=durations.unit,
        by=tuple(groups),
        warnings=(*omissions(durations), *late_start(durations, list(groups))),
    )


def refuse_horizon(table: RiskTable, horizon: float, *, names: Sequence[str]) -> None:
    """Refuse a horizon that is not above 0, or beyond which nothing is known of a group."""
    known = last_known(table)
    if not 0 < horizon <= known.min():
        raise ParameterError(
            f"horizon={horizon:g} must be above 0 and at most {known.min():g}, the last time that "
            f"is known of {names[int(known.argmin())] or 'these customers'}; choose an earlier one"
        )
