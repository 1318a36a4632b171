"""Answers that stay where they lie -> the groups that they make, by score, wave and segment."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.nps.score_counts import CLUSTER, CODE, SQUARE, STRATUM, WEIGHT, Design, take_orders
from cxlib.nps.score_groups import MISSING, NO_WEIGHT, NOT_WHOLE, OUT_OF_RANGE, UNREAD, ZERO
from cxlib.rows.multiplicity import TIMES
from cxlib.sources.grouped_rows import (
    LARGEST,
    SQUARES,
    UNFIT,
    WEIGHING,
    WEIGHTS,
    GroupedRows,
    is_among,
)
from cxlib.sources.grouped_rows import ZERO as ZEROS

MOST_CELLS = 10_000_000  # groups by stratum and cluster too


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class GroupedAnswers:
    """Answers ready to be counted, a row a group; `count_scores` takes them as it takes rows.

    Attributes
    ----------
    groups : pandas.DataFrame
        The score as a number, names of waves and segments, other columns as they stand;
        `multiplicity.TIMES` says how many answers each stands for, and sums of the weights stand
        beside (see `grouped_rows.SUMS`).
    raw : mapping of str to mapping
        Column to what its raw values were read as; values that are left out are not there.
    unread : frozenset
        Raw values that were given but are no scores.
    score : str
    weight : str or None
        The column that `groups` has sums of.
    rows : GroupedRows
        The answers where they lie.
    now : (str, str) or None
        The column of the wave and the headline's, the one in which segments are compared.
    """

    groups: pd.DataFrame
    raw: Mapping[str, Mapping[Hashable, Any]]
    unread: frozenset[Hashable]
    score: str
    weight: str | None
    rows: GroupedRows
    now: tuple[str, str] | None = None

    def by_score(
        self,
        score: str,
        by: Sequence[str],
        design: Design,
        *,
        cuts: tuple[int, int],
        scale: tuple[int, int],
        shift: int,
        unread: str | None,
    ) -> ByScore:
        """Return what `counts.count_scores` makes of rows by its query: from the groups, and with
        strata or clusters from a query of their own, by kind of answer.

        Parameters
        ----------
        score, by, design, scale, shift, unread
            As of `count_scores`.
        cuts : (int, int)
            The highest score of detractors, and the lowest of promoters.

        Raises
        ------
        ColumnError
            If a column is not among those that the answers were grouped by.
        SourceError
            If there are more groups by stratum and cluster than are looked at.
        """
        known = self.groups
        weight = {} if design.weight in (None, self.weight) else {"weight": design.weight}
        check.columns(list(known.columns), score=score, by=list(by), unread=unread, **weight)
        known, orders = take_orders(known, columns=by)
        values = known[score].astype("Float64").to_numpy(float, na_value=np.nan) + shift
        code = _codes(values, known[unread] if unread else None, scale)
        beyond = np.isin(code, (OUT_OF_RANGE, NOT_WHOLE))
        off = known.loc[beyond, TIMES].groupby(values[beyond] - shift).sum()
        groups = by_unit = _weighted(_columns(known, by), known, code, design)
        apart = None
        if design.strata or design.cluster:
            kinds = self._kinds(pd.Series(code, known.index), scale[0], cuts)
            apart = self._apart(by, design)
            by_unit = self._by_unit(by, design, kinds, apart)
        elif design:
            groups = by_unit = groups.assign(**{STRATUM: 0, CLUSTER: 0})
        counts = {float(number): int(n) for number, n in off.items()}
        found = ByScore(groups=groups, by_unit=by_unit, orders=orders, off=counts)
        if apart is None:
            return found
        return replace(found, apart=apart, every=lambda: self._by_unit(by, design, kinds, None))

    def _apart(self, by: Sequence[str], design: Design) -> Apart | None:
        """Return the columns that need not be told apart but in the headline's wave."""
        if self.now is None or self.now[0] not in by:
            return None
        wave, now = self.now
        alone = {wave, design.strata, design.cluster, design.weight}
        columns = {f"by{i}": name for i, name in enumerate(by) if name not in alone}
        key = f"by{[*by].index(wave)}"
        return Apart(wave=wave, key=key, now=now, columns=columns) if columns else None

    def _kinds(self, code: pd.Series, low: int, cuts: tuple[int, int]) -> dict[int, list[Hashable]]:
        """Return the raw values of each kind of answer, by the code that stands for it: scores at
        the cut points and between stay apart, so that each may be moved by one."""
        detractor, promoter = (cut - low for cut in cuts)
        codes = dict(zip(self.groups[self.score], code, strict=True))
        kinds: dict[int, list[Hashable]] = {}
        for raw, number in self.raw[self.score].items():
            place = MISSING if number is None else codes.get(number, MISSING)
            if place >= 0:
                kind = min(max(place, detractor - 1), promoter + 1)
                kinds.setdefault(kind, []).append(raw)
        return kinds

    def _by_unit(
        self,
        by: Sequence[str],
        design: Design,
        kinds: Mapping[int, Sequence[Hashable]],
        apart: Apart | None,
    ) -> pd.DataFrame:
        """Return the answers by kind, segment, stratum and cluster; segments that are not told
        apart are missing."""
        check.columns(self.rows.names, strata=design.strata, cluster=design.cluster)
        summed = design.weight if self.weight is not None else None
        more = [design.strata, design.cluster, None if summed else design.weight]
        wave = self.now[0] if self.now else None  # some may be later than the headline's
        asked = list(dict.fromkeys(filter(None, [wave, *by, *more])))
        cells = self.rows.group(
            asked,
            weight=summed,
            bands={CODE: (self.score, list(kinds.values()))},
            apart=self._where_apart(apart),
            most=MOST_CELLS,
            lean=True,
        )
        if summed:
            cells[WEIGHING] = cells[TIMES] - cells[ZEROS] - cells[UNFIT]
        for name in (each for each in self.raw if each in cells):
            found, there = _read(cells[name], self.raw[name])
            if apart and name in apart.columns.values():
                there |= (cells[apart.wave] != apart.now).to_numpy(bool)
            cells[name] = found
            cells = cells if there.all() else cells[there]
        if design.weight is not None and summed is None:
            cells = with_sums(cells, cells[design.weight])
        columns = _columns(cells, by, read=self.raw)
        columns[STRATUM] = cells[design.strata] if design.strata else 0
        columns[CLUSTER] = cells[design.cluster] if design.cluster else 0
        code = np.array([*kinds], dtype="int64")[cells[CODE].to_numpy("int64")]
        return _weighted(columns, cells, code, design)

    def _where_apart(self, apart: Apart | None) -> dict[str, Any]:
        if apart is None:
            return {}
        raw = [raw for raw, name in self.raw[apart.wave].items() if name == apart.now]
        here = is_among(self.rows.key(apart.wave), raw)
        return dict.fromkeys(apart.columns.values(), here)


def _columns(known: pd.DataFrame, by: Sequence[str], read: Collection[str] = ()) -> pd.DataFrame:
    """Return the columns of `by`; those that were `read` need no look at their names any more."""
    columns = {
        f"by{i}": known[name] if name in read else known[name].astype(object)
        for i, name in enumerate(by)
    }
    return pd.DataFrame(columns, index=known.index)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Apart:
    """The columns of groups, by their keys, that are told apart in one wave alone."""

    wave: str
    key: str
    now: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ByScore:
    """Groups as the query of `counts` gives them, and those by stratum and cluster; the order that
    their names had; and numbers that are no scores, with how many gave each. Where segments are
    told apart in one wave alone, `every` asks for those of all."""

    groups: pd.DataFrame
    by_unit: pd.DataFrame
    orders: Mapping[str, tuple[Any, ...]]
    off: dict[float, int]
    apart: Apart | None = None
    every: Callable[[], pd.DataFrame] | None = None


def _read(values: pd.Series, read: Mapping[Hashable, Any]) -> tuple[pd.Series, NDArray]:
    """Return what raw values were read as, as categories, and which were not left out."""
    codes, distinct = pd.factorize(values, use_na_sentinel=True)
    found = [read.get(value) for value in (*distinct, None)]  # of a missing value, the last
    there = np.array([value in read for value in (*distinct, None)], bool)
    names = list(dict.fromkeys(name for name in found if name is not None))
    place = {name: number for number, name in enumerate(names)}
    lookup = np.array([-1 if name is None else place[name] for name in found], dtype="int64")
    named = pd.Categorical.from_codes(lookup[codes], names)
    return pd.Series(named, index=values.index, name=values.name), there[codes]


def with_sums(groups: pd.DataFrame, weights: pd.Series) -> pd.DataFrame:
    """Return groups of one weight each with the sums that others have."""
    times, number = groups[TIMES], weights.astype(float)
    counts, fit = number > 0, number.notna()
    used = times.where(counts, 0)
    filled = number.where(counts, 0.0)
    return groups.assign(
        **{WEIGHING: used, WEIGHTS: used * filled, SQUARES: used * filled**2},
        **{LARGEST: filled, ZEROS: times.where(number == 0, 0), UNFIT: times.where(~fit, 0)},
    )


def _codes(values: NDArray, unread: pd.Series | None, scale: tuple[int, int]) -> NDArray:
    """Return the place of each score on the scale, or why there is none, the first that holds."""
    missing = np.isnan(values)
    filled = np.where(missing, 0.0, values)
    given = missing if unread is None else missing & unread.to_numpy(bool)
    reasons = [
        *([given] if unread is not None else []),
        missing,
        (filled < scale[0]) | (filled > scale[1]),
        filled != np.floor(filled),
    ]
    codes = [*([UNREAD] if unread is not None else []), MISSING, OUT_OF_RANGE, NOT_WHOLE]
    return np.select(reasons, codes, filled.astype("int64") - scale[0])


def _weighted(
    columns: pd.DataFrame, known: pd.DataFrame, code: NDArray, design: Design
) -> pd.DataFrame:
    """Return the groups with their numbers; those whose answers have weights above 0, of 0 and none
    apart."""
    if design.weight is None:
        n = known[TIMES].astype("int64")
        sums = {WEIGHT: n.astype(float), SQUARE: n.astype(float)} if design else {}
        return columns.assign(**{CODE: code, "n": n, **sums}).reset_index(drop=True)
    scored = code >= 0
    parts = [(code, np.where(scored, known[WEIGHING], known[TIMES]), True)]
    for reason, name in ((ZERO, ZEROS), (NO_WEIGHT, UNFIT)):
        parts.append((np.full(len(code), reason), np.where(scored, known[name], 0), False))
    found = []
    for codes, n, weighs in parts:
        there = n > 0
        sums = {
            new: known.loc[there, name].astype(float) if weighs else 0.0
            for new, name in ((WEIGHT, WEIGHTS), (SQUARE, SQUARES))
        }
        found.append(columns[there].assign(**{CODE: codes[there], "n": n[there]}, **sums))
    filled = [part for part in found if len(part)] or found[:1]
    return filled[0] if len(filled) == 1 else pd.concat(filled, ignore_index=True)
