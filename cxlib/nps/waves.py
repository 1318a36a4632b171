"""NPS by wave -> a chart whose limits follow n, a weighted moving average, and where a change lies,
with its uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cxlib import check, theme
from cxlib import language as words
from cxlib.errors import ParameterError, WeightError
from cxlib.nps import cautions, figures, intervals, verdicts
from cxlib.nps.counts import refuse_taken
from cxlib.nps.crossing import crossing
from cxlib.nps.design import estimates, steady_variance
from cxlib.nps.scores import counted
from cxlib.result import Absent, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

METHOD = "limits at 3 standard errors, EWMA"
COLUMNS = (
    "n",
    "nps",
    "centre",
    "limit_low",
    "limit_high",
    "outside",
    "ewma",
    "ewma_low",
    "ewma_high",
    "change_weight",
    "confidence",
    "method",
)
SIGMAS = 3.0
_LENT = 30  # answers of all waves together, lent to each wave's variance


@dataclass(frozen=True, slots=True, eq=False)
class Waves(Result):
    """A chart of waves with limits, and where a change of level lies.

    `frame`: `<wave>, n, nps, centre, limit_low, limit_high, outside, ewma, ewma_low, ewma_high,
    change_weight, confidence, method`; a row a wave.

    Attributes
    ----------
    wave : str
        Column of the wave.
    baseline : int
        Waves that centre and limits come from.
    pvalue : float
        Of any single change of level; missing with one wave.
    shift : float
        NPS from the likeliest wave of change on, minus before, in points; missing with one wave.
    """

    wave: str = ""
    baseline: int = 0
    pvalue: float = np.nan
    shift: float = np.nan
    formats: ClassVar[dict[str, str]] = dict.fromkeys(
        ("nps", "centre", "limit_low", "limit_high", "ewma", "ewma_low", "ewma_high"), "points"
    ) | {"change_weight": "percent", "confidence": "level"}

    @property
    def change(self) -> pd.DataFrame:
        """The fewest waves before which the one change lies with probability `confidence`,
        likeliest first."""
        ordered = self.frame.sort_values("change_weight", ascending=False, kind="stable")
        held = (
            ordered["change_weight"].cumsum() - ordered["change_weight"]
        )  # by the waves before it
        return ordered[(held < ordered["confidence"]) & (ordered["change_weight"] > 0)]

    def summary(self, language: str = "en") -> str:
        """Say which waves lie outside the limits, and whether and where the level changed."""
        if len(self.frame) < 2:
            return " ".join(self.warnings)
        return f"{self._outside(language)} {self._change(language)}"

    def _outside(self, language: str) -> str:
        out = self.frame[self.frame["outside"]]
        said = {
            "k": words.number(len(self.frame)),
            "baseline": words.number(self.baseline),
            "centre": words.points(self.frame["centre"].iloc[0]),
            "n": words.number(self.frame["n"].sum()),
        }
        if out.empty:
            return words.text("nps.waves_inside", language, **said)
        named = cautions.listed(
            pd.Series(
                [
                    f"{words.label(row[self.wave])} ({words.points(row['nps'])}, "
                    f"n = {words.number(row['n'])})"
                    for _, row in out.iterrows()
                ]
            )
        )
        return words.text(
            "nps.waves_outside", language, out=words.number(len(out)), names=named, **said
        )

    def _change(self, language: str) -> str:
        confidence = self.frame["confidence"].iloc[0]
        if not self.pvalue < 1 - confidence:
            return words.text("nps.waves_no_change", language, p=words.pvalue(self.pvalue))
        found = self.change
        names = words.joined(map(words.label, found.sort_index()[self.wave]), language)
        return words.text(
            "nps.waves_change_at" if len(found) == 1 else "nps.waves_change",
            language,
            names=names,
            size=words.points(abs(self.shift)),
            level=words.level(confidence),
            p=words.pvalue(self.pvalue),
            direction=self._direction(language),
            wave=words.label(found[self.wave].iloc[0]),
            weight=words.percent(found["change_weight"].iloc[0], 0),
        )

    def _direction(self, language: str) -> str:
        return words.text("nps.rose" if self.shift > 0 else "nps.fell", language)

    def title(self, language: str = "en") -> str:
        """Say the finding in a few words, as the title of a figure; empty where there is nothing to
        compare."""
        if len(self.frame) < 2:
            return ""
        out = self.frame.loc[self.frame["outside"], self.wave]
        said = {"k": words.number(len(self.frame)), "out": words.number(len(out))}
        if out.empty and self.pvalue < 1 - self.frame["confidence"].iloc[0]:
            return words.text(
                "nps.title_waves_change", language, direction=self._direction(language)
            )
        if out.empty:
            return words.text("nps.title_waves_inside", language, **said)
        return words.text(
            "nps.title_waves_outside" if len(out) <= 3 else "nps.title_waves_many",
            language,
            names=words.joined(map(words.label, out), language),
            **said,
        )

    def plot(self, ax: Axes | None = None, *, finding: str = "", language: str = "en") -> Axes:
        """Draw waves with n, the limits as a band that follows n, and the moving average; waves
        outside in colour."""
        if len(self.frame) < 2:
            return theme.message(ax, " ".join(self.warnings))
        measured = words.text("nps.measured_waves", language, baseline=words.number(self.baseline))
        return figures.waves(
            self.frame, self.wave, ax, finding=finding or self.title(language), measured=measured
        )


def waves(
    data: Any,
    *,
    wave: str | None,
    score: str | None = None,
    baseline: int | None = None,
    smoothing: float = 0.2,
    confidence: float = 0.95,
    **counting: Any,
) -> Waves | Absent:
    """Chart the NPS of waves against limits that follow n, and find a change of level with its
    uncertainty.

    Use it where waves come one after the other: most ups and downs of an NPS are chance, and the
    chart shows which are not.

    Parameters
    ----------
    data : ScoreCounts, or rows in any form that `table.as_table` takes
        Ready counts, or one row an answer.
    wave : str or None
        Column of the wave; put in natural order. None gives an `Absent` that says what cannot be
        known.
    score : str, optional
        Column of scores, `"score"` where it is None; not needed with ready counts.
    baseline : int, optional
        The first so many waves set centre and limits; by default all waves but the last.
    smoothing : float
        Weight of the newest wave in the moving average, above 0 and at most 1.
    confidence : float
        A change of level is spoken of where its p value is below 1 - confidence; `change` holds
        this much of the weight.
    **counting
        Parameters of `count_scores` (`scale`, `weight`, `cluster`, ...); refused with ready counts,
        which have theirs.

    Returns
    -------
    Waves
        One row a wave, scores in points. `outside` marks waves of 5 answers or more beyond the
        limits; `ewma_low` and `ewma_high` are the limits of the moving average around the centre;
        `change_weight`, which sums to 1, is the likelihood weight of a single change of level just
        before the wave (0 for the first).

    Raises
    ------
    ParameterError
        If `baseline` is not a number of waves that there are, or `smoothing` is not above 0 and at
        most 1; and what `count_scores` refuses.
    WeightError
        If a wave's answers all come from a single cluster.

    Notes
    -----
    Centre and variance sigma0^2 of one answer are those of the baseline's answers together (counted
    by effective n under a design); limits are centre -/+ 3 sigma0 / sqrt(n), about 3 false alarms
    in 1,000 waves. The moving average starts at the centre; its variance v = smoothing^2 sigma0^2 /
    n + (1 - smoothing)^2 v before is exact for unequal n. Compared with exact arithmetic (mpmath)
    to 1e-12. Change of level: for each split z = (mean after - mean before) / se, means weighted by
    1 / se^2. Where nothing changed the z form a Gaussian Markov chain with correlations sqrt(I_s (I
    - I_t) / (I_t (I - I_s))), I the information up to a split and in all, so the p value of the
    largest |z| comes from `crossing`, without draws. Weights are exp(z^2 / 2), normalised: the
    profile likelihood of one change (Hinkley 1970, Biometrika 57: 1-17). Variances per answer are
    made steady: to the shares of each wave come 30 answers with the shares of all
    (`design.steady_variance`); with a wave's own variance, waves that look extreme by chance look
    certain too. Size at 5 % by simulation (400 draws a case): at most 8 % in 13 cases of 2 to 24
    waves of 1 to 500 answers, 90/8/2 among them; with own variances 13 to 60 % in seven of them,
    small or lopsided. With a design waves are taken as independent; where they share clusters the
    limits and p value are a guide.

    Examples
    --------
    >>> rows = pd.DataFrame(
    ...     {
    ...         "year": [2023] * 60 + [2024] * 60 + [2025] * 60,
    ...         "score": ([10] * 30 + [8] * 20 + [3] * 10) * 2 + [10] * 10 + [8] * 20 + [3] * 30,
    ...     }
    ... )
    >>> waves(rows, wave="year").frame[["year", "n", "outside"]].to_dict("list")
    {'year': [2023, 2024, 2025], 'n': [60, 60, 60], 'outside': [False, False, True]}
    """
    confidence = check.confidence(confidence)
    if not 0 < smoothing <= 1:
        raise ParameterError(f"smoothing={smoothing!r} must be above 0 and at most 1; 0.2 is usual")
    if wave is None:
        return Absent.of("nps.no_order")
    refuse_taken(COLUMNS, wave=wave)
    counts = counted(data, score, wave, counting)
    found = estimates(counts)
    if found.empty:
        return Waves(
            pd.DataFrame(columns=[wave, *COLUMNS]),
            METHOD,
            (words.text("nps.nobody_in", columns=repr(wave)),),
        )
    lone = found.loc[found["se"].isna(), wave]
    if len(lone):
        raise WeightError(
            f"wave={wave!r}: all answers of {words.label(lone.iloc[0])!r} come from a single "
            "cluster, so their "
            "error cannot be known; leave that wave out, or name a finer cluster"
        )
    baseline = _checked(baseline, len(found))
    charted = chart(
        found["nps"],
        known_per_answer(found),
        found["n_eff"],
        baseline=baseline,
        smoothing=smoothing,
    )
    charted["outside"] &= (found["n"] >= verdicts.FEWEST).to_numpy()
    variance = steady_variance(found, lent=_LENT)
    _, weight, p = change_point(found["nps"], variance)
    frame = pd.DataFrame(
        {wave: found[wave], "n": found["n"], "nps": 100 * found["nps"]}
        | {
            name: values if values.dtype == bool else 100 * values
            for name, values in charted.items()
        }
    ).assign(change_weight=weight, confidence=confidence, method=METHOD)
    shift = _shift(found["nps"].to_numpy(), variance, int(weight.argmax()))
    return Waves(
        frame[[wave, *COLUMNS]],
        METHOD,
        _cautions(frame, wave, baseline, design=counts.design.cluster is not None),
        wave=wave,
        baseline=baseline,
        pvalue=p,
        shift=100 * shift,
    )


def _checked(baseline: int | None, k: int) -> int:
    if baseline is None:
        return max(k - 1, 1)
    if not 1 <= baseline <= k:
        raise ParameterError(f"baseline={baseline!r} must be 1 to {k}, the number of waves")
    return int(baseline)


def known_per_answer(found: pd.DataFrame) -> NDArray:
    """Variance of one answer of each row of `design.estimates`; 0 where all answers are of one
    kind."""
    se, n_eff, *counts = (
        found[name].to_numpy(float) for name in ("se", "n_eff", "promoters", "n", "detractors")
    )
    return np.where(se == 0, intervals.variance_of(*counts), se**2 * n_eff)


def chart(
    nps: ArrayLike, variance: ArrayLike, n: ArrayLike, *, baseline: int, smoothing: float
) -> dict[str, NDArray]:
    """Centre, limits and moving average of k waves; arrays of shape (k,), on [-1, 1].

    Parameters
    ----------
    nps, variance, n : array_like, shape (k,)
        NPS, variance of one answer, and (effective) number of answers of each wave.
    baseline : int
        First waves that set centre and limits.
    smoothing : float
        Weight of the newest wave.
    """
    d, v, n = (np.asarray(x, float) for x in (nps, variance, n))
    first = slice(baseline)
    size = n[first].sum()
    centre = n[first] @ d[first] / size
    sigma2 = n[first] @ (v[first] + (d[first] - centre) ** 2) / size
    if (
        sigma2 <= 0
    ):  # all answers of the baseline are of one kind: the counts +3/4, +3/2, +3/4, as elsewhere
        sigma2 = float(
            intervals.known_variance(
                *(np.array(x) for x in ((1 + centre) / 2 * size, size, (1 - centre) / 2 * size))
            )
            * size
        )
    half = SIGMAS * np.sqrt(sigma2 / n)
    average, spread = np.empty(len(d)), np.empty(len(d))
    level, var = centre, 0.0
    for t in range(len(d)):
        level = average[t] = smoothing * d[t] + (1 - smoothing) * level
        var = spread[t] = smoothing**2 * sigma2 / n[t] + (1 - smoothing) ** 2 * var
    reach = SIGMAS * np.sqrt(spread)
    return {
        "centre": np.full(len(d), centre),
        "limit_low": centre - half,
        "limit_high": centre + half,
        "outside": np.abs(d - centre) > half,
        "ewma": average,
        "ewma_low": centre - reach,
        "ewma_high": centre + reach,
    }


def change_point(nps: ArrayLike, variance: ArrayLike) -> tuple[NDArray, NDArray, float]:
    """Statistic of each split of k waves, the weight of a change just before each wave, and the p
    value of any change.

    Parameters
    ----------
    nps, variance : array_like, shape (k,)
        NPS and its variance in each wave.

    Returns
    -------
    z : ndarray, shape (k - 1,)
        After minus before, for the splits after wave 1 to k - 1.
    weight : ndarray, shape (k,)
        Sums to 1 where k is 2 or more; 0 for the first wave.
    pvalue : float
        Of the largest |z|; missing where k is 1.
    """
    d, w = np.asarray(nps, float), 1 / np.asarray(variance, float)
    if len(d) < 2:
        return np.empty(0), np.zeros(len(d)), np.nan
    before, total = np.cumsum(w)[:-1], w.sum()
    after = np.cumsum(w[::-1])[::-1][1:]
    centred = np.cumsum(w * (d - w @ d / total))[:-1]
    z = -centred * np.sqrt(total / (before * after))
    odds = np.sqrt(before / after)
    weight = np.exp((z**2 - np.max(z**2)) / 2)
    return (
        z,
        np.concatenate([[0.0], weight / weight.sum()]),
        crossing(np.abs(z).max(), odds[:-1] / odds[1:]),
    )


def _shift(nps: NDArray, variance: NDArray, at: int) -> float:
    if at == 0:
        return np.nan
    return float(
        np.average(nps[at:], weights=1 / variance[at:])
        - np.average(nps[:at], weights=1 / variance[:at])
    )


def _cautions(frame: pd.DataFrame, wave: str, baseline: int, *, design: bool) -> tuple[str, ...]:
    out = []
    if len(frame) == 1:
        row = frame.iloc[0]
        out.append(
            words.text(
                "nps.waves_one",
                wave=words.label(row[wave]),
                nps=words.points(row["nps"]),
                n=words.number(row["n"]),
            )
        )
    elif baseline < 3:
        out.append(words.text("nps.waves_short", n=words.number(baseline)))
    if few := int((frame["n"] < verdicts.FEWEST).sum()):
        out.append(words.text("nps.waves_few", n=words.number(few), limit=verdicts.FEWEST))
    if design:
        out.append(words.text("nps.waves_design"))
    return tuple(out)
