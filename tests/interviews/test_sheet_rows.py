"""Rows and columns of a filled sheet are read where they were moved, or refused by their place."""

import pandas as pd
import pytest

from cxlib import interviews
from cxlib.errors import EmptyDataError, SourceError
from cxlib.interviews.sheet_cells import FILLED, MARK, Column

from .filling import Filling, as_csv, keys, spans


def test_refusals_name_the_place(corpus, filling, tmp_path):
    def refused(match, **changes):
        one = Filling(corpus, tmp_path / "again.xlsx")
        for address, value in changes.items():
            one.sheet[address].value = value
        with pytest.raises(SourceError, match=match):
            one.read(corpus.documents, "changed.xlsx")

    refused(r"sheet 'coding', row 4, column 'code': '=F3' is a formula", F4="=F3")
    refused(r"row 3, column 'read': '9' is the number of no unit of 'one\.txt'", K3="9")
    refused(r"row 3, column 'document': 'oen\.txt' is not .*mean 'one\.txt'", A3="oen.txt")
    refused(r"row 5, column 'coder' \(hidden\): 'Ben', where the sheet is of 'Ana'", P5="Ben")
    refused(r"row 14: 'late' stands in a row that is no unit", F14="late")
    refused(r"row 3, column 'end' \(hidden\): '' is no whole number", M3=None)
    refused(r"the column 'start' \(hidden\) was deleted.*write the sheet again", L1=None)
    refused(r"row 1: the column 'cx:code' is there twice", Q1="cx:code")
    for column in "FGHIJK":  # of those that a coder fills; codes may have been in it
        refused(r"the column '[a-z 0-9]+' was deleted", **{f"{column}1": None})


def test_a_unit_in_two_rows_is_refused(corpus, filling):
    for at, cell in enumerate(filling.sheet[3], start=1):
        filling.sheet.cell(14, at).value = cell.value
    with pytest.raises(SourceError, match=r"row 14: unit 0 of 'one\.txt' stands in row 3 already"):
        filling.read(corpus.documents)


def test_two_sheets_and_none(corpus, filling, tmp_path):
    filling.book.copy_worksheet(filling.sheet)
    with pytest.raises(SourceError, match=r"2 sheets of codings \(coding, coding Copy\)"):
        filling.read(corpus.documents)
    pd.DataFrame({"document": ["a"], "code": ["b"]}).to_excel(tmp_path / "no.xlsx", index=False)
    assert not interviews.is_sheet(tmp_path / "no.xlsx")
    with pytest.raises(SourceError, match="is no sheet of cxlib"):
        interviews.read_sheet(tmp_path / "no.xlsx", documents=corpus.documents)
    assert not interviews.is_sheet(tmp_path / "absent.xlsx")


def test_a_sheet_of_another_form_and_one_without_rows(corpus, tmp_path):
    filling = Filling(corpus, tmp_path / "a.xlsx")
    filling.book["about"]["B1"].value = "cxlib sheet 9"
    with pytest.raises(SourceError, match="form 'cxlib sheet 9'"):
        filling.read(corpus.documents)
    filling = Filling(corpus, tmp_path / "b.xlsx")
    filling.sheet.delete_rows(3, 30)
    with pytest.raises(EmptyDataError, match="no row that stands for a unit"):
        filling.read(corpus.documents)


def test_columns_that_a_coder_added(corpus, filling):
    filling.sheet["Q2"].value, filling.sheet["Q3"].value = "Code 4", "own"
    filling.sheet["R2"].value, filling.sheet["R4"].value = "thoughts", "hm"
    read = filling.read(corpus.documents)
    assert spans(read) == {("one.txt", 0, 13, "own")}
    assert keys(read.warnings) == ["strange", "new_codes"]
    assert "“thoughts”" in str(read.warnings[0])


OWN = [column for column in Column if column not in (Column.SPEAKER, Column.BEFORE)]


@pytest.mark.parametrize("column", OWN)
def test_a_deleted_column_is_refused_or_told_by_its_name(corpus, filling, column):
    for unit, cell in enumerate((Column.CODE, Column.CODE_2, Column.CODE_3, Column.MORE)):
        filling.fill("one.txt", unit, cell, "late delivery")
    filling.fill("one.txt", 0, "memo", "why").fill("one.txt", 4, "read", "done")
    filling.sheet.delete_cols(filling.at[f"{MARK}{column}"])
    filling.book.save(filling.path)
    assert interviews.is_sheet(filling.path)
    if column in (*FILLED, "document", "unit", "start", "end"):
        with pytest.raises(SourceError, match=f"'{column}'.* deleted"):
            filling.read(corpus.documents)
        return
    warnings = filling.read(corpus.documents).warnings
    told = [str(flag) for flag in warnings if flag.key == "interviews.sheet_lost"]
    assert len(told) == 1
    assert f"“{column}”" in told[0]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("about", [True, False])
@pytest.mark.parametrize("columns", [True, False])
@pytest.mark.parametrize("row", [True, False])
def test_a_sheet_without_what_was_hidden_is_refused_as_a_sheet(
    corpus, filling, tmp_path, kind, about, columns, row
):
    filling.fill("one.txt", 0, "code", "late delivery")
    if columns:  # the last five
        filling.sheet.delete_cols(filling.at[f"{MARK}start"], 5)
    if row:
        filling.sheet.delete_rows(1)
    if not about:
        del filling.book["about"]
    path = tmp_path / f"Ana2.{kind}"
    filling.book.save(path) if kind == "xlsx" else as_csv(filling, path)
    assert interviews.is_sheet(path)
    if row or columns:
        with pytest.raises(SourceError, match=r"hidden.*delete.*write the sheet again"):
            interviews.read_sheet(path, documents=corpus.documents)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_saved_from_it_is_read_by_its_words(corpus, filling, tmp_path, delimiter):
    filling.fill("one.txt", 0, "code", "Late delivery").fill("二.txt", 0, "read", "完了")
    filling.fill("one.txt", 2, "memo", "a;b\nc")
    as_csv(filling, tmp_path / "x.csv", delimiter)
    assert interviews.is_sheet(tmp_path / "x.csv")
    read = interviews.read_sheet(tmp_path / "x.csv", documents=corpus.documents)
    assert read.coder == "Ana"
    assert spans(read) == {
        ("one.txt", 0, 13, "Late delivery"),
        ("one.txt", 21, 40, ""),
        ("二.txt", 0, 0, ""),
    }
    filling.sheet.delete_cols(16)  # without its coder
    as_csv(filling, tmp_path / "Ben.csv")
    assert interviews.read_sheet(tmp_path / "Ben.csv", documents=corpus.documents).coder == "Ben"
    filling.sheet.delete_rows(1)
    as_csv(filling, tmp_path / "Ben.csv")
    assert interviews.is_sheet(tmp_path / "Ben.csv")  # so that it is refused as what it is
    with pytest.raises(SourceError, match=r"hidden first row.*write the sheet again"):
        interviews.read_sheet(tmp_path / "Ben.csv", documents=corpus.documents)
