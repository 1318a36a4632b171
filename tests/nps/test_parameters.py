"""The parameters of the study: a model alone, that marks which parameters are columns of which file
and loads nothing of the study (further refusals: test_reading.py)."""

import subprocess
import sys

import pytest

from cxlib.errors import ParameterError
from cxlib.nps.parameters import Columns, Parameters
from cxlib.parameters import ColumnOf

SURVEY = "data/sample/responses.csv"


def test_the_model_loads_no_library_of_the_study():
    code = (
        "import sys, cxlib.nps.parameters; print(*sorted({n.split('.')[0] for n in sys.modules}))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"pandas", "numpy", "scipy", "ibis", "duckdb", "matplotlib"} & set(loaded)


def test_columns_of_the_survey_are_marked():
    for field in (
        *(Parameters.model_fields[name] for name in ("score", "wave_column", "segment")),
        *Columns.model_fields.values(),
    ):
        marks = [mark for mark in field.metadata if isinstance(mark, ColumnOf)]
        assert marks or "ColumnOf" in repr(field.annotation)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"segment": "wave"}, "column 'wave' is named by two parameters"),
        ({"columns": {"cluster": "score"}}, r"columns\.cluster='score' is the column with the"),
        ({"scale": (10, 0)}, "the lower first"),
        ({"scale": (1, 5)}, r"use cx\.nps\.top_box"),
        ({"looks": 0}, "looks=0"),
        ({"looks": {"2026Q3": -1}}, "looks="),
        ({"looks": "often"}, "looks='often'"),
    ],
)
def test_rules_between_parameters_name_them(values, message):
    with pytest.raises(ParameterError, match=message) as refused:
        Parameters.parse({"survey": SURVEY, **values})
    assert "parameters=" not in str(refused.value)


def test_looks_are_a_number_or_earlier_looks_by_subject():
    assert Parameters.parse({"survey": SURVEY, "looks": 3}).looks == 3
    assert Parameters.parse({"survey": SURVEY, "looks": {"2026Q3": 0}}).looks == {"2026Q3": 0}
