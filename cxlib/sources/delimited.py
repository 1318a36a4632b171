"""The text of a table -> its rows of one length, and what stands between their cells."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cxlib.errors import SourceError
from cxlib.shown.message import Message
from cxlib.sources.title_lines import count_title_lines, shape, title_note

USUAL = {".csv": ",", ".tsv": "\t", ".tab": "\t", ".txt": "\t"}
MOST_COLUMNS = 10_000  # a survey of 300 questions by 30 options
SAMPLE = 100  # records by which the delimiter is decided, also where a header alone is read
_SAMPLE_TEXT = 1 << 20  # characters in which these records are looked for
_AGREEING = 0.8  # share of the records that must have the header's cells, for another delimiter
_SEPARATOR_LINE = re.compile(r"sep=([,;\t|])\r?\n")  # Excel's own first line; not part of the table
_CLEARLY = 0.5  # by which share of numbers one of two delimiters that fit alike must lead
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_MOST_NAMED = 3  # lines that a refusal lists
Record = tuple[int, list[str]]  # the line in which it begins, and its cells


class Delimiter(StrEnum):
    """What stands between the cells of a text file."""

    COMMA = "comma"
    TAB = "tab"
    SEMICOLON = "semicolon"
    PIPE = "pipe"


_CALLED = {
    ",": Delimiter.COMMA,
    "\t": Delimiter.TAB,
    ";": Delimiter.SEMICOLON,
    "|": Delimiter.PIPE,
}


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a text file.

    Attributes
    ----------
    rows : list of list of str
        All as long as the header, which comes first; without empty lines and lines above it.
    delimiter : str
    notes : tuple of Message
        What was taken for granted.
    """

    rows: list[list[str]]
    delimiter: str
    notes: tuple[Message, ...]


def split(text: str, *, suffix: str, name: str, only_start: bool = False) -> Cells:
    """Split a text into cells.

    Parameters
    ----------
    text : str
    suffix : str
        Of the file; says which delimiter is usual.
    name : str
        The file's name, for messages.
    only_start : bool
        Whether the first `SAMPLE` records are enough.

    Raises
    ------
    SourceError
        If it is a web page or JSON, if two delimiters fit alike, if quotes do not match, or if rows
        hold more than the header or seem to be pieces of others.

    Notes
    -----
    The delimiter is the one (comma, tab, semicolon, pipe) by which most of the first records have
    as many cells as the header; where two fit all of them, the one that makes clearly more cells
    numbers, else neither. Cells beyond the header that are empty in a record are delimiters at the
    end of a line. A record with fewer cells than the header was cut off after its last answer,
    where it begins like the others; else it is a piece of an answer that holds a line break.
    """
    _refuse_other_text(text, name)
    said = _SEPARATOR_LINE.match(text)
    line = 1
    if said:
        text, line = text[said.end() :], 2
    delimiter = said.group(1) if said else _delimiter(text, USUAL[suffix], name)
    try:
        found: Iterator[Record] = _records(text, delimiter, line, strict=True)
        records = list(itertools.islice(found, SAMPLE) if only_start else found)
    except csv.Error as error:
        raise SourceError(
            f"{name!r}: the quotes do not match up ({error}); export it again with answers in "
            "double quotes, and quotes inside them doubled"
        ) from None
    above = count_title_lines([cells for _, cells in records[:SAMPLE]])
    notes = title_note([cells for _, cells in records[:above]])
    if not said and delimiter != USUAL[suffix]:
        notes.append(
            Message(
                "sources.other_delimiter",
                delimiter=_CALLED[delimiter],
                usual=_CALLED[USUAL[suffix]],
            )
        )
    rows, short = _of_one_length(records[above:], delimiter, name)
    if short:
        notes.append(Message("sources.short_rows", n=short, columns=len(rows[0])))
    return Cells(rows, delimiter, tuple(notes))


def _refuse_other_text(text: str, name: str) -> None:
    start = text[:200].lstrip().lower()
    if start.startswith(("<!doctype", "<html", "<?xml")):
        raise SourceError(
            f"{name!r} is a web page, not a table; sign in to the survey tool and export it again"
        )
    if re.match(r'(\[\s*)?\{\s*"[^"]*"\s*:', start):
        raise SourceError(
            f"{name!r} is JSON, not cells; give it the suffix .json, or .jsonl where each line is "
            "a record"
        )


def _records(text: str, delimiter: str, line: int, *, strict: bool) -> Iterator[Record]:
    """Yield the records that are no empty lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    begins = line
    try:
        for cells in reader:
            if cells:
                yield begins, cells
            begins = reader.line_num + line
    except csv.Error as error:
        raise csv.Error(f"in the record that begins in line {begins}: {error}") from None


def _delimiter(text: str, usual: str, name: str) -> str:
    cut = len(text) > _SAMPLE_TEXT
    shares = {
        delimiter: share
        for delimiter in (usual, *(other for other in _CALLED if other != usual))
        if (share := _agreement(text[:_SAMPLE_TEXT], delimiter, cut=cut)) is not None
    }
    fits = [delimiter for delimiter, share in shares.items() if share == 1]
    if len(fits) > 1:
        numbers = {delimiter: _numbers(text[:_SAMPLE_TEXT], delimiter) for delimiter in fits}
        first, second = sorted(fits, key=numbers.__getitem__, reverse=True)[:2]
        if numbers[first] - numbers[second] >= _CLEARLY:
            return first
        called = [_CALLED[delimiter].value for delimiter in fits]
        raise SourceError(
            f"{name!r}: {' and '.join(called)} both split every record alike, so what stands "
            f"between its cells cannot be told; write 'sep={fits[0]}' as a line of its own above "
            f"the header if it is the {called[0]}, 'sep={fits[1]}' if it is the {called[1]}"
        )
    best = max(shares, key=shares.__getitem__, default=usual)  # the usual one is first of equals
    if best == usual or shares[best] >= _AGREEING:
        return best
    return usual


def _agreement(text: str, delimiter: str, *, cut: bool) -> float | None:
    """Return the share of the first records that have the cells of the header; None where the
    header has only one."""
    records = []
    try:
        for record in itertools.islice(_records(text, delimiter, 1, strict=False), SAMPLE):
            records.append(record[1])
    except csv.Error:
        pass  # said where the chosen one is split
    if cut and len(records) < SAMPLE:
        records = records[:-1]
    header, *others = records[count_title_lines(records) :] or [[]]
    if len(header) < 2:
        return None
    if not others:
        return _AGREEING  # a header alone proves nothing
    return sum(_agrees(cells, len(header)) for cells in others) / len(others)


def _numbers(text: str, delimiter: str) -> float:
    """Return the share of the cells below the header that are numbers, of those with anything."""
    records = itertools.islice(_records(text, delimiter, 1, strict=False), 1, SAMPLE)
    filled = [cell for _, cells in records for cell in cells if cell]
    return sum(_NUMBER.fullmatch(cell) is not None for cell in filled) / max(len(filled), 1)


def _agrees(cells: list[str], width: int) -> float:
    if len(cells) >= width:
        return float(not any(cells[width:]))
    return 0.5 if len(cells) > 1 else 0.0  # cut off, perhaps


def _of_one_length(
    records: Sequence[Record], delimiter: str, name: str
) -> tuple[list[list[str]], int]:
    """Return the rows as long as the header, and how many were cut off before."""
    if not records:
        return [], 0
    width = len(records[0][1])
    if width > MOST_COLUMNS:
        raise SourceError(
            f"{name!r} has {width:,} columns; at most {MOST_COLUMNS:,} are read; export fewer "
            "questions"
        )
    _refuse_beyond(records, width, delimiter, name)
    short = [record for record in records if len(record[1]) < width]
    if short:
        _refuse_pieces(records, short, delimiter, name)
    rows = [
        cells if len(cells) == width else (cells + [""] * width)[:width] for _, cells in records
    ]
    return rows, len(short)


def _refuse_beyond(records: Sequence[Record], width: int, delimiter: str, name: str) -> None:
    beyond = [record for record in records if any(record[1][width:])]
    if not beyond:
        return
    line, cells = beyond[0]
    called = _CALLED[delimiter]
    if len(beyond) == len(records) - 1 and len({len(cells) for _, cells in beyond}) == 1:
        raise SourceError(
            f"{name!r}: the header has {width} cells and every record {len(cells)}, so a column "
            "has no name (R writes row names that way); add the missing name to the header, or "
            f"delete line {records[0][0]} if it is a title"
        )
    raise SourceError(
        f"{name!r}: the record that begins in line {line} has {len(cells)} cells and the header "
        f"{width}{_others(beyond)}; an answer that holds a {called} must stand in double quotes: "
        f"quote it, or export the table again as .xlsx"
    )


def _others(records: Sequence[Record]) -> str:
    if len(records) == 1:
        return ""
    lines = ", ".join(str(line) for line, _ in records[1 : _MOST_NAMED + 1])
    more = " …" if len(records) > _MOST_NAMED + 1 else ""
    return f" ({len(records) - 1:,} others alike, in line {lines}{more})"


def _refuse_pieces(
    records: Sequence[Record], short: Sequence[Record], delimiter: str, name: str
) -> None:
    width = len(records[0][1])
    whole = [cells for _, cells in records[1:] if len(cells) >= width]
    if not whole:
        raise SourceError(
            f"{name!r}: its header has {width} cells and no record has as many; where the "
            f"header's own words hold a {_CALLED[delimiter]}, put it in double quotes"
        )
    known = {shape(cells[0]) for cells in whole}
    are_ids = all("9" in one for one in known)  # words cannot be told from a piece by their shape
    lines = {
        line
        for line, cells in short
        if shape(cells[0]) not in known or (len(cells) == 1 and not are_ids)
    }
    if not are_ids:  # two that follow each other and have the cells of one
        lines |= {
            one[0]
            for one, two in itertools.pairwise(records)
            if max(len(one[1]), len(two[1])) < width and len(one[1]) + len(two[1]) == width + 1
        }
    pieces = [record for record in short if record[0] in lines]
    if pieces:
        line, cells = pieces[0]
        raise SourceError(
            f"{name!r}: the record that begins in line {line} has {len(cells)} cells and the "
            f"header {width}{_others(pieces)}, and seems to be a piece of an answer with a line "
            "break; an answer that holds one must stand in double quotes: quote it, or export the "
            "table again as .xlsx"
        )
