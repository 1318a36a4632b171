"""A table of codings -> a checked frame, or a refusal that names the row, the value and the next
step."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.errors import ColumnError, EmptyDataError, SourceError
from cxlib.inert import without_guard
from cxlib.interviews.coding_columns import our_columns
from cxlib.interviews.document_names import match_documents
from cxlib.interviews.offsets import NOT_GIVEN, read_offsets
from cxlib.interviews.spans import Placed, place
from cxlib.shown.message import Message

REQUIRED = ("document", "start", "end", "code", "coder")
NAMES = ("document", "code", "coder")  # those of the required that are text
OPTIONAL = ("coded_at", "memo", "gloss")


def check_codings(rows: pd.DataFrame, *, documents: pd.DataFrame, source: str) -> Placed:
    """Return codings whose documents and spans fit the transcripts; `code` is empty where a coder
    found nothing.

    Parameters
    ----------
    rows : pandas.DataFrame
        `document, start, end, code, coder` and, if given, `coded_at, memo, gloss` and `quote`, the
        words of the span, by which it is proved, or found where `start` and `end` are empty or not
        there. Also Taguette's highlights and QualCoder's report of codings.
    documents : pandas.DataFrame
        `document, text, characters`.
    source : str
        The file's name.

    Raises
    ------
    ColumnError, EmptyDataError, SourceError
        Row, value, rule and next step; rows are numbered from 1 after the header.
    """
    given = our_columns(rows, documents=documents, source=source)
    _refuse_absent(given.frame, source)
    frame = pd.DataFrame(
        {name: _plain_column(given.frame, name) for name in (*NAMES, *OPTIONAL)},
        index=given.frame.index,
    )
    _refuse(frame["coder"] == "", frame["coder"], source, "name who coded")
    frame["document"], noticed = _documents(frame["document"], documents, source)
    if "quote" in given.frame.columns:
        frame["quote"] = given.frame["quote"].map(str, na_action="ignore").fillna("").astype(object)
    nothing = _read_offsets(frame, given.frame, source)
    _refuse(
        (frame["code"] == "") & ~nothing,
        frame["code"],
        source,
        "name the code (a coder who found nothing leaves start, end and code empty)",
    )
    placed = place(frame, documents=documents, source=source)
    _check_offsets(placed.frame, nothing, documents, source)
    columns = placed.frame[[*REQUIRED, *OPTIONAL]]
    return replace(placed, frame=columns, notes=(*given.notes, *noticed, *placed.notes))


def _plain_column(rows: pd.DataFrame, name: str) -> np.ndarray | str:
    """Return a column as `plain` writes its values, each distinct one once."""
    if name not in rows.columns:
        return ""
    which, distinct = pd.factorize(rows[name])
    texts = (plain(without_guard(value)) for value in distinct)
    return np.array([*texts, ""], dtype=object)[which]


def _documents(
    names: pd.Series, documents: pd.DataFrame, source: str
) -> tuple[pd.Series, list[Message]]:
    known = list(documents["document"])
    found, notes = match_documents(names.unique(), known)
    _refuse(
        ~names.isin(found),
        names,
        source,
        lambda value: f"is not among the transcripts{check.did_you_mean(value, known)}",
    )
    return names.map(found), notes


def _read_offsets(frame: pd.DataFrame, given: pd.DataFrame, source: str) -> pd.Series:
    """Put whole numbers into `start` and `end`, -1 where there are none; return in which rows a
    coder read an interview and found nothing."""
    for column in ("start", "end"):
        frame[column] = read_offsets(given[column])
    bare = (frame["start"] == NOT_GIVEN) & (frame["end"] == NOT_GIVEN)
    quoted = frame["quote"].str.strip() != "" if "quote" in frame.columns else bare & False
    nothing = bare & ~quoted & (frame["code"] == "")
    for column in ("start", "end"):
        _refuse(
            (frame[column] < 0) & ~(bare & (nothing | quoted)),
            given[column],
            source,
            "must be a whole number from 0 up: code points counted from the start of the text",
        )
    return nothing


def _refuse_absent(rows: pd.DataFrame, source: str) -> None:
    missing = [name for name in REQUIRED if name not in rows.columns]
    if missing:
        others = [name for name in rows.columns if name not in REQUIRED]
        raise ColumnError(
            f"codings={source!r} has no column "
            f"{missing[0]!r}{check.did_you_mean(missing[0], others)} "
            f"(needed: {', '.join(REQUIRED)}; or the words of each span in a column 'quote' "
            "instead of start and end)"
        )
    if rows.empty:
        raise EmptyDataError(
            f"codings={source!r} has no rows; give one row a coded span: {', '.join(REQUIRED)}"
        )


def check_codes(codings: pd.DataFrame, *, codebook: pd.DataFrame, source: str) -> None:
    """Refuse a coding whose code is not in the codebook."""
    known = ["", *codebook["name"]]
    _refuse(
        ~codings["code"].isin(known),
        codings["code"],
        source,
        lambda value: f"is not in the codebook{check.did_you_mean(value, known[1:])}",
    )


def plain(value: Any) -> str:
    """Return a name as text in Unicode form NFC without space around it: file systems and keyboards
    differ in form."""
    return "" if value is None or value is pd.NA or value != value else _plain(str(value))


@lru_cache(4096)
def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip()


def _check_offsets(
    frame: pd.DataFrame, nothing: pd.Series, documents: pd.DataFrame, source: str
) -> None:
    length = frame["document"].map(documents.set_index("document")["characters"])
    _refuse(
        (frame["start"] >= frame["end"]) & ~nothing,
        frame["start"],
        source,
        "must be smaller than end: spans are half-open, the end is the first code point after the "
        "span",
    )
    outside = (frame["end"] > length) & ~nothing
    if outside.any():
        row = outside.idxmax()
        _refuse(
            outside,
            frame["end"],
            source,
            f"lies outside {frame.at[row, 'document']!r}, which has {length[row]:,} code "
            "points; count code points in the text as cx.sources.read_transcripts gives it, or add "
            "a column quote with the words of each span",
        )


def _refuse(bad: pd.Series, values: pd.Series, source: str, rule: Any) -> None:
    if not bad.any():
        return
    row = bad.idxmax()
    value = values[bad].iloc[0]  # a row has several codes where its cell has
    value = int(value) if isinstance(value, np.integer) and value >= 0 else plain(value)
    said = rule(value) if callable(rule) else rule
    more = f" ({int(bad.sum())} such rows)" if bad.sum() > 1 else ""
    raise SourceError(f"codings={source!r}, row {row}: {values.name}={value!r} {said}{more}")
