"""Rows -> answers counted by score: everything the study says later is arithmetic on these counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import pandas as pd

from cxlib import check, scales, table
from cxlib.errors import ColumnError, EmptyDataError, ParameterError

PROMOTER, DETRACTOR = 9, 6  # the usual cut points: 9 and 10 promote, 0 to 6 detract
TAKEN = {"score", "n", "promoters", "passives", "detractors", "nps", "se", "ci_low", "ci_high", "confidence", "method"}
_REASONS = {-1: "missing", -2: "out of range", -3: "not whole"}


@dataclass(frozen=True, slots=True, eq=False)
class ScoreCounts:
    """How many answers gave which score, by segment. Counts of disjoint rows add: `a + b` is the count of the union.

    Attributes
    ----------
    frame : pandas.DataFrame
        `[*by], score, n`: one row for each score that occurs in a segment; a missing segment is kept as missing.
    by : tuple of str
        Columns that tell the segments apart.
    scale : (int, int)
        Lowest and highest score of the question.
    promoter, detractor : int
        Promoters answered `promoter` or more, detractors `detractor` or less.
    dropped : dict of str to int
        Rows that gave no count, by reason; and, as `no <column>`, answers that belong to no segment of a column.
    """

    frame: pd.DataFrame
    by: tuple[str, ...]
    scale: tuple[int, int] = (0, 10)
    promoter: int = PROMOTER
    detractor: int = DETRACTOR
    dropped: Mapping[str, int] | None = None

    def __add__(self, other: ScoreCounts) -> ScoreCounts:
        """Return the counts of both; refuses counts made with other columns, scales or cut points."""
        mine, theirs = ((c.by, c.scale, c.promoter, c.detractor) for c in (self, other))
        if mine != theirs:
            raise ParameterError(f"counts by {mine} and by {theirs} do not add; count both with the same columns and scale")
        both = pd.concat([self.frame, other.frame], ignore_index=True)
        dropped = {reason: (self.dropped or {}).get(reason, 0) + (other.dropped or {}).get(reason, 0)
                   for reason in {**(self.dropped or {}), **(other.dropped or {})}}
        return replace(self, frame=_added(both, self.by), dropped=dropped)

    def over(self, by: str | Sequence[str] | None) -> ScoreCounts:
        """Return the counts by fewer columns (all of them together where `by` is None)."""
        by = names(by)
        check.columns(self.by, by=by)
        return replace(self, frame=_added(self.frame, by), by=by)

    def where(self, column: str | None, value: Any) -> ScoreCounts:
        """Return the counts of one segment; all of them where `column` or `value` is None."""
        if column is None or value is None:
            return self
        check.columns(self.by, column=column)
        check.one_of(column, value, table.natural_order(self.frame[column]))
        return replace(self, frame=self.frame[self.frame[column] == value].reset_index(drop=True))

    def categories(self) -> pd.DataFrame:
        """Return `[*by], n, promoters, passives, detractors`, one row a segment, segments in natural order.

        Answers without a value in one of the columns belong to no segment; they count only in `over(None)`.
        """
        frame = self.frame.dropna(subset=list(self.by)).reset_index(drop=True)
        kinds = pd.DataFrame({
            "n": frame["n"],
            "promoters": frame["n"].where(frame["score"] >= self.promoter, 0),
            "passives": frame["n"].where((frame["score"] > self.detractor) & (frame["score"] < self.promoter), 0),
            "detractors": frame["n"].where(frame["score"] <= self.detractor, 0)})
        if not self.by:
            return kinds.sum().to_frame().T.astype("int64")
        out = pd.concat([frame[list(self.by)], kinds], axis=1).groupby(list(self.by), as_index=False, sort=False).sum()
        ranks = [out[name].map({value: rank for rank, value in enumerate(table.natural_order(out[name]))}) for name in self.by]
        order = pd.concat(ranks, axis=1, keys=range(len(ranks))).sort_values(list(range(len(ranks)))).index
        return out.loc[order].reset_index(drop=True)


def count_scores(data: Any, *, score: str, by: str | Sequence[str] | None = (), scale: tuple[int, int] = (0, 10),
                 promoter: int = PROMOTER, detractor: int = DETRACTOR) -> ScoreCounts:
    """Count answers by score in one GROUP BY, in the engine where the rows lie.

    Parameters
    ----------
    data : rows in any form that `table.as_table` takes
        One row an answer.
    score : str
        Column of numbers on `scale`; text answers go through `scales.parse_scores` first.
    by : str or sequence of str
        Columns that tell segments apart. Rows without a value in one of them stay in the total and are counted.
    scale : (int, int)
        Lowest and highest score of the question.
    promoter, detractor : int
        Promoters answer `promoter` or more, detractors `detractor` or less.

    Returns
    -------
    ScoreCounts

    Raises
    ------
    ColumnError
        If a column is absent, `score` is not numeric, or a column of `by` has the name of a result or is given twice.
    ParameterError
        If the cut points do not lie on the scale in order.
    EmptyDataError
        If no row holds a score.
    ScaleError
        If the answers contradict the scale (see `scales.contradiction`).

    Examples
    --------
    >>> import pandas as pd
    >>> counts = count_scores(pd.DataFrame({"score": [10, 9, 8, 3, None]}), score="score")
    >>> counts.categories().to_dict("records"), counts.dropped["missing"]
    ([{'n': 4, 'promoters': 2, 'passives': 1, 'detractors': 1}], 1)
    """
    low, high = scales.checked_scale(scale)
    if not low <= detractor < promoter <= high:
        raise ParameterError(f"promoter={promoter}, detractor={detractor}: they must lie on the scale {low} to {high}, "
                             "detractor below promoter; give the cut points of your scale")
    by = names(by)
    rows = table.as_table(data)
    check.columns(rows.columns, score=score, by=by)
    table.numeric(rows, score=score)
    if rows[score].type().is_boolean():
        raise ColumnError(f"score={score!r} holds true and false, not answers from {low} to {high}; "
                          "name the column with the scores")
    value = rows[score].cast("float64")
    coded = ibis.cases((value.isnull() | value.isnan(), -1), ((value < low) | (value > high), -2),
                       (value != value.floor(), -3), else_=value.cast("int64") - low)
    grouped = rows.select(**{f"by{i}": rows[name] for i, name in enumerate(by)}, code=coded)
    counted = grouped.group_by(grouped.columns).agg(n=grouped.count()).execute()
    dropped = {reason: int(counted.loc[counted["code"] == code, "n"].sum()) for code, reason in _REASONS.items()}
    scored = counted[counted["code"] >= 0].assign(score=lambda frame: frame["code"] + low)
    dropped |= {f"no {name}": int(scored.loc[scored[f"by{i}"].isna(), "n"].sum()) for i, name in enumerate(by)}
    if scored.empty:
        raise EmptyDataError(f"score={score!r}: none of {int(counted['n'].sum()):,} rows holds a whole score from {low} to "
                             f"{high}; name the column with the scores, or give its scale")
    frame = _added(scored[[*(f"by{i}" for i in range(len(by))), "score", "n"]].set_axis([*by, "score", "n"], axis=1), by)
    totals = frame.groupby("score")["n"].sum()
    scales.refuse_contradiction({int(key): int(n) for key, n in totals.items()}, scale=(low, high))
    return ScoreCounts(frame, by, (low, high), promoter, detractor, dropped)


def names(by: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the columns of `by`; refuse one given twice, or named like a column of the result."""
    found = () if by is None else (by,) if isinstance(by, str) else tuple(name for name in by if name is not None)
    if len(set(found)) < len(found):
        raise ColumnError(f"by={found!r} names a column twice; name each once")
    refuse_taken(TAKEN, by=found)
    return found


def refuse_taken(taken: Collection[str], **wanted: str | Sequence[str] | None) -> None:
    """Refuse segment columns that have the name of a column of the result; `wanted` maps a parameter to its columns."""
    for parameter, names in wanted.items():
        for name in [names] if isinstance(names, str) else (names or ()):
            if name in taken:
                raise ColumnError(f"{parameter}={name!r}: the result has a column of that name itself; rename yours, "
                                  f"for example to {name + '_'!r}")


def _added(frame: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    keys = [*by, "score"]
    counted = frame.groupby(keys, as_index=False, sort=True, observed=True, dropna=False)["n"].sum()
    return counted.astype({"score": "int64", "n": "int64"})
