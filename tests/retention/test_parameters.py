"""Parameters of the notebook: bad values, and what does not go together, are refused without a row
being read."""

import pytest

from cxlib.errors import ParameterError
from cxlib.report import values
from cxlib.retention import Parameters, preset
from cxlib.retention.ages import Kind
from cxlib.retention.cohorts import MOST_PERIODS
from cxlib.retention.parameters import MEANT, MOST_AGES
from cxlib.retention.presets import PRODUCTS
from cxlib.rows.clock import PERIODS
from tests.retention.notebook import given


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"as_of": "2024-02-31"}, "as_of='2024-02-31'"),
        ({"as_of": "soon"}, "as_of='soon'"),
        ({"zone": "Tokyo"}, "zone='Tokyo'"),
        ({"period": "monthly"}, "period='monthly'"),
        ({"gap_days": 0}, "gap_days=0"),
        ({"confidence": 95}, "confidence=95"),
        ({"kind": "n-day"}, "kind='n-day'"),
        ({"clock": "mine"}, "clock='mine': Input should be 'calendar' or 'own'"),
        ({"window_days": 0}, "window_days=0"),
        ({"preset": "mixpanell"}, "preset='mixpanell': Input should be 'amplitude', 'mixpanel', "),
        ({"brackets": [[3, 1]]}, r"brackets=\[\(3, 1\)\]: \(3, 1\) is no bracket; give pairs"),
        (
            {"brackets": "1-3"},
            r"brackets='1-3' are no pairs of whole ages up to 1,000; write them like \[\[1, 3\], "
            r"\[4, 6\]\]",
        ),
        ({"brackets": [[1, 10**9]]}, "are no pairs of whole ages up to 1,000"),
        ({"orders": "nowhere.csv"}, "nowhere.csv"),
        ({"segments": "plan"}, "did you mean 'segment'"),
    ],
)
def test_bad_values_are_refused(folder, changed, words):
    with pytest.raises(ParameterError, match=words):
        given(folder, **changed)


def test_one_of_orders_and_durations_is_given(folder):
    for files in ({"orders": None}, {"durations": folder / "orders.csv"}):
        with pytest.raises(ParameterError, match=r"^orders and durations: give one of them"):
            given(folder, **files)


def test_brackets_are_read_back_as_a_page_shows_them(folder):
    shown = values.as_given(given(folder, kind="bracket", brackets=[[1, 3], [4, 6]]).brackets)
    assert shown == "[[1, 3], [4, 6]]"
    field = Parameters.model_fields["brackets"]
    assert given(folder, kind="bracket", brackets=values.as_field(shown, field)).brackets == [
        (1, 3),
        (4, 6),
    ]


def test_what_the_model_repeats_is_what_the_study_knows(folder):
    """It imports nothing of the study, so that it is read in a moment."""
    kinds = Parameters.model_fields["kind"].annotation.__args__
    assert set(kinds) == {kind.value for kind in Kind}
    assert set(Parameters.model_fields["period"].annotation.__args__) == set(PERIODS)
    assert MOST_AGES == MOST_PERIODS
    assert MEANT.keys() == PRODUCTS.keys()
    for product, meant in MEANT.items():
        found = preset(product)
        days = {"window_days": found.counting["days"]} if "days" in found.counting else {}
        assert meant == {"period": "month", **found.triangle, **days}
        p = given(folder, preset=product)
        assert {name: getattr(p, name) for name in meant} == meant
