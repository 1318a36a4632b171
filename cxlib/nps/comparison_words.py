"""Tested differences -> what a reader is told of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Unpack

import numpy as np
import pandas as pd

from cxlib.methods.multiplicity import Adjustment
from cxlib.nps import figures
from cxlib.nps.method_names import Method
from cxlib.nps.pairing import Side, name_sides
from cxlib.nps.verdicts import FEWEST, Reason, Standing, Verdict, is_move
from cxlib.shown import theme
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Result
from cxlib.shown.table import Format
from cxlib.shown.text import Says
from cxlib.shown.vocabulary import PAIR, PVALUES, level_and_method, with_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_CHANGES = {
    Reason.FEW: "nps.change_too_few",
    Reason.FEW_WORTH: "nps.change_few_worth",
    Reason.UNKNOWN: "nps.change_unknown",
    Reason.SMALL: "nps.change_equivalent",
    Reason.EQUIVALENT: "nps.change_equivalent",
    Reason.UP: "nps.change_up",
    Reason.DOWN: "nps.change_down",
    Reason.ALONE: "nps.change_alone",
    Reason.NOT_WORSE: "nps.change_cannot_tell",
    Reason.NOISE: "nps.change_cannot_tell",
}
TITLES = {
    Verdict.UP: "nps.title_up",
    Verdict.DOWN: "nps.title_down",
    Verdict.EQUIVALENT: "nps.title_equivalent",
    Verdict.CANNOT_TELL: "nps.title_cannot_tell",
    Verdict.DO_NOT_COMPARE: "nps.title_do_not_compare",
    Verdict.TOO_FEW_YET: "nps.title_too_few_yet",
}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Comparison(Result):
    """Differences b minus a, one row a pair; NPS and differences in points.

    `frame`: the columns of `by`, then `a, b, n_a, n_b, nps_a, nps_b, difference, se, ci_low,
    ci_high, statistic, df, pvalue, pvalue_adj, detectable, n_needed`, with a margin
    `pvalue_equivalent, pvalue_not_worse`, and `verdict, reason, confidence, method`.

    `pvalue` and the interval come from one inversion, so they never disagree; `pvalue_adj` is
    adjusted over all rows, and `verdict` follows it. `directed`: the pairs follow one another in
    time."""

    between: str = ""
    directed: bool = False
    margin: float | None = None
    columns: ClassVar[Mapping[str, Format]] = {
        **PAIR,
        **dict.fromkeys(("nps_a", "nps_b"), "points"),
        **with_limits("difference", "change", se="points"),
        "statistic": "decimal2",
        "df": "decimal1",
        **PVALUES,
        "detectable": "points",
        "n_needed": "integer",
        **dict.fromkeys(("pvalue_equivalent", "pvalue_not_worse"), "pvalue"),
        "verdict": Verdict,
        "reason": Reason,
        **level_and_method((Method, Adjustment)),
    }

    @property
    def formats(self) -> Mapping[str, Format]:
        """How its columns are written: without an order in time, nothing goes up or down."""
        return self.columns if self.directed else {**self.columns, "verdict": Standing}

    def caption(self) -> Message | str:
        """Return what the table shows."""
        if self.directed:
            return Message("nps.caption_changes")
        rest = not self.frame.empty and self.frame["a"].iloc[0] is Side.THE_REST
        return Message("nps.caption_rest" if rest else "nps.caption_differences")

    def summary(self, language: str = "en") -> str:
        """Say in one sentence how many of the pairs differ, and which is clearest."""
        if self.frame.empty:
            return Sentences(self.warnings).text(language)
        if self.frame["pvalue"].isna().all():
            return Message("nps.none_known", **self._numbers()).text(language)
        said = self._numbers() | self._values(self._clearest)
        return Message(self._sentence_and_title[0], **said).text(language)

    def findings(self, language: str = "en") -> tuple[str, ...]:
        """Say the last change and, where it cannot be told, what would have shown; the summary
        where nothing has an order."""
        if self.frame.empty or not self.directed:
            return (self.summary(language),)
        row = self.frame.iloc[-1]
        known = self._numbers() | self._values(row)
        change = Message(_CHANGES[self._why(row)], **known).text(language)
        if row["verdict"] != Verdict.CANNOT_TELL or not np.isfinite(row["n_needed"]):
            return (change,)
        wanted = abs(row["difference"]) if self.margin is None else self.margin
        known |= {"needed": row["n_needed"], "wanted": wanted}
        if len(self.frame) > 1:
            return change, Message("nps.would_have_shown_among", **known).text(language)
        return change, Message("nps.would_have_shown", **known).text(language)

    def title(self, language: str = "en") -> str:
        """Say the finding in a few words, as the title of a figure; empty where there is nothing to
        compare."""
        if self.frame.empty:
            return ""
        if self.directed:
            row = self.frame.iloc[-1]
            return Message(TITLES[Verdict(row["verdict"])], **self._values(row)).text(language)
        if self.frame["pvalue"].isna().all() and len(self.frame) > 1:
            return Message("nps.title_none_known").text(language)
        said = self._numbers() | self._values(self.frame.iloc[0])
        return Message(self._sentence_and_title[1], **said).text(language)

    @drawing
    def plot(
        self,
        ax: Axes | None = None,
        *,
        finding: Says = "",
        language: str = "en",
        **look: Unpack[Look],
    ) -> Axes:
        """Draw each pair's difference with its interval; those that differ for certain in
        colour."""
        if self.frame.empty:
            return theme.message(ax, self.summary(language))
        measured = Message("nps.measured_difference", confidence=self.frame["confidence"].iloc[0])
        ax = figures.differences(
            self.frame,
            ax,
            finding=finding or self.title(language),
            measured=measured,
            language=language,
        )
        shown = figures.widest(self.frame)
        return self.with_numbers(
            ax, shown, figures.pair_labels(shown, language), "difference", language=language
        )

    @property
    def _clearest(self) -> pd.Series:
        """The row with the smallest p value, of those with a verdict where there are any."""
        known = self.frame[self.frame["verdict"] != Verdict.DO_NOT_COMPARE]
        rows = known if len(known) else self.frame
        return rows.loc[rows["pvalue"].idxmin()]

    @staticmethod
    def _why(row: pd.Series) -> Reason:
        """Return the reason that a sentence on a change gives."""
        reason = Reason(row["reason"])
        return Reason.UNKNOWN if reason is Reason.FEW and pd.isna(row["pvalue"]) else reason

    @property
    def _sentence_and_title(self) -> tuple[str, str]:
        kinds = set(self.frame["verdict"])
        if len(self.frame) > 1:
            if self._sure:
                return "nps.some", "nps.title_some"
            if Verdict.EQUIVALENT in kinds:
                return "nps.none_equivalent", "nps.title_none_equivalent"
            return "nps.none", "nps.title_none"
        if self._sure and self.frame["difference"].iloc[0] < 0:
            return "nps.one_lower", "nps.title_one_lower"
        if self._sure:
            return "nps.one_higher", "nps.title_one_higher"
        if Verdict.EQUIVALENT in kinds:
            return "nps.one_equivalent", "nps.title_one_equivalent"
        if Verdict.DO_NOT_COMPARE in kinds:
            return "nps.do_not_compare", "nps.title_do_not_compare"
        return "nps.one_unsure", "nps.title_one_unsure"

    @property
    def _sure(self) -> int:
        return int(is_move(self.frame["verdict"]).sum())

    def _numbers(self) -> dict[str, Any]:
        return {
            "sure": self._sure,
            "pairs": len(self.frame),
            "margin": self.margin,
            "equivalent": int((self.frame["verdict"] == Verdict.EQUIVALENT).sum()),
            "limit": FEWEST,
        }

    def _values(self, row: pd.Series) -> dict[str, Any]:
        return name_sides(row) | {
            **{name: row[name] for name in ("nps_a", "nps_b", "n_a", "n_b", "difference")},
            "size": abs(row["difference"]),
            "low": row["ci_low"],
            "high": row["ci_high"],
            "p": row["pvalue_adj"],
            "p_alone": row["pvalue"],
            "detectable": row["detectable"],
            "confidence": row["confidence"],
        }
