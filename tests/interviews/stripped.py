"""The sample's interviews as they would be had nobody written down who speaks."""

from __future__ import annotations

import re
from pathlib import Path

import docx
import pandas as pd

from cxlib import sources
from cxlib.sources import speakers


def strip(sample: Path, to: Path, *, only: tuple[str, ...] = ()) -> Path:
    """Write the sample's transcripts without labels (of all, or of the files named), and codings
    whose offsets are those of the same words; return the folder."""
    to.mkdir()
    for path in sorted(sample.iterdir()):
        if path.suffix == ".docx":
            _write_docx(path, to / path.name, bare=not only or path.name in only)
        elif path.suffix in (".txt", ".md", ".vtt", ".srt"):
            text = path.read_text(encoding="utf-8")
            bare = not only or path.name in only
            (to / path.name).write_text(_without(text) if bare else text, encoding="utf-8")
        elif path.suffix in (".yaml", ".csv") and path.name != "codings.csv":
            (to / path.name).write_bytes(path.read_bytes())
    _moved(sample, to).to_csv(to / "codings.csv", index=False)
    return to


def _without(text: str) -> str:
    lines = re.sub(r"</?v[^>]*>", "", text).split("\n")
    labels = speakers.labels(lines)
    return "\n".join(
        line[label.start :] if label else line for line, label in zip(lines, labels, strict=True)
    )


def _write_docx(path: Path, to: Path, *, bare: bool) -> None:
    lines = [paragraph.text for paragraph in docx.Document(str(path)).paragraphs]
    written = docx.Document()
    for line in _without("\n".join(lines)).split("\n") if bare else lines:
        written.add_paragraph(line)
    written.save(str(to))


def _moved(sample: Path, to: Path) -> pd.DataFrame:
    before, after = sources.read_transcripts(sample), sources.read_transcripts(to)
    texts = [found.documents.set_index("document")["text"] for found in (before, after)]
    codings = pd.read_csv(sample / "codings.csv", keep_default_na=False)
    shift: dict[tuple[str, int], int] = {}
    place: dict[str, int] = {}
    for turn in before.turns.itertuples():
        words = texts[0][turn.document][turn.start : turn.end]
        place[turn.document] = texts[1][turn.document].index(words, place.get(turn.document, 0))
        shift |= {
            (turn.document, at): place[turn.document] - turn.start
            for at in range(turn.start, turn.end + 1)
        }
        place[turn.document] += len(words)
    moved = codings[["document", "start", "end"]].apply(
        lambda row: pd.Series(
            [
                row["start"] + shift[row["document"], row["start"]],
                row["end"] + shift[row["document"], row["end"]],
            ]
        ),
        axis=1,
    )
    return codings.assign(start=moved[0], end=moved[1])
