"""Files of durations that say too little, or two things of one customer."""

import pytest

from cxlib.errors import ColumnError
from tests.retention.notebook import Notebook, given


@pytest.fixture
def files(tmp_path):
    def nb(*rows, header="customer_id,tenure,lost"):
        text = "\n".join([header, *(",".join(map(str, row)) for row in rows)])
        (tmp_path / "durations.csv").write_text(text + "\n")
        names = dict.fromkeys(("orders", "customers", "subscriptions", "segment", "as_of"))
        return Notebook(given(tmp_path, **names, durations=tmp_path / "durations.csv"))

    return nb


@pytest.mark.parametrize(("word", "other"), [("TRUE", "no"), ("1", "no"), ("no", "yes")])
def test_one_outcome_beside_empty_ones_is_refused(files, word, other):
    with pytest.raises(ColumnError, match=f"3 of 9 are empty; write {other} for those"):
        files(*[(f"K{i}", i + 1, word if i < 6 else "") for i in range(9)])


def test_many_rows_without_an_outcome_are_flagged_and_a_few_are_not(files):
    rows = [(f"K{i}", i % 7 + 1, ("yes", "no")[i % 2]) for i in range(38)]
    assert files(*rows, ("K98", 3, "")).data.flags == ()
    more = [(f"L{i}", 3, "") for i in range(3)]
    assert [said.values["n"] for said in files(*rows, *more).data.flags] == [3]


def test_a_customer_counts_once(files):
    rows = [(f"K{i}", i % 7 + 1, ("yes", "no")[i % 2]) for i in range(20)]
    twice = files(*rows, *rows[:5])
    assert [said.values["n"] for said in twice.data.flags] == [5]
    assert twice.durations.customers == 20
    with pytest.raises(ColumnError, match="1 customers of column 'customer_id' stand in more"):
        files(*rows, ("K3", 9, "yes"))


def test_equal_rows_without_a_customer_are_several_customers(files):
    rows = [(3, "yes"), (3, "yes"), (4, "no")]
    assert files(*rows, header="tenure,lost").durations.customers == 3
