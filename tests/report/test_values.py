"""What a command line or a YAML file writes is what the field takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.report.values import as_field, as_given, as_json, as_written
from tests.report.models import Parameters


@given(
    st.text(min_size=1).filter(lambda name: name.strip() not in ("", "None", "none", "null", "~"))
)
def test_every_name_of_a_column_comes_back_from_the_command_in_a_manifest(name):
    columns = Parameters.model_fields["columns"]
    assert as_field(as_json({"comment": name}), columns) == {"comment": name}
    assert as_field(as_given({"comment": name}), columns) == {"comment": name}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("{wave: 2026-07-01, country: NO}", {"wave": "2026-07-01", "country": "NO"}),
        ("[010, null, 1.0]", ["010", None, "1.0"]),
    ],
)
def test_yaml_is_read_as_it_was_written(written, read):
    assert as_written(written) == read


@pytest.mark.parametrize(
    ("value", "written"),
    [([1, 10], "1,10"), ([[1, 3], [4, 6]], "[[1, 3], [4, 6]]"), (None, "None"), ("a b", "a b")],
)
def test_a_value_is_written_as_p_takes_it(value, written):
    assert as_given(value) == written
