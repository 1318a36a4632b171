"""Rows of a filled sheet -> units of the transcripts as they are now: each proved by its words."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from cxlib.check import did_you_mean
from cxlib.errors import SourceError
from cxlib.interviews.codings import plain
from cxlib.interviews.sheet_cells import Column, clip, shown, trace, typed
from cxlib.interviews.sheet_rows import Filled, Row

_Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the sheet and the rows that it stands in.

    Attributes
    ----------
    document, number : str
        The interview, and the unit's number in the sheet.
    span : (int, int) or None
        Where it is in the text as it is now; None where it was not found again and nothing was
        filled in.
    rows : tuple of Row
        In the order of the text.
    """

    document: str
    number: str
    span: _Span | None
    rows: tuple[Row, ...]

    @property
    def is_coded(self) -> bool:
        """Whether a code or a memo stands in any of its rows."""
        return any(row.codes or Column.MEMO in row.cells for row in self.rows)


@dataclass(slots=True)
class Places:
    """The units of a sheet in the order of the text, by document; rows whose words were edited; and
    how many units were found at another place, by document."""

    units: dict[str, list[Unit]] = field(default_factory=dict)
    edited: list[int] = field(default_factory=list)
    moved: dict[str, int] = field(default_factory=dict)


def place(filled: Filled, documents: pd.DataFrame) -> Places:
    """Return where the units of a sheet are in the transcripts.

    Raises
    ------
    SourceError
        If a document is not among the transcripts, a unit stands in two rows, words stand beside
        the offsets of others, or a unit with codes cannot be found again in a changed transcript.
    """
    texts = dict(zip(documents["document"], documents["text"], strict=True))
    known = {plain(typed(clip(name))): name for name in texts}
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in filled.rows:
        name = plain(row.cells[Column.DOCUMENT])
        if name not in known:
            raise SourceError(
                f"{filled.at(row)}, column 'document': {name!r} is not among the transcripts"
                f"{did_you_mean(name, known)}"
            )
        rows[known[name]].append(row)
    astray = _astray(filled, rows, texts)
    found = Places()
    for document in (name for name in texts if name in rows):
        _place_document(filled, document, texts[document], rows[document], astray, found)
    return found


def _astray(
    filled: Filled, rows: Mapping[str, Sequence[Row]], texts: Mapping[str, str]
) -> dict[str, Row]:
    """Return by their words the rows that hold others than belong there."""
    astray = {}
    for document, of_document in rows.items():
        for row in of_document:
            start, end = _piece(filled, row)
            words = trace(row.cells.get(Column.WORDS, ""))
            if words and words != trace(shown(texts[document][start:end])):
                astray[words] = row
    return astray


def _place_document(
    filled: Filled,
    document: str,
    text: str,
    rows: Sequence[Row],
    astray: Mapping[str, Row],
    found: Places,
) -> None:
    ordered = sorted(rows, key=lambda row: _piece(filled, row))
    _refuse_twice(filled, ordered)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    digests = filled.about.digests if filled.about else {}
    unchanged = digests.get(typed(clip(document))) == digest
    if unchanged:
        spans: list[_Span | None] = [
            _proved(filled, row, text, astray, found.edited) for row in ordered
        ]
    else:
        spans = _found_again(ordered, [_piece(filled, row) for row in ordered], text)
    grouped: dict[tuple[int, int], list[int]] = defaultdict(list)
    for at, row in enumerate(ordered):
        grouped[_offset(filled, row, Column.START), _offset(filled, row, Column.END)].append(at)
    units = []
    for whole, places in grouped.items():
        of_unit = tuple(ordered[at] for at in places)
        span = whole if unchanged else _around(whole, of_unit, [spans[at] for at in places], filled)
        unit = Unit(document, of_unit[0].cells.get(Column.UNIT, ""), span, of_unit)
        if span is None:
            _refuse_lost(filled, unit)
        units.append(unit)
    found.units[document] = units
    moved = sum(unit.span not in (None, whole) for unit, whole in zip(units, grouped, strict=True))
    if moved:
        found.moved[document] = moved


def _offset(filled: Filled, row: Row, column: Column) -> int:
    value = row.cells.get(column, "")
    if not value.isdecimal():
        raise SourceError(
            f"{filled.at(row)}, column '{column}' (hidden): {value!r} is no whole number; undo the "
            "change, or delete the row's codes and type them in a fresh sheet"
        )
    return int(value)


def _piece(filled: Filled, row: Row) -> _Span:
    """Return which part of the text the words of a row are."""
    if Column.FROM in row.cells and Column.TO in row.cells:
        return _offset(filled, row, Column.FROM), _offset(filled, row, Column.TO)
    return _offset(filled, row, Column.START), _offset(filled, row, Column.END)


def _refuse_twice(filled: Filled, ordered: Sequence[Row]) -> None:
    for before, row in itertools.pairwise(ordered):
        if _piece(filled, before) == _piece(filled, row):
            first, second = sorted((before.number, row.number))
            raise SourceError(
                f"{filled.at(second)}: unit {row.cells.get(Column.UNIT, '')} of "
                f"{row.cells[Column.DOCUMENT]!r} stands in row {first:,} already; keep one of the "
                "two, with the codes of both"
            )


def _proved(
    filled: Filled, row: Row, text: str, astray: Mapping[str, Row], edited: list[int]
) -> _Span:
    """Return the offsets of a row in a text that has not changed; note where its words were edited,
    refuse the words of another row: it was sorted without its hidden columns."""
    start, end = _piece(filled, row)
    if not start < end <= len(text):
        raise SourceError(
            f"{filled.at(row)}, columns 'from' and 'to' (hidden): {start:,} to {end:,} do not lie "
            f"in {row.cells[Column.DOCUMENT]!r}, which has {len(text):,} code points; undo the "
            "change"
        )
    words = trace(row.cells.get(Column.WORDS, ""))
    if words == trace(shown(text[start:end])) or Column.WORDS not in row.cells:
        return start, end
    _refuse_moved(filled, row, text[start:end], astray)
    edited.append(row.number)
    return start, end


def _refuse_moved(filled: Filled, row: Row, text: str, astray: Mapping[str, Row]) -> None:
    """Refuse where the words that belong here stand in another row, whose own are elsewhere."""
    there = astray.get(trace(shown(text)))
    if there is None or there is row:
        return
    raise SourceError(
        f"{filled.at(row)}, column 'words': {_start(row.cells[Column.WORDS])} stands where the "
        f"hidden columns say {_start(text)}, which stands in row {there.number:,}; some columns "
        "were sorted or moved without the others, so nobody knows which codes belong to which "
        "words: undo that, and sort with the filter of the header, which moves whole rows"
    )


def _start(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}…")


def _found_again(rows: Sequence[Row], pieces: Sequence[_Span], text: str) -> list[_Span | None]:
    """Return where the words of each row are in a text that may have changed: where they were, if
    all that are still in it are there; else where they are once, or once between their
    neighbours."""
    words = [row.cells.get(Column.WORDS, "") for row in rows]
    here = [
        piece if trace(said) == trace(shown(text[slice(*piece)])) else None
        for said, piece in zip(words, pieces, strict=True)
    ]
    gone = [said for said, span in zip(words, here, strict=True) if span is None]
    if not any(_places(said, text) for said in gone):
        return here  # the words that are not were edited
    spans: list[_Span | None] = [None] * len(rows)
    several: dict[int, list[_Span]] = {}
    for at, said in enumerate(words):
        places = _places(said, text)
        if len(places) == 1:
            spans[at] = places[0]
        elif places:
            several[at] = places
        else:
            spans[at] = here[at]  # what hides in them is written out in the cell
    for at, places in several.items():
        low = max((span[1] for span in spans[:at] if span), default=0)
        high = min((span[0] for span in spans[at + 1 :] if span), default=len(text))
        between = [span for span in places if low <= span[0] and span[1] <= high]
        if len(between) == 1:
            spans[at] = between[0]
    return spans


def _places(words: str, text: str) -> list[_Span]:
    """Return where words stand: as they are, else with other white space between them."""
    words = typed(words)
    if not words:
        return []
    exact, at = [], text.find(words)
    while at >= 0:
        exact.append((at, at + len(words)))
        at = text.find(words, at + 1)  # also where it overlaps itself
    if exact:
        return exact
    between = r"\s+".join(map(re.escape, words.split()))
    pattern = re.compile(f"(?=({between}))")
    return [found.span(1) for found in pattern.finditer(text)]


def _around(
    whole: _Span, rows: Sequence[Row], spans: Iterable[_Span | None], filled: Filled
) -> _Span | None:
    """Return where a unit is, of which each part was found in order; None where one was not."""
    found = [span for span in spans if span is not None]
    first, last = _piece(filled, rows[0]), _piece(filled, rows[-1])
    if len(found) < len(rows) or (first[0], last[1]) != whole:
        return None
    ordered = all(a[1] <= b[0] for a, b in itertools.pairwise(found))
    return (found[0][0], found[-1][1]) if ordered else None


def _refuse_lost(filled: Filled, unit: Unit) -> None:
    if not (unit.is_coded or any(Column.READ in row.cells for row in unit.rows)):
        return
    row = next(row for row in unit.rows if row.codes or {Column.MEMO, Column.READ} & set(row.cells))
    why = (
        f"the text of {unit.document!r} is not the one that the sheet was written from"
        if filled.about
        else "the file does not say from which text the sheet was written"
    )
    raise SourceError(
        f"{filled.at(row)}, column 'words': {_start(row.cells.get(Column.WORDS, ''))} is not to be "
        f"found, or more than once, in the transcript; {why}: give the transcript that the sheet "
        f"was written from{'' if filled.about else ' or the workbook'}, or code this row in a "
        "fresh sheet"
    )
