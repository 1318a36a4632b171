"""Interviews -> how many there are of each group of cases."""

from __future__ import annotations

from collections.abc import Sequence

from cxlib import check
from cxlib.interviews.parameters import Parameters
from cxlib.interviews.reading import read
from cxlib.rows.group_sizes import GroupSizes, SizeUnit, count_groups


@check.arguments
def group_sizes(p: Parameters, *, by: Sequence[str]) -> GroupSizes:
    """Count the interviews of each group.

    Parameters
    ----------
    p : Parameters
        As for `read`.
    by : sequence of str
        Columns of the cases.

    Raises
    ------
    CxError
        As `read`; also if a column is not in the cases.
    """
    cases = read(p).cases
    check.columns(list(cases.columns), for_each=by)
    return count_groups(cases, by=by, unit=SizeUnit.INTERVIEWS)
