"""Words and values -> the name of a report's folder, safe on every file system.

Letters of any script, digits, `-`, `_` and single dots are kept, in composed form (a Mac takes a
letter in two pieces for the same); all else becomes a hyphen. Where that loses something, or the
name is cut, a few digits of the value's hash tell it from others: a name depends on its own value
alone. Names that are equal but for capital letters are one folder on a Mac or Windows.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from cxlib.errors import ParameterError

MOST_BYTES = 200  # of 255, for a run's folder beside it and the suffixes of tools
_DIGITS = 8
# Windows, whatever follows after a dot
_DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"} | {
    f"{port}{number}" for port in ("com", "lpt") for number in range(10)
}
_OURS = {"index.html", "latest", "state.json"}
# letters and marks that cannot be seen: fillers of hangul, joiners, variation selectors
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def check_name(name: str) -> str:
    """Return a name of a report in composed form, or refuse it.

    Raises
    ------
    ParameterError
        If it cannot be a folder's name on every file system, or is one that `cx` uses itself.
    """
    name = unicodedata.normalize("NFC", name)
    rule = _broken_rule(name)
    if rule:
        raise ParameterError(f"name={name!r} cannot be a folder's name{rule}")
    return name


def _broken_rule(name: str) -> str:
    if is_reserved(name):
        return ": Windows keeps it for a device; give another, such as " + repr(f"my-{name}")
    if name.casefold() in _OURS:
        return ": cx uses it itself; give another, such as " + repr(f"my-{name.partition('.')[0]}")
    if name != _kept(name) or not name or len(name.encode()) > MOST_BYTES:
        return f"; use letters, digits, '-' and '_', at most {MOST_BYTES} bytes, no sign first"
    return ""


def is_reserved(name: str) -> bool:
    """Return whether Windows takes a name for a device, as it does `aux.txt` and `COM¹`."""
    stem = unicodedata.normalize("NFKC", name.partition(".")[0]).casefold().rstrip()
    return stem in _DEVICES


def name_all(base: str, values: Sequence[tuple[str, ...]]) -> list[str]:
    """Return a name for each of some different values: `base` and the value's words.

    Values that give one name (but for capital letters) all get their hash; no other value changes
    a name.

    >>> name_all("nps", [("JP",), ("in person",), ("O'Brien",), ("東京",)])
    ['nps-JP', 'nps-in-person', 'nps-O-Brien-e6e62496', 'nps-東京']
    """
    plain = [_name(base, value) for value in values]
    alike = Counter(name.casefold() for name in plain)
    return [
        name if alike[name.casefold()] == 1 else _name(base, value, told_apart=True)
        for name, value in zip(plain, values, strict=True)
    ]


def _name(base: str, value: tuple[str, ...], *, told_apart: bool = False) -> str:
    said = "-".join(unicodedata.normalize("NFC", each) for each in value)
    blanks = said.replace(" ", "-")
    words = re.sub("-{2,}", "-", _kept(blanks))
    whole = f"{base}-{words}"
    lost = not words or words != blanks or len(whole.encode()) > MOST_BYTES
    if not lost and not told_apart:
        return whole
    digest = hashlib.sha256("\0".join(value).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{_cut(whole.rstrip('-'), MOST_BYTES - _DIGITS - 1)}-{digest[:_DIGITS]}"


def _cut(name: str, most: int) -> str:
    """Return the beginning of a name, cut where a letter begins."""
    cut = name.encode()[:most].decode(errors="ignore")
    if len(cut) == len(name):
        return name
    while cut and unicodedata.category(name[len(cut)])[0] == "M":
        cut = cut[:-1]
    return cut.rstrip("-_.")


def _kept(text: str) -> str:
    """Return a text with a hyphen in place of what has no place in a folder's name."""
    kept: list[str] = []
    for letter in _UNSEEN.sub("-", text):
        kind = unicodedata.category(letter)[0]
        fits = kind in "LN" or (kind == "M" and bool(kept) and kept[-1] != "-") or letter in "-_."
        kept.append(letter if fits else "-")
    # a dot stands alone, between letters
    return re.sub(r"\.(?![^\s.-])|(?<=[.-])\.", "-", "".join(kept)).lstrip("-_.")
