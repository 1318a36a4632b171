"""The parts of a page as HTML -> the same as a reader meets them: the figure first, nothing said
twice, no prose about what is not there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from bs4 import BeautifulSoup, Tag

from cxlib.report.arrangement import APPENDIX, Part
from cxlib.report.scripts import columns
from cxlib.shown.language import text

_GLANCE = 320  # columns of a headline: letters, those of Japanese and Korean counting two
_ENTRIES = 8  # that a table of contents has at most where it names sections within sections
_NUMBER = re.compile(r"^\s*\d+(\.\d+)*[.)]?\s+")
_OWN = ("report", "keys", "since", "appendix", "_parameters")  # ids of the page's own
_SEEN = ["img", "svg", "table", "pre", "hr"]


@dataclass(slots=True)
class Layout:
    """What a page is made of."""

    title: str
    headline: str
    doubts: list[str]
    contents: list[dict[str, Any]]
    parts: dict[str, str] = field(default_factory=dict)

    def write(self, soup: BeautifulSoup) -> None:
        """Take each part out as HTML, empty ones left out."""
        for part in Part:
            section = _section(soup, part)
            if section is not None and (section.get_text(strip=True) or section.find(_SEEN)):
                self.parts[part.value] = section.decode_contents(formatter="html5")


def lay_out(soup: BeautifulSoup, name: str, language: str = "en") -> Layout:
    """Arrange the parts of a page within themselves; return what stands above and beside them.

    Parameters
    ----------
    soup : BeautifulSoup
        A section for each part of `arrangement`, of class `part-<name>`; it is changed.
    name : str
        The report's name: its title, where it has no other.
    language : str
        Of the page.
    """
    arranged = _section(soup, Part.LEAD) is not None
    doubts, said = _doubts(soup), _headline(soup)
    title = _title(soup)
    if arranged:
        _unnumber(soup)
    contents = _outline(soup)
    if arranged:
        _lead(soup, said)
    _drop_orphans(soup)
    return Layout(title or name, text("common.gap", language).join(said), doubts, contents)


def _section(soup: BeautifulSoup, part: Part) -> Tag | None:
    found = soup.find("section", class_=f"part-{part}", recursive=False)
    return found if isinstance(found, Tag) else None


def _doubts(soup: BeautifulSoup) -> list[str]:
    """Return the flags that stand above the first finding."""
    above = soup.find(class_="cx-doubts")
    if not isinstance(above, Tag):
        return []
    return [part.get_text(" ", strip=True) for part in above.find_all(["p", "li"])]


def _headline(soup: BeautifulSoup) -> list[str]:
    """Return the first finding; of a long one, as many of its paragraphs as are read at a
    glance."""
    finding = soup.find(class_="cx-finding")
    if not isinstance(finding, Tag):
        return []
    told = [part.get_text(" ", strip=True) for part in finding.find_all("p")]
    said: list[str] = []
    for words in told or [finding.get_text(" ", strip=True)]:
        if said and columns(" ".join([*said, words])) > _GLANCE:
            break
        said.append(words)
    return said


def _title(soup: BeautifulSoup) -> str:
    """Take the first h1 out; return its words."""
    headings = soup.find_all("h1")
    if not headings:
        return ""
    first, *others = headings
    for heading in others:
        heading.name = "h2"
    words = first.get_text(" ", strip=True)
    first.decompose()
    return words


def _unnumber(soup: BeautifulSoup) -> None:
    """Take the numbers of the notebook's blocks off their headings, which keep their ids: the page
    has another order. Headings of the appendix stand below its own."""
    for heading in soup.find_all("h2"):
        heading["id"] = _anchor(heading)
        words = heading.find(string=True)
        if words is not None:
            words.replace_with(_NUMBER.sub("", words))
    for part in APPENDIX:
        section = _section(soup, part)
        for heading in section.find_all(re.compile("^h[2-5]$")) if section is not None else ():
            heading.name = f"h{int(heading.name[1]) + 1}"


def _anchor(heading: Tag) -> str:
    """Return the id that JupyterLab gives, so that links within a notebook hold."""
    return re.sub(r"\s+", "-", heading.get_text(" ", strip=True)) or "part"


def _outline(soup: BeautifulSoup) -> list[dict[str, Any]]:
    """Give every heading an id; return the table of contents, without the appendix."""
    taken = set(_OWN)
    contents = []
    inner = [section for part in APPENDIX if (section := _section(soup, part)) is not None]
    for heading in soup.find_all(re.compile("^h[1-6]$")):
        anchor = str(heading.get("id") or _anchor(heading))
        while anchor in taken:
            anchor += "-"
        taken.add(anchor)
        heading["id"] = anchor
        words = heading.get_text(" ", strip=True)
        within = any(section in heading.parents for section in inner)
        if heading.name in ("h2", "h3") and not within:
            contents.append({"anchor": anchor, "words": words, "level": int(heading.name[1])})
    top = [item for item in contents if item["level"] == 2]
    return top if top and len(contents) > _ENTRIES else contents


def _lead(soup: BeautifulSoup, said: list[str]) -> None:
    """Put the first figure first, with the prose that explains it; take out what the head of the
    page has said."""
    section = _section(soup, Part.LEAD)
    if section is None:
        return
    for above in section.find_all(class_="cx-doubts"):
        above.decompose()
    finding = section.find(class_="cx-finding")
    if isinstance(finding, Tag):
        for paragraph in (finding.find_all("p") or [finding])[: len(said)]:
            paragraph.decompose()
        if not finding.decomposed and not finding.get_text(strip=True):
            finding.decompose()
    first = next(
        (cell for cell in section.find_all("div", class_="shown") if cell.find(["img", "svg"])),
        None,
    )
    if first is None:
        return
    before = first.find_previous_sibling()
    heading = section.find("h2")
    if heading is not None:
        heading["class"] = "unseen"
        section.insert(0, heading.extract())
    section.insert(1 if heading is not None else 0, first.extract())
    if isinstance(before, Tag) and "prose" in before.get_attribute_list("class"):
        first.insert_after(before.extract())


def _drop_orphans(soup: BeautifulSoup) -> None:
    """Take out prose about a figure or a table that is not there, but for what it is about: its
    headings and the words in bold that it begins with."""
    for prose in soup.find_all("div", class_="prose"):
        shown = []
        for after in prose.find_next_siblings():
            if "shown" not in after.get_attribute_list("class"):
                break
            shown += [each for each in after.find_all(True, recursive=False) if _is_seen(each)]
        if shown and all("cx-absent" in each.decode() for each in shown):
            _keep_topic(prose)
    for absent in soup.find_all(class_="cx-absent"):  # a figure and its table, absent alike
        cell = absent.find_parent("div", class_="shown")
        before = cell.find_previous_sibling() if cell is not None else None
        if before is not None and before.get_text(strip=True) == absent.get_text(strip=True):
            absent.decompose()


def _is_seen(tag: Tag) -> bool:
    return bool(tag.get_text(strip=True)) or tag.name in _SEEN or tag.find(_SEEN) is not None


def _keep_topic(prose: Tag) -> None:
    for block in prose.find_all(True, recursive=False):
        if re.fullmatch("h[1-6]", block.name):
            continue
        first = next((child for child in block.children if str(child).strip()), None)
        if block.name == "p" and isinstance(first, Tag) and first.name == "strong":
            block.clear()
            block.append(first)
        else:
            block.decompose()
