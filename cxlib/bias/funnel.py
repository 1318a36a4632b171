"""An invitation list -> how many of the invited each step reached, from delivery to a usable
answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from cxlib import check, inference
from cxlib import language as words
from cxlib.bias import counts, figures
from cxlib.errors import ParameterError
from cxlib.result import Absent, Result
from cxlib.table import as_table, natural_order

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STAGES = MappingProxyType(
    {
        "delivered": "delivered",
        "opened": "opened",
        "started": "started_at",
        "finished": "finished_at",
        "usable": "usable",
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Funnel(Result):
    """Rates of the invited. `frame` has one row a group and stage.

    Columns: the `by` columns, `stage`, `n` (invited), `reached`, `rate` (of the invited), `ci_low`,
    `ci_high`, `confidence`, `method`."""

    by: tuple[str, ...] = ()

    formats: ClassVar[Mapping[str, str]] = {
        "rate": "percent",
        "ci_low": "percent",
        "ci_high": "percent",
        "confidence": "level",
    }

    def summary(self, language: str = "en") -> str:
        """Say how many of the invited gave an answer, and where most were lost."""
        together = self.frame.groupby("stage", sort=False)[["n", "reached"]].sum()
        last = together.iloc[-1]
        reached = [int(together["n"].iloc[0]), *together["reached"]]
        names = ["invited", *together.index]
        worst = max(range(len(together)), key=lambda step: reached[step] - reached[step + 1])
        low, high = inference.wilson(
            last["reached"], last["n"], confidence=self.frame["confidence"].iloc[0]
        )
        return words.text(
            "bias.funnel",
            language,
            invited=words.number(last["n"]),
            reached=words.number(last["reached"]),
            stage=words.text(f"bias.stage_{together.index[-1]}", language),
            rate=words.percent(last["reached"] / last["n"]),
            low=words.percent(float(low)),
            high=words.percent(float(high)),
            level=words.level(self.frame["confidence"].iloc[0]),
            before=words.text(f"bias.stage_{names[worst]}", language),
            after=words.text(f"bias.stage_{names[worst + 1]}", language),
        )

    def plot(self, ax: Axes | None = None, *, language: str = "en") -> Axes:
        """Draw a bar a stage; one colour a group where the funnel was counted by one."""
        finding = words.text("bias.funnel_title", language, rate=words.percent(self._overall(), 0))
        measured = words.text(
            "bias.funnel_measured",
            language,
            confidence=words.level(self.frame["confidence"].iloc[0]),
        )
        stages = {
            stage: words.text(f"bias.stage_{stage}", language)
            for stage in self.frame["stage"].unique()
        }
        return figures.funnel(self.frame, self.by, stages, ax, finding=finding, measured=measured)

    def _overall(self) -> float:
        last = self.frame[self.frame["stage"] == self.frame["stage"].iloc[-1]]
        return float(last["reached"].sum() / last["n"].sum())


def funnel(
    invitations: Any,
    *,
    by: Sequence[str] = (),
    stages: Mapping[str, str] = STAGES,
    confidence: float = 0.95,
) -> Funnel | Absent:
    """Count how many of the invited each stage reached.

    Parameters
    ----------
    invitations : table or None
        One row an invitation. None gives an `Absent` that says what cannot be known without the
        list.
    by : sequence of str
        Columns such as mode and wave; one funnel each.
    stages : mapping
        Stage (delivered, opened, started, finished, usable) to its column: true/false, a number
        above 0, or a time where it happened. Stages without their column are left out, with a
        warning.
    confidence : float
        Level of the Wilson intervals.

    Returns
    -------
    Funnel

    Raises
    ------
    ParameterError
        If a stage is unknown or none of the columns is there.

    Notes
    -----
    Wilson (1927) score limits. Privacy tools open e-mails unasked, so `opened` is the least certain
    stage.

    Examples
    --------
    >>> sent = pd.DataFrame(
    ...     {"delivered": [True] * 9 + [False], "finished_at": ["2026-08-01"] * 4 + [None] * 6}
    ... )
    >>> funnel(sent).frame[["stage", "n", "reached", "rate"]].values.tolist()
    [['delivered', 10, 9, 0.9], ['finished', 10, 4, 0.4]]
    """
    if invitations is None:
        return Absent.of("bias.absent_invitations")
    for stage in stages:
        check.one_of("stages", stage, STAGES)
    rows = as_table(invitations)
    there = {stage: stages[stage] for stage in STAGES if stages.get(stage) in rows.columns}
    if not there:
        raise ParameterError(
            f"stages={dict(stages)!r}: none of these columns is in the invitation list"
            f"{check.did_you_mean(next(iter(stages.values()), ''), rows.columns)}"
        )
    gone = [stage for stage, column in stages.items() if stage not in there and stage != "usable"]
    counted = counts.stages(rows, reached=there, by=by)
    long = counted.melt(
        id_vars=[*by, "invited"], value_vars=list(there), var_name="stage", value_name="reached"
    )
    long = long.rename(columns={"invited": "n"})
    low, high = inference.wilson(
        long["reached"], long["n"], confidence=check.confidence(confidence)
    )
    long = long.assign(
        rate=long["reached"] / long["n"],
        ci_low=low,
        ci_high=high,
        confidence=confidence,
        method="Wilson",
    )
    columns = [*by, "stage", "n", "reached", "rate", "ci_low", "ci_high", "confidence", "method"]
    warnings = [words.text("bias.no_stage", stages=words.joined(gone))] if gone else []
    return Funnel(
        _ordered(long[columns], by, list(there)),
        "Wilson score interval",
        tuple(warnings),
        by=tuple(by),
    )


def last_stage(found: Funnel | Absent) -> Funnel | Absent:
    """Return the last stage of a funnel alone, which is the response rate; an `Absent` as it is."""
    if isinstance(found, Absent):
        return found
    kept = found.frame[found.frame["stage"] == found.frame["stage"].iloc[-1]].reset_index(drop=True)
    return Funnel(kept, found.method, found.warnings, by=found.by)


def _ordered(frame: pd.DataFrame, by: Sequence[str], stages: Sequence[str]) -> pd.DataFrame:
    order = {column: natural_order(frame[column]) for column in by} | {"stage": list(stages)}
    ranks = pd.DataFrame(
        {
            i: frame[column].map({v: k for k, v in enumerate(order[column])})
            for i, column in enumerate(order)
        }
    )
    return frame.loc[ranks.sort_values(list(ranks.columns), kind="stable").index].reset_index(
        drop=True
    )
