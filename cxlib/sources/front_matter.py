"""Lines of a transcript and their labels -> the lines that nobody says: head, headings, what comes
after the end."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cxlib.shown.message import Message
from cxlib.sources import clocks, speaker_names
from cxlib.sources.speakers import Label, is_heading

_HEAD = 30  # lines; keys with a label stand among them
_SHOWN = 60  # characters of a line that is quoted
_MD_HEADING = re.compile(r" {0,3}#{1,6}(\s|$)")
_DATE = re.compile(r"\d{4}\s?[-./年년]\s?\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\b(?:19|20)\d\d\b")
_SENTENCE = re.compile(r"[.?!。？！…][\"”」』)）*_]*\s*$|[?？!！。]\s*\S")
_ASKS = re.compile(r"[?？]")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2}|[^\W\d]+")
_MANY = 8  # words (or pairs of kana, kanji, hangul) that are no mere head
_END_WORDS = (
    r"(?:the )?end(?: of)?(?: (?:the )?(?:audio|recorded|recording|interview|"
    r"transcript(?:ion)?|tape|file|session|call|meeting|conversation|part ?\w*))*|"
    r"(?:recording|interview|transcript(?:ion)?|audio|tape|call|meeting) "
    r"(?:ends?|ended|stops?|stopped|over)|"
    r"fin(?: de (?:la |l['’]|el )?\w+(?: \w+)?)?|fim(?: da \w+)?|fine della \w+|"
    r"ende(?: (?:der|des) \w+)?|конец(?: \w+)?|koniec(?: \w+)?|"
    r"(?:録音|録画|音声|インタビュー|テープ|会話|文字起こし)?\s?(?:ここまで|終わり|おわり|終了|了|完)|以上|"
    r"(?:녹음|녹취|녹화|인터뷰|면담|회의|대화|음성)?\s?(?:끝|종료|마침|끝남)|(?:录音|采访|访谈)?(?:结束|完)"
)
_END = re.compile(
    rf"[\s\-–—=*_#]*(?P<bracket>[\[(（［【<〈])\s*(?:{_END_WORDS})\s*[.。]?\s*[\])）］】>〉][\s\-–—=*_]*"
    rf"|[\s\-–—=*_#]*(?:{_END_WORDS})[\s\-–—=*_.。]*"
    r"|(?:transcription|transcript|recording) (?:ended|stopped) (?:after|at) \d[\d:.]*"
    r"|\S.{0,60} stopped (?:the )?(?:transcription|recording)\.?"
    r"|\S.{0,40}が(?:文字起こし|録音|録画|レコーディング)を(?:停止|終了)しました。?"
    r"|\S.{0,40}(?:이|가) (?:전사|녹음|녹화|기록)[을를] (?:중지|종료)했습니다\.?",
    re.I,
)
_ADVERT = re.compile(
    r"\W*(?:(?:this )?(?:transcript|transcription|recording|meeting|file) (?:was |is )?"
    r"(?:automatically )?)?(?:transcribed|transcript|transcription|generated|created|exported|"
    r"produced|provided|powered|recorded)(?: automatically)? (?:by|with|using|from|via)"
    r"(?: \S.{0,60})?"
    r"|this (?:editable )?transcript was computer[- ]generated.*"
    r"|.{0,40}(?:で|により)(?:文字起こし|自動生成|作成)(?:され|しました|です).{0,10}"
    r"|.{0,40}(?:에서|으로|로) (?:자동 )?(?:생성|작성|변환)(?:되었|된|됨|했).{0,10}",
    re.I,
)
_ONE_WORD = re.compile(r"\W*(?![A-ZА-Я]+\b)[A-Za-zА-я]+\W*")  # END is none
_ADDRESS = re.compile(
    r"\W*(?:(?:https?://|www\.)\S+|(?:[a-z\d-]+\.)+(?:com|net|org|io|ai|app|co|jp|kr|eu))\W*", re.I
)
_NOTES = re.compile(  # the heading of what the researcher adds below
    r"[\s*_#\[【（(■●◆○・-]*(?:(?:field|interviewer'?s?|researcher'?s?|analyst'?s?|"
    r"post[- ]?interview|additional|observer'?s?|follow-?up) "
    r"(?:notes?|observations?|memos?|comments?)|observations?|"
    r"(?:field ?)?notes?|memos?|debrief(?:ing)?|reflections?|impressions?|notas(?: de campo)?|"
    r"observa(?:ciones|ções)|notizen|beobachtungen|remarques|"
    r"メモ|フィールドノート|所感|所見|考察|観察(?:メモ|記録)?|備考|振り返り|"
    r"메모|관찰(?: ?(?:메모|기록|노트))?|소감|비고|현장 ?노트|후기)"
    r"[\s*_\]】）):：-]*",
    re.I,
)
_AFTER_BRACKETS, _AFTER_WORDS = (
    10,
    3,
)  # lines that may stand after `[End of recording]`, after `End`


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Which lines are in no turn.

    Attributes
    ----------
    silent : list of bool
        One a line.
    front : list of int
        Lines before the first label (or, without labels, before the first words) that are left out.
    kept : list of int
        Lines before the first label that read like something said.
    back : list of int
        Lines from the mark of the end on.
    """

    silent: list[bool]
    front: list[int]
    kept: list[int]
    back: list[int]

    def notes(self, lines: Sequence[str], *, file: str) -> list[Message]:
        """Tell what was left out, and what was kept as words of nobody known."""

        def first(numbers: Sequence[int]) -> str:
            line = lines[numbers[0]].strip()
            return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"

        told = []
        if self.front:
            n, line = len(self.front), first(self.front)
            told.append(Message("sources.front_matter_left_out", file=file, n=n, first=line))
        if self.kept:
            n, line = len(self.kept), first(self.kept)
            told.append(Message("sources.before_first_speaker", file=file, n=n, first=line))
        if self.back:
            n, line = len(self.back), first(self.back)
            told.append(Message("sources.after_the_end", file=file, n=n, first=line))
        return told


def leave_out(
    lines: Sequence[str],
    labels: Sequence[Label | None],
    *,
    markdown: bool = False,
    headings: Collection[int] = (),
) -> LeftOut:
    """Find the lines that nobody says.

    Parameters
    ----------
    lines, labels : sequence
        As `cxlib.sources.speakers.labels` takes and gives them.
    markdown : bool
        Front matter between `---` and headings with `#` are known.
    headings : collection of int
        Lines that the file itself says are headings.

    Notes
    -----
    The head ends with the last known heading (`Date: …`) before anything that reads like speech;
    labels in it are keys (`Interviewer: Ana Pereira`). Of the paragraphs between it and the first
    label, one that asks something or whose sentences have 8 words or more is kept, as what may
    have lost its label; short lines, dates, names and keywords are left out, and what stands under
    a heading of its own (`SUMMARY`). In a document without labels headings alone are left out.
    """
    marked = _marked(lines, markdown) | set(headings)
    head = _head(lines, labels)
    speaking = [n for n, label in enumerate(labels) if label and n >= head]
    back = _back(lines, speaking[-1] + 1 if speaking else head)
    if speaking:
        before = [n for n in range(speaking[0]) if lines[n].strip()]
        kept = _speech(lines, [n for n in before if n >= head and n not in marked])
        front = [n for n in before if n not in set(kept)]
    else:
        kept = []
        other = (n for n, line in enumerate(lines) if line.strip() and not is_heading(line))
        first = next((n for n in other if n not in marked), len(lines))
        front = [n for n in range(first) if lines[n].strip()] if first < len(lines) else []
    nobody = set(front) | set(back) | {n for n in marked if n < len(labels) and not labels[n]}
    silent = [n in nobody for n in range(len(lines))]
    return LeftOut(silent=silent, front=front, kept=kept, back=back)


def _marked(lines: Sequence[str], markdown: bool) -> set[int]:
    """Return the front matter and the headings of markdown."""
    if not markdown:
        return set()
    marked = {n for n, line in enumerate(lines) if _MD_HEADING.match(line)}
    if lines and lines[0].rstrip() == "---":
        ends = (n for n, line in enumerate(lines) if n and line.rstrip() in ("---", "..."))
        marked |= set(range(next(ends, -1) + 1))
    return marked


def _head(lines: Sequence[str], labels: Sequence[Label | None]) -> int:
    """Return where the head of known headings and keys ends."""
    named = [label.speaker if label else None for label in labels]
    end, known = 0, 0
    for number, line in enumerate(lines):
        if is_heading(line) and not labels[number]:
            end, known = number + 1, known + 1
        elif _is_key(number, lines, labels, named):
            known += 1
            end = (
                number + 1 if known > 1 else end
            )  # one alone may call somebody: "I: Kim", "Kim: yes"
        elif _said(line) or len(line) > 120 or not _may_be_head(number, lines, labels, named):
            break
    return end if any(labels[end:]) or not any(labels) else 0


def _may_be_head(
    number: int, lines: Sequence[str], labels: Sequence[Label | None], named: Sequence[str | None]
) -> bool:
    """Say whether a line may stand above a heading: it has no label, or one that does not come
    again, or it is among keys in a paragraph where nobody says anything."""
    label = labels[number]
    if label is None:
        return True
    if label.style != "colon" or number > _HEAD:
        return False
    if named.count(label.speaker) == 1:
        return True
    stop = next((n for n in range(number, len(lines)) if not lines[n].strip()), len(lines))
    rest = range(number, stop)
    return (
        stop < len(lines)
        and not any(_said(lines[n]) for n in rest)
        and any(is_heading(lines[n]) or _is_key(n, lines, labels, named) for n in rest)
    )


def _is_key(
    number: int, lines: Sequence[str], labels: Sequence[Label | None], named: Sequence[str | None]
) -> bool:
    """Say whether a label is a key: its value is the name of somebody who speaks later."""
    label = labels[number]
    if label is None or label.speaker is None or label.style != "colon":
        return False
    value = lines[number][label.start :].strip()
    later = {name for name in named[number + 1 :] if name and name != label.speaker}
    return speaker_names.looks_like_name(value or "-") and any(
        value == name or speaker_names.alike([value, name]) for name in later
    )


def _said(line: str) -> bool:
    return _SENTENCE.search(line) is not None and not _DATE.search(line)


def _speech(lines: Sequence[str], numbers: Sequence[int]) -> list[int]:
    """Return the lines of those paragraphs that read like something said."""
    blocks: list[list[int]] = []
    for number in numbers:
        if blocks and blocks[-1][-1] == number - 1:
            blocks[-1].append(number)
        else:
            blocks.append([number])
    kept: list[int] = []
    under = False
    for block in blocks:
        under = speaker_names.is_heading_word(lines[block[0]]) or (
            under and not any(_ASKS.search(lines[number]) for number in block)
        )
        if not under and _reads_like_speech([lines[number] for number in block]):
            kept += block
    return kept


def _reads_like_speech(lines: Sequence[str]) -> bool:
    said = [line for line in lines if _said(line) and not clocks.is_clock(line)]
    words = len(_WORD.findall(" ".join(lines)))
    return 2 * len(said) >= len(lines) and (
        any(_ASKS.search(line) for line in said) or words >= _MANY
    )


def _back(lines: Sequence[str], start: int) -> list[int]:
    """Return the lines from the mark of the end on, or from the heading of the researcher's notes
    (`Observations`, 메모, 所感); adverts and addresses at the very end are such marks."""
    after = [n for n in range(start, len(lines)) if lines[n].strip()]
    for at, number in enumerate(after):
        end = _END.fullmatch(lines[number])
        if end and not end["bracket"] and _ONE_WORD.fullmatch(lines[number]):
            continue  # "Fine." may be said
        if end and len(after) - at - 1 <= (_AFTER_BRACKETS if end["bracket"] else _AFTER_WORDS):
            return after[at:]
    for at, number in enumerate(after):
        apart = not lines[number - 1].strip() if number else False
        if apart and _NOTES.fullmatch(lines[number]) and number < after[-1]:
            return after[at:]
    last = len(after)
    while last and (
        _ADVERT.fullmatch(lines[after[last - 1]].strip())
        or _ADDRESS.fullmatch(lines[after[last - 1]])
    ):
        last -= 1
    adverts = after[last:]
    apart = bool(adverts) and (adverts[0] == 0 or not lines[adverts[0] - 1].strip())
    return adverts if apart else []
