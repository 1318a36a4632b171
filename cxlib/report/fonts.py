"""The characters of a page -> the part of a font that shows them, so that Japanese and Korean need
no font of the reader's."""

from __future__ import annotations

import base64
import functools
import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# kana, kanji, hangul, their punctuation and full-width forms: what a Latin font does not have
_BLOCKS = (
    (0x1100, 0x11FF),
    (0x2E80, 0x9FFF),
    (0xA960, 0xA97F),
    (0xAC00, 0xD7FF),
    (0xF900, 0xFAFF),
    (0xFE30, 0xFE4F),
    (0xFF00, 0xFFEF),
    (0x20000, 0x3FFFF),
)
_CJK = re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in _BLOCKS) + "]")
# with the range stated a browser waits for the font; without it Chromium now and then keeps the
# boxes it drew first
_RANGE = ", ".join(f"U+{first:X}-{last:X}" for first, last in _BLOCKS)
_RULE = re.compile(
    r'@font-face \{ font-family: "cx-cjk"; unicode-range: [U+0-9A-F, -]+; '
    r'src: url\("data:font/woff;base64,[A-Za-z0-9+/=]+"\) format\("woff"\); \}'
)


def font_face(page: str, *, earlier: str = "", alike: Iterable[Path] = ()) -> str:
    """Return a CSS rule `@font-face` for the family `cx-cjk` with the CJK characters of a page;
    empty where there are none.

    Parameters
    ----------
    page : str
        What is to be shown.
    earlier : str
        The same page as it was: where its font has all characters it is taken over (to make one
        takes half a second, which is much for an index that is written after every report).
    alike : iterable of Path
        Pages that may have the same characters: where one has just these, its font is taken over.

    Notes
    -----
    A subset of Noto Sans CJK JP (SIL Open Font License 1.1), as WOFF in a data address: a page of a
    thousand different characters grows by about 200 kB. Characters that the font lacks are left to
    the reader's own fonts."""
    characters = "".join(sorted(set(_CJK.findall(page))))
    if not characters:
        return ""
    made = _RULE.search(earlier)
    if made and set(characters) <= set(_CJK.findall(earlier)):
        return made[0]
    for path in alike:
        words = path.read_text(encoding="utf-8") if path.is_file() else ""
        if (made := _RULE.search(words)) and set(characters) == set(_CJK.findall(words)):
            return made[0]
    address = base64.b64encode(_subset(characters)).decode("ascii")
    source = f'url("data:font/woff;base64,{address}") format("woff")'
    return f'@font-face {{ font-family: "cx-cjk"; unicode-range: {_RANGE}; src: {source}; }}'


@functools.lru_cache(maxsize=8)
def _subset(characters: str) -> bytes:
    from fontTools import subset  # takes a moment to load; only a page with CJK needs it

    options = _options()
    picker = subset.Subsetter(options)
    picker.populate(text=characters)
    written = io.BytesIO()
    with _font() as font:
        picker.subset(font)
        subset.save_font(font, written, options)
    return written.getvalue()


def _options() -> Any:
    from fontTools import subset

    return subset.Options(
        flavor="woff",
        layout_features=[],
        hinting=False,
        notdef_outline=True,
        name_IDs=[0, 1, 13, 14],
        desubroutinize=False,
        drop_tables=["BASE", "DSIG", "GPOS", "GSUB", "VORG", "vhea", "vmtx"],
    )


_read: list[Any] = []  # the font as `read_font` left it, until it is taken apart


def read_font() -> None:
    """Read the tables of the font ahead, for processes that are copied from this one: each of them
    takes the font apart once."""
    font = _load()
    for table in list(font.keys()):
        font[table]
    font.getBestCmap()
    font.getReverseGlyphMap()
    font["CFF "].cff.topDictIndex[0].CharStrings.keys()
    font.reader.file.close()  # no file is shared
    _read[:] = [font]


def _font() -> Any:
    return _read.pop() if _read else _load()


def _load() -> Any:
    from fontTools import subset
    from noto_cjk_sans_jp_regular import FONT_PATH

    options = _options()
    font = subset.load_font(str(FONT_PATH), options)
    for table in set(options.drop_tables) & set(font.keys()):
        del font[table]  # it would be read first, and then dropped
    return font
