"""A customer file or an invitation list -> a table of people, and what was noticed about it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from cxlib.bias.counts import people
from cxlib.bias.parameters import Parameters
from cxlib.bias.target_tables import read_targets
from cxlib.errors import CxError, ParameterError
from cxlib.rows.category_tables import CategoryTable, find_category_table
from cxlib.rows.conditions import Condition
from cxlib.rows.headcounts import Headcount, find_crossed, find_headcount, whole_numbers
from cxlib.rows.table import named
from cxlib.shown.message import Message
from cxlib.sources import read_list
from cxlib.sources.columnar import open_here, pulled
from cxlib.sources.table_names import is_columnar

if TYPE_CHECKING:
    import ibis.expr.types as ir


def read_people(
    p: Parameters, parameter: str, *, where: Condition | None
) -> tuple[ir.Table | None, tuple[Message, ...], tuple[Message, ...]]:
    """Read the file that a parameter names, one row a person or an invitation (None where it names
    none), with its notes and warnings.

    Raises
    ------
    ParameterError
        If the file is a table of numbers of people.
    """
    path: Path | None = getattr(p, parameter)
    if path is None:
        return None, (), ()
    # Text by the survey's reader, so that Yes stays Yes: DuckDB's would make true of it.
    columns = [p.customer] if p.customer else []
    if is_columnar(path):
        rows = open_here(path)
        refuse_counts(people.start(rows), parameter, path, p)
        said = pulled(path, people.size(rows))
        if where is None:
            return named(people.as_names(rows, columns=columns)), said, ()
        kept = where.apply(rows, file=path.name)
        notes = (*said, *kept.notes)
        return named(people.as_names(kept.rows, columns=columns)), notes, kept.warnings
    file = read_list(path)
    refuse_counts(file.frame, parameter, path, p)
    file = file.where(where)
    return named(people.as_names(file.frame, columns=columns)), file.noticed, file.warnings


def refuse_counts(frame: pd.DataFrame, parameter: str, path: Path, p: Parameters) -> None:
    """Refuse a table in which a row counts many people, and say how to weight to it.

    Raises
    ------
    ParameterError
        With the calls that make weights of it.
    """
    file = f"cx.sources.read_list({path.as_posix()!r}).frame"
    ids = (p.customer,) if p.customer else ()
    if crossed := find_crossed(frame, margins=p.margins):
        row, over = crossed
        frame = frame.melt(row, var_name=over, value_name="n")
        file += f".melt({row!r}, var_name={over!r}, value_name='n')"
    found = find_headcount(frame, ids=ids, margins=p.margins)
    if found is None:
        _refuse_categories(frame, parameter, path, p)
        return
    if not pd.api.types.is_numeric_dtype(frame[found.count]):
        file += f"; t = t.assign(**{{{found.count!r}: {found.number}}})"
    if frame[list(found.categories)].isna().any(axis=None):
        file += "; t = t.ffill()"
    if found.margin is None:
        margins = [name for name in frame.columns if name in p.margins] or list(found.categories)
        targets = f"{{m: t.groupby(m)[{found.count!r}].sum() for m in {margins}}}"
    else:
        targets = (
            f"{{m: g.set_index({found.category!r})[{found.count!r}] "
            f"for m, g in t.groupby({found.margin!r})}}"
        )
    raise ParameterError(
        f"{parameter}={path.as_posix()!r} is a table of numbers of people, not one row a person: "
        f"its {len(frame):,} rows have {found.total:,} in {found.count!r}; "
        f"{_as_targets(path, found, parameter, p)}weight to these numbers yourself: t = {file}; "
        f"weights = cx.bias.rake(answers, targets={targets}), where answers are the rows of "
        "the survey; weights.apply(answers) then has a column 'weight' that 03_nps takes"
    )


def _as_targets(path: Path, found: Headcount, parameter: str, p: Parameters) -> str:
    """Return how to give the numbers as targets, where they are read as such."""
    columns = p.margins or [each for each in found.categories if found.margin is None]
    try:
        read_targets(path, columns=columns)
    except CxError:
        return f"leave {parameter}=None and "
    return f"leave {parameter}=None and set targets={path.as_posix()!r}; or in Python "


def _refuse_categories(frame: pd.DataFrame, parameter: str, path: Path, p: Parameters) -> None:
    """Refuse a table whose rows are categories or places, where no column has the id of a
    person."""
    if p.customer in frame.columns:
        return
    found = find_category_table(frame, margins=p.margins)
    if found is None:
        return
    if found.units:
        why = f"each of its {len(frame):,} rows is another {' and '.join(found.units)}"
    else:
        why = f"{found.numbers[0]!r} has shares that sum to all"
    raise ParameterError(
        f"{parameter}={path.as_posix()!r} is a table of numbers of people, not one row a person: "
        f"{why}, and no column has the id of a person; "
        f"{_weight_to(frame, found, parameter, path, p)}; if each row is a person, give the file a "
        "column with the id of that person, called customer_id"
    )


def _weight_to(
    frame: pd.DataFrame, found: CategoryTable, parameter: str, path: Path, p: Parameters
) -> str:
    """Return how to weight to the numbers of a table of categories, in Python."""
    margins = [name for name in p.margins if name in frame.columns]
    if not found.numbers or not margins:
        return f"leave {parameter}=None, or give a file with one row a person and the margins"
    file = f"t = cx.sources.read_list({path.as_posix()!r}).frame"
    for name in found.numbers:
        each = f"t[{name!r}]"
        if not found.units and not pd.api.types.is_numeric_dtype(frame[name]):
            file += f"; t[{name!r}] = {each}.str.replace(',', '.').str.strip(' %％').astype(float)"
        elif found.units and whole_numbers(frame[name]) is None:
            return (
                f"its {name!r} has decimals, as numbers with a point for thousands are read: write "
                f"them without it, leave {parameter}=None and weight to them with cx.bias.rake"
            )
        elif found.units and not pd.api.types.is_numeric_dtype(frame[name]):
            file += f"; t[{name!r}] = {each}.str.replace(r'\\D', '', regex=True).astype(int)"
    numbers = list(found.numbers)
    return (
        f"leave {parameter}=None and weight to its numbers yourself: {file}; weights = "
        f"cx.bias.rake(answers, targets={{m: t.groupby(m)[{numbers}].sum().sum(axis=1) for m in "
        f"{margins}}}), where answers are the rows of the survey; weights.apply(answers) then has "
        "a column 'weight' that 03_nps takes"
    )
