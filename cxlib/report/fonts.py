"""The characters of a page -> the part of a font that shows them, so that Japanese and Korean need
no font of the reader's."""

from __future__ import annotations

import base64
import functools
import io
import re

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


def font_face(page: str) -> str:
    """Return a CSS rule `@font-face` for the family `cx-cjk` with the CJK characters of a page;
    empty where there are none.

    Notes
    -----
    A subset of Noto Sans CJK JP (SIL Open Font License 1.1), as WOFF in a data address: a page of a
    thousand different characters grows by about 200 kB. Characters that the font lacks are left to
    the reader's own fonts."""
    characters = "".join(sorted(set(_CJK.findall(page))))
    if not characters:
        return ""
    address = base64.b64encode(_subset(characters)).decode("ascii")
    source = f'url("data:font/woff;base64,{address}") format("woff")'
    return f'@font-face {{ font-family: "cx-cjk"; unicode-range: {_RANGE}; src: {source}; }}'


@functools.lru_cache(maxsize=8)
def _subset(characters: str) -> bytes:
    from fontTools import subset  # takes a moment to load; only a page with CJK needs it
    from noto_cjk_sans_jp_regular import FONT_PATH

    options = subset.Options(
        flavor="woff",
        layout_features=[],
        hinting=False,
        notdef_outline=True,
        name_IDs=[0, 1, 13, 14],
        desubroutinize=False,
        drop_tables=["BASE", "DSIG", "GPOS", "GSUB", "VORG", "vhea", "vmtx"],
    )
    picker = subset.Subsetter(options)
    picker.populate(text=characters)
    written = io.BytesIO()
    with subset.load_font(str(FONT_PATH), options) as font:
        picker.subset(font)
        subset.save_font(font, written, options)
    return written.getvalue()
