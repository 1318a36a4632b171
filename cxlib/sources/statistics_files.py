"""An SPSS or Stata file -> its rows, with the labels, missing codes and question texts it has."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxlib.errors import SourceError
from cxlib.shown.message import Message
from cxlib.sources.delimited import MOST_COLUMNS

_MOST_CELLS = 100_000_000  # 1,000 questions by 100,000 people; each cell takes some 30 bytes
_NUMBER = re.compile(r"\s*(-?\d+(?:\.\d+)?)(?![.,]?\d)[^\d]*")  # "10", "10 - extremely likely"


@dataclass(frozen=True, slots=True)
class Contents:
    """The contents of a statistics file.

    Attributes
    ----------
    rows : list of list
        The header first; an absent value is "".
    questions : dict of str to str
        Column to its label.
    labels : dict of str to dict
        Column to what its codes mean, where the codes stay.
    notes : tuple of Message
    """

    rows: list[list[Any]]
    questions: dict[str, str]
    labels: dict[str, dict[Any, str]]
    notes: tuple[Message, ...]


def read_names(path: Path) -> list[str]:
    """Return the names of the columns alone."""
    _, meta = _open(path, metadataonly=True)
    return list(meta.column_names)


def read_statistics_file(path: Path) -> Contents:
    """Read an SPSS (.sav, .zsav) or Stata (.dta) file.

    Raises
    ------
    SourceError
        If it is damaged, or declares more cells than are read.

    Notes
    -----
    A column whose every value has a label, as those of segments have, becomes its labels; where
    half of its labels or more are numbers (a scale of which each point is labelled), where only
    some values have one (a scale labelled at its ends), or where it is declared a scale, the codes
    stay, also where answers stand at these ends alone. Codes that are declared missing are missing,
    and counted.
    """
    _, meta = _open(path, metadataonly=True)
    declared = (meta.number_rows or 0) * max(len(meta.column_names), 1)
    if declared > _MOST_CELLS or len(meta.column_names) > MOST_COLUMNS:
        raise SourceError(
            f"{path.name!r} has {len(meta.column_names):,} columns and {meta.number_rows:,} rows; "
            f"at most {MOST_COLUMNS:,} columns and {_MOST_CELLS:,} cells are read; save the "
            "columns that are needed alone"
        )
    found, meta = _open(path)
    columns, labelled, blanked = {}, [], 0
    for name in meta.column_names:
        values = [None if _absent(value) else value for value in found[name]]
        kept = _without_missing(values, meta.missing_ranges.get(name, ()))
        blanked += sum(a is not b for a, b in zip(values, kept, strict=True))
        labels = meta.variable_value_labels.get(name, {})
        if _are_names(kept, labels, meta.variable_measure.get(name, "unknown")):
            kept = [None if value is None else labels[value] for value in kept]
            labelled.append(name)
        columns[name] = _whole(kept)
    notes = [Message("sources.labels_taken", names=labelled)] if labelled else []
    if blanked:
        notes.append(Message("sources.declared_missing", n=blanked))
    rows = [
        ["" if value is None else value for value in row]
        for row in zip(*columns.values(), strict=True)
    ]
    texts = meta.column_names_to_labels
    return Contents(
        rows=[list(columns), *rows] if columns else [],
        questions={name: text for name in columns if (text := texts.get(name))},
        labels={
            name: dict(labels)
            for name, labels in meta.variable_value_labels.items()
            if name not in labelled
        },
        notes=tuple(notes),
    )


def _open(path: Path, *, metadataonly: bool = False) -> tuple[Mapping[str, Sequence[Any]], Any]:
    import pyreadstat

    stata = path.suffix.lower() == ".dta"
    try:
        if stata:
            return pyreadstat.read_dta(path, output_format="dict", metadataonly=metadataonly)
        return pyreadstat.read_sav(
            path, output_format="dict", metadataonly=metadataonly, user_missing=True
        )
    except Exception as error:  # noqa: BLE001  pyreadstat has errors of many kinds, some its own
        raise SourceError(
            f"{path.name!r} cannot be read as {'a Stata' if stata else 'an SPSS'} file "
            f"({error}); save it again there, or as CSV in UTF-8"
        ) from None


def _absent(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def _without_missing(values: list[Any], ranges: Sequence[Mapping[str, Any]]) -> list[Any]:
    if not ranges:
        return values

    def is_missing(value: Any) -> bool:
        return any(
            type(one["lo"]) is type(value) and one["lo"] <= value <= one["hi"]
            if isinstance(value, str) or isinstance(one["lo"], str)
            else one["lo"] <= value <= one["hi"]
            for one in ranges
        )

    return [None if value is None or is_missing(value) else value for value in values]


def _are_names(values: Sequence[Any], labels: Mapping[Any, str], measure: str) -> bool:
    occurring = {value for value in values if value is not None}
    if not labels or not occurring or measure == "scale" or not occurring <= set(labels):
        return False
    if _names_ends(labels):
        return False
    texts = [labels[value] for value in occurring]
    numbers = {value for value in occurring if _is_point(value, labels[value])}
    return 2 * len(numbers) < len(texts)


def _names_ends(labels: Mapping[Any, str]) -> bool:
    """Return whether two or three labels stand at the ends and in the middle of a scale."""
    codes = [code for code in labels if not isinstance(code, str) and 0 <= code <= 11]
    return len(codes) in (2, 3) and max(codes) - min(codes) >= 4


def _is_point(value: Any, label: str) -> bool:
    """Return whether a label is the number of its code, or that but for one."""
    number = _NUMBER.fullmatch(label)
    return (
        number is not None
        and not isinstance(value, str)
        and abs(float(number.group(1)) - value) <= 1
    )


def _whole(values: list[Any]) -> list[Any]:
    """Return whole numbers as such: the formats keep every number as a double."""
    if all(
        value is None or (isinstance(value, float) and value.is_integer() and abs(value) < 2**53)
        for value in values
    ):
        return [None if value is None else int(value) for value in values]
    return values
