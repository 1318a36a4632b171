"""Answers as people and survey tools write them -> whole scores on a stated scale, with a count of
what was not one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.errors import ScaleError, ScoreRangeError
from cxlib.shown.language import word
from cxlib.shown.message import Message

# One number and no other digit: first, with words after it ("10 - Extremely likely", "10点",
# "10점"), or last after words and a separator ("Extremely likely - 10"). "9/10", "7-8", "90 %",
# "–3" and a formula, "@SUM(1)", are not scores.
_FIRST = re.compile(r"[(\[]?([+-]?\d+(?:\.\d+)?)[^\d/%]*", re.S)
_LAST = re.compile(
    r"(?![=@]|[+-]\w)[^\d/%]*[^\W\d][^\d/%]*[-–—:=(]\s*(\d+(?:\.\d+)?)\s*[点점)\]]*", re.S
)
_BLANK = {"", "na", "n/a", "nan", "none", "null", "-", "無回答", "未回答", "무응답"}


class Reason(StrEnum):
    """Why an answer is no score."""

    MISSING = "missing"
    OUT_OF_RANGE = "out_of_range"
    NOT_WHOLE = "not_whole"
    NOT_A_SCORE = "not_a_score"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ParsedScores:
    """Scores parsed from answers.

    Attributes
    ----------
    values : pandas.Series of Int64
        A score for each answer, missing where there is none; same index as the answers.
    dropped : dict of Reason to int
        How many answers gave no score, by reason.
    examples : dict of Reason to str
        The first answer of each reason (never for missing).
    scale : tuple of int
        Lowest and highest score of the question.
    warnings : tuple of Message
        What was not read, and where the answers contradict the scale.
    contradiction : Message or None
        Why the scale cannot be the one given; None where it can.
    """

    values: pd.Series
    dropped: dict[Reason, int]
    examples: dict[Reason, str]
    scale: tuple[int, int]
    warnings: tuple[Message, ...]
    contradiction: Message | None

    @property
    def n(self) -> int:
        """How many answers are scores."""
        return int(self.values.notna().sum())


def parse_scores(values: Iterable[object], *, scale: tuple[int, int] = (0, 10)) -> ParsedScores:
    """Turn answers into whole scores; what is not one is counted by reason, never dropped in
    silence.

    Parameters
    ----------
    values : iterable
        Answers: numbers, or text such as `"10 - Extremely likely"`, `"１０"`, `"10点"`, `"10점"`.
    scale : (int, int)
        Lowest and highest score of the question.

    Returns
    -------
    ParsedScores

    Raises
    ------
    ScoreRangeError
        If there are answers but none of them is a score.

    Notes
    -----
    Each distinct answer is parsed once. Text is compared in Unicode form NFKC, so full-width digits
    are digits. See `contradiction` for the rule that finds a 1-to-10 scale taken for a 0-to-10 one.

    Examples
    --------
    >>> scores = parse_scores(
    ...     ["10 - Extremely likely", "１０", "10点", "7.5", "eleven", "11", None]
    ... )
    >>> scores.values.tolist()
    [10, 10, 10, <NA>, <NA>, <NA>, <NA>]
    >>> for warning in scores.warnings[:4]:
    ...     print(warning)
    Left out of 7 answers: 1 missing.
    Left out of 7 answers: 1 out of range (first: '11').
    Left out of 7 answers: 1 not whole (first: '7.5').
    Left out of 7 answers: 1 not a score (first: 'eleven').
    """
    low, high = check.scale(scale)
    answers = values if isinstance(values, pd.Series) else pd.Series(list(values), dtype=object)
    codes, distinct = pd.factorize(_apart(answers.astype(object)), use_na_sentinel=True)
    parsed = [_parse(value, low, high) for value in distinct]
    counts = np.bincount(codes + 1, minlength=len(distinct) + 1)  # the missing first
    dropped = dict.fromkeys(Reason, 0) | {Reason.MISSING: int(counts[0])}
    examples: dict[Reason, str] = {}
    for value, (_, reason), n in zip(distinct, parsed, counts[1:], strict=True):
        if reason is not None:
            dropped[reason] += int(n)
            if reason is not Reason.MISSING:
                examples.setdefault(reason, str(value))
    lookup = pd.array([*(score for score, _ in parsed), None], dtype="Int64")
    scores = pd.Series(lookup[codes], index=answers.index, name=answers.name)
    if (given := len(answers) - dropped[Reason.MISSING]) and not scores.notna().any():
        first, example = next(iter(examples.items()))
        raise ScoreRangeError(
            f"none of the {given} answers is a whole score from {low} to {high} (first: "
            f"{example!r}, {word(first)}); name the column with the scores, or give its scale"
        )
    found = {int(score): int(n) for score, n in scores.dropna().value_counts().items()}
    why = contradiction(found, scale=(low, high))
    return ParsedScores(
        values=scores,
        dropped=dropped,
        examples=examples,
        scale=(low, high),
        warnings=(
            *_left_out(len(answers), dropped, examples),
            *([why] if why else _no_zero(found, low, high)),
        ),
        contradiction=why,
    )


def _left_out(n: int, dropped: dict[Reason, int], examples: dict[Reason, str]) -> list[Message]:
    return [
        Message(
            "common.answers_left_out_first", n=n, left=left, reason=reason, first=examples[reason]
        )
        if reason in examples
        else Message("common.answers_left_out", n=n, left=left, reason=reason)
        for reason, left in dropped.items()
        if left
    ]


def _no_zero(counts: dict[int, int], low: int, high: int) -> list[Message]:
    if low != 0 or not counts or min(counts) == 0:
        return []
    return [Message("common.no_answer_is_0", lowest=min(counts), high=high)]


def _apart(answers: pd.Series) -> pd.Series:
    """Write true and false as text: to a dictionary of distinct answers they are 1 and 0."""
    flags = answers.map(pd.api.types.is_bool).astype(bool)
    return answers.mask(flags, answers.map(str)) if flags.any() else answers


def contradiction(counts: dict[int, int], *, scale: tuple[int, int]) -> Message | None:
    """Say why scores cannot come from a scale that starts at 0; None where they can.

    Parameters
    ----------
    counts : dict
        Score to number of answers.
    scale : (int, int)
        The scale that was given.

    Notes
    -----
    On a 0-to-10 question people who are lost choose 0 at least half as often as 1. If 0 were
    possible, seeing no 0 among the m answers of 0 or 1 would have a chance of at most (2/3)^m:
    below 1 % from m = 12 on, which is where we refuse."""
    low, high = scale
    lowest = counts.get(low + 1, 0)
    if low != 0 or counts.get(low, 0) or lowest < 12:
        return None
    return Message(
        "common.scale_contradicted",
        n=sum(counts.values()),
        low=low,
        lowest=lowest,
        next=low + 1,
        high=high,
    )


def refuse_contradiction(
    counts: dict[int, int], *, scale: tuple[int, int], parameter: str = "scale"
) -> None:
    """Refuse scores whose scale is contradicted by the answers.

    Raises
    ------
    ScaleError
        With the counts, the rule and the scale to pass.
    """
    why = contradiction(counts, scale=scale)
    if why:
        raise ScaleError(f"{parameter}={scale}: {why.text('en')}")


def _parse(value: object, low: int, high: int) -> tuple[int | None, Reason | None]:
    if isinstance(value, str):
        text = unicodedata.normalize("NFKC", value).strip()
        if text.casefold() in _BLANK:
            return None, Reason.MISSING
        match = _FIRST.fullmatch(text) or _LAST.fullmatch(text)
        if match is None:
            return None, Reason.NOT_A_SCORE
        number = float(match.group(1))
    else:
        try:
            number = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return None, Reason.NOT_A_SCORE
        if number != number:
            return None, Reason.MISSING
    if not low <= number <= high:
        return None, Reason.OUT_OF_RANGE
    return (int(number), None) if number.is_integer() else (None, Reason.NOT_WHOLE)
