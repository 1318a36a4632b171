"""Rows where they lie -> the refusals and warnings that look at whole rows, where these are too
many to be pulled."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pandas as pd

from cxlib.rows import headcounts, option_columns, tallies
from cxlib.rows.table import missing
from cxlib.shown.message import Message
from cxlib.sources import long_files, repeated_rows
from cxlib.sources.grouped_rows import GroupedRows

MOST_COMPARED = 2_000_000  # rows of which each is compared with all others
_FIRST = 5_000  # rows that exclude what holds of all rows or of none


def warn_of_identical(rows: GroupedRows, n: int) -> tuple[tuple[Message, ...], tuple[Message, ...]]:
    """Return the warning of `repeated_rows.warn_of_identical`; or a note that it was not looked for
    where there are more rows than are compared, or an engine has no means.

    Returns
    -------
    warnings, notes : tuple of Message
    """
    if len(rows.names) < 2:
        return (), ()
    if n > MOST_COMPARED or rows.table.get_backend().name != "duckdb":
        return (), (Message("sources.rows_not_compared", n=n, limit=MOST_COMPARED),)
    whole = ibis.struct({f"c{i}": rows.table[name] for i, name in enumerate(rows.names)})
    different = int(rows.fetch(rows.table.agg(n=whole.hash().nunique()))["n"].iloc[0])
    if different == n:
        return (), ()
    once = rows.table.distinct()
    different = int(rows.fetch(once.agg(n=once.count()))["n"].iloc[0])
    for name in rows.names if different >= repeated_rows.FEWEST else ():
        if len(rows.names) == 2 and repeated_rows.is_date(rows.take(_FIRST)[name]):
            continue
        facts = rows.fetch(once.agg(there=once[name].count(), values=once[name].nunique())).iloc[0]
        if facts["there"] == facts["values"] == different:
            said = {"n": n - different, "columns": len(rows.names), "column": name}
            return (Message("sources.rows_identical", **said),), ()
    return (), ()


def refuse_long(rows: GroupedRows) -> None:
    """As `long_files.refuse_long`.

    Raises
    ------
    SourceError
        With the condition that picks one question.
    """
    called = long_files.question_and_answer(rows.names)
    if called is None:
        return
    question, _ = called
    table = rows.table.filter(~missing(rows.table[question]))
    questions = table.select(q=table[question]).distinct().order_by("q").limit(2)
    first = rows.fetch(questions)["q"]
    if len(first) < 2:
        return
    for name in rows.names:
        if name not in called and (people := _answers_each(rows, name, question)):
            n = int(rows.fetch(table.agg(n=table[question].nunique()))["n"].iloc[0])
            raise long_files.refusal(rows.path.name, called, n, first.iloc[0], name, people)


def _answers_each(rows: GroupedRows, respondent: str, question: str) -> int:
    """Return how many people answered each question once, most of them several; else 0."""
    table = rows.table
    if table[respondent].type().is_nested():
        return 0
    pairs = table.select(who=table[respondent], q=table[question])
    pairs = pairs.filter(~missing(pairs.who), ~missing(pairs.q))
    each = pairs.group_by(["who", "q"]).agg(n=pairs.count())
    people = each.group_by("who").agg(questions=each.count(), most=each.n.max())
    found = people.agg(
        people=people.count(),
        several=people.questions.count(where=people.questions > 1),
        most=people.most.max(),
    )
    facts = rows.fetch(found).iloc[0]
    answered = facts["most"] == 1 and facts["people"] >= 2
    return int(facts["people"]) if answered and 2 * facts["several"] > facts["people"] else 0


def refuse_options(rows: GroupedRows, score: str) -> None:
    """As `option_columns.refuse_options`.

    Raises
    ------
    ColumnError
        With the call that puts the columns together.
    """
    options = option_columns.options_of(rows.names, score)
    if not options:
        return
    first = rows.take(_FIRST)
    if score in rows.names:
        if not option_columns.are_ticked(first[options]):
            return
        table = rows.table
        ticks = [ibis.ifelse(missing(table[name]), 0, 1) for name in options]
        together = ticks[0]
        for tick in ticks[1:]:
            together = together + tick
        values = {f"v{i}": table[name].nunique() for i, name in enumerate(options)}
        facts = rows.fetch(table.agg(most=together.max(), **values)).iloc[0]
        if facts.max() > 1:
            return
    raise option_columns.refusal(first[options], score, rows.path)


def refuse_tally(rows: GroupedRows, scores: pd.Series, n: int, *, score: str, path: Path) -> None:
    """As `tallies.refuse_tally`, of more rows than a score has values.

    Parameters
    ----------
    rows : GroupedRows
    scores : pandas.Series
        The raw answers, each at least once.
    n : int
        Rows.
    score : str
    path : Path

    Raises
    ------
    ParameterError
        With the call that writes one row an answer.

    Notes
    -----
    A table of numbers has each combination of groups and score once, and most of these
    combinations. Rows with an id have each once too, but nearly as many groups as rows; so one
    column with more values than half the rows says that it is none, whatever the others hold.
    """
    points = tallies.points_of(scores)
    if not points:
        return
    first = rows.take(_FIRST)
    counts = [
        name
        for name in rows.names
        if name != score and not headcounts.is_id(name) and _counts(first[name])
    ]
    for count in counts:
        if not first[[name for name in rows.names if name != count]].duplicated().any():
            _refuse_if_tally(rows, first, n, score=score, count=count, points=points, path=path)


def _counts(values: pd.Series) -> bool:
    numbers = headcounts.whole_numbers(values)
    return numbers is not None and numbers.sum() > 0


def _refuse_if_tally(
    rows: GroupedRows,
    first: pd.DataFrame,
    n: int,
    *,
    score: str,
    count: str,
    points: int,
    path: Path,
) -> None:
    groups = [
        name
        for name in rows.names
        if name not in (score, count) and not headcounts.is_share(first[name])
    ]
    table = rows.table
    many = sorted(groups, key=lambda name: -first[name].nunique())[:3]
    values = {f"v{i}": table[name].approx_nunique() for i, name in enumerate(many)}
    facts = rows.fetch(table.agg(n=table.count(), **values)).iloc[0]
    if any(facts[name] > n / 2 for name in values):
        return
    total = _total(rows, count)
    if total < 2 * n or _distinct(rows, [*groups, score]) < n:
        return
    if n >= tallies.FULL * (_distinct(rows, groups) if groups else 1) * points:
        raise tallies.refusal(tallies.Tally((count,), total, tuple(groups)), n, path, score=score)


def _total(rows: GroupedRows, count: str) -> int:
    """Return the sum of whole numbers of 0 or more, none missing; 0 where they are others."""
    column: ir.Column = rows.table[count]
    number = column.cast("float64") if column.type().is_numeric() else column.try_cast("float64")
    fit = (number >= 0) & (number == number.floor())
    facts = rows.fetch(
        rows.table.agg(n=rows.table.count(), fit=number.count(where=fit), total=number.sum())
    ).iloc[0]
    return int(facts["total"]) if facts["fit"] == facts["n"] else 0


def _distinct(rows: GroupedRows, names: Sequence[str]) -> int:
    found = rows.table.select(**{f"c{i}": rows.table[name] for i, name in enumerate(names)})
    once = found.distinct()
    return int(rows.fetch(once.agg(n=once.count()))["n"].iloc[0])
