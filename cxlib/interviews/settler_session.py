"""Where coders differ and what was settled of it -> what the settling page is told, and takes."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cxlib.interviews import counts
from cxlib.interviews.coder_desk import Desk
from cxlib.interviews.coder_messages import Buffers, document_message, in_corpus
from cxlib.interviews.coder_session import Send, Session
from cxlib.interviews.codings import plain
from cxlib.interviews.corpus import Corpus
from cxlib.interviews.decisions import of_spans
from cxlib.interviews.disagreements import Disagreements
from cxlib.interviews.journal import UNCERTAIN, Journal, read_journal
from cxlib.interviews.journal_names import path_of
from cxlib.interviews.journal_ops import History, State
from cxlib.interviews.journal_reading import decisions_of, progress_of
from cxlib.interviews.naming import bare
from cxlib.shown.message import Message

PLACE = ["document", "start", "end", "code"]
_SPAN = ["document", "start", "end"]


class Matters:
    """What there is to settle between the coders of a corpus.

    Parameters
    ----------
    corpus : Corpus
    found : Disagreements
        Of the corpus; its order is that in which they are settled.
    folder : Path
        Where coders' files lie: what is settled names the codings in them by their ids.

    Attributes
    ----------
    coders : tuple of str
    changed : tuple of str
        Coders whose file holds other spans than the corpus.
    """

    def __init__(self, corpus: Corpus, found: Disagreements, folder: Path) -> None:
        self._corpus = corpus
        grid = counts.grid(corpus)
        self.coders = grid.coders
        self._items = _items(grid, found.frame)
        self._agreed = _agreed(grid)
        refs, self.changed = _ids(corpus, grid.coders, folder)
        self._spans = _spans(corpus, grid.coders, refs)

    def places(self) -> list[tuple[str, int, int, str]]:
        """Return the document, start, end and code of each disagreement."""
        return [
            (name, item["start"], item["end"], item["code"])
            for name, items in self._items.items()
            for item in items
        ]

    def spans(self, document: str) -> list[dict[str, Any]]:
        """Return the coders' codings of an interview, as a page takes codings; `ref` is the id of
        each in its coder's file."""
        return self._spans.get(document, [])

    def told(self, document: str, elsewhere: pd.DataFrame) -> dict[str, Any]:
        """Return what of an interview is to be settled, and on which codes all agree.

        Parameters
        ----------
        document : str
        elsewhere : pandas.DataFrame
            What a sheet or the like settles (see `settled_elsewhere`).
        """
        known = _by_place(elsewhere)
        items = [
            {**item, "elsewhere": known.get((document, item["start"], item["end"], item["code"]))}
            for item in self._items.get(document, [])
        ]
        return {"items": items, "agreed": self._agreed.get(document, [])}


def _items(grid: counts.Grid, rows: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Return the disagreements of each interview, with the places of those who gave the code and of
    those who read the unit and did not."""
    unit = pd.MultiIndex.from_frame(grid.units[_SPAN]).get_indexer(rows[_SPAN])
    code = pd.Index(grid.codes).get_indexer(rows["code"])
    found = defaultdict(list)
    for n, row in enumerate(rows.to_dict("records")):
        gave = grid.applied[unit[n], :, code[n]]
        found[row["document"]].append(
            {
                "code": row["code"],
                "start": int(row["start"]),
                "end": int(row["end"]),
                "unit": int(row["unit"]),
                "speaker": row["speaker"] if isinstance(row["speaker"], str) else "",
                "gave": np.flatnonzero(gave).tolist(),
                "not": np.flatnonzero(grid.opened[unit[n]] & ~gave).tolist(),
            }
        )
    return dict(found)


def _agreed(grid: counts.Grid) -> dict[str, list[list[Any]]]:
    """Return, by interview, `[start, end, code]` of the units that two or more read and all of them
    gave the code."""
    who, could = grid.applied.sum(axis=1), grid.opened.sum(axis=1)[:, None]
    found = defaultdict(list)
    units = grid.units[_SPAN].to_numpy()
    for unit, code in zip(*np.nonzero((who == could) & (could > 1)), strict=True):
        document, start, end = units[unit]
        found[document].append([int(start), int(end), grid.codes[code]])
    return dict(found)


def _ids(
    corpus: Corpus, coders: Sequence[str], folder: Path
) -> tuple[dict[tuple[Any, ...], list[str]], tuple[str, ...]]:
    """Return the ids of codings in coders' files by coder, place and code; and whose file says
    otherwise than the corpus."""
    found, changed = defaultdict(list), []
    for coder in coders:
        path = path_of(folder, coder)
        if not path.is_file():
            continue
        state = in_corpus(read_journal(path).state, corpus)
        for key, row in state.codings.items():
            found[coder, *(row[name] for name in PLACE)].append(key)
        if _has_changed(state, corpus, coder):
            changed.append(coder)
    return dict(found), tuple(changed)


def _has_changed(state: State, corpus: Corpus, coder: str) -> bool:
    """Return whether a coder's file has other spans, codes (however they are spelled) or marks of
    how far she read than the corpus that was read from it."""
    own = corpus.codings[(corpus.codings["coder"] == coder) & (corpus.codings["code"] != "")]
    there = sorted((*(c[name] for name in _SPAN), bare(c["code"])) for c in state.codings.values())
    read = own[_SPAN].assign(code=own["code"].map(bare)).itertuples(index=False, name=None)
    if there != sorted(read):
        return True
    marks = corpus.progress.loc[corpus.progress["coder"] == coder].set_index("document")["read_to"]
    now = progress_of(state, coder).set_index("document")["read_to"]
    return any(now.get(name, to) != to for name, to in marks.items())


def _spans(
    corpus: Corpus, coders: Sequence[str], refs: Mapping[tuple[Any, ...], list[str]]
) -> dict[str, list[dict[str, Any]]]:
    found = defaultdict(list)
    left = {key: list(ids) for key, ids in refs.items()}
    rows = corpus.codings[corpus.codings["code"] != ""]
    memos = rows["memo"].fillna("") if "memo" in rows.columns else [""] * len(rows)
    doubted = rows.get(UNCERTAIN, pd.Series(False, index=rows.index)).eq(True)
    own = zip(rows[[*PLACE, "coder"]].to_dict("records"), memos, doubted, strict=True)
    for n, (row, memo, uncertain) in enumerate(own):
        place = row["document"], int(row["start"]), int(row["end"]), row["code"]
        ids = left.get((row["coder"], *place))
        about = {"start": place[1], "end": place[2], "code": place[3], "coder": row["coder"]}
        told = {"memo": str(memo), "uncertain": bool(uncertain), "mine": False}
        # the ids of two files may be the same; those of a table are its places
        ref = ids.pop(0) if ids else f"{row['coder']}:{place[1]}-{place[2]}"
        by = coders.index(row["coder"])
        found[place[0]].append({"id": f"{by}:{n}", "ref": ref, "by": by, **about, **told})
    return dict(found)


def _by_place(decisions: pd.DataFrame) -> dict[tuple[Any, ...], dict[str, Any]]:
    return {
        (row["document"], row["start"], row["end"], row["code"]): {
            "holds": bool(row["holds"]),
            "reason": str(row["reason"]),
            "decided_by": str(row["decided_by"]),
        }
        for row in decisions.to_dict("records")
    }


def settled_in(state: State, corpus: Corpus) -> pd.DataFrame:
    """Return what a file of what was settled says of units: `document, start, end, code, holds,
    reason, decided_by`."""
    return of_spans(decisions_of(in_corpus(state, corpus), "settled"), corpus)


def settled_elsewhere(history: History, corpus: Corpus) -> pd.DataFrame:
    """Return the decisions of a corpus that a sheet or a consensus made: those which no operation
    of the file ever made."""
    made = corpus.decisions
    ever = State()
    for op in history.ops:
        if op["op"] == "add":
            ever.apply(op)
    rows = decisions_of(in_corpus(ever, corpus), "settled")
    if made.empty or rows.empty:
        return made
    row, unit = counts.overlaps(rows, corpus.units, corpus.documents)
    places = corpus.units.iloc[unit][_SPAN].reset_index(drop=True)
    about = rows.iloc[row][["code", "holds", "decided_by"]].reset_index(drop=True)
    known = pd.MultiIndex.from_frame(pd.concat([places, about], axis=1))
    asked = pd.MultiIndex.from_frame(made[[*PLACE, "holds", "decided_by"]])
    return made[~asked.isin(known)].reset_index(drop=True)


def now_settled(journal: Journal | None, corpus: Corpus) -> pd.DataFrame:
    """Return all that is settled now, as `Corpus.decisions`."""
    if journal is None:
        return corpus.decisions
    there = settled_elsewhere(journal.history, corpus)
    parts = [part for part in (there, settled_in(journal.state, corpus)) if len(part)]
    if not parts:
        return corpus.decisions[:0]
    return pd.concat(parts, ignore_index=True).drop_duplicates(PLACE, ignore_index=True)


class SettlingSession(Session):
    """The talk of a settling page with the kernel: as that of a coder's, with what the coders
    marked and where they differ. Who decided is what the kernel says, whatever a page sends."""

    def __init__(
        self,
        corpus: Corpus,
        desk: Desk,
        document: str,
        *,
        matters: Matters,
        by: str,
        send: Send,
        language: str = "en",
        notes: Sequence[Message] = (),
    ) -> None:
        super().__init__(corpus, desk, document, send=send, language=language, notes=notes)
        self._matters, self._by = matters, plain(by)

    def _content(self, document: str) -> tuple[dict[str, Any], Buffers]:
        content, (text, own) = document_message(
            self._corpus, self.desk, document, others=(), language=self._language
        )
        journal = self.desk.journal
        spans = self._matters.spans(document)
        elsewhere = settled_elsewhere(journal.history, self._corpus)
        settle = {"coders": list(self._matters.coders), "by": self._by}
        settle |= self._matters.told(document, elsewhere)
        content |= {"settle": settle, "documents": self._counted(content["documents"])}
        rows = json.dumps([*json.loads(own), *spans], ensure_ascii=False)
        return content, [text, rows.encode("utf-8")]

    def _counted(self, documents: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return the interviews with how many disagreements they have, and how many of them are
        settled."""
        made = now_settled(self.desk.journal, self._corpus)
        done = set(made[PLACE].itertuples(index=False, name=None))
        keys = self._matters.places()
        items = Counter(key[0] for key in keys)
        settled = Counter(key[0] for key in keys if key in done)
        return [
            {**about, "items": items[about["name"]], "settled": settled[about["name"]]}
            for about in documents
        ]

    def _taken(self, ops: Sequence[Any]) -> Sequence[Any]:
        return [
            {**op, "decided_by": self._by}
            if isinstance(op, dict) and op.get("op") == "add"
            else {name: value for name, value in op.items() if name != "decided_by"}
            if isinstance(op, dict)
            else op
            for op in ops
        ]
