"""Something that was not supplied -> what cannot be known without it, and how to get it, in place of a result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxlib import language as words
from cxlib import theme
from cxlib.result import Result, Text, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True, eq=False)
class Absent(Result):
    """A result that could not be computed: its sentence says what is missing and how to get it; table and figure say that too.

    `frame` has one row: `missing`, `confidence`, `method`. `missing` is a key of the study's texts.
    """

    missing: str = ""

    def summary(self, language: str = "en") -> str:
        """Say what cannot be known, and how to get it."""
        return words.text(f"bias.absent_{self.missing}", language)

    def table(self, columns: Any = None, *, caption: str = "", language: str = "en") -> Text:
        """Return one line in place of a table; the whole sentence is the summary."""
        return say(words.text(f"bias.not_shown_{self.missing}", language))

    def last(self) -> Absent:
        """Return itself: what is not there has no last stage."""
        return self

    def tested(self, *, caption: str = "", language: str = "en") -> Text:
        """Return one line in place of the table of tests."""
        return self.table(language=language)

    def plot(self, ax: Axes | None = None, *, language: str = "en") -> Axes:
        """Draw one line in place of a figure; the whole sentence is the summary."""
        return theme.message(ax, words.text(f"bias.not_shown_{self.missing}", language))


def absent(missing: str) -> Absent:
    """Return the result that says what `missing` keeps from being known."""
    return Absent(pd.DataFrame([{"missing": missing, "confidence": float("nan"), "method": "none"}]), "none", missing=missing)
