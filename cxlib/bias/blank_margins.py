"""Margins that are blank for some people -> respondents and people to compare with who all have a
group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cxlib.bias.counts import people
from cxlib.bias.parameters import Parameters
from cxlib.rows import names
from cxlib.rows.table import named
from cxlib.shown.message import Message

if TYPE_CHECKING:
    import ibis.expr.types as ir

BLANK = "–"  # the group of those whose margin is blank


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Grouped:
    """Respondents and the people to compare with, none of them without a group."""

    respondents: pd.DataFrame
    reference: ir.Table | None
    warnings: tuple[Message, ...] = ()


def group(p: Parameters, respondents: pd.DataFrame, reference: ir.Table | None) -> Grouped:
    """Give those without a margin a group of their own where some of them answered; leave them out
    of the comparison where none did.

    Parameters
    ----------
    p : Parameters
        `margins`.
    respondents : pandas.DataFrame
        With the margins as the people to compare with have them.
    reference : Ibis table or None
        One row a person; it has all margins. Where there is none, respondents stay as they are.
    """
    said = []
    for margin in p.margins if reference is not None else ():
        blank = people.blanks(reference, column=margin)
        if not blank or margin not in respondents.columns:
            continue
        here = names.fold(respondents[margin]).values
        told = {"column": margin, "n": blank, "all": people.size(reference)}
        if here.isna().any():
            respondents = respondents.assign(**{margin: here.astype(object).fillna(BLANK)})
            reference = named(people.fill(reference, column=margin, value=BLANK))
            said.append(Message("bias.blank_group", group=BLANK, **told))
        else:
            reference = named(people.without_blanks(reference, column=margin))
            said.append(Message("bias.blank_left_out", **told))
    return Grouped(respondents=respondents, reference=reference, warnings=tuple(said))
