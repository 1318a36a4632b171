"""The characters of a page -> the part of a font that shows them, so that Japanese and Korean, and
the letters of its figures, need no font of the reader's."""

from __future__ import annotations

import base64
import functools
import html
import io
import re
from collections.abc import Iterable
from importlib import util
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
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LETTERS = re.compile("<text\\b[^>]*>([^<]*)")  # of figures: nothing else on a page has such a tag
_KOREAN = re.compile(r"""\blang=["']?ko\b""")


def font_face(page: str, *, earlier: str = "", alike: Iterable[Path] = ()) -> str:
    """Return CSS rules `@font-face` for the families of a page; empty where it has neither CJK nor
    a figure with letters.

    `cx-cjk` has its CJK characters in their Japanese form; `cx-ko`, where a passage is in Korean,
    the few Chinese characters that are written otherwise there (化, 次, 社 …), to stand before it.
    `cx-figure` has the letters of figures, as wide as they were when these were drawn.

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
    Subsets of Noto Sans CJK JP (SIL Open Font License 1.1) and DejaVu Sans (Bitstream Vera's
    licence), as WOFF in a data address: a page of a
    thousand different characters grows by about 200 kB. Characters that the font lacks are left to
    the reader's own fonts."""
    characters = "".join(sorted(set(_CJK.findall(page))))
    cjk = _face(characters, earlier, alike) + _korean_face(page) if characters else ""
    return cjk + _figure_face(page)


def _face(characters: str, earlier: str, alike: Iterable[Path]) -> str:
    made = _RULE.search(earlier)
    if made and set(characters) <= set(_CJK.findall(earlier)):
        return made[0]
    for path in alike:
        words = path.read_text(encoding="utf-8") if path.is_file() else ""
        if (made := _RULE.search(words)) and set(characters) == set(_CJK.findall(words)):
            return made[0]
    return _rule("cx-cjk", _RANGE, _subset(characters))


def _korean_face(page: str) -> str:
    """Return the face for what is written otherwise in Korean; it takes no other character, so
    that the rest is carried once."""
    han = set(_HAN.findall(page)) if _KOREAN.search(page) else set()
    characters = "".join(sorted(han & set(korean_forms()))) if han else ""
    if not characters:
        return ""
    reach = ", ".join(f"U+{ord(character):X}" for character in characters)
    return _rule("cx-ko", reach, _subset(characters, korean=True))


def _figure_face(page: str) -> str:
    """Return the face for the letters of figures."""
    letters = set(html.unescape("".join(_LETTERS.findall(page))))
    characters = "".join(sorted(letters & _letters_of_figures())) if letters else ""
    if not characters:
        return ""
    reach = ", ".join(f"U+{ord(character):X}" for character in characters)
    return _rule("cx-figure", reach, _subset(characters, figure=True))


@functools.cache
def _letters_of_figures() -> frozenset[str]:
    from fontTools.ttLib import TTFont

    with TTFont(_figure_font(), lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def _figure_font() -> str:
    """Return where matplotlib's own font lies, without loading matplotlib."""
    found = util.find_spec("matplotlib")
    folder = (found.submodule_search_locations if found else None) or [""]
    return str(Path(folder[0], "mpl-data", "fonts", "ttf", "DejaVuSans.ttf"))


def _rule(family: str, reach: str, font: bytes) -> str:
    address = base64.b64encode(font).decode("ascii")
    source = f'url("data:font/woff;base64,{address}") format("woff")'
    return f'@font-face {{ font-family: "{family}"; unicode-range: {reach}; src: {source}; }}'


@functools.cache
def korean_forms() -> dict[str, str]:
    """Return the glyph of each character that is written otherwise in Korean: the Japanese font
    has both forms, and says in its table of substitutions (`locl`) which is for whom."""
    from fontTools.ttLib import TTFont
    from noto_cjk_sans_jp_regular import FONT_PATH

    with TTFont(str(FONT_PATH), lazy=True) as font:
        table, glyphs = font["GSUB"].table, font.getBestCmap()
        kinds = next(r.Script for r in table.ScriptList.ScriptRecord if r.ScriptTag == "hani")
        system = next(r.LangSys for r in kinds.LangSysRecord if r.LangSysTag.strip() == "KOR")
        features = (table.FeatureList.FeatureRecord[place] for place in system.FeatureIndex)
        lookups = [
            table.LookupList.Lookup[place]
            for feature in features
            if feature.FeatureTag == "locl"
            for place in feature.Feature.LookupListIndex
        ]
        pieces = [piece for lookup in lookups for piece in lookup.SubTable]
        found: dict[str, str] = {}
        for piece in pieces:
            found |= getattr(getattr(piece, "ExtSubTable", piece), "mapping", {})
    return {chr(code): found[glyph] for code, glyph in glyphs.items() if glyph in found}


@functools.lru_cache(maxsize=8)
def _subset(characters: str, *, korean: bool = False, figure: bool = False) -> bytes:
    from fontTools import subset  # takes a moment to load; only a page with CJK needs it

    options = _options(figure=figure)
    picker = subset.Subsetter(options)
    # with spaces: WeasyPrint takes those between Korean words from this font too
    picker.populate(text=characters + " \u00a0")
    written = io.BytesIO()
    with subset.load_font(_figure_font(), options) if figure else _font() as font:
        if korean:
            _take_korean(font, characters)
        picker.subset(font)
        subset.save_font(font, written, options)
    return written.getvalue()


def _take_korean(font: Any, characters: str) -> None:
    forms = {ord(character): korean_forms()[character] for character in characters}
    for table in font["cmap"].tables:
        if table.isUnicode() and hasattr(table, "cmap"):
            table.cmap.update({code: glyph for code, glyph in forms.items() if code in table.cmap})


def _options(*, figure: bool = False) -> Any:
    from fontTools import subset

    dropped = ["BASE", "DSIG", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]
    return subset.Options(
        flavor="woff",
        # figures were measured with pairs of letters moved together
        layout_features=["kern"] if figure else [],
        hinting=False,
        notdef_outline=True,
        name_IDs=[0, 1, 13, 14],
        desubroutinize=False,
        drop_tables=["DSIG", "FFTM", "GDEF", "GSUB", "kern"] if figure else dropped,
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
