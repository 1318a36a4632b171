"""WebVTT and SubRip text -> cues: when something was said, by which voice, in which words."""

from __future__ import annotations

import html
import itertools
import re
from dataclasses import dataclass

from cxlib.errors import SourceError

# hours optional; Teams does not pad with zeros
_STAMP = r"(?:(\d+):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,6}))?"
ARROW = re.compile(rf"\s*{_STAMP}\s*-->\s*{_STAMP}(?:\s.*)?")
_ASIDE = re.compile(r"(?:NOTE(?:[ \t].*)?|STYLE[ \t]*|REGION[ \t]*)")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?(?:[ \t\n]+([^>]*))?>|</v>")
_TAG = re.compile(r"</?(?:c|i|b|u|ruby|rt|lang)(?:\.[^\s>]*)?(?:[ \t][^>]*)?>|<[\d:.]+>")
_SRT_TAG = re.compile(r"</?(?:b|i|u|s|font)(?:[ \t][^>]*)?>|\{\\an?\d+\}", re.I)
_LINE_END = re.compile(
    r"\r\n|\n|\r"
)  # str.splitlines would also break at U+2028 and form feeds, inside what was said


@dataclass(frozen=True, slots=True)
class Piece:
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
    """

    voice: str | None
    words: str
    started: float
    ended: float


def lines_of(text: str) -> list[str]:
    r"""Split at CR LF, LF and CR, and nowhere else."""
    return _LINE_END.split(text)


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
    that nothing said is lost; NOTE, STYLE and REGION blocks, cue ids and settings are left out.

    >>> for piece in parse(
    ...     "WEBVTT\n\n0:1.5 --> 0:3.0\n<v.loud 田中>はい</v> <v Kim>R&amp;D?",
    ...     name="a.vtt",
    ...     markup="vtt",
    ... ):
    ...     print(piece)
    Piece(voice='田中', words='はい', started=1.5, ended=3.0)
    Piece(voice='Kim', words='R&D?', started=1.5, ended=3.0)
    """
    lines = lines_of(text)
    arrows = [
        number
        for number, line in enumerate(lines)
        if "-->" in line and _is_timing(line, number, name)
    ]
    if not arrows and not text.startswith("WEBVTT"):
        raise SourceError(
            f"{name!r} has no cue (a line such as 00:00:01.000 --> 00:00:04.000), so it is not "
            "what its suffix "
            "says; export it again, or call it .txt"
        )
    pieces: list[Piece] = []
    for arrow, following in itertools.pairwise([*arrows, len(lines)]):
        started, ended = _seconds(lines[arrow])
        last = following == len(lines)
        payload = "\n".join(_payload(lines[arrow + 1 : following], last=last))
        pieces += [Piece(voice, words, started, ended) for voice, words in _voices(payload, markup)]
    return pieces


def clock(hours: str | None, minutes: str, seconds: str, fraction: str | None = None) -> float:
    """Return seconds from the parts of a time stamp."""
    return int(hours or 0) * 3600 + int(minutes) * 60 + float(f"{int(seconds)}.{fraction or 0}")


def _is_timing(line: str, number: int, name: str) -> bool:
    if ARROW.fullmatch(line):
        return True
    if re.match(r"\s*\d[\d:.,]*\s*-->", line):
        raise SourceError(
            f"{name!r}, line {number + 1}: {line.strip()!r} has no valid time stamps; write them "
            "as "
            "00:00:01.000 --> 00:00:04.000"
        )
    return False  # an arrow in a note or in what was said


def _seconds(line: str) -> tuple[float, float]:
    parts = ARROW.fullmatch(line).groups()  # type: ignore[union-attr]  # `_is_timing` matched
    return clock(*parts[:4]), clock(*parts[4:])


def _payload(lines: list[str], *, last: bool) -> list[str]:
    """Return a cue's lines: up to the next cue's id, without empty lines and without notes, styles
    and regions."""
    if (
        not last
        and lines
        and lines[-1].strip()
        and (len(lines) == 1 or not lines[-2].strip() or lines[-1].strip().isdigit())
    ):
        lines = lines[:-1]
    kept, aside, fresh = [], False, False
    for line in lines:
        if not line.strip():
            aside, fresh = False, True
            continue
        aside = aside or (fresh and _ASIDE.fullmatch(line) is not None)
        fresh = False
        if not aside:
            kept.append(line)
    return kept


def _voices(payload: str, markup: str) -> list[tuple[str | None, str]]:
    pieces: list[tuple[str | None, str]] = []
    voice, position = None, 0
    for tag in _VOICE.finditer(payload):
        pieces.append((voice, payload[position : tag.start()]))
        annotation = " ".join(html.unescape(tag.group(1) or "").split())
        voice, position = annotation or None, tag.end()
    pieces.append((voice, payload[position:]))
    said = [(voice, _plain(words, markup)) for voice, words in pieces]
    return [(voice, words) for voice, words in said if words]


def _plain(words: str, markup: str) -> str:
    words = html.unescape(_TAG.sub("", words)) if markup == "vtt" else _SRT_TAG.sub("", words)
    return words.strip()
