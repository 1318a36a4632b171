"""A corpus -> in how many interviews each code is, by theme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cxlib import check
from cxlib.interviews import counts, figures
from cxlib.interviews.corpus import Corpus
from cxlib.interviews.counts import Rule
from cxlib.interviews.methods import Method
from cxlib.interviews.naming import first_few, in_quotes
from cxlib.methods import proportions
from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method, with_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FINDING_KINDS = ("obstacle", "annoyance", "goal", "delight")
_RULES = {
    Rule.MAJORITY: "interviews.rule_majority",
    Rule.ANY: "interviews.rule_any",
    Rule.ALL: "interviews.rule_all",
}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Prevalence(Result):
    """In how many interviews, and on how many turns, each code is.

    `frame`: `theme, code, kind, interviews, n` (interviews that were coded)`, share, ci_low,
    ci_high, turns, confidence, method`; themes with most interviews first, within a theme the same.
    `rule` says where a code counts.
    """

    rule: Message

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("theme", "code", "kind"), ""),
        **dict.fromkeys(("interviews", "n"), "integer"),
        **with_limits("share", "percent"),
        "turns": "integer",
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("interviews.prevalence_caption")

    def summary(self, language: str = "en") -> str:
        """Say the code in most interviews for each kind: obstacle, annoyance, goal, delight."""
        return self._sentence().text(language)

    def _sentence(self) -> Message:
        n = self.frame["n"].iloc[0]
        heard = self.frame[self.frame["interviews"] > 0]
        if heard.empty:
            return Message("interviews.finding_nothing", n=n, rule=self.rule)
        parts = [
            _largest(heard[heard["kind"] == kind], kind)
            for kind in _FINDING_KINDS
            if (heard["kind"] == kind).any()
        ]
        if not parts:
            return Message("interviews.finding_code", n=n, largest=_largest(heard))
        said = parts[-1]
        for part in reversed(parts[:-1]):
            said = Message("interviews.finding_parts", first=part, others=said)
        return Message("interviews.finding", n=n, parts=said)

    def plot(self, ax: Axes | None = None, *, language: str = "en") -> Axes:
        """Draw a bar a code, grouped by theme and coloured by kind."""
        rows = self.frame[self.frame["interviews"] > 0]
        if rows.empty:
            return figures.blank(self._sentence(), language=language, ax=ax)
        most = rows["interviews"].max()
        flat = (rows["theme"] == "").all()
        return figures.codes(
            rows,
            finding=Message(
                "interviews.codes_title", codes=_names(rows), n=rows["n"].iloc[0], interviews=most
            ),
            measured=Message("interviews.codes_measured_flat")
            if flat
            else Message("interviews.codes_measured"),
            language=language,
            ax=ax,
        )


@check.arguments
def prevalence(corpus: Corpus, *, rule: str = "majority", confidence: float = 0.95) -> Prevalence:
    """Count the interviews in which each code is: how many people said it, not how often it was
    said.

    Parameters
    ----------
    corpus : Corpus
        From `read` or `read_corpus`.
    rule : {"majority", "any", "all"} or the name of a coder
        A code counts on a turn where more than half (any, all) of the coders who opened the
        interview applied it, or where the named coder did; in an interview where it counts on at
        least one turn.
    confidence : float
        Level of the Wilson limits.

    Returns
    -------
    Prevalence
        One row a code of the codebook: `theme`, `code`, `kind`, `interviews` with it, `n`
        interviews that were coded, `share` in [0, 1] with its limits, `turns` with it.

    Raises
    ------
    ParameterError
        If `rule` is neither a rule nor a coder, or `confidence` does not lie between 0 and 1.
    EmptyDataError
        If no interview with turns was opened by a coder.

    Notes
    -----
    `ci_low, ci_high` are Wilson limits of the share of interviews; they speak of customers only as
    far as the people interviewed were drawn at random, which is seldom so."""
    grid = counts.grid(corpus)
    present, base = grid.presence(rule), grid.base(rule)
    interviews, n = grid.in_documents(present)[base].sum(axis=0), int(base.sum())
    low, high = proportions.wilson(interviews, n, confidence=check.confidence(confidence))
    about = corpus.codebook[["theme", "name", "kind"]].rename(columns={"name": "code"})
    frame = about.assign(
        interviews=interviews,
        n=n,
        share=interviews / n,
        ci_low=low,
        ci_high=high,
        turns=present.sum(axis=0),
        confidence=confidence,
        method=Method.WILSON.value,
    )
    unused = list(frame.loc[frame["interviews"] == 0, "code"])
    warnings = [Message("interviews.warn_unused", codes=in_quotes(unused))] if unused else []
    return Prevalence(
        frame=_largest_first(frame),
        method=Method.WILSON,
        warnings=tuple(warnings),
        rule=rule_of(rule),
    )


def rule_of(rule: str) -> Message:
    """Return the sentence that says where a code counts."""
    if rule in counts.RULES:
        return Message(_RULES[Rule(rule)])
    return Message("interviews.rule_coder", coder=rule)


def _largest_first(frame: pd.DataFrame) -> pd.DataFrame:
    """Return themes with most interviews first, within a theme the codes with most."""
    largest = frame.groupby("theme")["interviews"].transform("max")
    order = (
        frame.assign(largest=largest)
        .sort_values(
            ["largest", "theme", "interviews", "turns"],
            ascending=[False, True, False, False],
            kind="stable",
        )
        .index
    )
    return frame.loc[order].reset_index(drop=True)


def _names(rows: pd.DataFrame) -> list[Message]:
    """Return the codes in most interviews."""
    most = rows["interviews"] == rows["interviews"].max()
    return first_few(in_quotes(rows.loc[most, "code"]))


def _largest(rows: pd.DataFrame, kind: str | None = None) -> Message:
    """Say the codes in most interviews, and in how many they are."""
    codes, n = _names(rows), rows["interviews"].max()
    said = Message("interviews.heard", codes=codes, n=n)
    if len(codes) > 1:
        said = Message("interviews.heard_each", codes=codes, n=n)
    return said if kind is None else Message("interviews.heard_of_kind", kind=kind, codes=said)
