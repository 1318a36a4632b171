"""A coder's file -> one desk in this kernel, at which all views of it sit."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from cxlib.errors import SourceError
from cxlib.interviews.journal import Journal, open_journal, read_journal
from cxlib.interviews.journal_names import JournalError, Trouble
from cxlib.interviews.journal_ops import Op

STEPS = 1_000  # of undo and of redo that a page is told; it asks again before it is through them
EVERY = 2.0  # seconds between two looks for lines of others
_DESKS: weakref.WeakValueDictionary[Path, Desk] = weakref.WeakValueDictionary()


class Watcher(Protocol):
    """Somebody who is told what is written into a file."""

    def tell_ops(self, desk: Desk, document: str, ops: Sequence[Op], seq: int) -> None:
        """Take operations that were written."""

    def tell_changed(self, desk: Desk) -> None:
        """Take that the file is another one now."""

    def tell_trouble(self, desk: Desk, error: SourceError) -> None:
        """Take that the file cannot be followed."""


class Desk:
    """The file of one coder, once in a kernel, and who watches it.

    Attributes
    ----------
    journal : Journal
    is_new : bool
        Whether the file was made when the desk was.
    was_gone : bool
        Whether the file was not there any more when it was last read anew.
    """

    was_gone = False

    def __init__(self, path: Path, coder: str, *, writes: bool) -> None:
        self._path, self._coder, self._writes = path, coder, writes
        self.journal, self.is_new = self._open()
        self._watchers: weakref.WeakSet[Any] = weakref.WeakSet()
        self._is_looking = False
        self._told = ""  # the trouble that was told last, which is told once

    def _open(self) -> tuple[Journal, bool]:
        if self._writes:
            return open_journal(self._path, self._coder)
        return read_journal(self._path), False

    def watch(self, watcher: Watcher) -> None:
        """Tell a watcher from now on; it may go away without saying so."""
        self._watchers.add(watcher)
        self._look_on()

    def poll(self, *, makes: bool = True) -> None:
        """Look for what others wrote, and tell all watchers.

        Parameters
        ----------
        makes : bool
            Whether a file that is gone is made again; git takes it away for a while where it
            changes branches.

        Raises
        ------
        SourceError
            If a line is no operation, or the file is gone and not made again.
        """
        try:
            self._tell(self.journal.poll())
        except JournalError as error:
            if not makes and not self._path.exists():
                raise JournalError(Trouble.GONE, str(error)) from error
            self._follow(error)

    def append(self, ops: Sequence[Op]) -> None:
        """Write operations, and tell all watchers; all lies on the disk then.

        Raises
        ------
        JournalError
            If nothing was written. Where the file is another one, it is read anew, and all
            watchers are told.
        """
        try:
            found = self.journal.append(ops)
        except JournalError as error:
            self._follow(error)
            raise
        n = len(found.own)
        self._tell(found.foreign, behind=n)
        self._tell(found.own)

    def _tell(self, ops: Sequence[Op], *, behind: int = 0) -> None:
        """Tell operations, those of one document after the other, with how many there are then."""
        seq = len(self.journal.history) - behind - len(ops)
        runs: list[tuple[str, list[Op]]] = []
        for op in ops:
            name = self.journal.history.document_of(op)
            if not runs or (name and runs[-1][0] and name != runs[-1][0]):
                runs.append((name, []))
            runs[-1] = (runs[-1][0] or name, [*runs[-1][1], op])
        for document, part in runs:
            seq += len(part)
            for watcher in list(self._watchers):
                watcher.tell_ops(self, document, part, seq)

    def _follow(self, error: JournalError) -> None:
        """Read the file anew where it is another one."""
        if error.trouble != Trouble.REPLACED:
            return
        self.was_gone = not self._path.exists()
        self.journal, _ = self._open()
        for watcher in list(self._watchers):
            watcher.tell_changed(self)

    def _look_on(self) -> None:
        """Look again in a while, where the kernel has a loop and somebody watches."""
        if self._is_looking or not self._watchers:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._is_looking = True
        loop.call_later(EVERY, _look, weakref.ref(self))

    def look(self) -> None:
        """Look for what others wrote, and tell all watchers also what cannot be followed."""
        self._is_looking = False
        try:
            self.poll(makes=False)
            self._told = ""
        except SourceError as error:
            if str(error) != self._told:
                self._told = str(error)
                for watcher in list(self._watchers):
                    watcher.tell_trouble(self, error)
        self._look_on()


def _look(desk: weakref.ref[Desk]) -> None:
    if (there := desk()) is not None:
        there.look()


def desk_of(path: Path, coder: str, *, writes: bool = True) -> Desk:
    """Return the desk of a coder's file in this kernel.

    Parameters
    ----------
    path : Path
    coder : str
    writes : bool
        Whether she codes in it here; else the file must be there.

    Raises
    ------
    SourceError
        See `journal.open_journal` and `journal.read_journal`.
    """
    real = path.resolve()
    desk = _DESKS.get(real)
    if desk is None or (writes and not desk._writes):
        before = () if desk is None else tuple(desk._watchers)
        desk = _DESKS[real] = Desk(path, coder, writes=writes)
        for watcher in before:
            desk.watch(watcher)
    return desk


def as_told(ops: Sequence[Op], coder: str) -> list[dict[str, Any]]:
    """Return operations as a page is told them."""
    hidden = ("line", "first", "last", "sha")
    return [
        {**{name: value for name, value in op.items() if name not in hidden}, "coder": coder}
        for op in ops
    ]


def undo_of(journal: Journal, document: str) -> Mapping[str, list[Any]]:
    """Return what Ctrl+Z and Ctrl+Shift+Z take next in an interview, the newest last.

    A page that takes back what was done before the operations that it knows asks for the interview
    anew, and is told of earlier steps then."""
    done, undone = journal.history.steps(document)
    return {
        "done": [step[0] if len(step) == 1 else list(step) for step in done[-STEPS:]],
        "undone": [{"undo": undo, "step": list(step)} for undo, step in undone[-STEPS:]],
    }
