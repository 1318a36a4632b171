"""A page that talks with a coder's file, and two interviews to talk about."""

from __future__ import annotations

import json

from cxlib.interviews.coder_desk import desk_of
from cxlib.interviews.coder_session import Session
from cxlib.interviews.journal_ops import State, in_force

TEXT = (
    "Ann: How was it?\n\nBob: The 🙂 parcel was 長い late, 👩\u200d🚀 four days.\n\n"
    "Bob: Never again.\n"
)


def two_interviews(build):
    found = build({"a.txt": 30, "b.txt": 30}, [("a.txt", 1, "late", "Kim")], {"late": ("T", "")})
    found.documents.loc[0, ["text", "characters"]] = [TEXT, len(TEXT)]
    return found


class Page:
    """A page that knows what it was told."""

    def __init__(self, corpus, path, coder="Aki", **more):
        self.told, self.buffers = [], []
        self.desk = desk_of(path, coder)
        self.session = Session(corpus, self.desk, "a.txt", send=self._take, **more)

    def _take(self, message, buffers):
        assert json.loads(json.dumps(message)) == message
        self.told.append(message)
        self.buffers.append(buffers)

    def say(self, kind, **content):
        self.told.clear()
        self.buffers.clear()
        self.session.receive({"v": 1, "kind": kind, **content}, [])
        return list(self.told)

    def open(self, document=None):
        self.say("open", document=document, view="v1")
        [at] = [n for n, message in enumerate(self.told) if message["kind"] == "document"]
        text, codings = self.buffers[at]
        usual = {"memo": "", "uncertain": False, "coder": self.told[at]["coder"], "mine": True}
        rows = [usual | coding for coding in json.loads(codings)]
        return self.told[at], text.decode(), _with_tail(rows, self.told[at])

    def ops(self, *ops, journal=None, document="a.txt"):
        return self.say(
            "ops", document=document, journal=journal or self.desk.journal.id, ops=list(ops)
        )


def _with_tail(codings, message):
    """Make of what stood before the last ops, and these, what a page shows."""
    state = State(codings={coding["id"]: coding for coding in codings if coding["mine"]})
    state.read_to, state.memos = {"a.txt": message["read_to"]}, {"a.txt": message["memo"]}
    for op in in_force(message["tail"]):
        state.apply(op)
        if op["op"] == "code":
            message["codes"].append({"name": op["code"]})
    message["read_to"] = state.read_to["a.txt"]
    names = ("start", "end", "code", "memo", "uncertain")
    own = [
        {"id": key, **{name: c[name] for name in names}, "coder": message["coder"], "mine": True}
        for key, c in state.codings.items()
    ]
    return [*own, *(coding for coding in codings if not coding["mine"])]


def add(name="1", start=5, end=9, code="late", **more):
    about = {"op": "add", "op_id": f"op-{name}", "id": f"id-{name}", "document": "a.txt"}
    return {**about, "start": start, "end": end, "code": code, **more}


def kinds(messages):
    return [message["kind"] for message in messages]


def refusals(messages):
    return [(m["op_id"], m["key"]) for m in messages if m["kind"] == "refused"]


def meant_by(ops):
    """What a list of ops, each once, leaves."""
    off, left = set(), []
    for op in reversed(ops):
        if op["op_id"] in off:
            continue
        if op["op"] == "undo":
            off.add(op["undoes"])
        else:
            left.append(op)
    codings = {}
    for op in reversed(left):
        if op["op"] == "add":
            codings[op["id"]] = [op["start"], op["end"], op["code"], ""]
        elif op["op"] == "edit" and op["id"] in codings:
            codings[op["id"]][3] = op["memo"]
        elif op["op"] == "remove":
            codings.pop(op["id"], None)
    return {key: tuple(value) for key, value in codings.items()}


def any_op(rng, n, meant):
    adds = [op for op in meant if op["op"] == "add"]
    if not adds or rng.random() < 0.5:
        return add(f"{n}", start=rng.randint(0, 9), end=rng.randint(10, 40))
    name, kind = f"x-{n}", rng.choice(["edit", "remove", "undo"])
    alive = meant_by(meant)
    if kind == "undo" or not alive:
        return {"op": "undo", "op_id": name, "undoes": rng.choice(meant)["op_id"]}
    key = rng.choice(sorted(alive))
    if kind == "edit":
        return {"op": "edit", "op_id": name, "id": key, "memo": f"memo {n} 長い"}
    return {"op": "remove", "op_id": name, "id": key}
