"""What every study's `read(p)` returns beside its own data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.table import Table


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Reading:
    """A study's data, read once; nothing that was noticed on the way is dropped.

    Attributes
    ----------
    read : Result
        What was read and what was left out, by reason: `what, n`, a row a count.
    notes : tuple of Message
        What the reader of the files noticed or decided.
    warnings : tuple of Message
        Problems in the data that leave an answer possible.
    flags : tuple of Message
        Those of the warnings that can change the headline: they are shown above the finding.
    subject : str or None
        What exactly is looked at (the wave, say), so that looks at it can be counted.
    inputs : mapping of str to Path
        Parameter to the file or folder that was read for it.
    tables : mapping of str to mapping
        Parameter to what provenance says of a table of a server (see `server_tables.facts_of`).
    """

    read: Result
    notes: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()
    flags: tuple[Message, ...] = ()
    subject: str | None = None
    inputs: Mapping[str, Path]
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def table(self, *, caption: Message | str = "", language: str = "en") -> ReadTable:
        """Return what was read as a table; it hands the subject, and what is known of tables of
        servers, to `cx run`."""
        shown = self.read.table(["what", "n"], caption=caption, language=language)
        return ReadTable(
            frame=shown.frame,
            columns=shown.columns,
            topic=shown.topic,
            filled=shown.filled,
            caption=shown.caption,
            language=language,
            empty=shown.empty,
            subject=self.subject,
            tables=self.tables,
        )


def with_condition(subject: str | None, *conditions: str | None) -> str | None:
    """Return what is looked at, with the conditions under which: a look at some rows is no look at
    all of them.

    >>> with_condition("2026Q3", "country = 'JP'"), with_condition("2026Q3", None)
    ("2026Q3, where country = 'JP'", '2026Q3')
    """
    told = [f"where {condition}" for condition in conditions if condition is not None]
    return ", ".join([*([subject] if subject is not None else []), *told]) or None


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class ReadTable(Table):
    """The table of what was read; `cx run` finds it by a mark and stores its subject and tables."""

    subject: str | None = None
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        mark: dict[str, Any] = {"read": True, "subject": self.subject}
        if self.tables:
            mark["tables"] = dict(self.tables)
        return Table._repr_mimebundle_(self), {"text/csv": mark}
