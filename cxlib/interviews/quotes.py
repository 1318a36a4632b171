"""A corpus -> what customers said, in their own words: a few quotes for each of the largest
obstacles and annoyances."""

from __future__ import annotations

import html
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.interviews import counts
from cxlib.interviews.absence import needs_codings
from cxlib.interviews.code_names import CodeNames, kind_word
from cxlib.interviews.codings import plain
from cxlib.interviews.corpus import Corpus
from cxlib.interviews.methods import Method
from cxlib.interviews.prevalence import count_interviews
from cxlib.interviews.shortening import shorten, text_width
from cxlib.interviews.units import UnitKind
from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.table import Format, Table
from cxlib.shown.vocabulary import level_and_method

_HEADING = ["kind", "code", "interviews", "n"]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Quotes(Result):
    """Quotes by code.

    `frame`: `kind, code, interviews` (in which the code is)`, n, words, gloss, document, unit,
    speaker, coders` (who put the code on that unit), `opened_by` (coders who read the interview),
    `lang, confidence` (missing: nothing is estimated), `method`. `width` is the shortest and the
    longest quote, `each` the number of quotes wanted of a code, `names` what codes are called."""

    width: tuple[int, int]
    each: int
    unit: UnitKind = UnitKind.TURN
    names: CodeNames = field(default_factory=CodeNames)

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("kind", "code"), ""),
        **dict.fromkeys(("interviews", "n"), "integer"),
        **dict.fromkeys(("words", "gloss", "document"), ""),
        "unit": "integer",
        "speaker": "",
        **dict.fromkeys(("coders", "opened_by"), "integer"),
        "lang": "",
        **level_and_method(Method),
    }

    def summary(self, language: str = "en") -> str:
        """Say how the quotes were chosen."""
        low, high = self.width
        return Message("interviews.quotes", low=low, high=high, each=self.each).text(language)

    @property
    def shown_cells(self) -> Mapping[str, Sequence[Any]]:
        """Codes and kinds as the reader's language calls them."""
        return self.names.cells(self.frame)

    def passages(self, *, language: str = "en") -> Passages:
        """Return the quotes as they are read: under a heading for each code, with their source."""
        return Passages(frame=self.frame, unit=self.unit, names=self.names, language=language)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return self.passages()._repr_mimebundle_()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Passages:
    """Quotes under a heading for each code, escaped: customers' words cannot become markup."""

    frame: pd.DataFrame
    unit: UnitKind = UnitKind.TURN
    names: CodeNames = field(default_factory=CodeNames)
    language: str = "en"

    def __repr__(self) -> str:
        lines: list[str] = []
        for heading, rows in self._groups():
            lines += ["", heading]
            lines += [f"  {_quote(row, self.unit).text(self.language)}" for row in rows]
        return "\n".join(lines).strip() or self._none()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        if self.frame.empty:
            return {"text/plain": self._none(), "text/html": f"<p>{html.escape(self._none())}</p>"}
        return {
            "text/plain": repr(self),
            "text/html": self._html(),
            "text/csv": Table(frame=self.frame).to_csv(),
        }

    def _html(self) -> str:
        parts = ['<div class="cx-quotes">']
        for heading, rows in self._groups():
            parts.append(f"<h4>{html.escape(heading)}</h4>")
            parts += [self._blockquote(row) for row in rows]
        return "\n".join([*parts, "</div>"])

    def _blockquote(self, row: dict[str, Any]) -> str:
        lang = f' lang="{html.escape(row["lang"])}"' if row["lang"] else ""
        source = html.escape(_source(row, self.unit).text(self.language))
        gloss = (
            f'<p class="gloss" lang="en">{html.escape(row["gloss"])}</p>' if row["gloss"] else ""
        )
        return (
            f"<blockquote{lang}><p>{html.escape(row['words'])}</p>{gloss}"
            f'<p class="source" lang="{self.language}">{source}</p></blockquote>'
        )

    def _groups(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """The heading of each code, and its quotes."""
        for _, rows in self.frame.groupby(_HEADING, sort=False):
            quotes = rows.to_dict("records")
            yield _heading(quotes[0], self.names).text(self.language), quotes

    def _none(self) -> str:
        return Message("interviews.no_quotes", unit=self.unit).text(self.language)


@check.arguments
@needs_codings(Quotes)
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
        From `read` or `read_corpus`.
    kinds : sequence of str
        Kinds of code; all codes are one group where the codebook names no kind.
    codes : int
        How many codes of each kind.
    each : int
        How many quotes of each code, at most one from an interview.
    width : (int, int)
        Shortest and longest quote in columns of text: a CJK character counts two. What is longer
        is cut where a sentence ends, with an ellipsis.
    rule : {"majority", "any", "all"} or the name of a coder
        Where a code counts on a unit; see `prevalence`.

    Returns
    -------
    Quotes
        One row a quote: `kind`, `code`, `interviews` with the code, `n`, `words`, `gloss`, where it
        stands (`document`, `unit`, `speaker`), `coders` who put the code there, `opened_by`,
        `lang`. A code with fewer quotes than `each` has a warning.

    Raises
    ------
    ParameterError
        If no kind is given, a number is below 1, the limits are not in order, or `rule` is neither
        a rule nor a coder.
    EmptyDataError
        If no interview with units was opened by a coder.

    Notes
    -----
    Of the spans coded so on units where the code counts: first those on which most coders agree, of
    these the ones that are no longer than the limit, then the interview quoted least so far, then
    the first in the order of the interviews. Where coders marked different spans on one unit, the
    one of middle length, of two the shorter. The longest is never preferred. A longer one is cut
    where a sentence ends (see `shortening.shorten`)."""
    _refuse(kinds, codes, each, width)
    known = bool((corpus.codebook["kind"] != "").any())
    grid = counts.grid(corpus)
    found = count_interviews(corpus, grid, rule=rule).sort_values(
        ["interviews", "units"], ascending=False, kind="stable"
    )
    found = found[found["interviews"] > 0]
    wanted = (
        [found[found["kind"] == kind].head(codes) for kind in kinds]
        if known
        else [found.head(codes)]
    )
    largest = pd.concat(wanted)
    spans, cited = _candidates(corpus, grid, set(largest["code"]), rule, width), Counter[str]()
    rows: list[dict[str, Any]] = []
    called = CodeNames.of(corpus.codebook)
    warnings = [] if known else [Message("interviews.warn_no_kinds")]
    for code in largest.to_dict("records"):
        chosen = _choose(spans[spans["code"] == code["code"]], each, cited)
        rows += [_quoted(span, width) | {name: code[name] for name in _HEADING} for span in chosen]
        if len(chosen) < each:
            name = called.column("code", [code["code"]])[0]
            warnings.append(
                Message("interviews.warn_few_quotes", code=name, n=len(chosen), each=each)
            )
    missing = [kind for kind in kinds if known and not (found["kind"] == kind).any()]
    if missing:
        warnings.append(
            Message("interviews.warn_no_such_kind", kinds=[kind_word(kind) for kind in missing])
        )
    frame = pd.DataFrame(rows, columns=list(Quotes.columns)).assign(
        confidence=np.nan, method=Method.MOST_CODERS_FIRST.value
    )
    frame["lang"] = _languages(corpus, frame)
    return Quotes(
        frame=frame.assign(
            lang=_languages(corpus, frame), confidence=np.nan, method=Method.MOST_CODERS_FIRST.value
        ),
        method=Method.MOST_CODERS_FIRST,
        warnings=tuple(warnings),
        width=width,
        each=each,
        unit=corpus.kind,
        names=called,
    )


def _refuse(kinds: Sequence[str], codes: int, each: int, width: tuple[int, int]) -> None:
    if not kinds:
        raise ParameterError(
            f"kinds={tuple(kinds)!r} is empty; name kinds of code such as obstacle"
        )
    if codes < 1 or each < 1 or not 0 < width[0] <= width[1]:
        raise ParameterError(
            f"codes={codes!r} and each={each!r} must be at least 1, and width={tuple(width)!r} two "
            "numbers from 1 up, the smaller first"
        )


def _candidates(
    corpus: Corpus, grid: counts.Grid, codes: Collection[str], rule: str, width: tuple[int, int]
) -> pd.DataFrame:
    """One row a code and unit on which it counts: the span of middle length among those within the
    limits, or where there is none among the longer."""
    present, who, opened = grid.presence(rule), grid.applied.sum(axis=1), grid.opened.sum(axis=1)
    codings = corpus.codings[corpus.codings["code"].isin(codes)].reset_index(drop=True)
    row, unit = counts.overlaps(codings, grid.units, corpus.documents)
    which = pd.Index(grid.codes).get_indexer(codings["code"])[row]
    counted = present[unit, which]
    row, unit, which = row[counted], unit[counted], which[counted]
    words = _words(corpus, codings.iloc[row], grid.units.iloc[unit])
    wide = np.fromiter(map(text_width, words), np.int64, len(words))
    spans = pd.DataFrame({"row": row, "at": unit, "code": which, "width": wide, "words": words})
    spans = spans.assign(long=wide > width[1], coders=who[unit, which], opened_by=opened[unit])
    spans = spans[wide >= width[0]].sort_values(["at", "code", "long", "width"], kind="stable")
    spans = spans[spans["long"] == spans.groupby(["at", "code"])["long"].transform("first")]
    group = spans.groupby(["at", "code"], sort=False)
    middle = group.cumcount() == (group["code"].transform("size") - 1) // 2  # of two the shorter
    return _about(spans[middle], codings, grid)


def _about(spans: pd.DataFrame, codings: pd.DataFrame, grid: counts.Grid) -> pd.DataFrame:
    """Return spans with their names in place of positions."""
    where = grid.units.iloc[spans["at"]]
    return spans.assign(
        code=np.asarray(grid.codes, object)[spans["code"]],
        gloss=codings["gloss"].to_numpy()[spans["row"]],
        document=where["document"].to_numpy(),
        unit=where["unit"].to_numpy(),
        speaker=where["speaker"].map(plain).to_numpy(),
    )


def _words(corpus: Corpus, codings: pd.DataFrame, units: pd.DataFrame) -> list[str]:
    """What each span covers of its unit: a span over two units is quoted unit by unit."""
    texts = corpus.documents.set_index("document")["text"]
    begins = np.maximum(codings["start"].to_numpy(), units["start"])
    ends = np.minimum(codings["end"].to_numpy(), units["end"])
    where = zip(units["document"], begins, ends, strict=True)
    return [texts[document][begin:end].strip() for document, begin, end in where]


def _languages(corpus: Corpus, spans: pd.DataFrame) -> list[str]:
    """The language of each span by its script, else by the cases, else empty."""
    stated: dict[str, str] = {}
    if "language" in corpus.cases.columns:
        languages = corpus.cases["language"].map(plain)
        stated = dict(zip(corpus.cases["document"], languages, strict=True))
    return [
        script_language(words) or stated.get(document, "")
        for words, document in zip(spans["words"], spans["document"], strict=True)
    ]


def _choose(spans: pd.DataFrame, each: int, cited: Counter[str]) -> list[dict[str, Any]]:
    left, chosen = spans.to_dict("records"), list[dict[str, Any]]()
    while left and len(chosen) < each:
        best = min(left, key=partial(_rank, cited=cited))
        cited[best["document"]] += 1
        chosen.append(best)
        left = [span for span in left if span["document"] != best["document"]]
    return chosen


def _rank(span: Mapping[str, Any], cited: Counter[str]) -> tuple[int, bool, int, int]:
    return -span["coders"], span["long"], cited[span["document"]], span["at"]


def _quoted(span: Mapping[str, Any], width: tuple[int, int]) -> dict[str, Any]:
    low, high = width
    return {**span, "words": shorten(span["words"], low=low, high=high)}


def script_language(words: str) -> str:
    """Return the language that the script alone gives away: kana is Japanese, hangul Korean; else
    nothing."""
    names = {unicodedata.name(character, "").split(" ")[0] for character in words}
    return "ja" if names & {"HIRAGANA", "KATAKANA"} else "ko" if "HANGUL" in names else ""


def _heading(row: dict[str, Any], names: CodeNames) -> Message:
    about = {name: row[name] for name in ("interviews", "n")}
    about["code"] = names.column("code", [row["code"]])[0]
    if not row["kind"]:
        return Message("interviews.quotes_heading_flat", **about)
    return Message("interviews.quotes_heading", kind=kind_word(row["kind"]), **about)


def _quote(row: dict[str, Any], unit: UnitKind) -> Message:
    words, gloss, source = _one_line(row["words"]), _one_line(row["gloss"]), _source(row, unit)
    if not gloss:
        return Message("interviews.quote", words=words, source=source)
    return Message("interviews.quote_gloss", words=words, gloss=gloss, source=source)


def _source(row: dict[str, Any], unit: UnitKind) -> Message:
    about = {"kind": unit, **{name: row[name] for name in ("document", "unit", "coders")}}
    if not row["speaker"]:
        return Message("interviews.quote_source_nameless", n=row["opened_by"], **about)
    return Message("interviews.quote_source", speaker=row["speaker"], n=row["opened_by"], **about)


def _one_line(words: str) -> str:
    return " ".join(words.split())
