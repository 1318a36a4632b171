"""What a reader sees is escaped, rounded in the picture only, and never a formula in the CSV."""

from __future__ import annotations

import base64
import csv
import io
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from cxlib import result, theme

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


def cells(text):
    return [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]


@pytest.mark.parametrize("attack", ATTACKS)
def test_formulas_are_inert_in_cells_and_headings(attack):
    table = result.Table(pd.DataFrame({attack: [attack, None], "n": [-1, 2]}))
    inert = attack if attack.startswith("fine") else "'" + attack
    assert cells(table.to_csv()) == [inert, "n", inert, "-1", "", "2"]
    assert table.frame.columns[0] == attack  # the data stay as they are


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), min_size=1))
def test_no_text_becomes_a_formula_and_none_is_lost(comments):
    written = cells(result.Table(pd.DataFrame({"id": 1, "comment": comments})).to_csv())
    for comment, cell in zip(comments, written[3::2], strict=True):
        assert not cell.lstrip().startswith(tuple("=+-@＝＋－＠"))
        assert cell[:1] not in tuple("\t\r\n")
        assert cell.removeprefix("'") == comment.removeprefix("'")


@pytest.mark.parametrize("kind", ["category", "object", "str"])
def test_text_of_every_kind_is_made_inert(kind):
    frame = pd.DataFrame({"a": pd.Series(["=1", "b"], dtype=kind)})
    assert result.inert_frame(frame)["a"].tolist() == ["'=1", "b"]
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
    table = result.Table(frame, formats={"nps": "points", "pvalue": "pvalue", "rate": "percent"})
    assert table.written().iloc[0].tolist() == [
        "12.3",
        "< 0.001",
        "12,345",
        "50.0 %",
        "2026Q3",
        "yes",
        "2026-07-01",
    ]
    assert table.written().iloc[1].tolist() == ["0.0", "0.032", "1", "–", "–", "no", "–"]
    assert pd.read_csv(io.StringIO(table.to_csv()))["nps"].tolist() == frame["nps"].tolist()


def test_customers_words_cannot_become_markup():
    frame = pd.DataFrame({MARKUP: [MARKUP], "n": [1]})
    page = BeautifulSoup(result.Table(frame, caption=MARKUP).to_html(), "html.parser")
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
    for text in (
        result.say(MARKUP),
        result.finding(MARKUP),
        result.flags([MARKUP, "two"]),
        result.flags([MARKUP]),
    ):
        shown = BeautifulSoup(text._repr_mimebundle_()["text/html"], "html.parser")
        assert {tag.name for tag in shown.find_all()} <= {"div", "p", "ul", "li"}
        assert shown.find(["p", "li"]).text == MARKUP


def test_a_table_shows_the_same_in_text_page_and_csv():
    table = result.Table(
        pd.DataFrame({"顧客の声": ["遅い", "빠르다"], "n": [3, 4]}), caption="件数"
    )
    bundle = table._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", "text/csv"}
    assert repr(table).startswith("件数\n")
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
    table = result.Table(frame)
    assert table.written().iloc[0].tolist() == ["0.500", "1", "2"]
    assert len(BeautifulSoup(table.to_html(), "html.parser").find_all("td")) == 3
    assert cells(table.to_csv())[3:] == ["0.5", "1", "2"]


def test_an_empty_table_says_why():
    table = result.Table(pd.DataFrame({"n": []}), empty="No invitation list was given.")
    assert repr(table) == "No invitation list was given."
    assert table._repr_mimebundle_()["text/plain"] == "No invitation list was given."


def test_flags_are_said_once_and_none_is_said_too():
    assert result.flags(["a", "b"], ["b", "c"]).sentences == ("a", "b", "c")
    assert len(result.flags([], ()).sentences) == 1
    assert repr(result.say("one", "two")) == "one\ntwo"


@dataclass(frozen=True, slots=True, eq=False)
class Shares(result.Result):
    formats: ClassVar = {"share": "percent"}


def test_a_result_hands_its_frame_on_as_a_table():
    shares = Shares(pd.DataFrame({"share": [0.25], "n": [4]}), "counts", ("small",))
    assert shares.table(["share"], caption="c").written().to_dict("list") == {"share": ["25.0 %"]}
    assert "<td" in shares._repr_html_()
    with pytest.raises(TypeError, match=r"Shares has no sentence of its own; read its \.frame"):
        shares.summary()
    with pytest.raises(TypeError, match="no figure of its own"):
        shares.plot()
    with pytest.raises(AttributeError):
        shares.method = "other"


def test_a_picture_has_words_and_is_closed():
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    ax = theme.title(theme.axes(), "点数は上がった", "NPS, n = 12")
    ax.set_xlabel("wave")
    picture = result.picture(ax)
    assert plt.get_fignums() == before
    assert repr(picture) == "点数は上がった. NPS, n = 12. x: wave."
    data, metadata = picture._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert metadata["image/png"]["alt"] == data["text/plain"] == picture.alt
    assert result.picture(theme.axes(), alt="words").alt == "words"


def test_what_is_absent_says_so_as_sentence_table_and_figure():
    absent = result.Absent.of("retention.no_value")
    assert "cannot be known without amounts" in absent.summary(months=6)
    assert repr(absent.table(["x"], caption="c")) == "Not shown: no column with amounts was named."
    assert (
        repr(result.picture(absent.plot(months=6)))
        == "Not shown: no column with amounts was named."
    )
    assert "cannot be known" in absent._repr_html_()
    assert list(absent.frame.columns) == ["confidence", "method"]


class Known(result.Result):
    def summary(self, language="en"):
        return "known"


def test_what_is_known_is_said_first():
    absent = result.Absent.of("retention.no_value")
    assert result.summaries(absent, Known(pd.DataFrame(), "none")) == ["known", absent.summary()]


def test_true_and_false_are_words_for_the_reader_and_stay_data_in_the_csv():
    table = result.Table(pd.DataFrame({"complete": [True, False]}))
    assert table.written().iloc[:, 0].tolist() == ["yes", "no"]
    assert "True" in table.to_csv()


def test_a_long_table_shows_its_first_rows_and_the_csv_has_all():
    table = result.Table(
        pd.DataFrame({"wave": [f"Q{n}" for n in range(3000)], "n": range(3000)}), most=2
    )
    assert len(table.to_csv().splitlines()) == 3001
    page = BeautifulSoup(table.to_html(), "html.parser")
    assert [row.get_text(" ") for row in page.tbody.find_all("tr")] == ["Q0 0", "Q1 1"]
    assert (
        page.tfoot.get_text() == repr(table).splitlines()[-1] == "… and 2,998 more rows in the CSV"
    )
    assert page.tfoot.td["colspan"] == "2"
    whole = result.Table(pd.DataFrame({"n": [1, 2]}), most=2)
    assert "<tfoot" not in whole.to_html()
    assert "more" not in repr(whole)
    assert repr(result.Table(pd.DataFrame({"n": [1, 2]}), most=1)).endswith(
        "… and 1 more row in the CSV"
    )
