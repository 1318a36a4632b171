"""Indices of careless answering -> who is flagged by which rule, and why some cannot flag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from cxlib.bias.methods import answering_speed, carelessness
from cxlib.shown.message import Message

TELLING = 0.3  # consistency of the middle respondent, below which an index tells nobody apart
PAIRS = {"even_odd": 5, "synonym": 10, "antonym": 10}  # answered pairs, below which r is chance
MANY_ITEMS = 10  # items, below which equal answers are common among careful people
FEW = 30  # respondents, below which correlations of items are mostly chance
_A_DAY = 86_400.0
_TAIL = 0.001  # Meade and Craig 2012


class Index(StrEnum):
    """What is looked at in a respondent's answers."""

    LONGEST = "longest"
    AVERAGE = "average"
    IRV = "irv"
    MAHALANOBIS = "mahalanobis"
    EVEN_ODD = "even_odd"
    SYNONYM = "synonym"
    ANTONYM = "antonym"
    STRAIGHT_LINES = "straight_lines"
    DUPLICATE = "duplicate"
    SECONDS = "seconds"


class Rule(StrEnum):
    """Which value of an index is a flag, and who says so."""

    LONGEST = "longest"
    MAHALANOBIS = "mahalanobis"
    EVEN_ODD = "even_odd"
    SYNONYM = "synonym"
    ANTONYM = "antonym"
    STRAIGHT_LINES = "straight_lines"
    DUPLICATE = "duplicate"
    SECONDS = "seconds"
    YOURS = "yours"
    NO_CUT = "no_cut"
    NOT_USED = "not_used"


# what is flagged: a count from the cut on, a number beyond it
_FROM = {Index.LONGEST, Index.AVERAGE, Index.STRAIGHT_LINES, Index.DUPLICATE}
_BELOW = {Index.IRV, Index.SYNONYM, Index.SECONDS}


@dataclass(frozen=True, slots=True)
class Judged:
    """One index: its values, its rule, and who is flagged (None where it cannot flag)."""

    index: Index
    values: NDArray
    rule: Rule
    cut: float
    flagged: NDArray | None


@dataclass(frozen=True, slots=True)
class Measured:
    """The values of all indices, how many pairs some rest on, and why some are not there."""

    values: dict[Index, NDArray]
    pairs: dict[Index, NDArray]
    reasons: dict[Index, Message]
    grids: int


def measure(
    answers: pd.DataFrame,
    turned: pd.DataFrame,
    scales: Mapping[str, Sequence[str]],
    seconds: NDArray | None,
    synonym_cut: float,
) -> Measured:
    """Compute every index that the data allow; `turned` has the reversed items turned around."""
    x = answers.to_numpy(float)
    places = [[answers.columns.get_loc(item) for item in items] for items in scales.values()]
    longest, average = carelessness.strings(x)
    lines, _ = carelessness.straight_lines(x, places)
    values: dict[Index, NDArray] = {
        Index.LONGEST: longest,
        Index.AVERAGE: average,
        Index.IRV: carelessness.variability(x),
        Index.STRAIGHT_LINES: lines.astype(float),
        Index.DUPLICATE: carelessness.copies(x).astype(float),
    }
    found = Measured(values, {}, {}, sum(len(place) > 2 for place in places))
    distances = carelessness.squared_distances(x)
    if distances is None:
        found.reasons[Index.MAHALANOBIS] = _no_distance(answers)
    else:
        values[Index.MAHALANOBIS] = distances
    if len(places) > 1:
        values[Index.EVEN_ODD], found.pairs[Index.EVEN_ODD] = carelessness.even_odd(
            turned.to_numpy(float), places
        )
    else:
        found.reasons[Index.EVEN_ODD] = Message("bias.careless_no_scales", n=len(places))
    _add_pairs(found, x, synonym_cut)
    if seconds is not None:
        values[Index.SECONDS] = np.where(seconds > 0, seconds, np.nan)
    return found


def _add_pairs(found: Measured, x: NDArray, cut: float) -> None:
    correlation = carelessness.correlations(x)
    for index in (Index.SYNONYM, Index.ANTONYM):
        pairs = carelessness.alike(correlation, cut, opposite=index is Index.ANTONYM)
        n = int(pairs.sum())
        if n < 3:
            key = {"n": n, "cut": cut if index is Index.SYNONYM else -cut}
            found.reasons[index] = (
                Message("bias.careless_no_synonyms", **key)
                if index is Index.SYNONYM
                else Message("bias.careless_no_antonyms", **key)
            )
        else:
            found.values[index], found.pairs[index] = carelessness.within_person(x, pairs)


def _no_distance(answers: pd.DataFrame) -> Message:
    n, items = len(answers), answers.shape[1]
    same = [name for name in answers.columns if answers[name].nunique() < 2]
    if same:
        return Message("bias.careless_constant", items=same)
    if n <= items:
        return Message("bias.careless_few_rows_for_distance", n=n, items=items)
    return Message("bias.careless_singular")


def judge(found: Measured, *, items: int, cuts: Mapping[str, float]) -> list[Judged]:
    """Return every index with its rule; `found.reasons` gains why one cannot flag."""
    judged = []
    for index in Index:
        values = found.values.get(index)
        if values is None:
            if index is not Index.SECONDS:
                nothing = np.full(len(found.values[Index.LONGEST]), np.nan)
                judged.append(Judged(index, nothing, Rule.NOT_USED, np.nan, None))
            continue
        if index.value in cuts:
            cut, rule = float(cuts[index.value]), Rule.YOURS
        else:
            cut, rule = _cut(index, values, items, found)
        flagged = None if np.isnan(cut) else _flagged(index, values, cut, found.pairs.get(index))
        judged.append(Judged(index, values, rule, cut, flagged))
    return judged


def _flagged(index: Index, values: NDArray, cut: float, pairs: NDArray | None) -> NDArray:
    with np.errstate(invalid="ignore"):
        if index in _BELOW:
            beyond = values < cut
        else:
            beyond = values >= cut if index in _FROM else values > cut
    return beyond if pairs is None else beyond & (pairs >= PAIRS[index.value])


def _cut(index: Index, values: NDArray, items: int, found: Measured) -> tuple[float, Rule]:
    if index in (Index.AVERAGE, Index.IRV):
        return np.nan, Rule.NO_CUT
    reason = _why_not(index, values, items, found)
    if reason is not None:
        found.reasons[index] = reason
        return np.nan, Rule.NOT_USED
    cut = {
        Index.LONGEST: float(-(-items // 2)),
        Index.MAHALANOBIS: float(stats.chi2.isf(_TAIL, items)),
        Index.STRAIGHT_LINES: max(2.0, float(-(-found.grids // 2))),
        Index.DUPLICATE: 1.0,
    }.get(index, 0.0)
    if index is Index.SECONDS:
        cut = answering_speed.too_fast(values, items=items)
    return cut, Rule(index.value)


def _why_not(index: Index, values: NDArray, items: int, found: Measured) -> Message | None:
    """Return why an index cannot flag here, where it cannot."""
    if index in (Index.LONGEST, Index.DUPLICATE) and items < MANY_ITEMS:
        return Message("bias.careless_few_items", index=index, items=items, least=MANY_ITEMS)
    if index is Index.STRAIGHT_LINES and found.grids < 2:
        return Message("bias.careless_few_grids", n=found.grids)
    if index is Index.SECONDS:
        return _no_time(values, items)
    pairs = found.pairs.get(index)
    if pairs is None:
        return None
    if pairs.max(initial=0) < PAIRS[index.value]:
        return Message(
            "bias.careless_few_pairs",
            index=index,
            n=int(pairs.max(initial=0)),
            least=PAIRS[index.value],
        )
    known = values[~np.isnan(values)]
    middle = float(np.median(known)) * (1 if index is Index.SYNONYM else -1) if len(known) else 0
    if middle < TELLING:
        return Message("bias.careless_not_telling", index=index, middle=middle, least=TELLING)
    return None


def _no_time(seconds: NDArray, items: int) -> Message | None:
    known = seconds[~np.isnan(seconds)]
    if not len(known):
        return Message("bias.careless_no_time")
    middle = float(np.median(known))
    if not answering_speed.A_SECOND * items <= middle <= _A_DAY:
        return Message("bias.careless_time_unit", middle=middle, items=items)
    return None
