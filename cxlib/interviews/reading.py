"""A folder of transcripts, a table of codings, a codebook and a table of cases -> one checked
corpus."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from cxlib import check, sources
from cxlib.bound_values import as_condition
from cxlib.errors import ColumnError, EmptyDataError, ParameterError, SourceError
from cxlib.interviews import codings as tables
from cxlib.interviews import counts
from cxlib.interviews.corpus import Corpus, Material, What
from cxlib.interviews.naming import in_quotes
from cxlib.interviews.parameters import Parameters
from cxlib.rows import conditions
from cxlib.rows.names import fold
from cxlib.shown.message import Message
from cxlib.shown.reading import with_condition


@check.arguments
def read(p: Parameters) -> Corpus:
    """Read the interviews that the parameters name, and check the parameters against them.

    Parameters
    ----------
    p : Parameters
        Names the files, the columns of the cases and the rule.

    Returns
    -------
    Corpus
        As `read_corpus` makes it, with what was noticed of the names of the cases' groups.

    Raises
    ------
    CxError
        One refusal with the row, the value, the rule and the next step.
    """
    corpus = read_corpus(
        p.transcripts,
        codings=p.codings,
        codebook=p.codebook,
        cases=p.cases,
        interviewers=p.interviewers,
        where=conditions.choose(p.where, p.only),
    )
    corpus = replace(
        corpus,
        notes=(*corpus.notes, *p.noticed),
        subject=with_condition(corpus.subject, p.where, as_condition(p.only)),
    )
    check.columns(list(corpus.cases.columns), case=p.case, order=p.order)
    counts.grid(corpus).presence(p.rule)
    if p.case is None:
        return corpus
    groups = fold(corpus.cases[p.case])
    return replace(
        corpus,
        notes=(*corpus.notes, *groups.notes(p.case)),
        warnings=(*corpus.warnings, *groups.warnings(p.case)),
    )


@check.arguments
def read_corpus(
    transcripts: str | Path,
    *,
    codings: str | Path,
    codebook: str | Path | None = None,
    cases: str | Path | None = None,
    interviewers: Sequence[str] = (),
    where: conditions.Condition | str | None = None,
) -> Corpus:
    """Read and check interviews.

    Parameters
    ----------
    transcripts : path of a folder
        txt, md, srt, vtt and docx files.
    codings : path of a CSV, TSV or XLSX file
        `document` (file name), `start`, `end` (half-open, code points), `code`, `coder`; optionally
        `coded_at, memo, gloss`. A coder has opened an interview if she has a row for it; a row with
        start, end and code left empty says that she read it and found nothing.
    codebook : path of a YAML file, optional
        A list under `codes:` of `{name, theme, kind, definition, example}`.
    cases : path of a CSV, TSV or XLSX file, optional
        `document` and any columns that describe the interview (language, segment, …).
    interviewers : sequence of str
        Speakers whose turns are questions, not data; they are no units and are not quoted.
    where : Condition or str, optional
        A condition on the cases (see `conditions.parse_condition`); only the interviews that meet
        it are looked at.

    Returns
    -------
    Corpus
        `documents`, `turns` (without those of `interviewers`), `codings`, `codebook`, `cases`;
        `read` counts what was read and left out, `warnings` say what to look at.

    Raises
    ------
    SourceError, ColumnError, EmptyDataError, ParameterError
        One refusal with the row, the value, the rule and the next step.
    """
    source = Path(codings).name
    found = sources.read_transcripts(Path(transcripts))
    given = _file(codings, "codings")
    rows = tables.check_codings(given.frame, documents=found.documents, source=source)
    described, strangers, file = _cases(cases, found.documents)
    chosen = _chosen(described, where, cases)
    rows = _of(chosen, rows)
    book = tables.codebook_from(rows) if codebook is None else tables.read_codebook(Path(codebook))
    tables.check_codes(rows, codebook=book, source=source)
    turns = found.turns[found.turns["end"] > found.turns["start"]].reset_index(drop=True)
    corpus = Corpus(
        documents=_of(chosen, found.documents),
        turns=_of(chosen, _answers(turns, interviewers)),
        codings=rows.reset_index(drop=True),
        codebook=book,
        cases=_of(chosen, described),
        interviewers=tuple(interviewers),
    )
    turns = _of(chosen, turns)
    lost = _lost(corpus, turns, strangers, n=0 if chosen is None else chosen.left_out)
    flags = (
        *given.warnings,
        *(file.warnings if file else ()),
        *(chosen.warnings if chosen else ()),
    )
    paths = {
        "transcripts": transcripts,
        "codings": codings,
        "codebook": codebook,
        "cases": cases,
    }
    return replace(
        corpus,
        read=_material(corpus, turns, lost),
        notes=(
            *found.notes,
            *given.noticed,
            *(file.noticed if file else ()),
            *(chosen.notes if chosen else ()),
        ),
        warnings=(*flags, *_warnings(corpus, lost)),
        flags=flags,
        inputs={name: Path(path) for name, path in paths.items() if path is not None},
    )


def _file(path: str | Path, parameter: str) -> sources.Survey:
    try:
        return sources.read_list(path)
    except EmptyDataError as error:
        raise EmptyDataError(
            f"{parameter}={Path(path).name!r} is empty; it needs a header and rows"
        ) from error


def _cases(
    path: str | Path | None, documents: pd.DataFrame
) -> tuple[pd.DataFrame, tuple[str, ...], sources.Survey | None]:
    """Return one row a document, the documents of the file that are not among the transcripts, and
    the file as it was read."""
    if path is None:
        return documents[["document"]].copy(), (), None
    file, source = _file(path, "cases"), Path(path).name
    frame = file.frame
    if "document" not in frame.columns:
        raise ColumnError(
            f"cases={source!r} has no column "
            f"'document'{check.did_you_mean('document', frame.columns)}; "
            "name the file of each interview in it"
        )
    known = {tables.plain(name): name for name in documents["document"]}
    names = frame["document"].map(tables.plain)
    if names.duplicated().any():
        raise SourceError(
            f"cases={source!r}: document {names[names.duplicated()].iloc[0]!r} is there twice; "
            "keep one row an interview"
        )
    described = frame.assign(document=names.map(known)).dropna(subset=["document"])
    if described.empty:
        raise SourceError(
            f"cases={source!r}: no document is among the transcripts (first: {names.iloc[0]!r})"
            f"{check.did_you_mean(names.iloc[0], known)}"
        )
    # an age stays 34, not 34.0
    whole = {name: "Int64" for name in described.columns if described[name].dtype == "int64"}
    strangers = tuple(name or "–" for name in names if name not in known)
    every = documents[["document"]].merge(described.astype(whole), on="document", how="left")
    return every, strangers, file


def _chosen(
    described: pd.DataFrame, where: conditions.Condition | str | None, cases: str | Path | None
) -> conditions.Kept | None:
    """Return the cases that meet the condition; None where there is none."""
    if where is None:
        return None
    if cases is None:
        raise ParameterError(f"where={str(where)!r} is about the cases; give cases=, or where=None")
    asked = conditions.parse_condition(where) if isinstance(where, str) else where
    return asked.apply(described, file=Path(cases).name)


def _of(chosen: conditions.Kept | None, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that belong to the chosen interviews."""
    if chosen is None:
        return rows
    return rows[rows["document"].isin(chosen.rows["document"])].reset_index(drop=True)


def _answers(turns: pd.DataFrame, interviewers: Sequence[str]) -> pd.DataFrame:
    """Return the turns of everyone but interviewers."""
    speakers = {tables.plain(name) for name in turns["speaker"]} - {""}
    for name in interviewers:
        if tables.plain(name) not in speakers:
            raise ParameterError(
                f"interviewers={name!r} speaks in none of the "
                f"transcripts{check.did_you_mean(name, speakers)}"
            )
    asked = turns["speaker"].map(tables.plain).isin([tables.plain(name) for name in interviewers])
    return turns[~asked].reset_index(drop=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lost:
    """What is left out of the counts, by reason."""

    unread: list[str]  # interviews
    silent: list[str]  # interviews
    no_case: list[str]  # interviews
    strangers: list[str]  # documents of the cases
    not_chosen: int  # interviews
    no_turn: int  # spans
    interviewer_spans: int


def _lost(corpus: Corpus, all_turns: pd.DataFrame, strangers: Sequence[str], *, n: int) -> _Lost:
    coded, answered = set(corpus.codings["document"]), set(corpus.turns["document"])
    documents = list(corpus.documents["document"])
    spans = corpus.codings[corpus.codings["code"] != ""].reset_index(drop=True)
    found, kept = (
        len(np.unique(counts.overlaps(spans, turns, corpus.documents)[0]))
        for turns in (all_turns, corpus.turns)
    )
    described = corpus.cases.drop(columns="document")
    bare = described.isna().all(axis=1) if described.shape[1] else pd.Series(False, described.index)
    return _Lost(
        unread=[name for name in documents if name not in coded],
        silent=[name for name in documents if name in coded - answered],
        no_case=list(corpus.cases.loc[bare, "document"]),
        strangers=list(strangers),
        not_chosen=n,
        no_turn=len(spans) - found,
        interviewer_spans=found - kept,
    )


def _material(corpus: Corpus, all_turns: pd.DataFrame, lost: _Lost) -> Material:
    left_out = {
        What.NOT_CHOSEN: lost.not_chosen,
        What.UNREAD: len(lost.unread),
        What.SILENT: len(lost.silent),
        What.INTERVIEWER_TURNS: len(all_turns) - len(corpus.turns),
        What.NO_TURN: lost.no_turn,
        What.INTERVIEWER_SPANS: lost.interviewer_spans,
        What.STRANGERS: len(lost.strangers),
        What.NO_CASE: len(lost.no_case),
    }
    read = {
        What.INTERVIEWS: len(corpus.documents),
        What.TURNS: len(corpus.turns),
        What.CODERS: len(corpus.coders),
        What.CODES: len(corpus.codebook),
        What.SPANS: int((corpus.codings["code"] != "").sum()),
    }
    found = read | {what: n for what, n in left_out.items() if n}
    return Material.of({what: found[what] for what in What if what in found})


def _warnings(corpus: Corpus, lost: _Lost) -> Iterator[Message]:
    if lost.unread:
        yield Message("interviews.warn_unread", n=len(lost.unread), documents=lost.unread)
    if lost.no_turn:
        yield Message("interviews.warn_no_turn", n=lost.no_turn)
    if lost.interviewer_spans:
        yield Message("interviews.warn_interviewer", n=lost.interviewer_spans)
    if lost.silent:
        yield Message("interviews.warn_silent", n=len(lost.silent), documents=lost.silent)
    alike = pd.Series(corpus.coders).groupby([name.casefold() for name in corpus.coders]).agg(list)
    for names in alike[alike.map(len) > 1]:
        yield Message("interviews.warn_coders_alike", coders=in_quotes(names))
    for kind, near in tables.odd_kinds(corpus.codebook["kind"]).items():
        if near:
            yield Message("interviews.warn_kind_near", kind=kind, near=near)
        else:
            yield Message("interviews.warn_kind", kind=kind)
    if lost.strangers:
        yield Message("interviews.warn_strangers", n=len(lost.strangers), documents=lost.strangers)
    if lost.no_case:
        yield Message("interviews.warn_no_case", n=len(lost.no_case), documents=lost.no_case)
