"""The parameters `where` and `only` -> the condition on each file's rows.

A column of `only` that the customer file has says whom the report is about: the customers are
theirs alone, and so are the invitations and the answers, by the customer's id: what the customer
file says of a person holds, whatever another file calls it. A column that only the survey has says
which answers are looked at, as `where_answers` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxlib.bias.counts import people
from cxlib.bias.parameters import Parameters
from cxlib.errors import ParameterError
from cxlib.rows import names
from cxlib.rows.conditions import Condition, among, both, choose
from cxlib.sources import read_list
from cxlib.sources.columnar import open_here
from cxlib.sources.headers import read_header
from cxlib.sources.table_names import is_columnar


@dataclass(frozen=True, slots=True)
class ChosenRows:
    """The condition on each file's rows; None where all are read."""

    survey: Condition | None
    frame: Condition | None
    invitations: Condition | None


def choose_rows(p: Parameters) -> ChosenRows:
    """Return the conditions on the rows of the files that the parameters name.

    Raises
    ------
    ParameterError
        If the files must be joined for it and no column of customers is named.
    EmptyDataError
        If no customer is chosen.
    """
    if not p.only:
        asked = choose(p.where, {})
        return ChosenRows(asked, asked, asked)
    listed = None if p.frame is None else read_header(p.frame)
    of_people = {n: v for n, v in p.only.items() if listed is not None and listed.has(n)}
    of_answers = {n: v for n, v in p.only.items() if n not in of_people}
    frame, theirs = choose(None, of_people), None
    if frame is not None and p.frame is not None:
        ids = _ids(p.frame, frame, customer=_customer(p, of_people))
        theirs = among(frame, str(p.customer), ids, file=p.frame.name)
    return ChosenRows(
        survey=both(choose(p.where, of_answers), theirs),
        frame=choose(p.where, of_people),
        invitations=both(choose(p.where, {}), theirs),
    )


def _customer(p: Parameters, of_people: Mapping[str, Any]) -> str:
    if p.customer is None:
        raise ParameterError(
            f"only={dict(of_people)!r}: the customer file has this column, and customer=None: name "
            "the column with the customer's id, the same in all files, or give frame=None"
        )
    return p.customer


def _ids(file: Path, chosen: Condition, *, customer: str) -> list[str]:
    """Return the ids of the customers that are chosen."""
    if is_columnar(file):
        kept = chosen.apply(open_here(file), file=file.name)
        ids = people.take(kept.rows, columns=[customer])[customer]
    else:
        ids = read_list(file, where=chosen).frame[customer]
    return list(names.fold(ids).values.dropna())
