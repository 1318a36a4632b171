"""The words of a label -> which number is its year, its quarter, its month, and which are free."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from cxlib.rows.period_ways import Key, Style, full_year
from cxlib.rows.period_words import (
    CYCLE,
    FILLERS,
    FISCAL,
    HALVES,
    LETTERS,
    MONTHS,
    ORDINALS,
    REIGNS,
    SUFFIXES,
    UNITS,
    WEEKDAYS,
    YEAR_END,
    YEARS,
    Unit,
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a label that no word counts: its value, how many digits, and where it stands."""

    value: int
    digits: int
    place: int
    quoted: bool = False  # after an apostrophe: '26
    joined: bool = False  # to the word before it: Jan-26


@dataclass(slots=True)
class Fields:
    """What the words of a label have told so far."""

    year: int | None = None
    two_digits: bool = False
    fiscal: bool = False
    reign: int | None = None
    end: int | None = None
    units: dict[Unit, int] = field(default_factory=dict)
    free: list[Number] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    named_month: bool = False
    time: Key = ()


_CJK = sorted(
    (
        word
        for word in {*UNITS, *HALVES, *YEARS, *FISCAL, *FILLERS, *WEEKDAYS, *REIGNS, YEAR_END}
        if not word.isascii()
    ),
    key=len,
    reverse=True,
)
_TOKEN = re.compile("|".join(["[0-9]+", "[a-z]+", *_CJK, r"\S"]))
_CLOCK = re.compile(r"(?<=[0-9])[t ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?z?$")
_KANJI = re.compile(r"[一二三四五六七八九十]{1,3}(?=月|年|日|四半期|回|期|次|週|季度)")
_SPAN = re.compile(r"(?<!\d)((?:19|20|21)?\d{2})[/–-]((?:19|20|21)?\d{2})(?!\d|[/–-])")
_LATIN_ERA = re.compile(  # H1 and S2 are halves
    r"^([shr])\.?((?<=r)\d{1,2}|(?<=r\.)\d{1,2}|[3-9]|[1-9]\d|[12](?=年))(?!\d)"
    r"(?=年|\.|/|-|\s*q|$)(?!.*\d{4})"
)
_PLAIN = frozenset(".,-–—/_'’()[]:·・、")


def normalise(label: str) -> str:
    """Return a label in one width and case, without accents, with digits for words of numbers.

    >>> normalise("Ｑ１  2026"), normalise("März 2026"), normalise("令和元年第一四半期")
    ('q1 2026', 'marz 2026', '令和1年第1四半期')
    """
    text = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", label).casefold())
    text = "".join(char for char in text if not "\u0300" <= char <= "\u036f")
    text = " ".join(unicodedata.normalize("NFC", text).split()).replace("元年", "1年")
    text = re.sub(r"\([日月火水木金土월화수목금토일]\)", "", text)
    return _KANJI.sub(lambda found: str(_of_kanji(found[0])), text)


def _of_kanji(text: str) -> int:
    tens, _, ones = text.rpartition("十")
    digits = "一二三四五六七八九"
    if "十" not in text:
        return int("".join(str(digits.index(char) + 1) for char in text))
    ten = digits.index(tens) + 1 if tens and tens in digits else 1
    return 10 * ten + (digits.index(ones) + 1 if ones else 0)


def read_fields(text: str, style: Style) -> Fields | None:
    """Give each number its unit; None where a style does not fit, or a number has no place."""
    order, span, which, late = style
    out = Fields()
    if clock := _CLOCK.search(text):
        out.time = tuple(int(part or 0) for part in clock.groups())
        text = text[: clock.start()]
    if span:
        years = _SPAN.search(text)
        if not years or (int(years[1]) + 1) % 100 != int(years[2]) % 100:
            return None
        text = f"{text[: years.start()]} fy {years[1]} {text[years.end() :]}"
        out.text.append("/")
    text += "0" if late else ""
    text = _LATIN_ERA.sub(lambda found: f"{LETTERS[found[1]]}{found[2]}年 ", text)
    tokens = list(_TOKEN.finditer(text))
    taken = _bind(tokens, text, out, which=which, first=order == "ymd")
    if taken is None:
        return None
    for place, token in enumerate(tokens):
        if place not in taken and token[0].isdecimal():
            out.free.append(_number(tokens, place, text))
    return out


def _number(tokens: list[re.Match[str]], place: int, text: str) -> Number:
    token = tokens[place]
    before = text[: token.start()]
    return Number(
        int(token[0]),
        len(token[0]),
        place,
        quoted=before.endswith(("'", "’")),
        joined=before.endswith("-") or (place > 0 and tokens[place - 1].end() == token.start()),
    )


def _bind(
    tokens: list[re.Match[str]], text: str, out: Fields, *, which: int, first: bool
) -> set[int] | None:
    """Let each word take the number that it counts; return the places of numbers that are taken."""
    words = [token[0] for token in tokens]
    taken: set[int] = set()
    for place, word in enumerate(words):
        if word.isdecimal():
            continue
        before, after = _beside(words, place, -1), _beside(words, place, 1)
        if word in REIGNS and after is not None:
            taken.add(after)
            out.year = REIGNS[word] - 1 + int(words[after])
            out.reign = list(REIGNS).index(word)
        elif word in YEARS or word in FISCAL:
            _year(words, place, before, taken, out)
        elif word == YEAR_END and before is not None:
            taken.add(before)
            out.end, out.fiscal = int(words[before]), True
        elif word in HALVES:
            out.units[Unit.HALF] = HALVES[word]
        elif word in MONTHS:
            if Unit.MONTH in out.units:
                return None
            out.units[Unit.MONTH], out.named_month = MONTHS[word], True
        elif word in UNITS:
            unit = UNITS[word][min(which, len(UNITS[word]) - 1)]
            at = _counted(words, unit, before, after, taken, first=first and word.isascii())
            if at is None:
                out.text.append(word)
            elif unit in out.units:
                return None
            else:
                taken.add(at)
                out.units[unit] = _value(words[at])
        elif not _passed(tokens, place, before):
            out.text.append(word)
    ordinals = {place for place, word in enumerate(words) if word in ORDINALS}
    return None if ordinals - taken else taken


def _beside(words: list[str], place: int, step: int) -> int | None:
    """Return the place of the number next to a word, past points and small words."""
    place += step
    while 0 <= place < len(words):
        if words[place].isdecimal() or words[place] in ORDINALS:
            return place
        if not (words[place] in _PLAIN or words[place] in FILLERS or words[place] in SUFFIXES):
            return None
        place += step
    return None


def _year(words: list[str], place: int, before: int | None, taken: set[int], out: Fields) -> None:
    """Take the number before 年 as the year; FY says no more than that the year is a fiscal one."""
    word = words[place]
    out.fiscal |= word in FISCAL
    if word.isascii() or out.year is not None:
        return
    if before is None or before in taken or not words[before].isdecimal():
        out.text.append(word)
    elif len(words[before]) == 4:
        taken.add(before)
        out.year = int(words[before])
    elif len(words[before]) == 2 and int(words[before]) >= 10:
        taken.add(before)
        out.year, out.two_digits = full_year(int(words[before])), True


def _counted(
    words: list[str],
    unit: Unit,
    before: int | None,
    after: int | None,
    taken: set[int],
    *,
    first: bool,
) -> int | None:
    """Return the place of the number that a unit counts: before it in CJK, on either side else."""
    fits = [
        place
        for place in ((after, before) if first else (before, after))
        if place is not None and place not in taken
        if len(words[place]) <= 2 or words[place] in ORDINALS
        if 1 <= _value(words[place]) <= CYCLE[unit]
    ]
    return fits[0] if fits else None


def _value(word: str) -> int:
    return ORDINALS.get(word) or int(word)


def _passed(tokens: list[re.Match[str]], place: int, before: int | None) -> bool:
    """Say whether a word adds nothing: points, small words, names of days, the st of 1st."""
    word = tokens[place][0]
    suffix = (
        word in SUFFIXES and before == place - 1 and tokens[before].end() == tokens[place].start()
    )
    return suffix or word in _PLAIN or word in FILLERS or word in WEEKDAYS or word in ORDINALS
