"""A table file -> the names of its columns, read from its first rows alone and without pandas."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from cxlib.sources import tables
from cxlib.sources.layouts import distinct, find_headers
from cxlib.sources.table_names import file_of, is_columnar


@dataclass(frozen=True, slots=True)
class Header:
    """What the columns of a file are called.

    Attributes
    ----------
    names : list of str
        As `read_survey` calls them.
    others : frozenset of str
        As they are called where the layout is said to be plain, or where the file is read as it
        stands (`read_events`).
    """

    names: list[str]
    others: frozenset[str]

    def has(self, name: str) -> bool:
        """Return whether there is such a column, for any of the readers."""
        return name in self.names or name in self.others

    def fits(self, pattern: str) -> bool:
        """Return whether there is such a column, or one that the pattern (`Q5_*`) fits."""
        return self.has(pattern) or any(
            fnmatchcase(name, pattern) for name in (*self.names, *self.others)
        )


def read_header(
    path: Path,
    *,
    layout: str = "auto",
    sheet: str | int | None = None,
    header: int | None = None,
) -> Header:
    """Read the header of a table of any kind that `tables.read_rows` reads, by its rules.

    Of a text file, the first MiB is read; only where that is not enough, all of it.

    Parameters
    ----------
    path : Path
    layout, sheet, header
        As `read_survey` takes them.

    Raises
    ------
    SourceError
        If the file is absent, of another kind, or cannot be read as what its suffix says.
    EmptyDataError
        If it is empty.
    """
    if path.is_dir():  # when a file within was written, the folder does not tell
        return _read(path, layout, sheet, header)
    try:
        about = file_of(path).stat()
    except OSError:
        return _read(path, layout, sheet, header)  # which says what is wrong with it
    stamp = (about.st_mtime_ns, about.st_ctime_ns, about.st_size, about.st_ino)
    return _kept(path, layout, sheet, header, stamp)


@functools.lru_cache(maxsize=64)
def _kept(
    path: Path,
    layout: str,
    sheet: str | int | None,
    header: int | None,
    stamp: tuple[int, ...],  # a suite names one file many times
) -> Header:
    return _read(path, layout, sheet, header)


def _read(path: Path, layout: str, sheet: str | int | None, header: int | None) -> Header:
    if is_columnar(path):
        tables.refuse_unread(path, sheet=sheet)
        given = tables.read_names(path)
        return Header(distinct(given)[0], frozenset(given))
    rows = tables.read_start(path, sheet=sheet)
    names, _ = distinct(find_headers(rows, layout, path.name, header).names)
    plain, _ = distinct(rows[0])
    return Header(names, frozenset([*plain, *map(str, rows[0])]))
