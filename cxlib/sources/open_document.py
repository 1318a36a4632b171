"""An OpenDocument text (odt, of LibreOffice) -> its lines, for transcripts."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from cxlib.errors import SourceError
from cxlib.sources import archives, cues, kinds

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MOST_UNPACKED = 200 << 20  # bytes; pictures too
_MOST_TEXT = 30 << 20  # bytes of content.xml; an hour of talk has 0.2 MB
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
# beside what is said: notes, comments, readings above letters, boxes, deleted text
_ASIDE = {
    f"{_TEXT}note",
    f"{_TEXT}ruby-text",
    f"{_TEXT}tracked-changes",
    f"{_OFFICE}annotation",
    f"{_DRAW}frame",
}


def lines(data: bytes, *, name: str) -> list[tuple[str, bool]]:
    """Return the lines of an OpenDocument text and whether each is a heading; an empty line after
    each paragraph.

    Parameters
    ----------
    data : bytes
        An .odt file.
    name : str
        Its name, for messages.

    Returns
    -------
    list of (str, bool)
        A table's row is one line, its cells joined by a tab. Footnotes, comments, boxes and the
        readings above ideographs are left out, as with Word documents.

    Raises
    ------
    SourceError
        If the bytes are no OpenDocument text, unpack beyond bounds, declare entities, have a
        password, or hold tracked changes.
    """
    try:
        with archives.open_archive(io.BytesIO(data), name=name, most=_MOST_UNPACKED) as archive:
            member = archive.getinfo("content.xml")
            if member.file_size > _MOST_TEXT:
                raise SourceError(
                    f"{name!r} holds {member.file_size:,} bytes of text; at most {_MOST_TEXT:,} "
                    "are read: save each interview as a file of its own"
                )
            root = ElementTree.fromstring(archive.read(member))
        body = root.find(f"{_OFFICE}body/{_OFFICE}text")
        if body is None:
            raise KeyError("it holds no text document")
        if body.find(f"{_TEXT}tracked-changes") is not None:
            raise SourceError(
                f"{name!r} has tracked changes; accept or reject them in LibreOffice and save it "
                "again"
            )
        return list(_blocks(body))
    except (
        zipfile.BadZipFile,
        ElementTree.ParseError,
        KeyError,
        ValueError,
        RuntimeError,  # RecursionError too: no text is nested that deep
        NotImplementedError,
        EOFError,
        zlib.error,
    ) as error:
        kind = kinds.recognise(data[: kinds.START])[0] or "no OpenDocument text"
        raise SourceError(
            f"{name!r} cannot be read as .odt: it is {kind}, damaged, or has a password ({error}); "
            "open it in LibreOffice and save it as .docx"
        ) from None


def _blocks(parent: Element) -> Iterator[tuple[str, bool]]:
    for block in parent:
        if block.tag in (f"{_TEXT}p", f"{_TEXT}h"):
            heading = block.tag == f"{_TEXT}h"
            yield from ((line, heading) for line in cues.lines_of(_words(block)))
            yield "", False
        elif block.tag == f"{_TABLE}table-row":
            yield "\t".join(filter(None, map(_cell, block))), False
            yield "", False
        elif block.tag not in _ASIDE:
            yield from _blocks(block)  # lists, sections, tables


def _cell(cell: Element) -> str:
    return " ".join(line.strip() for line, _ in _blocks(cell) if line.strip())


def _words(block: Element) -> str:
    """Return what a paragraph says; white space as ODF 1.3, 6.1.2 folds it."""
    return "".join(_inside(block))


def _inside(element: Element) -> Iterator[str]:
    yield _folded(element.text)
    for child in element:
        if child.tag == f"{_TEXT}s":
            yield " " * min(int(child.get(f"{_TEXT}c", "1")), 1000)
        elif child.tag == f"{_TEXT}tab":
            yield "\t"
        elif child.tag == f"{_TEXT}line-break":
            yield "\n"
        elif child.tag not in _ASIDE:
            yield from _inside(child)
        yield _folded(child.tail)


def _folded(text: str | None) -> str:
    """Return text whose line ends and tabs are blanks, as an XML editor may have wrapped it."""
    return "" if text is None else text.translate({9: " ", 10: " ", 13: " "})
