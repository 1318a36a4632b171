"""A cue file (vtt, srt, or Whisper's times in brackets) -> its words, turns and cues."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from cxlib.shown.message import Message
from cxlib.sources import cue_dashes, cues, rolling, speaker_notes, speakers, whisper
from cxlib.sources.spoken import Cue, Spoken, Turn

_FEW = 4  # cues; names above the words of fewer are not told from words
_GAP = 2.0  # seconds; cues of one speaker that are closer are one turn


class _Said(NamedTuple):
    speaker: str | None
    words: str
    piece: cues.Piece
    anew: bool = False  # another voice than before, whoever it is


def read_captions(text: str, *, name: str, markup: str) -> Spoken:
    """Read a vtt or srt file.

    Parameters
    ----------
    text : str
        The decoded file.
    name : str
        The file's name, for messages.
    markup : {"vtt", "srt"}

    Returns
    -------
    Spoken
        Its text is what each voice says in each cue, joined by a line feed. A turn is made of the
        cues of one speaker that follow each other at most 2 s apart; a dialogue dash begins one.

    Raises
    ------
    SourceError
        If it has no cue, or a line with an arrow has no valid time stamps.
    """
    markup = "vtt" if text.startswith("WEBVTT") else markup
    return _spoken(cues.parse(text, name=name, markup=markup), name)


def read_timed_lines(text: str, *, name: str) -> Spoken | None:
    """Read a text that is a cue file all the same, by its content; None where it is none.

    That is one that begins like vtt or srt, and one whose lines begin with times in brackets, as
    Whisper prints them. The note says which.
    """
    if "-->" in text and (before := _before_arrows(text)) is not None:
        read = read_captions(text.lstrip(), name=name, markup="srt")
        read = _noted(read, Message("sources.cues_in_text", file=name, n=len(read.cues)))
        return (
            _noted(read, Message("sources.before_first_cue", file=name, n=before))
            if before
            else read
        )
    found = whisper.segments(text)
    if found is None:
        return None
    pieces, before = found
    read = _spoken(pieces, name)
    read = _noted(read, Message("sources.timed_lines", file=name, n=len(read.cues)))
    if not before:
        return read
    return _noted(read, Message("sources.before_first_cue", file=name, n=before))


def _before_arrows(text: str) -> int | None:
    """Return how many lines with words stand before the first line of nothing but times, its id
    and the header of WebVTT not counted; None where no two such lines, or a first one, make a file
    of cues."""
    lines = [line for line in cues.lines_of(text) if line.strip()]
    arrows = [n for n, line in enumerate(lines) if "-->" in line and cues.ARROW.fullmatch(line)]
    if not arrows or (len(arrows) == 1 and arrows[0] > 1):
        return None
    if lines[0].startswith("WEBVTT"):
        return 0
    first = arrows[0]
    return first - 1 if first and lines[first - 1].strip().isdigit() else first


def _noted(read: Spoken, note: Message) -> Spoken:
    return replace(read, notes=[*read.notes, note])


def _spoken(shown: Sequence[cues.Piece], name: str) -> Spoken:
    unrolled = rolling.unroll(_named_above(shown))
    pieces = unrolled.pieces
    if any(piece.voice for piece in pieces):
        said = [_Said(piece.voice, piece.words, piece) for piece in pieces]
        notes: list[Message] = []
        warnings: list[Message] = []
    else:  # no voice tags: names stand before the words, or nowhere
        said, notes, warnings = _labelled(pieces, name)
    if unrolled.repeated:
        notes.append(Message("sources.rolling_captions", file=name, n=unrolled.repeated))
    if unrolled.doubtful:
        notes.append(Message("sources.cues_repeat", file=name, n=unrolled.doubtful))
    backwards = sum(piece.ended < piece.started for piece in pieces)
    if backwards:
        notes.append(Message("sources.cues_end_before_they_start", file=name, n=backwards))
    text = "\n".join(one.words for one in said)
    turns, found = _placed(said)
    return Spoken(text, turns, notes, found, warnings=warnings)


def _named_above(pieces: Sequence[cues.Piece]) -> Sequence[cues.Piece]:
    """Take the first line of each cue for its voice, as in Teams' older exports, where all first
    lines could be names and at most half of them are new."""
    lines = [piece.words.partition("\n") for piece in pieces]
    names = Counter(name.strip() for name, _, words in lines if words and name.strip())
    if len(pieces) < _FEW or names.total() < len(pieces) or 2 * len(names) > len(pieces):
        return pieces
    if any(piece.voice for piece in pieces) or not all(map(_could_be_name, names)):
        return pieces
    return [
        piece._replace(voice=name.strip(), words=words.strip())
        for piece, (name, _, words) in zip(pieces, lines, strict=True)
    ]


def _could_be_name(line: str) -> bool:
    return speakers.could_be_name(line) and not line[0].islower()


def _placed(said: Iterable[_Said]) -> tuple[list[Turn], list[Cue]]:
    """Make turns and cues of what was said: cues of one speaker that follow each other closely are
    one turn."""
    turns: list[Turn] = []
    shown: list[Cue] = []
    position, before, cue = 0, None, None
    for speaker, words, piece, anew in said:
        start, end = position, position + len(words)
        position = end + 1
        started, ended = piece.started, piece.ended
        if cue == piece.cue:
            shown[-1] = Cue(shown[-1].start, end, started, max(ended, shown[-1].ended))
        else:
            shown.append(Cue(start, end, started, ended))
        cue = piece.cue
        close = before is not None and started - before[1] <= _GAP
        if before and close and not anew and turns[-1].speaker == speaker:
            start, started, ended = turns.pop().start, before[0], max(before[1], ended)
        turns.append(Turn(speaker, start, end, started, ended))
        before = started, ended
    return turns, shown


def _labelled(
    pieces: Iterable[cues.Piece], name: str
) -> tuple[list[_Said], list[Message], list[Message]]:
    """Take `Name: text` apart in cues; a line without a name goes on with the speaker before."""
    lines = [(line, piece) for piece in pieces for line in cues.lines_of(piece.words)]
    dashed = cue_dashes.new_voices(lines)
    words_of = [line for line, _ in dashed]
    labels = speakers.labels(words_of, in_cues=True)
    said: list[_Said] = []
    speaker = None
    for (line, anew), (_, piece), label in zip(dashed, lines, labels, strict=True):
        words = line[label.start :].strip() if label else line
        anew = anew or (label is not None and label.speaker is None)  # `>>`
        speaker = label.speaker if label else None if anew else speaker
        before = said[-1] if said else None
        goes_on = before is not None and not label and not anew
        if before and goes_on and before.speaker == speaker and before.piece is piece:
            said[-1] = before._replace(words=f"{before.words}\n{words}")
        elif words:
            said.append(_Said(speaker, words, piece, anew))
    notes = speaker_notes.notes(words_of, labels, file=name)
    return said, notes, speaker_notes.warnings(words_of, labels, file=name)
