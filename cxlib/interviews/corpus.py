"""Interviews and what coders said about them, as frames: what every question of the study takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import ClassVar

import pandas as pd

from cxlib.interviews.methods import Method
from cxlib.shown.message import Message
from cxlib.shown.reading import Reading
from cxlib.shown.result import Result
from cxlib.shown.table import Format, Table


class What(StrEnum):
    """What was read, and what of it was left out."""

    INTERVIEWS = "interviews"
    NOT_CHOSEN = "not_chosen"
    UNREAD = "unread"
    SILENT = "silent"
    TURNS = "turns"
    INTERVIEWER_TURNS = "interviewer_turns"
    CODERS = "coders"
    CODES = "codes"
    SPANS = "spans"
    NO_TURN = "no_turn"
    INTERVIEWER_SPANS = "interviewer_spans"
    STRANGERS = "strangers"
    NO_CASE = "no_case"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Material(Result):
    """What was read: `what, n`, a row a count; what was left out only where there is some."""

    columns: ClassVar[Mapping[str, Format]] = {"what": What, "n": "integer"}
    shows: ClassVar[Message] = Message("interviews.material_caption")

    @classmethod
    def of(cls, counts: Mapping[What, int]) -> Material:
        """Return the material that was counted."""
        frame = pd.DataFrame({"what": map(str, counts), "n": list(counts.values())})
        return cls(frame=frame, method=Method.COUNT)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Corpus(Reading):
    """Interviews and what coders said about them.

    `cxlib.interviews.read_corpus` makes it from files. One that is made from frames was not read:
    the first five are enough.

    Attributes
    ----------
    documents : pandas.DataFrame
        `document, format, text, characters, sha256`, one row a transcript, in the order of the
        interviews.
    turns : pandas.DataFrame
        `document, turn, speaker, start, end, started_seconds, ended_seconds`: the units of
        agreement. Half-open code points.
    codings : pandas.DataFrame
        `document, start, end, code, coder, coded_at, memo, gloss`, one row a span; `code` is empty
        where a coder read an interview and found nothing.
    codebook : pandas.DataFrame
        `name, theme, kind, definition, example`; without a file, the codes that were used.
    cases : pandas.DataFrame
        One row a document, with the researcher's own columns; only `document` where there is no
        file.
    interviewers : tuple of str
        Speakers whose turns were left out.
    """

    documents: pd.DataFrame
    turns: pd.DataFrame
    codings: pd.DataFrame
    codebook: pd.DataFrame
    cases: pd.DataFrame
    interviewers: tuple[str, ...] = ()
    read: Result = field(default_factory=lambda: Material.of({}))
    inputs: Mapping[str, Path] = field(default_factory=dict)

    @property
    def coders(self) -> tuple[str, ...]:
        """Who coded, in alphabetical order."""
        return tuple(sorted(self.codings["coder"].unique()))

    def summary(self, language: str = "en") -> str:
        """Say what was read in one sentence."""
        said = {
            "documents": len(self.documents),
            "turns": len(self.turns),
            "codes": len(self.codebook),
            "spans": int((self.codings["code"] != "").sum()),
            "coders": self.coders,
        }
        if not self.interviewers:
            return Message("interviews.corpus", **said).text(language)
        interviewers = self.interviewers
        return Message("interviews.corpus_asked", interviewers=interviewers, **said).text(language)

    def provenance(self, *, language: str = "en") -> Table:
        """Return which files were read: format, length, turns, coders, and the first letters of the
        hash of each."""
        frame = self.documents[["document", "format", "characters"]].copy()
        turns = self.turns["document"].value_counts()
        coders = self.codings.groupby("document")["coder"].agg(
            lambda names: ", ".join(sorted(set(names)))
        )
        frame["turns"] = frame["document"].map(turns).fillna(0).astype(int)
        frame["coders"] = frame["document"].map(coders).fillna("")
        frame["sha256"] = self.documents["sha256"].str[:12]
        return Table(
            frame=frame,
            columns=dict.fromkeys(frame.columns, ""),
            topic="interviews",
            caption=Message("interviews.provenance_caption"),
            language=language,
        )
