"""The linearised variance: R's values, and ways that must agree."""

import json

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import bias
from tests.bias.test_means import estimate


def test_sums_of_squares_equal_rows_as_clusters(schools):
    """Without clusters the variance comes from sums of squares; each row as its own cluster must
    give the same."""
    rows = schools["apistrat"].assign(missing=lambda f: f["api00"].where(f.index % 7 > 0))
    weights = bias.rake(
        rows, targets=bias.margins(schools["apipop"], columns=["sch.wide", "comp.imp"]), weight="pw"
    )
    for outcome in ("api00", "missing"):
        design = {"outcome": outcome, "weights": weights, "strata": "stype", "population": "fpc"}
        design["se"] = "linearised"
        own = bias.weighted_mean(rows, cluster="snum", **design)
        assert_allclose(estimate(bias.weighted_mean(rows, **design)), estimate(own), rtol=1e-10)


@pytest.mark.parametrize("zeros", ["every_9th", "all_of_eu"])
@pytest.mark.parametrize(
    ("kind", "design"),
    [
        ("weights", {}),
        ("strata", {"strata": "stratum"}),
        ("strata_cluster", {"strata": "stratum", "cluster": "store"}),
    ],
)
def test_weights_of_0_as_r_has_them(shared, zeros, kind, design):
    """R survey 4.1, `make_zero_weights.R`, 1e-9 as stated there: they stay in the design, and are
    no degrees of freedom."""
    folder = shared / "oracles" / "nps"
    wanted = json.loads((folder / "expected_zero_weights.json").read_text())[f"{zeros}_{kind}"]
    rows = pd.read_csv(folder / "responses.csv")
    none = rows["segment"] == "EU" if zeros == "all_of_eu" else (rows.index + 1) % 9 == 0
    rows["w"] = rows["weight"].mask(none, 0.0)
    sign = (rows["ltr"] >= 9).astype(float) - (rows["ltr"] <= 6)
    mean = bias.weighted_mean(
        rows.assign(y=sign), outcome="y", weight="w", se="linearised", **design
    )
    assert_allclose(estimate(mean), [wanted["nps"], wanted["se"]], rtol=1e-9)
    assert mean.frame["df"].tolist() == [wanted["degf"]]
    assert mean.frame["n"].tolist() == [wanted["n_rows"]]
    nps = bias.estimate_nps(
        rows,
        score="ltr",
        weights=bias.rake(rows, targets={}, weight="w"),
        se="linearised",
        **design,
    )
    assert_allclose(
        nps.row("weighted")[["nps", "se"]].astype(float),
        [100 * wanted["nps"], 100 * wanted["se"]],
        rtol=1e-9,
    )
