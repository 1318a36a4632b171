"""A corpus -> in how many interviews each code is, for each value of an attribute of the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from cxlib.interviews.naming import NAMED, first_few, in_quotes
from cxlib.interviews.prevalence import prevalence
from cxlib.rows.names import carry, fold
from cxlib.rows.periods import natural_order
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.table import Format, Table
from cxlib.shown.vocabulary import level_and_method

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ByCase(Result):
    """In how many interviews of each kind of case each code is.

    `frame` (tidy): `theme, code, kind`, the column of the cases (empty where it is not stated; no
    such column where none was named), `interviews, n, share, confidence, method`.

    Attributes
    ----------
    case : str or None
        The column of the cases, as the researcher calls it.
    rule : Message
        Where a code counts.
    names : CodeNames
        What codes are called in each language.
    """

    case: str | None
    rule: Message
    names: CodeNames = field(default_factory=CodeNames)

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("theme", "code", "kind"), ""),
        **dict.fromkeys(("interviews", "n"), "integer"),
        "share": "percent",
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("interviews.by_case_caption")

    def summary(self, language: str = "en") -> str:
        """Say the widest difference between two groups, or what cannot be known without a case
        column."""
        return self._sentence().text(language)

    def _sentence(self) -> Message:
        if self.case is None:
            return Message("interviews.no_case")
        if self._group().nunique() < 2:
            return Message("interviews.one_case", case=self.case)
        gaps = [
            Message(
                "interviews.by_case_gap",
                code=self.names.column("code", [code])[0],
                high=self._name(high["group"]),
                low=self._name(low["group"]),
                a=high["interviews"],
                n_a=high["n"],
                b=low["interviews"],
                n_b=low["n"],
            )
            for code, high, low in self._widest()
        ]
        if not gaps:
            return Message("interviews.by_case_even", case=self.case)
        return Message("interviews.by_case", case=self.case, gaps=first_few(gaps))

    def _group(self) -> pd.Series:
        """The group of each row; empty where it is not stated, or where no column was named."""
        if self.case is None:
            return pd.Series("", index=self.frame.index)
        return self.frame[carry([self.case], self.columns)[self.case]]

    def _name(self, group: str) -> Message | str:
        if group:
            return group
        if self.case is None:
            return Message("interviews.all_interviews")
        return Message("interviews.not_stated")

    def _widest(self) -> list[tuple[str, pd.Series, pd.Series]]:
        """Codes with the widest gap between two groups, each with the rows of the groups that have
        most and least."""
        rows = (
            self.frame.assign(group=self._group())
            .sort_values("share", ascending=False, kind="stable")
            .groupby("code", sort=False)
        )
        high, low = rows.first(), rows.last()
        gap = high["share"] - low["share"]
        codes = [
            code
            for code in dict.fromkeys(self.frame["code"])
            if gap.max() > 0 and np.isclose(gap[code], gap.max())
        ]
        return [(code, high.loc[code], low.loc[code]) for code in codes]

    @property
    def shown_cells(self) -> Mapping[str, Sequence[Any]]:
        """Codes, themes and kinds as the reader's language calls them."""
        return self.names.cells(self.frame)

    def crosstab(self, *, language: str = "en") -> Table:
        """Return one row a code and one column a group: the number of interviews, the group's size
        in the heading."""
        rows = self.frame.assign(group=self._group())
        sizes = rows.drop_duplicates("group").set_index("group")["n"]
        wide = rows.pivot(index="code", columns="group", values="interviews")[sizes.index]
        wide.columns = pd.Index(
            [
                Message("interviews.group", group=self._name(group), n=n).text(language)
                for group, n in sizes.items()
            ]
        )
        about = self.frame.drop_duplicates("code")[["theme", "code", "kind"]]
        return Table(
            cells=self.names.cells(about),
            frame=about.merge(wide, left_on="code", right_index=True),
            columns=self.columns,
            topic="interviews",
            caption=self.caption(),
            language=language,
        )

    @drawing
    def plot(self, ax: Axes | None = None, *, language: str = "en", **look: Unpack[Look]) -> Axes:
        """Draw a heat map of codes by groups: shade by share, each cell with its count."""
        rows = self.frame.assign(group=self._group())
        rows = rows[rows.groupby("code")["interviews"].transform("sum") > 0]
        if rows.empty:
            return figures.blank(self._sentence(), language=language, ax=ax)
        written = partial(self.names.written, "code", language=language)
        rows = rows.assign(code=written(rows["code"]))
        groups = list(dict.fromkeys(rows["group"]))
        finding, measured = self._title()
        ax = figures.by_case(
            rows,
            groups={group: self._name(group) for group in groups},
            case=self.case or "",
            named=written(code for code, _, _ in self._widest())[:NAMED] if self.case else [],
            finding=finding,
            measured=measured,
            language=language,
            ax=ax,
        )
        return self.with_numbers(
            ax,
            rows,
            rows["code"],
            "interviews",
            across=[self._name(group) for group in rows["group"]],
            ends={},
            language=language,
        )

    def _title(self) -> tuple[Message, Message]:
        if self.case is None:
            return (
                Message("interviews.by_case_alone"),
                Message("interviews.by_case_alone_measured"),
            )
        measured = Message("interviews.by_case_measured", case=self.case)
        codes = in_quotes(self.names.column("code", (code for code, _, _ in self._widest())))
        if not codes:
            return Message("interviews.by_case_even_title", case=self.case), measured
        title = Message("interviews.by_case_title", case=self.case, codes=first_few(codes))
        return title, measured


@check.arguments
@needs_codings(ByCase)
def by_case(corpus: Corpus, *, case: str | None, rule: str = "majority") -> ByCase:
    """Count the interviews in which each code is, for each value of a column of the cases.

    Parameters
    ----------
    corpus : Corpus
        From `read` or `read_corpus`.
    case : str or None
        Column of `corpus.cases`, such as language or segment; where None the result says what
        cannot be known without it.
    rule : {"majority", "any", "all"} or the name of a coder
        Where a code counts on a unit; see `prevalence`.

    Returns
    -------
    ByCase
        One row a value of `case` and code: `theme`, `code`, `kind`, the column of the cases (empty
        where it is not stated; no such column where `case` is None), `interviews` with the code,
        `n` interviews, `share` in [0, 1]; `confidence` is missing, since these are counts.

    Raises
    ------
    ColumnError
        If there is no such column.
    ParameterError
        If `rule` is neither a rule nor a coder.
    EmptyDataError
        If no interview with units was opened by a coder.

    Notes
    -----
    Counts of interviews, not of segments: segments of one interview are not independent, and a test
    that treats them so (as chi-square on segments does) finds differences that are not there. No
    test is made here."""
    check.columns(list(corpus.cases.columns), case=case)
    grid = counts.grid(corpus)
    base = grid.base(rule)
    group, warnings = _groups(corpus, grid, case)
    within = grid.in_documents(grid.presence(rule))
    found = prevalence(corpus, rule=rule)
    position = pd.Index(grid.codes).get_indexer(found.frame["code"])
    column = {} if case is None else carry([case], ByCase.columns)
    parts = []
    for name in [*natural_order(group[base & (group != "")]), ""]:
        here = base & (group == name)
        if here.any():
            part = found.frame[["theme", "code", "kind"]].assign(
                **dict.fromkeys(column.values(), name),
                interviews=within[here].sum(axis=0)[position],
                n=int(here.sum()),
            )
            parts.append(part)
    frame = pd.concat(parts, ignore_index=True)
    share = frame["interviews"] / frame["n"]
    return ByCase(
        frame=frame.assign(share=share, confidence=np.nan, method=Method.COUNT.value),
        method=Method.COUNT,
        warnings=warnings,
        carried={frame_column: own for own, frame_column in column.items()},
        case=case,
        rule=found.rule,
        names=CodeNames.of(corpus.codebook),
    )


def _groups(
    corpus: Corpus, grid: counts.Grid, case: str | None
) -> tuple[NDArray, tuple[Message, ...]]:
    """Return what each interview is in the column of the cases, empty where it is not stated, and
    which names of groups may be one."""
    if case is None:
        return np.full(len(grid.documents), "", object), ()
    stated = corpus.cases.set_index("document", drop=False).loc[list(grid.documents), case]
    names = fold(stated)
    return names.values.fillna("").to_numpy(object), names.warnings(case)
