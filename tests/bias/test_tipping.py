"""The tipping sentences: the number that a reader sees is right, in the direction that it says."""

import re

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib import bias
from cxlib.bias.tipping import Camp, Tipping
from tests.bias.conftest import weighted_nps
from tests.bias.methods.test_tipping_points import nps_of_everyone

SAID = re.compile(
    r"everyone is (above|below) ([−\d.]+) as long as (.+?) were less than ([\d.,]+) times as "
    r"likely to answer as (.+?); if (.+?) were more likely than that, "
    r"it is (above|below) ([−\d.]+)\."
)
KINDS = {"promoters": 0, "passives": 1, "detractors": 2}


def tipping(people, line, ends=((-99.0, 99.0),)):
    p, s, d = people
    n = p + s + d
    nps = 100 * (p - d) / n
    return Tipping(
        line=line,
        nps=nps,
        low=nps - 1e-6,
        high=nps + 1e-6,
        confidence=0.95,
        shares=(p / n, s / n, d / n),
        ends=ends,
        n=n,
    )


@given(
    st.tuples(st.integers(0, 80), st.integers(0, 80), st.integers(0, 80)).filter(any),
    st.sampled_from([-50, -10, 0, 10, 50]),
)
def test_the_sentence_is_true_as_it_is_read(people, line):
    """Parse the sentence as a manager reads it, make the chances it names, and count everybody."""
    words = " ".join(each.text("en") for each in tipping(people, line).sentences())
    found = SAID.search(words)
    if found is None:
        assert "no tipping point" in words or "so near to" in words
        return
    side, value, more, times, _less, again, turned, at = found.groups()
    assert float(value.replace("−", "-")) == float(at.replace("−", "-")) == line
    assert (more, side != turned) == (again, True)
    number = float(times.replace(",", ""))
    first = [KINDS[name] for name in more.split(" and ")]
    for chance, expected in ((number * 0.999, side), (number + 0.02, turned)):
        chances = [1.0, 1.0, 1.0]
        for kind in first:
            chances[kind] = chance
        value = nps_of_everyone(people, chances)
        assert ("above" if value > line else "below") == expected


def test_silent_where_the_ranges_lie_on_the_side_of_the_nps():
    high = tipping((80, 10, 10), 0, ends=((5.0, 90.0),))
    assert high.excluded
    assert [each.text("en") for each in high.sentences()] == [
        "Whatever the silent ones think, the NPS of everyone asked is above 0.0."
    ]
    low = tipping((10, 10, 80), 0, ends=((-90.0, -5.0),))
    assert "is below 0.0" in low.sentences()[0].text("en")
    assert not tipping((80, 10, 10), 0, ends=((5.0, 90.0), (-2.0, 95.0))).excluded
    # weights that put the NPS on the other side than the answers' own range: something to say
    assert not tipping((10, 10, 80), 0, ends=((5.0, 90.0),)).excluded


def test_chance_is_said_where_the_interval_holds_the_line():
    assert (
        "Chance alone could do it too"
        in bias.bounds(weighted_nps(30, 10, 20), invited=240).tipping_point()
    )
    assert (
        "Chance alone" not in bias.bounds(weighted_nps(300, 100, 200), invited=2400).tipping_point()
    )


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000))
def test_the_weighted_answers_are_what_tips(seed):
    """The shares are those of the rows with their weights, counted by pandas."""
    rows = pd.DataFrame(
        {
            "score": pd.Series(range(11)).sample(60, replace=True, random_state=seed).to_numpy(),
            "国": pd.Series(["日", "韓", "米"])
            .sample(60, replace=True, random_state=seed + 1)
            .array,
            "w": pd.Series([1.0, 2.5]).sample(60, replace=True, random_state=seed + 2).to_numpy(),
        }
    )
    targets = {"国": pd.Series({"日": 0.5, "韓": 0.3, "米": 0.2})}
    weights = bias.rake(rows, targets=targets, weight="w")
    nps = bias.estimate_nps(rows, score="score", weights=weights)
    applied = weights.apply(rows).execute()
    kind = pd.cut(applied["score"], [-1, 6, 8, 10], labels=["d", "s", "p"])
    weight = applied["weight"].groupby(kind.to_numpy()).sum().reindex(["p", "s", "d"]).fillna(0)
    share = weight / weight.sum()
    assert max(abs(share.to_numpy() - nps.shares)) < 1e-9


def test_camps_have_words():
    assert [camp.value for camp in Camp] == [
        "promoters",
        "promoters_passives",
        "passives_detractors",
        "detractors",
    ]
