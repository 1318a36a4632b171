"""A Word document -> its lines, for transcripts; Teams' older export becomes like its newer one."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cxlib.errors import SourceError
from cxlib.sources import archives, cues, decoding, speakers

if TYPE_CHECKING:
    from docx.table import Table as WordTable

_CUE_ID = re.compile(r"\d+|[0-9a-f]{8}(?:-[0-9a-f]{1,12})+(?:[-/]\d+(?:-\d+)?)?", re.I)
_MOST_UNPACKED = 200 << 20  # bytes; pictures too, which python-docx loads with the words


def lines(data: bytes, *, name: str) -> list[tuple[str, bool]]:
    """Return the lines of a Word document and whether each is a heading; an empty line after each
    paragraph.

    Parameters
    ----------
    data : bytes
        A .docx file.
    name : str
        Its name, for messages.

    Returns
    -------
    list of (str, bool)
        A table's row is one line, its cells joined by a tab; a merged cell stands once.

    Raises
    ------
    SourceError
        If the bytes are no Word document or unpack beyond bounds, or hold tracked changes or
        entities: text that python-docx would leave out without a word.
    """
    import zipfile

    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from docx.table import Table

    try:
        archives.open_archive(io.BytesIO(data), name=name, most=_MOST_UNPACKED).close()
        document = docx.Document(io.BytesIO(data))
    except SourceError:
        raise
    except (
        zipfile.BadZipFile,
        PackageNotFoundError,
        KeyError,
        ValueError,
        AttributeError,
        IndexError,
        SyntaxError,
        RuntimeError,
        NotImplementedError,
        EOFError,
        zlib.error,
    ) as error:
        kind = decoding.container(data) or "no Word document"
        raise SourceError(
            f"{name!r} is not what its suffix says but {kind} ({error}); save it as .docx, or as "
            "text in UTF-8 with the suffix .txt"
        ) from None
    if document.element.body.xpath(".//w:p//w:ins | .//w:p//w:del"):
        raise SourceError(
            f"{name!r} has tracked changes; accept or reject them in Word and save it again"
        )
    found: list[tuple[str, bool]] = []
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            found += [line for row in _rows(block) for line in ((row, False), ("", False))]
        else:
            heading = block.style is not None and block.style.name.startswith(("Heading", "Title"))
            found += [(line, heading) for line in cues.lines_of(block.text)] + [("", False)]
    return _without_arrows(found)


def _rows(table: WordTable) -> Iterator[str]:
    """Yield the rows of a table as lines; merged cells, which python-docx repeats, once."""
    known: set[object] = set()
    for row in table.rows:
        cells = {cell._tc: cell.text.strip() for cell in row.cells if cell._tc not in known}
        known.update(cells)
        yield "\t".join(words for words in cells.values() if words)


def _without_arrows(lines: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """Turn Teams' `0:0:1.0 --> 0:0:4.5`, name, words on three lines into its newer `name  0:01` and
    words; the id of a cue, on the line above, is no words."""
    kept: list[tuple[str, bool]] = []
    stamp = ""
    for line, heading in lines:
        arrow = cues.ARROW.fullmatch(line)
        if arrow:
            above = next((n for n in range(len(kept) - 1, -1, -1) if kept[n][0].strip()), None)
            if above is not None and _CUE_ID.fullmatch(kept[above][0].strip()):
                del kept[above]
            minutes, seconds = divmod(int(cues.clock(*arrow.groups()[:4])), 60)
            stamp = f"  {minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
        elif stamp and line.strip():
            kept.append((line + stamp if speakers.could_be_name(line.strip()) else line, heading))
            stamp = ""
        else:
            kept.append((line, heading))
    return kept
