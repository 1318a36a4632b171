"""Tables of a page -> a link under each that saves it as CSV, in which no cell is a formula."""

from __future__ import annotations

import base64
import csv
import io
import re

from bs4 import BeautifulSoup, Tag

from cxlib.report.set_aside import SetAside
from cxlib.shown.language import text
from cxlib.shown.table import inert

_NUMBER = re.compile("[+-]?[\\d,]*\\.?\\d+(e[+-]?\\d+)?[ \u00a0\u202f]?%?", re.I)
_INERT = re.compile(r"[A-Za-z0-9][\w .,%()-]*", re.A)  # neither a formula nor anything that hides
_SENTENCE = 30  # letters; a column of such cells is not squeezed to a word a line
_LONG = 20  # rows; a longer table may not be seen whole


def add_downloads(soup: BeautifulSoup, *, report: str, language: str, aside: SetAside) -> int:
    """Put every table in a box that scrolls, with a link below that saves it; return how many there
    are.

    An output of cxlib brings its exact figures as CSV (its mark in `data-csv` of the enclosing
    element); for
    other tables the CSV is made from the cells that are shown."""
    tables = [table for table in soup.find_all("table") if table.find_parent("table") is None]
    for number, table in enumerate(tables, start=1):
        holder = table.find_parent(attrs={"data-csv": True})
        content = aside.take(str(holder["data-csv"])) if holder else cells_as_csv(table)
        if holder:
            del holder["data-csv"]
        _frame(
            soup,
            table,
            number=number,
            language=language,
            file=f"{report}-table-{number}.csv",
            content=inert_csv(content),
            aside=aside,
        )
    for unused in soup.find_all(lambda tag: "data-csv" in tag.attrs):  # of what is shown otherwise
        del unused["data-csv"]
    return len(tables)


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


def _frame(
    soup: BeautifulSoup,
    table: Tag,
    *,
    number: int,
    language: str,
    file: str,
    content: str,
    aside: SetAside,
) -> None:
    caption = (
        table.caption.get_text(" ", strip=True)
        if table.caption
        else text("report.table", language, number=number)
    )
    frame = table.wrap(soup.new_tag("figure", attrs={"class": "table"}))
    region = {"class": "scroll", "role": "region", "tabindex": "0", "aria-label": caption}
    table.wrap(soup.new_tag("div", attrs=region))
    for cell in table.find_all("td"):
        if len(cell.get_text()) > _SENTENCE:
            cell["class"] = " ".join([*filter(None, cell.get_attribute_list("class")), "long"])
    rows = sum(1 for _ in csv.reader(io.StringIO(content, newline=""))) - (1 if table.thead else 0)
    words = text(
        "report.download_long" if rows > _LONG else "report.download",
        language,
        number=number,
        rows=rows,
    )
    link = soup.new_tag(
        "a",
        string=words,
        attrs={
            "download": file,
            "class": "download",
            # the mark at the start lets Excel read UTF-8
            "href": "data:text/csv;charset=utf-8;base64,"
            + aside.mark(base64.b64encode(content.encode("utf-8-sig")).decode("ascii")),
        },
    )
    frame.append(link)
