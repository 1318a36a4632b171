"""Units of a filled sheet are proved or found in the transcript, and never taken for another."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib.errors import SourceError
from cxlib.interviews.sheet_cells import Column
from cxlib.interviews.sheet_places import place as find
from cxlib.interviews.sheet_rows import Filled, Row

from .filling import documents_of, keys, make, progress, spans


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
