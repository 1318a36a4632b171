"""A question whose options have a column each -> a refusal to take one of them for its answers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from cxlib.errors import ColumnError

_FEWEST = 6  # options of a scale
_OPTION = re.compile(r"(?P<stem>.*?)\D*\d{1,2}\D*")


def refuse_options(frame: pd.DataFrame, score: str, path: Path) -> None:
    """Refuse a question that has one column per option, and one of these columns.

    They are columns called by the question, a dash and an option; or by one stem and a number. One
    of them is refused where six or more are there, each row fills one of them at most, and each
    holds one value alone.

    Raises
    ------
    ColumnError
        With the call that puts them together.
    """
    options = options_of(frame.columns, score)
    if options and not (score in frame.columns and not are_ticked(frame[options])):
        raise refusal(frame[options], score, path)


def options_of(columns: Iterable[str], score: str) -> list[str]:
    """Return the columns that may be the options of the question; none where it has a column."""
    names = list(columns)
    there = score in names
    stem = score
    if there:
        before, dash, _ = score.partition(" - ")
        found = _OPTION.fullmatch(score)
        stem = before if dash else found["stem"] if found else ""
    options = [name for name in names if name.startswith(stem + " - ")]
    if there and len(options) < _FEWEST:
        options = [name for name in names if _stem(name) == stem != ""]
    return options if len(options) >= (_FEWEST if there else 2) else []


def refusal(options: pd.DataFrame, score: str, path: Path) -> ColumnError:
    """Return the refusal of a question with these columns of options."""
    names = list(options.columns)
    return ColumnError(
        f"score={score!r}: this question has one column per option, {len(names)} from "
        f"{names[0]!r} to {names[-1]!r}; put them together first: {_advice(options, path)}, and "
        "give that file with score='score'"
    )


def _stem(name: str) -> str:
    found = _OPTION.fullmatch(name)
    return found["stem"] if found else ""


def are_ticked(columns: pd.DataFrame) -> bool:
    """Return whether columns are the options of one question of which each row chose one."""
    return (
        len(columns.columns) >= _FEWEST
        and bool((columns.notna().sum(axis=1) <= 1).all())
        and bool((columns.nunique() <= 1).all())
    )


def _advice(columns: pd.DataFrame, path: Path) -> str:
    names = list(columns.columns)
    read = f"t = cx.sources.read_survey({path.as_posix()!r}).frame; o = t.loc[:, {names[0]!r}:"
    read += f"{names[-1]!r}]; "
    numbers = "o.bfill(axis=1).iloc[:, 0]"
    if columns.stack().nunique() < 2:  # a tick: the option is in the name
        numbers = "o.apply(lambda r: r.first_valid_index(), axis=1).str.extract(r'(\\d+)\\D*$')[0]"
    return f"{read}t['score'] = {numbers}; t.to_csv('answers.csv', index=False)"
