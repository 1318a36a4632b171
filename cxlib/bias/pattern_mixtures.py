"""Respondents, a frame and a proxy that both have -> the NPS (or a mean) of everyone, by how far
silence depends on the answer itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.bias import range_figures
from cxlib.bias.counts import moments as counts
from cxlib.bias.counts.sums import promoter_sign
from cxlib.bias.kinds import Method
from cxlib.bias.methods import proxy_patterns, worst_case
from cxlib.bias.promoters import usable_scores
from cxlib.errors import ParameterError
from cxlib.methods import proportions
from cxlib.rows.table import as_table
from cxlib.shown.message import Message
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method, limits, with_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEWEST = 4  # answers, below which no variance of the proxy and the answer together is known
FAR = 10.0  # standard deviations of the proxy between respondents and everyone: another unit
WEAK = 0.3  # a correlation below it says little of the silent ones (Andridge and Little 2011)
_SIGN = "__nps"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PatternMixture(Result):
    """The NPS (or a mean) of everyone by a proxy; each row is an assumption.

    `frame` has one row a value of phi: `phi`, `n` (respondents with answer and proxy), `n_frame`
    (people with the proxy), `rho` (correlation among the respondents), `nps` in points or `mean`,
    `se`, `ci_low`, `ci_high`, `smub` (the respondents' bias in standard deviations of the outcome,
    under that assumption), `confidence`, `method`. `plain` is the respondents' own figure, with
    their weights."""

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

    def summary(self, language: str = "en") -> str:
        """Say the figure at the first and at the last phi, and that both are assumptions."""
        first, last = self.frame.iloc[0], self.frame.iloc[-1]
        values = {
            "proxy": self.proxy,
            "plain": self.plain,
            "n": first["n"],
            "everyone": first["n_frame"],
            "rho": first["rho"],
            "level": first["confidence"],
            **{"phi": first["phi"], "at": first[self.estimate]},
            **{"low": first["ci_low"], "high": first["ci_high"]},
            **{"phi_last": last["phi"], "at_last": last[self.estimate]},
            **{"low_last": last["ci_low"], "high_last": last["ci_high"]},
        }
        if self.estimate == "nps":
            return Message("bias.mixture_nps", **values).text(language)
        return Message("bias.mixture_mean", **values).text(language)

    def plot(self, ax: Axes | None = None, *, language: str = "en") -> Axes:
        """Draw the figure at each phi with its interval."""
        return range_figures.ranges(
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
    scale: tuple[int, int] = (0, 10),
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
    scale, promoter, detractor
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
        If a column is absent, not numeric or infinite, fewer than three respondents have both, a
        score is off the scale, or a weight is unfit.

    Notes
    -----
    See `methods.proxy_patterns`. The model takes answer and proxy as jointly normal; +100, 0, -100
    are not, so an NPS is approximate, and kept within Manski's bounds. The interval knows of the
    respondents' chance alone, not of how wrong the assumption is, and takes respondents as drawn
    one by one. Mean, correlation and bias equal own R code on the California schools to 1e-7;
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
        usable_scores(rows, score, scale, promoter, detractor)
        name = _SIGN
        rows = promoter_sign(rows, score=score, promoter=promoter, detractor=detractor, name=name)
    found = counts.moments(rows, outcome=name, proxy=proxy, weight=weight)
    everyone, unknown, centre = counts.mean_of(frame, proxy=proxy)
    rho = proxy_patterns.correlation(found.first)
    if not abs(rho) > 1e-9:
        return Absent.of("bias.absent_correlation", PatternMixture)
    if (gone := _beyond(found, centre, proxy)) is not None:
        return gone
    half = proportions.z_value(check.confidence(confidence))
    ends = _possible(found, everyone) if score is not None else (-np.inf, np.inf)
    table = [_row(found, centre - found.x, each, half, ends) for each in phi]
    made = pd.DataFrame(table).rename(columns={"mean": "nps" if score is not None else "mean"})
    if made["cut"].iloc[0]:
        return Absent.of("bias.absent_mixture", PatternMixture, proxy=proxy)
    made.insert(1, "n", found.n)
    made.insert(2, "n_frame", everyone)
    made.insert(3, "rho", rho)
    return PatternMixture(
        frame=made.drop(columns="cut").assign(
            confidence=confidence, method=Method.PATTERN_MIXTURE.value
        ),
        method=Method.PATTERN_MIXTURE,
        warnings=_warnings(proxy, rho, found.left_out, unknown, everyone),
        proxy=proxy,
        plain=found.y,
    )


def _beyond(found: counts.Moments, centre: float, proxy: str) -> Absent | None:
    """Return why nothing is carried over: too few answers, or a proxy of two units."""
    if found.n < FEWEST:
        return Absent.of("bias.absent_mixture_few", PatternMixture, n=found.n, limit=FEWEST)
    spread = float(np.sqrt(found.first[0, 2]))
    if abs(centre - found.x) > FAR * spread:
        return Absent.of(
            "bias.absent_mixture_unit", PatternMixture, proxy=proxy, everyone=centre, here=found.x
        )
    return None


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


def _possible(found: counts.Moments, everyone: int) -> tuple[float, float]:
    """Return between what the NPS of everyone lies, whatever the silent ones think."""
    return worst_case.manski(
        found.y, answered=min(found.n, everyone), asked=everyone, lowest=-100, highest=100
    )


def _row(
    found: counts.Moments, ahead: float, phi: float, half: float, ends: tuple[float, float]
) -> dict[str, float]:
    made = proxy_patterns.adjust(
        found.first, found.second, n=found.n, mean=found.y, ahead=ahead, phi=float(phi)
    )
    low, mean, high = np.clip(
        [made.mean - half * made.se, made.mean, made.mean + half * made.se], *ends
    )
    cut = bool(low == high and made.se > 0)
    if cut:  # both limits lie beyond one end: nothing is known but the ends
        low, high = ends
    return {
        "phi": float(phi),
        "cut": cut,
        "mean": float(mean),
        "se": made.se,
        "ci_low": float(low),
        "ci_high": float(high),
        "smub": made.smub,
    }


def _warnings(
    proxy: str, rho: float, left_out: int, unknown: int, everyone: int
) -> tuple[Message, ...]:
    warnings = []
    if abs(rho) < WEAK:
        warnings.append(Message("bias.mixture_weak", proxy=proxy, rho=rho))
    if left_out:
        warnings.append(Message("bias.mixture_left_out", proxy=proxy, n=left_out))
    if unknown:
        warnings.append(
            Message("bias.mixture_unknown", proxy=proxy, n=unknown, all=unknown + everyone)
        )
    return tuple(warnings)
