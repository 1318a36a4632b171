"""An executed notebook -> one HTML page that needs nothing from outside."""

from __future__ import annotations

import base64
import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag
from nbconvert import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML, markdown2html, strip_ansi
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from cxlib.errors import CxError
from cxlib.inert import has_rtl, visible
from cxlib.report.downloads import add_downloads
from cxlib.report.outputs import figures, outputs
from cxlib.report.pages import load_template, render, unbroken
from cxlib.report.sanitize import inert_html
from cxlib.report.scripts import language_of
from cxlib.report.set_aside import SetAside
from cxlib.shown.language import text

_PICTURES = ("image/png", "image/jpeg", "image/svg+xml")
_PYTHON = {"language_info": {"name": "python", "pygments_lexer": "ipython3"}}
_GLANCE = 320  # letters of a headline
_WIDE = 2.4  # times as wide as high


@dataclass(frozen=True, slots=True)
class Page:
    """A report as HTML, and what the index and the manifest say of it."""

    html: str
    title: str
    headline: str
    tables: int
    pictures: int
    silenced: int  # outputs to stderr that are left out
    figures: str = ""  # CSV of every figure, where the notebook ends in a ledger

    @property
    def told(self) -> dict[str, Any]:
        """What the manifest says of the page."""
        names = ("title", "headline", "tables", "pictures", "silenced")
        return {name: getattr(self, name) for name in names}


def export(
    notebook: NotebookNode,
    *,
    name: str,
    header: Mapping[str, Any],
    language: str = "en",
    alike: Iterable[Path] = (),
) -> Page:
    """Return the page of an executed notebook: code folded away, tables with their CSV, nothing
    that runs or fetches.

    Parameters
    ----------
    notebook : NotebookNode
        Executed.
    name : str
        The report's name; the CSV files of its tables are named after it.
    header : mapping
        What stands around the notebook: see `template/page.html.j2`.
    language : str
        Language of the page.
    alike : iterable of Path
        Pages that may have the same characters, whose font is taken over then.

    Raises
    ------
    CxError
        If a picture has no words for those who cannot see it.
    """
    aside = SetAside()
    soup = BeautifulSoup(_article(notebook, language, aside), "html.parser")
    _write_out(soup)
    _refuse_wordless(soup)
    title, contents = _outline(soup, name)
    title, headline = visible(title), visible(_headline(soup))
    _mark_languages(soup, language)
    tables = add_downloads(soup, report=name, language=language, aside=aside)
    _keep_together(soup)
    ledger = figures(notebook)
    page = render(
        "page.html.j2",
        language=language,
        name=name,
        title=title,
        headline=headline,
        doubts=_doubts(soup),
        contents=contents,
        article=soup.decode(formatter="html5"),
        figures=bool(ledger),
        alike=alike,
        **header,
    )
    silenced = sum(output.get("name") == "stderr" for output in outputs(notebook))
    page = aside.put_back(page)
    return Page(page, title, headline, tables, len(soup.find_all("img")), silenced, ledger)


def prepare() -> None:
    """Load what the first page of a process loads: templates, and what colours code."""
    cells = [new_markdown_cell("# title"), new_code_cell("1")]
    _article(new_notebook(cells=cells, metadata=_PYTHON), "en", SetAside())
    load_template("page.html.j2")


def _article(notebook: NotebookNode, language: str, aside: SetAside) -> str:
    exporter = _exporter()
    about = notebook.metadata.get("language_info", {})
    lexer = about.get("pygments_lexer", about.get("name"))
    highlight = Highlight2HTML(pygments_lexer=lexer, parent=exporter)
    exporter.register_filter("highlight_code", highlight)
    exporter.register_filter("shown", functools.partial(_shown, aside=aside))
    # HTMLExporter's own would parse the page once more, to say of pictures that they have no words
    article, _ = TemplateExporter.from_notebook_node(
        exporter, _gathered(notebook), {"code_label": text("report.code", language)}
    )
    return article


@functools.cache
def _exporter() -> HTMLExporter:
    exporter = HTMLExporter(
        extra_template_basedirs=[str(Path(__file__).parent)],
        template_name="template",
        exclude_anchor_links=True,
    )
    exporter.register_filter("inert_html", inert_html)
    return exporter


def _gathered(notebook: NotebookNode) -> NotebookNode:
    """Return a copy in which code that shows nothing is joined to the code that follows it: one
    fold, not three."""
    cells: list[NotebookNode] = []
    for number, cell in enumerate(notebook.cells, start=1):
        shows = cell.cell_type != "code" or any(
            output.get("name") != "stderr" for output in cell.outputs
        )
        if cell.cell_type == "code":
            before = (
                cells.pop().source + "\n\n" if cells and cells[-1].metadata.get("silent") else ""
            )
            about = {
                "silent": not shows,
                "number": number,
                "open": "show-code" in cell.metadata.get("tags", ()),
            }
            cell = NotebookNode(cell, source=before + cell.source, metadata=NotebookNode(about))
        cells.append(cell)
    return NotebookNode(notebook, cells=cells)


def _shown(output: NotebookNode, number: int, *, aside: SetAside) -> str:
    """Return one output as inert HTML; `number` is that of its cell."""
    if output.output_type == "stream":
        return "" if output.name == "stderr" else f"<pre>{escape(strip_ansi(output.text))}</pre>"
    if output.output_type == "error":
        return f"<pre>{escape(strip_ansi(output.ename + ': ' + output.evalue))}</pre>"
    data = output.data
    if "text/html" in data:
        attached = f' data-csv="{aside.mark(data["text/csv"])}"' if "text/csv" in data else ""
        return f'<div class="output"{attached}>{inert_html(data["text/html"])}</div>'
    for kind in _PICTURES:
        if kind in data:
            return _picture(kind, output, number, aside)
    if "text/markdown" in data:
        return f'<div class="output">{inert_html(markdown2html(data["text/markdown"]))}</div>'
    words = data.get("text/latex") or data.get(
        "text/plain"
    )  # a formula as it is written, not "<Math object>"
    return f"<pre>{escape(strip_ansi(words))}</pre>" if words else ""


def _picture(kind: str, output: NotebookNode, number: int, aside: SetAside) -> str:
    content = output.data[kind]
    if kind == "image/svg+xml":
        content = base64.b64encode(content.encode()).decode("ascii")
    about = output.metadata.get(kind, {})
    beside = output.data.get("text/plain", "").strip()
    alt = about.get("alt") or ("" if re.fullmatch(r"<.*>", beside, re.S) else beside)
    width = f' width="{int(about["width"])}"' if str(about.get("width", "")).isdecimal() else ""
    source = "".join(content.split())
    css = "picture wide" if _is_wide(kind, source) else "picture"
    return (
        f'<figure class="{css}"><img src="data:{kind};base64,{aside.mark(escape(source))}" '
        f'alt="{escape(alt)}"{width} '
        f'data-cell="{number}"></figure>'
    )


def _is_wide(kind: str, source: str) -> bool:
    """Return whether a PNG is so wide that a telephone had better show it in a box that scrolls."""
    if kind != "image/png":
        return False
    size = base64.b64decode(source[:32])[16:24]  # a PNG says its width and height in these bytes
    return int.from_bytes(size[:4], "big") > _WIDE * int.from_bytes(size[4:], "big")


def _write_out(soup: BeautifulSoup) -> None:
    """Write out what hides or acts in a text, also where it came as a reference (`&#x202e;`): the
    parser has read these, and would write some as `&ZeroWidthSpace;` again."""
    for words in soup.find_all(string=True):
        if (seen := visible(words)) != words:
            words.replace_with(seen)
    for tag in soup.find_all(True):
        for name, value in tag.attrs.items():
            if isinstance(value, str) and name not in ("src", "data-csv"):
                tag[name] = visible(value)


def _refuse_wordless(soup: BeautifulSoup) -> None:
    for picture in soup.find_all("img"):
        cell = picture.attrs.pop("data-cell", None)
        if (
            not str(picture.get("alt", "")).strip()
            or picture["alt"] == "No description has been provided for this image"
        ):
            where = f"of cell {cell}" if cell else "in the text"
            raise CxError(
                f"the picture {where} has no words for those who cannot see it; show it with "
                'cx.picture(ax, alt="…"), or write ![words](…) in the text'
            )


def _doubts(soup: BeautifulSoup) -> list[str]:
    """Return the flags that stand above the first finding."""
    above = soup.find(class_="cx-doubts")
    return [part.get_text(" ", strip=True) for part in above.find_all(["p", "li"])] if above else []


def _headline(soup: BeautifulSoup) -> str:
    """Return the first finding; of a long one, as many of its paragraphs as are read at a
    glance."""
    finding = soup.find(class_="cx-finding")
    if finding is None:
        return ""
    first, *others = [part.get_text(" ", strip=True) for part in finding.find_all("p")] or [
        finding.get_text(" ", strip=True)
    ]
    for words in others:
        if len(first) + len(words) > _GLANCE:
            break
        first += f" {words}"
    return first


def _outline(soup: BeautifulSoup, name: str) -> tuple[str, list[dict[str, Any]]]:
    """Give every heading an id; take the first h1 out as the title; return it and the table of
    contents."""
    title, contents, taken = "", [], set()
    for heading in soup.find_all(re.compile("^h[1-6]$")):
        words = heading.get_text(" ", strip=True)
        if heading.name == "h1":
            if not title:
                title = words
                heading.decompose()
                continue
            heading.name = "h2"
        anchor = (
            re.sub(r"\s+", "-", words) or "part"
        )  # as JupyterLab does, so that links within a notebook hold
        while anchor in taken:
            anchor += "-"
        taken.add(anchor)
        heading["id"] = anchor
        if heading.name in ("h2", "h3"):
            contents.append({"anchor": anchor, "words": words, "level": int(heading.name[1])})
    return title or name, contents


def _mark_languages(soup: BeautifulSoup, language: str) -> None:
    """Say of Japanese and Korean passages what they are: for their typeface, and for those who
    listen to the page; those with Arabic or Hebrew run as their first letter does."""
    for tag in soup.find_all(["p", "td", "th", "li", "h2", "h3", "blockquote", "caption", "pre"]):
        if not isinstance(tag, Tag) or "lang" in tag.attrs:
            continue
        words = tag.get_text()
        found, turned = language_of(words), has_rtl(words)
        if (found in ("", language) and not turned) or tag.find(["p", "li"]) is not None:
            continue
        if turned:
            tag.attrs.setdefault("dir", "auto")
        if found not in ("", language):
            tag["lang"] = found


def _keep_together(soup: BeautifulSoup) -> None:
    for words in soup.find_all(string=True):
        if (kept := unbroken(words)) != words and words.find_parent(["pre", "code"]) is None:
            words.replace_with(kept)
