"""Answers by respondent -> who gave so many that the score is partly theirs, named by a
pseudonym."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from cxlib.rows import names
from cxlib.shown.message import Message

_SHARE, _FEWEST = 0.02, 5  # more than this share of the answers, and at least so many


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Heavy:
    """Respondents who gave more than 2 %, and at least five, of the answers.

    Attributes
    ----------
    rows : pandas.Series of bool
        Whether a row is theirs; same index as the rows.
    warnings : tuple of Message
        Who they are, by pseudonym, and the score with and without them; empty where there are none.
    """

    rows: pd.Series
    warnings: tuple[Message, ...]


def pseudonym(respondent: object) -> str:
    """Return four signs that stand for a respondent: always the same, and not the id.

    Use it to find out who is meant: look for the id whose pseudonym is on the page.

    >>> pseudonym("C00017") == pseudonym(" C00017 "), len(pseudonym("C00017"))
    (True, 4)
    """
    name = names.name(respondent)
    return hashlib.sha256(str(name).encode()).hexdigest()[:4]


def find_heavy(
    answers: pd.DataFrame,
    *,
    respondent: str,
    score: str,
    headline: pd.Series | None = None,
    wave: str | None = None,
    weight: str | None = None,
    promoter: int = 9,
    detractor: int = 6,
) -> Heavy:
    """Find the respondents who gave more than 2 %, and at least five, of the answers.

    Parameters
    ----------
    answers : pandas.DataFrame
        One row an answer; rows without a score or a respondent count for nobody.
    respondent, score : str
        Columns of who answered, and of whole scores.
    headline : pandas.Series of bool, optional
        The rows of the headline; all where it is None. Someone is heavy in these rows, or in all of
        them by more than two answers a wave: who answers once in every wave of a small panel is
        not.
    wave, weight : str, optional
        Columns of the wave and of the weight.
    promoter, detractor : int
        Promoters answer `promoter` or more, detractors `detractor` or less.

    Returns
    -------
    Heavy

    Examples
    --------
    >>> answers = pd.DataFrame({"who": ["test"] * 6 + list("abcd"), "score": [0] * 6 + [10] * 4})
    >>> len(find_heavy(answers, respondent="who", score="score").warnings)
    1
    """
    who = names.fold(answers[respondent]).values.where(answers[score].notna(), None)
    now = pd.Series(True, index=answers.index) if headline is None else headline
    found = set(_over(who[now]).index)
    every = _over(who)
    if headline is not None:
        waves = answers[wave] if wave is not None else pd.Series("", index=answers.index)
        seen = waves.groupby(who).nunique()
        found |= {name for name, n in every.items() if n > 2 * seen[name]}
    rows = who.isin(found)
    if not (rows & now).any():
        return Heavy(rows=rows, warnings=())
    scored = answers[now & answers[score].notna()]
    theirs = rows[scored.index]
    with_, without = (
        _nps(each, score, weight, promoter, detractor) for each in (scored, scored[~theirs])
    )
    counts = {name: int(n) for name, n in who[now & rows].value_counts().items()}
    said = say_heavy(counts, n=len(scored), column=respondent, nps=with_, without=without)
    return Heavy(rows=rows, warnings=(said,))


def say_heavy(
    counts: Mapping[str, int], *, n: int, column: str, nps: float, without: float
) -> Message:
    """Say who gave a large part of the answers, by pseudonym.

    Parameters
    ----------
    counts : mapping of str to int
        Name of each heavy respondent to how many answers of the headline are theirs.
    n : int
        Answers of the headline.
    column : str
        Of the respondents.
    nps, without : float
        The score of all these answers, and of the others.
    """
    people = sorted((-their, pseudonym(name)) for name, their in counts.items())
    told = [Message("common.respondent_counted", who=who, n=-their) for their, who in people]
    theirs = sum(counts.values())
    said = {"who": told, "k": len(told), "column": column, "n": n}
    said |= {"theirs": theirs, "share": theirs / n, "nps": nps}
    if theirs == n:
        return Message("common.heavy_respondents_alone", **said)
    return Message("common.heavy_respondents", without=without, rest=n - theirs, **said)


def _over(who: pd.Series) -> pd.Series:
    counts = who.value_counts()
    return counts[are_many(counts, of=int(counts.sum()))]


def are_many(counts: pd.Series, *, of: int) -> pd.Series:
    """Return which counts are more than 2 % of all answers, and at least five."""
    return (counts > _SHARE * of) & (counts >= _FEWEST)


def least_of_many(of: int) -> int:
    """Return the least number of answers that is more than 2 % of all, and at least five."""
    least = max(_FEWEST, int(_SHARE * of))
    return least if least > _SHARE * of else least + 1


def _nps(
    rows: pd.DataFrame, score: str, weight: str | None, promoter: int, detractor: int
) -> float:
    signs = (rows[score] >= promoter).astype(int) - (rows[score] <= detractor).astype(int)
    weights = rows[weight].astype(float) if weight else pd.Series(1.0, index=rows.index)
    return float(100 * (signs * weights).sum() / weights.sum()) if weights.sum() else float("nan")
