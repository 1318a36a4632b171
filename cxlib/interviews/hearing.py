"""A corpus -> who was heard in which interview, and how much; it needs no codings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.interviews.corpus import Corpus
from cxlib.interviews.methods import Method
from cxlib.interviews.units import UnitKind
from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.table import Format


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Heard(Result):
    """Who was heard: `document, speaker, role, units, characters, minutes`, one row an interview
    and speaker; `interviews` is how many were read."""

    interviews: int
    unit: UnitKind = UnitKind.TURN

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("document", "speaker", "role"), ""),
        **dict.fromkeys(("units", "characters"), "integer"),
        "minutes": "decimal1",
    }
    shows: ClassVar[Message] = Message("interviews.heard_caption")

    def summary(self, language: str = "en") -> str:
        """Say how many were heard, and how long where the transcripts have times."""
        frame = self.frame
        speakers = frame.loc[frame["speaker"] != "", ["document", "speaker"]].drop_duplicates()
        said = {
            "interviews": self.interviews,
            "speakers": len(speakers),
            "units": int(frame["units"].sum()),
            "kind": self.unit.of(int(frame["units"].sum())),
            "characters": int(frame["characters"].sum()),
        }
        timed = frame.dropna(subset=["minutes"])
        if timed.empty:
            return Message("interviews.heard_all", **said).text(language)
        return Message(
            "interviews.heard_timed",
            minutes=float(timed["minutes"].sum()),
            timed=timed["document"].nunique(),
            **said,
        ).text(language)


@check.arguments
def heard(corpus: Corpus) -> Heard:
    """Count who was heard, and how much, before anything is coded.

    Parameters
    ----------
    corpus : Corpus
        From `read` or `read_corpus`.

    Returns
    -------
    Heard
        One row an interview and speaker, in their order: `document`, `speaker` (empty where not
        known), `role`, `units`, `characters` (code points of what was said, without white space
        around it) and `minutes` (from the beginning of each unit to its end, summed; missing where
        a transcript has no ends of what is said). Those who ask are not counted.
    """
    texts = corpus.documents.set_index("document")["text"]
    units = corpus.units.reindex(
        columns=[
            *("document", "speaker", "role", "start", "end", "started_seconds", "ended_seconds")
        ]
    )
    places = zip(units["document"], units["start"], units["end"], strict=True)
    seconds = units["ended_seconds"].astype(float) - units["started_seconds"].astype(float)
    rows = units.assign(
        speaker=units["speaker"].astype(object).fillna(""),
        role=units["role"].astype(object).fillna(""),
        characters=[len(texts[document][start:end].strip()) for document, start, end in places],
        minutes=seconds.clip(lower=0) / 60,
        units=1,
    )
    frame = rows.groupby(["document", "speaker", "role"], as_index=False, sort=False).agg(
        units=("units", "sum"),
        characters=("characters", "sum"),
        minutes=("minutes", lambda part: part.sum(min_count=1) if len(part) else np.nan),
    )
    return Heard(
        frame=pd.DataFrame(frame)[list(Heard.columns)],
        method=Method.COUNT,
        interviews=len(corpus.documents),
        unit=corpus.kind,
    )
