"""Two readings of the same codings -> what another unit does to agreement, code by code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.interviews.agreement import agreement
from cxlib.interviews.corpus import Corpus
from cxlib.interviews.methods import Method
from cxlib.interviews.units import UnitKind
from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method

FAR = 0.1  # a difference in alpha that is listed


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class UnitComparison(Result):
    """Alpha by one unit and by another, the codes that differ most first.

    `frame`: `code` (None: all codes as sets, the first row)`, alpha_a, alpha_b, difference` (b
    minus a; missing where either is)`, confidence` (missing: nothing is estimated)`, method`.
    """

    unit_a: UnitKind
    unit_b: UnitKind

    columns: ClassVar[Mapping[str, Format]] = {
        "code": "",
        **dict.fromkeys(("alpha_a", "alpha_b", "difference"), "decimal3"),
        **level_and_method(Method),
    }

    def caption(self) -> Message:
        """Say what the table shows."""
        return Message("interviews.comparison_caption", a=self.unit_a, b=self.unit_b)

    @property
    def shown_cells(self) -> Mapping[str, Sequence[Any]]:
        """The name of all codes together."""
        return {"code": [Message("interviews.all_code"), *self.frame["code"].iloc[1:]]}

    def summary(self, language: str = "en") -> str:
        """Say how the overall alpha changes, and which codes' changes by more than 0.1."""
        overall, codes = self.frame.iloc[0], self.frame.iloc[1:]
        far = codes[codes["difference"].abs() > FAR]
        said = {
            "a": self.unit_a,
            "b": self.unit_b,
            "alpha_a": overall["alpha_a"],
            "alpha_b": overall["alpha_b"],
            "far": FAR,
        }
        if far.empty:
            return Message("interviews.comparison_near", **said).text(language)
        named = [
            Message("interviews.comparison_code", code=code, alpha_a=a, alpha_b=b)
            for code, a, b in zip(far["code"], far["alpha_a"], far["alpha_b"], strict=True)
        ]
        return Message("interviews.comparison", codes=named, n=len(named), **said).text(language)


@check.arguments
def compare_units(a: Corpus, b: Corpus) -> UnitComparison:
    """Compare the agreement on two readings of the same codings, by one unit and by another.

    Use it before a unit is chosen: what depends on the unit is not what the coders said.

    Parameters
    ----------
    a, b : Corpus
        From `read` or `read_corpus`, with another `unit`, or of transcripts with and without
        speakers.

    Returns
    -------
    UnitComparison
        Row 0: all codes as sets; then the codes of either, those that differ most first.

    Raises
    ------
    EmptyDataError
        If no interview with units was opened by a coder.

    Notes
    -----
    Alpha as in `agreement`. The units are other units, so no interval or test of the difference is
    given: the codings behind both are the same.
    """
    alphas = [
        agreement(corpus, resamples=0).frame[["code", "alpha"]].set_index("code")["alpha"]
        for corpus in (a, b)
    ]
    first, second = (each.iloc[0] for each in alphas)
    overall = pd.DataFrame({"code": [None], "alpha_a": first, "alpha_b": second})
    codes = pd.concat([each.iloc[1:] for each in alphas], axis=1, keys=["alpha_a", "alpha_b"])
    frame = pd.concat([overall, codes.rename_axis("code").reset_index()], ignore_index=True)
    frame["difference"] = frame["alpha_b"] - frame["alpha_a"]
    order = frame["difference"].iloc[1:].abs().sort_values(ascending=False, kind="stable").index
    frame = frame.loc[[0, *order]].reset_index(drop=True)
    methods = [Method.KRIPPENDORFF_MASI.value, *[Method.KRIPPENDORFF_NOMINAL.value] * len(order)]
    return UnitComparison(
        frame=frame.assign(confidence=np.nan, method=methods),
        method=Method.KRIPPENDORFF_NOMINAL,
        unit_a=a.kind,
        unit_b=b.kind,
    )
