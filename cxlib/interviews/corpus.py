"""A folder of transcripts, a table of codings, a codebook and a table of cases -> one checked
corpus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

from cxlib import check, sources
from cxlib.errors import ColumnError, EmptyDataError, ParameterError, SourceError
from cxlib.interviews import codings as tables
from cxlib.interviews.counts import touched
from cxlib.language import joined, number, text
from cxlib.result import Table


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """Interviews and what coders said about them.

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
    warnings : tuple of str
        What was left out and why, in sentences.
    notes : tuple of str
        How the transcripts were read, in sentences.
    interviewers : tuple of str
        Speakers whose turns were left out.
    """

    documents: pd.DataFrame
    turns: pd.DataFrame
    codings: pd.DataFrame
    codebook: pd.DataFrame
    cases: pd.DataFrame
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    interviewers: tuple[str, ...] = ()

    @classmethod
    def read(
        cls,
        transcripts: str | Path,
        *,
        codings: str | Path,
        codebook: str | Path | None = None,
        cases: str | Path | None = None,
        interviewers: Sequence[str] = (),
    ) -> Self:
        """Read and check interviews.

        Parameters
        ----------
        transcripts : path of a folder
            txt, md, srt, vtt and docx files.
        codings : path of a CSV, TSV or XLSX file
            `document` (file name), `start`, `end` (half-open, code points), `code`, `coder`;
            optionally `coded_at, memo, gloss`. A coder has opened an interview if she has a row for
            it; a row with start, end and code left empty says that she read it and found nothing.
        codebook : path of a YAML file, optional
            A list under `codes:` of `{name, theme, kind, definition, example}`.
        cases : path of a CSV, TSV or XLSX file, optional
            `document` and any columns that describe the interview (language, segment, …).
        interviewers : sequence of str
            Speakers whose turns are questions, not data; they are no units and are not quoted.

        Raises
        ------
        SourceError, ColumnError, EmptyDataError, ParameterError
            One refusal with the row, the value, the rule and the next step.
        """
        read = sources.read_transcripts(Path(transcripts))
        rows = tables.check_codings(
            _rows(codings, "codings"), documents=read.documents, source=Path(codings).name
        )
        book = (
            tables.codebook_from(rows) if codebook is None else tables.read_codebook(Path(codebook))
        )
        tables.check_codes(rows, codebook=book, source=Path(codings).name)
        described, strangers = _cases(cases, read.documents)
        turns = read.turns[read.turns["end"] > read.turns["start"]].reset_index(drop=True)
        corpus = cls(
            read.documents,
            _without(turns, interviewers),
            rows.reset_index(drop=True),
            book,
            described,
        )
        return replace(
            corpus,
            warnings=tuple(_warnings(corpus, turns, strangers)),
            notes=read.notes,
            interviewers=tuple(interviewers),
        )

    @property
    def coders(self) -> tuple[str, ...]:
        """Who coded, in alphabetical order."""
        return tuple(sorted(self.codings["coder"].unique()))

    def summary(self, language: str = "en") -> str:
        """Say what was read in one sentence."""
        spans = int((self.codings["code"] != "").sum())
        asked = text(
            "interviews.corpus_asked", language, interviewers=joined(self.interviewers, language)
        )
        return text(
            "interviews.corpus",
            language,
            documents=number(len(self.documents)),
            turns=number(len(self.turns)),
            asked=asked if self.interviewers else "",
            codes=number(len(self.codebook)),
            spans=number(spans),
            coders=joined(self.coders, language),
        )

    def provenance(self, *, caption: str = "", language: str = "en") -> Table:
        """Return which files were read: format, length, turns, coders, and the first letters of the
        hash of each."""
        frame = self.documents[["document", "format", "characters"]].copy()
        frame["turns"] = (
            frame["document"].map(self.turns["document"].value_counts()).fillna(0).astype(int)
        )
        coders = self.codings.groupby("document")["coder"].agg(
            lambda names: ", ".join(sorted(set(names)))
        )
        frame["coders"] = frame["document"].map(coders).fillna("")
        frame["sha256"] = self.documents["sha256"].str[:12]
        return Table(frame, caption=caption, language=language)


def _rows(path: str | Path, parameter: str) -> pd.DataFrame:
    try:
        return sources.read_survey(Path(path), layout="plain").frame
    except EmptyDataError as error:
        raise EmptyDataError(
            f"{parameter}={Path(path).name!r} is empty; it needs a header and rows"
        ) from error


def _cases(
    path: str | Path | None, documents: pd.DataFrame
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return one row a document, and the documents of the file that are not among the
    transcripts."""
    if path is None:
        return documents[["document"]].copy(), ()
    frame = _rows(path, "cases")
    if "document" not in frame.columns:
        raise ColumnError(
            f"cases={Path(path).name!r} has no column "
            f"'document'{check.did_you_mean('document', frame.columns)}; "
            "name the file of each interview in it"
        )
    known = {tables.plain(name): name for name in documents["document"]}
    names = frame["document"].map(tables.plain)
    if names.duplicated().any():
        raise SourceError(
            f"cases={Path(path).name!r}: document {names[names.duplicated()].iloc[0]!r} is there "
            "twice; "
            "keep one row an interview"
        )
    described = frame.assign(document=names.map(known)).dropna(subset=["document"])
    if described.empty:
        raise SourceError(
            f"cases={Path(path).name!r}: no document is among the transcripts (first: "
            f"{names.iloc[0]!r})"
            f"{check.did_you_mean(names.iloc[0], known)}"
        )
    whole = {
        name: "Int64" for name in described.columns if described[name].dtype == "int64"
    }  # an age stays 34, not 34.0
    strangers = tuple(name or "–" for name in names if name not in known)
    return documents[["document"]].merge(
        described.astype(whole), on="document", how="left"
    ), strangers


def _without(turns: pd.DataFrame, interviewers: Sequence[str]) -> pd.DataFrame:
    speakers = {tables.plain(name) for name in turns["speaker"]} - {""}
    for name in interviewers:
        if tables.plain(name) not in speakers:
            raise ParameterError(
                f"interviewers={name!r} speaks in none of the "
                f"transcripts{check.did_you_mean(name, speakers)}"
            )
    asked = turns["speaker"].map(tables.plain).isin([tables.plain(name) for name in interviewers])
    return turns[~asked].reset_index(drop=True)


def _warnings(corpus: Corpus, all_turns: pd.DataFrame, strangers: Sequence[str]) -> list[str]:
    said = []
    coded = set(corpus.codings["document"])
    unread = [name for name in corpus.documents["document"] if name not in coded]
    if unread:
        said.append(text("interviews.warn_unread", n=number(len(unread)), documents=joined(unread)))
    spans = corpus.codings[corpus.codings["code"] != ""].reset_index(drop=True)
    found, kept = (
        len(np.unique(touched(spans, turns, corpus.documents)[0]))
        for turns in (all_turns, corpus.turns)
    )
    for lost, key in (
        (len(spans) - found, "interviews.warn_no_turn"),
        (found - kept, "interviews.warn_interviewer"),
    ):
        if lost:
            said.append(text(key, n=number(lost)))
    silent = [
        name
        for name in corpus.documents["document"]
        if name in coded - set(corpus.turns["document"])
    ]
    if silent:
        said.append(text("interviews.warn_silent", n=number(len(silent)), documents=joined(silent)))
    alike = pd.Series(corpus.coders).groupby([name.casefold() for name in corpus.coders]).agg(list)
    said += [
        text("interviews.warn_coders_alike", coders=joined(f"“{name}”" for name in names))
        for names in alike
        if len(names) > 1
    ]
    for kind in tables.odd_kinds(corpus.codebook["kind"]):
        said.append(
            text("interviews.warn_kind", kind=kind, hint=check.did_you_mean(kind, tables.KINDS))
        )
    if strangers:
        said.append(
            text("interviews.warn_strangers", n=number(len(strangers)), documents=joined(strangers))
        )
    if corpus.cases.shape[1] > 1 and corpus.cases.drop(columns="document").isna().all(axis=1).any():
        bare = corpus.cases.loc[
            corpus.cases.drop(columns="document").isna().all(axis=1), "document"
        ]
        said.append(text("interviews.warn_no_case", n=number(len(bare)), documents=joined(bare)))
    return said
