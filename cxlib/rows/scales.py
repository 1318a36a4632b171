"""Answers as people and survey tools write them -> whole scores on a stated scale, with a count of
what was not one."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.errors import ParameterError, ScaleError, ScoreRangeError
from cxlib.rows.no_answers import fold, says_no_answer
from cxlib.rows.scale_evidence import Evidence, contradiction_in, doubts_in, named_words
from cxlib.shown.language import word
from cxlib.shown.message import Message

# One number and no other digit: first, with words after it ("10 - Extremely likely", "10点",
# "10점"), or last after words and a separator ("Extremely likely - 10"). "9/10", "7-8", "90 %",
# "–3" and a formula, "@SUM(1)", are not scores.
_FIRST = re.compile(r"[(\[]?([+-]?\d+(?:\.\d+)?)[^\d/%]*", re.S)
_LAST = re.compile(
    r"(?![=@]|[+-]\w)[^\d/%]*[^\W\d][^\d/%]*[-–—:=(]\s*(\d+(?:\.\d+)?)\s*[点점)\]]*", re.S
)


_MANY = 0.05  # a larger share of answers left out is flagged


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
    n : int
        How many answers are scores.
    values : pandas.Series of Int64
        A score for each answer, missing where there is none; same index as the answers.
    unread : pandas.Series of bool
        Whether an answer was given that is no score; same index.
    numbers : pandas.Series of float
        The number that stands in the file, also one beyond the scale; missing where an answer is no
        number, or a label says what it means; same index.
    dropped : dict of Reason to int
        How many answers gave no score, by reason.
    examples : dict of Reason to str
        The first answer of each reason (never for missing).
    scale : tuple of int
        Lowest and highest score of the question.
    notes : tuple of Message
        Which words were taken for a score, and which for no answer.
    doubts : tuple of Message
        Those of the warnings that can change an estimate.
    warnings : tuple of Message
        What was not read, and where the answers contradict the scale.
    contradiction : Message or None
        Why the scale cannot be the one given; None where it can.
    """

    n: int
    values: pd.Series
    unread: pd.Series
    numbers: pd.Series
    dropped: dict[Reason, int]
    examples: dict[Reason, str]
    scale: tuple[int, int]
    notes: tuple[Message, ...]
    doubts: tuple[Message, ...]
    warnings: tuple[Message, ...]
    contradiction: Message | None

    def refuse_contradiction(self) -> None:
        """Refuse scores whose scale is contradicted by the answers.

        Raises
        ------
        ScaleError
            With the counts, the rule and what to pass.
        """
        if self.contradiction:
            raise ScaleError(f"scale={self.scale}: {self.contradiction.text('en')}")


def parse_scores(
    values: Iterable[object],
    *,
    scale: tuple[int, int] = (0, 10),
    scale_shift: int = 0,
    labels: Mapping[Any, int | None] | None = None,
    times: pd.Series | None = None,
) -> ParsedScores:
    """Turn answers into whole scores; what is not one is counted by reason, never dropped in
    silence.

    Parameters
    ----------
    values : iterable
        Answers: numbers, or text such as `"10 - Extremely likely"`, `"１０"`, `"10点"`, `"10점"`.
        Words of no answer (don't know, N/A, わからない, 모름, keine Angabe, NS/NC) are missing.
    scale : (int, int)
        Lowest and highest score of the question.
    scale_shift : int
        Added to each number: -1 where 11 points are stored from 1 to 11.
    labels : mapping, optional
        Answers to the scores they stand for (None: no answer), `{"Extremely likely": 10}`. They are
        compared without regard to width, white space and capitals; a number may be one too.
    times : pandas.Series of int, optional
        How many answers each of the values stands for; None: one each.

    Returns
    -------
    ParsedScores

    Raises
    ------
    ScoreRangeError
        If there are answers but none of them is a score.
    ParameterError
        If a label is not among the answers, or its score is not on the scale.

    Notes
    -----
    Each distinct answer is parsed once. Text is compared in Unicode form NFKC, so full-width digits
    are digits. See `scale_evidence.contradiction_in` for the rules that find a wrong scale.

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
    given = check.labels(labels, scale=(low, high))
    answers = values if isinstance(values, pd.Series) else pd.Series(list(values), dtype=object)
    codes, distinct = pd.factorize(_apart(answers.astype(object)), use_na_sentinel=True)
    meant = _meant(distinct, given)
    read = [_read(value) if to is _OPEN else to for value, to in zip(distinct, meant, strict=True)]
    each_of = None if times is None else times.to_numpy(float)  # exact up to 2^53 answers
    counts = np.bincount(codes + 1, each_of, len(distinct) + 1).astype("int64")  # missing first
    found = [
        _on_scale(each, (low, high), 0 if to is not _OPEN else scale_shift)
        for each, to in zip(read, meant, strict=True)
    ]
    dropped = dict.fromkeys(Reason, 0) | {Reason.MISSING: int(counts[0])}
    examples: dict[Reason, str] = {}
    for value, (_, reason), n in zip(distinct, found, counts[1:], strict=True):
        if reason is not None:
            dropped[reason] += int(n)
            if reason is not Reason.MISSING:
                examples.setdefault(reason, str(value))
    seen = _evidence(distinct, meant, read, counts[1:], (low, high), scale_shift)
    lookup = pd.array([*(score for score, _ in found), None], dtype="Int64")
    unread = np.array([why not in (None, Reason.MISSING) for _, why in found] + [False], bool)
    scores = pd.Series(lookup[codes], index=answers.index, name=answers.name)
    why = contradiction_in(seen)
    doubts = (*_unlabelled(meant, counts[1:]), *([why] if why else doubts_in(seen)))
    n = int(counts.sum()) - sum(dropped.values())
    _refuse_none(n, int(counts.sum()) - dropped[Reason.MISSING], examples, seen, why)
    return ParsedScores(
        n=n,
        values=scores,
        unread=pd.Series(unread[codes], index=answers.index, name="unread"),
        numbers=pd.Series(_as_numbers(meant, read)[codes], index=answers.index, name="number"),
        dropped=dropped,
        examples=examples,
        scale=(low, high),
        notes=_noticed(distinct, meant, read, counts[1:], scale_shift),
        doubts=doubts,
        warnings=(*_left_out(int(counts.sum()), dropped, examples), *doubts),
        contradiction=why,
    )


_OPEN = object()  # no label says what an answer means
_NOTHING = float("nan")  # an answer that says that there is none


def _meant(distinct: Iterable[object], labels: Mapping[str, int | None]) -> list[Any]:
    """Return what the labels say of each answer; refuse those that no answer has."""
    keys = {fold(label): label for label in labels}
    folded = [fold(_as_text(value)) for value in distinct]
    absent = [label for key, label in keys.items() if key not in folded]
    if absent:
        known = sorted({_as_text(value) for value in distinct})
        told = "; ".join(f"{each!r}{check.did_you_mean(each, known)}" for each in absent)
        raise ParameterError(f"labels: no answer is {told}")
    to = {key: _NOTHING if labels[label] is None else labels[label] for key, label in keys.items()}
    return [to.get(key, _OPEN) for key in folded]


def _as_text(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _read(value: object) -> float | None:
    """Return the number that an answer is; NaN where it says there is none, None where it is
    neither."""
    if not isinstance(value, str):
        try:
            return float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return None
    text = unicodedata.normalize("NFKC", value).strip()
    if says_no_answer(text):
        return _NOTHING
    match = _FIRST.fullmatch(text) or _LAST.fullmatch(text)
    return float(match.group(1)) if match else None


def _on_scale(
    number: float | None, scale: tuple[int, int], shift: int
) -> tuple[int | None, Reason | None]:
    """Return the score, or why there is none."""
    if number is None:
        return None, Reason.NOT_A_SCORE
    if number != number:
        return None, Reason.MISSING
    score = float(number + shift)
    if not scale[0] <= score <= scale[1]:
        return None, Reason.OUT_OF_RANGE
    return (int(score), None) if score.is_integer() else (None, Reason.NOT_WHOLE)


def _as_numbers(meant: list[Any], read: list[Any]) -> np.ndarray:
    """Return the finite numbers that no label names, and a missing one for what is missing."""
    numbers = [
        number if to is _OPEN and number is not None and np.isfinite(number) else np.nan
        for to, number in zip(meant, read, strict=True)
    ]
    return np.array([*numbers, np.nan])


def _evidence(
    distinct: Iterable[object],
    meant: list[Any],
    read: list[Any],
    counts: np.ndarray,
    scale: tuple[int, int],
    shift: int,
) -> Evidence:
    numbers, mapped, words = Counter[float](), Counter[int](), Counter[str]()
    for value, to, number, n in zip(distinct, meant, read, counts.tolist(), strict=True):
        if number is None:
            words[str(value)] += n
        elif number == number and to is not _OPEN:
            mapped[int(number)] += n
        elif np.isfinite(number):
            numbers[number] += n
    return Evidence(numbers=numbers, scale=scale, shift=shift, mapped=mapped, words=words)


def _refuse_none(
    n: int,
    given: int,
    examples: dict[Reason, str],
    seen: Evidence,
    why: Message | None,
) -> None:
    """Refuse answers of which none is a score."""
    if not given or n:
        return
    low, high = seen.scale
    first, example = next(iter(examples.items()))
    told = f". {why.text('en')}" if why else ""
    if seen.words and not seen.numbers:
        words = ", ".join(f"{word!r}" for word in list(seen.words)[:12])
        told = (
            "; if its answers are words, say which score each stands for (None: no answer) with "
            f"labels={{word: score}}; there are {words}"
        )
    raise ScoreRangeError(
        f"none of the {given} answers is a whole score from {low} to {high} (first: {example!r}, "
        f"{word(first)}); name the column with the scores{told or ', or give its scale'}"
    )


def _noticed(
    distinct: Iterable[object], meant: list[Any], read: list[Any], counts: np.ndarray, shift: int
) -> tuple[Message, ...]:
    """Say which words were taken for a score or for no answer, and that numbers were shifted."""
    silent, mapped = Counter[str](), 0
    for value, to, number, n in zip(distinct, meant, read, counts.tolist(), strict=True):
        mapped += n if to is not _OPEN and number == number else 0
        if number is not None and number != number and _as_text(value).strip(" -–—"):
            silent[str(value)] += n
    notes = [Message("common.scale_shifted", shift=shift)] if shift else []
    if mapped:
        notes.append(Message("common.labels_read", n=mapped))
    if silent:
        total, words = sum(silent.values()), named_words(silent)
        notes.append(Message("common.words_of_no_answer", n=total, words=words))
    return tuple(notes)


def _unlabelled(meant: list[Any], counts: np.ndarray) -> list[Message]:
    """Say where labels take many answers for none."""
    left = sum(n for to, n in zip(meant, counts.tolist(), strict=True) if to is _NOTHING)
    if left <= _MANY * counts.sum():
        return []
    return [Message("common.labels_leave_out", left=left, n=int(counts.sum()))]


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


def _apart(answers: pd.Series) -> pd.Series:
    """Write true and false as text: to a dictionary of distinct answers they are 1 and 0."""
    flags = answers.map(pd.api.types.is_bool).astype(bool)
    return answers.mask(flags, answers.map(str)) if flags.any() else answers


def many_left_out(left: int, given: int) -> tuple[Message, ...]:
    """Say that more than 5 % of the answers given are left out; nothing where it is less.

    >>> print(*many_left_out(15, 40))
    15 of 40 answers (37.5 %) were given but could not be used: the score describes only the others.
    """
    if not given or left <= _MANY * given:
        return ()
    return (Message("common.many_left_out", left=left, given=given, share=left / given),)


def contradiction(
    counts: Mapping[Any, int], *, scale: tuple[int, int], scale_shift: int = 0
) -> Message | None:
    """Say why numbers cannot be answers on a scale; None where they can.

    Parameters
    ----------
    counts : mapping
        Number to how many gave it, also numbers beyond the scale.
    scale : (int, int)
        The scale that was given.
    scale_shift : int
        What is added to each number.

    Notes
    -----
    See `scale_evidence.contradiction_in` for the rules."""
    return contradiction_in(Evidence(numbers=counts, scale=scale, shift=scale_shift))


def refuse_contradiction(
    counts: Mapping[Any, int],
    *,
    scale: tuple[int, int],
    scale_shift: int = 0,
    parameter: str = "scale",
) -> None:
    """Refuse scores whose scale is contradicted by the answers.

    Raises
    ------
    ScaleError
        With the counts, the rule and what to pass.
    """
    why = contradiction(counts, scale=scale, scale_shift=scale_shift)
    if why:
        raise ScaleError(f"{parameter}={scale}: {why.text('en')}")
