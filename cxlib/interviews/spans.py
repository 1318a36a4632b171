"""A table of codings and the transcripts -> spans in code points that their quotes prove, and what
was moved, converted or found on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlib.interviews.offsets import Convention
from cxlib.interviews.proofs import Proofs, State, prove
from cxlib.interviews.span_refusals import refuse
from cxlib.interviews.word_edges import cut_words, too_many
from cxlib.shown.message import Message


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Placed:
    """Codings whose spans fit the transcripts.

    Attributes
    ----------
    frame : pandas.DataFrame
        The rows without their quotes; `start` and `end` in code points (int64).
    notes : tuple of Message
        What was moved, converted, found and taken for what.
    warnings : tuple of Message
        Spans that may stand elsewhere than they say.
    """

    frame: pd.DataFrame
    notes: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()


def place(rows: pd.DataFrame, *, documents: pd.DataFrame, source: str) -> Placed:
    """Prove spans by their quotes; convert, move or find what is elsewhere.

    Parameters
    ----------
    rows : pandas.DataFrame
        `document` (one of `documents`), `start`, `end` (whole numbers, negative where not given),
        `coder`, and `quote` (text, empty where there is none) if there is such a column. The index
        is the number of each row.
    documents : pandas.DataFrame
        `document, text`.
    source : str
        The file's name, for refusals.

    Raises
    ------
    SourceError
        If a quote stands nowhere in its document, or in several places of which its offsets prove
        none, or if it is not known how the offsets of a row without a quote are counted.

    Notes
    -----
    Words are compared in the form of `quote_places.fold`. The offsets of a document are read in
    the way that proves most of its quotes (`counting.count_ways`): code points, UTF-16 units or
    UTF-8 bytes, line ends of one or two, from 0 or 1, with or without a byte order mark, with the
    end after or on the last character. A span that is not proved then is moved to where its quote
    stands, if that is one place in the document, and near (200 code points) or long enough (20
    letters, 10 ideographs) not to stand there by chance. Spans without offsets are found by their
    quote. A span whose place cannot be known is refused, never guessed.
    """
    texts = dict(zip(documents["document"], documents["text"], strict=True))
    proofs = prove(rows, texts)
    refuse(proofs.doubts, rows, texts, source)
    frame = rows.assign(start=np.maximum(proofs.starts, 0), end=np.maximum(proofs.ends, 0))
    return Placed(
        frame=frame.drop(columns="quote", errors="ignore"),
        notes=tuple(_notes(proofs)),
        warnings=(*_doubtful(proofs), *_cut(proofs, texts)),
    )


def _notes(proofs: Proofs) -> Iterator[Message]:
    spans = int((proofs.ends >= 0).sum())
    ways: dict[Convention, list[str]] = {}
    for name, how, _ in proofs.ways:
        ways.setdefault(how, []).append(name)
    for how, names in ways.items():
        rows = np.concatenate([rows for _, way, rows in proofs.ways if way == how])
        yield Message(
            "interviews.offsets_converted",
            documents=list(dict.fromkeys(names)),
            how=how.words(),
            n=int(np.isin(proofs.state[rows], (State.CONVERTED, State.FOLLOWED)).sum()),
            proved=int((proofs.state[rows] == State.CONVERTED).sum()),
        )
    followed = int((proofs.state == State.FOLLOWED).sum())
    if followed:
        yield Message("interviews.offsets_followed", n=followed)
    moved = proofs.shift[proofs.state == State.MOVED]
    if len(moved):
        yield Message("interviews.spans_moved", n=len(moved), all=spans, most=int(moved.max()))
    found = int((proofs.state == State.FOUND).sum())
    if found:
        yield Message("interviews.spans_found", n=found)


def _doubtful(proofs: Proofs) -> Iterator[Message]:
    doubted = proofs.state == State.DOUBTED
    if doubted.any():
        names = [name for name, rows in proofs.of.items() if doubted[rows].any()]
        yield Message("interviews.warn_not_moved", n=int(doubted.sum()), documents=names)
    others = proofs.state == State.OPEN
    if others.any():
        names = [name for name, rows in proofs.of.items() if others[rows].any()]
        yield Message("interviews.warn_not_converted", n=int(others.sum()), documents=names)


def _cut(proofs: Proofs, texts: Mapping[str, str]) -> Iterator[Message]:
    """Warn of documents, and of all others together, whose spans begin or end inside words."""
    bare = (proofs.state == State.GIVEN) & (proofs.starts >= 0) & (proofs.ends > proofs.starts)
    rows = {
        name: which[bare[which] & (proofs.ends[which] <= len(texts[name]))]
        for name, which in proofs.of.items()
    }
    spans = ((proofs.starts[which], proofs.ends[which]) for which in rows.values())
    cut = dict(zip(rows, cut_words((texts[name] for name in rows), spans), strict=True))
    listed = {name: part for name, part in cut.items() if too_many(int(part.sum()), len(part))}
    rest = [part for name, part in cut.items() if name not in listed]
    parts = [
        Message("interviews.cut_in", document=name, cut=int(part.sum()), n=len(part))
        for name, part in listed.items()
    ]
    n, inside = sum(map(len, rest)), int(sum(part.sum() for part in rest))
    if too_many(inside, n):
        parts.append(Message("interviews.cut_in_others", cut=inside, n=n))
    if parts:
        yield Message("interviews.warn_cut_words", parts=parts)
