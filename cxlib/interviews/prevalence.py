"""A corpus -> in how many interviews each code is, by theme, and by an attribute of the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cxlib import check, inference, theme
from cxlib.interviews import counts, figures
from cxlib.interviews.codings import plain
from cxlib.language import joined, number, text
from cxlib.result import Result, Table
from cxlib.table import natural_order

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cxlib.interviews.corpus import Corpus

_FINDING_KINDS = ("obstacle", "annoyance", "goal", "delight")
_NAMED = 3  # of several that tie


@dataclass(frozen=True, slots=True, eq=False)
class Prevalence(Result):
    """In how many interviews, and on how many turns, each code is.

    `frame`: `theme, code, kind, interviews, n` (interviews that were coded)`, share, ci_low,
    ci_high, turns, confidence, method`; themes with most interviews first, within a theme the same.
    """

    formats: ClassVar[Mapping[str, str]] = {
        "share": "percent",
        "ci_low": "percent",
        "ci_high": "percent",
        "confidence": "percent",
    }

    def summary(self, language: str = "en") -> str:
        """Say the code in most interviews for each kind: obstacle, annoyance, goal, delight."""
        n = int(self.frame["n"].iloc[0])
        heard = self.frame[self.frame["interviews"] > 0]
        if heard.empty:
            return text("interviews.finding_nothing", language, n=number(n), rule=self.method)
        kinds = [kind for kind in _FINDING_KINDS if (heard["kind"] == kind).any()]
        if not kinds:
            return text(
                "interviews.finding_code", language, n=number(n), **_largest(heard, language)
            )
        said = [
            text(
                "interviews.finding_part",
                language,
                kind=kind,
                **_largest(heard[heard["kind"] == kind], language),
            )
            for kind in kinds
        ]
        return text("interviews.finding", language, n=number(n), parts="; ".join(said))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw a bar a code, grouped by theme and coloured by kind."""
        rows = self.frame[self.frame["interviews"] > 0]
        if rows.empty:
            return theme.title(figures.blank(ax), self.summary())
        ax = figures.codes(rows.assign(written=_written(rows)), ax=ax)
        title = text(
            "interviews.codes_title",
            codes=_largest(rows, "en")["codes"],
            n=number(rows["n"].iloc[0]),
            interviews=number(rows["interviews"].max()),
        )
        measured = (
            "interviews.codes_measured"
            if (rows["theme"] != "").any()
            else "interviews.codes_measured_flat"
        )
        return theme.title(ax, title, text(measured))


def prevalence(corpus: Corpus, *, rule: str = "majority", confidence: float = 0.95) -> Prevalence:
    """Count the interviews in which each code is: how many people said it, not how often it was
    said.

    Parameters
    ----------
    corpus : Corpus
    rule : {"majority", "any", "all"} or the name of a coder
        A code counts on a turn where more than half (any, all) of the coders who opened the
        interview applied it, or where the named coder did; in an interview where it counts on at
        least one turn.

    Returns
    -------
    Prevalence

    Notes
    -----
    `ci_low, ci_high` are Wilson limits of the share of interviews; they speak of customers only as
    far as the people interviewed were drawn at random, which is seldom so."""
    grid = counts.grid(corpus)
    decided = grid.decided(rule)
    heard = grid.read_by(rule)
    interviews = grid.in_documents(decided)[heard].sum(axis=0)
    n = int(heard.sum())
    low, high = inference.wilson(interviews, n, confidence=check.confidence(confidence))
    frame = (
        corpus.codebook[["theme", "name", "kind"]]
        .rename(columns={"name": "code"})
        .assign(
            interviews=interviews,
            n=n,
            share=interviews / n,
            ci_low=low,
            ci_high=high,
            turns=decided.sum(axis=0),
            confidence=confidence,
            method=text("interviews.method_wilson"),
        )
    )
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
    unused = frame.loc[frame["interviews"] == 0, "code"].tolist()
    warnings = (
        (text("interviews.warn_unused", codes=joined(f"“{code}”" for code in unused)),)
        if unused
        else ()
    )
    return Prevalence(
        frame.loc[order].reset_index(drop=True), text(_rule_key(rule), coder=rule), warnings
    )


@dataclass(frozen=True, slots=True, eq=False)
class ByCase(Result):
    """In how many interviews of each kind of case each code is.

    `frame` (tidy): `theme, code, kind, case, interviews, n, share, confidence, method`; one group
    where no column was named."""

    case: str | None = None

    formats: ClassVar[Mapping[str, str]] = {"share": "percent"}

    def summary(self, language: str = "en") -> str:
        """Say the widest difference between two groups, or what cannot be known without a case
        column."""
        if self.case is None:
            return text("interviews.no_case", language)
        if self.frame["case"].nunique() < 2:
            return text("interviews.one_case", language, case=self.case)
        widest = self._widest()
        if not widest:
            return text("interviews.by_case_even", language, case=self.case)
        named = [
            text(
                "interviews.by_case_gap",
                language,
                code=code,
                high=high["case"],
                low=low["case"],
                a=number(high["interviews"]),
                n_a=number(high["n"]),
                b=number(low["interviews"]),
                n_b=number(low["n"]),
            )
            for code, high, low in widest[:_NAMED]
        ]
        if len(widest) > _NAMED:
            named.append(text("interviews.more", language, n=number(len(widest) - _NAMED)))
        return text("interviews.by_case", language, case=self.case, gaps=joined(named, language))

    def _widest(self) -> list[tuple[str, pd.Series, pd.Series]]:
        """Codes with the widest gap between two groups, each with the rows of the groups that have
        most and least."""
        rows = self.frame.sort_values("share", ascending=False, kind="stable").groupby(
            "code", sort=False
        )
        high, low = rows.first(), rows.last()
        gap = high["share"] - low["share"]
        codes = [
            code
            for code in dict.fromkeys(self.frame["code"])
            if gap.max() > 0 and np.isclose(gap[code], gap.max())
        ]
        return [(code, high.loc[code], low.loc[code]) for code in codes]

    def table(
        self, columns: list[str] | None = None, *, caption: str = "", language: str = "en"
    ) -> Table:
        """Return one row a code and one column a group: the number of interviews, the group's size
        in the heading."""
        if columns is not None:
            return Table(self.frame[list(columns)], caption, self.formats, language)
        sizes = self.frame.drop_duplicates("case").set_index("case")["n"]
        wide = self.frame.pivot(index="code", columns="case", values="interviews")[sizes.index]
        wide.columns = [f"{name} (n = {n})" for name, n in sizes.items()]
        about = self.frame.drop_duplicates("code")[["theme", "code", "kind"]]
        return Table(
            about.merge(wide, left_on="code", right_index=True), caption, self.formats, language
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw a heat map of codes by groups: shade by share, each cell with its count."""
        rows = self.frame[self.frame.groupby("code")["interviews"].transform("sum") > 0]
        if rows.empty:
            return theme.title(figures.blank(ax), self.summary())
        order = list(dict.fromkeys(rows["code"])), list(dict.fromkeys(rows["case"]))
        share = rows.pivot(index="code", columns="case", values="share").loc[order[0], order[1]]
        cells = (
            rows.assign(cell=_written(rows))
            .pivot(index="code", columns="case", values="cell")
            .loc[order[0], order[1]]
        )
        ax = figures.heat(share, cells=cells, x=self.case or "", ax=ax)
        if self.case is None:
            return theme.title(
                ax, text("interviews.by_case_alone"), text("interviews.by_case_alone_measured")
            )
        codes = [f"“{code}”" for code, _, _ in self._widest()]
        if len(codes) > _NAMED:
            codes = [*codes[:_NAMED], text("interviews.more", n=number(len(codes) - _NAMED))]
        key = "interviews.by_case_title" if codes else "interviews.by_case_even_title"
        title = text(key, case=self.case, codes=joined(codes))
        return theme.title(ax, title, text("interviews.by_case_measured", case=self.case))


def by_case(corpus: Corpus, *, case: str | None, rule: str = "majority") -> ByCase:
    """Count the interviews in which each code is, for each value of a column of the cases.

    Parameters
    ----------
    case : str or None
        Column of `corpus.cases`, such as language or segment; where None the result says what
        cannot be known without it.

    Raises
    ------
    ColumnError
        If there is no such column.

    Notes
    -----
    Counts of interviews, not of segments: segments of one interview are not independent, and a test
    that treats them so (as chi-square on segments does) finds differences that are not there. No
    test is made here."""
    check.columns(list(corpus.cases.columns), case=case)
    grid = counts.grid(corpus)
    heard = grid.read_by(rule)
    stated = np.full(len(grid.documents), text("interviews.all_interviews"), object)
    if case is not None:
        stated[:] = (
            corpus.cases.set_index("document", drop=False)
            .loc[list(grid.documents), case]
            .map(plain)
        )
        stated[stated == ""] = text("interviews.not_stated")
    within = grid.in_documents(grid.decided(rule))
    base = prevalence(corpus, rule=rule).frame[["theme", "code", "kind"]]
    position = pd.Index(grid.codes).get_indexer(base["code"])
    rows = [
        base.assign(
            case=group,
            interviews=within[heard & (stated == group)].sum(axis=0)[position],
            n=int((heard & (stated == group)).sum()),
        )
        for group in natural_order(stated[heard])
    ]
    frame = pd.concat(rows, ignore_index=True)
    frame = frame.assign(
        share=frame["interviews"] / frame["n"],
        confidence=np.nan,
        method=text("interviews.method_count"),
    )
    return ByCase(frame, text(_rule_key(rule), coder=rule), case=case)


def _rule_key(rule: str) -> str:
    return f"interviews.rule_{rule}" if rule in counts.RULES else "interviews.rule_coder"


def _written(rows: pd.DataFrame) -> list[str]:
    return [
        text("interviews.count_of", interviews=number(a), n=number(n))
        for a, n in zip(rows["interviews"], rows["n"], strict=True)
    ]


def _largest(rows: pd.DataFrame, language: str) -> dict[str, str]:
    most = rows["interviews"].max()
    names = [f"“{code}”" for code in rows.loc[rows["interviews"] == most, "code"]]
    if len(names) > _NAMED:
        names = [*names[:_NAMED], text("interviews.more", language, n=number(len(names) - _NAMED))]
    written = number(most) if len(names) == 1 else text("interviews.each", language, n=number(most))
    return {"codes": joined(names, language), "interviews": written}
