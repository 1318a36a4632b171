"""A corpus -> how far coders agree beyond chance: on all codes as sets, and on each code, theme or
kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.interviews import counts, figures
from cxlib.interviews.alpha import (
    RELIABLE,
    TENTATIVE,
    Alpha,
    AlphaReason,
    Judgement,
    krippendorff_alpha,
)
from cxlib.interviews.corpus import Corpus
from cxlib.interviews.methods import Method
from cxlib.interviews.naming import in_quotes
from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BY = ("code", "theme", "kind")
# below it the percentile interval of a cluster bootstrap is too narrow (Cameron et al. 2008)
_FEW_INTERVIEWS = 10
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

    `frame` has `code` (or `theme`, `kind`), `n_units` (turns), `n_interviews`, `coders`, `alpha`,
    `ci_low`, `ci_high`, `confidence`, `prevalence` (share of the coders' decisions that are
    "present"), `judgement`, `reason` (why a value or an interval is missing), `undefined` (share of
    the resamples that have no value), `method`."""

    by: str = "code"

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
            turns=overall["n_units"],
            interviews=overall["n_interviews"],
            judgement=Judgement(overall["judgement"]),
            n=len(rows),
            reliable=int((rows["judgement"] == Judgement.RELIABLE).sum()),
            tentative=int((rows["judgement"] == Judgement.TENTATIVE).sum()),
            below=int((rows["judgement"] == Judgement.NOT_RELIABLE).sum()),
            unknown=int((rows["judgement"] == Judgement.UNKNOWN).sum()),
        )

    def caution(self, language: str = "en") -> str:
        """Say which codes are not to be counted yet."""
        rows = self.frame.iloc[1:]
        low = rows.loc[rows["judgement"] == Judgement.NOT_RELIABLE, self.by]
        if rows["alpha"].isna().all():
            return Message("interviews.agreement_caution_unknown").text(language)
        if low.empty:
            return Message("interviews.agreement_caution_none").text(language)
        return Message("interviews.agreement_caution", codes=in_quotes(low)).text(language)

    def way(self) -> Message:
        """Say how agreement was measured."""
        return Message("interviews.way", method=Method(self.method))

    def caption(self) -> Message:
        """Say what the table shows."""
        return Message(_CAPTION[self.by])

    @property
    def shown_cells(self) -> Mapping[str, Sequence[Any]]:
        """The name of all codes together, and the reasons with their numbers."""
        names = [Message(_ALL[self.by]), *self.frame[self.by].iloc[1:]]
        return {self.by: names, "reason": [reason_of(row) for _, row in self.frame.iterrows()]}

    def plot(self, ax: Axes | None = None, *, language: str = "en") -> Axes:
        """Draw alpha with its interval for each code, and Krippendorff's two limits."""
        rows = self.frame.iloc[1:].dropna(subset=["alpha"]).sort_values("alpha", kind="stable")
        if rows.empty:
            return figures.blank(self._sentence(), language=language, ax=ax)
        good = int((rows["judgement"] == Judgement.RELIABLE).sum())
        return figures.agreement(
            rows,
            label=self.by,
            limits=(TENTATIVE, RELIABLE),
            finding=Message(_TITLE[self.by], good=good, n=len(rows)),
            measured=Message("interviews.agreement_measured", confidence=self._confidence()),
            language=language,
            ax=ax,
        )

    def _confidence(self) -> float:
        return float(self.frame["confidence"].iloc[0])


@check.arguments
def agreement(
    corpus: Corpus,
    *,
    by: str = "code",
    level: str = "nominal",
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 1,
) -> Agreement:
    """Estimate how far coders agree on each code, beyond chance.

    Use it before anything is counted: a code on which coders do not agree is not yet a finding. A
    unit is a turn, its value is present or absent; an interview that a coder never opened is
    missing, not absent.

    Parameters
    ----------
    corpus : Corpus
        From `read` or `read_corpus`.
    by : {"code", "theme", "kind"}
        What is present or absent; a theme is present where one of its codes is.
    level : {"nominal", "ordinal", "interval", "ratio"}
        Distance of present and absent; with two values all four give the same alpha.
    resamples : int
        Bootstrap resamples of interviews (clusters), 0 for none: turns of one interview are not
        independent.
    confidence : float
        Level of the percentile intervals.
    seed : int
        Same seed, same intervals.

    Returns
    -------
    Agreement
        Row 0: all codes of a turn as one set, distance MASI (Passonneau 2006). A row whose codes
        nobody used keeps its place, with alpha missing and the reason.

    Raises
    ------
    ParameterError
        If `by` or `level` is unknown, or `confidence` does not lie between 0 and 1.
    EmptyDataError
        If no interview with turns was opened by a coder.

    Notes
    -----
    See `krippendorff_alpha`. Judgement by Krippendorff (2004, p. 241): from .800 reliable, from
    .667 tentative. An interval is given where at most 5 % of the resamples have no value. With
    fewer than 10 interviews it is too narrow."""
    check.one_of("by", by, BY)
    check.one_of("level", level, ("nominal", "ordinal", "interval", "ratio"))
    check.confidence(confidence)
    grid = counts.grid(corpus)
    names, applied = _groups(grid, corpus.codebook, by)
    estimate = partial(
        krippendorff_alpha,
        cluster=grid.document,
        resamples=resamples,
        confidence=confidence,
        seed=seed,
    )
    overall = estimate(set_counts(applied, grid.opened), level="masi")
    if not names:
        overall = replace(overall, reason=_NO_GROUP[by])
    rows = [{**alpha_row(overall, grid, "masi", confidence), by: None}]
    for position, name in enumerate(names):
        units = _presence(applied[:, :, position], grid.opened)
        row = alpha_row(estimate(units, level=level), grid, level, confidence)
        rows.append({**row, by: name, "prevalence": _prevalence(units)})
    frame = pd.DataFrame(rows)
    return Agreement(
        frame=_about(frame, corpus.codebook, by),
        method=Method.KRIPPENDORFF_MASI,
        warnings=_warnings(grid, frame, by),
        by=by,
    )


def _groups(grid: counts.Grid, codebook: pd.DataFrame, by: str) -> tuple[list[str], NDArray]:
    if by == "code":
        return list(grid.codes), grid.applied
    names = [name for name in dict.fromkeys(codebook[by]) if name]
    if not names:
        return [], grid.applied[:, :, :0]
    groups = [np.flatnonzero(codebook[by].to_numpy() == name) for name in names]
    return names, np.stack([grid.applied[:, :, group].any(axis=2) for group in groups], axis=2)


def _presence(applied: NDArray, opened: NDArray) -> pd.DataFrame:
    """How many coders left each turn without the code, and gave it: (turns, coders) twice."""
    present = applied.sum(axis=1)
    return pd.DataFrame({0: opened.sum(axis=1) - present, 1: present})


def _prevalence(units: pd.DataFrame) -> float:
    """Share of "present" among the decisions on turns that two coders read."""
    shared = units[units.sum(axis=1) >= 2].sum()
    return shared[1] / shared.sum() if shared.sum() else np.nan


def _about(frame: pd.DataFrame, codebook: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return the frame with its columns in order; a code with its theme and kind."""
    order = [by, *Agreement.columns]
    if by == "code":
        book = codebook.drop_duplicates("name").set_index("name")
        frame = frame.assign(
            **{name: frame["code"].map(book[name]).fillna("") for name in ("theme", "kind")}
        )
    return frame[list(dict.fromkeys(name for name in order if name in frame.columns))]


def _warnings(grid: counts.Grid, rows: pd.DataFrame, by: str) -> tuple[Message, ...]:
    if len(grid.coders) < 2:
        return (Message("interviews.warn_one_coder", coder=grid.coders[0]),)
    said = []
    coders = grid.in_documents(grid.opened).sum(axis=1)
    alone = [name for name, n in zip(grid.documents, coders, strict=True) if n < 2]
    if alone:
        said.append(Message("interviews.warn_alone", n=len(alone), documents=alone))
    interviews = rows["n_interviews"].iloc[0]
    if 1 < interviews < _FEW_INTERVIEWS:
        said.append(Message("interviews.warn_few_interviews", n=interviews))
    groups = rows.iloc[1:]
    low = groups.loc[groups["judgement"] == Judgement.NOT_RELIABLE, by]
    if len(low):
        said.append(Message("interviews.warn_low", codes=in_quotes(low)))
    read = groups["n_units"] > 0
    unknown = groups.loc[read & (groups["judgement"] == Judgement.UNKNOWN), by]
    if len(unknown):
        said.append(Message("interviews.warn_unjudged", codes=in_quotes(unknown)))
    return tuple(said)


def set_counts(applied: NDArray, opened: NDArray) -> pd.DataFrame:
    """How many coders gave each turn each set of codes; columns are frozensets of positions of
    codes."""
    packed = np.packbits(applied, axis=2)
    sets, which = np.unique(packed[opened], axis=0, return_inverse=True)
    table = np.zeros((len(opened), len(sets)), np.int16)
    np.add.at(table, (np.nonzero(opened)[0], which.ravel()), 1)
    members = np.unpackbits(sets, axis=1, count=applied.shape[2]).astype(bool)
    return pd.DataFrame(
        table,
        columns=pd.Index(
            [frozenset(np.flatnonzero(row).tolist()) for row in members],
            dtype=object,
            tupleize_cols=False,
        ),
    )


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


def reason_of(row: pd.Series) -> Message | AlphaReason | str:
    """Return why the alpha of a row, or its interval, is missing."""
    if not row["reason"]:
        return ""
    reason = AlphaReason(row["reason"])
    if reason is AlphaReason.FEW_RESAMPLES:
        return Message("interviews.few_resamples", undefined=row["undefined"])
    return reason


def _interval(row: pd.Series) -> Message:
    if np.isnan(row["ci_low"]):
        return Message("interviews.no_interval")
    return Message(
        "interviews.interval",
        confidence=row["confidence"],
        low=row["ci_low"],
        high=row["ci_high"],
    )
