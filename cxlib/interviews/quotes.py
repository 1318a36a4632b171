"""A corpus -> what customers said, in their own words: a few quotes for each of the largest
obstacles and annoyances."""

from __future__ import annotations

import html
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cxlib.errors import ParameterError
from cxlib.interviews import counts
from cxlib.interviews.codings import plain
from cxlib.interviews.prevalence import prevalence
from cxlib.language import joined, number, text
from cxlib.result import Result, Table

if TYPE_CHECKING:
    from cxlib.interviews.corpus import Corpus

COLUMNS = (
    "kind",
    "code",
    "interviews",
    "n",
    "words",
    "gloss",
    "document",
    "turn",
    "speaker",
    "coders",
    "opened_by",
    "lang",
    "confidence",
    "method",
)


@dataclass(frozen=True, slots=True, eq=False)
class Quotes(Result):
    """Quotes by code.

    `frame`: `kind, code, interviews` (in which the code is)`, n, words, gloss, document, turn,
    speaker, coders` (who put the code on that turn), `opened_by` (coders who read the interview),
    `lang, confidence` (missing: nothing is estimated), `method`."""

    def summary(self, language: str = "en") -> str:
        """Say how the quotes were chosen."""
        return self.method

    def _repr_html_(self) -> str:
        parts = ['<div class="cx-quotes">']
        for (kind, code, interviews, n), rows in self.frame.groupby(
            ["kind", "code", "interviews", "n"], sort=False
        ):
            parts.append(f"<h4>{html.escape(_heading(kind, code, interviews, n))}</h4>")
            parts += [_blockquote(row) for row in rows.to_dict("records")]
        return "\n".join([*parts, "</div>"])

    def __repr__(self) -> str:
        lines: list[str] = []
        for (kind, code, interviews, n), rows in self.frame.groupby(
            ["kind", "code", "interviews", "n"], sort=False
        ):
            lines += ["", _heading(kind, code, interviews, n)]
            lines += [
                f"  “{_one_line(row['words'])}”"
                + (f" [{_one_line(row['gloss'])}]" if row["gloss"] else "")
                + f" ({_source(row)})"
                for row in rows.to_dict("records")
            ]
        return "\n".join(lines).strip() or text("interviews.no_quotes")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        if self.frame.empty:
            said = text("interviews.no_quotes")
            return {"text/plain": said, "text/html": f"<p>{html.escape(said)}</p>"}
        return {
            "text/plain": repr(self),
            "text/html": self._repr_html_(),
            "text/csv": Table(self.frame).to_csv(),
        }


def quotes(
    corpus: Corpus,
    *,
    kinds: Sequence[str] = ("obstacle", "annoyance"),
    codes: int = 3,
    each: int = 3,
    width: tuple[int, int] = (20, 300),
    rule: str = "majority",
) -> Quotes:
    """Choose quotes for the codes that are in most interviews, by a rule and not by taste.

    Parameters
    ----------
    corpus : Corpus
    kinds : sequence of str
        Kinds of code; all codes are one group where the codebook names no kind.
    codes : int
        How many codes of each kind.
    each : int
        How many quotes of each code, at most one from an interview.
    width : (int, int)
        Shortest and longest quote in columns of text: a CJK character counts two.
    rule : {"majority", "any", "all"} or the name of a coder
        Where a code counts on a turn; see `prevalence`.

    Returns
    -------
    Quotes
        A code with fewer quotes than `each` has a warning.

    Raises
    ------
    ParameterError
        If no kind is given, a number is below 1 or the limits are not in order.

    Notes
    -----
    Of the spans coded so on turns where the code counts: first those on which most coders agree, of
    these the interview quoted least so far, then the first in the order of the interviews. Where
    coders marked different spans on one turn, the one of middle length, of two the shorter. The
    longest is never preferred."""
    if not kinds:
        raise ParameterError(
            f"kinds={tuple(kinds)!r} is empty; name kinds of code such as obstacle"
        )
    if codes < 1 or each < 1 or not 0 < width[0] <= width[1]:
        raise ParameterError(
            f"codes={codes!r} and each={each!r} must be at least 1, and width={tuple(width)!r} two "
            "numbers from "
            "1 up, the smaller first"
        )
    known = bool((corpus.codebook["kind"] != "").any())
    found = prevalence(corpus, rule=rule).frame.sort_values(
        ["interviews", "turns"], ascending=False, kind="stable"
    )
    found = found[found["interviews"] > 0]
    wanted = (
        [found[found["kind"] == kind].head(codes) for kind in kinds]
        if known
        else [found.head(codes)]
    )
    spans, cited = _candidates(corpus, rule, width), Counter()
    rows, warnings = [], [] if known else [text("interviews.warn_no_kinds")]
    for code in pd.concat(wanted).to_dict("records"):
        chosen = _chosen(spans[spans["code"] == code["code"]], each, cited)
        rows += [
            {**span, "kind": code["kind"], "interviews": code["interviews"], "n": code["n"]}
            for span in chosen
        ]
        if len(chosen) < each:
            warnings.append(
                text(
                    "interviews.warn_few_quotes",
                    code=code["code"],
                    n=number(len(chosen)),
                    each=number(each),
                )
            )
    missing = [kind for kind in kinds if known and not (found["kind"] == kind).any()]
    if missing:
        warnings.append(text("interviews.warn_no_such_kind", kinds=joined(missing)))
    method = text(
        "interviews.method_quotes", low=number(width[0]), high=number(width[1]), each=number(each)
    )
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).assign(confidence=np.nan, method=method)
    return Quotes(frame, method, tuple(warnings))


def _candidates(corpus: Corpus, rule: str, width: tuple[int, int]) -> pd.DataFrame:
    """One row a code and turn on which it counts: the span of middle length among those within the
    limits."""
    grid = counts.grid(corpus)
    decided, who, opened = grid.decided(rule), grid.applied.sum(axis=1), grid.opened.sum(axis=1)
    codings = corpus.codings[corpus.codings["code"] != ""].reset_index(drop=True)
    row, turn = counts.touched(codings, grid.turns, corpus.documents)
    which = pd.Index(grid.codes).get_indexer(codings["code"])[row]
    texts = corpus.documents.set_index("document")["text"]
    where = grid.turns.iloc[turn].reset_index(drop=True)
    begins = np.maximum(
        codings["start"].to_numpy()[row], where["start"]
    )  # a span over two turns is quoted turn by turn
    ends = np.minimum(codings["end"].to_numpy()[row], where["end"])
    words = [
        texts[name][begin:end].strip()
        for name, begin, end in zip(where["document"], begins, ends, strict=True)
    ]
    spans = pd.DataFrame(
        {
            "code": codings["code"].to_numpy()[row],
            "document": where["document"],
            "turn": where["turn"],
            "speaker": where["speaker"].map(plain),
            "coders": who[turn, which],
            "opened_by": opened[turn],
            "words": words,
            "gloss": codings["gloss"].to_numpy()[row],
            "at": turn,
            "width": [_width(said) for said in words],
        }
    )
    spans = spans[decided[turn, which] & spans["width"].between(*width).to_numpy()]
    spans = spans.sort_values(["at", "code", "width"], kind="stable")
    group = spans.groupby(["at", "code"], sort=False)
    middle = group.cumcount() == (group["code"].transform("size") - 1) // 2  # of two the shorter
    stated = (
        dict(zip(corpus.cases["document"], corpus.cases["language"].map(plain), strict=True))
        if "language" in corpus.cases.columns
        else {}
    )
    chosen = spans[middle]
    return chosen.assign(
        lang=[
            _script(words) or stated.get(document, "")
            for words, document in zip(chosen["words"], chosen["document"], strict=True)
        ]
    )


def _chosen(spans: pd.DataFrame, each: int, cited: Counter) -> list[dict]:
    left, chosen = spans.to_dict("records"), []
    while left and len(chosen) < each:
        best = min(left, key=lambda span: (-span["coders"], cited[span["document"]], span["at"]))
        cited[best["document"]] += 1
        chosen.append(best)
        left = [span for span in left if span["document"] != best["document"]]
    return chosen


def _script(words: str) -> str:
    """Language that the script alone gives away: kana is Japanese, hangul Korean; else empty."""
    names = {unicodedata.name(character, "").split(" ")[0] for character in words}
    return "ja" if names & {"HIRAGANA", "KATAKANA"} else "ko" if "HANGUL" in names else ""


def _width(words: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in words)


def _heading(kind: str, code: str, interviews: int, n: int) -> str:
    return text(
        "interviews.quotes_heading" if kind else "interviews.quotes_heading_flat",
        kind=kind.capitalize(),
        code=code,
        interviews=number(interviews),
        n=number(n),
    )


def _source(row: dict) -> str:
    return text(
        "interviews.quote_source" if row["speaker"] else "interviews.quote_source_nameless",
        speaker=row["speaker"],
        document=row["document"],
        turn=number(row["turn"]),
        coders=number(row["coders"]),
        n=number(row["opened_by"]),
    )


def _blockquote(row: dict) -> str:
    lang = f' lang="{html.escape(row["lang"])}"' if row["lang"] else ""
    gloss = f'<p class="gloss" lang="en">{html.escape(row["gloss"])}</p>' if row["gloss"] else ""
    return (
        f"<blockquote{lang}><p>{html.escape(row['words'])}</p>{gloss}"
        f'<p class="source" lang="en">{html.escape(_source(row))}</p></blockquote>'
    )


def _one_line(words: str) -> str:
    return " ".join(words.split())
