"""Results of a report -> its ledger: every figure in one machine-readable table, a figure a row."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.shown import language as words
from cxlib.shown.figure_rows import HEADLINE, Figure, figures_of
from cxlib.shown.figure_words import write_in, write_method, write_unit, write_verdict
from cxlib.shown.key_figures import Key, mark_keys
from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.table import Table

COLUMNS = (
    *("study", "figure", "segment", "wave", "value", "ci_low", "ci_high", "confidence", "n"),
    *("unit", "verdict", "method", "text", "of"),
)
_SHOWN = ("text", "segment", "wave", "value", "ci_low", "ci_high", "n", "verdict")


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Ledger(Table):
    """The table of every figure of a report; `cx run` finds it by a mark and writes it as
    `figures.csv` beside the report. A reader sees the first rows, in words; `keys` marks the
    figures that stand first on the page."""

    keys: Sequence[Mapping[str, Any]] = field(default=())

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        shown = Table._repr_mimebundle_(self._shown()) | {"text/csv": self.to_csv()}
        mark: dict[str, Any] = {"ledger": True}
        return shown, {"text/csv": mark | ({"keys": list(self.keys)} if self.keys else {})}

    def __repr__(self) -> str:
        return repr(self._shown())

    def _in_words(self) -> pd.DataFrame:
        rows = [*self.frame.itertuples()]
        table = Table(
            frame=self.frame.drop(columns="of"),  # in words, the segment is what it says
            columns=dict.fromkeys(COLUMNS, ""),
            language=self.language,
            cells={
                "segment": self.frame["of"].tolist(),
                "verdict": self._verdicts(self.frame),
                "method": [write_method(row.study, row.method, self.language) for row in rows],
                "unit": [write_unit(row.unit, self.language) for row in rows],
            },
        )
        return Table._in_words(table)

    def _verdicts(self, rows: pd.DataFrame) -> list[str]:
        return [
            write_verdict(row.study, row.verdict, self.language, segment=row.segment)
            for row in rows.itertuples()
        ]

    def _shown(self) -> Table:
        first = self.frame.head(self.most) if self.most is not None else self.frame
        written = {
            name: [
                write_in(unit, value, self.language)
                for unit, value in zip(first["unit"], first[name], strict=True)
            ]
            for name in ("value", "ci_low", "ci_high")
        }
        return Table(
            frame=self.frame[list(_SHOWN)],
            columns=dict.fromkeys(_SHOWN, ""),
            caption=self.caption,
            language=self.language,
            empty=Message("common.ledger_empty"),
            most=self.most,
            cells=written | {"segment": first["of"].tolist(), "verdict": self._verdicts(first)},
        )


def ledger(
    *,
    headline: Result | None = None,
    at: Mapping[str, Any] | None = None,
    wave: Any = None,
    wave_column: str | None = None,
    all_waves: Collection[str] = (),
    key: Sequence[Key] = (),
    language: str = "en",
    **results: Result,
) -> Ledger:
    """Put every figure of some results into one machine-readable table, a figure a row.

    Use it at the end of a notebook: other programs find each figure by its name, `cx diff` compares
    two runs, and the index shows the headline.

    Parameters
    ----------
    headline : Result, optional
        The result with the one figure that the report is about: the first row of the ledger. By
        default the first of `results`.
    at : mapping, optional
        Where in `headline` it stands, such as ``{"kind": "weighted"}``; by default in its first
        row.
    wave : str, optional
        The wave that is looked at: that of all figures of results without a column of waves.
    wave_column : str, optional
        The column of waves.
    all_waves : collection of str
        Names of results without a column of waves that are about all waves together.
    key : sequence of str or (str, mapping or str), optional
        Up to five figures that a reader sees first, by their names in the ledger:
        ``"changes.difference"``, or with which row of several is meant: ``("nps.nps", {"kind":
        "weighted"})``, ``("revenue.nrr", "last")`` (the last finished row), ``("prevalence.share",
        "largest")``. Of rows by wave, that of `wave` is meant. One that these data do not have is
        shown as absent, with why.
    language : str
        Language of the caption and of `text`.
    **results : Result
        Each under the name by which its figures are to be found.

    Returns
    -------
    Ledger
        `study`, `figure` (`changes.difference`: the result's name and the column's), `segment`
        (which row of the result, ``plan=pro, country=JP``; empty where it has one row), `wave`,
        `value`, `ci_low`, `ci_high`, `confidence` (of the interval), `n` (on how many it rests),
        `unit` (see `Unit`), `verdict`, `method`, `text` (the figure's name in words; where there is
        no value, why). A few rows are shown; the CSV has all, with every digit.

    Raises
    ------
    ParameterError
        If something given is no Result, `headline` has no row `at`, `all_waves` names no result,
        or `key` no figure.
    ColumnError
        If `headline` has no column named in `at`.

    Notes
    -----
    An estimate, its interval, its n and its verdict are one row. Each other column of numbers that
    a result owns is a figure too, and no column of the researcher's: these, and texts and dates,
    say which row it is. A figure without value has a row only where something is said of it.

    Examples
    --------
    >>> frame = pd.DataFrame({"plan": ["pro"], "nps": [12.5], "ci_low": [3.0], "ci_high": [22.0]})
    >>> found = ledger(nps=Result(frame=frame.assign(n=80), method="tango"), wave="2026Q3")
    >>> found.frame[["figure", "segment", "wave", "value", "ci_low", "ci_high", "n"]]
        figure   segment    wave  value  ci_low  ci_high   n
    0  nps.nps  plan=pro  2026Q3   12.5     3.0     22.0  80
    """
    named = {**({} if headline is None else {HEADLINE: headline}), **results}
    for name, found in named.items():
        if not isinstance(found, Result):
            raise ParameterError(
                f"{name}={type(found).__name__}: is not a result; give what a study's function "
                "returned"
            )
    for name in all_waves:
        check.one_of("all_waves", name, results)
    known = _waves(results.values(), wave_column)
    rows_of = functools.partial(figures_of, language=language, wave_column=wave_column, waves=known)
    default = None if wave is None else words.label(wave)
    rows: list[Figure] = []
    if headline is not None:
        name = next((name for name, found in results.items() if found is headline), HEADLINE)
        place = _place(headline, at or {})
        there = [row for row in rows_of(name, headline) if row.place == place]
        rows.append(_in_wave((there or [_missing(name, headline)])[0], default))
    for name, found in results.items():
        own = None if name in all_waves else default
        rows += [_in_wave(row, own) for row in rows_of(name, found) if row.tells]
    if not any(row.tells for row in rows):
        rows = []  # a headline alone that says nothing
    rows = _once(rows)
    keys = mark_keys(key, named, rows, wave=default, language=language)
    caption = Message("common.ledger")
    return Ledger(frame=_frame(rows), caption=caption, language=language, most=10, keys=keys)


def _waves(results: Iterable[Result], wave_column: str | None) -> set[str]:
    """Return the names of all waves in the column of waves of any result."""
    return {
        words.label(value)
        for found in results
        for name in found.frame
        if wave_column is not None and found.carried.get(name, name) == wave_column
        for value in found.frame[name].dropna()
    }


def _place(headline: Result, at: Mapping[str, Any]) -> int:
    """Return the row of the headline's figure."""
    if headline.frame.empty:
        return 0
    check.columns(list(headline.frame.columns), at=list(at))
    there = pd.Series(True, index=range(len(headline.frame)))
    for name, value in at.items():
        there &= (headline.frame[name] == value).to_numpy()
    if not there.any():
        raise ParameterError(
            f"at={dict(at)!r}: the headline has no such row; give a value that its frame has"
        )
    return int(there.idxmax())


def _missing(name: str, headline: Result) -> Figure:
    """Return the row in place of a headline without figures, so that no other is taken for it."""
    return Figure(study=words.topic_of(type(headline)), figure=name)


def _in_wave(row: Figure, wave: str | None) -> Figure:
    return replace(row, wave=wave) if row.wave is None else row


def _once(rows: Iterable[Figure]) -> list[Figure]:
    """Return each figure once."""
    once: dict[tuple[str, ...], Figure] = {}
    for row in rows:
        once.setdefault((row.figure, row.segment, row.wave or ""), row)
    return list(once.values())


def _frame(rows: Sequence[Figure]) -> pd.DataFrame:
    """Return the rows as a frame."""
    frame = pd.DataFrame(
        [[getattr(row, name) for name in COLUMNS] for row in rows], columns=list(COLUMNS)
    )
    numbers = ("value", "ci_low", "ci_high", "confidence", "n")
    frame = frame.astype(dict.fromkeys(numbers, float)).astype({"unit": str})
    frame["wave"] = frame["wave"].fillna("")
    whole = (frame["n"].dropna() % 1 == 0).all()
    return frame.astype({"n": "Int64"}) if whole else frame
