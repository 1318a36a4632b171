"""Codes per interview -> when new interviews stop bringing new codes, how many codes there may be,
and how many are seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from cxlib import check, theme
from cxlib.errors import EmptyDataError, ParameterError
from cxlib.inference import z_value
from cxlib.interviews import counts, figures
from cxlib.language import number, percent, text
from cxlib.result import Result, Table
from cxlib.table import natural_order

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cxlib.interviews.corpus import Corpus


@dataclass(frozen=True, slots=True, eq=False)
class Saturation(Result):
    """The accumulation of codes over interviews.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row an interview, in order: `document, interviews` (so far), `new, cumulative, expected`
        (over all orders), `ci_low, ci_high` (band of the cumulative number over permuted orders),
        `confidence, method`.
    richness : pandas.DataFrame
        One row: `interviews, observed, once, twice, estimate` (Chao2), `se, ci_low, ci_high,
        coverage, ahead, gained` (codes that `ahead` more interviews would add), `confidence,
        reason, method`.
    """

    richness: pd.DataFrame = field(default_factory=pd.DataFrame)

    formats: ClassVar[Mapping[str, str]] = {
        "expected": "decimal1",
        "ci_low": "decimal1",
        "ci_high": "decimal1",
        "estimate": "decimal1",
        "se": "decimal2",
        "coverage": "percent",
        "gained": "decimal1",
        "confidence": "percent",
    }

    def summary(self, language: str = "en") -> str:
        """Say how many codes were seen, how many there may be, the coverage, and what more
        interviews would add."""
        row = self.richness.iloc[0]
        if row["reason"] and not np.isnan(row["estimate"]):
            return text(
                "interviews.saturation_all",
                language,
                observed=number(row["observed"]),
                n=number(row["interviews"]),
                coverage=percent(row["coverage"]),
                reason=row["reason"],
            )
        if row["reason"]:
            return text(
                "interviews.saturation_unknown",
                language,
                observed=number(row["observed"]),
                reason=row["reason"],
            )
        return text(
            "interviews.saturation",
            language,
            observed=number(row["observed"]),
            n=number(row["interviews"]),
            estimate=number(row["estimate"], 1),
            low=number(row["ci_low"], 1),
            high=number(row["ci_high"], 1),
            confidence=f"{100 * row['confidence']:.3g} %",
            coverage=percent(row["coverage"]),
            ahead=number(row["ahead"]),
            gained=number(row["gained"], 1),
        )

    def estimates(self, *, caption: str = "", language: str = "en") -> Table:
        """Return the estimated number of codes as a table."""
        return Table(self.richness, caption, self.formats, language)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the codes seen so far, the expected curve and its band over the orders of
        interviews."""
        ax = figures.saturation(
            self.frame,
            estimate=self.richness["estimate"].iloc[0],
            labels={
                name: text(f"interviews.saturation_{name}")
                for name in ("seen", "any_order", "estimate", "x", "y")
            },
            ax=ax,
        )
        row, last = self.richness.iloc[0], int(self.frame["new"].iloc[-3:].sum())
        title = text(
            "interviews.saturation_title",
            observed=number(row["observed"]),
            new=number(last),
            last=number(min(3, len(self.frame))),
        )
        return theme.title(
            ax,
            title,
            text(
                "interviews.saturation_measured",
                confidence=f"{100 * row['confidence']:.3g} %",
                n=number(row["interviews"]),
            ),
        )


def saturation(
    corpus: Corpus,
    *,
    rule: str = "majority",
    order: str | None = None,
    ahead: int = 5,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 1,
) -> Saturation:
    """Estimate how complete the list of codes is.

    Use it to decide whether to interview on. It speaks of codes (what was said), not of meaning
    (whether it is understood).

    Parameters
    ----------
    corpus : Corpus
    rule : {"majority", "any", "all"} or the name of a coder
        Where a code counts in an interview; see `prevalence`.
    order : str, optional
        Column of the cases by which interviews are in order (a date); file names where None.
    ahead : int
        How many more interviews to look ahead.
    resamples : int
        Permuted orders for the band.

    Returns
    -------
    Saturation

    Raises
    ------
    ColumnError
        If `order` is no column of the cases.

    Notes
    -----
    See `accumulate`.
    """
    grid = counts.grid(corpus)
    heard = grid.read_by(rule)
    incidence = grid.in_documents(grid.decided(rule))[heard]
    documents, unknown = np.asarray(grid.documents, object)[heard], 0
    if order is not None:
        check.columns(list(corpus.cases.columns), order=order)
        when = corpus.cases.set_index("document", drop=False).loc[list(documents), order].tolist()
        rank = {
            value: place for place, value in enumerate(natural_order(when))
        }  # "interview 2" before "interview 10"
        place = np.argsort([rank.get(value, len(rank)) for value in when], kind="stable")
        incidence, documents = incidence[place], documents[place]
        unknown = sum(value not in rank for value in when)
    found = accumulate(
        incidence,
        documents=documents,
        ahead=ahead,
        resamples=resamples,
        confidence=confidence,
        seed=seed,
    )
    if not unknown:
        return found
    return replace(
        found,
        warnings=(
            text("interviews.warn_no_order", n=number(unknown), order=order),
            *found.warnings,
        ),
    )


def accumulate(
    incidence: ArrayLike,
    *,
    documents: ArrayLike | None = None,
    ahead: int = 5,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 1,
) -> Saturation:
    """Accumulation curve, expected curve and richness of codes from an incidence table.

    Parameters
    ----------
    incidence : array_like of bool, shape (interviews, codes)
        Which code is in which interview, interviews in their order.

    Returns
    -------
    Saturation

    Raises
    ------
    EmptyDataError
        If there is no interview.
    ParameterError
        If `ahead` or `resamples` is below 1.

    Notes
    -----
    With Q_k the number of interviews that code k is in, N interviews, Q1 and Q2 codes in exactly
    one and two of them: expected(n) = sum over k of 1 - C(N - Q_k, n) / C(N, n) (equal to R vegan
    `specaccum(method="exact")`); Chao2 = S + (N-1)/N Q1^2 / (2 Q2), its bias-corrected form (N-1)/N
    Q1 (Q1 - 1) / (2 (Q2 + 1)) where Q2 is 0, with the variance of vegan `specpool` and EstimateS,
    and the log-normal interval of Chao (1987), which is a lower bound's interval: rare codes may
    hide more. Coverage is that of Chao and Jost (2012); codes ahead that of Colwell et al. (2012).
    """
    seen = np.asarray(incidence, bool)
    if seen.ndim != 2 or not len(seen):
        raise EmptyDataError(
            "incidence has no interviews; give one row an interview and one column a code"
        )
    if ahead < 1 or resamples < 1:
        raise ParameterError(f"ahead={ahead!r} and resamples={resamples!r} must both be at least 1")
    n, level = len(seen), check.confidence(confidence)
    cumulative = np.logical_or.accumulate(seen, axis=0).sum(axis=1)
    low, high = _band(seen, resamples=resamples, confidence=level, seed=seed)
    frame = pd.DataFrame(
        {
            "document": [str(i) for i in range(1, n + 1)]
            if documents is None
            else np.asarray(documents, object),
            "interviews": np.arange(1, n + 1),
            "new": np.diff(cumulative, prepend=0),
            "cumulative": cumulative,
            "expected": _expected(seen.sum(axis=0), n),
            "ci_low": low,
            "ci_high": high,
            "confidence": level,
            "method": text("interviews.method_rarefaction"),
        }
    )
    richness = _richness(seen.sum(axis=0), n, ahead=ahead, confidence=level)
    warnings = [text("interviews.warn_codes_later")]
    if richness["coverage"] < 0.9:
        warnings.insert(0, text("interviews.warn_coverage", coverage=percent(richness["coverage"])))
    return Saturation(
        frame, text("interviews.method_rarefaction"), tuple(warnings), pd.DataFrame([richness])
    )


def _expected(per_code: NDArray, n: int) -> NDArray:
    size = np.arange(1, n + 1)[:, None]
    rest = n - per_code[None, :]
    possible = rest >= size
    ways = np.where(possible, rest, size)  # C(rest, size) / C(n, size), 0 where rest < size
    log = gammaln(ways + 1) - gammaln(ways - size + 1) - gammaln(n + 1) + gammaln(n - size + 1)
    return np.where(possible, 1 - np.exp(log), 1).sum(axis=1)


def _band(
    seen: NDArray, *, resamples: int, confidence: float, seed: int
) -> tuple[NDArray, NDArray]:
    n = len(seen)
    place = np.random.default_rng(seed).permuted(
        np.tile(np.arange(n), (resamples, 1)), axis=1
    )  # of each interview
    codes = np.flatnonzero(seen.any(axis=0))
    reached = np.zeros((resamples, n), int)
    for code in codes:  # one code at a time keeps memory at (resamples, interviews)
        first = place[:, seen[:, code]].min(axis=1)
        reached[np.arange(resamples), first] += 1
    curves = reached.cumsum(axis=1)
    low, high = np.quantile(curves, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    return low, high


def _richness(per_code: NDArray, n: int, *, ahead: int, confidence: float) -> dict[str, object]:
    observed, once, twice = (
        int((per_code > 0).sum()),
        int((per_code == 1).sum()),
        int((per_code == 2).sum()),
    )
    row: dict[str, object] = {"interviews": n, "observed": observed, "once": once, "twice": twice}
    unknown = (
        "interviews.reason_one_interview"
        if n < 2
        else "interviews.reason_no_codes"
        if not observed
        else "interviews.reason_all_once"
        if once == observed
        else ""
    )
    if unknown:
        nothing = dict.fromkeys(("estimate", "se", "ci_low", "ci_high", "coverage"), np.nan)
        return {
            **row,
            **nothing,
            "ahead": ahead,
            "gained": np.nan,
            "confidence": confidence,
            "reason": text(unknown),
            "method": text("interviews.method_chao2"),
        }
    estimate, variance = chao2(observed, once, twice, n=n)
    unseen, low, high, reason = (
        estimate - observed,
        np.nan,
        np.nan,
        text("interviews.reason_no_rare"),
    )
    if unseen > 0:
        spread = np.exp(z_value(confidence) * np.sqrt(np.log1p(variance / unseen**2)))
        low, high, reason = observed + unseen / spread, observed + unseen * spread, ""
    a = (n - 1) * once
    coverage = 1 - once / per_code.sum() * (a / (a + 2 * twice) if once else 0)
    gained = unseen * (1 - (1 - once / (n * unseen + once)) ** ahead) if unseen > 0 else 0.0
    return {
        **row,
        "estimate": estimate,
        "se": float(np.sqrt(variance)),
        "ci_low": low,
        "ci_high": high,
        "coverage": float(coverage),
        "ahead": ahead,
        "gained": float(gained),
        "confidence": confidence,
        "reason": reason,
        "method": text("interviews.method_chao2" if twice else "interviews.method_chao2_corrected"),
    }


def chao2(observed: int, once: int, twice: int, *, n: int) -> tuple[float, float]:
    """Estimate how many codes there are, seen or not, and the variance of that number.

    Parameters
    ----------
    observed, once, twice : int
        Codes in at least one, exactly one and exactly two of `n` interviews.

    Returns
    -------
    estimate, variance : float

    Examples
    --------
    >>> estimate, variance = chao2(28, 5, 6, n=16)
    >>> round(estimate, 6), round(variance**0.5, 6)
    (29.953125, 2.375009)
    """
    a = (n - 1) / n
    if twice:
        r = once / twice
        return observed + a * once**2 / (2 * twice), twice * (
            a / 2 * r**2 + a**2 * r**3 + a**2 / 4 * r**4
        )
    unseen = a * once * (once - 1) / 2
    if not unseen:
        return float(observed), 0.0
    estimate = observed + unseen
    return estimate, unseen + a**2 * once * (2 * once - 1) ** 2 / 4 - a**2 * once**4 / (
        4 * estimate
    )  # EstimateS 9, app. B
