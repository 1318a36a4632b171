"""Columns of groups: any name, and a refusal of what was not counted."""

import pytest

from cxlib import retention
from cxlib.errors import ColumnError
from cxlib.retention.groups import OWNED, carry_groups, find_columns, own_names
from tests.retention.followed import counts


def test_one_several_and_no_columns():
    assert carry_groups(None) == carry_groups(()) == {}
    assert carry_groups("plan") == {"plan": "plan"}
    assert carry_groups(["回", "cx_day", "BITS_0"]) == {
        "回": "回",
        "cx_day": "by_cx_day",
        "BITS_0": "by_BITS_0",
    }
    assert own_names(carry_groups(["plan", "n"])) == {"by_n": "n"}


def test_a_column_is_found_by_the_researchers_name():
    assert find_columns("n", ("by_n",), {"by_n": "n"}) == ["by_n"]
    assert find_columns(None, ("by_n",), {"by_n": "n"}) == []
    with pytest.raises(ColumnError, match="between='m': there is no such column"):
        find_columns("m", ("by_n",), {"by_n": "n"}, parameter="between")


@pytest.mark.parametrize(
    "result", [retention.Triangle, retention.Survival, retention.RestrictedMean, retention.Smile]
)
def test_what_the_results_own_is_no_name_of_a_group(result):
    assert set(result.columns) <= OWNED


def test_every_column_beside_groups_is_kept_from_them():
    with_groups = (
        retention.Triangle,
        retention.Smile,
        retention.Survival,
        retention.RestrictedMean,
    )
    for result in with_groups:
        assert set(result.columns) <= OWNED, result.__name__


def test_a_group_with_any_name_keeps_it():
    data = counts({"t": [1, 2, 2], "e": [1, 0, 1], "survival": ["a", "b", "b"]}, by="survival")
    result = retention.survival(data, by="survival")
    assert result.table().written().columns[0] == "survival"
    assert "still there" in result.table().written().columns
    assert result.summary(months=1).startswith("a: nobody is still with us after 1 period ")
    assert retention.compare(data, between="survival").groups == ("a", "b")
    assert retention.rmst(data, by="survival").table().written().columns[0] == "survival"
