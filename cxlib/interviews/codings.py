"""A codebook file and a table of codings -> checked frames, or a refusal that names the row, the
value and the next step."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from cxlib import check
from cxlib.errors import ColumnError, EmptyDataError, SourceError

KINDS = ("goal", "obstacle", "annoyance", "delight", "contact")
REQUIRED = ("document", "start", "end", "code", "coder")
OPTIONAL = ("coded_at", "memo", "gloss")
FIELDS = ("name", "theme", "kind", "definition", "example")


def read_codebook(path: Path) -> pd.DataFrame:
    """Return a codebook: `name, theme, kind, definition, example`, as text, empty where not given.

    Raises
    ------
    SourceError
        If the file is not YAML with a list under `codes:`, a code has no name, or a name is there
        twice.
    """
    try:
        # every scalar as it is written: the safe loader would make False of a code "no" and 7 of
        # "007"; no tag is obeyed
        content = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=yaml.BaseLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SourceError(
            f"codebook={path.name!r} cannot be read as YAML in UTF-8: {str(error).splitlines()[0]}"
        ) from error
    codes = content.get("codes") if isinstance(content, dict) else None
    if not isinstance(codes, list) or not codes:
        raise SourceError(
            f"codebook={path.name!r} has no list under 'codes:'; write one entry a code: "
            "{name: …, theme: …, kind: …, definition: …, example: …}"
        )
    rows = []
    for number, code in enumerate(codes, start=1):
        if not isinstance(code, dict) or not str(code.get("name") or "").strip():
            raise SourceError(
                f"codebook={path.name!r}, entry {number}: {code!r} has no name; write {{name: …, "
                f"theme: …}}"
            )
        rows.append(
            {field: plain(code.get(field)) for field in FIELDS}
            | dict.fromkeys((field for field in FIELDS[1:] if code.get(field) in ("null", "~")), "")
        )
    frame = pd.DataFrame(rows, columns=list(FIELDS))
    if frame["name"].duplicated().any():
        name = frame.loc[frame["name"].duplicated(), "name"].iloc[0]
        raise SourceError(
            f"codebook={path.name!r}: code {name!r} is defined more than once; keep one entry"
        )
    return frame


def codebook_from(codings: pd.DataFrame) -> pd.DataFrame:
    """Return the codes that were used, in alphabetical order, without theme or kind: what is known
    without a codebook."""
    names = sorted(set(codings["code"]) - {""})
    return pd.DataFrame({"name": names, **dict.fromkeys(FIELDS[1:], "")}, columns=list(FIELDS))


def check_codings(rows: pd.DataFrame, *, documents: pd.DataFrame, source: str) -> pd.DataFrame:
    """Return codings whose documents and offsets fit the transcripts; `code` is empty where a coder
    found nothing.

    Raises
    ------
    ColumnError, EmptyDataError, SourceError
        Row, value, rule and next step; rows are numbered from 1 after the header.
    """
    _refuse_absent(rows, source)
    frame = pd.DataFrame(
        {
            name: [plain(value) for value in rows[name]] if name in rows.columns else ""
            for name in (*REQUIRED, *OPTIONAL)
        }
    )
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    _refuse(frame["coder"] == "", frame["coder"], source, "name who coded")
    known = {plain(name): name for name in documents["document"]}
    _refuse(
        ~frame["document"].isin(known),
        frame["document"],
        source,
        lambda value: f"is not among the transcripts{check.did_you_mean(value, known)}",
    )
    frame["document"] = frame["document"].map(known)
    nothing = (frame[["start", "end", "code"]] == "").all(
        axis=1
    )  # the coder read the interview and found nothing
    _refuse(
        (frame["code"] == "") & ~nothing,
        frame["code"],
        source,
        "name the code (a coder who found nothing leaves start, end and code empty)",
    )
    for column in ("start", "end"):
        frame[column] = _offsets(frame[column].where(~nothing, "0"), source)
    _check_offsets(frame, nothing, documents, source)
    return frame


def _refuse_absent(rows: pd.DataFrame, source: str) -> None:
    missing = [name for name in REQUIRED if name not in rows.columns]
    if missing:
        others = [name for name in rows.columns if name not in REQUIRED]
        raise ColumnError(
            f"codings={source!r} has no column "
            f"{missing[0]!r}{check.did_you_mean(missing[0], others)} "
            f"(needed: {', '.join(REQUIRED)})"
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
    return (
        ""
        if value is None or value is pd.NA or value != value
        else unicodedata.normalize("NFC", str(value)).strip()
    )


def odd_kinds(kinds: Iterable[str]) -> dict[str, str | None]:
    """Return the kinds that are none of goal, obstacle, annoyance, delight, contact, each with the
    one that is nearest to it."""
    return {
        kind: next(iter(difflib.get_close_matches(kind, KINDS, n=1)), None)
        for kind in dict.fromkeys(kinds)
        if kind and kind not in KINDS
    }


def _offsets(values: pd.Series, source: str) -> pd.Series:
    numbers = pd.to_numeric(values, errors="coerce")
    _refuse(
        ~(numbers >= 0) | (numbers % 1 != 0),
        values,
        source,
        "must be a whole number from 0 up: code points counted from the start of the text",
    )
    return numbers.astype(np.int64)


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
            "points; count code points in the text as cx.sources.read_transcripts gives it",
        )


def _refuse(bad: pd.Series, values: pd.Series, source: str, rule: Any) -> None:
    if not bad.any():
        return
    row = bad.idxmax()
    value = values[row] if isinstance(values[row], str) else int(values[row])
    said = rule(value) if callable(rule) else rule
    more = f" ({int(bad.sum())} such rows)" if bad.sum() > 1 else ""
    raise SourceError(f"codings={source!r}, row {row}: {values.name}={value!r} {said}{more}")
