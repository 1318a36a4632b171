"""Pattern mixtures: the California schools, coverage where the assumption holds, and the words."""

import json

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.errors import ColumnError, ParameterError, ScoreRangeError
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


def leaning(n=1000, seed=3):
    """A score from 0 to 10 that goes along with percents from 0 to 100."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"率": np.clip(rng.normal(50, 15, n), 0, 100).round(1)})
    frame["score"] = np.clip(np.round(5 + (frame["率"] - 50) / 8 + 2 * rng.normal(size=n)), 0, 10)
    return frame


@pytest.mark.parametrize(
    "turn", [lambda x: x / 100, lambda x: 100 * x, lambda x: x + 1000, lambda x: -x - 1]
)
@pytest.mark.parametrize("n", [40, 600])
@pytest.mark.parametrize("name", ["score", "outcome"])
def test_a_proxy_in_other_units_is_refused_with_both_ranges(turn, n, name):
    frame = leaning()
    here = frame.sample(n, random_state=1)
    other = here.assign(率=turn(here["率"]))
    with pytest.raises(ColumnError, match=r"runs from .* in the frame .* same units") as told:
        bias.pattern_mixture(other, frame, proxy="率", **{name: "score"})
    assert f"{n:,} respondents" in str(told.value)
    one = bias.pattern_mixture(here, frame, proxy="率", **{name: "score"})
    assert one.frame["n"].iloc[0] == n
    both = frame.assign(率=turn(frame["率"]))  # units do not matter where they are the same
    again = bias.pattern_mixture(both.loc[here.index], both, proxy="率", **{name: "score"})
    assert_allclose(again.frame[one.estimate], one.frame[one.estimate], rtol=1e-6)


def test_respondents_far_from_all_by_their_mean_alone_are_refused():
    """Within the range, but the variance of all is less than their distance adds to it."""
    frame = pd.DataFrame({"x": [0.0] * 50 + [1.0] * 49 + [100.0]})
    here = pd.DataFrame({"x": [0.0, 50.0] * 20 + [60.0] * 10, "y": range(50)})
    with pytest.raises(ColumnError, match="too far from its mean"):
        bias.pattern_mixture(here, frame, proxy="x", outcome="y")


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("n", [3, 20, 29, 30, 200])
def test_what_is_cut_at_the_end_of_what_is_possible_is_told_and_has_no_width_of_nothing(seed, n):
    frame = leaning(seed=seed)
    here = frame.sort_values("率").tail(n) if seed % 2 else frame.sort_values("score").tail(n)
    kinds = {"score": "score"}, {"outcome": "score", "scale": (0, 10)}
    for kind in kinds:
        found = bias.pattern_mixture(here, frame, proxy="率", **kind)
        if isinstance(found, Absent):
            continue
        rows = found.frame
        low, high = (-100, 100) if "score" in kind else (0, 10)
        share = n / len(frame)
        ends = [share * found.plain + (1 - share) * end for end in (low, high)]
        assert rows[found.estimate].between(ends[0] - 1e-9, ends[1] + 1e-9).all()
        assert (rows["ci_high"] - rows["ci_low"] > 0).eq(rows["ci_low"].notna()).all()
        warned = " ".join(str(each) for each in found.warnings)
        cut = np.isclose(rows[[found.estimate, "ci_low", "ci_high"]].T, ends[0]).any() or (
            np.isclose(rows[[found.estimate, "ci_low", "ci_high"]].T, ends[1]).any()
        )
        assert cut == ("end of what is possible" in warned)
        assert rows["ci_low"].notna().any() <= (n >= 30)
        if n < 30:
            assert "no interval is given" in warned
            assert "too few respondents" in found.summary()
        found.plot().figure.clear()


def test_a_mean_without_a_scale_is_warned_and_answers_off_the_scale_are_refused():
    frame = leaning()
    here = frame.sort_values("率").tail(60)
    found = bias.pattern_mixture(here, frame, proxy="率", outcome="score")
    assert "outside of all answers" in " ".join(str(each) for each in found.warnings)
    with pytest.raises(ScoreRangeError, match=r"outside scale=\(0, 5\)"):
        bias.pattern_mixture(here, frame, proxy="率", outcome="score", scale=(0, 5))


def test_where_nobody_is_silent_there_is_nothing_to_carry():
    frame = leaning()
    assert (
        "nobody is silent"
        in bias.pattern_mixture(frame, frame, proxy="率", score="score").summary()
    )


def test_a_proxy_that_is_the_answer_itself_has_no_interval_of_no_width():
    frame = pd.DataFrame({"x": [9.0, 7, 5, 3] * 80})
    rows = frame[:100].assign(y=frame["x"] / 2)
    found = bias.pattern_mixture(rows, frame, proxy="x", outcome="y")
    assert found.frame["ci_low"].isna().all()
    assert "follows the answers exactly" in found.summary()
