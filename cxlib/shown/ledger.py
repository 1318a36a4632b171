"""Results of a report -> its ledger: every figure in one machine-readable table, a figure a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxlib.errors import ParameterError
from cxlib.shown import language as words
from cxlib.shown.message import Message
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Table

_FORMATS = {
    "result": "",
    "row": "",
    "quantity": "",
    "value": "figure",
    "text": "",
    "method": "",
    "confidence": "level",
}
COLUMNS = list(_FORMATS)
# texts that are found out; other texts say which row it is
_SAID = ("verdict", "judgement", "reason", "box")


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Ledger(Table):
    """The table of every figure of a report; `cx run` finds it by a mark and writes it as
    `figures.csv` beside the report."""

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        return Table._repr_mimebundle_(self), {"text/csv": {"ledger": True}}


def ledger(*, language: str = "en", **results: Result) -> Ledger:
    """Put every figure of some results into one machine-readable table, a figure a row.

    Use it at the end of a notebook, so that other programs (and the next run's reader) find each
    figure by its name.

    Parameters
    ----------
    language : str
        Language of the caption and of what absent results say.
    **results : Result
        Each under the name by which its figures are to be found.

    Returns
    -------
    Ledger
        `result` (its name), `row` (which row of the result: `a=2026Q2, b=2026Q3`), `quantity` (the
        column's name in the data), `value` (full precision; yes is 1 and no is 0), `text` (of a
        verdict, a reason, a warning, or of a result that is absent), `method`, `confidence`. A few
        rows are shown; the CSV has all.

    Raises
    ------
    ParameterError
        If something given is no Result.

    Notes
    -----
    A column of numbers is a quantity. A column of texts or dates says which row it is, unless it is
    named in `_SAID`. Where these do not tell the rows apart, whole-number columns are added from
    the left (a tenure, a score); at last the row's number.

    Examples
    --------
    >>> frame = pd.DataFrame({"wave": ["Q3"], "nps": [12.5]})
    >>> ledger(nps=Result(frame=frame, method="score")).frame[["row", "quantity", "value"]]
           row quantity  value
    0  wave=Q3      nps   12.5
    """
    parts = [pd.DataFrame(columns=COLUMNS)]
    for name, found in results.items():
        if not isinstance(found, Result):
            raise ParameterError(
                f"{name}={type(found).__name__}: is not a result; give what a study's function "
                "returned"
            )
        parts += [_entries(found), _sentences(found, language)]
        for part in parts[-2:]:
            part.insert(0, "result", name)
    frame = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)[
        COLUMNS
    ]
    return Ledger(
        frame=frame,
        columns=_FORMATS,
        caption=Message("common.ledger"),
        language=language,
        most=10,
    )


def _entries(found: Result) -> pd.DataFrame:
    """Return `row, quantity, value, text, method, confidence`: the figures of a result, row by
    row."""
    whole = found.frame.reset_index(drop=True)
    frame = whole.drop(columns=["method", "confidence"], errors="ignore")
    numbers = [pd.api.types.is_numeric_dtype(kind) for kind in frame.dtypes]  # also yes and no
    said = [name for name in _SAID if name in found.columns or not found.columns]
    which = [k for k, name in enumerate(frame.columns) if not numbers[k] and name not in said]
    keys, rows = _told_apart(frame.rename(columns=dict(found.carried)), which)
    quantities = [k for k in range(frame.shape[1]) if k not in keys]
    values = np.full((len(frame), len(quantities)), np.nan)
    texts = np.full(values.shape, "", dtype=object)
    for place, k in enumerate(quantities):
        column = frame.iloc[:, k]
        if numbers[k]:
            values[:, place] = column.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
        else:
            texts[:, place] = column.astype(object).where(column.notna(), "")
    each = pd.DataFrame(
        {
            "row": rows,
            "method": whole.get("method", found.method),
            "confidence": whole.get("confidence", np.nan),
        }
    ).loc[np.repeat(range(len(frame)), len(quantities))]
    names = np.tile([str(frame.columns[k]) for k in quantities], len(frame))
    return each.assign(quantity=names, value=values.ravel(), text=texts.ravel())


def _told_apart(frame: pd.DataFrame, keys: list[int]) -> tuple[list[int], list[str]]:
    """Return the columns that say which row it is, and these words for each row."""
    spare = [k for k, kind in enumerate(frame.dtypes) if pd.api.types.is_integer_dtype(kind)]
    while frame.iloc[:, keys].duplicated().any() or (not keys and len(frame) > 1):
        if not spare:
            return keys, [
                ", ".join([*filter(None, [words]), f"#{number}"])
                for number, words in enumerate(_rows(frame, keys), 1)
            ]
        keys = sorted([*keys, spare.pop(0)])
    return keys, _rows(frame, keys)


def _rows(frame: pd.DataFrame, keys: list[int]) -> list[str]:
    columns = [(str(frame.columns[k]), frame.iloc[:, k].tolist()) for k in keys]
    return [
        ", ".join(
            f"{name}={words.label(values[number])}"
            for name, values in columns
            if not pd.isna(values[number])
        )
        for number in range(len(frame))
    ]


def _sentences(found: Result, language: str) -> pd.DataFrame:
    said = [("absent", found.summary(language))] if isinstance(found, Absent) else []
    said += [("warning", sentence.text(language)) for sentence in found.warnings]
    return pd.DataFrame(said, columns=["quantity", "text"]).assign(
        row="", value=np.nan, method=found.method, confidence=np.nan
    )
