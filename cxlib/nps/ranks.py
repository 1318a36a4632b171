"""Answers on the raw scale -> whether segments differ at all, and which of two answers higher,
without the NPS's cut points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from cxlib import check, inference
from cxlib import language as words
from cxlib.errors import ColumnError, ParameterError
from cxlib.nps import cautions, pairing
from cxlib.nps.comparison import ADJUSTMENTS
from cxlib.nps.counts import ScoreCounts, names, refuse_taken
from cxlib.nps.scores import counted
from cxlib.result import Absent, Result

METHOD = "Kruskal-Wallis"
BRUNNER_MUNZEL, BOUND = "Brunner-Munzel", "Wilson, largest variance"
FEW = 10  # answers on a side below which Brunner and Munzel (2000) call their approximation rough
COLUMNS = (
    "a",
    "b",
    "n_a",
    "n_b",
    "superiority",
    "ci_low",
    "ci_high",
    "statistic",
    "df",
    "pvalue",
    "pvalue_adj",
    "u",
    "mw_pvalue",
    "confidence",
    "method",
)


@dataclass(frozen=True, slots=True, eq=False)
class RankTest(Result):
    """Whether segments differ at all: `between, k, n, statistic, df, pvalue, confidence, method`;
    one row, or none."""

    formats: ClassVar[dict[str, str]] = {
        "statistic": "decimal2",
        "pvalue": "pvalue",
        "confidence": "level",
    }

    def summary(self, language: str = "en") -> str:
        """Say whether answers differ between the segments more than chance explains (at 1 -
        confidence)."""
        if self.frame.empty:
            return " ".join(self.warnings)
        row = self.frame.iloc[0]
        key = "nps.ranks_differ" if row["pvalue"] < 1 - row["confidence"] else "nps.ranks_alike"
        return words.text(
            key,
            language,
            between=row["between"],
            k=words.number(row["k"]),
            n=words.number(row["n"]),
            statistic=words.number(row["statistic"], 2),
            df=words.number(row["df"]),
            p=words.pvalue(row["pvalue"]),
        )


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
        return Absent.of("nps.no_column")
    try:
        known = rows[[score, between]].dropna().astype({score: float})
    except (TypeError, ValueError):
        raise ColumnError(
            f"score={score!r} does not hold numbers; turn the answers into scores with "
            "cx.scales.parse_scores "
            "first"
        ) from None
    if known[between].nunique() < 2 or known[score].nunique() < 2:
        return RankTest(_frame([]), METHOD, (words.text("nps.ranks_none", between=between),))
    row = pingouin.kruskal(data=known, dv=score, between=between).iloc[0]
    return RankTest(
        _frame(
            [
                {
                    "between": between,
                    "k": known[between].nunique(),
                    "n": len(known),
                    "statistic": float(row["H"]),
                    "df": int(row["ddof1"]),
                    "pvalue": float(row["p_unc"]),
                    "confidence": confidence,
                    "method": METHOD,
                }
            ]
        ),
        METHOD,
    )


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(
        rows, columns=["between", "k", "n", "statistic", "df", "pvalue", "confidence", "method"]
    )


@dataclass(frozen=True, slots=True, eq=False)
class RankComparison(Result):
    """Which of two segments answers higher, one row a pair: the columns of `COLUMNS`, after those
    of `by`.

    `superiority` in [0, 1] is P(b > a) + P(b = a) / 2 for a random customer of each, with its
    limits; `statistic`, `df`, `pvalue`, `pvalue_adj` are of the hypothesis that it is one half. `u`
    (of b) and `mw_pvalue` are Mann-Whitney's."""

    formats: ClassVar[dict[str, str]] = (
        dict.fromkeys(("superiority", "ci_low", "ci_high"), "percent")
        | {"statistic": "decimal2", "df": "decimal1"}
        | dict.fromkeys(("pvalue", "pvalue_adj", "mw_pvalue"), "pvalue")
        | {"u": "decimal1", "confidence": "level"}
    )

    def summary(self, language: str = "en") -> str:
        """Say how many pairs differ, and of the clearest how probably a customer of the one answers
        higher."""
        if self.frame.empty:
            return " ".join(self.warnings)
        frame = self.frame
        row = (
            frame.assign(near=-(frame["superiority"] - 0.5).abs())
            .sort_values(["pvalue", "near"], kind="stable")
            .iloc[0]
        )
        group = [words.label(value) for value in row.iloc[: row.index.get_loc("a")]]
        low, share, high = row["ci_low"], row["superiority"], row["ci_high"]
        a, b = "a", "b"
        if share < 0.5:  # the higher one is named second
            low, share, high, a, b = 1 - high, 1 - share, 1 - low, b, a
        sure = int((frame["pvalue_adj"] < 1 - row["confidence"]).sum())
        key = (
            ("some" if sure else "none") if len(frame) > 1 else "one_sure" if sure else "one_unsure"
        )
        return words.text(
            f"nps.superiority_{key}",
            language,
            sure=words.number(sure),
            pairs=words.number(len(frame)),
            a=" · ".join([*group, words.label(row[a])]),
            b=" · ".join([*group, words.label(row[b])]),
            n_a=words.number(row[f"n_{a}"]),
            n_b=words.number(row[f"n_{b}"]),
            share=words.percent(share, 0),
            low=words.number(100 * low),
            high=words.percent(high, 0),
            confidence=words.level(row["confidence"]),
            p=words.pvalue(row["pvalue_adj"]),
        )


def compare_ranks(
    data: Any,
    *,
    between: str | None,
    score: str | None = None,
    by: str | Sequence[str] | None = (),
    adjust: str = "holm",
    confidence: float = 0.95,
    **counting: Any,
) -> RankComparison | Absent:
    """Test for every pair of segments whether one tends to answer higher, on the raw scale, from
    counts alone.

    Use it beside `compare`, to see whether a finding hangs on the cut points 9 and 6; spreads may
    differ.

    Parameters
    ----------
    data : ScoreCounts, or rows in any form that `table.as_table` takes
        Ready counts, or one row an answer.
    between : str or None
        Column whose values are compared. None gives an `Absent` that says what cannot be known.
    score : str, optional
        Column of scores, `"score"` where it is None; not needed with ready counts.
    by : str or sequence of str
        Compare within each value of these columns only; they come first in the frame.
    adjust : {"holm", "BH", "BY", "none"}
        How `pvalue_adj` is made from all rows.
    confidence : float
        Level of the intervals; the sentence speaks of a difference where the adjusted p value is
        below 1 - confidence.
    **counting
        `scale`, `promoter`, `detractor` of `count_scores`; refused with ready counts, which have
        theirs.

    Returns
    -------
    RankComparison

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
        return Absent.of("nps.no_column")
    within = names(by)
    refuse_taken(COLUMNS, by=within)
    counts = unweighted(data, score, (*within, between), counting)
    segments, by_score = score_matrix(counts)
    i, j = pairing.pairs(segments, between)
    if not len(i):
        return RankComparison(
            no_pairs((*within, *COLUMNS)),
            BRUNNER_MUNZEL,
            (words.text("nps.no_pair", column=between), *cautions.of_empty(counts)),
        )
    one, two = segments.iloc[i].reset_index(drop=True), segments.iloc[j].reset_index(drop=True)
    tests = _brunner_munzel(*_placements(by_score, i, j), confidence=confidence)
    frame = one[list(within)].assign(
        a=one[between],
        b=two[between],
        n_a=one["n"],
        n_b=two["n"],
        **tests,
        pvalue_adj=inference.adjusted(tests["pvalue"], method=adjust),
        confidence=confidence,
    )
    return RankComparison(
        frame[[*within, *COLUMNS]],
        BRUNNER_MUNZEL,
        (*_doubts(frame, adjust), *cautions.of_empty(counts)),
    )


def unweighted(
    data: Any, score: str | None, by: Sequence[str], counting: dict[str, Any]
) -> ScoreCounts:
    """Return counts without a design; refuse weights, strata and clusters."""
    counts = counted(data, score, by, counting)
    if counts.design:
        raise ParameterError(
            f"design={counts.design}: this test counts every answer once and alone; count without "
            "weight, "
            "strata and cluster, or use nps.compare, which knows them"
        )
    return counts


def no_pairs(columns: Sequence[str]) -> pd.DataFrame:
    """Return a frame of pairs without a row: what comes before `n_a`, and `method`, is text."""
    texts = {*columns[: columns.index("n_a")], "method"}
    return pd.DataFrame(
        {name: pd.Series(dtype=object if name in texts else float) for name in columns}
    )


def score_matrix(counts: ScoreCounts) -> tuple[pd.DataFrame, NDArray]:
    """Return the segments in natural order (`categories`), and their answers by score: int array,
    shape (segments, scores)."""
    segments = counts.categories()
    by, frame = list(counts.by), counts.frame
    rows = (
        frame.merge(segments[by].assign(_position=np.arange(len(segments))), on=by)
        if by
        else frame.assign(_position=0)
    )
    by_score = np.zeros((len(segments), counts.scale[1] - counts.scale[0] + 1), np.int64)
    by_score[rows["_position"], rows["score"] - counts.scale[0]] = rows["n"]
    return segments, by_score


def _placements(by_score: NDArray, i: NDArray, j: NDArray) -> tuple[NDArray, ...]:
    """Per pair: answers of each side, 2 U of b (whole), sum t (N^2 - t^2) over scores, spread of
    the placements of each side.

    sum t (N^2 - t^2) is N^3 - N less the tie term sum (t^3 - t), without its cancellation.
    """
    m, n = by_score.sum(axis=1)[i], by_score.sum(axis=1)[j]
    below = np.cumsum(by_score, axis=1) - by_score
    twice_u, untied = np.zeros(len(i), np.int64), np.zeros(len(i))
    a, b = ([column[side] for column in by_score.T] for side in (i, j))
    at_a, at_b = (
        [column[side] for column in (2 * below + by_score).T] for side in (i, j)
    )  # twice the mid-ranks
    for a_k, b_k, in_a in zip(a, b, at_a, strict=True):
        twice_u += b_k * in_a
        tied = (a_k + b_k).astype(float)
        untied += tied * (m + n - tied) * (m + n + tied)
    mean_a, mean_b = (2 * m * n - twice_u) / m, twice_u / n
    spread_a = sum(a_k * (in_b - mean_a) ** 2 for a_k, in_b in zip(a, at_b, strict=True)) / 4
    spread_b = sum(b_k * (in_a - mean_b) ** 2 for b_k, in_a in zip(b, at_a, strict=True)) / 4
    return m, n, twice_u, untied, spread_a, spread_b


def _brunner_munzel(
    m: NDArray,
    n: NDArray,
    twice_u: NDArray,
    untied: NDArray,
    spread_a: NDArray,
    spread_b: NDArray,
    *,
    confidence: float,
) -> dict[str, NDArray]:
    above = (twice_u - m * n) / 2  # U minus what is expected under no difference, exact
    share = twice_u / 2 / (m * n)
    with np.errstate(divide="ignore", invalid="ignore"):
        var_a, var_b = spread_a / (m - 1) / m / n / n, spread_b / (n - 1) / n / m / m
        known = (np.minimum(m, n) > 1) & (var_a + var_b > 0)
        df = (var_a + var_b) ** 2 / (var_a**2 / (m - 1) + var_b**2 / (n - 1))
        statistic = np.where(
            known,
            above / (m * n) / np.sqrt(var_a + var_b),
            above / (m * n) * 2 * np.sqrt(np.minimum(m, n)),
        )
        mw = np.where(untied > 0, above / np.sqrt(m * n / 12 * untied / (m + n) / (m + n - 1)), 0.0)
    df = np.where(known, df, np.nan)
    pvalue = np.where(
        known, 2 * stats.t.sf(np.abs(statistic), df), 2 * stats.norm.sf(np.abs(statistic))
    )
    reach = stats.t.ppf(0.5 + confidence / 2, df) * np.sqrt(var_a + var_b)
    least = np.minimum(m, n)
    low, high = inference.wilson(share * least, least, confidence=confidence)
    return {
        "superiority": share,
        "ci_low": np.where(known, np.maximum(share - reach, 0), low),
        "ci_high": np.where(known, np.minimum(share + reach, 1), high),
        "statistic": statistic,
        "df": df,
        "pvalue": pvalue,
        "u": twice_u / 2,
        "mw_pvalue": 2 * stats.norm.sf(np.abs(mw)),
        "method": np.where(known, BRUNNER_MUNZEL, BOUND),
    }


def _doubts(frame: pd.DataFrame, adjust: str) -> tuple[str, ...]:
    bound = frame["method"] == BOUND
    few = ~bound & (frame[["n_a", "n_b"]].min(axis=1) < FEW)
    family = (
        words.text(
            f"nps.family_{adjust.lower()}",
            pairs=words.number(len(frame)),
            method=ADJUSTMENTS[adjust],
        ),
    )
    return (family if len(frame) > 1 else ()) + tuple(
        words.text(key, n=words.number(n), limit=FEW)
        for key, n in (("nps.ranks_bound", bound.sum()), ("nps.ranks_few", few.sum()))
        if n
    )
