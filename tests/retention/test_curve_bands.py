"""Hall and Wellner's band holds the whole curve: closed form, statsmodels, simulation, figure."""

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose
from statsmodels.duration.survfunc import SurvfuncRight

from cxlib import retention
from tests.retention.followed import counts


def test_band_without_censoring_is_kolmogorov_smirnov():
    """Closed form: uncensored, (1 + n v) / sqrt(n) x S is 1/sqrt(n), so the exponent is K /
    (sqrt(n) S |log S|)."""
    n = 40
    frame = retention.survival(counts({"t": range(1, n + 1), "e": [1] * n})).frame.iloc[:-1]
    s, k = (
        frame["survival"],
        1.3580986393225507,
    )  # 95 % point of Kolmogorov's distribution (Smirnov 1948: 1.3581)
    spread = k / (np.sqrt(n) * s * abs(np.log(s)))
    assert_allclose(frame["band_low"], s ** np.exp(spread), rtol=1e-9)
    assert_allclose(frame["band_high"], s ** np.exp(-spread), rtol=1e-9)
    assert ((frame["band_low"] < frame["ci_low"]) & (frame["ci_high"] < frame["band_high"]))[
        5:-5
    ].all()


def test_band_equals_statsmodels_while_everybody_is_followed():
    """statsmodels writes those still at risk where Hall and Wellner have all customers: the same at
    the first loss only."""
    rng = np.random.default_rng(3)
    t, e = rng.exponential(size=60), (rng.uniform(size=60) < 0.7).astype(int)
    e[t.argmin()], e[t.argmax()] = 1, 0
    low, high = SurvfuncRight(t, e).simultaneous_cb()
    frame = retention.survival(counts({"t": t, "e": e})).frame
    ours = frame.loc[0, ["band_low", "band_high"]].to_numpy(float)
    assert_allclose(np.log(ours), np.log([low[0], high[0]]), rtol=1e-4)  # its 1.3581 has 5 digits


def test_band_holds_the_whole_curve():
    """By simulation: 150 samples of 100, a third censored; about 95 % of the bands hold the true
    curve, of limits far less."""
    rng, held, pointwise = np.random.default_rng(5), 0, 0
    for _ in range(150):
        t, c = rng.exponential(size=100), rng.exponential(2, size=100)
        frame = retention.survival(
            retention.Durations(
                pd.DataFrame(
                    {
                        "tenure": np.minimum(t, c),
                        "lost": (t <= c).astype(int),
                        "censored": (t > c).astype(int),
                    }
                )
            )
        ).frame
        frame = frame[(frame["lost"] > 0) & (frame["survival"] > 0)]
        truth, before = np.exp(-frame["tenure"]), np.exp(-frame["tenure"].shift(-1))
        for name in ("band", "ci"):
            inside = (frame[f"{name}_low"] <= truth) & (truth <= frame[f"{name}_high"])
            whole = inside.all() and (before.isna() | (frame[f"{name}_low"] <= before)).all()
            held, pointwise = (
                held + (whole and name == "band"),
                pointwise + (whole and name == "ci"),
            )
    assert 0.90 <= held / 150 <= 1
    assert pointwise / 150 < 0.8


def test_a_curve_alone_has_its_band_drawn_and_said():
    data = {
        "t": [1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9],
        "e": [1, 1, 0, 1, 1, 0, 1, 0, 1, 0, 0, 0],
        "g": ["a", "b"] * 6,
    }
    alone = retention.survival(counts(data))
    ax = alone.plot()
    drawn = [shade.get_datalim(ax.transData) for shade in ax.collections]
    shown = alone.frame[alone.frame["at_risk"] >= 10]
    assert_allclose(
        [each.y0 for each in drawn], 100 * shown[["band_low", "ci_low"]].min(), rtol=1e-9
    )
    assert "light shade: where the whole curve lies, all points at once (95 % each)" in subtitle(ax)
    weighted = retention.survival(counts(data | {"w": [1.5] * 12}, weight="w"))
    for result, curves in ((weighted, 1), (retention.survival(counts(data, by="g"), by="g"), 2)):
        ax = result.plot()
        assert [
            len(shade.get_paths())
            for shade in ax.collections
            if np.ptp(shade.get_paths()[0].vertices[:, 1])
        ] == [1] * curves
        assert "Shaded: where each point lies, taken alone (95 %)" in subtitle(ax)


def subtitle(ax):
    [found] = [each.get_text() for each in ax.texts if each.get_gid() == "subtitle"]
    return " ".join(found.split())
