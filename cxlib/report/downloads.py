"""Tables of a page -> a link under each that saves it as CSV, in which no cell is a formula; long
ones are files beside the page."""

from __future__ import annotations

import base64
import csv
import io
import re
from dataclasses import dataclass, field

from bs4 import BeautifulSoup, Tag

from cxlib.inert import inert
from cxlib.report.long_tables import body_rows, cut, rows_kept, say_columns, say_rest, search_of
from cxlib.report.scripts import columns
from cxlib.report.set_aside import SetAside
from cxlib.shown.language import text

_NUMBER = re.compile("[+-]?[\\d,]*\\.?\\d+(e[+-]?\\d+)?[ \u00a0\u202f]?%?", re.I)
_INERT = re.compile(r"[A-Za-z0-9][\w .,%()-]*", re.A)  # neither a formula nor anything that hides
_SHORT, _HEADING = 18, 26  # columns, a CJK letter counting two
_SENTENCE = 30  # letters; a column of such cells is not squeezed to a word a line
_LONG = 20  # rows; a longer table may not be seen whole
_WITHIN = 50  # rows of a table whose CSV may lie in the page itself,
_SMALL = 3_000  # and letters of it
_ROOM = 6_000  # letters of all such files together: 8 kB in base64
LEDGER = "figures.csv"


@dataclass(frozen=True, slots=True)
class Attached:
    """A CSV file beside the page, and how many rows it has below its heading."""

    content: str
    rows: int


@dataclass(slots=True)
class Downloads:
    """The tables of a page.

    Attributes
    ----------
    tables : int
        How many there are.
    files : dict of str to Attached
        What lies beside the page, by the name that its link has.
    searched : bool
        Whether one of them has a search, for which the page needs its script.
    """

    tables: int = 0
    files: dict[str, Attached] = field(default_factory=dict)
    searched: bool = False


def add_downloads(
    soup: BeautifulSoup,
    *,
    report: str,
    language: str,
    aside: SetAside,
    ledger: str = "",
    single_file: bool = False,
) -> Downloads:
    """Put every table in a box that scrolls, with a link below that saves it; of a long one the
    first rows stay.

    An output of cxlib brings its exact figures as CSV (its mark in `data-csv` of the enclosing
    element); for
    other tables the CSV is made from the cells that are shown. A long CSV is a file beside the
    page, unless `single_file` keeps it in it; that of the `ledger` is `figures.csv`."""
    tables = [table for table in soup.find_all("table") if table.find_parent("table") is None]
    found, most, room = Downloads(len(tables)), rows_kept(tables), _ROOM
    for number, table in enumerate(tables, start=1):
        content = inert_csv(_content(table, aside))  # before rows are left out
        attached = Attached(content, count_rows(content, headed=table.thead is not None))
        light = attached.rows <= _WITHIN and len(content) <= min(_SMALL, room)
        if not single_file and (content == ledger or not light):
            address = LEDGER if content == ledger else f"table-{number:02}.csv"
            found.files[address] = attached
        else:
            room -= len(content)
            # the mark at the start lets Excel read UTF-8
            written = base64.b64encode(content.encode("utf-8-sig")).decode("ascii")
            address = f"data:text/csv;charset=utf-8;base64,{aside.mark(written)}"
        link = _link(soup, number=number, rows=attached.rows, language=language)
        link.attrs |= {"download": f"{report}-table-{number}.csv", "href": address}
        left_out = cut(table, most)
        _say_more(table, rows=attached.rows, told=bool(left_out), language=language)
        frame = _frame(soup, table, number=number, language=language)
        if box := search_of(soup, table, rows=attached.rows, language=language):
            found.searched = True
            frame.insert(0, box)
        if line := say_columns(soup, table, language=language):
            frame.append(line)
        if left_out:
            shown = len(body_rows(table))
            frame.append(say_rest(soup, shown=shown, rows=attached.rows, language=language))
        frame.append(link)
    for unused in soup.find_all(lambda tag: "data-csv" in tag.attrs):  # of what is shown otherwise
        del unused["data-csv"]
    return found


def _content(table: Tag, aside: SetAside) -> str:
    """Return the CSV of a table; that of an output is of its first table."""
    holder = table.find_parent(attrs={"data-csv": True})
    if holder is None:
        return cells_as_csv(table)
    content = aside.take(str(holder["data-csv"]))
    del holder["data-csv"]
    return content


def count_rows(content: str, *, headed: bool = True) -> int:
    """Return how many rows CSV has, below its heading where it is `headed`.

    >>> count_rows("a,b\\n1,2\\n")
    1
    """
    return sum(1 for _ in csv.reader(io.StringIO(content, newline=""))) - headed


def inert_csv(content: str) -> str:
    """Return CSV in which no cell can be taken for a formula, and nothing is hidden; numbers, also
    negative ones, stay numbers.

    >>> inert_csv("a,=1+1\\n-3,@x\\n")
    "a,'=1+1\\n-3,'@x\\n"
    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    for row in csv.reader(io.StringIO(content, newline="")):
        writer.writerow(
            [
                cell if _INERT.fullmatch(cell) or _NUMBER.fullmatch(cell) else inert(cell)
                for cell in row
            ]
        )
    return written.getvalue()


def cells_as_csv(table: Tag) -> str:
    """Return the cells of an HTML table as CSV; a cell over several rows or columns is repeated."""
    grid: dict[tuple[int, int], str] = {}
    for y, row in enumerate(table.find_all("tr")):
        x = 0
        for cell in row.find_all(["td", "th"], recursive=False):
            while (y, x) in grid:
                x += 1
            for down in range(_span(cell, "rowspan")):
                for right in range(_span(cell, "colspan")):
                    grid[y + down, x + right] = cell.get_text(" ", strip=True)
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    for y in sorted({y for y, _ in grid}):
        writer.writerow(
            [grid.get((y, x), "") for x in range(1 + max(x for row, x in grid if row == y))]
        )
    return written.getvalue()


def _span(cell: Tag, name: str) -> int:
    value = str(cell.get(name, "1"))
    return min(max(int(value), 1), 1000) if value.isdecimal() else 1


def _say_more(table: Tag, *, rows: int, told: bool, language: str) -> None:
    """Let the last line of a table that was cut in its notebook speak of the CSV; nothing where the
    page tells it itself."""
    for more in table.find_all(class_="cx-more"):
        if told:
            (more.find_parent("tfoot") or more).decompose()
        else:
            hidden = rows - len(body_rows(table))
            more.string = text("common.more_rows", language, n=hidden)


def _frame(soup: BeautifulSoup, table: Tag, *, number: int, language: str) -> Tag:
    """Put a table in its box, and return what holds the box."""
    caption = (
        table.caption.get_text(" ", strip=True)
        if table.caption
        else text("report.table", language, number=number)
    )
    frame = table.wrap(soup.new_tag("figure", attrs={"class": "table"}))
    region = {"class": "scroll", "role": "region", "tabindex": "0", "aria-label": caption}
    table.wrap(soup.new_tag("div", attrs=region))
    for cell in table.find_all(["td", "th"]):
        if kind := _width(cell):
            cell["class"] = " ".join([*filter(None, cell.get_attribute_list("class")), kind])
    return frame


def _width(cell: Tag) -> str:
    """Return `short` of a value that stands in one line, such as a verdict, and `long` of a
    sentence, or of a heading that is too long for one line."""
    words = cell.get_text()
    if cell.name == "th":
        return "long" if columns(words) > _HEADING else ""
    return "long" if len(words) > _SENTENCE else "short" if columns(words) <= _SHORT else ""


def _link(soup: BeautifulSoup, *, number: int, rows: int, language: str) -> Tag:
    key = "report.download_long" if rows > _LONG else "report.download"
    words = text(key, language, number=number, rows=rows)
    return soup.new_tag("a", string=words, attrs={"class": "download"})
