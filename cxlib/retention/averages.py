"""A retention triangle -> retention by age over one fixed set of cohorts, so that it cannot rise
because cohorts drop out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from cxlib import check
from cxlib.retention.absence import without_counts
from cxlib.retention.ages import Kind
from cxlib.retention.fixed_cohorts import over_fixed_cohorts
from cxlib.retention.method_names import Method
from cxlib.retention.triangle_words import headline, span
from cxlib.retention.triangles import Triangle
from cxlib.retention.units import age_words
from cxlib.shown.message import Message
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method, with_limits


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Average(Result):
    """Retention by age over one fixed set of cohorts, weighted by size; `frame` has `age, cohorts,
    size, retained, rate, ci_low, ci_high, confidence, method`.

    Where the ages are brackets, `age` is the first age of each and `until` the last.
    """

    kind: Kind = Kind.ON
    period: str = "month"
    days: int | None = None

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("age", "until", "cohorts", "size", "retained"), ""),
        **with_limits("rate", "percent"),
        **level_and_method(Method),
    }
    row_keys: ClassVar[tuple[str, ...]] = ("age", "until")

    def caption(self) -> Message:
        """Return what its table shows."""
        return Message("retention.average_caption")

    def said_keys(self, place: int) -> Mapping[str, Message]:
        """Say the age of a row with its unit: after 17 months; brackets have theirs in a column."""
        if self.kind is Kind.BRACKET:
            return {}
        age, unit = self.frame["age"].iloc[place], age_words(self.period, self.days, short=True)
        said = Message("retention.units", n=age, one=unit["period"], several=unit["periods"])
        return {"age": Message("retention.after_units", n=age, unit=said)}

    def headline(self, language: str = "en") -> str:
        """Return the finding as a title: the rates at age 1 and at the last age."""
        return headline(self.frame, self.kind, self.period, self.days).text(language)

    def summary(self, language: str = "en") -> str:
        """Return the rate at the last age with its interval, and over how many cohorts."""
        row = self.frame.iloc[-1]
        shown = {
            "cohorts": row["cohorts"],
            "size": row["size"],
            "rate": row["rate"],
            "low": row["ci_low"],
            "high": row["ci_high"],
        }
        if self.kind is Kind.BRACKET:
            words = age_words(self.period, self.days, short=True)
            said = Message("retention.average_bracket", ages=span(row), **shown, **words)
        elif row["age"]:
            words = age_words(self.period, self.days)
            said = Message("retention.average_summary", age=row["age"], **shown, **words)
        else:
            words = age_words(self.period, self.days)
            said = Message("retention.average_first", **shown, **words)
        return said.text(language)


@check.arguments
def average(
    cells: Triangle | Absent | None,
    *,
    through: int | None = None,
    confidence: float | None = None,
) -> Average | Absent:
    """Average retention by age over a fixed set of cohorts, so that it cannot rise because old
    cohorts drop out.

    Parameters
    ----------
    cells : Triangle, or Absent or None
        From `triangle`.
    through : int, optional
        The oldest age; the cohorts are those whose cells up to it are all complete. By default the
        oldest age that more than half of the cohorts have finished.
    confidence : float, optional
        By default that of the triangle.

    Returns
    -------
    Average or Absent
        One row an age: `cohorts`, `size` and `retained` (customers of all of them), `rate` in [0,
        1] with its Wilson limits, which take the cohorts as one group: customers weigh the same.
        Absent where there is no triangle, and where no cell of it is finished yet.

    Raises
    ------
    ParameterError
        If no cohort has finished `through`, it lies before the first age, or `confidence` does not
        lie between 0 and 1.

    Notes
    -----
    "on_or_after" and "rolling" can then only fall with age, and "returned_by" only rise, whichever
    cohorts there are."""
    if confidence is not None:
        check.confidence(confidence)
    if cells is None or isinstance(cells, Absent):
        return without_counts(cells, Average)
    finished = cells.frame[cells.frame["complete"]]
    if finished.empty:  # windows or brackets that are not over for the whole of any cohort
        return Absent.of("retention.no_average", Average)
    level = float(cells.frame["confidence"].iloc[0]) if confidence is None else confidence
    return Average(
        frame=over_fixed_cohorts(finished, cells.by, through=through, confidence=level),
        method=Method.WILSON,
        kind=cells.kind,
        period=cells.period,
        days=cells.days,
    )
