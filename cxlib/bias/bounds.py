"""Answers and silence -> the range in which the NPS of everyone must lie, whatever the silent ones
think."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cxlib import check, inference
from cxlib import language as words
from cxlib.bias import figures
from cxlib.bias.promoters import NpsBeside
from cxlib.errors import ParameterError
from cxlib.result import Absent, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True, eq=False)
class Bounds(Result):
    """How wrong the NPS could still be.

    `frame` has one row a question: `kind`, `n`, `nps` (missing for a range), `ci_low`, `ci_high`,
    `confidence`, `method`. Kinds: `unweighted` and `weighted` (sampling error alone), `invited`
    (the NPS had all who were invited answered: certain), `population` (the same for everyone they
    were drawn from, with the sampling error of the invitation)."""

    answered: int = 0
    asked: int = 0
    tipping: float = float("nan")

    formats: ClassVar[Mapping[str, str]] = {
        "nps": "points",
        "ci_low": "points",
        "ci_high": "points",
        "confidence": "level",
    }

    def row(self, kind: str) -> pd.Series:
        """Return the row of a kind."""
        return self.frame.set_index("kind").loc[kind]

    def summary(self, language: str = "en") -> str:
        """Say the range, and how unequal answering would have to be to turn the sign."""
        row = self.row("invited" if "invited" in set(self.frame["kind"]) else "population")
        key = "bias.bounds" if self.answered < self.asked else "bias.bounds_all"
        said = words.text(
            key,
            language,
            answered=words.number(self.answered),
            asked=words.number(self.asked),
            rate=words.percent(self.answered / self.asked, 0),
            low=words.points(row["ci_low"]),
            high=words.points(row["ci_high"]),
        )
        return said if np.isnan(self.tipping) else f"{said} {self.tipping_point(language)}"

    def tipping_point(self, language: str = "en") -> str:
        """Say how much likelier promoters would have to answer than detractors for the NPS to be
        0."""
        if np.isnan(self.tipping):
            return words.text("bias.tipping_none", language)
        key = "bias.tipping_promoters" if self.tipping >= 1 else "bias.tipping_detractors"
        return words.text(key, language, times=words.number(max(self.tipping, 1 / self.tipping), 2))

    def plot(self, ax: Axes | None = None, *, language: str = "en") -> Axes:
        """Draw the intervals and the ranges under each other."""
        names = [
            words.text("bias.kind_drawn_from", language)
            if pd.isna(n)
            else words.text(f"bias.kind_{kind}", language, n=words.number(n))
            for kind, n in zip(self.frame["kind"], self.frame["n"], strict=True)
        ]
        row = self.frame.iloc[2]
        finding = words.text(
            "bias.bounds_title",
            language,
            low=words.points(row["ci_low"]),
            high=words.points(row["ci_high"]),
        )
        measured = words.text(
            "bias.bounds_measured",
            language,
            confidence=words.level(self.frame["confidence"].iloc[0]),
            answered=words.number(self.answered),
            asked=words.number(self.asked),
        )
        return figures.intervals(self.frame, names, ax, finding=finding, measured=measured)


def manski(
    mean: float, *, answered: int, asked: int, lowest: float, highest: float
) -> tuple[float, float]:
    """Bound the mean of all who were asked, when the silent ones may hold any value from `lowest`
    to `highest`.

    Notes
    -----
    f mean + (1 - f) lowest and f mean + (1 - f) highest, with f = answered / asked (Manski 1989).

    Examples
    --------
    >>> manski(30.0, answered=40, asked=100, lowest=-100, highest=100)
    (-48.0, 72.0)
    """
    f = answered / asked
    return f * mean + (1 - f) * lowest, f * mean + (1 - f) * highest


def bounds(
    beside: NpsBeside | Absent,
    *,
    invited: int | None = None,
    population: int | None = None,
    confidence: float = 0.95,
) -> Bounds | Absent:
    """Bound the NPS of everyone by what the silent ones could be at most: all promoters, or all
    detractors.

    Use it beside every weighted NPS: weighting mends only what its margins explain, these bounds
    assume nothing.

    Parameters
    ----------
    beside : NpsBeside
        From `nps_beside`; an `Absent` gives another.
    invited : int, optional
        How many were asked. Without it, everyone in `population` is taken as asked.
    population : int, optional
        How many people the invited were drawn from at random; unknown (and taken as very many)
        where it is None.
    confidence : float
        Level at which the range for the population covers the truth, at least.

    Returns
    -------
    Bounds
        An `Absent` where there is no NPS, or neither number is known.

    Raises
    ------
    ParameterError
        If there are more answers than invitations, or more invitations than people.

    Notes
    -----
    Manski's (1989) worst case, NPS f -/+ 100 (1 - f) with f the share that answered, unweighted.
    For the population each end is moved outwards by z standard errors of the mean of 100, 0, -100
    over the invited, silence counted as the worst (best) case; this covers the whole range, not
    only the truth, at `confidence` (Horowitz and Manski 2000). It takes the invited as a simple
    random sample, so it is left out, with a warning, where base weights, clusters or strata say
    that they are not. Tipping point: with P promoters and D detractors among the answers, the NPS
    of all is 0 just when promoters were P / D times as likely to answer as detractors; passives can
    change its size, never its sign."""
    if isinstance(beside, Absent):
        return Absent.of("bias.absent_range")
    if invited is None and population is None:
        return Absent.of("bias.absent_bounds")
    check.confidence(confidence)
    up, down = beside.promoters, beside.detractors
    n = up + beside.passives + down
    asked = population if invited is None else invited
    if asked < n:
        raise ParameterError(
            f"invited={asked:,} is less than the {n:,} answers; count each person once, and only "
            "answers that "
            "belong to these invitations"
        )
    if population is not None and population < asked:
        raise ParameterError(
            f"population={population:,} is less than the {asked:,} who were invited; give everyone "
            "they were "
            "drawn from"
        )
    low, high = manski(100 * (up - down) / n, answered=n, asked=asked, lowest=-100, highest=100)
    said = ["kind", "n", "nps", "ci_low", "ci_high", "confidence", "method"]
    rows = [beside.frame[said].astype({"n": "Int64"})]
    if invited is None:
        rows.append(_range("population", asked, low, high, 1.0, "Manski bounds"))
    else:
        rows.append(_range("invited", asked, low, high, 1.0, "Manski bounds"))
    if invited is not None and beside.equal_chances:
        down_error = _error(up, down + asked - n, asked, population, confidence)
        up_error = _error(up + asked - n, down, asked, population, confidence)
        rows.append(
            _range(
                "population",
                population,
                max(low - down_error, -100),
                min(high + up_error, 100),
                confidence,
                "Manski bounds with sampling error",
            )
        )
    warnings = (
        () if invited is None or beside.equal_chances else (words.text("bias.bounds_invited_only"),)
    )
    return Bounds(
        pd.concat(rows, ignore_index=True),
        "Manski bounds",
        warnings,
        answered=n,
        asked=asked,
        tipping=up / down if up and down else float("nan"),
    )


def _error(up: int, down: int, asked: int, population: int | None, confidence: float) -> float:
    """Return z standard errors of the NPS of a random sample of `asked` people, in points."""
    variance = (up + down) / asked - ((up - down) / asked) ** 2
    rest = 1 - asked / population if population else 1.0
    return 100 * inference.z_value(confidence) * float(np.sqrt(variance / max(asked - 1, 1) * rest))


def _range(
    kind: str, n: int | None, low: float, high: float, confidence: float, method: str
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kind": [kind],
            "n": pd.array([n], dtype="Int64"),
            "nps": [float("nan")],
            "ci_low": [low],
            "ci_high": [high],
            "confidence": [confidence],
            "method": [method],
        }
    )
