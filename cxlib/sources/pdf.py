"""A PDF with a text layer -> its lines, for transcripts, and what is doubtful about them."""

from __future__ import annotations

import io
import logging
import re
import zlib
from collections import Counter

from cxlib.errors import SourceError
from cxlib.shown.message import Message
from cxlib.sources import cues

_MOST = 100 << 20  # bytes
_MOST_PAGES = 2000
_HYPHEN = re.compile(r"[^\W\d_][-\u00ad\u2010]\s*")  # a letter and a hyphen end the line
_NUMBER = re.compile(r"\d+")
_INSTEAD = "save it as .docx, or as text in UTF-8 with the suffix .txt"


def lines(data: bytes, *, name: str) -> tuple[list[tuple[str, bool]], list[Message]]:
    """Return the lines of a PDF as they are printed, each with False, and notes on them.

    Parameters
    ----------
    data : bytes
        A .pdf file.
    name : str
        Its name, for messages.

    Returns
    -------
    list of (str, bool)
        None is known to be a heading.
    list of Message
        That lines are as printed; how many end in a hyphen, and how many come again at the top or
        bottom of pages. Both stay among the words: nothing in a PDF says what they are.

    Raises
    ------
    SourceError
        If the bytes are no PDF, need a password, or have a page but no letters: a scan.
    """
    import pypdf
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.ERROR)  # it tells of every oddity it mends
    if len(data) > _MOST:
        raise SourceError(f"{name!r} has {len(data):,} bytes; at most {_MOST:,} are read")
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise SourceError(f"{name!r} has a password; save it without one")
        if len(reader.pages) > _MOST_PAGES:
            raise SourceError(
                f"{name!r} has {len(reader.pages):,} pages; at most {_MOST_PAGES:,} are read"
            )
        pages = [_page(page.extract_text()) for page in reader.pages]
    except (
        PyPdfError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        ArithmeticError,
        RecursionError,
        NotImplementedError,
        ImportError,  # an encryption that needs one more library
        OSError,
        zlib.error,
    ) as error:
        raise SourceError(
            f"{name!r} cannot be read as a PDF ({error}); open it where it was made and {_INSTEAD}"
        ) from None
    _refuse_scan(pages, name)
    return [(line, False) for page in pages for line in page], _doubts(pages, name)


def _page(text: str) -> list[str]:
    return [line.rstrip() for line in cues.lines_of(text)]


def _refuse_scan(pages: list[list[str]], name: str) -> None:
    empty = [
        number
        for number, page in enumerate(pages, start=1)
        if not any(character.isalpha() for line in page for character in line)
    ]
    if len(empty) == len(pages):
        raise SourceError(
            f"{name!r} has no text layer, so it is a scan or a picture; recognise its text (OCR) "
            f"and {_INSTEAD}"
        )


def _doubts(pages: list[list[str]], name: str) -> list[Message]:
    hyphens = sum(_HYPHEN.fullmatch(line[-2:]) is not None for page in pages for line in page)
    edges = Counter(edge for page in pages for edge in _edges(page))
    again = [(line, n) for line, n in edges.items() if n > 1 and 2 * n >= len(pages)]
    without = sum(not any(page) for page in pages)
    notes = [Message("sources.pdf_read", file=name, pages=len(pages))]
    if hyphens:
        notes.append(Message("sources.pdf_hyphens", file=name, n=hyphens))
    if again:
        n = sum(times for _, times in again)
        notes.append(
            Message("sources.pdf_edges", file=name, n=n, lines=[line for line, _ in again])
        )
    if without:
        notes.append(Message("sources.pdf_pages_without_text", file=name, n=without))
    return notes


def _edges(page: list[str]) -> set[str]:
    """Return a page's first and last line with words, every number as #: those of page headers and
    footers come again."""
    said = [line.strip() for line in page if line.strip()]
    return {_NUMBER.sub("#", line) for line in (*said[:1], *said[-1:])}
