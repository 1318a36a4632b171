"""Where a figure stands is said by the ledger's words; of older runs, without names of columns."""

import pytest

from cxlib.report.places import place_of
from cxlib.shown.message import Names


@pytest.mark.parametrize(
    ("segment", "wave", "told"),
    [
        ("", "", ""),
        ("", "2026Q3", "2026Q3"),
        ("contact_type=phone", "", "phone"),
        ('plan="a, b=c", country=日本', "2026Q3", "a, b=c · 日本 · 2026Q3"),
        ("cohort=2026-01-01, age=3", "", "2026-01-01 · age 3"),
        ("a=2026Q2", "2026Q3", "2026Q3 against 2026Q2"),
        ("a=the_rest, b=phone", "2026Q3", "phone against the rest · 2026Q3"),
        ("#2", "", "#2"),
        ("plan=pro, #2", "", "plan=pro, #2"),
    ],
)
def test_where_a_figure_stands_is_written_without_names_of_columns(segment, wave, told):
    assert str(Names(place_of(segment, wave))) == told


@pytest.mark.parametrize(
    ("segment", "of", "told"),
    [
        ("kind=weighted", "加重後", "加重後 · 2026Q3"),
        ("a=2026Q2", "2026Q2に対する2026Q3", "2026Q2に対する2026Q3"),  # names the wave itself
        ("a=pro, b=free", "proに対するfree", "proに対するfree · 2026Q3"),
        ("", "", "2026Q3"),
    ],
)
def test_the_words_of_the_ledger_are_taken_with_the_wave_once(segment, of, told):
    assert str(Names(place_of(segment, "2026Q3", of))) == told
    assert place_of(segment, "2026Q3", of, with_wave=False) == ((of,) if of else ())
