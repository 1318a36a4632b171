"""One coded document -> its transcript as static HTML, with who marked what in it."""

from __future__ import annotations

import hashlib
import html
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cxlib.inert import visible
from cxlib.interviews.lanes import ByPlace, Piece, Span, lay_out, pieces
from cxlib.interviews.view_style import SHEET, Combinations, colour, line
from cxlib.shown.message import Message

_SHORT = 20  # columns of a code's short name; a CJK character counts two


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """One document, and what is known of it.

    Attributes
    ----------
    document, text : str
    units : list of dict
        All units, in order: `unit, speaker, start, end, started_seconds`, and `counted` (False
        where it is left out of the counts).
    spans : list of Span
    codes : tuple of str
        Codes that occur, in the order of the codebook.
    coders : tuple of str
        Who marked or read it, and last who settled it.
    read_to : dict of str to int
        How far a coder has read, where not to the end.
    languages : list of str
        Of each unit; empty where unknown.
    refuted : dict of int to list of str
        Position of a unit to the codes that were settled not to hold there.
    """

    document: str
    text: str
    units: list[dict[str, Any]]
    spans: list[Span]
    codes: tuple[str, ...]
    coders: tuple[str, ...]
    read_to: dict[str, int]
    languages: list[str]
    refuted: dict[int, list[str]]


def fragment(coded: Coded, *, language: str) -> str:
    """Return the coded transcript as HTML that runs nothing and needs nothing.

    The text of the elements of class `t`, joined, is the transcript, character by character. They
    lie in `pre`, where every reader of HTML leaves white space as it is.
    """
    spans = lay_out(coded.spans, coded.coders)
    lanes = 1 + max((span.lane for span in spans if span.lane is not None), default=-1)
    root = "cx-" + hashlib.sha256(coded.document.encode()).hexdigest()[:8]
    looks = Combinations(root, coded.codes, coded.coders, lanes)
    writer = _Writer(coded, ByPlace(spans), looks, short_names(coded.codes), root, language)
    transcript = "".join(writer.transcript())
    return (
        f"<style>{SHEET}{looks.sheet()}</style>"
        f'<div class="cx-view" id="{root}" lang="{language}">{writer.heading()}'
        f'<div class="both"><div>{transcript}</div>{writer.list_of_codes()}</div></div>'
    )


def short_names(codes: Sequence[str]) -> dict[str, str]:
    """Return a name of at most 20 columns for each code; no two are the same.

    >>> list(
    ...     short_names(["save time", "the delivery came late", "the delivery came twice"]).values()
    ... )
    ['save time', 'the delivery came…', 'the delivery came…2']
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for code in codes:
        name = short = _cut(code)
        number = 2
        while short in taken:
            short = f"{name}{number}"
            number += 1
        taken.add(short)
        found[code] = short
    return found


def _cut(code: str) -> str:
    shown, width = "", 0
    for letter in code:
        width += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if width > _SHORT:
            while _columns(shown) > _SHORT - 2:
                shown = shown[:-1]
            return shown.rstrip() + "…"
        shown += letter
    return code


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _exact(text: str) -> str:
    """Return text that a browser reads as it is: it would make a line feed of a carriage return."""
    return html.escape(text, quote=False).replace("\r", "&#13;")


def _safe(text: object) -> str:
    return html.escape(visible(str(text)))


@dataclass(frozen=True, slots=True)
class _Writer:
    coded: Coded
    places: ByPlace
    looks: Combinations
    short: dict[str, str]
    root: str
    language: str

    def transcript(self) -> Iterator[str]:
        """Give the text from its first to its last character, unit by unit."""
        at = 0
        for position, unit in enumerate(self.coded.units):
            if unit["start"] > at:
                yield self._gap(at, unit["start"], str(unit["speaker"] or ""))
            yield self._unit(position, unit)
            at = unit["end"]
        if at < len(self.coded.text):
            yield self._gap(at, len(self.coded.text), "")

    def _gap(self, start: int, end: int, speaker: str) -> str:
        """What lies between units: white space and the label of the speaker, who is named beside
        the unit, are there but not shown."""
        words = self.coded.text[start:end]
        begin = start + words.rstrip().rfind("\n") + 1  # of the last line that says something
        if speaker and speaker in self.coded.text[begin:end]:
            return self._between(start, begin, "") + self._between(begin, end, " none")
        return self._between(start, end, "")

    def _between(self, start: int, end: int, quiet: str) -> str:
        if start == end:
            return ""
        quiet = quiet or (" out" if self.coded.text[start:end].strip() else " none")
        return f'<pre class="gap{quiet}">{self._pieces(start, end)}</pre>'

    def _unit(self, position: int, unit: dict[str, Any]) -> str:
        language = self.coded.languages[position]
        lang = f' lang="{html.escape(language)}"' if language else ""
        out = "" if unit["counted"] else " out"
        if any(s.lane is not None for s in self.places.within(unit["start"], unit["end"])):
            out += " lined"
        return (
            f'<div class="u" id="{self.root}-{position}"><div class="who">{self._who(unit)}</div>'
            f'<pre class="said{out}"{lang}>{self._pieces(unit["start"], unit["end"])}</pre>'
            f"{self._codes(position, unit)}</div>\n"
        )

    def _who(self, unit: dict[str, Any]) -> str:
        seconds = unit["started_seconds"]
        speaker = f"<b>{_safe(unit['speaker'])}</b> " if unit["speaker"] else ""
        time = "" if pd.isna(seconds) else f" · {_clock(float(seconds))}"
        left_out = "" if unit["counted"] else f" · {self._say('interviews.view_not_counted')}"
        return f"{speaker}{unit['unit']}{time}{left_out}"

    def _pieces(self, start: int, end: int) -> str:
        here = self.places.within(start, end)
        return "".join(self._piece(piece, start) for piece in pieces(start, end, here))

    def _piece(self, piece: Piece, start: int) -> str:
        name = self.looks.name(piece.spans)
        begun = [s for s in piece.spans if s.start == piece.start or piece.start == start]
        tags = "".join(self._tag(code) for code in dict.fromkeys(span.code for span in begun))
        words = _exact(self.coded.text[piece.start : piece.end])
        return f'{tags}<span class="t{" " + name if name else ""}">{words}</span>'

    def _tag(self, code: str) -> str:
        """The short name where a span begins; those who listen hear the codes after the unit."""
        shade = colour(self.coded.codes.index(code))
        name = _safe(self.short[code])
        return (
            f'<span class="g" aria-hidden="true" style="color:{shade}"><span>{name}</span></span>'
        )

    def _codes(self, position: int, unit: dict[str, Any]) -> str:
        """What each coder put on the unit, in words."""
        spans = self.places.within(unit["start"], unit["end"])
        rows = []
        for coder in self.coded.coders:
            own = [span for span in spans if span.coder == coder]
            if own:
                rows.append(f"<li><b>{_safe(coder)}</b>: {'; '.join(map(self._code, own))}</li>")
            elif unit["counted"] and unit["end"] > self.coded.read_to.get(coder, unit["end"]):
                rows.append(f"<li>{self._say('interviews.view_not_read', coder=coder)}</li>")
        if codes := self.coded.refuted.get(position):
            rows.append(f"<li>{self._say('interviews.view_refuted', codes=codes)}</li>")
        if not rows:
            return ""
        label = self._say("interviews.view_codes_of", unit=unit["unit"])
        return f'<ul class="codes" aria-label="{label}">{"".join(rows)}</ul>'

    def _code(self, span: Span) -> str:
        if not span.memo:
            return _safe(span.code)
        memo = self._say("interviews.view_memo")
        return (
            f"{_safe(span.code)} <details><summary>{memo}</summary><p>{_safe(span.memo)}</p>"
            "</details>"
        )

    def heading(self) -> str:
        """What is seen, and which line is whose."""
        coded = self.coded
        left_out = sum(not unit["counted"] for unit in coded.units)
        said = [
            self._say(
                "interviews.view_summary",
                units=len(coded.units),
                spans=len(coded.spans),
                codes=len(coded.codes),
                characters=len(coded.text),
            )
        ]
        if left_out:
            said.append(self._say("interviews.view_left_out", n=left_out))
        lines = "".join(
            f'<span class="lane" style="background:{line("#444", number)}"></span>{_safe(coder)} '
            "&emsp;"
            for number, coder in enumerate(coded.coders)
        )
        lanes = f'<p class="soft">{self._say("interviews.view_lanes")} {lines}</p>' if lines else ""
        told = self._say("common.gap").join(said)
        return f'<h2>{_safe(coded.document)}</h2><p class="soft">{told}</p>{lanes}'

    def list_of_codes(self) -> str:
        """Every code with its spans by coder, and a link to the first."""
        coded = self.coded
        if not coded.codes:
            return ""
        first = self._first_units()
        count = pd.Series([(s.code, s.coder) for s in coded.spans], dtype=object).value_counts()
        head = [self._say("interviews.view_code"), *map(_safe, coded.coders)]
        rows = []
        for position, code in enumerate(coded.codes):
            shade = colour(position)
            short = _safe(self.short[code])
            full = "" if short == _safe(code) else f" {_safe(code)}"
            cells = "".join(
                f'<td class="n">{int(count.get((code, coder), 0))}</td>' for coder in coded.coders
            )
            tag = f'<span class="g" style="color:{shade}"><span>{short}</span></span>{full}'
            link = f'<a href="#{self.root}-{first[code]}">{tag}</a>' if code in first else tag
            rows.append(f"<tr><td>{link}</td>{cells}</tr>")
        heads = "".join(
            f'<th scope="col"{" class=n" if number else ""}>{cell}</th>'
            for number, cell in enumerate(head)
        )
        caption = self._say("interviews.view_codes")
        return (
            f'<aside aria-label="{caption}"><table><caption>{caption}</caption><thead><tr>{heads}'
            f"</tr></thead><tbody>{''.join(rows)}</tbody></table></aside>"
        )

    def _first_units(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for position, unit in enumerate(self.coded.units):
            for span in self.places.within(unit["start"], unit["end"]):
                found.setdefault(span.code, position)
        return found

    def _say(self, key: str, **values: Any) -> str:
        return html.escape(Message(key, **values).text(self.language))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def refuted_units(
    units: Iterable[dict[str, Any]], decisions: Iterable[dict[str, Any]]
) -> dict[int, list[str]]:
    """Return which codes were settled not to hold, by position of the unit."""
    places = ByPlace(
        [Span(row["start"], row["end"], row["code"], "") for row in decisions if not row["holds"]]
    )
    found = {
        position: sorted({span.code for span in places.within(unit["start"], unit["end"])})
        for position, unit in enumerate(units)
    }
    return {position: codes for position, codes in found.items() if codes}
