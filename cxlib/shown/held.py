"""Words -> the parts of them within which no line ends, though no blank is there."""

from __future__ import annotations

import re
from collections.abc import Iterator

# counters of Japanese (JIS X 4051: a number and its unit are not parted); Korean breaks at blanks
_COUNTERS = (
    "名|件|回|組|種|点|倍|行|列|個|つ|段|割|項|字|文字|分|バイト|通り|か所|日間|日|週間|か月|四半期|年|月"
    "|ポイント|グループ|コホート|セグメント|水準|%"
)
_HELD = re.compile(
    r"(?<![\dA-Za-z_-])\d{4}-\d\d(?:-\d\d)?(?![\dA-Za-z_-])"  # 2026-01-31
    r"|(?:\d{4}年)?\d{1,2}月\d{1,2}日|\d{4}年\d{1,2}月"
    r"|[pr]値\s(?:[<>]\s)?\d[\d.]*"
    rf"|(?<![\dA-Za-z.,])[約第]?[−+±]?\d[\d,.]*(?:〜\d[\d,.]*)?(?:{_COUNTERS})[後目]?"
    r"|「(?:[^「」]{1,8}|[ -~：]{1,16})」"  # longer ones would leave ragged lines
    r"|(?<![\w-])\d{1,4}(?:-\d{1,4}){1,2}(?![A-Za-z\d_-])"  # a name such as 18-24
    # a Korean particle is part of the word before its bracket or quote; aoki–bae is one pair
    r"|(?<![^ \n])(?=[^ \n]{2,24}(?![^ \n]))[^ \n]*(?:[)\]’”][가-힣]|\w–\w)[^ \n]*"
)


def held_parts(words: str) -> Iterator[tuple[str, bool]]:
    """Give words in parts, each with whether it is held on one line: a day, a number with its
    counter, a p value, a short name in its quotation marks, a Korean word with its particle.

    >>> [part for part, held in held_parts("回答は「電話」の128件、2026年9月まで") if held]
    ['「電話」', '128件', '2026年9月']
    """
    end = 0
    for found in _HELD.finditer(words):
        if found.start() > end:
            yield words[end : found.start()], False
        yield found[0], True
        end = found.end()
    if end < len(words):
        yield words[end:], False
