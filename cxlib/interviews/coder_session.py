"""Messages of a page <-> a coder's file: what the widget says and is told, without a widget."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cxlib.errors import CxError, SourceError
from cxlib.interviews.coder_checks import Key, Refused, judge
from cxlib.interviews.coder_desk import Desk, as_told
from cxlib.interviews.coder_messages import Buffers, document_message, language_of
from cxlib.interviews.corpus import Corpus
from cxlib.interviews.journal_names import JournalError
from cxlib.interviews.journal_ops import Op
from cxlib.shown.message import Message

VERSION = 1
Send = Callable[[dict[str, Any], Buffers], None]


class Session:
    """One widget's talk with the kernel; all its views share it.

    Parameters
    ----------
    corpus : Corpus
    desk : Desk
        Of the coder.
    document : str
        The interview that is shown first.
    send : callable
        Takes a message and its buffers to all views.
    others : sequence of Desk or str
        Coders who are shown beside her; of a desk also what they code from now on.
    language : str
    notes : sequence of Message
        What is told once, with the first interview.
    is_chosen : bool
        Whether the interview was named; else a page shows the one that it showed last.

    Notes
    -----
    Messages are dicts with `v: 1` and `kind`. From the page: `open` (document or None, view), `ops`
    (document, journal, ops), `ping`. To the page: `document`, `ack` (op_ids, seq, at), `ops`
    (document, ops, seq), `refused` (op_id, key, reason, detail), `changed`, `pong`. Whatever a page
    sends, it is answered or passed over, and never raises.
    """

    def __init__(
        self,
        corpus: Corpus,
        desk: Desk,
        document: str,
        *,
        send: Send,
        others: Sequence[Desk | str] = (),
        language: str = "en",
        notes: Sequence[Message] = (),
        is_chosen: bool = False,
    ) -> None:
        self._is_chosen = is_chosen
        self._corpus, self.desk, self._document, self._send = corpus, desk, document, send
        self._others, self._language, self._notes = tuple(others), language, list(notes)
        self._texts = dict(zip(corpus.documents["document"], corpus.documents["text"], strict=True))
        self._ready: tuple[object, dict[str, Any], Buffers] | None = None
        for each in (desk, *(other for other in others if isinstance(other, Desk))):
            each.watch(self)

    @property
    def lang(self) -> str:
        """Language of the script of the interview that is shown first; empty where unknown."""
        return language_of(self._texts[self._document])

    def receive(self, message: Any, buffers: Any = None) -> None:
        """Take a message of the page."""
        takers = {"open": self._open, "ops": self._ops, "ping": self._ping}
        if not isinstance(message, Mapping) or message.get("v") != VERSION:
            return
        taker = takers.get(message["kind"]) if isinstance(message.get("kind"), str) else None
        if taker is None:
            return
        try:
            taker(message)
        except SourceError as error:  # the file holds what nobody can follow
            self.tell_trouble(self.desk, error)

    def _say(self, kind: str, content: Mapping[str, Any], buffers: Buffers | None = None) -> None:
        self._send({"v": VERSION, "kind": kind, **content}, buffers or [])

    def _ping(self, message: Mapping[str, Any]) -> None:
        self._say("pong", {"seq": len(self.desk.journal.history)})

    def _open(self, message: Mapping[str, Any]) -> None:
        self.desk.poll()
        for other in self._others:
            if isinstance(other, Desk):
                other.look()
        asked = message.get("document")
        document = asked if isinstance(asked, str) and asked in self._texts else self._document
        content, buffers = self._made(document)
        notes = [note.text(self._language) for note in self._notes]
        self._notes.clear()
        about = {"view": message.get("view"), "notes": notes, "chosen": self._is_chosen}
        self._say("document", {**content, **about}, buffers)

    def prepare(self) -> None:
        """Make the first answer before a page asks, while its script is loading."""
        self._ready = (self._stand(self._document), *self._content(self._document))

    def _made(self, document: str) -> tuple[dict[str, Any], Buffers]:
        ready, self._ready = self._ready, None
        if ready is not None and ready[0] == self._stand(document):
            return ready[1:]
        return self._content(document)

    def _stand(self, document: str) -> object:
        """Return what an answer is made of: the interview, and the files as they were read."""
        desks = [self.desk, *(other for other in self._others if isinstance(other, Desk))]
        return document, [(desk.journal, desk.journal.history.version) for desk in desks]

    def _content(self, document: str) -> tuple[dict[str, Any], Buffers]:
        return document_message(
            self._corpus, self.desk, document, others=self._others, language=self._language
        )

    def _taken(self, ops: Sequence[Any]) -> Sequence[Any]:
        """Return operations as they are judged."""
        return ops

    def _ops(self, message: Mapping[str, Any]) -> None:
        ops = message.get("ops")
        if not isinstance(ops, list):
            return
        before = self.desk.journal.id
        self.desk.poll()
        if message.get("journal") != self.desk.journal.id:
            if self.desk.journal.id == before:
                self._say("changed", {})
            return
        codes = list(self._corpus.codebook["name"])
        judged = judge(self._taken(ops), self.desk.journal.history, texts=self._texts, codes=codes)
        for refused in judged.refused:
            self._refuse(refused)
        try:
            self.desk.append(judged.good)
        except JournalError as error:
            self._ack(judged.known)
            first = next((op["op_id"] for op in judged.good), None)  # of all: it is one trouble
            self._refuse(Refused(first, Key(error.trouble.value), str(error)))
            return
        self._ack([*judged.known, *(op["op_id"] for op in judged.good)])

    def _ack(self, op_ids: Sequence[str]) -> None:
        if op_ids:
            history = self.desk.journal.history
            at = max(history[op_id]["at"] for op_id in op_ids)
            self._say("ack", {"op_ids": list(op_ids), "seq": len(history), "at": at})

    def _refuse(self, refused: Refused) -> None:
        reason = Message(_REASONS[refused.key]).text(self._language)
        about = {"op_id": refused.op_id, "key": str(refused.key)}
        self._say("refused", {**about, "reason": reason, "detail": refused.detail})

    def tell_ops(self, desk: Desk, document: str, ops: Sequence[Op], seq: int) -> None:
        """Tell the page what was written into a file that it shows."""
        told = as_told(ops, desk.journal.coder)
        self._say("ops", {"document": document or self._document, "ops": told, "seq": seq})

    def tell_changed(self, desk: Desk) -> None:
        """Tell the page to open its interview again, and whether the file was deleted."""
        self._say("changed", {"gone": desk.was_gone})

    def tell_trouble(self, desk: Desk, error: CxError) -> None:
        """Tell the page that the coder's file cannot be followed; those of others are not hers."""
        if desk is not self.desk:
            return
        key = Key(error.trouble.value) if isinstance(error, JournalError) else Key.DISK
        self._refuse(Refused(None, key, str(error)))


_REASONS = {
    Key.RANGE: "coder.refused_range",
    Key.CODE: "coder.refused_code",
    Key.TEXT: "coder.refused_text",
    Key.DOCUMENT: "coder.refused_document",
    Key.DISK: "coder.refused_disk",
    Key.READ_ONLY: "coder.refused_readonly",
    Key.REPLACED: "coder.refused_replaced",
    Key.GONE: "coder.refused_gone",
    Key.UNKNOWN: "coder.refused_unknown",
}
