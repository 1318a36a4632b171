"""Rows where they lie, and who answered -> how often people answered, without pulling who they
are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from cxlib.rows.engine_names import engine_name
from cxlib.rows.respondents import are_many, least_of_many
from cxlib.rows.table import missing
from cxlib.sources.grouped_rows import GroupedRows, is_among, number_of

_MOST_AT_ONCE = 6_000_000  # answers that are added up by person at once
_FOLDABLE = "[^!-~]"  # anything but printable ASCII without blanks: `names.fold` may change it


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class People:
    """How often people answered.

    Attributes
    ----------
    twice : int
        People who answered more than once in a wave.
    panel : int
        People who answered more than once.
    heavy : pandas.DataFrame or None
        Of those who gave a large part of the answers, who are not counted in the former: their id,
        the keys, and what `GroupedRows.group` sums up. None where there is nobody.
    """

    twice: int
    panel: int
    heavy: pd.DataFrame | None = None


def count_people(
    rows: GroupedRows,
    respondent: str,
    *,
    score: str,
    scored: Sequence[Any],
    wave: str | None,
    waves: Sequence[Sequence[Any]],
    now: int | None,
    every: bool,
    weight: str | None,
    beside: Sequence[str] = (),
    n: int = 0,
) -> People:
    """Count people by how often they answered: one query, and further ones where some gave a large
    part of the answers.

    Parameters
    ----------
    rows : GroupedRows
    respondent, score, wave : str
        Columns; wave may be None.
    scored : sequence
        Raw values of `score` that are scores.
    waves : sequence of sequence
        Of each wave, its raw values.
    now : int, optional
        Which of them is the headline's; None: all answers are.
    every : bool
        Whether answers that are in none of the waves count.
    weight : str, optional
        As for `GroupedRows.group`.
    beside : sequence of str
        Further columns by which the answers of those are grouped who gave many.
    n : int
        About how many answers there are.

    Notes
    -----
    Ids stay where they lie: the engine adds up answers by id and wave, these by id, and gives back
    how many people have which numbers. Ids are told apart as they stand; by the rule of names,
    where some may be folded. DuckDB holds the answers by id and wave in memory; so it is asked of
    a part of the people at a time, of six million answers or less, told by a hash of their ids.
    """
    parts = 1 + n // _MOST_AT_ONCE if rows.table.get_backend().name == "duckdb" else 1
    table = rows.table.filter(is_among(rows.key(score), scored))
    if wave is not None and not every:
        raw = [value for each in waves for value in each]
        table = table.filter(is_among(rows.only(table).key(wave), raw))
    table = table.filter(~missing(table[respondent]))
    here = rows.only(table)
    wave_of = _number(here, wave, waves)
    raw_id = table[respondent]
    counted = _histogram(here, raw_id, wave_of, now, parts)
    found = counted
    name: ir.Value | None = None
    if counted["dirty"].any():
        name = engine_name(raw_id)
        found = _histogram(here, name, wave_of, now, parts)
    is_heavy, least_now, least = _heavy(found)
    if not is_heavy.any():
        return _people(counted)
    by = raw_id if name is None else name
    ids: list[Any] = []
    for part in range(parts):
        people = _by_person(here, by, wave_of, now, part, parts)
        many = people.filter(
            (people.now >= least_now) | ((people.all >= least) & (people.all > 2 * people.waves))
        )
        ids += rows.fetch_reduced(many.select("who"))["who"].tolist()
    theirs = is_among(by, ids)
    keys = [score, *([wave] if wave else []), *beside]
    heavy = rows.only(table.filter(theirs)).group([respondent, *keys], weight=weight)
    others = rows.only(table.filter(~theirs))
    rest = _histogram(others, others.table[respondent], _number(others, wave, waves), now, parts)
    return _people(rest, heavy)


def _number(rows: GroupedRows, wave: str | None, waves: Sequence[Sequence[Any]]) -> ir.Value:
    """Return the number of the wave of each row; null where it is in none."""
    if wave is None:
        return ibis.literal(0)
    return number_of(rows.key(wave), waves)


def _by_person(
    rows: GroupedRows, who: ir.Value, wave: ir.Value, now: int | None, part: int, parts: int
) -> ir.Table:
    answers = rows.table.select(who=who, wave=wave)
    answers = answers.filter(answers.who.notnull())
    if parts > 1:
        place = (answers.who.hash() % parts + parts) % parts  # of a negative hash too
        answers = answers.filter(place == part)
    cells = answers.group_by(["who", "wave"]).agg(n=answers.count())
    is_now = ibis.literal(True) if now is None else (cells.wave == now).fill_null(False)
    return cells.group_by("who").agg(
        all=cells.n.sum(),
        now=cells.n.sum(where=is_now).fill_null(0),
        waves=cells.wave.count(),
        twice=((cells.n > 1) & cells.wave.notnull()).sum(),
    )


def _histogram(
    rows: GroupedRows, who: ir.Value, wave: ir.Value, now: int | None, parts: int
) -> pd.DataFrame:
    """Return how many people have which numbers of answers, waves, and waves with several."""
    found = [_part(rows, _by_person(rows, who, wave, now, part, parts)) for part in range(parts)]
    return pd.concat(found, ignore_index=True)


def _part(rows: GroupedRows, people: ir.Table) -> pd.DataFrame:
    dirty: ir.Value = ibis.literal(False)
    if people.who.type().is_string():
        dirty = people.who.re_search(_FOLDABLE) | (people.who == "")
    people = people.mutate(dirty=dirty).drop("who")
    keys = ["all", "now", "waves", "twice", "dirty"]
    return rows.fetch_reduced(people.group_by(keys).agg(people=people.count()))


def _heavy(found: pd.DataFrame) -> tuple[pd.Series, int, int]:
    """Return which of the numbers are those of people who gave a large part of the answers, and
    from how many answers on they are, of the headline's and of all."""
    of_now, of_all = (int((found[column] * found["people"]).sum()) for column in ("now", "all"))
    many_now = are_many(found["now"], of=of_now)
    many = are_many(found["all"], of=of_all) & (found["all"] > 2 * found["waves"])
    return many_now | many, least_of_many(of_now), least_of_many(of_all)


def _people(counts: pd.DataFrame, heavy: pd.DataFrame | None = None) -> People:
    people = counts["people"]
    twice = int(people[counts["twice"] > 0].sum())
    panel = int(people[counts["all"] > 1].sum())
    return People(twice=twice, panel=panel, heavy=heavy)
