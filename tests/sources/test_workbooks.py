"""Cells of a workbook that show no value, or another than they hold, are told."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

import openpyxl
import pandas as pd
import pytest

from cxlib.errors import SourceError
from cxlib.sources import read_survey, workbooks


def saved(folder, rows, change=lambda sheet: None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    change(book.active)
    book.save(folder / "s.xlsx")
    return folder / "s.xlsx"


def rewritten(path, part, change):
    """Change one part of a workbook, as other programs write it."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_formulas_that_were_never_calculated_are_refused(tmp_path):
    rows = [["id", "score", "twice"], *([k, k, f"=B{k + 2}*2"] for k in range(40))]
    with pytest.raises(SourceError, match=r"formulas in 'twice' \(40\) were never calculated"):
        read_survey(saved(tmp_path, rows))


def test_formulas_with_their_values_are_values(tmp_path):
    path = saved(tmp_path, [["id", "score"], [1, "=A2+8"], [2, "=A3+5"]])
    values = iter(["9", "7.0"])
    rewritten(
        path,
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub(r"</f><v ?/?>(</v>)?", lambda _: f"</f><v>{next(values)}</v>", xml),
    )
    assert read_survey(path).frame["score"].tolist() == [9, 7]


def test_formulas_that_all_are_zero_in_a_workbook_that_asks_to_be_calculated(tmp_path):
    path = saved(tmp_path, [["id", "score"], *([k, f"=A{k + 2}"] for k in range(9))])
    zeros = re.compile(r"</f><v ?/?>(</v>)?")
    rewritten(path, "xl/worksheets/sheet1.xml", lambda xml: zeros.sub("</f><v>0</v>", xml))
    with pytest.raises(SourceError, match=r"'score' \(9\) were never calculated"):
        read_survey(path)
    rewritten(path, "xl/workbook.xml", lambda xml: xml.replace('fullCalcOnLoad="1"', ""))
    assert read_survey(path).frame["score"].tolist() == [0] * 9


def test_a_formula_that_gives_an_empty_text_was_calculated(tmp_path):
    path = saved(tmp_path, [["id", "score"], [1, 9], [2, '=IF(A3>1,"",1)']])
    rewritten(
        path,
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace('<c r="B3">', '<c r="B3" t="str">'),
    )
    assert read_survey(path).frame["score"].tolist() == [9, pd.NA]


def test_error_cells_are_missing_and_flagged(tmp_path):
    path = saved(tmp_path, [["id", "score"], [1, 9], [2, "#N/A"], [3, "#DIV/0!"]])
    survey = read_survey(path)
    assert survey.frame["score"].tolist() == [9, pd.NA, pd.NA]
    assert [str(warning) for warning in survey.warnings] == [
        "2 cells of the sheet hold an error such as #N/A, in 'score'; counted as missing."
    ]


def test_merged_cells_below_the_header_belong_to_each_row(tmp_path):
    rows = [["wave", "score"], ["Q1", 9], [None, 8], [None, 3], ["Q2", 7], [None, 10]]

    def merge(sheet):
        sheet.merge_cells("A2:A4")
        sheet.merge_cells("A5:A6")

    survey = read_survey(saved(tmp_path, rows, merge))
    assert survey.frame["wave"].tolist() == ["Q1", "Q1", "Q1", "Q2", "Q2"]
    assert any("3 cells of merged ranges" in str(note) for note in survey.notes)


def test_a_merged_title_is_left_out(tmp_path):
    rows = [["NPS in 2026", None, None], [], ["id", "score", "why"], [1, 9, "x"], [2, 7, None]]
    survey = read_survey(saved(tmp_path, rows, lambda sheet: sheet.merge_cells("A1:C1")))
    assert list(survey.frame.columns) == ["id", "score", "why"]
    assert any("'NPS in 2026'" in str(note) for note in survey.notes)


def test_kinds_of_cells(tmp_path):
    day, moment = dt.date(2026, 7, 1), dt.datetime(2026, 7, 1, 9, 5)
    rows = [["ok", "day", "at", "id"], [True, day, moment, "007"], [False, day, moment, "8"]]
    frame = read_survey(saved(tmp_path, rows)).frame
    assert frame["ok"].tolist() == [True, False]
    assert frame["day"].tolist() == [pd.Timestamp(day)] * 2
    assert frame["at"].tolist() == [pd.Timestamp(moment)] * 2
    assert frame["id"].tolist() == ["007", "8"]


@pytest.mark.parametrize("cell", ["XFD1048576", "XFD1", "AAAA5", "A99999999"])
def test_a_cell_far_away_is_refused_before_the_square_is_built(tmp_path, cell):
    path = saved(tmp_path, [["a", "b"], [1, 2]])
    row = re.sub(r"\D", "", cell)
    rewritten(
        path,
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(
            "</sheetData>", f'<row r="{row}"><c r="{cell}"><v>1</v></c></row></sheetData>'
        ),
    )
    with pytest.raises(SourceError, match=r"at most 10,000 columns|which no sheet has"):
        read_survey(path)


def test_cells_far_apart_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbooks, "_MOST_CELLS", 10_000)
    rows = [["a", "b"], *([k, 1] for k in range(300))]
    assert len(read_survey(saved(tmp_path, rows)).frame) == 300
    path = saved(tmp_path, rows, lambda sheet: sheet.cell(3, 5000, "stray"))
    with pytest.raises(SourceError, match="lie far apart"):
        read_survey(path)


def test_damaged_xml_is_refused(tmp_path):
    path = saved(tmp_path, [["a", "b"], [1, 2]])
    rewritten(path, "xl/worksheets/sheet1.xml", lambda xml: xml[: xml.index("</sheetData>") - 9])
    with pytest.raises(SourceError, match="save it"):
        read_survey(path)
    with pytest.raises(SourceError, match="not what its suffix says"):
        workbooks.open_workbook(io.BytesIO(b"PK\x03\x04xl/"), name="s.xlsx")
