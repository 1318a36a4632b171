"""What a column of a sheet is called in each language, and which column a heading names."""

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxlib import interviews, texts
from cxlib.interviews import settling, sheet_rows
from cxlib.interviews.sheet_cells import HIDDEN, Column
from cxlib.interviews.sheet_headings import canonical, heading, is_for_codes
from cxlib.shown import language as words

from .filling import BOOK, Filling, as_csv, make, progress
from .test_settling import home, small

__all__ = ["home"]  # a fixture

LANGUAGES = sorted(texts.languages())
SETTLING = list(settling._COLUMNS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("columns", [list(map(str, Column)), SETTLING], ids=["coding", "settling"])
def test_every_heading_leads_back_to_its_column(columns, language):
    headings = [heading(column, language) for column in columns]
    assert [canonical(each) for each in headings] == columns
    assert len(set(headings)) == len(columns)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_heading_has_the_name_that_instructions_and_refusals_use(language):
    for column in (*map(str, Column), *SETTLING):
        said = heading(column, language)
        assert column in said
        hidden = column in (*HIDDEN, "start", "end", "sha256")
        assert (said == column) == (language == "en" or hidden)


@given(st.integers(0, 99), st.sampled_from(LANGUAGES), st.booleans())
def test_a_further_column_for_codes_may_be_called_so_in_any_language(number, language, wide):
    """A coder goes on counting behind what the sheet calls its third."""
    third = heading("code 3", language)
    further = third.replace("3", str(number))
    if wide:
        further = further.translate({ord(str(digit)): 0xFF10 + digit for digit in range(10)})
    assert is_for_codes(further)
    assert not is_for_codes(heading("more codes", language))
    assert not is_for_codes(heading("code", language))


def test_what_is_no_column_of_a_sheet_stays_itself():
    assert canonical("  My_Column ") == "my column"


DONE = {"en": "done", "ja": "完了", "ko": "완료"}  # as the instructions in each language say
SAID = [
    ["It came late.", "Yes.", "四十分も待ちました。"],
    ["네.", "Thank you."],
    ["𠮷を待つ。" * 2000],
]
CODES = st.sampled_from(["", *BOOK["name"][:3], "a code of her own"])
CELLS = st.lists(
    st.tuples(
        st.integers(0, 2), st.integers(0, 2), st.sampled_from(["code", "code 3", "memo"]), CODES
    ),
    max_size=6,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cells=CELLS, said=st.sampled_from(LANGUAGES), last=st.integers(-1, 2))
def test_a_sheet_written_in_one_language_reads_back_equal_in_every_language(
    tmp_path_factory, cells, said, last
):
    """Filled alike and marked as read in one language or another, it holds the same codings."""
    home = tmp_path_factory.mktemp("sheets")
    corpus = make({f"{n}.txt": units for n, units in enumerate(SAID)})
    found = []
    for language in LANGUAGES:
        filling = Filling(corpus, home / f"{language}.xlsx", language=language)
        for document, unit, column, value in cells:
            if unit < len(SAID[document]) and value:
                filling.fill(f"{document}.txt", unit, column, value)
        if last >= 0:
            filling.fill(f"{last}.txt", 0, "read", DONE[said])
        assert interviews.is_sheet(filling.path)
        found.append(filling.read(corpus.documents))
    for read in found[1:]:
        pd.testing.assert_frame_equal(read.codings, found[0].codings)
        assert progress(read) == progress(found[0])
        assert [note.key for note in read.notes] == [note.key for note in found[0].notes]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_coder_sees_is_in_her_language(tmp_path, language):
    book = pd.DataFrame(
        {
            "name": ["late delivery"],
            "kind": ["obstacle"],
            "definition": ["comes late"],
            "definition_ja": ["遅れて届く"],
            "label_ja": ["配達の遅れ"],
        }
    )
    corpus = make({"a.txt": ["short", "𠮷を待つ。" * 2000]}, codebook=book)
    path = interviews.write_sheet(
        corpus, tmp_path / "a.xlsx", coder="Ana", codebook=book, language=language
    )
    seen = openpyxl.load_workbook(path)
    speakers = {row[2].value for row in seen["coding"].iter_rows(min_row=3)}
    assert speakers == {
        "Ana",
        words.text("interviews.sheet_continued", language, speaker="Ana"),
    }
    how = [row[0].value for row in seen["how"].iter_rows()]
    assert how[0] == words.text("interviews.sheet_how_codes", language)
    told = [[cell.value for cell in row] for row in seen["codebook"].iter_rows()]
    assert told[1][0] == "late delivery"  # codes are picked by their names
    kind = {"en": "obstacle", "ja": "妨げ", "ko": "걸림돌"}[language]
    assert told[1][1:] == (
        ["配達の遅れ", kind, "遅れて届く"] if language == "ja" else [kind, "comes late"]
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sheet_is_known_as_one_without_its_hidden_row(tmp_path, language):
    """So that it is refused as what it is, and not passed over."""
    corpus = make({"a.txt": ["short", "long"]})
    filling = Filling(corpus, tmp_path / "a.xlsx", language=language)
    filling.sheet.delete_rows(1)
    del filling.book["about"]
    filling.book.save(filling.path)
    assert interviews.is_sheet(filling.path)
    as_csv(filling, tmp_path / "a.csv")
    assert interviews.is_sheet(tmp_path / "a.csv")
    headings = [max(map(len, headings)) for headings in sheet_rows._HEADINGS]
    assert max(headings) + 2 <= sheet_rows._OVERLAP


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("answers", LANGUAGES)
def test_a_settling_sheet_of_any_language_is_read_and_kept(home, language, answers):
    """Also where the answers are in another language, and where it is written again in English."""
    before = small(home)
    path = interviews.write_settling(before, home / "settling.xlsx", language=language)
    assert settling.is_settling(path)
    book = openpyxl.load_workbook(path)
    column = [cell.value for cell in book.active[1]].index(heading("settled", language)) + 1
    picked = [words.text(f"common.{answer}", answers) for answer in ("yes", "no")]
    for number, word in enumerate(picked, start=2):
        book.active.cell(number, column).value = word
    listed = [each.formula1 for each in book.active.data_validations.dataValidation]
    assert listed == [
        '"' + ",".join(words.text(f"common.{a}", language) for a in ("yes", "no")) + '"'
    ]
    book.save(path)
    decided = settling.read_settling(path).decided()
    assert decided["holds"].tolist() == [True, False]
    assert len(small(home, settled=path).decisions) == 2
    for other in LANGUAGES:
        again = interviews.write_settling(before, path, language=other)
        assert settling.read_settling(again).frame["settled"].tolist()[:2] == picked
