import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.errors import ParameterError
from cxlib.interviews.codings import plain
from cxlib.interviews.journal_names import file_name, path_of


@pytest.mark.parametrize(
    ("coder", "name"),
    [
        ("Aki", "Aki.jsonl"),
        ("田中 さん", "田中 さん.jsonl"),
        ("a/b\\c:d", "a%2Fb%5Cc%3Ad.jsonl"),
        ("..", "%2E%2E.jsonl"),
        ("100%", "100%25.jsonl"),
        ("NUL", "%4EUL.jsonl"),
        ("nul.x", "%6Eul.x.jsonl"),
        ("a\u202eb", "a%E2%80%AEb.jsonl"),
        (unicodedata.normalize("NFD", "김"), "김.jsonl"),
        ("~$aki", "%7E$aki.jsonl"),
    ],
)
def test_a_name_becomes_that_of_a_file_on_any_system(coder, name):
    assert file_name(coder) == name


@pytest.mark.parametrize("coder", ["", "  ", "あ" * 100])
def test_a_name_that_is_none_is_refused(coder):
    with pytest.raises(ParameterError, match="give the name by which"):
        file_name(coder)


@given(st.text(max_size=30), st.text(max_size=30))
def test_two_names_have_two_files(one, other):
    if plain(one) and plain(other) and plain(one) != plain(other):
        assert file_name(one) != file_name(other)


def test_names_that_are_one_file_on_some_systems_are_refused(tmp_path):
    (tmp_path / "aki.jsonl").touch()
    assert path_of(tmp_path, "aki").name == "aki.jsonl"
    with pytest.raises(ParameterError, match=r"'aki.jsonl' is there"):
        path_of(tmp_path, "Aki")
    with pytest.raises(ParameterError, match="no coder"):
        path_of(tmp_path, "Settled")
    assert path_of(tmp_path / "none", "Aki").name == "Aki.jsonl"
