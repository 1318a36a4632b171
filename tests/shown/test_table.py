"""What a reader sees is escaped, rounded in the picture only, and never a formula in the CSV."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from cxlib.errors import ParameterError
from cxlib.inert import visible
from cxlib.methods.multiplicity import Adjustment
from cxlib.nps.pairing import Side
from cxlib.rows.names import Missing
from cxlib.shown import table, text
from cxlib.shown.language import NOT_KNOWN
from cxlib.shown.language import text as text_of
from cxlib.shown.message import Message
from tests.hostile import PAYLOADS

ATTACKS = [
    '=HYPERLINK("http://evil.example","x")',
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "　=1",
    "\u00a0=1",
    "fine\r=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    " ＝1",
]
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)> & \"quoted\" 'too'"


def cells(written):
    return [cell for row in csv.reader(io.StringIO(written, newline="")) for cell in row]


@pytest.mark.parametrize("attack", ATTACKS)
def test_formulas_are_inert_in_cells_and_headings(attack):
    shown = table.Table(frame=pd.DataFrame({attack: [attack, None], "n": [-1, 2]}))
    inert = "fine\r'=1+1" if attack.startswith("fine") else "'" + attack
    assert cells(shown.to_csv()) == [inert, "n", inert, "-1", "", "2"]
    assert shown.frame.columns[0] == attack  # the data stay as they are


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), min_size=1))
def test_no_text_becomes_a_formula_and_none_is_lost(comments):
    written = cells(table.Table(frame=pd.DataFrame({"id": 1, "comment": comments})).to_csv())
    for comment, cell in zip(comments, written[3::2], strict=True):
        assert not cell.lstrip().startswith(tuple("=+-@＝＋－＠"))
        assert cell[:1] not in tuple("\t\r\n")
        assert cell.replace("'", "") == visible(comment, keep="\t\r\n").replace("'", "")


@pytest.mark.parametrize(
    ("comment", "cell"),
    [
        ("a;=1+1;b", "a;'=1+1;b"),
        ("a\t@SUM(1)", "a\t'@SUM(1)"),
        ("a\n-cmd|' /C calc'!A0", "a\n'-cmd|' /C calc'!A0"),
        ("fine ;-) and\n- a list\n+ 5 points", "fine ;-) and\n- a list\n+ 5 points"),
        ("a=b; c", "a=b; c"),
    ],
)
def test_a_formula_within_a_cell_is_inert_where_semicolons_part_columns(comment, cell):
    assert table.inert(comment) == cell
    assert table.inert(cell) == cell


@pytest.mark.parametrize("name", PAYLOADS)
def test_hostile_words_are_inert_in_cells_and_headings(name):
    word = PAYLOADS[name]
    shown = table.Table(frame=pd.DataFrame({word: [word], "n": [-1]}), columns={}, caption=word)
    for said in (repr(shown), shown.to_html(), shown.to_csv()):
        assert visible(said, keep="\n\t\r") == said
    assert not [
        cell for cell in cells(shown.to_csv())[:1] if cell.lstrip()[:1] in set("=+-@＝＋－＠")
    ]
    assert BeautifulSoup(shown.to_html(), "html.parser").find_all(["script", "img", "iframe"]) == []


@pytest.mark.parametrize("kind", ["category", "object", "str"])
def test_text_of_every_kind_is_made_inert(kind):
    frame = pd.DataFrame({"a": pd.Series(["=1", "b"], dtype=kind)})
    assert table.inert_frame(frame)["a"].tolist() == ["'=1", "b"]
    assert frame["a"].tolist() == ["=1", "b"]


def test_exact_values_stand_behind_the_rounded_table():
    frame = pd.DataFrame(
        {
            "nps": [12.3456789, -0.0],
            "pvalue": [0.0004, 0.0321],
            "n": [12345, 1],
            "rate": [0.5, None],
            "wave": ["2026Q3", None],
            "flag": [True, False],
            "day": pd.to_datetime(["2026-07-01", None]),
        }
    )
    shown = table.Table(
        frame=frame,
        columns={"nps": "points", "pvalue": "pvalue", "n": "integer", "rate": "percent"},
        topic="nps",
    )
    assert shown.written().iloc[0].tolist() == [
        "12.3",
        "< 0.001",
        "12,345",
        "50.0 %",
        "2026Q3",
        "yes",
        "2026-07-01",
    ]
    assert shown.written().iloc[1].tolist() == ["0.0", "0.032", "1", "–", "–", "no", "–"]
    assert pd.read_csv(io.StringIO(shown.to_csv()))["nps"].tolist() == frame["nps"].tolist()


def test_customers_words_cannot_become_markup():
    frame = pd.DataFrame({MARKUP: [MARKUP], "n": [1]})
    page = BeautifulSoup(table.Table(frame=frame, caption=MARKUP).to_html(), "html.parser")
    assert {tag.name for tag in page.find_all()} == {
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    }
    assert page.caption.text == page.th.text == page.td.text == MARKUP
    for said in (
        text.say(MARKUP),
        text.finding(MARKUP),
        text.flags([MARKUP, "two"]),
        text.flags([MARKUP]),
    ):
        shown = BeautifulSoup(said._repr_mimebundle_()["text/html"], "html.parser")
        assert {tag.name for tag in shown.find_all()} <= {"div", "p", "ul", "li"}
        assert shown.find(["p", "li"]).text == MARKUP


def test_a_table_shows_the_same_in_text_page_and_csv():
    shown = table.Table(
        frame=pd.DataFrame({"顧客の声": ["遅い", "빠르다"], "n": [3, 4]}), caption="件数"
    )
    bundle = shown._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", "text/csv"}
    assert repr(shown).startswith("件数\n")
    for shown in bundle.values():
        assert "顧客の声" in shown
        assert "빠르다" in shown
    page = BeautifulSoup(bundle["text/html"], "html.parser")
    assert [cell["class"] for cell in page.tbody.tr.find_all("td")] == [["txt"], ["num"]]
    assert all(cell["scope"] == "col" for cell in page.find_all("th"))
    assert [cell.get("style") for cell in page.find_all(["th", "td"])][:2] == [
        "text-align:left",
        None,
    ]


def test_columns_that_read_alike_are_both_shown():
    frame = pd.DataFrame([[0.5, 1, 2]], columns=["ci_low", "from", "from"])
    shown = table.Table(frame=frame)
    assert shown.written().iloc[0].tolist() == ["0.500", "1", "2"]
    assert len(BeautifulSoup(shown.to_html(), "html.parser").find_all("td")) == 3
    assert cells(shown.to_csv())[3:] == ["0.5", "1", "2"]


def test_only_our_own_columns_have_headings_of_ours():
    frame = pd.DataFrame([["a", 1, 0.5]], columns=["by_n", "n", "confidence"])
    shown = table.Table(frame=frame, columns={"n": "integer"}, carried={"by_n": "n"})
    assert shown.written().columns.tolist() == ["n", "n", "confidence"]
    assert cells(shown.to_csv())[:3] == ["by_n", "n", "confidence"]  # two of one name are no data
    alone = table.Table(frame=frame[["by_n", "confidence"]], carried={"by_n": "n"})
    assert cells(alone.to_csv())[:2] == ["n", "confidence"]
    with pytest.raises(KeyError, match="has no heading"):
        table.Table(frame=frame, columns={"by_n": ""}).written()


def test_words_of_an_enum_stand_in_the_table_and_its_values_in_the_csv():
    frame = pd.DataFrame({"method": ["holm", None]})
    shown = table.Table(frame=frame, columns={"method": Adjustment})
    assert shown.written()["method"].tolist() == ["Holm", "–"]
    assert cells(shown.to_csv()) == ["method", "holm", ""]
    both = table.Table(
        frame=pd.DataFrame({"method": ["holm, none"]}), columns={"method": (Adjustment, Adjustment)}
    )
    assert both.written()["method"].tolist() == ["Holm, unadjusted"]
    either = table.Table(
        frame=pd.DataFrame({"method": ["holm", "null"]}),
        columns={"method": Adjustment | Missing},
    )
    assert either.written()["method"].tolist() == ["Holm", "nothing"]


def test_an_empty_table_says_why():
    shown = table.Table(frame=pd.DataFrame({"n": []}), empty="No invitation list was given.")
    assert repr(shown) == "No invitation list was given."
    assert shown._repr_mimebundle_()["text/plain"] == "No invitation list was given."


def test_true_and_false_are_words_for_the_reader_and_stay_data_in_the_csv():
    shown = table.Table(frame=pd.DataFrame({"complete": [True, False]}))
    assert shown.written().iloc[:, 0].tolist() == ["yes", "no"]
    assert "True" in shown.to_csv()


def test_a_long_table_shows_its_first_rows_and_the_csv_has_all():
    shown = table.Table(
        frame=pd.DataFrame({"wave": [f"Q{n}" for n in range(3000)], "n": range(3000)}), most=2
    )
    assert len(shown.to_csv().splitlines()) == 3001
    page = BeautifulSoup(shown.to_html(), "html.parser")
    assert [row.get_text(" ") for row in page.tbody.find_all("tr")] == ["Q0 0", "Q1 1"]
    more = "… and 2,998 more rows: to_csv() of this table has all of them"
    assert page.tfoot.get_text() == repr(shown).splitlines()[-1] == more
    assert page.tfoot.td["colspan"] == "2"
    whole = table.Table(frame=pd.DataFrame({"n": [1, 2]}), most=2)
    assert "<tfoot" not in whole.to_html()
    assert "more" not in repr(whole)
    assert repr(table.Table(frame=pd.DataFrame({"n": [1, 2]}), most=1)).endswith(
        "… and 1 more row: to_csv() of this table has all of them"
    )


def test_cells_are_said_where_the_csv_has_the_values():
    frame = pd.DataFrame({"why": ["", "few"], "n": [1, 2]})
    said = table.Table(
        frame=frame, cells={"why": ["", Message("common.more", n=1200)], "absent": []}
    )
    assert said.written()["why"].tolist() == ["", "1,200 more"]
    assert said.to_csv().splitlines()[1:] == [",1", "few,2"]


# CSV with headings in words


@pytest.mark.parametrize("language", ["en", "ja", "ko"])
def test_a_csv_in_words_says_headings_and_statistical_words_and_no_figure_otherwise(language):
    frame = pd.DataFrame(
        {
            "店": ["東京", NOT_KNOWN, "yes"],
            "a": pd.Series([Side.THE_REST, "the_rest", "no"], dtype=object),
            "n": [12345, 1, 2],
            "nps": [1 / 3, -28.125, None],
            "outside": [True, False, True],
            "day": pd.to_datetime(["2026-07-01", None, "2026-07-03"]),
            "vip": [True, False, True],
            "method": ["holm", "BH", None],
        }
    )
    columns = {"n": "integer", "nps": "points", "outside": "", "method": Adjustment}
    shown = table.Table(
        frame=frame,
        columns=columns,
        topic="nps",
        language=language,
        most=1,
    )
    names = list(csv.reader(io.StringIO(shown.to_csv())))
    said = list(csv.reader(io.StringIO(shown.to_csv(headings="words"))))
    assert len(said) == len(names) == 4
    heading = dict(zip(names[0], said[0], strict=True))
    assert heading == {name: shown.written().columns[place] for place, name in enumerate(names[0])}
    for place, name in enumerate(names[0]):
        before, now = ([row[place] for row in rows[1:]] for rows in (names, said))
        if name in {"n", "nps", "day", "vip"}:
            assert now == before
    column = {name: [row[place] for row in said[1:]] for place, name in enumerate(names[0])}
    assert column["a"] == [text_of("nps.side_the_rest", language), "the_rest", "no"]
    assert column["店"] == ["東京", text_of("common.not_known", language), "yes"]
    yes, no = text_of("common.yes", language), text_of("common.no", language)
    assert column["outside"] == [yes, no, yes]
    assert column["method"][:2] == [
        text_of("common.adjustment_holm", language),
        text_of("common.adjustment_BH", language),
    ]
    assert column["method"][2] == ""


@pytest.mark.parametrize("attack", ATTACKS)
def test_formulas_are_inert_where_headings_are_words(attack):
    frame = pd.DataFrame({attack: [attack, None], "n": [-1, 2]})
    shown = table.Table(frame=frame, columns={"n": "integer"}, cells={attack: [attack, attack]})
    for cell in cells(shown.to_csv(headings="words")):
        assert cell in {"-1", "2"} or not cell.lstrip().startswith(tuple("=+-@＝＋－＠"))


def test_two_headings_that_would_be_one_have_their_names():
    frame = pd.DataFrame({"p値": [1], "pvalue": [2], "by_n": [3], "n": [4], "n_eff": [5]})
    shown = table.Table(
        frame=frame,
        columns=dict.fromkeys(["pvalue", "n", "n_eff"], ""),
        carried={"by_n": "n"},
        language="ja",
    )
    assert shown.to_csv(headings="words").splitlines()[0] == "p値,p値（pvalue）,by_n,n,実効n"


def test_a_csv_is_saved_as_excel_reads_it_whole_or_not_at_all(tmp_path):
    shown = table.Table(frame=pd.DataFrame({"店": ["東京\r\n2"]}))
    path = tmp_path / "数.csv"
    assert shown.to_csv(path) == path
    assert path.read_bytes() == b"\xef\xbb\xbf" + shown.to_csv().encode()
    assert pd.read_csv(path)["店"].tolist() == ["東京\r\n2"]
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(ParameterError, match="there is no folder"):
        shown.to_csv(tmp_path / "none" / "x.csv")
    with pytest.raises(ParameterError, match=r"headings='word' is not one of.*'words'"):
        shown.to_csv(path, headings="word")
    assert pd.read_csv(path)["店"].tolist() == ["東京\r\n2"]
