"""A table without the id of a person -> whether its rows are categories or places, not people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from cxlib.rows.headcounts import is_named, plain, whole_numbers

_PER_ROW, _LARGE = 3, 100  # sums a row, and a largest number, that are no property of a person
_PERSON = re.compile(
    r"(?:.*[\W_])?(?:id|ids|uuid|guid|uid|cid|key|e-?mail|mail|phone|login|hash)"
    r"|.*(?:customer|client|kunden?|member|mitglieds?|user|account|konto|vertrags?|contract"
    r"|respondent|person|employee|subscriber|cliente|usuario|abonné)"
    r"[\W_]*(?:id|no|nr|nummer|number|key|code|ref|num)?"
    r"|.*(?:顧客|会員|お客様|契約|ユーザー?|고객|회원|계정|가입자)[\W_]*(?:id|番号|コード|no|번호|코드)?"
)
_PLACE = re.compile(
    r"municip|city|cities|town|region|district|county|prefecture|province|postal|zip|\bplz|store"
    r"|shop|branch|outlet|site|village|state|gemeinde|stadt|kreis|bezirk|filiale|postleitzahl|ort\b"
    r"|commune|ville|départ|département|magasin|agence|ciudad|municipio|provincia|tienda|sucursal"
    r"|市|区|町|村|県|郵便|店|地域|地区|시군구|지역|지점|매장|우편|동네"
)
_OTHER = re.compile(  # amounts of one person or of one row, never people
    r"age|alter|year|jahr|birth|geburt|month|tenure|spend|revenue|sales|umsatz|amount|betrag|price"
    r"|avg|mean|score|rating|orders?|年齢|年|売上|金額|나이|연령|매출|금액"
)
_PERCENT = re.compile(r"(\d+(?:[.,]\d+)?)\s*[%％]")


@dataclass(frozen=True, slots=True)
class CategoryTable:
    """What the rows of a table are in place of people.

    Attributes
    ----------
    units : tuple of str
        Columns of which each row is another value; empty where shares alone tell.
    numbers : tuple of str
        Columns with numbers, or one with shares; empty where there are none.
    """

    units: tuple[str, ...]
    numbers: tuple[str, ...]


def find_category_table(frame: pd.DataFrame, *, margins: Sequence[str]) -> CategoryTable | None:
    """Find out whether the rows of a table without the id of a person are categories or places.

    So it is where a column has shares that sum to 1 or 100; or where no column tells people apart,
    and each row is another value of a place or another combination of the margins, or another
    value of any text beside numbers that are people by name or by size.

    Parameters
    ----------
    frame : pandas.DataFrame
        Without a column that a researcher named as the id.
    margins : sequence of str
        Columns that she wants to weight to.

    Returns
    -------
    CategoryTable or None

    Examples
    --------
    >>> frame = pd.DataFrame({"country": ["JP", "KR"], "share": [0.4, 0.6]})
    >>> find_category_table(frame, margins=["country"])
    CategoryTable(units=(), numbers=('share',))
    """
    if len(frame) < 2:
        return None
    columns = [name for name in frame.columns if name not in margins]
    for name in columns:
        if _sums_to_all(frame[name]):
            return CategoryTable((), (name,))
    if any(_tells_people(frame[name]) for name in columns):
        return None
    here = [name for name in margins if name in frame.columns]
    named = tuple(name for name in columns if is_named(name) and _counts(frame[name], 0))
    unique = [name for name in columns if frame[name].is_unique and name not in named]
    places = tuple(name for name in unique if _PLACE.search(plain(name)))
    large = tuple(name for name in columns if _counts(frame[name], _LARGE))
    if here and not frame[here].duplicated().any():
        return CategoryTable(tuple(here), named[:1] or large)
    words = tuple(name for name in unique if _is_words(frame[name]))
    units = places or (tuple(unique) if named else words)
    if units and (named or large or set(places) & set(words)):
        return CategoryTable(units[:1], named[:1] or large[:1])
    return None


def read_shares(values: pd.Series) -> pd.Series | None:
    """Return shares as numbers; None where some are none."""
    if pd.api.types.is_numeric_dtype(values):
        return values.astype(float)
    found = values.astype(str).str.strip().str.extract(f"^{_PERCENT.pattern}$")[0]
    return None if found.isna().any() else found.str.replace(",", ".").astype(float)


def _sums_to_all(values: pd.Series) -> bool:
    if pd.api.types.is_bool_dtype(values) or (shares := read_shares(values)) is None:
        return False
    if shares.isna().any() or (shares < 0).any() or (shares == 0).all() or shares.max() == 1:
        return False  # a column of 0 and 1 says yes and no
    total = shares.sum()
    return bool(abs(total - 1) <= 0.005 or abs(total - 100) <= 0.5)


def _tells_people(values: pd.Series) -> bool:
    """Return whether a column is the id of a person: by its name, or by values as e-mail has."""
    name = plain(values.name)
    if not values.is_unique or _PLACE.search(name):
        return False
    return bool(_PERSON.fullmatch(name)) or bool(values.astype(str).str.contains("@").all())


def _counts(values: pd.Series, least: int) -> bool:
    """Return whether a column has numbers that may be of people, one of them `least` or more."""
    if _OTHER.search(plain(values.name)) or _PLACE.search(plain(values.name)):
        return False
    found = whole_numbers(values)
    if found is None and pd.api.types.is_float_dtype(values) and is_named(values.name):
        found = values * 1000  # 1.297: a point for thousands, read as a decimal
    if found is None or found.max() < max(least, 1) or found.between(1900, 2100).all():
        return False
    return bool(found.sum() >= _PER_ROW * len(found))


def _is_words(values: pd.Series) -> bool:
    """Return whether a column is text that is neither numbers nor called an id."""
    if pd.api.types.is_numeric_dtype(values) or re.search(
        r"name|code|コード|코드", plain(values.name)
    ):
        return False
    return bool(values.astype(str).str.contains(r"[^\W\d_]").all())
