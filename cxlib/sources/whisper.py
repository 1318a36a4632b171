"""Lines such as `[00:01.000 --> 00:04.000] words`, as Whisper prints them -> cues."""

from __future__ import annotations

import re

from cxlib.sources import cues

_CLOCK = r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,6}))?"
_SECONDS = r"(\d{1,6}(?:\.\d{1,6})?)\s*s?"
_STAMP = rf"(?:{_CLOCK}|{_SECONDS})"
# md escapes brackets, some editors the arrow
_LINE = re.compile(
    rf"\s*(?:[-*>]\s+)?`?\\?[\[(【［]\s*{_STAMP}\s*(-{{1,2}}\\?(?:>|&gt;)|[→–—-])\s*{_STAMP}"
    rf"\s*\\?[\])】］]`?\s*:?(.*)",
    re.S,
)
_MOST = 0.5  # of the lines with words are such cues, or the file is text


def segments(text: str) -> tuple[list[cues.Piece], int] | None:
    """Read the cues of a text in which most lines begin with their times in brackets.

    Returns
    -------
    (list of Piece, int) or None
        The cues, and how many lines with words stand before the first: what the tool printed of
        itself. None where the text is no such list. A line without times goes on with the cue
        before.

    Notes
    -----
    Read are the clocks of openai-whisper (`00:01.000`), of whisper.cpp (`00:00:01.000`) and the
    seconds of faster-whisper (`[0.00s -> 4.00s]`).

    >>> pieces, before = segments("[00:01.000 --> 00:04.000]  We moved in May.\\n")
    >>> pieces[0].words, pieces[0].started, pieces[0].ended, before
    ('We moved in May.', 1.0, 4.0, 0)
    """
    lines = [line for line in cues.lines_of(text) if line.strip()]
    found = [_timed(line) for line in lines]
    if not any(found) or sum(map(bool, found)) < _MOST * len(lines):
        return None
    first = next(number for number, match in enumerate(found) if match)
    said: list[tuple[float, float, list[str]]] = []
    for line, match in zip(lines[first:], found[first:], strict=True):
        if match:
            parts = match.groups()
            said.append((_seconds(parts[:5]), _seconds(parts[6:11]), [_words(parts[11])]))
        else:
            said[-1][2].append(_words(line))
    pieces = [
        cues.Piece(None, "\n".join(filter(None, words)), started, ended, number)
        for number, (started, ended, words) in enumerate(said)
    ]
    return [piece for piece in pieces if piece.words], first


def _timed(line: str) -> re.Match[str] | None:
    match = _LINE.fullmatch(line)
    if match and len(match[6]) == 1 and match[6] != "→" and (match[5] or match[11]):
        return None  # (2020 - 2021) is no span of seconds
    return match


def _seconds(parts: tuple[str | None, ...]) -> float:
    *stamp, seconds = parts
    return float(seconds) if seconds else cues.clock(*stamp)  # type: ignore[arg-type]


def _words(line: str) -> str:
    return line.strip().removesuffix("\\").rstrip()  # md ends a line with one
