"""Operations of one coder, in any order -> what she has coded now, and what can be undone."""

from __future__ import annotations

import re
from bisect import insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cxlib.interviews.codings import plain

Op = Mapping[str, Any]
Step = tuple[str, ...]  # operations that are undone together

_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_SPAN: dict[str, type] = {"start": int, "end": int}
_PROOF: dict[str, type] = {"first": str, "last": str, "sha": str}
_NEEDED: Mapping[str, Mapping[str, type]] = {
    "add": {"id": str, "document": str, **_SPAN, "code": str},
    "edit": {"id": str},
    "remove": {"id": str},
    "read": {"document": str, "to": int},
    "memo": {"document": str, "text": str},
    "code": {"code": str},
    "undo": {},
}
_ALLOWED: Mapping[str, Mapping[str, type]] = {
    "add": {"memo": str, "uncertain": bool, "gloss": str, **_PROOF},
    "edit": {**_SPAN, **_PROOF, "code": str, "memo": str, "uncertain": bool, "gloss": str},
    "code": {"parent": str, "kind": str, "definition": str},
}
# what was settled says of what it was made, why, and whether the code holds
SETTLED_FIELDS: Mapping[str, type] = {"from": list, "reason": str, "holds": bool, "decided_by": str}
_EVERY: Mapping[str, type] = {"op_id": str}
_CALLED = {str: "text", int: "a whole number from 0 up", bool: "true or false", list: "a list"}
_NOTHING = {"memo": "", "uncertain": False, **dict.fromkeys(_PROOF, ""), "gloss": ""}
_KEPT = frozenset(("document", *_SPAN, "code", *_NOTHING, *SETTLED_FIELDS))


def fault(op: Op, *, stamped: bool = True) -> str:
    """Return what is wrong with the form of an operation, empty where nothing is.

    Parameters
    ----------
    op : mapping
        As a line of the file has it.
    stamped : bool
        Whether it must say when it was made.

    >>> fault({"op": "remove", "op_id": "a"}, stamped=False)
    'id is not there; it must be text'
    """
    kind = op.get("op")
    if not isinstance(kind, str) or kind not in _NEEDED:
        return f"op={kind!r} is none of {', '.join(_NEEDED)}"
    for name, wanted in {**_EVERY, **_NEEDED[kind]}.items():
        if name not in op:
            return f"{name} is not there; it must be {_CALLED[wanted]}"
    for name, wanted in _types(kind).items():
        if name in op and not _fits(op[name], wanted):
            return f"{name}={op[name]!r} must be {_CALLED[wanted]}"
    if not op["op_id"] or len(op["op_id"]) > 200:
        return f"op_id={op['op_id'][:20]!r} must have 1 to 200 characters"
    if kind == "edit" and ("start" in op) != ("end" in op):
        return "start and end must be given together"
    if kind == "undo" and not undone_by(op):
        return f"undoes={op.get('undoes')!r} must be the op_id of an operation, or a list of them"
    if stamped and not (isinstance(op.get("at"), str) and _AT.fullmatch(op["at"])):
        return f"at={op.get('at')!r} must be a time such as 2026-11-28T15:04:05.123456Z"
    return ""


def _types(kind: str) -> dict[str, type]:
    return {**_EVERY, **_NEEDED[kind], **_ALLOWED.get(kind, {}), **SETTLED_FIELDS, "batch": str}


def fields(kind: str) -> frozenset[str]:
    """Return the fields that an operation of a kind may have, besides when it was made."""
    return frozenset(["op", "undoes", *_types(kind)]) if kind in _NEEDED else frozenset(["op"])


def _fits(value: Any, wanted: type) -> bool:
    if wanted is int:
        return type(value) is int and 0 <= value < 2**53
    if wanted is list:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    return isinstance(value, wanted)


def undone_by(op: Op) -> Step:
    """Return the operations that an undo names; none where it names them in no known form."""
    named: Any = op.get("undoes")
    names: list[Any] = named if isinstance(named, list) else [named]
    return tuple(names) if names and all(isinstance(n, str) and n for n in names) else ()


def order(op: Op) -> tuple[str, str]:
    """Return the place of an operation among all of its file, however its lines were merged."""
    return str(op["at"]), str(op["op_id"])


@dataclass(slots=True)
class State:
    """What is there after some operations.

    Attributes
    ----------
    codings : dict of str to dict
        By id: `document, start, end, code, memo, uncertain, first, last, sha, gloss, coded_at,
        line` (of the file, where its span was written), and of what was settled `from, reason,
        holds, decided_by`.
    read_to : dict of str to int
        By document, in code points.
    memos : dict of str to str
        By document.
    codes : dict of str to Op
        Codes that the coder made, by name.
    """

    codings: dict[str, dict[str, Any]] = field(default_factory=dict)
    read_to: dict[str, int] = field(default_factory=dict)
    memos: dict[str, str] = field(default_factory=dict)
    codes: dict[str, Op] = field(default_factory=dict)

    def apply(self, op: Op) -> None:
        """Take an operation that is in force, and no undo."""
        kind = op["op"]
        if kind == "add":
            own = {name: value for name, value in op.items() if name in _KEPT}
            about = {"coded_at": op["at"], "line": op.get("line", 0)}
            self.codings[op["id"]] = {**_NOTHING, **own, **about}
        elif kind == "edit" and op["id"] in self.codings:
            coding = self.codings[op["id"]]
            old = {"line": op.get("line", 0), **dict.fromkeys(_PROOF, "")} if "start" in op else {}
            new = {n: value for n, value in op.items() if n in _KEPT and n != "document"}
            coding.update(old | new)
        elif kind == "remove":
            self.codings.pop(op["id"], None)
        elif kind == "read":
            self.read_to[op["document"]] = op["to"]
        elif kind == "memo":
            self.memos[op["document"]] = op["text"]
        elif kind == "code":
            self.codes[op["code"]] = op

    def documents(self) -> list[str]:
        """Return the documents of which something is known."""
        coded = (coding["document"] for coding in self.codings.values())
        return list(dict.fromkeys([*coded, *self.read_to, *self.memos]))


def in_force(ops: Iterable[Op]) -> list[Op]:
    """Return the operations but undos that no undo in force names, in the order that they have.

    Parameters
    ----------
    ops : iterable of Op
        By `order`. An undo names operations before it alone, so that there are no circles.
    """
    struck: set[str] = set()
    live = []
    for op in reversed(list(ops)):
        if op["op_id"] in struck:
            continue
        if op["op"] == "undo":
            struck.update(undone_by(op))
        else:
            live.append(op)
    return live[::-1]


class History:
    """Operations of one file: each counts once, in the order of their times whatever the order of
    the lines.

    Attributes
    ----------
    version : int
        Another one after each change, also where there are as many operations as before.
    """

    def __init__(self, ops: Iterable[Op] = ()) -> None:
        self.version = 0
        self._ops: dict[str, Op] = {}
        self._order: list[tuple[tuple[str, str], str]] = []
        self._state: State | None = State()
        self._places: dict[str, str] = {}  # of codings that ever were
        for op in ops:
            self.add(op)

    def __len__(self) -> int:
        return len(self._ops)

    def __contains__(self, op_id: object) -> bool:
        return op_id in self._ops

    def __getitem__(self, op_id: str) -> Op:
        return self._ops[op_id]

    @property
    def ops(self) -> list[Op]:
        """All operations, by their times."""
        return [self._ops[op_id] for _, op_id in self._order]

    @property
    def last_at(self) -> str:
        """The time of the last one; empty where there is none."""
        return self._order[-1][0][0] if self._order else ""

    def document_of(self, op: Op) -> str:
        """Return the document that an operation is about, an undo that of what it undoes; empty for
        a code."""
        seen: set[str] = set()
        while op["op"] == "undo":
            seen.add(op["op_id"])
            named = [name for name in undone_by(op) if name in self._ops and name not in seen]
            if not named:
                return ""
            op = self._ops[named[0]]
        return str(op.get("document") or self._places.get(op.get("id", ""), ""))

    def add(self, op: Op) -> bool:
        """Take an operation; return whether it is new."""
        op_id, place = op["op_id"], order(op)
        self.version += 1
        there = self._ops.get(op_id)
        if there is not None:
            if place < order(there):  # one copy of two, whichever line comes first
                self._order.remove((order(there), op_id))
                insort(self._order, (place, op_id))
                self._ops[op_id], self._state = op, None
            return False
        last = not self._order or self._order[-1][0] < place
        insort(self._order, (place, op_id))
        self._ops[op_id] = op
        if op["op"] == "add":
            self._places[op["id"]] = op["document"]
        if self._state is not None and last and op["op"] != "undo":
            self._state.apply(op)
        else:
            self._state = None
        return True

    @property
    def state(self) -> State:
        """What is there now; not to be changed."""
        if self._state is None:
            self._state = State()
            for op in in_force(self.ops):
                self._state.apply(op)
        return self._state

    def steps(self, document: str | None = None) -> tuple[list[Step], list[tuple[str, Step]]]:
        """Return what can be undone and what can be done again, each with the newest last: steps
        (operations that share a `batch`), and the undos (op_ids) with the steps that they took
        back.

        Parameters
        ----------
        document : str, optional
            Only steps about it, and codes that were made for none.
        """
        done: list[tuple[Step, str]] = []
        undone: list[tuple[str, Step]] = []
        again: dict[str, Step] = {}  # steps that an undo of an undo brought back
        for op in self._about(document):
            if op["op"] != "undo":
                undone.clear()
                batch = op.get("batch", "")
                before = done.pop()[0] if batch and done and done[-1][1] == batch else ()
                done.append(((*before, op["op_id"]), batch))
                continue
            named = set(undone_by(op))
            back = [step for undo, step in undone if undo in named]
            if back:
                undone = [(undo, step) for undo, step in undone if undo not in named]
                again[op["op_id"]] = back[-1]
                done += [(step, "") for step in back]
                continue
            for name in named & again.keys():
                named |= set(again[name])
            gone = tuple(each for step, _ in done for each in step if each in named)
            done = [(step, batch) for step, batch in done if not named & set(step)]
            if gone:
                undone.append((op["op_id"], gone))
        live = {op["op_id"] for op in in_force(self.ops)}
        return [step for step, _ in done if live.issuperset(step)], undone

    def _about(self, document: str | None) -> list[Op]:
        """Return the operations about a document, all undos, and codes made for no document: one
        that was made together with a coding is of the document of that coding."""
        if document is None:
            return self.ops
        places = {
            op["batch"]: name for op in self.ops if op.get("batch") and (name := self._of(op))
        }
        here = ("", plain(document))
        return [
            op
            for op in self.ops
            if op["op"] == "undo" or plain(self._of(op) or places.get(op.get("batch"), "")) in here
        ]

    def _of(self, op: Op) -> str:
        return "" if op["op"] == "undo" else self.document_of(op)
