"""A wave that is still coming in, against the one before it -> what may be said now, however often
one looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special

from cxlib import check, inference, theme
from cxlib import language as words
from cxlib.errors import ParameterError
from cxlib.nps import figures, intervals
from cxlib.nps.counts import names, refuse_taken
from cxlib.nps.crossing import crossing, growing
from cxlib.nps.design import estimates, linearise
from cxlib.nps.scores import counted
from cxlib.result import Absent, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

METHOD = "anytime-valid normal mixture (Robbins)"
COLUMNS = (
    "a",
    "b",
    "n_a",
    "n_b",
    "difference",
    "se",
    "ci_low",
    "ci_high",
    "pvalue",
    "naive_low",
    "naive_high",
    "naive_pvalue",
    "naive_false_alarm",
    "looks",
    "verdict",
    "confidence",
    "method",
)
_MOST_LOOKS = 100  # of more, the false alarms of this many: a lower bound, and quick
FEWEST = 20  # answers on each side before anything is said (see monitor's Notes)


@dataclass(frozen=True, slots=True, eq=False)
class Monitor(Result):
    """Each wave against the one before it, b minus a, in points: `[*by]` and the columns of
    `COLUMNS`.

    `ci_low`, `ci_high` and `pvalue` hold at every look; the `naive_` columns are what a test made
    for a single look says. `naive_false_alarm` is the probability that `looks` such tests, equally
    spaced while b came in, claim a change at least once where nothing changed. `verdict` is up,
    down, cannot tell, too few yet, or (a side is a single cluster) do not compare."""

    by: tuple[str, ...] = ()
    formats: ClassVar[dict[str, str]] = (
        dict.fromkeys(("difference", "ci_low", "ci_high", "naive_low", "naive_high"), "change")
        | dict.fromkeys(("pvalue", "naive_pvalue"), "pvalue")
        | {"se": "points", "naive_false_alarm": "percent", "confidence": "level"}
    )

    def summary(self, language: str = "en") -> str:
        """Say what may be said of the newest wave now, and what a naive test would have claimed."""
        newest = self.newest
        if newest.empty:
            return " ".join(self.warnings)
        sure = newest[newest["verdict"].isin(["up", "down"])]
        if len(newest) > 1:
            named = words.joined(
                [
                    f"{self._group(row)} ({words.points(row['difference'], sign=True)})"
                    for _, row in sure.iterrows()
                ],
                language,
            )
            return words.text(
                "nps.monitor_groups" if len(sure) else "nps.monitor_groups_none",
                language,
                names=named,
                sure=words.number(len(sure)),
                k=words.number(len(newest)),
                naive=self._naive(newest, language),
            )
        row = newest.iloc[0]
        return (
            words.text(
                f"nps.monitor_{row['verdict'].replace(' ', '_')}",
                language,
                limit=FEWEST,
                **_said(row),
            )
            + " "
            + self._naive(newest, language)
        ).strip()

    @property
    def newest(self) -> pd.DataFrame:
        """The row of the newest wave; of each group where there is `by`."""
        return (
            self.frame.groupby(list(self.by), sort=False).tail(1) if self.by else self.frame.tail(1)
        )

    def _group(self, row: pd.Series) -> str:
        return " · ".join(words.label(row[column]) for column in self.by)

    def _naive(self, newest: pd.DataFrame, language: str) -> str:
        row = (
            newest.loc[newest["naive_false_alarm"].idxmax()]
            if newest["naive_false_alarm"].notna().any()
            else None
        )
        if row is None:
            return ""
        claims = int((newest["naive_pvalue"] < 1 - newest["confidence"]).sum())
        rate = words.text(
            "nps.monitor_looks" if row["looks"] > 1 else "nps.monitor_look",
            language,
            looks=words.number(row["looks"]),
            rate=words.percent(row["naive_false_alarm"], 0),
            confidence=words.level(row["confidence"]),
        )
        if len(newest) > 1:
            return f"{words.text('nps.monitor_claims', language, n=words.number(claims))} {rate}"
        if row["verdict"] == "too few yet" and not claims:
            return ""
        return f"{words.text('nps.monitor_claim' if claims else 'nps.monitor_no_claim', language, **_said(row))} {rate}"  # noqa: E501

    def plot(self, ax: Axes | None = None, *, finding: str = "", language: str = "en") -> Axes:
        """Draw each change (of several groups the newest) with the interval that holds at every
        look; claims in colour."""
        if self.frame.empty:
            return theme.message(ax, " ".join(self.warnings))
        measured = words.text(
            "nps.measured_monitor",
            language,
            confidence=words.level(self.frame["confidence"].iloc[0]),
        )
        shown = self.newest if len(self.newest) > 1 else self.frame
        return figures.monitor(
            shown, ax, finding=finding or self.title(language), measured=measured
        )

    def title(self, language: str = "en") -> str:
        """Say the finding in a few words, as the title of a figure; empty where there is nothing to
        compare."""
        newest = self.newest
        if len(newest) != 1:
            sure = int(newest["verdict"].isin(["up", "down"]).sum())
            return words.text(
                "nps.title_monitor" if sure else "nps.title_monitor_none",
                language,
                sure=words.number(sure),
                k=words.number(len(newest)),
            )
        row = newest.iloc[0]
        return words.text(f"nps.title_{row['verdict'].replace(' ', '_')}", language, **_said(row))


def monitor(
    data: Any,
    *,
    between: str | None,
    score: str | None = None,
    by: str | Sequence[str] | None = (),
    looks: int = 1,
    planned: int | None = None,
    confidence: float = 0.95,
    **counting: Any,
) -> Monitor | Absent:
    """Test each wave against the one before it, safely under looking again and again while the
    newer one comes in.

    Use it for a report that runs every week on a wave that is not finished: a usual 95 % test,
    looked at weekly, sooner or later claims a change where nothing changed. Once a wave is finished
    and was looked at once, `compare` sees more.

    Parameters
    ----------
    data : ScoreCounts, or rows in any form that `table.as_table` takes
        Ready counts, or one row an answer.
    between : str or None
        Column of the wave; put in natural order. None gives an `Absent` that says what cannot be
        known.
    score : str, optional
        Column of scores, `"score"` where it is None; not needed with ready counts.
    by : str or sequence of str
        Watch within each value of these columns only; they come first in the frame.
    looks : int
        How often the newer wave has been looked at, this time included. Only the `naive_` columns
        depend on it.
    planned : int, optional
        Answers that the newest wave is planned to get; by default as many as the wave before it
        got. The interval is narrowest there, and holds in any case.
    confidence : float
        Level of the intervals, over all looks together; verdicts use 1 - confidence.
    **counting
        Parameters of `count_scores` (`scale`, `weight`, `cluster`, ...); refused with ready counts,
        which have theirs.

    Returns
    -------
    Monitor
        One row a wave but the first, in each group of `by`.

    Raises
    ------
    ParameterError
        If `looks` or `planned` is less than 1; and what `count_scores` refuses.

    Notes
    -----
    Robbins' normal mixture (1970, Annals of Mathematical Statistics 41: 1397-1409): the interval is
    difference -/+ se sqrt(2 (1 + 1/t) log(sqrt(1 + t) / alpha)), and p = min(1, sqrt(1 + t)
    exp(-z^2 t / (2 (1 + t)))), with information 1/se^2 as the clock: t is information over that of
    the planned wave, times the t = -W(-alpha^2 / e) - 1 (Lambert's W, lower branch) at which the
    interval is narrowest. The increments of a growing wave against a finished one are independent
    on that clock. It costs 1.55 times the width of a naive 95 % interval at the planned number,
    more elsewhere. Asymptotic: variances are those of the counts +3/4, +3/2, +3/4 (under a design
    the linearised ones times the same ratio), never 0, and nothing is said below 20 answers on a
    side. Half-widths compared with exact arithmetic to 1e-12. False alarms by simulation (52 looks
    at 1, 3, 10 or 40 new answers; eight shapes of answers; 20 to 100,000 answers before; planned
    right or too small): at most 4.9 %. A shape of two kinds only, 90/0/10, had up to 7.8 % against
    a huge wave where 100 answers were planned. `tests/benchmarks/bench_nps_monitor.py` prints some
    of them beside the naive rate. `naive_false_alarm` is exact for normal estimates (`crossing`);
    it is lower than for a wave against a fixed number (14 % at 5 looks), for the wave before is the
    same at every look. The share of its variance in the difference is rounded to 0.01. From 100
    looks on it is that of 100. With a design the standard error takes account of clusters that
    waves share; looks at the same clusters are not independent increments: a guide only. Simulated
    (60 runs, 8 looks, 20 clusters before): false alarms in 2 % where waves share clusters, but 12 %
    where new clusters come in a few at a time, whose variance is hardly known at first (naive
    tests: 38 %).

    Examples
    --------
    >>> rows = pd.DataFrame(
    ...     {
    ...         "wave": ["Q1"] * 100 + ["Q2"] * 60,
    ...         "score": [10] * 60 + [3] * 40 + [10] * 12 + [3] * 48,
    ...     }
    ... )
    >>> monitor(rows, between="wave").frame[["a", "b", "difference", "verdict"]].to_dict("records")
    [{'a': 'Q1', 'b': 'Q2', 'difference': -80.0, 'verdict': 'down'}]
    """
    confidence = check.confidence(confidence)
    for parameter, value in (("looks", looks), ("planned", planned)):
        if value is not None and value < 1:
            raise ParameterError(f"{parameter}={value!r} must be 1 or more")
    within = names(by)
    refuse_taken(COLUMNS, by=within)
    if between is None:
        return Absent.of("nps.no_order")
    columns = [*within, *COLUMNS]
    counts = counted(data, score, (*within, between), counting)
    found = estimates(counts)
    pairs = _successive(found, between, within)
    if pairs.empty:
        key, said = (
            ("nps.nobody_in", {"columns": words.joined(map(repr, (*within, between)))})
            if found.empty
            else (
                "nps.one_value",
                {"column": between, "value": words.label(found[between].iloc[0])},
            )
        )
        return Monitor(pd.DataFrame(columns=columns), METHOD, (words.text(key, **said),), by=within)
    at = pairs["at"].to_numpy()
    shared = linearise(counts).covariance(at, at + 1) if counts.design else np.zeros(len(pairs))
    frame = _watched(pairs, shared, planned, looks, confidence)
    return Monitor(
        frame[columns],
        METHOD,
        _cautions(frame, within, design=counts.design.cluster is not None),
        by=within,
    )


def _successive(found: pd.DataFrame, between: str, within: tuple[str, ...]) -> pd.DataFrame:
    """Pair each row with the one before it in its group; the columns of `design.estimates` end in
    _a and _b."""
    groups = (
        found.groupby(list(within), sort=False).ngroup().to_numpy()
        if within
        else np.zeros(len(found))
    )
    i = np.flatnonzero(groups[1:] == groups[:-1])
    sides = [
        found.iloc[at]
        .reset_index(drop=True)
        .drop(columns=list(within))
        .rename(columns={between: ""})
        for at in (i, i + 1)
    ]
    pairs = pd.concat(
        [side.add_suffix(f"_{name}") for side, name in zip(sides, "ab", strict=True)], axis=1
    )
    last = np.append(groups[1:] != groups[:-1], True)
    return pd.concat(
        [
            found.iloc[i][list(within)].reset_index(drop=True),
            pairs.rename(columns={"_a": "a", "_b": "b"}),
        ],
        axis=1,
    ).assign(newest=last[i + 1], at=i)


def _watched(
    pairs: pd.DataFrame, shared: NDArray, planned: int | None, looks: int, confidence: float
) -> pd.DataFrame:
    alpha = 1 - confidence
    (n_a, v_a), (n_b, v_b) = (
        (pairs[f"n_{side}"].to_numpy(float), _variance(pairs, side)) for side in "ab"
    )
    goal = np.where(pairs["newest"] & (planned is not None), float(planned or 1), n_a)
    difference = (pairs["nps_b"] - pairs["nps_a"]).to_numpy()
    variance = v_a + v_b - 2 * shared
    se = np.sqrt(np.where(variance > 0, variance, np.nan))
    t = clock(v_a, v_b, n_b, goal, alpha=alpha)
    half, p = mixture_half_width(se, t, alpha), mixture_pvalue(difference / se, t)
    naive = inference.z_value(confidence) * se
    enough = pairs[["n_a", "n_b", "n_eff_a", "n_eff_b"]].min(axis=1) >= FEWEST
    sure = np.where(difference > 0, "up", "down")
    return pairs.assign(
        difference=100 * difference,
        se=100 * se,
        ci_low=100 * (difference - half),
        ci_high=100 * (difference + half),
        pvalue=p,
        naive_low=100 * (difference - naive),
        naive_high=100 * (difference + naive),
        naive_pvalue=intervals.two_sided(difference / se),
        naive_false_alarm=_false_alarms(v_a / (v_a + v_b), looks, confidence),
        looks=int(looks),
        verdict=np.select(
            [np.isnan(se), ~enough, p < alpha],
            ["do not compare", "too few yet", sure],
            "cannot tell",
        ),
        confidence=confidence,
        method=METHOD,
    )


def _variance(pairs: pd.DataFrame, side: str) -> NDArray:
    """Variance of one side: that of `never_zero`, times what a design makes of the plain one."""
    a, n, c, se, n_eff = (
        pairs[f"{name}_{side}"].to_numpy(float)
        for name in ("promoters", "n", "detractors", "se", "n_eff")
    )
    plain, adjusted = intervals.variance_of(a, n, c) / n, never_zero(a, n, c)
    return adjusted * np.where(se == 0, n / n_eff, se**2 / np.where(plain > 0, plain, 1.0))


def never_zero(a: ArrayLike, n: ArrayLike, c: ArrayLike) -> NDArray:
    """Variance of the NPS from the counts +3/4, +3/2, +3/4: it knows of kinds of answers that have
    not come yet."""
    return intervals.moments(a, n, c, method="adjusted_wald")[1]


def clock(
    v_a: ArrayLike, v_b: ArrayLike, n_b: ArrayLike, planned: ArrayLike, *, alpha: float
) -> NDArray:
    """Information of a difference, in units that make the interval narrowest when b has its planned
    answers.

    Parameters
    ----------
    v_a, v_b : array_like
        Variances of the NPS of the finished and of the growing wave.
    n_b, planned : array_like
        Answers of the growing wave now and as planned.
    alpha : float
        1 - confidence.
    """
    v_a, v_b, n_b = (np.asarray(x, float) for x in (v_a, v_b, n_b))
    narrowest = -special.lambertw(-(alpha**2) / np.e, k=-1).real - 1
    return narrowest * (v_a + v_b * n_b / np.asarray(planned, float)) / (v_a + v_b)


def mixture_half_width(se: ArrayLike, t: ArrayLike, alpha: float) -> NDArray:
    """Half-width, at every look, of the normal mixture's confidence sequence at information t >
    0."""
    t = np.asarray(t, float)
    return np.asarray(se, float) * np.sqrt(2 * (1 + 1 / t) * (np.log1p(t) / 2 - np.log(alpha)))


def mixture_pvalue(z: ArrayLike, t: ArrayLike) -> NDArray:
    """Anytime-valid p value of a standardised difference at information t > 0; below alpha where
    the interval leaves 0 out."""
    z, t = np.asarray(z, float), np.asarray(t, float)
    return np.minimum(1.0, np.exp(np.log1p(t) / 2 - z**2 * t / (2 * (1 + t))))


def _false_alarms(share: NDArray, looks: int, confidence: float) -> NDArray:
    """Probability that one of `looks` naive tests claims a change; `share` of the variance is the
    finished wave's."""
    rounded, looks = np.round(share, 2), min(looks, _MOST_LOOKS)
    at = {
        value: crossing(
            inference.z_value(confidence),
            growing(1 / (value + (1 - value) * looks / np.arange(1, looks + 1))),
        )
        for value in np.unique(rounded[~np.isnan(rounded)])
    }
    return np.array([at.get(value, np.nan) for value in rounded])


def _said(row: pd.Series) -> dict[str, str]:
    return {
        "a": words.label(row["a"]),
        "b": words.label(row["b"]),
        "n_a": words.number(row["n_a"]),
        "n_b": words.number(row["n_b"]),
        "difference": words.points(row["difference"], sign=True),
        "size": words.points(abs(row["difference"])),
        "low": words.points(row["ci_low"], sign=True),
        "high": words.points(row["ci_high"], sign=True),
        "p": words.pvalue(row["pvalue"]),
        "naive_p": words.pvalue(row["naive_pvalue"]),
        "confidence": words.level(row["confidence"]),
    }


def _cautions(frame: pd.DataFrame, within: tuple[str, ...], *, design: bool) -> tuple[str, ...]:
    out = []
    few = int((frame["verdict"] == "too few yet").sum())
    if few:
        out.append(words.text("nps.monitor_few", n=words.number(few), limit=FEWEST))
    unknown = int(frame["se"].isna().sum())
    if unknown:
        out.append(words.text("nps.no_variance", n=words.number(unknown)))
    if within and len(frame.drop_duplicates(list(within))) > 1:
        out.append(
            words.text(
                "nps.monitor_family",
                k=words.number(len(frame.drop_duplicates(list(within)))),
                confidence=words.level(frame["confidence"].iloc[0]),
            )
        )
    newest = frame.iloc[-1]
    if (
        not within
        and newest["looks"] > 1
        and newest["verdict"] == "cannot tell"
        and newest["naive_pvalue"] < 1 - newest["confidence"]
    ):
        out.append(
            words.text("nps.monitor_peek", looks=words.number(newest["looks"]), **_said(newest))
        )
    if design:
        out.append(words.text("nps.monitor_design"))
    return tuple(out)
