"""A planned report with `for_each` -> one report a value of its columns, and the values left out.

Which values there are, and how many rows each has, the notebook's own study says (its function
`group_sizes`): it reads the rows as the notebook will, so that previews, unfinished answers and
what `where` leaves out do not count. A value reaches the notebook as the parameter `only`, bound as
it is.
"""

from __future__ import annotations

import hashlib
import importlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from cxlib import check
from cxlib.errors import ColumnError, ParameterError
from cxlib.marks import KeysOf
from cxlib.parameters import StudyParameters
from cxlib.report.columns import read_with
from cxlib.report.folder_names import name_all
from cxlib.report.notebook import Notebook, load_model, read_notebook
from cxlib.report.parameters import check_values, known_names, with_paths
from cxlib.report.plan import Planned
from cxlib.shown.language import word
from cxlib.shown.message import Message, Word
from cxlib.sources.headers import read_header

LEAST = 30  # a group; below it an interval says next to nothing, and a reader may know who it was
MOST_VALUES = 200  # reports of one entry; a column of ids has more
_BINDS = "only"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A value of which no report is made.

    Attributes
    ----------
    name : str
        The report that it would be.
    value : dict of str to str or None
        Column to value; None where it is missing.
    n : int
        Its size.
    reason : Message
    """

    name: str
    value: dict[str, str | None]
    n: int
    reason: Message


@dataclass(frozen=True, slots=True)
class Expansion:
    """The reports that a planned one stands for, and the values left out."""

    reports: tuple[Planned, ...]
    left_out: tuple[LeftOut, ...] = ()
    language: str = "en"  # of these reports


def expand(planned: Planned) -> Expansion:
    """Return the reports that a planned one stands for: itself, or with `for_each` one a value.

    Rows are read for it, so it runs in a process with limits. With several columns, it is one
    report a combination that occurs. `least` is the smallest size of a group (30 where it is not
    said; of several columns' the largest).

    Raises
    ------
    CxError
        If the parameters are wrong, the notebook's study counts no groups, no file has the column,
        the rows are refused, there are more than 200 values, or none is large enough.
    """
    if not planned.for_each:
        return Expansion((planned,))
    notebook = read_notebook(planned.notebook)
    model, counts = _counter(notebook)
    p = _parameters(planned, notebook, model)
    _refuse_absent(p, tuple(planned.for_each))
    return _split(planned, p, counts(p, by=list(planned.for_each)))


def _counter(notebook: Notebook) -> tuple[type[StudyParameters], Callable[..., Any]]:
    """Return the model of the notebook's study, and its function that counts groups."""
    model = load_model(notebook)
    study = importlib.import_module(str(notebook.model).partition(":")[0]) if model else None
    counts = getattr(study, "group_sizes", None)
    if model is None or counts is None or _BINDS not in model.model_fields:
        raise ParameterError(
            "for_each: this notebook's study counts no groups; list what you want with grid: "
            "{parameter: [value, value]}"
        )
    return model, counts


def _parameters(
    planned: Planned, notebook: Notebook, model: type[StudyParameters]
) -> StudyParameters:
    """Return the checked parameters of all reports together."""
    known = known_names(notebook, model)
    defaults = {name: value for name, value in planned.defaults.items() if name in known}
    checked = check_values(
        notebook,
        defaults | planned.given,
        model=model,
        folder=planned.notebook.parent,
        relative_to=planned.relative_to,
    )
    return model.parse(with_paths(checked))


def _refuse_absent(p: StudyParameters, columns: Sequence[str]) -> None:
    """Refuse columns that no file has, and one that `only` names already."""
    files = [
        name
        for mark in type(p).model_fields[_BINDS].metadata
        if isinstance(mark, KeysOf)
        for name in mark.files
        if isinstance(getattr(p, name), Path)
    ]
    headers = [read_header(getattr(p, name), **read_with(p, name)) for name in files]
    for column in columns:
        if column in getattr(p, _BINDS):
            raise ParameterError(
                f"for_each and only both name the column {column!r}; leave it out of one of them"
            )
        if not any(header.has(column) for header in headers):
            known = [name for header in headers for name in header.names]
            raise ColumnError(
                f"for_each={column!r}: there is no such column in {' or '.join(files)}"
                f"{check.did_you_mean(column, known)}"
            )


def _split(planned: Planned, p: StudyParameters, sizes: Any) -> Expansion:
    """Return one report a group that is large enough, in the order of their names."""
    columns = list(planned.for_each)
    asked = [rules["least"] for rules in planned.for_each.values() if "least" in rules]
    least = max(asked or [LEAST])
    groups = sorted(group for group in sizes.n if None not in group)
    missing = [group for group, n in sizes.n.items() if None in group and n]
    _refuse_sizes(columns, {group: sizes.n[group] for group in groups}, least, sizes.unit)
    words = [tuple(value or "" for value in group) for group in (*groups, *missing)]
    names = dict(zip((*groups, *missing), name_all(planned.name, words), strict=True))
    given = dict(getattr(p, _BINDS))
    reports = [
        replace(
            planned,
            name=names[group],
            given={**planned.given, _BINDS: given | dict(zip(columns, group, strict=True))},
            for_each={},
            entry=planned.name,
        )
        for group in groups
        if sizes.n[group] >= least
    ]
    too_small = [group for group in groups if sizes.n[group] < least]
    left_out = [
        LeftOut(
            names[group],
            dict(zip(columns, group, strict=True)),
            sizes.n[group],
            Message(
                "cli.no_group" if None in group else "cli.few",
                group=_said(columns, group),
                counted=Word(sizes.unit, n=sizes.n[group]),
                least=least,
            ),
        )
        for group in (*too_small, *missing)
    ]
    return Expansion(tuple(reports), tuple(left_out), getattr(p, "language", "en"))


def _refuse_sizes(
    columns: Sequence[str], sizes: Mapping[tuple[str, ...], int], least: int, unit: StrEnum
) -> None:
    """Refuse columns with very many values, or none that is large enough."""
    told = f"for_each={', '.join(columns)!r}"
    if len(sizes) > MOST_VALUES:
        raise ParameterError(
            f"{told} has {len(sizes):,} values, more than {MOST_VALUES}, as a column of ids or of "
            "free text has; name a column of groups"
        )
    largest = max(sizes.values(), default=0)
    if largest < least:
        step = (
            f"give {{least: {largest}}} or less, or another column"
            if largest
            else ("name a column that is filled in")
        )
        raise ParameterError(
            f"{told}: no value has {word(unit, n=least)}, the largest has {largest:,}; {step}"
        )


def _said(columns: Sequence[str], group: Sequence[str | None]) -> list[Message]:
    return [
        Message("cli.group_blank", column=column)
        if value is None
        else Message("cli.group_named", column=column, value=value)
        for column, value in zip(columns, group, strict=True)
    ]


def parse_shard(text: str) -> tuple[int, int]:
    """Return which part of how many, counted from 0.

    >>> parse_shard("0/2")
    (0, 2)

    Raises
    ------
    ParameterError
        If it is no part.
    """
    found = re.fullmatch(r"\s*(\d{1,6})\s*/\s*(\d{1,6})\s*", text, re.ASCII)
    index, count = (int(found[1]), int(found[2])) if found else (0, 0)
    if count < 1 or index >= count:
        last = f"the last of {count} is {count - 1}/{count}" if count else "such as 0/2 and 1/2"
        raise ParameterError(
            f"--shard {text}: write which part of how many, counted from 0: {last}"
        )
    return index, count


def in_shard(name: str, index: int, count: int) -> bool:
    """Return whether a report belongs to a part; each belongs to one, whatever others there are.

    >>> [in_shard("nps-JP", part, 3) for part in range(3)].count(True)
    1
    """
    digest = hashlib.sha256(name.encode("utf-8")).digest()
    return int.from_bytes(digest[:8], "big") % count == index
