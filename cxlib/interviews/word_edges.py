"""Spans without quotes -> how many begin or end inside a word, which offsets that are counted
otherwise do."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from cxlib.interviews.quote_places import as_points

FEWEST = 3  # spans that are cut
SHARE = 1 / 5
# scripts without blanks between words, whose borders cannot be told here
_NO_BLANKS = (
    *("CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA", "BOPOMOFO"),
    *("THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN"),
)


def cut_words(texts: Iterable[str], spans: Iterable[tuple[NDArray, NDArray]]) -> list[NDArray]:
    """Return which spans begin or end inside a word.

    Parameters
    ----------
    texts : iterable of str
    spans : iterable of (ndarray of int, ndarray of int)
        Starts and ends in each text, in code points.

    Notes
    -----
    Inside is where letters or digits of one script stand on both sides: a Korean particle behind a
    Latin name begins a word of its own. Scripts that are written without blanks have no such place.
    """
    around = []
    for text, (starts, ends) in zip(texts, spans, strict=True):
        points = np.concatenate([[32], as_points(text), [32]])
        around.append(points[np.stack([starts, starts + 1, ends, ends + 1])])
    if not around:
        return []
    distinct, which = np.unique(np.concatenate(around, axis=1), return_inverse=True)
    script = np.array([_script(chr(point)) for point in distinct])[which.reshape(4, -1)]
    cut = ((script[0] == script[1]) & (script[0] > 0)) | (
        (script[2] == script[3]) & (script[2] > 0)
    )
    return np.split(cut, np.cumsum([part.shape[1] for part in around])[:-1])


def too_many(cut: int, n: int) -> bool:
    """Return whether so many of n spans are cut that offsets may be counted otherwise.

    >>> too_many(2, 4), too_many(3, 15), too_many(4, 15)
    (False, False, True)
    """
    return cut >= FEWEST and cut > SHARE * n


def _script(mark: str) -> int:
    """Return 0 for what is in no word that blanks end, 2 for Hangul, 1 for all others."""
    if not mark.isalnum():
        return 0
    name = unicodedata.name(mark, "")
    if name.startswith(_NO_BLANKS):
        return 0
    return 2 if name.startswith(("HANGUL", "HALFWIDTH HANGUL")) else 1
