"""A corpus -> which codes come together: on the same turn, in how many interviews, and in
overlapping spans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import theme
from cxlib.interviews import counts, figures
from cxlib.language import joined, number, text
from cxlib.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cxlib.interviews.corpus import Corpus

_SHOWN = 12  # codes in the heat map: more cannot be read
_NAMED = 3  # pairs that the sentence names


@dataclass(frozen=True, slots=True, eq=False)
class Cooccurrence(Result):
    """Pairs of codes that meet on a turn, those in most interviews first.

    `frame`: `code_a, code_b, interviews` (in which they meet on a turn), `n` (interviews that were
    coded), `turns, jaccard` (turns with both among turns with either), `interviews_a, interviews_b,
    turns_a, turns_b, overlapping_spans` (pairs of spans of one coder that share at least one code
    point), `confidence` (missing: these are counts), `method`."""

    formats: ClassVar[Mapping[str, str]] = {"jaccard": "decimal2"}

    def summary(self, language: str = "en") -> str:
        """Say which two codes meet in most interviews."""
        if self.frame.empty:
            return text("interviews.together_none", language)
        top = self.frame[self.frame["interviews"] == self.frame["interviews"].iloc[0]]
        named = [
            text("interviews.pair", language, a=row.code_a, b=row.code_b)
            for row in top.head(_NAMED).itertuples()
        ]
        if len(top) > _NAMED:
            named.append(text("interviews.more", language, n=number(len(top) - _NAMED)))
        return text(
            "interviews.together",
            language,
            named=joined(named, language),
            pairs=number(len(self.frame)),
            interviews=number(top["interviews"].iloc[0]),
            n=number(top["n"].iloc[0]),
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw a heat map of the codes that meet most: number of interviews in which they share a
        turn."""
        if self.frame.empty:
            return theme.title(figures.blank(ax), self.summary())
        both = pd.concat(
            [self.frame, self.frame.rename(columns={"code_a": "code_b", "code_b": "code_a"})]
        )
        codes = list(
            both.groupby("code_a")["interviews"]
            .sum()
            .sort_values(ascending=False, kind="stable")
            .index[:_SHOWN]
        )
        shown = both[both["code_a"].isin(codes) & both["code_b"].isin(codes)]
        matrix = shown.pivot(index="code_a", columns="code_b", values="interviews").reindex(
            index=codes, columns=codes
        )
        below = np.tril(np.ones(matrix.shape, bool), -1)  # each pair once
        matrix = matrix.fillna(0).where(below).iloc[1:, :-1]
        cells = matrix.map(lambda n: f"{n:.0f}" if n > 0 else "")
        ax = figures.heat(matrix, cells=cells, square=True, ax=ax)
        row, tied = (
            self.frame.iloc[0],
            int((self.frame["interviews"] == self.frame["interviews"].iloc[0]).sum()),
        )
        title = text(
            "interviews.together_title" if tied == 1 else "interviews.together_title_tied",
            a=row["code_a"],
            b=row["code_b"],
            interviews=number(row["interviews"]),
            n=number(row["n"]),
            tied=number(tied),
        )
        return theme.title(ax, title, text("interviews.together_measured", n=number(len(codes))))


def cooccurrence(corpus: Corpus, *, rule: str = "majority") -> Cooccurrence:
    """Count where codes come together.

    Use it to see what belongs together in customers' accounts. Turns of one interview are not
    independent, so interviews are counted first and no test of significance is made on turns.

    Parameters
    ----------
    corpus : Corpus
    rule : {"majority", "any", "all"} or the name of a coder
        Where a code counts on a turn; see `prevalence`.

    Returns
    -------
    Cooccurrence
        Pairs that share at least one turn.
    """
    grid = counts.grid(corpus)
    decided = grid.decided(rule)
    marked = decided.astype(
        float
    )  # counts are exact in floating point, and its matrix product is a hundred times faster
    turns = (marked.T @ marked).astype(np.int64)
    interviews = np.zeros_like(turns)
    for document in range(len(grid.documents)):
        here = marked[grid.document == document]
        interviews += (here.T @ here) > 0
    a, b = np.nonzero(np.triu(turns, 1))
    codes = np.asarray(grid.codes, object)
    spans = _overlapping_spans(corpus, grid.codes, None if rule in counts.RULES else rule)
    frame = pd.DataFrame(
        {
            "code_a": codes[a],
            "code_b": codes[b],
            "interviews": interviews[a, b],
            "n": int(grid.read_by(rule).sum()),
            "turns": turns[a, b],
            "jaccard": turns[a, b] / (turns[a, a] + turns[b, b] - turns[a, b]),
            "interviews_a": interviews[a, a],
            "interviews_b": interviews[b, b],
            "turns_a": turns[a, a],
            "turns_b": turns[b, b],
            "overlapping_spans": spans[a, b],
            "confidence": np.nan,
            "method": text("interviews.method_together"),
        }
    )
    frame = frame.sort_values(
        ["interviews", "turns", "jaccard"], ascending=False, kind="stable"
    ).reset_index(drop=True)
    return Cooccurrence(frame, text("interviews.method_together"))


def _overlapping_spans(corpus: Corpus, codes: tuple[str, ...], coder: str | None) -> NDArray:
    """Pairs of spans of one coder in one document that overlap, by code: (codes, codes), symmetric
    off the diagonal."""
    spans = corpus.codings[corpus.codings["code"] != ""]
    if coder is not None:
        spans = spans[spans["coder"] == coder]
    spans = (
        spans[["document", "coder", "code", "start", "end"]]
        .drop_duplicates()
        .reset_index(names="span")
    )
    met = spans.merge(spans, on=["document", "coder"], suffixes=("_a", "_b"))
    met = met[
        (met["span_a"] < met["span_b"])
        & (met["start_a"] < met["end_b"])
        & (met["start_b"] < met["end_a"])
    ]
    index = pd.Index(codes)
    table = np.zeros((len(codes), len(codes)), np.int64)
    np.add.at(table, (index.get_indexer(met["code_a"]), index.get_indexer(met["code_b"])), 1)
    return table + np.tril(table, -1).T + np.triu(table, 1).T
