"""Answers on the raw scale -> one test of whether segments differ at all, without the cut points of the NPS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from cxlib import check
from cxlib import language as words
from cxlib.result import Result

METHOD = "Kruskal-Wallis"


@dataclass(frozen=True, slots=True, eq=False)
class RankTest(Result):
    """`between, k, n, statistic, df, pvalue, confidence, method`; one row, none where there is nothing to compare."""

    formats: ClassVar[dict[str, str]] = {"statistic": "decimal2", "pvalue": "pvalue", "confidence": "level"}

    def summary(self, language: str = "en") -> str:
        """Say whether answers differ between the segments more than chance explains (at 1 - confidence)."""
        if self.frame.empty:
            return " ".join(self.warnings)
        row = self.frame.iloc[0]
        key = "nps.ranks_differ" if row["pvalue"] < 1 - row["confidence"] else "nps.ranks_alike"
        return words.text(key, language, between=row["between"],
                          k=words.number(row["k"]), n=words.number(row["n"]), statistic=words.number(row["statistic"], 2),
                          df=words.number(row["df"]), p=words.pvalue(row["pvalue"]))


def rank_test(rows: pd.DataFrame, *, score: str, between: str | None, confidence: float = 0.95) -> RankTest:
    """Test whether any segment's answers tend to be higher than another's, on the raw scale.

    Use it before looking at many pairs: one question first. It does not depend on the cut points 9 and 6.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row an answer. Rows without a score or a segment are left out.
    score : str
        Column of numbers.
    between : str or None
        Column that tells segments apart. None gives an empty result that says what cannot be known.
    confidence : float
        The sentence speaks of a difference where the p value is below 1 - confidence.

    Returns
    -------
    RankTest
        `statistic` is H corrected for ties, on `df` = k - 1 degrees of freedom.

    Raises
    ------
    ColumnError
        If a column is absent.
    ParameterError
        If `confidence` does not lie between 0 and 1.

    Notes
    -----
    `pingouin.kruskal`; compared with R 4.2.2 `kruskal.test` to 1e-10. The null hypothesis is equal distributions: segments
    with equal NPS but different spread can differ here. All rows are used, in memory.
    """
    import pingouin  # heavy, and used here alone

    confidence = check.confidence(confidence)
    check.columns(list(rows.columns), score=score, between=between)
    if between is None:
        return RankTest(_frame([]), METHOD, (words.text("nps.no_column"),))
    known = rows[[score, between]].dropna().astype({score: float})
    if known[between].nunique() < 2 or known[score].nunique() < 2:
        return RankTest(_frame([]), METHOD, (words.text("nps.ranks_none", between=between),))
    row = pingouin.kruskal(data=known, dv=score, between=between).iloc[0]
    return RankTest(_frame([{"between": between, "k": known[between].nunique(), "n": len(known), "statistic": float(row["H"]),
                             "df": int(row["ddof1"]), "pvalue": float(row["p_unc"]), "confidence": confidence,
                             "method": METHOD}]), METHOD)


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["between", "k", "n", "statistic", "df", "pvalue", "confidence", "method"])
