"""A corpus -> how much of it coders were not sure of, and agreement without that."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cxlib.interviews import counts
from cxlib.interviews.corpus import Corpus
from cxlib.interviews.counted import is_counted
from cxlib.interviews.journal import UNCERTAIN
from cxlib.interviews.presences import alpha_of_sets
from cxlib.shown.message import Message


def uncertain(corpus: Corpus) -> Iterator[Message]:
    """Say how many codings that count were marked as uncertain, and what agreement is without
    them."""
    if UNCERTAIN not in corpus.codings.columns:
        return
    doubted = corpus.codings[UNCERTAIN].eq(True).to_numpy(bool)
    counted = is_counted(corpus.codings, corpus.units)
    n, of = int((doubted & counted).sum()), int(counted.sum())
    if not n:
        return
    now, without = _alpha(corpus), _alpha(corpus.certain())
    if np.isnan(now) or np.isnan(without):
        yield Message("interviews.warn_uncertain", n=n, of=of)
    else:
        yield Message("interviews.warn_uncertain_alpha", n=n, of=of, now=now, then=without)


def _alpha(corpus: Corpus) -> float:
    """Return the alpha of all codes as sets; missing where no unit was read by two."""
    grid = counts.grid(corpus)
    shared = (grid.opened.sum(axis=1) >= 2).any()
    return alpha_of_sets(grid.applied, grid.opened) if shared else np.nan
