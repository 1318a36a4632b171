"""Items may be named by patterns; what is no item is refused."""

import pytest

from cxlib import bias
from cxlib.bias import items
from cxlib.errors import ColumnError, ParameterError

COLUMNS = ["id", "score", "Q5_1", "Q5_2", "Q5_3", "満足1", "満足2", "[a]", "wave"]


def parameters(tmp_path, **given):
    (tmp_path / "a.csv").write_text(",".join(COLUMNS) + "\n", encoding="utf-8")
    return bias.Parameters.parse({"survey": tmp_path / "a.csv", "score": "score", **given})


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, None),
        ({"items": ["Q5_*"]}, ["Q5_1", "Q5_2", "Q5_3"]),
        ({"items": ["満足?", "Q5_2", "Q5_*"]}, ["Q5_1", "Q5_2", "Q5_3", "満足1", "満足2"]),
        ({"items": ["[a]"]}, ["[a]"]),
        ({"item_scales": {"x": ["満足*"], "y": ["Q5_3"]}}, ["Q5_3", "満足1", "満足2"]),
    ],
)
def test_names_and_patterns_mean_columns_in_their_order(tmp_path, given, found):
    assert items.find_items(parameters(tmp_path, **given), COLUMNS) == found


def test_scales_and_reversed_items_are_named_alike(tmp_path):
    p = parameters(tmp_path, items=["Q5_*"], item_scales={"x": ["Q5_[12]"]}, reverse=["*_3"])
    assert items.find_scales(p, COLUMNS) == {"x": ["Q5_1", "Q5_2"]}
    assert items.find_reversed(p, COLUMNS) == ["Q5_3"]
    assert items.find_scales(parameters(tmp_path), COLUMNS) is None


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"items": ["Q6_*"]}, ColumnError, r"items='Q6_\*': no column of the survey fits"),
        ({"items": ["Q5_9"]}, ColumnError, "did you mean 'Q5_"),
        ({"items": ["s*"]}, ParameterError, "'score' is among them"),
        (
            {"items": ["Q5_*"], "reverse": ["満足1"]},
            ParameterError,
            "'満足1' is not among",
        ),
        (
            {"items": ["Q5_*"], "item_scales": {"x": ["満足*"]}},
            ParameterError,
            "item_scales.x: '満足1' is not among",
        ),
    ],
)
def test_what_is_no_item_is_refused(tmp_path, given, error, said):
    with pytest.raises(error, match=said):
        items.find_items(parameters(tmp_path, **given), COLUMNS)
