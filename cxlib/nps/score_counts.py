"""Answers counted by score, as a type that adds: everything the study says is arithmetic on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.errors import ColumnError, ParameterError
from cxlib.nps.parameters import DETRACTOR, PROMOTER
from cxlib.nps.sampled import Sampled, counts_by, counts_where
from cxlib.rows.names import carry, name
from cxlib.rows.periods import natural_order, order_waves, places
from cxlib.shown.message import Message

# columns of counts that carry a design, and what the query makes of a score
STRATUM, CLUSTER, WEIGHT, SQUARE = ("_stratum", "_cluster", "_weight", "_square")
CODE = "_code"
ZERO_WEIGHT = "zero_weight"  # why a row gave no count, beside the reasons of `scales.Reason`
# columns that frames of counts and of their estimates have themselves
OWNED = (
    *("score", "n", "promoters", "passives", "detractors", "nps", "se", "n_eff"),
    *(STRATUM, CLUSTER, WEIGHT, SQUARE, CODE, "_position"),
)


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
        Columns that tell the segments apart; `keys` are their names in `frame`.
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
        `_stratum, _cluster, n` of the whole sample, answers of weight 0 among them: a segment's
        standard error needs them, so `where` and `over` keep them.
    empty : pandas.DataFrame
        `by`: segments that have rows, but none with a score.
    warnings : tuple of Message
        What was noticed about the names of segments.
    orders : dict of str to tuple
        Column of `by` to its values in order, where a column of ordered categories was counted or
        the order was given.
    left_out : pandas.DataFrame
        `by`, `n`: answers that were given but are no score, a row a segment that has any.
    sampled : pandas.DataFrame, Sampled or None
        What `frame` has with a design, where it has no `_stratum` and `_cluster` itself: there a
        score beyond the cut points stands for all of its kind, which standard errors are made of.
    """

    frame: pd.DataFrame
    by: tuple[str, ...]
    scale: tuple[int, int] = (0, 10)
    promoter: int = PROMOTER
    detractor: int = DETRACTOR
    dropped: Mapping[str, int] = field(default_factory=dict)
    design: Design = Design()
    units: pd.DataFrame | None = None
    empty: pd.DataFrame | None = None
    warnings: tuple[Message, ...] = ()
    orders: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    left_out: pd.DataFrame | None = None
    sampled: pd.DataFrame | Sampled | None = None

    @property
    def by_unit(self) -> pd.DataFrame:
        """The counts by stratum and cluster too; see `frame` and `sampled`."""
        found = counts_by(self.sampled, self._columns)
        return self.frame if found is None else found

    @property
    def keys(self) -> dict[str, str]:
        """Column of `by` to its name in `frame`: another where counts have a column of that name
        themselves."""
        return carry(self.by, OWNED)

    def __add__(self, other: ScoreCounts) -> ScoreCounts:
        """Return the counts of both; refuses counts made with other columns, scales, cut points or
        designs."""
        mine, theirs = ((c.by, c.scale, c.promoter, c.detractor, c.design) for c in (self, other))
        if mine != theirs:
            raise ParameterError(
                f"counts by {mine} and by {theirs} do not add; count both with the same columns "
                "and scale"
            )
        frame, sampled = self._frames_of_both(other)
        units = add_units(pd.concat([self.units, other.units])) if self.design else None
        absent = pd.concat([self._empty(), other._empty()])
        left = pd.concat([self._left_out(), other._left_out()])
        return replace(
            self,
            frame=frame,
            dropped={
                reason: self.dropped.get(reason, 0) + other.dropped.get(reason, 0)
                for reason in {**self.dropped, **other.dropped}
            },
            units=units,
            empty=without(absent, frame, self._columns),
            warnings=tuple(dict.fromkeys((*self.warnings, *other.warnings))),
            orders=self._orders_of_both(other),
            left_out=summed(left, columns=self._columns),
            sampled=sampled,
        )

    def _frames_of_both(self, other: ScoreCounts) -> tuple[pd.DataFrame, pd.DataFrame | None]:
        frames, units = [self.frame, other.frame], [self.by_unit, other.by_unit]
        if self.sampled is None and other.sampled is None:
            return add_up(pd.concat(frames, ignore_index=True), self._columns), None
        frames = [frame.drop(columns=[STRATUM, CLUSTER], errors="ignore") for frame in frames]
        by_score, by_unit = (pd.concat(each, ignore_index=True) for each in (frames, units))
        return add_up(by_score, self._columns), add_up(by_unit, self._columns)

    def _orders_of_both(self, other: ScoreCounts) -> dict[str, tuple[Any, ...]]:
        for column in self.orders.keys() & other.orders.keys():
            if self.orders[column] != other.orders[column]:
                raise ParameterError(
                    f"counts with {column!r} in the order {list(self.orders[column])} and "
                    f"{list(other.orders[column])} do not add; count both with the same categories"
                )
        return {**self.orders, **other.orders}

    def in_time(
        self, column: str, *, order: Sequence[Any] | None = None, parameter: str
    ) -> ScoreCounts:
        """Return the counts with the values of a column in their order in time.

        Parameters
        ----------
        column : str
            The wave.
        order : sequence, optional
            All its values from the earliest to the latest; by default ordered categories, or what
            `periods.order_waves` reads from them.
        parameter : str
            What asks for an order in time.

        Raises
        ------
        ParameterError
            If the order is not known, two values are one period, or `order` does not hold each
            value once.
        """
        labels: pd.Series = self.frame[self.keys[column]]
        if order is not None:
            labels = pd.concat([labels, self._empty().get(self.keys[column], labels[:0])])
        elif column in self.orders and labels.dropna().isin(self.orders[column]).all():
            labels = pd.Series(pd.Categorical(labels, self.orders[column], ordered=True))
        found = order_waves(labels, order=order)
        found.refuse_unknown(column=column, parameter=parameter)
        return replace(self, orders={**self.orders, column: found.values})

    def over(self, by: str | Sequence[str] | None) -> ScoreCounts:
        """Return the counts by fewer columns (all of them together where `by` is None)."""
        by = as_columns(by)
        check.columns(self.by, by=by)
        new = {self.keys[name]: column for name, column in carry(by, OWNED).items()}
        parts = (self.frame, counts_by(self.sampled, new))
        frame, sampled = (None if part is None else _over(part, new) for part in parts)
        absent = self._empty()[list(new)].rename(columns=new)
        left = summed(self._left_out().rename(columns=new), columns=list(new.values()))
        orders = {name: self.orders[name] for name in by if name in self.orders}
        found = {"frame": frame, "empty": without(absent, frame, list(new.values()))}
        return replace(self, by=by, orders=orders, sampled=sampled, left_out=left, **found)

    def where(self, column: str | None, value: Any) -> ScoreCounts:
        """Return the counts of one segment; all of them where `column` or `value` is None."""
        if column is None or value is None:
            return self
        check.columns(self.by, column=column)
        key = self.keys[column]
        check.one_of(column, value, natural_order(self.frame[key]))
        units = counts_where(self.sampled, key, value)
        frame, empty, left_out, sampled = (
            None if part is None else part[part[key] == value].reset_index(drop=True)
            for part in (self.frame, self._empty(), self._left_out(), units)
        )
        return replace(self, frame=frame, empty=empty, left_out=left_out, sampled=sampled)

    def plain(self) -> ScoreCounts:
        """Return the counts of people without their design: every answer once and alone."""
        frame = add_up(self.frame[[*self._columns, "score", "n"]], self._columns)
        return replace(self, frame=frame, design=Design(), units=None, sampled=None)

    def categories(self) -> pd.DataFrame:
        """Return `[*keys], n, promoters, passives, detractors`, one row a segment, segments in
        the order that the counts know, or else in natural order.

        Answers without a value in one of the columns belong to no segment; they count only in
        `over(None)`."""
        frame = self.frame.dropna(subset=self._columns).reset_index(drop=True)
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
        groups = pd.concat([frame[self._columns], kinds], axis=1).groupby(
            self._columns, as_index=False, sort=False, observed=True
        )
        known = {self.keys[name]: values for name, values in self.orders.items()}
        return in_order(groups.sum(), self._columns, known)

    def by_score(self) -> tuple[pd.DataFrame, NDArray]:
        """Return the segments in natural order (`categories`), and their answers by score: int
        array, shape (segments, scores)."""
        segments = self.categories()
        rows = (
            self.frame.merge(
                segments[self._columns].assign(_position=np.arange(len(segments))),
                on=self._columns,
            )
            if self.by
            else self.frame.assign(_position=0)
        )
        matrix = np.zeros((len(segments), self.scale[1] - self.scale[0] + 1), np.int64)
        matrix[rows["_position"], rows["score"] - self.scale[0]] = rows["n"]
        return segments, matrix

    def name_columns(
        self, frame: pd.DataFrame, owned: Collection[str]
    ) -> tuple[pd.DataFrame, tuple[str, ...], dict[str, str]]:
        """Rename the segment columns so that they stand beside the columns that a result owns.

        Returns
        -------
        frame : pandas.DataFrame
        by : tuple of str
            The segment columns in the frame.
        carried : dict of str to str
            Those of them that have another name there, to the researcher's own.
        """
        columns = carry(self.by, {*owned, *OWNED})
        carried = {column: name for name, column in columns.items() if column != name}
        frame = frame.rename(columns={self.keys[name]: new for name, new in columns.items()})
        return frame, tuple(columns.values()), carried

    @property
    def _columns(self) -> list[str]:
        return list(self.keys.values())

    def left_out_of(self, segments: pd.DataFrame) -> tuple[int, ...]:
        """Return how many answers of each segment (a row of `categories`) were given but are no
        score."""
        found = self._left_out()
        if not self.by:
            return (int(found["n"].sum()),)
        keys = found[self._columns].itertuples(index=False, name=None)
        left = dict(zip(keys, found["n"], strict=True))
        wanted = segments[self._columns].itertuples(index=False, name=None)
        return tuple(int(left.get(key, 0)) for key in wanted)

    def _left_out(self) -> pd.DataFrame:
        none = pd.DataFrame(columns=[*self._columns, "n"])
        return none if self.left_out is None or self.left_out.empty else self.left_out

    def _empty(self) -> pd.DataFrame:
        return pd.DataFrame(columns=self._columns) if self.empty is None else self.empty


def as_columns(by: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the columns of `by`; refuse one given twice."""
    found = (by,) if isinstance(by, str) else tuple(name for name in by or () if name is not None)
    if len(set(found)) < len(found):
        raise ColumnError(f"by={found!r} names a column twice; name each once")
    return found


def _over(frame: pd.DataFrame, new: Mapping[str, str]) -> pd.DataFrame:
    """Return counts by some of their columns, under new names."""
    design = [name for name in (STRATUM, CLUSTER, WEIGHT, SQUARE) if name in frame]
    return add_up(frame[[*new, *design, "score", "n"]].rename(columns=new), new.values())


def add_up(frame: pd.DataFrame, columns: Collection[str]) -> pd.DataFrame:
    """Return the counts by these columns, score and design, each group once."""
    design = [name for name in (STRATUM, CLUSTER) if name in frame]
    sums = ["n", *(name for name in (WEIGHT, SQUARE) if name in frame)]
    counts = frame.groupby(
        [*columns, *design, "score"], as_index=False, sort=True, observed=True, dropna=False
    )[sums].sum()
    return counts.astype({"score": "int64", "n": "int64"})


def add_units(frame: pd.DataFrame) -> pd.DataFrame:
    """Return `_stratum, _cluster, n`: the sampling units."""
    units = frame.groupby([STRATUM, CLUSTER], as_index=False, sort=True, observed=True)["n"].sum()
    kinds = {name: units[name].dtype for name in (STRATUM, CLUSTER)}
    texts = [name for name, kind in kinds.items() if isinstance(kind, pd.CategoricalDtype)]
    return units.astype(dict.fromkeys(texts, object))


def summed(frame: pd.DataFrame, *, columns: Sequence[str]) -> pd.DataFrame:
    """Return `n` added up by these columns."""
    if frame.empty or not len(columns):
        return pd.DataFrame({"n": [int(frame["n"].sum())]}) if len(frame) else frame
    kept = frame.groupby(list(columns), as_index=False, observed=True, dropna=False)["n"].sum()
    return kept.astype({"n": "int64"})


def units_of(counts: ScoreCounts) -> pd.DataFrame:
    """Return the sampling units of counts that carry a design."""
    if counts.units is None:
        raise ParameterError("counts: they carry no design; count with weight, strata or cluster")
    return counts.units


def without(present: pd.DataFrame, frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return the segments of `present` that `frame` does not have, each once."""
    if not len(columns):
        return pd.DataFrame()
    present = present.dropna().drop_duplicates()
    there = frame[list(columns)].drop_duplicates()
    known = set(there.itertuples(index=False, name=None))
    new = [row not in known for row in present.itertuples(index=False, name=None)]
    # an engine hands groups over in any order
    return in_order(present.loc[np.array(new, bool)], columns)


def in_order(
    frame: pd.DataFrame, columns: Sequence[str], orders: Mapping[str, Sequence[Any]] | None = None
) -> pd.DataFrame:
    """Return the rows with the values of each column in its order, or else in natural order."""

    def rank(name: str) -> NDArray:
        known = {value: place for place, value in enumerate((orders or {}).get(name, ()))}
        return frame[name].map(known).fillna(len(known)).to_numpy(int)

    keys = [part for name in columns for part in (rank(name), places(frame[name]).to_numpy(int))]
    order = np.lexsort(keys[::-1])
    return frame.iloc[order].reset_index(drop=True)


def take_orders(data: Any, *, columns: Sequence[str]) -> tuple[Any, dict[str, tuple[Any, ...]]]:
    """Return rows with ordered categories and periods as plain values, which an engine does not
    order, and the order that they had.

    >>> rows = pd.DataFrame({"wave": pd.Categorical(["b", "a"], ["b", "a"], ordered=True)})
    >>> take_orders(rows, columns=["wave"])[1]
    {'wave': ('b', 'a')}
    """
    if not isinstance(data, pd.DataFrame):
        return data, {}
    kinds = {each: data[each].dtype for each in columns if each in data}
    ordered = {
        column: kind.categories
        for column, kind in kinds.items()
        if isinstance(kind, pd.CategoricalDtype) and kind.ordered
    }
    plain = {column: values.dtype for column, values in ordered.items()}
    for column, kind in kinds.items():
        if isinstance(kind, pd.PeriodDtype):
            ordered[column] = data[column].drop_duplicates().dropna().sort_values().astype(str)
    orders = {
        column: tuple(dict.fromkeys(_folded(each) for each in values))
        for column, values in ordered.items()
    }
    return (data.astype(plain) if plain else data), orders


def _folded(value: Any) -> Any:
    return name(value) if isinstance(value, str) else value
