"""The sheets of a workbook -> the rows of the one that was meant, or of all as one, or a refusal
that lets choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any

from cxlib.check import did_you_mean
from cxlib.errors import EmptyDataError, ParameterError, SourceError
from cxlib.shown.message import Message
from cxlib.sources import workbooks
from cxlib.sources.title_lines import title_note
from cxlib.sources.workbooks import Sheet, SheetRows

ALL = "*"
_MOST_HEADERS = 3  # rows of a header that may stand on every sheet
_EXAMPLE = 0.1  # a sheet of a tenth of another's cells may be an example rather than a part
_ALIKE = 0.5  # share of the columns of the smaller header that make two sheets a choice
Header = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rows that were chosen from a workbook; an empty cell is ""."""

    rows: list[list[Any]]
    notes: tuple[Message, ...]
    warnings: tuple[Message, ...]


def read_sheets(
    file: IO[bytes], *, name: str, sheet: str | int | None, only_start: bool = False
) -> Chosen:
    """Read the sheet that is meant.

    Parameters
    ----------
    file : binary file
    name : str
        The file's name, for messages.
    sheet : str or int or None
        A name, a number among the visible sheets (from 1), "*" for all visible sheets with the same
        header, or None: the first visible sheet with content, where no other can be meant.
    only_start : bool
        Whether the first rows are enough.

    Raises
    ------
    SourceError
        If without `sheet` another can be meant: a visible one that shares half of the header, or
        that has more cells; or where all that hold anything are hidden.
    ParameterError
        If `sheet` names none that holds anything.
    """
    book, filled = workbooks.open_workbook(file, name=name)
    try:
        if not filled:
            raise EmptyDataError(f"{name!r} has no sheet with content; export it again")
        starts = {one.title: _start(book, one, name) for one in filled}
        if sheet == ALL:
            meant = _all_alike(filled, starts, name)
        elif sheet is None:
            meant = [_only(filled, starts, name)]
        else:
            meant = [_named(filled, book.worksheets, sheet, name)]
        most = workbooks.START if only_start else None
        return _read(book, meant, filled, starts, name=name, most=most, asked=sheet)
    finally:
        book.close()


def _start(book: Any, sheet: Sheet, name: str) -> Header:
    """Return the header of a sheet: its names, without regard to case and white space."""
    rows = workbooks.read_sheet(book, sheet, name=name, most=workbooks.START).rows
    header = rows[workbooks.find_header(rows)] if rows else []
    return tuple("" if cell is None else " ".join(str(cell).casefold().split()) for cell in header)


def _only(filled: Sequence[Sheet], starts: dict[str, Header], name: str) -> Sheet:
    visible = [one for one in filled if one.visible]
    if not visible:
        raise SourceError(
            f"{name!r}: all sheets that hold anything are hidden "
            f"({', '.join(repr(one.title) for one in filled)}); {_choose(filled)}"
        )
    first, *others = visible
    alike = [one for one in others if _overlap(starts[first.title], starts[one.title]) >= _ALIKE]
    if alike:
        same = [one for one in alike if sorted(starts[one.title]) == sorted(starts[first.title])]
        raise SourceError(
            f"{name!r}: sheets {_list([first, *alike], starts)} have "
            f"{'the same header' if len(same) == len(alike) else 'headers that are alike'}; "
            f"{_choose([first, *alike], [first, *same])}"
        )
    larger = [one for one in others if one.filled > first.filled]
    if larger:
        raise SourceError(
            f"{name!r}: sheet {first.title!r} comes first, but {_list(larger, starts)} "
            f"{'holds' if len(larger) == 1 else 'hold'} more; {_choose(larger)}"
        )
    return first


def _choose(sheets: Sequence[Sheet], same: Sequence[Sheet] = ()) -> str:
    largest = max(sheets, key=lambda one: one.filled)
    parts = len(same) > 1 and min(one.filled for one in same) > _EXAMPLE * largest.filled
    together = f", or sheet='{ALL}' for all of them as one" if parts else ""
    alone = sum(one.filled == largest.filled for one in sheets) == 1
    size = " (the largest)" if alone else ""
    return (
        f"choose with sheet={largest.title!r}{size}{together}; or save the sheet that is "
        "meant as a file of its own"
    )


def _list(sheets: Sequence[Sheet], starts: dict[str, Header]) -> str:
    told = [
        f"{one.title!r} (about {max(one.filled // max(len(starts[one.title]), 1) - 1, 0):,} rows)"
        for one in sheets
    ]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def _overlap(a: Header, b: Header) -> float:
    ours, theirs = set(a) - {""}, set(b) - {""}
    return len(ours & theirs) / max(min(len(ours), len(theirs)), 1)


def _named(filled: Sequence[Sheet], every: Sequence[Any], sheet: str | int, name: str) -> Sheet:
    visible = [one.title for one in every if one.sheet_state == "visible"]
    title = str(sheet)
    if title not in {one.title for one in every}:
        number = sheet if isinstance(sheet, int) and sheet is not True else 0
        if not 1 <= number <= len(visible):
            known = [one.title for one in filled]
            raise ParameterError(
                f"sheet={sheet!r}: {name!r} has no such sheet{did_you_mean(title, known)}"
            )
        title = visible[number - 1]
    for one in filled:
        if one.title == title:
            return one
    raise ParameterError(
        f"sheet={sheet!r}: sheet {title!r} of {name!r} is empty; give one of "
        f"{', '.join(repr(one.title) for one in filled)}"
    )


def _all_alike(filled: Sequence[Sheet], starts: dict[str, Header], name: str) -> list[Sheet]:
    """Return the visible sheets with the header that most of them have."""
    groups: dict[Header, list[Sheet]] = {}
    for one in filled:
        if one.visible:
            groups.setdefault(tuple(sorted(starts[one.title])), []).append(one)
    if not groups:
        raise SourceError(f"sheet='{ALL}': {name!r} has no visible sheet with content")
    return max(groups.values(), key=lambda group: (len(group), sum(one.filled for one in group)))


def _read(
    book: Any,
    meant: Sequence[Sheet],
    filled: Sequence[Sheet],
    starts: dict[str, Header],
    *,
    name: str,
    most: int | None,
    asked: str | int | None,
) -> Chosen:
    tables: list[list[list[Any]]] = []
    notes: list[Message] = []
    warned: list[Message] = []
    for one in meant:
        found = workbooks.read_sheet(book, one, name=name, most=most)
        rows, said, flagged = _finish(found, name)
        tables.append(rows)
        notes += said
        warned += flagged
    rows = _stack(tables, name)
    titles = [one.title for one in meant]
    others = [one for one in filled if one not in meant]
    if asked == ALL:
        notes.insert(0, Message("sources.sheets_read_as_one", n=len(titles), sheets=titles))
    if others:
        hidden = [one.title for one in others if not one.visible]
        seen = [one.title for one in others if one.visible]
        if seen:
            notes.insert(0, Message("sources.sheet_read", sheet=titles, others=seen))
        if hidden:
            notes.insert(0, Message("sources.hidden_sheets", sheet=titles, others=hidden))
        alike = [
            one.title for one in others if _overlap(starts[titles[0]], starts[one.title]) >= _ALIKE
        ]
        if alike and asked in (None, ALL):  # nobody chose to leave out the answers that are there
            warned.insert(0, Message("sources.other_sheets_alike", sheet=titles, others=alike))
    elif asked != ALL and (asked is not None or len(book.worksheets) > 1):
        notes.insert(0, Message("sources.only_sheet_read", sheet=titles))
    return Chosen(rows, tuple(notes), tuple(warned))


def _finish(found: SheetRows, name: str) -> tuple[list[list[Any]], list[Message], list[Message]]:
    above = workbooks.find_header(found.rows)
    filled = workbooks.fill_merged(found, above, name=name)
    header = found.rows[above] if found.rows else []
    notes, warned = workbooks.notes_of_cells(found, header, name=name, filled=filled)
    notes += title_note(found.rows[:above])
    return pad(found.rows[above:]), notes, warned


def pad(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Return rows of one length; a cell without content is an empty text."""
    width = max(map(len, rows), default=0)
    return [
        ["" if cell is None else cell for cell in row] + [""] * (width - len(row)) for row in rows
    ]


def _stack(tables: Sequence[list[list[Any]]], name: str) -> list[list[Any]]:
    """Put sheets with the same columns below each other, with the header rows of the first."""
    first, *others = tables
    if not others:
        return first
    header = _repeated(tables)
    stacked = list(first)
    names = [_name(cell) for cell in first[0]]
    for rows in others:
        theirs = [_name(cell) for cell in rows[0]]
        if theirs[: len(names)] == names[: len(theirs)]:
            stacked += rows[header:]
        elif len(set(names)) == len(names):
            order = [theirs.index(one) for one in names]
            stacked += [[row[at] for at in order] for row in rows[header:]]
        else:
            raise SourceError(
                f"{name!r}: the sheets have a column name twice and their columns in different "
                "orders, so which is which cannot be told; give each column a name of its own"
            )
    return pad(stacked)


def _name(cell: Any) -> str:
    return " ".join(str(cell).casefold().split())


def _repeated(tables: Sequence[list[list[Any]]]) -> int:
    """Return how many rows are header rows: those that stand on every sheet and are words over a
    column without any."""
    count = 1
    while count < _MOST_HEADERS:
        if any(len(rows) <= count for rows in tables):
            break
        row = tables[0][count]
        if any(rows[count] != row for rows in tables[1:]) or not all(
            isinstance(cell, str) for cell in row
        ):
            break
        below = [rows[at] for rows in tables for at in range(count + 1, len(rows))]
        marked = any("ImportId" in cell for cell in row)
        odd = any(
            cell and below and not any(isinstance(other[at], str) and other[at] for other in below)
            for at, cell in enumerate(row)
        )
        if not (marked or odd):
            # question texts stand between the names and the row of import ids
            following = [rows[count + 1] for rows in tables if len(rows) > count + 1]
            ids = [any("ImportId" in str(cell) for cell in other) for other in following]
            if not (ids and all(ids)):
                break
        count += 1
    return count
