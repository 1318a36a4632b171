"""A corpus -> which codes come together: on the same unit, in how many interviews, and in
overlapping spans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Unpack

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.interviews import counts, figures
from cxlib.interviews.absence import needs_codings
from cxlib.interviews.code_names import CodeNames
from cxlib.interviews.corpus import Corpus
from cxlib.interviews.methods import Method
from cxlib.interviews.naming import first_few
from cxlib.interviews.units import UnitKind
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SHOWN = 12  # codes in the heat map: more cannot be read


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Cooccurrence(Result):
    """Pairs of codes that meet on a unit, those in most interviews first.

    `frame`: `code_a, code_b, interviews` (in which they meet on a unit), `n` (interviews that were
    coded), `units, jaccard` (units with both among units with either), `interviews_a, interviews_b,
    units_a, units_b, overlapping_spans` (pairs of spans of one coder that share at least one code
    point), `confidence` (missing: these are counts), `method`."""

    unit: UnitKind = UnitKind.TURN
    names: CodeNames = field(default_factory=CodeNames)

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("code_a", "code_b"), ""),
        **dict.fromkeys(("interviews", "n", "units"), "integer"),
        "jaccard": "decimal2",
        **dict.fromkeys(
            ("interviews_a", "interviews_b", "units_a", "units_b", "overlapping_spans"), "integer"
        ),
        **level_and_method(Method),
    }

    def caption(self) -> Message:
        """Say what the table shows."""
        return Message("interviews.together_caption", unit=self.unit, many=self.unit.many)

    def summary(self, language: str = "en") -> str:
        """Say which two codes meet in most interviews."""
        return self._sentence().text(language)

    def _sentence(self) -> Message:
        if self.frame.empty:
            return Message("interviews.together_none", unit=self.unit)
        top = self._most()
        found = [
            Message("interviews.pair", a=a, b=b)
            for a, b in zip(*map(self._called, (top["code_a"], top["code_b"])), strict=True)
        ]
        return Message(
            "interviews.together",
            unit=self.unit,
            found=first_few(found),
            pairs=len(self.frame),
            interviews=top["interviews"].iloc[0],
            n=top["n"].iloc[0],
        )

    @property
    def shown_cells(self) -> Mapping[str, Sequence[Any]]:
        """Codes as the reader's language calls them."""
        return self.names.cells(self.frame)

    def _called(self, codes: Iterable[str]) -> list[Any]:
        return self.names.column("code", codes)

    def _most(self) -> pd.DataFrame:
        return self.frame[self.frame["interviews"] == self.frame["interviews"].iloc[0]]

    @drawing
    def plot(self, ax: Axes | None = None, *, language: str = "en", **look: Unpack[Look]) -> Axes:
        """Draw a heat map of the codes that meet most: number of interviews in which they share a
        unit."""
        if self.frame.empty:
            return figures.blank(self._sentence(), language=language, ax=ax)
        turned = self.frame.rename(columns={"code_a": "code_b", "code_b": "code_a"})
        met = pd.concat([self.frame, turned]).groupby("code_a")["interviews"].sum()
        codes = list(met.sort_values(ascending=False, kind="stable").index[:_SHOWN])
        written = partial(self.names.written, "code", language=language)
        ax = figures.together(
            self.frame.assign(**{each: written(self.frame[each]) for each in ("code_a", "code_b")}),
            codes=written(codes),
            finding=self._title(),
            measured=Message("interviews.together_measured", n=len(codes), unit=self.unit),
            language=language,
            ax=ax,
        )
        shown = self.frame[self.frame["code_a"].isin(codes) & self.frame["code_b"].isin(codes)]
        return self.with_numbers(
            ax,
            shown,
            self._called(shown["code_a"]),
            "interviews",
            across=self._called(shown["code_b"]),
            ends={},
            n=None,
            language=language,
        )

    def _title(self) -> Message:
        row, tied = self.frame.iloc[0], len(self._most())
        most = {"interviews": row["interviews"], "n": row["n"], "unit": self.unit}
        if tied > 1:
            return Message("interviews.together_title_tied", tied=tied, **most)
        a, b = self._called([row["code_a"], row["code_b"]])
        return Message("interviews.together_title", a=a, b=b, **most)


@check.arguments
@needs_codings(Cooccurrence)
def cooccurrence(corpus: Corpus, *, rule: str = "majority") -> Cooccurrence:
    """Count where codes come together.

    Use it to see what belongs together in customers' accounts. Units of one interview are not
    independent, so interviews are counted first and no test of significance is made on units.

    Parameters
    ----------
    corpus : Corpus
        From `read` or `read_corpus`.
    rule : {"majority", "any", "all"} or the name of a coder
        Where a code counts on a unit; see `prevalence`.

    Returns
    -------
    Cooccurrence
        One row a pair that shares at least one unit, those in most interviews first: `code_a`,
        `code_b`, `interviews` and `units` with both, `n` interviews, `jaccard` (units with both /
        with either), each code's own `interviews_a`, `interviews_b`, `units_a`, `units_b`, and
        `overlapping_spans` of one coder.

    Raises
    ------
    ParameterError
        If `rule` is neither a rule nor a coder.
    EmptyDataError
        If no interview with units was opened by a coder.
    """
    grid = counts.grid(corpus)
    present = grid.presence(rule)
    units, interviews = _shared(present, grid)
    a, b = np.nonzero(np.triu(units, 1))
    codes = np.asarray(grid.codes, object)
    spans = _overlapping_spans(corpus, grid.codes, None if rule in counts.RULES else rule)
    frame = pd.DataFrame(
        {
            "code_a": codes[a],
            "code_b": codes[b],
            "interviews": interviews[a, b],
            "n": int(grid.base(rule).sum()),
            "units": units[a, b],
            "jaccard": units[a, b] / (units[a, a] + units[b, b] - units[a, b]),
            "interviews_a": interviews[a, a],
            "interviews_b": interviews[b, b],
            "units_a": units[a, a],
            "units_b": units[b, b],
            "overlapping_spans": spans[a, b],
            "confidence": np.nan,
            "method": Method.SHARED_UNITS.value,
        }
    )
    order = ["interviews", "units", "jaccard"]
    frame = frame.sort_values(order, ascending=False, kind="stable").reset_index(drop=True)
    return Cooccurrence(
        frame=frame,
        method=Method.SHARED_UNITS,
        unit=corpus.kind,
        names=CodeNames.of(corpus.codebook),
    )


def _shared(present: NDArray, grid: counts.Grid) -> tuple[NDArray, NDArray]:
    """Units, and interviews, that two codes share: (codes, codes) twice."""
    # counts are exact in floating point, and its matrix product is a hundred times faster
    marked = present.astype(float)
    units = (marked.T @ marked).astype(np.int64)
    interviews = np.zeros_like(units)
    for document in range(len(grid.documents)):
        here = marked[grid.document == document]
        interviews += (here.T @ here) > 0
    return units, interviews


def _overlapping_spans(corpus: Corpus, codes: tuple[str, ...], coder: str | None) -> NDArray:
    """Pairs of spans of one coder in one document that overlap, by code: (codes, codes), symmetric.

    Of two codes, all pairs but those of which one ends before the other begins: these are counted
    without being listed, of which there may be millions.
    """
    spans = corpus.codings[corpus.codings["code"] != ""]
    if coder is not None:
        spans = spans[spans["coder"] == coder]
    spans = spans[["document", "coder", "code", "start", "end"]].drop_duplicates()
    which = pd.Index(codes).get_indexer(spans["code"])
    starts, ends = spans["start"].to_numpy(np.int64), spans["end"].to_numpy(np.int64)
    table = np.zeros((len(codes), len(codes)))
    for rows in spans.groupby(["document", "coder"], sort=False).indices.values():
        used, here = np.unique(which[rows], return_inverse=True)
        marked = np.eye(len(used))[here]  # exact in floating point: (spans, used codes)
        order = np.argsort(ends[rows], kind="stable")
        ended = np.vstack([np.zeros(len(used)), marked[order].cumsum(axis=0)])
        before = np.searchsorted(ends[rows][order], starts[rows], side="right")
        apart = marked.T @ ended[before]
        n = marked.sum(axis=0)
        table[np.ix_(used, used)] += np.outer(n, n) - apart - apart.T
    return table.astype(np.int64)
