"""A written value and a Korean particle -> both together, the particle by the sound before it.

After a sound that is not known (R is said 아르 and 알, a Chinese character has several readings)
stands a noun, whose sound is known: ‘東京’ 그룹은.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum

from cxlib.errors import ParameterError


class Sound(Enum):
    """How what stands before a particle ends."""

    VOWEL = "vowel"
    RIEUL = "ㄹ"  # a consonant but for 으로
    CONSONANT = "consonant"


# after a consonant, after a vowel; longer ones first where one ends in another
_PAIRS = {
    "으로부터": "로부터",
    "으로서": "로서",
    "으로는": "로는",
    "으로도": "로도",
    "으로만": "로만",
    "으로의": "로의",
    "이라는": "라는",
    "이라고": "라고",
    "이었": "였",
    "이며": "며",
    "이고": "고",
    "이나": "나",
    "이란": "란",
    "과는": "와는",
    "과의": "와의",
    "과도": "와도",
    "으로": "로",
    "은": "는",
    "이": "가",
    "을": "를",
    "과": "와",
}
NOUN = "항목"  # stands for anything, where a text names nothing better


def attach(written: str, suffix: str) -> str:
    """Return a written value with a particle, and before it the noun where the sound is not known.

    Parameters
    ----------
    written : str
        As a reader sees it; may end in quotes, brackets, signs.
    suffix : str
        A noun or none, and the particle as it is after a consonant: `은`, `그룹으로`.

    Raises
    ------
    ParameterError
        If the suffix ends in no particle that changes with the sound before it.

    Examples
    --------
    >>> attach("45.6%", "이"), attach("‘서울’", "그룹으로"), attach("‘東京’", "그룹은")
    ('45.6%가', '‘서울’로', '‘東京’ 그룹은')
    """
    noun, particle = split(suffix)
    sound = sound_of(written)
    if sound is None:
        noun = noun or NOUN
        return f"{written} {noun}{_form(particle, sound_of(noun))}"
    return written + _form(particle, sound)


def split(suffix: str) -> tuple[str, str]:
    """Return the noun and the particle of a suffix (see `attach`)."""
    for particle in _PAIRS:
        if suffix.endswith(particle):
            return suffix.removesuffix(particle), particle
    raise ParameterError(
        f"'+{suffix}' ends in no particle; write it as it is after a consonant: {', '.join(_PAIRS)}"
    )


def _form(particle: str, sound: Sound | None) -> str:
    to = particle.startswith("으로")
    return _PAIRS[particle] if sound is Sound.VOWEL or (to and sound is Sound.RIEUL) else particle


_BEHIND = re.compile(r"[\s\"'`.,;:!?…·‘’“”«»‹›「」『』、。)\]}>）］｝〉》】〕_-]+$")
_BRACKET = re.compile(
    r"(?<=.)[\s]*(?:\([^()]*\)|\[[^][]*\]|（[^（）]*）|【[^【】]*】|〔[^〔〕]*〕)$"
)
_OPEN = re.compile(r"^[(\[（【〔]+")
_WIDTH = re.compile("[\uff01-\uffef]+")


def sound_of(written: str) -> Sound | None:
    """Return how a text ends when it is read aloud in Korean; None where that is not known.

    >>> [sound_of(name).value for name in ("서울", "2025Q4", "45.6%", "NPS", "도쿄(東京)")]
    ['ㄹ', 'vowel', 'vowel', 'vowel', 'vowel']
    >>> sound_of("東京"), sound_of("😊"), sound_of("")
    (None, None, None)
    """
    said = _said(written)
    for pattern, sound in _ENDINGS:
        if found := pattern.search(said):
            return sound(found) if callable(sound) else sound
    return None


def _said(written: str) -> str:
    """Return what is read, without what only closes it: quotes, marks, a bracket at the end."""
    said = _WIDTH.sub(lambda wide: unicodedata.normalize("NFKC", wide[0]), written)
    said = unicodedata.normalize("NFC", said)
    said = "".join(letter for letter in said if unicodedata.category(letter) != "Cf").strip()
    while True:
        shorter = _BRACKET.sub("", said)
        if not _BEHIND.sub("", _OPEN.sub("", shorter)):
            shorter = said  # nothing but what stands in brackets is read
        shorter = shorter if shorter != said else _BEHIND.sub("", said)
        if shorter == said:
            return said
        said = shorter


def _hangul(found: re.Match[str]) -> Sound:
    return _by_final((ord(found[0]) - 0xAC00) % 28)


def _by_final(final: int) -> Sound:
    return {0: Sound.VOWEL, 8: Sound.RIEUL}.get(final, Sound.CONSONANT)


# 영 일 이 삼 사 오 육 칠 팔 구
_DIGITS = {
    digit: _by_final((ord(name) - 0xAC00) % 28) for digit, name in enumerate("영일이삼사오육칠팔구")
}
_CURRENCIES = {"₩": Sound.CONSONANT, "¥": Sound.CONSONANT, "$": Sound.VOWEL, "€": Sound.VOWEL}
_TRILLION, _NEXT, _UNSURE = 12, 16, 20  # zeros: 조, 경, 해


def _number(found: re.Match[str]) -> Sound | None:
    if found["currency"]:
        return _CURRENCIES[found["currency"]]  # 원, 엔, 달러, 유로 are said last
    digits = found["whole"].replace(",", "")
    zeros = len(digits) - len(digits.rstrip("0"))
    if found["part"] or not zeros or digits.startswith("0"):
        return _DIGITS[int((found["part"] or digits)[-1])]
    if zeros >= _UNSURE:
        return None
    return Sound.VOWEL if _TRILLION <= zeros < _NEXT else Sound.CONSONANT


_UNITS = {
    **dict.fromkeys(("g", "kg", "mg", "min", "h"), Sound.CONSONANT),
    **dict.fromkeys(("m", "km", "cm", "mm", "ml", "mL", "L", "l", "ms", "s", "t"), Sound.VOWEL),
    **dict.fromkeys(("KB", "kB", "MB", "GB", "TB", "Hz", "kHz", "MHz", "GHz"), Sound.VOWEL),
    "px": Sound.RIEUL,
}


def _unit(found: re.Match[str]) -> Sound | None:
    """Return the sound of letters right behind a number: a unit, or letters said one by one."""
    letters = found["unit"]
    if letters in _UNITS:
        return _UNITS[letters]
    return _letters(letters) if letters.isupper() else None


# capitals that are read letter by letter although a word could be seen in them
_SPELT = frozenset({"CES", "CSAT", "FAQ", "USB", "VIP", "VOC"})
_ROMAN = re.compile("[IVX]{2,}")
_SHORT = 2  # letters: IT, ID, OS


def _word(found: re.Match[str]) -> Sound | None:
    """Return the sound of Latin letters: of an acronym by its last one's name, of a word by its
    spelling; what can be read both ways is known where both agree."""
    word = found[0]
    if len(word) == 1:
        return _letters(word)
    if not word.isupper():
        return _by_spelling(word.lower())
    if _ROMAN.fullmatch(word):
        return None
    spelt = _letters(word)
    as_it_is = len(word) <= _SHORT or word in _SPELT or not set(word) & set("AEIOUY")
    return spelt if as_it_is or _by_spelling(word.lower()) is spelt else None


def _letters(word: str) -> Sound | None:
    last = word[-1].upper()
    if last == "R":
        return None  # 아르 and 알
    return {"L": Sound.RIEUL, "M": Sound.CONSONANT, "N": Sound.CONSONANT}.get(last, Sound.VOWEL)


# an e that is said at the end
_SAID_E = frozenset({"anemone", "anime", "chile", "finale", "resume", "sesame", "ukulele"})
_L = re.compile(r"(?:l|[aeiouy]le|[bcdfgkpstz]le)$")
_NASAL = re.compile(r"(?:[mn]|ng|[aeiouy][mn]e)$")
_OPEN_END = re.compile(r"[aiouyw]$")


def _by_spelling(word: str) -> Sound | None:
    if word in _SAID_E or not word.isascii():
        return None
    for pattern, sound in (
        (_L, Sound.RIEUL),
        (_NASAL, Sound.CONSONANT),
        (_OPEN_END, Sound.VOWEL),
    ):
        if pattern.search(word):
            return sound
    return None


# what is read last, the first that holds; a day, a time or a fraction is read in several ways
_ENDINGS = (
    (re.compile(r"\d\s?[-/.:]\s?\d{1,2}\s?[-/.:]\s?\d{1,4}$"), None),
    (re.compile(r"(?:(?<!\d)\d{4}\s?[-/]\s?\d{1,2}|\d/\d+|\d:\d\d)$"), None),
    (re.compile(r"[가-힣]$"), _hangul),
    (re.compile(r"(?:%p?|[℃℉°]|°[CF]|\+|∞|^–)$"), Sound.VOWEL),
    (re.compile(r"‰$"), Sound.RIEUL),
    (
        re.compile(r"(?P<currency>[₩¥$€])?[\s−-]?(?P<whole>[0-9][0-9,]*)(?:\.(?P<part>[0-9]+))?$"),
        _number,
    ),
    (re.compile(r"[0-9]\s?(?P<unit>[A-Za-z]+)$"), _unit),
    (re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ]+(?:['’][A-Za-z]+)*$"), _word),
    (re.compile(r"[んンっッ]$"), Sound.CONSONANT),
    (re.compile(r"[ぁ-ゟァ-ヺーヽヾ]$"), Sound.VOWEL),
)
