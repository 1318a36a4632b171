"""Columns in which survey tools say what a row is -> which rows are no answers, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from cxlib.errors import EmptyDataError
from cxlib.rows.multiplicity import count, size
from cxlib.shown.message import Message
from cxlib.sources.header_rows import plain
from cxlib.sources.status_columns import (
    DONE,
    FORM,
    LIMESURVEY,
    PREVIEW,
    PROOF,
    QUALTRICS,
    REDCAP,
    RESPONSE,
    SPAM,
    STATUSES,
    SUBMITTED,
    TEST,
    TOOLS,
    UNFINISHED,
    LeftOut,
    Status,
)

_FEW = 12  # values that a column of states has


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Marked:
    """Which rows are answers, and what was found of the others."""

    kept: pd.Series
    left_out: Mapping[LeftOut, int]
    notes: tuple[Message, ...]
    warnings: tuple[Message, ...]


def read_statuses(
    frame: pd.DataFrame,
    *,
    questions: Mapping[str, str],
    finished_only: bool,
    file: str,
    times: pd.Series | None = None,
) -> Marked:
    """Find the rows that the survey tool itself marks as no answer.

    A column is taken for a status only where its name (or question text) and all of its values are
    those of a known tool, and, where the name alone is anybody's (`status` with numbers,
    `finished`), where other columns of that tool are beside it. Previews, tests and spam are left
    out always, unfinished responses where `finished_only`.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns that `may_be_status` does not name may be left out of it.
    questions : mapping of str to str
        Each column of the file, in its order, to its question.
    finished_only : bool
    file : str
        Its name, for refusals.
    times : pandas.Series of int, optional
        How many rows of the file each row of the frame stands for; None: one each.

    Returns
    -------
    Marked
        `warnings` name columns that look like a status and were not taken for one.

    Raises
    ------
    EmptyDataError
        If nothing is left.
    """
    there = dict.fromkeys((*questions, *frame.columns))
    names = {column: _called(column, questions) for column in there}
    reasons = pd.Series(None, index=frame.index, dtype=object)
    by: dict[LeftOut, list[str]] = {}
    warnings: list[Message] = []
    marked = list(_statuses(frame, names, warnings, times))
    for reason in (PREVIEW, TEST, SPAM, UNFINISHED):
        for column, marks in marked:
            rows = (marks == reason) & reasons.isna()
            if rows.any():
                by.setdefault(reason, []).append(column)
                reasons = reasons.mask(rows, reason)
    counts = {reason: count(reasons == reason, times) for reason in by}
    notes = []
    for reason, n in counts.items():
        kept = reason is UNFINISHED and not finished_only
        key = "sources.unfinished_kept" if kept else "sources.status_read"
        notes.append(Message(key, n=n, reason=reason, columns=by[reason]))
    if not finished_only:
        reasons = reasons.mask(reasons == UNFINISHED, None)
        counts.pop(UNFINISHED, None)
    if len(frame) and reasons.notna().all():
        _refuse_nothing_left(counts, file)
    return Marked(
        kept=reasons.isna(), left_out=counts, notes=tuple(notes), warnings=tuple(warnings)
    )


def may_be_status(column: str, first: pd.Series) -> bool:
    """Return whether a column may say what a row is, by its name, and by the first of its values
    where the name says nothing: one word that no tool writes there, and it does not."""
    called = _called(column, {})
    known = SUBMITTED | DONE | {"progress"}
    if called & known or any(called & status.names for status in STATUSES):
        return True
    if plain(column).endswith("_complete"):
        return True
    if pd.api.types.is_numeric_dtype(first) or first.nunique() > _FEW:
        return False
    return set(first.dropna().map(_value)) <= set(RESPONSE)


def asks_whether_there(column: str) -> bool:
    """Return whether of a column that may be a status it counts alone where it has a value."""
    called = _called(column, {})
    return bool(called & (SUBMITTED | DONE)) and not any(called & it.names for it in STATUSES)


def _refuse_nothing_left(left_out: Mapping[LeftOut, int], file: str) -> None:
    counts = ", ".join(f"{n:,} {reason.value}" for reason, n in left_out.items())
    step = (
        "pass finished_only=False to keep the unfinished"
        if LeftOut.UNFINISHED in left_out
        else "export the answers of customers"
    )
    raise EmptyDataError(
        f"{file!r}: its own columns mark all rows as no answers ({counts}); {step}"
    )


def _called(column: str, questions: Mapping[str, str]) -> set[str]:
    said = (column, questions.get(column, column))
    return {"".join(c for c in plain(text) if c.isalnum()) for text in said}


def _statuses(
    frame: pd.DataFrame,
    names: Mapping[str, set[str]],
    warnings: list[Message],
    times: pd.Series | None,
) -> Iterator[tuple[str, pd.Series]]:
    """Give each column that says what a row is, with a reason for each of its rows; name those
    that may be one in `warnings`."""
    everywhere = set().union(*names.values())
    for column in frame.columns:
        called = names[column]
        fitting = [status for status in STATUSES if status.names & called]
        unfinished = _unfinished(frame, column, called, everywhere)
        if unfinished is not None:
            yield column, pd.Series(None, frame.index, dtype=object).mask(unfinished, UNFINISHED)
        elif fitting:
            values = frame[column].map(_value, na_action="ignore")
            found = _fits(values, fitting, everywhere - called)
            if found is not None:
                yield column, values.map(found.marks.get, na_action="ignore").astype(object)
            else:
                of_tool = bool((everywhere - called) & TOOLS)
                warnings += _not_taken(column, values, fitting, of_tool, times)
        else:
            warnings += _doubt(frame[column], called, bool((everywhere - called) & TOOLS), times)


def _unfinished(
    frame: pd.DataFrame, column: str, called: set[str], everywhere: set[str]
) -> pd.Series | None:
    """Return which rows a column of LimeSurvey, Qualtrics or REDCap says to be unfinished; None
    where it is none of them."""
    values = frame[column]
    if called & SUBMITTED and everywhere & LIMESURVEY and values.notna().any():
        return values.isna()
    if called & {"progress"} and len(everywhere & QUALTRICS) > 2 and "finished" not in everywhere:
        share = pd.to_numeric(values, errors="coerce")
        return share < 100 if share.between(0, 100).all() else None
    if any(map(REDCAP.match, everywhere)):
        forms = [name for name in frame.columns if plain(name).endswith("_complete")]
        states = values.map(_value, na_action="ignore")
        if forms == [column] and states.isin(FORM).all():
            return ~states.isin(("2", "complete"))
    return None


def _doubt(
    values: pd.Series, called: set[str], of_tool: bool, times: pd.Series | None
) -> list[Message]:
    """Name a column that is called by no tool's name and says what tools say of no answers."""
    column = values.name
    if of_tool and called & DONE and values.notna().any() and values.isna().any():
        return [Message("sources.status_empty", column=column, n=count(values.isna(), times))]
    if of_tool and called & {"progress"}:
        share = pd.to_numeric(values, errors="coerce")
        n = count(share < 100, times)
        if share.between(0, 100).all() and n > 0 and 2 * n <= size(share, times):
            return [Message("sources.status_progress", column=column, n=n)]
    if plain(column).endswith("_complete"):
        states = values.map(_value, na_action="ignore")
        n = count(states.isin(("0", "1", "incomplete", "unverified")), times)
        if states.dropna().isin(FORM).all() and 0 < n < size(states, times):
            words = sorted(set(states.dropna()) - {"2", "complete"})
            return [Message("sources.status_not_taken", column=column, n=n, values=words)]
    if values.nunique() <= _FEW and not pd.api.types.is_numeric_dtype(values):
        words = values.map(_value, na_action="ignore")
        if set(words.dropna()) <= set(RESPONSE) and set(words.dropna()) & PROOF:
            marks = Status(names=frozenset(), marks=RESPONSE)
            return _not_taken(str(column), words, [marks], False, times)
    return []


def _fits(values: pd.Series, fitting: Sequence[Status], everywhere: set[str]) -> Status | None:
    distinct = set(values.dropna())
    return next(
        (
            status
            for status in fitting
            if (len(everywhere & status.beside) >= status.needs or distinct & status.proof)
            and (status.others or (distinct and distinct <= set(status.marks)))
        ),
        None,
    )


def _not_taken(
    column: str,
    values: pd.Series,
    fitting: Sequence[Status],
    of_tool: bool,
    times: pd.Series | None,
) -> list[Message]:
    """Say which values would mark rows that are no answers, had the column been a known one."""
    marks = {value for status in fitting for value, reason in status.marks.items() if reason}
    doubtful = values.isin(marks)
    words = sorted(set(values[doubtful]))
    # 0 and 1 are anybody's
    if not words or (all(len(word) < 2 and word.isascii() for word in words) and not of_tool):
        return []
    return [
        Message("sources.status_not_taken", column=column, n=count(doubtful, times), values=words)
    ]


def _value(cell: object) -> str:
    text = plain(cell)
    return text[:-2] if text.endswith(".0") else text
