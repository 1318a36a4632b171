"""The model of the parameters: what is refused without opening a file."""

import subprocess
import sys

import pytest

from cxlib import bias
from cxlib.errors import ParameterError
from cxlib.parameters import ColumnOf
from cxlib.report.values import as_field
from tests.bias.conftest import parameters


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"wavee": "W9"}, "did you mean 'wave'"),
        ({"confidence": 95}, "confidence"),
        ({"survey": "nowhere.csv"}, "there is no file"),
        ({"margins": ["a", "a"]}, "named twice"),
        ({"customer": None}, "customer=None: the files must be joined"),
        ({"fpc": "n"}, "parameter 'fpc' is unknown"),
    ],
)
def test_what_the_model_refuses(files, changed, said):
    with pytest.raises(ParameterError, match=said):
        parameters(files, **changed)


def test_columns_are_marked_with_their_files():
    marks = {
        name: [mark for mark in field.metadata if isinstance(mark, ColumnOf)]
        for name, field in bias.Parameters.model_fields.items()
    }
    assert marks["customer"] == [ColumnOf("survey", "frame", "invitations", everywhere=True)]
    assert marks["margins"] == [ColumnOf("survey", "frame")]
    assert marks["population"] == [ColumnOf("survey")]
    assert marks["wave_column"] == []  # the usual column may be absent


def test_the_model_needs_no_data_library():
    code = "import cxlib.bias.parameters, sys; print({'pandas', 'numpy', 'ibis'} & {*sys.modules})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() in {"set()", "{}"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("{plan: {basic: .6, pro: 40 %}}", {"plan": {"basic": ".6", "pro": "40 %"}}),
        ("t.csv", "t.csv"),
        ("None", None),
    ],
)
def test_targets_on_a_command_line_are_a_mapping_or_a_file(written, read):
    assert as_field(written, bias.Parameters.model_fields["targets"]) == read
