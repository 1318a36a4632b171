"""Several names in one cell, and names that are none."""

from __future__ import annotations

import pytest

from cxlib.errors import SourceError
from cxlib.interviews.counts import grid
from tests.interviews.twelve_units import corpus, row, save, texts


@pytest.fixture
def home(tmp_path):
    return texts(tmp_path)


def coded(home, *codes, **more):
    rows = [row("a.txt", n, code, "Kim") for n, code in enumerate(codes)]
    return corpus(home, save(home, "all.csv", rows), **more)


@pytest.mark.parametrize("cell", ["late; 価格", "late；価格", "late\n価格 ;", "late;late; 価格"])
def test_codes_of_one_cell_are_parted_and_told(home, cell):
    found = coded(home, cell, "late")
    assert list(found.codes["name"]) == ["late", "価格"]
    assert grid(found).applied[:2, 0].tolist() == [[True, True], [True, False]]
    assert "1 row has several codes in one cell" in " ".join(map(str, found.notes))


def test_a_name_of_the_codebook_is_one_code(home):
    book = home / "codebook.yaml"
    book.write_text("codes: [{name: 'late; again'}, {name: late}]\n", encoding="utf-8")
    found = coded(home, "late; again", codebook=book)
    assert set(found.codings["code"]) == {"late; again"}
    with pytest.raises(SourceError, match="row 1: code='never' is not in the codebook"):
        coded(home, "late; never", codebook=book)


@pytest.mark.parametrize("cell", ["late, price", "late、price", "late|price", "late/price"])
def test_codes_with_another_sign_between_are_flagged(home, cell):
    flags = " ".join(map(str, coded(home, cell, "late", "price").flags))
    assert f"“{cell}” is counted as one code, 1 row, and parts of it are codes too" in flags
    assert not coded(home, cell).flags


@pytest.mark.parametrize(
    "code", ["none", "N/A", "-", "—", "null", "なし", "該当なし", "없음", "해당 없음", "No code."]
)
def test_a_code_for_want_of_one_is_flagged(home, code):
    flags = " ".join(map(str, coded(home, code, code, "late").flags))
    assert f"“{code}” is counted as a code: 2 rows. Leave start, end and code empty" in flags


@pytest.mark.parametrize("code", ["price -", "+", "none of my needs met", "nonchalant", "無料"])
def test_other_codes_are_not(home, code):
    assert not coded(home, code).flags


@pytest.mark.parametrize("cell", ["김; 森", "김/森", "김 & 森", "김、森", "森 and 김"])
def test_two_coders_in_one_cell_are_refused(home, cell):
    rows = [row("a.txt", n, "late", who) for n, who in enumerate(["김", "森", cell])]
    with pytest.raises(
        SourceError, match=r"\(1 row\(s\)\) names 2 coders who have rows of their own"
    ):
        corpus(home, save(home, "all.csv", rows))
    assert corpus(home, save(home, "all.csv", rows[2:])).coders == (cell,)
    one = " ".join(map(str, corpus(home, save(home, "all.csv", rows[1:])).flags))
    assert f"“{cell}” counts as one coder, 1 row, and part of the name is a coder" in one


def test_a_given_name_behind_a_comma_is_no_coder(home):
    rows = [row("a.txt", n, "late", who) for n, who in enumerate(["Kim", "Kim, Soo-jin"])]
    assert not corpus(home, save(home, "all.csv", rows)).flags
