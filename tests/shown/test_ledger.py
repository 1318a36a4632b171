"""Every figure of a report stands in its ledger once, with every digit, and the headline first."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib import nps
from cxlib.errors import ColumnError, ParameterError
from cxlib.shown import result
from cxlib.shown.language import heading, text
from cxlib.shown.ledger import COLUMNS, ledger

ONE = ["figure", "segment", "wave"]
WORDED = {"segment", "unit", "verdict", "method"}


def scores(**columns):
    frame = pd.DataFrame({"wave": ["2026Q2", "2026Q3"], "nps": [1 / 3, -28.125], **columns})
    limits = {"ci_low": frame["nps"] - 5, "ci_high": frame["nps"] + 5, "confidence": 0.95}
    return result.Result(frame=frame.assign(**limits), method="tango")


def read(shown):
    return pd.read_csv(io.StringIO(shown.to_csv()), keep_default_na=False, dtype=str)


def test_the_headline_is_the_first_row_and_stands_once():
    found = scores(n=[12, 128])
    shown = ledger(headline=found, at={"wave": "2026Q3"}, wave_column="wave", waves=found)
    assert list(shown.frame.columns) == list(COLUMNS)
    assert read(shown)[["figure", "wave", "value", "ci_low", "n"]].values.tolist() == [
        ["waves.nps", "2026Q3", "-28.125", "-33.125", "128"],
        ["waves.nps", "2026Q2", "0.3333333333333333", "-4.666666666666667", "12"],
    ]
    alone = ledger(headline=scores(), at={"wave": "2026Q3"}, wave_column="wave", other=found)
    assert alone.frame["figure"].tolist() == ["headline.nps", "other.nps", "other.nps"]
    assert ledger(one=found).frame["value"].iloc[0] == 1 / 3


def test_a_headline_that_is_absent_is_never_replaced_by_another_figure():
    absent = result.Absent.of("retention.no_value", result.Result)
    first = ledger(headline=absent, level=scores()).frame.iloc[0]
    assert first["text"] == absent.summary()
    assert pd.isna(first["value"])
    for frame in (pd.DataFrame({"nps": [None]}, dtype=float), pd.DataFrame({"word": ["a"]})):
        bare = result.Result(frame=frame, method="m")
        first = ledger(headline=bare, level=scores()).frame.iloc[0]
        assert pd.isna(first["value"])
        assert first["figure"].startswith("headline")


def test_the_ledger_refuses_what_it_cannot_place():
    found = scores()
    with pytest.raises(ParameterError, match="nps=DataFrame: is not a result"):
        ledger(nps=pd.DataFrame())
    with pytest.raises(
        ParameterError, match=r"at={'wave': '2031Q1'}: the headline has no such row"
    ):
        ledger(headline=found, at={"wave": "2031Q1"}, waves=found)
    with pytest.raises(ColumnError, match=r"at='wav': there is no such column.*'wave'"):
        ledger(headline=found, at={"wav": "2026Q3"}, waves=found)
    with pytest.raises(ParameterError, match=r"all_waves='wave' is not one of .*'waves'"):
        ledger(waves=found, all_waves=["wave"])


def test_what_is_of_one_wave_has_its_name_and_what_is_of_all_has_none():
    groups = result.Result(frame=pd.DataFrame({"plan": ["a", "b"], "x": [0.5, 1.5]}), method="m")
    pairs = result.Result(
        frame=pd.DataFrame({"a": ["2026Q2"], "b": ["2026Q3"], "difference": [3.5]}), method="m"
    )
    plans = result.Result(
        frame=pd.DataFrame({"a": ["pro"], "b": ["free"], "difference": [3.5]}), method="m"
    )
    shown = ledger(
        wave="2026Q3",
        wave_column="wave",
        all_waves=["always"],
        waves=scores(),
        groups=groups,
        always=groups,
        changes=pairs,
        gaps=plans,
    )
    told = shown.frame.drop_duplicates("figure", keep="last").set_index("figure")
    assert told["wave"].to_dict() == {
        "waves.nps": "2026Q3",
        "groups.x": "2026Q3",
        "always.x": "",
        "changes.difference": "2026Q3",
        "gaps.difference": "2026Q3",
    }
    assert told.loc["changes.difference", "segment"] == "a=2026Q2"
    assert told.loc["gaps.difference", "segment"] == "a=pro, b=free"


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=5)


@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=8))
def test_no_two_figures_have_one_name(pairs):
    frame = pd.DataFrame(pairs, columns=["plan", "country, x"]).assign(nps=0.5)
    found = result.Result(frame=frame, method="m")
    shown = ledger(level=found, again=found).frame
    assert not shown.duplicated(ONE).any()
    assert len(shown) == 2 * len(pairs)


@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=30))
def test_the_ledgers_csv_keeps_every_digit(values):
    frame = pd.DataFrame({"wave": [str(n) for n in range(len(values))], "nps": values})
    shown = ledger(x=result.Result(frame=frame, method="m"))
    assert read(shown)["value"].map(float).tolist() == values


def test_the_ledger_is_marked_for_cx_run_and_shows_its_first_rows_in_words():
    frame = pd.DataFrame({"n_needed": [float("inf")], "z": [-0.5], "verdict": ["cannot_tell"]})
    shown = ledger(x=result.Result(frame=frame, method="m"))
    data, metadata = shown._repr_mimebundle_()
    assert metadata == {"text/csv": {"ledger": True}}
    assert data["text/plain"].startswith("Every figure of this report\n")
    assert "cannot tell" in data["text/plain"]
    assert "∞" in data["text/html"]
    assert "inf" in data["text/csv"]
    assert "cannot_tell" in data["text/csv"]
    assert ledger().frame.empty
    assert repr(ledger()) == "None of the results has a figure."


@pytest.mark.parametrize("language", ["en", "ja", "ko"])
def test_a_ledger_in_words_has_the_same_figures_and_its_own_headings(language):
    rows = pd.DataFrame({"wave": ["A"] * 40 + ["B"] * 40, "score": [0, 9, 10, 5] * 10 + [10] * 40})
    changes = nps.compare(rows, score="score", between="wave")
    found = ledger(changes=changes, language=language)
    names, said = read(found), io.StringIO(found.to_csv(headings="words"))
    words = pd.read_csv(said, keep_default_na=False, dtype=str)
    assert words.columns.is_unique
    assert words.columns[0] == heading("study", language, topic="common")
    words.columns = list(names.columns[: len(words.columns)])
    exact = [name for name in words.columns if name not in WORDED]
    assert words[exact].values.tolist() == names[exact].values.tolist()
    shown = words.iloc[0]
    for name in ("verdict", "method"):
        assert shown[name] == changes.table([name], language=language).written().iat[0, 0]
    assert shown["unit"] == text("common.measured_in_points_change", language)
    assert (": " in shown["text"], "：" in shown["text"]) == (language != "ja", language == "ja")
    assert names["verdict"].iloc[0] == changes.frame["verdict"].iloc[0]
