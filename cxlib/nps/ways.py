"""One comparison, made in every way that others would make it -> whether its verdict hangs on a
choice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any, ClassVar

import pandas as pd

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.methods.multiplicity import Adjustment
from cxlib.nps.comparison import compare
from cxlib.nps.comparison_words import Comparison
from cxlib.nps.method_names import Method
from cxlib.nps.permutation import MOST_ANSWERS, permutation_test
from cxlib.nps.ranks import compare_ranks
from cxlib.nps.sampled import counts_by
from cxlib.nps.score_counts import CLUSTER, STRATUM, ScoreCounts, units_of
from cxlib.nps.verdicts import Standing, Verdict
from cxlib.shown.message import Message, Sentences, Word
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method, with_limits


class Way(StrEnum):
    """A way of testing one comparison; its words are `nps.way_<value>`."""

    REPORTED = "reported"
    UNWEIGHTED = "unweighted"
    WALD = "wald"
    T = "t"
    ADJUSTED_WALD = "adjusted_wald"
    MOVER = "mover"
    PERMUTATION = "permutation"
    RANKS = "ranks"
    LOWER_CUT = "lower_cut"
    HIGHER_CUT = "higher_cut"
    NO_LARGEST = "no_largest"


_OTHER_TESTS = (Way.WALD, Way.T, Way.ADJUSTED_WALD, Way.MOVER)  # by their names in `compare`
_SHIFTS = {Way.LOWER_CUT: -1, Way.HIGHER_CUT: 1}  # of both cut points


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Robustness(Result):
    """One comparison, made in the ways that others would make it.

    `frame`: `way, nps_a, nps_b, difference, ci_low, ci_high, pvalue, says, confidence, method`; a
    row a way, the reported one first.

    `says` is up, down or cannot_tell, from the p value alone. Ways without an interval in NPS
    points (ranks, permutation) leave it missing. `directed`: b follows a in time. `promoter` and
    `detractor` are the reported cut points."""

    a: Any = None
    b: Any = None
    directed: bool = True
    promoter: int
    detractor: int
    columns: ClassVar[Mapping[str, Format]] = {
        "way": Way,
        **dict.fromkeys(("nps_a", "nps_b"), "points"),
        **with_limits("difference", "change"),
        "pvalue": "pvalue",
        "says": Verdict,
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("nps.caption_robustness")

    @property
    def filled(self) -> Mapping[str, Any]:
        """The cut points that the words of a way name."""
        return {
            f"{kind}_{side}": cut + shift
            for side, shift in (("lower", -1), ("higher", 1))
            for kind, cut in (("promoter", self.promoter), ("detractor", self.detractor))
        }

    def caption(self) -> Message | str:
        """Return what the table shows."""
        if not self.directed:
            return Message("nps.caption_robustness_pair")
        return self.shows

    @property
    def formats(self) -> Mapping[str, Format]:
        """How its columns are written: without an order in time, nothing goes up or down."""
        return {**self.columns, "says": self._verdicts}

    @property
    def _verdicts(self) -> type[Verdict] | type[Standing]:
        return Verdict if self.directed else Standing

    def summary(self, language: str = "en") -> str:
        """Say whether every way says the same, or which ways differ."""
        if self.frame.empty:
            return Sentences(self.warnings).text(language)
        reported = self._verdicts(self.frame["says"].iloc[0])
        others = self.frame[self.frame["says"] != reported]
        said = {"a": self.a, "b": self.b, "k": len(self.frame), "verdict": reported}
        if others.empty and not self.directed:
            return Message("nps.robust_pair", **said).text(language)
        if others.empty:
            return Message("nps.robust", **said).text(language)
        ways = [
            Message(
                "nps.way_says",
                way=Word(Way(row["way"]), **self.filled),
                says=self._verdicts(row["says"]),
            )
            for row in others.to_dict("records")
        ]
        if not self.directed:
            return Message("nps.fragile_pair", others=len(others), ways=ways, **said).text(language)
        return Message("nps.fragile_verdict", others=len(others), ways=ways, **said).text(language)


@check.arguments
def robustness(data: ScoreCounts, comparison: Comparison | Absent) -> Robustness | Absent:
    """Make one comparison in the ways that others would, to see whether its verdict hangs on a
    choice.

    Use it before a number is defended: the first question in the room is "and with the usual
    test?".

    Parameters
    ----------
    data : ScoreCounts
        The counts that were compared.
    comparison : Comparison
        Its last change is tested again, or its only pair. An absent one gives itself, and many
        pairs without an order an `Absent`: the clearest of them was picked by looking, and would
        seem certain in any way.

    Returns
    -------
    Robustness or Absent
        One row a way: `nps_a`, `nps_b`, `difference` with its limits (points; missing where the way
        has none), `pvalue`, and `says`, from the p value alone. The ways: as reported (with its
        design, and not adjusted: it is one comparison); unweighted, where there is a design; other
        tests of the NPS; the exact permutation test, where the groups are small enough;
        Brunner-Munzel on the raw scale; cut points one lower, and one higher; and without the
        largest cluster, where that leaves two values and two clusters a stratum.

    Raises
    ------
    ParameterError
        If the comparison was made within other columns.
    """
    if isinstance(comparison, Absent):
        return Absent.of(comparison.key, Robustness)
    if len(comparison.frame) > 1 and not comparison.directed:
        return Absent.of("nps.no_one_pair", Robustness)
    promoter, detractor = data.promoter, data.detractor
    columns = list(Robustness.columns)
    if comparison.frame.empty:
        return Robustness(
            frame=pd.DataFrame(columns=columns),
            method=Method.SIDE_BY_SIDE,
            warnings=comparison.warnings,
            promoter=promoter,
            detractor=detractor,
        )
    if comparison.frame.columns[0] != "a":
        raise ParameterError(
            "comparison: it must be of two values of one column; compare without by"
        )
    row, between = comparison.frame.iloc[-1], comparison.between
    a, b, confidence = row["a"], row["b"], float(row["confidence"])
    rows = [
        {"way": way.value} | _test(part, way, between, a, confidence)
        for way, part in _ways(data.over(between), between, a, b)
    ]
    frame = pd.DataFrame(rows, columns=columns).dropna(subset="pvalue").reset_index(drop=True)
    return Robustness(
        frame=frame,
        method=Method.SIDE_BY_SIDE,
        warnings=() if len(frame) else (Message("nps.none_known", pairs=1),),
        a=a,
        b=b,
        directed=comparison.directed,
        promoter=promoter,
        detractor=detractor,
    )


def _ways(counts: ScoreCounts, between: str, a: Any, b: Any) -> Iterator[tuple[Way, ScoreCounts]]:
    """Yield each way and its counts."""
    column = counts.keys[between]
    frame, sampled = (
        None if part is None else part[part[column].isin((a, b))].reset_index(drop=True)
        for part in (counts.frame, counts_by(counts.sampled, [column]))
    )
    pair = replace(counts, frame=frame, sampled=sampled)
    plain = pair.plain()
    yield Way.REPORTED, pair
    if counts.design:
        yield Way.UNWEIGHTED, plain
    yield from ((way, plain) for way in _OTHER_TESTS)
    if plain.frame["n"].sum() <= MOST_ANSWERS:
        yield Way.PERMUTATION, plain
    yield Way.RANKS, plain
    low, high = counts.scale
    for way, shift in _SHIFTS.items():
        promoter, detractor = counts.promoter + shift, counts.detractor + shift
        if low <= detractor and promoter <= high:
            yield way, replace(pair, promoter=promoter, detractor=detractor)
    if counts.design.cluster is not None:
        rest = _without_largest(pair)
        if units_of(rest).groupby(STRATUM).size().min() > 1 and rest.frame[column].nunique() > 1:
            yield Way.NO_LARGEST, rest


def _without_largest(pair: ScoreCounts) -> ScoreCounts:
    everyone = units_of(pair)
    largest = everyone.sort_values("n").iloc[-1]
    frame, units = (
        part[(part[STRATUM] != largest[STRATUM]) | (part[CLUSTER] != largest[CLUSTER])]
        for part in (pair.by_unit, everyone)
    )
    return replace(pair, frame=frame, sampled=None, units=units)


def _test(counts: ScoreCounts, way: Way, between: str, a: Any, confidence: float) -> dict[str, Any]:
    """Return what one way finds of the two values that the counts have."""
    none = Adjustment.NONE
    if way is Way.RANKS:
        ranks = compare_ranks(counts, between=between, confidence=confidence, adjust=none)
        row = ranks.frame.iloc[0]
        found = {"pvalue": row["pvalue"]}
        higher = (row["superiority"] > 0.5) == (row["a"] == a)
    else:
        test = permutation_test if way is Way.PERMUTATION else partial(compare, method=_method(way))
        row = test(
            counts, between=between, reference=a, adjust=none, confidence=confidence
        ).frame.iloc[0]
        found = {name: row[name] for name in Robustness.columns if name in row}
        higher = row["difference"] > 0
    move = Verdict.UP if higher else Verdict.DOWN
    says = move if row["pvalue"] < 1 - confidence else Verdict.CANNOT_TELL
    return found | {
        "says": says.value,
        "confidence": confidence,
        "method": row["method"].removesuffix(f", {Adjustment.NONE}"),
    }


def _method(way: Way) -> str | None:
    return way.value if way in _OTHER_TESTS else None
