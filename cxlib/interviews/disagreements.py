"""A corpus -> the units on which coders differ about a code, to be settled together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.interviews import counts
from cxlib.interviews.absence import Uncoded, needs_coders
from cxlib.interviews.code_names import CodeNames
from cxlib.interviews.corpus import Corpus
from cxlib.interviews.decisions import differs
from cxlib.interviews.methods import Method
from cxlib.interviews.settling import save_settling
from cxlib.interviews.spoken import Spoken
from cxlib.interviews.units import UnitKind
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Result
from cxlib.shown.table import Format, Table

_NEAR = 200  # code points of what was said before and after a unit
_SHOWN = ("code", "document", "unit", "speaker", "applied_by", "not_by", "words")


class Settled(StrEnum):
    """Whether it was settled that a code holds for a unit."""

    YES = "yes"
    NO = "no"
    OPEN = "open"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Disagreements(Result):
    """Units on which coders differ about a code, with their words, to be settled together.

    `documents` are the texts that they are of, for the sheet; `names` what codes are called in each
    language."""

    documents: pd.DataFrame
    unit: UnitKind = UnitKind.TURN
    names: CodeNames = field(default_factory=CodeNames)

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("code", "document"), ""),
        "unit": "integer",
        **dict.fromkeys(("speaker", "applied_by", "not_by", "before", "words", "after"), ""),
        "settled": Settled,
        **dict.fromkeys(("reason", "decided_by"), ""),
        **dict.fromkeys(("start", "end"), "integer"),
    }

    def summary(self, language: str = "en") -> str:
        """Say how many there are, which code has most, and how many are settled."""
        if self.frame.empty:
            return Message("interviews.disagreements_none", unit=self.unit).text(language)
        most = self.frame["code"].value_counts()
        said = Message(
            "interviews.disagreements",
            n=len(self.frame),
            unit=self.unit,
            code=self.names.column("code", most.index[:1])[0],
            most=most.iloc[0],
        )
        settled = int((self.frame["settled"] != Settled.OPEN).sum())
        if not settled:
            return said.text(language)
        of = Message("interviews.disagreements_settled", settled=settled, n=len(self.frame))
        return Sentences((said, of)).text(language)

    @property
    def shown_cells(self) -> Mapping[str, Sequence[Any]]:
        """Codes as the reader's language calls them."""
        return self.names.cells(self.frame)

    def to_sheet(self, path: str | Path, *, language: str = "en") -> Path:
        """Write them into a sheet in which they are settled; see `write_settling`."""
        return save_settling(self.frame, self.documents, path, language=language)

    def first(self, rows: int, *, language: str = "en") -> Table:
        """Return the first rows as a table: what is open before what is settled, the codes on which
        coders differ most often first."""
        done = self.frame["settled"] != Settled.OPEN
        columns = [*_SHOWN, *(("settled", "reason") if done.any() else ())]
        few = pd.concat([self.frame[~done], self.frame[done]]).head(rows)[columns]
        return Table(
            cells=self.names.cells(few),
            frame=few,
            columns=self.columns,
            topic="interviews",
            caption=Message(
                "interviews.disagreements_caption", n=len(few), kind=self.unit.of(len(few))
            ),
            language=language,
        )


@check.arguments
@needs_coders(Disagreements)
def disagreements(corpus: Corpus, *, code: str | None = None) -> Disagreements:
    """List the units on which coders who read them differ about a code.

    Parameters
    ----------
    corpus : Corpus
        From `read` or `read_corpus`.
    code : str, optional
        One code; all where None, those with most disagreements first.

    Returns
    -------
    Disagreements
        `code, document, unit, speaker, applied_by, not_by, before, words, after` (of the unit, and
        what stands around it, each on one line), `settled` (yes, no, open), `reason, decided_by,
        start, end`, one row a code and unit.

    Raises
    ------
    ParameterError
        If the code is not in the codebook.
    EmptyDataError
        If no interview with units was opened by a coder.
    """
    grid = counts.grid(corpus)
    if code is not None:
        check.one_of("code", code, grid.codes)
    unit, which = np.nonzero(differs(grid))
    where = grid.units.iloc[unit]
    frame = pd.DataFrame(
        {
            "code": np.asarray(grid.codes, object)[which],
            "document": where["document"].to_numpy(),
            "unit": where["unit"].to_numpy(),
            "speaker": where["speaker"].to_numpy(),
            "applied_by": _names(grid.applied[unit, :, which], grid.coders),
            "not_by": _names(grid.opened[unit] & ~grid.applied[unit, :, which], grid.coders),
            **_words(corpus, where),
            **_settled(corpus, where, np.asarray(grid.codes, object)[which]),
            "start": where["start"].to_numpy(),
            "end": where["end"].to_numpy(),
        }
    )
    if code is not None:
        frame = frame[frame["code"] == code]
    many = frame["code"].map(frame["code"].value_counts())
    frame = frame.assign(many=many).sort_values(
        ["many", "code"], ascending=[False, True], kind="stable"
    )
    return Disagreements(
        frame=frame.drop(columns="many").reset_index(drop=True),
        method=Method.DISAGREEMENTS,
        unit=corpus.kind,
        documents=corpus.documents,
        names=CodeNames.of(corpus.codebook),
    )


@check.arguments
def write_settling(corpus: Corpus, path: str | Path, *, language: str = "en") -> Path:
    """Write a sheet in which coders settle what they differ about.

    Fill its column `settled` with yes where the code holds for the unit and no where it does not,
    and give the file as `settled=`. Where the file is there, what was filled in it stays; what is
    settled and no longer differs comes last.

    Parameters
    ----------
    corpus : Corpus
        From `read` or `read_corpus`.
    path : path of an XLSX file
    language : str
        Language of its headings, its drop-down and how it is filled; it is read back alike,
        whatever the language.

    Returns
    -------
    pathlib.Path
        The file: a row a unit and code on which coders differ, with who gave it and who did not,
        the words and what stands around them, and the empty columns `settled`, `reason` and
        `decided by`.

    Raises
    ------
    ParameterError
        If the path does not end with .xlsx, or there is nothing to settle.
    SourceError
        If another file is there.
    """
    found = disagreements(corpus)
    if found.frame.empty or not isinstance(found, Disagreements):
        raise ParameterError(
            f"path={Path(path).name!r}: there is nothing to settle: "
            f"{found.rule if isinstance(found, Uncoded) else found.summary()}"
        )
    return found.to_sheet(path, language=language)


def _names(who: NDArray, coders: tuple[str, ...]) -> list[str]:
    return [", ".join(name for name, yes in zip(coders, row, strict=True) if yes) for row in who]


def _words(corpus: Corpus, units: pd.DataFrame) -> dict[str, list[str]]:
    """What was said on each unit, and what stands before and after it, each on one line."""
    texts, said = corpus.documents.set_index("document")["text"], Spoken(corpus)
    found: dict[str, list[str]] = {"before": [], "words": [], "after": []}
    for document, start, end in zip(units["document"], units["start"], units["end"], strict=True):
        found["before"].append(said.before(document, start, most=_NEAR))
        found["words"].append(" ".join(texts[document][start:end].split()))
        found["after"].append(said.after(document, end, most=_NEAR))
    return found


def _settled(corpus: Corpus, units: pd.DataFrame, codes: NDArray) -> dict[str, list[str]]:
    """What was settled of each unit and code, why, and by whom."""
    made = corpus.decisions
    known = {
        (row.document, row.start, row.end, row.code): row for row in made.itertuples(index=False)
    }
    places = zip(units["document"], units["start"], units["end"], codes, strict=True)
    rows = [known.get(place) for place in places]
    return {
        "settled": [_said(row.holds) if row else Settled.OPEN.value for row in rows],
        "reason": [row.reason if row else "" for row in rows],
        "decided_by": [row.decided_by if row else "" for row in rows],
    }


def _said(holds: bool) -> str:
    return (Settled.YES if holds else Settled.NO).value
