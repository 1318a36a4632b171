"""What somebody said at length -> its beginning, cut where a sentence ends."""

from __future__ import annotations

import re
import unicodedata

# full stops of Latin letters stand before a space; those of Chinese and Japanese before anything
_SENTENCE = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s)|[。！？｡]+[」』）”’]*")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"'“‘])(?:[^\W\d_]|(?:[^\W\d_]\.)+[^\W\d_]|Mr|Mrs|Ms|Dr|Prof|St|vs|etc|No|approx)\.$"
)
_CLAUSE = re.compile(r"\s+|[、，；]")


def text_width(words: str) -> int:
    """Return columns of text: a CJK character has two, a mark on another none of its own.

    >>> text_width("ab"), text_width("東京"), text_width("e\\u0301")
    (2, 4, 1)
    """
    if words.isascii():
        return len(words)
    return sum(map(_columns, words))


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def shorten(words: str, *, low: int, high: int) -> str:
    """Return words of at most `high` columns: longer ones to the last end of a sentence that leaves
    at least `low`, else of a clause or word, and an ellipsis.

    Examples
    --------
    >>> shorten("It came late. Nobody told me why.", low=5, high=20)
    'It came late. …'
    >>> shorten("四日遅れた。誰も理由を言わなかった。", low=5, high=20)
    '四日遅れた。…'
    """
    if text_width(words) <= high:
        return words
    room = _room(words, high - 2)  # for a space and the ellipsis
    ends = [match.end() for match in _SENTENCE.finditer(words, 0, room + 1) if _ends(words, match)]
    kept = _last([end for end in ends if end <= room], words, low)
    if kept is None:
        kept = _last([match.start() for match in _CLAUSE.finditer(words, 0, room + 1)], words, low)
    beginning = words[: room if kept is None else kept].rstrip()
    spaced = kept is not None and unicodedata.east_asian_width(beginning[-1]) not in "WF"
    return f"{beginning}{' ' if spaced else ''}…"


def _room(words: str, high: int) -> int:
    """Return how many characters fit, none of them without what belongs to it."""
    width = 0
    for place, character in enumerate(words):
        width += _columns(character)
        if width > high:
            while place and _belongs(words, place):
                place -= 1
            return place
    return len(words)


def _belongs(words: str, place: int) -> bool:
    """Return whether a character is one with that before it: a mark, or joined by a joiner."""
    if "\u200d" in (words[place], words[place - 1]):
        return True
    tone = "\U0001f3fb" <= words[place] <= "\U0001f3ff"  # of an emoji's skin
    return tone or unicodedata.category(words[place]).startswith("M")


def _ends(words: str, match: re.Match[str]) -> bool:
    """Return whether a sentence ends there, and no abbreviation."""
    after = words[match.end() :].lstrip()[:1]
    return not (after.islower() or _ABBREVIATION.search(words[: match.end()]))


def _last(places: list[int], words: str, low: int) -> int | None:
    """Return the last of the places, where it leaves enough."""
    return places[-1] if places and text_width(words[: places[-1]].strip()) >= low else None
