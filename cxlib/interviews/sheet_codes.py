"""Codes as somebody typed them -> the codes of the codebook, with what was joined and what is
new."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cxlib.check import nearest
from cxlib.interviews.naming import bare
from cxlib.interviews.sheet_cells import trace
from cxlib.rows import names
from cxlib.shown.message import Message

# what people put between two codes, where it should be ;
_OTHERWISE = re.compile(r"[、,，､/／|｜・･+＋&＆\t]|\s-\s")
_BETWEEN = re.compile("[;；\r\n]")


@dataclass(frozen=True, slots=True)
class Spelled:
    """The code that each spelling is, and what was noticed."""

    codes: Mapping[str, str]
    notes: tuple[Message, ...]
    warnings: tuple[Message, ...]


def split(cells: Iterable[tuple[str, str]]) -> list[str]:
    """Return the codes of the cells of a unit, each once.

    >>> split([("code", "late delivery"), ("more codes", "price；late delivery ;")])
    ['late delivery', 'price']
    """
    codes = (code.strip() for _, cell in cells for code in _BETWEEN.split(cell))
    return list(dict.fromkeys(code for code in codes if code))


def spell(
    typed: Sequence[str],
    known: Sequence[str],
    *,
    file: str,
    places: Mapping[str, Sequence[Message]] | None = None,
    right: Mapping[str, str] | None = None,
) -> Spelled:
    """Return which code each spelling is; `places` are the cells of each, `right` the codes that
    were found already.

    A spelling that differs from one code of the codebook in white space, width or capital letters
    alone is that code. Among codes that are not in the codebook, those that differ in white space
    or width alone are one; those that differ in capital letters are told.
    """
    exact, right = set(known), right or {}
    by_trace: dict[str, list[str]] = defaultdict(list)
    for code in known:
        by_trace[_alike(code)].append(code)
    codes = {}
    for spelling in dict.fromkeys(typed):
        meant = by_trace.get(_alike(spelling), [])
        own = [code for code in meant if names.name(code) == names.name(spelling)]
        if spelling in exact or spelling in right:
            codes[spelling] = right.get(spelling, spelling)
        elif len(meant) == 1 or len(own) == 1:
            codes[spelling] = (own or meant)[0]
        else:
            codes[spelling] = names.name(spelling) or spelling
    joined: dict[str, list[str]] = defaultdict(list)
    for spelling, code in codes.items():
        joined[code].append(spelling)
    spellings = [
        Message("common.spellings", name=code, spellings=each)
        for code, each in joined.items()
        if each != [code]
    ]
    notes = (
        (Message("interviews.sheet_codes_joined", file=file, names=spellings),) if spellings else ()
    )
    two = {
        code: [place for each in joined[code] for place in (places or {}).get(each, ())]
        for code in joined
        if code not in exact and _is_two(code, {*map(bare, known), *map(bare, joined)}, right)
    }
    said = [Message("interviews.sheet_two_codes", file=file, **_cells(two))] if two else []
    others = [code for code in joined if code not in two]
    return Spelled(codes, notes, (*said, *_warnings(others, known, file)))


def parts_of(code: str) -> list[str]:
    """Return what stands between signs that people write for ; in a name.

    >>> parts_of("price、late delivery")
    ['price', 'late delivery']
    """
    return [part for part in map(str.strip, _OTHERWISE.split(code)) if part]


def _is_two(code: str, known: set[str], right: Mapping[str, str]) -> bool:
    parts = parts_of(code)
    return len(parts) > 1 and all(bare(part) in known or part in right for part in parts)


def _cells(two: Mapping[str, Sequence[Message]]) -> dict[str, Any]:
    return {
        "n": sum(map(len, two.values())) or len(two),
        "codes": [Message("interviews.quoted", name=code) for code in two],
        "cells": [cell for cells in two.values() for cell in cells],
    }


def _alike(code: str) -> str:
    return trace(names.name(code) or "").casefold()


def _warnings(used: Sequence[str], known: Sequence[str], file: str) -> Iterable[Message]:
    new = [code for code in used if code not in set(known)]
    if known and new:
        told = []
        for code in new:
            near = nearest(code, known)
            told.append(
                Message("interviews.sheet_near", code=code, near=near[0])
                if near
                else Message("interviews.quoted", name=code)
            )
        yield Message("interviews.sheet_new_codes", file=file, n=len(new), codes=told)
    alike: dict[str, list[str]] = defaultdict(list)
    for code in used:
        alike[_alike(code)].append(code)
    for each in alike.values():
        if len(each) > 1:
            quoted = [Message("interviews.quoted", name=code) for code in each]
            yield Message("interviews.sheet_codes_alike", file=file, codes=quoted)
