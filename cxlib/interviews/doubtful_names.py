"""Cells of codes and coders -> each name apart, and what is no name of a code or of one coder."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

import pandas as pd

from cxlib.errors import SourceError
from cxlib.interviews.naming import bare, in_quotes
from cxlib.interviews.sheet_codes import split
from cxlib.shown.message import Message

_BETWEEN_CODES = re.compile(r"[,，、|｜/／]")
_SLASH = re.compile("[/／]")  # stands in names of codes as well
_COMMA = re.compile("[,，]")
_BETWEEN_CODERS = re.compile(r"[;；,，、|｜/／&＆+＋・\r\n]|\s(?:and|und|y|et|e|with)\s")
_NOTHING_WORDS = """
none, no code, no codes, not coded, uncoded, no theme, nothing, n/a, na, nil, null, nan, blank,
empty, not applicable, なし, 無し, 無, 該当なし, 該当無し, コードなし, 特になし,
없음, 해당없음, 코드없음, 해당사항없음,
无, 没有, 沒有, 不适用, keine, kein, keiner, kein code, aucun, aucune, ninguno, ninguna,
nenhum, nessuno, geen, ingen, нет
"""


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in plain if char.isalnum())


_NOTHING = {_folded(word) for word in _NOTHING_WORDS.split(",")}
_STROKES = frozenset("-–—―−_.‐‑ー")


def is_nothing(code: str) -> bool:
    """Return whether somebody may have written a code for want of one.

    >>> is_nothing("N/A"), is_nothing("-"), is_nothing("該当なし"), is_nothing("none left")
    (True, True, True, False)
    """
    return _folded(code) in _NOTHING or (bool(code) and set(code) <= _STROKES)


def split_codes(
    codings: pd.DataFrame, codebook: pd.DataFrame | None, *, source: str
) -> tuple[pd.DataFrame, list[Message]]:
    """Return codings with a row a code where a cell has several, with `;` or a line break between
    them; a name that the codebook has is one code."""
    known = set() if codebook is None else {bare(name) for name in codebook["name"]}
    parts = {
        code: found
        for code in dict.fromkeys(codings["code"])
        if bare(code) not in known and (found := split([("code", code)])) and found != [code]
    }
    if not parts:
        return codings, []
    several = codings["code"].isin(parts)
    codes = codings["code"].map(lambda code: parts.get(code, [code]))
    told = Message(
        "interviews.codes_split", file=source, n=int(several.sum()), codes=in_quotes(parts)
    )
    return codings.assign(code=codes).explode("code"), [told]


def refuse_two_coders(coders: pd.Series) -> None:
    """Refuse a cell that names several coders who code alone elsewhere.

    Parameters
    ----------
    coders : pandas.Series
        The coder of each row.
    """
    known = set(coders)
    for name in dict.fromkeys(coders):
        parts = _parts(_BETWEEN_CODERS, name)
        if len(parts) > 1 and set(parts) <= known:
            n = int((coders == name).sum())
            raise SourceError(
                f"codings: coder={name!r} ({n:,} row(s)) names {len(parts)} coders who have rows "
                "of their own; give each of them her own rows, or call what was coded together "
                "'consensus' if it is what was agreed upon"
            )


def doubtful_coders(coders: pd.Series) -> Iterator[Message]:
    """Say which coders seem to be several, of whom one codes alone elsewhere; after a comma may
    stand a given name."""
    known = {bare(name) for name in set(coders)}
    for name, n in coders.value_counts().items():
        parts = [bare(part) for part in _parts(_BETWEEN_CODERS, str(name))]
        if len(parts) > 1 and not _COMMA.search(str(name)) and known & set(parts):
            yield Message("interviews.coder_of_several", coder=name, n=int(n))


def doubtful_codes(codings: pd.DataFrame, codebook: pd.DataFrame | None) -> Iterator[Message]:
    """Say which codes stand for none, and which seem to be several in one cell."""
    rows = codings.loc[codings["code"] != "", "code"].value_counts()
    for code, n in rows.items():
        if is_nothing(str(code)):
            yield Message("interviews.code_of_nothing", code=code, n=int(n))
    own = set() if codebook is None else set(codebook["name"])
    known = {bare(str(name)) for name in (*rows.index, *own)}
    for code, n in rows.items():
        if code not in own and _is_several(str(code), known):
            yield Message("interviews.code_of_several", code=code, n=int(n))


def _is_several(code: str, known: set[str]) -> bool:
    """Whether parts of a code are codes: all of them, where a slash stands between them."""
    parts = _parts(_BETWEEN_CODES, code)
    if len(parts) < 2:
        return False
    there = [bare(part) in known for part in parts]
    return all(there) or (any(there) and not _SLASH.search(code))


def _parts(between: re.Pattern[str], text: str) -> Sequence[str]:
    return [part for part in map(str.strip, between.split(text)) if part]
