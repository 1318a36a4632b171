"""A corpus and a function of the study -> its result for each source or group of cases, under one
another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.interviews.corpus import Corpus
from cxlib.rows.names import carry
from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.table import Format


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Apart(Result):
    """A result of each group.

    `frame` has the rows of all parts, and first the column by which they are apart, empty where it
    is not stated.

    Attributes
    ----------
    by : str
        The column, as the researcher calls it.
    parts : mapping of str to Result
        The result of each group, to be drawn or read by itself.
    """

    by: str
    parts: Mapping[str, Result]

    @property
    def formats(self) -> Mapping[str, Format]:
        """How the columns of its parts are written."""
        return next(iter(self.parts.values())).formats

    def caption(self) -> Message:
        """Say what the table of a part shows, and by what they are apart."""
        caption = next(iter(self.parts.values())).caption()
        return Message("interviews.apart_caption", caption=caption, by=self.by)

    def summary(self, language: str = "en") -> str:
        """Say the summary of each part, a line each."""
        return "\n".join(
            Message("interviews.apart", group=_name(group), said=part.summary(language)).text(
                language
            )
            for group, part in self.parts.items()
        )


@check.arguments
def by_group(
    corpus: Corpus,
    study: Callable[..., Result],
    *,
    by: str = "source",
    options: Mapping[str, Any] | None = None,
) -> Apart:
    """Ask a question of each source, or group of cases, by itself.

    Use it where tickets, interviews and open answers must not be counted as one: a code that is in
    half of all documents may be in all tickets and in no interview.

    Parameters
    ----------
    corpus : Corpus
        From `read` or `read_corpus`.
    study : function
        One of this study that takes a corpus: `prevalence`, `agreement`, `quotes`, `cooccurrence`,
        `saturation`, `pairs`, `disagreements`, `codebook`, ….
    by : str
        "source", or a column of the cases.
    options : mapping, optional
        Arguments of `study`.

    Returns
    -------
    Apart
        The rows of each group, the column `by` first. Groups that nobody coded are left out, with a
        warning.

    Raises
    ------
    ColumnError
        If there is no such column.
    ParameterError
        If no group was coded.
    CxError
        What `study` refuses.

    Examples
    --------
    `by_group(corpus, prevalence, by="source", options={"rule": "any"}).table()`
    """
    parts, uncoded = {}, []
    for group, part in corpus.split(by).items():
        if set(part.codings["document"]) & set(part.units["document"]):
            parts[group] = study(part, **(options or {}))
        else:
            uncoded.append(group)
    if not parts:
        raise ParameterError(
            f"by={by!r}: no group of it was coded by anybody; give codings, or another column"
        )
    first = next(iter(parts.values()))
    column = carry([by], first.formats)[by]
    frames = []
    for group, found in parts.items():
        frame = found.frame.copy()
        frame.insert(0, column, group)
        frames.append(frame)
    return Apart(
        frame=pd.concat(frames, ignore_index=True),
        method=first.method,
        warnings=tuple(_warnings(parts, uncoded)),
        carried={column: by},
        by=by,
        parts=parts,
    )


def _warnings(parts: Mapping[str, Result], uncoded: list[str]) -> list[Message]:
    told = [
        Message("interviews.warn_apart", group=_name(group), warning=warning)
        for group, part in parts.items()
        for warning in part.warnings
    ]
    if uncoded:
        names = [_name(group) for group in uncoded]
        told.append(Message("interviews.warn_apart_uncoded", n=len(names), groups=names))
    return told


def _name(group: str) -> Message | str:
    return group or Message("interviews.not_stated")
