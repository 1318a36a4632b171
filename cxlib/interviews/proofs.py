"""Spans with quotes and the texts they are of -> where each span stands, how that is known, and
which cannot be known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.interviews.counting import OURS, Counting, Spans, count_alike, count_ways
from cxlib.interviews.offsets import Convention
from cxlib.interviews.quote_places import Places, as_points, fold
from cxlib.interviews.span_refusals import Doubt, Fault

NEAR = 200  # code points that the span of a short quote may have been shifted
LONG = 20  # letters of a quote that no other place has by chance; those beyond U+2E80 count twice


class State(IntEnum):
    """How it is known where a span stands."""

    GIVEN = 0  # without a quote
    PROVED = 1
    CONVERTED = 2
    FOLLOWED = 3  # without a quote, converted as others of its document
    MOVED = 4
    FOUND = 5  # without offsets
    DOUBTED = 6  # without a quote, beside others that had to be moved
    OPEN = 7  # without a quote, where other documents were converted and this proves nothing


@dataclass(slots=True, eq=False)
class Proofs:
    """All spans, and how it is known where each stands.

    Attributes
    ----------
    starts, ends : ndarray of int
        Code points; negative where there are none.
    quotes : sequence of str
        "" where there is none.
    coders : ndarray of str
    of : mapping of str to ndarray of int
        Document to its rows.
    state : ndarray of int
        A `State` each.
    shift : ndarray of int
        Code points by which a span was moved.
    ways : list of (str, Convention, ndarray of int)
        Documents that were counted in another way than ours, and the rows.
    doubts : list of Doubt
    """

    starts: NDArray
    ends: NDArray
    quotes: Sequence[str]
    coders: NDArray
    of: Mapping[str, NDArray]
    state: NDArray
    shift: NDArray
    ways: list[tuple[str, Convention, NDArray]] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)


def prove(rows: pd.DataFrame, texts: Mapping[str, str]) -> Proofs:
    """Prove, convert, move and find spans.

    Parameters
    ----------
    rows : pandas.DataFrame
        As `spans.place` takes them.
    texts : mapping of str to str
        Document to its text.
    """
    quotes = rows["quote"].tolist() if "quote" in rows else [""] * len(rows)
    quotes = [quote if quote and not quote.isspace() else "" for quote in quotes]
    proofs = Proofs(
        starts=rows["start"].to_numpy(np.int64).copy(),
        ends=rows["end"].to_numpy(np.int64).copy(),
        quotes=quotes,
        coders=rows["coder"].to_numpy(),
        of=rows.groupby("document", sort=False).indices,
        state=np.zeros(len(rows), dtype=np.int8),
        shift=np.zeros(len(rows), dtype=np.int64),
    )
    if any(quotes):
        waiting = [
            _Open(name, which, spans, count_ways(spans))
            for name, which in proofs.of.items()
            if (spans := _open(proofs, which, texts[name])) is not None
        ]
        _settle(proofs, waiting)
        _leave_open(proofs, texts)
    return proofs


@dataclass(frozen=True, slots=True, eq=False)
class _Open:
    """A document whose quotes are not all where their offsets say."""

    name: str
    rows: NDArray
    spans: Spans
    countings: list[Counting]


def _open(proofs: Proofs, which: NDArray, text: str) -> Spans | None:
    """Mark what its offsets prove as they are; return the spans where that is not all."""
    left = False
    for row in which:
        quote, start, end = proofs.quotes[row], proofs.starts[row], proofs.ends[row]
        if not quote:
            continue
        words = text[start:end] if 0 <= start < end else ""
        if words == quote or (words and fold(words) == fold(quote)):
            proofs.state[row] = State.PROVED
        else:
            left = True
    if not left:
        return None
    quotes = np.array([proofs.quotes[row] for row in which], dtype=object)
    coders = proofs.coders[which]
    return Spans(Places(text), proofs.starts[which], proofs.ends[which], quotes, coders)


def _settle(proofs: Proofs, waiting: Sequence[_Open]) -> None:
    known = {part.reading.how for at in waiting for part in at.countings} - {OURS}
    for at in waiting:
        for found in at.countings:
            part = count_alike(at.spans, found, known) if known else found
            if part.reading.how != OURS:
                proofs.ways.append((at.name, part.reading.how, at.rows[part.rows]))
            unproved = at.spans.quoted & ~part.reading.proved
            moved = 2 * unproved[part.rows].sum() > at.spans.quoted[part.rows].sum()
            for row in part.rows:
                if at.spans.quotes[row]:
                    _settle_quoted(proofs, at, part, row)
                elif at.spans.given[row]:
                    _settle_bare(proofs, at, part, row, moved=bool(moved))


def _settle_quoted(proofs: Proofs, at: _Open, part: Counting, row: int) -> None:
    reading, to = part.reading, at.rows[row]
    if reading.proved[row] and not part.open[row]:
        proofs.starts[to], proofs.ends[to] = reading.starts[row], reading.ends[row]
        proofs.state[to] = State.PROVED if reading.how == OURS else State.CONVERTED
        return
    quote, places = at.spans.quotes[row], at.spans.places
    found = places.find(quote)
    given = bool(at.spans.given[row])
    start = reading.starts[row] if reading.starts[row] >= 0 else at.spans.starts[row]
    if len(found) == 1 and places.is_whole(quote, found[0]):
        place = places.with_edges(quote, found[0])
        shift = abs(place[0] - int(start))
        if not given or shift <= NEAR or _length(quote) >= LONG:
            proofs.starts[to], proofs.ends[to] = place
            proofs.state[to] = State.MOVED if given else State.FOUND
            proofs.shift[to] = shift if given else 0
            return
    fault = Fault.NOWHERE if not found else Fault.SEVERAL if len(found) > 1 else Fault.FAR
    proofs.doubts.append(
        Doubt(
            row=int(to), fault=fault, document=at.name, quote=quote, places=found, given=given,
            nearest=None if found else places.nearest(quote),
        )
    )  # fmt: skip


def _settle_bare(proofs: Proofs, at: _Open, part: Counting, row: int, *, moved: bool) -> None:
    """Convert a span without a quote as those of its document that have one."""
    reading, to = part.reading, at.rows[row]
    if reading.how == OURS:
        proofs.state[to] = State.DOUBTED if moved else State.GIVEN
    elif part.torn or part.open[row] or reading.starts[row] < 0:
        proofs.doubts.append(Doubt(row=int(to), fault=Fault.TWO_WAYS, document=at.name))
    else:
        proofs.starts[to], proofs.ends[to] = reading.starts[row], reading.ends[row]
        proofs.state[to] = State.FOLLOWED


def _leave_open(proofs: Proofs, texts: Mapping[str, str]) -> None:
    """Mark spans without a quote that the way in which other documents were counted puts elsewhere,
    where no quote of their own document speaks against it."""
    known = {how for _, how, _ in proofs.ways}
    for name, rows in proofs.of.items() if known else ():
        bare = (proofs.state[rows] == State.GIVEN) & (proofs.ends[rows] > 0)
        if not bare.any():
            continue
        starts, ends = proofs.starts[rows], proofs.ends[rows]
        points = as_points(texts[name])
        for how in known:
            others = how.convert(how.count(points), starts, ends)
            apart = (others[0] != starts) | (others[1] != ends)
            if not (apart & (proofs.state[rows] == State.PROVED)).any():
                proofs.state[rows[apart & bare]] = State.OPEN


def _length(quote: str) -> int:
    return sum(2 if mark >= "\u2e80" else 1 for mark in fold(quote))
