"""Names of documents as a table has them -> those of the transcripts, without a suffix or with
another one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from cxlib.shown.message import Message

# of transcripts, and of the recordings that they are of
_SUFFIX = re.compile(
    r"\.(docx?|odt|rtf|pdf|txt|text|md|srt|s?vtt|html?|json|mp[34]|m4a|wav|webm|mov|avi)$", re.I
)


def match_documents(
    names: Iterable[str], known: Iterable[str]
) -> tuple[dict[str, str], list[Message]]:
    """Return which transcript each name means, and what was taken for what; a name that may mean
    none or several is left out.

    Parameters
    ----------
    names : iterable of str
        In Unicode form NFC.
    known : iterable of str
        Names of transcripts.

    Notes
    -----
    A name with another suffix is another document where the table has the right one as well.

    >>> match_documents(["one", "two.docx"], ["one.txt", "two.txt", "two.md"])[0]
    {'one': 'one.txt'}
    """
    exact = {unicodedata.normalize("NFC", name).strip(): name for name in known}
    names = list(dict.fromkeys(names))
    found = {name: exact[name] for name in names if name in exact}
    bare: dict[str, list[str]] = {}
    for short, name in exact.items():
        bare.setdefault(_SUFFIX.sub("", short), []).append(name)
    taken = set(found.values())
    others = [name for name in names if name and name not in found]
    stems = [_SUFFIX.sub("", name) for name in others]
    for name, stem in zip(others, stems, strict=True):
        whole = bare.get(name, [])
        suffixed = bare.get(stem, []) if stem != name and stems.count(stem) == 1 else []
        if len(whole) == 1:
            found[name] = whole[0]
        elif not whole and len(suffixed) == 1 and suffixed[0] not in taken:
            found[name] = suffixed[0]
    return found, _notes(found, exact)


def _notes(found: Mapping[str, str], exact: Mapping[str, str]) -> list[Message]:
    pairs = [
        Message("interviews.document_as", given=name, document=document)
        for name, document in found.items()
        if name not in exact
    ]
    return [Message("interviews.documents_matched", pairs=pairs, n=len(pairs))] if pairs else []
