"""Names of groups: white space and width are folded and said, nothing else is changed."""

from __future__ import annotations

import datetime as dt
import unicodedata
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.rows import names
from cxlib.rows.names import Missing

TOKYO = ["Tokyo", "Tokyo ", " Tokyo", "Tokyo\u3000", "\xa0Tokyo", "Ｔｏｋｙｏ", "Tokyo\n"]
anything = st.text(st.characters(codec="utf-8") | st.sampled_from([*names.WIDTH, " ", "\xa0"]))


def objects(*values):
    return pd.Series(values, dtype=object)


def test_spellings_that_differ_in_white_space_and_width_alone_are_one_name_and_that_is_said():
    folded = names.fold(objects(*TOKYO, "Osaka"))
    assert set(folded.values) == {"Tokyo", "Osaka"}
    assert folded.joined == {"Tokyo": sorted(TOKYO)}
    (note,) = folded.notes("city")
    assert note.key == "common.names_joined"
    assert "column 'city'" in str(note)
    for seen in ("'Tokyo '", "'Tokyo\\u3000'", "'\\xa0Tokyo'", "'Ｔｏｋｙｏ'"):
        assert seen in str(note)
    assert not folded.warnings("city")


def test_names_that_differ_in_case_stay_apart_and_are_flagged():
    folded = names.fold(objects("Basic", "basic", "PRO", "Pro", "Plus", "BASIC "))
    assert folded.values.tolist() == ["Basic", "basic", "PRO", "Pro", "Plus", "BASIC"]
    assert folded.differ_in_case == [["BASIC", "Basic", "basic"], ["PRO", "Pro"]]
    (flag,) = folded.warnings("plan")
    assert flag.key == "common.names_differ_in_case"
    assert "'BASIC' beside 'Basic' and 'basic'" in str(flag)
    assert not folded.notes("plan")


def test_what_is_missing_is_told_apart_and_is_no_name():
    folded = names.fold(objects(None, np.nan, pd.NA, pd.NaT, "", " ", "\u3000", "nan", "None"))
    assert folded.values.tolist() == [None] * 7 + ["nan", "None"]
    assert folded.missing == {Missing.NULL: 3, Missing.NAN: 1, Missing.BLANK: 3}
    assert names.fold(pd.Series([1.0, np.nan])).missing[Missing.NAN] == 1
    assert names.fold(pd.Series(["a", None], dtype="str")).missing[Missing.NULL] == 1
    assert names.fold(pd.Series([1, None], dtype="Int64")).missing[Missing.NULL] == 1


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (2026.0, "2026"),
        (np.float64(2026), "2026"),
        (np.float32(7), "7"),
        (Decimal("2026.00"), "2026"),
        (2.5, "2.5"),
        (np.int8(3), "3"),
        (True, "True"),
        (np.bool_(False), "False"),
        (dt.date(2026, 7, 1), "2026-07-01"),
        (pd.Timestamp("2026-07-01"), "2026-07-01"),
        (pd.Timestamp("2026-07-01 09:30"), "2026-07-01 09:30:00"),
        ("2026.0", "2026.0"),
        (pd.Period("2026Q3"), "2026Q3"),
        (float("inf"), "inf"),
    ],
)
def test_values_are_written_as_a_reader_would(value, written):
    assert names.name(value) == written
    assert names.fold(objects(value)).values.tolist() == [written]


def test_typed_columns_are_written_alike():
    days = pd.Series(pd.to_datetime(["2026-07-01", None]))
    assert names.fold(days).values.tolist() == ["2026-07-01", None]
    assert names.fold(pd.Series([True, False])).values.tolist() == ["True", "False"]
    assert names.fold(pd.Series(["b ", "a"], dtype="category")).values.tolist() == ["b", "a"]
    assert names.fold(objects(True, 1, 1.0, False, 0)).values.tolist() == [
        "True",
        "1",
        "1",
        "False",
        "0",
    ]


@pytest.mark.parametrize("kept", ["①", "㈱東京", "ㅎㅏㄴ", "ﬁne", "H₂O", "㎏", "Ⅳ", "ǅ"])
def test_other_compatibility_forms_are_not_changed(kept):
    assert names.name(kept) == kept


@pytest.mark.parametrize(
    ("given_name", "folded"),
    [
        ("ｶﾞｯｺｳ", "ガッコウ"),
        ("ﾊﾟｰﾄ･ｱﾙﾊﾞｲﾄ", "パート・アルバイト"),
        ("ＡＢＣ　１２３", "ABC 123"),
        ("（株）東京", "(株)東京"),
        ("か\u3099", "が"),
        ("서\u1109\u1165\u110b\u116e\u11af", "서서울"),
    ],
)
def test_east_asian_names_have_one_form(given_name, folded):
    assert names.name(given_name) == folded


@given(anything)
def test_a_folded_name_is_its_own_name(text):
    found = names.name(text)
    assert found is None or names.name(found) == found


@given(anything)
def test_nothing_but_white_space_and_width_is_changed(text):
    def bare(each):
        usual = "".join(names.WIDTH.get(char, char) for char in each)
        return "".join(unicodedata.normalize("NFD", usual).split())

    def ordered(each):  # combining marks of one letter, whatever stood between them
        return sorted(bare(each))

    assert ordered(names.name(text) or "") == ordered(text)


@given(
    st.lists(st.sampled_from([*TOKYO, "tokyo", "Osaka", "", None, 2026.0]), min_size=1), st.data()
)
def test_the_order_of_rows_does_not_matter(values, data):
    order = data.draw(st.permutations(range(len(values))))
    there, mixed = names.fold(objects(*values)), names.fold(objects(*values).iloc[order])
    assert there.joined == mixed.joined
    assert there.differ_in_case == mixed.differ_in_case
    assert there.missing == mixed.missing
    assert mixed.values.sort_index().tolist() == there.values.tolist()
    assert mixed.values.index.tolist() == order


@given(st.lists(st.tuples(st.sampled_from([*TOKYO, "Osaka", None, ""]), st.integers(0, 10))))
def test_counts_by_raw_names_are_those_of_clean_rows(rows):
    frame = pd.DataFrame(rows, columns=["city", "score"]).astype({"city": object, "score": int})
    raw = frame.groupby(["city", "score"], as_index=False, dropna=False).agg(n=("score", "size"))
    joined = names.join(raw, ["city"], ["n"]).frame
    clean = frame.assign(city=names.fold(frame["city"]).values)
    assert not joined.duplicated(["city", "score"]).any()
    assert sorted(map(str, joined.itertuples(index=False, name=None))) == sorted(
        str((city, score, int(n)))
        for (city, score), n in clean.value_counts(["city", "score"], dropna=False).items()
        for city in [None if pd.isna(city) else city]
    )


def test_counts_keep_their_other_columns_and_say_what_was_joined():
    counts = pd.DataFrame(
        {"city": TOKYO[:2], "plan": ["a", "A"], "code": [-1, -1], "n": [2, 3], "w": [1.5, 1.0]}
    )
    found = names.join(counts, ["city"], {"n", "w"})
    assert found.frame.columns.tolist() == counts.columns.tolist()
    assert found.frame["n"].tolist() == [2, 3]
    assert [note.key for note in found.notes] == ["common.names_joined"]
    found = names.join(counts, ["plan"], {"n", "w"})
    assert [flag.key for flag in found.warnings] == ["common.names_differ_in_case"]
    assert names.join(counts, [], {"n"}).frame is counts


def test_the_researchers_columns_are_carried_beside_a_results_own():
    assert names.carry(["plan", "n", "by_n"], {"n"}) == {
        "plan": "plan",
        "n": "by_by_n",
        "by_n": "by_n",
    }
