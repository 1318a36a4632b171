"""Columns of names in an engine -> the names that `rows.names` makes of them, where they lie."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
from ibis.common.exceptions import IbisError

from cxlib.rows import names

# what Python takes for white space
SPACES = [chr(code) for code in range(0x3001) if chr(code).isspace()]
_AWKWARD = "[^ -~]|^ | $|  "  # letters beyond ASCII, and white space that names have not
_ANY_SPACES = "[" + "".join(f"\\x{{{ord(space):x}}}" for space in SPACES) + "]+"
_USUAL = dict.fromkeys(SPACES, " ") | dict(names.WIDTH)
# the block of full-width and half-width forms, and the usual form of each
_FIRST, _LAST = "\uff01", "\uffee"
_FORMS = "".join(names.WIDTH.get(char, char) for char in map(chr, range(0xFF01, 0xFFEF)))
# half-width kana have their voice marks behind them, as have the parts of decomposed ones
_VOICED = {
    kana + mark: unicodedata.normalize("NFC", kana + mark)
    for mark in ("\u3099", "\u309a")
    for kana in map(chr, range(0x3041, 0x3100))
    if len(unicodedata.normalize("NFC", kana + mark)) == 1
}


@ibis.udf.scalar.builtin
def nfc_normalize(text: str) -> str:  # type: ignore[empty-body]  # the engine has it
    """DuckDB's function: text in composed form."""


@ibis.udf.scalar.builtin
def normalize(text: str) -> str:  # type: ignore[empty-body]  # the engine has it
    """PostgreSQL's function: text in composed form, where the database is in UTF-8."""


def engine_name(column: ir.Column) -> ir.StringColumn:
    """Return the names of a column, null where there is none, by the rule of `names.name`.

    Use it where names must be clean before rows are grouped; counts by raw names are cheaper to
    clean afterwards (`names.join`).

    Notes
    -----
    DuckDB, PostgreSQL and Spark fold white space and width alike, and compose kana with separate
    marks. Other decomposed letters, such as Hangul in file names of macOS, are composed by DuckDB
    and PostgreSQL; Spark has no function for that and keeps them.
    """
    kind = column.type()
    if kind.is_string():
        return _folded(column)
    if kind.is_boolean():
        return ibis.cases((column, "True"), (~column, "False"))
    if kind.is_floating():
        return _number(column.isnan().ifelse(ibis.null(kind), column))
    if kind.is_decimal():
        return _number(column)
    if kind.is_timestamp() and kind.timezone is None:
        midnight = column == column.truncate("D")
        return midnight.ifelse(column.date().cast("string"), column.cast("string"))
    return column.cast("string")


def join_names(
    cells: ir.Table, keys: Sequence[str], *, beside: Sequence[str] = (), **how: str
) -> ir.Table:
    """Name the cells of a GROUP BY over raw values, and add up those whose names are one.

    Names are made of the few cells, not of each row: that costs 20 times as much.

    Parameters
    ----------
    cells : ibis.Table
        Groups by raw values; every other column is a number.
    keys : sequence of str
        Columns of names.
    beside : sequence of str
        Further columns by which the cells are grouped, as they stand.
    **how : str
        `min` or `max` of columns that are not added up.

    Returns
    -------
    ibis.Table
        The same columns, one row a combination of names.
    """
    named = cells.mutate(**{key: engine_name(cells[key]) for key in keys})
    numbers = {
        name: getattr(named[name], how.get(name, "sum"))().cast(cells[name].type())
        for name in cells.columns
        if name not in keys and name not in beside
    }
    return named.aggregate(by=[*keys, *beside], **numbers) if keys else cells


def read_names(table: ir.Table, by: Sequence[str]) -> dict[str, names.Folded]:
    """Return what there is to say about the names of some columns: one query each, of the distinct
    values alone."""
    return {
        name: names.fold(table.select(name).distinct().to_pyarrow().to_pandas()[name])
        for name in by
    }


def _number(column: ir.NumericColumn) -> ir.StringColumn:
    """Write whole numbers without a fraction; what a cast to whole ones cannot take is cast as it
    is."""
    small = (column.abs() < 1e15).ifelse(column, ibis.null(column.type()))
    whole = (small == small.floor()).ifelse(small, ibis.null(column.type())).cast("int64")
    return whole.cast("string").coalesce(column.cast("string"))


def _folded(column: ir.StringColumn) -> ir.StringColumn:
    """Fold white space and width; what is usual already costs one look at it."""
    engine = _engine(column)
    if engine == "duckdb":
        spaced = nfc_normalize(_usual_width(column)).re_replace(_ANY_SPACES, " ")
    else:
        usual = column.translate("".join(_USUAL), "".join(_USUAL.values()))
        composed = normalize(usual) if engine == "postgres" else _with_voice_marks(usual)
        spaced = composed.re_replace(" +", " ")
    return column.re_search(_AWKWARD).ifelse(spaced.strip(), column).nullif("")


def _usual_width(text: ir.StringColumn) -> ir.StringColumn:
    """Fold width on DuckDB, whose `translate` learns its letters anew for each row: 20 times as
    long."""
    usual = text.split("").map(
        lambda char: char.between(_FIRST, _LAST).ifelse(
            ibis.literal(_FORMS).substr(char.ascii_str() - ord(_FIRST), 1), char
        )
    )
    return text.re_search(f"[{_FIRST}-{_LAST}]").ifelse(usual.join(""), text)


def _with_voice_marks(text: ir.StringColumn) -> ir.StringColumn:
    voiced = text
    for pair, kana in _VOICED.items():
        voiced = voiced.replace(pair, kana)
    marked = text.contains("\u3099") | text.contains("\u309a")
    return marked.ifelse(voiced, text)


def _engine(column: ir.Column) -> str:
    try:
        return column.get_backend().name
    except IbisError:  # a relation of DuckDB that is not bound yet: see `table.lazy_table`
        return "duckdb"
