"""Bytes are decoded strictly, or refused; which encoding it was is said."""

from __future__ import annotations

import os
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.errors import EmptyDataError, SourceError
from cxlib.sources import decoding
from cxlib.sources.decoding import container, decode, read_bytes, read_text_bytes


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
    both = "ｱﾝｹｰﾄﾄ".encode("cp932")
    assert both.decode("cp949").isalpha()
    with pytest.raises(SourceError, match="CSV UTF-8"):
        decode(b"q\n" + both + b"\n", name="s.csv")
    both = "가이다".encode("cp949")
    assert all("\uff61" <= c <= "\uff9f" for c in both.decode("cp932"))
    with pytest.raises(SourceError, match=r"could be .*Korean .* or Japanese"):
        decode(b"q\n" + both + b"\n", name="s.csv")


WRITTEN = {
    "de": "id;grund\n1;Müller war sehr freundlich, größer als gedacht\n2;für mich zu teuer\n",
    "fr": 'id,pourquoi\n1,prénom\n2,"café très élégant, c’était parfait"\n3,à bientôt\n',
    "es": "id,por qué\n1,¿Cómo fue? Muy rápido\n2,El año pasado no funcionó\n",
    "pt": "id,x\n1,Não gostei da configuração\n2,ação rápida\n",
    "it": "id,x\n1,perché è così\n2,qualità più alta\n",
    "en": "id,why\n1,don’t know\n2,it’s fine\n3,we’re happy – “great” service…\n",
    "en, once": "id,why\n1,don’t know\n",
    "sv": "id,x\n1,Får jag återkomma över helgen\n",
    "da": "id,x\n1,Det går rigtig godt på øen\n",
    "nl": "id,x\n1,geïnteresseerd in één reünie\n",
    "pl": "id,x\n1,zażółć gęślą jaźń\n2,bardzo dobrze, dziękuję\n",
    "cs": "id,x\n1,Příliš žluťoučký kůň\n2,děkuji\n",
    "hu": "id,x\n1,árvíztűrő tükörfúrógép\n2,nagyon jó idő\n",
    "tr": "id,x\n1,çok güzel değil mi\n2,teşekkürler İstanbul ışık\n",
    "ru": "id,x\n1,Привет как дела\n",
    "el": "id,x\n1,Καλημέρα πολύ καλά\n",
    "ja": "id,理由\n1,早い\n2,とても満足\n",
    "ja, kanji": "id,性別\n1,男\n2,女\n",
    "ko": "id,이유\n1,빠르다\n2,상담원이 친절했어요\n",
    "zh": "id,原因\n1,非常满意\n2,很好\n3,服务态度不错\n",
    "zh, short": "id,x\n1,很好\n",
    "zh-tw": "id,原因\n1,非常滿意\n2,服務很好\n",
    "th": "id,x\n1,ดีมาก\n",
    "he": "id,x\n1,טוב מאוד\n",
    "ar": "id,x\n1,جيد جدا\n",
}
READ = {
    **dict.fromkeys(["de", "fr", "es", "pt", "it", "en", "en, once", "sv", "da", "nl"], "cp1252"),
    **dict.fromkeys(["ja", "ja, kanji"], "cp932"),
    "ko": "cp949",
}
ENCODINGS = [
    "cp1252",
    "mac-roman",
    "cp850",
    "cp437",
    "cp1250",
    "iso8859-2",
    "cp1251",
    "koi8-r",
    "cp866",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp874",
    "cp932",
    "euc-jp",
    "iso2022-jp",
    "cp949",
    "gbk",
    "gb18030",
    "big5",
]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_no_encoding_is_ever_read_as_another(encoding):
    for language, text in WRITTEN.items():
        try:
            data = text.encode(encoding)
        except UnicodeEncodeError:
            continue
        if READ.get(language) == encoding:
            decoded = decode(data, name="s.csv")
            assert (decoded.text, decoded.encoding) == (text, encoding)
            assert decoded.note.key == f"sources.read_as_{encoding}"
            continue
        with suppress(SourceError):
            assert decode(data, name="s.csv").text == text, language


@pytest.mark.parametrize("text", ["q\nÀ Ê Î\n", "q\nÿÿÿ\n"])
def test_letters_that_stand_in_no_word_are_refused(text):
    with pytest.raises(SourceError, match="neither UTF-8"):
        decode(text.encode("cp1252"), name="s.csv")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["score,wave\n9,Q1\n", "点数,理由\n9,早い\n"])
def test_utf_16_without_its_mark_is_named(encoding, text):
    with pytest.raises(SourceError, match="UTF-16 without a byte order mark"):
        decode(text.encode(encoding), name="s.csv")


def test_damaged_utf_8_is_refused_with_its_line():
    text = "score,comment\n10,とても満足\nまた利用します。\n7,配送が遅い\n"
    damaged = text.encode().replace("遅".encode(), "遅".encode()[:2])
    with pytest.raises(SourceError, match=r"UTF-8, but 1 of its \d+ characters .* in line 4"):
        decode(damaged, name="s.csv")


everyday_kana = st.text(
    st.characters(min_codepoint=0x3042, max_codepoint=0x3093), min_size=12, max_size=60
)
everyday_hangul = st.text(st.sampled_from(sorted(decoding._KOREAN)), min_size=12, max_size=60)
any_hangul = st.lists(st.integers(0, 2349), min_size=1, max_size=60).map(
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


@given(any_hangul)
def test_rare_hangul_is_read_right_or_refused(text):
    data = f"q\n{text}\n".encode("cp949")
    with suppress(UnicodeDecodeError):  # two bytes can be UTF-8 by chance
        data.decode("utf-8")
        return
    with suppress(SourceError):
        assert decode(data, name="s.csv").text == f"q\n{text}\n"


@given(st.binary(max_size=80))
def test_any_bytes_are_text_or_one_refusal(data):
    with suppress(SourceError):
        decode(data, name="s.csv")


def test_a_line_without_end_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(decoding, "_LONGEST_LINE", 100)
    monkeypatch.setattr(decoding, "_CHUNK", 64)
    path = tmp_path / "s.csv"
    path.write_bytes(b"a,b\n" + b"1," + b"x" * 90 + b"\n2,y\n" * 100)
    assert len(read_text_bytes(path)) > 500
    path.write_bytes(b"a,b\n" + b"x" * 500)
    monkeypatch.setattr(type(path), "read_bytes", lambda self: pytest.fail("all would be read"))
    with pytest.raises(SourceError, match="a line of more than 100 bytes"):
        read_text_bytes(path)


@pytest.mark.parametrize("name", ["CON.csv", "nul.csv", "com1.tar.csv", "nps\u202evsc.csv"])
def test_names_that_deceive_or_are_no_files_elsewhere_are_refused(tmp_path, name):
    (tmp_path / name).write_text("a\n1\n")
    with pytest.raises(SourceError, match="rename the file") as refusal:
        read_bytes(tmp_path / name)
    assert "\u202e" not in str(refusal.value)


def test_pipes_devices_and_dangling_links_are_named_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "link.csv").symlink_to(tmp_path / "none.csv")
    (tmp_path / "real.csv").write_text("a\n1\n")
    (tmp_path / "good.csv").symlink_to(tmp_path / "real.csv")
    with pytest.raises(SourceError, match="is a device or a pipe"):
        read_bytes(tmp_path / "pipe.csv")
    with pytest.raises(SourceError, match="is a link to a file that does not exist"):
        read_bytes(tmp_path / "link.csv")
    assert read_bytes(tmp_path / "good.csv") == b"a\n1\n"


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
