"""A sheet that a coder filled -> codings of whole units, and how far each interview was read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.errors import EmptyDataError, SourceError
from cxlib.interviews.codings import OPTIONAL, REQUIRED, plain
from cxlib.interviews.corpus import PROGRESS
from cxlib.interviews.sheet_cells import Column, clip, typed
from cxlib.interviews.sheet_codes import Spelled, parts_of, spell, split
from cxlib.interviews.sheet_marks import Reached, reached
from cxlib.interviews.sheet_places import Places, Unit, place
from cxlib.interviews.sheet_rows import Filled, Row, read_filled
from cxlib.interviews.spellings import right_spellings
from cxlib.shown.message import Message


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sheet:
    """What one coder filled in.

    Attributes
    ----------
    coder : str
    codings : pandas.DataFrame
        `document, start, end, code, coder, coded_at, memo, gloss`, one row a unit and code: the
        span is that of the whole unit, the memo that of the unit. `code` is empty where the unit
        has a memo alone, and, with start and end 0, where an interview was read and has neither.
    progress : pandas.DataFrame
        `document, coder, read_to` (code points), one row an interview that was opened.
    unit : str
        What a unit of the sheet is: turn, sentence, cue, line; empty where the file does not say.
    notes, warnings : tuple of Message
        What was read and decided, and what to look at.
    """

    coder: str
    codings: pd.DataFrame
    progress: pd.DataFrame
    unit: str = ""
    notes: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()


@dataclass(slots=True)
class _Noticed:
    """What was noticed of the interviews, by document."""

    half: list[str] = field(default_factory=list)  # read to the last code, for want of a mark
    unopened: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)  # read, and nothing found
    beyond: list[str] = field(default_factory=list)  # coded behind the mark
    several: list[str] = field(default_factory=list)  # done was written in some rows, not the last
    absent: list[str] = field(default_factory=list)  # transcripts that the sheet does not have
    gone: dict[str, int] = field(default_factory=dict)  # rows of units that were deleted


@check.arguments
def read_sheet(
    path: str | Path, *, documents: pd.DataFrame, codebook: pd.DataFrame | None = None
) -> Sheet:
    """Read a sheet that `write_sheet` made and a coder filled.

    Parameters
    ----------
    path : path of an XLSX file, or of a CSV in UTF-8 saved from it
        Columns and rows may have been renamed, translated, moved, hidden, sorted and filtered.
    documents : pandas.DataFrame
        `Corpus.documents`: `document` and `text` of the transcripts as they are now.
    codebook : pandas.DataFrame, optional
        As `Corpus.codebook`, by which spellings are joined; by default that of the sheet.

    Returns
    -------
    Sheet

    Raises
    ------
    SourceError
        Sheet, row, column, value, rule and next step: where it is no sheet, a unit stands twice,
        two people coded in it, words stand beside the place of others, a transcript was changed and
        a coded unit cannot be found again, a row was deleted from within what was read, or a code
        is a formula.
    EmptyDataError
        If no row stands for a unit.

    Notes
    -----
    How far an interview was read: to its end where `read` says done (in one of many languages) in
    any of its rows; else up to the last row with another mark, or to the unit whose number is
    written there; without a mark up to the last row with a code or a memo, which a note says. One
    in which nothing was filled in was not opened.

    Where a transcript is still that of the sheet, offsets decide, and edited words are counted;
    where it was changed, or the file does not say (CSV), words decide: each unit with codes is
    found again where its words are once, or once between its neighbours.

    Converted by LibreOffice 7.4 to ODS and back a sheet reads back equal; Excel and Google Sheets
    were not at hand to be tried.
    """
    path = Path(path)
    filled = read_filled(path)
    if not filled.rows:
        raise EmptyDataError(
            f"sheet={path.name!r} has no row that stands for a unit; give the file that was filled"
        )
    coder = _coder(filled, path)
    places = place(filled, documents)
    codes = _spelled(filled, places, codebook)
    lengths = documents.set_index("document")["text"].map(len)
    noticed, rows, progress = _Noticed(), [], []
    for document, units in places.units.items():
        how = reached(filled, units, characters=lengths[document])
        _refuse_gaps(filled, document, units, how, noticed)
        found = [row for unit in units for row in _codings(unit, codes.codes)]
        _notice(document, how, len(found), noticed)
        if how.to is not None:
            # nothing was found as far as the coder has read
            rows += found or [{"document": document, "start": 0, "end": 0, "code": "", "memo": ""}]
            progress.append({"document": document, "coder": coder, "read_to": how.to})
    _notice_absent(filled, documents, places, noticed)
    codings = pd.DataFrame(rows, columns=[*REQUIRED, *OPTIONAL]).assign(
        coder=coder, coded_at="", gloss=""
    )
    return Sheet(
        coder=coder,
        codings=codings.astype({"start": int, "end": int}),
        progress=pd.DataFrame(progress, columns=list(PROGRESS)).astype({"read_to": int}),
        unit=filled.about.unit if filled.about else "",
        notes=(*_notes(filled, places, codings, coder, noticed), *codes.notes),
        warnings=(*_warnings(filled, places, coder, noticed), *codes.warnings),
    )


def _coder(filled: Filled, path: Path) -> str:
    """Return who coded: as the rows say, else as the file about itself, else as the file's name."""
    first: dict[str, Row] = {}
    for row in filled.rows:
        name = plain(row.cells.get(Column.CODER, ""))
        if name:
            first.setdefault(name, row)
    about = plain(filled.about.coder) if filled.about else ""
    if len(first) > 1 or (about and first and about not in first):
        one, other = [*dict.fromkeys([*([about] if about else []), *first])][:2]
        raise SourceError(
            f"{filled.at(first[other])}, column 'coder' (hidden): {other!r}, where the sheet is of "
            f"{one!r}; a sheet is of one person: save the rows of each in the sheet written for "
            "her"
        )
    return next(iter(first), about or plain(path.stem))


def _every(places: Places) -> Iterator[Unit]:
    for units in places.units.values():
        yield from units


def _spelled(filled: Filled, places: Places, codebook: pd.DataFrame | None) -> Spelled:
    cells: dict[str, list[Message]] = {}
    for unit in _every(places):
        for row in unit.rows:
            for heading, cell in row.codes:
                for code in split([(heading, cell)]):
                    where = Message("interviews.sheet_cell", row=row.number, column=heading)
                    cells.setdefault(code, []).append(where)
    known = filled.about.codes if filled.about else ()
    right = (
        {}
        if codebook is None
        else right_spellings(
            [*cells, *(part for code in cells for part in parts_of(code))], codebook
        )
    )
    return spell(
        list(cells),
        known if codebook is None else tuple(codebook["name"]),
        file=filled.name,
        places=cells,
        right=right,
    )


def _codes(unit: Unit) -> list[str]:
    return split(cell for row in unit.rows for cell in row.codes)


def _codings(unit: Unit, codes: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield a row a code of a unit, or one without a code where it has a memo alone."""
    if unit.span is None:
        return
    memo = "\n".join(row.cells[Column.MEMO] for row in unit.rows if Column.MEMO in row.cells)
    start, end = unit.span
    named = list(dict.fromkeys(codes[code] for code in _codes(unit)))
    for code in named or ([""] if memo else []):
        yield {"document": unit.document, "start": start, "end": end, "code": code, "memo": memo}


def _refuse_gaps(
    filled: Filled, document: str, units: list[Unit], how: Reached, noticed: _Noticed
) -> None:
    """Refuse where a row was deleted from within what was read: whether its unit has no code, or
    was never read, nobody knows."""
    there = filled.about.numbers.get(typed(clip(document)), ()) if filled.about else ()
    have = {unit.number for unit in units}
    gone = [number for number in there if number not in have]
    if not gone:
        return
    noticed.gone[document] = len(gone)
    ends = {unit.number: unit.span[1] for unit in units if unit.span}
    read = [at for at, number in enumerate(there) if ends.get(number, np.inf) <= (how.to or 0)]
    within = [
        number
        for at, number in enumerate(there)
        if number not in have and (how.done or at < max(read, default=-1))
    ]
    if within:
        shown = f"{', '.join(within[:5])}{' …' if len(within) > 5 else ''}"
        mark = " and says done" if how.done else ""
        raise SourceError(
            f"sheet={filled.name!r}: the rows of {len(within):,} units of {document!r} were "
            f"deleted (unit {shown}), and the coder read on behind them{mark}; whether they were "
            "read cannot be known: write the sheet again under another name and copy these rows "
            "into this one, hidden columns too (rows are hidden with the filter, never deleted)"
        )


def _notice_absent(
    filled: Filled, documents: pd.DataFrame, places: Places, noticed: _Noticed
) -> None:
    """Note the interviews without a row: deleted, or never in the sheet."""
    numbers = filled.about.numbers if filled.about else {}
    for document in documents["document"]:
        known = numbers.get(typed(clip(document)))
        if document not in places.units and known:
            noticed.gone[document] = len(known)
        elif document not in places.units:
            noticed.absent.append(document)


def _notice(document: str, how: Reached, found: int, noticed: _Noticed) -> None:
    if how.to is None:
        noticed.unopened.append(document)
    elif not how.is_marked:
        noticed.half.append(document)
    elif not found:
        noticed.empty.append(document)
    if how.beyond:
        noticed.beyond.append(document)
    if how.several:
        noticed.several.append(document)


def _notes(
    filled: Filled, places: Places, codings: pd.DataFrame, coder: str, noticed: _Noticed
) -> Iterator[Message]:
    file, opened = filled.name, set(places.units) - set(noticed.unopened)
    yield Message(
        "interviews.sheet_read",
        file=file,
        coder=coder,
        units=sum(len(units) for name, units in places.units.items() if name in opened),
        documents=len(places.units),
        opened=len(opened),
        coded=sum(bool(_codes(unit)) for unit in _every(places)),
        codings=int((codings["code"] != "").sum()),
    )
    if noticed.half:
        yield Message("interviews.sheet_half", file=file, documents=noticed.half)
    if noticed.unopened:
        yield Message(
            "interviews.sheet_unopened",
            file=file,
            n=len(noticed.unopened),
            documents=noticed.unopened,
        )
    if noticed.absent:
        yield Message(
            "interviews.sheet_absent", file=file, n=len(noticed.absent), documents=noticed.absent
        )
    if noticed.empty:
        yield Message(
            "interviews.sheet_nothing", file=file, n=len(noticed.empty), documents=noticed.empty
        )


def _warnings(filled: Filled, places: Places, coder: str, noticed: _Noticed) -> Iterator[Message]:
    file = filled.name
    if filled.lost:
        lost = [Message("interviews.quoted", name=str(column)) for column in filled.lost]
        yield Message("interviews.sheet_lost", file=file, n=len(lost), columns=lost)
    if places.edited:
        yield Message(
            "interviews.sheet_edited",
            file=file,
            n=len(places.edited),
            rows=sorted(places.edited),
        )
    if places.moved:
        documents = list(places.moved)
        yield Message(
            "interviews.sheet_moved", file=file, n=sum(places.moved.values()), documents=documents
        )
    if noticed.gone:
        yield Message(
            "interviews.sheet_gone",
            file=file,
            n=sum(noticed.gone.values()),
            documents=list(noticed.gone),
        )
    if noticed.beyond:
        yield Message("interviews.sheet_beyond", file=file, documents=noticed.beyond)
    if noticed.several:
        yield Message("interviews.sheet_several", file=file, documents=noticed.several)
    strange = {name: n for name, n in filled.strange.items() if n}
    if strange:
        yield Message(
            "interviews.sheet_strange",
            file=file,
            n=sum(strange.values()),
            columns=[Message("interviews.quoted", name=name) for name in strange],
        )
    if not filled.n:
        yield Message("interviews.sheet_unfilled", file=file, coder=coder)
