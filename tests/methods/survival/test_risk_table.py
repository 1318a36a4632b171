"""Risk tables: who is at risk, by hand."""

import numpy as np

from cxlib.methods.survival.risk_table import risk_table


def test_late_entries_are_not_at_risk_at_the_tenure_at_which_they_come():
    table = risk_table([2, 3, 4, 2, 1], [1, 1, 0, 0, 0], [0, 0, 1, 0, 0], entered=[0, 0, 0, 1, 1])
    assert table.tenure.tolist() == [1, 2, 3, 4]
    assert table.at_risk.tolist() == [[1, 2, 2, 1]]
    assert table.n.tolist() == [3]


def test_weights_and_rows():
    weights = ([2.0, 0.0], [0.0, 3.0], [4.0, 0.0], [0.0, 9.0])
    table = risk_table([1, 2], [1, 0], [0, 1], group=[0, 1], weights=weights)
    at_risk, lost = table.sums
    assert at_risk.tolist() == [[2.0, 0.0], [3.0, 3.0]]
    assert lost.tolist() == [[2.0, 0.0], [0.0, 0.0]]
    second = table.rows([1])
    assert second.at_risk.tolist() == [[1, 1]]
    assert [part.tolist() for part in second.squares] == [[[0.0, 0.0]], [[0.0, 9.0]]]
    assert np.array_equal(table.rows([0, 1]).sums[0], at_risk)
