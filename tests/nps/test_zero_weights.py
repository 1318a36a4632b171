"""Weights of 0: they stay in the design and leave estimates alone, as in R's survey (score_counts,
counts and design)."""

import json

import numpy as np
import pandas as pd
import pytest

from cxlib import nps
from cxlib.nps.design import linearise
from tests.conftest import ORACLES
from tests.nps.leaves import EXACT, Oracle

ROWS = pd.read_csv(ORACLES / "nps" / "responses.csv")
NUMBER = np.arange(1, len(ROWS) + 1)
SETS = {
    "every_9th": np.where(NUMBER % 9 == 0, 0.0, ROWS["weight"]),
    "all_of_eu": np.where(ROWS["segment"] == "EU", 0.0, ROWS["weight"]),
}
DESIGNS = {
    "weights": {"weight": "w"},
    "strata": {"weight": "w", "strata": "stratum"},
    "strata_cluster": {"weight": "w", "strata": "stratum", "cluster": "store"},
}
FOUND = {
    f"{which}_{design}": nps.count_scores(ROWS.assign(w=w), score="ltr", by="segment", **options)
    for which, w in SETS.items()
    for design, options in DESIGNS.items()
}
R = {"rtol": 1e-9, "atol": 0.0}  # 15 digits in the file, which says 1e-9


def total(case):
    return linearise(FOUND[case].over(None))


def us(case, name):
    found, at = linearise(FOUND[case]), FOUND[case].categories()["segment"].tolist().index("US")
    return getattr(found, name)[at]


ORACLE = Oracle(
    "expected_zero_weights.json",
    compared={
        "*/nps": (lambda case: total(case).nps[0], R),
        "*/se": (lambda case: np.sqrt(total(case).variance[0]), R),
        "*/us_nps": (lambda case: us(case, "nps"), R),
        "*/us_se": (lambda case: np.sqrt(us(case, "variance")), R),
        "*/degf": (lambda case: total(case).df[0], EXACT),
        "*/n_rows": (
            lambda case: total(case).n[0] + FOUND[case].dropped["zero_weight"],
            EXACT,
        ),
        "*/n_positive": (lambda case: total(case).n[0], EXACT),
    },
    given={"about"},
    later={},
    not_offered={},
)


def test_every_leaf_is_compared():
    ORACLE.refuse_gaps()


@pytest.mark.parametrize("path", ORACLE.paths)
def test_equals_r(path):
    ORACLE.check(path)


def test_the_design_has_all_rows():
    values = json.loads((ORACLES / "nps" / "expected_zero_weights.json").read_text())
    for case, counts in FOUND.items():
        assert counts.units["n"].sum() == values[case]["n_rows"]
