"""A corpus -> the turns on which coders differ about a code, to be settled together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.interviews import counts
from cxlib.interviews.corpus import Corpus
from cxlib.interviews.methods import Method
from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.table import Format, Table


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Disagreements(Result):
    """Turns on which coders differ about a code, with their words, to be settled together."""

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("code", "document"), ""),
        "turn": "integer",
        **dict.fromkeys(("speaker", "applied_by", "not_by", "words"), ""),
    }

    def summary(self, language: str = "en") -> str:
        """Say how many there are and which code has most."""
        if self.frame.empty:
            return Message("interviews.disagreements_none").text(language)
        most = self.frame["code"].value_counts()
        return Message(
            "interviews.disagreements", n=len(self.frame), code=most.index[0], most=most.iloc[0]
        ).text(language)

    def first(self, rows: int, *, language: str = "en") -> Table:
        """Return the first rows as a table: the codes on which coders differ most often."""
        few = self.frame.head(rows)
        return Table(
            frame=few,
            columns=self.columns,
            topic="interviews",
            caption=Message("interviews.disagreements_caption", n=len(few)),
            language=language,
        )


@check.arguments
def disagreements(corpus: Corpus, *, code: str | None = None) -> Disagreements:
    """List the turns on which coders who opened the interview differ about a code.

    Parameters
    ----------
    corpus : Corpus
        From `read` or `read_corpus`.
    code : str, optional
        One code; all where None, those with most disagreements first.

    Returns
    -------
    Disagreements
        `code, document, turn, speaker, applied_by, not_by, words` (of the turn, on one line), one
        row a code and turn.

    Raises
    ------
    ParameterError
        If the code is not in the codebook.
    EmptyDataError
        If no interview with turns was opened by a coder.
    """
    grid = counts.grid(corpus)
    if code is not None:
        check.one_of("code", code, grid.codes)
    who, could = grid.applied.sum(axis=1), grid.opened.sum(axis=1)[:, None]
    turn, which = np.nonzero((who > 0) & (who < could))
    where = grid.turns.iloc[turn]
    frame = pd.DataFrame(
        {
            "code": np.asarray(grid.codes, object)[which],
            "document": where["document"].to_numpy(),
            "turn": where["turn"].to_numpy(),
            "speaker": where["speaker"].to_numpy(),
            "applied_by": _names(grid.applied[turn, :, which], grid.coders),
            "not_by": _names(grid.opened[turn] & ~grid.applied[turn, :, which], grid.coders),
            "words": _words(corpus, where),
        }
    )
    if code is not None:
        frame = frame[frame["code"] == code]
    many = frame["code"].map(frame["code"].value_counts())
    frame = frame.assign(many=many).sort_values(
        ["many", "code"], ascending=[False, True], kind="stable"
    )
    return Disagreements(
        frame=frame.drop(columns="many").reset_index(drop=True), method=Method.DISAGREEMENTS
    )


def _names(who: NDArray, coders: tuple[str, ...]) -> list[str]:
    return [", ".join(name for name, yes in zip(coders, row, strict=True) if yes) for row in who]


def _words(corpus: Corpus, turns: pd.DataFrame) -> list[str]:
    """What was said on each turn, on one line."""
    texts = corpus.documents.set_index("document")["text"]
    where = zip(turns["document"], turns["start"], turns["end"], strict=True)
    return [" ".join(texts[document][start:end].split()) for document, start, end in where]
