"""A survey in a source of columns -> its answers grouped by their raw values, by the rules by which
`surveys` reads rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pandas as pd

from cxlib.errors import EmptyDataError
from cxlib.rows.conditions import Condition
from cxlib.rows.multiplicity import TIMES, count, size
from cxlib.rows.table import missing
from cxlib.rows.wave_years import is_year
from cxlib.shown.message import Message
from cxlib.sources import grouped_checks, long_files, statuses
from cxlib.sources.grouped_rows import GroupedRows, is_among, open_rows
from cxlib.sources.repeated_rows import warn_of_identical
from cxlib.sources.status_columns import LeftOut
from cxlib.sources.surveys import Survey, bare_name
from cxlib.sources.table_names import is_columnar, server_table

FEW_ROWS, FEW_CELLS = 100_000, 5_000_000  # that are looked at whole
_MOST_PULLED, _MOST_CELLS = 1_000_000, 20_000_000  # for a refusal in the words of the rows
_FIRST = 1000  # rows by which a column is known to be no status
_MET = "cx: met"


def read_groups(
    path: Path,
    *,
    columns: Sequence[str],
    question: str,
    weight: str | None = None,
    days: Collection[str] = (),
    zone: str | None = None,
    layout: str = "auto",
    sheet: str | int | None = None,
    header: int | None = None,
    finished_only: bool = True,
    where: Condition | None = None,
) -> Survey:
    """Read a survey grouped by the raw values of some columns: one query, and small ones of names.

    Parameters
    ----------
    path : Path
        A source of columns (`table_names.is_columnar`).
    columns : sequence of str
        Columns by which the rows are grouped; those that are not there are passed over. One that
        is called like a year is taken in addition.
    question : str
        The column of the answers: others with the same question are looked at too.
    weight : str, optional
        Column that is summed up by group, or taken as one of `columns` where it holds no numbers.
    days : collection of str
        Columns of moments of which days alone count.
    zone : str, optional
        Whose days these are; None: those of each column's own zone.
    layout, sheet, header, finished_only, where
        As for `surveys.read_survey`.

    Returns
    -------
    Survey
        `frame` has a row a group, `times` how many responses it stands for, and `rows` leads to
        them. Notes and warnings are those of `read_survey`.

    Raises
    ------
    CxError
        As `read_survey`, or `GroupedRows.group`.

    Notes
    -----
    What looks at whole rows (repeated rows, one row a question) pulls those of a table of at most
    100,000 rows, and asks the engine about a larger one (`grouped_checks`); whether rows are
    repeated is not looked for above two million, and a note says so.
    """
    rows = open_rows(path, layout=layout, sheet=sheet, header=header).with_days(days, zone)
    marked, kept = _by_status(rows, finished_only)
    if weight is not None and not (weight in rows.names and rows.is_number(weight)):
        columns, weight = [*columns, weight], None
    columns = [*columns, *filter(is_year, rows.names)]
    there = [name for name in dict.fromkeys(columns) if name in rows.names and name != weight]
    beside = [name for name in _asked_twice(rows.names, question) if name not in there]
    given = {name: ~missing(kept.table[name]) for name in beside}
    if where is not None:
        given[_MET] = where.met(kept.table)
    groups = kept.group(there, weight=weight, given=given)
    for name in beside:
        groups[name] = groups[name].astype(object).where(groups[name].astype(bool), None)
    left_out = sum(marked.left_out.values()) if marked else 0
    n = int(groups[TIMES].sum()) + left_out
    if not n:
        raise EmptyDataError(
            f"{path.name!r} has {len(rows.names)} columns and 0 rows; export it again"
        )
    read = Message("sources.parquet_read", file=path.name, n=n, columns=len(rows.names))
    survey = Survey(
        frame=groups,
        questions={name: name for name in rows.names},
        layout="plain",
        encoding="parquet",
        notes=(read, *rows.notes, *(marked.notes if marked else ())),
        warnings=marked.warnings if marked else (),
        path=path,
        left_out=marked.left_out if marked else {},
        rows=kept,
    )
    return _looked_at_whole(_where(survey, where), layout)


def _where(survey: Survey, where: Condition | None) -> Survey:
    """Keep the groups that meet the condition, and say so."""
    groups, rows = survey.frame, survey.rows
    if where is not None and rows is not None:
        met, times = groups[_MET].astype("boolean"), groups[TIMES]
        kept = where.told(
            groups[met.fillna(False).astype(bool)],
            n=int(times.sum()),
            kept=count(met.fillna(False), times),
            known=count(met.notna(), times),
            table=rows.table,
            file=survey.path.name,
        )
        groups = kept.rows.drop(columns=_MET)
        survey = replace(
            survey,
            notes=(*survey.notes, *kept.notes),
            warnings=(*survey.warnings, *kept.warnings),
            left_out={**survey.left_out, LeftOut.WHERE: kept.left_out},
            rows=rows.only(rows.table.filter(where.met(rows.table).fill_null(False))),
        )
    groups = groups.reset_index(drop=True)
    return replace(survey, frame=groups.drop(columns=TIMES), times=groups[TIMES])


def _looked_at_whole(survey: Survey, layout: str) -> Survey:
    whole = _few_rows(survey)
    if whole is None and survey.rows is not None:
        if layout == "auto":
            grouped_checks.refuse_long(survey.rows)
        n = size(survey.frame, survey.times)
        said, notes = grouped_checks.warn_of_identical(survey.rows, n)
        warnings, noted = (*survey.warnings, *said), (*survey.notes, *notes)
        return replace(survey, warnings=warnings, notes=noted)
    if whole is None:
        return survey
    if layout == "auto":
        long_files.refuse_long(whole, name=survey.path.name)
    return replace(survey, few=whole, warnings=(*survey.warnings, *warn_of_identical(whole)))


def _few_rows(survey: Survey) -> pd.DataFrame | None:
    """Return all rows of a grouped survey where they are few enough to be looked at whole."""
    rows, times = survey.rows, survey.times
    if rows is None or times is None:
        return None
    n = int(times.sum())
    return rows.take() if n <= FEW_ROWS and n * len(rows.names) <= FEW_CELLS else None


def in_file_order(survey: Survey, column: str) -> Survey:
    """Return the groups in the order in which the values of a column first come in the file, where
    the engine keeps it; else in that of these values as text."""
    places = survey.rows.first_places(column) if survey.rows else {}
    given = survey.frame[column]
    texts = given.astype(str).rank(method="dense")
    keys = given.astype(object).where(given.notna(), None)
    place = pd.Series([places[key] for key in keys], given.index) if places else texts
    order = place.sort_values(kind="stable").index
    times = None if survey.times is None else survey.times.loc[order].reset_index(drop=True)
    return replace(survey, frame=survey.frame.loc[order].reset_index(drop=True), times=times)


def are_few(path: Path) -> bool:
    """Return whether the rows of a source of columns are few enough to be pulled for a refusal."""
    rows = open_rows(path)
    n = int(rows.fetch(rows.table.agg(n=rows.table.count()))["n"].iloc[0])
    return n <= _MOST_PULLED and n * len(rows.names) <= _MOST_CELLS


def can_be_grouped(path: Path, columns: Iterable[str], *, asked: bool = False) -> bool:
    """Return whether a survey is a source of columns of which these are no lists or structures, and
    the engine can be `asked` a condition: DuckDB reads what is written in a column."""
    if not is_columnar(path) or (asked and server_table(path)):
        return False
    rows = open_rows(path)
    return not any(rows.is_nested(name) for name in columns if name in rows.names)


def _asked_twice(names: Iterable[str], question: str) -> list[str]:
    return [
        name
        for name in names
        if name != question and {bare_name(name), name} & {bare_name(question), question}
    ]


def _by_status(
    rows: GroupedRows, finished_only: bool
) -> tuple[statuses.Marked | None, GroupedRows]:
    """Return what was found of rows that are no answers, and the others."""
    first = rows.take(_FIRST)
    asked = [name for name in rows.names if _may_be_status(rows, name, first[name])]
    if not asked:
        return None, rows
    flags = {name: ~missing(rows.table[name]) for name in asked if _is_flag(rows, name)}
    values = [name for name in asked if name not in flags]
    groups = rows.group(values, given=flags)[[*asked, TIMES]]
    for name in flags:
        groups[name] = pd.Series("there", groups.index).where(groups[name].astype(bool), None)
    marked = statuses.read_statuses(
        groups[asked],
        questions={name: name for name in rows.names},
        finished_only=finished_only,
        file=rows.path.name,
        times=groups[TIMES],
    )
    if marked.kept.all():
        return marked, rows
    left = [
        _among(rows.table[name], groups[name], marked.kept, flag=name in flags) for name in asked
    ]
    return marked, rows.only(rows.table.filter(~ibis.or_(*left)))


def _may_be_status(rows: GroupedRows, name: str, first: pd.Series) -> bool:
    if rows.is_nested(name) or not statuses.may_be_status(name, first):
        return False
    if statuses.may_be_status(name, pd.Series(range(2))):  # by its name
        return True
    some = rows.table.select(v=rows.table[name]).filter(ibis._.v.notnull()).distinct()
    return statuses.may_be_status(name, rows.fetch(some.limit(len(first) + 1))["v"])


def _is_flag(rows: GroupedRows, name: str) -> bool:
    return statuses.asks_whether_there(name) or rows.is_moment(name)


def _among(column: ir.Column, values: pd.Series, kept: pd.Series, *, flag: bool) -> ir.BooleanValue:
    """Return where a column has a value with which no row is kept."""
    known = kept.groupby(values, dropna=False).any()
    gone = [value for value, any_kept in known.items() if not any_kept]
    if not flag:
        return is_among(column, gone)
    return ibis.or_(*(column.isnull() if pd.isna(each) else column.notnull() for each in gone))
