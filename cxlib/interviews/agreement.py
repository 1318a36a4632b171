"""A corpus -> how far coders agree: per code, overall, for each pair of coders, and where they
differ."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check, theme
from cxlib.interviews import counts, figures
from cxlib.interviews.alpha import RELIABLE, TENTATIVE, Alpha, krippendorff_alpha
from cxlib.language import joined, number, text
from cxlib.result import Result, Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cxlib.interviews.corpus import Corpus

BY = ("code", "theme", "kind")
# below it the percentile interval of a cluster bootstrap is too narrow (Cameron et al. 2008)
_FEW_INTERVIEWS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Agreement(Result):
    """Agreement per code (or theme, or kind); the first row is the agreement on all of them as
    sets.

    `frame` has `code` (or `theme`, `kind`), `n_units` (turns), `n_interviews`, `coders`, `alpha`,
    `ci_low`, `ci_high`, `confidence`, `prevalence` (share of the coders' decisions that are
    "present"), `judgement`, `reason` (why a value or an interval is missing), `method`."""

    by: str = "code"

    formats: ClassVar[Mapping[str, str]] = {
        "alpha": "decimal3",
        "ci_low": "decimal2",
        "ci_high": "decimal2",
        "prevalence": "percent",
        "confidence": "percent",
    }

    def summary(self, language: str = "en") -> str:
        """Say the overall agreement, and how many codes are reliable, tentative, below, or cannot
        be judged."""
        overall, rows = self.frame.iloc[0], self.frame.iloc[1:]
        if np.isnan(overall["alpha"]):
            return text("interviews.agreement_none", language, reason=overall["reason"])
        interval = _written_interval(overall, language)
        judged = rows["judgement"].value_counts()
        return text(
            f"interviews.agreement_{self.by}",
            language,
            alpha=number(overall["alpha"], 3),
            interval=interval,
            coders=number(overall["coders"]),
            turns=number(overall["n_units"]),
            interviews=number(overall["n_interviews"]),
            judgement=overall["judgement"],
            n=number(len(rows)),
            **{
                name: number(judged.get(word, 0))
                for name, word in (
                    ("reliable", "reliable"),
                    ("tentative", "tentative"),
                    ("below", "not reliable"),
                    ("unknown", "cannot be judged"),
                )
            },
        )

    def caution(self, language: str = "en") -> str:
        """Say which codes are not to be counted yet."""
        rows = self.frame.iloc[1:]
        low = [f"“{name}”" for name in rows.loc[rows["judgement"] == "not reliable", self.by]]
        if rows["alpha"].isna().all():
            return text("interviews.agreement_caution_unknown", language)
        return (
            text("interviews.agreement_caution", language, codes=joined(low, language))
            if low
            else text("interviews.agreement_caution_none", language)
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw alpha with its interval for each code, and Krippendorff's two limits."""
        rows = self.frame.iloc[1:].dropna(subset=["alpha"]).sort_values("alpha", kind="stable")
        if rows.empty:
            return theme.title(figures.blank(ax), self.summary())
        ax = figures.agreement(rows, label=self.by, limits=(TENTATIVE, RELIABLE), ax=ax)
        good = int((rows["judgement"] == "reliable").sum())
        return theme.title(
            ax,
            text(f"interviews.agreement_title_{self.by}", good=number(good), n=number(len(rows))),
            text(
                "interviews.agreement_measured",
                confidence=f"{100 * rows['confidence'].iloc[0]:.3g} %",
            ),
        )


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
    by : {"code", "theme", "kind"}
        What is present or absent; a theme is present where one of its codes is.
    level : {"nominal", "ordinal", "interval", "ratio"}
        Distance of present and absent; with two values all four give the same alpha.
    resamples : int
        Bootstrap resamples of interviews (clusters), 0 for none: turns of one interview are not
        independent.
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
        If `by` or `level` is unknown.

    Notes
    -----
    See `krippendorff_alpha`. Judgement by Krippendorff (2004, p. 241): from .800 reliable, from
    .667 tentative. An interval is given where at most 5 % of the resamples have no value. With
    fewer than 10 interviews it is too narrow."""
    check.one_of("by", by, BY)
    check.one_of("level", level, ("nominal", "ordinal", "interval", "ratio"))
    grid = counts.grid(corpus)
    options = {"resamples": resamples, "confidence": check.confidence(confidence), "seed": seed}
    names, applied = _grouped(grid, corpus.codebook, by)
    book = corpus.codebook.drop_duplicates("name").set_index("name")
    overall = krippendorff_alpha(
        _set_counts(applied, grid.opened), level="masi", cluster=grid.document, **options
    )
    if not names:
        overall = replace(overall, reason=text("interviews.reason_no_group", by=by))
    rows = [
        _row(
            {
                by: text(f"interviews.all_{by}"),
                **({"theme": "", "kind": ""} if by == "code" else {}),
            },
            overall,
            grid,
            np.nan,
            "masi",
            confidence,
        )
    ]
    for position, name in enumerate(names):
        present = applied[:, :, position].sum(axis=1)
        units = pd.DataFrame({0: grid.opened.sum(axis=1) - present, 1: present})
        found = krippendorff_alpha(units, level=level, cluster=grid.document, **options)
        about = (
            {"theme": book.at[name, "theme"], "kind": book.at[name, "kind"]} if by == "code" else {}
        )
        shared = units[units.sum(axis=1) >= 2].sum()
        prevalence = shared[1] / shared.sum() if shared.sum() else np.nan
        rows.append(_row({by: name, **about}, found, grid, prevalence, level, confidence))
    return Agreement(pd.DataFrame(rows), rows[0]["method"], _warnings(grid, rows, by), by)


@dataclass(frozen=True, slots=True, eq=False)
class Pairs(Result):
    """Agreement of each pair of coders on the set of codes of a turn."""

    formats: ClassVar[Mapping[str, str]] = Agreement.formats

    def summary(self, language: str = "en") -> str:
        """Say which two coders agree least and which most."""
        known = self.frame.dropna(subset=["alpha"])
        if known.empty:
            reasons = joined(
                dict.fromkeys(self.frame.loc[self.frame["n_units"] > 0, "reason"]), language
            )
            return (
                text("interviews.pairs_unknown", language, reason=reasons)
                if reasons
                else text("interviews.pairs_none", language)
            )
        low, high = known.loc[known["alpha"].idxmin()], known.loc[known["alpha"].idxmax()]
        one = {"low_a": low["coder_a"], "low_b": low["coder_b"], "low": number(low["alpha"], 3)}
        if len(known) == 1:
            return text("interviews.pairs_one", language, **one)
        return text(
            "interviews.pairs",
            language,
            **one,
            high_a=high["coder_a"],
            high_b=high["coder_b"],
            high=number(high["alpha"], 3),
        )


def pairs(
    corpus: Corpus, *, resamples: int = 1000, confidence: float = 0.95, seed: int = 1
) -> Pairs:
    """Estimate the agreement of each pair of coders: who reads the interviews unlike the others?

    Returns
    -------
    Pairs
        One row a pair: `coder_a, coder_b, n_units, n_interviews, alpha, ci_low, ci_high,
        confidence, judgement, reason, method`; sets of codes, distance MASI, intervals by
        resampling interviews.
    """
    grid = counts.grid(corpus)
    rows = []
    for pair in itertools.combinations(range(len(grid.coders)), 2):
        found = krippendorff_alpha(
            _set_counts(grid.applied[:, pair], grid.opened[:, pair]),
            level="masi",
            cluster=grid.document,
            resamples=resamples,
            confidence=confidence,
            seed=seed,
        )
        row = _row(
            {"coder_a": grid.coders[pair[0]], "coder_b": grid.coders[pair[1]]},
            found,
            grid,
            np.nan,
            "masi",
            confidence,
        )
        rows.append(
            {name: value for name, value in row.items() if name not in ("coders", "prevalence")}
        )
    columns = [
        "coder_a",
        "coder_b",
        "n_units",
        "n_interviews",
        "alpha",
        "ci_low",
        "ci_high",
        "confidence",
        "judgement",
        "reason",
        "method",
    ]
    return Pairs(pd.DataFrame(rows, columns=columns), text("interviews.method_masi"))


@dataclass(frozen=True, slots=True, eq=False)
class Disagreements(Result):
    """Turns on which coders differ about a code, with their words, to be settled together."""

    def summary(self, language: str = "en") -> str:
        """Say how many there are and which code has most."""
        if self.frame.empty:
            return text("interviews.disagreements_none", language)
        most = self.frame["code"].value_counts()
        return text(
            "interviews.disagreements",
            language,
            n=number(len(self.frame)),
            code=most.index[0],
            most=number(most.iloc[0]),
        )

    def first(self, rows: int, *, caption: str = "", language: str = "en") -> Table:
        """Return the first rows as a table: the codes on which coders differ most often."""
        return Table(self.frame.head(rows), caption, self.formats, language)


def disagreements(corpus: Corpus, *, code: str | None = None) -> Disagreements:
    """List the turns on which coders who opened the interview differ about a code.

    Parameters
    ----------
    corpus : Corpus
    code : str, optional
        One code; all where None, those with most disagreements first.

    Returns
    -------
    Disagreements
        `code, document, turn, speaker, applied_by, not_by, words` (of the turn, on one line), one
        row a code and turn.

    Raises
    ------
    ParameterError
        If the code is not in the codebook.
    """
    grid = counts.grid(corpus)
    if code is not None:
        check.one_of("code", code, grid.codes)
    who, could = grid.applied.sum(axis=1), grid.opened.sum(axis=1)[:, None]
    turn, which = np.nonzero((who > 0) & (who < could))
    where = grid.turns.iloc[turn]
    texts = corpus.documents.set_index("document")["text"]
    frame = pd.DataFrame(
        {
            "code": np.asarray(grid.codes, object)[which],
            "document": where["document"].to_numpy(),
            "turn": where["turn"].to_numpy(),
            "speaker": where["speaker"].to_numpy(),
            "applied_by": _names(grid.applied[turn, :, which], grid.coders),
            "not_by": _names(grid.opened[turn] & ~grid.applied[turn, :, which], grid.coders),
            "words": [
                " ".join(texts[document][start:end].split())
                for document, start, end in zip(
                    where["document"], where["start"], where["end"], strict=True
                )
            ],
        }
    )
    if code is not None:
        frame = frame[frame["code"] == code]
    many = frame["code"].map(frame["code"].value_counts())
    frame = frame.assign(many=many).sort_values(
        ["many", "code"], ascending=[False, True], kind="stable"
    )
    return Disagreements(
        frame.drop(columns="many").reset_index(drop=True), text("interviews.method_disagreements")
    )


def _grouped(grid: counts.Grid, codebook: pd.DataFrame, by: str) -> tuple[list[str], NDArray]:
    if by == "code":
        return list(grid.codes), grid.applied
    names = [name for name in dict.fromkeys(codebook[by]) if name]
    groups = [np.flatnonzero(codebook[by].to_numpy() == name) for name in names]
    return names, np.stack(
        [grid.applied[:, :, group].any(axis=2) for group in groups], axis=2
    ) if names else grid.applied[:, :, :0]


def _set_counts(applied: NDArray, opened: NDArray) -> pd.DataFrame:
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


def _row(
    about: dict, found: Alpha, grid: counts.Grid, prevalence: float, level: str, confidence: float
) -> dict:
    shared = grid.opened.sum(axis=1) >= 2
    return {
        **about,
        "n_units": found.n_units,
        "n_interviews": found.n_clusters,
        "coders": int(grid.opened[shared].any(axis=0).sum()),
        "alpha": found.value,
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
        "confidence": confidence,
        "prevalence": prevalence,
        "judgement": found.judgement,
        "reason": found.reason,
        "method": text(
            "interviews.method_masi" if level == "masi" else "interviews.method_alpha", level=level
        ),
    }


def _warnings(grid: counts.Grid, rows: list[dict], by: str) -> tuple[str, ...]:
    said = []
    if len(grid.coders) < 2:
        return (text("interviews.warn_one_coder", coder=grid.coders[0]),)
    alone = [
        name
        for name, coders in zip(
            grid.documents, grid.in_documents(grid.opened).sum(axis=1), strict=True
        )
        if coders < 2
    ]
    if alone:
        said.append(text("interviews.warn_alone", n=number(len(alone)), documents=joined(alone)))
    if 1 < rows[0]["n_interviews"] < _FEW_INTERVIEWS:
        said.append(text("interviews.warn_few_interviews", n=number(rows[0]["n_interviews"])))
    low = [row[by] for row in rows[1:] if row["judgement"] == "not reliable"]
    if low:
        said.append(text("interviews.warn_low", codes=joined(f"“{name}”" for name in low)))
    unknown = [
        row[by] for row in rows[1:] if row["judgement"] == "cannot be judged" and row["n_units"]
    ]
    if unknown:
        said.append(text("interviews.warn_unjudged", codes=joined(f"“{name}”" for name in unknown)))
    return tuple(said)


def _names(who: NDArray, coders: tuple[str, ...]) -> list[str]:
    return [", ".join(name for name, yes in zip(coders, row, strict=True) if yes) for row in who]


def _written_interval(row: pd.Series, language: str) -> str:
    if np.isnan(row["ci_low"]):
        return text("interviews.no_interval", language)
    return text(
        "interviews.interval",
        language,
        confidence=f"{100 * row['confidence']:.3g} %",
        low=number(row["ci_low"], 2),
        high=number(row["ci_high"], 2),
    )
