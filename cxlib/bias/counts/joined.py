"""Answers where they lie, and lists of people -> the answers beside what the lists know of who gave
them, grouped by values, without pulling who they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from cxlib.bias.counts.categories import has_reached
from cxlib.errors import ParameterError
from cxlib.rows.engine_names import engine_name
from cxlib.rows.multiplicity import TIMES
from cxlib.sources.grouped_rows import GroupedRows, TooManyGroupsError, is_among

MOST = 1_000_000  # groups
# columns beside those of the survey: who answered, the place of the row, whether it is of the wave
# to look at, and whether who answered is among the people to compare with
WHO, PLACE, NOW, THERE = "cx: who", "cx: place", "cx: now", "cx: there"
EARLIER = "cx: earlier"  # whether who answered gave a later answer of the wave
_MANY, _LAST = "cx: many", "cx: last"


class OwnRowsError(ParameterError):
    """Each row must be known for what these parameters ask."""

    def __init__(self, parameters: Sequence[str]) -> None:
        super().__init__(", ".join(parameters))
        self.parameters = list(parameters)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ListOf:
    """A list of people to be joined with answers.

    Attributes
    ----------
    table : Ibis table
    customer : str
        Column of ids, as names.
    wave : str or None
        Column of waves that must be the answer's too.
    columns : mapping of str to str
        New name to the column that is taken.
    once : bool
        Whether no two rows have the same keys; of those that do, nothing is taken.
    there : str
        Name of the column that says whether an answer's person is in the list.
    """

    table: ir.Table
    customer: str
    wave: str | None
    columns: Mapping[str, str]
    once: bool
    there: str


def usable(
    rows: GroupedRows,
    *,
    scored: tuple[str, Sequence[Any]] | None,
    waves: tuple[str, Mapping[str, Sequence[Any]]] | None,
    customer: str | None,
) -> GroupedRows:
    """Return the rows with a score, with who answered, in their order, and names of waves.

    Parameters
    ----------
    rows : GroupedRows
    scored : (str, sequence), optional
        The column of scores, and the raw values that are one.
    waves : (str, mapping of str to sequence), optional
        The column of waves, and the raw values of each.
    customer : str, optional
        Column of ids.
    """
    if scored is not None:
        score, raw = scored
        rows = rows.only(rows.table.filter(is_among(rows.key(score), raw)))
    added: dict[str, ir.Value] = {PLACE: ibis.row_number()}
    if customer is not None and customer in rows.names:
        added[WHO] = engine_name(rows.table[customer])
    if waves is not None:
        column, of_wave = waves
        branches = [(is_among(rows.key(column), raw), name) for name, raw in of_wave.items()]
        added[column] = ibis.cases(*branches) if branches else ibis.null("string")
    return rows.only(rows.table.mutate(**added))


def has_plain(rows: ir.Table, columns: Sequence[str | None]) -> bool:
    """Return whether those columns that there are hold text, numbers, or true and false: names of
    others (days, amounts with a fixed point) may be written otherwise in a frame."""
    kinds = [rows[name].type() for name in columns if name in rows.columns]
    return all(
        kind.is_string() or kind.is_integer() or kind.is_floating() or kind.is_boolean()
        for kind in kinds
    )


def any_is_in(rows: GroupedRows, people: ir.Table, *, customer: str) -> bool:
    """Return whether anybody who answered is among people."""
    known = people.select(**{"cx: id": people[customer]})
    found = rows.table.semi_join(known, rows.table[WHO] == known["cx: id"])
    return not rows.fetch(found.select(WHO).limit(1)).empty


def first_answer(rows: GroupedRows) -> Any:
    """Return who gave the first answer."""
    first = rows.table.order_by(PLACE).limit(1).select(WHO)
    return rows.fetch(first)[WHO].iloc[0]


def join(rows: GroupedRows, people: ListOf) -> GroupedRows:
    """Add what a list knows of the people who answered."""
    left, other = rows.table, people.table
    keys = {"cx: id": other[people.customer]}
    ours = [WHO]
    if people.wave is not None:
        keys["cx: wave"] = engine_name(other[people.wave])
        ours.append(people.wave)
    taken = other.select(**keys, **{new: other[old] for new, old in people.columns.items()})
    taken = taken.filter(*(taken[key].notnull() for key in keys))
    if not people.once:
        known = {new: taken[new].arbitrary() for new in people.columns}
        found = taken.group_by(list(keys)).agg(cx_n=taken.count(), **known)
        alone = {
            new: ibis.ifelse(found.cx_n == 1, found[new], ibis.null(found[new].type()))
            for new in people.columns
        }
        taken = found.mutate(**alone).drop("cx_n")
    taken = taken.mutate(**{people.there: True})
    same = [left[name] == taken[key] for name, key in zip(ours, keys, strict=True)]
    both = left.left_join(taken, same)
    there = both[people.there].fill_null(False)
    return rows.only(both.select(*left.columns, *people.columns, **{people.there: there}))


def of_wave(rows: GroupedRows, *, column: str | None, wave: str | None) -> GroupedRows:
    """Add whether a row is of the wave to look at."""
    now: Any = ibis.literal(True)
    if column is not None and wave is not None:
        now = (rows.table[column] == wave).fill_null(False)
    return rows.only(rows.table.mutate(**{NOW: now}))


def group(
    rows: GroupedRows, *, now: Sequence[str], always: Sequence[str], beside: Sequence[str]
) -> pd.DataFrame:
    """Group answers by their values, in the order of the first answer of each group.

    Parameters
    ----------
    rows : GroupedRows
        From `mark_earlier`.
    now : sequence of str
        Columns of the survey that matter in the wave to look at alone.
    always, beside : sequence of str
        Other columns of the survey; columns that were joined.

    Raises
    ------
    TooManyGroupsError
        If there are more than a million groups.
    """
    table = rows.table
    kept = {
        name: ibis.ifelse(table[NOW], table[name], ibis.null(table[name].type()))
        for name in now
        if name not in always
    }
    here = rows.only(table.mutate(**kept))
    names = list(dict.fromkeys([*always, *now]))
    given = {name: here.table[name] for name in (*beside, NOW, EARLIER)}
    found = here.group(names, given=given, first=PLACE, most=MOST)
    listed = found.select_dtypes("category").columns  # of a type of DuckDB that names its values
    return found.astype(dict.fromkeys(listed, object))


def mark_earlier(
    rows: GroupedRows, people: ir.Table | None, *, customer: str | None
) -> tuple[GroupedRows, int, int]:
    """Add whether who gave an answer of the wave to look at gave a later one in it.

    Parameters
    ----------
    rows : GroupedRows
        From `of_wave`.
    people : Ibis table or None
        The people to compare with, whose answers alone count; None where all do.
    customer : str or None
        Their column of ids, as names.

    Returns
    -------
    (GroupedRows, int, int)
        With the number of earlier answers that count, and of those who gave them.

    Raises
    ------
    OwnRowsError
        If a million people gave several.
    """
    table = rows.table
    none = rows.only(table.mutate(**{EARLIER: False}))
    if WHO not in rows.names:
        return none, 0, 0
    here = table.filter(table[NOW] & table[WHO].notnull())
    found = here.group_by(**{_MANY: here[WHO]}).agg(n=here.count(), last=here[PLACE].max())
    several = rows.fetch(found.filter(found.n > 1).limit(MOST + 1))
    if len(several) > MOST:
        raise OwnRowsError(["customer"])
    if people is not None and len(several):
        ids = ibis.memtable(several[[_MANY]])
        known = people.semi_join(ids, people[customer] == ids[_MANY])[[customer]].distinct()
        several = several[several[_MANY].isin(known.execute()[customer])]
    if several.empty:
        return none, 0, 0
    last = ibis.memtable(several[[_MANY, "last"]].rename(columns={"last": _LAST}))
    both = table.left_join(last, table[WHO] == last[_MANY])
    earlier = (both[NOW] & (both[PLACE] < both[_LAST])).fill_null(False)
    kept = {name: both[name] for name in table.columns}
    n = int(several["n"].sum()) - len(several)
    return rows.only(both.select(**kept, **{EARLIER: earlier})), n, len(several)


def group_list(rows: ir.Table, columns: Sequence[str]) -> ir.Table:
    """Return the groups of a list, in memory: `TIMES` says how many rows each stands for.

    Raises
    ------
    TooManyGroupsError
        If there are more than a million.
    """
    names = [name for name in dict.fromkeys(columns) if name in rows.columns]
    times = {TIMES: rows.count()}
    found = rows.group_by(names).agg(**times) if names else rows.agg(**times)
    groups = found.limit(MOST + 1).to_pyarrow()
    if len(groups) > MOST:
        most = max(names, key=lambda name: len(groups[name].unique()))
        said = f"the values of {', '.join(map(repr, names))} make more than {MOST:,} groups"
        raise TooManyGroupsError(said, column=most, most=MOST)
    return ibis.memtable(groups)


def with_stages(rows: ir.Table, columns: Sequence[str]) -> ir.Table:
    """Write of each of these columns whether there is what it says: a time, or a number above 0."""
    there = [name for name in columns if name in rows.columns]
    return rows.mutate(**{name: has_reached(rows[name]) for name in there})
