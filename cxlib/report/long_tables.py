"""Long tables of a page -> their first rows, with a search where there are still many."""

from __future__ import annotations

from collections.abc import Sequence

from bs4 import BeautifulSoup, Tag

from cxlib.shown.language import text

SEARCHED = 30  # rows; what is longer has a search
PRINTED = 14  # columns; `style.css` prints no more, since a browser makes all pages smaller instead
_MOST = 50  # rows of a table on a page
_FEWER = (30, 20, 12)  # where all tables together would be too heavy
_BYTES = 50_000  # of all rows of a page, so that 150 kB leave room for the words


def rows_kept(tables: Sequence[Tag]) -> int:
    """Return how many rows of each table a page keeps: fifty, or as many of 30, 20 and 12 as
    leave a page light."""
    sizes = [[len(str(row).encode()) for row in body_rows(table)] for table in tables]
    for most in (_MOST, *_FEWER):
        if sum(sum(rows[:most]) for rows in sizes) <= _BYTES:
            return most
    return _FEWER[-1]


def body_rows(table: Tag) -> list[Tag]:
    """Return the rows of a table but for its head and foot, and for those of tables within it."""
    return [
        row
        for row in table.find_all("tr")
        if row.find_parent(["thead", "tfoot", "table"]) in (None, table)
    ]


def cut(table: Tag, most: int) -> int:
    """Leave the first rows of a table, and return how many are left out."""
    gone = body_rows(table)[most:]
    for row in gone:
        row.decompose()
    if gone and table.tfoot and len(table.tfoot.find_all(["td", "th"])) == 1:
        table.tfoot.decompose()  # that there are more rows is said of all together
    return len(gone)


def say_rest(soup: BeautifulSoup, *, shown: int, rows: int, language: str) -> Tag:
    """Return the line that says which rows of a table are on the page, and where all are."""
    words = text("report.rows_kept", language, shown=shown, rows=rows)
    return soup.new_tag("p", string=words, attrs={"class": "rows"})


def say_columns(soup: BeautifulSoup, table: Tag, *, language: str) -> Tag | None:
    """Return the line that says on paper which columns of a table are printed; None where all
    are."""
    rows = [row.find_all(["th", "td"], recursive=False) for row in body_rows(table)]
    columns = max(map(len, rows), default=0)
    if columns <= PRINTED:
        return None
    words = text("report.columns_printed", language, shown=PRINTED, columns=columns)
    return soup.new_tag("p", string=words, attrs={"class": "rows printed"})


def search_of(soup: BeautifulSoup, table: Tag, *, rows: int, language: str) -> Tag | None:
    """Return a search box for the rows of a table that are on the page: hidden until the script of
    the page runs; None where they are few, or a cell stands for several rows."""
    shown = len(body_rows(table))
    if shown <= SEARCHED or table.find(["td", "th"], rowspan=True):
        return None
    if rows > shown:
        said = text("report.rows_found_kept", language, found="%s", shown=shown, rest=rows - shown)
    else:
        said = text("report.rows_found", language, found="%s", n=rows)
    box = soup.new_tag("div", attrs={"class": "find", "role": "search", "hidden": ""})
    label = soup.new_tag("label", string=text("report.rows_find", language) + " ")
    label.append(
        soup.new_tag(
            "input", attrs={"type": "search", "autocomplete": "off", "spellcheck": "false"}
        )
    )
    box.append(label)
    box.append(soup.new_tag("span", attrs={"role": "status", "data-said": said}))
    return box
