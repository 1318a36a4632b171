"""A corpus and who codes it -> the widget in which she marks words, or what she has marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from cxlib import check, texts
from cxlib.errors import EmptyDataError, ParameterError
from cxlib.interviews import coder_widget
from cxlib.interviews.coded_views import view
from cxlib.interviews.coder_before import taken_over
from cxlib.interviews.coder_desk import Desk, desk_of
from cxlib.interviews.coder_messages import in_corpus
from cxlib.interviews.coder_session import Send, Session
from cxlib.interviews.codings import plain
from cxlib.interviews.corpus import CODING, DECISION, Corpus
from cxlib.interviews.journal import UNCERTAIN, Journal, read_journal, write_table
from cxlib.interviews.journal_names import path_of
from cxlib.interviews.journal_reading import MADE, conflict_note, progress_of, prove, with_made
from cxlib.interviews.reach import with_marks
from cxlib.shown.message import Message

Bundle = tuple[dict[str, Any], dict[str, Any]]


class Coder:
    """What one person codes, in a file of her own; made by `code`.

    In JupyterLab it is shown as the widget in which words are marked; where nobody is there
    (papermill, nbval, nbconvert), as `view` shows the interview.

    Attributes
    ----------
    coder : str
    path : Path
        The file. It holds every change since the first, a line each; git merges two copies of it
        without a conflict.
    document : str
        The interview that is shown first.
    notes : tuple of Message
        What was noticed when it was opened.
    """

    def __init__(
        self,
        corpus: Corpus,
        document: str,
        *,
        coder: str,
        path: Path,
        desk: Desk | None,
        others: Sequence[Desk | str],
        language: str,
        notes: Sequence[Message],
        hint: bool,
        is_chosen: bool = False,
    ) -> None:
        self.coder, self.path, self.document, self.notes = coder, path, document, tuple(notes)
        self._corpus, self._desk, self._others = corpus, desk, tuple(others)
        self._language, self._hint, self._is_chosen = language, hint, is_chosen
        self._widget: Any = None

    @property
    def codings(self) -> pd.DataFrame:
        """What is coded now: `document, start, end, code, coder, coded_at, memo, gloss, uncertain`,
        one row a span (half-open, code points)."""
        journal = self._journal()
        if journal is not None:
            return journal.to_frame()
        rows = self._corpus.codings
        rows = rows[(rows["coder"] == self.coder) & (rows["code"] != "")]
        doubts = rows[UNCERTAIN].eq(True) if UNCERTAIN in rows.columns else False
        frame = rows.reindex(columns=list(CODING)).assign(**{UNCERTAIN: doubts})
        return frame.reset_index(drop=True)

    def to_csv(self, path: str | Path) -> Path:
        """Write what is coded now, and how far each interview was read, as a table that
        `read_corpus(codings=…)` reads to the same counts; return where it lies.

        Raises
        ------
        ParameterError
            If there is no such folder.
        """
        units = self._corpus.all_units if len(self._corpus.all_units) else self._corpus.units
        return write_table(with_marks(self.codings, self._progress(), units), path)

    def _progress(self) -> pd.DataFrame:
        """Return `document, coder, read_to` of each interview that the coder has opened."""
        corpus, journal = self._corpus, self._journal()
        if journal is not None:
            return progress_of(in_corpus(journal.state, corpus), self.coder)
        rows = corpus.codings.loc[corpus.codings["coder"] == self.coder, ["document", "coder"]]
        progress = rows.drop_duplicates().merge(corpus.progress, how="left")
        all_of_it = corpus.documents["characters"].max()
        return progress.assign(read_to=progress["read_to"].fillna(all_of_it))

    def _journal(self) -> Journal | None:
        """Return the file as it is now; None where there is none yet."""
        if self._desk is not None:
            self._desk.poll()
            return self._desk.journal
        return read_journal(self.path) if self.path.is_file() else None

    def __repr__(self) -> str:
        said = {"n": len(self.codings), "coder": self.coder, "file": self.path.as_posix()}
        return Message("coder.line", **said).text(self._language)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Bundle:
        if self._desk is None:
            return self._static()
        if self._widget is None:
            self._widget = coder_widget.make_widget(self._session)
        data, about = self._widget._repr_mimebundle_()
        return {**data, "text/plain": repr(self)}, about

    def _session(self, send: Send) -> Session:
        if self._desk is None:
            raise ParameterError("interactive=False: there is no widget to talk with")
        return Session(
            self._corpus,
            self._desk,
            self.document,
            send=send,
            others=self._others,
            language=self._language,
            notes=self.notes,
            is_chosen=self._is_chosen,
        )

    def _static(self) -> Bundle:
        corpus = self._as_coded()
        shown_too = [each if isinstance(each, str) else each.journal.coder for each in self._others]
        who = [name for name in corpus.coders if name in (self.coder, *shown_too)]
        shown = view(corpus, self.document, coders=who, language=self._language)
        data, about = shown._repr_mimebundle_()
        if self._hint:
            said = Message("coder.install", command=coder_widget.INSTALL).text(self._language)
            data = {
                "text/plain": f"{data['text/plain']}\n{said}",
                "text/html": f'{data["text/html"]}<div class="cx-say"><p>{said}</p></div>',
            }
        return data, about

    def _as_coded(self) -> Corpus:
        """Return the corpus with what the coder's file says of her now, and without decisions,
        which would show what others coded."""
        corpus = replace(self._corpus, decisions=pd.DataFrame(columns=list(DECISION)))
        journal = self._journal()
        if journal is None:
            return corpus
        state = in_corpus(journal.state, corpus)
        own = journal.to_frame()
        names = {plain(name): name for name in corpus.documents["document"]}
        own["document"] = [names.get(plain(name)) for name in own["document"]]
        own = own.dropna(subset=["document"])
        rest = corpus.codings[corpus.codings["coder"] != self.coder]
        marks = corpus.progress[corpus.progress["coder"] != self.coder]
        read = [(name, self.coder, to) for name, to in state.read_to.items()]
        return replace(
            corpus,
            codings=pd.concat([rest, own], ignore_index=True),
            progress=pd.concat([marks, pd.DataFrame(read, columns=marks.columns)]),
            codebook=_with_used(corpus.codebook, journal, own["code"]),
        )


def _with_used(book: pd.DataFrame, journal: Journal, used: pd.Series) -> pd.DataFrame:
    ops = journal.state.codes
    fields = ("parent", "kind", "definition")
    names = dict.fromkeys([*ops, *used])
    rows = [(name, *(ops.get(name, {}).get(field, "") for field in fields)) for name in names]
    known = set(book["name"])
    return with_made(book, pd.DataFrame([row for row in rows if row[0] not in known], columns=MADE))


@check.arguments
def code(
    corpus: Corpus,
    document: str | None = None,
    *,
    coder: str,
    folder: str | Path,
    language: str = "en",
    show: Sequence[str] = (),
    interactive: bool | None = None,
) -> Coder:
    """Code interviews in JupyterLab: mark words with the mouse or by keys alone.

    Every change lies on the disk within milliseconds, in a file of this coder; nothing is lost
    when the kernel restarts, the page is closed or the connection drops. `read_corpus` reads the
    folder as codings. Coders do not see one another, so that their agreement says something, unless
    `show` names them. Codings marked as uncertain (`u`) count as any other; agreement without them
    is that of `corpus.certain()`.

    Parameters
    ----------
    corpus : Corpus
        From `read` or `read_corpus`.
    document : str, optional
        The interview that is shown first; by default the one that this browser showed last, else
        the first one.
    coder : str
        Who codes.
    folder : path
        Where the files of coders lie; it is made if it is not there.
    language : str
        Language of the widget's words.
    show : sequence of str
        Other coders whose codings are shown too.
    interactive : bool, optional
        True: the widget; False: what is coded, as `view` shows it. By default the widget where a
        person is there, and neither in papermill nor in nbval or nbconvert.

    Returns
    -------
    Coder
        `codings` is what is coded now, `to_csv(path)` writes it.

    Raises
    ------
    EmptyDataError
        If the corpus has no transcript.
    ParameterError
        If the document or a coder of `show` is not there, or the name is no coder's.
    SourceError
        If the coder's file cannot be read or written, or a transcript is another one than when it
        was coded.

    Notes
    -----
    Where the file is new and the corpus has codings of this coder already, from a table or a sheet,
    they are taken over, once; `notes` says so. Take the old file out of the folder then: two files
    of one coder that differ are refused.
    """
    names = list(corpus.documents["document"])
    if not names:
        raise EmptyDataError("there is no transcript to code; give a folder that holds some")
    check.one_of("document", document if document is not None else names[0], names)
    check.one_of("language", language, texts.languages())
    who, folder = plain(coder), Path(folder)
    path = path_of(folder, who)
    there = coder_widget.someone_is_there() if interactive is None else interactive
    can = coder_widget.is_installed()
    others = _others(corpus, folder, [name for name in map(plain, show) if name != who])
    desk = desk_of(path, who) if there and can else None
    journal = desk.journal if desk else read_journal(path) if path.is_file() else None
    notes = _opened(corpus, desk, who, path) if desk else []
    if journal is not None:
        prove(in_corpus(journal.state, corpus), corpus.documents, path.name)
    return Coder(
        corpus,
        document or names[0],
        coder=who,
        path=path,
        desk=desk,
        others=others,
        language=language,
        notes=notes,
        hint=there and not can,
        is_chosen=document is not None,
    )


def _others(corpus: Corpus, folder: Path, show: Sequence[str]) -> list[Desk | str]:
    """Return who is shown too: by her file where she has one, else as the corpus has her."""
    found: list[Desk | str] = []
    for name in dict.fromkeys(show):
        path = path_of(folder, name)
        if path.is_file():
            found.append(desk_of(path, name, writes=False))
            continue
        check.one_of("show", name, corpus.coders)
        found.append(name)
    return found


def _opened(corpus: Corpus, desk: Desk, coder: str, path: Path) -> list[Message]:
    """Take over what was coded elsewhere where the file holds nothing yet, and say what there is to
    say of it."""
    said, file = [], path.as_posix()
    if not len(desk.journal.history) and (ops := taken_over(corpus, coder)):
        desk.append(ops)
        n = sum(op["op"] == "add" for op in ops)
        said.append(Message("coder.taken_over", n=n, coder=coder, file=file))
    if desk.journal.markers:
        said.append(conflict_note(desk.journal, file))
    if torn := desk.journal.torn:
        said.append(Message("coder.torn", file=file, n=len(torn), lines=list(torn)))
    return said
