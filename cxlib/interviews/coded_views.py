"""A corpus -> its transcripts as they were coded: to look at in JupyterLab, or as files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cxlib import check
from cxlib.errors import EmptyDataError
from cxlib.interviews.corpus import Corpus
from cxlib.interviews.lanes import Span
from cxlib.interviews.quotes import script_language
from cxlib.interviews.view_markup import Coded, fragment, refuted_units
from cxlib.shown import beside
from cxlib.shown.message import Message


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class View:
    """A transcript with its codings, as static HTML.

    Attributes
    ----------
    document : str
    fragment : str
        HTML without script: nothing of it runs or fetches. The text of the elements of class `t`,
        joined, equals the transcript.
    """

    document: str
    fragment: str
    language: str = "en"

    def to_html(self) -> str:
        """Return the view as a page of its own."""
        return beside.page(self.fragment, title=self.document, language=self.language)

    def save(self, path: str | Path) -> Path:
        """Write the view as a page of its own, and return where it lies.

        Raises
        ------
        OSError
            If it cannot be written there; a page that was there is left as it is then.
        """
        path = Path(path)
        part = path.with_name(f"{path.name}.part")
        part.write_text(self.to_html(), encoding="utf-8", newline="")
        os.replace(part, path)
        return path

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        return Views(views=(self,), language=self.language)._repr_mimebundle_()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Views:
    """Transcripts with their codings; `cx run` takes them out of a report, and puts them beside it
    where the parameter `views` asks for them."""

    views: tuple[View, ...]
    language: str = "en"

    def __repr__(self) -> str:
        names = [view.document for view in self.views]
        key = "interviews.views" if names else "interviews.views_none"
        return Message(key, n=len(names), documents=names).text(self.language)

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        names = [view.document for view in self.views]
        if not names:
            said = Message("interviews.views_none", n=0, documents=[]).text(self.language)
            return {"text/plain": said, "text/html": f'<div class="cx-say"><p>{said}</p></div>'}, {}
        markup = beside.marked(view.fragment for view in self.views)
        return (
            {"text/plain": repr(self), "text/html": markup},
            {"text/html": {beside.KEY: names}},
        )


@check.arguments
def view(
    corpus: Corpus, document: str, *, coders: Sequence[str] | None = None, language: str = "en"
) -> View:
    """Show a transcript as it was coded: words, speakers, times, and who marked what.

    Use it to read what a code rests on, and where coders differ. Each coder has lines of her own
    under the words, in the colours of the codes, whose short names stand where a span begins;
    below each unit the codes are named in full, with memos on demand.

    Parameters
    ----------
    corpus : Corpus
        From `read` or `read_corpus`.
    document : str
        Name of the transcript.
    coders : sequence of str, optional
        Whose codings are shown; all where None.
    language : str
        Language of what stands around the transcript.

    Returns
    -------
    View
        Shown by JupyterLab as it is; `save(path)` writes it as a page. In a report it never
        stands: see `views`.

    Raises
    ------
    ParameterError
        If the document or a coder is not in the corpus.
    """
    check.one_of("document", document, tuple(corpus.documents["document"]))
    for coder in coders or ():
        check.one_of("coders", coder, corpus.coders)
    known = _coded(corpus.labelled(language), document, coders, language)
    return View(document=document, fragment=fragment(known, language=language), language=language)


@check.arguments
def views(
    corpus: Corpus,
    *,
    shown: bool = True,
    coders: Sequence[str] | None = None,
    language: str = "en",
) -> Views:
    """Show every transcript as it was coded, or none: a report must not publish whole interviews
    unless somebody decided so.

    Parameters
    ----------
    corpus : Corpus
    shown : bool
        False: a sentence that says how to see them.
    coders, language
        As in `view`.

    Returns
    -------
    Views
        In JupyterLab one below the other. `cx run` writes each as a page beside the report where
        the notebook's parameter `views` is true, and else leaves them out everywhere.

    Raises
    ------
    ParameterError
        As `view`.
    EmptyDataError
        If the corpus has no transcript.
    """
    names = list(corpus.documents["document"])
    if not names:
        raise EmptyDataError("there is no transcript to show; give a folder that holds some")
    made = [view(corpus, name, coders=coders, language=language) for name in names if shown]
    return Views(views=tuple(made), language=language)


def _coded(corpus: Corpus, document: str, coders: Sequence[str] | None, language: str) -> Coded:
    """Gather what is known of a document."""
    text = _own(corpus.documents, document)["text"].iloc[0]
    counted = _own(corpus.units, document)
    every = corpus.all_units if len(corpus.all_units) else corpus.units
    units = _own(every, document).sort_values("start", kind="stable")
    places = set(counted["start"])
    rows = [
        {**row, "counted": row["start"] in places, "started_seconds": row.get("started_seconds")}
        for row in units.to_dict("records")
    ]
    codings = _own(corpus.codings, document)
    who = [name for name in sorted(codings["coder"].unique()) if coders is None or name in coders]
    marked = codings[codings["coder"].isin(who) & (codings["code"] != "")]
    decisions = _own(corpus.decisions, document).to_dict("records")
    settler = Message("interviews.view_settled").text(language)
    spans = [
        Span(row["start"], row["end"], row["code"], row["coder"], str(row.get("memo") or ""))
        for row in marked.to_dict("records")
    ]
    holding = [row for row in decisions if row["holds"]]
    spans += [Span(r["start"], r["end"], r["code"], settler, str(r["reason"])) for r in holding]
    used = {span.code for span in spans}
    progress = _own(corpus.progress, document)
    return Coded(
        document=document,
        text=text,
        units=rows,
        spans=spans,
        codes=tuple(name for name in corpus.codebook["name"] if name in used),
        coders=(*who, *([settler] if holding else [])),
        read_to=dict(zip(progress["coder"], progress["read_to"], strict=True)),
        languages=[script_language(text[row["start"] : row["end"]]) for row in rows],
        refuted=refuted_units(rows, decisions),
    )


def _own(rows: pd.DataFrame, document: str) -> pd.DataFrame:
    return rows[rows["document"] == document]
