"""A corpus -> who seems to have stopped within an interview, and what that does to alpha."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cxlib.interviews import counts
from cxlib.interviews.corpus import PROGRESS, Corpus
from cxlib.interviews.presences import alpha_of_sets
from cxlib.shown.message import Message

# a coder who marked nothing behind her last span would do so by chance with less than this
_CHANCE = 0.001
_FEWEST = 3  # units that others coded behind her last span
_GOOD_PART = 1 / 3  # of the interviews
_UNTIL = 0.8  # of the units: whoever stopped later than that did not stop half way


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A coder whose last span in an interview lies clearly before the others'."""

    document: str
    coder: str
    read_to: int
    at: float  # share of the interview's units
    others_at: float


def stops(corpus: Corpus) -> list[Stop]:
    """Return who seems to have stopped reading in which interview.

    Notes
    -----
    Of the units that another coder coded up to her last one she coded a share r, plus half a unit.
    Behind it are B units that another coder coded; all of them would be passed over by chance with
    (1 - r)^B. She is named where that is below 0.001, B is at least 3 and her last unit lies in the
    first four fifths. Whose progress is known is never named.
    """
    grid = counts.grid(corpus)
    known = set(zip(corpus.progress["document"], corpus.progress["coder"], strict=True))
    any_code = np.asarray(grid.applied.any(axis=2))
    found = []
    for number, document in enumerate(grid.documents):
        here = np.flatnonzero(grid.document == number)
        here = here[np.argsort(grid.units["start"].to_numpy()[here], kind="stable")]
        for who, coder in enumerate(grid.coders):
            own = any_code[here, who]
            others = np.asarray(np.delete(any_code[here], who, axis=1).any(axis=1))
            if (document, coder) in known or not own.any() or not others.any():
                continue
            last, furthest = np.flatnonzero(own)[-1], np.flatnonzero(others)[-1]
            before, behind = others[: last + 1], others[last + 1 :].sum()
            rate = (own[: last + 1][before].sum() + 0.5) / (before.sum() + 1)
            if (
                behind >= _FEWEST
                and (last + 1) / len(here) <= _UNTIL
                and (1 - rate) ** behind < _CHANCE
            ):
                end = int(grid.units["end"].iloc[here[last]])
                found.append(
                    Stop(
                        document=document,
                        coder=coder,
                        read_to=end,
                        at=(last + 1) / len(here),
                        others_at=(furthest + 1) / len(here),
                    )
                )
    return found


def stopped_early(corpus: Corpus) -> Iterator[Message]:
    """Say who seems to have stopped, and the agreement if that is so."""
    found = stops(corpus)
    if not found:
        return
    rows = [(stop.document, stop.coder, stop.read_to) for stop in found]
    read = pd.concat([corpus.progress, pd.DataFrame(rows, columns=list(PROGRESS))])
    alpha, otherwise = _alpha(corpus), _alpha(replace(corpus, progress=read))
    for coder in dict.fromkeys(stop.coder for stop in found):
        own = [stop for stop in found if stop.coder == coder]
        told = {
            "coder": coder,
            "document": own[0].document,
            "at": own[0].at,
            "others_at": own[0].others_at,
            "alpha": alpha,
            "otherwise": otherwise,
        }
        if len(own) == 1:
            yield Message("interviews.stopped_early", **told)
        else:
            yield Message("interviews.stopped_early_often", n=len(own) - 1, **told)


def read_by_one(corpus: Corpus) -> Iterator[Message]:
    """Say in which interviews no unit was read by two coders, where that is a good part of them and
    others were read by several."""
    grid = counts.grid(corpus)
    several = grid.in_documents(grid.opened.sum(axis=1)[:, None] >= 2)[:, 0]
    alone = [name for name, yes in zip(grid.documents, several, strict=True) if not yes]
    if several.any() and len(alone) >= _GOOD_PART * len(several):
        yield Message("interviews.flag_read_by_one", n=len(alone), of=len(several), documents=alone)


def _alpha(corpus: Corpus) -> float:
    grid = counts.grid(corpus)
    return alpha_of_sets(grid.applied, grid.opened)
