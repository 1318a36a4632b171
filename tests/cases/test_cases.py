"""Each file of the cases through the studies' functions: what is stated, or a refusal."""

from __future__ import annotations

import re

import pytest
from numpy.testing import assert_allclose

import cxlib as cx
from tests.cases.looked_up import by_functions
from tests.cases.right import CASES, HERE, Case

NAMES = [f"{case.file}-{number}" for number, case in enumerate(CASES)]
SHARED = HERE.parents[2] / "shared" / "cases"
KINDS = ("surveys", "events", "population")


def test_no_file_is_left_out():
    files = {f"{kind}/{path.name}" for kind in KINDS for path in (HERE / kind).iterdir()}
    used = [value for case in CASES for value in (case.file, *case.given.values())]
    assert files <= {name for name in used if isinstance(name, str)}
    if SHARED.is_dir():  # the collection that these are copies of
        there = {f"{kind}/{path.name}" for kind in KINDS for path in (SHARED / kind).iterdir()}
        assert there == files


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_functions_say_what_is_right(case: Case):
    if case.refused:
        with pytest.raises(cx.errors.CxError) as refusal:
            by_functions(case)
        for pattern in case.refused:
            assert re.search(pattern, str(refusal.value)), (pattern, str(refusal.value))
        return
    figures, words = by_functions(case)
    for pattern in case.said:
        assert re.search(pattern, words), (pattern, words)
    if case.nps:
        assert list(figures["nps"]) == list(case.nps)
        for wave, (nps, n) in case.nps.items():
            assert_allclose(figures["nps"][wave][0], nps, rtol=1e-12)
            assert figures["nps"][wave][1] == n
    for pair, move in case.moves.items():
        assert_allclose(figures["moves"][pair], move, rtol=1e-12)
    for name, value in case.retention.items():
        found = LOOKED_UP[name](figures)
        if isinstance(value, dict):
            found = {month: found[month] for month in value}
        assert found == value, name


LOOKED_UP = {
    "as_of": lambda found: found["as_of"],
    "customers": lambda found: int(found["movements"]["new"].sum()),
    "first_cohort": lambda found: found["movements"]["period"].min().date(),
    "lost": lambda found: int(found["everyone"]["lost"].sum()),
    "revenue": lambda found: float(found["revenue"]["revenue"].sum()),
    "by_month": lambda found: _by_month(found["revenue"], "revenue"),
    "returning": lambda found: _by_month(found["revenue"], "returned_revenue"),
    "cohorts_at_1": lambda found: int(found["average"].set_index("age").loc[1, "cohorts"]),
}


def _by_month(revenue, column):
    months = [period.month for period in revenue["period"]]
    return dict(zip(months, revenue[column], strict=True))
