"""A corpus -> the coefficients of agreement that reviewers ask for beside alpha, on each code and
on whether a unit has any code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.interviews import counts
from cxlib.interviews.absence import needs_coders
from cxlib.interviews.agreement import BY
from cxlib.interviews.alpha import krippendorff_alpha
from cxlib.interviews.chance_corrected import Coefficient, coefficient, cohen_kappa
from cxlib.interviews.code_names import CodeNames
from cxlib.interviews.corpus import Corpus
from cxlib.interviews.intervals import AlphaReason, Interval, check_interval, reason_of, way
from cxlib.interviews.methods import Method
from cxlib.interviews.naming import in_quotes
from cxlib.interviews.presences import groups, presence, share_present
from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.table import Format, Table
from cxlib.shown.vocabulary import limits

_OFTEN, _LOW = 0.80, 0.667  # of percent agreement; of kappa, below which it is called low
_RARE = 0.10  # share of "present" below which (or above its opposite) AC1 and BP lean upward


class Measure(StrEnum):
    """A coefficient of agreement, by the name that reviewers give it."""

    ALPHA = "alpha"
    PERCENT = "percent"
    KAPPA = "kappa"
    AC1 = "ac1"
    BRENNAN_PREDIGER = "brennan_prediger"
    FLEISS = "fleiss"


_METHODS = {
    Measure.ALPHA: Method.KRIPPENDORFF_NOMINAL,
    Measure.PERCENT: Method.PERCENT_AGREEMENT,
    Measure.KAPPA: Method.COHEN_KAPPA,
    Measure.AC1: Method.GWET_AC1,
    Measure.BRENNAN_PREDIGER: Method.BRENNAN_PREDIGER,
    Measure.FLEISS: Method.FLEISS_KAPPA,
}
_ANY = {
    "code": "interviews.any_code",
    "theme": "interviews.any_theme",
    "kind": "interviews.any_kind",
}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Coefficients(Result):
    """Coefficients of agreement: first whether a unit has any code at all, then each code (or
    theme, or kind), one row a measure.

    `frame` has `code` (or `theme`, `kind`; none in the first rows), `measure`, `n_units` (units
    that two coders read), `n_interviews`, `coders`, `value`, `ci_low`, `ci_high`, `confidence`,
    `prevalence`, `reason` (why a value or an interval is missing), `undefined`, `interval`,
    `method`."""

    by: str = "code"
    names: CodeNames = field(default_factory=CodeNames)

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("code", "theme", "kind"), ""),
        "measure": Measure,
        **dict.fromkeys(("n_units", "n_interviews", "coders"), "integer"),
        "value": "decimal3",
        **limits("decimal2"),
        "confidence": "level",
        "prevalence": "percent",
        "reason": AlphaReason,
        "undefined": "percent",
        "interval": Interval,
        "method": Method,
    }
    shows: ClassVar[Message] = Message("interviews.coefficients_caption")

    def summary(self, language: str = "en") -> str:
        """Say how far coders agree, by each measure, on whether a unit has any code."""
        return self._sentence().text(language)

    def _sentence(self) -> Message:
        first = self.frame[self.frame[self.by].isna()]
        known = first.dropna(subset=["value"])
        if known.empty:
            return Message("interviews.agreement_none", reason=reason_of(first.iloc[0]))
        parts = [
            Message(
                "interviews.coefficient_part", measure=Measure(row["measure"]), value=row["value"]
            )
            for _, row in known.iterrows()
        ]
        return Message("interviews.coefficients", any=Message(_ANY[self.by]), parts=parts)

    def way(self) -> Message:
        """Say how the first of the measures was made."""
        return way(self.method, self.frame)

    @property
    def shown_cells(self) -> Mapping[str, Sequence[Any]]:
        """The name of any code, and the reasons with their numbers."""
        names = self._names(self.frame[self.by])
        return {self.by: names, "reason": [reason_of(row) for _, row in self.frame.iterrows()]}

    def _names(self, column: pd.Series) -> list[Any]:
        """The names of codes, or kinds, as they are shown; where there is none, of any code."""
        shown = self.names.column(self.by, column)
        return [
            Message(_ANY[self.by]) if pd.isna(name) else of
            for name, of in zip(column, shown, strict=True)
        ]

    def crosstab(self, *, language: str = "en") -> Table:
        """Return one row a code and one column a measure: the values."""
        order = list(dict.fromkeys(self.frame["measure"]))
        names = self.frame[self.by].fillna("")
        wide = self.frame.assign(**{self.by: names}).pivot(
            index=self.by, columns="measure", values="value"
        )
        wide = wide.loc[list(dict.fromkeys(names)), order].reset_index()
        wide.columns = pd.Index([self.by, *(Measure(name).value for name in order)])
        return Table(
            frame=wide,
            columns={**self.columns, **dict.fromkeys(Measure, "decimal3")},
            topic="interviews",
            caption=self.caption(),
            language=language,
            cells={self.by: self._names(wide[self.by].where(wide[self.by] != "", None))},
        )


@check.arguments
@needs_coders(Coefficients)
def coefficients(
    corpus: Corpus,
    *,
    by: str = "code",
    measures: Sequence[str] = tuple(Measure),
    coders: Sequence[str] | None = None,
    interval: str | None = Interval.JACKKNIFE.value,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 1,
) -> Coefficients:
    """Estimate agreement by the coefficients that reviewers ask for, beside Krippendorff's alpha.

    Use it to answer a reviewer; `agreement` is the study's own measure. Each coefficient has its
    own fault, which the result's warnings say of the codes that it touches.

    Parameters
    ----------
    corpus : Corpus
        From `read` or `read_corpus`.
    by : {"code", "theme", "kind"}
        What is present or absent on a unit; the first rows are whether any of them is.
    measures : sequence of {"alpha", "percent", "kappa", "ac1", "brennan_prediger", "fleiss"}
        Which, in this order.
    coders : sequence of str, optional
        Those who are compared, all where None. Cohen's kappa is of two.
    interval, resamples, confidence, seed
        As in `agreement`.

    Returns
    -------
    Coefficients
        One row a code and measure, of the units that at least two of the coders read.

    Raises
    ------
    ParameterError
        If `by`, a measure, a coder or `interval` is unknown, or `confidence` does not lie between 0
        and 1.
    EmptyDataError
        If no interview with units was opened by a coder.

    Notes
    -----
    See `coefficient`, `cohen_kappa` and `krippendorff_alpha`; there are two values, present and
    absent, whether both were used or not. Intervals leave out (or resample) whole interviews. R
    irrCAC's standard errors and intervals take units as independent, and are not offered; neither
    are Conger's and Light's kappa nor weighted forms.
    """
    check.one_of("by", by, BY)
    for measure in measures:
        check.one_of("measures", measure, [each.value for each in Measure])
    if not measures:
        raise ParameterError(
            f"measures={measures!r} names none; name one or more of {', '.join(Measure)}"
        )
    check_interval(interval, resamples=resamples, confidence=confidence)
    grid = counts.grid(corpus)
    who = _positions(grid, coders)
    names, applied = groups(grid, corpus.codebook, by)
    shared = grid.opened[:, who].sum(axis=1) >= 2
    applied, opened = applied[:, who][shared], grid.opened[:, who][shared]
    how = {
        "cluster": grid.document[shared],
        "interval": interval,
        "resamples": resamples,
        "confidence": confidence,
        "seed": seed,
    }
    rows = []
    each: list[tuple[str | None, NDArray]] = [(None, applied.any(axis=2))]
    each += zip(names, np.moveaxis(applied, 2, 0), strict=True)
    for name, given in each:
        rows += [
            {by: name, **_row(each_measure, given, opened, how)}
            for each_measure in map(Measure, dict.fromkeys(measures))
        ]
    called = CodeNames.of(corpus.codebook)
    frame = pd.DataFrame(rows, columns=[by, *list(Coefficients.columns)[3:]])
    return Coefficients(
        frame=frame,
        method=_METHODS[Measure(measures[0])],
        warnings=_warnings(frame, opened, by, partial(called.column, by)),
        by=by,
        names=called,
    )


def _positions(grid: counts.Grid, coders: Sequence[str] | None) -> list[int]:
    if coders is None:
        return list(range(len(grid.coders)))
    for name in coders:
        check.one_of("coders", name, grid.coders)
    if len(set(coders)) < 2:
        raise ParameterError(
            f"coders={list(coders)!r} names fewer than two; agreement is of two coders or more"
        )
    return [grid.coders.index(name) for name in dict.fromkeys(coders)]


def _row(
    measure: Measure, given: NDArray, opened: NDArray, how: Mapping[str, Any]
) -> dict[str, Any]:
    units = presence(given, opened)
    found: Any
    if not len(units):
        found = Coefficient(reason=AlphaReason.NO_PAIRS)
    elif measure is Measure.ALPHA:
        found = krippendorff_alpha(units, **how)
    elif measure is Measure.KAPPA:
        found = _kappa(given, opened, how)
    else:
        found = coefficient(units, measure=measure.value, values=2, **how)
    return {
        "measure": measure.value,
        "n_units": found.n_units,
        "n_interviews": found.n_clusters,
        "coders": int(opened.any(axis=0).sum()),
        "value": found.value,
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
        "confidence": how["confidence"],
        "prevalence": share_present(units),
        "reason": found.reason.value if found.reason else "",
        "undefined": found.undefined,
        "interval": how["interval"] or "",
        "method": _METHODS[measure].value,
    }


def _kappa(given: NDArray, opened: NDArray, how: Mapping[str, Any]) -> Coefficient:
    readers = np.flatnonzero(opened.any(axis=0))
    if len(readers) != 2:
        return Coefficient(reason=AlphaReason.TWO_CODERS)
    return cohen_kappa(pd.DataFrame(given[:, readers]), **how)


def _warnings(
    frame: pd.DataFrame, opened: NDArray, by: str, called: Callable[[Iterable[str]], list[Any]]
) -> tuple[Message, ...]:
    """Say the fault of each measure, of the codes that it touches."""
    if frame["value"].isna().all():
        return ()
    wide = frame.dropna(subset=[by]).pivot(index=by, columns="measure", values="value")
    there = set(frame["measure"])
    said = [Message("interviews.warn_percent")] if Measure.PERCENT in there else []
    if Measure.KAPPA in there and (readers := int(opened.any(axis=0).sum())) > 2:
        said.append(Message("interviews.warn_kappa_of_two", n=readers))
    rare = frame.dropna(subset=[by]).drop_duplicates(by).set_index(by)["prevalence"]
    rare = rare[np.minimum(rare, 1 - rare) < _RARE].index
    paradox = partial(_paradox, wide, there)
    for measure, key in (
        (Measure.KAPPA, "interviews.warn_paradox_kappa"),
        (Measure.FLEISS, "interviews.warn_paradox_fleiss"),
    ):
        if len(codes := paradox(measure)):
            said.append(Message(key, codes=in_quotes(called(codes))))
    for measure, key in (
        (Measure.AC1, "interviews.warn_upward_ac1"),
        (Measure.BRENNAN_PREDIGER, "interviews.warn_upward_brennan_prediger"),
    ):
        if measure in there and len(rare):
            said.append(Message(key, codes=in_quotes(called(rare))))
    if Measure.FLEISS in there and len(set(opened.sum(axis=1))) > 1:
        said.append(Message("interviews.warn_unequal"))
    return tuple(said)


def _paradox(wide: pd.DataFrame, there: set[str], measure: Measure) -> pd.Index:
    """The codes on which coders nearly always agree while the coefficient is low."""
    if measure not in there or Measure.PERCENT not in there:
        return wide.index[:0]
    return wide.index[(wide[Measure.PERCENT] >= _OFTEN) & (wide[measure] < _LOW)]
