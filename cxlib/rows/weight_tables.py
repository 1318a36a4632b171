"""Weights in a table of their own, an id and a weight a row -> the answers with their weights.

The seam between the study that makes weights and one that takes them: `write_weights` writes what
`join_weights` reads.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cxlib import check
from cxlib.errors import ColumnError, ParameterError, WeightError
from cxlib.rows import names
from cxlib.rows.weights import read_weights
from cxlib.shown.message import Message

# what a spreadsheet takes for a formula that does something
_RUNS = r"^[=+\-@\t\r].*[(|!]"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Joined:
    """Answers that have a weight, in the column of that name.

    Attributes
    ----------
    rows : pandas.DataFrame
    left_out : int
        Answers without a weight, which are not among the rows.
    notes, warnings : tuple of Message
    """

    rows: pd.DataFrame
    left_out: int
    notes: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()


def join_weights(
    rows: pd.DataFrame,
    table: pd.DataFrame,
    *,
    weight: str,
    file: str,
    wave: str | None = None,
    every: Callable[[], pd.DataFrame] | None = None,
) -> Joined:
    """Give each answer the weight that a table has for its id.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row an answer.
    table : pandas.DataFrame
        One row an id: its only other column, or the only one that the answers have too, is the id.
    weight : str
        The table's column of weights.
    file : str
        Name of the table's file, for what is said.
    wave : str, optional
        Column of the answers with the wave: waves in which no answer has a weight are told.
    every : callable, optional
        Gives the answers of the file with those that a condition left out: their weights are no
        stranger's. It is called only where ids are not found.

    Raises
    ------
    ColumnError
        If the table has no such column, or none or several columns of ids; or the answers have a
        column of the weight's name.
    WeightError
        If an id is missing or there twice, on either side, or no answer has a weight.
    """
    check.columns(list(table.columns), **{f"weights={file!r}, columns.weight": weight})
    if weight in rows.columns:
        raise ColumnError(
            f"columns.weight={weight!r}: the survey and weights={file!r} both have this column; "
            "leave weights=None to take the survey's, or rename it in one of them"
        )
    key = _key(rows, table, weight, file)
    ids, theirs = names.fold(rows[key]).values, names.fold(table[key]).values
    _refuse_repeats(theirs, f"weights={file!r}", key)
    known = ids.isin(theirs.dropna())
    if not known.any():
        raise WeightError(
            f"weights={file!r}: none of its {len(table):,} ids (first: {theirs.iloc[0]!r}) is a "
            f"{key} of the survey (first: {ids.iloc[0]!r}); give the weights of these answers"
        )
    _refuse_repeats(ids[known], "the survey", key)
    values = read_weights(table[weight], "columns.weight").set_axis(theirs)
    ours = ids if every is None or theirs.isin(ids).all() else names.fold(every()[key]).values
    joined = rows[known].assign(**{weight: values.reindex(ids[known]).to_numpy()})
    return Joined(
        rows=joined.reset_index(drop=True),
        left_out=int((~known).sum()),
        notes=(Message("common.weights_joined", n=int(known.sum()), file=file, column=key),),
        warnings=_warnings(rows, known, theirs, ours, file, wave),
    )


def _key(rows: pd.DataFrame, table: pd.DataFrame, weight: str, file: str) -> str:
    others = [name for name in table.columns if name != weight]
    shared = [name for name in others if name in rows.columns]
    if len(shared) == 1:
        return str(shared[0])
    said = f"has {len(shared)} columns that the survey has too ({', '.join(map(str, shared))})"
    if not shared:
        said = f"shares no column with the survey (beside {weight!r} it has {others})"
    raise ColumnError(
        f"weights={file!r} {said}; give it two columns, the weight and the id of an answer, called "
        "as it is in the survey"
    )


def _refuse_repeats(ids: pd.Series, where: str, key: str) -> None:
    if (n := int(ids.isna().sum())) or (twice := ids[ids.duplicated()]).size:
        what = (
            f"{n:,} rows have no {key}"
            if n
            else f"{key}={twice.iloc[0]!r} is there {int((ids == twice.iloc[0]).sum())} times"
        )
        raise WeightError(
            f"{where}: {what}, so it is not known which answer a weight belongs to; weights need "
            "the id of an answer, once each"
        )


def _warnings(
    rows: pd.DataFrame,
    known: pd.Series,
    theirs: pd.Series,
    ids: pd.Series,
    file: str,
    wave: str | None,
) -> tuple[Message, ...]:
    found = []
    if foreign := int((~theirs.isin(ids.dropna())).sum()):
        found.append(Message("common.weights_foreign", n=foreign, all=len(theirs), file=file))
    waves = pd.Series(None, rows.index) if wave is None else names.fold(rows[wave]).values
    without = [each for each in waves.dropna().unique() if not known[waves == each].any()]
    if without:
        found.append(Message("common.weights_no_wave", names=without, file=file))
    rest = int((~known & ~waves.isin(without)).sum())
    if rest:
        n = int((~waves.isin(without)).sum())
        found.append(Message("common.weights_absent", n=rest, all=n, file=file))
    return tuple(found)


def write_weights(ids: pd.Series, weights: pd.Series, path: Path) -> None:
    """Write ids and weights so that they read back to the same numbers; what was there is replaced
    at once.

    Parameters
    ----------
    ids, weights : pandas.Series
        One an answer; the ids' name is the column's, the weights' column is `weight`.
    path : Path
        A CSV or Parquet file; folders on the way are made.

    Raises
    ------
    WeightError
        If an id is missing or there twice, or a spreadsheet would run it.
    ParameterError
        If the file is neither CSV nor Parquet, or cannot be written.
    """
    if path.suffix.lower() not in (".csv", ".parquet"):
        raise ParameterError(
            f"weights_out={path.as_posix()!r}: weights are written as .csv or .parquet; give the "
            "file one of these endings"
        )
    refuse_other_file(path)
    frame = weight_rows(ids, weights)
    frame = frame.assign(**{str(ids.name): frame.iloc[:, 0].astype(str)})
    runs = frame.iloc[:, 0][frame.iloc[:, 0].str.contains(_RUNS)]
    if len(runs):
        raise WeightError(
            f"{ids.name}={runs.iloc[0]!r} would be run as a formula where the weights are opened "
            "in a spreadsheet; name another column with the id of an answer, or correct this one"
        )
    beside = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() == ".parquet":
            frame.to_parquet(beside, index=False)
        else:  # 17 digits: as Python writes a number, it reads back to the same
            frame.to_csv(beside, index=False, encoding="utf-8", lineterminator="\n")
        beside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise ParameterError(
            f"weights_out={path.as_posix()!r} cannot be written ({error.strerror}); give a file in "
            "a folder that you may write to"
        ) from None


def weight_rows(ids: pd.Series, weights: pd.Series) -> pd.DataFrame:
    """Return ids and weights as a table of them has both: whole numbers and texts, and `weight`.

    Raises
    ------
    WeightError
        If an id is missing or there twice, or their column is called `weight`.
    """
    _refuse_repeats(names.fold(ids).values, "the survey", str(ids.name))
    if ids.name == "weight":
        raise WeightError(
            "answer_id='weight': the column of ids has the name of the weights' own; rename it"
        )
    kind = "int64" if pd.api.types.is_integer_dtype(ids) else str
    return pd.DataFrame({str(ids.name): ids.astype(kind), "weight": weights.astype(float)})


def refuse_other_file(path: Path) -> None:
    """Refuse to write weights over a file that holds anything but an id and a weight.

    Raises
    ------
    ParameterError
        With what the file has.
    """
    if not path.is_file() or path.stat().st_size == 0:
        return
    try:
        if path.suffix.lower() == ".parquet":
            columns = list(pq.read_schema(path).names)
        else:
            with path.open(encoding="utf-8-sig") as file:
                columns = file.readline().strip().split(",")
    except (OSError, ValueError, pa.ArrowInvalid):
        columns = ["something else"]
    if len(columns) != 2 or columns[1].strip('"') != "weight":
        raise ParameterError(
            f"weights_out={path.as_posix()!r} is there already and holds something else than an id "
            f"and a weight ({', '.join(columns[:5])}); give another file, so that nothing is lost"
        )
