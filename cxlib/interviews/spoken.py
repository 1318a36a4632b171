"""A corpus -> what was said before and after a place: words of units, those of interviewers too,
without labels, header or front matter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cxlib.interviews.corpus import Corpus

_BETWEEN = " / "  # what two units are parted by


class Spoken:
    """What anybody said, by interview and in order.

    Parameters
    ----------
    corpus : Corpus
        Its `all_units`; `units` where it has no others.
    """

    def __init__(self, corpus: Corpus) -> None:
        units = corpus.all_units if len(corpus.all_units) else corpus.units
        self._texts = dict(zip(corpus.documents["document"], corpus.documents["text"], strict=True))
        self._spans = {
            str(document): rows.sort_values(["start", "end"])[["start", "end"]].to_numpy(np.int64)
            for document, rows in units.groupby("document", sort=False)
        }

    def between(self, document: str, start: int, end: int) -> list[str]:
        """Return the words of each unit between two places (code points)."""
        spans = self._spans[document]
        inside = spans[(spans[:, 0] >= start) & (spans[:, 1] <= end)]
        return [self._texts[document][first:last] for first, last in inside]

    def before(self, document: str, start: int, *, most: int) -> str:
        """Return on one line the last words that were said before a place, at most so many code
        points of them."""
        said = self._line(document, lambda spans: spans[spans[:, 1] <= start][::-1], most)
        joined = _BETWEEN.join(said[::-1])
        return joined if len(joined) <= most else f"…{joined[-most:]}"

    def after(self, document: str, end: int, *, most: int) -> str:
        """Return on one line the first words that were said after a place, at most so many."""
        joined = _BETWEEN.join(self._line(document, lambda spans: spans[spans[:, 0] >= end], most))
        return joined if len(joined) <= most else f"{joined[:most]}…"

    def _line(self, document: str, chosen: Callable[[NDArray], NDArray], most: int) -> list[str]:
        text, said = self._texts[document], list[str]()
        for first, last in chosen(self._spans[document]):
            said.append(" ".join(text[first:last].split()))
            if sum(map(len, said)) > most:
                break
        return said
