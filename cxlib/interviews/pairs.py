"""A corpus -> how far each pair of coders agrees."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from cxlib import check
from cxlib.interviews import counts
from cxlib.interviews.absence import needs_coders
from cxlib.interviews.agreement import Agreement, alpha_row
from cxlib.interviews.alpha import krippendorff_alpha
from cxlib.interviews.corpus import Corpus
from cxlib.interviews.intervals import Interval, check_interval, reason_of
from cxlib.interviews.methods import Method
from cxlib.interviews.presences import set_counts
from cxlib.interviews.units import UnitKind
from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.table import Format

_OF_ALPHA = (
    "n_units",
    "n_interviews",
    "alpha",
    "ci_low",
    "ci_high",
    "confidence",
    "judgement",
    "reason",
    "undefined",
    "interval",
    "method",
)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Pairs(Result):
    """Agreement of each pair of coders on the set of codes of a unit."""

    unit: UnitKind = UnitKind.TURN

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("coder_a", "coder_b"), ""),
        **{name: Agreement.columns[name] for name in _OF_ALPHA},
    }

    def caption(self) -> Message:
        """Say what the table shows."""
        return Message("interviews.pairs_caption", unit=self.unit)

    def summary(self, language: str = "en") -> str:
        """Say which two coders agree least and which most."""
        return self._sentence().text(language)

    def _sentence(self) -> Message:
        known = self.frame.dropna(subset=["alpha"])
        if known.empty:
            read = self.frame[self.frame["n_units"] > 0]
            reasons = list(dict.fromkeys(reason_of(row) for _, row in read.iterrows()))
            if not reasons:
                return Message("interviews.pairs_none")
            return Message("interviews.pairs_unknown", reasons=reasons)
        low, high = known.loc[known["alpha"].idxmin()], known.loc[known["alpha"].idxmax()]
        one = {"low_a": low["coder_a"], "low_b": low["coder_b"], "low": low["alpha"]}
        if len(known) == 1:
            return Message("interviews.pairs_one", **one)
        return Message(
            "interviews.pairs",
            **one,
            high_a=high["coder_a"],
            high_b=high["coder_b"],
            high=high["alpha"],
        )


@check.arguments
@needs_coders(Pairs)
def pairs(
    corpus: Corpus,
    *,
    interval: str | None = Interval.JACKKNIFE.value,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 1,
) -> Pairs:
    """Estimate the agreement of each pair of coders: who reads the interviews unlike the others?

    Parameters
    ----------
    corpus : Corpus
        From `read` or `read_corpus`.
    interval, resamples, confidence, seed
        As in `agreement`.

    Returns
    -------
    Pairs
        One row a pair: `coder_a, coder_b, n_units, n_interviews, alpha, ci_low, ci_high,
        confidence, judgement, reason, undefined, interval, method`; sets of codes, distance MASI,
        intervals over interviews.

    Raises
    ------
    EmptyDataError
        If no interview with units was opened by a coder.
    ParameterError
        If `interval` is unknown or `confidence` does not lie between 0 and 1.
    """
    check_interval(interval, resamples=resamples, confidence=confidence)
    grid = counts.grid(corpus)
    rows = []
    for pair in itertools.combinations(range(len(grid.coders)), 2):
        found = krippendorff_alpha(
            set_counts(grid.applied[:, pair], grid.opened[:, pair]),
            level="masi",
            cluster=grid.document,
            interval=interval,
            resamples=resamples,
            confidence=confidence,
            seed=seed,
        )
        coders = {"coder_a": grid.coders[pair[0]], "coder_b": grid.coders[pair[1]]}
        rows.append(coders | alpha_row(found, grid, "masi", confidence))
    frame = pd.DataFrame(rows, columns=list(Pairs.columns)).assign(interval=interval or "")
    return Pairs(frame=frame, method=Method.KRIPPENDORFF_MASI, unit=corpus.kind)
