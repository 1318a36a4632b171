"""Answers as people and survey tools write them -> whole scores on a stated scale, with a count of
what was not one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from cxlib.errors import ParameterError, ScaleError, ScoreRangeError

REASONS = ("missing", "out of range", "not whole", "not a score")
# One number and no other digit: first, with words after it ("10 - Extremely likely", "10点", "10점"),  # noqa: E501
# or last after words and a separator ("Extremely likely - 10"). "9/10", "7-8", "90 %", "–3" and a
# formula, "@SUM(1)", are not scores.
_FIRST = re.compile(r"[(\[]?([+-]?\d+(?:\.\d+)?)[^\d/%]*", re.S)
_LAST = re.compile(
    r"(?![=@]|[+-]\w)[^\d/%]*[^\W\d][^\d/%]*[-–—:=(]\s*(\d+(?:\.\d+)?)\s*[点점)\]]*", re.S
)
_BLANK = {"", "na", "n/a", "nan", "none", "null", "-", "無回答", "未回答", "무응답"}


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Scores parsed from answers.

    Attributes
    ----------
    values : pandas.Series of Int64
        A score for each answer, missing where there is none; same index as the answers.
    dropped : dict of str to int
        How many answers gave no score, by reason: missing, out of range, not whole, not a score.
    examples : dict of str to str
        The first answer of each reason (never for missing).
    scale : tuple of int
        Lowest and highest score of the question.
    warnings : tuple of str
        What was not read, and where the answers contradict the scale.
    contradiction : str
        Why the scale cannot be the one given; empty where it can.
    """

    values: pd.Series
    dropped: dict[str, int]
    examples: dict[str, str]
    scale: tuple[int, int]
    warnings: tuple[str, ...]
    contradiction: str

    @property
    def n(self) -> int:
        """How many answers are scores."""
        return int(self.values.notna().sum())


def parse_scores(values: Iterable[object], *, scale: tuple[int, int] = (0, 10)) -> Scores:
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
    Scores

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
    >>> scores.dropped
    {'missing': 1, 'out of range': 1, 'not whole': 1, 'not a score': 1}
    """
    low, high = checked_scale(scale)
    answers = values if isinstance(values, pd.Series) else pd.Series(list(values), dtype=object)
    codes, distinct = pd.factorize(_apart(answers.astype(object)), use_na_sentinel=True)
    parsed = [_parse(value, low, high) for value in distinct]
    counts = pd.Series(codes).value_counts()
    dropped = dict.fromkeys(REASONS, 0) | {"missing": int(counts.get(-1, 0))}
    examples: dict[str, str] = {}
    for code, (value, (_, reason)) in enumerate(zip(distinct, parsed, strict=True)):
        if reason:
            dropped[reason] += int(counts[code])
            if reason != "missing":
                examples.setdefault(reason, str(value))
    lookup = pd.array([score for score, _ in parsed] + [None], dtype="Int64")
    scores = pd.Series(lookup[codes], index=answers.index, name=answers.name)
    dropped = {reason: dropped[reason] for reason in REASONS}
    if len(answers) and dropped["missing"] < len(answers) and not scores.notna().any():
        reason, example = next(iter(examples.items()))
        raise ScoreRangeError(
            f"none of the {len(answers) - dropped['missing']} answers is a whole score from {low} "
            f"to {high} "
            f"(first: {example!r}, {reason}); name the column with the scores, or give its scale"
        )
    present = scores.dropna().value_counts()
    why = contradiction({int(score): int(n) for score, n in present.items()}, scale=(low, high))
    warnings = [
        f"Left out of {len(answers):,} answers: {dropped[reason]:,} {reason}"
        + (f" (first: {examples[reason]!r})." if reason in examples else ".")
        for reason in REASONS
        if dropped[reason]
    ]
    if present.size and not why and low == 0 and int(present.index.min()) > 0:
        warnings.append(
            f"No answer is 0: the lowest is {int(present.index.min())}. "
            f"Check that the question ran from 0 to {high}."
        )
    return Scores(
        scores, dropped, examples, (low, high), tuple(warnings + ([why] if why else [])), why
    )


def _apart(answers: pd.Series) -> pd.Series:
    """Write true and false as text: to a dictionary of distinct answers they are 1 and 0."""
    flags = answers.map(pd.api.types.is_bool).astype(bool)
    return answers.mask(flags, answers.map(str)) if flags.any() else answers


def checked_scale(scale: tuple[int, int]) -> tuple[int, int]:
    """Return the scale as two whole numbers, or refuse it."""
    try:
        low, high = (int(end) for end in scale)
    except (TypeError, ValueError, OverflowError):
        low = high = 0
    if low >= high or (low, high) != tuple(scale):
        raise ParameterError(
            f"scale={scale!r} must be two whole numbers, the lower first, such as (0, 10)"
        )
    return low, high


def contradiction(counts: dict[int, int], *, scale: tuple[int, int]) -> str:
    """Say why scores cannot come from a scale that starts at 0; empty where they can.

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
        return ""
    return (
        f"None of the {sum(counts.values()):,} answers is {low}, but {lowest:,} are {low + 1}: "
        f"the question seems to run from {low + 1} to {high}. Pass scale=({low + 1}, {high}) if it "
        "does."
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
        raise ScaleError(f"{parameter}={scale}: {why}")


def _parse(value: object, low: int, high: int) -> tuple[int | None, str]:
    if isinstance(value, str):
        text = unicodedata.normalize("NFKC", value).strip()
        if text.casefold() in _BLANK:
            return None, "missing"
        match = _FIRST.fullmatch(text) or _LAST.fullmatch(text)
        if match is None:
            return None, "not a score"
        number = float(match.group(1))
    else:
        try:
            number = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return None, "not a score"
        if number != number:
            return None, "missing"
    if not low <= number <= high:
        return None, "out of range"
    return (int(number), "") if number.is_integer() else (None, "not whole")
