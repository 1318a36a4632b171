"""Cells are split as they were written, or one refusal says why they cannot be told."""

from __future__ import annotations

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cxlib.errors import SourceError
from cxlib.sources.delimited import split


def rows_of(text, suffix=".csv"):
    return split(text, suffix=suffix, name="s.csv").rows


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".txt"])
def test_the_delimiter_is_found_where_the_question_holds_another(delimiter, suffix):
    others = [other for other in ",;\t|" if other != delimiter]
    header = ["id", "Would you, or not; recommend | us?", "why"]
    answers = [[str(n), str(n % 11), f"fast{others[n % 3]} good"] for n in range(30)]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in [header, *answers])
    assert rows_of(text, suffix) == [header, *answers]


def test_decimal_commas_do_not_split_a_file_of_semicolons():
    text = "id;weight;score\n" + "".join(f"{n};{n},5;{n % 11}\n" for n in range(20))
    found = split(text, suffix=".csv", name="s.csv")
    assert (found.delimiter, found.rows[3]) == (";", ["2", "2,5", "2"])


def test_a_comma_in_the_question_and_one_in_each_number_prove_no_commas():
    text = "id;weight;Would you, too?\n" + "".join(f"{n};{n},5;{n % 11}\n" for n in range(20))
    assert rows_of(text)[2] == ["1", "1,5", "1"]


def test_the_usual_delimiter_stays_where_answers_of_a_list_hold_another():
    text = "id,used\n1,shop;app\n2,shop\n3,shop;app;web\n"
    assert rows_of(text)[3] == ["3", "shop;app;web"]


def test_where_two_delimiters_fit_alike_the_advice_works_when_followed():
    text = "a, x;b, y\n1, 2;3, 4\n5, 6;7, 8\n"
    with pytest.raises(SourceError, match=r"'sep=,' .* if it is the comma, 'sep=;' if"):
        rows_of(text)
    assert rows_of("sep=;\n" + text)[1] == ["1, 2", "3, 4"]
    assert rows_of("sep=,\n" + text)[1] == ["1", " 2;3", " 4"]


@pytest.mark.parametrize("extra", [",", ",,,"])
def test_delimiters_at_the_end_of_lines_are_no_cells(extra):
    text = "id,score\n" + "".join(f"{n},{n % 11}{extra}\n" for n in range(5))
    assert rows_of(text) == [["id", "score"], *([str(n), str(n % 11)] for n in range(5))]


def test_rows_that_end_early_are_filled_up_and_said():
    found = split("id,score,why,mail\n1,9,good,x\n2,7\n3,,\n", suffix=".csv", name="s.csv")
    assert found.rows[2:] == [["2", "7", "", ""], ["3", "", "", ""]]
    assert [str(note) for note in found.notes] == [
        "2 rows end before the last of the 4 columns; their last cells count as missing."
    ]


@pytest.mark.parametrize(
    "text",
    [
        "id,score,why\n1,9,good\nand cheap\n2,7,slow\n",  # the break is in the last cell
        "id,why,score\n1,good\nand cheap,9\n2,slow,7\n",  # or in another
        "id,why,score\nR1,a,1\nR2,good\ncheap,9\nR3,slow,7\n",
        "why,score\nfine,1\nfast\nR9,9\nslow,7\n",
    ],
)
def test_pieces_of_an_answer_with_a_line_break_are_refused(text):
    with pytest.raises(SourceError, match=r"line [34] .*line break"):
        rows_of(text)


def test_content_beyond_the_header_is_refused_with_all_its_lines():
    text = "id,why\n1,ok\n2,slow, dear\n3,ok\n4,a, b, c\n5,ok\n6,x, y\n"
    with pytest.raises(
        SourceError, match=r"line 3 has 3 cells and the header 2 \(2 others alike, in line 5, 7\)"
    ):
        rows_of(text)
    with pytest.raises(SourceError, match="add the missing name"):
        rows_of("score,wave\n1,9,Q1\n2,8,Q1\n3,7,Q2\n")


def test_a_header_that_no_record_fits_is_refused():
    with pytest.raises(SourceError, match="no record has as many"):
        rows_of("Why, really?\ngood\nbad\n")


def test_the_line_of_an_open_quote_is_where_its_record_begins():
    with pytest.raises(SourceError, match=r"do not match up .*begins in line 3"):
        rows_of('a,b\n1,2\n3,"open\n5,6\n')
    with pytest.raises(SourceError, match="begins in line 4"):
        rows_of('sep=,\na,b\n1,2\n3,"x"y\n')


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<html><body>sign in</body></html>", "a web page"),
        ('{"id": 1}\n{"id": 2}\n', "is JSON"),
        ('[\n  {"id": 1}]', "is JSON"),
        (",".join(f"q{n}" for n in range(10_001)) + "\n" + "1," * 10_000 + "1\n", "10,001 columns"),
    ],
)
def test_other_texts_are_named(text, message):
    with pytest.raises(SourceError, match=message):
        rows_of(text)


@pytest.mark.parametrize("title", ["NPS 2026\n", "NPS 2026\n\n", "NPS 2026,,,\n,,,\n", "\n\n,,\n"])
def test_lines_above_the_header_are_left_out_and_said(title):
    table = "id,score,wave,why\n1,9,Q1,ok\n2,7,Q1,slow\n"
    found = split(title + table, suffix=".csv", name="s.csv")
    assert found.rows == rows_of(table)
    assert any("'NPS 2026'" in str(note) for note in found.notes) is title.startswith("NPS")


cell = st.text(st.sampled_from('ab 9,;|\t"\n\r'), max_size=6)


@given(
    st.sampled_from(",;\t|"),
    st.integers(2, 4).flatmap(
        lambda width: st.lists(
            st.lists(cell, min_size=width, max_size=width), min_size=3, max_size=9
        )
    ),
)
def test_what_csv_writes_comes_back_or_is_refused(delimiter, rows):
    rows = [[f"q{n}" for n in range(len(rows[0]))], *rows]
    assume(all(any(row) for row in rows))
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(
        rows
    )
    with suppress(SourceError):
        assert rows_of(buffer.getvalue()) == rows
