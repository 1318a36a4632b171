"""How the value and the verdict of a figure are written."""

import pytest

from cxlib.shown.figure_words import (
    Unit,
    unit_of,
    write_in,
    write_method,
    write_unit,
    write_verdict,
)


@pytest.mark.parametrize(
    ("unit", "value", "written"),
    [
        ("points", -28.125, "−28.1"),
        ("points_change", 2.0, "+2.0"),
        ("share", 0.9449, "94.5 %"),
        ("count", 1234.0, "1,234"),
        ("months", 3.25, "3.2 months"),
        ("currency", 1234.5, "1,234.50"),
        ("p", 0.0001, "< 0.001"),
        ("number", 0.6089, "0.609"),
        ("yes_no", 1.0, "yes"),
        ("furlongs", 0.5, "0.500"),
        ("points", float("nan"), "–"),
        ("share", None, "–"),
        ("count", float("inf"), "∞"),
    ],
)
def test_a_figure_is_written_in_its_unit(unit, value, written):
    assert write_in(unit, value) == written


@pytest.mark.parametrize("unit", Unit)
def test_every_unit_can_be_written(unit):
    assert write_in(unit, 1.0)


def test_the_unit_of_a_column_is_read_from_how_it_is_written():
    assert unit_of("decimal1", whole=False) is Unit.NUMBER
    assert unit_of("change", whole=False) is Unit.POINTS_CHANGE
    assert unit_of("", whole=True) is Unit.COUNT
    assert unit_of("percent0", whole=False) is Unit.SHARE


def test_a_verdict_is_written_in_the_words_of_its_study():
    assert write_verdict("interviews", "not_reliable") == "not reliable"
    assert write_verdict("nps", "cannot_tell", segment="a=x, b=y") == "cannot tell"
    assert write_verdict("nps", "down", segment="a=x, b=y") == "lower"
    assert write_verdict("nps", "down", segment="a=2026Q2") == "down"
    assert write_verdict("a researcher's", "so_so") == "so so"
    assert write_verdict("nps", "") == ""


@pytest.mark.parametrize("language", ["en", "ja", "ko"])
def test_every_unit_has_a_name_of_its_own(language):
    assert len({write_unit(unit, language) for unit in Unit}) == len(Unit)
    assert write_unit("furlongs", language) == "furlongs"


def test_methods_are_written_in_the_words_of_their_study():
    assert write_method("nps", "tango", "ja") != "tango"
    assert write_method("nps", "tango, holm", "ja").startswith(write_method("nps", "tango", "ja"))
    assert write_method("own", "my own, way", "ja") == "my own, way"
