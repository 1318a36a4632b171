"""Bytes are decoded strictly, or refused; which encoding it was is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.errors import EmptyDataError, SourceError
from cxlib.sources.decoding import container, decode, read_bytes


@pytest.mark.parametrize(
    ("text", "written", "encoding", "key"),
    [
        ("満足です", "cp932", "cp932", "sources.read_as_cp932"),
        ("안녕하세요", "cp949", "cp949", "sources.read_as_cp949"),
        ("yes", "utf-8-sig", "utf-8-sig", "sources.byte_order_mark"),
        ("네", "utf-16", "utf-16", "sources.byte_order_mark"),
    ],
)
def test_an_encoding_is_said_with_its_evidence(text, written, encoding, key):
    decoded = decode(text.encode(written), name="s.csv")
    assert (decoded.text, decoded.encoding, decoded.note.key) == (text, encoding, key)
    assert "s.csv" in str(decoded.note)
    assert encoding.removesuffix("-sig").upper() in str(decoded.note)


def test_plain_utf_8_is_not_worth_a_note():
    assert decode("満足です".encode(), name="s.csv").note is None


@pytest.mark.parametrize("text", ["ｱﾝｹｰﾄ,ﾀﾅｶ\nｻﾄｳ,ｽｽﾞｷ\n", "点\nｱﾝｹｰﾄｱﾝｹｰﾄ\n"])
def test_half_width_katakana_alone_is_no_evidence(text):
    if text.startswith("点"):
        assert decode(text.encode("cp932"), name="s.csv").encoding == "cp932"
    else:
        with pytest.raises(SourceError, match="CSV UTF-8"):
            decode(text.encode("cp932"), name="s.csv")


def test_bytes_that_are_both_japanese_and_korean_are_refused():
    both = "ｱﾝｹｰﾄ".encode("cp932") + b"\xb1"
    assert both.decode("cp949").isalpha()
    with pytest.raises(SourceError, match=r"could be Japanese .* or Korean"):
        decode(b"q\n" + both + b"\n", name="s.csv")


@pytest.mark.parametrize(
    "text", ["prénom\ncafé très élégant, été\n", "name\nStraße Ümläut größer\n", "q\nÀ É Î\n"]
)
def test_western_encodings_are_refused_not_guessed(text):
    with pytest.raises(SourceError, match="neither UTF-8"):
        decode(text.encode("cp1252"), name="s.csv")


def test_damaged_utf_8_is_refused_with_its_line():
    text = "score,comment\n10,とても満足\nまた利用します。\n7,配送が遅い\n"
    damaged = text.encode().replace("遅".encode(), "遅".encode()[:2])
    with pytest.raises(SourceError, match=r"UTF-8, but 1 of its \d+ characters .* in line 4"):
        decode(damaged, name="s.csv")


everyday_kana = st.text(
    st.characters(min_codepoint=0x3042, max_codepoint=0x3093), min_size=12, max_size=60
)
everyday_hangul = st.lists(st.integers(0, 2349), min_size=30, max_size=60).map(
    lambda numbers: bytes(b for n in numbers for b in (0xB0 + n // 94, 0xA1 + n % 94)).decode(
        "cp949"
    )
)


@given(everyday_kana)
def test_kana_in_cp932_is_never_taken_for_korean(text):
    assert decode(("q\n" + text + "\n").encode("cp932"), name="s.csv").text == f"q\n{text}\n"


@given(everyday_hangul)
def test_hangul_in_cp949_is_never_taken_for_japanese(text):
    data = f"q\n{text}\n".encode("cp949")
    if (
        max(data) > 0xDF
    ):  # else every byte is also a half-width katakana of CP932, and the rule refuses
        assert decode(data, name="s.csv").text == f"q\n{text}\n"
    else:
        with pytest.raises(SourceError, match="could be"):
            decode(data, name="s.csv")


def test_other_kinds_of_file_are_named(tmp_path):
    assert container(b"PK\x03\x04") == "an Office file or another zip archive"
    assert container(b"score\n") == ""
    for data, message in (
        (b"%PDF-1.7", "but a PDF"),
        (b"\xff\xfe\0\0", "UTF-32"),
        (b"a\0b", "zero"),
    ):
        with pytest.raises(SourceError, match=message):
            decode(data, name="s.csv")


def test_what_is_no_file_is_refused(tmp_path):
    (tmp_path / "empty.csv").touch()
    with pytest.raises(EmptyDataError, match="0 bytes"):
        read_bytes(tmp_path / "empty.csv")
    with pytest.raises(SourceError, match="is a folder"):
        read_bytes(tmp_path)
    with pytest.raises(SourceError, match="does not exist"):
        read_bytes(tmp_path / "none.csv")
