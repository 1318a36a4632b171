"""A corpus and the names of coders -> a sheet for each, and one in which they settle what they
differ about."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import ClassVar

import pandas as pd

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.inert import visible
from cxlib.interviews.corpus import Corpus
from cxlib.interviews.disagreements import Disagreements, disagreements
from cxlib.interviews.methods import Method
from cxlib.interviews.sheet_writing import write_sheet
from cxlib.interviews.spellings import is_consensus
from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.table import Format
from cxlib.shown.text import Text

SETTLING = "settling.xlsx"
# what file systems take for something else (Windows reserves most)
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f]|^\.|[. ]$')


class SheetState(StrEnum):
    """What became of a sheet."""

    WRITTEN = "written"
    KEPT = "kept"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class HandedOut(Result):
    """Sheets for coders: `file, coder, state`; `folder` is where they lie."""

    folder: str

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("file", "coder"), ""),
        "state": SheetState,
    }
    shows: ClassVar[Message] = Message("interviews.sheets_caption")

    def summary(self, language: str = "en") -> str:
        """Say which sheets were written, and which were there; nothing where none was asked for."""
        if not self.folder:
            return ""
        written = self.frame["state"] == SheetState.WRITTEN
        new, kept = list(self.frame.loc[written, "file"]), list(self.frame.loc[~written, "file"])
        key = {"folder": self.folder}
        if not kept:
            return Message("interviews.sheets_written", names=new, **key).text(language)
        if not new:
            return Message("interviews.sheets_kept", names=kept, **key).text(language)
        return Message("interviews.sheets_both", names=new, kept=kept, **key).text(language)

    def said(self, *, language: str = "en") -> Text:
        """Return the summary, with a mark by which `cx run` knows the files for the report's own:
        a settling sheet may lie among what was read."""
        written = self.frame["state"] == SheetState.WRITTEN
        paths = [Path(self.folder) / name for name in self.frame.loc[written, "file"]]
        wrote = {
            path.as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in paths
            if path.is_file()
        }
        return Text((self.summary(language),), language=language, wrote=wrote)


@check.arguments
def write_sheets(
    corpus: Corpus,
    folder: str | Path | None,
    *,
    coders: Sequence[str] = (),
    language: str = "en",
) -> HandedOut:
    """Write a sheet for each coder, and where coders differ one in which they settle it.

    Parameters
    ----------
    corpus : Corpus
        From `read` or `read_corpus`.
    folder : path, or None
        Where the sheets lie, made if it is not there; given as `codings=` it is read back. Where it
        is None nothing is written.
    coders : sequence of str
        Who codes; those who have coded already where it is empty.
    language : str
        Language of the sheets; they are read back alike, whatever the language.

    Returns
    -------
    HandedOut
        One row a sheet. A sheet that is there stays as it is; in `settling.xlsx` what was filled
        stays.

    Raises
    ------
    ParameterError
        If nobody is named and nobody has coded, a name cannot be a file's, or two names would be
        one file.
    """
    if folder is None:
        return _handed([], "")
    folder, names = Path(folder), list(coders or corpus.coders)
    if not names:
        raise ParameterError(
            f"sheets={folder.as_posix()!r} asks for sheets, and coders=[] names nobody; give the "
            "names of those who code, such as coders=['aoki', 'kim']"
        )
    files = _files(names)
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for coder, file in files.items():
        there = (folder / file).exists()
        if not there:
            write_sheet(
                corpus, folder / file, coder=coder, codebook=corpus.codebook, language=language
            )
        rows.append((file, coder, SheetState.KEPT if there else SheetState.WRITTEN))
    found = disagreements(corpus)
    if isinstance(found, Disagreements) and len(found.frame):
        before = _stamp(folder / SETTLING)
        same = _stamp(found.to_sheet(folder / SETTLING, language=language)) == before
        rows.append((SETTLING, "", SheetState.KEPT if same else SheetState.WRITTEN))
    return _handed(rows, folder.resolve().as_posix())


def _handed(rows: Sequence[tuple[str, str, str]], folder: str) -> HandedOut:
    frame = pd.DataFrame([tuple(map(str, row)) for row in rows], columns=list(HandedOut.columns))
    return HandedOut(frame=frame, method=Method.COUNT, folder=folder)


def _stamp(path: Path) -> tuple[int, int] | None:
    return (path.stat().st_mtime_ns, path.stat().st_ino) if path.exists() else None


def _files(names: Sequence[str]) -> dict[str, str]:
    """Return the file of each coder."""
    files: dict[str, str] = {}
    taken = {SETTLING.casefold(): "the settling sheet"}
    for name in names:
        if not name.strip() or is_consensus(name):
            raise ParameterError(
                f"coders={name!r} is no name of a coder; give the name of a person, since what was "
                "agreed upon is settled in settling.xlsx"
            )
        file = f"{_UNSAFE.sub('_', visible(name.strip(), keep=''))}.xlsx"
        if file.casefold() in taken:
            raise ParameterError(
                f"coders={name!r} would have the same file {file!r} as {taken[file.casefold()]}; "
                "give each coder a name of her own"
            )
        taken[file.casefold()] = repr(name)
        files[name.strip()] = file
    return files
