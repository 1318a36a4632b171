"""A folder of transcripts, a table of codings, a codebook and a table of cases -> one checked
corpus."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import pandas as pd

from cxlib import check, sources
from cxlib.bound_values import as_condition
from cxlib.errors import ParameterError
from cxlib.interviews import codebooks, counts
from cxlib.interviews.asking import role_flags
from cxlib.interviews.coding_files import Given, read_codings
from cxlib.interviews.corpus import Corpus, Material, What
from cxlib.interviews.counted import is_counted
from cxlib.interviews.decisions import with_settled
from cxlib.interviews.halfway import read_by_one, stopped_early
from cxlib.interviews.journal_reading import with_made
from cxlib.interviews.origins import cases_of, read_origins, with_described, with_source
from cxlib.interviews.parameters import Parameters
from cxlib.interviews.roles import LEFT_OUT, Speakers, all_left_out, name_roles
from cxlib.interviews.spellings import coders_alike, codes_alike, with_codes
from cxlib.interviews.uncertain import uncertain
from cxlib.interviews.units import make_units
from cxlib.rows import conditions
from cxlib.rows.names import fold
from cxlib.shown.message import Message
from cxlib.shown.reading import with_condition
from cxlib.sources.server_tables import begin_reading, facts_of
from cxlib.sources.transcripts import no_search_for_garbage


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
    begin_reading(p.transcripts, p.cases)
    corpus = read_corpus(
        p.transcripts,
        text_column=p.text_column,
        source=p.source,
        codings=p.codings,
        coders=p.coders,
        settled=p.settled,
        codebook=p.codebook,
        cases=p.cases,
        unit=p.unit,
        speakers=p.speakers,
        where=conditions.choose(p.where, p.only),
    )
    corpus = replace(
        corpus,
        notes=(*corpus.notes, *p.noticed),
        sheets_for=() if p.sheets is None else p.coders,
        subject=with_condition(corpus.subject, p.where, as_condition(p.only)),
    )
    check.columns(list(corpus.cases.columns), case=p.case, order=p.order)
    if len(corpus.codings):
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
@no_search_for_garbage()
def read_corpus(
    transcripts: str | Path,
    *,
    text_column: str | None = None,
    source: str | None = None,
    codings: Given = None,
    coders: Sequence[str] = (),
    settled: str | Path | None = None,
    codebook: str | Path | None = None,
    cases: str | Path | None = None,
    unit: str | None = None,
    speakers: Speakers | None = None,
    where: conditions.Condition | str | None = None,
) -> Corpus:
    """Read and check interviews.

    Parameters
    ----------
    transcripts : path of a folder, of a CSV, TSV or XLSX file, or of a table (see `read_source`)
        txt, md, srt, vtt, docx, odt, rtf and pdf files; or a table of tickets or open answers, one
        row a document: `document` or `id`, the text, and what describes it, which joins the cases.
        All rows of a table of a database are read into memory, at most 100,000.
    text_column : str, optional
        The column of a table with the texts.
    source : str, optional
        What says of each document what it is (interview, support ticket, open answer, …): a column
        of the cases, or "folder": then the folders in `transcripts` are read too, a document is
        called `tickets/t1.txt`, and the cases have a column `source`.
    codings : path of a file or folder, or sequence of paths, optional
        CSV, TSV or XLSX, or a folder with one file a coder: tables, sheets of `write_sheets`, files
        of `code` (`.jsonl`; `settled.jsonl` is what was settled). A table has `document` (file
        name), `start`, `end` (half-open, code points), `code`, `coder`; optionally `coded_at, memo,
        gloss`, and `quote`, the words of the span: by them it is proved, and moved or found where
        offsets are counted otherwise or not there (`spans.place`); also Taguette's highlights and
        QualCoder's report of codings. A coder has opened an interview if she has a row for it; a
        row with start, end and code left empty says that she read it and found nothing. `read` says
        how far she has come (`done`, or the number of the last unit); without it she has read all.
        A coder called consensus, final, 合議, 합의 and the like is none, but what was settled. None
        where nothing was coded yet.
    coders : sequence of str
        Who is looked at; everybody where it is empty.
    settled : path of a sheet of `write_settling`, optional
        What was decided where coders differ; it counts before any rule.
    codebook : path of a YAML, CSV, TSV or XLSX file, optional
        The codes, in a hierarchy or not; see `codebooks.read_codebook`.
    cases : path of a CSV, TSV or XLSX file, optional
        `document` and any columns that describe the interview (language, segment, …).
    unit : {"turn", "sentence", "cue", "line"}, optional
        What coders agree or differ on (see `units.make_units`); by default turns where anybody
        speaks, else sentences.
    speakers : mapping of str to str or list of str, optional
        What each role (`interviewer`, `moderator`, `observer`: not counted and not quoted;
        `customer`, `participant`) and each name goes by in the transcripts, with `*` for any
        characters (see `roles.name_roles`).
    where : Condition or str, optional
        A condition on the cases (see `conditions.parse_condition`); only the interviews that meet
        it are looked at.

    Returns
    -------
    Corpus
        `documents`, `units` (without those who are not counted), `codings`, `codebook`, `cases`;
        `read` counts what was read and left out, `warnings` say what to look at.

    Raises
    ------
    SourceError, ColumnError, EmptyDataError, ParameterError
        One refusal with the row, the value, the rule and the next step.
    """
    origins = read_origins(transcripts, text_column=text_column, source=source)
    described, strangers, file = cases_of(cases, origins.found.documents)
    described = with_described(described, origins)
    chosen = _chosen(described, where, cases or transcripts)
    found = _transcripts_of(chosen, origins.found)
    cast = name_roles(origins.found.turns, speakers or {})
    made = make_units(found, unit)
    units = cast.applied(made.frame)
    asked = units["role"].isin(LEFT_OUT)
    listed = None if codebook is None else codebooks.read_codebook(Path(codebook))
    given = read_codings(
        codings,
        documents=origins.found.documents,
        units=units if chosen is None else make_units(origins.found, made.kind).frame,
        coders=coders,
        codebook=listed,
        settled=settled,
        unit=made.kind,
    )
    rows = _of(chosen, given.codings)
    consensus = _of(chosen, given.consensus)
    spans = _of(chosen, given.settled)
    book = with_codes(listed, pd.concat([rows, consensus, spans]), given.new_codes)
    corpus = Corpus(
        documents=with_source(found.documents, described, source),
        units=units[~asked].reset_index(drop=True),
        all_units=units.reset_index(drop=True),
        codings=rows.reset_index(drop=True),
        codebook=with_made(book, given.made),
        cases=_of(chosen, described),
        left_out=tuple(dict.fromkeys(units.loc[asked, "speaker"])),
        unit=made.kind,
        progress=_of(chosen, given.progress),
    )
    agreed = {"consensus": consensus, "spans": spans}
    corpus, decided = with_settled(corpus, settled, **agreed, other_codes=given.other_codes)
    lost = _lost(corpus, units, strangers, n=0 if chosen is None else chosen.left_out)
    flags = (
        *origins.warnings,
        *given.flags,
        *decided.flags,
        *(() if codebook else codes_alike(rows)),
        *(file.warnings if file else ()),
        *(chosen.warnings if chosen else ()),
        *made.flags,
        *cast.flags,
        *all_left_out(units),
        *role_flags(corpus, cast.applied(found.turns), cast),
        *((*stopped_early(corpus), *read_by_one(corpus)) if len(corpus.codings) else ()),
    )
    paths = {"transcripts": transcripts, **given.files, "settled": settled}
    paths |= {"codebook": codebook, "cases": cases}
    inputs = {name: Path(path) for name, path in paths.items() if path is not None}
    return replace(
        corpus,
        read=_material(corpus, units, lost),
        notes=(
            *found.notes,
            *made.notes,
            *cast.notes,
            *given.notes,
            *decided.notes,
            *(file.noticed if file else ()),
            *(chosen.notes if chosen else ()),
        ),
        warnings=(*flags, *given.warnings, *decided.warnings, *_warnings(corpus, lost)),
        flags=flags,
        inputs=inputs,
        tables=facts_of(inputs),
    )


def _chosen(
    described: pd.DataFrame, where: conditions.Condition | str | None, cases: str | Path
) -> conditions.Kept | None:
    """Return the cases that meet the condition; None where there is none."""
    if where is None:
        return None
    if described.shape[1] == 1:
        raise ParameterError(f"where={str(where)!r} is about the cases; give cases=, or where=None")
    asked = conditions.parse_condition(where) if isinstance(where, str) else where
    return asked.apply(described, file=Path(cases).name)


def _of(chosen: conditions.Kept | None, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that belong to the chosen interviews."""
    if chosen is None:
        return rows
    return rows[rows["document"].isin(chosen.rows["document"])].reset_index(drop=True)


def _transcripts_of(
    chosen: conditions.Kept | None, found: sources.Transcripts
) -> sources.Transcripts:
    """Return the transcripts of the chosen interviews, each of their tables."""
    tables = {
        field.name: _of(chosen, table)
        for field in fields(found)
        if isinstance(table := getattr(found, field.name), pd.DataFrame)
    }
    return replace(found, **tables)


# counts that are told also where they are 0
_ALWAYS = (What.INTERVIEWS, What.UNITS, What.CODERS, What.CODES, What.SPANS)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lost:
    """What is left out of the counts, by reason."""

    unread: list[str]  # interviews
    silent: list[str]  # interviews
    no_case: list[str]  # interviews
    strangers: list[str]  # documents of the cases
    not_chosen: int  # interviews
    not_yet: int  # units, of one coder or another
    no_unit: int  # spans
    interviewer_spans: int


def _lost(corpus: Corpus, all_units: pd.DataFrame, strangers: Sequence[str], *, n: int) -> _Lost:
    coded, answered = (set(rows["document"].unique()) for rows in (corpus.codings, corpus.units))
    documents = list(corpus.documents["document"])
    spans = corpus.codings[corpus.codings["code"] != ""].reset_index(drop=True)
    found, kept = (
        len(np.unique(counts.overlaps(spans, units, corpus.documents)[0]))
        for units in (all_units, corpus.units)
    )
    described = corpus.cases.drop(columns="document")
    bare = described.isna().all(axis=1) if described.shape[1] else pd.Series(False, described.index)
    return _Lost(
        unread=[name for name in documents if name not in coded and coded],
        silent=[name for name in documents if name in coded - answered],
        no_case=list(corpus.cases.loc[bare, "document"]),
        strangers=list(strangers),
        not_chosen=n,
        not_yet=counts.not_yet(corpus) if len(corpus.progress) else 0,
        no_unit=len(spans) - found,
        interviewer_spans=found - kept,
    )


def _material(corpus: Corpus, all_units: pd.DataFrame, lost: _Lost) -> Material:
    left_out = {
        What.NOT_CHOSEN: lost.not_chosen,
        What.UNREAD: len(lost.unread),
        What.SILENT: len(lost.silent),
        What.INTERVIEWER_UNITS: len(all_units) - len(corpus.units),
        What.NOT_YET: lost.not_yet,
        What.NO_UNIT: lost.no_unit,
        What.INTERVIEWER_SPANS: lost.interviewer_spans,
        What.STRANGERS: len(lost.strangers),
        What.NO_CASE: len(lost.no_case),
    }
    read = {
        What.INTERVIEWS: len(corpus.documents),
        What.UNITS: len(corpus.units),
        What.CODERS: len(corpus.coders),
        What.CODES: len(corpus.codes),
        What.SPANS: int(is_counted(corpus.codings, corpus.units).sum()),
        What.DECISIONS: len(corpus.decisions),
    }
    found = {what: n for what, n in (read | left_out).items() if n or what in _ALWAYS}
    return Material.of({what: found[what] for what in What if what in found}, unit=corpus.kind)


def _half_way(corpus: Corpus) -> list[str]:
    """Return the coders who have not read all of the interviews that they opened."""
    ends = corpus.units.groupby("document")["end"].max()
    limit = corpus.progress["document"].map(ends)
    return sorted(corpus.progress.loc[corpus.progress["read_to"] < limit, "coder"].unique())


def _warnings(corpus: Corpus, lost: _Lost) -> Iterator[Message]:
    if lost.unread:
        yield Message("interviews.warn_unread", n=len(lost.unread), documents=lost.unread)
    if lost.no_unit:
        yield Message("interviews.warn_no_unit", n=lost.no_unit, unit=corpus.kind)
    if lost.interviewer_spans:
        yield Message(
            "interviews.warn_interviewer", n=lost.interviewer_spans, units=corpus.kind.many
        )
    if lost.silent:
        yield Message(
            "interviews.warn_silent", n=len(lost.silent), documents=lost.silent, unit=corpus.kind
        )
    yield from coders_alike(corpus.codings)
    yield from uncertain(corpus)
    if lost.not_yet:
        yield Message("interviews.warn_not_yet", n=lost.not_yet, coders=_half_way(corpus))
    for kind, near in codebooks.odd_kinds(corpus.codebook["kind"]).items():
        if near:
            yield Message("interviews.warn_kind_near", kind=kind, near=near)
        else:
            yield Message("interviews.warn_kind", kind=kind)
    if lost.strangers:
        yield Message("interviews.warn_strangers", n=len(lost.strangers), documents=lost.strangers)
    if lost.no_case:
        yield Message("interviews.warn_no_case", n=len(lost.no_case), documents=lost.no_case)
