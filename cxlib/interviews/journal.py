"""The file of one coder, to which operations are appended -> what she has coded, and a table."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cxlib.errors import SourceError
from cxlib.interviews import journal_lock
from cxlib.interviews.codings import plain
from cxlib.interviews.corpus import CODING
from cxlib.interviews.journal_names import JournalError, Trouble, trouble_of
from cxlib.interviews.journal_ops import History, Op, State, fault
from cxlib.shown.saving import whole
from cxlib.shown.table import inert_frame

UNCERTAIN = "uncertain"
_FORMAT, _VERSION = "cxlib-codings", 1
_CONFLICT = re.compile(rb"(?:<{7}|={7}|>{7})(?: .*)?\s*")  # what git writes where it gives up
_SEEN = 96  # first and last bytes of what was read, by which a file is known again


@dataclass(frozen=True, slots=True)
class Appended:
    """What an append found and wrote: operations of others, and those that are new, with their
    times."""

    foreign: tuple[Op, ...]
    own: tuple[Op, ...]


class Journal:
    """The operations of one coder in one file, as they were last read.

    Made by `open_journal`, or by `read_journal` where nothing is to be written.

    Attributes
    ----------
    path : Path
    coder, id : str
        As the first line says.
    history : History
    torn : tuple of int
        Lines that were cut off while they were written and hold no operation, from 1.
    markers : tuple of int
        Lines with which git marks a conflict, where all others are whole.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.coder = self.id = ""
        self.history = History()
        self._offset = self._line = 0  # up to here it was read: bytes, and lines
        self._odd: list[int] = []  # lines that hold nothing that can be read
        self._marks: set[int] = set()  # those of them that are git's
        self._rest = 0  # a line of them behind it, which has no end yet
        self._head = self._before = b""
        self._stat: tuple[int, ...] = ()

    @property
    def torn(self) -> tuple[int, ...]:
        """Lines that hold no operation since they were cut off."""
        return () if self._marks.issuperset(self._all_odd) else tuple(self._all_odd)

    @property
    def markers(self) -> tuple[int, ...]:
        """Lines with which git marks a conflict, where all others are whole."""
        return tuple(self._all_odd) if self._marks.issuperset(self._all_odd) else ()

    @property
    def _all_odd(self) -> list[int]:
        return [*self._odd, self._rest] if self._rest else self._odd

    @property
    def state(self) -> State:
        """What is coded now."""
        return self.history.state

    def poll(self) -> tuple[Op, ...]:
        """Return the operations that others wrote since the file was last read.

        Raises
        ------
        JournalError
            If it is another file than it was, or was cut (`replaced`).
        SourceError
            If a line of it is no operation.
        """
        try:
            if _known_by(os.stat(self.path)) == self._stat:
                return ()
            with journal_lock.locked(self.path, os.O_RDONLY) as fd:
                return self._read_on(fd)
        except OSError as error:
            raise trouble_of(error, self.path) from error

    def append(self, ops: Sequence[Op]) -> Appended:
        """Write operations, and give them their times; those that are there already are left out.

        Parameters
        ----------
        ops : sequence of Op
            Without `at`; their form must be right (`journal_ops.fault`).

        Returns
        -------
        Appended
            All of it lies on the disk.

        Raises
        ------
        JournalError
            If nothing could be written, with why; the file is as it was.
        SourceError
            If somebody wrote a line into it that is no operation.
        """
        try:
            with journal_lock.locked(self.path, os.O_RDWR | os.O_APPEND) as fd:
                foreign = self._read_on(fd)
                new = {op["op_id"]: op for op in ops if op["op_id"] not in self.history}
                lines = list(self._stamped(new.values()))
                if lines:
                    self._write(fd, lines)
                    return Appended(foreign, self._read_on(fd))
                return Appended(foreign, ())
        except OSError as error:
            raise trouble_of(error, self.path) from error

    def to_frame(self) -> pd.DataFrame:
        """Return the codings there are now: `document, start, end, code, coder, coded_at, memo,
        gloss, uncertain`, one row a span, by document and place."""
        rows = [{**coding, "coder": self.coder} for coding in self.state.codings.values()]
        frame = pd.DataFrame(rows, columns=[*CODING, UNCERTAIN])
        frame = frame.astype({"start": "int64", "end": "int64", UNCERTAIN: bool})
        places = ["document", "start", "end", "code"]
        return frame.sort_values(places, kind="stable", ignore_index=True)

    def _stamped(self, ops: Iterable[Op]) -> Iterable[Op]:
        """Yield operations with their times, which rise whatever the clock does."""
        at = dt.datetime.now(dt.UTC)
        if last := self.history.last_at:
            at = max(at, _time(last) + dt.timedelta(microseconds=1))
        for op in ops:
            yield {"op": op["op"], "op_id": op["op_id"], "at": _written(at), **op}
            at += dt.timedelta(microseconds=1)

    def _write(self, fd: int, lines: Sequence[Op]) -> None:
        start = os.fstat(fd).st_size
        torn = start and journal_lock.read(fd, start - 1, start) != b"\n"
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        journal_lock.append(fd, b"\n" * bool(torn) + text.encode("utf-8"))

    def _read_on(self, fd: int) -> tuple[Op, ...]:
        """Take what stands behind the place up to which the file was read, and return what is new
        of it."""
        now = os.fstat(fd)
        self._refuse_replaced(fd, now)
        chunk = journal_lock.read(fd, self._offset, now.st_size)
        *lines, rest = chunk.split(b"\n")
        before = self._line, list(self._odd)
        try:
            found = [op for line in lines if (op := self._taken(line)) is not None]
        except SourceError:
            self._line, self._odd = before
            raise
        self._offset += len(chunk) - len(rest)
        self._head, self._before = self._edges(fd)
        self._rest = 0
        if rest:  # a whole line without its end is read again with it, and counts once
            odd, number = list(self._odd), self._line
            found += [op for op in [self._taken(rest)] if op is not None]
            self._rest = self._line if len(self._odd) > len(odd) else 0
            self._odd, self._line = odd, number
        self._stat = _known_by(now)
        return tuple(op for op in found if self.history.add(op))

    def _taken(self, line: bytes) -> Op | None:
        """Return the operation of a line; None where it is the first one, empty or torn."""
        self._line += 1
        if not line.strip():
            return None
        try:
            found = json.loads(line.decode("utf-8"), parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            self._odd.append(self._line)
            is_mark = _CONFLICT.fullmatch(line) is not None
            (self._marks.add if is_mark else self._marks.discard)(self._line)
            return None
        if isinstance(found, dict) and "format" in found:
            self._take_header(found)
            return None
        if wrong := fault(found) if isinstance(found, dict) else "it is no object":
            raise SourceError(
                f"codings={self.path.name!r}, line {self._line} is no operation: {wrong}; the file "
                "is written by cx.interviews.code alone: take the line out, or put the file back "
                "as it was"
            )
        return {**found, "line": self._line}

    def _take_header(self, found: dict[str, Any]) -> None:
        """Take the first line; where two copies were merged there are two, and the first counts."""
        known = found.get("format") == _FORMAT and found.get("version") == _VERSION
        texts = all(isinstance(found.get(name), str) and found[name] for name in ("id", "coder"))
        if not known or not texts:
            raise SourceError(
                f"codings={self.path.name!r}, line {self._line}: format={found.get('format')!r} "
                f"and version={found.get('version')!r} are not {_FORMAT!r} and {_VERSION}; read it "
                "with the cxlib that wrote it, or a newer one"
            )
        coder = plain(found["coder"])
        if self.id and coder != self.coder:
            raise SourceError(
                f"codings={self.path.name!r}, line {self._line}: {coder!r} begins here, and the "
                f"file is of {self.coder!r}; give each coder a file of her own"
            )
        self.coder, self.id = coder, self.id or found["id"]

    def _edges(self, fd: int) -> tuple[bytes, bytes]:
        """Return the first and the last bytes of what was read."""
        at = self._offset
        last = journal_lock.read(fd, max(at - _SEEN, 0), at)
        return journal_lock.read(fd, 0, min(at, _SEEN)), last

    def _refuse_replaced(self, fd: int, now: os.stat_result) -> None:
        same = not self._stat or (now.st_dev, now.st_ino) == self._stat[:2]
        same = same and now.st_size >= self._offset
        if same and self._edges(fd) == (self._head, self._before):
            return
        raise JournalError(
            Trouble.REPLACED,
            f"{self.path.as_posix()!r} is another file than it was, or was cut; it is read anew, "
            "and what was not yet saved is sent again",
        )


def read_journal(path: Path) -> Journal:
    """Read a coder's file, and leave it as it is.

    Raises
    ------
    SourceError
        If it cannot be read, is no such file, or a whole line of it is no operation.
    """
    journal = Journal(path)
    try:
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise SourceError(
            f"codings={path.name!r} cannot be read ({error.strerror}); look at its rights"
        ) from error
    try:
        journal._read_on(fd)
    finally:
        os.close(fd)
    if not journal.id:
        raise _no_journal(path)
    return journal


def open_journal(path: Path, coder: str) -> tuple[Journal, bool]:
    """Open a coder's file to write in, and make it where there is none.

    Parameters
    ----------
    path : Path
        Its folder is made too.
    coder : str
        Who codes.

    Returns
    -------
    tuple of (Journal, bool)
        And whether it is new.

    Raises
    ------
    JournalError
        If it cannot be written.
    SourceError
        If it is another coder's, or no such file.
    """
    journal = Journal(path)
    header = {"format": _FORMAT, "version": _VERSION, "id": secrets.token_hex(8), "coder": coder}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with journal_lock.locked(path, os.O_RDWR | os.O_APPEND | os.O_CREAT) as fd:
            journal._read_on(fd)
            new = not journal.id
            if new and len(journal.history):
                raise _no_journal(path)
            if new:
                journal._write(fd, [header])
                journal._read_on(fd)
    except OSError as error:
        raise trouble_of(error, path) from error
    if journal.coder != plain(coder):
        raise SourceError(
            f"{path.as_posix()!r} is the file of {journal.coder!r}, and coder={coder!r} would "
            "write into it; give the name as it is there, or another one"
        )
    return journal, new


def _no_journal(path: Path) -> SourceError:
    return SourceError(
        f"codings={path.name!r} is no file of a coder: it has no line with "
        f'"format": "{_FORMAT}"; take it out of the folder'
    )


def write_table(codings: pd.DataFrame, path: str | Path) -> Path:
    """Write codings as a CSV, whole or not at all, in which no cell is a formula."""
    buffer = io.StringIO()
    inert_frame(codings).to_csv(buffer, index=False, lineterminator="\r\n")
    with whole(Path(path)) as part:
        part.write_text(buffer.getvalue(), encoding="utf-8-sig", newline="")
    return Path(path)


def _known_by(stat: os.stat_result) -> tuple[int, ...]:
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns


def _written(at: dt.datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _time(at: str) -> dt.datetime:
    return dt.datetime.strptime(at, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=dt.UTC)


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
