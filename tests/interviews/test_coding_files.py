"""One file of codings, several, or a folder -> all coders' codings, and how far each has read."""

from __future__ import annotations

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import interviews
from cxlib.errors import CxError, ParameterError, SourceError
from cxlib.interviews.corpus import What
from cxlib.interviews.counts import grid
from cxlib.interviews.spellings import is_consensus, sounds_agreed
from tests.interviews.twelve_units import TEXT, UNITS, corpus, row, save, texts


@pytest.fixture
def home(tmp_path):
    return texts(tmp_path)


def test_a_file_a_list_and_a_folder_give_the_same(home):
    mori = [row("a.txt", 0, "late", "Mori"), row("b.txt", 3, "遅い", "Mori")]
    kim = [row("a.txt", 0, "late", "김"), row("b.txt", 3, "late", "김")]
    one = save(home, "all.csv", [*mori, *kim])
    files = [save(home, "each/mori.csv", mori), save(home, "each/김.csv", kim)]
    (home / "each" / "~$mori.xlsx").write_bytes(b"lock")
    (home / "each" / ".~lock.mori.csv#").write_text("lock", encoding="utf-8")
    (home / "each" / "notes.md").write_text("notes", encoding="utf-8")
    whole, listed, folder = corpus(home, one), corpus(home, files), corpus(home, home / "each")
    for other in (listed, folder):
        assert_allclose(grid(other).applied, grid(whole).applied)
        assert other.coders == whole.coders == ("Mori", "김")
    assert set(listed.inputs) == {"transcripts", "codings.1", "codings.2"}
    assert set(folder.inputs) == {"transcripts", "codings"}
    assert "no tables and were not read: notes.md" in " ".join(map(str, folder.notes))


def test_one_coder_in_two_files(home):
    first = save(home, "each/one.csv", [row("a.txt", 0, "late", "Mori")])
    save(home, "each/two.csv", [row("b.txt", 1, "late", "Mori")])
    assert len(corpus(home, home / "each").codings) == 2  # interviews differ: joined
    (home / "each" / "Copy of one.csv").write_bytes(first.read_bytes())
    found = corpus(home, home / "each")
    assert len(found.codings) == 2
    assert "1 interview of one coder alike; it counts once" in " ".join(map(str, found.notes))
    save(home, "each/Copy of one.csv", [row("a.txt", 1, "late", "Mori")])
    with pytest.raises(
        SourceError, match=r"'Mori' has 'a.txt' in .* and they differ; keep the one"
    ):
        corpus(home, home / "each")


def test_who_is_looked_at(home):
    path = save(home, "all.csv", [row("a.txt", n, "late", n_) for n, n_ in enumerate("XYZ")])
    found = corpus(home, path, coders=["X", "Z"])
    assert found.coders == ("X", "Z")
    assert "Y is not among the coders who are looked at: 1 row" in " ".join(map(str, found.notes))
    with pytest.raises(ParameterError, match=r"coders='x' has coded nothing.*did you mean 'X'"):
        corpus(home, path, coders=["x"])


@pytest.mark.parametrize(
    ("mark", "reached"),
    [("done", UNITS), ("Done.", UNITS), ("完了", UNITS), ("완료", UNITS), ("5", 5), ("５", 5)],
)
def test_what_is_not_read_yet_is_missing(home, mark, reached):
    rows = [row("a.txt", n, "late", "Mori", read="done") for n in range(UNITS)]
    rows += [row("a.txt", 2, "late", "Kim", read=mark), row("a.txt", 4, "late", "Kim")]
    found = corpus(home, save(home, "all.csv", rows, read=True))
    laid_out = grid(found)
    kim = laid_out.coders.index("Kim")
    assert laid_out.opened[:, kim].sum() == reached
    counts = found.read.frame.set_index("what")["n"].to_dict()
    assert counts.get(What.NOT_YET, 0) == UNITS - reached
    assert ("not yet read by Kim" in " ".join(map(str, found.warnings))) == (reached < UNITS)


def test_a_coder_who_marks_one_interview_alone(home):
    rows = [row("a.txt", 2, "late", "Kim", read="done"), row("b.txt", 4, "late", "Kim")]
    found = corpus(home, save(home, "all.csv", rows, read=True))
    assert "not in 1 other (b.txt), which counts as read until her last span" in str(found.flags[0])
    assert grid(found).opened.sum() == UNITS + 5


@pytest.mark.parametrize("mark", ["99", "maybe", "-1", "x", "5 of 12"])
def test_a_mark_that_says_nothing_is_refused(home, mark):
    rows = [row("a.txt", 2, "late", "Kim"), row("a.txt", 3, "late", "Kim", read=mark)]
    with pytest.raises(SourceError, match=f"row 2: read='{mark}' is neither 'done' nor a unit"):
        corpus(home, save(home, "all.csv", rows, read=True))


def test_read_and_nothing_found(home):
    rows = [row("a.txt", 0, "", "Kim", read="3"), row("b.txt", 0, "late", "Kim", read="done")]
    laid_out = grid(corpus(home, save(home, "all.csv", rows, read=True)))
    assert laid_out.opened.sum() == 3 + UNITS
    assert laid_out.applied.sum() == 1


def test_spellings_of_a_code_are_joined_by_the_codebook_or_told(home):
    rows = [row("a.txt", n, code, "Kim") for n, code in enumerate(["Late", "late ", "ｌate!"])]
    path = save(home, "all.csv", rows)
    alone = corpus(home, path)
    assert len(alone.codebook) == 3
    assert "differ only in how they are written and count as several" in str(alone.flags[0])
    book = home / "codebook.yaml"
    book.write_text("codes: [{name: Late}, {name: price +}, {name: price -}]\n", encoding="utf-8")
    joined = corpus(home, path, codebook=book)
    assert set(joined.codings["code"]) == {"Late"}
    assert [note.key for note in joined.notes].count("interviews.spelling_joined") == 2
    save(home, "all.csv", [row("a.txt", 0, "price", "Kim")])
    with pytest.raises(SourceError, match="row 1: code='price' is not in the codebook"):
        corpus(home, path, codebook=book)


@pytest.mark.parametrize(
    "name", ["settled", "Final coding", "CONSENSUS_v2", "合議", "합의", "최종 (2)"]
)
def test_what_was_agreed_upon_is_no_coder(home, name):
    rows = [row("a.txt", 0, "late", who) for who in ("Mori", "Kim", name)]
    rows += [row("a.txt", 1, "late", "Mori"), row("a.txt", 2, "late", name)]
    found = corpus(home, save(home, "all.csv", rows))
    assert is_consensus(name)
    assert found.coders == ("Kim", "Mori")
    assert "taken for what was settled, not for a coder" in " ".join(map(str, found.notes))
    laid_out = grid(found)
    assert laid_out.settled[:3, 0].tolist() == [1, 0, 1]
    assert laid_out.presence("any")[:3, 0].tolist() == [True, False, True]
    assert laid_out.applied.shape[1] == 2


def test_a_sheet_saved_as_something_else_is_not_passed_over(home):
    save(home, "each/mori.csv", [row("a.txt", 0, "late", "Mori")])
    (home / "each" / "kim.ods").write_bytes(b"PK\x03\x04 no matter")
    with pytest.raises(SourceError, match=r"kim\.ods"):
        corpus(home, home / "each")


@pytest.mark.parametrize("name", ["Finlay", "Kim", "settler", "最上", "합정"])
def test_people_are_coders(name):
    assert not is_consensus(name)
    assert not sounds_agreed(name)


@pytest.mark.parametrize(
    "name",
    [
        *("gold standard", "Gold-Standard v2", "agreement", "consenso", "Konsens", "確定版"),
        *("合議コード", "합의본", "Consensus Kim & Mori", "Kim & Mori (final)", "Resolved by lead"),
    ],
)
def test_names_that_are_surely_agreed_upon(home, name):
    rows = [row("a.txt", 0, "late", who) for who in ("Mori", "Kim", name)]
    found = corpus(home, save(home, "all.csv", rows))
    assert found.coders == ("Kim", "Mori")


@pytest.mark.parametrize(
    "name",
    [
        "Gold",
        "master",
        "Merged",
        "joint",
        "統合",
        "final_kim",
        "Kim (final)",
        "최종김",
        "Final by Kim",
    ],
)
def test_names_that_sound_like_what_was_agreed_upon_are_flagged(home, name):
    rows = [row("a.txt", 0, "late", who) for who in ("Mori", "Kim", name, name)]
    found = corpus(home, save(home, "all.csv", rows))
    assert name in found.coders
    flag = f"“{name}” sounds like what was agreed upon, and counts as a coder: 2 rows"
    assert flag in " ".join(map(str, found.flags))
    alone = corpus(home, save(home, "all.csv", [row("a.txt", 0, "late", name)]))
    assert not alone.flags


@pytest.mark.parametrize("order", [("one", "two"), ("two", "one")])
@pytest.mark.parametrize(("marks", "reached"), [(("3", "9"), 9), (("9", "3"), 9), (("5", ""), 5)])
def test_copies_with_other_marks_count_as_far_as_the_furthest(home, order, marks, reached):
    for name, mark in zip(("one", "two"), marks, strict=True):
        save(home, f"each/{name}.csv", [row("a.txt", 1, "late", "Kim", read=mark)], read=True)
    found = corpus(home, [home / "each" / f"{name}.csv" for name in order])
    assert grid(found).opened.sum() == reached
    assert len(found.progress) == 1
    assert "the furthest mark counts" in " ".join(map(str, found.notes))


def test_codes_of_coders_who_are_not_looked_at_may_be_settled(home):
    rows = [row("a.txt", 0, "late", "Mori"), row("a.txt", 1, "price", "Kim")]
    path = save(home, "all.csv", rows)
    sheet = home / "settling.xlsx"
    interviews.write_settling(corpus(home, path), sheet)
    book = openpyxl.load_workbook(sheet)
    page = book.worksheets[0]
    heads = {str(cell.value): cell.column for line in page.iter_rows(max_row=3) for cell in line}
    for line in range(2, page.max_row + 1):
        if page.cell(line, heads["code"]).value in ("late", "price"):
            page.cell(line, heads["settled"]).value = "yes"
    book.save(sheet)
    found = corpus(home, path, coders=["Kim"], settled=sheet)
    assert found.decisions["code"].tolist() == ["price"]
    assert "codes of coders who are not looked at, and is left out: “late”" in " ".join(
        map(str, found.warnings)
    )


@pytest.mark.parametrize(
    ("given", "says"),
    [([], "names no file"), ("empty", "holds no table"), ("wrong.csv", "has no column")],
)
def test_what_is_no_codings(home, given, says):
    (home / "empty").mkdir()
    (home / "wrong.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(CxError, match=says):
        corpus(home, given if given == [] else home / given)


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_any_cut_into_files_gives_the_same(tmp_path_factory, data):
    home = tmp_path_factory.mktemp("cut")
    (home / "texts").mkdir()
    for name in ("a.txt", "b.txt"):
        (home / "texts" / name).write_text(TEXT, encoding="utf-8")
    one = st.tuples(
        st.sampled_from(["a.txt", "b.txt"]),
        st.integers(0, UNITS - 1),
        st.sampled_from(["late", "遅い", "늦음"]),
        st.sampled_from(["Mori", "김", "Lee"]),
    )
    rows = [row(*each) for each in data.draw(st.lists(one, min_size=1, max_size=30, unique=True))]
    keys = sorted({(each[0], each[4]) for each in rows})
    place = {key: data.draw(st.integers(0, 3)) for key in keys}
    for number in sorted(set(place.values())):
        part = [each for each in rows if place[each[0], each[4]] == number]
        save(home, f"each/{number}.csv", part)
    whole = grid(corpus(home, save(home, "all.csv", rows)))
    cut = grid(corpus(home, home / "each"))
    assert_allclose(cut.applied, whole.applied)
    assert_allclose(cut.opened, whole.opened)


def test_sheets_and_tables_in_one_folder(home):
    uncoded = corpus(home, None)
    folder = home / "sheets"
    interviews.write_sheets(uncoded, folder, coders=["Kim", "Lee"])
    book = openpyxl.load_workbook(folder / "Kim.xlsx")
    page = book.worksheets[0]
    names = {str(cell.value): cell.column for row in page.iter_rows(max_row=2) for cell in row}
    rows = [
        n for n in range(2, page.max_row + 1) if page.cell(n, names["document"]).value == "a.txt"
    ]
    page.cell(rows[2], names["code"]).value = "late"
    page.cell(rows[4], names["read"]).value = "x"
    book.save(folder / "Kim.xlsx")
    save(home, "sheets/mori.csv", [row("a.txt", 2, "late", "Mori")])
    found = corpus(home, folder, coders=["Kim", "Lee", "Mori"])
    assert found.coders == ("Kim", "Mori")  # Lee's sheet is there, and nothing in it
    laid_out = grid(found)
    assert laid_out.applied[:, :, 0].sum(axis=1).tolist() == [2 * (n == 2) for n in range(UNITS)]
    assert laid_out.opened[:, laid_out.coders.index("Kim")].sum() == 5


@pytest.mark.parametrize(("mark", "reached"), [("x", 8), ("done", UNITS)])
def test_doubtful_codes_and_marks_of_a_sheet_are_flagged(home, mark, reached):
    folder = home / "sheets"
    interviews.write_sheets(corpus(home, None), folder, coders=["Kim"])
    book = openpyxl.load_workbook(folder / "Kim.xlsx")
    page = book.worksheets[0]
    names = {str(cell.value): cell.column for line in page.iter_rows(max_row=2) for cell in line}
    lines = [
        n for n in range(2, page.max_row + 1) if page.cell(n, names["document"]).value == "a.txt"
    ]
    for at, code in {0: "late", 1: "price", 2: "late, price", 7: "-"}.items():
        page.cell(lines[at], names["code"]).value = code
    page.cell(lines[2], names["read"]).value = mark
    book.save(folder / "Kim.xlsx")
    found = corpus(home, folder)
    flags = " ".join(map(str, found.flags))
    assert "“-” is counted as a code: 1 row" in flags
    assert "“late, price” is counted as one code, 1 row" in flags
    assert ("Kim has 1 span behind the own mark" in flags) == (mark == "x")
    assert grid(found).opened.sum() == reached


def test_a_consensus_beside_another_is_not_the_second_coder_of_a_name():
    assert not is_consensus("final Kim", ["final Kim", "Kim", "final"])
    assert is_consensus("final Kim, Mori", ["final", "Kim", "Mori"])
