"""The figures that stand first on a page are the rows that were meant, or say why there is none."""

import pandas as pd
import pytest

from cxlib.errors import ColumnError, ParameterError
from cxlib.shown import result
from cxlib.shown.ledger import ledger
from cxlib.shown.message import Message


def scores(**columns):
    frame = pd.DataFrame({"wave": ["2026Q2", "2026Q3"], "nps": [4.5, -28.125], **columns})
    limits = {"ci_low": frame["nps"] - 5, "ci_high": frame["nps"] + 5, "confidence": 0.95}
    return result.Result(frame=frame.assign(**limits, n=[9, 12]), method="tango")


def marked(key, **given):
    found = ledger(key=[key], **{"level": scores(), **given})
    [mark] = found.keys
    row = None if mark["row"] is None else found.frame.iloc[mark["row"]]
    return mark, row


def test_of_rows_by_wave_that_of_the_wave_is_meant():
    mark, row = marked("level.nps", wave="2026Q2", wave_column="wave")
    assert (row["value"], mark["of"], mark["why"]) == (4.5, "2026Q2", "")
    later, _ = marked("level.nps", wave="2026Q3", wave_column="wave")
    assert later["id"] == mark["id"]  # one line through the waves


@pytest.mark.parametrize(
    ("choice", "value"),
    [("first", 4.5), ("last", -28.125), ("largest", 4.5), ({"wave": "2026Q3"}, -28.125)],
)
def test_a_row_is_chosen_by_its_values_or_its_place(choice, value):
    _, row = marked(("level.nps", choice))
    assert row["value"] == value


def test_the_last_row_is_the_last_finished_one():
    unfinished = scores(complete=[True, False])
    mark, row = marked(("level.nps", "last"), level=unfinished)
    assert (row["value"], mark["why"]) == (4.5, "")


def test_a_row_is_told_by_words_where_its_result_has_them():
    class Worded(result.Result):
        def said_keys(self, place):
            return {"tenure": Message("retention.after_units", n=6, unit="months")}

    frame = pd.DataFrame({"tenure": [6.0], "plan": ["pro"], "rate": [0.5]})
    known = {"row_keys": ("tenure", "plan")}
    for kind, said in ((Worded, "after 6 months · pro"), (result.Result, "tenure 6 · pro")):

        class Keyed(kind):
            row_keys = known["row_keys"]

        mark, _ = marked("rates.rate", rates=Keyed(frame=frame, method="m"))
        assert mark["of"] == said


def test_where_several_are_meant_none_is_shown():
    mark, row = marked("level.nps")
    assert row is None
    assert "2 of these" in mark["why"]
    alike = result.Result(frame=scores().frame.assign(nps=[1.0, 1.0]), method="m")
    assert marked(("level.nps", "largest"), level=alike)[1] is None


def test_what_is_absent_says_why():
    absent = result.Absent.of("retention.no_value", result.Result)
    mark, row = marked("revenue.nps", revenue=absent)
    assert (row, mark["why"]) == (None, absent.summary())
    mark, row = marked(("level.nps", {"wave": "2031Q1"}))
    assert (row, bool(mark["why"])) == (None, True)


def test_a_single_row_is_compared_with_the_same_row_alone():
    one, other = (marked(("level.nps", {"wave": wave}))[0]["id"] for wave in ("2026Q2", "2026Q3"))
    assert one != other


@pytest.mark.parametrize(
    ("keys", "error", "told"),
    [
        (["levl.nps"], ParameterError, "did you mean 'level'"),
        (["level.npss"], ParameterError, "did you mean 'nps'"),
        (["level"], ParameterError, "no column ''"),
        ([("level.nps", "newest")], ParameterError, "newest"),
        ([("level.nps", {"plan": "pro"})], ColumnError, "plan"),
        (["level.nps"] * 6, ParameterError, "key=6 figures"),
    ],
)
def test_a_key_that_names_nothing_is_refused(keys, error, told):
    with pytest.raises(error, match=told):
        ledger(key=keys, level=scores())


def test_a_page_finds_the_marks_in_the_output():
    _, about = ledger(key=["level.nps"], level=scores())._repr_mimebundle_()
    assert about["text/csv"]["keys"][0]["label"]
    assert about["text/csv"]["ledger"] is True
    assert "keys" not in ledger(level=scores())._repr_mimebundle_()[1]["text/csv"]
