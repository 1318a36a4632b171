"""Counts of two or more segments -> which differ for certain, and how large a difference would have
shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse, stats

from cxlib import check, inference
from cxlib import language as words
from cxlib.errors import ParameterError
from cxlib.nps import cautions, differences, figures, intervals, pairing, verdicts
from cxlib.nps.counts import ScoreCounts, names, refuse_taken
from cxlib.nps.design import linearise
from cxlib.nps.scores import LINEARISED, counted
from cxlib.result import Absent, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POWER = 0.8
REST = "the rest"
COLUMNS = (
    "a",
    "b",
    "n_a",
    "n_b",
    "nps_a",
    "nps_b",
    "difference",
    "se",
    "ci_low",
    "ci_high",
    "statistic",
    "df",
    "pvalue",
    "pvalue_adj",
    "detectable",
    "n_needed",
    "verdict",
    "reason",
    "confidence",
    "method",
)
MARGIN = ("pvalue_equivalent", "pvalue_not_worse")
METHODS = {
    "score": "MOVER of score limits (Tango)",
    "mover": "MOVER of Newcombe-Wilson limits",
    "adjusted_wald": "adjusted Wald (+3/4, +3/2, +3/4)",
    "wald": "Wald",
    "t": "Welch t",
}
ADJUSTMENTS = {
    "holm": "Holm",
    "BH": "Benjamini-Hochberg",
    "BY": "Benjamini-Yekutieli",
    "none": "unadjusted",
}


@dataclass(frozen=True, slots=True, eq=False)
class Comparison(Result):
    """Differences b minus a, one row a pair: the columns of `COLUMNS`; NPS and differences in
    points.

    `pvalue` and the interval come from one inversion, so they never disagree; `pvalue_adj` is
    adjusted over all rows, and `verdict` follows it. `directed`: the pairs follow one another in
    time."""

    between: str = ""
    directed: bool = False
    margin: float | None = None
    formats: ClassVar[dict[str, str]] = (
        dict.fromkeys(("nps_a", "nps_b", "se", "detectable"), "points")
        | dict.fromkeys(("pvalue", "pvalue_adj", *MARGIN), "pvalue")
        | dict.fromkeys(("difference", "ci_low", "ci_high"), "change")
        | {"statistic": "decimal2", "df": "decimal1", "n_needed": "integer", "confidence": "level"}
    )

    def summary(self, language: str = "en") -> str:
        """Say in one sentence how many of the pairs differ, and which is clearest."""
        if self.frame.empty:
            return " ".join(self.warnings)
        if self.frame["pvalue"].isna().all():
            return words.text("nps.none_known", language, **self._numbers())
        return words.text(
            f"nps.{self._key()}", language, **self._numbers(), **self._said(self._clearest)
        )

    def findings(self, language: str = "en") -> tuple[str, ...]:
        """Say the last change and, where it cannot be told, what would have shown; the summary
        where nothing has an order."""
        if self.frame.empty or not self.directed:
            return (self.summary(language),)
        row = self.frame.iloc[-1]
        known = self._numbers() | self._said(row)
        said = words.text(f"nps.change_{self._word(row)}", language, **known)
        key = "nps.would_have_shown_among" if len(self.frame) > 1 else "nps.would_have_shown"
        if row["verdict"] != "cannot tell" or not np.isfinite(row["n_needed"]):
            return (said,)
        size = abs(row["difference"]) if self.margin is None else self.margin
        return said, words.text(
            key, language, **known, needed=words.number(row["n_needed"]), wanted=_short(size)
        )

    def title(self, language: str = "en") -> str:
        """Say the finding in a few words, as the title of a figure; empty where there is nothing to
        compare."""
        if self.frame.empty:
            return ""
        if self.directed:
            row = self.frame.iloc[-1]
            return words.text(
                f"nps.title_{row['verdict'].replace(' ', '_')}", language, **self._said(row)
            )
        if self.frame["pvalue"].isna().all() and len(self.frame) > 1:
            return words.text("nps.title_none_known", language)
        return words.text(
            f"nps.title_{self._key()}",
            language,
            **self._numbers(),
            **self._said(self.frame.iloc[0]),
        )

    @property
    def _clearest(self) -> pd.Series:
        """The row with the smallest p value, of those with a verdict where there are any."""
        judged = self.frame[self.frame["verdict"] != "do not compare"]
        rows = judged if len(judged) else self.frame
        return rows.loc[rows["pvalue"].idxmin()]

    def _word(self, row: pd.Series) -> str:
        """Return which sentence says a change: its verdict, or why there is none."""
        if row["verdict"] == "do not compare":
            return (
                "too_few"
                if min(row["n_a"], row["n_b"]) < verdicts.FEWEST and pd.notna(row["pvalue"])
                else "unknown"
            )
        # the interval leaves 0 out: say why that is no verdict
        alone = row["verdict"] == "cannot tell" and row["pvalue"] < 1 - row["confidence"]
        return "alone" if alone else row["verdict"].replace(" ", "_")

    def _key(self) -> str:
        equivalent = "equivalent" in set(self.frame["verdict"])
        if len(self.frame) > 1:
            return "some" if self._sure else "none_equivalent" if equivalent else "none"
        verdict = self.frame["verdict"].iloc[0]
        return (
            "one_sure"
            if self._sure
            else "one_equivalent"
            if equivalent
            else "do_not_compare"
            if verdict == "do not compare"
            else "one_unsure"
        )

    @property
    def _sure(self) -> int:
        return int(self.frame["verdict"].isin(("up", "down")).sum())

    def _numbers(self) -> dict[str, str]:
        margin = "" if self.margin is None else _short(self.margin)
        equivalent = int((self.frame["verdict"] == "equivalent").sum())
        return {
            "sure": words.number(self._sure),
            "pairs": words.number(len(self.frame)),
            "margin": margin,
            "equivalent": words.number(equivalent),
            "limit": words.number(verdicts.FEWEST),
        }

    def _said(self, row: pd.Series) -> dict[str, str]:
        return _said(row, directed=self.directed, values=self.frame.columns.get_loc("a"))

    def plot(self, ax: Axes | None = None, *, finding: str = "", language: str = "en") -> Axes:
        """Draw each pair's difference with its interval; those that differ for certain in
        colour."""
        measured = (
            ""
            if self.frame.empty
            else words.text(
                "nps.measured_difference",
                language,
                confidence=words.level(self.frame["confidence"].iloc[0]),
            )
        )
        if len(self.frame) > figures.MOST:
            measured += words.text(
                "nps.largest", language, shown=figures.MOST, pairs=words.number(len(self.frame))
            )
        return figures.differences(
            self.frame,
            ax,
            finding=finding or self.title(language) or self.summary(language),
            measured=measured,
        )


def compare(
    data: Any,
    *,
    between: str | None,
    score: str | None = None,
    by: str | Sequence[str] | None = (),
    reference: Any = None,
    against: Literal["each", "rest", "previous"] = "each",
    method: str | None = None,
    alternative: Literal["two-sided", "greater", "less"] = "two-sided",
    adjust: str = "holm",
    margin: float | None = None,
    confidence: float = 0.95,
    **counting: Any,
) -> Comparison | Absent:
    """Test NPS differences between segments or waves, with intervals that belong to the tests.

    Use it before calling a move a move. Interval and p value come from the same inversion.

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
    reference : value of `between`, optional
        Compare every other value with this one (it is `a`); `against` then changes nothing.
    against : {"each", "rest", "previous"}
        All pairs; each value with all others together (`a` is "the rest"; never with the total,
        which contains it); or each value with the one before it in natural order (waves). Of two
        values alone, each is the other's rest: one pair.
    method : str, optional
        None is `"score"` (MOVER on Tango's limits), or the linearised t where weights, strata or
        clusters are given. Others, for unweighted answers: `"mover"` (MOVER on Newcombe-Wilson
        limits), `"adjusted_wald"` (+3/4, +3/2, +3/4 in each group), `"wald"`, `"t"` (Welch).
    alternative : {"two-sided", "greater", "less"}
        Whether b is asked to be higher or lower than a; the interval then has one end.
    adjust : {"holm", "BH", "BY", "none"}
        How p values are adjusted for the number of pairs (see `inference.adjusted`).
    margin : float, optional
        Smallest difference in points that matters; adds `pvalue_equivalent` (two one-sided tests:
        the difference is less than the margin either way) and `pvalue_not_worse` (b is not lower
        than a by the margin).
    confidence : float
        Level of the intervals; verdicts use 1 - confidence on adjusted p values.
    **counting
        `weight`, `strata`, `cluster`, `scale`, `promoter`, `detractor` of `count_scores`; refused
        with ready counts.

    Returns
    -------
    Comparison
        One row a pair, `difference` = b minus a in points; `detectable` is the smallest true
        difference that such numbers of answers would show (80 % power): (z(1 - alpha/2) + z(0.8))
        se, with quantiles of t where the test has them, and with alpha over the number of pairs
        under Holm, as for the clearest of them; `n_needed` is how many answers on each side (under
        clusters: from as many more clusters) would show the margin (where none is given, the
        observed difference) with that power; `verdict` is up, down, equivalent, cannot tell or do
        not compare, and `reason` says why.

    Raises
    ------
    ParameterError
        If `reference` is not a value of `between`; if `against`, `method`, `alternative` or
        `adjust` is unknown; if a method is asked for together with a design; if `margin` is not
        above 0, or a one-sided `confidence` not above 0.5.
    ColumnError
        If a column of `by` has the name of a column of the result; and what `count_scores` refuses.

    Notes
    -----
    MOVER (Newcombe 1998; Zou and Donner 2008) on Tango's score limits; the p value is where the
    interval's end meets 0. `se` is the unpooled sqrt(V1/n1 + V2/n2); a group whose answers are all
    of one kind enters it with Rocks' +3/4, +3/2, +3/4 counts, for its plain variance of 0 is not
    knowledge. Limits compared with exact arithmetic to 1e-9 on [-1, 1]; Wald, Welch and adjusted
    Wald with R to 1e-12; the linearised t with R survey 4.1 `svycontrast` and `svyttest` to 1e-12.
    Size at 5 %, by exact enumeration over eight shapes of answers: at most 5.6 % from 20 to a side
    on, 6.3 % from 5 on, but 10.6 % at 2 to a side; so a side with fewer than 5 answers gets no
    verdict. A pooled test is not offered: it asks for equal distributions, not equal NPS.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame(
    ...     {
    ...         "wave": ["Q1"] * 100 + ["Q2"] * 100,
    ...         "score": [10] * 35 + [8] * 40 + [3] * 25 + [10] * 50 + [8] * 30 + [3] * 20,
    ...     }
    ... )
    >>> compare(rows, score="score", between="wave").frame[["difference", "verdict"]].to_dict(
    ...     "records"
    ... )
    [{'difference': 20.0, 'verdict': 'cannot tell'}]
    """
    check.one_of("against", against, ("each", "rest", "previous"))
    check.one_of("alternative", alternative, ("two-sided", "greater", "less"))
    check.one_of("method", method, (None, *METHODS))
    if margin is not None and not 0 < margin <= 200:
        raise ParameterError(
            f"margin={margin!r} must be above 0 and at most 200: it is the smallest difference in "
            "points that "
            "matters"
        )
    if alternative != "two-sided" and not check.confidence(confidence) > 0.5:
        raise ParameterError(
            f"confidence={confidence!r} must be above 0.5 with alternative={alternative!r}, whose "
            "interval has "
            "one end; write 0.95 for 95 %"
        )
    name = METHODS[method or "score"]
    if between is None:
        return Absent.of("nps.no_column")
    within = names(by)
    refuse_taken(COLUMNS, by=within)
    counts = counted(data, score, (*within, between), counting)
    if counts.design and method is not None:
        raise ParameterError(
            f"method={method!r} is for unweighted answers; leave it out, or count without "
            "weight, strata and cluster"
        )
    cells = counts.categories()
    if reference is not None and len(cells):
        check.one_of("reference", reference, dict.fromkeys(cells[between]))
    if reference is not None or (against == "rest" and _largest(cells, within) < 3):
        against = "each"
    i, j = pairing.pairs(cells, between, reference=reference, against=against)
    if not len(i):
        return Comparison(_empty(within, margin), name, (_nothing(cells, between, within),))
    members, a = (
        (pairing.with_rests(cells, within), i + len(cells)) if against == "rest" else (None, i)
    )
    frame = _tested(
        counts,
        cells,
        (a, j),
        members=members,
        method=method or "score",
        alternative=alternative,
        adjust=adjust,
        margin=margin,
        confidence=check.confidence(confidence),
    )
    values, ends = cells[between].to_numpy(), cells[list(within)].iloc[j].reset_index(drop=True)
    frame = pd.concat(
        [ends, frame.assign(a=REST if against == "rest" else values[i], b=values[j])], axis=1
    )
    return Comparison(
        frame[_columns(within, margin)],
        frame["method"].iloc[0],
        (*cautions.of_empty(counts), *_cautions(frame, cells, adjust, method, (*within, between))),
        between=between,
        directed=against == "previous",
        margin=margin,
    )


def _largest(cells: pd.DataFrame, within: tuple[str, ...]) -> int:
    return (
        int(cells.groupby(list(within), observed=True).size().max())
        if within and len(cells)
        else len(cells)
    )


def _short(size: float) -> str:
    return words.points(size, 0 if float(size).is_integer() else 1)


def _columns(within: tuple[str, ...], margin: float | None) -> list[str]:
    at = COLUMNS.index("verdict")
    return [*within, *COLUMNS[:at], *(MARGIN if margin is not None else ()), *COLUMNS[at:]]


def _empty(within: tuple[str, ...], margin: float | None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            name: pd.Series(
                dtype=object
                if name in ("a", "b", "verdict", "reason", "method", *within)
                else float
            )
            for name in _columns(within, margin)
        }
    )


def _nothing(cells: pd.DataFrame, between: str, within: tuple[str, ...]) -> str:
    if cells.empty:
        return words.text("nps.nobody_in", columns=words.joined(map(repr, (*within, between))))
    return words.text("nps.one_value", column=between, value=words.label(cells[between].iloc[0]))


def _tested(
    counts: ScoreCounts,
    cells: pd.DataFrame,
    pairs: tuple[NDArray, NDArray],
    *,
    members: sparse.csr_array | None,
    method: str,
    alternative: str,
    adjust: str,
    margin: float | None,
    confidence: float,
) -> pd.DataFrame:
    """Return the frame of a comparison without its labels."""
    i, j = pairs
    n, nps, answer, sides, name = _sides(counts, cells, members, method)
    difference, df, alpha = nps[j] - nps[i], sides.df(i, j), 1 - confidence
    low, high = sides.limits(i, j, confidence if alternative == "two-sided" else 2 * confidence - 1)
    statistic, se = sides.statistic(i, j), 100 * sides.se(i, j)
    p = differences.pvalue(statistic, df, alternative)
    tail = (
        alpha
        / (2 if alternative == "two-sided" else 1)
        / (max((~np.isnan(p)).sum(), 1) if adjust == "holm" else 1)
    )
    reach = stats.norm.isf(tail) + stats.norm.ppf(POWER)
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = (
            reach**2
            * (answer[i] + answer[j])
            / (difference if margin is None else margin / 100) ** 2
        )
    frame = pd.DataFrame(
        {
            "n_a": n[i].astype("int64"),
            "n_b": n[j].astype("int64"),
            "nps_a": 100 * nps[i],
            "nps_b": 100 * nps[j],
            "difference": 100 * difference,
            "se": se,
            "ci_low": -200.0 if alternative == "less" else 100 * np.maximum(low, -2),
            "ci_high": 200.0 if alternative == "greater" else 100 * np.minimum(high, 2),
            "statistic": statistic,
            "df": df,
            "pvalue": p,
            "pvalue_adj": inference.adjusted(p, method=adjust),
            "detectable": (stats.t.isf(tail, df) + stats.t.ppf(POWER, df)) * se,
            "n_needed": np.ceil(needed),
            "confidence": confidence,
            "method": f"{name}, {ADJUSTMENTS[adjust]}",
        }
    )
    if margin is not None:
        worse, better = (
            differences.pvalue(sides.statistic(i, j, null), df, side)
            for null, side in ((-margin / 100, "greater"), (margin / 100, "less"))
        )
        frame = frame.assign(pvalue_equivalent=np.maximum(worse, better), pvalue_not_worse=worse)
    return verdicts.decided(frame, adjust=adjust)


def _sides(
    counts: ScoreCounts,
    cells: pd.DataFrame,
    members: sparse.csr_array | None,
    method: str,
) -> tuple[NDArray, NDArray, NDArray, differences.Inverted | differences.Symmetric, str]:
    """Return n, NPS and the variance of one answer of each side, the sides, and the name of the
    method."""
    if counts.design:
        found = linearise(counts, sides=members)
        sides = differences.of_design(found)
        return found.n, found.nps, sides.variance * found.n, sides, LINEARISED
    sums = cells[["promoters", "n", "detractors"]].to_numpy(float)
    a, n, c = (sums if members is None else members @ sums).T
    return (
        n,
        intervals.nps_of(a, n, c),
        intervals.known_variance(a, n, c) * n,
        differences.of_counts(a, n, c, method=method),
        METHODS[method],
    )


def _cautions(
    frame: pd.DataFrame, cells: pd.DataFrame, adjust: str, method: str | None, by: tuple[str, ...]
) -> tuple[str, ...]:
    out = []
    if len(frame) > 1:
        out.append(
            words.text(
                f"nps.family_{adjust.lower()}",
                pairs=words.number(len(frame)),
                method=ADJUSTMENTS[adjust],
            )
        )
    few = int((frame[["n_a", "n_b"]].min(axis=1) < verdicts.FEWEST).sum())
    if few:
        out.append(words.text("nps.no_verdict", limit=verdicts.FEWEST, n=words.number(few)))
    unknown = int(frame["pvalue"].isna().sum())
    if unknown:
        out.append(words.text("nps.no_variance", n=words.number(unknown)))
    if method in ("wald", "t"):
        out += cautions.of_method(
            cells.assign(ci_low=0.0, ci_high=0.0, method=METHODS[method]), method, by
        )
    return tuple(out)


def _said(row: pd.Series, *, directed: bool, values: int) -> dict[str, str]:
    group = [words.label(value) for value in row.iloc[:values]]
    a, b, sign, low, high = "a", "b", 1, "ci_low", "ci_high"
    if not directed and row["difference"] < 0:  # without an order the higher one is named second
        a, b, sign, low, high = "b", "a", -1, "ci_high", "ci_low"
    return {
        "a": " · ".join([*group, words.label(row[a])]),
        "b": " · ".join([*group, words.label(row[b])]),
        "nps_a": words.points(row[f"nps_{a}"]),
        "nps_b": words.points(row[f"nps_{b}"]),
        "n_a": words.number(row[f"n_{a}"]),
        "n_b": words.number(row[f"n_{b}"]),
        "difference": words.points(sign * row["difference"], sign=True),
        "size": words.points(abs(row["difference"])),
        "low": words.points(sign * row[low], sign=True),
        "high": words.points(sign * row[high], sign=True),
        "p": words.pvalue(row["pvalue_adj"]),
        "p_alone": words.pvalue(row["pvalue"]),
        "detectable": words.points(row["detectable"], 0),
        "confidence": words.level(row["confidence"]),
    }
