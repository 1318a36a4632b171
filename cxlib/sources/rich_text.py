"""A Rich Text document (rtf) -> its lines, for transcripts."""

from __future__ import annotations

import re

from striprtf.striprtf import rtf_to_text

from cxlib.errors import SourceError
from cxlib.sources import cues

_MOST = 50 << 20  # bytes; pictures are written out in it as letters
_CELL = re.compile(r"\\(?:nest)?cell(?![a-z])")
_TRACKED = re.compile(r"\\(?:deleted|revised)(?![a-z0-9])")


def lines(data: bytes, *, name: str) -> list[tuple[str, bool]]:
    """Return the lines of a Rich Text document, each with False: none is known to be a heading.

    Parameters
    ----------
    data : bytes
        An .rtf file.
    name : str
        Its name, for messages.

    Returns
    -------
    list of (str, bool)
        A table's row is one line, its cells joined by a tab. Page headers, footnotes and pictures
        are left out.

    Raises
    ------
    SourceError
        If the bytes are no Rich Text, are too many, hold tracked changes, or bytes that are no
        letters in the encoding that they name.

    >>> lines(rb"{\\rtf1\\ansi Ana: so\\'3f\\par Lee: \\u49345\\'3f}", name="a.rtf")
    [('Ana: so?', False), ('Lee: 상', False)]
    """
    if not data.lstrip().startswith(b"{\\rtf"):
        raise SourceError(
            f"{name!r} is not what its suffix says but no Rich Text; save it as .rtf or .docx, or "
            "as text in UTF-8 with the suffix .txt"
        )
    if len(data) > _MOST:
        raise SourceError(
            f"{name!r} has {len(data):,} bytes; at most {_MOST:,} are read: save it without its "
            "pictures"
        )
    source = data.decode("latin-1")
    if _TRACKED.search(source):
        raise SourceError(
            f"{name!r} has tracked changes; accept or reject them where it was written and save it "
            "again"
        )
    try:
        text = rtf_to_text(_CELL.sub(lambda _: r"\tab", source), errors="strict")
        # a character beyond the first plane is written as two halves
        text = text.encode("utf-16", "surrogatepass").decode("utf-16")
    except (UnicodeError, ValueError, LookupError, RecursionError) as error:
        raise SourceError(
            f"{name!r} cannot be read as Rich Text ({error}); open it where it reads well and save "
            "it as .docx, or as text in UTF-8 with the suffix .txt"
        ) from None
    return [(line.rstrip("\t"), False) for line in cues.lines_of(text.rstrip("\n"))]
