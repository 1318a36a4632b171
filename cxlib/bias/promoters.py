"""Scores and weights -> the NPS as it came in and the weighted one, each with a linearised standard
error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from cxlib import check
from cxlib.bias import means
from cxlib.bias.counts import categories, weighted
from cxlib.bias.kinds import Kind, Method
from cxlib.bias.methods import linearised
from cxlib.bias.weighting import Weights
from cxlib.errors import EmptyDataError, ParameterError, ScoreRangeError
from cxlib.rows import scales
from cxlib.rows.table import as_table
from cxlib.shown import language as words
from cxlib.shown.message import Message
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import with_limits

ENOUGH = 30  # effective answers, below which the interval is approximate
_SIGN = "__nps"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WeightedNps(Result):
    """The NPS without and with weights, in points.

    `frame` has two rows: `kind` (unweighted, weighted), `n`, `n_eff` (Kish), `nps`, `se`, `ci_low`,
    `ci_high`, `confidence`, `df`, `deff` (Kish's, of the weights alone), `method`. `promoters`,
    `passives`, `detractors` are people, not weighted; `equal_chances` is False where base weights,
    clusters or strata say that people were not drawn one by one with equal chances. `left_out`
    answers were given but are no score."""

    promoters: int
    passives: int
    detractors: int
    margins: tuple[str, ...] = ()
    equal_chances: bool = True
    left_out: int = 0

    columns: ClassVar[Mapping[str, Format]] = {
        "kind": Kind,
        **dict.fromkeys(("n", "n_eff"), "integer"),
        **with_limits("nps", "points", se="decimal1"),
        "confidence": "level",
        "df": "integer",
        "deff": "decimal2",
        "method": Method,
    }
    shows: ClassVar[Message] = Message("bias.nps_caption")

    def row(self, kind: Kind | str) -> pd.Series:
        """Return the row `unweighted` or `weighted`."""
        return self.frame.set_index("kind").loc[kind]

    def summary(self, language: str = "en") -> str:
        """Say both, and what the weights can mend."""
        plain, raked = self.row(Kind.UNWEIGHTED), self.row(Kind.WEIGHTED)
        n, given = raked["n"], raked["n"] + self.left_out
        return words.text(
            "bias.nps_weighted" if self.margins else "bias.nps_alone",
            language,
            n=Message("bias.n_of", n=n, given=given) if self.left_out else n,
            answers=Message(
                "bias.answers_of" if self.left_out else "bias.answers", n=n, given=given
            ),
            nps=raked["nps"],
            low=raked["ci_low"],
            high=raked["ci_high"],
            level=raked["confidence"],
            plain=plain["nps"],
            margins=self.margins,
        )


@check.arguments
def estimate_nps(
    data: Any,
    *,
    score: str | None,
    weights: Weights,
    scale: tuple[int, int] = (0, 10),
    promoter: int = 9,
    detractor: int = 6,
    cluster: str | None = None,
    strata: str | None = None,
    population: str | None = None,
    confidence: float = 0.95,
    left_out: int = 0,
) -> WeightedNps | Absent:
    """Estimate the NPS of the answers without weights and with raking weights.

    Use it to see what the margins explain; what they do not explain, `bounds` shows.

    Parameters
    ----------
    data : table
        One row a respondent; `weights` must have been raked on these rows.
    score : str or None
        Column of whole scores. None gives an `Absent`.
    weights : Weights
        From `rake`.
    scale : (int, int)
        Lowest and highest score of the question.
    promoter, detractor : int
        Promoters answer `promoter` or more, detractors `detractor` or less.
    cluster, strata, population, confidence
        As in `weighted_mean` (`population` is a column, the number of sampling units in the row's
        stratum); the limits are kept within -100 and 100.
    left_out : int
        Answers beside these rows that were given but are no score; the sentence says of how many
        answers n is the part.

    Returns
    -------
    WeightedNps or Absent
        Two rows, `kind` `unweighted` and `weighted`: `n`, `n_eff`, `nps`, `se` and limits in
        points, `df`, `deff`. `promoters`, `passives` and `detractors` are people. An `Absent` where
        `score` is None.

    Raises
    ------
    ScoreRangeError
        If a score lies outside the scale or is not whole.
    ScaleError
        If the answers contradict the scale.
    EmptyDataError
        If there is no score, or only one.
    ParameterError
        If the cut points do not lie on the scale in order.
    ColumnError, SourceError, WeightError
        As `weighted_mean`.

    Notes
    -----
    The mean of +100, 0, -100 by `weighted_mean`: its standard error includes the weights and what
    the raking explains (pingouin or a z test on weighted rows would not). For an unweighted NPS
    alone, small samples and interval tests, the NPS study's score interval is better."""
    if score is None:
        return Absent.of("bias.absent_score", WeightedNps)
    answers = as_table(data)  # once for all queries
    by_score = _usable_scores(answers, score, scale, promoter, detractor)
    signed = weighted.promoter_sign(
        answers, score=score, promoter=promoter, detractor=detractor, name=_SIGN
    )
    plain, raked = (
        means.estimate(
            signed,
            outcome=_SIGN,
            weights=used,
            cluster=cluster,
            strata=strata,
            population=population,
        )
        for used in (None, weights)
    )
    rows = [
        _row(plain, Kind.UNWEIGHTED, confidence, Method.LINEARISED),
        _row(raked, Kind.WEIGHTED, confidence, means.method_with(weights)),
    ]
    up = int(by_score[by_score.index >= promoter].sum())
    down = int(by_score[by_score.index <= detractor].sum())
    return WeightedNps(
        frame=pd.DataFrame(rows),
        method=Method.LINEARISED,
        warnings=_warnings(raked, score),
        promoters=up,
        detractors=down,
        passives=int(by_score.sum()) - up - down,
        margins=weights.margins,
        equal_chances=weights.base is None and cluster is None and strata is None,
        left_out=left_out,
    )


def _usable_scores(
    data: Any, score: str, scale: tuple[int, int], promoter: int, detractor: int
) -> pd.Series:
    """Count the answers of each score; refuse cut points off the scale, and too few answers."""
    low, high = check.scale(scale)
    if not low <= detractor < promoter <= high:
        raise ParameterError(
            f"promoter={promoter}, detractor={detractor}: they must lie on the scale {low} to "
            f"{high}, detractor below promoter; give the cut points of your scale"
        )
    by_score = count_scores(data, score=score, scale=(low, high)).groupby("score")["n"].sum()
    if by_score.sum() < 2:
        raise EmptyDataError(
            f"score={score!r}: {int(by_score.sum())} answers with a score are too few for a "
            "standard error; at least 2 are needed"
        )
    return by_score


def count_scores(
    data: Any, *, score: str, scale: tuple[int, int], by: str | None = None
) -> pd.DataFrame:
    """Count scores by channel (`channel`, `score`, `n`), or refuse those that are not on the
    scale."""
    counts = categories.histogram(data, score=score, by=by)
    wrong = counts[~counts["score"].between(*scale) | (counts["score"] % 1 != 0)]
    if len(wrong):
        raise ScoreRangeError(
            f"score={score!r} has {int(wrong['n'].sum()):,} values that are not whole numbers from "
            f"{scale[0]} to {scale[1]} (first: {wrong['score'].iloc[0]:g}); pass their scale or "
            "clean them first"
        )
    whole = counts.astype({"score": "int64"})
    by_score = whole.groupby("score")["n"].sum()
    scales.refuse_contradiction(
        dict(zip(by_score.index.tolist(), by_score.tolist(), strict=True)), scale=scale
    )
    return whole


def _row(
    found: linearised.Estimate, kind: Kind, confidence: float, method: Method
) -> dict[str, Any]:
    low, high = found.interval(confidence)
    return {
        "kind": kind.value,
        "n": found.n,
        "n_eff": found.n_eff,
        "nps": found.mean,
        "se": found.se,
        "ci_low": max(low, -100.0),
        "ci_high": min(high, 100.0),
        "confidence": confidence,
        "df": found.df,
        "deff": found.deff,
        "method": method.value,
    }


def _warnings(found: linearised.Estimate, score: str) -> tuple[Message, ...]:
    warnings = []
    if found.left_out:
        warnings.append(Message("bias.no_outcome", outcome=score, n=found.left_out))
    if found.n_eff < ENOUGH:
        warnings.append(Message("bias.few_answers", n=found.n, n_eff=found.n_eff))
    if found.se == 0:
        warnings.append(Message("bias.all_the_same"))
    return tuple(warnings)
