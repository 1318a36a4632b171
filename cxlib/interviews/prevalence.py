"""A corpus -> in how many interviews each code is, by theme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Unpack

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.interviews import counts, figures
from cxlib.interviews.absence import needs_codings
from cxlib.interviews.code_names import CodeNames, kind_word
from cxlib.interviews.corpus import Corpus
from cxlib.interviews.counts import Rule
from cxlib.interviews.methods import Method
from cxlib.interviews.naming import first_few, in_quotes
from cxlib.interviews.units import UnitKind
from cxlib.methods import proportions
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method, with_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BY = ("code", "theme", "kind")
_CAPTION = {
    "code": "interviews.prevalence_caption",
    "theme": "interviews.prevalence_caption_theme",
    "kind": "interviews.prevalence_caption_kind",
}
_MEASURED = {
    "code": "interviews.codes_measured_flat",
    "theme": "interviews.codes_measured_theme",
    "kind": "interviews.codes_measured_kind",
}
_FINDING_KINDS = ("obstacle", "annoyance", "goal", "delight")
_RULES = {
    Rule.MAJORITY: "interviews.rule_majority",
    Rule.ANY: "interviews.rule_any",
    Rule.ALL: "interviews.rule_all",
}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Prevalence(Result):
    """In how many interviews, and on how many units, each code is, or each theme or kind.

    `frame`: `theme, code, kind` (of themes and kinds only the one)`, interviews, n` (interviews
    that were coded)`, share, ci_low, ci_high, units, confidence, method`; themes with most
    interviews first, within a theme the same. `rule` says where a code counts, `by` what is
    counted, `names` what codes are called in each language.
    """

    rule: Message
    unit: UnitKind = UnitKind.TURN
    by: str = "code"
    names: CodeNames = field(default_factory=CodeNames)

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("theme", "code", "kind"), ""),
        **dict.fromkeys(("interviews", "n"), "integer"),
        **with_limits("share", "percent"),
        "units": "integer",
        **level_and_method(Method),
    }

    def caption(self) -> Message:
        """Say what the table shows."""
        return Message(_CAPTION[self.by], many=self.unit.many)

    @property
    def shown_cells(self) -> Mapping[str, Sequence[Any]]:
        """Codes, themes and kinds as the reader's language calls them."""
        return self.names.cells(self.frame)

    def said_keys(self, place: int) -> Mapping[str, Any]:
        """Say a code, theme or kind as the reader's language calls it, a code without its theme."""
        row = self.frame.iloc[[place]]
        told = {name: cells[0] for name, cells in self.names.cells(row).items()}
        return told | {"theme": ""} if "code" in told else told

    def summary(self, language: str = "en") -> str:
        """Say the code in most interviews for each kind: obstacle, annoyance, goal, delight."""
        return self._sentence().text(language)

    def _sentence(self) -> Message:
        n = self.frame["n"].iloc[0]
        heard = self._as_codes()
        if heard.empty:
            return Message("interviews.finding_nothing", n=n, rule=self.rule)
        parts = [
            self._largest(heard[heard["kind"] == kind], kind)
            for kind in _FINDING_KINDS
            if (heard["kind"] == kind).any()
        ]
        if not parts:
            return Message("interviews.finding_code", n=n, largest=self._largest(heard))
        said = parts[-1]
        for part in reversed(parts[:-1]):
            said = Message("interviews.finding_parts", first=part, others=said)
        return Message("interviews.finding", n=n, parts=said)

    def _as_codes(self) -> pd.DataFrame:
        """The rows that were heard; a theme or kind stands where a code would, with nothing
        above."""
        rows = self.frame[self.frame["interviews"] > 0]
        if self.by == "code":
            return rows
        return rows.assign(code=rows[self.by], theme="", kind="")

    def _names(self, rows: pd.DataFrame) -> list[Message]:
        """Return the codes in most interviews."""
        most = rows["interviews"] == rows["interviews"].max()
        return first_few(in_quotes(self.names.column(self.by, rows.loc[most, "code"])))

    def _largest(self, rows: pd.DataFrame, kind: str | None = None) -> Message:
        """Say the codes in most interviews, and in how many they are."""
        codes, n = self._names(rows), rows["interviews"].max()
        said = Message("interviews.heard", codes=codes, n=n)
        if len(codes) > 1:
            said = Message("interviews.heard_each", codes=codes, n=n)
        if kind is None:
            return said
        return Message("interviews.heard_of_kind", kind=kind_word(kind), codes=said)

    @drawing
    def plot(self, ax: Axes | None = None, *, language: str = "en", **look: Unpack[Look]) -> Axes:
        """Draw a bar a code, grouped by theme and coloured by kind."""
        rows = self._as_codes()
        if rows.empty:
            return figures.blank(self._sentence(), language=language, ax=ax)
        rows = rows.assign(
            code=self.names.written(self.by, rows["code"], language),
            theme=self.names.written("theme", rows["theme"], language),
        )
        most = rows["interviews"].max()
        flat = (rows["theme"] == "").all()
        ax = figures.codes(
            rows,
            finding=Message(
                "interviews.codes_title",
                codes=self._names(rows),
                n=rows["n"].iloc[0],
                interviews=most,
            ),
            measured=Message(_MEASURED[self.by] if flat else "interviews.codes_measured"),
            language=language,
            ax=ax,
        )
        return self.with_numbers(ax, rows, rows["code"], "interviews", ends={}, language=language)


@check.arguments
@needs_codings(Prevalence)
def prevalence(
    corpus: Corpus, *, by: str = "code", rule: str = "majority", confidence: float = 0.95
) -> Prevalence:
    """Count the interviews in which each code is: how many people said it, not how often it was
    said.

    Parameters
    ----------
    corpus : Corpus
        From `read` or `read_corpus`.
    by : {"code", "theme", "kind"}
        What is counted; a coder has a theme where she has one of its codes.
    rule : {"majority", "any", "all"} or the name of a coder
        A code counts on a unit where more than half (any, all) of the coders who read it applied
        it, or where the named coder did; in an interview where it counts on at least one unit.
    confidence : float
        Level of the Wilson limits.

    Returns
    -------
    Prevalence
        One row a code (theme, kind) of the codebook: `theme`, `code`, `kind`, `interviews` with it,
        `n` interviews that were coded, `share` in [0, 1] with its limits, `units` with it.

    Raises
    ------
    ParameterError
        If `by` is unknown or the codebook has no such, `rule` is neither a rule nor a coder, or
        `confidence` does not lie between 0 and 1.
    EmptyDataError
        If no interview with units was opened by a coder.

    Notes
    -----
    `ci_low, ci_high` are Wilson limits of the share of interviews; they speak of customers only as
    far as the people interviewed were drawn at random, which is seldom so."""
    check.one_of("by", by, BY)
    found = count_interviews(corpus, counts.grid(corpus), by=by, rule=rule)
    interviews, n = found["interviews"], found["n"]
    low, high = proportions.wilson(interviews, n, confidence=check.confidence(confidence))
    frame = found.assign(
        share=interviews / n,
        ci_low=low,
        ci_high=high,
        confidence=confidence,
        method=Method.WILSON.value,
    )
    unheard = set(frame.loc[frame["interviews"] == 0, by])
    names = dict.fromkeys(corpus.codes["name" if by == "code" else by])
    unused = [name for name in names if name in unheard]
    called = CodeNames.of(corpus.codebook)
    shown = in_quotes(called.column(by, unused))
    warnings = [Message("interviews.warn_unused", codes=shown)] if unused else []
    order = [name for name in Prevalence.columns if name in frame.columns]
    return Prevalence(
        frame=frame[order],
        method=Method.WILSON,
        warnings=tuple(warnings),
        rule=rule_of(rule, settled=len(corpus.decisions), unit=corpus.kind),
        unit=corpus.kind,
        by=by,
        names=called,
    )


def count_interviews(
    corpus: Corpus, grid: counts.Grid, *, rule: str, by: str = "code"
) -> pd.DataFrame:
    """Return what `prevalence` counts, in its order: `theme, code, kind` (or only what `by` says),
    `interviews, n, units`."""
    about, present, base = *_what(corpus, grid, by, rule), grid.base(rule)
    frame = about.assign(
        interviews=grid.in_documents(present)[base].sum(axis=0),
        n=int(base.sum()),
        units=present.sum(axis=0),
    )
    return _largest_first(frame, "theme" if by == "code" else by)


def _what(corpus: Corpus, grid: counts.Grid, by: str, rule: str) -> tuple[pd.DataFrame, NDArray]:
    """Return what is counted, a row each, and where it counts: (units, rows)."""
    codes = corpus.codes
    if by == "code":
        about = codes[["theme", "name", "kind"]].rename(columns={"name": "code"})
        return about, grid.presence(rule)
    names = [name for name in dict.fromkeys(codes[by]) if name]
    if not names:
        raise ParameterError(
            f"by={by!r}: the codebook names no {by}; give its codes one, or count by='code'"
        )
    groups = [np.flatnonzero(codes[by].to_numpy() == name) for name in names]
    return pd.DataFrame({by: names}), grid.presence_of(groups, rule)


def rule_of(rule: str, *, settled: int = 0, unit: UnitKind = UnitKind.TURN) -> Message:
    """Return the sentence that says where a code counts; what was settled counts before a rule."""
    if rule in counts.RULES:
        said = Message(_RULES[Rule(rule)], unit=unit)
        return Message("interviews.rule_settled", rule=said, n=settled) if settled else said
    return Message("interviews.rule_coder", coder=rule, unit=unit)


def _largest_first(frame: pd.DataFrame, theme: str) -> pd.DataFrame:
    """Return themes with most interviews first, within a theme the codes with most."""
    largest = frame.groupby(theme)["interviews"].transform("max")
    order = (
        frame.assign(largest=largest)
        .sort_values(
            ["largest", theme, "interviews", "units"],
            ascending=[False, True, False, False],
            kind="stable",
        )
        .index
    )
    return frame.loc[order].reset_index(drop=True)
