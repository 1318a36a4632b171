"""Rows -> counts: spans onto turns, who applied which code where, and values per unit from a table
of ratings."""

from __future__ import annotations

from dataclasses import dataclass
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
    """Where a code counts on a turn; instead of a rule, the name of one coder can be given."""

    MAJORITY = "majority"
    ANY = "any"
    ALL = "all"


RULES = tuple(Rule)


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Who applied which code on which turn, over the interviews with turns that at least one coder
    opened.

    Attributes
    ----------
    turns : pandas.DataFrame
        One row a turn, in the order of the first axis below.
    documents, coders, codes : tuple of str
        Names along the axes; codes in the order of the codebook.
    document : ndarray of int, shape (turns,)
        Position of the turn's interview in `documents`.
    applied : ndarray of bool, shape (turns, coders, codes)
    opened : ndarray of bool, shape (turns, coders)
        False where the coder never opened the turn's interview: missing, not absent.
    """

    turns: pd.DataFrame
    documents: tuple[str, ...]
    coders: tuple[str, ...]
    codes: tuple[str, ...]
    document: NDArray
    applied: NDArray
    opened: NDArray

    def presence(self, rule: str) -> NDArray:
        """Where a code counts: (turns, codes), by the rule majority, any, all, or of the coder who
        is named.

        Majority is more than half of the coders who opened the interview.
        """
        if rule in RULES:
            who = self.applied.sum(axis=1)
            could = self.opened.sum(axis=1)[:, None]
            return {
                Rule.MAJORITY: 2 * who > could,
                Rule.ANY: who > 0,
                Rule.ALL: (who == could) & (could > 0),
            }[Rule(rule)]
        if rule not in self.coders:
            raise ParameterError(
                f"rule={rule!r} is neither {', '.join(RULES)} nor a coder"
                f"{check.did_you_mean(rule, [*self.coders, *RULES])}"
            )
        return self.applied[:, self.coders.index(rule), :]

    def base(self, rule: str) -> NDArray:
        """Which interviews count under the rule: (documents,), all of them but for a named coder
        those she opened."""
        if rule not in self.coders:
            return np.ones(len(self.documents), bool)
        return self.in_documents(self.opened[:, [self.coders.index(rule)]])[:, 0]

    def in_documents(self, on_turns: NDArray) -> NDArray:
        """True for an interview where it is true on at least one of its turns: (documents,
        columns)."""
        found = np.zeros((len(self.documents), on_turns.shape[1]), bool)
        np.logical_or.at(found, self.document, on_turns)
        return found


def grid(corpus: Corpus) -> Grid:
    """Lay the codings of a corpus out by turn, coder and code.

    Raises
    ------
    EmptyDataError
        If no interview with turns has been opened by a coder.
    """
    opened = corpus.codings[["document", "coder"]].drop_duplicates()
    readable = set(opened["document"]) & set(corpus.turns["document"])
    documents = tuple(name for name in corpus.documents["document"] if name in readable)
    opened = opened[opened["document"].isin(documents)]
    turns = corpus.turns[corpus.turns["document"].isin(documents)].reset_index(drop=True)
    if turns.empty:
        raise EmptyDataError(
            "no turn of a coded interview is left; check the codings' documents, and interviewers="
        )
    coders, codes = tuple(sorted(opened["coder"].unique())), tuple(corpus.codebook["name"])
    document = pd.Index(documents).get_indexer(turns["document"])
    by_document = np.zeros((len(documents), len(coders)), bool)
    by_document[
        pd.Index(documents).get_indexer(opened["document"]),
        pd.Index(coders).get_indexer(opened["coder"]),
    ] = True
    applied = np.zeros((len(turns), len(coders), len(codes)), bool)
    codings = corpus.codings[
        (corpus.codings["code"] != "") & corpus.codings["document"].isin(documents)
    ].reset_index(drop=True)
    row, turn = overlaps(codings, turns, corpus.documents)
    applied[
        turn,
        pd.Index(coders).get_indexer(codings["coder"])[row],
        pd.Index(codes).get_indexer(codings["code"])[row],
    ] = True
    return Grid(turns, documents, coders, codes, document, applied, by_document[document])


def overlaps(
    codings: pd.DataFrame, turns: pd.DataFrame, documents: pd.DataFrame
) -> tuple[NDArray, NDArray]:
    """Which span overlaps which turn by at least one code point.

    Returns
    -------
    row, turn : ndarray of int
        Positions in `codings` and `turns`, one pair an overlap.

    Notes
    -----
    Every document gets its own stretch of one long axis, so that two binary searches find the first
    and last turn of all spans at once."""
    base = pd.Series(
        documents["characters"].cumsum().shift(fill_value=0).to_numpy(), index=documents["document"]
    )
    offset = base[turns["document"]].to_numpy()
    begins, ends = offset + turns["start"].to_numpy(), offset + turns["end"].to_numpy()
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
        For `krippendorff_alpha`; the columns are in ascending order. One GROUP BY where the rows
        lie.

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
    return (
        counted.pivot(index=unit, columns=value, values="n")
        .sort_index(axis=1)
        .fillna(0)
        .astype(int)
    )
