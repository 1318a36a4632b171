"""A sheet is written, filled by a script that plays a coder, and read back: the same codings, or a
refusal."""

import dataclasses
import random
import shutil
import subprocess

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxlib import interviews
from cxlib.errors import SourceError
from cxlib.interviews import counts
from cxlib.interviews.sheet_cells import Column

from ..hostile import LEGITIMATE, PAYLOADS
from .filling import BOOK, CODE_CELLS, Filling, as_csv, keys, make, progress, spans


def test_a_code_is_of_the_whole_unit(corpus, filling):
    filling.fill("one.txt", 0, "code", "late delivery").fill("one.txt", 0, "memo", "=1+1; a\nb")
    filling.fill("one.txt", 2, "more codes", "배송 지연; own code ；late delivery;")
    filling.fill("one.txt", 1, "memo", "a memo alone").fill("one.txt", 4, "read", "done")
    filling.fill("二.txt", 1, "read", "済")
    read = filling.read(corpus.documents)
    assert read.coder == "Ana"
    assert read.unit == "turn"
    assert spans(read) == {
        ("one.txt", 0, 13, "late delivery"),
        ("one.txt", 15, 19, ""),
        ("one.txt", 21, 40, "배송 지연"),
        ("one.txt", 21, 40, "own code"),
        ("one.txt", 21, 40, "late delivery"),
        ("二.txt", 0, 0, ""),
    }
    assert progress(read) == {"one.txt": 58, "二.txt": 23}
    assert list(read.codings["memo"])[:2] == ["=1+1; a\nb", "a memo alone"]
    assert set(read.codings["coder"]) == {"Ana"}
    assert keys(read.notes) == ["read", "unopened", "nothing"]
    assert keys(read.warnings) == ["new_codes"]
    for message in (*read.notes, *read.warnings):
        assert "{" not in str(message)


def test_without_a_mark_it_is_read_to_the_last_code(corpus, filling):
    read = filling.fill("one.txt", 2, "code", "late delivery").read(corpus.documents)
    assert progress(read) == {"one.txt": 40}
    assert keys(read.notes) == ["read", "half", "unopened"]


def test_the_end_of_a_long_unit_counts_for_all_of_it(tmp_path):
    corpus = make({"a.txt": ["short", "𠮷を待つ。" * 9_000, "end"]})
    filling = Filling(corpus, tmp_path / "a.xlsx").fill("a.txt", 1, "code", "own", part=3)
    filling.fill("a.txt", 1, "code 2", "late delivery", part=0)
    filling.fill("a.txt", 1, "read", "x", part=1)
    read = filling.read(corpus.documents)
    assert spans(read) == {("a.txt", 7, 45_007, "own"), ("a.txt", 7, 45_007, "late delivery")}
    assert progress(read) == {"a.txt": 45_007}


def test_spellings_are_joined_by_the_codebook_or_told(corpus, filling):
    filling.fill("one.txt", 0, "code", "Late  Delivery ").fill(
        "one.txt", 1, "code", "ｌａｔｅ delivery"
    )
    filling.fill("one.txt", 2, "more codes", "price;Price; ｐｒｉｃｅ;late delivry")
    read = filling.read(corpus.documents)
    assert set(read.codings["code"]) == {"late delivery", "price", "Price", "late delivry"}
    assert "“late delivry” (near “late delivery”)" in " ".join(map(str, read.warnings))
    assert keys(read.notes) == ["read", "half", "unopened", "codes_joined"]
    assert keys(read.warnings) == ["new_codes", "codes_alike"]


def shuffle(filling, rows, columns):
    """Move rows and columns of the sheet as a coder may, whole ones, and rename all headings."""
    sheet = filling.sheet
    table = [[cell.value for cell in row] for row in sheet.iter_rows()]
    table[1] = [f"見出し {at}" for at in range(len(table[1]))]
    order = [0, 1, *(2 + at for at in rows)]
    for number, source in enumerate(order, start=1):
        for place, column in enumerate(columns, start=1):
            cell = sheet.cell(number, place)
            cell.value = table[source][column]
            if isinstance(cell.value, str):
                cell.data_type = "s"


strange = st.sampled_from(
    [*PAYLOADS.values(), *LEGITIMATE.values(), "#N/A", "_x0041_", "\r", "x\ry"]
)


said = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(str.strip),
    strange,
    st.integers(900, 4_000).map(lambda n: "😀𠮷a\u0301 待つ。"[: n % 7 + 1] * n),
)


corpora = st.dictionaries(
    st.sampled_from(["a.txt", "二.vtt", "=셋.docx"]),
    st.lists(said, min_size=1, max_size=5),
    min_size=1,
)


codes = st.lists(
    st.sampled_from([*BOOK["name"], "new one", "新しい", "=A1", "+1", "_x0041_", "1.0", "TRUE"]),
    max_size=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(corpora, st.data(), st.randoms(use_true_random=False))
def test_what_was_filled_comes_back(tmp_path_factory, units, data, chance):
    corpus = make(units)
    filling = Filling(corpus, tmp_path_factory.mktemp("sheet") / "ana.xlsx")
    wanted, reached, memos = set(), {}, {}
    for document, said in units.items():
        done = data.draw(st.booleans())
        of_document = corpus.units[corpus.units["document"] == document]
        written = set()
        for unit in of_document.itertuples():
            given_codes = data.draw(codes)
            memo = data.draw(st.sampled_from(["", "", "=1+1;\nzwei", "메모"]))
            places = [*CODE_CELLS, Column.MORE, Column.MORE, Column.MORE]
            typed = {}
            for place, code in zip(places, given_codes, strict=False):
                typed.setdefault(place, []).append(code)
            cells = {place: "; ".join(each) for place, each in typed.items()} | {Column.MEMO: memo}
            for place, value in cells.items():
                if value:
                    cell = filling.cell(document, unit.unit, place)
                    cell.value, cell.data_type = value, "s"
            span = (document, unit.start, unit.end)
            written |= {(*span, code) for code in given_codes or ([""] if memo else [])}
            memos |= {span: memo} if memo else {}
        if done:
            filling.fill(document, len(said) - 1, "read", chance.choice(["done", "完了", "완료"]))
        if done or written:
            wanted |= written or {(document, 0, 0, "")}
            length = len(corpus.documents.set_index("document")["text"][document])
            reached[document] = length if done else max(end for _, _, end, _ in written)
    rows, columns = list(range(filling.sheet.max_row - 2)), list(range(len(Column)))
    chance.shuffle(rows)
    chance.shuffle(columns)
    shuffle(filling, rows, columns)
    read = filling.read(corpus.documents)
    assert spans(read) == wanted
    assert progress(read) == reached
    for row in read.codings.itertuples():
        assert row.memo == memos.get((row.document, row.start, row.end), "")
    assert not {"edited", "moved", "gone"} & set(keys(read.warnings))


def test_done_in_several_rows_is_told(corpus, filling):
    for unit in (0, 1):
        filling.fill("one.txt", unit, "read", "済")
    read = filling.read(corpus.documents)
    assert progress(read) == {"one.txt": 19}
    assert keys(read.warnings) == ["several"]


@pytest.mark.parametrize("sign", ["、", ",", "，", "/", " / ", "／", "・", ", "])
@pytest.mark.parametrize("column", ["code", "more codes"])
def test_two_codes_in_one_cell_are_told_with_the_cell(corpus, filling, sign, column):
    filling.fill("二.txt", 1, column, f"長い待ち時間{sign}배송 지연")
    filling.fill("one.txt", 0, "code", "late delivery, or never")  # a code of its own
    read = filling.read(corpus.documents)
    flag = next(each for each in read.warnings if each.key == "interviews.sheet_two_codes")
    row = filling.cell("二.txt", 1, column).row
    assert f"row {row}, {column}" in str(flag)
    assert "use ;" in str(flag)
    assert keys(read.warnings) == ["two_codes", "new_codes"]
    assert "never" in str(read.warnings[1])
    assert "배송" not in str(read.warnings[1])


def test_by_the_codebook_that_is_given_nothing_joined_is_called_alike(corpus, filling, tmp_path):
    filling.fill("one.txt", 0, "code", "Late Delivery").fill("one.txt", 2, "code", "late delivery")
    filling.fill("二.txt", 0, "code", "late-delivery／배송 지연")
    as_csv(filling, tmp_path / "x.csv")  # does not say what its codebook was
    bare = interviews.read_sheet(tmp_path / "x.csv", documents=corpus.documents)
    assert "codes_alike" in keys(bare.warnings)
    read = interviews.read_sheet(tmp_path / "x.csv", documents=corpus.documents, codebook=BOOK)
    assert keys(read.warnings) == ["two_codes"]
    assert set(read.codings["code"]) == {"late delivery", "late-delivery/배송 지연"}


def test_nothing_was_filled_in(corpus, filling):
    read = filling.read(corpus.documents)
    assert read.codings.empty
    assert read.progress.empty
    assert keys(read.warnings) == ["unfilled"]
    assert list(read.codings.columns) == [
        *("document", "start", "end", "code", "coder", "coded_at", "memo", "gloss")
    ]


def convert(path, kind, folder):
    """Let LibreOffice save a file as another kind."""
    folder.mkdir(exist_ok=True)
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *("--headless", "--convert-to", kind, "--outdir", str(folder), str(path)),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return folder / f"{path.stem}.{kind.partition(':')[0]}"


@pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice (libreoffice-calc-nogui) is not installed"
)
def test_a_copy_by_libreoffice_reads_back_equal(tmp_path):
    hostile = list(PAYLOADS.values())
    corpus = make(
        {
            "one.txt": ["It came late.", *hostile, "_x0041_", "#N/A", "😀𠮷 \t e\u0301"],
            "二.txt": ["四十分も待ちました。" * 1_000, "はい。"],
            "셋.txt": ["사흘이나 늦게 왔어요.", "네."],
        }
    )
    filling = Filling(corpus, tmp_path / "ana.xlsx")
    filling.fill("one.txt", 0, "more codes", "a; b；長い待ち時間").fill("二.txt", 0, "memo", "x", 1)
    for unit, memo in enumerate(['=HYPERLINK("x")', "one; two", "first\nsecond", "007", "1-2"]):
        cell = filling.cell("one.txt", unit, "memo")
        cell.value, cell.data_type = memo, "s"
    filling.fill("one.txt", 3, "code", "=SUM(1)").cell("one.txt", 3, "code").data_type = "s"
    filling.fill("one.txt", 5, "read", "完了")
    read = filling.read(corpus.documents)
    again = convert(filling.path, "xlsx", tmp_path / "again")
    through = convert(convert(filling.path, "ods", tmp_path / "ods"), "xlsx", tmp_path / "back")
    for copy in (again, through):
        assert interviews.is_sheet(copy)
        same = interviews.read_sheet(copy, documents=corpus.documents)
        pd.testing.assert_frame_equal(same.codings, read.codings)
        pd.testing.assert_frame_equal(same.progress, read.progress)
        assert (same.coder, same.unit) == (read.coder, read.unit)
        assert list(map(str, same.warnings)) == [
            str(message).replace(filling.path.name, copy.name) for message in read.warnings
        ]
        sheet = openpyxl.load_workbook(copy)["coding"]
        (choice,) = sheet.data_validations.dataValidation
        assert choice.formula1 == "codebook!$A$2:$A$5"
        assert str(choice.sqref) == f"F3:H{filling.sheet.max_row}"
        assert not choice.showErrorMessage
        for row in filling.sheet.iter_rows():
            for cell in row:
                there = sheet[cell.coordinate]
                assert there.data_type in ("n", "s")
    with pytest.raises(SourceError, match=r"save it there as Excel 2007-365"):
        interviews.read_sheet(tmp_path / "ods" / "ana.ods", documents=corpus.documents)
    assert interviews.is_sheet(tmp_path / "ods" / "ana.ods")
    utf8 = "csv:Text - txt - csv (StarCalc):44,34,76"
    saved = interviews.read_sheet(
        convert(filling.path, utf8, tmp_path / "csv"), documents=corpus.documents
    )
    pd.testing.assert_frame_equal(saved.codings, read.codings)


def test_half_way_is_missing_and_not_absent(corpus, tmp_path):
    first = Filling(corpus, tmp_path / "a.xlsx", coder="Ana").fill("one.txt", 4, "read", "done")
    first.fill("one.txt", 0, "code", "late delivery").fill("one.txt", 4, "code", "late delivery")
    second = Filling(corpus, tmp_path / "b.xlsx", coder="Ben").fill("one.txt", 1, "read", "x")
    second.fill("one.txt", 0, "code", "late delivery")
    sheets = [one.read(corpus.documents) for one in (first, second)]
    both = dataclasses.replace(
        corpus,
        codings=pd.concat([one.codings for one in sheets], ignore_index=True),
        progress=pd.concat([one.progress for one in sheets], ignore_index=True),
    )
    found = counts.grid(both)
    assert found.opened.tolist() == [[True, True], [True, True]] + [[True, False]] * 3


def test_fillings_of_many_units_come_back(tmp_path):
    chance = random.Random(7)
    corpus = make({"a.txt": [f"Unit {at}: it was {chance.random()}." for at in range(2_000)]})
    filling = Filling(corpus, tmp_path / "a.xlsx")
    picked = sorted(chance.sample(range(2_000), 300))
    for unit in picked:
        filling.sheet.cell(unit + 3, 6).value = "late delivery"
    read = filling.read(corpus.documents)
    starts = corpus.units["start"].iloc[picked]
    assert list(read.codings["start"]) == list(starts)


def test_what_was_read_says_how_many_interviews_were_opened(corpus, filling):
    filling.fill("one.txt", 0, "code", "late delivery").fill("one.txt", 4, "read", "x")
    read = filling.read(corpus.documents)
    note = next(str(each) for each in read.notes if each.key == "interviews.sheet_read")
    assert "Ana opened 1 of 3 interviews and coded 1 of its 5 units" in note
