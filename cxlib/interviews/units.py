"""Transcripts -> the units that coders agree or differ on: turns, sentences, cues or lines."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.interviews import sentences
from cxlib.shown.message import Message, Word
from cxlib.sources.transcripts import FORMATS, Transcripts

UNIT = ("document", "unit", "speaker", "role", "start", "end", "started_seconds", "ended_seconds")
_LONG = 5_000  # code points; about six minutes of speech
_MANY_LINES = 8  # of one speaker alone
_LINE = re.compile(r"[^\r\n]+")


class UnitKind(StrEnum):
    """What a unit is; its word is in the singular unless `of` says how many."""

    TURN = "turn"
    SENTENCE = "sentence"
    CUE = "cue"
    LINE = "line"

    @property
    def values(self) -> dict[str, int]:
        """What the word is filled with."""
        return {"n": 1}

    def of(self, n: int) -> Word:
        """Return the word for so many of them."""
        return Word(self, n=n)

    @property
    def many(self) -> Word:
        """The word where no number is said."""
        return self.of(2)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Units:
    """The units of some transcripts.

    Attributes
    ----------
    frame : pandas.DataFrame
        `document, unit` (from 1 in each document)`, speaker, role` (empty)`, start, end,
        started_seconds, ended_seconds`, one row a unit, in order. Half-open code points without
        outer white space; units do not overlap, none lies in two turns, and together they hold all
        that the turns hold but white space. Seconds are missing where no time stamp is beside them.
    kind : UnitKind
        What a unit is.
    notes, flags : tuple of Message
        Why it is that, and what can change the headline.
    """

    frame: pd.DataFrame
    kind: UnitKind
    notes: tuple[Message, ...]
    flags: tuple[Message, ...]


@check.arguments
def make_units(found: Transcripts, unit: str | None = None) -> Units:
    """Take transcripts apart into units.

    Parameters
    ----------
    found : Transcripts
        From `cxlib.sources.read_transcripts`.
    unit : {"turn", "sentence", "cue", "line"}, optional
        What a unit is. By default turns where anybody speaks in any of them, else sentences:
        without speakers a turn is a paragraph or a whole interview, and on one unit everybody
        agrees on everything.

    Returns
    -------
    Units

    Raises
    ------
    ParameterError
        If `unit` is none of these, or "cue" where a transcript has no cues.

    Notes
    -----
    Sentences: `cxlib.interviews.sentences.split`, never over the border of a turn. A cue (WebVTT,
    SubRip) that two people speak in is two units.
    """
    if unit is not None:
        check.one_of("unit", unit, [kind.value for kind in UnitKind])
    nameless = _nameless(found)
    anybody = len(nameless) < len(found.documents)
    usual = UnitKind.TURN if anybody else UnitKind.SENTENCE
    kind = usual if unit is None else UnitKind(unit)
    frame = _frame(found, kind)
    return Units(
        frame=frame,
        kind=kind,
        notes=(_why(kind, asked=unit is not None, anybody=anybody),),
        flags=(
            *_of_nobody(found, nameless, kind),
            *_of_one(found),
            *_of_length(frame, nameless, kind),
        ),
    )


def _nameless(found: Transcripts) -> list[str]:
    """Return the documents in which no speaker is known."""
    known = set(found.turns.loc[found.turns["speaker"].notna(), "document"])
    return [name for name in found.documents["document"] if name not in known]


def _why(kind: UnitKind, *, asked: bool, anybody: bool) -> Message:
    if asked:
        return Message("interviews.note_unit_asked", units=kind.many)
    if anybody:
        return Message("interviews.note_unit_speakers", units=kind.many)
    return Message("interviews.note_unit_nobody", units=kind.many)


def _frame(found: Transcripts, kind: UnitKind) -> pd.DataFrame:
    texts = dict(zip(found.documents["document"], found.documents["text"], strict=True))
    if kind is UnitKind.TURN and _is_trimmed(found.turns, texts):
        return _as_units(found.turns)
    cues = _cues(found, required=kind is UnitKind.CUE)
    rows: list[tuple[Any, ...]] = []
    for turn in found.turns.itertuples(index=False):
        text = texts[turn.document]
        of_document = cues.get(turn.document)
        spans = _spans(text, turn.start, turn.end, kind, of_document.begins if of_document else ())
        for place, (start, end) in enumerate(spans):
            times = _times(turn, start, end, (place == 0, place == len(spans) - 1), of_document)
            rows.append((turn.document, turn.speaker, start, end, *times))
    columns = [name for name in UNIT if name not in ("unit", "role")]
    frame = pd.DataFrame(rows, columns=columns).assign(
        speaker=pd.Series([row[1] for row in rows], dtype=object)
    )
    return _as_units(frame)


def _is_trimmed(turns: pd.DataFrame, texts: Mapping[str, str]) -> bool:
    """Say whether each turn begins and ends with something other than white space."""
    places = zip(turns["document"].to_numpy(object), turns["start"], turns["end"], strict=True)
    return all(
        start < end and not (texts[name][start].isspace() or texts[name][end - 1].isspace())
        for name, start, end in places
    )


def _as_units(frame: pd.DataFrame) -> pd.DataFrame:
    """Return stretches of documents, in order, as units with their numbers."""
    numbered = frame.assign(unit=frame.groupby("document").cumcount() + 1, role="")
    seconds = {"started_seconds": float, "ended_seconds": float}
    return numbered[list(UNIT)].astype({"unit": int, "start": int, "end": int, **seconds})


@dataclass(frozen=True, slots=True)
class _Cues:
    begins: Sequence[int]  # ascending
    started: Sequence[float]
    ended: Sequence[float]

    def at(self, place: int) -> int:
        """Return the number of the cue in which a code point lies."""
        return max(bisect.bisect_right(self.begins, place) - 1, 0)


def _cues(found: Transcripts, *, required: bool) -> dict[str, _Cues]:
    frame: pd.DataFrame | None = getattr(found, "cues", None)
    groups = [] if frame is None else frame.sort_values(["document", "start"]).groupby("document")
    cues = {
        str(document): _Cues(*(rows[name].tolist() for name in ("start", *UNIT[-2:])))
        for document, rows in groups
    }
    without = [name for name in found.documents["document"] if name not in cues]
    if required and without:
        named = ", ".join(without[:5]) + (" …" if len(without) > 5 else "")
        raise ParameterError(
            f"unit='cue': {len(without)} of {len(found.documents)} transcripts have no cues "
            f"({named}); only vtt, srt and the like have them; choose unit='sentence' or "
            "unit='line'"
        )
    return cues


def _spans(
    text: str, start: int, end: int, kind: UnitKind, cues: Sequence[int]
) -> list[tuple[int, int]]:
    """Take a turn apart."""
    if kind is UnitKind.SENTENCE:
        return [(start + a, start + b) for a, b in sentences.split(text[start:end])]
    parts = [(start, end)]
    if kind is UnitKind.LINE:
        parts = [match.span() for match in _LINE.finditer(text, start, end)]
    elif kind is UnitKind.CUE:
        cuts = cues[bisect.bisect_right(cues, start) : bisect.bisect_left(cues, end)]
        parts = list(zip([start, *cuts], [*cuts, end], strict=True))
    return list(_trimmed(text, parts))


def _trimmed(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for start, end in spans:
        words = text[start:end]
        if words.strip():
            yield end - len(words.lstrip()), start + len(words.rstrip())


def _times(
    turn: Any, start: int, end: int, outer: tuple[bool, bool], cues: _Cues | None
) -> tuple[float, float]:
    """Return when a unit began and ended: by its cues, else as far as the turn's times say it."""
    first, last = outer
    if cues is not None and not (first and last):
        return cues.started[cues.at(start)], cues.ended[cues.at(end - 1)]
    return (
        turn.started_seconds if first else np.nan,
        turn.ended_seconds if last else np.nan,
    )


def _of_nobody(found: Transcripts, nameless: Sequence[str], kind: UnitKind) -> Iterator[Message]:
    """Say where nobody was recognised, and what that does. Of a table of tickets or open answers
    each row is written by one person, so there is nobody to recognise."""
    written = ~found.documents["format"].isin(FORMATS)
    nameless = [name for name in nameless if name not in set(found.documents["document"][written])]
    if not nameless:
        return
    theirs = found.turns[found.turns["document"].isin(nameless)]
    said: dict[str, Any] = {
        "n": len(nameless),
        "of": len(found.documents),
        "longest": int((theirs["end"] - theirs["start"]).max()),
        "units": kind.many,
    }
    if len(nameless) == len(found.documents):
        yield Message("interviews.flag_nobody", **said)
    else:
        yield Message("interviews.flag_some_nobody", documents=list(nameless), **said)


def _of_one(found: Transcripts) -> Iterator[Message]:
    """Say where only one speaker was recognised in many lines: another may be among the words."""
    heard = found.turns.groupby("document")["speaker"].nunique()
    texts = dict(zip(found.documents["document"], found.documents["text"], strict=True))
    alone = [
        name
        for name, n in heard.items()
        if n == 1 and sum(bool(line.strip()) for line in _LINE.findall(texts[name])) >= _MANY_LINES
    ]
    if alone:
        yield Message(
            "interviews.flag_one_speaker", n=len(alone), of=len(found.documents), documents=alone
        )


def _of_length(frame: pd.DataFrame, nameless: Sequence[str], kind: UnitKind) -> Iterator[Message]:
    """Say which units are so long that everything is in them."""
    length = frame["end"] - frame["start"]
    long = frame[length > _LONG]
    if kind is UnitKind.TURN:  # of the others it is said that nobody was recognised
        long = long[~long["document"].isin(nameless)]
    if long.empty:
        return
    longest = (long["end"] - long["start"]).idxmax()
    said = {
        "n": len(long),
        "units": kind.of(len(long)),
        "limit": _LONG,
        "longest": int(length[longest]),
        "document": long.at[longest, "document"],
    }
    if kind is UnitKind.TURN:
        yield Message("interviews.flag_long_turns", **said)
    else:
        yield Message("interviews.flag_long_units", **said)
