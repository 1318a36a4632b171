"""Interviews and what coders said about them, as frames: what every question of the study takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from cxlib import check
from cxlib.interviews import codebooks
from cxlib.interviews.counted import is_counted
from cxlib.interviews.methods import Method
from cxlib.interviews.units import UnitKind
from cxlib.rows.names import fold
from cxlib.rows.periods import natural_order
from cxlib.shown.message import Message
from cxlib.shown.reading import Reading
from cxlib.shown.result import Result
from cxlib.shown.table import Format, Table

CODING = ("document", "start", "end", "code", "coder", "coded_at", "memo", "gloss")
PROGRESS = ("document", "coder", "read_to")
DECISION = ("document", "start", "end", "code", "holds", "reason", "decided_by")


class What(StrEnum):
    """What was read, and what of it was left out."""

    INTERVIEWS = "interviews"
    NOT_CHOSEN = "not_chosen"
    UNREAD = "unread"
    SILENT = "silent"
    UNITS = "units"
    INTERVIEWER_UNITS = "interviewer_units"
    CODERS = "coders"
    CODES = "codes"
    SPANS = "spans"
    NOT_YET = "not_yet"
    DECISIONS = "decisions"
    NO_UNIT = "no_unit"
    INTERVIEWER_SPANS = "interviewer_spans"
    STRANGERS = "strangers"
    NO_CASE = "no_case"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Material(Result):
    """What was read: `what, n`, a row a count; what was left out only where there is some."""

    unit: UnitKind = UnitKind.TURN

    columns: ClassVar[Mapping[str, Format]] = {"what": What, "n": "integer"}
    shows: ClassVar[Message] = Message("interviews.material_caption")

    @classmethod
    def of(cls, counts: Mapping[What, int], *, unit: UnitKind = UnitKind.TURN) -> Material:
        """Return the material that was counted, in units of a kind."""
        frame = pd.DataFrame({"what": map(str, counts), "n": list(counts.values())})
        return cls(frame=frame, method=Method.COUNT, unit=unit)

    @property
    def filled(self) -> Mapping[str, Any]:
        """What a unit is called."""
        return {"units": self.unit.many, "unit": self.unit}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Corpus(Reading):
    """Interviews and what coders said about them.

    `cxlib.interviews.read_corpus` makes it from files. One that is made from frames was not read:
    the first five are enough.

    Attributes
    ----------
    documents : pandas.DataFrame
        `document, format, source, text, characters, sha256`, one row a transcript, in the order of
        the interviews; `source` is what it is (interview, support ticket, …), empty if not known.
    units : pandas.DataFrame
        `document, unit` (from 1)`, speaker, role, start, end, started_seconds, ended_seconds`: the
        units of agreement. Half-open code points; `role` is empty where none was named.
    codings : pandas.DataFrame
        `document, start, end, code, coder, coded_at, memo, gloss`, one row a span; `code` is empty
        where a coder read an interview and found nothing. `uncertain` where any coder was.
    codebook : pandas.DataFrame
        `name, parent, theme, kind, definition, example, when_not`, and words in languages
        (`label_ja`, …; see `codebooks.read_codebook`); without a file, the codes that were used.
    cases : pandas.DataFrame
        One row a document, with the researcher's own columns; only `document` where there is no
        file.
    left_out : tuple of str
        Speakers whose units are no data: interviewers, moderators and observers.
    all_units : pandas.DataFrame
        As `units`, those that were left out included.
    unit : {"turn", "sentence", "cue", "line"}
        What a unit is.
    progress : pandas.DataFrame
        `document, coder, read_to`, one row an interview and coder: units that end after `read_to`
        (code points) are not yet read by the coder: missing, not absent. A coder with codings in an
        interview and without a row here has read all of it.
    decisions : pandas.DataFrame
        `document, start, end, code, holds, reason, decided_by`: what was settled after coding, one
        row a unit and code. It counts wherever codes are counted, and never as a coder.
    sheets_for : tuple of str
        Who gets a sheet to code in.
    """

    documents: pd.DataFrame
    units: pd.DataFrame
    codings: pd.DataFrame
    codebook: pd.DataFrame
    cases: pd.DataFrame
    left_out: tuple[str, ...] = ()
    all_units: pd.DataFrame = field(default_factory=pd.DataFrame)
    unit: str = UnitKind.TURN
    progress: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(PROGRESS)))
    decisions: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(DECISION)))
    sheets_for: tuple[str, ...] = ()
    read: Result = field(default_factory=lambda: Material.of({}))
    inputs: Mapping[str, Path] = field(default_factory=dict)

    @property
    def coders(self) -> tuple[str, ...]:
        """Who coded, in alphabetical order."""
        return tuple(sorted(self.codings["coder"].unique()))

    @property
    def kind(self) -> UnitKind:
        """What a unit is, as a word."""
        return UnitKind(self.unit)

    @property
    def codes(self) -> pd.DataFrame:
        """The codebook without headings: codes above others that were themselves used nowhere."""
        used = {*self.codings["code"].unique(), *self.decisions["code"].unique()}
        return self.codebook[~codebooks.headings(self.codebook, used=used)].reset_index(drop=True)

    def labelled(self, language: str) -> Corpus:
        """Return the same with codes, and themes that are codes, called by their labels in a
        language; a code without one keeps its name.

        Use it for what is shown alone: files of codings and sheets have the names.
        """
        names = codebooks.in_language(self.codebook, language).set_index("name")["label"].to_dict()

        def called(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
            there = [column for column in columns if column in frame.columns]
            return frame.assign(
                **{column: [names.get(each, each) for each in frame[column]] for column in there}
            )

        return replace(
            self,
            codebook=called(self.codebook, "name", "parent", "theme"),
            codings=called(self.codings, "code"),
            decisions=called(self.decisions, "code"),
        )

    def certain(self) -> Corpus:
        """Return the same without the codings that their coder marked as uncertain: to see what
        agreement or counts rest on them.

        A coder who was sure of nothing in an interview has read it all the same.
        """
        if "uncertain" not in self.codings.columns:
            return self
        rows = self.codings[~self.codings["uncertain"].astype(bool)].drop(columns="uncertain")
        who = ["document", "coder"]
        opened = self.codings[who].drop_duplicates()
        lost = opened[~pd.MultiIndex.from_frame(opened).isin(pd.MultiIndex.from_frame(rows[who]))]
        nothing = dict.fromkeys(("code", "coded_at", "memo", "gloss"), "")
        bare = lost.assign(start=0, end=0, **nothing).reindex(columns=rows.columns)
        kept = pd.concat([rows, bare], ignore_index=True) if len(bare) else rows
        return replace(self, codings=kept.reset_index(drop=True))

    def split(self, by: str) -> dict[str, Corpus]:
        """Return the interviews of each group apart, in the groups' order; under an empty name
        those of which it is not stated.

        Parameters
        ----------
        by : str
            "source", or a column of the cases.

        Raises
        ------
        ColumnError
            If there is no such column.
        """
        cases = self.cases
        if by == "source" and by not in cases.columns and by in self.documents.columns:
            cases = cases.merge(self.documents[["document", by]], on="document", how="left")
        check.columns(list(cases.columns), by=by)
        group = fold(cases[by]).values.fillna("")
        names = [*natural_order(group[group != ""]), *([""] if (group == "").any() else [])]
        return {name: self._of(cases.loc[group == name, "document"]) for name in names}

    def _of(self, documents: pd.Series) -> Corpus:
        """Return the same with some of the documents only."""
        frames = ("documents", "units", "codings", "cases", "progress", "decisions")
        kept = {}
        for name in (*frames, *(["all_units"] if len(self.all_units) else [])):
            rows = getattr(self, name)
            kept[name] = rows[rows["document"].isin(documents)].reset_index(drop=True)
        return replace(self, **kept)

    def summary(self, language: str = "en") -> str:
        """Say what was read in one sentence."""
        if self.codings.empty:
            return Message(
                "interviews.corpus_uncoded", documents=len(self.documents), units=len(self.units)
            ).text(language)
        said = {
            "documents": len(self.documents),
            "units": len(self.units),
            "kind": self.kind.of(len(self.units)),
            "codes": len(self.codes),
            "spans": int(is_counted(self.codings, self.units).sum()),
            "coders": self.coders,
        }
        if not self.left_out:
            return Message("interviews.corpus", **said).text(language)
        asked = {"left_out": self.left_out, "many": self.kind.many}
        return Message("interviews.corpus_asked", **asked, **said).text(language)

    def provenance(self, *, language: str = "en") -> Table:
        """Return which files were read: format, length, units, coders, and the first letters of the
        hash of each."""
        frame = self.documents[["document", "format", "characters"]].copy()
        units = self.units["document"].value_counts()
        coders = self.codings.groupby("document")["coder"].agg(
            lambda names: ", ".join(sorted(set(names)))
        )
        frame["units"] = frame["document"].map(units).fillna(0).astype(int)
        frame["coders"] = frame["document"].map(coders).fillna("")
        frame["sha256"] = self.documents["sha256"].str[:12]
        return Table(
            frame=frame,
            columns=dict.fromkeys(frame.columns, ""),
            topic="interviews",
            caption=Message("interviews.provenance_caption"),
            language=language,
        )
