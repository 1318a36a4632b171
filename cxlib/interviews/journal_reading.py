"""A coder's file of operations -> her codings, proved by the words they stand on, and how far she
has read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cxlib import check
from cxlib.errors import SourceError
from cxlib.interviews.coded_words import hash_of
from cxlib.interviews.codings import plain
from cxlib.interviews.corpus import CODING, DECISION, PROGRESS
from cxlib.interviews.journal import UNCERTAIN, Journal, read_journal
from cxlib.interviews.journal_names import SETTLED, SUFFIX
from cxlib.interviews.journal_ops import State
from cxlib.interviews.span_refusals import in_brief
from cxlib.shown.message import Message

_YES = ("true", "yes", "1", "1.0", "はい", "예")  # as tables write that a coding is uncertain
MADE = ("name", "parent", "kind", "definition")  # of a code that a coder made


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Written:
    """What one coder's file says now.

    Attributes
    ----------
    coder : str
    settles : bool
        Whether it is no coder, but what was settled.
    codings : pandas.DataFrame
        As `Corpus.codings`, with `uncertain`; a memo on a whole interview is a row without a code,
        from 0 to 0.
    progress : pandas.DataFrame
        As `Corpus.progress`, a row an interview of which the file says anything.
    made : pandas.DataFrame
        `name, parent, kind, definition`, one row a code that she made.
    decisions : pandas.DataFrame
        `document, start, end, code, holds, reason, decided_by`: the codings as what was settled.
    notes, flags : tuple of Message
    """

    coder: str
    settles: bool
    codings: pd.DataFrame
    progress: pd.DataFrame
    made: pd.DataFrame
    decisions: pd.DataFrame
    notes: tuple[Message, ...] = ()
    flags: tuple[Message, ...] = ()


def is_journal(path: Path) -> bool:
    """Return whether a file is one of operations, by its name."""
    return path.suffix.lower() == SUFFIX


def read_written(path: Path, *, documents: pd.DataFrame) -> Written:
    """Read one coder's file.

    Parameters
    ----------
    path : Path
    documents : pandas.DataFrame
        `document, text` of the transcripts as they are now.

    Raises
    ------
    SourceError
        File, line, value and next step: where a line is no operation, an interview is not among
        the transcripts, or other words stand where something was coded.

    Notes
    -----
    An interview without an operation `read` counts as read as far as the end of its furthest
    coding, which a note says: what lies behind it is not yet read.
    """
    journal = read_journal(path)
    found = prove(journal.state, documents, journal.path.name)
    settles = journal.coder.casefold() == SETTLED
    coded = dict.fromkeys(coding["document"] for coding in found.codings.values())
    half = [name for name in coded if name not in found.read_to]
    notes = []
    if not settles:  # what is settled is told where it is put above the coders
        n = len(found.codings)
        notes.append(Message("coder.read", file=path.name, coder=journal.coder, n=n))
        if half:
            notes.append(Message("coder.half", file=path.name, documents=half))
    if journal.markers:
        notes.append(conflict_note(journal, path.name))
    torn = journal.torn
    return Written(
        coder=journal.coder,
        settles=settles,
        codings=_codings(found, journal.coder),
        progress=progress_of(found, journal.coder),
        made=_made(found),
        decisions=decisions_of(found, path.stem),
        notes=tuple(notes),
        flags=(Message("coder.torn", file=path.name, n=len(torn), lines=list(torn)),)
        if torn
        else (),
    )


def conflict_note(journal: Journal, file: str) -> Message:
    """Say that marks of git were passed over."""
    return Message("coder.conflict", file=file, n=len(journal.markers), lines=list(journal.markers))


def prove(state: State, documents: pd.DataFrame, source: str) -> State:
    """Return what is coded with the documents named as the transcripts are, or refuse it.

    Parameters
    ----------
    state : State
    documents : pandas.DataFrame
        `document, text`.
    source : str
        The file's name.

    Raises
    ------
    SourceError
        If an interview is not among the transcripts, or the words of a span are others than when
        it was coded.
    """
    known = {plain(name): name for name in documents["document"]}
    texts = dict(zip(documents["document"], documents["text"], strict=True))
    names = {name: known.get(plain(name)) for name in state.documents()}
    for name, there in names.items():
        if there is None:
            lines = [c["line"] for c in state.codings.values() if c["document"] == name]
            where = f", line {min(lines)}" if lines else ""
            raise SourceError(
                f"codings={source!r}{where}: document={name!r} is not among the transcripts"
                f"{check.did_you_mean(name, known)}; put the transcript back, or take the file out "
                "of the folder"
            )
    codings = {
        key: {**coding, "document": names[coding["document"]]}
        for key, coding in state.codings.items()
    }
    for coding in codings.values():
        _refuse_drifted(coding, texts[coding["document"]], source)
    read_to = {
        str(names[name]): min(to, len(texts[str(names[name])]))
        for name, to in state.read_to.items()
    }
    memos = {str(names[name]): text for name, text in state.memos.items()}
    return State(codings, read_to, memos, state.codes)


def _refuse_drifted(coding: Mapping[str, Any], text: str, source: str) -> None:
    start, end, first, last = (coding[name] for name in ("start", "end", "first", "last"))
    words = text[start:end]
    if start < end <= len(text) and words.startswith(first) and words.endswith(last):
        _refuse_other_middle(coding, words, source)
        return
    place = _place(coding, source)
    there = f"{start}:{end} of {coding['document']!r}"
    if start >= end or end > len(text):
        raise SourceError(
            f"{place} {there}, which has {len(text):,} code points; put back the transcript that "
            "was coded, or code these words again in it"
        )
    one = words.startswith(first)
    was, now = (last, words[-len(last) :]) if one else (first, words[: len(first)])
    raise SourceError(
        f"{place} words that {'end with' if one else 'begin with'} {in_brief(was)}, and "
        f"{in_brief(now)} stands at {there}: {_CHANGED}"
    )


_CHANGED = (
    "the transcript was changed; put it back as it was coded, or give the file of codings that "
    "belongs to it"
)


def _refuse_other_middle(coding: Mapping[str, Any], words: str, source: str) -> None:
    """Refuse a span that begins and ends as it did and has other words between; early files have
    no hash by which this is seen."""
    if coding.get("sha", "") in ("", hash_of(words)):
        return
    raise SourceError(
        f"{_place(coding, source)} other words than {in_brief(words)}, which stands at "
        f"{coding['start']}:{coding['end']} of {coding['document']!r} and begins and ends as they "
        f"did: {_CHANGED}"
    )


def _place(coding: Mapping[str, Any], source: str) -> str:
    return f"codings={source!r}, line {coding['line']}: {coding['code']!r} was coded on"


def _codings(state: State, coder: str) -> pd.DataFrame:
    rows = [{**coding, "coder": coder} for coding in state.codings.values()]
    for document, memo in state.memos.items():
        if memo:
            bare = {"document": document, "start": 0, "end": 0, "code": "", "coder": coder}
            rows.append({**bare, "coded_at": "", "memo": memo, "gloss": "", UNCERTAIN: False})
    frame = pd.DataFrame(rows, columns=[*CODING, UNCERTAIN])
    frame = frame.astype({"start": "int64", "end": "int64", UNCERTAIN: bool})
    return frame.sort_values(["document", "start", "end"], kind="stable", ignore_index=True)


def progress_of(state: State, coder: str) -> pd.DataFrame:
    """Return `document, coder, read_to` (code points): of an interview without an operation `read`
    the end of its furthest coding."""
    ends: dict[str, int] = dict.fromkeys(state.documents(), 0)
    for coding in state.codings.values():
        ends[coding["document"]] = max(ends[coding["document"]], coding["end"])
    rows = [(name, coder, state.read_to.get(name, end)) for name, end in ends.items()]
    return pd.DataFrame(rows, columns=list(PROGRESS)).astype({"read_to": "int64"})


def _made(state: State) -> pd.DataFrame:
    rows = [
        (plain(name), plain(op.get("parent", "")), op.get("kind", ""), op.get("definition", ""))
        for name, op in state.codes.items()
    ]
    return pd.DataFrame(rows, columns=list(MADE))


def decisions_of(state: State, source: str) -> pd.DataFrame:
    """Return what was settled: `document, start, end, code, holds, reason, decided_by`, one row a
    span; `source` stands for who decided where nothing says it."""
    rows = [
        {"holds": True, "reason": "", "decided_by": source, **coding}
        for coding in state.codings.values()
    ]
    frame = pd.DataFrame(rows, columns=list(DECISION))
    return frame.astype({"start": "int64", "end": "int64", "holds": bool})


def given_doubts(given: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return codings of a table (numbered from 1 as its rows are) with its column `uncertain` as
    true or false, where it has one."""
    if UNCERTAIN not in given.columns:
        return rows
    cells = given[UNCERTAIN].iloc[rows.index - 1].map(plain)
    return rows.assign(**{UNCERTAIN: cells.str.casefold().isin(_YES).to_numpy()})


def with_doubts(codings: pd.DataFrame) -> pd.DataFrame:
    """Return codings with `uncertain` as true or false, and without it where nobody was."""
    doubted = codings[UNCERTAIN].eq(True)
    if not doubted.any():
        return codings.drop(columns=UNCERTAIN)
    return codings.assign(**{UNCERTAIN: doubted.astype(bool)})


def joined(parts: Sequence[Written], codebook: pd.DataFrame | None) -> pd.DataFrame:
    """Return the codes that coders made, each once, without those that the codebook has."""
    known = set() if codebook is None else set(codebook["name"])
    frames = [part.made for part in parts if len(part.made)]
    if not frames:
        return pd.DataFrame(columns=list(MADE))
    made = pd.concat(frames, ignore_index=True).drop_duplicates("name")
    return made[~made["name"].isin(known)].reset_index(drop=True)


def with_made(book: pd.DataFrame, made: pd.DataFrame) -> pd.DataFrame:
    """Return a codebook with the codes that coders made: those that are new behind the others, and
    what is known of each."""
    if made.empty:
        return book
    rows = made[~made["name"].isin(book["name"])]
    added = rows[["name"]].reindex(columns=book.columns, fill_value="")
    whole = pd.concat([book, added], ignore_index=True) if len(added) else book.copy()
    said = made.set_index("name")
    new = whole["name"].isin(said.index)
    for field in ("parent", "kind", "definition"):
        if field in whole.columns:
            whole.loc[new, field] = whole.loc[new, "name"].map(said[field]).fillna("")
    return _placed(whole, new)


def _placed(book: pd.DataFrame, new: pd.Series) -> pd.DataFrame:
    """Give codes that stand under another its theme; a code above them that is not there, or that
    stands below them, is none."""
    if "parent" not in book.columns:
        return book
    above = dict(zip(book["name"], book["parent"], strict=True))
    for row in book.index[new]:
        name = str(book.at[row, "name"])
        line = list(_above(name, above))
        if not line or line[0] not in above or above.get(line[-1], ""):
            book.at[row, "parent"] = above[name] = ""
            continue
        known = book.set_index("name")["theme"]
        theme = next((known[each] for each in line if known.get(each)), line[-1])
        book.loc[book["name"].isin([name, *line]) & (book["theme"] == ""), "theme"] = theme
    return book


def _above(name: str, parents: Mapping[str, str]) -> Iterator[str]:
    """Yield the codes above one, the nearest first; where they go round, up to where they meet."""
    seen = {name}
    while (name := parents.get(name, "")) and name not in seen:
        seen.add(name)
        yield name
