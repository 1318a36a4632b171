"""A survey's table -> how it counts answers by score, where a row is one score and not one answer.

Told by what it holds, whatever the column of the counts is called.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cxlib.errors import ParameterError
from cxlib.rows import headcounts

_FEWEST = 6  # scores that such a table has
FULL = 0.5  # of its combinations of scores and groups; a score without answers may have no row


@dataclass(frozen=True, slots=True)
class Tally:
    """How a table counts answers by score.

    Attributes
    ----------
    counts : tuple of str
        The column with the numbers; several where each is the number of a group.
    total : int
        Their sum.
    groups : tuple of str
        Columns whose combinations with the score are counted.
    """

    counts: tuple[str, ...]
    total: int
    groups: tuple[str, ...] = ()


def find_tally(frame: pd.DataFrame, score: str) -> Tally | None:
    """Find out whether a table has numbers of answers by score, in place of answers.

    So it is where the column of scores has six or more of the numbers 0 to 10; where each comes
    once, or once in each group; and where another column holds whole numbers, at least 0, that are
    no id and sum to at least twice the rows; or all other columns do.

    Examples
    --------
    >>> find_tally(pd.DataFrame({"q": range(11), "how": [2] * 5 + [9] * 6}), "q").total
    64
    """
    if score not in frame.columns or not len(frame.columns) > 1:
        return None
    points = points_of(frame[score])
    if not points:
        return None
    found = {name: headcounts.whole_numbers(frame[name]) for name in frame.columns if name != score}
    counts = {
        name: int(values.sum())
        for name, values in found.items()
        if values is not None and not _numbers_rows(name, values)
    }
    many = {name: total for name, total in counts.items() if total >= 2 * len(frame)}
    if points == len(frame) and len(counts) == len(found) > 1 and sum(counts.values()) >= points:
        return Tally(tuple(counts), sum(counts.values()))
    for name, total in sorted(many.items(), key=lambda item: -item[1]):
        groups = [each for each in found if each != name and not headcounts.is_share(frame[each])]
        cells = frame[[*groups, score]]
        n = len(frame[groups].drop_duplicates()) if groups else 1
        if not cells.duplicated().any() and len(frame) >= FULL * n * points:
            return Tally((name,), total, tuple(groups))
    return None


def points_of(answers: pd.Series) -> int:
    """Return how many scores a column of a table of numbers has; 0 where it can be of none."""
    scores = pd.to_numeric(answers, errors="coerce")
    points = scores.nunique()
    fits = not scores.isna().any() and scores.isin(range(11)).all() and points >= _FEWEST
    return points if fits else 0


def refuse_tally(frame: pd.DataFrame, path: Path, *, score: str) -> None:
    """Refuse a survey in which a row is one score, with the number of its answers.

    Raises
    ------
    ParameterError
        With the call that writes one row an answer.
    """
    found = find_tally(frame, score)
    if found is not None:
        raise refusal(found, len(frame), path, score=score)


def refusal(found: Tally, n: int, path: Path, *, score: str) -> ParameterError:
    """Return the refusal of a table of so many rows."""
    file, count = repr(path.as_posix()), found.counts[0]
    steps = f"t = cx.sources.read_list({file}).frame; "
    if len(found.counts) > 1:
        count = "n"
        steps += f"t = t.melt({score!r}, var_name='group', value_name='n'); "
    shown = ", ".join(map(repr, found.counts))
    return ParameterError(
        f"survey={file} is a table of numbers of answers by {score!r}, not one row an answer: its "
        f"{n:,} rows have {found.total:,} in {shown}; write one row each with {steps}"
        f"t.loc[t.index.repeat(t[{count!r}].astype(int))].to_csv('answers.csv', index=False) and "
        "give that file; if each row is an answer, leave the columns of other numbers out"
    )


def _numbers_rows(name: object, values: pd.Series) -> bool:
    """Return whether a column is an id: called so, or one number after the other."""
    steps = values.diff().dropna()
    return headcounts.is_id(name) or (len(steps) > 0 and bool((steps == steps.iloc[0]).all()))
