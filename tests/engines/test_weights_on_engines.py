"""Weights that are refused are found alike on every engine."""

from __future__ import annotations

import pandas as pd

from cxlib.rows.weights import unfit

WEIGHTS = [0.0, 1.5, -1.0, float("inf"), float("-inf"), None, 1e-100, 1e100, 5e-324, 1.7e308]


def test_unfit_weights_are_found_on_every_engine(engine):
    table = engine.place("weighted", pd.DataFrame({"n": range(len(WEIGHTS)), "w": WEIGHTS}))
    found = table.select("n", bad=unfit(table["w"])).order_by("n").to_pyarrow()["bad"].to_pylist()
    assert found == [False, False, *[True] * 4, False, False, True, True]
