"""Respondents and weights -> whether two columns of categories go together in the population."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.bias import estimating
from cxlib.bias.counts import sums as counts
from cxlib.bias.kinds import Method
from cxlib.bias.methods import rao_scott as methods
from cxlib.bias.weights import Weights
from cxlib.errors import ColumnError, EmptyDataError
from cxlib.shown import language as words
from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.table import Format


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Association(Result):
    """The test of a weighted table. `frame` has one row: `row`, `column`, `n` (rows that have
    both), `statistic` (F), `df`, `df_error`, `pvalue`, `cramers_v` (of the weighted shares),
    `confidence` (1 minus the level of the test), `method`."""

    columns: ClassVar[Mapping[str, Format]] = {
        "row": "",
        "column": "",
        "n": "integer",
        "statistic": "decimal2",
        **dict.fromkeys(("df", "df_error"), "decimal1"),
        "pvalue": "pvalue",
        "cramers_v": "decimal2",
        "confidence": "level",
        "method": Method,
    }
    shows: ClassVar[Message] = Message("bias.association_caption")

    def summary(self, language: str = "en") -> str:
        """Say whether chance could explain it."""
        row = self.frame.iloc[0]
        sure = row["pvalue"] < 1 - row["confidence"]
        return words.text(
            "bias.association_sure" if sure else "bias.association_unsure",
            language,
            row=row["row"],
            column=row["column"],
            n=row["n"],
            pvalue=row["pvalue"],
            v=row["cramers_v"],
        )


@check.arguments
def rao_scott(
    data: Any,
    *,
    row: str,
    column: str,
    weights: Weights | None = None,
    weight: str | None = None,
    cluster: str | None = None,
    strata: str | None = None,
    population: str | None = None,
    confidence: float = 0.95,
) -> Association:
    """Test whether two columns of categories are independent, where answers are weighted or come in
    clusters.

    Use it in place of a chi-square test, which takes weighted answers for so many people and
    clusters for independent ones, and finds too much.

    Parameters
    ----------
    data : table
        One row a respondent; `weights` must have been made from these rows.
    row, column : str
        Columns of categories; respondents that lack one of them are left out of the table, not out
        of the design.
    weights, weight, cluster, strata, population
        As in `weighted_mean`.
    confidence : float
        The sentence takes a p value below 1 - confidence for more than chance.

    Returns
    -------
    Association
        One row.

    Raises
    ------
    EmptyDataError
        If a column has fewer than two categories among those who have both.
    ColumnError, ParameterError, SourceError, WeightError
        As `weighted_mean`; or if `row` and `column` are the same, or the weights fix the table.

    Notes
    -----
    See `methods.rao_scott`. Equal to R survey 4.1.1 `svychisq` (statistic="F") on the California
    schools to 1e-7. Errors are linearised. The Wald tests of R are not offered: they find too much
    where there are few clusters.

    Examples
    --------
    >>> answers = pd.DataFrame({"plan": list("aabb") * 25, "stays": list("ynyy") * 25})
    >>> rao_scott(answers, row="plan", column="stays").frame["cramers_v"].round(3).tolist()
    [0.577]
    """
    if row == column:
        raise ColumnError(f"row={row!r}, column={column!r}: give two different columns")
    check.confidence(confidence)
    base = estimating.base_of(weights, weight)
    pairs = counts.pairs(data, row=row, column=column)
    groups = counts.sums(
        pairs,
        outcome=counts.BOTH,
        by=counts.PAIR,
        margins=weights.margins if weights is not None else (),
        numeric=weights.numeric if weights is not None else (),
        weight=base,
        split=weights is not None and weights.split,
        cluster=cluster,
        strata=strata,
        population=population,
    )
    groups = estimating.with_factors(groups, weights)
    pair, shape = _numbered(groups, row, column)
    found = methods.test(groups, estimating.constraints_of(weights), pair, shape)
    n = int(groups["answered"].sum())
    frame = pd.DataFrame(
        {
            "row": [row],
            "column": [column],
            "n": [n],
            "statistic": [found.statistic],
            "df": [found.df],
            "df_error": [found.df_error],
            "pvalue": [found.pvalue],
            "cramers_v": [found.cramers_v],
            "confidence": [confidence],
            "method": [Method.RAO_SCOTT.value],
        }
    )
    left = int(groups["n"].sum()) - n
    said = (Message("bias.no_pair", row=row, column=column, n=left),) if left else ()
    told = (*said, *estimating.told_of(weights), *estimating.few_clusters(groups))
    return Association(frame=frame, method=Method.RAO_SCOTT, warnings=told)


def _numbered(groups: pd.DataFrame, row: str, column: str) -> tuple[NDArray, tuple[int, int]]:
    """Number the pairs of categories that have a weight above 0."""
    there = (groups["r_d"] > 0) & (groups["factor"] > 0)
    names = groups["domain"].where(there).str.split(counts.BETWEEN, n=1, expand=True)
    codes, sizes = [], []
    for i, name in enumerate((row, column)):
        code, categories = pd.factorize(names[i] if i in names else pd.Series(dtype=object))
        if len(categories) < 2:
            raise EmptyDataError(
                f"{'row' if i == 0 else 'column'}={name!r} has {len(categories)} categories among "
                "the respondents that have both columns; a test of a table needs two or more"
            )
        codes.append(code)
        sizes.append(len(categories))
    pair = np.where((codes[0] >= 0) & (codes[1] >= 0), codes[0] * sizes[1] + codes[1], -1)
    return pair, (sizes[0], sizes[1])
