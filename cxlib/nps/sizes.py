"""The answers of a survey -> how many there are of each group."""

from __future__ import annotations

from collections.abc import Sequence

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.nps.parameters import Parameters
from cxlib.nps.reading import read_beside
from cxlib.rows.group_sizes import GroupSizes, SizeUnit, count_groups


@check.arguments
def group_sizes(p: Parameters, *, by: Sequence[str]) -> GroupSizes:
    """Count the answers with a score of each group, in the wave of the headline.

    Parameters
    ----------
    p : Parameters
        As for `read`.
    by : sequence of str
        Columns of the survey.

    Returns
    -------
    GroupSizes
        Every group with a score in any wave; its answers in this one.

    Raises
    ------
    CxError
        As `read`; also if a column is not in the survey, or is the one with the waves.
    """
    if p.wave_column in by:
        raise ParameterError(
            f"for_each={p.wave_column!r} is the column with the waves, which a report compares; "
            "for a report a wave write grid: {wave: [2026Q2, 2026Q3]}"
        )
    answers = read_beside(p, further=by)
    check.columns(list(answers.frame.columns), for_each=by)
    now, ever = (
        count_groups(rows[rows[p.score].notna()], by=by, unit=SizeUnit.ANSWERS)
        for rows in (answers.current, answers.frame)
    )
    return GroupSizes({group: now.n.get(group, 0) for group in ever.n}, now.unit)
