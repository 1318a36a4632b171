"""A line of a transcript -> which speaker's labels it could begin with, by the shape of the line.

Whether it is one is told by the document: `cxlib.sources.speaker_evidence`."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace

from cxlib.sources import clocks
from cxlib.sources.speaker_names import could_be_name, could_be_odd_name, without_marks

_BARE = rf"(?P<b>{clocks.RANGE})(?=[\s|–—-])\s*"
_TIME = rf"(?:(?P<a>{clocks.IN_BRACKETS})\s*|{_BARE})(?:[-–—|·]\s+)?"
_MARKS = r"(?:[-–*+•]\s+|(?:>|&gt;)\s*)*"
_LEAD = rf"\s*{_MARKS}(?P<line>\d{{1,4}}(?:[.)]?\s+))?(?:{_TIME})?"
_HEAD = r"\s*(?:[-–*+•>]\s+|\#{1,6}\s+)*"
_BOLD = r"(?P<bold>\*\*|__|\*|_)?"
_UNBOLD = r"(?:(?P=bold))?"
_COLON = re.compile(
    rf"{_LEAD}{_BOLD}(?P<name>[^:：︰﹕∶\t]{{1,60}}?){_UNBOLD}\s*"
    rf"(?P<c>{clocks.IN_BRACKETS}\s*)?(?P<mark>[:：︰﹕∶\t]){_UNBOLD}\s*"
)
# nothing before a name, its mark, and a letter that is said: what follows cannot change the label
_PLAIN = re.compile(r"[^\W\d_][^:：\t]{0,59}[:：]\s*[^\W\d_]")
_BRACKET = re.compile(_LEAD + r"[\[【［](?P<name>[^\]】］:：]{1,60})[\]】］](?!\()\s*[:：]?\s*")
_PARENTHESIS = re.compile(_LEAD + r"[(（](?P<name>[^()（）:：]{1,40})[)）]\s*[:：]?\s*")
_ANGLE = re.compile(_LEAD + r"[<＜〈](?P<name>[^<>＜＞〈〉/:：]{1,40})[>＞〉]\s*[:：]?\s*")
_DASHED = re.compile(_LEAD + rf"{_BOLD}(?P<name>[^:：\t]{{1,40}}?){_UNBOLD}\s+[-–—―]\s+")
_SPACED = re.compile(
    r"[○●◯◎◇◆■□▶・]?(?P<name>[^\s:：○●◯◎◇◆■□▶・][^:：\t\u3000]{0,19}?)\u3000+(?=[^\s\u3000])"
)
_GAP = r"(?P<gap>[ \u3000]{2,}|\t|\s*[·•|:：]\s*|\s+[-–—]\s+|,\s+|\s)"
_CLOCK = re.compile(
    rf"{_HEAD}{_BOLD}(?P<name>\S.{{0,58}}?){_UNBOLD}{_GAP}"
    rf"[_*]{{0,2}}(?P<a>{clocks.IN_BRACKETS}|{clocks.RANGE})[_*]{{0,2}}[:：]?\s*"
)
_CLOCK_FIRST = re.compile(
    rf"{_HEAD}(?P<a>{clocks.IN_BRACKETS}|{clocks.RANGE})\s*"
    rf"(?:[-–—|·:：]\s*)?{_BOLD}(?P<name>\S.{{0,58}}?){_UNBOLD}\s*[:：]?\s*"
)
_NAME_LINE = re.compile(rf"{_HEAD}{_BOLD}(?P<name>\S.{{0,58}}?){_UNBOLD}\s*")
_ARROW = re.compile(r"\s*(?:-\s+)?(?:>>+|(?:&gt;){2,})\s*(?=\S)")
_DASH = re.compile(r"\s*(?P<dash>[-‐–—―])(?![-–—―\d])\s*(?=[^\s\-–—―*])")
PAIRS = (  # who asks, who answers
    *(("q", "a"), ("question", "answer"), ("question", "réponse"), ("frage", "antwort")),
    *(("pregunta", "respuesta"), ("pergunta", "resposta"), ("domanda", "risposta")),
    *(("вопрос", "ответ"), ("問", "答"), ("質問", "回答"), ("问", "答"), ("提问", "回答")),
    *(("p", "r"), ("i", "r"), ("i", "p"), ("f", "a")),
    *(("문", "답"), ("질문", "답변"), ("질문", "대답"), ("물음", "답")),
)
_ROLES = "|".join(sorted({role for pair in PAIRS for role in pair}, key=len, reverse=True))
_QUESTION = re.compile(
    rf"{_LEAD}{_BOLD}[\[【［(（]?(?P<name>{_ROLES}|[ＱＡ])え?(?:[.．]?\s?(?P<number>\d{{1,3}}(?:[-.]\d{{1,2}})?))?"
    rf"\s?(?P<mark>[.．:：、)）\]】］]+|(?=\s|\*|$)){_UNBOLD}\s*",
    re.I,
)
_DIRECTLY_AFTER = re.compile(rf"(?:{clocks.IN_BRACKETS}|{clocks.CLOCK}(?=\t))\s*")
_LONGEST = 160  # characters in which a label ends
_BULLET = re.compile(r"\s*[-–*+•]\s")
_ODD = ("colon", "clock", "bracket")  # whose mark says that something is named
_WHOLE = ("clock", "clock_first", "name_line")  # the label is all of the line
_NEEDS = {  # without it, the slower pattern need not be tried
    "colon": re.compile(r"[:：︰﹕∶\t]"),
    "clock": re.compile(r"\d[^\d]{0,8}\Z"),
    "name_dash": re.compile(r"[-–—―](?<=\s.)\s"),
    "name_space": re.compile("\u3000"),
    # a line that begins with no mark and has five words is no name
    "name_line": re.compile(
        r"\A(?=.{1,72}\Z)(?:\s*[-–*+•>#_\[【［]|\s*\S++(?:\s++\S++){0,3}+\s*\Z)"
    ),
}


@dataclass(frozen=True, slots=True)
class Label:
    """A speaker's label at the start of a line.

    Attributes
    ----------
    speaker : str or None
        As written, without brackets, marks and the number of a question; None where another voice
        begins that has no name (a dialogue dash, `>>`).
    start : int
        Code points of the line before the words begin.
    style : str
        One of `STYLES`, or `stacked` (a name above or below a time).
    seconds : float or None
        Time stamp beside the name.
    """

    speaker: str | None
    start: int
    style: str
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """What could be a label.

    Attributes
    ----------
    label : Label
    mark : str
        `:`, `：`, a tab, the dash of a dialogue, the mark after a question's number, or empty.
    after : str
        The character right after the mark.
    weak : bool
        Its time stamp could as well be a time of day: minutes and seconds without brackets or a
        wide gap.
    numbered : bool
        A number stands before it, as before lines or the points of a list.
    bullet : bool
        So does a bullet.
    odd : bool
        It does not have the shape of a name (see `speaker_names.could_be_odd_name`).
    """

    label: Label
    mark: str = ""
    after: str = ""
    weak: bool = False
    numbered: bool = False
    bullet: bool = False
    odd: bool = False

    @property
    def name(self) -> str:
        """The speaker, as text."""
        return self.label.speaker or ""


def candidates(line: str) -> dict[str, Candidate]:
    """Return what a line could begin with, by style."""
    begins = line[:_LONGEST]
    head = begins.rstrip()
    if not head:
        return {}
    found: dict[str, Candidate] = {}
    for style, find, may_be in _TRIED if begins == line else _TRIED_OF_LONG:
        if may_be is None or may_be(head):
            candidate = find(begins, style)
            if candidate is not None:
                found[style] = candidate
    return found


def _named(
    pattern: re.Pattern[str], *, whole: bool = False
) -> Callable[[str, str], Candidate | None]:
    def find(line: str, style: str) -> Candidate | None:
        match = pattern.fullmatch(line) if whole else pattern.match(line)
        if match is None:
            return None
        odd = not could_be_name(_name(match))
        if odd and not (style in _ODD and could_be_odd_name(_name(match))):
            return None
        parts = match.groupdict()
        stamp = parts.get("a") or parts.get("b") or parts.get("c")
        start, inner = match.end(), _DIRECTLY_AFTER.match(line, match.end())
        if inner:  # `Ana: [00:12] words`, `Ana<tab>00:12<tab>words`
            start, stamp = inner.end(), stamp or inner[0]
        seconds = clocks.seconds(stamp) if stamp else None
        mark = parts.get("mark") or ""
        after = line[match.end("mark") :][:1] if mark else ""
        weak = bool(parts.get("b")) and len(re.findall("[:：]", parts["b"])) == 1
        label = Label(_name(match), start, style, seconds)
        numbered, bullet = bool(parts.get("line")), _BULLET.match(line) is not None
        return Candidate(label, mark, after, weak, numbered, bullet, odd)

    return find


def _name(match: re.Match[str]) -> str:
    name = without_marks(match["name"])
    inner = name[1:-1].strip() if name[:1] in {*"[【［"} and name[-1] in "]】］" else ""
    return inner if any(map(str.isalnum, inner)) else name


_any_colon = functools.lru_cache(maxsize=4096)(_named(_COLON))  # few people speak


def _colon(line: str, style: str) -> Candidate | None:
    begins = _PLAIN.match(line)
    return _any_colon(begins[0] if begins else line, style)


def _clock(line: str, style: str) -> Candidate | None:
    found = _named(_CLOCK, whole=True)(line, style)
    match = _CLOCK.fullmatch(line)
    if found is None or match is None or clocks.is_clock(line):
        return None
    return replace(
        found, weak=match["gap"].strip() in (":", "：") or match["gap"] in (" ", "\u3000")
    )


def _clock_first(line: str, style: str) -> Candidate | None:
    found = _named(_CLOCK_FIRST, whole=True)(line, style)
    return found and replace(found, weak=True)


def _question(line: str, style: str) -> Candidate | None:
    match = _QUESTION.match(line)
    if match is None:
        return None
    role = unicodedata.normalize("NFKC", match["name"])
    if role.casefold() in ("p", "r", "i", "f") and (match["number"] or match["mark"] != "."):
        return None  # P1 and P2 are two people, and `P:` is a name as any other
    if (
        len(role) == 1
        and role.isascii()
        and (role.islower() or not (match["mark"] or match["number"]))
    ):
        return None  # "a quick one"
    if len(role) > 1 and not match["mark"] and not match["number"]:
        return None  # "question everything"
    stamp = match["a"] or match["b"]
    seconds = clocks.seconds(stamp) if stamp else None
    return Candidate(Label(role, match.end(), style, seconds), match["mark"])


def _voice(pattern: re.Pattern[str]) -> Callable[[str, str], Candidate | None]:
    def find(line: str, style: str) -> Candidate | None:
        match = pattern.match(line)
        if match is None:
            return None
        return Candidate(Label(None, match.end(), style), match.groupdict().get("dash") or "")

    return find


STYLES: dict[str, Callable[[str, str], Candidate | None]] = {
    "question": _question,
    "colon": _colon,
    "clock": _clock,
    "clock_first": _clock_first,
    "bracket": _named(_BRACKET),
    "angle": _named(_ANGLE),
    "parenthesis": _named(_PARENTHESIS),
    "name_dash": _named(_DASHED),
    "name_space": _named(_SPACED),
    "name_line": _named(_NAME_LINE, whole=True),
    "arrow": _voice(_ARROW),
    "dash": _voice(_DASH),
}
_TRIED = [
    (style, find, _NEEDS[style].search if style in _NEEDS else None)
    for style, find in STYLES.items()
]
_TRIED_OF_LONG = [tried for tried in _TRIED if tried[0] not in _WHOLE]
