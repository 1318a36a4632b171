"""Lines that could begin with a label -> who speaks though no name looks so, by how turns go to and
fro, and who may be nobody though it looks like a name."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from cxlib.sources import stage_directions
from cxlib.sources.speaker_evidence import Lines
from cxlib.sources.speaker_names import is_heading_word
from cxlib.sources.speaker_styles import Candidate, Label

_ASKS = re.compile(r"[?？؟][\"”」』)）*_]*\s*$|(?:か|까요?|나요|어요)[。.]?\s*$")
_ENDS = re.compile(r"[.?!。？！…؟][\"”」』)）*_]*\s*$")
_BY_ANOTHER_MARK = ("name_dash", "name_space", "clock", "colon")
_ODD = ("colon", "clock", "bracket")
_Labels = dict[int, Label]


def with_replies(lines: Lines, style: str, accepted: _Labels) -> _Labels:
    """Add labels that look like no name and yet come again as turns do.

    Parameters
    ----------
    lines : Lines
    style : str
    accepted : mapping of int to Label
        Those whose names look like names.

    Returns
    -------
    dict of int to Label

    Notes
    -----
    Such a label (`Subject`, `참석자`, `Participant #3`, `Ana (CFO, Acme, Lisbon)`) stands twice or
    more, and at half of its places or more it answers: the line before asks, or the same other
    speaker has the turn before and the turn after. Where no name looks like one, somebody asks.
    """
    odd = _odd(lines, style, accepted) if style in _ODD else {}
    order = sorted({*accepted, *odd})
    labels = {n: odd[n].label if n in odd else accepted[n] for n in order}
    if not odd or len({label.speaker for label in labels.values()}) < 2:
        return accepted
    answers = _answers(lines, labels, {n for n in odd if is_heading_word(odd[n].name)})
    times = Counter(it.name for it in odd.values())
    found: Counter[str] = Counter(odd[n].name for n in answers if n in odd)
    asked = any(answers[n] for n in answers)
    if not accepted and not asked:
        return accepted
    strict = style == "bracket"  # where directions stand as well
    if strict:
        found = Counter(odd[n].name for n in answers if n in odd and answers[n])
    taken = {name for name in times if found[name] and 2 * found[name] >= times[name]}
    return dict(
        sorted({**accepted, **{n: odd[n].label for n in odd if odd[n].name in taken}}.items())
    )


def _odd(lines: Lines, style: str, accepted: _Labels) -> dict[int, Candidate]:
    """Return what stands where labels stand, twice or more, without the look of a name."""
    odd = {n: it for n, it in lines.odd(style).items() if _marks_a_label(it)}
    if style == "bracket":
        odd |= {
            n: it
            for n, it in lines.of(style).items()
            if n not in accepted
            and any(map(str.isupper, it.name))
            and not stage_directions.is_direction(it.name)
            and lines.words(n, it.label)
        }
    if accepted:
        first = min(accepted)
        block = next((block for block in lines.blocks if first in block), range(0))
        odd = {  # a key of the head: "참석자: 김민수, 이영희"
            n: it
            for n, it in odd.items()
            if n > first
            or not is_heading_word(it.name)
            or n in block
            or _ENDS.search(lines.text[n])
        }
    times = Counter(it.name for it in odd.values())
    return {n: it for n, it in odd.items() if times[it.name] > 1}


def _marks_a_label(candidate: Candidate) -> bool:
    after = candidate.after
    return not (
        candidate.weak or after == "/" or (after.isdigit() and candidate.name[-1].isdigit())
    )


def _answers(lines: Lines, labels: Mapping[int, Label], headings: set[int]) -> dict[int, bool]:
    """Return which labels answer, and whether to a question: the line before asks, or the turns
    before and after are of one other speaker."""
    order = sorted(labels)
    found: dict[int, bool] = {}
    for before, n, after in zip([None, *order], order, [*order[1:], None], strict=False):
        if before is None or before in headings or labels[before].speaker == labels[n].speaker:
            continue
        last = next(k for k in range(n - 1, -1, -1) if lines.text[k].strip())
        asked = _ASKS.search(lines.text[last]) is not None
        between = after is not None and labels[before].speaker == labels[after].speaker
        if asked or between:
            found[n] = asked
    return found


def by_another_mark(lines: Lines, style: str, chosen: _Labels) -> _Labels:
    """Return labels of known speakers with another mark than the document's own: `Dana - Why?`
    and `聞き手　なぜ` among `Dana: …`. Brackets may hold a mention or a gesture; they are told."""
    known = {_plain(label.speaker): label.speaker for label in chosen.values() if label.speaker}
    found: _Labels = {}
    first = min(chosen, default=len(lines.text))
    for n in range(len(lines.text) if chosen else 0):
        if n in chosen or (n < first and not _ENDS.search(lines.text[n])):
            continue  # a list of who was there: "Dana - interviewer"
        for other in _BY_ANOTHER_MARK:
            it = lines.found[n].get(other)
            if it is None or other == style or _plain(it.name) not in known:
                continue
            if lines.words(n, it.label) or other == "clock":
                found[n] = it.label
                break
    return found


def asks(line: str) -> bool:
    """Say whether a line ends with a question."""
    return _ASKS.search(line) is not None


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def doubtful(lines: Sequence[str], labels: Sequence[Label | None]) -> list[str]:
    """Return names that may be the points of an answer (`Price: …`, `First: …`): nobody asks them,
    they ask nobody, and they always stand behind the same other one.

    A number tells that somebody is one of several: `P2`, `Speaker 3`."""
    named = {n: label for n, label in enumerate(labels) if label and label.speaker}
    if any(label.style in ("clock", "clock_first", "stacked") for label in named.values()):
        return []
    order = sorted(named)
    times = Counter(str(label.speaker) for label in named.values())
    before: dict[str, set[str]] = defaultdict(set)
    heard: set[str] = set()  # as one who asks or answers
    for place, n in enumerate(order):
        name = str(named[n].speaker)
        if name in heard:
            continue
        stop = order[place + 1] if place + 1 < len(order) else len(lines)
        if any(_ASKS.search(line) for line in lines[n:stop]):
            heard.add(name)
        if not place:
            heard.add(name)
            continue
        earlier = str(named[order[place - 1]].speaker)
        before[name].add(earlier)
        last = next(k for k in range(n - 1, -1, -1) if lines[k].strip())
        nearby = order[place + 1 : place + 2]
        between = any(named[k].speaker == earlier for k in nearby)
        if earlier != name and (_ASKS.search(lines[last]) or between):
            heard.add(name)
    silent = [
        name
        for name in times
        if name not in heard and not any(map(str.isdigit, name)) and len(name) > 1
    ]
    again = [name for name in silent if times[name] > 1 and len(before[name]) == 1]
    once = [name for name in silent if times[name] == 1]
    short = 1 < max(times.values(), default=0) < 3 and len(once) > 1
    return [name for name in silent if name in again or (short and name in once)]
