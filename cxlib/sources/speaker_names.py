"""A text -> whether it has the shape of a speaker's name; names -> which may be of one speaker."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from cxlib.sources import stage_directions

_SENTENCE = re.compile(r"[;!?。、！？…\"“”「」『』<>{}=@|\\\[\]【】#:：♪♫♬]|\w{5,}\.|//")
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HONORIFIC = re.compile(r"(?:さん|様|氏|先生|くん|君|ちゃん|님|씨|선생)$")
_TOPIC = re.compile(
    r"[はがをにでともばてたするよね]$|[는을를요다죠까면]$"
)  # how a clause ends, seldom a name
_PARTICLE = re.compile("de|da|di|du|del|der|den|van|von|la|le|bin|al|el|y|e|of|and|the")
_NOT_SPEECH = re.compile("sic|x|間", re.I)
_NOT_NAMES = re.compile(
    "date|time|place|location|duration|length|record(ed|ing)|title|topic|subject|project|study|"
    "language|file|version|notes?|https?|ftp|mailto|url|tel|examples?|summary|context|agenda|"
    "overview|outline|keywords?|summary keywords|speakers|participants|attendees|transcript(ion)?|"
    "date of (the )?interview|interview date|(interview|record(ed|ing)) (id|number|no\\.?)|"
    "ps|fyi|nb|fecha|lugar|duración|datum|ort|dauer|lieu|durée|"
    "日付|日時|時間|時刻|場所|所要時間|件名|題名|言語|備考|注|注意|例|要約|概要|参加者一覧|"
    "録音日|実施日|収録日|キーワード|"
    "날짜|일시|일자|시간|장소|제목|언어|비고|참고|주의|예|요약|참석자|녹음일|인터뷰 일시|키워드",
    re.I,
)
_QUARTER = re.compile(r"[QqAaＱＡ問答]\s?\d{1,3}")  # a question or a quarter, once
_IN_TIME = re.compile(r"\d[:：]\d")
_JOINERS = "\u200c\u200d"  # Persian and Indic names are written with them
_SIGN = re.compile(r"^[○●◯◎◇◆■□▶▪・](?=[^\W\d_])\s*")
_TITLE = re.compile(r"^(?:mr|mrs|ms|dr|prof|sr|sra|herr|frau|mme|m)\.?\s+", re.I)


def could_be_name(name: str) -> bool:
    """Say whether a text has the shape of a speaker's name or role."""
    words = name.split()
    return (
        0 < len(words) <= 4
        and len(name) <= 40
        and any(c.isalpha() for c in name)
        and name.count(",") <= 1
        and not _SENTENCE.search(name)
        and not is_heading_word(name)
        and not _NOT_SPEECH.fullmatch(name)
    )


def could_be_odd_name(text: str) -> bool:
    """Say whether a text may stand for a speaker where turns show it, though it has no shape of a
    name: `Subject`, `Participant #3`, `P4?`, `Ana (CFO, Acme, Lisbon)`, `ana@acme.com`, `2`."""
    return (
        0 < len(text) <= 60
        and len(text.split()) <= 8
        and any(c.isalnum() or c == "?" for c in text)
        and not _IN_TIME.search(text)
        and all(text.count(a) == text.count(b) for a, b in ("[]", "()", "【】", "（）"))
        and not text.casefold().endswith(("http", "https"))
    )


def without_marks(name: str) -> str:
    """Return a name without outer white space and characters of format, which nobody sees: marks
    of direction, a byte order mark, a space without width; and without the sign before it
    (`○聞き手`). Joiners within it are part of it."""
    seen = "".join(c for c in name if unicodedata.category(c) != "Cf" or c in _JOINERS)
    plain = seen.strip().strip(_JOINERS).strip()
    bare = _SIGN.sub("", plain)
    return plain if _HONORIFIC.fullmatch(bare) else bare  # ○さん, ○○さん: a name made unknown


def is_heading_word(text: str) -> bool:
    """Say whether a text is a known heading of a transcript's head: `Date`, `SPEAKERS`, `日時`."""
    return _NOT_NAMES.fullmatch(text.strip()) is not None


def looks_like_name(name: str) -> bool:
    """Say whether a text that could be a name also looks like one, so that once is enough."""
    bare = re.sub(r"\s*[(（].*[)）]\s*$", "", name) or name
    if (
        "," in bare
        or bare[0].isdigit()
        or _QUARTER.fullmatch(bare)
        or stage_directions.is_direction(bare)
    ):
        return False
    if _HONORIFIC.search(bare):
        return len(bare) <= 12
    if CJK.search(bare):
        return (
            len(bare) <= 12
            and len(bare.split()) <= 2
            and not _TOPIC.search(bare)
            and re.fullmatch(r"[\u3040-\u309f\s]+", bare) is None
        )
    words = [word for word in bare.split() if not _PARTICLE.fullmatch(word)]
    return 0 < len(words) <= 3 and not any(word[0].islower() for word in words)


def alike(names: Iterable[str]) -> list[list[str]]:
    """Group names that may be of one speaker; those without another are left out.

    Two are alike if they differ in case, width, white space, title or honorific alone, or if one
    begins or ends the other (`Ana`, `Ana Pereira`; 田中, 田中花子). A number makes another speaker.

    >>> alike(
    ...     ["Ana", "ANA", "Ana Pereira", "田中", "田中さん", "P1", "P12", "Speaker 1", "Speaker 2"]
    ... )
    [['Ana', 'ANA', 'Ana Pereira'], ['田中', '田中さん']]
    """
    groups: list[list[str]] = []
    near: dict[str, list[tuple[str, int]]] = {}  # who begins or ends alike, with the group
    for name in dict.fromkeys(names):
        bare = _bare(name)
        ends = _ends(bare)
        known = {it: group for end in ends for it, group in near.get(end, ())}
        group = min((n for it, n in known.items() if _alike(bare, it)), default=len(groups))
        if group == len(groups):
            groups.append([])
        groups[group].append(name)
        for end in ends:
            near.setdefault(end, []).append((bare, group))
    return [group for group in groups if len(group) > 1]


def _ends(bare: str) -> set[str]:
    """Return what two names have in common if they are alike."""
    plain, words = "".join(bare.split()), bare.split()
    return (
        {plain, bare[:2], *words[:1], *words[-1:]}
        if CJK.search(bare)
        else {plain, *words[:1], *words[-1:]}
    )


def _alike(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if not short or "".join(short.split()) == "".join(long.split()):
        return bool(short)
    if CJK.search(short):
        rest = long.removeprefix(short)
        lettered = re.search(r"[\d①-⑳]", rest) or re.fullmatch("[ -]?[a-z]", rest)  # 参加者a
        return len(short) >= 2 and rest not in ("", long) and not lettered
    few, many = short.split(), long.split()
    rest = " ".join(many[len(few) :] if many[: len(few)] == few else many[: -len(few)])
    begins_or_ends = few in (many[: len(few)], many[-len(few) :])
    return begins_or_ends and min(len(short), len(rest)) > 1 and not any(map(str.isdigit, rest))


def _bare(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).casefold().strip()
    plain = re.sub(r"\s*\(.*\)$", "", _TITLE.sub("", plain)) or plain
    return _HONORIFIC.sub("", plain) or plain
