"""Every figure of a report stands in its ledger under a name of its own, with every digit."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.errors import ParameterError
from cxlib.shown import result
from cxlib.shown.ledger import ledger
from cxlib.shown.message import Message


def figures_of(**results):
    found = pd.read_csv(
        io.StringIO(ledger(**results).to_csv()),
        keep_default_na=False,
        na_values={"value": "", "confidence": ""},
    )
    return {
        (row.result, row.row, row.quantity): row.text or row.value for row in found.itertuples()
    }


def test_the_ledger_has_every_figure_under_its_name():
    changes = result.Result(
        frame=pd.DataFrame(
            {
                "a": ["2026Q2", "=1+1"],
                "b": ["2026Q3", "東京"],
                "difference": [1 / 3, None],
                "n": pd.array([12, None], dtype="Int64"),
                "known": [True, False],
                "verdict": ["up", "cannot tell"],
                "confidence": 0.95,
                "method": "mover",
            },
            index=[7, 7],
        ),
        method="compare",
        warnings=(Message("common.no_warning"),),
    )
    found = figures_of(changes=changes)
    first, second = "a=2026Q2, b=2026Q3", "a==1+1, b=東京"
    assert found == pytest.approx(
        {
            ("changes", first, "difference"): 1 / 3,
            ("changes", first, "n"): 12,
            ("changes", first, "known"): 1,
            ("changes", first, "verdict"): "up",
            ("changes", second, "difference"): float("nan"),
            ("changes", second, "n"): float("nan"),
            ("changes", second, "known"): 0,
            ("changes", second, "verdict"): "cannot tell",
            ("changes", "", "warning"): str(Message("common.no_warning")),
        },
        abs=0,
        nan_ok=True,
    )
    frame = ledger(changes=changes).frame
    assert list(frame.columns) == [
        "result",
        "row",
        "quantity",
        "value",
        "text",
        "method",
        "confidence",
    ]
    assert frame["method"].tolist() == ["mover"] * 8 + ["compare"]
    assert frame["confidence"].tolist()[:8] == [0.95] * 8


def test_the_ledger_lists_what_is_absent_and_leaves_out_what_is_empty():
    absent = result.Absent.of("retention.no_value", result.Result)
    empty = result.Result(frame=pd.DataFrame({"n": []}), method="none")
    assert figures_of(nothing=empty, value=absent) == {("value", "", "absent"): absent.summary()}
    assert ledger().frame.empty
    with pytest.raises(ParameterError, match="nps=DataFrame: is not a result"):
        ledger(nps=pd.DataFrame())


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        ({"nps": [1.0]}, [""]),
        ({"day": pd.to_datetime(["2026-07-01"])}, []),
        ({"nps": [1.0, 1.0]}, ["#1", "#2"]),
        ({"score": [0, 1], "n": [5, 5]}, ["score=0", "score=1"]),
        ({"n": [5, 5], "score": [0, 1], "x": 0.5}, ["n=5, score=0", "n=5, score=1"]),
        (
            {"group": ["a", "a"], "wave": [1, 2], "nps": [0.5, 0.5]},
            ["group=a, wave=1", "group=a, wave=2"],
        ),
        ({"group": ["a", None], "nps": [0.5, 0.5]}, ["group=a", ""]),
        ({"verdict": ["up", "up"]}, ["#1", "#2"]),
        (
            {"group": pd.Categorical(["nan"]), "day": pd.to_datetime(["2026-07-01"]), "x": [1.5]},
            ["group=nan, day=2026-07-01"],
        ),
    ],
)
def test_every_row_of_the_ledger_is_told_from_the_others(columns, rows):
    frame = ledger(x=result.Result(frame=pd.DataFrame(columns), method="m")).frame
    assert list(dict.fromkeys(frame["row"])) == rows
    assert not frame.duplicated(["result", "row", "quantity"]).any()


@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=30))
def test_the_ledgers_csv_keeps_every_digit(values):
    shown = ledger(
        x=result.Result(
            frame=pd.DataFrame({"wave": [str(n) for n in range(len(values))], "nps": values}),
            method="m",
        )
    )
    assert (
        pd.read_csv(io.StringIO(shown.to_csv()), dtype=str, keep_default_na=False)["value"]
        .map(float)
        .tolist()
        == values
    )
    assert len(shown.written()) == min(10, len(values))


def test_what_has_no_bound_is_shown_as_such():
    shown = ledger(
        x=result.Result(frame=pd.DataFrame({"n_needed": [float("inf")], "z": [-0.5]}), method="m")
    )
    assert shown.written().iloc[:, 3].tolist() == ["∞", "−0.5"]
    assert shown.to_csv().splitlines()[1].split(",")[3] == "inf"


def test_the_ledger_is_marked_for_cx_run():
    data, metadata = ledger(
        x=result.Result(frame=pd.DataFrame({"nps": [12.5]}), method="m")
    )._repr_mimebundle_()
    assert metadata == {"text/csv": {"ledger": True}}
    assert data["text/plain"].startswith("Every figure of this report\n")
    assert "12.5" in data["text/csv"]


def test_a_researchers_column_says_which_row_it_is_whatever_its_name():
    owned = {"reason": "", "n": "integer"}
    mine = type("Mine", (result.Result,), {"columns": owned})
    frame = pd.DataFrame({"by_reason": ["gift", "need"], "n": [5, 5], "reason": ["few", ""]})
    found = mine(frame=frame, method="m", carried={"by_reason": "reason"})
    assert list(dict.fromkeys(ledger(x=found).frame["row"])) == ["reason=gift", "reason=need"]
    own = result.Result(frame=pd.DataFrame({"plan": ["a"], "verdict": ["x"]}), method="m")
    assert ledger(x=own).frame["quantity"].tolist() == ["verdict"]
