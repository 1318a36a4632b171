"""WebVTT and SubRip text -> cues: when something was said, by which voice, in which words."""

from __future__ import annotations

import functools
import html
import re
from typing import NamedTuple

from cxlib.errors import SourceError

# hours optional; Teams does not pad with zeros
# hours optional; Teams does not pad with zeros
_STAMP = r"(?:(\d+):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,6}))?"
_USUAL = re.compile(  # as nearly all tools write it; read faster
    r"(\d\d):(\d\d):(\d\d)[.,](\d{3}) --> (\d\d):(\d\d):(\d\d)[.,](\d{3})"
)
ARROW = re.compile(rf"\s*{_STAMP}\s*-->\s*{_STAMP}(?:\s.*)?")
_ASIDE = re.compile(r"(?:NOTE(?:[ \t].*)?|STYLE[ \t]*|REGION[ \t]*)")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?(?:[ \t\n]+([^>]*))?>|</v>")
_TAG = re.compile(r"</?(?:c|i|b|u|ruby|rt|lang)(?:\.[^\s>]*)?(?:[ \t][^>]*)?>|<[\d:.]+>")
_SRT_TAG = re.compile(r"</?(?:b|i|u|s|font)(?:[ \t][^>]*)?>|\{\\an?\d+\}|<[\d:.]+>|</?c>", re.I)
# what Teams numbers its cues with: a GUID, and often the parts of it after a slash
_GUID = re.compile(
    r"\s*\{?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{1,12}\}?(?:[/_-]\d+)*\s*"
)
_NAMED_ID = re.compile(r'\s*\d+\s+"([^"]{1,80})"(?:\s+\(\d+\))?\s*')  # Webex: 1 "Ana" (3422)
_NOTE = re.compile("[\u2669-\u266f\U0001f3b5\U0001f3b6]")
_MUSIC = re.compile(r"[\s\u2669-\u266f\U0001f3b5\U0001f3b6]*")  # notes alone: music, no words


class Piece(NamedTuple):
    """What one voice says in one cue.

    Attributes
    ----------
    voice : str or None
        Name in the voice tag; None outside one.
    words : str
        Without tags, entities resolved (WebVTT only), outer white space removed; lines joined by a
        line feed.
    started, ended : float
        Seconds, of the cue.
    cue : int
        Which cue, from 0.
    """

    voice: str | None
    words: str
    started: float
    ended: float
    cue: int = 0


def lines_of(text: str) -> list[str]:
    r"""Split at CR LF, LF and CR, and nowhere else.

    `str.splitlines` would also break at U+2028 and form feeds, inside what was said."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def parse(text: str, *, name: str, markup: str) -> list[Piece]:
    r"""Read the cues of a file, in its order.

    Parameters
    ----------
    text : str
        The decoded file.
    name : str
        The file's name, for messages.
    markup : {"vtt", "srt"}
        Which tags and entities are resolved; voices are read from both.

    Raises
    ------
    SourceError
        If there is no `WEBVTT` header and no cue, or a line with an arrow has no valid time stamps.

    Notes
    -----
    WebVTT as in W3C's draft, read tolerantly: a cue broken by an empty line goes on after it, so
    that nothing said is lost; NOTE, STYLE and REGION blocks, cue ids, lines of nothing but musical
    notes and settings are left out.

    >>> for piece in parse(
    ...     "WEBVTT\n\n0:1.5 --> 0:3.0\n<v.loud 田中>はい</v> <v Kim>R&amp;D?",
    ...     name="a.vtt",
    ...     markup="vtt",
    ... ):
    ...     print(piece)
    Piece(voice='田中', words='はい', started=1.5, ended=3.0, cue=0)
    Piece(voice='Kim', words='R&D?', started=1.5, ended=3.0, cue=0)
    """
    lines = lines_of(text)
    stamps = [
        (number, seconds)
        for number, line in enumerate(lines)
        if "-->" in line and (seconds := _timing(line, number, name))
    ]
    if not stamps and not text.startswith("WEBVTT"):
        raise SourceError(
            f"{name!r} has no cue (a line such as 00:00:01.000 --> 00:00:04.000), so it is not "
            "what its suffix "
            "says; export it again, or call it .txt"
        )
    pieces: list[Piece] = []
    following = [*(number for number, _ in stamps), len(lines)][1:]
    for cue, ((arrow, (started, ended)), end) in enumerate(zip(stamps, following, strict=True)):
        payload = _payload(lines[arrow + 1 : end], last=end == len(lines))
        id_line = lines[arrow - 1] if arrow else ""
        above = _NAMED_ID.fullmatch(id_line) if '"' in id_line else None
        named = _name(above[1]) if above else None
        for voice, words in _voices("\n".join(payload), markup):
            pieces.append(Piece(voice or named, words, started, ended, cue))
    return _without_notes(pieces) if _NOTE.search(text) else pieces


def _without_notes(pieces: list[Piece]) -> list[Piece]:
    """Leave out lines of nothing but musical notes."""
    kept = [
        piece._replace(
            words="\n".join(line for line in piece.words.split("\n") if not _MUSIC.fullmatch(line))
        )
        for piece in pieces
    ]
    return [piece for piece in kept if piece.words]


def clock(hours: str | None, minutes: str, seconds: str, fraction: str | None = None) -> float:
    """Return seconds from the parts of a time stamp: the float nearest to what is written."""
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return int(f"{whole}{fraction}") / 10 ** len(fraction) if fraction else float(whole)


def _timing(line: str, number: int, name: str) -> tuple[float, float] | None:
    """Return when a cue starts and ends; None for an arrow in a note or in what was said."""
    usual = _USUAL.fullmatch(line)
    if usual:
        h, m, s, ms, to_h, to_m, to_s, to_ms = map(int, usual.groups())
        return (
            (3_600_000 * h + 60_000 * m + 1000 * s + ms) / 1000,
            (3_600_000 * to_h + 60_000 * to_m + 1000 * to_s + to_ms) / 1000,
        )
    match = ARROW.fullmatch(line)
    if match:
        parts = match.groups()
        return clock(*parts[:4]), clock(*parts[4:])
    if re.match(r"\s*\d[\d:.,]*\s*-->", line):
        raise SourceError(
            f"{name!r}, line {number + 1}: {line.strip()!r} has no valid time stamps; write them "
            "as "
            "00:00:01.000 --> 00:00:04.000"
        )
    return None


def _payload(lines: list[str], *, last: bool) -> list[str]:
    """Return a cue's lines: up to the next cue's id, without empty lines and without notes, styles
    and regions."""
    if not last and lines and _is_id(lines):
        lines = lines[:-1]
    if len(lines) == 2 and not lines[1] and "-" not in lines[0] and lines[0].strip():
        return lines[:1]  # as most cues are; read faster
    kept, aside, fresh = [], False, False
    for line in lines:
        if not line or line.isspace():
            aside, fresh = False, True
            continue
        if fresh:
            aside = aside or _ASIDE.fullmatch(line) is not None
            fresh = False
        if not aside and not (line.count("-") > 3 and _GUID.fullmatch(line)):
            kept.append(line)
    return kept


def _is_id(lines: list[str]) -> bool:
    """Say whether the line before the next arrow is its id: a number, or alone after an empty
    line."""
    last = lines[-1].strip()
    return bool(last) and (last.isdigit() or (len(lines) > 1 and not lines[-2].strip()))


def _voices(payload: str, markup: str) -> list[tuple[str | None, str]]:
    if "<v" not in payload and "</v" not in payload:
        words = _plain(payload, markup)
        return [(None, words)] if words else []
    if (
        payload.startswith("<v ")
        and payload.find("<", 3) in (-1, len(payload) - 4)
        and ">" in payload
    ):
        name, _, words = payload[3:].removesuffix("</v>").partition(">")  # one voice, no other tag
        words = _plain(words, markup)
        return [(_name(name), words)] if words else []
    pieces: list[tuple[str | None, str]] = []
    voice, position = None, 0
    for tag in _VOICE.finditer(payload):
        pieces.append((voice, payload[position : tag.start()]))
        voice, position = _name(tag.group(1) or ""), tag.end()
    pieces.append((voice, payload[position:]))
    said = [(voice, _plain(words, markup)) for voice, words in pieces]
    return [(voice, words) for voice, words in said if words]


@functools.lru_cache(maxsize=256)  # few people speak
def _name(annotation: str) -> str | None:
    return " ".join(html.unescape(annotation).split()) or None


def _plain(words: str, markup: str) -> str:
    if "<" in words or "{" in words:
        words = (_TAG if markup == "vtt" else _SRT_TAG).sub("", words)
    if "&" in words and markup == "vtt":
        words = html.unescape(words)
    return words.strip()
