"""A table of totals, long (`column, category, count`) or of cells (a column a margin and a count)
-> targets, for the wave that is looked at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cxlib import check
from cxlib.bias.targets import GAP, Targets, as_targets
from cxlib.errors import ParameterError
from cxlib.rows import names
from cxlib.rows.headcounts import is_named, plain
from cxlib.shown.message import Message
from cxlib.sources import read_list

_MARGIN = re.compile(
    r"columns?|variables?|margins?|dimensions?|questions?|attributes?|fields?|列|列名|項目|変数|属性"
    r"|항목|변수|속성|열|merkmal|spalte|variable|columna|colonne|característica|caractéristique"
)
_CATEGORY = re.compile(
    r"categor(?:y|ies)|values?|levels?|groups?|class(?:es)?|answers?|options?|区分|カテゴリー?|値|水準"
    r"|分類|구분|값|범주|분류|kategorie|ausprägung|gruppe|wert|catégorie|valeur|categoría|valor"
)
_SHARE = re.compile(
    r"shares?|percent(?:age)?s?|pct|prop(?:ortion)?s?|ratio|rates?|targets?|distribution|割合|比率"
    r"|構成比|比|シェア|비율|구성비|비중|백분율|anteile?|prozent|quote|part|pourcentage|proporción"
    r"|porcentaje"
)
_TOTAL = re.compile(
    r"(?:grand |sub)?totals?|all|overall|sum|合計|総計|小計|計|全体|総数|総合計|全数|全国|全員"
    r"|합계|총계|소계|계|전체|합|총합|총수|총원|전국"
    r"|gesamt|insgesamt|summe|total général|somme|suma"
)
_WAVE = re.compile(r"waves?|quarters?|period|round|期|調査回|회차|분기|welle")


@dataclass(frozen=True, slots=True)
class _Parts:
    """Which column of a table is what."""

    number: str
    margin: str | None = None
    category: str | None = None
    cells: tuple[str, ...] = ()
    within: tuple[str, ...] = ()


@check.arguments
def read_targets(
    table: Any,
    *,
    columns: Sequence[str],
    wave_column: str | None = None,
    wave: str | None = None,
) -> Targets:
    """Read the totals of a population from a table.

    Parameters
    ----------
    table : path or pandas.DataFrame
        CSV, Excel, Parquet or any other table. Long: a column that names the margin, one with its
        category, and one with the count, share or percent; or cells: a column a margin and one with
        the count. Rows that sum up the others ("Total", 合計, 합계) are left out, and that is said.
    columns : sequence of str
        Columns that the survey has.
    wave_column, wave : str, optional
        The survey's column of waves, and the wave that is looked at: where the table has that
        column, the rows of this wave count.

    Returns
    -------
    Targets
        `as_mapping()` is what `rake` takes. Another column of the survey in a long table, such as
        a country, gives targets within each of its values.

    Raises
    ------
    ParameterError
        If the table cannot be told to be one of the two, the wave is not in it, or shares within a
        column are given without that column's own.
    WeightError
        If categories collide, or numbers do not sum (see `as_targets`).

    Examples
    --------
    >>> table = pd.DataFrame({"列": ["plan", "plan"], "区分": ["basic", "pro"], "人数": [60, 20]})
    >>> read_targets(table, columns=["plan", "score"]).as_mapping()["plan"].to_dict()
    {'basic': 60.0, 'pro': 20.0}
    """
    file, frame, notes = _opened(table)
    frame = _in_columns(frame, columns)
    in_waves = wave_column if wave_column in frame.columns else None
    if in_waves is None and wave_column is None:
        _refuse_waves(file, frame, columns)
    if in_waves is not None:
        frame, said = _of_wave(file, frame, in_waves, wave)
        notes += said
    found = _parts(file, frame, [each for each in columns if each != in_waves])
    frame = _filled(frame, found)
    frame, left_out = _without_totals(frame, found)
    if left_out:
        notes.append(Message("bias.targets_totals", n=left_out))
    given = _cells(file, frame, found) if found.cells else _long(file, frame, found)
    read = as_targets(given)
    return Targets(read.margins, (*notes, *read.notes))


def table_columns(
    table: Any, *, columns: Sequence[str], wave_column: str | None = None
) -> list[str]:
    """Return the survey's columns that a table has targets of; see `read_targets`."""
    file, frame, _ = _opened(table)
    frame = _in_columns(frame, columns).drop(columns=[wave_column or ""], errors="ignore")
    found = _parts(file, frame, [each for each in columns if each != wave_column])
    if found.cells:
        return list(found.cells)
    known = {names.name(each): str(each) for each in columns}
    spelt = names.fold(frame[found.margin]).values.dropna().unique()
    own = [known[each] for each in spelt if each in known]
    return list(dict.fromkeys([*found.within, *own]))


def _in_columns(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return a table whose columns are called as the survey's, without empty rows."""
    known = {names.name(each): str(each) for each in columns}
    frame = frame.dropna(how="all").rename(columns=str)
    return frame.rename(columns={each: known.get(names.name(each), each) for each in frame.columns})


def _opened(table: Any) -> tuple[str, pd.DataFrame, list[Message]]:
    if isinstance(table, pd.DataFrame):
        return "targets", table, []
    path = Path(table)
    read = read_list(path)
    return f"targets={path.as_posix()!r}", read.frame, [*read.warnings]


def _refuse_waves(file: str, frame: pd.DataFrame, columns: Iterable[str]) -> None:
    for name in frame.columns:
        if _WAVE.fullmatch(plain(name)) and name not in columns and frame[name].nunique() > 1:
            raise ParameterError(
                f"{file} has a column {name!r} and several waves in it, and the survey has no such "
                "column; name the survey's with wave_column, spelt as here, or give the rows of "
                "one wave alone"
            )


def _of_wave(
    file: str, frame: pd.DataFrame, column: str, wave: str | None
) -> tuple[pd.DataFrame, list[Message]]:
    spelt = names.fold(frame[column].ffill()).values
    there = list(spelt.dropna().unique())
    asked = names.name(wave)
    if asked is None and len(there) > 1:
        raise ParameterError(
            f"{file} has targets of several waves in {column!r} "
            f"({', '.join(map(repr, there[:10]))}), and it is not known which is looked at; "
            "name it with wave"
        )
    if asked is not None and asked not in there:
        raise ParameterError(
            f"{file} has no targets of the wave {asked!r} in {column!r}"
            f"{check.did_you_mean(asked, there)}; add its rows, or look at another wave"
        )
    kept = frame[(spelt == asked) if asked is not None else spelt.notna()]
    notes = [Message("bias.targets_wave", wave=asked, n=len(kept))] if asked is not None else []
    return kept.drop(columns=column), notes


def _parts(file: str, frame: pd.DataFrame, columns: Sequence[str]) -> _Parts:
    """Tell which column is what: by the survey's columns and by usual names."""
    number = _number_column(file, frame, columns)
    rest = [each for each in frame.columns if each != number]
    margin = _margin_column(file, frame, rest, columns)
    if margin is None:
        cells = tuple(each for each in rest if each in columns)
        if not cells:
            raise _unlike(file, frame, columns)
        return _Parts(number, cells=cells)
    others = [each for each in rest if each != margin]
    category = [each for each in others if _CATEGORY.fullmatch(plain(each))]
    category = category or [each for each in others if each not in columns]
    category = [each for each in category if not _is_numbers(frame[each])] or category
    if not category:
        raise _unlike(file, frame, columns)
    within = tuple(each for each in others if each in columns and each != category[0])
    return _Parts(number, margin=margin, category=category[0], within=within)


def _unlike(file: str, frame: pd.DataFrame, columns: Sequence[str]) -> ParameterError:
    there = ", ".join(map(repr, list(frame.columns)[:12]))
    return ParameterError(
        f"{file} is no table of targets: give it long, with the columns column, category and count "
        "(or share), where column names a column of the survey "
        f"({', '.join(map(repr, list(columns)[:8]))}), or as cells, a column of that name each and "
        f"one called count; it has {there}"
    )


def _number_column(file: str, frame: pd.DataFrame, columns: Sequence[str]) -> str:
    """Return the column of the numbers: counts before shares, else the only one with numbers."""
    free = [each for each in frame.columns if each not in columns and _is_numbers(frame[each])]
    free = [each for each in free if not _CATEGORY.fullmatch(plain(each))] or free
    for usual in (is_named, lambda each: _SHARE.fullmatch(_bare(each)) is not None):
        found = [each for each in free if usual(each)]
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            raise ParameterError(
                f"{file} has several columns of numbers ({', '.join(map(repr, found))}); keep the "
                "one that is wanted"
            )
    if len(free) == 1:
        return free[0]
    if not free:
        raise _unlike(file, frame, columns)
    raise ParameterError(
        f"{file} has several columns of numbers ({', '.join(map(repr, free))}); call the one that "
        "counts people 'count', or the one with shares 'share'"
    )


def _bare(name: object) -> str:
    return re.sub(r"[\W\d_]*(?:%|\(.*\))[\W\d_]*|[_\s]+$", "", plain(name)).strip() or "share"


def _is_numbers(values: pd.Series) -> bool:
    if pd.api.types.is_bool_dtype(values):
        return False
    if pd.api.types.is_numeric_dtype(values):
        return True
    text = values.dropna().astype(str).map(plain)
    return len(text) > 0 and bool(text.str.fullmatch(r"[\d.,'\s]*\d[\d.,'\s]*%?").all())


def _margin_column(
    file: str, frame: pd.DataFrame, rest: Sequence[str], columns: Sequence[str]
) -> str | None:
    """Return the column whose values are the names of columns; None where the table has cells."""
    known = {names.name(each) for each in columns}
    for name in rest:
        values = names.fold(frame[name]).values.dropna()
        spelt = {each for each in values.unique() if not _TOTAL.fullmatch(plain(each))}
        if name not in columns and spelt and spelt <= known:
            return name
    if any(each in columns for each in rest):
        unnamed = [each for each in rest if each not in columns]
        if not any(_MARGIN.fullmatch(plain(each)) for each in unnamed):
            return None
    for name in rest:
        if _MARGIN.fullmatch(plain(name)) and name not in columns:
            spelt = names.fold(frame[name]).values.dropna().unique()
            wrong = next((each for each in spelt if each not in known), None)
            if wrong is not None:
                raise ParameterError(
                    f"{file} has {wrong!r} in {name!r}, which is no column of the survey"
                    f"{check.did_you_mean(wrong, columns)}"
                )
    return None


def _filled(frame: pd.DataFrame, parts: _Parts) -> pd.DataFrame:
    """Fill what merged cells of a workbook leave blank."""
    above = [parts.margin] if parts.margin else list(parts.cells[:-1])
    return frame.assign(**{str(each): frame[each].ffill() for each in above})


def _without_totals(frame: pd.DataFrame, parts: _Parts) -> tuple[pd.DataFrame, int]:
    """Leave out rows that sum up others: their category is a word for it, or blank."""
    keys = [str(parts.category)] if parts.category else list(parts.cells)
    spelt = frame[keys].apply(lambda column: names.fold(column).values)
    word = spelt.apply(
        lambda column: column.map(
            lambda each: isinstance(each, str) and _TOTAL.fullmatch(plain(each)) is not None
        ).astype(bool)
    ).any(axis="columns")
    total = word | spelt.isna().all(axis="columns")
    if parts.margin:
        total |= (
            names.fold(frame[parts.margin])
            .values.map(
                lambda each: isinstance(each, str) and _TOTAL.fullmatch(plain(each)) is not None
            )
            .astype(bool)
        )
    return frame[~total], int(total.sum())


def _cells(file: str, frame: pd.DataFrame, parts: _Parts) -> dict[str, dict[str, float]]:
    """Add up the cells to each margin."""
    spelt = frame[list(parts.cells)].apply(lambda column: names.fold(column).values)
    blank = spelt.isna().any(axis="columns")
    if blank.any():
        raise ParameterError(
            f"{file}: {int(blank.sum()):,} rows have no category in "
            f"{' or '.join(repr(each) for each in parts.cells if spelt[each].isna().any())}; fill "
            "it, or delete rows that sum up others"
        )
    if (twice := spelt.duplicated()).any():
        which = ", ".join(f"{name}={value!r}" for name, value in spelt[twice].iloc[0].items())
        raise ParameterError(
            f"{file} has the combination {which} twice; give each one row, or name the column that "
            "tells them apart (such as the wave) as the survey does"
        )
    numbers = as_targets({GAP.join(parts.cells): _plain_series(frame[parts.number])})
    value = numbers.margins[0].totals.to_numpy(float)
    return {
        name: pd.Series(value).groupby(spelt[name].to_numpy(), sort=False).sum()
        for name in parts.cells
    }


def _plain_series(values: pd.Series) -> pd.Series:
    return pd.Series(values.tolist(), index=[str(i) for i in range(len(values))], dtype=object)


def _long(file: str, frame: pd.DataFrame, parts: _Parts) -> dict[Any, pd.Series]:
    """Make a margin of each name in the column that names them, crossed where the row says within
    what."""
    found: dict[Any, pd.Series] = {}
    spelt = {each: names.fold(frame[each]).values for each in (str(parts.margin), *parts.within)}
    for margin in spelt[str(parts.margin)].dropna().unique():
        rows = frame[spelt[str(parts.margin)] == margin]
        inside = [
            each
            for each in parts.within
            if each != margin and spelt[each][rows.index].notna().any()
        ]
        if inside:
            kept = rows[
                pd.concat([spelt[each][rows.index].notna() for each in inside], axis=1).all(axis=1)
            ]
            keys = [
                tuple(row) for row in kept[[*inside, str(parts.category)]].itertuples(index=False)
            ]
            index = pd.Index(keys, tupleize_cols=False)
            found[(*inside, str(margin))] = pd.Series(
                kept[parts.number].tolist(), index, dtype=object
            )
            rows = rows.drop(kept.index)
        if len(rows):
            found[str(margin)] = pd.Series(
                rows[parts.number].tolist(), rows[parts.category].tolist(), dtype=object
            )
    return _shares_within(file, found)


def _shares_within(file: str, found: Mapping[Any, pd.Series]) -> dict[Any, pd.Series]:
    """Make shares of all from shares within each value of a column, by that column's own."""
    made = dict(found)
    for columns, series in found.items():
        if not isinstance(columns, tuple):
            continue
        parts: dict[tuple[Any, ...], dict[Any, Any]] = {}
        for key, value in series.items():
            parts.setdefault(key[:-1], {})[key[-1]] = value
        margins = [
            as_targets({" × ".join(map(str, (*key, columns[-1]))): part}).margins[0]
            for key, part in parts.items()
        ]
        if all(each.unit == "count" for each in margins):
            continue
        outer = columns[0] if len(columns) == 2 else columns[:-1]
        if outer not in found or any(each.unit == "count" for each in margins):
            raise ParameterError(
                f"{file} has shares of {columns[-1]!r} within each {outer!r}, and not how large "
                f"each {outer!r} is; add rows with {outer!r} as the column, its categories and "
                "their shares, or give counts"
            )
        own = as_targets({outer: found[outer]}).margins[0].totals
        own = own / own.sum()
        labels = {key: GAP.join(str(names.name(each)) for each in key) for key in parts}
        absent = [label for label in labels.values() if label not in own.index]
        if absent:
            raise ParameterError(
                f"{file} has shares of {columns[-1]!r} within {absent[0]!r}, which {outer!r} has "
                f"no share for{check.did_you_mean(absent[0], own.index)}"
            )
        pairs = [
            ((*key, category), float(share / each.totals.sum() * own[labels[key]]))
            for (key, part), each in zip(parts.items(), margins, strict=True)
            for category, share in zip(part, each.totals, strict=True)
        ]
        made[columns] = pd.Series(
            [share for _, share in pairs],
            pd.Index([key for key, _ in pairs], tupleize_cols=False),
            dtype=float,
        )
    return made
