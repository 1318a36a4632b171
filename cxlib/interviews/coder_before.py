"""What a coder coded elsewhere before -> the first operations of her file."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from cxlib.interviews.coded_words import proof_of
from cxlib.interviews.corpus import Corpus
from cxlib.interviews.journal import UNCERTAIN
from cxlib.interviews.journal_ops import Op


def taken_over(corpus: Corpus, coder: str) -> list[Op]:
    """Return operations that say what a corpus has of a coder: her codings, how far she read, and
    what she noted on an interview.

    Parameters
    ----------
    corpus : Corpus
        A coder with codings in an interview and without progress there has read all of it.
    coder : str

    Returns
    -------
    list of Op
        Made of the same they are the same, so that they count once whoever makes them again.
    """
    rows = corpus.codings[corpus.codings["coder"] == coder]
    texts = dict(zip(corpus.documents["document"], corpus.documents["text"], strict=True))
    ops = [*_spans(rows.to_dict("records"), texts), *_memos(rows.to_dict("records"))]
    known = corpus.progress[corpus.progress["coder"] == coder]
    read_to = dict(zip(known["document"], known["read_to"], strict=True))
    for document in dict.fromkeys([*rows["document"], *read_to]):
        to = int(read_to.get(document, len(texts[document])))
        ops.append({"op": "read", "document": document, "to": to})
    seen: Counter[str] = Counter()
    return [_named(op, coder, seen) for op in ops]


def _spans(rows: list[dict[Any, Any]], texts: dict[str, str]) -> Iterator[dict[str, Any]]:
    for row in rows:
        if not row["code"]:
            continue
        start, end = int(row["start"]), int(row["end"])
        proof = proof_of(texts[row["document"]][start:end])
        span = {"document": row["document"], "start": start, "end": end, "code": row["code"]}
        about = {name: said for name in ("memo", "gloss") if (said := _said(row, name))}
        doubt = {UNCERTAIN: True} if row.get(UNCERTAIN) else {}
        yield {"op": "add", **span, **proof, **about, **doubt}


def _said(row: dict[Any, Any], name: str) -> str:
    return row[name] if isinstance(row.get(name), str) else ""


def _memos(rows: list[dict[Any, Any]]) -> Iterator[dict[str, Any]]:
    """Yield what was noted without a code, on an interview or a unit of it, as one memo each."""
    said: dict[str, list[str]] = {}
    for row in rows:
        if not row["code"] and (memo := _said(row, "memo")):
            place = f"{int(row['start'])}:{int(row['end'])} " if row["end"] else ""
            said.setdefault(row["document"], []).append(f"{place}{memo}")
    for document, memos in said.items():
        yield {"op": "memo", "document": document, "text": "\n".join(memos)}


def _named(op: dict[str, Any], coder: str, seen: Counter[str]) -> Op:
    told = {name: value for name, value in op.items() if name != "sha"}  # early files have none
    content = json.dumps([coder, told], ensure_ascii=False, sort_keys=True)
    seen[content] += 1
    digest = hashlib.sha256(f"{seen[content]} {content}".encode()).hexdigest()[:20]
    key = {"id": f"c{digest}"} if op["op"] == "add" else {}
    return {**op, "op_id": f"o{digest}", **key}
