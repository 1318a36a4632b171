"""Respondents and the people they stand for -> who is over- and under-represented, column by
column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Unpack

import numpy as np
import pandas as pd
from scipy import stats

from cxlib import check
from cxlib.bias import figures
from cxlib.bias.counts import categories
from cxlib.bias.kinds import Method
from cxlib.errors import ColumnError
from cxlib.methods import multiplicity, proportions
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import PVALUES, level_and_method, with_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LARGE = 0.1  # a standardised difference worth attention (Austin 2009)
SURE = 0.05  # an adjusted p value below it is not put down to chance


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Representativeness(Result):
    """Respondents against their frame.

    `frame` has one row a category: `column`, `category`, `n_frame`, `n` (respondents),
    `share_frame`, `share_respondents`, `difference`, `smd` (standardised difference), `rate` (n /
    n_frame; missing where respondents are not part of the frame) with Wilson `ci_low`, `ci_high`,
    `confidence`, `method`. `tests` has one row a column: `column`, `n`, `statistic`, `df`,
    `pvalue`, `pvalue_adj` (Holm), `cramers_v`, `confidence` (missing: a test has no level),
    `method`."""

    tests: pd.DataFrame

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("column", "category"), ""),
        **dict.fromkeys(("n_frame", "n"), "integer"),
        **dict.fromkeys(("share_frame", "share_respondents", "difference"), "percent"),
        "smd": "decimal2",
        **with_limits("rate", "percent"),
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("bias.representativeness_caption")
    rests_on: ClassVar[str | None] = "n_frame"

    def summary(self, language: str = "en") -> str:
        """Say who is most over- and under-represented, and whether chance could do that."""
        n = self.tests["n"].iloc[0]
        sure = self.tests.loc[self.tests["pvalue_adj"] < SURE, "column"].tolist()
        if self.frame["smd"].abs().max() < LARGE and not sure:
            return Message("bias.alike", n=n).text(language)
        ordered = self.frame.sort_values("smd", kind="stable")
        less, more = ordered.iloc[0], ordered.iloc[-1]
        said = Message(
            "bias.unlike",
            less=_label(less),
            less_here=less["share_respondents"],
            less_frame=less["share_frame"],
            more=_label(more),
            more_here=more["share_respondents"],
            more_frame=more["share_frame"],
        )
        chance = (
            Message("bias.unlike_sure", columns=sure)
            if sure
            else Message("bias.unlike_unsure", n=n)
        )
        return Sentences((said, chance)).text(language)

    @drawing
    def plot(self, ax: Axes | None = None, *, language: str = "en", **look: Unpack[Look]) -> Axes:
        """Draw the standardised differences, sorted (a love plot)."""
        ordered = self.frame.sort_values("smd", kind="stable", ignore_index=True)
        far = int((ordered["smd"].abs() >= LARGE).sum())
        most = _label(ordered.loc[ordered["smd"].abs().idxmax()])
        ax = figures.love(
            ordered,
            [_label(row) for _, row in ordered.iterrows()],
            LARGE,
            ax,
            finding=Message("bias.love_title", far=far, of=len(ordered), most=most)
            if far
            else Message("bias.love_title_alike"),
            measured=Message("bias.love_measured", n=self.tests["n"].iloc[0]),
            language=language,
        )
        return self.with_numbers(
            ax,
            ordered,
            [_label(row) for _, row in ordered.iterrows()],
            "smd",
            "share_frame",
            "share_respondents",
            n=None,
            ends={},  # the interval is of the response rate, which is not drawn
            language=language,
        )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Tests(Result):
    """The chi-square tests of a `Representativeness`; `frame` is its `tests`."""

    columns: ClassVar[Mapping[str, Format]] = {
        "column": "",
        "n": "integer",
        "statistic": "decimal1",
        "df": "integer",
        **PVALUES,
        "cramers_v": "decimal2",
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("bias.tests_caption")


@check.arguments
def tests(found: Representativeness | Absent) -> Tests | Absent:
    """Return the tests of a comparison alone; what is absent stays so.

    Parameters
    ----------
    found : Representativeness or Absent
        From `representativeness`.

    Returns
    -------
    Tests or Absent
        One row a column: `column`, `n`, `statistic`, `df`, `pvalue`, `pvalue_adj` (Holm),
        `cramers_v`; `confidence` is missing, since a test has no level. An `Absent` for the same
        reason as the comparison is.
    """
    if isinstance(found, Absent):
        return replace(found, instead_of=Tests)
    return Tests(frame=found.tests, method=Method.CHI_SQUARE, warnings=found.warnings)


@check.arguments
def representativeness(
    respondents: Any, frame: Any, *, columns: Sequence[str], confidence: float = 0.95
) -> Representativeness | Absent:
    """Compare respondents with the people they stand for, by each category of some columns.

    Parameters
    ----------
    respondents : table
        One row a respondent.
    frame : table or None
        One row a person who could have answered, respondents among them. None gives an `Absent`.
    columns : sequence of str
        Columns with categories that both have. Empty gives an `Absent`.
    confidence : float
        Level of the Wilson interval of each category's response rate.

    Returns
    -------
    Representativeness or Absent
        One row a category: `n_frame`, `n`, their shares, `difference`, `smd`, `rate` with its
        limits (missing where respondents are not part of the frame). `tests` has one row a column.
        An `Absent` without a frame or columns.

    Raises
    ------
    ColumnError
        If a column is absent, blank somewhere or named twice, or a respondent's category is not in
        the frame.
    EmptyDataError
        If a table has no rows.
    ParameterError
        If `confidence` does not lie between 0 and 1.
    SourceError
        If a table cannot be read.

    Notes
    -----
    Standardised difference (p_r - p_f) / sqrt(p_f (1 - p_f)): against the frame, with the frame's
    standard deviation. Against the silent ones with a pooled deviation, as after matching, it would
    be larger by about 1 / (1 - response rate). Chi-square: respondents against the silent ones,
    without continuity correction, and Cramer's V; equal to R `chisq.test` on the Danish 1965 survey
    to 1e-12. Where a category has more respondents than the frame has people, the respondents are
    not part of it, and the goodness of fit to the frame's shares is tested. Answers are taken as
    independent: with clusters the p values are too small."""
    if frame is None or not columns:
        return Absent.of(
            "bias.absent_frame" if frame is None else "bias.absent_margins", Representativeness
        )
    here = categories.per_category(respondents, columns=columns)
    there = categories.per_category(frame, columns=columns)
    both = {name: _both(here[name], there[name], name) for name in columns}
    rows = [_categories(name, each, check.confidence(confidence)) for name, each in both.items()]
    found = [_test(name, each) for name, each in both.items()]
    tested = pd.DataFrame([row for row, _ in found])
    tested.insert(5, "pvalue_adj", multiplicity.adjust_pvalues(tested["pvalue"]))
    return Representativeness(
        frame=pd.concat(rows, ignore_index=True),
        method=Method.STANDARDISED,
        warnings=tuple(warning for _, warning in found if warning),
        tests=tested,
    )


def _both(here: pd.Series, there: pd.Series, name: str) -> pd.DataFrame:
    new = here.index.difference(there.index)
    if len(new):
        raise ColumnError(
            f"columns={name!r}: {int(here[new[0]]):,} respondents are {new[0]!r}, which nobody in "
            "the frame is"
            f"{check.did_you_mean(new[0], there.index)}"
        )
    return pd.DataFrame({"n_frame": there, "n": here.reindex(there.index, fill_value=0)}).astype(
        "int64"
    )


def _categories(name: str, both: pd.DataFrame, confidence: float) -> pd.DataFrame:
    share_frame, share = both["n_frame"] / both["n_frame"].sum(), both["n"] / both["n"].sum()
    deviation = np.sqrt(share_frame * (1 - share_frame))
    part = bool((both["n"] <= both["n_frame"]).all())
    low, high = proportions.wilson(both["n"], both["n_frame"] if part else 0, confidence=confidence)
    return pd.DataFrame(
        {
            "column": name,
            "category": both.index,
            "n_frame": both["n_frame"],
            "n": both["n"],
            "share_frame": share_frame,
            "share_respondents": share,
            "difference": share - share_frame,
            "smd": ((share - share_frame) / deviation.where(deviation > 0)).fillna(0.0),
            "rate": both["n"] / both["n_frame"] if part else np.nan,
            "ci_low": low,
            "ci_high": high,
            "confidence": confidence,
            "method": Method.STANDARDISED.value,
        }
    )


def _test(name: str, both: pd.DataFrame) -> tuple[dict[str, Any], Message | None]:
    """Return the test of a column, and a warning where it is approximate."""
    n, silent = int(both["n"].sum()), both["n_frame"] - both["n"]
    row = {
        "column": name,
        "n": n,
        "statistic": np.nan,
        "df": len(both) - 1,
        "pvalue": np.nan,
        "cramers_v": np.nan,
        "confidence": np.nan,
    }
    if len(both) < 2 or not n or silent.sum() == 0:
        return row | {"method": Method.NO_TEST.value}, None
    if (silent >= 0).all():
        found = stats.chi2_contingency(np.array([both["n"], silent]), correction=False)
        statistic, pvalue, expected = found.statistic, found.pvalue, found.expected_freq
        total, method = both["n_frame"].sum(), Method.CHI_SQUARE
    else:
        expected = (both["n_frame"] / both["n_frame"].sum() * n).to_numpy()
        statistic, pvalue = stats.chisquare(both["n"], expected)
        total, method = n, Method.GOODNESS_OF_FIT
    row |= {
        "statistic": float(statistic),
        "pvalue": float(pvalue),
        "cramers_v": float(np.sqrt(statistic / total)),
        "method": method.value,
    }
    least = float(expected.min())
    few = Message("bias.few_expected", column=name, expected=least) if least < 5 else None
    return row, few


def _label(row: pd.Series) -> Message:
    return Message("bias.group", column=row["column"], category=row["category"])
