"""A sheet is written, filled by a script that plays a coder, and read back: the same codings, or a
refusal."""

import csv
import dataclasses
import hashlib
import random
import shutil
import subprocess

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxlib import interviews
from cxlib.errors import EmptyDataError, SourceError
from cxlib.interviews import Corpus, counts
from cxlib.interviews.sheet_cells import FILLED, MARK, Column
from cxlib.interviews.sheet_places import place as find
from cxlib.interviews.sheet_rows import Filled, Row

from ..hostile import LEGITIMATE, PAYLOADS

BOOK = pd.DataFrame(
    {"name": ["late delivery", "長い待ち時間", "배송 지연", "=SUM(1)"], "theme": ["a", "", "", ""]}
)
CODE_CELLS = (Column.CODE, Column.CODE_2, Column.CODE_3)


def make(units, codebook=BOOK):
    """Return a corpus of `{document: [words of each unit]}`, units two code points apart."""
    texts, rows = {}, []
    for document, said in units.items():
        text = ""
        for number, words in enumerate(said):
            text += "\n\n" if text else ""
            rows.append((document, number, "Ana", len(text), len(text) + len(words)))
            text += words
        texts[document] = text
    return Corpus(
        documents=documents_of(texts),
        units=pd.DataFrame(rows, columns=["document", "unit", "speaker", "start", "end"]),
        codings=pd.DataFrame(columns=["document", "start", "end", "code", "coder"]),
        codebook=codebook,
        cases=pd.DataFrame({"document": list(texts)}),
    )


def documents_of(texts):
    return pd.DataFrame(
        {
            "document": list(texts),
            "format": "txt",
            "text": list(texts.values()),
            "characters": [len(text) for text in texts.values()],
            "sha256": [hashlib.sha256(t.encode()).hexdigest() for t in texts.values()],
        }
    )


@pytest.fixture
def corpus():
    return make(
        {
            "one.txt": ["It came late.", "Yes.", "Nobody told me why.", "Yes.", "Thank you."],
            "二.txt": ["四十分も待ちました。", "はい。", "疲れました。"],
            "셋.txt": ["사흘이나 늦게 왔어요.", "네."],
        }
    )


class Filling:
    """The workbook as a coder sees it: cells by document, unit and column."""

    def __init__(self, corpus, path, coder="Ana"):
        self.path = interviews.write_sheet(corpus, path, coder=coder)
        self.book = openpyxl.load_workbook(path)
        self.sheet = self.book["coding"]

    @property
    def at(self):
        return {cell.value: cell.column for row in self.sheet for cell in row if is_mark(cell)}

    def cell(self, document, unit, column, part=0):
        at = self.at
        rows = [
            number
            for number in range(1, self.sheet.max_row + 1)
            if self.sheet.cell(number, at[f"{MARK}document"]).value == document
            and self.sheet.cell(number, at[f"{MARK}unit"]).value == unit
        ]
        return self.sheet.cell(rows[part], at[f"{MARK}{column}"])

    def fill(self, document, unit, column, value, part=0):
        self.cell(document, unit, column, part).value = value
        return self

    def read(self, documents, name=None):
        path = self.path.with_name(name or self.path.name)
        self.book.save(path)
        return interviews.read_sheet(path, documents=documents)


def is_mark(cell):
    return isinstance(cell.value, str) and cell.value.startswith(MARK)


@pytest.fixture
def filling(corpus, tmp_path):
    return Filling(corpus, tmp_path / "ana.xlsx")


def spans(sheet):
    frame = sheet.codings
    return set(zip(frame["document"], frame["start"], frame["end"], frame["code"], strict=True))


def progress(sheet):
    return dict(zip(sheet.progress["document"], sheet.progress["read_to"], strict=True))


def keys(messages):
    return [message.key.removeprefix("interviews.sheet_") for message in messages]


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


def test_edited_words_are_counted_and_offsets_decide(corpus, filling):
    filling.fill("one.txt", 0, "code", "late delivery")
    filling.fill("one.txt", 0, "words", "It came very late.").fill("one.txt", 3, "words", "Yes!")
    read = filling.read(corpus.documents)
    assert spans(read) == {("one.txt", 0, 13, "late delivery")}
    assert keys(read.warnings) == ["edited"]


def test_words_sorted_without_their_columns_are_refused(corpus, filling):
    one, other = (filling.cell("one.txt", unit, "words") for unit in (0, 2))
    one.value, other.value = other.value, one.value
    with pytest.raises(
        SourceError, match=r"row 3, column 'words'.*row 5; some columns were sorted"
    ):
        filling.read(corpus.documents)


def test_a_changed_transcript_is_searched_by_words(corpus, filling):
    filling.fill("one.txt", 0, "code", "late delivery").fill("one.txt", 3, "code", "own")
    filling.fill("one.txt", 4, "read", "x").fill("二.txt", 2, "code", "長い待ち時間")
    texts = dict(zip(corpus.documents["document"], corpus.documents["text"], strict=True))
    texts["one.txt"] = "Interview 1\n\n" + texts["one.txt"] + "\n"
    read = filling.read(documents_of(texts))
    assert spans(read) == {
        ("one.txt", 13, 26, "late delivery"),
        ("one.txt", 55, 59, "own"),  # the second of two, between its neighbours
        ("二.txt", 17, 23, "長い待ち時間"),
    }
    assert progress(read) == {"one.txt": 71, "二.txt": 23}
    assert keys(read.warnings) == ["moved", "new_codes"]
    texts["one.txt"] = texts["one.txt"].replace("It came late.", "It came early.")
    with pytest.raises(SourceError, match=r"row 3, column 'words': 'It came late\.' is not to be"):
        filling.read(documents_of(texts))


words = st.lists(
    st.sampled_from(
        ["Yes.", "Yes. Yes.", "はい。", "It came late.", "네.", "Why?", "Nobody said."]
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=300, deadline=None)
@given(
    words,
    st.integers(0, 8),
    st.sampled_from(["New.", "新しい。", "A line that is new.", "새"]),
)
def test_in_a_changed_text_a_unit_is_found_or_refused_but_never_another(said, at, new):
    before = make({"a.txt": said})
    after = make({"a.txt": [*said[:at], new, *said[at:]]})
    rows = [
        Row(3 + unit.unit, cells_of(unit, said[unit.unit]), ())
        for unit in before.units.itertuples()
    ]
    filled = Filled("a.xlsx", "coding", rows, None)
    now = find(filled, after.documents).units["a.txt"]
    truth = after.units.drop(min(at, len(said)))
    for unit, start, end in zip(now, truth["start"], truth["end"], strict=True):
        if unit.span is not None:
            assert unit.span == (start, end)


def cells_of(unit, words):
    numbers = {Column.UNIT: unit.unit, Column.START: unit.start, Column.END: unit.end}
    return {
        Column.DOCUMENT: "a.txt",
        Column.WORDS: words,
        **{column: str(value) for column, value in numbers.items()},
    }


def test_rows_deleted_behind_what_was_read_are_told(corpus, filling):
    filling.fill("one.txt", 0, "code", "late delivery")
    filling.sheet.delete_rows(filling.cell("one.txt", 4, "unit").row)
    for unit in (1, 0):
        filling.sheet.delete_rows(filling.cell("셋.txt", unit, "unit").row)
    read = filling.read(corpus.documents)
    assert keys(read.warnings) == ["gone"]
    assert "3 units" in str(read.warnings[0])
    assert progress(read) == {"one.txt": 13}
    filling.fill("one.txt", 0, "read", "done")
    with pytest.raises(SourceError, match=r"1 units of 'one\.txt' were deleted \(unit 4\).*done"):
        filling.read(corpus.documents)


@pytest.mark.parametrize("coded", [2, 3, 4])
def test_rows_deleted_within_what_was_read_are_refused(corpus, filling, coded):
    filling.fill("one.txt", coded, "code", "own")
    filling.sheet.delete_rows(filling.cell("one.txt", 1, "unit").row)
    with pytest.raises(SourceError, match=r"deleted \(unit 1\), and the coder read on"):
        filling.read(corpus.documents)


def test_transcripts_that_came_later_are_told(corpus, filling):
    filling.fill("one.txt", 0, "code", "late delivery")
    more = pd.concat([corpus.documents, documents_of({"new.txt": "New."})], ignore_index=True)
    assert "absent" in keys(filling.read(more).notes)


def test_done_in_several_rows_is_told(corpus, filling):
    for unit in (0, 1):
        filling.fill("one.txt", unit, "read", "済")
    read = filling.read(corpus.documents)
    assert progress(read) == {"one.txt": 19}
    assert keys(read.warnings) == ["several"]


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


def as_csv(filling, path, delimiter=","):
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(
            ["" if cell.value is None else cell.value for cell in row]
            for row in filling.sheet.iter_rows()
        )


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


def test_random_fillings_of_many_units_are_quick(tmp_path):
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
