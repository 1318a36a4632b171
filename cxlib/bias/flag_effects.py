"""Answers and their marks of carelessness -> the headline with and without the flagged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.bias import promoters
from cxlib.bias.careless_answers import Careless
from cxlib.bias.counts import answers as counts
from cxlib.bias.kinds import Method
from cxlib.bias.methods import subset_means
from cxlib.bias.weighting import weigh
from cxlib.bias.weights import Weights
from cxlib.errors import ParameterError
from cxlib.rows import names
from cxlib.rows import weights as given_weights
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method, with_limits


class Kept(StrEnum):
    """Whose answers a row is about."""

    ALL = "all"
    WITHOUT = "without"
    DIFFERENCE = "difference"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FlagEffect(Result):
    """The headline with and without the flagged. `frame` has three rows.

    Columns: `kind` (all, without, difference: without minus all), `n`, `n_eff` (Kish), `nps` in
    points or `mean`, `se`, `ci_low`, `ci_high`, `confidence`, `df`, `method`. `flagged` respondents
    of those with an answer carry `at_least` marks, where so many are `possible`. `weighted` says
    whether the headline is."""

    outcome: str
    is_nps: bool
    flagged: int
    at_least: int
    possible: int
    weighted: bool

    columns: ClassVar[Mapping[str, Format]] = {
        "kind": Kept,
        **dict.fromkeys(("n", "n_eff"), "integer"),
        "nps": "points",
        **with_limits("mean", "decimal2", se="decimal2"),
        "df": "integer",
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("bias.flag_effect_caption")

    @property
    def formats(self) -> Mapping[str, Format]:
        """How its columns are written: limits of an NPS in points."""
        written = dict.fromkeys(("nps", "ci_low", "ci_high"), "points") if self.is_nps else {}
        return {**self.columns, **written}

    def summary(self, language: str = "en") -> str:
        """Say both headlines, their difference, and what a mark is not."""
        column, n = ("nps" if self.is_nps else "mean"), self.frame["n"].iloc[0]
        if self.possible < self.at_least:
            few = {"possible": self.possible, "at_least": self.at_least, "n": n}
            return Message("bias.flag_effect_too_few", **few).text(language)
        if not self.flagged:
            none = Message("bias.flag_effect_none", n=n, at_least=self.at_least)
            return none.text(language)
        every, some, gap = (row for _, row in self.frame.iterrows())
        numbers = {
            "n": n,
            "several": self.flagged,
            "at_least": self.at_least,
            "outcome": self.outcome,
            "level": gap["confidence"],
            "every": every[column],
            "some": some[column],
            "low": some["ci_low"],
            "high": some["ci_high"],
            "gap": gap[column],
            "gap_low": gap["ci_low"],
            "gap_high": gap["ci_high"],
        }
        if self.is_nps:
            key = "bias.flag_effect_nps_weighted" if self.weighted else "bias.flag_effect_nps"
        else:
            key = "bias.flag_effect_mean_weighted" if self.weighted else "bias.flag_effect_mean"
        said = Message(key, **numbers)
        return Sentences((said, Message("bias.flag_effect_caveat"))).text(language)


@check.arguments
def effect_of_flags(
    data: Any,
    found: Careless | Absent,
    *,
    score: str | None = None,
    outcome: str | None = None,
    weight: str | None = None,
    weights: Weights | Absent | None = None,
    scale: tuple[int, int] = (0, 10),
    promoter: int = 9,
    detractor: int = 6,
    confidence: float = 0.95,
) -> FlagEffect | Absent:
    """Estimate a headline with and without the respondents who are flagged as careless.

    Use it before anybody is left out: where the headline hardly changes, nobody need be.

    Parameters
    ----------
    data : table
        The rows that `careless` looked at, in their order.
    found : Careless or Absent
        From `careless`; what is absent stays so.
    score : str, optional
        Column of whole scores: the headline is the NPS.
    outcome : str, optional
        Column of numbers in place of `score`: the headline is its mean.
    weight : str, optional
        Column of final weights (as `Weights.apply` adds it). They are taken as given: they are not
        fitted again without the flagged.
    weights : Weights or Absent, optional
        Weights of these rows, in place of `weight`: the headline is the weighted one. Those of
        `rake` are made anew from the rest, to the same targets; others are taken as they are. An
        `Absent` is as None.
    scale, promoter, detractor
        As in `estimate_nps`.
    confidence : float
        Level of the intervals.

    Returns
    -------
    FlagEffect or Absent
        Three rows: all, without the flagged, and the difference. An `Absent` without marks, without
        `score` and `outcome`, and where fewer than two answers are left without the flagged.

    Raises
    ------
    WeightError
        If these are other rows than `careless` looked at, or a weight is missing, negative or not
        finite.
    ColumnError
        If a column is absent or holds what is no number.
    ScoreRangeError, ScaleError, EmptyDataError
        As `estimate_nps`.
    ParameterError
        If `score` and `outcome`, or `weight` and `weights` are both given, or the cut points or
        `confidence` are wrong.

    Notes
    -----
    The interval of the difference knows that the one group is part of the other: the two
    intervals may overlap by far where the difference is sure. Rows without an answer to the
    question are left alone. The interval is that of a simple random sample, or of weights taken as
    given: clusters and strata are not looked at, nor what raking takes off the error, so that it is
    rather too wide where the targets explain the answers. The estimates with `weights` are those of
    `estimate_nps` and `weighted_mean`."""
    if isinstance(found, Absent):
        return replace(found, instead_of=FlagEffect)
    column = _headline(score, outcome)
    if column is None:
        return Absent.of("bias.absent_score", FlagEffect)
    check.confidence(confidence)
    frame = counts.as_frame(data)
    found.refuse_foreign(frame)
    name = "outcome" if score is None else "score"
    values = counts.as_numbers(
        counts.as_frame(frame, columns=[column], parameter=name)[column], column, parameter=name
    ).to_numpy()
    given = ~np.isnan(values)
    if score is not None:
        promoters.usable_scores(pd.DataFrame({column: values}), column, scale, promoter, detractor)
        values = 100.0 * (values >= promoter) - 100.0 * (values <= detractor)
    flagged = found.flagged.to_numpy()
    w, again, caution = _of_both(frame, flagged, weight, weights)
    kept = ~flagged[given]
    if (again[given][kept] > 0).sum() < 2:
        return Absent.of("bias.absent_without", FlagEffect)
    means = subset_means.with_and_without(values[given], w[given], kept, again[given])
    return FlagEffect(
        frame=pd.DataFrame(
            _row(kind, mean, score is not None, confidence)
            for kind, mean in zip(Kept, means, strict=True)
        ),
        method=Method.LINEARISED,
        outcome=column,
        is_nps=score is not None,
        flagged=int((~kept).sum()),
        at_least=found.at_least,
        possible=found.marks.shape[1],
        weighted=weight is not None or _weighting(weights),
        warnings=caution,
    )


def _weighting(weights: Weights | Absent | None) -> bool:
    if not isinstance(weights, Weights):
        return False
    return weights.method != Method.BASE_WEIGHTS or weights.base is not None


def _of_both(
    frame: pd.DataFrame, flagged: np.ndarray, weight: str | None, weights: Weights | Absent | None
) -> tuple[np.ndarray, np.ndarray, tuple[Message, ...]]:
    """Return the weights of all, those of the rest (0 of the flagged), and what is to be said."""
    if weight is not None and isinstance(weights, Weights):
        raise ParameterError(
            f"weight={weight!r} and weights are both given; give the weights, which hold their base"
        )
    if not isinstance(weights, Weights):
        w = _weights(frame, weight)
        said = () if weight is None else (Message("bias.flag_effect_weights", weight=weight),)
        return w, w * ~flagged, said
    w = weights.values(frame)
    if weights.method == Method.BASE_WEIGHTS or not flagged.any():
        return w, w * ~flagged, ()
    anew = _anew(frame[~flagged], weights) if not flagged.all() else None
    if anew is None:
        return w, w * ~flagged, (Message("bias.flag_effect_as_is"),)
    again = np.zeros(len(frame))
    again[~flagged] = anew
    return w, again, (Message("bias.flag_effect_refitted"),)


def _anew(rest: pd.DataFrame, weights: Weights) -> np.ndarray | None:
    """Rake the rest to the same targets, by their merged names; None where that cannot be."""
    if weights.method != Method.RAKING or not set(weights.targets) <= set(rest.columns):
        return None
    called = {
        column: rest[column].map(
            lambda value, pairs=pairs: pairs.get(str(names.name(value)), value)
        )
        for column, pairs in weights.merged.items()
    }
    renamed = rest.assign(**called)
    made = weigh(renamed, targets=weights.targets, weight=weights.base)
    if not isinstance(made, Weights) or made.unmet is not None:
        return None
    return made.values(renamed)


def _headline(score: str | None, outcome: str | None) -> str | None:
    if score is not None and outcome is not None:
        raise ParameterError(
            f"score={score!r} and outcome={outcome!r} are both given; call it once for each"
        )
    return outcome if score is None else score


def _weights(frame: pd.DataFrame, weight: str | None) -> np.ndarray:
    if weight is None:
        return np.ones(len(frame))
    column = counts.as_frame(frame, columns=[weight], parameter="weight")[weight]
    return given_weights.read_weights(column, "weight").to_numpy(float)


def _row(kind: Kept, found: subset_means.Mean, is_nps: bool, confidence: float) -> dict[str, Any]:
    low, high = found.interval(confidence)
    ends = 100.0 if kind is not Kept.DIFFERENCE else 200.0
    return {
        "kind": kind.value,
        "n": found.n,
        "n_eff": found.n_eff,
        "nps" if is_nps else "mean": found.mean,
        "se": found.se,
        "ci_low": max(low, -ends) if is_nps else low,
        "ci_high": min(high, ends) if is_nps else high,
        "df": found.df,
        "confidence": confidence,
        "method": Method.LINEARISED.value,
    }
