"""Codes of answers and what the file says that they mean -> a refusal where the two contradict."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from cxlib.errors import ScaleError
from cxlib.rows.no_answers import fold, says_no_answer

_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_NEGATED = re.compile(
    r"\b(?:not|never|no|nicht|kein\w*|nie|pas|jamais|non|nunca|un(?:likely|wahrscheinlich)"
    r"|improbable|detractors?)\b|ない|しません|なし|않|전혀|없"
)


def refuse_contradiction(
    answers: pd.Series,
    meanings: Mapping[Any, str],
    *,
    scale: tuple[int, int],
    scale_shift: int = 0,
    labels: Mapping[Any, Any] | None = None,
) -> None:
    """Refuse codes of which the file's value labels say that they stand for other scores.

    So it is where a label has one number, on the scale, and this is not the code ("10 Extremely
    likely" on 0); and where no label has a number, but that of the highest code denies and that of
    the lowest does not ("Not at all likely" on 10). Codes named in `labels` are the researcher's.

    Parameters
    ----------
    answers : pandas.Series
    meanings : mapping
        Code to its label, as the file has it.
    scale : (int, int)
    scale_shift : int
        What is added to each code.
    labels : mapping, optional
        Answers to scores, as `parse_scores` has it.

    Raises
    ------
    ScaleError
        With the labels or the shift that read the codes as the file says.
    """
    if not pd.api.types.is_numeric_dtype(answers):
        return
    told = {
        float(code): text for code, text in meanings.items() if isinstance(code, int | float)
    }  # fmt: skip
    given = {str(label) for label in labels or {}}
    said = {code: n for code, text in told.items() if (n := _number(text, scale)) is not None}
    wrong = [
        code for code, n in said.items() if n != code + scale_shift and _text(code) not in given
    ]
    if not said and _is_turned(told, given, scale):
        said = {min(told): float(max(told)), max(told): float(min(told))}
        wrong = [min(told)]
    if wrong:
        code = wrong[0]
        raise ScaleError(
            f"score={answers.name!r}: the file's value labels say that {_text(code)} stands for "
            f"{told[code]!r}, so it is not the score {_text(code + scale_shift)}; "
            f"{_advice(answers, said, scale)}"
        )


def _number(text: str, scale: tuple[int, int]) -> float | None:
    found = _NUMBER.findall(fold(text))
    number = float(found[0].replace(",", ".")) if len(found) == 1 else None
    return number if number is not None and scale[0] <= number <= scale[1] else None


def _is_turned(told: Mapping[float, str], given: set[str], scale: tuple[int, int]) -> bool:
    words = {code: fold(text) for code, text in told.items() if not says_no_answer(text)}
    if len(words) < 2 or not {scale[0], scale[1]} <= set(words):
        return False
    low, high = words[scale[0]], words[scale[1]]
    known = {_text(scale[0]), _text(scale[1])} <= given
    return bool(_NEGATED.search(high)) and not _NEGATED.search(low) and not known


def _advice(answers: pd.Series, said: Mapping[float, float], scale: tuple[int, int]) -> str:
    """Return which parameter reads the codes as the labels say: a shift, or a score for each."""
    differences = {n - code for code, n in said.items()}
    if len(differences) == 1:
        return f"pass scale_shift={_text(differences.pop())}, or labels={{code: score}}"
    sums = {n + code for code, n in said.items()}
    codes = sorted(float(code) for code in answers.dropna().unique())
    if len(sums) == 1:
        total = sums.pop()
        mapping = {
            _text(code): int(total - code)
            for code in codes
            if scale[0] <= total - code <= scale[1] and code.is_integer()
        }
    else:
        mapping = {_text(code): int(said[code]) for code in codes if code in said}
    return (
        f"pass labels={mapping!r} if the value labels are right, or labels that repeat the codes "
        "if the codes are"
    )


def _text(code: float) -> str:
    return str(int(code)) if float(code).is_integer() else str(code)
