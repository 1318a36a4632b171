"""The tipping point against a search over the chances to answer: no formula of ours in it."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.bias.methods.tipping_points import ratio

shares = st.integers(1, 60)


def nps_of_everyone(people, chances):
    """People who answered, by kind, and the chance to answer of each kind -> the NPS of all."""
    promoters, passives, detractors = (
        n / chance for n, chance in zip(people, chances, strict=True)
    )
    return 100 * (promoters - detractors) / (promoters + passives + detractors)


def sides(line, up):
    """Indices of those said to answer more, and of those said to answer less."""
    first = (0, 1) if line < 0 else (0,)
    second = (2,) if line < 0 else (2, 1) if line > 0 else (2,)
    return (first, second) if up else (second, first)


@given(shares, shares, shares, st.sampled_from([-60, -20, 0, 5, 30, 70]))
def test_below_the_ratio_the_side_holds_whatever_passives_do_and_beyond_it_turns(p, s, d, line):
    found = ratio(p, s, d, line=line)
    people = (p, s, d)
    plain = nps_of_everyone(people, (1, 1, 1))
    if abs(plain - line) < 1e-9:
        assert found == pytest.approx(1)
        return
    up = plain > line
    assert (found > 1) == up
    times = max(found, 1 / found)
    more, less = sides(line, up)
    grid = [1, times**0.25, times**0.5, times**0.75, times]
    for chances in itertools.product(grid, repeat=3):
        value = nps_of_everyone(people, chances)
        worst = max(chances[i] / chances[j] for i in more for j in less)
        best = min(chances[i] / chances[j] for i in more for j in less)
        if worst < times * (1 - 1e-9):
            assert (value > line) == up
        if best >= times * (1 - 1e-12):
            assert value == pytest.approx(line, abs=1e-6) or (value > line) != up
    beyond = [1.0, 1.0, 1.0]
    for i in more:
        beyond[i] = times * 1.01
    assert (nps_of_everyone(people, beyond) > line) != up


def test_nothing_turns_an_nps_without_two_sides():
    assert math.isnan(ratio(0.6, 0.4, 0.0, line=0))
    assert math.isnan(ratio(0.0, 0.4, 0.6, line=0))
    assert ratio(0.75, 0.25, 0.0, line=30) == pytest.approx(0.75 * 0.7 / (0.25 * 0.3))
