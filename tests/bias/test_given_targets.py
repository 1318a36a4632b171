"""The parameter `targets`: typed or a table, alone or beside a customer file."""

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.errors import ColumnError, ParameterError
from tests.bias.conftest import parameters

SURVEY = pd.DataFrame(
    {"plan": ["basic"] * 30 + ["pro"] * 10, "country": ["JP", "KR"] * 20, "score": [9, 3] * 20}
)


@pytest.fixture
def survey(tmp_path):
    path = tmp_path / "survey.csv"
    SURVEY.to_csv(path, index=False)
    return path


def read(survey, **given):
    values = {"survey": survey, "score": "score", "wave_column": None}
    return bias.read(bias.Parameters.parse(values | given))


@pytest.mark.parametrize(
    "targets",
    [
        {"plan": {"basic": 0.5, "pro": 0.5}},
        {"plan": {"basic": "50 %", "pro": "50%"}},
        {"plan": {"basic": 1000, "pro": "1,000"}},
        {"plan": {"basic ": ".5", "ｐｒｏ": ".5"}},
    ],
)
def test_typed_targets_weight_answers_alone(survey, targets):
    sample = read(survey, targets=targets)
    weights = bias.weigh(sample.respondents, targets=sample.targets)
    assert_allclose(weights.frame["share_after"], 0.5)
    assert sample.margins == ("plan",)
    assert "bias.read_targets" in [note.key for note in sample.notes]


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"targets": {"plan": {"Basic": 0.5, "pro": 0.5}}}, ParameterError, "did you mean 'basic'"),
        ({"targets": {"plam": {"basic": 1}}}, ColumnError, "did you mean 'plan'"),
        ({"targets": {"plan": 0.5}}, ParameterError, "give each column its categories"),
        ({"targets": "nowhere.csv"}, ParameterError, "there is no file"),
        ({"targets": {"plan": {"basic": 1}}, "margins": ["country"]}, ParameterError, "none of"),
        ({"merge": "always"}, ParameterError, "merge"),
    ],
)
def test_targets_that_do_not_fit_are_refused(survey, given, error, said):
    with pytest.raises(error, match=said):
        read(survey, **given)


def test_a_table_is_an_input_and_only_the_margins_named_are_taken(survey, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text(
        "column,category,count\nplan,basic,60\nplan,pro,20\ncountry,JP,40\ncountry,KR,40\n"
    )
    sample = read(survey, targets=table)
    assert (sample.margins, sample.inputs["targets"]) == (("plan", "country"), table)
    one = read(survey, targets=table, margins=["plan"])
    assert set(one.targets) == {"plan"}
    assert "bias.targets_beside" in [warning.key for warning in one.warnings]
    more = read(survey, targets={"plan": {"basic": 1, "pro": 1}}, margins=["plan", "country"])
    assert "bias.targets_lacking" in [warning.key for warning in more.warnings]


def test_targets_win_over_the_customer_file_and_that_is_told(files):
    targets = {"国": {"日": 0.2, "韓": 0.8}}
    sample = bias.read(parameters(files, targets=targets))
    assert sample.targets["国"].to_dict() == targets["国"]
    assert "bias.targets_win" in [warning.key for warning in sample.warnings]
    assert sample.invited == 4
    plain = bias.read(parameters(files))
    assert plain.targets["国"].to_dict() == {"日": 2, "韓": 2}
    assert "bias.targets_win" not in [warning.key for warning in plain.warnings]


def test_merge_is_a_parameter(survey):
    sample_of = {"targets": {"plan": {"basic": 0.5, "pro": 0.3, "max": 0.2}}}
    p = bias.Parameters.parse(
        {"survey": survey, "score": "score", "wave_column": None, "merge": {"plan": {"max": "pro"}}}
        | sample_of
    )
    sample = bias.read(p)
    assert bias.weigh(sample.respondents, targets=sample.targets).unmet is not None
    weights = bias.weigh(sample.respondents, targets=sample.targets, merge=p.merge)
    assert weights.unmet is None
    assert_allclose(weights.frame["share_after"], 0.5)
