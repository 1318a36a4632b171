"""A corpus -> how far coders agree beyond chance: on all codes as sets, and on each code, theme or
kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Unpack

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.interviews import counts, figures
from cxlib.interviews.absence import needs_coders
from cxlib.interviews.alpha import (
    RELIABLE,
    TENTATIVE,
    Alpha,
    Judgement,
    krippendorff_alpha,
)
from cxlib.interviews.code_names import CodeNames
from cxlib.interviews.corpus import Corpus
from cxlib.interviews.decisions import settled_of
from cxlib.interviews.intervals import AlphaReason, Interval, check_interval, reason_of, way
from cxlib.interviews.methods import Method
from cxlib.interviews.naming import in_quotes
from cxlib.interviews.presences import groups, presence, set_counts, share_present
from cxlib.interviews.units import UnitKind
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BY = ("code", "theme", "kind")
# In fewer interviews the jackknife of a code's alpha held the truth in 87 to 92 % instead of 95 %;
# the percentile bootstrap is too narrow below some 40 (benchmarks/bench_agreement_coverage.py)
_RARE, _FEW_FOR_BOOTSTRAP = 5, 40
_FEWEST = 3  # interviews; of two the interval is one difference
_OF_FEW = "interviews.warn_fewest_interviews"
_SUMMARY = {
    "code": "interviews.agreement_code",
    "theme": "interviews.agreement_theme",
    "kind": "interviews.agreement_kind",
}
_TITLE = {
    "code": "interviews.agreement_title_code",
    "theme": "interviews.agreement_title_theme",
    "kind": "interviews.agreement_title_kind",
}
_CAPTION = {
    "code": "interviews.agreement_caption_code",
    "theme": "interviews.agreement_caption_theme",
    "kind": "interviews.agreement_caption_kind",
}
_ALL = {
    "code": "interviews.all_code",
    "theme": "interviews.all_theme",
    "kind": "interviews.all_kind",
}
_WHOLE = {
    "code": "interviews.agreement_all_code",
    "theme": "interviews.agreement_all_theme",
    "kind": "interviews.agreement_all_kind",
}
_NO_GROUP = {
    "code": AlphaReason.NO_CODE,
    "theme": AlphaReason.NO_THEME,
    "kind": AlphaReason.NO_KIND,
}
_METHODS = {
    "masi": Method.KRIPPENDORFF_MASI,
    "nominal": Method.KRIPPENDORFF_NOMINAL,
    "ordinal": Method.KRIPPENDORFF_ORDINAL,
    "interval": Method.KRIPPENDORFF_INTERVAL,
    "ratio": Method.KRIPPENDORFF_RATIO,
}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Agreement(Result):
    """Agreement per code (or theme, or kind); the first row, which names none, is the agreement on
    all of them as sets.

    `frame` has `code` (or `theme`, `kind`), `n_units` (units), `n_interviews`, `coders`, `alpha`,
    `ci_low`, `ci_high`, `confidence`, `prevalence` (share of the coders' decisions that are
    "present"), `judgement`, `reason` (why a value or an interval is missing), `undefined` (share of
    the resamples, or of the interviews to leave out, that have no value), `interval` (how it was
    made), `method`. `settled` has how many disagreements on each are settled, and how many there
    are; `names` what codes are called in each language."""

    by: str = "code"
    unit: UnitKind = UnitKind.TURN
    settled: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    names: CodeNames = field(default_factory=CodeNames)

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("code", "theme", "kind"), ""),
        **dict.fromkeys(("n_units", "n_interviews", "coders"), "integer"),
        "alpha": "decimal3",
        **limits("decimal2"),
        "confidence": "level",
        "prevalence": "percent",
        "judgement": Judgement,
        "reason": AlphaReason,
        "undefined": "percent",
        "interval": Interval,
        "method": Method,
    }

    def summary(self, language: str = "en") -> str:
        """Say the overall agreement, and how many codes are reliable, tentative, below, or cannot
        be judged."""
        return self._sentence().text(language)

    def _sentence(self) -> Message:
        overall, rows = self.frame.iloc[0], self.frame.iloc[1:]
        if np.isnan(overall["alpha"]):
            return Message("interviews.agreement_none", reason=reason_of(overall))
        return Message(
            _SUMMARY[self.by],
            alpha=overall["alpha"],
            interval=_interval(overall),
            coders=overall["coders"],
            unit=self.unit,
            units=overall["n_units"],
            kind=self.unit.of(overall["n_units"]),
            interviews=overall["n_interviews"],
            judgement=Judgement(overall["judgement"]),
            n=len(rows),
            reliable=int((rows["judgement"] == Judgement.RELIABLE).sum()),
            tentative=int((rows["judgement"] == Judgement.TENTATIVE).sum()),
            below=int((rows["judgement"] == Judgement.NOT_RELIABLE).sum()),
            unknown=int((rows["judgement"] == Judgement.UNKNOWN).sum()),
        )

    def caution(self, language: str = "en") -> str:
        """Say which codes are not to be counted yet, and on which all was settled."""
        rows = self.frame.iloc[1:]
        few = [message for message in self.warnings if message.key == _OF_FEW]
        if rows["alpha"].isna().all():
            said = [Message("interviews.agreement_caution_unknown")]
        else:
            said = self._low() or [Message("interviews.agreement_caution_none")]
        return Sentences((*said, *few)).text(language)

    def _low(self) -> list[Message]:
        """Say on which codes coders do not agree."""
        rows = self.frame.iloc[1:]
        low = list(rows.loc[rows["judgement"] == Judgement.NOT_RELIABLE, self.by])
        counted = {name: self.settled.get(name, (0, 1)) for name in low}
        done = [name for name, (settled, n) in counted.items() if settled == n]
        still = [name for name in low if name not in done]
        shown = partial(self.names.column, self.by)
        codes = in_quotes(shown(still))
        said = [Message("interviews.agreement_caution", codes=codes)] if still else []
        if done:
            n = sum(counted[name][1] for name in done)
            told = {"codes": in_quotes(shown(done)), "many": len(done), "settled": n, "n": n}
            said.append(Message("interviews.agreement_caution_settled", **told))
        return said

    def way(self) -> Message:
        """Say how agreement was measured."""
        return way(self.method, self.frame)

    def caption(self) -> Message:
        """Say what the table shows."""
        return Message(_CAPTION[self.by])

    def said_size(self, place: int) -> Message:
        """Say on how many units, and interviews, a row rests."""
        units, interviews = self.frame[["n_units", "n_interviews"]].iloc[place]
        kind = self.unit.of(units)
        return Message("interviews.size", units=units, kind=kind, interviews=interviews)

    def row_caption(self, place: int) -> Message:
        """Say what a row is about: the first is about all codes."""
        return self.caption() if place else Message(_WHOLE[self.by])

    @property
    def shown_cells(self) -> Mapping[str, Sequence[Any]]:
        """The name of all codes together, and the reasons with their numbers."""
        names = self.names.column(self.by, self.frame[self.by].iloc[1:])
        reasons = [reason_of(row) for _, row in self.frame.iterrows()]
        return {
            **self.names.cells(self.frame),
            self.by: [Message(_ALL[self.by]), *names],
            "reason": reasons,
        }

    @drawing
    def plot(self, ax: Axes | None = None, *, language: str = "en", **look: Unpack[Look]) -> Axes:
        """Draw alpha with its interval for each code, and Krippendorff's two limits."""
        rows = self.frame.iloc[1:].dropna(subset=["alpha"]).sort_values("alpha", kind="stable")
        if rows.empty:
            return figures.blank(self._sentence(), language=language, ax=ax)
        rows = rows.assign(**{self.by: self.names.written(self.by, rows[self.by], language)})
        good = int((rows["judgement"] == Judgement.RELIABLE).sum())
        ax = figures.agreement(
            rows,
            label=self.by,
            limits=(TENTATIVE, RELIABLE),
            finding=Message(_TITLE[self.by], good=good, n=len(rows)),
            measured=self._measured(),
            language=language,
            ax=ax,
        )
        return self.with_numbers(ax, rows, rows[self.by], "alpha", language=language)

    def _measured(self) -> Message:
        first = self.frame.iloc[0]
        if not first["interval"]:
            return Message("interviews.agreement_measured_alone", unit=self.unit)
        return Message(
            "interviews.agreement_measured",
            unit=self.unit,
            confidence=float(first["confidence"]),
            interval=Interval(first["interval"]),
        )


@check.arguments
@needs_coders(Agreement)
def agreement(
    corpus: Corpus,
    *,
    by: str = "code",
    level: str = "nominal",
    interval: str | None = Interval.JACKKNIFE.value,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 1,
) -> Agreement:
    """Estimate how far coders agree on each code, beyond chance.

    Use it before anything is counted: a code on which coders do not agree is not yet a finding. A
    unit is a unit, its value is present or absent; an interview that a coder never opened is
    missing, not absent.

    Parameters
    ----------
    corpus : Corpus
        From `read` or `read_corpus`.
    by : {"code", "theme", "kind"}
        What is present or absent; a theme is present where one of its codes is.
    level : {"nominal", "ordinal", "interval", "ratio"}
        Distance of present and absent; with two values all four give the same alpha.
    interval : {"jackknife", "bootstrap"} or None
        Leave out one interview (cluster) at a time, resample them, or give no interval: units of
        one interview are not independent.
    resamples : int
        Of the bootstrap, 0 for no interval.
    confidence : float
        Level of the intervals.
    seed : int
        Of the bootstrap: same seed, same intervals.

    Returns
    -------
    Agreement
        Row 0: all codes of a unit as one set, distance MASI (Passonneau 2006). A row whose codes
        nobody used keeps its place, with alpha missing and the reason.

    Raises
    ------
    ParameterError
        If `by`, `level` or `interval` is unknown, or `confidence` does not lie between 0 and 1.
    EmptyDataError
        If no interview with units was opened by a coder.

    Notes
    -----
    See `krippendorff_alpha`. Judgement by Krippendorff (2004, p. 241): from .800 reliable, from
    .667 tentative. The jackknife is of log(1 - alpha) with Student's t, interviews less one degrees
    of freedom. It has no interval where a code, or all that coders differ about, lies in a single
    interview, or where they never differ: what others might show cannot be known. The bootstrap has
    none where more than 5 % of the resamples have no value, and is too narrow where interviews are
    few. `tests/benchmarks/bench_agreement_coverage.py` shows how often each holds the truth."""
    check.one_of("by", by, BY)
    check.one_of("level", level, ("nominal", "ordinal", "interval", "ratio"))
    check_interval(interval, resamples=resamples, confidence=confidence)
    grid = counts.grid(corpus)
    names, applied = groups(grid, corpus.codes, by)
    estimate = partial(
        krippendorff_alpha,
        cluster=grid.document,
        interval=interval,
        resamples=resamples,
        confidence=confidence,
        seed=seed,
    )
    overall = estimate(set_counts(applied, grid.opened), level="masi")
    if not names:
        overall = replace(overall, reason=_NO_GROUP[by])
    called = CodeNames.of(corpus.codebook)
    rows = [{**alpha_row(overall, grid, "masi", confidence), by: None}]
    for position, name in enumerate(names):
        units = presence(applied[:, :, position], grid.opened)
        row = alpha_row(estimate(units, level=level), grid, level, confidence)
        rows.append({**row, by: name, "prevalence": share_present(units)})
    frame = pd.DataFrame(rows).assign(interval=interval or "")
    return Agreement(
        frame=_about(frame, corpus.codebook, by),
        method=Method.KRIPPENDORFF_MASI,
        warnings=(
            *_warnings(grid, frame, by, corpus.kind, called),
            *_of_intervals(grid, applied, frame, by, called),
        ),
        by=by,
        unit=corpus.kind,
        settled=settled_of(grid, corpus.codes["name" if by == "code" else by]),
        names=called,
    )


def _about(frame: pd.DataFrame, codebook: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return the frame with its columns in order; a code with its theme and kind."""
    order = [by, *Agreement.columns]
    if by == "code":
        book = codebook.drop_duplicates("name").set_index("name")
        frame = frame.assign(
            **{name: frame["code"].map(book[name]).fillna("") for name in ("theme", "kind")}
        )
    return frame[list(dict.fromkeys(name for name in order if name in frame.columns))]


def _warnings(
    grid: counts.Grid, rows: pd.DataFrame, by: str, unit: UnitKind, called: CodeNames
) -> tuple[Message, ...]:
    said = []
    coders = grid.in_documents(grid.opened).sum(axis=1)
    alone = [name for name, n in zip(grid.documents, coders, strict=True) if n < 2]
    if alone:
        said.append(Message("interviews.warn_alone", n=len(alone), documents=alone))
    of_name = rows.iloc[1:]
    low = of_name.loc[of_name["judgement"] == Judgement.NOT_RELIABLE, by]
    if len(low):
        said.append(Message("interviews.warn_low", codes=in_quotes(called.column(by, low))))
    read = of_name["n_units"] > 0
    unknown = of_name.loc[read & (of_name["judgement"] == Judgement.UNKNOWN), by]
    if len(unknown):
        codes = in_quotes(called.column(by, unknown))
        said.append(Message("interviews.warn_unjudged", codes=codes, many=unit.many))
    return tuple(said)


def _of_intervals(
    grid: counts.Grid, applied: NDArray, rows: pd.DataFrame, by: str, called: CodeNames
) -> tuple[Message, ...]:
    """Say where intervals are narrower than their level says."""
    interviews = rows["n_interviews"].iloc[0]
    if interviews < _FEWEST and rows["ci_low"].notna().any():
        return (Message(_OF_FEW, n=interviews),)
    if rows["interval"].iloc[0] == Interval.BOOTSTRAP and 1 < interviews < _FEW_FOR_BOOTSTRAP:
        return (Message("interviews.warn_few_interviews", n=interviews),)
    shared = grid.opened.sum(axis=1) >= 2
    there = grid.in_documents(applied.any(axis=1) & shared[:, None]).sum(axis=0)
    narrow = rows.iloc[1:].loc[rows.iloc[1:]["ci_low"].notna().to_numpy() & (there < _RARE), by]
    if narrow.empty:
        return ()
    codes = in_quotes(called.column(by, narrow))
    return (Message("interviews.warn_rare", codes=codes, n=len(narrow), limit=_RARE),)


def alpha_row(found: Alpha, grid: counts.Grid, level: str, confidence: float) -> dict[str, Any]:
    """Return an alpha as a row of a result."""
    shared = grid.opened.sum(axis=1) >= 2
    return {
        "n_units": found.n_units,
        "n_interviews": found.n_clusters,
        "coders": int(grid.opened[shared].any(axis=0).sum()),
        "alpha": found.value,
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
        "confidence": confidence,
        "prevalence": np.nan,
        "judgement": found.judgement.value,
        "reason": found.reason.value if found.reason else "",
        "undefined": found.undefined,
        "method": _METHODS[level].value,
    }


def _interval(row: pd.Series) -> Message:
    if np.isnan(row["ci_low"]):
        return Message("interviews.no_interval")
    return Message(
        "interviews.interval",
        confidence=row["confidence"],
        low=row["ci_low"],
        high=row["ci_high"],
    )
