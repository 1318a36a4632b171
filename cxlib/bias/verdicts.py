"""Results of the study -> what they allow to be said of the survey, one row a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.bias import careless_headlines, unequal_silence
from cxlib.bias.balance import LARGE, Representativeness
from cxlib.bias.flag_effects import FlagEffect
from cxlib.bias.histograms import Shape
from cxlib.bias.kinds import Kind, Method
from cxlib.bias.promoters import WeightedNps
from cxlib.bias.propensity import RIndicator
from cxlib.bias.ranges import Bounds
from cxlib.bias.shape_words import ENOUGH, SURE, far
from cxlib.bias.verdict_words import UNITS, Basis, Found, Question, Verdict
from cxlib.bias.weights import Weights
from cxlib.errors import ParameterError
from cxlib.methods import proportions
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method

EVEN, ODDS = 0.9, 2.0  # the lines that are taken where none is stated


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Verdicts(Result):
    """What may be said of a survey. `frame` has one row a question: `question`, `verdict`, `value`
    and `limit` (what was compared with what, in the units of `basis`; missing where nothing was),
    `basis`, `n`, `confidence`, `method`. `said` is the sentence of each row."""

    said: tuple[Message, ...]

    columns: ClassVar[Mapping[str, Format]] = {
        "question": Question,
        "verdict": Verdict,
        **dict.fromkeys(("value", "limit"), "decimal2"),
        "basis": Basis,
        "n": "integer",
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("bias.verdicts_caption")

    @property
    def shown_cells(self) -> Mapping[str, Sequence[Any]]:
        """Values and lines, each in the units of its basis."""
        return {
            column: [
                Message(UNITS.get(Basis(basis), "common.unit_number"), value=value)
                for basis, value in zip(self.frame["basis"], self.frame[column], strict=True)
            ]
            for column in ("value", "limit")
        }

    def row(self, question: Question | str) -> pd.Series:
        """Return the row of a question."""
        return self.frame.set_index("question").loc[question]

    def summary(self, language: str = "en") -> str:
        """Say every verdict, and what none of them shows."""
        return Sentences((*self.said, Message("bias.verdicts_never"))).text(language)


@check.arguments
def verdict(
    *,
    who: Representativeness | Absent,
    even: RIndicator | Absent,
    weights: Weights | Absent,
    nps: WeightedNps | Absent,
    bounds: Bounds | Absent,
    shape: Shape | Absent,
    without_flagged: FlagEffect | Absent | None = None,
    even_line: float = EVEN,
    odds: float = ODDS,
) -> Verdicts:
    """Say what the results allow: representative on what was observed, mended by weighting, and
    whether the sign of the NPS would survive unequal silence.

    Parameters
    ----------
    who, even, weights, nps, bounds, shape
        From `representativeness`, `r_indicator`, `rake` (or another way to weights),
        `estimate_nps`, `bounds` and `shape`; each may be an `Absent`. Weights that are absent say
        why nothing could be weighted.
    without_flagged : FlagEffect, optional
        From `effect_of_flags` with a `score`: the NPS with and without the answers that are flagged
        as careless. An `Absent` says why that is not known; None: not looked at.
    even_line : float
        The lower limit of the R-indicator from which answering counts as even.
    odds : float
        The sign of the NPS survives where one side would have to be more than so many times as
        likely to answer as the other to turn it. Where `bounds` has a `yardstick` whose ratio is
        larger, that ratio is the line.

    Returns
    -------
    Verdicts
        One row a question (`representative`, `weighting`, `silence`, `shape`, and `care` where
        `without_flagged` is given): `verdict`, `value`, `limit`, `basis`, `n`, `confidence`.

    Raises
    ------
    ParameterError
        If `even_line` does not lie between 0 and 1, `odds` is not above 1, or `without_flagged` is
        about a mean.

    Notes
    -----
    Representative: every standardised difference below 0.1, so many answers that chance hides none
    (1.96 / sqrt(n) below 0.1, corrected for the finite frame; where all shares agree the
    R-indicator has no width whatever n is), and the R-indicator's lower limit at `even_line` or
    above, on the columns compared alone. Not: a difference of 0.1 or more. Anything
    else cannot be told: a difference that does not show is no evidence that there is none. The sign
    of the NPS holds whatever the silent think where Manski's range excludes 0; where the interval
    of the estimate itself includes 0 chance alone can turn it, and no odds are given. Otherwise the
    odds that would turn it (at 0, whatever `threshold` the bounds have) are compared with the
    larger of `odds` and the ratio by which known groups of this survey differed in answering: who
    likes a company and who does not may differ as much as those do. That ratio is the line even
    where it could be chance, as the sentence then says: too strict a line promises too little.

    Examples
    --------
    >>> alone = {
    ...     name: Absent.of("bias.absent_frame", Result)
    ...     for name in ("who", "even", "weights", "nps", "bounds", "shape")
    ... }
    >>> verdict(**alone).frame["verdict"].tolist()[:2]
    ['nothing_known', 'cannot_be_weighted']
    """
    if not 0 < even_line < 1:
        raise ParameterError(f"even_line={even_line!r} must lie between 0 and 1, such as {EVEN}")
    if not odds > 1:
        raise ParameterError(f"odds={odds!r} must be above 1 (1: equal chances), such as {ODDS:g}")
    found = {
        Question.REPRESENTATIVE: _representative(who, even, even_line),
        Question.WEIGHTING: _weighting(weights, who, nps),
        Question.SILENCE: unequal_silence.judge(nps, bounds, odds),
        Question.SHAPE: _shape(shape),
    }
    if without_flagged is not None:
        found[Question.CARE] = careless_headlines.judge(nps, without_flagged)
    return Verdicts(
        frame=pd.DataFrame([_row(question, each) for question, each in found.items()]),
        method=Method.VERDICT,
        said=tuple(each.said for each in found.values()),
    )


def _row(question: Question, found: Found) -> dict[str, Any]:
    return {
        "question": question.value,
        "verdict": found.verdict.value,
        "value": found.value,
        "limit": found.limit,
        "basis": found.basis.value,
        "n": pd.NA if found.n is None else found.n,
        "confidence": found.confidence,
        "method": Method.VERDICT.value,
    }


def _representative(
    who: Representativeness | Absent, even: RIndicator | Absent, line: float
) -> Found:
    if isinstance(who, Absent):
        none = who.key == "bias.absent_margins"
        key = "bias.says_no_columns" if none else "bias.says_answers_alone"
        return Found(verdict=Verdict.NOTHING_KNOWN, said=Message(key))
    n, columns = int(who.tests["n"].iloc[0]), who.tests["column"].tolist()
    if (who.frame["n"] == who.frame["n_frame"]).all():
        return Found(verdict=Verdict.REPRESENTATIVE, said=Message("bias.says_everyone", n=n), n=n)
    far_off = who.frame.loc[who.frame["smd"].abs().idxmax()]
    most = abs(float(far_off["smd"]))
    if most >= LARGE:
        where = Message("bias.group", column=far_off["column"], category=far_off["category"])
        said = Message("bias.says_not_representative", n=n, smd=most, where=where)
        return Found(
            verdict=Verdict.NOT_REPRESENTATIVE,
            said=said,
            basis=Basis.SMD,
            value=most,
            limit=LARGE,
            n=n,
        )
    if isinstance(even, Absent):
        said = Message("bias.says_alike_alone", n=n, columns=columns)
        return Found(
            verdict=Verdict.CANNOT_TELL, said=said, basis=Basis.SMD, value=most, limit=LARGE, n=n
        )
    hidden = _hidden(who, n)
    if hidden >= LARGE:
        said = Message("bias.says_alike_few", n=n, columns=columns, hidden=hidden)
        return Found(
            verdict=Verdict.CANNOT_TELL,
            said=said,
            basis=Basis.HIDDEN,
            value=hidden,
            limit=LARGE,
            n=n,
        )
    return _evenly(even, columns, n, line)


def _hidden(who: Representativeness, n: int) -> float:
    """Return the standardised difference that chance hides at 95 % among so many: z / sqrt(n), with
    the finite population's correction where respondents are part of the frame."""
    people = who.frame.groupby("column")["n_frame"].sum().iloc[0]
    part = bool(who.frame["rate"].notna().all())
    return float(proportions.z_value(0.95) * np.sqrt((1 - n / people if part else 1.0) / n))


def _evenly(even: RIndicator, columns: list[str], n: int, line: float) -> Found:
    low, level = float(even.frame["ci_low"].iloc[0]), float(even.frame["confidence"].iloc[0])
    holds = low >= line
    key = "bias.says_representative" if holds else "bias.says_not_even"
    return Found(
        verdict=Verdict.REPRESENTATIVE if holds else Verdict.CANNOT_TELL,
        said=Message(key, n=n, columns=columns, low=low, line=line, level=level),
        basis=Basis.R_LOWER,
        value=low,
        limit=line,
        n=n,
        confidence=level,
    )


def _weighting(
    weights: Weights | Absent, who: Representativeness | Absent, nps: WeightedNps | Absent
) -> Found:
    if isinstance(weights, Absent):
        why = Message("bias.says_cannot_be_weighted", why=weights.why)
        return Found(verdict=Verdict.CANNOT_BE_WEIGHTED, said=why)
    if weights.unmet is not None:
        why = Message("bias.says_unmet", n=weights.n, why=weights.unmet)
        return Found(verdict=Verdict.CANNOT_BE_WEIGHTED, said=why, n=weights.n)
    margins = (*weights.margins, *weights.numeric)
    if not margins:
        said = Message("bias.says_not_weighted")
        if weights.base is not None:
            said = Message("bias.says_base_weights", base=weights.base)
        return Found(verdict=Verdict.NOT_WEIGHTED, said=said, n=weights.n)
    off = set() if isinstance(who, Absent) else set(_columns_off(who)) - set(weights.margins)
    change = np.nan
    if isinstance(nps, WeightedNps):
        change = float(nps.row(Kind.WEIGHTED)["nps"] - nps.row(Kind.UNWEIGHTED)["nps"])
    values = {"margins": margins, "off": sorted(off), "n": weights.n}
    return Found(
        verdict=Verdict.MENDS_PART if off else Verdict.MENDS,
        said=Message("bias.says_mends_part" if off else "bias.says_mends", **values),
        basis=Basis.NONE if np.isnan(change) else Basis.NPS_CHANGE,
        value=change,
        n=weights.n,
    )


def _columns_off(who: Representativeness) -> list[str]:
    return who.frame.loc[who.frame["smd"].abs() >= LARGE, "column"].tolist()


def _shape(shape: Shape | Absent) -> Found:
    if isinstance(shape, Absent):
        return Found(verdict=Verdict.NOTHING_KNOWN, said=Message("bias.says_shape_unknown"))
    row, scores = shape.frame.iloc[0], shape.scale[1] - shape.scale[0] + 1
    n, pvalue = int(row["n"]), float(row["pvalue"])
    given: dict[str, Any] = {"value": pvalue, "limit": SURE, "basis": Basis.PVALUE, "n": n}
    if pvalue < SURE and row["peak_high"] - row["peak_low"] >= far(scores):
        low, high = int(row["peak_low"]), int(row["peak_high"])
        habit = sum(shape.scale) in (2 * low, 2 * high)
        key = "bias.says_two_peaks_middle" if habit else "bias.says_two_peaks"
        said = Message(key, low=low, high=high, n=n)
        return Found(verdict=Verdict.TWO_PEAKS, said=said, **given)
    if n < ENOUGH or np.isnan(pvalue):
        said = Message("bias.says_shape_cannot_tell", n=n)
        return Found(verdict=Verdict.CANNOT_TELL, said=said, **given)
    return Found(verdict=Verdict.NOT_SHOWN, said=Message("bias.says_not_shown", n=n), **given)
