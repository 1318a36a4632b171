"""A result -> its figures, each with its interval, its n, its unit, and which row it stands in."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.shown import language as words
from cxlib.shown.figure_words import Unit, unit_of
from cxlib.shown.message import Names, Sentences, said
from cxlib.shown.result import Absent, Result
from cxlib.shown.row_words import RowWords

_NUMBERED = re.compile(r"(?:^|, )(#\d+)$")  # two rows of the same names
HEADLINE = "headline"  # the name of the headline's result, where it has no other
_VERDICTS = ("verdict", "judgement", "says")
_SAID = {*_VERDICTS, "reason", "box", "leads", "method"}  # texts that say no row
_SIZES = ("n", "size", "at_risk", "n_units")  # on how many a row rests
# numbers that belong to an estimate, or say of a row how it was made
_PARTS = {*_SIZES, "n_a", "n_b", "n_interviews", "n_frame", "ci_low", "ci_high", "se", "confidence"}
_PARTS |= {"statistic", "df", "df_error", "k", "looks", "rank", "complete"}
_PART_ENDS = ("_low", "_high", "_se", "_weight")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A row of the ledger (see `ledger`), and `place`: the row of the result that it comes from.

    `segment` says which row it is in names that are the same in every language, `of` in words.
    """

    study: str
    figure: str
    segment: str = ""
    wave: str | None = None
    value: float = math.nan
    ci_low: float = math.nan
    ci_high: float = math.nan
    confidence: float = math.nan
    n: float = math.nan
    unit: str = ""
    verdict: str = ""
    method: str = ""
    text: str = ""
    of: str = ""
    place: int = 0
    why: bool = False  # `text` says why there is no value

    @property
    def tells(self) -> bool:
        """Whether anything is said: a value, an end of an interval, a verdict, or a reason."""
        numbers = (self.value, self.ci_low, self.ci_high)
        return self.why or bool(self.verdict) or not all(map(math.isnan, numbers))


def figures_of(
    name: str,
    found: Result,
    *,
    language: str = "en",
    wave_column: str | None = None,
    waves: Collection[str] = (),
) -> list[Figure]:
    """Return every figure of a result, row by row, its estimate first.

    Parameters
    ----------
    name : str
        Name of the result; a figure is named `name.column`.
    found : Result
        Of one that is absent, or has no rows, what it says of that.
    language : str
        Language of `text` and `of`.
    wave_column : str, optional
        The researcher's column of waves.
    waves : collection of str
        All waves, to know a pair of waves from another pair.
    """
    if found.frame.empty:
        return _nothing(name, found, language)
    parts = _Parts.of(found)
    segments, of_wave = _places(found, parts.keys, wave_column, waves)
    said = RowWords.of(found, language)
    told = [name for name in parts.keys if found.carried.get(name, name) != wave_column]
    of = [_in_words(said.row(place, told), segment) for place, segment in enumerate(segments)]
    return [
        replace(figure, of=of[place])
        for place, (segment, wave) in enumerate(zip(segments, of_wave, strict=True))
        for figure in parts.row(name, place, segment, wave, language)
    ]


def _in_words(row: str, segment: str) -> str:
    """Return what is said of a row, with its number where others are named alike."""
    return Names(tuple(filter(None, [row, *_NUMBERED.findall(segment)]))).text("en")


def key_columns(found: Result) -> list[str]:
    """Return the columns of a result that say which row each is."""
    return _Parts.of(found).keys


def _nothing(name: str, found: Result, language: str) -> list[Figure]:
    why = Sentences(found.warnings).text(language)
    study = words.topic_of(type(found))
    if isinstance(found, Absent):
        why, study = found.why_no_figure(language), words.topic_of(found.instead_of)
    return (
        [Figure(study=study, figure=name, text=why, why=True, method=found.method)] if why else []
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """What each column of a result's frame is."""

    found: Result
    keys: list[str]
    figures: list[str]  # the estimate first
    ends: Mapping[str, tuple[str, str]]
    numbers: Mapping[str, NDArray]
    verdict: str | None
    texts: Mapping[str, list[str]]
    units: Mapping[str, str]

    @classmethod
    def of(cls, found: Result) -> _Parts:
        frame = found.frame.reset_index(drop=True)
        owned = {name for name in frame if name in _owned(found)}
        numeric = {name for name in frame if pd.api.types.is_numeric_dtype(frame[name])}
        keys = [
            name
            for name in frame
            if name not in owned
            or name in found.row_keys
            or (name not in numeric and name not in _SAID)
        ]
        wanted = [name for name in frame if name in numeric & owned and name not in keys]
        figures = [name for name in wanted if not _is_part(name)]
        if not figures or found.rests_on == "":
            figures += [name for name in wanted if name == "n"]
        ends = {name: limits for name, limits in _intervals(found, figures) if name in figures}
        return cls(
            found,
            keys,
            [*ends, *(name for name in figures if name not in ends)],
            ends,
            {
                name: frame[name].astype("Float64").to_numpy(float, na_value=np.nan)
                for name in numeric & owned
            },
            next((name for name in _VERDICTS if name in owned), None),
            {name: _texts(frame[name]) for name in owned & {*_VERDICTS, "method", "reason"}},
            {name: _unit(found, frame[name], name) for name in figures},
        )

    def row(
        self, name: str, place: int, segment: str, wave: str | None, language: str
    ) -> Iterator[Figure]:
        """Give the figures of a row; the verdict is that of the first."""
        about = self._about(name, place, language)
        for number, column in enumerate(self.figures):
            value = self.numbers[column][place]
            low, high = (self._number(end, place) for end in self.ends.get(column, ("", "")))
            bounded = not (math.isnan(low) and math.isnan(high))
            why = self._reason(place, language) if math.isnan(value) and not number else ""
            yield Figure(
                study=words.topic_of(type(self.found)),
                figure=f"{name}.{column}",
                segment=segment,
                wave=wave,
                value=value,
                ci_low=low,
                ci_high=high,
                confidence=self._number("confidence", place) if bounded else math.nan,
                n=self._size(place),
                unit=self.units[column],
                verdict=self._text(self.verdict, place) if not number else "",
                method=self._text("method", place) or self.found.method,
                text=why or self._text_of(about, column, place, language),
                place=place,
                why=bool(why),
            )

    def _number(self, column: str, place: int) -> float:
        return float(self.numbers[column][place]) if column in self.numbers else math.nan

    def _text(self, column: str | None, place: int) -> str:
        return self.texts[column][place] if column and column in self.texts else ""

    def _size(self, place: int) -> float:
        rests_on = self.found.rests_on
        known = _SIZES if rests_on is None else (rests_on,)
        sizes = [self._number(name, place) for name in known if name in self.numbers]
        if sizes or rests_on is not None:
            return sizes[0] if sizes else math.nan
        return self._number("n_a", place) + self._number("n_b", place)

    def _reason(self, place: int, language: str) -> str:
        told = self._text("reason", place)
        kind = self.found.formats.get("reason")
        if not told or not isinstance(kind, type):
            return told
        cells: Sequence[Any] = self.found.shown_cells.get("reason", ())
        if cells:
            return words.write(cells[place], "", language)
        return words.word(kind(told), language, **self.found.filled)

    def _about(self, name: str, place: int, language: str) -> str:
        caption = said(self.found.row_caption(place), language)
        return caption.partition(";")[0] or name.replace("_", " ")

    def _name(self, about: str, column: str, language: str) -> str:
        topic = words.topic_of(type(self.found))
        owned = column in self.found.columns
        heading = words.heading(column, language, topic=topic) if owned else column
        if about in {heading, HEADLINE}:
            return heading
        return words.text("common.figure_row", language, label=about, values=heading)

    def _text_of(self, about: str, column: str, place: int, language: str) -> str:
        told = self._name(about, column, language)
        finished = self._number("complete", place) != 0  # also where there is no such column
        if finished:
            return told
        note = words.text("common.ledger_unfinished", language)
        return words.text("common.gap", language).join([told, note])


def _texts(values: pd.Series) -> list[str]:
    return ["" if pd.isna(value) else str(value) for value in values]


def _unit(found: Result, values: pd.Series, name: str) -> str:
    if pd.api.types.is_bool_dtype(values):
        return Unit.YES_NO
    whole = pd.api.types.is_integer_dtype(values)
    return str(found.units.get(name, unit_of(found.formats.get(name, ""), whole=whole)))


def _owned(found: Result) -> Collection[str]:
    """Return the columns a result owns; of one that names none, those of the vocabulary, and all
    numbers that are not whole."""
    if found.columns:
        return found.columns
    fractions = {name for name, kind in found.frame.dtypes.items() if kind.kind == "f"}
    return fractions | _PARTS | _SAID


def _is_part(name: str) -> bool:
    return name in _PARTS or name.endswith(_PART_ENDS)


def _intervals(found: Result, figures: list[str]) -> list[tuple[str, tuple[str, str]]]:
    """Return each estimate with the ends of its interval."""
    if found.intervals:
        return list(found.intervals.items())
    order = [name for name in found.columns or found.frame if name in (*figures, "ci_low")]
    if not {"ci_low", "ci_high"} <= {*found.frame} & {*_owned(found)}:
        return []
    before = order[: order.index("ci_low")]
    return [(name, ("ci_low", "ci_high")) for name in before[-1:]]


def _places(
    found: Result, keys: list[str], wave_column: str | None, waves: Collection[str]
) -> tuple[list[str], list[str | None]]:
    """Return which row each is (`plan=pro, country=JP`), and its wave where the result knows it: of
    a pair of waves, the later."""
    frame = found.frame
    of_wave = next((name for name in keys if found.carried.get(name, name) == wave_column), None)
    if of_wave is None and {"a", "b"} <= {*keys} and _all_in(frame, ("a", "b"), waves):
        of_wave = "b"
    told: list[str | None] = [None] * len(frame)
    if of_wave is not None:
        told = [words.label(value) for value in frame[of_wave]]
    columns = [
        (found.carried.get(name, name), frame[name].tolist()) for name in keys if name != of_wave
    ]
    segments = [
        ", ".join(
            f"{_quoted(name)}={_quoted(words.label(values[place]))}"
            for name, values in columns
            if not pd.isna(values[place]) and values[place] != ""
        )
        for place in range(len(frame))
    ]
    twice = pd.DataFrame({"segment": segments, "wave": told}).duplicated(keep=False).any()
    if twice:
        segments = [
            ", ".join(filter(None, [words, f"#{place}"])) for place, words in enumerate(segments, 1)
        ]
    return segments, told


def _all_in(frame: pd.DataFrame, names: Sequence[str], waves: Collection[str]) -> bool:
    return all(words.label(value) in waves for name in names for value in frame[name])


def _quoted(name: str) -> str:
    """Write a name so that no two rows are written alike: in quotes where it has a sign of ours."""
    plain = name == name.strip() and not {*',="#'} & {*name}
    return name if plain else json.dumps(name, ensure_ascii=False)
