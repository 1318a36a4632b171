"""Respondents and the people they stand for -> who is over- and under-represented, column by
column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
from scipy import stats

from cxlib import check, inference
from cxlib import language as words
from cxlib.bias import counts, figures
from cxlib.errors import ColumnError
from cxlib.result import Absent, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LARGE = 0.1  # a standardised difference worth attention (Austin 2009)


@dataclass(frozen=True, slots=True, eq=False)
class Representativeness(Result):
    """Respondents against their frame.

    `frame` has one row a category: `column`, `category`, `n_frame`, `n` (respondents),
    `share_frame`, `share_respondents`, `difference`, `smd` (standardised difference), `rate` (n /
    n_frame; missing where respondents are not part of the frame) with Wilson `ci_low`, `ci_high`,
    `confidence`, `method`. `tests` has one row a column: `column`, `n`, `statistic`, `df`,
    `pvalue`, `pvalue_adj` (Holm), `cramers_v`, `confidence` (missing: a test has no level),
    `method`."""

    tests: pd.DataFrame | None = None

    formats: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("share_frame", "share_respondents", "rate", "ci_low", "ci_high"), "percent"
    ) | {"difference": "percent", "smd": "decimal2", "confidence": "level"}

    def summary(self, language: str = "en") -> str:
        """Say who is most over- and under-represented, and whether chance could do that."""
        ordered = self.frame.sort_values("smd", kind="stable")
        values = {"n": words.number(self.tests["n"].iloc[0])}
        for place, row in (("less", ordered.iloc[0]), ("more", ordered.iloc[-1])):
            values |= {
                f"{place}": _label(row),
                f"{place}_here": words.percent(row["share_respondents"], 0),
                f"{place}_frame": words.percent(row["share_frame"], 0),
            }
        sure = self.tests.loc[self.tests["pvalue_adj"] < 0.05, "column"]
        if self.frame["smd"].abs().max() < LARGE and sure.empty:
            return words.text("bias.alike", language, **values)
        said = words.text("bias.unlike", language, **values)
        key = "bias.unlike_sure" if len(sure) else "bias.unlike_unsure"
        return f"{said} {words.text(key, language, columns=words.joined(sure, language), n=values['n'])}"  # noqa: E501

    def plot(self, ax: Axes | None = None, *, language: str = "en") -> Axes:
        """Draw the standardised differences, sorted (a love plot)."""
        ordered = self.frame.sort_values("smd", kind="stable", ignore_index=True)
        far = int((ordered["smd"].abs() >= LARGE).sum())
        finding = words.text(
            "bias.love_title" if far else "bias.love_title_alike",
            language,
            far=words.number(far),
            of=words.number(len(ordered)),
            most=_label(ordered.loc[ordered["smd"].abs().idxmax()]),
        )
        return figures.love(
            ordered,
            [_label(row) for _, row in ordered.iterrows()],
            LARGE,
            ax,
            finding=finding,
            measured=words.text(
                "bias.love_measured", language, n=words.number(self.tests["n"].iloc[0])
            ),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Tests(Result):
    """The chi-square tests of a `Representativeness`; `frame` is its `tests`."""

    formats: ClassVar[Mapping[str, str]] = {
        "pvalue": "pvalue",
        "pvalue_adj": "pvalue",
        "statistic": "decimal1",
        "cramers_v": "decimal2",
        "df": "integer",
    }


def tests(found: Representativeness | Absent) -> Tests | Absent:
    """Return the tests of a comparison alone; an `Absent` as it is."""
    return found if isinstance(found, Absent) else Tests(found.tests, "chi-square", found.warnings)


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
    Representativeness

    Raises
    ------
    ColumnError
        If a column is absent or blank somewhere, or a respondent's category is not in the frame.

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
        return Absent.of("bias.absent_frame" if frame is None else "bias.absent_margins")
    here, there = (
        counts.per_category(respondents, columns=columns),
        counts.per_category(frame, columns=columns),
    )
    rows, tested, warnings = [], [], []
    for name in columns:
        both = _both(here[name], there[name], name)
        rows.append(_categories(name, both, check.confidence(confidence)))
        tested.append(_test(name, both, warnings))
    tested = pd.DataFrame(tested)
    tested.insert(5, "pvalue_adj", inference.adjusted(tested["pvalue"]))
    return Representativeness(
        pd.concat(rows, ignore_index=True),
        "standardised difference, chi-square",
        tuple(warnings),
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
    low, high = inference.wilson(both["n"], both["n_frame"] if part else 0, confidence=confidence)
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
            "method": "standardised by the frame; Wilson",
        }
    )


def _test(name: str, both: pd.DataFrame, warnings: list[str]) -> dict[str, Any]:
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
        return row | {"method": "none: one category, or nobody is silent"}
    if (silent >= 0).all():
        found = stats.chi2_contingency(np.array([both["n"], silent]), correction=False)
        statistic, pvalue, expected, total = (
            found.statistic,
            found.pvalue,
            found.expected_freq,
            both["n_frame"].sum(),
        )
        method = "chi-square, respondents against silent"
    else:
        expected = (both["n_frame"] / both["n_frame"].sum() * n).to_numpy()
        statistic, pvalue = stats.chisquare(both["n"], expected)
        total, method = n, "chi-square, goodness of fit to the frame"
    if expected.min() < 5:
        warnings.append(
            words.text(
                "bias.few_expected", column=name, expected=words.number(float(expected.min()), 1)
            )
        )
    return row | {
        "statistic": float(statistic),
        "pvalue": float(pvalue),
        "cramers_v": float(np.sqrt(statistic / total)),
        "method": method,
    }


def _label(row: pd.Series) -> str:
    return f"{row['column']}: {row['category']}"
