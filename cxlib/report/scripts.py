"""Words -> which language's typeface and voice they need, by the script of their letters, and
English by its small words."""

from __future__ import annotations

import re
import unicodedata

_HANGUL = re.compile("[\u1100-\u11ff\uac00-\ud7af]")
_KANA = re.compile("[\u3040-\u30ff]")
_HAN = re.compile("[\u3005\u3400-\u4dbf\u4e00-\u9fff]")
# small words that no other language of Latin letters often has, and those that some have
_ENGLISH = re.compile(
    r"\b(the|and|that|this|with|from|they|which|would|could|their|because|when|what|before|after"
    r"|every|you|your|it|its|not)\b"
)
_ENGLISH_TOO = re.compile(r"\b(is|was|are|has|have|will|be|but|of|to|for|we|i|my|out)\b")


def columns(words: str) -> int:
    """Return how wide words are, a Japanese, Chinese or Korean letter counting two.

    >>> columns("NPS"), columns("点数"), columns("점수")
    (3, 4, 4)
    """
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in words)


def language_of(words: str) -> str:
    """Return ja or ko where most letters are of that script (a Japanese name in an English sentence
    is English), else nothing.

    >>> language_of("顧客の声"), language_of("고객의 소리"), language_of("NPS of 日本")
    ('ja', 'ko', '')
    """
    hangul, kana, han = (len(script.findall(words)) for script in (_HANGUL, _KANA, _HAN))
    letters = sum(map(str.isalpha, words)) if hangul + kana else 0
    if 2 * (hangul + kana + han) <= letters or not hangul + kana:
        return ""
    return "ko" if hangul > kana else "ja"


def is_english(words: str) -> bool:
    """Return whether this is surely an English passage: no Japanese or Korean letter in it, and two
    different small words of English. Names and terms (`save time`) are of no language.

    >>> is_english("The app logs me out."), is_english("Die App ist langsam."), is_english("NPS")
    (True, False, False)
    """
    if any(script.search(words) for script in (_HANGUL, _KANA, _HAN)):
        return False
    strong, weak = (set(kind.findall(words.lower())) for kind in (_ENGLISH, _ENGLISH_TOO))
    return bool(strong) and len(strong | weak) >= 2
