"""Manski's bounds of the schools."""

from numpy.testing import assert_allclose

from cxlib.bias.methods.worst_case import manski


def test_manski_bounds_of_the_schools(expected):
    case = expected["apipop_manski"]["expected"]
    f, asked = 0.672747820471424, 6194
    low, high = manski(case["naive"], answered=round(f * asked), asked=asked, lowest=0, highest=1)
    assert_allclose([low, high], [case["lower"], case["upper"]], rtol=1e-12)
