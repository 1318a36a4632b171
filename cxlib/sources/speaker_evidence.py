"""What could be labels of one style in a document -> those that are, by what the document shows.

Better nobody than a wrong somebody: each style must show that its labels come again, or stand where
labels stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from cxlib.sources import clocks, stage_directions
from cxlib.sources.speaker_names import CJK, looks_like_name
from cxlib.sources.speaker_styles import PAIRS, Candidate, Label, candidates

_START = (
    300.0  # seconds; a recording's first label comes within five minutes, a time of day does not
)
_ENDS = re.compile(r"[.?!。？！…♪][\"”」』)）]*\s*$")
_ASKS = re.compile(r"[?？][\"”」』)）]*\s*$|か。?\s*$")
_REPLIES = re.compile(
    "yes|no|yeah|yep|ok|okay|right|sure|mhm|hm+|thanks|thank you|sí|si|oui|non|ja|nein|doch|"
    "sim|não|はい|いいえ|うん|ええ|そう|そうです|ありがとう|네|예|아니요|아니오|응|맞아요|是|不是|对",
    re.I,
)
_HEADER = re.compile(
    "no|nr|number|line|time|start|id|speakers?|name|who|role|person|voice|sprecher(in)?|hablante|locuteur|falante|"
    "番号|時刻|時間|번호|시간|発言者|話者|話し手|氏名|名前|화자|발화자|발언자|이름|성명|说话人",
    re.I,
)
_GENERIC = re.compile(  # as tools call somebody unknown
    r"(?:speaker|sprecher|spk|locuteur|hablante|falante|話者|発言者|参加者|참석자|화자|说话人)"
    r"[ _]?\d",
    re.I,
)
_Labels = dict[int, Label]


@dataclass(frozen=True, slots=True)
class Lines:
    """A document's lines, with what could begin each, and where paragraphs begin."""

    text: Sequence[str]
    in_cues: bool = False
    markdown: bool = False
    found: list[dict[str, Candidate]] = field(init=False)
    blocks: list[range] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "found", [candidates(line) for line in self.text])
        object.__setattr__(self, "blocks", _blocks(self.text))
        for number, label in _stacked(self):
            self.found[number]["stacked"] = Candidate(label)

    def of(self, style: str) -> dict[int, Candidate]:
        """Return the candidates of a style by the number of their line."""
        return {
            n: it[style] for n, it in enumerate(self.found) if style in it and not it[style].odd
        }

    def odd(self, style: str) -> dict[int, Candidate]:
        """Return what stands where a label of a style would, without the shape of a name."""
        return {n: it[style] for n, it in enumerate(self.found) if style in it and it[style].odd}

    def words(self, number: int, label: Label) -> str:
        """Return what a line says after its label."""
        return self.text[number][label.start :].strip()

    def following(self, number: int) -> int | None:
        """Return the next line that is not empty."""
        after = range(number + 1, len(self.text))
        return next((number for number in after if self.text[number].strip()), None)

    def share(self, numbers: Sequence[int]) -> float:
        """Return how much of the document, from the first of these lines on, begins with them: of
        its lines or of its paragraphs, whichever is more."""
        if not numbers:
            return 0.0
        chosen, first = set(numbers), min(numbers)
        lines = [n for n, line in enumerate(self.text) if n >= first and line.strip()]
        blocks = [block for block in self.blocks if block.stop > first]
        begun = sum(any(n in chosen for n in (block.start, first)) for block in blocks)
        return max(len(chosen) / len(lines), begun / len(blocks) if len(blocks) > 1 else 0.0)


def accept(lines: Lines, style: str) -> _Labels:
    """Return the labels of one style, by the number of their line."""
    found = lines.of(style)
    return RULES[style](lines, found) if found else {}


def _blocks(text: Sequence[str]) -> list[range]:
    blocks: list[range] = []
    for number, line in enumerate(text):
        if not line.strip():
            continue
        if blocks and blocks[-1].stop == number:
            blocks[-1] = range(blocks[-1].start, number + 1)
        else:
            blocks.append(range(number, number + 1))
    return blocks


def _stacked(lines: Lines) -> Iterator[tuple[int, Label]]:
    """Yield the two lines of a name and a time stamp that stand one above the other, on top of a
    paragraph with words below."""
    for block in lines.blocks:
        first, second = block.start, block.start + 1
        if len(block) < 3 or clocks.is_clock(lines.text[second + 1]):
            continue
        for name, clock in ((first, second), (second, first)):
            found = lines.found[name].get("name_line")
            if found and clocks.is_clock(lines.text[clock]):
                seconds = clocks.seconds(lines.text[clock])
                for number in (first, second):
                    yield number, Label(found.name, len(lines.text[number]), "stacked", seconds)


def _times(found: dict[int, Candidate]) -> Counter[str]:
    return Counter(candidate.name for candidate in found.values())


def _labels(found: dict[int, Candidate]) -> _Labels:
    return {number: candidate.label for number, candidate in found.items()}


def _colon(lines: Lines, found: dict[int, Candidate]) -> _Labels:
    weak = {number: candidate for number, candidate in found.items() if candidate.weak}
    if weak and not _is_recording(weak):
        found = {number: it for number, it in found.items() if not it.weak}
    times = _times(found)
    again = [it for it in found.values() if times[it.name] > 1]
    is_table = any(it.mark == "\t" for it in again)
    is_numbered = any(it.numbered for it in again)
    is_bulleted = any(it.bullet for it in again)
    return {
        number: it.label
        for number, it in found.items()
        if _is_label(it, times[it.name])
        and (times[it.name] > 1 or it.mark != "\t" or (is_table and not _HEADER.fullmatch(it.name)))
        and (times[it.name] > 1 or is_numbered or not it.numbered)  # "2. Price: too high"
        and (times[it.name] > 1 or is_bulleted or not it.bullet)  # "- Asks: where is it?"
    }


def _is_label(candidate: Candidate, times: int) -> bool:
    name, mark, after = candidate.name, candidate.mark, candidate.after
    if mark in (":", "：") and after.isdigit() and name[-1].isdigit():
        return False  # a time of day
    if mark == ":" and (after == "/" or after.isdigit()):
        return False  # an address, a ratio
    if (
        mark == ":"
        and after
        and not (after.isspace() or after in "*_" or times > 1 or CJK.search(name))
    ):
        return False  # key:value
    return times > 1 or looks_like_name(name)


def _is_recording(found: dict[int, Candidate]) -> bool:
    """Say whether bare minutes and seconds run as in a recording, not as times of a day."""
    stamps = [it.label.seconds for it in found.values() if it.label.seconds is not None]
    times = _times(found)
    generic = all(_GENERIC.match(name) for name in times)  # a recording may be cut out of another
    return (
        clocks.in_order(stamps)
        and (not stamps or stamps[0] < stamps[-1])
        and (not stamps or stamps[0] < _START or max(times.values()) > 2 or generic)
        and (max(times.values()) > 1 or (len(times) > 1 and all(n[-1].isdigit() for n in times)))
    )


def _clock(lines: Lines, found: dict[int, Candidate]) -> _Labels:
    """A name and a time on a line of their own, and words below."""
    speaking = [n for n in found if lines.following(n) not in (None, *found)]
    if 2 * len(speaking) < len(found):
        return {}  # a table of times
    strong = {number: it for number, it in found.items() if not it.weak}
    if len(strong) < len(found) and not _is_recording(found):
        found = strong
    times = _times(found)
    return {
        number: it.label
        for number, it in found.items()
        if times[it.name] > 1 or looks_like_name(it.name)
    }


def _stack(lines: Lines, found: dict[int, Candidate]) -> _Labels:
    """A name above a time, or below it: somebody comes again, and times go on."""
    stamps = [it.label.seconds for it in found.values() if it.label.seconds is not None]
    again = max(_times(found).values()) > 2  # two lines a label
    return _labels(found) if again and clocks.in_order(stamps) else {}


def _bracketed(lines: Lines, found: dict[int, Candidate]) -> _Labels:
    kept = _without_directions(lines, found)
    times = _times(kept)
    kept = {n: it for n, it in kept.items() if times[it.name] > 1 or looks_like_name(it.name)}
    heard = [name for name, n in _times(kept).items() if n > 1 and looks_like_name(name)]
    if len(heard) < 2 and lines.share(list(kept)) < 0.3:
        return {}
    if any(looks_like_name(it.name) or it.name[-1].isdigit() for it in kept.values()):
        return _labels(kept)
    # all begin small, as stage directions do: only where nearly every line has one
    again = [name for name, n in _times(kept).items() if n > 1]
    return _labels(kept) if len(again) > 1 and lines.share(list(kept)) >= 0.6 else {}


def _without_directions(lines: Lines, found: dict[int, Candidate]) -> dict[int, Candidate]:
    """Leave out what tells what happens: by its words, by standing within what is said, by having
    no words of its own, or by beginning small where names begin with a capital."""
    whole = "\n".join(lines.text)
    times = _times(found)
    silent = Counter(
        it.name
        for number, it in found.items()
        if not lines.words(number, it.label) and lines.following(number) in (None, *found)
    )

    def is_direction(name: str) -> bool:
        within = len(re.findall(rf"[\[(（［【<]\s*{re.escape(name)}\s*[\])）］】>]", whole))
        return (
            stage_directions.is_direction(name)
            or within >= 2 * times[name]
            or silent[name] == times[name]
        )

    kept = {number: it for number, it in found.items() if not is_direction(it.name)}
    if any(looks_like_name(it.name) for it in kept.values()):
        kept = {
            n: it for n, it in kept.items() if not it.name[0].islower() or it.name[-1].isdigit()
        }
    return kept


def _scarce(lines: Lines, found: dict[int, Candidate]) -> _Labels:
    """`(Name)` and `<Name>`, which mostly are something else: most of the document begins so, and
    one of them comes again."""
    closed = {number for number, it in found.items() if f"</{it.name}>" in "\n".join(lines.text)}
    found = {
        n: it
        for n, it in found.items()
        if n not in closed and len(it.name) * it.name.isascii() != 1
    }
    labels = _bracketed(lines, found) if found else {}
    again = max(Counter(label.speaker for label in labels.values()).values(), default=0) > 1
    return labels if again and lines.share(list(labels)) >= 0.5 else {}


def _question(lines: Lines, found: dict[int, Candidate]) -> _Labels:
    """Questions and answers: both of a pair are there, whatever their numbers."""
    choices = sum(re.match(r"\s*[B-E][.)]\s", line) is not None for line in lines.text)
    if choices > 1:
        return {}  # A, B and C to choose from
    best: _Labels = {}
    for asks, answers in PAIRS:
        pair = {n: it.label for n, it in found.items() if it.name.casefold() in (asks, answers)}
        roles = Counter(str(label.speaker).casefold() for label in pair.values())
        enough = sum(roles.values()) > 2 or lines.share(list(pair)) >= 0.6
        if len(roles) == 2 and enough and len(pair) > len(best):
            best = pair
    return best


def _name_dash(lines: Lines, found: dict[int, Candidate]) -> _Labels:
    """`I - words`: two who come again, and most of the document begins so."""
    times = _times(found)
    kept = {n: it for n, it in found.items() if times[it.name] > 1 or looks_like_name(it.name)}
    again = sum(n for n in _times(kept).values() if n > 1)
    several = len(_times(kept)) > 1 and 2 * again > len(kept)
    return _labels(kept) if several and lines.share(list(kept)) >= 0.6 else {}


def _name_line(lines: Lines, found: dict[int, Candidate]) -> _Labels:
    """A name on a line of its own and words below: at the top of a paragraph, or as a paragraph
    between those of words."""
    found = {n: it for n, it in found.items() if not _REPLIES.fullmatch(it.name)}
    starts = {block.start: block for block in lines.blocks}
    on_top = {n: it for n, it in found.items() if n in starts and len(starts[n]) > 1}
    between = {n: it for n, it in found.items() if n in starts and len(starts[n]) == 1}
    times = _times(between)
    between = {
        n: it for n, it in between.items() if times[it.name] > 1 and looks_like_name(it.name)
    }
    return _names_alone(lines, on_top, 0.6) or _names_alone(lines, between, 0.3)


def _names_alone(lines: Lines, found: dict[int, Candidate], least: float) -> _Labels:
    times = _times(found)
    kept = {n: it for n, it in found.items() if times[it.name] > 1 or looks_like_name(it.name)}
    while kept and lines.following(min(kept)) in kept:
        del kept[min(kept)]  # a title above the first name
    again = sum(n for n in _times(kept).values() if n > 1)
    speaks = all(lines.following(number) not in (None, *kept) for number in kept)
    several = len(_times(kept)) > 1 and 2 * again >= len(kept)
    return _labels(kept) if several and speaks and lines.share(list(kept)) >= least else {}


def _arrow(lines: Lines, found: dict[int, Candidate]) -> _Labels:
    """`>>`, another voice; not in mail, where a single `>` quotes as well."""
    mail = any(re.match(r"\s*>(?!\s*>)", line) for line in lines.text)
    return _labels(found) if len(found) > 1 and not mail else {}


def _dash(lines: Lines, found: dict[int, Candidate]) -> _Labels:
    """Dialogue dashes, another voice each; lists begin so as well, but nobody asks in them."""
    if lines.in_cues:
        pair = any(number + 1 in found for number in found)
        return _labels(found) if pair else {}
    hyphen = any(it.mark in "-‐" for it in found.values())
    said = [lines.text[number] for number in found]
    asks = sum(_ASKS.search(line) is not None for line in said) / len(said)
    ends = sum(_ENDS.search(line) is not None for line in said) / len(said)
    is_list = hyphen and (lines.markdown or not 0.2 <= asks <= 0.8)
    share = lines.share(list(found))
    if (
        len(found) < 2
        or is_list
        or not asks
        or asks == 1
        or ends < 0.6
        or share < 0.6 + 0.2 * hyphen
    ):
        return {}
    return _labels(found)


# Where two styles have as many labels, the first is taken.
RULES: dict[str, Callable[[Lines, dict[int, Candidate]], _Labels]] = {
    "question": _question,
    "clock": _clock,
    "colon": _colon,
    "clock_first": _clock,
    "stacked": _stack,
    "bracket": _bracketed,
    "angle": _scarce,
    "parenthesis": _scarce,
    "name_dash": _name_dash,
    "name_space": _name_dash,
    "name_line": _name_line,
    "arrow": _arrow,
    "dash": _dash,
}
