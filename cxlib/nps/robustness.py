"""One comparison, made in every way that others would make it -> whether its verdict hangs on a
choice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

import pandas as pd

from cxlib import language as words
from cxlib.errors import ParameterError
from cxlib.nps.comparison import Comparison, compare
from cxlib.nps.counts import CLUSTER, STRATUM, ScoreCounts
from cxlib.nps.permutation import MOST_ANSWERS, permutation_test
from cxlib.nps.ranks import compare_ranks
from cxlib.result import Absent, Result

COLUMNS = (
    "way",
    "nps_a",
    "nps_b",
    "difference",
    "ci_low",
    "ci_high",
    "pvalue",
    "says",
    "confidence",
    "method",
)


@dataclass(frozen=True, slots=True, eq=False)
class Robustness(Result):
    """One comparison, made in the ways that others would make it.

    `frame`: `way, nps_a, nps_b, difference, ci_low, ci_high, pvalue, says, confidence, method`; a
    row a way, the reported one first.

    `says` is up, down or cannot tell, from the p value alone. Ways without an interval in NPS
    points (ranks, permutation) leave it missing."""

    a: Any = None
    b: Any = None
    formats: ClassVar[dict[str, str]] = (
        dict.fromkeys(("nps_a", "nps_b"), "points")
        | dict.fromkeys(("difference", "ci_low", "ci_high"), "change")
        | {"pvalue": "pvalue", "confidence": "level"}
    )

    def summary(self, language: str = "en") -> str:
        """Say whether every way says the same, or which ways differ."""
        if self.frame.empty:
            return " ".join(self.warnings)
        reported = self.frame["says"].iloc[0]
        others = self.frame[self.frame["says"] != reported]
        said = {
            "a": words.label(self.a),
            "b": words.label(self.b),
            "k": words.number(len(self.frame)),
            "verdict": reported,
        }
        if others.empty:
            return words.text("nps.robust", language, **said)
        ways = [f"{row['way']} ({row['says']})" for _, row in others.iterrows()]
        return words.text(
            "nps.fragile_verdict",
            language,
            others=words.number(len(others)),
            ways=words.joined(ways, language),
            **said,
        )


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
    Robustness
        As reported (with its design, and not adjusted: it is one comparison); unweighted, where
        there is a design; other tests of the NPS; the exact permutation test, where the groups are
        small enough; Brunner-Munzel on the raw scale; cut points one lower, and one higher; and
        without the largest cluster, where that leaves two values and two clusters a stratum.

    Raises
    ------
    ParameterError
        If the comparison was made within other columns.
    """
    if isinstance(comparison, Absent):
        return comparison
    if len(comparison.frame) > 1 and not comparison.directed:
        return Absent.of("nps.no_one_pair")
    if comparison.frame.empty:
        return Robustness(pd.DataFrame(columns=list(COLUMNS)), "side by side", comparison.warnings)
    row, between = comparison.frame.iloc[-1], comparison.between
    a, b, confidence = row["a"], row["b"], float(row["confidence"])
    if comparison.frame.columns[0] != "a":
        raise ParameterError(
            "comparison: it must be of two values of one column; compare without by"
        )
    ways = _ways(data.over(between), between, a, b)
    rows = [
        {"way": _named(way, part)} | _tested(part, method, between, a, confidence)
        for way, part, method in ways
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).dropna(subset="pvalue").reset_index(drop=True)
    warnings = () if len(frame) else (words.text("nps.none_known", pairs="1"),)
    return Robustness(frame, "side by side", warnings, a=a, b=b)


def _ways(
    counts: ScoreCounts, between: str, a: Any, b: Any
) -> Iterator[tuple[str, ScoreCounts, str | None]]:
    """Yield the name of a way, its counts, and how they are compared."""
    pair = replace(
        counts, frame=counts.frame[counts.frame[between].isin((a, b))].reset_index(drop=True)
    )
    plain = pair.plain()
    yield "reported", pair, None
    if counts.design:
        yield "unweighted", plain, None
    yield from ((method, plain, method) for method in ("wald", "t", "adjusted_wald", "mover"))
    if plain.frame["n"].sum() <= MOST_ANSWERS:
        yield "permutation", plain, "permutation"
    yield "ranks", plain, "ranks"
    low, high = counts.scale
    for way, shift in (("lower_cut", -1), ("higher_cut", 1)):
        if low <= counts.detractor + shift and counts.promoter + shift <= high:
            yield (
                way,
                replace(pair, promoter=counts.promoter + shift, detractor=counts.detractor + shift),
                None,
            )
    if counts.design.cluster is not None:
        largest = counts.units.sort_values("n").iloc[-1]
        kept = [
            (part[[STRATUM, CLUSTER]] != largest[[STRATUM, CLUSTER]]).any(axis=1)
            for part in (pair.frame, pair.units)
        ]
        rest = replace(pair, frame=pair.frame[kept[0]], units=pair.units[kept[1]])
        if rest.units.groupby(STRATUM).size().min() > 1 and rest.frame[between].nunique() > 1:
            yield "no_largest", rest, None


def _named(way: str, counts: ScoreCounts) -> str:
    return words.text(
        f"nps.way_{way}",
        promoter=words.number(counts.promoter),
        detractor=words.number(counts.detractor),
    )


def _tested(
    counts: ScoreCounts, method: str | None, between: str, a: Any, confidence: float
) -> dict[str, Any]:
    """Return what one way finds of the two values that the counts have."""
    if method == "ranks":
        row = compare_ranks(counts, between=between, confidence=confidence).frame.iloc[0]
        found = {"pvalue": row["pvalue"]}
        higher = (row["superiority"] > 0.5) == (row["a"] == a)
    else:
        test = permutation_test if method == "permutation" else partial(compare, method=method)
        row = test(
            counts, between=between, reference=a, adjust="none", confidence=confidence
        ).frame.iloc[0]
        found = {name: row[name] for name in COLUMNS if name in row}
        higher = row["difference"] > 0
    says = ("up" if higher else "down") if row["pvalue"] < 1 - confidence else "cannot tell"
    return found | {
        "says": says,
        "confidence": confidence,
        "method": row["method"].removesuffix(", unadjusted"),
    }
