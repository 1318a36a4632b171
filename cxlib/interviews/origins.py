"""A folder or table of texts -> documents that say what they are: interview, ticket, open answer,
…"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cxlib import check, sources
from cxlib.errors import ColumnError, EmptyDataError, ParameterError, SourceError
from cxlib.interviews import codings as tables
from cxlib.rows.names import fold
from cxlib.shown.message import Message
from cxlib.sources.table_names import is_columnar

FOLDER = "folder"  # as `source`: the folder in which a text lies says what it is


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Origins:
    """Texts as they were read.

    Attributes
    ----------
    found : sources.Transcripts
        `documents` have the column `source` where folders say it.
    described : pandas.DataFrame
        `document` and what the table that holds the texts says of each; only `document` where they
        lie in files.
    warnings : tuple of Message
        What may be wrong with the table, or with the speakers of a transcript.
    """

    found: sources.Transcripts
    described: pd.DataFrame
    warnings: tuple[Message, ...] = ()


def read_origins(
    transcripts: str | Path, *, text_column: str | None = None, source: str | None = None
) -> Origins:
    """Read the transcripts of a folder, of the folders in it, or the texts of a table.

    Parameters
    ----------
    transcripts : path of a folder, of a CSV, TSV or XLSX file, or of a table (see `read_source`)
        A table has one row a document: `document` (or `id`), the column `text_column`, and what
        describes it.
    text_column : str, optional
        The column of a table with the texts.
    source : str, optional
        "folder": the folders in `transcripts` are read too, and each says what its texts are. Any
        other value names a column, and changes nothing here.

    Raises
    ------
    ParameterError
        If a table is given without `text_column`, or a folder with it.
    SourceError, ColumnError, EmptyDataError
        As `sources.read_transcripts` and `sources.read_texts`.
    """
    path = Path(transcripts)
    if path.is_file() or is_columnar(path):
        if text_column is None:
            raise ParameterError(
                f"transcripts={path.name!r} is a table of texts; name the column that holds them "
                "with text_column=, or give the folder of the transcripts"
            )
        if source == FOLDER:
            raise ParameterError(
                f"source={source!r} is about folders, and transcripts={path.name!r} is a table; "
                "name a column of it"
            )
        written = sources.read_texts(path, text_column=text_column)
        return Origins(found=written.found, described=written.rows, warnings=written.warnings)
    if text_column is not None:
        raise ParameterError(
            f"text_column={text_column!r} is about a table, and transcripts={path.name!r} is "
            "none; give text_column=None, or a file or table with a row a text"
        )
    read = sources.read_folders if source == FOLDER else sources.read_transcripts
    found = read(path)
    described = found.documents[["document"]].copy()
    return Origins(found=found, described=described, warnings=found.warnings)


def with_described(cases: pd.DataFrame, origins: Origins) -> pd.DataFrame:
    """Return the cases with what the table of texts, or the folder, says of each document.

    Raises
    ------
    ColumnError
        If the file of the cases says it too.
    """
    own = origins.described
    if "source" in origins.found.documents.columns and "source" not in cases.columns:
        own = own.merge(origins.found.documents[["document", "source"]], on="document")
    both = [name for name in own.columns if name in cases.columns and name != "document"]
    if both:
        raise ColumnError(
            f"cases= and transcripts= both have a column {both[0]!r}; keep it in one of them"
        )
    return cases.merge(own, on="document", how="left")


def with_source(documents: pd.DataFrame, cases: pd.DataFrame, source: str | None) -> pd.DataFrame:
    """Return the documents with their `source`, empty where it is not known.

    Raises
    ------
    ColumnError
        If `source` names a column that is not there.
    """
    if source == FOLDER:
        return documents
    if source is None:
        named = pd.Series("", index=documents.index)
    else:
        check.columns(list(cases.columns), source=source)
        stated = cases.set_index("document", drop=False).loc[list(documents["document"]), source]
        named = fold(stated).values.fillna("")
    columns = [name for name in documents.columns if name != "source"]
    place = columns.index("format") + 1
    frame = documents[columns].copy()
    frame.insert(place, "source", named.to_numpy())
    return frame


def _file(path: str | Path) -> sources.Survey:
    try:
        return sources.read_list(path)
    except EmptyDataError as error:
        raise EmptyDataError(
            f"cases={Path(path).name!r} is empty; it needs a header and rows"
        ) from error


def cases_of(
    path: str | Path | None, documents: pd.DataFrame
) -> tuple[pd.DataFrame, tuple[str, ...], sources.Survey | None]:
    """Return one row a document, the documents of the file that are not among the transcripts, and
    the file as it was read."""
    if path is None:
        return documents[["document"]].copy(), (), None
    file, source = _file(path), Path(path).name
    frame = file.frame
    if "document" not in frame.columns:
        raise ColumnError(
            f"cases={source!r} has no column "
            f"'document'{check.did_you_mean('document', frame.columns)}; "
            "name the file of each interview in it"
        )
    known = {tables.plain(name): name for name in documents["document"]}
    names = frame["document"].map(tables.plain)
    if names.duplicated().any():
        raise SourceError(
            f"cases={source!r}: document {names[names.duplicated()].iloc[0]!r} is there twice; "
            "keep one row an interview"
        )
    described = frame.assign(document=names.map(known)).dropna(subset=["document"])
    if described.empty:
        raise SourceError(
            f"cases={source!r}: no document is among the transcripts (first: {names.iloc[0]!r})"
            f"{check.did_you_mean(names.iloc[0], known)}"
        )
    # an age stays 34, not 34.0
    whole = {name: "Int64" for name in described.columns if described[name].dtype == "int64"}
    strangers = tuple(name or "–" for name in names if name not in known)
    every = documents[["document"]].merge(described.astype(whole), on="document", how="left")
    return every, strangers, file
