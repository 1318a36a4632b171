"""An executed notebook -> one HTML page that fetches nothing, and the tables beside it."""

from __future__ import annotations

import base64
import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, NavigableString, Tag
from nbconvert import HTMLExporter
from nbconvert.filters import Highlight2HTML, markdown2html, strip_ansi
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from cxlib.errors import CxError
from cxlib.inert import has_rtl, visible
from cxlib.report.arrangement import parts_of
from cxlib.report.code_colours import lighten
from cxlib.report.downloads import LEDGER, Attached, add_downloads, count_rows
from cxlib.report.drawings import Drawings
from cxlib.report.key_figures import Kept, kept_figures, strip
from cxlib.report.layout import lay_out
from cxlib.report.outputs import figures, outputs
from cxlib.report.pages import load_script, load_template, render, unbroken
from cxlib.report.sanitize import inert_html
from cxlib.report.scripts import is_english, language_of
from cxlib.report.set_aside import SetAside
from cxlib.shown.held import held_parts
from cxlib.shown.inline_svg import MIME

_PICTURES = ("image/png", "image/jpeg", "image/svg+xml")
_PYTHON = {"language_info": {"name": "python", "pygments_lexer": "ipython3"}}
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
    doubts: Sequence[str] = ()  # what stands above the headline
    keys: Kept = field(default_factory=list)  # those that stand first, for the next run
    files: Mapping[str, Attached] = field(default_factory=dict)  # beside the page, by their names

    @property
    def figures(self) -> str:
        """CSV of every figure, where the notebook ends in a ledger."""
        return self.files[LEDGER].content if LEDGER in self.files else ""

    @property
    def told(self) -> dict[str, Any]:
        """What the manifest says of the page, and of the files beside it."""
        names = ("title", "headline", "tables", "pictures", "silenced")
        files = [{"name": name, "rows": each.rows} for name, each in self.files.items()]
        told = {name: getattr(self, name) for name in names} | {"files": files}
        told |= {"doubts": [*self.doubts]} if self.doubts else {}
        return told | ({"keys": self.keys} if self.keys else {})


def export(
    notebook: NotebookNode,
    *,
    name: str,
    header: Mapping[str, Any],
    language: str = "en",
    alike: Iterable[Path] = (),
    earlier: Sequence[Kept] = (),
    single_file: bool = False,
) -> Page:
    """Return the page of an executed notebook: what a reader asks first comes first, code stands
    folded at the end, tables have their CSV, nothing fetches; what runs is the search of its long
    tables alone.

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
    earlier : sequence
        The key figures of earlier reports, newest first (see `key_figures.earlier_figures`).
    single_file : bool
        Whether long tables lie in the page too, so that it can go alone.

    Raises
    ------
    CxError
        If a picture has no words for those who cannot see it.
    """
    aside, drawings = SetAside(), Drawings()
    soup = BeautifulSoup(_parts(notebook, aside, drawings), "html.parser")
    _write_out(soup)
    _refuse_wordless(soup)
    layout = lay_out(soup, name, language)
    title, headline = visible(layout.title), visible(layout.headline)
    doubts = [visible(doubt) for doubt in layout.doubts]
    _name_headers(soup)
    _mark_languages(soup, language)
    ledger = figures(notebook)
    downloads = add_downloads(
        soup, report=name, language=language, aside=aside, ledger=ledger, single_file=single_file
    )
    _keep_together(soup)
    pictures = len(soup.find_all("img"))
    drawings.place(soup)
    layout.write(soup)
    script, digest = load_script("rows.js.j2") if downloads.searched else ("", "")
    page = render(
        "page.html.j2",
        language=language,
        name=name,
        title=title,
        headline=headline,
        doubts=doubts,
        contents=layout.contents,
        parts={part: drawings.put_in(markup) for part, markup in layout.parts.items()},
        keys=strip(notebook, earlier, language),
        figures=bool(ledger),
        single_file=single_file,
        script=script,
        script_source=f"'sha256-{digest}'",
        alike=alike,
        **header,
    )
    silenced = sum(output.get("name") == "stderr" for output in outputs(notebook))
    kept = kept_figures(notebook)
    files = {LEDGER: Attached(ledger, count_rows(ledger))} if ledger else {}
    return Page(
        aside.put_back(page),
        title,
        headline,
        downloads.tables,
        pictures,
        silenced,
        doubts,
        kept,
        downloads.files | files,
    )


def prepare() -> None:
    """Load what the first page of a process loads: templates, and what colours code."""
    cells = [new_markdown_cell("# title"), new_code_cell("1")]
    _parts(new_notebook(cells=cells, metadata=_PYTHON), SetAside(), Drawings())
    load_template("page.html.j2")


def _parts(notebook: NotebookNode, aside: SetAside, drawings: Drawings) -> str:
    """Return a section for each part of the page."""
    exporter = _exporter()
    about = notebook.metadata.get("language_info", {})
    lexer = about.get("pygments_lexer", about.get("name"))
    highlight = Highlight2HTML(pygments_lexer=lexer, parent=exporter)
    exporter.register_filter("highlight_code", functools.partial(_coloured, highlight))
    exporter.register_filter("shown", functools.partial(_shown, aside=aside, drawings=drawings))
    template = exporter.environment.get_template("index.html.j2")
    return template.render(parts=parts_of(notebook))


def _coloured(highlight: Highlight2HTML, source: str, **about: Any) -> str:
    return lighten(highlight(source, **about))


@functools.cache
def _exporter() -> HTMLExporter:
    exporter = HTMLExporter(
        extra_template_basedirs=[str(Path(__file__).parent)],
        template_name="template",
        exclude_anchor_links=True,
    )
    exporter.register_filter("inert_html", inert_html)
    return exporter


def _shown(output: NotebookNode, number: int, *, aside: SetAside, drawings: Drawings) -> str:
    """Return one output as inert HTML; `number` is that of its cell."""
    if output.output_type == "stream":
        return (
            ""
            if output.name == "stderr"
            else f'<pre tabindex="0">{escape(strip_ansi(output.text))}</pre>'
        )
    if output.output_type == "error":
        return f'<pre tabindex="0">{escape(strip_ansi(output.ename + ": " + output.evalue))}</pre>'
    data = output.data
    if "text/html" in data:
        attached = f' data-csv="{aside.mark(data["text/csv"])}"' if "text/csv" in data else ""
        return f'<div class="output"{attached}>{inert_html(data["text/html"])}</div>'
    for kind in _PICTURES:
        if kind in data:
            drawn = drawings.mark(str(data[MIME])) if MIME in data else ""
            return _picture(kind, output, number, aside, drawn=drawn)
    if "text/markdown" in data:
        return f'<div class="output">{inert_html(markdown2html(data["text/markdown"]))}</div>'
    words = data.get("text/latex") or data.get(
        "text/plain"
    )  # a formula as it is written, not "<Math object>"
    return f'<pre tabindex="0">{escape(strip_ansi(words))}</pre>' if words else ""


def _picture(
    kind: str, output: NotebookNode, number: int, aside: SetAside, *, drawn: str = ""
) -> str:
    content = output.data[kind]
    if kind == "image/svg+xml":
        content = base64.b64encode(content.encode()).decode("ascii")
    about = output.metadata.get(kind, {})
    beside = output.data.get("text/plain", "").strip()
    alt = about.get("alt") or ("" if re.fullmatch(r"<.*>", beside, re.S) else beside)
    width = f' width="{int(about["width"])}"' if str(about.get("width", "")).isdecimal() else ""
    source = "".join(content.split())
    is_wide = _is_wide(kind, source)
    attribute = f' data-drawn="{drawn}"' if drawn else ""
    css, scrolls = ("picture wide", ' tabindex="0"') if is_wide else ("picture", "")
    return (
        f'<figure class="{css}"{scrolls}>'
        f'<img src="data:{kind};base64,{aside.mark(escape(source))}" '
        f'alt="{escape(alt)}"{width} '
        f'data-cell="{number}"{attribute}></figure>'
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


def _mark_languages(soup: BeautifulSoup, language: str) -> None:
    """Say of passages in another language than what is around them which it is: for their typeface,
    and for those who listen to the page; those with Arabic or Hebrew run as their first letter
    does."""
    for tag in soup.find_all(["p", "td", "th", "li", "h2", "h3", "blockquote", "caption", "pre"]):
        if not isinstance(tag, Tag) or "lang" in tag.attrs or tag.find(["p", "li"]) is not None:
            continue
        if has_rtl(tag.get_text()):
            tag.attrs.setdefault("dir", "auto")
        outer = tag.find_parent(lang=True)
        if (found := _language(tag)) not in ("", outer["lang"] if outer else language):
            tag["lang"] = found


def _language(tag: Tag) -> str:
    """Return ja, ko or en where a passage is surely of it; code is in the language of its notes."""
    if found := language_of(tag.get_text()):
        return found
    notes = tag.select(".c1") if tag.name == "pre" else ()
    words = " ".join(note.get_text() for note in notes) if notes else tag.get_text()
    return "en" if is_english(words) else ""


def _name_headers(soup: BeautifulSoup) -> None:
    """Make a heading without words a cell, as the corner of a table is that pandas wrote."""
    for head in soup.find_all("th"):
        if not head.get_text(strip=True) and head.find("img") is None:
            head.name = "td"
            head.attrs.pop("scope", None)


def _keep_together(soup: BeautifulSoup) -> None:
    for words in soup.find_all(string=True):
        if words.find_parent(["pre", "code"]) is not None:
            continue
        if (kept := unbroken(words)) != words:
            words.replace_with(words := NavigableString(kept))
        parts = list(held_parts(words)) if words.find_parent(["td", "th"]) is None else []
        if any(one for _, one in parts):
            words.replace_with(*(_held(soup, part) if one else part for part, one in parts))


def _held(soup: BeautifulSoup, words: str) -> Tag:
    held = soup.new_tag("span", attrs={"class": "held"})
    held.string = words
    return held
