"""A file beside the events -> its rows, with the columns that the parameters name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.rows import names
from cxlib.rows.conditions import Condition
from cxlib.shown.message import Message
from cxlib.sources import Survey, read_list

Said = tuple[tuple[Message, ...], tuple[Message, ...]]  # notes, warnings
# marks that turn the direction of writing, which no eye can see
_TURNS = r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]"
MOST_GROUPS = 30  # 435 pairs; more curves cannot be told apart in a figure either
SHARE = 0.05  # of the rows; more left out can change the finding


def read_named(
    path: Path, columns: Mapping[str, str | None], *, where: Condition | None = None
) -> Survey:
    """Read a file that has these columns, by the names of their parameters.

    Raises
    ------
    ColumnError
        If it lacks one.
    """
    found = read_list(path, where=where)
    check.columns(found.frame.columns, **columns)
    return found


def clean_groups(frame: pd.DataFrame, segment: str | None) -> tuple[pd.DataFrame, Said]:
    """Return the frame with the names of its groups cleaned, and what there is to say of them.

    Raises
    ------
    ParameterError
        If there are more groups than can be compared.
    """
    if segment is None:
        return frame, ((), ())
    values = frame[segment]
    if pd.api.types.is_string_dtype(values):
        values = values.str.replace(_TURNS, "", regex=True)
    folded = names.fold(values)
    groups = folded.values.nunique()
    if groups > MOST_GROUPS:
        raise ParameterError(
            f"segment={segment!r} has {groups:,} groups, and at most {MOST_GROUPS} can be "
            "compared pair by "
            "pair; name a column with fewer, or put small groups together"
        )
    said = (folded.notes(segment), folded.warnings(segment))
    return frame.assign(**{segment: folded.values}), said


def left_out(rows: int, counts: dict[Message, int]) -> tuple[Message, ...]:
    """Return the sentences about rows left out that are many enough to change the finding."""
    return tuple(said for said, n in counts.items() if n > SHARE * rows)
