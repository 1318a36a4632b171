"""The researcher's columns of groups -> columns of counts and results, under names of their own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from cxlib import check
from cxlib.rows.names import carry

# columns of the counts, and of the results that keep the groups of the counts
OWNED = frozenset(
    [
        "a",
        "active",
        "age",
        "age_from",
        "age_to",
        "ages",
        "at_risk",
        "at_risk_weight",
        "b",
        "band_high",
        "band_low",
        "cells",
        "censored",
        "censored_square",
        "censored_weight",
        "ci_high",
        "ci_low",
        "cohort",
        "cohorts",
        "complete",
        "confidence",
        "counted",
        "cumhaz",
        "cumhaz_se",
        "customers",
        "df",
        "elapsed",
        "end",
        "entered",
        "entry",
        "final",
        "first",
        "gone",
        "horizon",
        "known",
        "late",
        "leads",
        "level",
        "lost",
        "lost_square",
        "lost_weight",
        "method",
        "n",
        "ordered",
        "period",
        "prob",
        "pvalue",
        "pvalue_adj",
        "rate",
        "rate_from",
        "rate_to",
        "retained",
        "rmst",
        "rows",
        "se",
        "seen",
        "size",
        "slope",
        "smile",
        "squares",
        "start",
        "statistic",
        "strata",
        "survival",
        "tenure",
        "term",
        "timed",
        "unfit",
        "until",
        "value",
        "weights",
    ]
)


def carry_groups(by: str | Sequence[str] | None) -> dict[str, str]:
    """Return the column in which each column of groups is counted.

    An engine tells no capital letters apart, and its own columns begin with `cx_` or `bits_`.

    >>> carry_groups(["plan", "cohort", "Size"])
    {'plan': 'plan', 'cohort': 'by_cohort', 'Size': 'by_Size'}
    """
    names = (by,) if isinstance(by, str) else tuple(by or ())
    clash = {
        name for name in names if name.lower() in OWNED or name.lower().startswith(("cx_", "bits_"))
    }
    return carry(names, OWNED | clash)


def own_names(columns: Mapping[str, str]) -> dict[str, str]:
    """Return the researcher's name of each column that is counted under another one.

    >>> own_names({"plan": "plan", "cohort": "by_cohort"})
    {'by_cohort': 'cohort'}
    """
    return {column: name for name, column in columns.items() if column != name}


def find_columns(
    by: str | Sequence[str] | None,
    counted: Collection[str],
    carried: Mapping[str, str],
    *,
    parameter: str = "by",
) -> list[str]:
    """Return the columns of counts that hold the groups of `by`, which names them as the researcher
    does; refuse those that were not counted.

    >>> find_columns("cohort", ("plan", "by_cohort"), {"by_cohort": "cohort"})
    ['by_cohort']
    """
    names = [by] if isinstance(by, str) else list(by or ())
    columns = {own: column for column, own in carried.items()}
    columns |= {column: column for column in counted}
    check.columns(list(columns), **{parameter: names})
    return [columns[name] for name in names]
