"""Ranges that were made one by one -> all of them under each other: how wrong the NPS could still
be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Unpack

import pandas as pd

from cxlib import check
from cxlib.bias import range_figures
from cxlib.bias.arrivals import EarlyLate
from cxlib.bias.deltas import Delta
from cxlib.bias.kinds import Kind, Method
from cxlib.bias.pattern_mixtures import PatternMixture
from cxlib.bias.ranges import Bounds
from cxlib.errors import ParameterError
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method, with_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ASSUMED = (Kind.PATTERN_MIXTURE, Kind.DELTA, Kind.EARLY_LATE)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sensitivity(Result):
    """How wrong the NPS could still be, at one glance.

    `frame` has one row a range, in points: `kind` (weighted: chance alone; pattern_mixture, delta,
    early_late: an assumption each, with chance; invited, population: all that is possible), `n`,
    `nps` (missing for a range of several assumptions, or of all that is possible), `ci_low`,
    `ci_high`, `confidence`, `method`."""

    names: Mapping[str, Message]

    columns: ClassVar[Mapping[str, Format]] = {
        "kind": Kind,
        "n": "integer",
        **with_limits("nps", "points"),
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("bias.sensitivity_caption")

    def row(self, kind: Kind | str) -> pd.Series:
        """Return the row of a kind."""
        return self.frame.set_index("kind").loc[kind]

    def summary(self, language: str = "en") -> str:
        """Say how far chance, assumptions and what is possible reach."""
        sure = self.frame[~self.frame["kind"].isin(_ASSUMED)]
        weighted, widest = sure.iloc[0], sure.iloc[1]
        values = {
            "nps": weighted["nps"],
            "n": weighted["n"],
            "level": weighted["confidence"],
            **{"low": weighted["ci_low"], "high": weighted["ci_high"]},
            **{"asked": widest["n"], "least": widest["ci_low"], "most": widest["ci_high"]},
        }
        assumed = self.frame[self.frame["kind"].isin(_ASSUMED)]
        if assumed.empty:
            return Message("bias.sensitivity", **values).text(language)
        ends = {"from_": assumed["ci_low"].min(), "to": assumed["ci_high"].max()}
        return Message("bias.sensitivity_assumed", k=len(assumed), **values, **ends).text(language)

    @drawing
    def plot(self, ax: Axes | None = None, *, language: str = "en", **look: Unpack[Look]) -> Axes:
        """Draw the ranges under each other, assumptions dashed."""
        widest = self.frame[~self.frame["kind"].isin(_ASSUMED)].iloc[1]
        ax = range_figures.ranges(
            self.frame,
            [self.names[kind] for kind in self.frame["kind"]],
            ax,
            estimate="nps",
            dashed=[kind in _ASSUMED for kind in self.frame["kind"]],
            finding=Message("bias.bounds_title", low=widest["ci_low"], high=widest["ci_high"]),
            measured=Message("bias.sensitivity_measured", level=self.frame["confidence"].iloc[0]),
            language=language,
        )
        return self.with_numbers(
            ax,
            self.frame,
            [self.names[kind] for kind in self.frame["kind"]],
            "nps",
            n=None,
            language=language,
        )


@check.arguments
def sensitivity(
    bounds: Bounds | Absent,
    *,
    delta: Delta | Absent | None = None,
    mixture: PatternMixture | Absent | None = None,
    arrivals: EarlyLate | Absent | None = None,
) -> Sensitivity | Absent:
    """Put under each other how wrong chance, assumptions and silence could make the NPS.

    Parameters
    ----------
    bounds : Bounds
        From `bounds`; an `Absent` gives another.
    delta, mixture, arrivals : optional
        From `delta`, `pattern_mixture` and `early_late`, of an NPS; what is absent has no row, nor
        has what cannot carry one, of which it is warned: a proxy that hardly goes along with the
        answers (a correlation under .3) or follows them exactly, one of fewer than 30, and a line
        of arrival that runs out of what is possible.

    Returns
    -------
    Sensitivity or Absent
        One row a range: `kind`, `n`, `nps`, `ci_low`, `ci_high`. That of `delta` and of
        `pattern_mixture` runs from the lowest to the highest limit over its assumptions.

    Raises
    ------
    ParameterError
        If `delta` or `mixture` is of a mean.
    """
    if isinstance(bounds, Absent):
        return replace(bounds, instead_of=Sensitivity)
    said = [column for column in Sensitivity.columns if column in bounds.frame]
    given = bounds.frame[said].set_index("kind", drop=False)
    rows = [dict(given.loc[Kind.WEIGHTED])]
    names = {Kind.WEIGHTED.value: Message("bias.range_weighted", n=int(rows[0]["n"]))}
    told = list(bounds.warnings)
    if isinstance(mixture, PatternMixture):
        row = _span(mixture, Kind.PATTERN_MIXTURE, "n_frame")
        if mixture.weak or mixture.few or not row["ci_low"] < row["ci_high"]:
            told.append(Message("bias.sensitivity_no_mixture", proxy=mixture.proxy))
        else:
            rows.append(row)
            names[Kind.PATTERN_MIXTURE.value] = Message("bias.range_mixture", proxy=mixture.proxy)
    if isinstance(delta, Delta):
        rows.append(_span(delta, Kind.DELTA, "n"))
        least, most = delta.frame["shift"].min(), delta.frame["shift"].max()
        names[Kind.DELTA.value] = Message("bias.range_delta", least=least, most=most)
    if isinstance(arrivals, EarlyLate) and arrivals.line is not None:
        if pd.isna(arrivals.frame["ci_low"].iloc[-1]):
            told.append(Message("bias.sensitivity_no_line"))
        else:
            rows.append({"kind": Kind.EARLY_LATE.value, **dict(arrivals.frame.iloc[-1])})
            names[Kind.EARLY_LATE.value] = Message("bias.range_early_late")
    for kind, possible in given.iloc[2:].iterrows():
        rows.append(dict(possible))
        names[str(kind)] = _possible(possible)
    return Sensitivity(
        frame=pd.DataFrame(rows)[said].astype({"n": "Int64"}).reset_index(drop=True),
        method=Method.MANSKI,
        warnings=tuple(told),
        names=names,
    )


def _span(found: Delta | PatternMixture, kind: Kind, people: str) -> dict[str, Any]:
    """Return the row from the lowest to the highest limit; refuse means."""
    if found.estimate != "nps":
        raise ParameterError(
            f"{'delta' if kind == Kind.DELTA else 'mixture'}: it is of a mean, and the other rows "
            "are of an NPS; give that of the NPS"
        )
    frame = found.frame
    return {
        "kind": kind.value,
        "n": frame[people].iloc[0],
        "nps": frame["nps"].iloc[0] if len(frame) == 1 else float("nan"),
        "ci_low": frame[["nps", "ci_low"]].min(axis=None),  # where it is cut, it has no limits
        "ci_high": frame[["nps", "ci_high"]].max(axis=None),
        "confidence": frame["confidence"].iloc[0],
        "method": frame["method"].iloc[0],
    }


def _possible(row: pd.Series) -> Message:
    if pd.isna(row["n"]):
        return Message("bias.label_drawn_from")
    if row["kind"] == Kind.INVITED:
        return Message("bias.label_invited", n=row["n"])
    return Message("bias.label_population", n=row["n"])
