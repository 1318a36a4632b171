"""A label that is a number, or one text around one number -> its place by that number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cxlib.rows.period_ways import Pattern, Reading, Way, date_key, full_year
from cxlib.rows.period_words import BACKWARDS

# digits alone: where the year or the day stands in them
_LAYOUTS = {
    "yyyymmdd": Pattern.DAY,
    "ddmmyyyy": Pattern.DAY,
    "mmddyyyy": Pattern.DAY,
    "ddmmyy": Pattern.DAY,
    "mmddyy": Pattern.DAY,
    "yyyymm": Pattern.MONTH,
    "mmyyyy": Pattern.MONTH,
    "mmyy": Pattern.MONTH,
    "qyyyy": Pattern.QUARTER,
}


def read_numbers(text: str) -> dict[Way, Reading]:
    """Read a label as a number, one text around one number, or a number within a year."""
    if number := re.fullmatch(r"[+-]?\d+(?:\.\d+)?", text):
        return _of_number(text, float(number[0]))
    counts = re.findall(r"\d+", text)
    stem = re.sub(r"(?<=\d)(?:st|nd|rd|th|er|ere|re|e|eme|o|a)\b", "", text)
    if any(re.search(rf"\b{word}\b" if word.isascii() else word, stem) for word in BACKWARDS):
        return {}
    if len(counts) == 1 and not re.search(r"(?:^|\s)[a-z]?\s*[-−]\d", stem):
        around = re.sub(r"\d+", "#", stem)
        found = {Way(Pattern.ORDINAL, around): Reading((int(counts[0]),))}
        layouts = _of_digits(str(int(counts[0])), len(counts[0]))
        found |= {way._replace(text=around + way.text): each for way, each in layouts}
        # 31年, then 1年: the years of two reigns
        reign = re.fullmatch("#年度?", around) and len(counts[0]) <= 2
        return found | ({Way(None, around): Reading(())} if reign else {})
    years = [count for count in counts if len(count) == 4 and 1900 <= int(count) <= 2199]
    if len(counts) == 2 and len(years) == 1 and len(counts[1 - counts.index(years[0])]) <= 2:
        number_in = counts[1 - counts.index(years[0])]
        around = re.sub(r"\d+", "#", stem.replace(years[0], "@", 1))
        return {Way(Pattern.NUMBER_IN_YEAR, around): Reading((int(years[0]), int(number_in)))}
    return {}


def _of_number(text: str, value: float) -> dict[Way, Reading]:
    """Read a number by its value; 1.10 may be the one after 1.9, and 2025.10 is no decimal."""
    by_value = {Way(Pattern.NUMBER): Reading((value,))}
    if value.is_integer() and value >= 0 and not re.search(r"\.\d*[1-9]", text):
        return by_value | dict(_of_digits(str(int(value)), len(text.split(".")[0])))
    whole, _, part = text.partition(".")
    if not part or not whole.isdecimal():
        return by_value
    version = {Way(Pattern.NUMBER, "", "version"): Reading((int(whole), int(part)))}
    if 1900 <= int(whole) <= 2199 and 1 <= int(part) <= 12 and len(part) <= 2:
        return {}
    return by_value | version


def _of_digits(digits: str, width: int) -> Iterator[tuple[Way, Reading]]:
    for layout, pattern in _LAYOUTS.items():
        padded = digits.zfill(len(layout))
        if len(padded) > len(layout) or len(digits) < len(layout) - 1 or width > len(layout):
            continue
        part = {
            letter: int(padded[layout.index(letter) : layout.rindex(letter) + 1])
            for letter in dict.fromkeys(layout)
        }
        year, short = part["y"], "yyyy" not in layout
        if not (15 <= year <= 40 if short else 1950 <= year <= 2100):
            continue
        year = full_year(year) if short else year
        read = (
            date_key(year, part["m"], part["d"])
            if pattern is Pattern.DAY
            else (pattern, (year, part["q"] if "q" in part else part["m"]))
        )
        if read and 1 <= part.get("m", part.get("q", 0)) <= (4 if "q" in part else 12):
            yield Way(pattern, layout), Reading(read[1], short)
