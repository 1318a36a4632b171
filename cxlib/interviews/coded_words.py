"""Words that were coded -> what a line of a coder's file says of them, by which other words are
noticed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

EDGE = 12  # code points of a span's beginning and of its end
_DIGITS = 12  # of the hash: two texts in 10^14 share it


def proof_of(words: str) -> Mapping[str, str]:
    """Return the first and the last words of a span, and a hash of all of it.

    >>> dict(proof_of("four days late"))
    {'first': 'four days la', 'last': 'ur days late', 'sha': 'e385f4cabe4f'}
    """
    return {"first": words[:EDGE], "last": words[-EDGE:], "sha": hash_of(words)}


def hash_of(words: str) -> str:
    """Return a short hash of words, which says nothing of what they are."""
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
