"""The labels of a transcript -> what to look at in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from cxlib.shown.message import Message
from cxlib.sources import speaker_names, speaker_turns, stage_directions
from cxlib.sources.speakers import Label

_BY_LAYOUT = ("name_line", "name_dash", "name_space", "parenthesis")  # no mark says "a name"
_IN_BRACKETS = ("bracket", "parenthesis", "angle")
_DASH = re.compile(r"\s*(?:[-‐–—―*•]\s+|[–—―])\S")
_FEW = 3  # lines
_BEGINS = re.compile(
    r"\s*(?:[-–*•>]\s+)?[*_]{0,2}(?P<name>[^:：\t]{1,60}?)[*_]{0,2}\s*[:：](?!//)[*_]{0,2}\s*\S"
)
_MARKED = re.compile(
    r"\s*(?:[-–*•>]\s+)?(?:[\[(（【<](?P<inside>[^\])）】>]{1,40})[\])）】>]|(?P<name>[^;；|/~=→]{1,40}?)\s*[;；|/~=→])"
    r"\s*\S"
)


def notes(lines: Sequence[str], labels: Sequence[Label | None], *, file: str) -> list[Message]:
    """Point to labels seen once, to two that may be of one speaker, to those that the layout alone
    tells, to stage directions that stand where speakers do, and to dashes that may be voices."""
    seen = Counter(
        label.speaker
        for before, label in zip([None, *labels], labels, strict=False)
        if label and label.speaker and not (before and before.style == label.style == "stacked")
    )
    told = []
    odd = [speaker for speaker in seen if not speaker_names.could_be_name(speaker)]
    if odd:
        told.append(Message("sources.speakers_by_turns", file=file, speakers=odd, n=len(odd)))
    once = [speaker for speaker, times in seen.items() if times == 1]
    if once and max(seen.values()) >= _FEW:
        told.append(Message("sources.speaks_once", file=file, speakers=once, n=len(once)))
    told += [
        Message("sources.speakers_alike", file=file, speakers=group)
        for group in speaker_names.alike(seen)
    ]
    by_layout = list(
        dict.fromkeys(
            label.speaker
            for label in labels
            if label and label.speaker and label.style in _BY_LAYOUT
        )
    )
    if by_layout:
        told.append(Message("sources.speakers_by_layout", file=file, speakers=by_layout))
    voices = sum(label is not None and label.speaker is None for label in labels)
    if voices:
        told.append(Message("sources.voices_unnamed", file=file, n=voices))
    told += [
        Message("sources.taken_for_direction", file=file, name=name, n=n)
        for name, n in _directions(lines, labels).items()
    ]
    dashed = sum(_DASH.match(line) is not None for line in lines)
    if not any(labels) and dashed >= _FEW:
        told.append(Message("sources.dashes_no_voices", file=file, n=dashed))
    return told


def _directions(lines: Sequence[str], labels: Sequence[Label | None]) -> dict[str, int]:
    """Return what stands again in brackets before words, as the speakers of the document do, and is
    no speaker: a person may be called Stille or Rit."""
    if not any(label and label.style in _IN_BRACKETS for label in labels):
        return {}
    begins = (_MARKED.match(line) for line, label in zip(lines, labels, strict=True) if not label)
    found = Counter(match["inside"].strip() for match in begins if match and match["inside"])
    return {name: n for name, n in found.items() if n > 1 and stage_directions.is_direction(name)}


def warnings(lines: Sequence[str], labels: Sequence[Label | None], *, file: str) -> list[Message]:
    """Point to what may have the wrong speaker: labels that may be points of an answer, and lines
    that begin like a label and were read as words.

    Parameters
    ----------
    lines, labels : sequence
        Of the part of a document in which somebody says something, from the first label on.
    file : str
    """
    told = []
    doubtful = speaker_turns.doubtful(lines, labels)
    if doubtful:
        told.append(
            Message("sources.speakers_doubtful", file=file, speakers=doubtful, n=len(doubtful))
        )
    other = _other_marks(labels)
    if other:
        n = sum(other.values())
        told.append(Message("sources.labels_by_another_mark", file=file, speakers=[*other], n=n))
    known = {label.speaker for label in labels if label and label.speaker}
    for name, (n, said_by) in _like_labels(lines, labels, known).items():
        speakers = [speaker for speaker in dict.fromkeys(said_by) if speaker]
        told.append(
            Message("sources.label_not_taken", file=file, name=name, n=n, speakers=speakers)
        )
    return told


def _other_marks(labels: Sequence[Label | None]) -> Counter[str]:
    """Return who has labels in another style than most of the document, and how many."""
    styles = Counter(label.style for label in labels if label and label.speaker)
    usual = max(styles, key=styles.__getitem__, default="")
    return Counter(
        label.speaker for label in labels if label and label.speaker and label.style != usual
    )


def _like_labels(
    lines: Sequence[str], labels: Sequence[Label | None], known: Collection[str]
) -> dict[str, tuple[int, list[str | None]]]:
    """Return what lines that are words begin with, how many do, and whose words they are: a known
    name with another mark, and what stands before a colon again, or once where somebody asked."""
    found: dict[str, list[str | None]] = {}
    sure: set[str] = set()
    speaker, before = None, ""
    for line, label in zip(lines, labels, strict=True):
        if label:
            speaker = label.speaker
        elif known and line.strip():
            marked, begins = _MARKED.match(line), _BEGINS.match(line)
            name = (marked["inside"] or marked["name"]).strip() if marked else ""
            if name in known:
                sure.add(name)
            else:
                name = begins["name"].strip() if begins else ""
                if not speaker_names.could_be_odd_name(name):
                    name = ""
                elif speaker_turns.asks(before) and len(name.split()) <= _FEW:
                    sure.add(name)
            if name:
                found.setdefault(name, []).append(speaker)
        before = line if line.strip() else before
    return {
        name: (len(said_by), said_by)
        for name, said_by in found.items()
        if name in sure or len(said_by) > 1
    }
