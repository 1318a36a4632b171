"""Texts that nobody spoke (tickets, open answers, notes in folders) -> documents."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from cxlib import check
from cxlib.errors import ColumnError, EmptyDataError, SourceError
from cxlib.rows.periods import natural_order
from cxlib.shown.message import Message
from cxlib.sources.surveys import read_list
from cxlib.sources.table_names import is_columnar, table_of
from cxlib.sources.transcripts import FORMATS, Transcripts, read_transcripts

MOST = 100_000  # rows of a table of a database
IDS = ("document", "id")  # columns that name a text, the first that is there
_OF_A_FOLDER = "sources.transcripts_read"
_PASSED_OVER = "sources.folders_not_read"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WrittenTexts:
    """The texts of a table.

    Attributes
    ----------
    found : Transcripts
        A document a row, with one turn of nobody.
    rows : pandas.DataFrame
        `document` and the other columns of the table, one row a document.
    warnings : tuple of Message
        What the reader of the table found that may be wrong.
    """

    found: Transcripts
    rows: pd.DataFrame
    warnings: tuple[Message, ...] = ()


def read_texts(path: str | Path, *, text_column: str) -> WrittenTexts:
    """Read a table of support tickets, open answers or other texts: one row a document.

    Parameters
    ----------
    path : str or Path
        CSV, TSV or XLSX, or a table of a database (at most 100,000 rows), with the column
        `document` or `id`, which names each text.
    text_column : str
        The column with the texts. They are kept as they are written.

    Returns
    -------
    WrittenTexts
        Rows without words are left out and counted in the notes. `sha256` is that of the text in
        UTF-8.

    Raises
    ------
    ColumnError
        If a column is not there.
    SourceError
        If a text has no name, two have the same, or a table of a database has too many.
    EmptyDataError
        If no row has words.
    """
    path = Path(path)
    table = read_list(path)
    if is_columnar(path) and len(table.frame) > MOST:
        raise SourceError(
            f"{path.name!r} has {len(table.frame):,} rows, each of which is read and coded as a "
            f"document: at most {MOST:,} are; give a view of fewer, such as a random sample"
        )
    column = _id_column(list(table.frame.columns), path.name)
    check.columns(list(table.frame.columns), text_column=text_column)
    texts = [_as_text(value) for value in table.frame[text_column]]
    spoken = [bool(words.strip()) for words in texts]
    if not any(spoken):
        raise EmptyDataError(
            f"text_column={text_column!r} of {path.name!r} holds no words; name the column with "
            "the texts"
        )
    names = [_as_text(value).strip() for value in table.frame[column]]
    _refuse_names(names, column, path.name)
    rows = table.frame.drop(columns=[text_column, column]).assign(document=names)
    order = ["document", *(name for name in rows.columns if name != "document")]
    kept = [words for words in texts if words.strip()]
    documents = _documents(rows.loc[spoken, "document"].tolist(), kept, path)
    told = [Message("sources.texts_read", file=path.name, n=len(kept), column=text_column)]
    if len(kept) < len(texts):
        told.append(Message("sources.texts_empty", n=len(texts) - len(kept), column=text_column))
    return WrittenTexts(
        found=Transcripts(
            documents=documents, turns=_turns(documents), notes=(*told, *table.noticed)
        ),
        rows=rows.loc[spoken, order].reset_index(drop=True),
        warnings=table.warnings,
    )


def read_folders(folder: str | Path) -> Transcripts:
    """Read the transcripts of a folder and of the folders in it, to any depth.

    Parameters
    ----------
    folder : str or Path

    Returns
    -------
    Transcripts
        As `read_transcripts`; `document` is the path within `folder` (`tickets/t1.txt`), and
        `documents` has a column `source`: the name of the folder in `folder` in which it lies,
        empty for one that lies in `folder` itself.

    Raises
    ------
    SourceError, EmptyDataError
        As `read_transcripts`; also where nowhere in `folder` a transcript lies.
    """
    folder = Path(folder)
    read = [(place, read_transcripts(place)) for place in _with_transcripts(folder)]
    if not read:
        return read_transcripts(folder)  # which says what is wrong
    inside = [_within(folder, place, found) for place, found in read]
    documents = pd.concat([found.documents for found in inside], ignore_index=True)
    turns = pd.concat([found.turns for found in inside], ignore_index=True)
    notes = [note for found in inside for note in found.notes]
    bare = int((documents["source"] == "").sum())
    return Transcripts(
        documents=documents,
        turns=turns.assign(speaker=turns["speaker"].astype(object)),
        cues=pd.concat([found.cues for found in inside], ignore_index=True),
        notes=(
            Message(_OF_A_FOLDER, documents=len(documents), turns=len(turns)),
            *([Message("sources.texts_without_folder", n=bare)] if bare else []),
            *(note for note in notes if note.key not in (_OF_A_FOLDER, _PASSED_OVER)),
        ),
        warnings=tuple(warning for found in inside for warning in found.warnings),
    )


def _with_transcripts(folder: Path) -> Iterator[Path]:
    """Give the folders, from the outermost, in which transcripts lie."""
    if not folder.is_dir():
        return
    paths = {path.name: path for path in folder.iterdir() if path.name[0] not in "._~"}
    inside = [paths[name] for name in natural_order(paths)]
    if any(
        path.is_file()
        and path.suffix.lower().removeprefix(".") in FORMATS
        and path.stem.casefold() != "readme"
        for path in inside
    ):
        yield folder
    for path in inside:
        if path.is_dir() and not path.is_symlink():
            yield from _with_transcripts(path)


def _within(folder: Path, place: Path, found: Transcripts) -> Transcripts:
    """Return what was read in a folder, each document by its path from outside."""
    way = place.relative_to(folder).parts
    before = "".join(f"{part}/" for part in way)
    return replace(
        found,
        documents=found.documents.assign(
            document=before + found.documents["document"], source=way[0] if way else ""
        ),
        turns=found.turns.assign(document=before + found.turns["document"]),
        cues=found.cues.assign(document=before + found.cues["document"]),
    )


def _id_column(columns: list[str], source: str) -> str:
    for name in IDS:
        if name in columns:
            return name
    raise ColumnError(
        f"transcripts={source!r} has no column 'document' or 'id'"
        f"{check.did_you_mean('document', columns)} Call the column that names each text "
        "'document'; the codings name it by that"
    )


def _as_text(value: Any) -> str:
    if value is None or value is pd.NA or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _refuse_names(names: list[str], column: str, source: str) -> None:
    seen: dict[str, int] = {}
    for row, name in enumerate(names, start=1):
        if not name:
            raise SourceError(
                f"transcripts={source!r}, row {row}: {column} is empty; give each text a name"
            )
        if name in seen:
            raise SourceError(
                f"transcripts={source!r}, rows {seen[name]} and {row}: {column}={name!r} is there "
                "twice; give each text its own name, since codings find it by that"
            )
        seen[name] = row


def _documents(names: list[str], texts: list[str], path: Path) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "document": names,
            "format": "table" if table_of(path) else path.suffix.lower().removeprefix("."),
            "text": texts,
            "characters": [len(words) for words in texts],
            "sha256": [hashlib.sha256(words.encode()).hexdigest() for words in texts],
            "front_matter": 0,
        }
    )


def _turns(documents: pd.DataFrame) -> pd.DataFrame:
    """Return one turn a document, of nobody, without outer white space."""
    texts = documents["text"]
    frame = pd.DataFrame(
        {
            "document": documents["document"],
            "turn": 0,
            "speaker": pd.Series([None] * len(texts), dtype=object),
            "start": [len(words) - len(words.lstrip()) for words in texts],
            "end": [len(words.rstrip()) for words in texts],
        }
    )
    return frame.assign(started_seconds=float("nan"), ended_seconds=float("nan"))
