"""Marked-up scripts -> the sample company's interviews as turns and spans, and the transcripts that
tools would write of them.

A script says who speaks and which words carry which code: `[[code,?code|the words|English
gloss|memo]]`; marks may lie in each other, and `?` stands before a code that one may doubt."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files

CASE = (
    "document",
    "customer_id",
    "language",
    "country",
    "segment",
    "stated_nps",
    "tenure_months",
    "stays",
    "interviewed_on",
)
_OOXML = "http://schemas.openxmlformats.org"


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a turn that carry a code: `start` and `end` are half-open code points of the turn's
    text."""

    start: int
    end: int
    code: str
    doubtful: bool
    gloss: str
    memo: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What one person says before the other speaks; `cues` are its sentences, broken where no span
    is."""

    speaker: str
    text: str
    spans: tuple[Span, ...]
    cues: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Script:
    """An interview as its author marked it: what is known of the case, the file's layout, and the
    turns."""

    case: dict[str, str]
    layout: str
    turns: tuple[Turn, ...]


@dataclass(slots=True)
class _Mark:
    """A mark that is not closed yet."""

    codes: str
    start: int
    notes: str = ""


def read_scripts() -> list[Script]:
    """Return the scripts that come with the package, in the order of their names."""
    folder = files("cxlib.sample").joinpath("texts")
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".script"))
    return [_script(folder.joinpath(name).read_text(encoding="utf-8")) for name in names]


def _script(text: str) -> Script:
    head, body = text.split("\n---\n", 1)
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    voices = {"Q": fields["asks"], "A": fields["answers"]}
    turns = tuple(_turn(voices[line[0]], line[3:]) for line in body.splitlines())
    return Script({name: fields[name] for name in CASE}, fields["layout"], turns)


def _turn(speaker: str, marked: str) -> Turn:
    """Take the marks out of a line; the innermost open mark owns what follows a bar."""
    text = ""
    spans: list[Span] = []
    opened: list[_Mark] = []
    for piece in re.split(r"(\[\[[^|]*\||\]\])", marked):
        if piece.startswith("[["):
            opened.append(_Mark(piece[2:-1], len(text)))
        elif piece == "]]":
            mark = opened.pop()
            gloss, _, memo = mark.notes.partition("|")
            spans += [
                Span(mark.start, len(text), code.lstrip("?"), code.startswith("?"), gloss, memo)
                for code in mark.codes.split(",")
            ]
        elif opened:
            words, _, opened[-1].notes = piece.partition("|")
            text += words
        else:
            text += piece
    ends = [end.end() for end in re.finditer(r"[。！？]|[.!?…]+\s+|$", text)]
    ends = [end for end in ends if not any(span.start < end < span.end for span in spans)]
    cues = [
        (start, end)
        for start, end in zip([0, *ends], ends, strict=False)
        if text[start:end].strip()
    ]
    return Turn(
        speaker,
        text,
        tuple(spans),
        tuple((start, start + len(text[start:end].rstrip())) for start, end in cues),
    )


def transcript(script: Script) -> str | bytes:
    """Return the content of the interview's file, in its layout."""
    return _LAYOUTS[script.layout](script)


def _cues(script: Script) -> list[tuple[float, float, Turn, str]]:
    """Return each sentence with the seconds in which it is said, at the pace of its language."""
    pace, clock, cues = 0.065 if script.case["language"] == "en" else 0.14, 3.0, []
    for turn in script.turns:
        for start, end in turn.cues:
            seconds = 0.6 + pace * (end - start)
            cues.append((clock, clock + seconds, turn, turn.text[start:end]))
            clock += seconds + 0.3
        clock += 0.9
    return cues


def _stamp(seconds: float, point: str) -> str:
    milliseconds = round(1000 * seconds)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}{point}{rest % 1000:03d}"


def _timing(started: float, ended: float, point: str) -> str:
    return f"{_stamp(started, point)} --> {_stamp(ended, point)}"


def _voices(script: Script) -> str:
    """WebVTT with a voice tag in each cue."""
    return "WEBVTT\n" + "".join(
        f"\n{_timing(started, ended, '.')}\n<v "
        f"{turn.speaker}>{html.escape(words, quote=False)}</v>\n"
        for started, ended, turn, words in _cues(script)
    )


def _overlapping(script: Script) -> str:
    """WebVTT in which a short turn shares its cue with the answer to it, as where two people talk
    at once."""
    lines, waiting = ["WEBVTT"], None
    for started, ended, turn, words in _cues(script):
        said = f"<v {turn.speaker}>{html.escape(words, quote=False)}</v>"
        if len(turn.text) < 40:
            waiting = (started, said)
            continue
        began, before = waiting or (started, "")
        lines.append(f"{_timing(began, ended, '.')}\n{before}{said}")
        waiting = None
    return "\n\n".join(lines) + "\n"


def _zoom(script: Script) -> str:
    """WebVTT as Zoom writes it: numbered cues, `Name: text`."""
    return "WEBVTT\n\n" + "\n".join(
        f"{number}\n{_timing(started, ended, '.')}\n{turn.speaker}: "
        f"{html.escape(words, quote=False)}\n"
        for number, (started, ended, turn, words) in enumerate(_cues(script), start=1)
    )


def _subtitles(script: Script) -> str:
    """SubRip, `Name: text` in each cue."""
    return "\n".join(
        f"{number}\n{_timing(started, ended, ',')}\n{turn.speaker}: {words}\n"
        for number, (started, ended, turn, words) in enumerate(_cues(script), start=1)
    )


def _colon(script: Script) -> str:
    """Plain text, `Name: text`, in Japanese with the full-width colon."""
    mark = "：" if script.case["language"] == "ja" else ": "
    return "\n\n".join(f"{turn.speaker}{mark}{turn.text}" for turn in script.turns) + "\n"


def _brackets(script: Script) -> str:
    """Plain text, `【Name】text`."""
    return "\n".join(f"【{turn.speaker}】{turn.text}" for turn in script.turns) + "\n"


def _markdown(script: Script) -> str:
    """Markdown, `**Name:** text`."""
    return "\n\n".join(f"**{turn.speaker}:** {turn.text}" for turn in script.turns) + "\n"


def _word(script: Script) -> bytes:
    """A Word document, one paragraph a turn: the least that the format asks for, stored without a
    clock, so the same bytes."""
    said = [html.escape(f"{turn.speaker}: {turn.text}", quote=False) for turn in script.turns]
    paragraphs = "".join(
        f'<w:p><w:r><w:t xml:space="preserve">{words}</w:t></w:r></w:p>' for words in said
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_OOXML}/package/2006/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.'
        'wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_OOXML}/package/2006/relationships"><Relationship '
        'Id="rId1" '
        f'Type="{_OOXML}/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{_OOXML}/wordprocessingml/2006/main">'
        f"<w:body>{paragraphs}</w:body></w:document>",
    }
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_STORED) as package:
        for name, part in parts.items():
            package.writestr(
                zipfile.ZipInfo(name),
                f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{part}',
            )
    return saved.getvalue()


_LAYOUTS: dict[str, Callable[[Script], str | bytes]] = {
    "voices": _voices,
    "overlapping": _overlapping,
    "zoom": _zoom,
    "subtitles": _subtitles,
    "colon": _colon,
    "brackets": _brackets,
    "markdown": _markdown,
    "word": _word,
}
