"""Codings of two or more -> the view in which they settle where they differ, or what is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from cxlib import check, texts
from cxlib.errors import EmptyDataError, ParameterError
from cxlib.interviews import coder_widget
from cxlib.interviews.absence import Uncoded
from cxlib.interviews.coder_desk import Desk, desk_of
from cxlib.interviews.coder_messages import in_corpus
from cxlib.interviews.coder_session import Send, Session
from cxlib.interviews.codings import plain
from cxlib.interviews.corpus import Corpus
from cxlib.interviews.disagreements import Disagreements, Settled, disagreements
from cxlib.interviews.journal import Journal, read_journal
from cxlib.interviews.journal_names import SETTLED, SUFFIX
from cxlib.interviews.journal_ops import State
from cxlib.interviews.journal_reading import decisions_of, prove
from cxlib.interviews.settler_session import Matters, SettlingSession, now_settled
from cxlib.shown.message import Message
from cxlib.shown.text import say

SHOWN = 20  # rows of what is open where nobody is there

Bundle = tuple[dict[str, Any], dict[str, Any]]


class Settler:
    """What coders settle together, in a file of its own; made by `settle`.

    In JupyterLab it is shown as the view in which they settle; where nobody is there (papermill,
    nbval, nbconvert), as one sentence and the table of what is open. The coders' files stay as they
    are.

    Attributes
    ----------
    by : str
        Who decides.
    path : Path
        The file, `settled.jsonl` in the folder of the coders' files: an operation a line, with what
        was decided, on the ids of which codings (`from`), why, and by whom.
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
        by: str,
        path: Path,
        desk: Desk | None,
        matters: Matters | None,
        language: str,
        hint: bool,
    ) -> None:
        self.by, self.path, self.document = by, path, document
        self._corpus, self._desk, self._matters = corpus, desk, matters
        self._language, self._hint = language, hint
        changed = matters.changed if matters and desk else ()
        self.notes = (Message("coder.settle_changed", coders=list(changed)),) if changed else ()
        self._widget: Any = None

    @property
    def decisions(self) -> pd.DataFrame:
        """What is settled in the file now: `document, start, end, code, holds, reason, decided_by`,
        one row a span (half-open, code points)."""
        journal = self._journal()
        return decisions_of(journal.state if journal else State(), self.path.stem)

    @property
    def disagreements(self) -> Disagreements | Uncoded:
        """The units on which coders differ, with what is settled of them now; see
        `cxlib.interviews.disagreements`."""
        made = now_settled(self._journal(), self._corpus)
        return disagreements(replace(self._corpus, decisions=made))

    def _journal(self) -> Journal | None:
        """Return the file as it is now; None where there is none yet."""
        if self._desk is not None:
            self._desk.poll()
            return self._desk.journal
        return read_journal(self.path) if self.path.is_file() else None

    def __repr__(self) -> str:
        found = self.disagreements
        if isinstance(found, Uncoded):
            return found.rule.text(self._language)
        n = len(found.frame)
        settled = int((found.frame["settled"] != Settled.OPEN).sum())
        said = Message("coder.settle_line", n=n, settled=settled, file=self.path.as_posix())
        return said.text(self._language)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Bundle:
        if self._desk is None:
            return self._static()
        if self._widget is None:
            self._widget = coder_widget.make_widget(self._session, settles=True)
        data, about = self._widget._repr_mimebundle_()
        return {**data, "text/plain": repr(self)}, about

    def _session(self, send: Send) -> Session:
        if self._desk is None or self._matters is None:
            raise ParameterError("interactive=False: there is no view to talk with")
        return SettlingSession(
            self._corpus,
            self._desk,
            self.document,
            matters=self._matters,
            by=self.by,
            send=send,
            language=self._language,
            notes=self.notes,
        )

    def _static(self) -> Bundle:
        """Say in one sentence how it stands, and list what is open."""
        found = self.disagreements
        sentence = found.rule if isinstance(found, Uncoded) else found.summary(self._language)
        hint = Message("coder.install", command=coder_widget.INSTALL) if self._hint else ""
        parts: list[Mapping[str, str]] = [_shown(say(sentence, hint, language=self._language))]
        if not isinstance(found, Uncoded):
            rows = found.frame[found.frame["settled"] == Settled.OPEN]
            if len(rows):
                table = replace(found, frame=rows).first(SHOWN, language=self._language)
                parts.append(_shown(table))
        joined = {kind: "\n".join(part[kind] for part in parts) for kind in _KINDS}
        return joined, {}


_KINDS = ("text/plain", "text/html")


def _shown(part: Any) -> Mapping[str, str]:
    shown = part._repr_mimebundle_()
    return shown[0] if isinstance(shown, tuple) else shown


@check.arguments
def settle(
    corpus: Corpus,
    document: str | None = None,
    *,
    folder: str | Path,
    by: str,
    language: str = "en",
    interactive: bool | None = None,
) -> Settler:
    """Settle in JupyterLab where coders differ: their codings side by side over one text.

    Each unit and code on which coders who read it differ is decided by one key: one coder's side,
    both, or neither; words and code can be changed, and a reason be given. All of one coder, or all
    on which they agree, is taken at once, and taken back at once. Every decision lies on the disk
    within milliseconds, in `settled.jsonl` of the folder; the coders' files are never written.
    `read_corpus` reads the folder, and counts what is settled; agreement stays that of the coders
    before settling.

    Parameters
    ----------
    corpus : Corpus
        From `read` or `read_corpus`, with two or more coders.
    document : str, optional
        The interview that is shown first; by default the first one with something open.
    folder : path
        Where the files of coders lie, and what is settled will; it is made if it is not there.
    by : str
        Who decides: a name, or several in one text.
    language : str
        Language of the view's words.
    interactive : bool, optional
        True: the view; False: what is open, as a table. By default the view where a person is
        there, and neither in papermill nor in nbval or nbconvert.

    Returns
    -------
    Settler
        `decisions` is what is settled in the file now, `disagreements` what coders differ about.

    Raises
    ------
    EmptyDataError
        If the corpus has no transcript, or no interview that a coder opened.
    ParameterError
        If the document is not there, or nobody is named.
    SourceError
        If a file of the folder cannot be read, `settled.jsonl` cannot be written, or a transcript
        is another one than when it was settled.

    Notes
    -----
    A decision is about a unit and a code: what it keeps of a coding is cut at the unit, so that no
    decision reaches into the next unit. What a settling sheet or a consensus settled is shown, and
    is changed there.
    """
    names = list(corpus.documents["document"])
    if not names:
        raise EmptyDataError("there is no transcript to settle; give a folder that holds some")
    check.one_of("document", document if document is not None else names[0], names)
    check.one_of("language", language, texts.languages())
    if not plain(by):
        raise ParameterError(f"by={by!r} names nobody; give the name of who decides")
    path = Path(folder) / f"{SETTLED}{SUFFIX}"
    found = disagreements(corpus)
    there = coder_widget.someone_is_there() if interactive is None else interactive
    some = not isinstance(found, Uncoded) and len(found.frame) > 0
    opens = there and some and coder_widget.is_installed()
    desk = desk_of(path, SETTLED) if opens else None
    journal = desk.journal if desk else read_journal(path) if path.is_file() else None
    if journal is not None:
        prove(in_corpus(journal.state, corpus), corpus.documents, path.name)
    return Settler(
        corpus,
        document if document is not None else _first_open(corpus, journal, found) or names[0],
        by=plain(by),
        path=path,
        desk=desk,
        matters=_matters(corpus, found, Path(folder)) if desk else None,
        language=language,
        hint=there and some and not opens,
    )


def _matters(corpus: Corpus, found: Disagreements | Uncoded, folder: Path) -> Matters | None:
    return None if isinstance(found, Uncoded) else Matters(corpus, found, folder)


def _first_open(
    corpus: Corpus, journal: Journal | None, found: Disagreements | Uncoded
) -> str | None:
    """Return the first interview in which something is open, or differs."""
    if isinstance(found, Uncoded) or found.frame.empty:
        return None
    made = now_settled(journal, corpus)
    now = disagreements(replace(corpus, decisions=made)).frame
    unsettled = set(now.loc[now["settled"] == Settled.OPEN, "document"])
    wanted = unsettled or set(now["document"])
    return next((name for name in corpus.documents["document"] if name in wanted), None)
