"""Rich Text as Word, TextEdit and LibreOffice write it, by hand from their files' descriptions."""

from __future__ import annotations

import pytest

from cxlib import sources
from cxlib.errors import SourceError
from cxlib.sources import rich_text
from tests.sources.interviews import said


def coded(text, encoding):
    return "".join(f"\\'{byte:02x}" for byte in text.encode(encoding))


WORD_JA = (
    r"{\rtf1\ansi\ansicpg932\deff0{\fonttbl{\f0\fnil\fcharset128 MS Mincho;}}{\header p. 1\par}\f0 "
    + coded("聞き手：どうでしたか。", "cp932")
    + r"\par "
    + coded("田中：遅い", "cp932")
    + r"{\footnote see above}\par}"
)
# of Western Windows, with Korean in a font of its own
WORD_KO = (
    r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset129 Malgun;}}\f1 "
    + coded("진행자: 언제요?", "cp949")
    + r"\par "
    + coded("고객: 오월", "cp949")
    + r"\par}"
)
TEXTEDIT = (
    r"{\rtf1\ansi\ansicpg1252\cocoartf2639{\fonttbl\f0\fnil\fcharset0 Helvetica;}"
    "\\pard\\f0 Ana: hi \\uc0\\u55357 \\u56832  there\\'85\\\n"
    "Lee: yes \\'97 \\u30000 \\u20013 \\\n}"
)
LIBREOFFICE = (
    r"{\rtf1\ansi\deff3{\info{\title not said}}\pard Ana: \u49345\'3f\u45812\'3f\par"
    r"\trowd\cellx1000\cellx2000\pard\intbl Lee\cell\pard\intbl yes\cell\row\pard "
    r"{\field{\*\fldinst{HYPERLINK \"http://a.b\"}}{\fldrslt link}}\par}"
)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (WORD_JA, ["聞き手：どうでしたか。", "田中：遅い"]),
        (WORD_KO, ["진행자: 언제요?", "고객: 오월"]),
        (TEXTEDIT, ["Ana: hi 😀 there…", "Lee: yes — 田中"]),
        (LIBREOFFICE, ["Ana: 상담", "Lee\tyes", "link"]),
    ],
)
def test_words_are_read_and_nothing_else(source, expected):
    found = rich_text.lines(source.encode("ascii"), name="a.rtf")
    assert [line for line, _ in found] == expected


def test_turns(tmp_path):
    (tmp_path / "a.rtf").write_bytes(WORD_JA.encode("ascii"))
    read = sources.read_transcripts(tmp_path)
    assert said(read) == [("聞き手", "どうでしたか。"), ("田中", "遅い")]
    assert read.documents["format"].tolist() == ["rtf"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"Ana: yes", "no Rich Text"),
        (rb"{\rtf1 a {\deleted b}}", "tracked changes"),
        (rb"{\rtf1 a {\revised b}}", "tracked changes"),
        (rb"{\rtf1\ansi\ansicpg932 \'81}", "cannot be read as Rich Text"),
    ],
)
def test_what_cannot_be_read_is_refused(data, message):
    with pytest.raises(SourceError, match=f"'a.rtf' .*{message}"):
        rich_text.lines(data, name="a.rtf")
