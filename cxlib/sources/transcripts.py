"""A folder of transcripts -> their texts, and who said what from where to where in them."""

from __future__ import annotations

import gc
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.errors import EmptyDataError, SourceError
from cxlib.rows.periods import natural_order
from cxlib.shown.message import Message
from cxlib.sources import (
    captions,
    clocks,
    decoding,
    front_matter,
    open_document,
    pdf,
    rich_text,
    speaker_notes,
    speakers,
    time_lines,
    transcript_kinds,
    word,
)
from cxlib.sources.spoken import Cue
from cxlib.sources.spoken import Spoken as _Read
from cxlib.sources.spoken import Turn as _Turn

FORMATS = transcript_kinds.FORMATS
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
_DOCUMENT = ("document", "format", "text", "characters", "sha256", "front_matter")
_TURN = ("document", "turn", "speaker", "start", "end", "started_seconds", "ended_seconds")
_CUE = ("document", "cue", "start", "end", "started_seconds", "ended_seconds")
_LINE = re.compile(r"([^\r\n]*)(\r\n|\n|\r|$)")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Transcripts:
    """Interviews as text and turns.

    Attributes
    ----------
    documents : pandas.DataFrame
        One row a file, in the order of their names (interview_2 before interview_10): `document`
        (file name), `format`, `text`, `characters` (code points of `text`), `sha256` (of the file's
        bytes, as `sha256sum` prints it), `front_matter` (lines before the first label that nobody
        says, empty ones not counted).
    turns : pandas.DataFrame
        One row a turn, in order: `document`, `turn` (from 0), `speaker` (None where unknown),
        `start` and `end` (code points into `text`, half-open: what was said is `text[start:end]`),
        `started_seconds` and `ended_seconds` (missing where unknown). Turns do not overlap.
    cues : pandas.DataFrame
        One row a cue of a cue file, in order: `document`, `cue` (from 0), `start`, `end` (as
        above), `started_seconds`, `ended_seconds`. None for other files. Cues do not overlap in
        `text`; one may hold words of two turns, and a turn many cues.
    notes : tuple of Message
        What was read and how, and what to look at.
    warnings : tuple of Message
        Where words may be counted as those of somebody else.
    """

    documents: pd.DataFrame
    turns: pd.DataFrame
    notes: tuple[Message, ...]
    cues: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(_CUE)))
    warnings: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    """Where the words of a line lie in the text, and what begins with it."""

    start: int
    end: int
    label: speakers.Label | None = None
    silent: bool = False  # a heading: in the text, but nobody says it
    time: time_lines.Time | None = None


def read_transcripts(folder: str | Path) -> Transcripts:
    """Read every transcript of a folder: vtt, srt, txt, md, docx, odt, rtf, pdf.

    The folders in it are not read.

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
        no encoding that can be told, or has tracked changes that are neither accepted nor rejected;
        if there is a document of a kind that is not read (.doc, .hwp), or JSON, HTML or XML under
        the suffix of a transcript, or a PDF without a text layer.
    EmptyDataError
        If a transcript holds no words.

    Notes
    -----
    Text is never normalised, so offsets into it hold as long as the file does. What `text` is:

    - txt, md: the file as it is, with its line ends and labels, without a byte order mark. A turn
      begins after its label and ends before the next label, without outer white space.
    - vtt, srt, and txt or md in which Whisper's times in brackets stand before the words: the words
      of each cue and voice, joined by a line feed; no time stamps, tags, ids, notes, labels or
      dialogue dashes; WebVTT entities are resolved. Captions that roll up, as YouTube's do, have
      each word once.
    - docx, odt, rtf: the lines of each paragraph and table row (cells joined by a tab), joined by a
      line feed; no labels, no empty lines. pdf: its lines as they are printed, likewise.

    A turn in vtt and srt is made of the cues of one speaker that follow each other at most 2 s
    apart. Where `Name: text` is used in cues, a cue without a name goes on with the one before;
    where a cue has two dialogue dashes, each dash of the file begins a turn of somebody unnamed.
    The head before the first label, headings of md and docx, and what follows the mark of the end
    are in no turn, and told (`cxlib.sources.front_matter.leave_out`); words before the first label
    that read like something said, or in a document without labels (field notes), are turns of an
    unknown speaker, one a paragraph. How a label is told from a sentence:
    `cxlib.sources.speakers.labels`. Encodings: `cxlib.sources.decoding.decode`. Files named README
    are passed over."""
    folder = Path(folder)
    if not folder.is_dir():
        raise SourceError(
            f"folder={folder.as_posix()!r} is no folder; give the folder that holds the transcripts"
        )
    paths, notes = _found(folder)
    documents: list[tuple[str, str, str, int, str, int]] = []
    speakers_of: list[str | None] = []
    turns: list[NDArray] = []
    cues: list[NDArray] = []
    warnings: list[Message] = []
    with no_search_for_garbage():
        for path in paths:
            data = decoding.read_bytes(path)
            read = _read(path, data)
            if not read.turns:
                raise EmptyDataError(
                    f"{path.name!r} holds no words; export it again, or take it out of the folder"
                )
            text, kind, digest = read.text, _format(path), hashlib.sha256(data).hexdigest()
            documents.append((path.name, kind, text, len(text), digest, read.front_matter))
            speakers_of += [turn.speaker for turn in read.turns]
            turns.append(_places(read.turns))
            cues.append(_places(read.cues))
            notes += read.notes
            warnings += read.warnings
    read_all = Message("sources.transcripts_read", documents=len(documents), turns=len(speakers_of))
    names = [name for name, *_ in documents]
    said_by = pd.Series(speakers_of, dtype=object)  # None stays None
    return Transcripts(
        documents=pd.DataFrame(documents, columns=list(_DOCUMENT)),
        turns=_frame(names, turns, "turn").assign(speaker=said_by)[list(_TURN)],
        cues=_frame(names, cues, "cue"),
        notes=(read_all, *notes),
        warnings=tuple(warnings),
    )


@contextmanager
def no_search_for_garbage() -> Iterator[None]:
    """Keep Python from searching its whole memory, again and again, for cycles among many small
    objects that have none: a quarter of the time of reading."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _places(spans: Sequence[_Turn | Cue]) -> NDArray:
    """Return start, end, started and ended of the turns or cues of one file; no objects stay."""
    return np.array([span[-4:] for span in spans], dtype=float).reshape(-1, 4)


def _frame(names: Sequence[str], places: Sequence[NDArray], number: str) -> pd.DataFrame:
    every = np.concatenate(places)
    counts = [len(rows) for rows in places]
    return pd.DataFrame(
        {
            "document": pd.array(list(names), dtype="str").repeat(counts),
            number: np.concatenate([np.arange(n) for n in counts]),
            "start": every[:, 0].astype(np.int64),
            "end": every[:, 1].astype(np.int64),
            "started_seconds": every[:, 2],
            "ended_seconds": every[:, 3],
        }
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
    transcript_kinds.refuse_documents(files)
    paths = [path for path in files if _format(path) in FORMATS]
    if not paths:
        raise SourceError(
            f"folder={folder.as_posix()!r} holds no transcript ({', '.join(FORMATS)}); "
            f"it holds {', '.join(path.name for path in visible[:5]) or 'nothing'}"
            f"{transcript_kinds.how_to_export(files)}"
        )
    notes = []
    unknown = [
        path.name for path in files if path not in paths and path.suffix.lower() not in _COMPANIONS
    ]
    if unknown:
        notes.append(Message("sources.not_transcripts", formats=FORMATS, names=unknown))
    for_programs = transcript_kinds.passed_over(files)
    if for_programs:
        notes.append(Message("sources.transcripts_for_programs", names=for_programs))
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
    transcript_kinds.refuse_bytes(data, name=path.name, suffix=kind)
    if kind not in transcript_kinds.TEXTS:
        return _from_document(path, data)
    decoded = decoding.decode(data, name=path.name)
    read = _from_decoded(decoded.text, path.name, kind)
    return replace(read, notes=[decoded.note, *read.notes]) if decoded.note else read


def _from_decoded(text: str, name: str, kind: str) -> _Read:
    transcript_kinds.refuse_markup(text, name=name, suffix=kind)
    if kind in ("vtt", "srt"):
        return captions.read_captions(text, name=name, markup=kind)
    return captions.read_timed_lines(text, name=name) or _from_text(text, name, kind)


def _from_text(text: str, name: str, kind: str) -> _Read:
    matches = [match for match in _LINE.finditer(text) if match.group()]
    lines = [match.group(1) for match in matches]
    labels = speakers.labels(lines, markdown=kind == "md")
    left = front_matter.leave_out(lines, labels, markdown=kind == "md")
    read = [
        _Line(match.start(1), match.end(1), label, quiet, time)
        for match, label, quiet, time in zip(
            matches, labels, left.silent, time_lines.times(lines, labels), strict=True
        )
    ]
    told = _told(lines, labels, left, name)
    doubts = _doubts(lines, labels, left, name)
    return _Read(text, _turns(text, read), told, (), len(left.front), doubts)


def _told(
    lines: Sequence[str],
    labels: Sequence[speakers.Label | None],
    left: front_matter.LeftOut,
    name: str,
) -> list[Message]:
    """Tell what was left out, and what to look at in the labels of the rest."""
    spoken = [None if quiet else label for label, quiet in zip(labels, left.silent, strict=True)]
    return [*left.notes(lines, file=name), *speaker_notes.notes(lines, spoken, file=name)]


def _doubts(
    lines: Sequence[str],
    labels: Sequence[speakers.Label | None],
    left: front_matter.LeftOut,
    name: str,
) -> list[Message]:
    """Point to what may have the wrong speaker, in the lines that somebody says."""
    said = [n for n, quiet in enumerate(left.silent) if not quiet]
    return speaker_notes.warnings([lines[n] for n in said], [labels[n] for n in said], file=name)


def _turns(text: str, lines: Iterable[_Line]) -> list[_Turn]:
    turns: list[_Turn] = []
    speaker, started, start, end = None, None, None, 0

    def close() -> None:
        words = "" if start is None else clocks.without_last(text[start:end])
        if start is not None and words:
            turns.append(_Turn(speaker, start, start + len(words), started))

    for line in lines:
        label, time = (None, None) if line.silent else (line.label, line.time)
        words = text[line.start + (time.stop if time else label.start if label else 0) : line.end]
        blank = not words.strip()
        if time and not label:  # of the same speaker, without the time among the words
            close()
            start = None
            if speaker is not None and (time.alone or started is None):
                started = time.seconds
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


def _from_document(path: Path, data: bytes) -> _Read:
    given, notes = _lines_of(path, data)
    raw = [line for line, _ in given]
    labels = speakers.labels(raw)
    headings = {number for number, (_, heading) in enumerate(given) if heading}
    left = front_matter.leave_out(raw, labels, headings=headings)
    parts: list[str] = []
    lines: list[_Line] = []
    position = 0
    times = time_lines.times(raw, labels)
    for line, label, quiet, time in zip(raw, labels, left.silent, times, strict=True):
        rest = line[0 if quiet or not label else label.start :]
        words = rest.strip()
        # the label is taken out of the text, so the words begin where the line does
        taken = replace(label, start=0) if label else None
        before = len(line) - len(rest.lstrip())
        moved = time and time._replace(stop=min(max(time.stop - before, 0), len(words)))
        lines.append(_Line(position, position + len(words), taken, quiet, moved))
        if words:
            parts.append(words)
            position += len(words) + 1
    text = "\n".join(parts)
    told = [*notes, *_told(raw, labels, left, path.name)]
    doubts = _doubts(raw, labels, left, path.name)
    return _Read(text, _turns(text, lines), told, (), len(left.front), doubts)


def _lines_of(path: Path, data: bytes) -> tuple[list[tuple[str, bool]], list[Message]]:
    kind = _format(path)
    if kind == "pdf":
        return pdf.lines(data, name=path.name)
    reader = {"docx": word, "odt": open_document, "rtf": rich_text}[kind]
    return reader.lines(data, name=path.name), []
