"""Something that was not supplied -> what cannot be known without it, and how to get it, in place of a result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxlib import language, theme
from cxlib.result import Result, Text, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True, eq=False)
class Absent(Result):
    """A result that could not be computed: its sentence, table and figure all say what is missing and how to get it.

    `frame` has one row: `missing`, `confidence`, `method`. `missing` is a key of the study's texts.
    """

    missing: str = ""

    def summary(self, lang: str = "en") -> str:
        """Say what cannot be known, and how to get it."""
        return language.text(f"bias.absent_{self.missing}", lang)

    def table(self, columns: Any = None, *, caption: str = "", language: str = "en") -> Text:
        """Return the sentence in place of a table."""
        return say(self.summary(language))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the sentence in place of a figure."""
        return theme.message(ax, self.summary())


def absent(missing: str) -> Absent:
    """Return the result that says what `missing` keeps from being known."""
    return Absent(pd.DataFrame([{"missing": missing, "confidence": float("nan"), "method": "none"}]), "none", missing=missing)
