"""The header alone tells the names that `read_survey` gives, in every encoding and layout."""

import subprocess
import sys

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.errors import CxError, EmptyDataError, SourceError
from cxlib.sources import headers, read_survey, tables

QUALTRICS = (
    'Q1,Q2\n"How likely, really?",Why\n"{""ImportId"":""QID1""}","{""ImportId"":""QID2""}"\n9,ok\n'
)
MONKEY = "Respondent,Which?,,Why?\n,shop,app,Open-Ended Response\n1,x,,because\n"
JAPANESE = "顧客番号,満足度,お住まいの地域,ご意見\n1,9,東京都,とても満足しています\n"
KOREAN = "고객번호,만족도,지역,의견\n1,9,서울,아주 만족합니다\n"


def same(path):
    names = list(read_survey(path).frame.columns)
    assert headers.read_header(path).names[: len(names)] == names
    return names


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("a,b\n1,2\n", "utf-8"),
        ("\n\n,,\na, b  c ,\n1,2,3\n", "utf-8"),
        ("sep=;\na;b\n1;2\n", "utf-8"),
        ("a;b\n1;2\n", "utf-8"),
        ("why,why,why\n1,2,3\n", "utf-8"),
        ('"a\nb",c\r\n1,2\r\n', "utf-8-sig"),
        ("a,b\r1,2\r", "utf-8"),
        (QUALTRICS, "utf-8"),
        (QUALTRICS.split("\n", 1)[1], "utf-8"),
        (MONKEY, "utf-8"),
        (JAPANESE, "utf-8"),
        (JAPANESE, "cp932"),
        (JAPANESE, "utf-16"),
        (KOREAN, "cp949"),
        (KOREAN, "utf-16-be-bom"),
    ],
)
def test_the_names_are_those_of_the_survey(tmp_path, content, encoding):
    path = tmp_path / "survey.csv"
    if encoding == "utf-16-be-bom":
        path.write_bytes(("\ufeff" + content).encode("utf-16-be"))
    else:
        path.write_bytes(content.encode(encoding))
    same(path)


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "utf-16"])
def test_of_a_long_file_its_start_is_enough(tmp_path, monkeypatch, encoding):
    path = tmp_path / "long.csv"
    rows = "".join(f"{n},9,東京都,とても満足しています\n" for n in range(2000))
    path.write_bytes((JAPANESE + rows).encode(encoding))
    monkeypatch.setattr(tables, "_START", 10001)  # in the middle of a letter, too
    monkeypatch.setattr(
        type(path), "read_bytes", lambda self: pytest.fail("all of it would have been read")
    )
    assert headers.read_header(path).names == JAPANESE.split("\n")[0].split(",")


def test_where_the_start_cannot_be_told_all_of_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "long.csv"
    path.write_bytes(b"a" * 2000 + b",b\n1,2\n")
    monkeypatch.setattr(tables, "_START", 1000)
    assert same(path) == ["a" * 2000, "b"]


def test_a_workbook_whose_first_sheet_is_empty(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.create_sheet("data")
    sheet.append([None, None])
    sheet.append(["a", None, "b"])
    sheet.append([1, 2, 3])
    book.save(tmp_path / "book.xlsx")
    assert same(tmp_path / "book.xlsx") == ["a", "column 2", "b"]


def test_names_as_other_readers_have_them(tmp_path):
    path = tmp_path / "survey.csv"
    path.write_text(MONKEY, encoding="utf-8")
    header = headers.read_header(path)
    assert header.names == ["Respondent", "Which? - shop", "Which? - app", "Why?"]
    assert all(map(header.has, ["Which? - app", "Which?", "column 3"]))
    assert not header.has("which?")


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("a.csv", b"", EmptyDataError),
        ("a.csv", b"\n,,\n", EmptyDataError),
        ("a.csv", b"<!DOCTYPE html>", SourceError),
        ("a.csv", b"\xff\xff\xff", SourceError),
        ("a.xlsx", b"a,b\n1,2\n", SourceError),
        ("a.parquet", b"a,b\n1,2\n", SourceError),
        ("a.sav", b"$FL2", SourceError),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, name, content, error):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(error):
        headers.read_header(tmp_path / name)


def test_an_absent_file_is_refused(tmp_path):
    with pytest.raises(SourceError, match="does not exist"):
        headers.read_header(tmp_path / "none.csv")


@given(st.binary(max_size=60))
def test_any_bytes_give_names_or_a_refusal(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    try:
        names = list(read_survey(path).frame.columns)
    except CxError:  # what is refused for its rows may have a header
        return
    assert headers.read_header(path).names[: len(names)] == names


def test_a_header_of_text_needs_neither_pandas_nor_numpy(tmp_path):
    path = tmp_path / "survey.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    script = f"""import sys
from pathlib import Path
from cxlib.sources.headers import read_header
read_header(Path({str(path)!r}))
print(sorted({{"pandas", "numpy", "pyarrow", "openpyxl"}} & set(sys.modules)))"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
