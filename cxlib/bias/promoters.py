"""Scores and weights -> the NPS as it came in and the weighted one, each with a standard error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import pandas as pd

from cxlib import check
from cxlib.bias import estimating
from cxlib.bias.counts import categories
from cxlib.bias.counts import sums as counts
from cxlib.bias.estimating import Estimates
from cxlib.bias.kinds import Kind, Method
from cxlib.bias.weights import Weights
from cxlib.errors import EmptyDataError, ParameterError, ScoreRangeError, WeightError
from cxlib.rows import scales
from cxlib.rows.table import as_groups
from cxlib.shown import language as words
from cxlib.shown.message import Message
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import with_limits

ENOUGH = 30  # effective answers, below which the interval is approximate
NOBODY = 1e-12  # a share below it is what a difference of two shares left
_ROUNDING = 1e-9  # of a share
_SIGN = "__nps"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WeightedNps(Result):
    """The NPS without and with weights, in points.

    `frame` has two rows: `kind` (unweighted, weighted), `n`, `n_eff` (Kish), `nps`, `se`, `ci_low`,
    `ci_high`, `confidence`, `df`, `deff` (Kish's, of the weights alone), `method`. `promoters`,
    `passives`, `detractors` are people, not weighted; `margins` (of categories and of numbers) and
    `base` are the columns that the weights rest on; `equal_chances` is False where base weights,
    clusters or strata say that people were not drawn one by one with equal chances. `left_out`
    answers were given but are no score. `shares` are those of promoters, passives and detractors
    after weighting; `unmet` says why the answers could not be weighted to the targets."""

    promoters: int
    passives: int
    detractors: int
    shares: tuple[float, float, float]
    margins: tuple[str, ...] = ()
    base: str | None = None
    equal_chances: bool = True
    left_out: int = 0
    unmet: Message | None = None

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

    def repeats(self, place: int) -> bool:
        """Whether the row is the one after weighting where nothing was weighted."""
        weighted = bool(self.margins) or self.base is not None
        return not weighted and self.frame["kind"].iloc[place] == Kind.WEIGHTED

    def summary(self, language: str = "en") -> str:
        """Say both, and what the weights can mend."""
        plain, raked = self.row(Kind.UNWEIGHTED), self.row(Kind.WEIGHTED)
        n, given = raked["n"], raked["n"] + self.left_out
        return words.text(
            self._sentence(),
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
            base=self.base,
            why=self.unmet,
        )

    def _sentence(self) -> str:
        if self.margins:
            return "bias.nps_weighted"
        if self.unmet is not None:
            return "bias.nps_unmet" if self.base is None else "bias.nps_base_unmet"
        return "bias.nps_alone" if self.base is None else "bias.nps_base_weights"


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
    se: Literal["linearised", "jackknife"] | None = None,
    confidence: float = 0.95,
    left_out: int = 0,
) -> WeightedNps | Absent:
    """Estimate the NPS of the answers without weights and with weights.

    Use it to see what the margins explain; what they do not explain, `bounds` shows.

    Parameters
    ----------
    data : table
        One row a respondent; `weights` must have been made from these rows.
    score : str or None
        Column of whole scores. None gives an `Absent`.
    weights : Weights
        From `rake`, `poststratify`, `calibrate`, ….
    scale : (int, int)
        Lowest and highest score of the question.
    promoter, detractor : int
        Promoters answer `promoter` or more, detractors `detractor` or less.
    cluster, strata, population, se, confidence
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
    WeightError
        If weights below 0 make the NPS or a share one that cannot be; else as `weighted_mean`.
    ColumnError, SourceError
        As `weighted_mean`.

    Notes
    -----
    The mean of +100, 0, -100 by `weighted_mean`: its standard error includes the weights and what
    the raking explains (pingouin or a z test on weighted rows would not). For an unweighted NPS
    alone, small samples and interval tests, the NPS study's score interval is better."""
    if score is None:
        return Absent.of("bias.absent_score", WeightedNps)
    answers = as_groups(data)  # once for all queries
    by_score = usable_scores(answers, score, scale, promoter, detractor)
    signed = counts.promoter_sign(
        answers, score=score, promoter=promoter, detractor=detractor, name=_SIGN
    )
    plain, made = (
        estimating.estimate(
            signed,
            outcome=_SIGN,
            weights=used,
            cluster=cluster,
            strata=strata,
            population=population,
            se=se,
        )
        for used in (None, weights)
    )
    rows = [
        row
        for kind, found in ((Kind.UNWEIGHTED, plain), (Kind.WEIGHTED, made))
        for row in found.rows("nps", confidence, beside={"kind": kind.value})
    ]
    up = int(by_score[by_score.index >= promoter].sum())
    down = int(by_score[by_score.index <= detractor].sum())
    share = _share_of_promoters(answers, score, promoter, scale, weights) if up else 0.0
    below = share - made.found[0].value / 100 if down else 0.0
    _refuse_impossible(share, below)
    below = below if below > NOBODY else 0.0
    return WeightedNps(
        frame=_within(pd.DataFrame(rows)),
        method=made.methods[0],
        warnings=_warnings(made, score),
        promoters=up,
        detractors=down,
        passives=int(by_score.sum()) - up - down,
        shares=(share, max(1 - share - below, 0.0), below),
        margins=weights.by,
        base=weights.base,
        equal_chances=weights.base is None and cluster is None and strata is None,
        left_out=left_out,
        unmet=weights.unmet,
    )


def _share_of_promoters(
    answers: Any, score: str, promoter: int, scale: tuple[int, int], weights: Weights
) -> float:
    """Return the share of promoters among the answers, after weighting."""
    alone = counts.promoter_sign(
        answers, score=score, promoter=promoter, detractor=scale[0] - 1, name=_SIGN
    )
    found = estimating.estimate(alone, outcome=_SIGN, weights=weights, se="linearised").found[0]
    return found.value / 100


def _refuse_impossible(up: float, down: float) -> None:
    """Refuse shares of promoters and detractors that nobody can have, of weights below 0."""
    for name, share in (("promoters", up), ("detractors", down), ("passives", 1 - up - down)):
        if not -_ROUNDING <= share <= 1 + _ROUNDING:
            raise WeightError(
                f"weights: some are below 0, and {100 * share:,.1f} % of the answers would be "
                f"{name} (NPS {100 * (up - down):,.1f}); make them without such weights, by "
                'cx.bias.calibrate(…, distance="raking") or bounds=(0, 10), or with fewer totals'
            )


def usable_scores(
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


def _within(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep limits where an NPS can be."""
    return frame.assign(
        ci_low=frame["ci_low"].clip(lower=-100.0), ci_high=frame["ci_high"].clip(upper=100.0)
    )


def _warnings(made: Estimates, score: str) -> tuple[Message, ...]:
    found, warnings = made.found[0], list(made.cautions(score))
    if found.n_eff < ENOUGH:
        warnings.append(Message("bias.few_answers", n=found.n, n_eff=found.n_eff))
    return tuple(warnings)
