"""The parameter `targets`, typed or a table -> what the answers are weighted to, in place of what
is counted in the people to compare with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from cxlib.bias.parameters import Parameters
from cxlib.bias.target_tables import read_targets, table_columns
from cxlib.bias.targets import Target, Targets, as_targets, nearest_spelling
from cxlib.errors import ParameterError
from cxlib.rows import names
from cxlib.shown.message import Message


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """Targets as `weigh` takes them, and what was decided about them."""

    targets: dict[Any, pd.Series] = field(default_factory=dict)
    notes: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()


def with_margins(p: Parameters, columns: Sequence[str]) -> Parameters:
    """Return parameters whose margins, where none are named, are the columns that have targets.

    Parameters
    ----------
    p : Parameters
    columns : sequence of str
        Columns of the survey and of the customer file.
    """
    if p.margins or p.targets is None:
        return p
    if isinstance(p.targets, Mapping):
        found = list(map(str, p.targets))
    else:
        found = table_columns(p.targets, columns=columns, wave_column=p.wave_column)
    return p.model_copy(update={"margins": found})


def choose_targets(
    p: Parameters,
    *,
    columns: Sequence[str],
    respondents: pd.DataFrame,
    wave: str | None,
    counted: Mapping[Any, pd.Series],
) -> Chosen:
    """Return the targets that were given; without any, those `counted` in the people to compare
    with.

    Raises
    ------
    ParameterError
        If a category is spelt otherwise than in the answers, or none of the columns is among the
        margins.
    """
    if p.targets is None:
        return Chosen(dict(counted))
    if isinstance(p.targets, Mapping):
        read = as_targets(p.targets)
    else:
        column = p.wave_column if p.wave_column in respondents.columns else None
        read = read_targets(p.targets, columns=columns, wave_column=column, wave=wave)
    kept = [each for each in read.margins if set(each.columns) <= set(p.margins)]
    if not kept:
        raise ParameterError(
            f"margins={p.margins}: targets has none of these columns, but "
            f"{', '.join(repr(each.name) for each in read.margins)}; name them in margins, or give "
            "targets for these"
        )
    for each in kept:
        _refuse_spelling(p, each, respondents)
    chosen = Targets(tuple(kept), read.notes)
    return Chosen(chosen.as_mapping(), read.notes, tuple(_told(p, read, chosen, bool(counted))))


def _told(p: Parameters, read: Targets, chosen: Targets, counted: bool) -> list[Message]:
    """Say that targets win over the people to compare with, and which columns have none."""
    said = []
    if counted:
        file = p.frame if p.invitations is None else p.invitations
        name = "" if file is None else file.name
        said.append(Message("bias.targets_win", names=chosen.columns, file=name))
    if beside := [each.name for each in read.margins if each not in chosen.margins]:
        said.append(Message("bias.targets_beside", names=beside))
    if lacking := [each for each in p.margins if each not in chosen.columns]:
        said.append(Message("bias.targets_lacking", names=lacking))
    return said


def _refuse_spelling(p: Parameters, target: Target, respondents: pd.DataFrame) -> None:
    if len(target.columns) > 1 or target.name not in respondents.columns:
        return
    there = names.fold(respondents[target.name]).values.dropna().unique()
    near = nearest_spelling(map(str, target.totals.index), there)
    if near:
        wanted, other = next(iter(near.items()))
        file = f"={p.targets.as_posix()!r}" if isinstance(p.targets, Path) else ""
        raise ParameterError(
            f"targets{file}: no answer has {wanted!r} in {target.name!r}; did you mean {other!r}? "
            "Spell the categories of the targets as the answers do"
        )
