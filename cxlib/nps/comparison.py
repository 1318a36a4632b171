"""Counts of two or more segments -> which differ for certain, and how large a difference would have shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import pandas as pd
from scipy import stats

from cxlib import check, inference
from cxlib import language as words
from cxlib.nps import figures, intervals
from cxlib.nps.counts import names, refuse_taken
from cxlib.nps.scores import counted
from cxlib.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POWER = 0.8
FEWEST = 5  # answers on each side for a verdict: below, the test rejects too often in polarised groups (see compare's Notes)
COLUMNS = ("a", "b", "n_a", "n_b", "nps_a", "nps_b", "difference", "se", "ci_low", "ci_high", "statistic", "pvalue",
           "pvalue_adj", "detectable", "verdict", "confidence", "method")
METHOD = "MOVER of score limits (Tango), Holm"


@dataclass(frozen=True, slots=True, eq=False)
class Comparison(Result):
    """Differences b minus a, one row a pair: the columns of `COLUMNS`; NPS and differences in points.

    `pvalue` and the interval come from one inversion, so they never disagree; `pvalue_adj` is Holm's over all rows, and
    `verdict` (up, down, cannot tell) follows it. `directed`: the pairs follow one another in time.
    """

    directed: bool = False
    formats: ClassVar[dict[str, str]] = (
        dict.fromkeys(("nps_a", "nps_b", "se", "detectable"), "points") | dict.fromkeys(("pvalue", "pvalue_adj"), "pvalue")
        | dict.fromkeys(("difference", "ci_low", "ci_high"), "change") | {"statistic": "decimal2", "confidence": "level"})

    def summary(self, language: str = "en") -> str:
        """Say in one sentence how many of the pairs differ, and which is clearest."""
        if self.frame.empty:
            return " ".join(self.warnings)
        clearest = _said(self.frame.loc[self.frame["pvalue"].idxmin()], directed=self.directed)
        return words.text(f"nps.{self._key()}", language, **self._numbers(), **clearest)

    def finding(self, language: str = "en") -> str:
        """Say the last change (up, down, or cannot tell and what would have shown); the summary where nothing has an order."""
        if self.frame.empty or not self.directed:
            return self.summary(language)
        row = self.frame.iloc[-1]
        key = row["verdict"].replace(" ", "_")
        if key == "cannot_tell" and row["pvalue"] < 1 - row["confidence"]:  # the interval leaves 0 out: say why not
            key = "alone" if min(row["n_a"], row["n_b"]) >= FEWEST else "too_few"
        return words.text(f"nps.change_{key}", language, **self._numbers(), limit=FEWEST, **_said(row, directed=True))

    def title(self, language: str = "en") -> str:
        """Say the finding in a few words, as the title of a figure; empty where there is nothing to compare."""
        if self.frame.empty:
            return ""
        if self.directed:
            row = self.frame.iloc[-1]
            return words.text(f"nps.title_{row['verdict'].replace(' ', '_')}", language, **_said(row, directed=True))
        return words.text(f"nps.title_{self._key()}", language, **self._numbers(), **_said(self.frame.iloc[0], directed=False))

    def _key(self) -> str:
        return ("some" if self._sure else "none") if len(self.frame) > 1 else "one_sure" if self._sure else "one_unsure"

    @property
    def _sure(self) -> int:
        return int((self.frame["verdict"] != "cannot tell").sum())

    def _numbers(self) -> dict[str, str]:
        return {"sure": words.number(self._sure), "pairs": words.number(len(self.frame))}

    def plot(self, ax: Axes | None = None, *, finding: str = "", language: str = "en") -> Axes:
        """Draw each pair's difference with its interval; those that differ for certain in colour."""
        measured = "" if self.frame.empty else words.text(
            "nps.measured_difference", language, confidence=words.level(self.frame["confidence"].iloc[0]))
        if len(self.frame) > figures.MOST:
            measured += words.text("nps.largest", language, shown=figures.MOST, pairs=words.number(len(self.frame)))
        return figures.differences(self.frame, ax, finding=finding or self.title(language) or self.summary(language),
                                   measured=measured)


def compare(data: Any, *, between: str | None, score: str | None = None, by: str | Sequence[str] | None = (),
            reference: Any = None, against: Literal["each", "previous"] = "each", confidence: float = 0.95,
            **counting: Any) -> Comparison:
    """Test NPS differences between segments or waves, with intervals and Holm's adjustment.

    Use it before calling a move a move. Interval and p value come from the same inversion.

    Parameters
    ----------
    data : ScoreCounts, or rows in any form that `table.as_table` takes
        Ready counts, or one row an answer.
    between : str or None
        Column whose values are compared. None gives an empty result that says what cannot be known.
    score : str, optional
        Column of scores, `"score"` where it is None; not needed with ready counts.
    by : str or sequence of str
        Compare within each value of these columns only; they come first in the frame.
    reference : value of `between`, optional
        Compare every other value with this one (it is `a`); `against` then changes nothing.
    against : {"each", "previous"}
        All pairs, or each value with the one before it in natural order (waves).
    confidence : float
        Level of the intervals; verdicts use 1 - confidence on the adjusted p value.
    **counting
        `scale`, `promoter`, `detractor` of `count_scores`; refused with ready counts, which have theirs.

    Returns
    -------
    Comparison
        One row a pair, `difference` = b minus a in points; `detectable` is the smallest true difference that such numbers
        of answers would show (80 % power, unadjusted): (z(1 - alpha/2) + z(0.8)) se.

    Raises
    ------
    ParameterError
        If `reference` is not a value of `between`, or `against` is unknown.
    ColumnError
        If a column of `by` has the name of a column of the result; and what `count_scores` refuses.

    Notes
    -----
    MOVER (Newcombe 1998; Zou and Donner 2008) on Tango's score limits; the p value is where the interval's end meets 0.
    `se` is the unpooled sqrt(V1/n1 + V2/n2); a group whose answers are all of one kind enters it with Rocks' +3/4, +3/2,
    +3/4 counts, for its plain variance of 0 is not knowledge. Limits compared with exact arithmetic to 1e-9 on [-1, 1].
    Size at 5 %, by exact enumeration over eight shapes of answers: at most 5.6 % from 20 to a side on, 6.3 % from 5 on, but
    10.6 % at 2 to a side; so a side with fewer than 5 answers gets no verdict.
    A pooled test is not offered: it asks for equal distributions, not equal NPS.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"wave": ["Q1"] * 100 + ["Q2"] * 100,
    ...                      "score": [10] * 35 + [8] * 40 + [3] * 25 + [10] * 50 + [8] * 30 + [3] * 20})
    >>> compare(rows, score="score", between="wave").frame[["difference", "verdict"]].to_dict("records")
    [{'difference': 20.0, 'verdict': 'cannot tell'}]
    """
    check.one_of("against", against, ("each", "previous"))
    if between is None:
        return Comparison(_empty(()), METHOD, (words.text("nps.no_column"),))
    within = names(by)
    refuse_taken(COLUMNS, by=within)
    categories = counted(data, score, (*within, between), counting).categories()
    if categories.empty:
        return Comparison(_empty(within), METHOD,
                          (words.text("nps.nobody_in", columns=words.joined(map(repr, (*within, between)))),))
    if reference is not None:
        check.one_of("reference", reference, dict.fromkeys(categories[between]))
    pairs = pd.concat([_pairs(group, between, within, reference, against)
                       for _, group in (categories.groupby(list(within), sort=False) if within else [((), categories)])],
                      ignore_index=True)
    if pairs.empty:
        value = words.label(categories[between].iloc[0])
        return Comparison(_empty(within), METHOD, (words.text("nps.one_value", column=between, value=value),))
    return Comparison(_tested(pairs, within, confidence), METHOD, _cautions(pairs),
                      directed=against == "previous" and reference is None)


def _empty(within: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=object if name in ("a", "b", "verdict", "method", *within) else float)
                         for name in (*within, *COLUMNS)})


def _pairs(group: pd.DataFrame, between: str, within: tuple[str, ...], reference: Any, against: str) -> pd.DataFrame:
    k = len(group)
    if reference is not None:
        at = np.flatnonzero((group[between] == reference).to_numpy())
        others = np.setdiff1d(np.arange(k), at)
        i, j = (np.repeat(at, len(others)), others) if len(at) else (at, at)
    elif against == "previous":
        i, j = np.arange(k - 1), np.arange(1, k)
    else:
        i, j = np.triu_indices(k, 1)
    sides = [group.iloc[index].reset_index(drop=True)[[between, "n", "promoters", "detractors"]] for index in (i, j)]
    joined = pd.concat([side.rename(columns={between: name, "n": f"n_{name}", "promoters": f"promoters_{name}",
                                             "detractors": f"detractors_{name}"})
                        for side, name in zip(sides, "ab", strict=True)], axis=1)
    return pd.concat([group.iloc[i].reset_index(drop=True)[list(within)], joined], axis=1)


def _tested(pairs: pd.DataFrame, within: tuple[str, ...], confidence: float) -> pd.DataFrame:
    z, alpha = inference.z_value(confidence), 1 - confidence
    a, b = (tuple(pairs[f"{name}_{side}"].to_numpy(float) for name in ("promoters", "n", "detractors")) for side in "ab")
    low, high = intervals.difference_limits(b, a, z=z)
    statistic = intervals.difference_z(b, a)
    p = intervals.two_sided(statistic)
    adjusted = inference.holm(p)
    difference = intervals.nps_of(*b) - intervals.nps_of(*a)
    se = np.sqrt(_known_variance(*a) + _known_variance(*b))
    sure = (adjusted < alpha) & (np.minimum(a[1], b[1]) >= FEWEST)
    frame = pairs[[*within, "a", "b", "n_a", "n_b"]].assign(
        nps_a=100 * intervals.nps_of(*a), nps_b=100 * intervals.nps_of(*b), difference=100 * difference, se=100 * se,
        ci_low=100 * low, ci_high=100 * high, statistic=statistic, pvalue=p, pvalue_adj=adjusted,
        detectable=100 * (z + stats.norm.ppf(POWER)) * se,
        verdict=np.where(sure, np.where(difference > 0, "up", "down"), "cannot tell"), confidence=float(confidence),
        method=METHOD)
    return frame[[*within, *COLUMNS]]


def _known_variance(a: np.ndarray, n: np.ndarray, c: np.ndarray) -> np.ndarray:
    """Variance of the NPS; from counts +3/4, +3/2, +3/4 where all answers are of one kind."""
    plain = intervals.variance_of(a, n, c)
    return np.where(plain > 0, plain / n, intervals.variance_of(a + 0.75, n + 3, c + 0.75) / (n + 3))


def _cautions(pairs: pd.DataFrame) -> tuple[str, ...]:
    out = []
    if len(pairs) > 1:
        out.append(words.text("nps.family", pairs=words.number(len(pairs))))
    tiny = int((pairs[["n_a", "n_b"]].min(axis=1) < FEWEST).sum())
    if tiny:
        out.append(words.text("nps.no_verdict", limit=FEWEST, n=words.number(tiny)))
    return tuple(out)


def _said(row: pd.Series, *, directed: bool) -> dict[str, str]:
    group = [words.label(value) for value in row.iloc[:row.index.get_loc("a")]]
    if not directed and row["difference"] < 0:  # without an order the higher one is named second
        row = row.rename({"a": "b", "b": "a", "n_a": "n_b", "n_b": "n_a", "nps_a": "nps_b", "nps_b": "nps_a",
                          "ci_low": "ci_high", "ci_high": "ci_low"})
        row = pd.concat([row.drop(["difference", "ci_low", "ci_high"]), -row[["difference", "ci_low", "ci_high"]]])
    return {"a": " · ".join([*group, words.label(row["a"])]), "b": " · ".join([*group, words.label(row["b"])]),
            "nps_a": words.points(row["nps_a"]), "nps_b": words.points(row["nps_b"]),
            "difference": words.points(row["difference"], sign=True), "size": words.points(abs(row["difference"])),
            "low": words.points(row["ci_low"], sign=True), "high": words.points(row["ci_high"], sign=True),
            "p": words.pvalue(row["pvalue_adj"]), "p_alone": words.pvalue(row["pvalue"]),
            "detectable": words.points(row["detectable"], 0),
            "confidence": words.level(row["confidence"]), "n_a": words.number(row["n_a"]),
            "n_b": words.number(row["n_b"])}

