"""Cells of people and of those who answered -> what each column and category has to do with uneven
answering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from cxlib.bias.kinds import Method
from cxlib.bias.methods import r_indicator as arithmetic
from cxlib.methods import multiplicity, proportions
from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import PVALUES, level_and_method, with_limits

WHOLE = ""  # the category of a row that is about its whole column


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PartialIndicators(Result):
    """An R-indicator taken apart. `frame` has one row a column (category "") and one a category.

    Columns: `column`, `category`, `n` (people asked), `respondents`, `rate`;
    `partial_unconditional` (of a column adjusted for bias and at least 0; of a category signed:
    below 0 it answered less than all did) with `se`, `ci_low`, `ci_high` and, of a category,
    `pvalue` and `pvalue_adj` (Holm); `partial_conditional` (what is left within the cells of the
    other columns; of a column adjusted for bias) with `se_conditional`;
    `unconditional_unadjusted`, `conditional_unadjusted`; `confidence`, `method`."""

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("column", "category"), ""),
        **dict.fromkeys(("n", "respondents"), "integer"),
        "rate": "percent",
        **with_limits("partial_unconditional", "decimal3", se="decimal3"),
        **PVALUES,
        **dict.fromkeys(
            (
                "partial_conditional",
                "se_conditional",
                "unconditional_unadjusted",
                "conditional_unadjusted",
            ),
            "decimal3",
        ),
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("bias.partial_caption")


def take_apart(
    cells: pd.DataFrame,
    x: NDArray,
    asked: arithmetic.Asked,
    columns: Sequence[str],
    *,
    factor: float,
    confidence: float,
) -> pd.DataFrame:
    """Return the frame of `PartialIndicators`; `cells` has the categories in `m0`, `m1`, …, `n` and
    `r` (respondents), `factor` is the adjusted over the unadjusted variance of the chances."""
    coded = [pd.factorize(cells[f"m{i}"], sort=True) for i in range(len(columns))]
    found = arithmetic.partials(x, asked, [code for code, _ in coded])
    rows = []
    for name, (code, categories), (whole, parts) in zip(columns, coded, found, strict=True):
        counts = {"n": cells["n"].sum(), "respondents": cells["r"].sum()}
        rows.append({"column": name, "category": WHOLE, **counts, **_of_column(whole, factor)})
        people, here = (np.bincount(code, weights=cells[each]) for each in ("n", "r"))
        rows += [
            {"column": name, "category": category, "n": n, "respondents": r, **_of_category(part)}
            for category, part, n, r in zip(categories, parts, people, here, strict=True)
        ]
    frame = pd.DataFrame(rows).astype({"n": "int64", "respondents": "int64"})
    return _with_limits(frame, confidence)


def _of_column(whole: arithmetic.Partial, factor: float) -> dict[str, Any]:
    """Return a column's row; both indicators are roots of the same kind of sum of squares as R is,
    and are adjusted by the same factor."""
    return _of_category(whole) | {
        "partial_unconditional": whole.unconditional * np.sqrt(factor),
        "partial_conditional": whole.conditional * np.sqrt(factor),
    }


def _of_category(part: arithmetic.Partial) -> dict[str, Any]:
    return {
        "rate": part.rate,
        "partial_unconditional": part.unconditional,
        "se": part.unconditional_se,
        "partial_conditional": part.conditional,
        "se_conditional": part.conditional_se,
        "unconditional_unadjusted": part.unconditional,
        "conditional_unadjusted": part.conditional,
    }


def _with_limits(frame: pd.DataFrame, confidence: float) -> pd.DataFrame:
    value, half = frame["partial_unconditional"], proportions.z_value(confidence) * frame["se"]
    whole = frame["category"] == WHOLE
    tested = ~whole & (frame["se"] > 0)
    pvalue = np.full(len(frame), np.nan)
    adjusted = pvalue.copy()
    pvalue[tested] = 2 * stats.norm.sf((value / frame["se"]).abs()[tested])
    adjusted[tested] = multiplicity.adjust_pvalues(pvalue[tested])
    made = frame.assign(
        ci_low=(value - half).mask(whole, (value - half).clip(lower=0)),
        ci_high=value + half,
        pvalue=pvalue,
        pvalue_adj=adjusted,
        confidence=confidence,
        method=Method.R_INDICATOR.value,
    )
    return made[list(PartialIndicators.columns)]
