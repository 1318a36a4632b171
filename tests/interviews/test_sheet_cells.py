"""Text <-> cells: parts without a gap that a row shows, nothing that XML or a spreadsheet
refuses."""

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from cxlib.interviews.sheet_cells import LINES, WIDTH, clip, pieces, shown, trace, typed

from ..hostile import PAYLOADS, SURROGATE

odd = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("待つ서비스𠮷😀👩\u200d\u0301\u3099 \n\r\t.。;=_x0041_"),
    ),
    max_size=60,
)
long_texts = st.tuples(odd.filter(bool), st.integers(1, 400)).map(lambda given: given[0] * given[1])


def lines_of(text):
    lines = width = 0
    for line in text.replace("\r\n", "\n").split("\n"):
        width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
        lines += max(1, -(-width // (WIDTH - 1)))  # a wide letter may leave a column free
    return lines


@given(long_texts)
@example("")
@example("😀" * 40_000)
@example("e\u0301" * 9_000)
@example("\u0301" * 40_000)
def test_parts_are_the_text_and_each_fits_a_row_and_a_cell(text):
    parts = pieces(text)
    assert "".join(text[start:end] for start, end in parts) == text
    for start, end in parts:
        assert start < end
        assert lines_of(text[start:end]) <= LINES + 1
        assert len(shown(text[start:end]).encode("utf-16-le", "surrogatepass")) // 2 <= 32_767


def test_a_part_ends_behind_a_sentence_and_never_within_a_letter():
    said = "配送が遅れました。" * 400
    assert all(said[:end].endswith("。") for _, end in pieces(said))
    family = "👩\u200d👩\u200d👧" * 900
    assert all(end % 5 == 0 for _, end in pieces(family))
    marked = "が".encode().decode().replace("が", "か\u3099") * 3000
    assert all(end % 2 == 0 for _, end in pieces(marked))


@given(st.one_of(odd, st.sampled_from([*PAYLOADS.values(), SURROGATE])))
def test_what_is_shown_can_be_stored_and_leaves_the_same_trace(text):
    cell = shown(text)
    assert not ILLEGAL_CHARACTERS_RE.search(cell)
    cell.encode("utf-8")  # no half of a letter
    assert not set("\ufffe\uffff") & set(cell)
    assert trace(cell) == trace(typed(cell))


def test_a_name_longer_than_a_cell_is_cut_where_one_sees_it():
    cut = clip("😀" * 20_000)
    assert cut == "😀" * 16_000 + "…"
    assert clip("short") == "short"
