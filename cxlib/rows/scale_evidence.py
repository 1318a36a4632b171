"""Answers counted by value -> why the scale cannot be the one given, and where that cannot be told.

Both ends are judged together: what lies beyond the scale, what is missing at its ends, and words
that stand where the ends should be.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from scipy import special

from cxlib.rows.no_answers import fold
from cxlib.shown.message import Message

UNLIKELY = 0.01  # a scale is refused where the answers would have at most this chance on it
_SLIP = 0.01  # at most one answer in a hundred is a slip: mistyped, misplaced, stray
_MANY = 0.05  # a larger share than this is never left out of an estimate in silence
_DOUBT = 0.2
_LAST_OF_OTHERS = 7  # no usual scale ends at 8 or 9
_STEPS_OF_NPS = 9  # questions of this length and more are used over their whole length
_MOST_CODES = 3  # refused, does not know, does not apply
# what survey tools store where there is no answer
_CODES = {sign * code for code in (77, 88, 97, 98, 99) for sign in (1, -1)}
_CODES |= {sign * (code * 10 + code % 10) for code in (77, 88, 99) for sign in (1, -1)}
_CODES |= {997, 998, 9997, 9998, 9999, 99999, -997, -998, -9999, *range(-9, 0)}
# words of scales, by which a part of a file that was exported with words is known
_LABELS = re.compile(
    r"neutral|neither|neutre|neutro|weder noch|どちらとも|ふつう|普通|보통|그저 그렇다"
    r"|extremely|very (?:un)?likely|not at all|definitely|certainly|absolutely|never|always"
    r"|とても|非常に|全く|まったく|絶対|必ず|ぜひ|極めて|きわめて|매우|전혀|아주|절대|반드시|꼭"
    r"|äußerst|sehr|überhaupt nicht|keinesfalls|auf jeden fall|auf keinen fall|bestimmt"
    r"|très|extrêmement|tout à fait|pas du tout|absolument|jamais"
    r"|muy|extremadamente|nada probable|en absoluto|definitivamente|sin duda|nunca"
)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What was answered, against the scale that was given.

    Attributes
    ----------
    numbers : mapping of float to int
        Number as it stands in the file to how many gave it, also numbers beyond the scale.
    scale : (int, int)
        Lowest and highest score of the question.
    shift : int
        What is added to each number.
    mapped : mapping of int to int
        Scores that were given for words, to how many gave them.
    words : mapping of str to int
        Words that are neither a score nor a known word of no answer.
    """

    numbers: Mapping[float, int]
    scale: tuple[int, int]
    shift: int = 0
    mapped: Mapping[int, int] = field(default_factory=dict)
    words: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def on(self) -> dict[int, int]:
        """Score on the scale to how many gave it."""
        counts = dict(self.mapped)
        for value, n in self.numbers.items():
            score = value + self.shift
            if self.scale[0] <= score <= self.scale[1] and _is_whole(score):
                counts[int(score)] = counts.get(int(score), 0) + n
        return counts

    @cached_property
    def beyond(self) -> dict[float, int]:
        """Number in the file, whose score lies beyond the scale, to how many gave it."""
        low, high = self.scale
        return {x: n for x, n in sorted(self.numbers.items()) if not low <= x + self.shift <= high}

    @property
    def coded(self) -> bool:
        """Whether all that lies beyond the scale are usual codes of no answer, and few of them."""
        return 0 < len(self.beyond) <= _MOST_CODES and set(self.beyond) <= _CODES

    @property
    def lowest(self) -> float:
        """The lowest number in the file, codes of no answer left aside where nothing else lies
        beyond the scale."""
        return min(self._numbers, default=0)

    @property
    def highest(self) -> float:
        """The highest one; see `lowest`."""
        return max(self._numbers, default=0)

    @property
    def _numbers(self) -> set[float]:
        return set(self.numbers) - (set(self.beyond) if self.coded else set())

    @cached_property
    def n(self) -> int:
        """How many numbers and mapped words there are."""
        return sum(self.numbers.values()) + sum(self.mapped.values())


def contradiction_in(seen: Evidence) -> Message | None:
    """Return why the scale cannot be the one given, and what to do; None where it can.

    Notes
    -----
    Each rule asks how likely such answers are on the scale that was given, and refuses it where
    that is below 1 %:

    - At most one answer in a hundred is a slip. More numbers beyond the scale, more decimals, or
      more words in place of an absent end are no slips (binomial tail). Numbers beyond must also
      make up more than 5 %, unless they show 11 points coded from 1 to 11. Usual codes of no answer
      (-1, 77, 88, 99, 999, …) are left aside where nothing else lies beyond.
    - People who are lost choose 0 at least half as often as 1: no 0 among the m answers of 0 or 1
      has a chance of at most (2/3)^m. The same holds of the answers above the highest one seen,
      against that one, on a long scale (nine steps or more); on a short one they may be a tenth.
      A question from 1 to 10 alone is not refused, since its shares of promoters and detractors are
      the same under both scales: `doubts_in` says it.
    - On a long scale only a highest answer of 7 or less is taken for the end of another scale.
    - Each answer above the highest one seen would be given by one in twenty (in fifty on a short
      scale; by half as many where somebody answered 0, as angry customers do).

    What is seen at the two ends is multiplied. A file that merely lacks low scores has nothing
    beyond the scale and nobody heaped on 1, so it is not refused; `doubts_in` names what remains.
    """
    for rule in (_shifted, _offset, _below, _beyond, _decimals, _ends, _worded):
        why = rule(seen)
        if why is not None:
            return why
    return None


def beyond_in_part(seen: Evidence) -> Message | None:
    """Return why a part of the answers, those of a wave, cannot be on the scale; None where they
    can. Only what lies beyond the scale counts: a small part may lack its ends."""
    for rule in (_shifted, _offset, _below):
        why = rule(seen)
        if why is not None:
            return why
    many = sum(seen.beyond.values()) > _DOUBT * seen.n
    return _beyond(seen) if many else None


def doubts_in(seen: Evidence) -> list[Message]:
    """Return what a reader should look at where the scale is not contradicted."""
    low, high = seen.scale
    doubts = []
    if seen.coded:
        n = sum(seen.beyond.values())
        doubts.append(Message("common.codes_of_no_answer", n=n, values=_as_whole(seen.beyond)))
    elif _eleven(seen):
        n = seen.numbers[seen.highest]
        doubts.append(Message("common.perhaps_shifted", n=n, value=_whole(seen.highest), low=low))
    if begins := begins_at_1(seen):
        doubts += begins
    elif low == 0 and seen.on and min(seen.on) != 0:
        doubts.append(Message("common.no_answer_is_0", lowest=min(seen.on), high=high))
    if _no_high(seen) < _DOUBT:
        highest = max(seen.on)
        doubts.append(Message("common.no_answer_is_highest", highest=highest, high=high, low=low))
    return doubts


def begins_at_1(seen: Evidence) -> list[Message]:
    """Say that the question seems to have run from 1, where nobody gave 0 and many gave 1."""
    if _no_low(seen) >= UNLIKELY:
        return []
    n, ones = sum(seen.on.values()), seen.on[1]
    return [Message("common.scale_begins_at_1", n=n, ones=ones, high=seen.scale[1])]


def _slips(k: int, n: int) -> float:
    """Return the chance of k slips or more among n answers."""
    return float(special.bdtrc(k - 1, n, _SLIP)) if k else 1.0


def _no_low(seen: Evidence) -> float:
    """Return the chance that nobody chose 0, had it been there to choose."""
    low, _ = seen.scale
    return 1.0 if low != 0 or seen.on.get(low) else (2 / 3) ** seen.on.get(low + 1, 0)


def _no_high(seen: Evidence) -> float:
    """Return the chance that so few chose an answer above the highest one seen."""
    low, high = seen.scale
    top = _top(seen)
    if top is None or top == high or len(seen.numbers) + len(seen.mapped) < 2:
        return 1.0
    long = high - low >= _STEPS_OF_NPS
    above = sum(n for score, n in seen.on.items() if score > top)
    each = (1 / 20 if long else 1 / 50) / (2 if seen.on.get(0) else 1)
    share = 1 / 3 if long else 1 - 0.9 ** (high - top)
    return float(
        min(
            special.bdtr(above, sum(seen.on.values()), min(each * (high - top), 0.5)),
            special.bdtr(above, seen.on[top] + above, share),
        )
    )


def _top(seen: Evidence) -> int | None:
    """Return the highest score, up to one answer in a hundred passed over where nobody gave 0."""
    if not seen.on:
        return None
    scores = sorted(seen.on, reverse=True)
    slips = 0.0 if seen.on.get(0) else _SLIP * sum(seen.on.values())
    over = 0
    for score in scores:
        over += seen.on[score]
        if over > slips:
            return score
    return scores[-1]


def _shifted(seen: Evidence) -> Message | None:
    """Refuse a shift that the answers do not need."""
    low, high = seen.scale
    off = {x: n for x, n in seen.beyond.items() if low <= x <= high}
    if not seen.shift or not off or not low <= seen.lowest <= seen.highest <= high:
        return None
    return Message(
        "common.shift_contradicted",
        shift=seen.shift,
        n=sum(off.values()),
        values=_as_whole(off),
        low=low,
        high=high,
    )


def _eleven(seen: Evidence) -> bool:
    """Return whether the answers look like 11 points coded from 1 to 11, or from -5 to 5."""
    if seen.coded or not seen.beyond or seen.shift or seen.scale[1] != 10:
        return False
    if not all(map(_is_whole, seen.beyond)):
        return False
    ends = (seen.lowest, seen.highest)
    return ends == (-5, 5) or (ends[1] == 11 and ends[0] >= 1)


def _offset(seen: Evidence) -> Message | None:
    """Name an 11-point question that is stored from 1 to 11, or from -5 to 5."""
    if not _eleven(seen):
        return None
    first = 1 if seen.highest == 11 else -5
    ones = 0 if first < 0 else seen.numbers.get(1, 0)
    if _slips(sum(seen.beyond.values()), seen.n) * (2 / 3) ** ones >= UNLIKELY:
        return None
    return Message(
        "common.shifted_scale",
        n=seen.n,
        values=_as_whole(seen.beyond),
        beyond=sum(seen.beyond.values()),
        first=first,
        last=first + 10,
        shift=-first,
    )


def _below(seen: Evidence) -> Message | None:
    """Name a scale that begins one lower than the one given."""
    low, high = seen.scale
    below = seen.beyond.get(low - 1 - seen.shift, 0)
    if low < 1 or len(seen.beyond) != 1 or not below:
        return None
    if _slips(below, seen.n) >= UNLIKELY:
        return None
    last = high if seen.on.get(high) or high == 10 else max(seen.on, default=high)
    return Message("common.lower_scale", n=seen.n, below=below, low=low - 1, high=last)


def _beyond(seen: Evidence) -> Message | None:
    """Refuse answers of which many lie beyond the scale."""
    n, low, high = sum(seen.beyond.values()), *seen.scale
    few_left = n > 1 and n >= sum(seen.on.values())
    many = n > _MANY * seen.n and _slips(n, seen.n) < UNLIKELY
    if seen.coded or not (many or few_left):
        return None
    said = {
        "n": seen.n,
        "beyond": n,
        "values": _as_whole(seen.beyond)[:12],
        "lowest": _whole(seen.lowest),
        "highest": _whole(seen.highest),
        "low": low,
        "high": high,
    }
    if high == 10:
        return Message("common.answers_beyond_nps", **said)
    return Message("common.answers_beyond", **said)


def _decimals(seen: Evidence) -> Message | None:
    """Refuse answers of which many are not whole: they are means, or marks on a line."""
    broken = {value: n for value, n in seen.numbers.items() if not _is_whole(value)}
    n = sum(broken.values())
    if n <= _MANY * seen.n or _slips(n, seen.n) >= UNLIKELY:
        return None
    return Message("common.answers_not_whole", n=seen.n, broken=n, first=next(iter(broken)))


def _ends(seen: Evidence) -> Message | None:
    """Refuse a scale that nobody used to its end."""
    low, high = seen.scale
    top, no_low = _top(seen), _no_low(seen)
    if top is None:
        return None
    lowest = min(seen.on)
    n = sum(seen.on.values())
    used = top == high or (high - low >= _STEPS_OF_NPS and top > _LAST_OF_OTHERS)
    if used or _no_high(seen) * no_low >= UNLIKELY:
        return None
    first = min(lowest, low if low else 1)
    said = {"n": n, "above": top + 1, "top": top, "heaped": seen.on[top], "first": first}
    if high == 10:
        return Message("common.scale_ends_below_nps", **said)
    return Message("common.scale_ends_below", **said)


def _worded(seen: Evidence) -> Message | None:
    """Refuse words that stand where the ends of the scale should be, or are those of a scale."""
    n, (low, high) = sum(seen.words.values()), seen.scale
    if _slips(n, seen.n + n) >= UNLIKELY:
        return None
    ends = [end for end in (low, high) if not seen.on.get(end)]
    named = any(_LABELS.search(fold(word)) for word, n in seen.words.items() if n > 1)
    if not ends and not named:
        return None
    said = {"n": seen.n + n, "words": n, "named": named_words(seen.words)}
    if not ends:
        return Message("common.words_among_scores", **said)
    return Message("common.words_at_the_ends", ends=ends, **said)


def named_words(words: Mapping[str, int]) -> list[Message]:
    """Return each word with how many gave it, the most frequent first; the first dozen."""
    ordered = sorted(words.items(), key=lambda item: (-item[1], item[0]))
    return [Message("common.word_counted", word=word, n=n) for word, n in ordered[:12]]


def _as_whole(values: Mapping[float, int]) -> list[float]:
    return [_whole(value) for value in values]


def _is_whole(value: float) -> bool:
    return math.isfinite(value) and value == int(value)


def _whole(value: float) -> float:
    return int(value) if _is_whole(value) else value
