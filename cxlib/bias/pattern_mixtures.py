"""Respondents, a frame and a proxy that both have -> the NPS (or a mean) of everyone, by how far
silence depends on the answer itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Unpack

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.bias import proxy_checks, range_figures
from cxlib.bias.counts import moments as counts
from cxlib.bias.counts.proxy_ends import ProxyEnds, proxy_ends
from cxlib.bias.counts.sums import promoter_sign
from cxlib.bias.kinds import Method
from cxlib.bias.methods import proxy_patterns, worst_case
from cxlib.bias.promoters import usable_scores
from cxlib.errors import ParameterError, ScoreRangeError
from cxlib.methods import proportions
from cxlib.rows.table import as_table
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method, limits, with_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WEAK = 0.3  # a correlation below it says little of the silent ones (Andridge and Little 2011)
FEW = 30  # respondents, below which the normal interval of the model is not to be relied on
_SIGN = "__nps"
_WIDTH = 1e-6  # relative: an interval as narrow has no width but rounding's


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PatternMixture(Result):
    """The NPS (or a mean) of everyone by a proxy; each row is an assumption.

    `frame` has one row a value of phi: `phi`, `n` (respondents with answer and proxy), `n_frame`
    (people with the proxy), `rho` (correlation among the respondents), `nps` in points or `mean`,
    `se`, `ci_low`, `ci_high`, `smub` (the respondents' bias in standard deviations of the outcome,
    under that assumption), `confidence`, `method`. Limits are missing under 30 respondents, and
    where the model runs out of what is possible: the estimate is then the end of that. `plain` is
    the respondents' own figure, with their weights."""

    proxy: str
    plain: float

    columns: ClassVar[Mapping[str, Format]] = {
        "phi": "figure",
        **dict.fromkeys(("n", "n_frame"), "integer"),
        "rho": "decimal2",
        "nps": "points",
        **with_limits("mean", "decimal2", se="decimal2"),
        "smub": "decimal3",
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("bias.mixture_caption")
    row_keys: ClassVar[tuple[str, ...]] = ("phi",)

    @property
    def estimate(self) -> str:
        """The column with the estimate: `nps` or `mean`."""
        return "nps" if "nps" in self.frame else "mean"

    @property
    def formats(self) -> Mapping[str, Format]:
        """How its columns are written: an NPS in points."""
        if self.estimate == "mean":
            return self.columns
        return {**self.columns, **limits("points"), "se": "decimal1"}

    @property
    def weak(self) -> bool:
        """Whether the proxy hardly goes along with the answers."""
        return bool(abs(self.frame["rho"].iloc[0]) < WEAK)

    @property
    def few(self) -> bool:
        """Whether there are too few respondents for an interval."""
        return bool(self.frame["n"].iloc[0] < FEW)

    def summary(self, language: str = "en") -> str:
        """Say the figure at the first and at the last phi, and that both are assumptions."""
        first, last = self.frame.iloc[0], self.frame.iloc[-1]
        values = {
            "proxy": self.proxy,
            "plain": self.plain,
            "n": first["n"],
            "everyone": first["n_frame"],
            "rho": first["rho"],
            **{"phi": first["phi"], "phi_last": last["phi"]},
            "at": self._figure(first),
            "at_last": self._figure(last),
        }
        if self.estimate == "nps":
            return Message("bias.mixture_nps", **values).text(language)
        return Message("bias.mixture_mean", **values).text(language)

    def _figure(self, row: pd.Series) -> Message:
        """Return a figure with its interval, or why it has none."""
        values = {"at": row[self.estimate], "low": row["ci_low"], "high": row["ci_high"]}
        values["level"] = row["confidence"]
        points = self.estimate == "nps"
        if pd.notna(row["ci_low"]):
            return Message("bias.mixture_at_nps" if points else "bias.mixture_at_mean", **values)
        if self.few:
            return Message("bias.mixture_few_nps" if points else "bias.mixture_few_mean", **values)
        if row["n"] >= row["n_frame"]:
            return Message("bias.mixture_all_nps" if points else "bias.mixture_all_mean", **values)
        if abs(row["rho"]) > 1 - 1e-9:
            return Message(
                "bias.mixture_exact_nps" if points else "bias.mixture_exact_mean", **values
            )
        return Message("bias.mixture_end_nps" if points else "bias.mixture_end_mean", **values)

    @drawing
    def plot(self, ax: Axes | None = None, *, language: str = "en", **look: Unpack[Look]) -> Axes:
        """Draw the figure at each phi with its interval."""
        ax = range_figures.ranges(
            self.frame,
            [Message("bias.mixture_row", phi=phi) for phi in self.frame["phi"]],
            ax,
            estimate=self.estimate,
            dashed=[True] * len(self.frame),
            finding=Message("bias.mixture_title", proxy=self.proxy, rho=self.frame["rho"].iloc[0]),
            measured=Message(
                "bias.mixture_measured",
                proxy=self.proxy,
                n=self.frame["n"].iloc[0],
                level=self.frame["confidence"].iloc[0],
            ),
            language=language,
        )
        return self.with_numbers(
            ax,
            self.frame,
            [Message("bias.mixture_row", phi=phi) for phi in self.frame["phi"]],
            self.estimate,
            language=language,
        )


@check.arguments
def pattern_mixture(
    respondents: Any,
    frame: Any,
    *,
    proxy: str | None,
    outcome: str | None = None,
    score: str | None = None,
    phi: Sequence[float] = (0, 0.5, 1),
    weight: str | None = None,
    scale: tuple[int, int] | None = None,
    promoter: int = 9,
    detractor: int = 6,
    confidence: float = 0.95,
) -> PatternMixture | Absent:
    """Carry a number that is known of everyone, such as last year's score, over to the silent ones.

    Use it where such a number goes along with the answers: it narrows what `bounds` leave open, at
    the price of an assumption, which phi names.

    Parameters
    ----------
    respondents, frame : table
        One row a respondent; one row a person the survey should speak for, respondents among them.
        A frame of None gives an `Absent`.
    proxy : str or None
        Column of numbers that both have. None gives an `Absent`.
    outcome : str, optional
        Column of numbers whose mean is wanted.
    score : str, optional
        Column of whole scores whose NPS is wanted, coded +100, 0, -100; instead of `outcome`.
        Neither gives an `Absent`.
    phi : sequence of float
        From 0 (who is silent depends on the proxy alone) to 1 (on the answer itself).
    weight : str, optional
        Column of base weights of the respondents.
    scale : (int, int), optional
        Lowest and highest answer; of scores (0, 10) where it is not given. Without it nothing keeps
        a mean within what is possible, and it is warned where it leaves what was answered.
    promoter, detractor
        As in `estimate_nps`.
    confidence : float
        Level of the intervals.

    Returns
    -------
    PatternMixture or Absent
        One row a phi: `n`, `n_frame`, `rho`, `nps` or `mean`, `se`, limits, `smub`. An `Absent`
        also where answers or proxy do not vary, or do not go along with each other at all.

    Raises
    ------
    ParameterError
        If `outcome` and `score` are both given, a phi does not lie between 0 and 1 or is named
        twice, or `confidence` does not lie between 0 and 1.
    ColumnError, EmptyDataError, ScoreRangeError, SourceError, WeightError
        If a column is absent, not numeric or infinite, the proxies of the respondents cannot be
        those of people in the frame (mostly other units), fewer than three respondents have both,
        an answer is off the scale, or a weight is unfit.

    Notes
    -----
    See `methods.proxy_patterns`. The model takes answer and proxy as jointly normal; +100, 0, -100
    are not, so an NPS is approximate, and kept within Manski's bounds, as is a mean on a `scale`;
    what is cut there is told, and an estimate that is has no interval. Under 30 respondents there
    is no interval either. The interval knows of the respondents' chance alone, not of how wrong the
    assumption is, and takes respondents as drawn one by one. Mean, correlation and bias equal own
    R code on the California schools to 1e-7;
    intervals by the delta method, which cover at least their level in simulation
    where the assumption holds (`tests/bias/methods/test_proxy_patterns.py`).

    Examples
    --------
    >>> people = pd.DataFrame({"was": [1.0, 2, 3, 4, 5, 6], "now": [2, 2, 4, 4, None, None]})
    >>> found = pattern_mixture(people.dropna(), people, proxy="was", outcome="now")
    >>> found.frame["mean"].round(3).tolist()
    [3.8, 3.894, 4.0]
    """
    gone = _lacking(frame, proxy, outcome, score)
    if gone is not None or proxy is None:
        return gone or Absent.of("bias.absent_proxy", PatternMixture)
    _refuse_phi(phi)
    rows, name = respondents, str(outcome)
    if score is not None:
        rows = as_table(respondents)
        usable_scores(rows, score, (0, 10) if scale is None else scale, promoter, detractor)
        name = _SIGN
        rows = promoter_sign(rows, score=score, promoter=promoter, detractor=detractor, name=name)
    found = counts.moments(rows, outcome=name, proxy=proxy, weight=weight)
    everyone, unknown, centre = counts.mean_of(frame, proxy=proxy)
    ends = proxy_ends(rows, frame, outcome=name, proxy=proxy, weight=weight)
    proxy_checks.refuse_other_units(ends, proxy=proxy, unknown=unknown)
    rho = proxy_patterns.correlation(found.first)
    if not abs(rho) > 1e-9:
        return Absent.of("bias.absent_correlation", PatternMixture)
    half = proportions.z_value(check.confidence(confidence))
    possible = _possible(found, ends, everyone, scale, outcome)
    table = [_row(found, centre - found.x, each, half, possible) for each in phi]
    made = pd.DataFrame(table).rename(columns={"mean": "nps" if score is not None else "mean"})
    made.insert(1, "n", found.n)
    made.insert(2, "n_frame", everyone)
    made.insert(3, "rho", rho)
    cut = made.pop("cut")
    mixture = PatternMixture(
        frame=made.assign(confidence=confidence, method=Method.PATTERN_MIXTURE.value),
        method=Method.PATTERN_MIXTURE,
        proxy=proxy,
        plain=found.y,
    )
    cautions = (*_warnings(mixture, found.left_out, unknown), *_of_ends(mixture, cut, ends, scale))
    return replace(mixture, warnings=cautions)


def _lacking(
    frame: Any, proxy: str | None, outcome: str | None, score: str | None
) -> Absent | None:
    if outcome is not None and score is not None:
        raise ParameterError(
            f"outcome={outcome!r} and score={score!r} are both given; name the score for its NPS, "
            "or the outcome for its mean"
        )
    if frame is None:
        return Absent.of("bias.absent_frame", PatternMixture)
    if proxy is None:
        return Absent.of("bias.absent_proxy", PatternMixture)
    if outcome is None and score is None:
        return Absent.of("bias.absent_outcome", PatternMixture)
    return None


def _refuse_phi(phi: Sequence[float]) -> None:
    if not len(phi) or len(set(phi)) < len(phi) or not all(0 <= each <= 1 for each in phi):
        raise ParameterError(
            f"phi={list(phi)!r} must be one or more different numbers from 0 to 1, such as "
            "(0, 0.5, 1)"
        )


def _possible(
    found: counts.Moments,
    ends: ProxyEnds,
    everyone: int,
    scale: tuple[int, int] | None,
    outcome: str | None,
) -> tuple[float, float]:
    """Return between what the figure of everyone lies, whatever the silent ones think."""
    low, high = (-100, 100) if outcome is None else scale or (-np.inf, np.inf)
    if ends.outcome.low < low or ends.outcome.high > high:
        raise ScoreRangeError(
            f"outcome={outcome!r} has answers from {ends.outcome.low:g} to {ends.outcome.high:g}, "
            f"outside scale={scale}; give the scale that was asked with, or none"
        )
    if not np.isfinite(high):
        return -np.inf, np.inf
    return worst_case.manski(
        found.y, answered=min(found.n, everyone), asked=everyone, lowest=low, highest=high
    )


def _row(
    found: counts.Moments, ahead: float, phi: float, half: float, ends: tuple[float, float]
) -> dict[str, Any]:
    made = proxy_patterns.adjust(
        found.first, found.second, n=found.n, mean=found.y, ahead=ahead, phi=float(phi)
    )
    wanted = np.array([made.mean - half * made.se, made.mean, made.mean + half * made.se])
    low, mean, high = np.clip(wanted, *ends)
    beyond = bool(abs(mean - made.mean) > 1e-9 * max(abs(mean), 1))
    none = beyond or found.n < FEW or high - low <= _WIDTH * max(abs(mean), 1)
    return {
        "phi": float(phi),
        "mean": float(mean),
        "se": made.se,
        "ci_low": np.nan if none else float(low),
        "ci_high": np.nan if none else float(high),
        "smub": made.smub,
        "cut": beyond or (not none and bool(low > wanted[0] or high < wanted[2])),
    }


def _warnings(found: PatternMixture, left_out: int, unknown: int) -> tuple[Message, ...]:
    warnings, row, proxy = [], found.frame.iloc[0], found.proxy
    if found.few:
        warnings.append(Message("bias.mixture_few", n=row["n"], limit=FEW))
    if found.weak:
        warnings.append(Message("bias.mixture_weak", proxy=proxy, rho=row["rho"]))
    if left_out:
        warnings.append(Message("bias.mixture_left_out", proxy=proxy, n=left_out))
    if unknown:
        everyone = unknown + row["n_frame"]
        warnings.append(Message("bias.mixture_unknown", proxy=proxy, n=unknown, all=everyone))
    return tuple(warnings)


def _of_ends(
    found: PatternMixture, cut: pd.Series, ends: ProxyEnds, scale: tuple[int, int] | None
) -> tuple[Message, ...]:
    """Say where the model is carried far, and where it leaves what can be or was answered."""
    warnings = []
    away = proxy_checks.distance(ends)
    if away > proxy_checks.FAR:
        warnings.append(Message("bias.mixture_far", proxy=found.proxy, away=away))
    phi = [f"{each:g}" for each in found.frame.loc[cut, "phi"]]
    if phi:
        warnings.append(Message("bias.mixture_end", phi=phi))
    answers, at = ends.outcome, found.frame[found.estimate]
    if scale is None and (at.min() < answers.low or at.max() > answers.high):
        warnings.append(Message("bias.mixture_beyond", low=answers.low, high=answers.high))
    return tuple(warnings)
