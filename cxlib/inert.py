"""Text of anybody -> text in which nothing is hidden, steers a terminal or turns writing around."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Any

# letters that run from right to left: Arabic, Hebrew and their neighbours
_FROM_RIGHT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_DIRECTION = "\u061c\u200e\u200f"  # marks of direction, without a reach
_VARIANTS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
# Unicode's categories Cc, Cf, Cs, Zl and Zp but for signs that are seen (U+0600 stands before a
# number), and fillers, which are letters to Unicode and nothing to an eye
_HIDDEN = (
    "\x00-\x1f\x7f-\x9f\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200d\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f"
    f"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff{_VARIANTS}"
)
_FLAG = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,8}\U000e007f"  # Scotland's, say
_RTL = re.compile(f"[{_FROM_RIGHT}]")
_RTL_BEFORE = re.compile(f"[{_FROM_RIGHT}][^{_HIDDEN}]{{0,3}}$")
_RTL_AFTER = re.compile(f"[^{_HIDDEN}]{{0,3}}[{_FROM_RIGHT}]")
_NEAR = 4  # letters
# OWASP, CSV injection
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
# where a spreadsheet parts columns by a semicolon or a tab (as most of Europe's), the quotes around
# a cell hold only at its beginning: what follows one, or a line end, is a cell of its own
_NEXT_CELL = re.compile(r"(?<=[;\t\r\n])(?=\s*(?:[=@＝＠]|[+\-＋－][^;\t\r\n]*[(|!]))")
_GUARD = re.compile(r"(?:\A|(?<=[;\t\r\n]))'")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")  # Thai, Lao, Burmese, Khmer


def visible(text: str, *, keep: str = "\n\t") -> str:
    r"""Return a text in which every character that hides or acts is written out.

    Use it where words of others (customers, files, columns) reach a terminal, a page or a CSV.

    Parameters
    ----------
    text : str
        May hold anything, also lone surrogates.
    keep : str
        Control characters that stay; a line end of two characters becomes `\n` where only that
        stays.

    Returns
    -------
    str
        Controls are shown by their picture (`␛`), any other by its number, as `\u202e`: a reader
        sees that something was there, and no two texts become one. Kept is what has its use where
        it stands: joiners in emoji, Persian and Indic words, one variant of a letter that may have
        some, flags, soft hyphens in words, marks of direction beside Arabic and Hebrew, and the
        ends of words in Thai. None of these acts on what follows (see `set_apart`).

    Notes
    -----
    Terminals act on C0 and C1 controls alone (ECMA-48; OSC 8 is one of them). What turns writing
    around is in Unicode Standard Annex 9, table 3.

    Examples
    --------
    >>> visible("\x1b[31mred\u202e12"), visible("👩\u200d🚀")
    ('␛[31mred\\u202e12', '👩\u200d🚀')
    """
    if "\r" not in keep and "\n" in keep:
        text = text.replace("\r\n", "\n")
    return _pattern(keep).sub(_written, text)


@functools.cache
def _pattern(keep: str) -> re.Pattern[str]:
    but = f"(?![{re.escape(keep)}])" if keep else ""
    return re.compile(f"{_FLAG}|{but}[{_HIDDEN}{_DIRECTION}]")


def _written(found: re.Match[str]) -> str:
    mark = found[0]
    if len(mark) > 1 or _has_use(found.string, found.start()):
        return mark
    point = ord(mark)
    if point < 0x20:
        return chr(0x2400 + point)
    if point == 0x7F:
        return "␡"
    return f"\\x{point:02x}" if point < 0x100 else mark.encode("unicode_escape").decode("ascii")


def _has_use(text: str, at: int) -> bool:
    """Return whether what is hidden at a place has its use there."""
    mark, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if mark in _DIRECTION:
        near = text[max(at - _NEAR, 0) : at], text[at + 1 : at + 1 + _NEAR]
        marks = str.maketrans("", "", _DIRECTION)
        return bool(
            _RTL_BEFORE.search(near[0].translate(marks))
            or _RTL_AFTER.match(near[1].translate(marks))
        )
    if not before:
        return False
    if mark == "\xad":
        return before.isalpha() and after.isalpha()
    if mark == "\u200b":
        return bool(_UNSPACED.match(before))
    if _is_variant(mark):
        plain = before.isascii() and before not in "0123456789#*"
        return not (plain or before.isspace() or _pattern("").match(before))
    if mark in "\u200c\u200d":
        if _is_variant(before):
            return _has_use(text, at - 1)
        return unicodedata.category(before) in {"Lo", "Mn", "Mc", "So", "Sk"}
    return False


def _is_variant(mark: str) -> bool:
    return "\ufe00" <= mark <= "\ufe0f" or "\U000e0100" <= mark <= "\U000e01ef"


def has_rtl(text: str) -> bool:
    """Return whether letters in it run from right to left."""
    return _RTL.search(text) is not None


def set_apart(name: str) -> str:
    """Return a name that leaves the order of what follows alone, where its letters run from right
    to left.

    Without it "12 of 30" behind a Hebrew name would read "30 of 12" (Annex 9, rule N1): a mark of
    direction stands on each side, which shows nothing.
    """
    return f"\u200e{name}\u200e" if has_rtl(name) else name


def inert(value: Any) -> Any:
    """Return text that a spreadsheet will not run, an apostrophe before a formula, and in which
    nothing is hidden.

    >>> inert('=HYPERLINK("x")'), inert("fine"), inert(-3)
    ('\\'=HYPERLINK("x")', 'fine', -3)
    """
    if not isinstance(value, str):
        return value
    text = visible(value, keep="\t\r\n")
    done = text.startswith("'")  # an apostrophe is there: what was made inert stays as it is
    words = text.removeprefix("'").lstrip()
    starts = not done and (text.startswith(_FORMULA_STARTS) or words.startswith(_FORMULA_STARTS))
    return "'" * starts + text[: len(text) - len(words)] + _NEXT_CELL.sub("'", words)


def without_guard(value: Any) -> Any:
    """Return text as it was before `inert` guarded it, where a table of ours is read back; any
    other text as it is.

    >>> without_guard("'=1+1"), without_guard("'tis"), without_guard(-3)
    ('=1+1', "'tis", -3)
    """
    if not isinstance(value, str) or "'" not in value:
        return value
    bare = _GUARD.sub("", value)
    return bare if inert(bare) == value else value
