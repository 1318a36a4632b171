"""The headline figures of runs -> how the index writes them, and the line of past ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cxlib import texts
from cxlib.report.history import Figure, Run
from cxlib.report.places import place_of
from cxlib.report.sparkline import HEIGHT, WIDTH, sparkline
from cxlib.shown.figure_words import write_in
from cxlib.shown.language import heading, text
from cxlib.shown.message import Names

_POINTS = 30  # past reports that a line is of


def value(figure: Figure, language: str) -> str:
    """Write a figure in its unit.

    >>> value(Figure("nps", "nps", "", "", "points", 31.25, None, None, None, None), "en")
    '31.2'
    """
    return write_in(figure.unit, figure.value, language)


def interval(figure: Figure, language: str) -> str:
    """Write the interval of a figure with its level; nothing where there is none."""
    if figure.confidence is None:
        return bounds(figure, language)
    told = {"confidence": figure.confidence, **_ends(figure, language)}
    return text("report.figure_interval", language, **told) if "low" in told else ""


def bounds(figure: Figure, language: str) -> str:
    """Write the interval of a figure without its level; nothing where there is none."""
    ends = _ends(figure, language)
    return text("report.figure_bounds", language, **ends) if ends else ""


def _ends(figure: Figure, language: str) -> dict[str, str]:
    if figure.low is None or figure.high is None:
        return {}
    ends = {"low": figure.low, "high": figure.high}
    return {name: write_in(figure.unit, end, language) for name, end in ends.items()}


def label(figure: Figure, language: str) -> str:
    """Say what a figure is of: its heading, segment and wave."""
    where = place_of(figure.segment, figure.wave, figure.of)
    return Names((_heading(figure, language), *where)).text(language)


def trend(runs: Sequence[Run], language: str) -> dict[str, Any] | None:
    """Return the line of past reports' figures, and what it says in words.

    Parameters
    ----------
    runs : sequence of Run
        Newest first. Reports whose figure is of another study, name, segment or unit than the
        newest one's are gaps; failed runs are no part of it.
    language : str
        Of the words.

    Returns
    -------
    dict or None
        `line` (a Sparkline), `width`, `height` and `words`; None where fewer than two have it.
    """
    good = [run.figure for run in runs if run.published]
    newest = good[0] if good else None
    if newest is None:
        return None
    same = [figure if figure and figure.label == newest.label else None for figure in good]
    return line_of(same, language, name=_heading(newest, language))


def line_of(figures: Sequence[Figure | None], language: str, *, name: str) -> dict[str, Any] | None:
    """Return the line of one figure in past reports, as `trend` does.

    Parameters
    ----------
    figures : sequence of Figure or None
        Newest first; None where a report has it not.
    language : str
        Of the words.
    name : str
        What the words call it.
    """
    same = list(figures[:_POINTS])
    while same and same[-1] is None:  # what was before the figure was first made is no gap
        same.pop()
    found = [figure for figure in same if figure]
    drawn = sparkline([(f.value, f.low, f.high) if f else None for f in reversed(same)])
    if len(found) < 2 or drawn is None:
        return None
    low, high = (pick(found, key=lambda figure: figure.value) for pick in (min, max))
    words = text(
        "report.trend",
        language,
        name=name,
        n=len(found),
        first=value(found[-1], language),
        last=value(found[0], language),
        low=value(low, language),
        high=value(high, language),
    )
    missing = len(same) - len(found)
    if missing:
        gap = text("common.gap", language)
        words = gap.join([words, text("report.trend_gaps", language, n=missing)])
    return {"line": drawn, "width": WIDTH, "height": HEIGHT, "words": words, "gaps": missing}


def _heading(figure: Figure, language: str) -> str:
    """Return the heading of the column that a figure such as `changes.difference` is, else its
    name."""
    column = figure.name.rpartition(".")[2]
    if figure.study in texts.topics():
        try:
            return heading(column, language, topic=figure.study)
        except KeyError:
            pass
    return figure.name
