"""A survey export -> its answers as given, the text of each question, and what was read and how."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from cxlib import check
from cxlib.errors import EmptyDataError, SourceError
from cxlib.rows.conditions import Condition, parse_condition
from cxlib.rows.multiplicity import count, size
from cxlib.shown.message import Message
from cxlib.sources import (
    answers,
    grouped_rows,
    header_rows,
    layouts,
    long_files,
    statuses,
    tables,
    totals,
)
from cxlib.sources.columnar import pulled, read_columns
from cxlib.sources.frames import as_frame
from cxlib.sources.grouped_rows import GroupedRows
from cxlib.sources.repeated_rows import warn_of_identical
from cxlib.sources.status_columns import LeftOut
from cxlib.sources.table_names import is_columnar
from cxlib.sources.tables import RawTable


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Survey:
    """A survey as it was answered.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row a response, one column a question (or an option of one); answers as given.
    questions : dict of str to str
        Column to the question's full text (the column's own header where the file has no other).
    layout : str
        `plain`, `qualtrics` or `surveymonkey`.
    encoding : str
        As `tables.RawTable` has it: `utf-8`, `cp932`, …, or `xlsx`, `parquet`, `sav`, `dta`.
    notes : tuple of Message
        What was read and how, and what a reader should know of it.
    path : pathlib.Path
    warnings : tuple of Message
        What can change a number: shown as flags above the finding.
    left_out : mapping of LeftOut to int
        Rows left out by a rule, by reason.
    labels : mapping of str to mapping
        Column to what its codes mean, as `tables.RawTable` has it.
    times : pandas.Series of int or None
        How many responses each row of the frame stands for, with its index; None: one each.
    rows : GroupedRows or None
        Where `times` are: the responses, where they lie.
    few : pandas.DataFrame or None
        Where `times` are: the responses themselves, if these are few.
    """

    frame: pd.DataFrame
    questions: dict[str, str]
    layout: str
    encoding: str
    notes: tuple[Message, ...]
    path: Path
    warnings: tuple[Message, ...] = ()
    left_out: Mapping[LeftOut, int] = field(default_factory=dict)
    labels: Mapping[str, Mapping[Any, str]] = field(default_factory=dict)
    times: pd.Series | None = None
    rows: GroupedRows | None = None
    few: pd.DataFrame | None = None

    @property
    def noticed(self) -> tuple[Message, ...]:
        """The notes but for the first, which says how much was read."""
        return self.notes[1:]

    @property
    def headed(self) -> tuple[Message, ...]:
        """What the first note says of the header rows, where these are more than one."""
        layout = self.notes[0].values.get("layout")
        return (layout,) if layout and layout.values.get("rows") != 1 else ()

    @property
    def whole(self) -> pd.DataFrame | None:
        """One row a response; None where they are too many to be looked at whole."""
        return self.frame if self.times is None else self.few

    @property
    def n(self) -> int:
        """Rows that were read, with those that a rule left out."""
        return size(self.frame, self.times) + sum(self.left_out.values())

    def asked_twice(self, column: str) -> tuple[Message, ...]:
        """Return a warning for each other column that has the same question and answers to it.

        The same question is the same header (a repeated one has a number behind it) or the same
        question text.
        """
        heard = self.frame[column].notna()
        found = []
        for other, question in self.questions.items():
            same = {bare_name(other), question} & {bare_name(column), self.questions[column]}
            if other == column or not same or self.layout == "surveymonkey":
                continue
            answered = self.frame[other].notna()
            if answered.any():
                n, alone = (count(each, self.times) for each in (answered, answered & ~heard))
                values = {"column": column, "other": other, "n": n, "alone": alone}
                found.append(Message("sources.second_column", **values))
        return tuple(found)

    def refuse_headers(self, column: str) -> None:
        """Refuse a source of columns whose rows hold more of the headers of an export, as where a
        CSV with three of them was loaded into a database; `column` holds the answers.

        Raises
        ------
        SourceError
            With the cell that tells it.
        """
        if not is_columnar(self.path) or column not in self.frame:
            return
        cell = header_rows.header_among(self.frame[column].dropna().unique())
        if cell is not None:
            raise SourceError(
                f"{self.path.name!r}: rows of it are headers of the export that it was made of "
                f"(in column {column!r} one holds {cell!r}), and would be counted as answers; load "
                "it again without these rows, or give a view without them"
            )

    def where(self, condition: Condition | str | None, *, parameter: str = "where") -> Survey:
        """Return the survey with the rows alone that meet a condition (see
        `conditions.parse_condition`), and with what there is to say about it.

        Raises
        ------
        ParameterError, ColumnError, EmptyDataError
            If it is no condition, names a column that is not there, or no row meets it.
        """
        if condition is None:
            return self
        asked = (
            parse_condition(condition, parameter=parameter)
            if isinstance(condition, str)
            else condition
        )
        kept = asked.apply(self.frame, file=self.path.name)
        before = self.left_out.get(LeftOut.WHERE, 0)
        return replace(
            self,
            frame=kept.rows.reset_index(drop=True),
            notes=(*self.notes, *kept.notes),
            warnings=(*self.warnings, *kept.warnings),
            left_out={**self.left_out, LeftOut.WHERE: before + kept.left_out},
        )


def bare_name(name: str) -> str:
    """Return a column's header without the number that tells it from one of the same name."""
    return re.sub(r" \(\d+\)$", "", name)


def read_survey(
    path: str | Path,
    *,
    layout: str = "auto",
    sheet: str | int | None = None,
    header: int | None = None,
    dates: str | None = None,
    finished_only: bool = True,
    where: Condition | str | None = None,
) -> Survey:
    """Read a survey export: text (CSV, TSV, semicolons), Excel workbook (.xlsx), Parquet, JSON
    lines, SPSS (.sav) or Stata (.dta).

    Parameters
    ----------
    path : str or Path
    layout : {"auto", "plain", "qualtrics", "surveymonkey"}
        How the header is laid out. `auto` finds Qualtrics by the row of import ids
        (`{"ImportId": ...}`, row 3, or row 2 where the question texts were removed), SurveyMonkey
        by a second row that starts empty and holds "Response", "Open-Ended Response" or options
        under empty cells of the first, and, for any other tool, a second and third row that hold
        no answer by the rule of `header_rows.is_header_row`. `plain`: one row of names, or
        `header` rows.
    sheet : str or int, optional
        Of a workbook: a sheet's name, its number among the visible ones, or "*" for all with the
        same header as one; by default the first, where no other can be meant.
    header : {1, 2, 3}, optional
        How many rows at the top are headers: the names stand in the first, the questions in the
        second. None: found.
    finished_only : bool
        Whether responses that the survey tool marks as unfinished are left out. What it marks as
        preview, test or spam always is: see `statuses.read_statuses`.
    where : Condition or str, optional
        A condition on the rows, such as `"country" = 'JP'` (see `conditions.parse_condition`); the
        others are left out, and told.

    Returns
    -------
    Survey

    Raises
    ------
    SourceError
        If the file is absent, is not what its suffix says or beyond its bounds, is in no encoding
        that can be told, has rows with more cells than the header or an open quote, has several
        sheets that can be meant, or is not in the layout that was asked for; if it has no row of
        names, a row that may be of the headers or an answer, one row a question, or a row called a
        total that adds nothing up.
    EmptyDataError
        If the file is empty or has headers and no responses, or is marked as no answers throughout.
    ParameterError
        If `layout`, `sheet` or `header` is none of the above.

    Notes
    -----
    No answer is altered. A column in which every answer is a plain number, written without leading
    zeros, plus signs or separators, and short enough to be exact, is numeric (int64, Int64 where
    answers are missing, float64 with decimals; a decimal comma where commas do not separate the
    cells); every other column of a text file is text as it stands ("007", "10点", "１０", " 7";
    "1.286" beside "720", whose point may stand between thousands: see `rows.thousands`).
    Only an empty cell is a missing answer, an error cell of a workbook, or a code that an SPSS file
    declares missing; the latter are counted in the notes. Dates in a text file stay text; dates in
    a workbook are dates; a workbook column of mixed kinds becomes text (see
    `cxlib.sources.answers`). Rows and trailing columns without any content are left out, rows
    counted in the notes; so are rows that repeat the header or add up the others. A column's name
    is its header with white space collapsed; a repeated or empty one gets a number. All rows are
    held in memory.

    Encodings are told apart by a stated rule: see `cxlib.sources.decoding.decode`; delimiters:
    `cxlib.sources.delimited.split`; codes and labels: `cxlib.sources.statistics_files`.
    """
    path = Path(path)
    check.one_of("layout", layout, layouts.LAYOUTS)
    layouts.check_header(header)
    table = _read(path, layout=layout, sheet=sheet, header=header)
    marked = statuses.read_statuses(
        table.frame, questions=table.questions, finished_only=finished_only, file=path.name
    )
    survey = replace(
        table,
        frame=table.frame[marked.kept].reset_index(drop=True),
        notes=(*table.notes, *marked.notes),
        warnings=(*table.warnings, *marked.warnings),
        left_out={**table.left_out, **marked.left_out},
    ).where(where)
    survey = replace(survey, warnings=(*survey.warnings, *warn_of_identical(survey.frame)))
    if layout == "auto":
        long_files.refuse_long(survey.frame, name=path.name)
    return survey


def read_list(
    path: str | Path, *, sheet: str | int | None = None, where: Condition | str | None = None
) -> Survey:
    """Read a list of customers, invitations or cases: one row of names, and no row of it is a
    response, so no status is looked for.

    See `read_survey` for what is refused, and how cells are read.
    """
    return _read(Path(path), layout="plain", sheet=sheet, header=None).where(where)


def _read(path: Path, *, layout: str, sheet: str | int | None, header: int | None) -> Survey:
    if is_columnar(path):
        tables.refuse_unread(path, sheet=sheet)
        grouped_rows.refuse_layout(path, layout=layout, header=header)
        return _from_columns(path)
    return _survey(path, tables.read_rows(path, sheet=sheet), layout, header)


def _survey(path: Path, table: RawTable, layout: str, header: int | None) -> Survey:
    found = layouts.find_headers(table.rows, layout, path.name, header)
    given, repeats = totals.leave_out_repeats(table.rows[found.rows :], table.rows[: found.rows])
    given, sums = totals.leave_out_totals(given, name=path.name)
    if not given:
        raise EmptyDataError(
            f"{path.name!r} has {found.rows} header row(s) and no responses; export it with its "
            "responses"
        )
    names, renamed = layouts.distinct(found.names)
    cells, converted = answers.point_decimals(names, given, mark=table.decimal)
    frame = pd.DataFrame(answers.columns(names, cells, mark=table.decimal))
    read = Message(
        "sources.survey_read",
        file=path.name,
        n=len(frame),
        columns=len(names),
        layout=_layout(found),
    )
    if table.left_out:
        renamed = [*renamed, Message("sources.rows_left_out", n=table.left_out)]
    if repeats:
        renamed = [*renamed, Message("sources.header_repeated", n=repeats)]
    if sums:
        renamed = [*renamed, Message("sources.totals_left_out", n=sums)]
    questions = {
        name: table.questions.get(str(own), str(question))
        for name, own, question in zip(names, table.rows[0], found.questions, strict=True)
    }
    return Survey(
        frame=frame,
        questions=questions,
        layout=found.layout,
        encoding=table.encoding,
        notes=(read, *table.notes, *converted, *renamed),
        warnings=(*table.warnings, *totals.doubt_last(given, names)),
        path=path,
        left_out={LeftOut.TOTAL: sums} if sums else {},
        labels=_codes(names, table),
    )


def _codes(names: list[str], table: RawTable) -> dict[str, Mapping[Any, str]]:
    own = zip(names, table.rows[0], strict=True)
    return {name: found for name, given in own if (found := table.labels.get(str(given)))}


def _layout(found: layouts.Headers) -> Message:
    if found.layout == "qualtrics":
        return Message("sources.layout_qualtrics", rows=found.rows)
    if found.layout == "surveymonkey":
        return Message("sources.layout_surveymonkey")
    return Message("sources.layout_plain", rows=found.rows)


def _from_columns(path: Path) -> Survey:
    table = read_columns(path)
    if not table.num_columns or not table.num_rows:
        raise EmptyDataError(
            f"{path.name!r} has {table.num_columns} columns and {table.num_rows} rows; export it "
            "again"
        )
    names, renamed = layouts.distinct(table.column_names)
    read = Message("sources.parquet_read", file=path.name, n=table.num_rows, columns=len(names))
    return Survey(
        frame=as_frame(table, names),
        questions={name: name for name in names},
        layout="plain",
        encoding="parquet",
        notes=(read, *pulled(path, table.num_rows), *renamed),
        path=path,
    )
