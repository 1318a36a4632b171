"""OpenDocument texts, as LibreOffice writes them, within the bounds of every Office file."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib import sources
from cxlib.errors import SourceError
from cxlib.sources import open_document
from tests.sources.interviews import said

HEAD = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0">'
)


def odt(body, *, begin='<?xml version="1.0" encoding="UTF-8"?>', extra=None):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED)
        content = f"{begin}{HEAD}<office:body><office:text>{body}</office:text></office:body>"
        archive.writestr("content.xml", f"{content}</office:document-content>")
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
    return file.getvalue()


BODY = """<text:sequence-decls/><text:h text:outline-level="1">面談 3</text:h>
<text:p>聞き手：<text:span>いつ<text:s text:c="2"/>から</text:span>ですか<text:note><text:note-body>
<text:p>not said</text:p></text:note-body></text:note></text:p>
<text:list><text:list-item><text:p>田中：<text:ruby><text:ruby-base>五月</text:ruby-base><text:ruby-text>
ごがつ</text:ruby-text></text:ruby>です<text:line-break/>はい</text:p></text:list-item></text:list>
<table:table><table:table-column/><table:table-row><table:table-cell><text:p>聞き手</text:p></table:table-cell>
<table:table-cell><text:p>なぜ</text:p><text:p>今</text:p></table:table-cell></table:table-row></table:table>
<text:p><draw:frame><draw:text-box><text:p>a box</text:p></draw:text-box></draw:frame>
<office:annotation><text:p>a comment</text:p></office:annotation></text:p>"""


def test_lines_are_paragraphs_and_rows():
    found = open_document.lines(odt(BODY), name="a.odt")
    assert [line for line in found if line[0].strip()] == [
        ("面談 3", True),
        ("聞き手：いつ  からですか", False),
        ("田中：五月です", False),
        ("はい", False),
        ("聞き手\tなぜ 今", False),
    ]


def test_turns(tmp_path):
    paragraphs = ["진행자: 언제요?", "고객: 오월 😀", "진행자: 왜요?"]
    body = "".join(f"<text:p>{line}</text:p>" for line in paragraphs)
    (tmp_path / "a.odt").write_bytes(odt(body))
    read = sources.read_transcripts(tmp_path)
    assert said(read) == [("진행자", "언제요?"), ("고객", "오월 😀"), ("진행자", "왜요?")]


DELETED = (
    "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p>"
    "</text:deletion></text:changed-region></text:tracked-changes><text:p>a</text:p>"
)
ENTITY = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "Ana: bought words">]>'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"Ana: yes", "no OpenDocument text"),
        (b"PK\x03\x04", "cannot be read as .odt"),
        (odt("<text:p>a</text:p>")[:-200], "cannot be read as .odt"),
        (odt("<text:p>a"), "cannot be read as .odt"),
        (odt(DELETED), "tracked changes"),
        (odt("<text:p>&b;</text:p>", begin=ENTITY), "declares entities or a document type"),
        (odt("", extra={"Pictures/a": bytes(30 << 20)}), "unpacks from"),
        (odt(" " * (9 << 20)), "unpacks from"),
        (odt("<text:span>" * 20_000 + "</text:span>" * 20_000), "cannot be read as .odt"),
        (odt("", extra={f"{n}": b"" for n in range(10_001)}), "members"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_refused_before_it_does_harm(data, message):
    with pytest.raises(SourceError, match=f"'a.odt' .*{message}"):
        open_document.lines(data, name="a.odt")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])), max_size=5))
def test_every_paragraph_is_a_line_as_it_was_written(paragraphs):
    body = "".join(f"<text:p>{escape(words)}</text:p>" for words in paragraphs)
    try:
        found = open_document.lines(odt(body), name="a.odt")
    except SourceError:
        assert any(character in "\ufffe\uffff" for words in paragraphs for character in words)
        return
    assert [line for line, _ in found[::2]] == paragraphs
