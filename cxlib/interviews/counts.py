"""Rows -> counts: spans onto units, who applied which code where, and values per unit from a table
of ratings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.errors import ColumnError, EmptyDataError, ParameterError
from cxlib.interviews.corpus import Corpus
from cxlib.rows.table import as_table


class Rule(StrEnum):
    """Where a code counts on a unit; instead of a rule, the name of one coder can be given."""

    MAJORITY = "majority"
    ANY = "any"
    ALL = "all"


RULES = tuple(Rule)


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Who applied which code on which unit, over the interviews with units that at least one coder
    opened.

    Attributes
    ----------
    units : pandas.DataFrame
        One row a unit, in the order of the first axis below.
    documents, coders, codes : tuple of str
        Names along the axes; codes in the order of the codebook.
    document : ndarray of int, shape (units,)
        Position of the unit's interview in `documents`.
    applied : ndarray of bool, shape (units, coders, codes)
    opened : ndarray of bool, shape (units, coders)
        False where the coder never opened the unit's interview, or has not read so far: missing,
        not absent.
    settled : ndarray of int8, shape (units, codes)
        1 where it was settled that the code holds, 0 that it does not, -1 where nothing was.
    """

    units: pd.DataFrame
    documents: tuple[str, ...]
    coders: tuple[str, ...]
    codes: tuple[str, ...]
    document: NDArray
    applied: NDArray
    opened: NDArray
    settled: NDArray

    def presence(self, rule: str) -> NDArray:
        """Where a code counts: (units, codes), by the rule majority, any, all, or of the coder who
        is named.

        Majority is more than half of the coders who read the unit. What was settled stands above
        the rule, but not above the coder who is named.
        """
        if rule in RULES:
            who = self.applied.sum(axis=1)
            could = self.opened.sum(axis=1)[:, None]
            counted = {
                Rule.MAJORITY: 2 * who > could,
                Rule.ANY: who > 0,
                Rule.ALL: (who == could) & (could > 0),
            }[Rule(rule)]
            return np.where(self.settled < 0, counted, self.settled == 1)
        if rule not in self.coders:
            raise ParameterError(
                f"rule={rule!r} is neither {', '.join(RULES)} nor a coder"
                f"{check.did_you_mean(rule, [*self.coders, *RULES])}"
            )
        return self.applied[:, self.coders.index(rule), :]

    def presence_of(self, groups: Sequence[NDArray], rule: str) -> NDArray:
        """Where a group of codes (positions in `codes`) counts: (units, groups). A coder has the
        group on a unit where she has one of its codes there.

        A group was settled to hold where one of its codes was; a code that was settled not to hold
        counts for no coder, but for the one who is named.
        """
        applied = self.applied
        if rule not in self.coders:
            applied = applied & (self.settled != 0)[:, None, :]
        of_groups = replace(
            self,
            codes=tuple(map(str, range(len(groups)))),
            applied=_any(applied, groups),
            settled=np.where(_any(self.settled == 1, groups), 1, -1).astype(np.int8),
        )
        return of_groups.presence(rule)

    def base(self, rule: str) -> NDArray:
        """Which interviews count under the rule: (documents,), all of them but for a named coder
        those she opened."""
        if rule not in self.coders:
            return np.ones(len(self.documents), bool)
        return self.in_documents(self.opened[:, [self.coders.index(rule)]])[:, 0]

    def in_documents(self, on_units: NDArray) -> NDArray:
        """True for an interview where it is true on at least one of its units: (documents,
        columns)."""
        found = np.zeros((len(self.documents), on_units.shape[1]), bool)
        np.logical_or.at(found, self.document, on_units)
        return found


def _any(marks: NDArray, groups: Sequence[NDArray]) -> NDArray:
    """Return along the last axis whether any code of each group is marked."""
    joined = [marks[..., group].any(axis=-1) for group in groups]
    return np.stack(joined, axis=-1) if joined else marks[..., :0]


def grid(corpus: Corpus) -> Grid:
    """Lay the codings of a corpus out by unit, coder and code.

    Raises
    ------
    EmptyDataError
        If no interview with units has been opened by a coder.
    """
    opened = corpus.codings[["document", "coder"]].drop_duplicates()
    readable = {*opened["document"].unique()} & {*corpus.units["document"].unique()}
    documents = tuple(name for name in corpus.documents["document"] if name in readable)
    opened = opened[opened["document"].isin(documents)]
    units = corpus.units[corpus.units["document"].isin(documents)].reset_index(drop=True)
    if units.empty:
        raise EmptyDataError(
            "no unit of a coded interview is left; check the codings' documents, and speakers="
        )
    coders, codes = tuple(sorted(opened["coder"].unique())), tuple(corpus.codes["name"])
    document = pd.Index(documents).get_indexer(units["document"])
    by_document = np.zeros((len(documents), len(coders)), bool)
    by_document[
        pd.Index(documents).get_indexer(opened["document"]),
        pd.Index(coders).get_indexer(opened["coder"]),
    ] = True
    applied = np.zeros((len(units), len(coders), len(codes)), bool)
    codings = corpus.codings[
        (corpus.codings["code"] != "") & corpus.codings["document"].isin(documents)
    ].reset_index(drop=True)
    row, unit = overlaps(codings, units, corpus.documents)
    applied[
        unit,
        pd.Index(coders).get_indexer(codings["coder"])[row],
        pd.Index(codes).get_indexer(codings["code"])[row],
    ] = True
    read = by_document[document] & _reached(
        corpus.progress, units, documents, coders, coded=np.asarray(applied.any(axis=2))
    )
    return Grid(
        units=units,
        documents=documents,
        coders=coders,
        codes=codes,
        document=document,
        applied=applied,
        opened=read,
        settled=_settled(corpus, units, codes),
    )


def _reached(
    progress: pd.DataFrame,
    units: pd.DataFrame,
    documents: tuple[str, ...],
    coders: tuple[str, ...],
    *,
    coded: NDArray,
) -> NDArray:
    """Whether a coder has read as far as a unit: (units, coders); True where nothing is known.

    Whoever coded behind her own mark has read as far as her last code: units read because they have
    a code would be a selection on what is measured.
    """
    limit = np.full((len(documents), len(coders)), np.iinfo(np.int64).max)
    rows = progress[progress["document"].isin(documents) & progress["coder"].isin(coders)]
    limit[
        pd.Index(documents).get_indexer(rows["document"]),
        pd.Index(coders).get_indexer(rows["coder"]),
    ] = rows["read_to"].to_numpy(np.int64)
    ends = units["end"].to_numpy(np.int64)[:, None]
    where = pd.Index(documents).get_indexer(units["document"])
    np.maximum.at(limit, where, np.where(coded, ends, 0))
    return ends <= limit[where]


def not_yet(corpus: Corpus) -> int:
    """Count the units that a coder who opened their interview has not read yet, once for each such
    coder."""
    found = grid(corpus)
    pairs = corpus.codings[["document", "coder"]].drop_duplicates()
    units = corpus.units["document"].value_counts()
    return int(pairs["document"].map(units).fillna(0).sum() - found.opened.sum())


def _settled(corpus: Corpus, units: pd.DataFrame, codes: tuple[str, ...]) -> NDArray:
    """What was settled of each unit and code: (units, codes)."""
    settled = np.full((len(units), len(codes)), -1, np.int8)
    known = corpus.decisions["document"].isin(units["document"]) & corpus.decisions["code"].isin(
        codes
    )
    made = corpus.decisions[known].reset_index(drop=True)
    row, unit = overlaps(made, units, corpus.documents)
    settled[unit, pd.Index(codes).get_indexer(made["code"])[row]] = (
        made["holds"].to_numpy(bool)[row].astype(np.int8)
    )
    return settled


def overlaps(
    codings: pd.DataFrame, units: pd.DataFrame, documents: pd.DataFrame
) -> tuple[NDArray, NDArray]:
    """Which span overlaps which unit by at least one code point.

    Returns
    -------
    row, unit : ndarray of int
        Positions in `codings` and `units`, one pair an overlap.

    Notes
    -----
    Every document gets its own stretch of one long axis, so that two binary searches find the first
    and last unit of all spans at once."""
    base = pd.Series(
        documents["characters"].cumsum().shift(fill_value=0).to_numpy(), index=documents["document"]
    )
    offset = base[units["document"]].to_numpy()
    begins, ends = offset + units["start"].to_numpy(), offset + units["end"].to_numpy()
    order = np.argsort(begins, kind="stable")
    offset = base[codings["document"]].to_numpy()
    first = np.searchsorted(ends[order], offset + codings["start"].to_numpy(np.int64), side="right")
    last = np.searchsorted(begins[order], offset + codings["end"].to_numpy(np.int64), side="left")
    many = np.maximum(last - first, 0)
    row = np.repeat(np.arange(len(codings)), many)
    step = np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
    return row, order[first[row] + step]


@check.arguments
def count_values(data: Any, *, unit: str, coder: str, value: str) -> pd.DataFrame:
    """Count how many coders gave each unit each value, from a table of ratings.

    Parameters
    ----------
    data : anything `cxlib.rows.table.as_table` takes
        One row a rating; rows without a value are missing ratings.
    unit, coder, value : str
        Columns.

    Returns
    -------
    pandas.DataFrame, units x values
        For `krippendorff_alpha`; the columns are in ascending order, those of an ordered
        categorical in its own. One GROUP BY where the rows lie.

    Raises
    ------
    ColumnError
        If a column is absent, a rating has no unit or coder, or a coder rated a unit twice.
    EmptyDataError
        If there is no rating.
    SourceError
        If `data` cannot be read.
    """
    table = as_table(data)
    check.columns(table.columns, unit=unit, coder=coder, value=value)
    table = table.filter(table[value].notnull())
    nameless = table.filter(table[unit].isnull() | table[coder].isnull()).count().execute()
    if nameless:
        raise ColumnError(
            f"unit={unit!r}, coder={coder!r}: {nameless:,} ratings have no unit or no coder; "
            "name both, or take these rows out"
        )
    twice = (
        table.group_by(unit, coder).agg(n=ibis._.count()).filter(ibis._.n > 1).limit(1).execute()
    )
    if len(twice):
        raise ColumnError(
            f"coder={coder!r}: {twice[coder].iloc[0]!r} rated unit {twice[unit].iloc[0]!r} more "
            "than once; "
            "keep one rating a coder and unit"
        )
    counted = table.group_by(unit, value).agg(n=ibis._.count()).execute()
    if counted.empty:
        raise EmptyDataError(
            f"value={value!r} holds no rating at all; name the column with the coders' values"
        )
    found = counted.pivot(index=unit, columns=value, values="n").fillna(0).astype(int)
    kind = data[value].dtype if isinstance(data, pd.DataFrame) else None
    if isinstance(kind, pd.CategoricalDtype) and kind.ordered:
        found.columns = pd.CategoricalIndex(found.columns, dtype=kind, name=value)
    return found.sort_index(axis=1)


def rows_with_value(data: Any, *, unit: str, coder: str, value: str) -> pd.DataFrame:
    """Pull the rows that have a value, as `unit, coder, label`.

    Raises
    ------
    ColumnError
        If a column is absent.
    SourceError
        If `data` cannot be read.
    """
    table = as_table(data)
    check.columns(table.columns, unit=unit, coder=coder, value=value)
    found = table.filter(table[value].notnull())[[unit, coder, value]].execute()
    return found.set_axis(["unit", "coder", "label"], axis=1)
