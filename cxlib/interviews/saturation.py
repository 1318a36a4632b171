"""Codes per interview -> when new interviews stop bringing new codes, how many codes there may be,
and how many are seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Unpack

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cxlib import check
from cxlib.errors import EmptyDataError, ParameterError
from cxlib.interviews import counts, figures
from cxlib.interviews.absence import needs_codings
from cxlib.interviews.corpus import Corpus
from cxlib.interviews.methods import Method, richness
from cxlib.rows.periods import Waves, natural_order, order_waves
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.table import Format, Table
from cxlib.shown.vocabulary import level_and_method, with_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LAST = 3  # interviews that the title speaks of


class RichnessReason(StrEnum):
    """Why the number of codes, or its interval, is missing."""

    ONE_INTERVIEW = "one_interview"
    NO_CODES = "no_codes"
    ALL_ONCE = "all_once"
    NO_RARE = "no_rare"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
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

    richness: pd.DataFrame

    columns: ClassVar[Mapping[str, Format]] = {
        "document": "",
        **dict.fromkeys(("interviews", "new", "cumulative"), "integer"),
        **with_limits("expected", "decimal1"),
        **level_and_method(Method),
        **dict.fromkeys(("observed", "once", "twice"), "integer"),
        "estimate": "decimal1",
        "se": "decimal2",
        "coverage": "percent",
        "ahead": "integer",
        "gained": "decimal1",
        "reason": RichnessReason,
    }
    shows: ClassVar[Message] = Message("interviews.saturation_caption")

    def said_keys(self, place: int) -> Mapping[str, Message]:
        """Say how many interviews there were so far, in place of the name of the last."""
        n = self.frame["interviews"].iloc[place]
        return {"document": Message("interviews.after_interviews", n=n)}

    def summary(self, language: str = "en") -> str:
        """Say how many codes were seen, how many there may be, the coverage, and what more
        interviews would add."""
        return self._sentence().text(language)

    def _sentence(self) -> Message:
        row = self.richness.iloc[0]
        if not row["reason"]:
            return Message(
                "interviews.saturation",
                observed=row["observed"],
                n=row["interviews"],
                estimate=row["estimate"],
                low=row["ci_low"],
                high=row["ci_high"],
                confidence=row["confidence"],
                coverage=row["coverage"],
                ahead=row["ahead"],
                gained=row["gained"],
            )
        reason = RichnessReason(row["reason"])
        if np.isnan(row["estimate"]):
            return Message("interviews.saturation_unknown", observed=row["observed"], reason=reason)
        return Message(
            "interviews.saturation_all",
            observed=row["observed"],
            n=row["interviews"],
            coverage=row["coverage"],
            reason=reason,
        )

    def estimates(self, *, language: str = "en") -> Table:
        """Return the estimated number of codes as a table."""
        return Table(
            frame=self.richness,
            columns=self.columns,
            topic="interviews",
            caption=Message("interviews.richness_caption"),
            language=language,
        )

    def way(self) -> Message:
        """Say how the curve was made."""
        return Message("interviews.way", method=Method(self.method))

    @drawing
    def plot(self, ax: Axes | None = None, *, language: str = "en", **look: Unpack[Look]) -> Axes:
        """Draw the codes seen so far, the expected curve and its band over the orders of
        interviews."""
        row, last = self.richness.iloc[0], self.frame["new"].iloc[-_LAST:]
        ax = figures.saturation(
            self.frame,
            estimate=row["estimate"],
            finding=Message(
                "interviews.saturation_title",
                observed=row["observed"],
                new=last.sum(),
                last=len(last),
            ),
            measured=Message(
                "interviews.saturation_measured",
                confidence=row["confidence"],
                n=row["interviews"],
            ),
            language=language,
            ax=ax,
        )
        return self.with_numbers(
            ax,
            self.frame,
            [Message("interviews.figure_interviews", n=n) for n in self.frame["interviews"]],
            "cumulative",
            "expected",
            ends={"expected": ("ci_low", "ci_high")},
            n=None,
            language=language,
        )


@check.arguments
@needs_codings(Saturation)
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
        From `read` or `read_corpus`.
    rule : {"majority", "any", "all"} or the name of a coder
        Where a code counts in an interview; see `prevalence`.
    order : str, optional
        Column of the cases by which interviews are in order (a date); file names where None.
    ahead, resamples, confidence, seed
        As in `accumulate`.

    Returns
    -------
    Saturation
        As `accumulate`, `document` being the file name of the interview.

    Raises
    ------
    ColumnError
        If `order` is no column of the cases.
    ParameterError
        If `rule` is neither a rule nor a coder, `ahead` or `resamples` is below 1, or `confidence`
        does not lie between 0 and 1.
    EmptyDataError
        If no interview with units was opened by a coder.

    Notes
    -----
    See `accumulate`.
    """
    grid = counts.grid(corpus)
    base = grid.base(rule)
    incidence = grid.in_documents(grid.presence(rule))[base]
    documents = np.asarray(grid.documents, object)[base]
    warnings: tuple[Message, ...] = ()
    if order is not None:
        place, unknown, found_order = _places(corpus, documents, order)
        incidence, documents = incidence[place], documents[place]
        if not found_order.known:
            names = list(found_order.unread)
            warnings = (Message("interviews.warn_order_not_known", order=order, names=names),)
        if unknown:
            missing = Message("interviews.warn_no_order", n=unknown, order=order)
            warnings = (*warnings, missing)
    found = accumulate(
        incidence,
        documents=documents,
        ahead=ahead,
        resamples=resamples,
        confidence=confidence,
        seed=seed,
    )
    return replace(found, warnings=(*warnings, *found.warnings))


def _places(corpus: Corpus, documents: NDArray, order: str) -> tuple[NDArray, int, Waves]:
    """Return the order of interviews by a column of the cases, how many have no value there, and
    what is known of that order in time."""
    check.columns(list(corpus.cases.columns), order=order)
    when = corpus.cases.set_index("document", drop=False).loc[list(documents), order]
    found = order_waves(when)
    # where the order is not known: "interview 2" before "interview 10"
    values = found.values if found.known else natural_order(when)
    rank = {value: place for place, value in enumerate(values)}
    when = when.replace(found.spellings)
    places = [rank.get(value, len(rank)) for value in when]
    return np.argsort(places, kind="stable"), places.count(len(rank)), found


@check.arguments
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
    documents : array_like, shape (interviews,), optional
        Names of the interviews; their numbers from 1 where None.
    ahead : int
        How many more interviews to look ahead.
    resamples : int
        Permuted orders for the band.
    confidence : float
        Level of the band and of the interval of the richness.
    seed : int
        Same seed, same band.

    Returns
    -------
    Saturation
        One row an interview: `document`, `interviews` so far, `new` codes, `cumulative`, `expected`
        (over all orders) with its band. `richness` has one row: Chao2's `estimate` with `se` and
        limits, `coverage`, and the codes `gained` by `ahead` more interviews.

    Raises
    ------
    EmptyDataError
        If there is no interview.
    ParameterError
        If `ahead` or `resamples` is below 1, or `confidence` does not lie between 0 and 1.

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
    names = map(str, range(1, n + 1)) if documents is None else np.asarray(documents, object)
    cumulative = np.logical_or.accumulate(seen, axis=0).sum(axis=1)
    low, high = richness.band(seen, resamples=resamples, confidence=level, seed=seed)
    frame = pd.DataFrame(
        {
            "document": list(names),
            "interviews": np.arange(1, n + 1),
            "new": np.diff(cumulative, prepend=0),
            "cumulative": cumulative,
            "expected": richness.rarefaction(seen.sum(axis=0), n),
            "ci_low": low,
            "ci_high": high,
            "confidence": level,
            "method": Method.RAREFACTION.value,
        }
    )
    row = _richness(seen.sum(axis=0), n, ahead=ahead, confidence=level)
    return Saturation(
        frame=frame,
        method=Method.RAREFACTION,
        warnings=_warnings(row["coverage"]),
        richness=pd.DataFrame([row]),
    )


def _warnings(coverage: float) -> tuple[Message, ...]:
    later = Message("interviews.warn_codes_later")
    if coverage < 0.9:
        return Message("interviews.warn_coverage", coverage=coverage), later
    return (later,)


def _richness(per_code: NDArray, n: int, *, ahead: int, confidence: float) -> dict[str, Any]:
    observed, once, twice = (
        int((per_code > 0).sum()),
        int((per_code == 1).sum()),
        int((per_code == 2).sum()),
    )
    row = {
        "interviews": n,
        "observed": observed,
        "once": once,
        "twice": twice,
        **dict.fromkeys(("estimate", "se", "ci_low", "ci_high", "coverage"), np.nan),
        "ahead": ahead,
        "gained": np.nan,
        "confidence": confidence,
        "reason": _unknown(n, observed, once),
        "method": Method.CHAO2.value,
    }
    if row["reason"]:
        return row
    estimate, variance = richness.chao2(observed, once, twice, n=n)
    low, high = richness.chao2_limits(observed, estimate, variance, confidence=confidence)
    return row | {
        "estimate": estimate,
        "se": float(np.sqrt(variance)),
        "ci_low": low,
        "ci_high": high,
        "coverage": richness.coverage(per_code.sum(), once, twice, n=n),
        "gained": richness.gain(estimate - observed, once, n=n, ahead=ahead),
        "reason": "" if estimate > observed else RichnessReason.NO_RARE.value,
        "method": Method.CHAO2.value if twice else Method.CHAO2_CORRECTED.value,
    }


def _unknown(n: int, observed: int, once: int) -> str:
    """Return why nothing can be estimated, or nothing."""
    if n < 2:
        return RichnessReason.ONE_INTERVIEW.value
    if not observed:
        return RichnessReason.NO_CODES.value
    return RichnessReason.ALL_ONCE.value if once == observed else ""
