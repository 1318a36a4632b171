"""Rows -> answers counted by score: everything the study says later is arithmetic on these
counts."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from cxlib import check, scales, table
from cxlib.errors import ColumnError, EmptyDataError, ParameterError, WeightError

PROMOTER, DETRACTOR = 9, 6  # the usual cut points: 9 and 10 promote, 0 to 6 detract
STRATUM, CLUSTER, WEIGHT, SQUARE = (
    "_stratum",
    "_cluster",
    "_weight",
    "_square",
)  # columns of counts that carry a design
TAKEN = {
    "score",
    "n",
    "promoters",
    "passives",
    "detractors",
    "nps",
    "se",
    "ci_low",
    "ci_high",
    "n_eff",
    "confidence",
    "method",
    STRATUM,
    CLUSTER,
    WEIGHT,
    SQUARE,
    "_position",
}
_REASONS = {-1: "missing", -2: "out of range", -3: "not whole", -4: "zero weight"}
_NO_WEIGHT = -5


@dataclass(frozen=True, slots=True)
class Design:
    """How answers were sampled: the columns of weight, strata and cluster (primary sampling unit);
    at least one is named."""

    weight: str | None = None
    strata: str | None = None
    cluster: str | None = None

    def __bool__(self) -> bool:
        return any((self.weight, self.strata, self.cluster))


@dataclass(frozen=True, slots=True, eq=False)
class ScoreCounts:
    """How many answers gave which score, by segment. Counts of disjoint rows add: `a + b` is the
    count of the union.

    Attributes
    ----------
    frame : pandas.DataFrame
        `[*by], score, n`: one row for each score that occurs in a segment; a missing segment is
        kept as missing. With a design also `_stratum, _cluster` and the sums `_weight, _square` of
        the weights and of their squares.
    by : tuple of str
        Columns that tell the segments apart.
    scale : (int, int)
        Lowest and highest score of the question.
    promoter, detractor : int
        Promoters answered `promoter` or more, detractors `detractor` or less.
    dropped : dict of str to int
        Rows that gave no count, by reason; and, as `no <column>`, answers that belong to no segment
        of a column.
    design : Design
        Which columns say how answers were sampled; false where none does.
    units : pandas.DataFrame
        `_stratum, _cluster, n` of the whole sample: a segment's standard error needs them, so
        `where` and `over` keep them.
    empty : pandas.DataFrame
        `by`: segments that have rows, but none with a score.
    """

    frame: pd.DataFrame
    by: tuple[str, ...]
    scale: tuple[int, int] = (0, 10)
    promoter: int = PROMOTER
    detractor: int = DETRACTOR
    dropped: Mapping[str, int] | None = None
    design: Design = Design()
    units: pd.DataFrame | None = None
    empty: pd.DataFrame | None = None

    def __add__(self, other: ScoreCounts) -> ScoreCounts:
        """Return the counts of both; refuses counts made with other columns, scales, cut points or
        designs."""
        mine, theirs = ((c.by, c.scale, c.promoter, c.detractor, c.design) for c in (self, other))
        if mine != theirs:
            raise ParameterError(
                f"counts by {mine} and by {theirs} do not add; count both with the same columns "
                "and scale"
            )
        frame = _added(pd.concat([self.frame, other.frame], ignore_index=True), self.by)
        dropped = {
            reason: (self.dropped or {}).get(reason, 0) + (other.dropped or {}).get(reason, 0)
            for reason in {**(self.dropped or {}), **(other.dropped or {})}
        }
        units = _units(pd.concat([self.units, other.units])) if self.design else None
        return replace(
            self,
            frame=frame,
            dropped=dropped,
            units=units,
            empty=_without(pd.concat([_listed(self), _listed(other)]), frame, self.by),
        )

    def over(self, by: str | Sequence[str] | None) -> ScoreCounts:
        """Return the counts by fewer columns (all of them together where `by` is None)."""
        by = names(by)
        check.columns(self.by, by=by)
        frame = _added(self.frame, by)
        return replace(self, frame=frame, by=by, empty=_without(_listed(self)[list(by)], frame, by))

    def where(self, column: str | None, value: Any) -> ScoreCounts:
        """Return the counts of one segment; all of them where `column` or `value` is None."""
        if column is None or value is None:
            return self
        check.columns(self.by, column=column)
        check.one_of(column, value, table.natural_order(self.frame[column]))
        kept = (
            part[part[column] == value].reset_index(drop=True)
            for part in (self.frame, _listed(self))
        )
        return replace(self, **dict(zip(("frame", "empty"), kept, strict=True)))

    def plain(self) -> ScoreCounts:
        """Return the counts of people without their design: every answer once and alone."""
        return replace(
            self,
            frame=_added(self.frame[[*self.by, "score", "n"]], self.by),
            design=Design(),
            units=None,
        )

    def categories(self) -> pd.DataFrame:
        """Return `[*by], n, promoters, passives, detractors`, one row a segment, segments in
        natural order.

        Answers without a value in one of the columns belong to no segment; they count only in
        `over(None)`."""
        frame = self.frame.dropna(subset=list(self.by)).reset_index(drop=True)
        kinds = pd.DataFrame(
            {
                "n": frame["n"],
                "promoters": frame["n"].where(frame["score"] >= self.promoter, 0),
                "passives": frame["n"].where(
                    (frame["score"] > self.detractor) & (frame["score"] < self.promoter), 0
                ),
                "detractors": frame["n"].where(frame["score"] <= self.detractor, 0),
            }
        )
        if not self.by:
            return kinds.sum().to_frame().T.astype("int64")
        out = (
            pd.concat([frame[list(self.by)], kinds], axis=1)
            .groupby(list(self.by), as_index=False, sort=False, observed=True)
            .sum()
        )
        return _in_order(out, self.by)


def count_scores(
    data: Any,
    *,
    score: str,
    by: str | Sequence[str] | None = (),
    weight: str | None = None,
    strata: str | None = None,
    cluster: str | None = None,
    scale: tuple[int, int] = (0, 10),
    promoter: int = PROMOTER,
    detractor: int = DETRACTOR,
) -> ScoreCounts:
    """Count answers by score in one GROUP BY, in the engine where the rows lie.

    Parameters
    ----------
    data : rows in any form that `table.as_table` takes
        One row an answer.
    score : str
        Column of numbers on `scale`; text answers go through `scales.parse_scores` first.
    by : str or sequence of str
        Columns that tell segments apart. Rows without a value in one of them stay in the total and
        are counted.
    weight : str, optional
        Column of sampling weights, 0 or more. An answer of weight 0 gives no count: it leaves n and
        degrees of freedom.
    strata, cluster : str, optional
        Columns of the stratum and the primary sampling unit (store, agent, customer who answers
        again). Clusters are told apart within strata. Any of the three makes later standard errors
        linearised ones.
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
        If a column is absent, `score` or `weight` is not numeric, a column of groups holds lists,
        mappings or spans of time, or a column of `by` has the name of a result or is given twice.
    ParameterError
        If the cut points do not lie on the scale in order.
    WeightError
        If a scored answer has a missing, negative or infinite weight, or no stratum or cluster.
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
        raise ParameterError(
            f"promoter={promoter}, detractor={detractor}: they must lie on the scale {low} to "
            f"{high}, "
            "detractor below promoter; give the cut points of your scale"
        )
    by, design = names(by), Design(weight, strata, cluster)
    rows = table.unread(data)
    _refuse_columns(rows, score, by, design)
    counted = table.fetched(_grouped(rows, score, by, design, (low, high)), data)
    dropped = {
        reason: int(counted.loc[counted["code"] == code, "n"].sum())
        for code, reason in _REASONS.items()
        if code > -4 or weight
    }
    _refuse_design(counted, design)
    scored = counted[counted["code"] >= 0].assign(score=lambda frame: frame["code"] + low)
    dropped |= {
        f"no {name}": int(scored.loc[scored[f"by{i}"].isna(), "n"].sum())
        for i, name in enumerate(by)
    }
    if scored.empty:
        raise EmptyDataError(
            f"score={score!r}: none of {int(counted['n'].sum()):,} rows holds a whole score from "
            f"{low} to "
            f"{high}{' and a weight above 0' if weight else ''}; name the column with the scores, "
            "or give its "
            "scale"
        )
    frame = _added(
        scored.drop(columns="code").rename(columns={f"by{i}": name for i, name in enumerate(by)}),
        by,
    )
    totals = frame.groupby("score")["n"].sum()
    scales.refuse_contradiction({int(key): int(n) for key, n in totals.items()}, scale=(low, high))
    present = counted[[f"by{i}" for i in range(len(by))]].set_axis(list(by), axis=1)
    return ScoreCounts(
        frame,
        by,
        (low, high),
        promoter,
        detractor,
        dropped,
        design,
        _units(frame) if design else None,
        _without(present, frame, by),
    )


def names(by: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the columns of `by`; refuse one given twice, or named like a column of the result."""
    found = (
        ()
        if by is None
        else (by,)
        if isinstance(by, str)
        else tuple(name for name in by if name is not None)
    )
    if len(set(found)) < len(found):
        raise ColumnError(f"by={found!r} names a column twice; name each once")
    refuse_taken(TAKEN, by=found)
    return found


def refuse_taken(taken: Collection[str], **wanted: str | Sequence[str] | None) -> None:
    """Refuse segment columns that have the name of a column of the result; `wanted` maps a
    parameter to its columns."""
    for parameter, names in wanted.items():
        for name in [names] if isinstance(names, str) else (names or ()):
            if name in taken:
                raise ColumnError(
                    f"{parameter}={name!r}: the result has a column of that name itself; rename "
                    "yours, "
                    f"for example to {name + '_'!r}"
                )


def _refuse_columns(rows: ir.Table, score: str, by: tuple[str, ...], design: Design) -> None:
    check.columns(
        rows.columns,
        score=score,
        by=by,
        weight=design.weight,
        strata=design.strata,
        cluster=design.cluster,
    )
    for parameter, name in (("score", score), ("weight", design.weight)):
        table.numeric(rows, **{parameter: name})
        if name is not None and rows[name].type().is_boolean():
            raise ColumnError(
                f"{parameter}={name!r} holds true and false, not numbers; name the column with the "
                f"{parameter}s"
            )
    for parameter, name in [
        *(("by", name) for name in by),
        ("strata", design.strata),
        ("cluster", design.cluster),
    ]:
        if name is not None and ((kind := rows[name].type()).is_nested() or kind.is_interval()):
            raise ColumnError(
                f"{parameter}={name!r} holds {kind}, whose values name no group; make a column of "
                "text, numbers or "
                "dates from it"
            )


def _grouped(
    rows: ir.Table, score: str, by: tuple[str, ...], design: Design, scale: tuple[int, int]
) -> ir.Table:
    """Return `by0 …, code, n` and, with a design, its columns: the one query of the study."""
    value = rows[score].cast("float64")
    bad = [
        (_missing(rows[score]), -1),
        ((value < scale[0]) | (value > scale[1]), -2),
        (value != value.floor(), -3),
    ]
    columns = {f"by{i}": rows[name] for i, name in enumerate(by)}
    if design.weight is not None:
        weight = rows[design.weight].cast("float64")
        bad += [
            (
                _missing(rows[design.weight]) | (weight < 0) | (weight > sys.float_info.max),
                _NO_WEIGHT,
            ),
            (weight == 0, -4),
        ]
    if design:
        columns |= {
            STRATUM: rows[design.strata] if design.strata else ibis.literal(0),
            CLUSTER: rows[design.cluster] if design.cluster else ibis.literal(0),
        }
    coded = rows.select(
        **columns,
        code=ibis.cases(*bad, else_=value.cast("int64") - scale[0]),
        **({"w": weight} if design.weight else {}),
    )
    counts = {"n": coded.count()}
    if design:
        counts |= (
            {WEIGHT: coded["w"].sum(), SQUARE: (coded["w"] * coded["w"]).sum()}
            if design.weight
            else {WEIGHT: coded.count().cast("float64"), SQUARE: coded.count().cast("float64")}
        )
    return coded.group_by([*columns, "code"]).agg(**counts)


def _missing(column: ir.Column) -> ir.BooleanValue:
    # an integer or decimal is never NaN, and some engines have no word for it
    return column.isnull() | column.isnan() if column.type().is_floating() else column.isnull()


def _refuse_design(counted: pd.DataFrame, design: Design) -> None:
    scored = counted[(counted["code"] >= 0) | (counted["code"] == _NO_WEIGHT)]
    without = {f"weight={design.weight!r}": scored.loc[scored["code"] == _NO_WEIGHT, "n"].sum()}
    without |= {
        f"{parameter}={name!r}": scored.loc[scored[column].isna(), "n"].sum()
        for parameter, name, column in (
            ("strata", design.strata, STRATUM),
            ("cluster", design.cluster, CLUSTER),
        )
        if name
    }
    for said, n in without.items():
        if n:
            rule = "a weight of 0 or more" if said.startswith("weight") else "a value"
            raise WeightError(
                f"{said}: {int(n):,} answers with a score have none ({rule} is needed); fill it, "
                "or leave these "
                "rows out and say so"
            )


def _added(frame: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    design = [name for name in (STRATUM, CLUSTER) if name in frame]
    sums = ["n", *(name for name in (WEIGHT, SQUARE) if name in frame)]
    counted = frame.groupby(
        [*by, *design, "score"], as_index=False, sort=True, observed=True, dropna=False
    )[sums].sum()
    return counted.astype({"score": "int64", "n": "int64"})


def _units(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.groupby([STRATUM, CLUSTER], as_index=False, sort=True, observed=True)["n"].sum()


def _listed(counts: ScoreCounts) -> pd.DataFrame:
    return pd.DataFrame(columns=list(counts.by)) if counts.empty is None else counts.empty


def _without(present: pd.DataFrame, frame: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return the segments of `present` that `frame` does not have, each once."""
    if not by:
        return pd.DataFrame()
    present = present.dropna().drop_duplicates()
    known = set(frame[list(by)].itertuples(index=False, name=None))
    new = [row not in known for row in present.itertuples(index=False, name=None)]
    return _in_order(
        present.loc[np.array(new, bool)], by
    )  # an engine hands groups over in any order


def _in_order(frame: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    ranks = [
        frame[name].map(
            {value: rank for rank, value in enumerate(table.natural_order(frame[name]))}
        )
        for name in by
    ]
    order = np.lexsort([rank.to_numpy(int) for rank in reversed(ranks)])
    return frame.iloc[order].reset_index(drop=True)
