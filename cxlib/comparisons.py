"""A condition as it is written -> comparisons of columns with values, or a refusal; it is never run
as code, and no file is opened."""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from cxlib.errors import ParameterError
from cxlib.sql_spelling import PIECES, sql_spelling

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

Value: TypeAlias = str | int | float | bool
MOST_LETTERS, MOST_COMPARISONS, MOST_DIGITS = 20_000, 100, 15
ALLOWED = (
    "allowed are =, <>, <, <=, >, >=, in (…), between … and …, like, is null, and, or, not and "
    "parentheses; text and dates in single quotes, names of columns bare or in double quotes"
)
_SIGNS = frozenset("=<>(),.-+")


class Operator(StrEnum):
    """How a column is compared with one value."""

    EQUAL = "="
    UNEQUAL = "<>"
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Compare:
    """`column = value`, or another operator."""

    column: str
    operator: Operator
    value: Value


@dataclass(frozen=True, slots=True)
class OneOf:
    """`column in (value, value)`."""

    column: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """`column between low and high`; both ends belong to it."""

    column: str
    low: Value
    high: Value


@dataclass(frozen=True, slots=True)
class Like:
    """`column like 'pattern'`: % stands for any letters, _ for one."""

    column: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Missing:
    """`column is null`."""

    column: str


@dataclass(frozen=True, slots=True)
class Named:
    """The name that a column has in a row is that of a value: see `rows.names`."""

    column: str
    value: Any


@dataclass(frozen=True, slots=True)
class Among:
    """The name that a column has in a row is one of many."""

    column: str
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Not:
    """`not term`; what is unknown stays unknown."""

    term: Term


@dataclass(frozen=True, slots=True)
class Every:
    """`term and term`."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """`term or term`."""

    terms: tuple[Term, ...]


Comparison: TypeAlias = Compare | OneOf | Between | Like | Missing | Named | Among
Term: TypeAlias = Comparison | Not | Every | Some


@functools.lru_cache(maxsize=64)
def parse_comparisons(text: str, *, parameter: str = "where") -> Term:
    """Read one condition in the syntax of SQL's comparisons.

    Parameters
    ----------
    text : str
        Such as `"country" = 'JP' and status in ('complete', 'ok')`.
    parameter : str
        What gave it, for refusals.

    Raises
    ------
    ParameterError
        If it is no condition, or has a part that is not among the allowed ones (a function, a cast,
        a subquery, arithmetic, a comment, a second statement); with the place, and in SQL where it
        was written as in Python.

    Notes
    -----
    Parsed by sqlglot (dialect DuckDB) and turned, node by node, into the few kinds of this module:
    what is not known here is refused, so nothing of the text ever reaches an engine.

    Examples
    --------
    >>> parse_comparisons("country = 'JP'")
    Compare(column='country', operator=<Operator.EQUAL: '='>, value='JP')
    """
    try:
        return _read(text)
    except _NotAllowed as error:
        meant = _in_sql(text)
        near = f"did you mean {parameter}={meant!r}?" if meant else ALLOWED
        raise ParameterError(f"{parameter}={_short(text)}: {error}; {near}") from None


def comparisons(term: Term) -> Iterator[Comparison]:
    """Give the comparisons that a condition is made of."""
    if isinstance(term, Not):
        yield from comparisons(term.term)
    elif isinstance(term, Every | Some):
        for part in term.terms:
            yield from comparisons(part)
    else:
        yield term


def columns_of(term: Term) -> tuple[str, ...]:
    """Return the columns that a condition names, each once.

    >>> columns_of(parse_comparisons("b > 1 and (a = 2 or b < 0)"))
    ('b', 'a')
    """
    return tuple(dict.fromkeys(part.column for part in comparisons(term)))


class _NotAllowed(Exception):
    """What is wrong with a condition, in words."""


def _short(text: str) -> str:
    return repr(text if len(text) <= 200 else f"{text[:200]}…")


def _read(text: str) -> Term:
    from sqlglot import parse_one
    from sqlglot.errors import SqlglotError

    if not text.strip():
        raise _NotAllowed("it is empty; write one such as country = 'JP', or give None")
    if len(text) > MOST_LETTERS:
        raise _NotAllowed(f"it has {len(text):,} letters, more than {MOST_LETTERS:,}")
    _refuse_letters(text)
    try:
        term = _term(parse_one(text, dialect="duckdb"))
    except SqlglotError as error:
        raise _NotAllowed(f"it is no condition that can be read{_near(error)}") from None
    except RecursionError:
        raise _NotAllowed("it is nested too deep; write it with fewer parentheses") from None
    if (n := sum(1 for _ in comparisons(term))) > MOST_COMPARISONS:
        raise _NotAllowed(
            f"it has {n:,} comparisons, more than {MOST_COMPARISONS}; list values with in (…)"
        )
    return term


def _refuse_letters(text: str) -> None:
    """Refuse an open quote, and signs that no allowed condition has outside of quotes."""
    position = 1
    for piece in PIECES.findall(text):
        if piece in ("'", '"', "`"):
            raise _NotAllowed(f"the quote {piece} at position {position} is not closed")
        if piece[0] == "`":
            raise _NotAllowed(
                f"{piece} at position {position}: names of columns stand in double quotes"
            )
        if piece[0] not in "'\"":
            _refuse_signs(piece, position)
        position += len(piece)


def _refuse_signs(piece: str, position: int) -> None:
    for found in re.finditer(r"!=|==|--|/\*|\*/|&&|\|\||.", piece, re.S):
        sign, at = found[0], position + found.start()
        if sign == "==":
            raise _NotAllowed(f"== at position {at}: equal is written with one =")
        if sign in ("--", "/*", "*/", "#"):
            raise _NotAllowed(f"{sign} at position {at}: a condition has no comments")
        if sign == ";":
            raise _NotAllowed(f"; at position {at}: give one condition, and nothing after it")
        fine = sign.isspace() or sign in ("_", "!=") or sign in _SIGNS
        if not fine and unicodedata.category(sign[0])[0] not in "LMN":
            raise _NotAllowed(f"{sign} at position {at} has no place in a condition")


def _near(error: Exception) -> str:
    found: list[dict[str, Any]] = getattr(error, "errors", None) or []
    near = str(found[0].get("highlight") or "") if found else ""
    return f" (near {near!r}, position {found[0].get('col')})" if near else ""


def _term(node: Expr) -> Term:
    from sqlglot import exp

    if isinstance(node, exp.Paren):
        return _term(node.this)
    if isinstance(node, exp.Not):
        return Not(_term(node.this))
    if isinstance(node, exp.And | exp.Or):
        parts = tuple(_term(part) for part in node.flatten())
        return Every(parts) if isinstance(node, exp.And) else Some(parts)
    return _comparison(node)


def _comparison(node: Expr) -> Term:
    from sqlglot import exp

    operators: dict[type[Expr], Operator] = {
        exp.EQ: Operator.EQUAL,
        exp.NEQ: Operator.UNEQUAL,
        exp.LT: Operator.BELOW,
        exp.LTE: Operator.AT_MOST,
        exp.GT: Operator.ABOVE,
        exp.GTE: Operator.AT_LEAST,
    }
    given = {name for name, value in node.args.items() if value not in (None, False, [])}
    if type(node) in operators and given <= {"this", "expression"}:
        return _compare(node.this, operators[type(node)], node.expression)
    if isinstance(node, exp.In) and given == {"this", "expressions"}:
        return OneOf(_column(node.this), tuple(map(_value, node.expressions)))
    if isinstance(node, exp.Between) and given == {"this", "low", "high"}:
        return Between(_column(node.this), _value(node.args["low"]), _value(node.args["high"]))
    if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
        return Missing(_column(node.this))
    if type(node) is exp.Like and given <= {"this", "expression", "negate"}:
        return _like(node)
    raise _NotAllowed(_refused(node))


def _compare(left: Expr, operator: Operator, right: Expr) -> Compare:
    from sqlglot import exp

    mirrored = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
    if isinstance(right, exp.Column) and isinstance(left, exp.Literal):
        return Compare(_column(right), Operator(mirrored.get(operator, operator)), _value(left))
    return Compare(_column(left), operator, _value(right))


def _like(node: Expr) -> Term:
    pattern = _value(node.expression)
    if not isinstance(pattern, str):
        raise _NotAllowed(f"like {pattern!r}: write a pattern of text, such as like 'J%'")
    like = Like(_column(node.this), pattern)
    return Not(like) if node.args.get("negate") else like


def _column(node: Expr) -> str:
    from sqlglot import exp

    if not isinstance(node, exp.Column):
        raise _NotAllowed(_refused(node))
    if len(node.parts) > 1:
        name = ".".join(part.name for part in node.parts)
        raise _NotAllowed(f'{name}: a name with a dot stands in double quotes, "{name}"')
    return str(node.name)


def _value(node: Expr) -> Value:
    from sqlglot import exp

    if isinstance(node, exp.Boolean):
        return bool(node.this)
    if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal) and node.this.is_number:
        return _number(f"-{node.this.name}")
    if isinstance(node, exp.Literal):
        return str(node.name) if node.is_string else _number(node.name)
    if isinstance(node, exp.Null):
        raise _NotAllowed("nothing is equal to null; write is null, or is not null")
    if isinstance(node, exp.Column):
        raise _NotAllowed(
            f"{node.sql(dialect='duckdb')} is read as a column, and a column is compared with a "
            f"value; text stands in single quotes, '{node.name}'"
        )
    raise _NotAllowed(_refused(node))


def _number(text: str) -> int | float:
    digits = sum(letter.isdigit() for letter in text.lower().partition("e")[0])
    whole = text.lstrip("-").isdigit()
    if digits > (18 if whole else MOST_DIGITS) or math.isinf(float(text)):
        raise _NotAllowed(f"the number {text} has more digits than are exact; write it as text")
    return int(text) if whole else float(text)


def _refused(node: Expr) -> str:
    """Name a part that has no place in a condition, and say where it stands."""
    from sqlglot import exp

    kinds: list[tuple[Any, str]] = [
        (exp.Cast, "a cast has no place in a condition; compare the column as it stands, days as "
         "'2026-01-31'"),
        (exp.Query | exp.Exists, "a query has no place in a condition"),
        (exp.In, "in takes a list of values in parentheses, such as in ('a', 'b')"),
        (exp.Boolean | exp.Column, "a condition compares a column with a value, such as = true"),
        (exp.Func, "a function has no place in a condition"),
        (exp.Binary, "arithmetic and other operators have no place in a condition"),
    ]  # fmt: skip
    kind = next(
        (words for kind, words in kinds if isinstance(node, kind)),
        "this has no place in a condition",
    )
    starts = [part.meta["start"] for part in node.walk() if "start" in part.meta]
    place = f" (position {min(starts) + 1})" if starts else ""
    return f"{node.sql(dialect='duckdb')!r}{place}: {kind}"


def _in_sql(text: str) -> str | None:
    """Return a condition of another language in SQL, where that is one."""
    written = sql_spelling(text)
    try:
        _read(written)
    except _NotAllowed:
        return None
    return written if written != text else None


def without(column: str, values: Iterable[Any]) -> str:
    r"""Write the condition that leaves values of a column out.

    >>> without("wave", ["Total"]), without("wave no.", ["Total", "n/a"])
    ("wave <> 'Total'", '"wave no." not in (\'Total\', \'n/a\')')
    """
    told = [as_text(value) for value in values]
    test = f"<> {told[0]}" if len(told) == 1 else f"not in ({', '.join(told)})"
    return f"{as_name(column)} {test}"


def as_name(column: str) -> str:
    """Write a column's name as a condition takes it: in quotes where it needs them.

    >>> as_name("amount"), as_name("net amount")
    ('amount', '"net amount"')
    """
    try:
        [found] = columns_of(parse_comparisons(f"{column} is null", parameter="where"))
    except (ParameterError, ValueError):
        found = ""
    return column if found == column else '"{}"'.format(column.replace('"', '""'))


def as_text(value: Any) -> str:
    """Write a value as a condition takes a text.

    >>> print(as_text("O'Hara"))
    'O''Hara'
    """
    return "'{}'".format(str(value).replace("'", "''"))
