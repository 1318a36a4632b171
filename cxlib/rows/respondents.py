"""Answers by respondent -> who gave so many that the score is partly theirs, named by a
pseudonym."""

from __future__ import annotations

import hashlib
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
    counts = who[now & rows].value_counts()
    told = [
        Message("common.respondent_counted", who=pseudonym(name), n=int(n))
        for name, n in counts.items()
    ]
    said = {"who": told, "k": len(told), "column": respondent, "n": len(scored)}
    said |= {"theirs": int(theirs.sum()), "share": float(theirs.mean()), "nps": with_}
    if theirs.all():
        return Heavy(rows=rows, warnings=(Message("common.heavy_respondents_alone", **said),))
    why = Message("common.heavy_respondents", without=without, rest=int((~theirs).sum()), **said)
    return Heavy(rows=rows, warnings=(why,))


def _over(who: pd.Series) -> pd.Series:
    counts = who.value_counts()
    return counts[(counts > _SHARE * counts.sum()) & (counts >= _FEWEST)]


def _nps(
    rows: pd.DataFrame, score: str, weight: str | None, promoter: int, detractor: int
) -> float:
    signs = (rows[score] >= promoter).astype(int) - (rows[score] <= detractor).astype(int)
    weights = rows[weight].astype(float) if weight else pd.Series(1.0, index=rows.index)
    return float(100 * (signs * weights).sum() / weights.sum()) if weights.sum() else float("nan")
