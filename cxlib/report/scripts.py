"""Words -> which language's typeface and voice they need, by the script of their letters."""

from __future__ import annotations

import re

_HANGUL = re.compile("[\u1100-\u11ff\uac00-\ud7af]")
_KANA = re.compile("[\u3040-\u30ff]")
_HAN = re.compile("[\u3005\u3400-\u4dbf\u4e00-\u9fff]")


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
