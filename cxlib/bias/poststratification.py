"""Respondents and known totals of cells -> post-stratified weights, or a refusal that lists every
empty cell."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.bias.counts import cells as counts
from cxlib.bias.kinds import Method
from cxlib.bias.targets import Targets, of_respondents, one_target
from cxlib.bias.weights import Scheme, Weights, of_cells
from cxlib.errors import WeightError
from cxlib.rows import names, table

_MOST = 30  # cells that a refusal lists


class _Wanted(NamedTuple):
    """Columns, and the total of each combination of their categories (an index of tuples)."""

    columns: tuple[str, ...]
    given: Targets

    @property
    def totals(self) -> pd.Series:
        return self.given.margins[0].totals


@check.arguments
def poststratify(data: Any, *, targets: Any, weight: str | None = None) -> Weights:
    """Weight each combination of categories to its known total.

    Use it where the population is counted by the combinations themselves and each of them has
    respondents; it keeps what the columns do together, which `rake` leaves as it was.

    Parameters
    ----------
    data : table
        One row a respondent.
    targets : mapping, pandas.Series or pandas.DataFrame
        Counts, shares or percent, read as `rake` reads them: `{"plan": {"basic": 60, "pro": 40}}`,
        `{("plan", "country"): {("pro", "JP"): 10, …}}`, a Series whose index levels are named as
        the columns, or a frame with one column a margin and one more with the count.
    weight : str, optional
        Column of base weights. A weight of 0 stays 0.

    Returns
    -------
    Weights
        `frame` has one row a combination; its categories are joined by " · ".

    Raises
    ------
    WeightError
        If combinations with a total have no respondents (all are listed, each with the nearest that
        has some), respondents have no total, a total is missing or negative, shares do not sum to
        the whole, two are of one combination, a category is blank for somebody, or a base weight is
        missing or negative.
    ColumnError
        If a column is absent, or `weight` is not numeric.
    EmptyDataError
        If there are no rows.
    SourceError
        If `data` cannot be read.

    Notes
    -----
    Final weight d_i N_c / sum of d in the cell c (Holt and Smith 1979, JRSS A 142). Shares are
    taken of the sum of base weights. Equal to R survey 4.1.1 `postStratify` on the California
    schools to 1e-7, also with base weights that differ.

    Examples
    --------
    >>> answers = pd.DataFrame({"plan": ["a", "a", "b"], "vip": ["y", "n", "n"]})
    >>> people = {("plan", "vip"): {("a", "y"): 10, ("a", "n"): 20, ("b", "n"): 70}}
    >>> poststratify(answers, targets=people).cells["weight"].tolist()
    [20.0, 10.0, 70.0]
    """
    wanted = _read(data, targets)
    cells = counts.cells(data, margins=list(wanted.columns), weight=weight)
    base, keys = cells["base"].to_numpy(float), [f"m{i}" for i in range(len(wanted.columns))]
    counting = base > 0
    here = pd.MultiIndex.from_frame(cells.loc[counting, keys])
    _refuse_unmatched(cells, here, wanted, counting)
    given = of_respondents(wanted.given, cells)
    totals = given.margins[0].totals
    totals = totals[totals > 0]
    sum_of = float(totals.sum())
    totals = totals * (base.sum() / sum_of if abs(sum_of - 1) < 1e-9 else 1.0)
    fitted = np.zeros(len(cells))
    code = totals.index.get_indexer(here)
    fitted[counting] = totals.to_numpy(float)[code]
    made = of_cells(
        cells,
        fitted,
        targets={
            name: totals.groupby(level=i, sort=False).sum().rename(name)
            for i, name in enumerate(wanted.columns)
        },
        weight=weight,
        method=Method.POSTSTRATIFICATION,
        scheme=Scheme(codes=(code,), targets=(totals.to_numpy(float),)),
        residual=0.0,
        cycles=1,
    )
    frame = _shares(cells[counting], fitted[counting], wanted)
    return dataclasses.replace(made, frame=frame, warnings=given.notes)


def _read(data: Any, targets: Any) -> _Wanted:
    """Return columns and totals of whatever form they were given in."""
    if isinstance(targets, pd.DataFrame):
        targets = _of_frame(targets, table.as_table(data).columns)
    if isinstance(targets, pd.Series):
        columns = tuple(map(str, targets.index.names))
        if None in targets.index.names:
            raise WeightError(
                "targets is a Series whose index levels have no names; name each as its column, as "
                "in targets.rename_axis(['plan', 'country'])"
            )
        pairs = list(zip(targets.index, targets.tolist(), strict=True))
    else:
        if not isinstance(targets, Mapping) or len(targets) != 1:
            given = (
                f"has {len(targets)} entries" if isinstance(targets, Mapping) else f"{targets!r}"
            )
            raise WeightError(
                f"targets {given}; give one margin, {{'plan': {{'basic': 60, 'pro': 40}}}}, or the "
                "combinations of several, {('plan', 'vip'): {('basic', 'yes'): 6, …}}; several "
                "margins whose combinations are not known are for cx.bias.rake"
            )
        column, given = next(iter(targets.items()))
        columns = tuple(map(str, column)) if isinstance(column, tuple) else (str(column),)
        pairs = list(given.items())
    return _Wanted(columns, _totals(columns, pairs))


def _of_frame(frame: pd.DataFrame, known: Sequence[str]) -> pd.Series:
    columns = [str(column) for column in frame if str(column) in known]
    count = [column for column in frame if str(column) not in known]
    if not columns or len(count) != 1:
        raise WeightError(
            f"targets is a frame with the columns {list(map(str, frame))}, of which the data have "
            f"{columns}; give the columns of the combinations and one more with their count, or a "
            "Series whose index levels are named as the columns"
        )
    return frame.set_index(columns)[count[0]]


def _totals(columns: tuple[str, ...], pairs: Sequence[tuple[Any, Any]]) -> Targets:
    said = "targets" + (f"[{columns[0]!r}]" if len(columns) == 1 else f"[{columns!r}]")
    labels: list[tuple[str, ...]] = []
    for key, _ in pairs:
        parts = key if isinstance(key, tuple) and len(columns) > 1 else (key,)
        spelt = tuple(names.name(part) or "" for part in parts)
        if len(spelt) != len(columns) or "" in spelt:
            raise WeightError(f"{said}: {key!r} is not one category of each column; give it so")
        labels.append(spelt)
    if not labels:
        raise WeightError(f"{said}: there is no category; give each one a count or share")
    index = pd.MultiIndex.from_tuples(labels, names=columns)
    if index.has_duplicates:
        twice = _say(columns, index[index.duplicated()][0])
        raise WeightError(
            f"{said}: {twice} is there twice, in one spelling or two that differ in white space, "
            "width or type; give it one total"
        )
    return one_target(columns, pairs, index)


def _refuse_unmatched(
    cells: pd.DataFrame, here: pd.MultiIndex, wanted: _Wanted, counting: NDArray
) -> None:
    """Refuse totals without respondents, then respondents without a total; all of them at once."""
    totals, columns = wanted.totals, wanted.columns
    empty = totals[(totals > 0) & ~totals.index.isin(here)]
    if len(empty):
        said = [
            f"{_say(columns, cell)} (total {total:,.10g}{_near(cell, here, totals, columns)})"
            for cell, total in empty.items()
        ]
        raise WeightError(
            f"targets: {len(empty):,} of {int((totals > 0).sum()):,} cells have no respondents who "
            f"count, {100 * empty.sum() / totals.sum():,.1f} % of the population: {_list(said)}. "
            "Merge each with the nearest, in the data and in the targets, or rake to the single "
            "columns with cx.bias.rake"
        )
    n = cells.loc[counting, "n"].to_numpy()
    without = ~here.isin(totals.index[totals > 0])
    if without.any():
        said = [
            f"{_say(columns, cell)} ({int(count):,} respondents, "
            f"{'total 0' if cell in totals.index else 'no total'})"
            for cell, count in zip(here[without], n[without], strict=True)
        ]
        raise WeightError(
            f"targets: {int(n[without].sum()):,} respondents would count for nobody: "
            f"{_list(said)}. Give each a total, correct its spelling, or leave these out"
        )


def _near(
    cell: tuple[str, ...], here: pd.MultiIndex, totals: pd.Series, columns: tuple[str, ...]
) -> str:
    """Name the cell with respondents that differs in the fewest columns, then in the fewest places
    of the order in which the categories were given."""
    order = [
        {category: place for place, category in enumerate(dict.fromkeys(level))}
        for level in zip(*totals.index, strict=True)
    ]
    known = [other for other in here if totals.get(other, 0) > 0]
    if not known:
        return ""

    def far(other: tuple[str, ...]) -> tuple[int, int, float]:
        steps = [
            abs(places[a] - places[b]) for places, a, b in zip(order, cell, other, strict=True)
        ]
        return sum(step > 0 for step in steps), sum(steps), -float(totals[other])

    return f"; nearest with respondents is {_say(columns, min(known, key=far))}"


def _list(said: Sequence[str]) -> str:
    more = f", and {len(said) - _MOST:,} more" if len(said) > _MOST else ""
    return ", ".join(said[:_MOST]) + more


def _say(columns: tuple[str, ...], cell: tuple[str, ...]) -> str:
    return " and ".join(f"{name}={value!r}" for name, value in zip(columns, cell, strict=True))


def _shares(cells: pd.DataFrame, fitted: NDArray, wanted: _Wanted) -> pd.DataFrame:
    """Return the share of each cell before and after."""
    keys = list(cells.columns[: len(wanted.columns)])
    totals = wanted.totals[wanted.totals > 0]
    by = cells.assign(after=fitted)[["n", "base", "after"]]
    by = by.iloc[pd.MultiIndex.from_frame(cells[keys]).get_indexer(totals.index)]
    return pd.DataFrame(
        {
            "margin": " × ".join(wanted.columns),
            "category": [" · ".join(cell) for cell in totals.index],
            "n": by["n"].to_numpy("int64"),
            "share_before": (by["base"] / by["base"].sum()).to_numpy(),
            "share_target": (totals / totals.sum()).to_numpy(),
            "share_after": (by["after"] / by["after"].sum()).to_numpy(),
        }
    )
