"""The answers of a survey -> how many there are of each group, by columns of the survey or of the
customer file."""

from __future__ import annotations

from collections.abc import Sequence

from cxlib import check
from cxlib.bias import lists
from cxlib.bias.counts import people
from cxlib.bias.parameters import Parameters
from cxlib.bias.reading import read_rows
from cxlib.rows import names
from cxlib.rows.group_sizes import GroupSizes, SizeUnit, count_groups


@check.arguments
def group_sizes(p: Parameters, *, by: Sequence[str]) -> GroupSizes:
    """Count the answers of each group in the wave that the parameters ask for.

    Parameters
    ----------
    p : Parameters
        As for `read`.
    by : sequence of str
        Columns of the customer file, or of the survey.

    Returns
    -------
    GroupSizes
        Every group with a usable answer in any wave; its answers in this one.

    Raises
    ------
    CxError
        As `read`; also if a column is in neither file.
    """
    sample = read_rows(p)
    frame, *_ = lists.read_people(p, "frame", where=None)
    listed = [] if frame is None else [name for name in by if name in frame.columns]
    known = [] if frame is None else frame.columns
    check.columns([*sample.answers.columns, *known], for_each=by)
    rows = [sample.respondents, sample.answers]
    if frame is not None and listed:
        known = people.take(frame, columns=[str(p.customer), *listed])
        known = known.dropna(subset=[str(p.customer)]).drop_duplicates(str(p.customer))
        rows = [
            each.drop(columns=[name for name in listed if name in each])
            .assign(**{str(p.customer): names.fold(each[p.customer]).values})
            .merge(known, on=str(p.customer), how="left")
            for each in rows
        ]
    now, ever = (count_groups(each, by=by, unit=SizeUnit.ANSWERS_OF_WAVE) for each in rows)
    return GroupSizes({group: now.n.get(group, 0) for group in ever.n}, now.unit)
