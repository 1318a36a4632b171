"""A folder of transcripts -> their texts, and who said what from where to where in them."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cxlib.errors import EmptyDataError, SourceError
from cxlib.rows.periods import natural_order
from cxlib.shown.message import Message
from cxlib.sources import cues, decoding, speakers, word

FORMATS = ("docx", "md", "srt", "txt", "vtt")
_COMPANIONS = (
    ".csv",
    ".json",
    ".parquet",
    ".toml",
    ".tsv",
    ".xlsx",
    ".yaml",
    ".yml",
)  # codebook, cases, codings
_DOCUMENT = ("document", "format", "text", "characters", "sha256")
_TURN = ("document", "turn", "speaker", "start", "end", "started_seconds", "ended_seconds")
_Row = tuple[str, int, str | None, int, int, float | None, float | None]
_GAP = 2.0  # seconds; cues of one speaker that are closer are one turn
_MD_HEADING = re.compile(r" {0,3}#{1,6}(\s|$)")
_LINE = re.compile(r"([^\r\n]*)(\r\n|\n|\r|$)")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Transcripts:
    """Interviews as text and turns.

    Attributes
    ----------
    documents : pandas.DataFrame
        One row a file, in the order of their names (interview_2 before interview_10): `document`
        (file name), `format`, `text`, `characters` (code points of `text`), `sha256` (of the file's
        bytes, as `sha256sum` prints it).
    turns : pandas.DataFrame
        One row a turn, in order: `document`, `turn` (from 0), `speaker` (None where unknown),
        `start` and `end` (code points into `text`, half-open: what was said is `text[start:end]`),
        `started_seconds` and `ended_seconds` (missing where unknown). Turns do not overlap.
    notes : tuple of Message
        What was read and how, and what to look at.
    """

    documents: pd.DataFrame
    turns: pd.DataFrame
    notes: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class _Turn:
    speaker: str | None
    start: int
    end: int
    started: float | None = None
    ended: float | None = None


@dataclass(frozen=True, slots=True)
class _Line:
    """Where the words of a line lie in the text, and what begins with it."""

    start: int
    end: int
    label: speakers.Label | None = None
    silent: bool = False  # a heading: in the text, but nobody says it


@dataclass(frozen=True, slots=True)
class _Read:
    text: str
    turns: list[_Turn]
    notes: list[Message]


def read_transcripts(folder: str | Path) -> Transcripts:
    """Read every transcript of a folder (not of the folders in it): vtt, srt, txt, md, docx.

    Parameters
    ----------
    folder : str or Path

    Returns
    -------
    Transcripts

    Raises
    ------
    SourceError
        If the folder is absent or holds no transcript, or a file is not what its suffix says, is in
        no encoding that can be told, or is a docx with tracked changes that are neither accepted
        nor rejected.
    EmptyDataError
        If a transcript holds no words.

    Notes
    -----
    Text is never normalised, so offsets into it hold as long as the file does. What `text` is:

    - txt, md: the file as it is, with its line ends and labels, without a byte order mark. A turn
      begins after its label and ends before the next label, without outer white space.
    - vtt, srt: the words of each cue and voice, joined by a line feed; no time stamps, tags, ids,
      notes or labels; WebVTT entities are resolved.
    - docx: the lines of each paragraph and table row (cells joined by a tab), joined by a line
      feed; no labels, no empty lines.

    A turn in vtt and srt is made of the cues of one speaker that follow each other at most 2 s
    apart. Where `Name: text` is used in cues, a cue without a name goes on with the one before. In
    txt, md and docx each label begins a turn. Words before the first label, or in a document
    without labels (field notes), are turns of an unknown speaker, one a paragraph; headings (md
    headings, `Date: …`, docx headings) are in no turn. How a label is told from a sentence:
    `cxlib.sources.speakers.labels`. Encodings: `cxlib.sources.decoding.decode`. Files named README
    are passed over."""
    folder = Path(folder)
    if not folder.is_dir():
        raise SourceError(
            f"folder={folder.as_posix()!r} is no folder; give the folder that holds the transcripts"
        )
    paths, notes = _found(folder)
    documents: list[tuple[str, str, str, int, str]] = []
    turns: list[_Row] = []
    for path in paths:
        data = decoding.read_bytes(path)
        read = _read(path, data)
        if not read.turns:
            raise EmptyDataError(
                f"{path.name!r} holds no words; export it again, or take it out of the folder"
            )
        documents.append(
            (path.name, _format(path), read.text, len(read.text), hashlib.sha256(data).hexdigest())
        )
        turns += [
            (path.name, number, turn.speaker, turn.start, turn.end, turn.started, turn.ended)
            for number, turn in enumerate(read.turns)
        ]
        notes += read.notes
    read_all = Message("sources.transcripts_read", documents=len(documents), turns=len(turns))
    return Transcripts(
        documents=pd.DataFrame(documents, columns=list(_DOCUMENT)),
        turns=_turn_frame(turns),
        notes=(read_all, *notes),
    )


def _turn_frame(turns: list[_Row]) -> pd.DataFrame:
    frame = pd.DataFrame(turns, columns=list(_TURN))
    return frame.astype({"started_seconds": float, "ended_seconds": float}).assign(
        speaker=pd.Series([turn[2] for turn in turns], dtype=object)  # None stays None
    )


def _format(path: Path) -> str:
    return path.suffix.lower().removeprefix(".")


def _in_order(folder: Path) -> list[Path]:
    """Return what a folder holds by name, interview_2 before interview_10."""
    paths = {path.name: path for path in folder.iterdir()}
    return [paths[name] for name in natural_order(paths)]


def _found(folder: Path) -> tuple[list[Path], list[Message]]:
    visible = [path for path in _in_order(folder) if not path.name.startswith((".", "~$"))]
    files = [path for path in visible if path.is_file() and path.stem.casefold() != "readme"]
    paths = [path for path in files if _format(path) in FORMATS]
    if not paths:
        raise SourceError(
            f"folder={folder.as_posix()!r} holds no transcript ({', '.join(FORMATS)}); "
            f"it holds {', '.join(path.name for path in visible[:5]) or 'nothing'}"
        )
    notes = []
    unknown = [
        path.name for path in files if path not in paths and path.suffix.lower() not in _COMPANIONS
    ]
    if unknown:
        notes.append(Message("sources.not_transcripts", formats=FORMATS, names=unknown))
    folders = [path.name for path in visible if path.is_dir()]
    if folders:
        notes.append(Message("sources.folders_not_read", names=folders))
    stems = Counter(path.stem for path in paths)
    twice = [path.name for path in paths if stems[path.stem] > 1]
    if twice:
        notes.append(Message("sources.one_name_in_several_formats", names=twice))
    return paths, notes


def _read(path: Path, data: bytes) -> _Read:
    kind = _format(path)
    if kind == "docx":
        return _from_docx(path, data)
    decoded = decoding.decode(data, name=path.name)
    read = (
        _from_text(decoded.text, path.name, kind)
        if kind in ("txt", "md")
        else _from_cues(decoded.text, path.name, kind)
    )
    return _Read(read.text, read.turns, [decoded.note, *read.notes] if decoded.note else read.notes)


def _from_cues(text: str, name: str, markup: str) -> _Read:
    pieces = cues.parse(text, name=name, markup=markup)
    if any(piece.voice for piece in pieces):
        said = [(piece.voice, piece.words, piece) for piece in pieces]
        notes: list[Message] = []
    else:  # no voice tags: names stand before the words, or nowhere
        said, notes = _labelled(pieces, name)
    backwards = sum(piece.ended < piece.started for piece in pieces)
    if backwards:
        notes.append(Message("sources.cues_end_before_they_start", file=name, n=backwards))
    return _Read("\n".join(words for _, words, _ in said), _cue_turns(said), notes)


def _cue_turns(said: Iterable[tuple[str | None, str, cues.Piece]]) -> list[_Turn]:
    """Make turns of cues: those of one speaker that follow each other closely are one."""
    turns: list[_Turn] = []
    position, before = 0, None
    for speaker, words, piece in said:
        start, end = position, position + len(words)
        position = end + 1
        started, ended = piece.started, piece.ended
        if before and turns[-1].speaker == speaker and started - before[1] <= _GAP:
            start, started, ended = turns.pop().start, before[0], max(before[1], ended)
        turns.append(_Turn(speaker, start, end, started, ended))
        before = started, ended
    return turns


def _labelled(
    pieces: Iterable[cues.Piece], name: str
) -> tuple[list[tuple[str | None, str, cues.Piece]], list[Message]]:
    """Take `Name: text` apart in cues; a line without a name goes on with the speaker before."""
    lines = [(line, piece) for piece in pieces for line in cues.lines_of(piece.words)]
    labels = speakers.labels([line for line, _ in lines])
    said: list[tuple[str | None, str, cues.Piece]] = []
    speaker = None
    for (line, piece), label in zip(lines, labels, strict=True):
        words = line[label.start :].strip() if label else line
        speaker = label.speaker if label else speaker
        if said and not label and said[-1][0] == speaker and said[-1][2] is piece:
            said[-1] = speaker, f"{said[-1][1]}\n{words}", piece
        elif words:
            said.append((speaker, words, piece))
    return said, _once(labels, name)


def _once(labels: Iterable[speakers.Label | None], name: str) -> list[Message]:
    """Point to labels seen once where others come again: they may be the beginning of a
    sentence."""
    seen = Counter(label.speaker for label in labels if label)
    once = [speaker for speaker, times in seen.items() if times == 1]
    if not once or max(seen.values()) < 3:
        return []
    return [Message("sources.speaks_once", file=name, speakers=once, n=len(once))]


def _from_text(text: str, name: str, kind: str) -> _Read:
    matches = [match for match in _LINE.finditer(text) if match.group()]
    lines = [match.group(1) for match in matches]
    labels = speakers.labels(lines)
    silent = _silent(lines, labels, markdown=kind == "md")
    read = [
        _Line(match.start(1), match.end(1), label, quiet)
        for match, label, quiet in zip(matches, labels, silent, strict=True)
    ]
    return _Read(text, _turns(text, read), _once(labels, name))


def _silent(
    lines: Sequence[str], labels: Sequence[speakers.Label | None], *, markdown: bool
) -> list[bool]:
    """Say of each line whether it is a heading: front matter and headings of markdown, `Date: …`
    before the first label."""
    first = next((number for number, label in enumerate(labels) if label), len(lines))
    silent = [number < first and speakers.is_heading(line) for number, line in enumerate(lines)]
    if markdown:
        silent = [
            quiet or _MD_HEADING.match(line) is not None
            for quiet, line in zip(silent, lines, strict=True)
        ]
        if lines and lines[0].rstrip() == "---":
            close = next(
                (
                    number
                    for number, line in enumerate(lines[1:], start=1)
                    if line.rstrip() in ("---", "...")
                ),
                None,
            )
            if close is not None:
                silent[: close + 1] = [True] * (close + 1)
    return silent


def _turns(text: str, lines: Iterable[_Line]) -> list[_Turn]:
    turns: list[_Turn] = []
    speaker, started, start, end = None, None, None, 0

    def close() -> None:
        if start is not None:
            turns.append(_Turn(speaker, start, end, started))

    for line in lines:
        label = None if line.silent else line.label
        words = text[line.start + (label.start if label else 0) : line.end]
        blank = not words.strip()
        if line.silent or label or (blank and speaker is None):
            close()
            speaker, started = (label.speaker, label.seconds) if label else (None, None)
            start = None
        if not blank and not line.silent:
            if start is None:
                start = line.end - len(words.lstrip())
            end = line.end - len(words) + len(words.rstrip())
    close()
    return turns


def _from_docx(path: Path, data: bytes) -> _Read:
    given = word.lines(data, name=path.name)
    labels = speakers.labels([line for line, _ in given])
    parts: list[str] = []
    lines: list[_Line] = []
    position = 0
    for (line, heading), label in zip(given, labels, strict=True):
        words = line[label.start :].strip() if label else line.strip()
        # the label is taken out of the text, so the words begin where the line does
        taken = speakers.Label(label.speaker, 0, label.style, label.seconds) if label else None
        lines.append(_Line(position, position + len(words), taken, heading and not label))
        if words:
            parts.append(words)
            position += len(words) + 1
    first = next((number for number, label in enumerate(labels) if label), len(lines))
    lines = [
        _Line(
            line.start,
            line.end,
            line.label,
            line.silent or (number < first and speakers.is_heading(raw)),
        )
        for number, (line, (raw, _)) in enumerate(zip(lines, given, strict=True))
    ]
    text = "\n".join(parts)
    return _Read(text, _turns(text, lines), _once(labels, path.name))
