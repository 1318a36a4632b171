"""Operations as a page sends them -> those that may be written, and why others may not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cxlib.interviews.coded_words import proof_of
from cxlib.interviews.codings import plain
from cxlib.interviews.journal_ops import History, Op, State, fault, fields, undone_by
from cxlib.interviews.span_refusals import in_brief

_LONGEST = 100_000  # code points of a memo or a definition
_NAME = 500  # of a code's name


class Key(StrEnum):
    """Why an operation is refused."""

    RANGE = "range"
    CODE = "code"
    TEXT = "text"
    DOCUMENT = "document"
    DISK = "disk"
    READ_ONLY = "readonly"
    REPLACED = "replaced"
    UNKNOWN = "unknown"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Refused:
    """An operation that is not written: which, why, and in which words exactly."""

    op_id: str | None
    key: Key
    detail: str


@dataclass(frozen=True, slots=True)
class Judged:
    """Operations that may be written, the op_ids of those that are there already, and the rest."""

    good: tuple[Op, ...]
    known: tuple[str, ...]
    refused: tuple[Refused, ...]


def judge(
    ops: Sequence[Any],
    history: History,
    *,
    texts: Mapping[str, str],
    codes: Sequence[str],
) -> Judged:
    """Say which operations of a page may be written.

    Parameters
    ----------
    ops : sequence
        As they came; each may rest on those before it.
    history : History
        What the coder's file has.
    texts : mapping of str to str
        Document to its text.
    codes : sequence of str
        Names of the codebook.
    """
    judge_ = _Judge(history, texts, frozenset(codes))
    for op in ops:
        judge_.take(op)
    return Judged(tuple(judge_.good), tuple(judge_.known), tuple(judge_.refused))


class _Judge:
    def __init__(self, history: History, texts: Mapping[str, str], codes: frozenset[str]) -> None:
        self._history, self._texts, self._book = history, texts, codes
        self._before: State | None = None  # worked out where it is asked for
        self._made: set[str] = set()
        self._spans: dict[str, str | None] = {}  # as the operations before leave them
        self._is_stale = False
        self._new: dict[str, Op] = {}
        self.good: list[Op] = []
        self.known: list[str] = []
        self.refused: list[Refused] = []

    def take(self, given: Any) -> None:
        """Judge one operation."""
        op_id = given.get("op_id") if isinstance(given, dict) else None
        op_id = op_id if isinstance(op_id, str) else None
        if op_id is not None and op_id in self._history:
            self.known.append(op_id)
            return
        if op_id is not None and op_id in self._new:
            return
        op = _clean(given) if isinstance(given, dict) else {}
        wrong = _wrong_form(op) or self._wrong(op)
        if wrong:
            self.refused.append(Refused(op_id, *wrong))
            return
        self._apply(op)
        self._new[op["op_id"]] = op
        self.good.append(op)

    def _wrong(self, op: dict[str, Any]) -> tuple[Key, str] | None:
        kind = op["op"]
        if "document" in op and op["document"] not in self._texts:
            return Key.DOCUMENT, f"document={op['document']!r} is not among the transcripts"
        if kind == "undo":
            lost = [n for n in undone_by(op) if n not in self._history and n not in self._new]
            return (Key.UNKNOWN, f"undoes={lost[0]!r} names no operation") if lost else None
        if kind == "edit" and self._place_of(op["id"]) is None:
            return Key.UNKNOWN, f"id={op['id']!r} is no coding (any more)"
        if kind == "read" and op["to"] > (n := len(self._texts[op["document"]])):
            return Key.RANGE, f"to={op['to']} lies behind the end, {n}"
        if kind in ("add", "edit") and "code" in op and not self._is_code(op["code"]):
            return Key.CODE, f"code={op['code']!r} is not in the codebook, and nobody made it"
        return self._wrong_span(op) if "start" in op else None

    def _wrong_span(self, op: dict[str, Any]) -> tuple[Key, str] | None:
        """Say what is wrong with a span; give it its proof where nothing is."""
        name = op["document"] if op["op"] == "add" else str(self._place_of(op["id"]))
        text, start, end = self._texts.get(name, ""), op["start"], op["end"]
        if not start < end <= len(text):
            rule = f"must lie in 0 to {len(text)}, the end behind the start"
            return Key.RANGE, f"start={start}, end={end} {rule}"
        proof = proof_of(text[start:end])
        for which, there in proof.items():
            given = op.get(which) or there
            if given != there:
                return Key.DOCUMENT, (
                    f"{which}={in_brief(given)}, and {in_brief(there)} stands at {start}:{end} of "
                    f"{name!r}: the page shows another text"
                )
        op.update(proof)
        return None

    def _apply(self, op: Op) -> None:
        kind = op["op"]
        if kind == "add":
            self._spans[op["id"]] = op["document"]
        elif kind == "code":
            self._made.add(op["code"])
        elif kind == "remove":
            self._spans[op["id"]] = None
        elif kind == "undo":
            self._is_stale = True

    def _place_of(self, key: str) -> str | None:
        """Return the document of a coding; None where there is none of that id."""
        if key in self._spans and not self._is_stale:
            return self._spans[key]
        there = self._state.codings.get(key)
        return None if there is None else str(there["document"])

    def _is_code(self, name: str) -> bool:
        return name in self._book or name in self._state.codes or name in self._made

    @property
    def _state(self) -> State:
        """What is there before the message; behind an undo in it, what is there then."""
        if self._is_stale:
            later = [{**op, "at": f"~{n:09d}"} for n, op in enumerate(self.good)]
            self._before = History([*self._history.ops, *later]).state
            self._spans, self._made, self._is_stale = {}, set(), False
        elif self._before is None:
            self._before = self._history.state
        return self._before


def _wrong_form(op: dict[str, Any]) -> tuple[Key, str] | None:
    if said := fault(op, stamped=False):
        return Key.TEXT, said
    for name, value in op.items():
        if isinstance(value, str) and len(value) > _LONGEST:
            return Key.TEXT, f"{name} has {len(value):,} characters, more than {_LONGEST:,}"
    if op["op"] == "code" and not 0 < len(op["code"]) <= _NAME:
        return Key.TEXT, f"code={in_brief(op['code'])} must have 1 to {_NAME} characters"
    if op["op"] == "add" and not op["id"]:
        return Key.TEXT, "id='' must not be empty"
    return None


def _clean(op: Mapping[str, Any]) -> dict[str, Any]:
    """Return an operation with the fields that it may have (the kernel says when, and whose), none
    of them empty, and with text that every file can hold."""
    kind = op.get("op")
    known = fields(kind) if isinstance(kind, str) else ()
    found = {name: _whole(op[name]) for name in op if name in known and op[name] is not None}
    names = ("code", "parent") if found.get("op") == "code" else ("code",)
    for name in names:
        if isinstance(found.get(name), str):
            found[name] = plain(found[name])
    return found


def _whole(value: Any) -> Any:
    """Return text without halves of characters, which a browser may leave where it cuts."""
    if isinstance(value, list):
        return [_whole(each) for each in value]
    if not isinstance(value, str):
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
