"""The `figures.csv` of a run -> its figures, without pandas."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import Any

from cxlib.errors import SourceError

WORDS = ("study", "figure", "segment", "wave", "unit", "verdict", "method", "text")
_LATER = ("of",)  # which row it is, in words; runs of earlier versions have none
NUMBERS = ("value", "ci_low", "ci_high", "confidence", "n")
# what a manifest says of the headline
_OF_HEADLINE = ("study", "figure", "segment", "wave", *NUMBERS, "unit", "verdict", "of")

Figure = dict[str, Any]


def read_figures(path: Path) -> list[Figure]:
    """Return the figures of a run, in the order of its ledger; none where it has no such file.

    Parameters
    ----------
    path : Path
        A `figures.csv`, or the folder of a run.

    Returns
    -------
    list of dict
        `WORDS` as str (empty where there is none), `NUMBERS` as float or None.

    Raises
    ------
    SourceError
        If the file is no ledger of this version, or cannot be read.
    """
    file = path / "figures.csv" if path.is_dir() else path
    if not file.is_file():
        return []
    try:
        return parse_figures(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, csv.Error) as error:
        raise SourceError(
            f"{file.as_posix()} cannot be read as the figures of a run ({error}); make the report "
            "again with cx run"
        ) from None


def headline_figure(text: str) -> Figure | None:
    """Return what a manifest says of the headline figure; None where there is no ledger, or it has
    no such figure.

    Parameters
    ----------
    text : str
        The content of a `figures.csv`.
    """
    try:
        first = next(iter(parse_figures(text)), None)
    except (ValueError, csv.Error):
        return None
    if first is None or first["value"] is None or not math.isfinite(first["value"]):
        return None
    # JSON knows no infinity
    return {
        name: None if isinstance(value := first[name], float) and math.isinf(value) else value
        for name in _OF_HEADLINE
    }


def parse_figures(text: str) -> list[Figure]:
    """Return the figures in the content of a `figures.csv`, as `read_figures` does.

    Raises
    ------
    ValueError
        If it is no ledger of this version.
    """
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    missing = [name for name in (*WORDS, *NUMBERS) if name not in (rows.fieldnames or ())]
    if missing:
        raise ValueError(f"it has no column {missing[0]!r}, as files of earlier versions")
    return [_figure(row) for row in rows]


def _figure(row: dict[str, Any]) -> Figure:
    if None in row or None in row.values():
        raise ValueError(f"a row has not as many cells as there are columns: {row['figure']!r}")
    words = {name: row[name] for name in WORDS} | {name: row.get(name, "") for name in _LATER}
    return words | {name: float(row[name]) if row[name] else None for name in NUMBERS}
