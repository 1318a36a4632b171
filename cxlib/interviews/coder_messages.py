"""A corpus and a coder's file -> what a page must know to show one interview and its codes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxlib import texts
from cxlib.interviews import codebooks
from cxlib.interviews.coder_desk import Desk, as_told, undo_of
from cxlib.interviews.codings import plain
from cxlib.interviews.corpus import Corpus
from cxlib.interviews.journal import UNCERTAIN
from cxlib.interviews.journal_ops import SETTLED_FIELDS, History, Op, State, in_force
from cxlib.interviews.journal_reading import MADE, with_made
from cxlib.interviews.quotes import script_language
from cxlib.interviews.units import UnitKind

PINNED = 9  # codes that have a digit
TAIL = 200  # operations that a page can take back without asking
_LOOKED_AT = 5_000  # characters by which a transcript's language is known
Buffers = list[bytes]


def document_message(
    corpus: Corpus, desk: Desk, document: str, *, others: Sequence[Desk | str], language: str
) -> tuple[dict[str, Any], Buffers]:
    """Return what a page is told when it opens an interview: a message, and the text and the
    codings as bytes.

    Parameters
    ----------
    corpus : Corpus
    desk : Desk
        Of the coder.
    document : str
    others : sequence of Desk or str
        Coders who are shown too: by their file, or by name where the corpus alone has them.
    language : str
        Of the page's words.

    Notes
    -----
    `codes`, `read_to`, `memo` and the codings are as they stood before the last operations, which
    follow as `tail`: so a page can take them back by itself.
    """
    journal = desk.journal
    state = in_corpus(journal.state, corpus)
    before, tail = _before_the_last(journal.history, document)
    shown = in_corpus(before, corpus)
    about = corpus.documents.set_index("document").loc[document]
    text = str(about["text"])
    codes = _codes(corpus, shown, language)
    elsewhere = {c["code"] for c in state.codings.values() if c["document"] != document}
    message = {
        "document": document,
        "documents": _documents(corpus, state),
        "coder": journal.coder,
        "language": language,
        "sha256": str(about["sha256"]),
        "journal": journal.id,
        "seq": len(journal.history),
        "labels": labels(language),
        "codes": codes,
        "elsewhere": sorted(elsewhere),  # codes that other interviews have
        "pinned": pinned(codes, list(state.codes)),
        "others": [other if isinstance(other, str) else other.journal.coder for other in others],
        "lang": language_of(text),
        "turns": turns(corpus, document),
        "units": _units(corpus, document)[["start", "end"]].to_numpy().tolist(),
        "read_to": shown.read_to.get(document, 0),
        "memo": shown.memos.get(document, ""),
        "undo": undo_of(journal, document),
        "tail": as_told(tail, journal.coder),
    }
    rows = [*_coded(shown, document), *_of_others(corpus, document, others)]
    return message, [text.encode("utf-8"), json.dumps(rows, ensure_ascii=False).encode("utf-8")]


def language_of(text: str) -> str:
    """Return the language that a transcript's beginning gives away by its script, else nothing."""
    return script_language(text[:_LOOKED_AT])


def labels(language: str) -> Mapping[str, str]:
    """Return the words of the page in a language; the page fills their `{fields}`."""
    found = texts.load(language, "coder").get("page", {})
    return dict(found)


def in_corpus(state: State, corpus: Corpus) -> State:
    """Return a state, not to be changed, in which documents are named as the corpus names them;
    those that it does not have are left out."""
    known = {plain(name): name for name in corpus.documents["document"]}

    def there(of: Mapping[str, Any]) -> dict[str, Any]:
        return {known[plain(name)]: value for name, value in of.items() if plain(name) in known}

    codings = state.codings
    if any(known.get(plain(name)) != name for name in _coded_in(state)):
        codings = {
            key: {**coding, "document": name}
            for key, coding in codings.items()
            if (name := known.get(plain(coding["document"]))) is not None
        }
    return State(codings, there(state.read_to), there(state.memos), state.codes)


def _coded_in(state: State) -> set[str]:
    return {coding["document"] for coding in state.codings.values()}


def _before_the_last(history: History, document: str) -> tuple[State, list[Op]]:
    """Return what was there before the last operations, as far as it is in force now, and those of
    them that are about a document, or about codes."""
    ops = history.ops
    last = {op["op_id"] for op in ops[-TAIL:]}
    before = State()
    for op in in_force(ops):
        if op["op_id"] not in last:
            before.apply(op)
    here = ("", plain(document))
    return before, [op for op in ops[-TAIL:] if plain(history.document_of(op)) in here]


def _documents(corpus: Corpus, state: State) -> list[dict[str, Any]]:
    coded = pd.Series([coding["document"] for coding in state.codings.values()], dtype=object)
    counts = coded.value_counts()
    return [
        {
            "name": row.document,
            "length": len(row.text),
            "coded": int(counts.get(row.document, 0)),
            "read": int(state.read_to.get(row.document, 0)),
            "sha256": row.sha256,
        }
        for row in corpus.documents[["document", "text", "sha256"]].itertuples()
    ]


def _codes(corpus: Corpus, state: State, language: str) -> list[dict[str, Any]]:
    """Return the codebook as a page takes it, with the codes that the coder made, and a key for
    each pinned one."""
    rows = [
        (name, op.get("parent", ""), op.get("kind", ""), op.get("definition", ""))
        for name, op in state.codes.items()
    ]
    columns = list(codebooks.FIELDS)
    missing = [name for name in columns if name not in corpus.codebook.columns]
    book = corpus.codebook.assign(**dict.fromkeys(missing, ""))
    book = with_made(book, pd.DataFrame(rows, columns=list(MADE)))
    told = codebooks.in_language(book, language)
    return [
        {"name": row.name, "label": label, "parent": row.parent or None, "theme": row.theme}
        | {"kind": row.kind, "definition": definition}
        for row, label, definition in zip(
            book[columns].fillna("").itertuples(index=False),
            told["label"],
            told["definition"],
            strict=True,
        )
    ]


def pinned(codes: Sequence[Mapping[str, Any]], made: Sequence[str]) -> list[str]:
    """Return the codes that have the digits as keys: the first of the codebook that stand above no
    other there, then those that the coder made, in the order of making.

    Parameters
    ----------
    codes : sequence of mapping
        Of the codebook; those that were made may be among them.
    made : sequence of str
    """
    book = [code for code in codes if code["name"] not in made]
    above = {code["parent"] for code in book}
    return [*(code["name"] for code in book if code["name"] not in above), *made][:PINNED]


def _units(corpus: Corpus, document: str) -> pd.DataFrame:
    units = corpus.units[corpus.units["document"] == document]
    return units.sort_values("start", kind="stable")


def turns(corpus: Corpus, document: str) -> list[list[Any]]:
    """Return the turns of an interview, `[start, end, speaker, role, seconds or None, counted]` in
    code points: its units, of one speaker joined where they are smaller than turns."""
    every = corpus.all_units if len(corpus.all_units) else corpus.units
    rows = every[every["document"] == document].sort_values("start", kind="stable")
    counted = set(_units(corpus, document)["start"])
    texts_ = corpus.documents.set_index("document")["text"]
    columns = ["start", "end", "speaker", "role", "started_seconds"]
    found: list[list[Any]] = []
    for start, end, speaker, role, at in rows.reindex(columns=columns).to_numpy():
        row = [int(start), int(end), _text(speaker), _text(role), _number(at), start in counted]
        last = found[-1] if found else None
        if last and corpus.unit != UnitKind.TURN and _is_one_turn(last, row, texts_[document]):
            last[1] = row[1]
        else:
            found.append(row)
    return found


def _is_one_turn(last: Sequence[Any], row: Sequence[Any], text: str) -> bool:
    between = text[last[1] : row[0]]
    same = last[2:4] == row[2:4] and last[5] == row[5]
    return same and (bool(row[2]) or "\n" not in between)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def _coded(state: State, document: str) -> Iterable[dict[str, Any]]:
    """Return codings as a page takes those of its coder: what is not said has its usual value."""
    for key, coding in state.codings.items():
        if coding["document"] != document:
            continue
        row = {"id": key, **{name: coding[name] for name in ("start", "end", "code")}}
        row |= {name: coding[name] for name in ("memo", "uncertain") if coding[name]}
        yield row | {name: coding[name] for name in SETTLED_FIELDS if name in coding}


def _of_others(
    corpus: Corpus, document: str, others: Sequence[Desk | str]
) -> Iterable[dict[str, Any]]:
    for other in others:
        if isinstance(other, Desk):
            state = in_corpus(other.journal.state, corpus)
            whose = {"coder": other.journal.coder, "mine": False}
            yield from (row | whose for row in _coded(state, document))
        else:
            yield from _in_frame(corpus, document, other)


def _in_frame(corpus: Corpus, document: str, coder: str) -> Iterable[dict[str, Any]]:
    rows = corpus.codings
    rows = rows[(rows["document"] == document) & (rows["coder"] == coder) & (rows["code"] != "")]
    doubts = rows[UNCERTAIN] if UNCERTAIN in rows.columns else np.zeros(len(rows), bool)
    memos = rows["memo"].fillna("") if "memo" in rows.columns else [""] * len(rows)
    for number, (start, end, code, memo, doubt) in enumerate(
        zip(rows["start"], rows["end"], rows["code"], memos, doubts, strict=True)
    ):
        span = {"id": f"{coder} {number}", "start": int(start), "end": int(end), "code": code}
        about = {"memo": str(memo), "uncertain": bool(doubt)}
        yield {**span, **about, "coder": coder, "mine": False}
