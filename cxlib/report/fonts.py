"""The characters of a page -> the part of a font that shows them, so that Japanese and Korean need no font of the reader's."""

from __future__ import annotations

import base64
import functools
import io
import re

# kana, kanji, hangul and their punctuation and full-width forms: what a Latin font does not have
_CJK = re.compile("[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
                  "\U00020000-\U0003ffff]")


def font_face(page: str) -> str:
    """Return a CSS rule `@font-face` for the family `cx-cjk` with the CJK characters of a page; empty where there are none.

    Notes
    -----
    A subset of Noto Sans CJK JP (SIL Open Font License 1.1), as WOFF in a data address: a page of a thousand different
    characters grows by about 200 kB. Characters that the font lacks are left to the reader's own fonts.
    """
    characters = "".join(sorted(set(_CJK.findall(page))))
    if not characters:
        return ""
    address = base64.b64encode(_subset(characters)).decode("ascii")
    return f'@font-face {{ font-family: "cx-cjk"; src: url("data:font/woff;base64,{address}") format("woff"); }}'


@functools.lru_cache(maxsize=8)
def _subset(characters: str) -> bytes:
    from fontTools import subset  # takes a moment to load; only a page with CJK needs it
    from noto_cjk_sans_jp_regular import FONT_PATH

    options = subset.Options(flavor="woff", layout_features=[], hinting=False, notdef_outline=True, name_IDs=[0, 1, 13, 14],
                             desubroutinize=False, drop_tables=["BASE", "DSIG", "GPOS", "GSUB", "VORG", "vhea", "vmtx"])
    picker = subset.Subsetter(options)
    picker.populate(text=characters)
    written = io.BytesIO()
    with subset.load_font(str(FONT_PATH), options) as font:
        picker.subset(font)
        subset.save_font(font, written, options)
    return written.getvalue()
