"""Units of a corpus -> a workbook that a coder fills in a spreadsheet: a row a unit."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxlib import check
from cxlib.errors import ColumnError, EmptyDataError, ParameterError
from cxlib.interviews.codebooks import read_codebook
from cxlib.interviews.codings import plain
from cxlib.interviews.corpus import Corpus
from cxlib.interviews.sheet_cells import (
    FORMAT,
    MOST_ROWS,
    VERSION,
    Column,
    clip,
    columns_of,
    pieces,
    shown,
)
from cxlib.interviews.sheet_rows import is_sheet, read_filled
from cxlib.interviews.sheet_workbook import make_workbook
from cxlib.interviews.spoken import Spoken
from cxlib.shown.message import Message

if TYPE_CHECKING:
    from openpyxl import Workbook

_BEFORE = 500  # columns of what was asked that are shown, the last
_CHUNK = 30_000  # characters of a list of numbers in one cell
_Units = list[tuple[Any, str, int, int]]  # number, speaker, start, end


@check.arguments
def write_sheet(
    corpus: Corpus,
    path: str | Path,
    *,
    coder: str,
    codebook: pd.DataFrame | str | Path | None = None,
    language: str = "en",
) -> Path:
    """Write a workbook in which one person codes the interviews: a row a unit.

    She picks codes from a list, or types them; several in `more codes` with `;` between them; and
    marks in `read` how far she is. `read_sheet` reads it back. No other coder's codes are in it.

    Parameters
    ----------
    corpus : Corpus
        Its `units` are the rows. What was said between them (by interviewers) stands beside them.
    path : str or Path
        The file to write, ending in .xlsx; a folder that is not there is made.
    coder : str
        Who codes.
    codebook : DataFrame or path of a YAML file, optional
        The codes to pick from, as `Corpus.codebook`; by default that of the corpus if it was read
        from a file. Without one, codes are typed.
    language : str
        Language of headings, instructions and, where it has it, the codebook. A sheet is read back
        alike, in whatever language it was written and is filled.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ParameterError
        If the path does not end in .xlsx, is a file that holds somebody's work, a code cannot be
        told from several, or nobody is named.
    EmptyDataError
        If there is no unit.

    Notes
    -----
    A unit that no row could show is cut behind a sentence and goes on in the next row; codes on any
    of its rows are of the whole unit. A hidden row and hidden columns tell `read_sheet` what is
    where, so that columns and rows may be renamed, moved, hidden, sorted and filtered. Measured
    with LibreOffice 7.4; Excel and Google Sheets were not at hand. At most 1,048,574 rows; 5,000
    units take about two seconds to write and one to read.
    """
    path, coder = Path(path), plain(coder)
    if not coder:
        raise ParameterError("coder='' names nobody; give the name of the person who codes")
    if path.suffix.lower() != ".xlsx":
        raise ParameterError(f"path={path.name!r} must end in .xlsx, the workbook that is written")
    if corpus.units.empty:
        raise EmptyDataError("the corpus has no units, so there is nothing to code")
    book = _codebook(corpus, codebook)
    _refuse_codes(book["name"])
    _refuse_filled(path, coder)
    rows = list(_rows(corpus, coder, language))
    if len(rows) + 2 > MOST_ROWS:
        raise ParameterError(
            f"path={path.name!r} would have {len(rows):,} rows, and a sheet has {MOST_ROWS:,}; "
            "choose fewer interviews with where=, or write one sheet a folder"
        )
    _save(make_workbook(rows, book, _about(corpus, book, coder), language=language), path)
    return path


def _codebook(corpus: Corpus, given: pd.DataFrame | str | Path | None) -> pd.DataFrame:
    if isinstance(given, str | Path):
        return read_codebook(Path(given))
    if given is not None:
        if "name" not in given.columns:
            raise ColumnError(
                f"codebook has no column 'name'{check.did_you_mean('name', given.columns)}"
            )
        return given
    book = corpus.codebook
    about = book.drop(columns="name")
    from_file = "codebook" in corpus.inputs or about.fillna("").astype(str).ne("").to_numpy().any()
    # without a file, a corpus has the codes that were used: those of other coders
    return book if from_file else book.iloc[:0]


def _refuse_codes(names: pd.Series) -> None:
    for name in names:
        if re.search("[;；\r\n]", str(name)):
            raise ParameterError(
                f"codebook: code {name!r} holds ';' or a line break, which stands between codes "
                "in a cell of the sheet; name the code without it"
            )


def _refuse_filled(path: Path, coder: str) -> None:
    """Refuse to write over anything but an unfilled sheet of the same coder."""
    if not path.exists():
        return
    free = path.with_name(f"{path.stem} 2{path.suffix}").name
    rule = f"nothing is written over it; give another name, such as {free!r}, or move it away"
    if not path.is_file() or not is_sheet(path):
        raise ParameterError(f"path={path.name!r} exists and is no sheet of cxlib; {rule}")
    filled = read_filled(path)
    whose = {row.cells.get(Column.CODER, "") for row in filled.rows} - {""}
    if whose - {coder}:
        raise ParameterError(
            f"path={path.name!r} exists and is the sheet of {sorted(whose)[0]!r}, not of "
            f"{coder!r}; {rule}"
        )
    if filled.n:
        raise ParameterError(
            f"path={path.name!r} exists, and {coder!r} filled {filled.n:,} of its cells; {rule}"
        )


def _rows(corpus: Corpus, coder: str, language: str) -> Iterator[dict[Column, Any]]:
    """Yield the cells of each row."""
    texts = corpus.documents.set_index("document")["text"]
    said = Spoken(corpus)
    for document, units in _units(corpus):
        text, reached = texts[document], 0
        for number, speaker, start, end in units:
            for first, last in pieces(text[start:end]):
                goes_on = (
                    Message("interviews.sheet_continued", speaker=speaker).text(language).strip()
                )
                yield {
                    Column.DOCUMENT: clip(document),
                    Column.UNIT: number,
                    Column.SPEAKER: clip(goes_on if first else speaker),
                    Column.BEFORE: "" if first else _before(said.between(document, reached, start)),
                    Column.WORDS: shown(text[start + first : start + last]),
                    Column.START: start,
                    Column.END: end,
                    Column.FROM: start + first,
                    Column.TO: start + last,
                    Column.CODER: coder,
                }
            reached = max(reached, end)


def _units(corpus: Corpus) -> Iterator[tuple[str, _Units]]:
    """Yield the units of each interview in order."""
    frame = corpus.units.sort_values(["start", "end"], kind="stable")
    by_document = dict(list(frame.groupby("document", sort=False)))
    for document in corpus.documents["document"]:
        if document in by_document:
            units = by_document[document]
            said = [name if isinstance(name, str) else "" for name in units["speaker"]]
            yield (
                document,
                list(
                    zip(
                        units["unit"].astype(int).tolist(),
                        said,
                        units["start"].astype(int).tolist(),
                        units["end"].astype(int).tolist(),
                        strict=True,
                    )
                ),
            )


def _before(words: Sequence[str]) -> str:
    """Return what was said between two units, the end of it where it is long."""
    said = "\n".join(part for part in (" ".join(each.split()) for each in words) if part)
    if columns_of(said) > _BEFORE:
        wide = 2 if columns_of(said[-_BEFORE:]) > _BEFORE else 1
        said = f"…{said[-_BEFORE // wide :]}"
    return shown(said)


def _about(corpus: Corpus, book: pd.DataFrame, coder: str) -> Iterator[list[str]]:
    """Yield what the sheet was made of, a row a fact."""
    texts = corpus.documents.set_index("document")["text"]
    yield ["format", f"{FORMAT} {VERSION}"]
    yield ["coder", coder]
    yield ["unit", corpus.unit]
    for document, units in _units(corpus):
        digest = hashlib.sha256(texts[document].encode("utf-8", "surrogatepass")).hexdigest()
        yield ["document", clip(document), digest, str(len(units)), *_chunks(u[0] for u in units)]
    for name in book["name"]:
        yield ["code", clip(str(name))]


def _chunks(numbers: Iterable[Any]) -> list[str]:
    """Return numbers as text in as many cells as they need."""
    text = ",".join(map(str, numbers)) + ","
    cut = [0]
    while cut[-1] < len(text):
        cut.append(text.rindex(",", 0, cut[-1] + _CHUNK) + 1)
    return [text[start:end].strip(",") for start, end in itertools.pairwise(cut)]


def _save(made: Workbook, path: Path) -> None:
    """Write beside the file and put it in its place at once, so that no half of one is left."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(prefix=".", suffix=".xlsx.part", dir=path.parent)
    os.close(handle)
    try:
        made.save(beside)
        os.chmod(beside, 0o644)
        os.replace(beside, path)
    finally:
        Path(beside).unlink(missing_ok=True)
