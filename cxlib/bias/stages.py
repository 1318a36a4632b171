"""An invitation list -> how many of the invited each step reached, from delivery to a usable
answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Unpack

import pandas as pd

from cxlib import check
from cxlib.bias import figures
from cxlib.bias.counts import categories
from cxlib.bias.kinds import Method
from cxlib.errors import ParameterError
from cxlib.methods import proportions
from cxlib.rows import names
from cxlib.rows.periods import natural_order
from cxlib.rows.table import as_groups
from cxlib.shown import language as words
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method, with_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Stage(StrEnum):
    """A step between being invited and an answer that counts, in order."""

    INVITED = "invited"
    DELIVERED = "delivered"
    OPENED = "opened"
    STARTED = "started"
    FINISHED = "finished"
    USABLE = "usable"


# the usual column of each stage
STAGES: Mapping[str, str] = MappingProxyType(
    {
        Stage.DELIVERED.value: "delivered",
        Stage.OPENED.value: "opened",
        Stage.STARTED.value: "started_at",
        Stage.FINISHED.value: "finished_at",
        Stage.USABLE.value: "usable",
    }
)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Funnel(Result):
    """Rates of the invited. `frame` has one row a group and stage.

    Columns: the groups' (`by` names them as they are carried in the frame), `stage`, `n` (invited),
    `reached`, `rate` (of the invited), `ci_low`, `ci_high`, `confidence`, `method`."""

    by: tuple[str, ...] = ()

    columns: ClassVar[Mapping[str, Format]] = {
        "stage": Stage,
        **dict.fromkeys(("n", "reached"), "integer"),
        **with_limits("rate", "percent"),
        **level_and_method(Method),
    }

    def summary(self, language: str = "en") -> str:
        """Say how many of the invited gave an answer, and where most were lost."""
        together = self.frame.groupby("stage", sort=False)[["n", "reached"]].sum()
        last, level = together.iloc[-1], self.frame["confidence"].iloc[0]
        reached = [int(together["n"].iloc[0]), *together["reached"]]
        steps = [Stage.INVITED, *map(Stage, together.index)]
        worst = max(range(len(together)), key=lambda step: reached[step] - reached[step + 1])
        low, high = proportions.wilson(last["reached"], last["n"], confidence=level)
        return words.text(
            "bias.funnel",
            language,
            invited=last["n"],
            reached=last["reached"],
            stage=steps[-1],
            rate=last["reached"] / last["n"],
            low=float(low),
            high=float(high),
            level=level,
            before=steps[worst],
            after=steps[worst + 1],
        )

    def caption(self) -> Message:
        """Return what the table shows."""
        if set(self.frame["stage"]) == {Stage.USABLE}:
            return Message("bias.funnel_caption_usable")
        return Message("bias.funnel_caption")

    @drawing
    def plot(self, ax: Axes | None = None, *, language: str = "en", **look: Unpack[Look]) -> Axes:
        """Draw a bar a stage; one colour a group where the funnel was counted by one."""
        last = self.frame[self.frame["stage"] == self.frame["stage"].iloc[-1]]
        ax = figures.funnel(
            self.frame,
            self.by,
            [Stage(stage) for stage in self.frame["stage"].unique()],
            ax,
            finding=Message("bias.funnel_title", rate=last["reached"].sum() / last["n"].sum()),
            measured=Message("bias.funnel_measured", confidence=self.frame["confidence"].iloc[0]),
            language=language,
        )
        return self.with_numbers(
            ax,
            self.frame,
            figures.funnel_labels(self.frame, self.by, Stage),
            "rate",
            language=language,
        )


@check.arguments
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
    Funnel or Absent
        One row a group and stage: the columns of `by`, `stage`, `n` (invited), `reached`, `rate`
        (of the invited) with its limits. An `Absent` where there is no list.

    Raises
    ------
    ParameterError
        If a stage is unknown, none of the columns is there, or `confidence` does not lie between 0
        and 1.
    ColumnError
        If a column of `by` is absent.
    EmptyDataError
        If the list has no rows.
    SourceError
        If the list cannot be read.

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
        return Absent.of("bias.absent_invitations", Funnel)
    for stage in stages:
        check.one_of("stages", stage, STAGES)
    rows = as_groups(invitations)
    there = {stage: stages[stage] for stage in STAGES if stages.get(stage) in rows.columns}
    if not there:
        raise ParameterError(
            f"stages={dict(stages)!r}: none of these columns is in the invitation list"
            f"{check.did_you_mean(next(iter(stages.values()), ''), rows.columns)}"
        )
    gone = [Stage(stage) for stage in stages if stage not in there and stage != Stage.USABLE]
    frame = _rates(categories.stages(rows, reached=there, by=by), list(there), confidence)
    carried = names.carry(by, Funnel.columns)
    frame = frame.rename(columns={f"by{i}": carried[name] for i, name in enumerate(by)})
    return Funnel(
        frame=frame[[*carried.values(), *Funnel.columns]],
        method=Method.WILSON,
        warnings=(Message("bias.no_stage", stages=gone),) if gone else (),
        carried={column: name for name, column in carried.items()},
        by=tuple(carried.values()),
    )


@check.arguments
def last_stage(found: Funnel | Absent) -> Funnel | Absent:
    """Return the last stage of a funnel alone, which is the response rate; an `Absent` as it is.

    Parameters
    ----------
    found : Funnel or Absent
        From `funnel`.

    Returns
    -------
    Funnel or Absent
        The rows of the last stage, one a group; an `Absent` as it is.
    """
    if isinstance(found, Absent):
        return found
    kept = found.frame[found.frame["stage"] == found.frame["stage"].iloc[-1]]
    return replace(found, frame=kept.reset_index(drop=True))


def _rates(wide: pd.DataFrame, stages: Sequence[str], confidence: float) -> pd.DataFrame:
    """Return a row a group and stage, groups in the order a reader expects."""
    keys = [column for column in wide.columns if column not in {"n", *stages}]
    long = wide.melt(
        id_vars=[*keys, "n"], value_vars=list(stages), var_name="stage", value_name="reached"
    )
    low, high = proportions.wilson(
        long["reached"], long["n"], confidence=check.confidence(confidence)
    )
    order = {column: natural_order(long[column]) for column in keys} | {"stage": list(stages)}
    ranks = pd.DataFrame(
        {
            column: long[column].map({value: rank for rank, value in enumerate(values)})
            for column, values in order.items()
        }
    )
    return (
        long.assign(
            rate=long["reached"] / long["n"],
            ci_low=low,
            ci_high=high,
            confidence=confidence,
            method=Method.WILSON.value,
        )
        .loc[ranks.sort_values(list(order), kind="stable").index]
        .reset_index(drop=True)
    )
