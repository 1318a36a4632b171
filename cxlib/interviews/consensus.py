"""Codings of what was agreed upon -> what was settled, by unit and code, as far as it says."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.errors import SourceError
from cxlib.interviews import counts
from cxlib.interviews.corpus import CODING, PROGRESS, Corpus
from cxlib.interviews.halfway import stops
from cxlib.shown.message import Message


@dataclass(frozen=True, slots=True, eq=False)
class Agreed:
    """Decisions, and what can change the headline of them."""

    decisions: pd.DataFrame
    flags: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class _Partial:
    """Interviews of a consensus that lacks most codes on which coders agree."""

    documents: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def settled_by(corpus: Corpus, consensus: pd.DataFrame) -> Agreed:
    """Return the decisions that codings of what was agreed upon hold.

    Parameters
    ----------
    corpus : Corpus
    consensus : pandas.DataFrame
        As `Corpus.codings`, of those who are no coders, and `read_to` (code points), how far it
        says that the interview was settled; missing where it does not say.

    Returns
    -------
    Agreed
        `document, start, end, code, holds, reason, decided_by`.

    Raises
    ------
    SourceError
        If two of them differ on a unit.

    Notes
    -----
    In an interview that it has, each code that it or a coder put on a unit is settled: it holds
    where the consensus has it. Not settled is what lies behind its mark, or behind its last code
    where it seems to have stopped there (`halfway.stops`); and in an interview where it lacks more
    than half of the codes on which all coders agree, and so seems to hold only what was discussed,
    each unit on which it has no code and coders do not differ.
    """
    used = consensus.loc[consensus["code"] != "", ["document", "start", "end", "code"]]
    grid = counts.grid(replace(corpus, decisions=used.assign(holds=True)))
    unopened = consensus[~consensus["document"].isin(grid.documents)]
    consensus = consensus.drop(unopened.index)
    names = sorted(consensus["coder"].unique())
    limits, early = _limits(corpus, consensus)
    made, flags = {}, [*_unopened(unopened), *_early(early)]
    for name in names:
        made[name], partial = _of_one(grid, consensus, name, limits, corpus)
        if partial.documents:
            flags.append(
                Message(
                    "interviews.consensus_partial",
                    coder=name,
                    documents=partial.documents,
                    **partial.counts,
                )
            )
    _refuse_two(grid, made)
    return Agreed(_frame(grid, made), tuple(flags))


def _unopened(consensus: pd.DataFrame) -> list[Message]:
    return [
        Message("interviews.consensus_unopened", coder=name, n=len(names), documents=list(names))
        for name, rows in consensus.groupby("coder")
        if len(names := rows["document"].unique())
    ]


def _limits(
    corpus: Corpus, consensus: pd.DataFrame
) -> tuple[dict[tuple[str, str], int], dict[str, list[str]]]:
    """Return how far each was settled, by interview and name, and where that is a guess."""
    marks = consensus[["document", "coder", "read_to"]].dropna().drop_duplicates()
    limits = {(row.document, row.coder): int(row.read_to) for row in marks.itertuples()}
    beside = replace(
        corpus,
        codings=pd.concat([corpus.codings, consensus[list(CODING)]], ignore_index=True),
        progress=pd.concat([corpus.progress, marks[list(PROGRESS)]], ignore_index=True),
    )
    early: dict[str, list[str]] = {}
    for stop in stops(beside):
        if stop.coder in set(consensus["coder"]):
            limits[stop.document, stop.coder] = stop.read_to
            early.setdefault(stop.coder, []).append(stop.document)
    return limits, early


def _early(early: dict[str, list[str]]) -> list[Message]:
    return [
        Message("interviews.consensus_early", coder=name, n=len(names), documents=names)
        for name, names in early.items()
    ]


def _of_one(
    grid: counts.Grid,
    consensus: pd.DataFrame,
    name: str,
    limits: dict[tuple[str, str], int],
    corpus: Corpus,
) -> tuple[NDArray, _Partial]:
    """Return what one of them settles, as `Grid.settled`, and where it holds only a part."""
    own = consensus[consensus["coder"] == name]
    spans = own[own["code"] != ""].reset_index(drop=True)
    row, unit = counts.overlaps(spans, grid.units, corpus.documents)
    holds = np.zeros((len(grid.units), len(grid.codes)), bool)
    holds[unit, pd.Index(grid.codes).get_indexer(spans["code"])[row]] = True
    has_code, ends = holds.any(axis=1), grid.units["end"].to_numpy(np.int64)
    who, could = grid.applied.sum(axis=1), grid.opened.sum(axis=1)[:, None]
    alike, differ = (who == could) & (could > 1), ((who > 0) & (who < could)).any(axis=1)
    reached, partial = np.zeros(len(grid.units), bool), _Partial()
    for document in own["document"].unique():
        here = grid.document == grid.documents.index(document)
        limit = limits.get((document, name), np.iinfo(np.int64).max)
        here &= ends <= max(limit, int(ends[here & has_code].max(initial=0)))
        agreed, had = int(alike[here].sum()), int((alike & holds)[here].sum())
        if 2 * had < agreed:
            left = here & ~has_code & ~differ
            here &= ~left
            partial.documents.append(document)
            partial.counts["all"] += agreed
            partial.counts["had"] += had
            partial.counts["n"] += int((left & grid.applied.any(axis=(1, 2))).sum())
        reached |= here
    counted = reached[:, None] & (holds | grid.applied.any(axis=1))
    return np.where(counted, holds, np.where(reached[:, None], -2, -1)).astype(np.int8), partial


def _refuse_two(grid: counts.Grid, made: dict[str, NDArray]) -> None:
    """Refuse two that differ on a unit; -2 is a code that nobody has where one of them settles."""
    for one, other in itertools.combinations(made, 2):
        a, b = made[one], made[other]
        differ = (a != -1) & (b != -1) & ((a == 1) != (b == 1))
        if differ.any():
            unit, code = np.argwhere(differ)[0]
            first, second = (one, other) if a[unit, code] == 1 else (other, one)
            place = grid.units.iloc[unit]
            raise SourceError(
                f"codings: {one!r} and {other!r} both stand for what was agreed upon, and differ "
                f"on {int(differ.any(axis=1).sum()):,} unit(s) (first: {grid.codes[code]!r} on "
                f"{place['start']} to {place['end']} of {place['document']!r}, which {first!r} has "
                f"and {second!r} has not); take the one that does not count out of the folder or "
                "list, or write in its column read how far it goes"
            )


def _frame(grid: counts.Grid, made: dict[str, NDArray]) -> pd.DataFrame:
    settled = np.stack(list(made.values())) if made else np.full((1, *grid.settled.shape), -1)
    which, code = np.nonzero((settled >= 0).any(axis=0))
    where = grid.units.iloc[which]
    by = settled[:, which, code] >= 0
    names = np.asarray(list(made), object)
    return pd.DataFrame(
        {
            **{name: where[name].to_numpy() for name in ("document", "start", "end")},
            "code": np.asarray(grid.codes, object)[code],
            "holds": (settled == 1).any(axis=0)[which, code],
            "reason": "",
            "decided_by": [", ".join(names[by[:, at]]) for at in range(len(which))],
        }
    )
