"""Pattern mixtures: the California schools, coverage where the assumption holds, and the words."""

import json

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.errors import ParameterError
from cxlib.shown.result import Absent


def test_the_schools(schools, shared):
    """R, own code of Andridge and Little (2011), rtol of the case."""
    read = json.loads((shared / "oracles" / "bias" / "expected.json").read_text(encoding="utf-8"))
    case = next(each for each in read["cases"] if each["id"] == "apipop_ppm")
    args, want = case["args"], case["expected"]
    everyone = schools["apipop"]
    here = everyone[everyone["awards"] == "Yes"]
    found = bias.pattern_mixture(here, everyone, outcome=args["y"], proxy=args["proxy"])
    for phi, row in zip(args["phi"], found.frame.itertuples(), strict=True):
        assert row.phi == phi
        assert_allclose(row.mean, want[f"adjusted_phi{phi}"], rtol=case["rtol"])
        assert_allclose(row.smub, want[f"SMUB{phi}"], rtol=case["rtol"])
        assert_allclose(row.rho, want["rho"], rtol=case["rtol"])
    assert_allclose(found.plain, want["mean_respondents"], rtol=case["rtol"])
    assert "as answered it is 687.09" in found.summary()


def test_nps_is_kept_within_what_is_possible_and_a_weak_proxy_is_said():
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"去年": rng.normal(size=300)})
    frame["score"] = rng.integers(0, 11, size=300)
    respondents = frame[frame["去年"] > 0.3]
    found = bias.pattern_mixture(respondents, frame, score="score", proxy="去年")
    f = len(respondents) / len(frame)  # nothing beyond silent ones of one kind
    assert found.frame["ci_low"].min() >= f * found.plain - 100 * (1 - f) - 1e-9
    assert found.frame["ci_high"].max() <= f * found.plain + 100 * (1 - f) + 1e-9
    assert "says little" in " ".join(each.text("en") for each in found.warnings)
    assert "'去年' is known of 300 people" in found.summary()
    assert found.plot().get_title(loc="left")
    assert found.table().to_html()


def test_a_proxy_that_runs_the_other_way_gives_the_same():
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"x": rng.normal(size=200)})
    frame["y"] = frame["x"] + rng.normal(size=200)
    here = frame[:80]
    one = bias.pattern_mixture(here, frame, outcome="y", proxy="x").frame
    turned = frame.assign(x=-frame["x"])
    other = bias.pattern_mixture(turned[:80], turned, outcome="y", proxy="x").frame
    assert_allclose(one[["mean", "se", "smub"]], other[["mean", "se", "smub"]], rtol=1e-9)
    assert_allclose(one["rho"], -other["rho"])


def test_what_is_absent_and_what_is_refused():
    rows = pd.DataFrame({"y": [1.0, 2, 3, 4], "x": [1.0, 3, 2, 5], "flat": 1.0, "s": [9, 10, 0, 6]})
    for given in (
        {"proxy": None, "outcome": "y"},
        {"proxy": "x"},
        {"proxy": "flat", "outcome": "y"},
    ):
        assert isinstance(bias.pattern_mixture(rows, rows, **given), Absent)
    assert isinstance(bias.pattern_mixture(rows, None, proxy="x", outcome="y"), Absent)
    with pytest.raises(ParameterError, match="both given"):
        bias.pattern_mixture(rows, rows, proxy="x", outcome="y", score="s")
    for phi in ([], [0, 0], [1.2], [float("nan")]):
        with pytest.raises(ParameterError, match="phi="):
            bias.pattern_mixture(rows, rows, proxy="x", outcome="y", phi=phi)


def test_a_proxy_in_two_units_carries_nothing_over():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"前": rng.uniform(0, 100, 400), "score": rng.integers(0, 11, 400)})
    here = frame[:80].assign(前=frame["前"][:80] / 100)
    found = bias.pattern_mixture(here, frame, score="score", proxy="前")
    assert "same unit" in found.summary()
    rows = pd.DataFrame({"前": [1.0, 5, 9] + [5.0] * 9, "score": [0, 8, 10] + [None] * 9})
    few = bias.pattern_mixture(rows[:3], rows, score="score", proxy="前")
    assert "3 answers with a proxy are too few" in few.summary()
