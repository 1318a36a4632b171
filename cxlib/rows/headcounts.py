"""A table -> the column in which it counts people, where a row is not one person but many."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cxlib.errors import ParameterError

MOST_ROWS = 2000  # combinations of categories that a table of numbers has
_LONGEST = 30  # letters of a name; "How many people live with you" is a question
_PER_ROW = 3  # people a row, on average, from which a count is no property of one person
# alone, beside digits and signs ("n", "Base (n)", "N 2026")
_BARE = re.compile(
    r"n|no|num|number|counts?|total|sum|size|freq|frequency|base|universe|pop|headcount|cases|nobs|of"
    r"|数|件数|度数|人|名|수|명|빈도|anzahl|häufigkeit|effectifs?|nombre|cantidad|frecuencia|recuento"
)
# anywhere in the name ("active customers", "顧客数(人)")
_PEOPLE = re.compile(
    r"customers|people|inhabitants|residents|citizens|population|persons|members|users"
    r"|subscribers|clients|accounts|guests"
    r"|patients|employees|households|respondents|invited|headcount|(?:customer|person|member|user"
    r"|client|subscriber|people)[ _-]*(?:count|number|num|total|n\b)"
    r"|人数|顧客数|会員数|利用者数|契約数|契約者数|人口|母集団|対象者数|世帯数|加入者数"
    r"|고객 ?수|회원 ?수|가입자 ?수|이용자 ?수|인원|인구|모집단|가구 ?수"
    r"|einwohner|bewohner|haushalte|kunden(?!.?(?:nr|nummer|id))|personen|mitglieder|bevölkerung"
    r"|grundgesamtheit|clientes"
    r"|personas"
    r"|población|personnes|habitants|habitantes|hogares|ménages|clientèle"
)
_ID = re.compile(
    r"(?:.*[_\s-])?(?:id|ids|uuid|key|code|email|e-mail|mail|name)"
    r"|.*(?:番号|コード|번호|코드|nummer|nr)"
)
_MARGIN = re.compile(
    r"columns?|variables?|margins?|questions?|dimensions?|attributes?|fields?|項目|変数|属性|列"
    r"|변수|항목|속성|구분"
    r"|merkmal|variable|caractéristique|característica"
)
_GROUPED = re.compile(r"\d{1,3}(?:[,. '\u00a0\u202f]\d{3})+|\d+(?:\.0+)?")


@dataclass(frozen=True, slots=True)
class Headcount:
    """How a table counts people.

    Attributes
    ----------
    count : str
        Column with the numbers.
    total : int
        Their sum.
    categories : tuple of str
        The other columns, whose combinations are counted.
    margin, category : str or None
        Where each row counts one category of one column: the column that says which, and that of
        its categories.
    """

    count: str
    total: int
    categories: tuple[str, ...]
    margin: str | None = None
    category: str | None = None

    @property
    def number(self) -> str:
        """The Python that reads a number with separators, of the column of a frame `t`."""
        return f"t[{self.count!r}].str.replace(r'\\D', '', regex=True).astype(int)"


def find_headcount(
    frame: pd.DataFrame, *, ids: Sequence[str] = (), margins: Sequence[str] = ()
) -> Headcount | None:
    """Find out whether a table has numbers of people in place of people.

    So it is where it has few rows; one column is called like a number of people, or stands beside
    margins alone, holds whole numbers, at least 0, and sums to at least three a row; the other
    columns are categories, each combination of which comes once; and none of them tells people
    apart: `ids`, a column called like an id, or one whose values all differ beside another that is
    not the column of a margin.

    Parameters
    ----------
    frame : pandas.DataFrame
    ids : sequence of str
        Columns that a researcher named as those with the id of a person.
    margins : sequence of str
        Columns that she wants to weight to.

    Returns
    -------
    Headcount or None
    """
    if not 2 <= len(frame) <= MOST_ROWS or set(ids) & set(frame.columns):
        return None
    named = {
        column: whole_numbers(frame[column])
        for column in frame.columns
        if is_named(column) or _is_other(column, frame, margins)
    }
    counts = {column: int(found.sum()) for column, found in named.items() if found is not None}
    if not counts:
        return None
    count = max(counts, key=lambda column: counts[column])
    total = counts[count]
    rest = [column for column in frame.columns if column not in counts]
    rest = [column for column in rest if not is_share(frame[column])]
    cells = frame[rest].ffill()  # merged cells hold a value in the first row alone
    if total < _PER_ROW * len(frame) or not rest or cells.duplicated().any():
        return None
    if any(map(is_id, rest)):
        return None
    margin = _margin(frame, rest, margins)
    if margin is not None:
        category = next(column for column in rest if column != margin)
        return Headcount(count, total, tuple(rest), margin, category)
    if len(rest) > 1 and any(frame[column].is_unique for column in rest):
        return None
    return Headcount(count, total, tuple(rest))


def find_crossed(frame: pd.DataFrame, *, margins: Sequence[str]) -> tuple[str, str] | None:
    """Return the margin in the rows and the one over the columns, where a table crosses two
    margins: one column has categories of the first, each once, and all others are numbers of
    people."""
    rows = [margin for margin in margins if margin in frame.columns]
    over = [margin for margin in margins if margin not in frame.columns]
    if len(rows) != 1 or not over or len(frame.columns) < 3 or not frame[rows[0]].is_unique:
        return None
    counts = [whole_numbers(frame[column]) for column in frame.columns if column != rows[0]]
    total = sum(float(found.sum()) for found in counts if found is not None)
    crossed = all(found is not None for found in counts)
    return (rows[0], over[0]) if crossed and total >= _PER_ROW * frame.size else None


def _is_other(column: object, frame: pd.DataFrame, margins: Sequence[str]) -> bool:
    """Return whether a column stands beside margins alone."""
    return bool(margins) and column not in margins and {*frame.columns} - {column} <= {*margins}


def refuse_counted_answers(frame: pd.DataFrame, path: Path, *, ids: Sequence[str] = ()) -> None:
    """Refuse a survey in which a row counts many answers.

    Raises
    ------
    ParameterError
        With the call that writes one row an answer.
    """
    found = find_headcount(frame, ids=ids)
    if found is None:
        return
    n = f"t[{found.count!r}]" if pd.api.types.is_numeric_dtype(frame[found.count]) else found.number
    raise ParameterError(
        f"survey={path.as_posix()!r} is a table of numbers of answers, not one row an answer: its "
        f"{len(frame):,} rows have {found.total:,} in {found.count!r}; write one row each with "
        f"t = cx.sources.read_list({path.as_posix()!r}).frame; "
        f"t.loc[t.index.repeat({n})].to_csv('answers.csv', index=False) and give that file, or "
        f"give the column another name if it tells something of each answer"
    )


def is_id(column: object) -> bool:
    """Return whether a column is called like an id."""
    return _ID.fullmatch(plain(column)) is not None


def plain(name: object) -> str:
    """Return a column's name in small letters and half width."""
    return unicodedata.normalize("NFKC", str(name)).casefold().strip()


def is_named(column: object) -> bool:
    """Return whether a column is called like a number of people."""
    name = plain(column)
    words = re.sub(r"[\W\d_]+", " ", name).split()
    if words and all(map(_BARE.fullmatch, words)):
        return True
    return len(name) <= _LONGEST and "?" not in name and _PEOPLE.search(name) is not None


def whole_numbers(values: pd.Series) -> pd.Series | None:
    """Return whole numbers, at least 0, none missing, from numbers or from text with separators;
    None where they are others."""
    if not pd.api.types.is_numeric_dtype(values):
        text = values.astype(str).str.normalize("NFKC").str.strip()
        if values.isna().any() or not text.map(lambda each: bool(_GROUPED.fullmatch(each))).all():
            return None
        values = pd.to_numeric(
            text.str.replace(r"\.0+$", "", regex=True).str.replace(r"\D", "", regex=True)
        )
    numbers = values.astype(float)
    fits = numbers.map(lambda each: math.isfinite(each) and each >= 0 and each.is_integer()).all()
    return numbers if fits else None


def is_share(values: pd.Series) -> bool:
    """Return whether a column has shares beside the numbers."""
    text = values.dropna().astype(str).str.strip()
    if text.str.fullmatch(r"\d+(?:[.,]\d+)?\s*[%％]").all():
        return True
    return pd.api.types.is_float_dtype(values) and not (values.dropna() % 1 == 0).all()


def _margin(frame: pd.DataFrame, rest: Sequence[str], margins: Sequence[str]) -> str | None:
    """Return the column that says of which column a row's category is."""
    if len(rest) != 2:
        return None
    for column in rest:
        values = set(frame[column].astype(str))
        named = _MARGIN.fullmatch(plain(column)) or (margins and values >= set(margins))
        other = rest[1 - list(rest).index(column)]
        if named and len(values) < len(frame) and frame[other].nunique() > 1:
            return column
    return None
