"""The line of past values: larger is higher, within its room, interrupted where there is none."""

import math
import re

from hypothesis import given
from hypothesis import strategies as st

from cxlib.report.sparkline import HEIGHT, WIDTH, sparkline

numbers = st.floats(allow_nan=False, allow_infinity=False)
points = st.one_of(st.none(), st.tuples(numbers, st.none() | numbers, st.none() | numbers))


def places(path):
    return [
        [tuple(map(float, place.split())) for place in piece.rstrip("Z ").split("L")]
        for piece in path.split("M")[1:]
    ]


@given(st.lists(points, max_size=40))
def test_every_value_has_its_place_and_gaps_stay_open(values):
    line = sparkline(values)
    there = [value for value in values if value]
    if not there:
        assert line is None
        return
    pieces = places(line.lines)
    drawn = [place for piece in pieces for place in piece]
    assert len(drawn) == len(there)
    for across, down in [*drawn, *line.dots, *(p for band in places(line.bands) for p in band)]:
        assert 0 <= across <= WIDTH
        assert 0 <= down <= HEIGHT
    assert [p[0] for p in drawn] == sorted(p[0] for p in drawn)
    for (_, down), (value, *_) in zip(drawn, there, strict=True):
        for (_, other_down), (other, *_) in zip(drawn, there, strict=True):
            assert value <= other or down <= other_down  # the larger is not lower
    flags = "".join("x" if value else " " for value in values)
    assert [len(piece) for piece in pieces] == [len(run) for run in flags.split()]
    assert drawn[-1] in line.dots


def test_equal_values_are_a_level_line_and_one_is_a_dot():
    assert {down for _, down in places(sparkline([(5, None, None)] * 3).lines)[0]} == {HEIGHT / 2}
    assert sparkline([(5, None, None)]).dots == ((WIDTH / 2, HEIGHT / 2),)


def test_the_band_is_of_both_bounds_and_the_value_lies_in_it():
    line = sparkline([(1, 0, 2), (2, 1, 3), (2, None, 3), (3, 2, 4)])
    [first, second] = places(line.bands)
    assert (len(first), len(second)) == (4, 2)
    assert first[0][1] < places(line.lines)[0][0][1] < first[-1][1]
    assert math.isclose(first[0][0], first[-1][0])
    assert re.fullmatch(r"[MLZ\d. -]*", line.bands)
