"""The cells that a notebook ran -> which parameters its parameters cell sets, and how they are
misspelt."""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from cxlib.check import nearest
from cxlib.errors import ParameterError

_INJECTED = "# Parameters"  # how papermill's own cell begins
_PLAIN = (str, int, float, bool, type(None), list, tuple, dict, PurePath, dt.date)
_MAKERS = {"Path", "PurePath", "date", "dict", "list", "tuple", "set"}


@dataclass(frozen=True, slots=True)
class Assigned:
    """The names that the parameters cell sets, and those that were laid over it afterwards: by
    papermill's cell, or by a cell of one's own."""

    cell: tuple[str, ...]
    injected: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """All of them."""
        return frozenset((*self.cell, *self.injected))


def assigned_names(cells: Sequence[str], fields: Collection[str]) -> Assigned | None:
    """Return what the parameters cell sets; None where no such cell was run.

    Parameters
    ----------
    cells : sequence of str
        The cells that were run, as IPython keeps them in `In`; the same cell may be there often.
    fields : collection of str
        The names of the parameters.

    Notes
    -----
    The rule: of the cells that hold nothing but imports and assignments, the parameters cell is the
    last one that sets at least half as many parameters as any other. A cell of papermill, which
    begins with `# Parameters`, and others that set a parameter to plain values (no call but
    `Path(…)` and `date(…)`), are laid over it where they were run after it. Earlier runs do not
    count: a line that was deleted since is deleted.
    """
    found = [_assignments(cell) for cell in cells]
    injects = [cell.lstrip().startswith(_INJECTED) for cell in cells]
    own = [
        0 if injected else len(set(each.names) & set(fields))
        for each, injected in zip(found, injects, strict=True)
    ]
    most = max(own, default=0)
    last = max(
        (i for i, n in enumerate(own) if n and 2 * n >= most and (n > 1 or found[i].plain)),
        default=-1,
    )
    # of papermill's cells the last alone: each run of it replaces the one before
    injected = [i for i, is_its in enumerate(injects) if is_its and found[i].names][-1:]
    later = [i for i, n in enumerate(own) if n and i > last and found[i].plain] + injected
    if last < 0 and not later:
        return None
    laid_over = tuple(
        dict.fromkeys(
            name
            for i in sorted(later)
            for name in found[i].names
            if injects[i] or name in fields or _is_misspelt(name, fields)
        )
    )
    return Assigned(found[last].names if last >= 0 else (), laid_over)


def _is_misspelt(name: str, fields: Collection[str]) -> bool:
    near = nearest(name, fields)
    return bool(near) and is_near(name, near[0])


@dataclass(frozen=True, slots=True)
class _Names:
    """The names that a cell assigns, and whether all their values are plain."""

    names: tuple[str, ...] = ()
    plain: bool = True


def _assignments(source: str) -> _Names:
    """Return the names that a cell assigns; none where it does more than that and importing."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError):
        return _Names()
    names: list[str] = []
    plain = True
    for line in body:
        if isinstance(line, ast.Import | ast.ImportFrom):
            continue
        targets = line.targets if isinstance(line, ast.Assign) else []
        if isinstance(line, ast.AnnAssign):
            targets = [line.target]
        value = line.value if isinstance(line, ast.Assign | ast.AnnAssign) else None
        if value is None or not all(isinstance(target, ast.Name) for target in targets):
            return _Names()
        plain = plain and all(_is_plain(part) for part in ast.walk(value))
        names += [target.id for target in targets if isinstance(target, ast.Name)]
    return _Names(tuple(dict.fromkeys(names)), plain)


def _is_plain(node: ast.AST) -> bool:
    return not isinstance(node, ast.Call) or ast.unparse(node.func).split(".")[-1] in _MAKERS


def refuse_misspelt(
    assigned: Assigned,
    fields: Collection[str],
    *,
    inner: Mapping[str, Collection[str]],
) -> None:
    """Refuse a name in the parameters cell that is nearly a parameter, or one of the names within a
    mapping, and any injected name that is none.

    Parameters
    ----------
    assigned : Assigned
    fields : collection of str
        The names of the parameters.
    inner : mapping of str to collection of str
        Parameters that are mappings, and the names within them.

    Raises
    ------
    ParameterError
        One line a name, with the parameter that is meant.
    """
    lines = []
    for name in assigned.names - set(fields):
        outer = next((outer for outer, within in inner.items() if name in within), None)
        near = nearest(name, fields)
        if outer is not None:
            lines.append(
                f"parameter {name!r} is one of the names within {outer!r}; write it like "
                f"{outer} = {{{name!r}: ...}}"
            )
        elif near and (name in assigned.injected or is_near(name, near[0])):
            lines.append(f"parameter {name!r} is unknown; did you mean {near[0]!r}?")
        elif name in assigned.injected:
            known = ", ".join(map(repr, fields))
            lines.append(f"parameter {name!r} is unknown; there is {known}")
    if lines:
        raise ParameterError("\n".join(sorted(lines)))


def is_near(name: str, known: str) -> bool:
    """Return whether a name is another one misspelt: alike but for capital letters and `_`, or at
    most a letter in four away."""
    plain, other = (each.replace("_", "").casefold() for each in (name, known))
    return plain == other or _distance(plain, other) <= max(1, len(other) // 4)


def _distance(a: str, b: str) -> int:
    """Count the letters to add, drop, change or swap with the next (Damerau 1964)."""
    before, row = [0] * (len(b) + 1), list(range(len(b) + 1))
    for i, letter in enumerate(a, start=1):
        older, before, row = before, row, [i]
        for j, other in enumerate(b, start=1):
            steps = [before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other)]
            if i > 1 and j > 1 and (letter, a[i - 2]) == (b[j - 2], other):
                steps.append(older[j - 2] + 1)
            row.append(min(steps))
    return row[-1]


def refuse_replaced(values: Mapping[str, Any], replaced: Mapping[str, str]) -> None:
    """Refuse a parameter of an earlier release, with what takes its place.

    Parameters
    ----------
    values : mapping
        Names to values.
    replaced : mapping of str to str
        Names that are no more, each to how its `{value!r}` is written now.

    Raises
    ------
    ParameterError
        One line a name.
    """
    lines = []
    for name in replaced.keys() & values.keys():
        value = values[name]
        new = replaced[name].format(value=list(value) if isinstance(value, tuple) else value)
        lines.append(f"parameter {name!r} has been replaced; write {new}")
    if lines:
        raise ParameterError("\n".join(sorted(lines)))


def refuse_near(names: Iterable[tuple[str, Any]], fields: Collection[str]) -> None:
    """Refuse a name of a plain value that is nearly a parameter, where that parameter has no value.

    Raises
    ------
    ParameterError
        One line a name.
    """
    given = dict(names)
    absent = [name for name in fields if name not in given]
    lines = [
        f"parameter {name!r} is unknown; did you mean {near[0]!r}?"
        for name, value in given.items()
        if name not in fields and not name.startswith("_") and isinstance(value, _PLAIN)
        if (near := nearest(name, absent)) and is_near(name, near[0])
    ]
    if lines:
        raise ParameterError("\n".join(lines))


def refuse_left_behind(
    assigned: Assigned, fields: Collection[str], namespace: Mapping[str, Any]
) -> None:
    """Refuse a parameter that the parameters cell does not set any more while the value of an
    earlier run is still there.

    Raises
    ------
    ParameterError
        With the parameters and what to do.
    """
    left = [name for name in fields if name in namespace and name not in assigned.names]
    if left:
        named = ", ".join(map(repr, left))
        raise ParameterError(
            f"parameter {named}: the parameters cell that was run last does not set it, but an "
            "earlier run left a value behind, which may not be meant; set it in the parameters "
            "cell and run that cell again, or restart the kernel for the default"
        )
