"""Names of groups as people write them -> names that can be told apart, and columns for them.

The rule, for all studies: white space and width are folded, so that "Tokyo", "Tokyo " and
full-width letters are one name, and that is said; names that differ in case alone are said too, and
stay apart; null, NaN and blank text are no names. `engine_names` is the same rule in an engine.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from cxlib.shown import language
from cxlib.shown.message import Message

# Unicode's full-width and half-width forms, each to the usual form of the same character
WIDTH: Mapping[str, str] = {
    char: chr(int(unicodedata.decomposition(char).split()[1], 16))
    for char in map(chr, [0x3000, *range(0xFF01, 0xFFEF)])
    if unicodedata.decomposition(char).startswith(("<wide>", "<narrow>"))
}
_WIDTH = str.maketrans(dict(WIDTH))


class Missing(StrEnum):
    """What stands in a row that has no name."""

    NULL = "null"
    NAN = "nan"
    BLANK = "blank"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Folded:
    """A column of names, by the one rule.

    Attributes
    ----------
    values : pandas.Series
        The name of each row as text, None where there is none; same index as what was folded.
    joined : dict of str to list
        Name to its spellings, where there are several.
    differ_in_case : list of list of str
        Names that are one name but for capital letters.
    missing : dict of Missing to int
        Rows without a name, by what stands in them.
    """

    values: pd.Series
    joined: dict[str, list[Any]]
    differ_in_case: list[list[str]]
    missing: dict[Missing, int]

    def notes(self, column: str) -> tuple[Message, ...]:
        """Return what was decided about the names of a column: which spellings were joined."""
        if not self.joined:
            return ()
        names = [
            Message("common.spellings", name=name, spellings=spellings)
            for name, spellings in self.joined.items()
        ]
        return (Message("common.names_joined", column=column, names=names),)

    def warnings(self, column: str) -> tuple[Message, ...]:
        """Return what a reader should look at: names that may be one and stayed apart."""
        if not self.differ_in_case:
            return ()
        names = [
            Message("common.names_beside", name=first, others=others)
            for first, *others in self.differ_in_case
        ]
        return (Message("common.names_differ_in_case", column=column, names=names),)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Joined:
    """Counts by name, and what was noticed about the names.

    Attributes
    ----------
    frame : pandas.DataFrame
        The counts, with names as text (None where there is none), each group once.
    notes, warnings : tuple of Message
        See `Folded`.
    """

    frame: pd.DataFrame
    notes: tuple[Message, ...]
    warnings: tuple[Message, ...]


def fold(values: pd.Series) -> Folded:
    """Return the names of a column; each distinct value is looked at once.

    Examples
    --------
    >>> folded = fold(pd.Series(["Tokyo", "Tokyo ", "Ｔｏｋｙｏ", "tokyo", " ", None]))
    >>> folded.values.tolist()
    ['Tokyo', 'Tokyo', 'Tokyo', 'tokyo', None, None]
    >>> print(*folded.notes("city"), *folded.warnings("city"), sep="\\n")
    In column 'city', spellings that differ only in white space or width were taken for one name: \
Tokyo ('Tokyo', 'Tokyo ' and 'Ｔｏｋｙｏ').
    In column 'city', some names differ only in capital letters and were kept apart: \
'Tokyo' beside 'tokyo'.
    """
    codes, distinct = pd.factorize(_apart(values), use_na_sentinel=True)
    names = [name(value) for value in distinct]
    spellings = defaultdict(list)
    for found, value in zip(names, distinct, strict=True):
        if found is not None:
            spellings[found].append(value)
    lookup = np.array([*names, None], dtype=object)
    blank = np.array([found is None for found in names] + [False], dtype=bool)
    return Folded(
        values=pd.Series(lookup[codes], index=values.index, name=values.name, dtype=object),
        joined={
            found: sorted(spellings[found], key=lambda value: (str(value), repr(value)))
            for found in sorted(spellings)
            if len(spellings[found]) > 1
        },
        differ_in_case=_differ_in_case(spellings),
        missing=_missing(values) | {Missing.BLANK: int(blank[codes].sum())},
    )


def name(value: Any) -> str | None:
    """Return the name that a value is, or None where it is none.

    >>> name(" 東京　本店 "), name("ｻﾎﾟｰﾄ"), name(2026.0), name("①"), name("　"), name(None)
    ('東京 本店', 'サポート', '2026', '①', None, None)
    """
    if not isinstance(value, str):
        return None if pd.isna(value) else _written(value)
    folded = unicodedata.normalize("NFC", value.translate(_WIDTH))
    return " ".join(folded.split()) or None


def join(counts: pd.DataFrame, by: Sequence[str], sums: Collection[str]) -> Joined:
    """Clean the names of counts that were made by GROUP BY on raw values, and add what is one.

    Parameters
    ----------
    counts : pandas.DataFrame
        One row a group; few beside the rows that were counted.
    by : sequence of str
        Columns of names.
    sums : collection of str
        Columns that are added; all others tell groups apart, and are left as they are.

    Examples
    --------
    >>> counts = pd.DataFrame({"city": ["Tokyo", "Tokyo ", None], "score": 9, "n": [2, 1, 4]})
    >>> join(counts, ["city"], ["n"]).frame["n"].tolist()
    [3, 4]
    """
    if not by:
        return Joined(frame=counts, notes=(), warnings=())
    folded = {column: fold(counts[column]) for column in by}
    keys = [column for column in counts.columns if column not in sums]
    groups = counts.assign(**{column: each.values for column, each in folded.items()}).groupby(
        keys, as_index=False, sort=False, observed=True, dropna=False
    )
    frame = groups[[column for column in counts.columns if column in sums]].sum()
    texts = {column: frame[column].astype(object) for column in by}
    frame = frame.assign(
        **{column: text.where(text.notna(), None) for column, text in texts.items()}
    )
    return Joined(
        frame=frame[list(counts.columns)],
        notes=tuple(note for column, each in folded.items() for note in each.notes(column)),
        warnings=tuple(flag for column, each in folded.items() for flag in each.warnings(column)),
    )


def carry(names: Sequence[str], owned: Collection[str]) -> dict[str, str]:
    """Return the column of a result's frame in which each of the researcher's columns is carried.

    Parameters
    ----------
    names : sequence of str
        The researcher's columns.
    owned : collection of str
        The columns that the result has itself.

    Examples
    --------
    >>> carry(["plan", "cohort"], {"cohort", "n"})
    {'plan': 'plan', 'cohort': 'by_cohort'}
    """
    taken = {*owned, *(name for name in names if name not in owned)}
    columns: dict[str, str] = {}
    for name in names:
        column = name
        while column in taken and (column in owned or column != name or column in columns.values()):
            column = f"by_{column}"
        columns[name] = column
        taken.add(column)
    return columns


def _apart(values: pd.Series) -> pd.Series:
    """Write true and false as text where they stand among others: as keys they are 1 and 0."""
    if not pd.api.types.is_object_dtype(values):
        return values
    flags = values.map(pd.api.types.is_bool).astype(bool)
    return values.mask(flags, values.map(str)) if flags.any() else values


def _written(value: Any) -> str:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        value = int(value)
    return name(language.label(value)) or ""


def _differ_in_case(names: Iterable[str]) -> list[list[str]]:
    alike = defaultdict(list)
    for each in sorted(names):
        alike[each.casefold()].append(each)
    return [group for group in alike.values() if len(group) > 1]


def _missing(values: pd.Series) -> dict[Missing, int]:
    absent = values.isna()
    if isinstance(values.dtype, np.dtype) and values.dtype.kind == "f":
        nan = int(absent.sum())
    elif pd.api.types.is_object_dtype(values):
        nan = sum(isinstance(value, float) for value in values[absent])
    else:
        nan = 0
    return {Missing.NULL: int(absent.sum()) - nan, Missing.NAN: nan}
