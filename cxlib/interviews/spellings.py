"""Names of codes and coders, as people write them -> which are one, and which are no coder's."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from cxlib.interviews import codebooks
from cxlib.interviews.naming import bare, in_quotes
from cxlib.shown.message import Message

# names of what was agreed upon, and the words that may stand behind them
_AGREED_WORDS = (
    "settled consensus adjudicated adjudication final reconciled reconciliation agreed agreement "
    "resolved goldstandard consenso konsens konsensus 合議 合意 最終 確定 協議 一致 "
    "共识 共識 합의 최종 확정 협의 조정"
)
_AGREED = frozenset(_AGREED_WORDS.split())
_BESIDE_WORDS = (
    "coding codings codes code coded coder set version v by all 版 コード "
    "コーディング 案 코드 코딩 본 안"
)
_BESIDE = frozenset(_BESIDE_WORDS.split())
_ENDING = re.compile("(?:版|コード|コーディング|結果|案|済み?|본|안|코드|코딩|결과)+$")
_BETWEEN = frozenset(["and", "with", "of", "between", "y", "e", "et", "und"])
# a word of these may be a person's, or say that codings were put together, not agreed upon
_PERHAPS_WORDS = (
    "gold golden master merged merge joint jointly combined unified both 統合 共同 통합 공동 병합"
)
_PERHAPS = frozenset(_PERHAPS_WORDS.split())
_WRITTEN_TOGETHER = tuple(word for word in (*_AGREED, *_PERHAPS) if not word.isascii())


def is_consensus(coder: str, others: Sequence[str] = ()) -> bool:
    """Return whether a coder's name says that it is what was agreed upon, as in `Consensus (v2)`,
    `Resolved by lead` or, beside coders of these names, `Kim & Mori (final)`.

    >>> is_consensus("Final coding"), is_consensus("合議"), is_consensus("Finlay")
    (True, True, False)
    >>> is_consensus("Consensus Kim & Mori", ["Kim", "Mori"]), is_consensus("Kim (final)", ["Kim"])
    (True, False)
    """
    words = _words(coder)
    agreed = [word for word in words if _is_agreed(word)]
    if not agreed:
        return False
    if words[0] == agreed[0] and set(words[1:]) <= _BESIDE:
        return True
    if words[0] == agreed[0] and words[1] == "by":  # Final by Kim may be Kim's
        return words[0] not in ("final", "最終", "최종")
    named = [set(_words(other)) for other in others if other != coder]
    named = [each for each in named if each and each <= set(words) - {*agreed}]
    rest = set(words) - {*agreed} - _BESIDE - _BETWEEN
    return len(named) > 1 and rest <= set().union(*named)


def sounds_agreed(coder: str) -> bool:
    """Return whether a name has a word of what is agreed upon or put together, as `Gold` has.

    >>> sounds_agreed("Gold"), sounds_agreed("final_kim"), sounds_agreed("Kim")
    (True, True, False)
    """
    return any(
        _is_agreed(word) or word in _PERHAPS or any(part in word for part in _WRITTEN_TOGETHER)
        for word in _words(coder)
    )


def _words(name: str) -> list[str]:
    text = unicodedata.normalize("NFKC", name).casefold()
    return re.findall(r"[^\W\d_]+", re.sub(r"gold[\W_]*standard", "goldstandard", text))


def _is_agreed(word: str) -> bool:
    return word in _AGREED or _ENDING.sub("", word) in _AGREED


def join_spellings(
    codings: pd.DataFrame, codebook: pd.DataFrame | None
) -> tuple[pd.DataFrame, list[Message]]:
    """Return codings in which each spelling of a code is that of the codebook, and what was
    joined."""
    if codebook is None:
        return codings, []
    right = right_spellings(codings["code"], codebook)
    counts = codings["code"].value_counts()
    said = [
        Message("interviews.spelling_joined", spelling=code, code=name, n=int(counts[code]))
        for code, name in right.items()
    ]
    return codings.assign(code=codings["code"].replace(right)), said


def right_spellings(codes: Iterable[str], codebook: pd.DataFrame) -> dict[str, str]:
    """Return the code of the codebook for each that is written otherwise, or as its label."""
    known = codebook["name"].groupby(codebook["name"].map(bare)).agg(list)
    names = set(codebook["name"])
    labels = codebooks.spellings(codebook)
    right = {}
    for code in dict.fromkeys(codes):
        label, alike = labels.get(codebooks.fold_name(code)), known.get(bare(code), ())
        if code and code not in names and (label or len(alike) == 1):
            right[code] = label or alike[0]
    return right


def with_codes(
    codebook: pd.DataFrame | None, codings: pd.DataFrame, new: Sequence[str]
) -> pd.DataFrame:
    """Return the codebook with the codes that coders typed; without one, all codes used."""
    if codebook is None:
        return codebooks.codebook_from(codings)
    added = pd.DataFrame({"name": list(new)}).reindex(columns=codebook.columns, fill_value="")
    return pd.concat([codebook, added], ignore_index=True) if new else codebook


def codes_alike(codings: pd.DataFrame) -> Iterator[Message]:
    """Say which codes may be one and count as several, with how many rows each has."""
    counts = codings.loc[codings["code"] != "", "code"].value_counts()
    names = pd.Series(counts.index, dtype=object)
    for alike in names.groupby(names.map(bare)).agg(list):
        if len(alike) > 1:
            spelt = [
                Message("interviews.spelling_count", code=name, n=int(counts[name]))
                for name in alike
            ]
            yield Message("interviews.codes_alike", codes=spelt)


def coders_alike(codings: pd.DataFrame) -> Iterator[Message]:
    """Say which coders may be one person, with how many rows each has."""
    names = pd.Series(sorted(codings["coder"].unique()), dtype=object)
    for alike in names.groupby(names.map(bare)).agg(list):
        if len(alike) > 1:
            yield Message("interviews.warn_coders_alike", coders=in_quotes(alike))
