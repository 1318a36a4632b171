"""Lines of a transcript -> who speaks from where.

Read are `Name: text`, `田中さん：text`, `【田中】text`, `Name  0:12`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from cxlib.sources import cues

_STAMP = r"(?:(?P<{0}h>\d{{1,3}}):)?(?P<{0}m>\d{{1,2}}):(?P<{0}s>\d{{2}})(?:[.,]\d{{1,3}})?"
_IN_BRACKETS = r"[\[(（［]\s*{}\s*[\])）］]"
_LEAD = (
    r"\s*(?:(?:[-–*+]|>+)\s+)*(?:" + _IN_BRACKETS.format(_STAMP.format("a")) + r"\s*|"
    r"(?P<bh>\d{1,3}):(?P<bm>\d{2}):(?P<bs>\d{2})(?:[.,]\d{1,3})?\s+)?"
)
_COLON = re.compile(
    _LEAD
    + r"(?P<bold>\*\*|__|\*|_)?(?P<name>[^:：\t]{1,60}?)(?:(?P=bold))?\s*(?:"
    + _IN_BRACKETS.format(_STAMP.format("c"))
    + r"\s*)?(?P<mark>[:：\t])(?:(?P=bold))?\s*"
)
_BRACKET = re.compile(_LEAD + r"[\[【［](?P<name>[^\]】］:：]{1,60})[\]】］](?!\()\s*[:：]?\s*")
_CLOCK = re.compile(
    r"\s*(?P<name>\S.{0,58}?)(?:[ \u3000]{2,}|\t)\(?" + _STAMP.format("c") + r"\)?\s*"
)
_SENTENCE = re.compile(r"[;!?。、！？…\"“”「」『』<>{}=@|\\\[\]【】#]|\w{5,}\.|//")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HONORIFIC = re.compile(r"(?:さん|様|氏|先生|くん|君|ちゃん|님|씨|선생)$")
_TOPIC = re.compile(
    r"[はがをにでともばてたするよね]$|[는을를요다죠까면]$"
)  # how a clause ends, seldom a name
_PARTICLE = re.compile("de|da|di|du|del|der|den|van|von|la|le|bin|al|el|y|e|of|and|the")
_NOT_SPEECH = re.compile(
    "laugh(s|ter|ing)|inaudible|unintelligible|pause|silence|crosstalk|music|applause|sighs|coughs|noise|"
    "sic|x|笑|笑い|笑う|爆笑|沈黙|間|不明|聞き取り不能|聞き取れず|拍手|音楽|咳|웃음|침묵|박수|음악|"
    "잡음",
    re.I,
)
_NOT_NAMES = re.compile(
    "date|time|place|location|duration|record(ed|ing)|title|topic|subject|project|study|language|file|"
    "version|notes?|https?|ftp|mailto|url|tel|examples?|summary|context|agenda|participants|attendees|"
    "transcript|ps|fyi|nb|日付|日時|時間|場所|所要時間|件名|題名|言語|備考|注|注意|例|要約|参加者一覧|"
    "날짜|일시|시간|장소|제목|언어|비고|참고|주의|예|요약|참석자",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Label:
    """A speaker's label at the start of a line.

    Attributes
    ----------
    speaker : str
        As written, without brackets and marks.
    start : int
        Code points of the line before the words begin.
    style : str
        `colon`, `bracket` or `clock` (name and time on a line of their own).
    seconds : float or None
        Time stamp beside the name.
    """

    speaker: str
    start: int
    style: str
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class _Candidate:
    label: Label
    mark: str  # `:`, `：`, a tab, or empty
    after: str  # the character right after the mark


def labels(lines: Sequence[str]) -> list[Label | None]:
    """Find the speaker's label of each line of one document; None for a line without one.

    Notes
    -----
    A label stands at the start of a line, has a letter, at most 40 characters and 4 words and no
    sentence punctuation, and is no known heading (`Date`, `日時`) or stage direction (`[laughs]`).
    Seen twice or more in the document, that is enough. Seen once, it must also look like a name or
    role: each Latin word begins with a capital, a Japanese or Korean label has at most 12
    characters and does not end like a topic ("問題は", "문제는"). After a half-width colon follows
    white space, unless the name is Japanese or Korean or seen again; a time of day ("10:30
    Meeting:") and an address are no labels. A document has one style, the one with most labels.

    >>> [
    ...     label and label.speaker
    ...     for label in labels(
    ...         ["10:30 Meeting: agenda", "田中さん：はい", "see: http://a.b", "Kim: yes"]
    ...     )
    ... ]
    [None, '田中さん', None, 'Kim']
    """
    found = [_candidates(line) for line in lines]
    seen = Counter(candidate.label.speaker for candidates in found for candidate in candidates)
    sure = [
        [
            candidate.label
            for candidate in candidates
            if _accepted(candidate, seen[candidate.label.speaker])
        ]
        for candidates in found
    ]
    styles = Counter(label.style for accepted in sure for label in accepted)
    style = styles.most_common(1)[0][0] if styles else ""
    return [next((label for label in accepted if label.style == style), None) for accepted in sure]


def is_heading(line: str) -> bool:
    """Say whether a line is a known heading such as `Date: 2026-07-01` or `日時：…`, which nobody
    says."""
    match = _COLON.match(line)
    return match is not None and _NOT_NAMES.fullmatch(_name(match)) is not None


def could_be_name(name: str) -> bool:
    """Say whether a text has the shape of a speaker's name or role."""
    words = name.split()
    return (
        0 < len(words) <= 4
        and len(name) <= 40
        and any(c.isalpha() for c in name)
        and name.count(",") <= 1
        and not _SENTENCE.search(name)
        and not _NOT_NAMES.fullmatch(name)
        and not _NOT_SPEECH.fullmatch(name)
    )


def _candidates(line: str) -> list[_Candidate]:
    matches = (
        ("bracket", _BRACKET.match(line)),
        ("colon", _COLON.match(line)),
        ("clock", _CLOCK.fullmatch(line)),
    )
    found = []
    for style, match in matches:
        if match and could_be_name(_name(match)):
            mark, after = (
                (match["mark"], line[match.end("mark") :][:1]) if style == "colon" else ("", "")
            )
            found.append(
                _Candidate(Label(_name(match), match.end(), style, _stamp(match)), mark, after)
            )
    return found


def _name(match: re.Match[str]) -> str:
    name = match["name"].strip()
    return name[1:-1].strip() if name[:1] in {*"[【［"} and name[-1] in "]】］" else name


def _stamp(match: re.Match[str]) -> float | None:
    parts = match.groupdict()
    for key in "abc":
        if parts.get(f"{key}m"):
            return cues.clock(parts[f"{key}h"], parts[f"{key}m"], parts[f"{key}s"])
    return None


def _accepted(candidate: _Candidate, times: int) -> bool:
    name, mark, after = candidate.label.speaker, candidate.mark, candidate.after
    if mark in (":", "：") and after.isdigit() and name[-1].isdigit():
        return False  # a time of day
    if mark == ":" and (after == "/" or after.isdigit()):
        return False  # an address, a ratio
    if (
        mark == ":"
        and after
        and not (after.isspace() or after in "*_" or times > 1 or _CJK.search(name))
    ):
        return False  # key:value
    return times > 1 or (mark != "\t" and _looks_like_name(name))


def _looks_like_name(name: str) -> bool:
    bare = re.sub(r"\s*[(（].*[)）]\s*$", "", name) or name
    if "," in bare or bare[0].isdigit():
        return False
    if _HONORIFIC.search(bare):
        return len(bare) <= 12
    if _CJK.search(bare):
        return (
            len(bare) <= 12
            and len(bare.split()) <= 2
            and not _TOPIC.search(bare)
            and re.fullmatch(r"[\u3040-\u309f\s]+", bare) is None
        )
    words = [word for word in bare.split() if not _PARTICLE.fullmatch(word)]
    return 0 < len(words) <= 3 and not any(word[0].islower() for word in words)
