"""Scores and weights -> the NPS as it came in beside the weighted one, each with a linearised
standard error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from cxlib import language as words
from cxlib import scales
from cxlib.bias import counts, means
from cxlib.bias.weighting import Weights
from cxlib.errors import EmptyDataError, ParameterError, ScoreRangeError
from cxlib.result import Absent, Result

_SIGN = "__nps"


@dataclass(frozen=True, slots=True, eq=False)
class NpsBeside(Result):
    """The NPS without and with weights, in points.

    `frame` has two rows: `kind` (unweighted, weighted), `n`, `n_eff` (Kish), `nps`, `se`, `ci_low`,
    `ci_high`, `confidence`, `df`, `deff` (Kish's, of the weights alone), `method`. `promoters`,
    `passives`, `detractors` are people, not weighted; `equal_chances` is False where base weights,
    clusters or strata say that people were not drawn one by one with equal chances."""

    promoters: int = 0
    passives: int = 0
    detractors: int = 0
    margins: tuple[str, ...] = ()
    equal_chances: bool = True

    formats: ClassVar[Mapping[str, str]] = {
        "nps": "points",
        "se": "decimal1",
        "ci_low": "points",
        "ci_high": "points",
        "n_eff": "integer",
        "confidence": "level",
        "deff": "decimal2",
        "df": "integer",
    }

    def row(self, kind: str) -> pd.Series:
        """Return the row `unweighted` or `weighted`."""
        return self.frame.set_index("kind").loc[kind]

    def summary(self, language: str = "en") -> str:
        """Say both, and what the weights can mend."""
        plain, raked = self.row("unweighted"), self.row("weighted")
        said = {
            "n": words.number(raked["n"]),
            "nps": words.points(raked["nps"]),
            "low": words.points(raked["ci_low"]),
            "high": words.points(raked["ci_high"]),
            "level": words.level(raked["confidence"]),
            "plain": words.points(plain["nps"]),
            "margins": words.joined(self.margins, language),
        }
        return words.text("bias.nps_beside" if self.margins else "bias.nps_alone", language, **said)


def nps_beside(
    data: Any,
    *,
    score: str | None,
    weights: Weights,
    scale: tuple[int, int] = (0, 10),
    promoter: int = 9,
    detractor: int = 6,
    cluster: str | None = None,
    strata: str | None = None,
    fpc: str | None = None,
    confidence: float = 0.95,
) -> NpsBeside | Absent:
    """Put the NPS of the answers beside the NPS with raking weights.

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
    cluster, strata, fpc, confidence
        As in `weighted_mean`; the limits are kept within -100 and 100.

    Returns
    -------
    NpsBeside

    Raises
    ------
    ScoreRangeError
        If a score lies outside the scale or is not whole.
    EmptyDataError
        If there is no score, or only one.

    Notes
    -----
    The mean of +100, 0, -100 by `weighted_mean`: its standard error includes the weights and what
    the raking explains (pingouin or a z test on weighted rows would not). For an unweighted NPS
    alone, small samples and interval tests, the NPS study's score interval is better."""
    if score is None:
        return Absent.of("bias.absent_score")
    low, high = scales.checked_scale(scale)
    if not low <= detractor < promoter <= high:
        raise ParameterError(
            f"promoter={promoter}, detractor={detractor}: they must lie on the scale {low} to "
            f"{high}, detractor "
            "below promoter; give the cut points of your scale"
        )
    by_score = scores(data, score=score, scale=(low, high)).groupby("score")["n"].sum()
    if by_score.sum() < 2:
        raise EmptyDataError(
            f"score={score!r}: {int(by_score.sum())} answers with a score are too few for a "
            "standard error; "
            "at least 2 are needed"
        )
    signed = counts.promoter_sign(
        data, score=score, promoter=promoter, detractor=detractor, name=_SIGN
    )
    design = {"outcome": _SIGN, "cluster": cluster, "strata": strata, "fpc": fpc}
    plain, raked = (
        means.estimate(signed, **design),
        means.estimate(signed, weights=weights, **design),
    )
    up, down = (
        int(by_score[by_score.index >= promoter].sum()),
        int(by_score[by_score.index <= detractor].sum()),
    )
    frame = pd.DataFrame(
        [
            _row(plain, "unweighted", confidence, "linearised"),
            _row(
                raked,
                "weighted",
                confidence,
                "raked, linearised" if weights.margins else "linearised",
            ),
        ]
    )
    return NpsBeside(
        frame,
        "linearised variance",
        _warnings(raked, score),
        promoters=up,
        detractors=down,
        passives=int(by_score.sum()) - up - down,
        margins=weights.margins,
        equal_chances=weights.base is None and cluster is None and strata is None,
    )


def scores(data: Any, *, score: str, scale: tuple[int, int], by: str | None = None) -> pd.DataFrame:
    """Count scores by channel (`group`, `score`, `n`), or refuse those that are not on the
    scale."""
    counted = counts.histogram(data, score=score, by=by)
    wrong = counted[~counted["score"].between(*scale) | (counted["score"] % 1 != 0)]
    if len(wrong):
        raise ScoreRangeError(
            f"score={score!r} has {int(wrong['n'].sum()):,} values that are not whole numbers from "
            f"{scale[0]} to {scale[1]} (first: {wrong['score'].iloc[0]:g}); pass their scale or "
            "clean "
            "them first"
        )
    whole = counted.astype({"score": "int64"})
    by_score = {int(key): int(n) for key, n in whole.groupby("score")["n"].sum().items()}
    scales.refuse_contradiction(by_score, scale=scale)
    return whole


def _row(found: means.Estimate, kind: str, confidence: float, method: str) -> dict[str, Any]:
    low, high = means.interval(found.mean, found.se, found.df, confidence)
    return {
        "kind": kind,
        "n": found.n,
        "n_eff": found.n_eff,
        "nps": found.mean,
        "se": found.se,
        "ci_low": max(low, -100.0),
        "ci_high": min(high, 100.0),
        "confidence": confidence,
        "df": found.df,
        "deff": found.deff,
        "method": method,
    }


def _warnings(found: means.Estimate, score: str) -> tuple[str, ...]:
    warnings = []
    if found.left_out:
        warnings.append(
            words.text("bias.no_outcome", outcome=score, n=words.number(found.left_out))
        )
    if found.n_eff < 30:
        warnings.append(
            words.text("bias.few_answers", n=words.number(found.n), n_eff=words.number(found.n_eff))
        )
    if found.se == 0:
        warnings.append(words.text("bias.all_the_same"))
    return tuple(warnings)
