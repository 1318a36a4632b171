"""Rows -> respondents per cell of the columns they are weighted by, and weights joined to the rows
again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa
from ibis import _
from numpy.typing import NDArray

from cxlib import check
from cxlib.bias.counts import coded
from cxlib.bias.unmet import UnmetError
from cxlib.errors import ColumnError, EmptyDataError, ParameterError, WeightError
from cxlib.rows import table, weights
from cxlib.rows.engine_names import engine_name
from cxlib.rows.multiplicity import each_times
from cxlib.shown.message import Message

_SUMS = {
    "base": (_.w * _.t).sum(),
    "base2": (_.w * _.w * _.t).sum(),
    "base_min": _.w.min(where=_.w > 0),
    "base_max": _.w.max(),
    "unfit": _.unfit.ifelse(_.t, 0).sum(),
}
CELL_SUMS = ("n", "base", "base2", "base_min", "base_max")


class By(NamedTuple):
    """What tells respondents' cells apart, as `cells` takes it."""

    margins: Sequence[str]
    weight: str | None = None
    numeric: Sequence[str] = ()
    split: bool = False


def cells(
    data: Any,
    *,
    margins: Sequence[str],
    weight: str | None = None,
    numeric: Sequence[str] = (),
    split: bool = False,
) -> pd.DataFrame:
    """Count respondents per combination of margin categories, numbers and (`split`) base weights.

    Returns
    -------
    pandas.DataFrame
        One row a combination that occurs: the margins' names, as categories, in `m0`, `m1`, …, the
        numbers in `x0`, `x1`, …, with `split` the base weight in `d`; then `n`, `base` (sum of base
        weights), `base2` (sum of their squares), `base_min` and `base_max` (of those above 0);
        sorted.

    Raises
    ------
    ColumnError, EmptyDataError, WeightError
        If a column is absent, there are no rows, a margin is blank somewhere, or a base weight is
        missing, negative or infinite.
    """
    by = By(margins, weight, numeric, split)
    placed = place_rows(data, by=by)
    return placed[0] if placed is not None else _group(table.as_groups(data), by=by)[0]


def place_rows(data: Any, *, by: By) -> tuple[pd.DataFrame, NDArray, NDArray | None] | None:
    """Return the cells of a pandas frame, and for each row the place of its cell among them and its
    base weight; None where `coded` does not read it."""
    margins, weight, numeric, split = by
    weighted = [] if weight is None else [weight]
    found = coded.read(data, margins=margins, numbers=[*numeric, *weighted])
    if found is None:
        return None
    keys, numbers = found
    n, base = len(data), numbers.pop() if weighted else None
    _refuse(
        n,
        unfit=0 if base is None else int((~_is_fit(base)).sum()),
        blanks=[int((key.codes < 0).sum()) for key in keys],
        total=n if base is None else float(base.sum()),
        margins=margins,
        weight=weight,
    )
    if split:
        numbers.append(np.ones(n) if base is None else base)
    keys += [coded.Key.of_numbers(values) for values in numbers]
    cell, first = coded.place(keys, n)
    columns = _columns(keys, first, by=by)
    return columns.join(coded.sum_weights(cell, base), how="right"), cell, base


def _columns(keys: Sequence[coded.Key], first: NDArray, *, by: By) -> pd.DataFrame:
    named = [f"m{i}" for i in range(len(by.margins))]
    named += [f"x{i}" for i in range(len(by.numeric))] + ["d"] * by.split
    return pd.DataFrame({name: key.column(first) for name, key in zip(named, keys, strict=True)})


def _group(rows: ir.Table, *, by: By) -> tuple[pd.DataFrame, pa.Table, NDArray]:
    """Return the cells of an engine's table, the groups of raw values that they were added up from,
    and each group's place among the cells."""
    margins, weight, numeric, _split = by
    check.columns(rows.columns, margins=margins, numeric=numeric)
    table.numeric(rows, weight=weight, **{f"numeric={name!r}": name for name in numeric})
    raw, beside = _raw_keys(rows, by=by)
    base = base_weight(rows, weight)
    chosen = rows.select(**raw, **beside, w=base, unfit=weights.unfit(base), t=each_times(rows))
    groups = chosen.aggregate(by=[*raw, *beside], n=_.t.sum(), **(_SUMS if weight else {}))
    # text is named below, each spelling once; of all else the engine knows best how it is written
    others = [key for key, column in raw.items() if not column.type().is_string()]
    named = groups.mutate(**{f"name_{key}": engine_name(groups[key]) for key in others})
    found = named.filter(named.n > 0).to_pyarrow()
    sums = found.select(["n", *(_SUMS if weight else [])]).to_pandas().astype({"n": "int64"})
    if not weight:
        sums = sums.assign(base=sums["n"] * 1.0, base2=sums["n"] * 1.0, base_min=1.0, base_max=1.0)
    keys = [_key(found[f"name_{key}" if key in others else key]) for key in raw]
    _refuse(
        int(sums["n"].sum()),
        unfit=int(sums["unfit"].sum()) if weight else 0,
        blanks=[int(sums.loc[key.codes < 0, "n"].sum()) for key in keys],
        total=sums["base"].sum(),
        margins=margins,
        weight=weight,
    )
    keys += [coded.Key.of_numbers(found[name].to_numpy()) for name in beside]
    cell, first = coded.place(keys, len(sums))
    columns = _columns(keys, first, by=by)
    cells = columns.join(coded.add_up(cell, sums[list(CELL_SUMS)]), how="right")
    return cells, found.select([*raw, *beside]), cell


def _raw_keys(rows: ir.Table, *, by: By) -> tuple[dict[str, ir.Column], dict[str, ir.Column]]:
    """Return what rows are grouped by, as it stands: columns of names, and columns of numbers."""
    numbers = {f"x{i}": rows[name].cast("float64") for i, name in enumerate(by.numeric)}
    if by.split:
        numbers["d"] = base_weight(rows, by.weight)
    return {f"m{i}": rows[name] for i, name in enumerate(by.margins)}, numbers


def _key(column: pa.ChunkedArray) -> coded.Key:
    text = column.combine_chunks().dictionary_encode()
    codes = text.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return coded.Key.of_names(codes, text.dictionary.to_pylist())


def _refuse(
    n: int,
    *,
    unfit: int,
    blanks: Sequence[int],
    total: float,
    margins: Sequence[str],
    weight: str | None,
) -> None:
    """Refuse rows that cannot be weighted: none, with unfit base weights or without a category."""
    if not n:
        raise EmptyDataError("data has no rows; give a table with one row a respondent")
    refuse_unfit(unfit, n, weight)
    for name, blank in zip(margins, blanks, strict=True):
        _refuse_blank(blank, n, name)
    if not total > 0:
        raise WeightError(f"weight={weight!r}: all weights are 0; give some of them more")


def _refuse_blank(blank: float, n: float, margin: str) -> None:
    if blank:
        raise UnmetError(Message("bias.unmet_missing", margin=margin, missing=int(blank), n=int(n)))


def refuse_taken(data: Any, name: str) -> None:
    """Refuse to give the data a second column of that name."""
    columns = data.columns if isinstance(data, pd.DataFrame) else table.as_table(data).columns
    if name in map(str, columns):
        raise ColumnError(
            f"name={name!r}: the data have such a column already; give the weight another name"
        )


def pull_weights(data: Any, factors: Callable[[pd.DataFrame], NDArray], by: By) -> NDArray:
    """Return base weight x factor of each row, in the order of the rows; see `join_weight`."""
    rows = table.as_table(data)
    if not _is_ordered(rows):
        raise ParameterError(
            "data lie in an engine whose rows have no order, so weights without their rows would "
            "be of no use; weights.apply(data) gives the rows with their weights"
        )
    found = _join(rows, factors, by=by).select("__row", "__weight").to_pyarrow()
    pulled = np.empty(len(found))
    pulled[found["__row"].to_numpy()] = found["__weight"].to_numpy()
    return pulled


def join_weight(
    data: Any,
    factors: Callable[[pd.DataFrame], NDArray],
    *,
    name: str,
    by: By,
) -> ir.Table:
    """Join the cells' factors to the rows, in their engine, and add the column `name`: base weight
    x factor.

    `factors` gives the factor of each cell, or refuses the cells. Rows are joined by the values
    that they hold, each combination once, so that no row needs its names made. DuckDB's rows are
    put in their order again: a join mixes them.
    """
    rows = table.as_table(data)
    both = _join(rows, factors, by=by)
    if _is_ordered(rows):
        both = both.order_by("__row")
    return both.select(*rows.columns, **{name: both["__weight"]})


def _join(rows: ir.Table, factors: Callable[[pd.DataFrame], NDArray], by: By) -> ir.Table:
    """Add `__weight` and, where rows have an order, `__row`, their place in it."""
    cells, groups, cell = _group(rows, by=by)
    factor = factors(cells)[cell]
    raw, beside = _raw_keys(rows, by=by)
    keys = {f"__{key}": column for key, column in (raw | beside).items()}
    place = {"__row": ibis.row_number()} if _is_ordered(rows) else {}
    left = rows.mutate(**keys, **place, __base=base_weight(rows, by.weight))
    if not keys:
        return left.mutate(__weight=left["__base"] * float(factor[0]))
    small = groups.rename_columns(list(keys)).append_column("__factor", pa.array(factor))
    both = left.left_join(ibis.memtable(small), list(keys))
    return both.mutate(__weight=both["__base"] * both["__factor"])


def _is_ordered(rows: ir.Table) -> bool:
    return rows.get_backend().name == "duckdb"


def refuse_unfit(unfit: float, n: int, weight: str | None) -> None:
    """Refuse base weights that are missing, negative, infinite or beyond all sizes."""
    weights.refuse_unfit(int(unfit), of=n, parameter="weight", column=weight)


def _is_fit(weight: NDArray) -> NDArray:
    return (weight == 0) | ((weight >= weights.LEAST) & (weight <= weights.MOST))


def base_weight(rows: ir.Table, weight: str | None) -> ir.FloatingColumn:
    """Return the base weight of each row; 1 where no column has it, null where it is of a size that
    could not be squared."""
    if weight is None:
        return ibis.literal(1.0)
    number = rows[weight].cast("float64")
    extreme = (number.abs() > weights.MOST) | ((number > 0) & (number < weights.LEAST))
    return extreme.ifelse(ibis.null("float64"), number)
