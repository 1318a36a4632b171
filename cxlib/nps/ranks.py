"""Answers on the raw scale -> whether segments differ at all, and which of two answers higher,
without the NPS's cut points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.errors import ColumnError
from cxlib.methods import multiplicity
from cxlib.methods.multiplicity import Adjustment
from cxlib.nps import cautions, pairing
from cxlib.nps.counts import unweighted_counts_of
from cxlib.nps.method_names import Method
from cxlib.nps.methods.ranks import brunner_munzel, placements
from cxlib.nps.score_counts import as_columns
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import PAIR, PVALUES, level_and_method, with_limits

_KEYS = (
    "nps.superiority_some",
    "nps.superiority_none",
    "nps.superiority_one_sure",
    "nps.superiority_one_unsure",
)
FEW = 10  # answers on a side below which Brunner and Munzel (2000) call their approximation rough


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RankTest(Result):
    """Whether segments differ at all: `between, k, n, statistic, df, pvalue, confidence, method`;
    one row, or none."""

    columns: ClassVar[Mapping[str, Format]] = {
        "between": "",
        **dict.fromkeys(("k", "n"), "integer"),
        "statistic": "decimal2",
        "df": "integer",
        "pvalue": "pvalue",
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("nps.caption_rank_test")

    def summary(self, language: str = "en") -> str:
        """Say whether answers differ between the segments more than chance explains (at 1 -
        confidence)."""
        if self.frame.empty:
            return Sentences(self.warnings).text(language)
        row = self.frame.iloc[0]
        said = {name: row[name] for name in ("between", "k", "n", "statistic", "df")}
        said["p"] = row["pvalue"]
        if row["pvalue"] < 1 - row["confidence"]:
            return Message("nps.ranks_differ", **said).text(language)
        return Message("nps.ranks_alike", **said).text(language)


@check.arguments
def rank_test(
    rows: pd.DataFrame, *, score: str, between: str | None, confidence: float = 0.95
) -> RankTest | Absent:
    """Test whether any segment's answers tend to be higher than another's, on the raw scale.

    Use it before looking at many pairs: one question first. It does not depend on the cut points 9
    and 6.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row an answer. Rows without a score or a segment are left out.
    score : str
        Column of numbers.
    between : str or None
        Column that tells segments apart. None gives an `Absent` that says what cannot be known.
    confidence : float
        The sentence speaks of a difference where the p value is below 1 - confidence.

    Returns
    -------
    RankTest
        `statistic` is H corrected for ties, on `df` = k - 1 degrees of freedom.

    Raises
    ------
    ColumnError
        If a column is absent, or `score` is not numeric.
    ParameterError
        If `confidence` does not lie between 0 and 1.

    Notes
    -----
    `pingouin.kruskal`; compared with R 4.2.2 `kruskal.test` to 1e-10. The null hypothesis is equal
    distributions: segments with equal NPS but different spread can differ here. All rows are used,
    in memory."""
    import pingouin  # heavy, and used here alone

    confidence = check.confidence(confidence)
    check.columns(list(rows.columns), score=score, between=between)
    if between is None:
        return Absent.of("nps.no_column", RankTest)
    try:
        known = rows[[score, between]].dropna().astype({score: float})
    except (TypeError, ValueError):
        raise ColumnError(
            f"score={score!r} does not hold numbers; turn the answers into scores with "
            "cx.scales.parse_scores first"
        ) from None
    if known[between].nunique() < 2 or known[score].nunique() < 2:
        return RankTest(
            frame=pd.DataFrame(columns=list(RankTest.columns)),
            method=Method.KRUSKAL_WALLIS,
            warnings=(Message("nps.ranks_none", between=between),),
        )
    row = pingouin.kruskal(data=known, dv=score, between=between).iloc[0]
    found = {
        "between": between,
        "k": known[between].nunique(),
        "n": len(known),
        "statistic": float(row["H"]),
        "df": int(row["ddof1"]),
        "pvalue": float(row["p_unc"]),
        "confidence": confidence,
        "method": Method.KRUSKAL_WALLIS.value,
    }
    return RankTest(frame=pd.DataFrame([found]), method=Method.KRUSKAL_WALLIS)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RankComparison(Result):
    """Which of two segments answers higher, one row a pair.

    `frame`: the columns of `by`, then `a, b, n_a, n_b, superiority, ci_low, ci_high, statistic, df,
    pvalue, pvalue_adj, u, mw_pvalue, confidence, method`.

    `superiority` in [0, 1] is P(b > a) + P(b = a) / 2 for a random customer of each, with its
    limits; `statistic`, `df`, `pvalue`, `pvalue_adj` are of the hypothesis that it is one half. `u`
    (of b) and `mw_pvalue` are Mann-Whitney's."""

    columns: ClassVar[Mapping[str, Format]] = {
        **PAIR,
        **with_limits("superiority", "percent"),
        "statistic": "decimal2",
        "df": "decimal1",
        **PVALUES,
        "u": "decimal1",
        "mw_pvalue": "pvalue",
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("nps.caption_rank_comparison")

    def summary(self, language: str = "en") -> str:
        """Say how many pairs differ, and of the clearest how probably a customer of the one answers
        higher."""
        frame = self.frame
        if frame.empty:
            return Sentences(self.warnings).text(language)
        near = -(frame["superiority"] - 0.5).abs()
        row = frame.loc[frame.assign(near=near).sort_values(["pvalue", "near"]).index[0]]
        said = {
            "share": row["superiority"],
            "low": 100 * row["ci_low"],
            "high": row["ci_high"],
            "confidence": row["confidence"],
        }
        return pairing.say_clearest(frame, row, keys=_KEYS, said=said).text(language)


@check.arguments
def compare_ranks(
    data: Any,
    *,
    between: str | None,
    score: str | None = None,
    by: str | Sequence[str] | None = (),
    adjust: str = Adjustment.HOLM,
    confidence: float = 0.95,
    scale: tuple[int, int] | None = None,
    promoter: int | None = None,
    detractor: int | None = None,
) -> RankComparison | Absent:
    """Test for every pair of segments whether one tends to answer higher, on the raw scale, from
    counts alone.

    Use it beside `compare`, to see whether a finding hangs on the cut points 9 and 6; spreads may
    differ.

    Parameters
    ----------
    data, between, score, by
        As in `compare`.
    adjust : {"holm", "BH", "BY", "none"}
        How `pvalue_adj` is made from all rows.
    confidence : float
        Level of the intervals; the sentence speaks of a difference where the adjusted p value is
        below 1 - confidence.
    scale, promoter, detractor : optional
        As in `count_scores`; refused with ready counts, which have theirs.

    Returns
    -------
    RankComparison
        One row a pair: `superiority` in [0, 1], P(b > a) + P(b = a) / 2 for a random customer of
        each, with its limits and the test that it is one half (`statistic`, `df`, `pvalue`,
        `pvalue_adj`), and Mann-Whitney's `u` (of b) and `mw_pvalue`.

    Raises
    ------
    ParameterError
        If the counts carry weights, strata or clusters, which these tests do not know.
    CxError
        What `count_scores` refuses.

    Notes
    -----
    Brunner and Munzel 2000: (superiority - 1/2) / se on t, se from the placements of each side;
    limits are cut to [0, 1]. Where that variance is 0 (all of b above all of a; all answers equal)
    or unknown (one answer on a side), that is no knowledge: limits are Wilson's and p the normal's
    at the largest variance there can be, s (1 - s) / min(n_a, n_b) (van Dantzig 1951); `df` is
    missing there and `method` says so. Mann-Whitney is the normal one with correction for ties and
    without correction for continuity. Compared with scipy, statsmodels (`rank_compare_2indep`) and
    R 4.2.2 `wilcox.test` to 1e-12.

    Examples
    --------
    >>> rows = pd.DataFrame(
    ...     {"wave": ["Q1"] * 40 + ["Q2"] * 40, "score": [3, 6, 8, 9] * 10 + [6, 8, 9, 10] * 10}
    ... )
    >>> compare_ranks(rows, between="wave").frame[["superiority", "u"]].round(3).to_dict("records")
    [{'superiority': 0.719, 'u': 1150.0}]
    """
    confidence = check.confidence(confidence)
    if between is None:
        return Absent.of("nps.no_column", RankComparison, by=as_columns(by))
    counts = unweighted_counts_of(
        data, (*as_columns(by), between), score, scale, promoter, detractor
    )
    segments, by_score = counts.by_score()
    segments, names, carried = counts.name_columns(segments, RankComparison.columns)
    column, within = names[-1], list(names[:-1])
    i, j = pairing.pairs(segments, column)
    empty = cautions.of_counts(counts)
    if not len(i):
        frame = pairing.no_pairs([*within, *RankComparison.columns])
        warnings: tuple[Message, ...] = (Message("nps.no_pair", column=between), *empty)
    else:
        one, two = (segments.iloc[at].reset_index(drop=True) for at in (i, j))
        tests = brunner_munzel(*placements(by_score, i, j), confidence=confidence)
        known = tests.pop("known")
        frame = one[within].assign(
            a=one[column],
            b=two[column],
            n_a=one["n"],
            n_b=two["n"],
            **tests,
            pvalue_adj=multiplicity.adjust_pvalues(tests["pvalue"], method=adjust),
            confidence=confidence,
            method=np.where(known, Method.BRUNNER_MUNZEL.value, Method.WILSON_BOUND.value),
        )[[*within, *RankComparison.columns]]
        warnings = (*_doubts(frame, adjust), *empty)
    return RankComparison(
        frame=frame,
        method=Method.BRUNNER_MUNZEL,
        warnings=warnings,
        carried={name: carried[name] for name in within if name in carried},
    )


def _doubts(frame: pd.DataFrame, adjust: str) -> tuple[Message, ...]:
    out = [*cautions.of_family(len(frame), adjust)]
    bound = frame["method"] == Method.WILSON_BOUND
    few = ~bound & (frame[["n_a", "n_b"]].min(axis=1) < FEW)
    if bound.any():
        out.append(Message("nps.ranks_bound", n=int(bound.sum())))
    if few.any():
        out.append(Message("nps.ranks_few", n=int(few.sum()), limit=FEW))
    return tuple(out)
