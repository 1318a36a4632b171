"""Answers in their order of arrival -> early against late ones, and a line carried on to the silent
ones."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Unpack

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.bias import arrival_figures
from cxlib.bias.counts import arrivals as counts
from cxlib.bias.kinds import Method
from cxlib.bias.methods import arrival_lines, worst_case
from cxlib.bias.promoters import usable_scores
from cxlib.errors import ColumnError, ParameterError
from cxlib.methods import proportions
from cxlib.rows.dates import read_dates
from cxlib.rows.table import as_groups
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method, with_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEW = 30  # answers, below which a wave of arrival says little, and either side is not compared
_NUMBER = re.compile(r"(?:(?<![^\s(（])-)?\d+(?:[.,]\d+)?")
_KINDS = ["promoters", "passives", "detractors"]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class EarlyLate(Result):
    """The NPS of early and late answers, in points.

    `frame` has one row a wave of arrival, then, where it is known how many were invited, one of
    everyone by the line: `arrival` (1 is the earliest; missing for everyone), `reminders` (before
    these answers; missing for thirds of the order of arrival), `n` (answers; people invited in the
    last row), `rate` (answers so far / invited), `nps`, `se`, `ci_low`, `ci_high`, `confidence`,
    `method`. Limits of everyone are missing where the line runs out of what is possible; `nps` is
    then the end of that. `difference`, `low`, `high`: all later waves minus the first. `line` is
    start and slope of the NPS along the response rate; None under 30 answers on either side."""

    difference: float
    low: float
    high: float
    line: tuple[float, float] | None = None

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("arrival", "reminders", "n"), "integer"),
        "rate": "percent",
        **with_limits("nps", "points", se="decimal1"),
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("bias.early_late_caption")
    row_keys: ClassVar[tuple[str, ...]] = ("arrival", "reminders")

    @property
    def waves(self) -> pd.DataFrame:
        """The rows of the waves, without that of everyone."""
        return self.frame[self.frame["arrival"].notna()]

    @property
    def enough(self) -> bool:
        """Whether the first wave and the later ones have 30 answers each."""
        n = self.waves["n"]
        return bool(min(n.iloc[0], n.iloc[1:].sum()) >= FEW)

    def summary(self, language: str = "en") -> str:
        """Say early, late and their difference, and what the line would make of the silent ones."""
        first, later = self.waves.iloc[0], self.waves.iloc[1:]
        if not self.enough:
            few = {"n_early": first["n"], "n_late": later["n"].sum(), "limit": FEW}
            return Message("bias.early_late_too_few", **few).text(language)
        said = [
            Message(
                "bias.early_late",
                early=first["nps"],
                n_early=first["n"],
                late=first["nps"] + self.difference,
                n_late=later["n"].sum(),
                difference=self.difference,
                low=self.low,
                high=self.high,
                level=first["confidence"],
            )
        ]
        if self.low <= 0 <= self.high:
            said.append(Message("bias.early_late_no_evidence"))
        if self.line is None:
            said.append(Message("bias.early_late_not_invited"))
        else:
            said.append(self._carried(self.frame.iloc[-1]))
        return Sentences(tuple(said)).text(language)

    def _carried(self, row: pd.Series) -> Message:
        """Return what the line makes of everyone, or that it runs out of what is possible."""
        if pd.isna(row["ci_low"]):
            return Message("bias.early_late_runs_out", invited=row["n"], nps=row["nps"])
        return Message(
            "bias.early_late_line",
            invited=row["n"],
            nps=row["nps"],
            low=row["ci_low"],
            high=row["ci_high"],
            level=row["confidence"],
        )

    @drawing
    def plot(self, ax: Axes | None = None, *, language: str = "en", **look: Unpack[Look]) -> Axes:
        """Draw the waves along the response rate; the line is dashed beyond the last answer."""
        waves, everyone = self.waves, self.frame[self.frame["arrival"].isna()]
        ax = arrival_figures.along_rate(
            waves,
            None if everyone.empty else everyone.iloc[0],
            self.line,
            [_name(row) for _, row in waves.iterrows()],
            ax,
            finding=self._title(),
            measured=Message("bias.early_late_measured", level=self.frame["confidence"].iloc[0]),
            language=language,
        )
        runs_out = self.frame["arrival"].isna() & self.frame["ci_low"].isna()  # no estimate then
        shown = self.frame[~runs_out]
        return self.with_numbers(
            ax,
            shown,
            [
                Message("bias.figure_everyone") if pd.isna(row["arrival"]) else _name(row)
                for _, row in shown.iterrows()
            ],
            "nps",
            n=None,
            language=language,
        )

    def _title(self) -> Message:
        n = self.waves["n"]
        if not self.enough:
            few = {"n_early": n.iloc[0], "n_late": n.iloc[1:].sum()}
            return Message("bias.early_late_title_few", **few)
        chance = self.low <= 0 <= self.high
        return Message(
            "bias.early_late_title_chance" if chance else "bias.early_late_title",
            difference=self.difference,
            low=self.low,
            high=self.high,
        )


@check.arguments
def early_late(
    data: Any,
    *,
    score: str | None,
    arrived: str | None = None,
    reminders: str | None = None,
    invited: int | None = None,
    scale: tuple[int, int] = (0, 10),
    promoter: int = 9,
    detractor: int = 6,
    dates: str | None = None,
    confidence: float = 0.95,
) -> EarlyLate | Absent:
    """Compare early answers with late ones, who may be more like those who never answer.

    Use it where reminders were sent. A difference is a hint of which way silence works; none is no
    evidence that it does not.

    Parameters
    ----------
    data : table
        One row a respondent of one wave of the survey.
    score : str or None
        Column of whole scores. None gives an `Absent`.
    arrived : str, optional
        Column with the time of the answer: the wave's answers are cut into thirds by it, answers of
        one time staying together. Its distinct values are pulled.
    reminders : str, optional
        Column with the number of reminders before the answer, instead of `arrived`; a text with
        one number, such as `"2 回"` or `"1 reminder"`, is that number. Neither gives an `Absent`.
    invited : int, optional
        How many were asked; without it nothing is said of the silent ones.
    scale, promoter, detractor
        As in `estimate_nps`.
    dates : str, optional
        How dates in `arrived` are written where no value tells, as in the readers.
    confidence : float
        Level of the intervals.

    Returns
    -------
    EarlyLate or Absent
        One row a wave of arrival, and one of everyone by the line. An `Absent` also where all
        answers came at once.

    Raises
    ------
    ParameterError
        If both columns are given, or more answered than were invited.
    ColumnError, DateError, EmptyDataError, ScoreRangeError, SourceError
        If a column is absent or unfit, or there are fewer than two scores.

    Notes
    -----
    See `methods.arrival_lines`; no weights are used. The line is Armstrong and Overton's (1977)
    assumption, the silent ones' NPS kept within -100 and 100; its
    interval knows of chance alone, not of how wrong that is. Where the line leaves that, there is
    no interval; under 30 answers on either side nothing is compared and nothing carried on.
    """
    column = reminders if arrived is None else arrived
    if arrived is not None and reminders is not None:
        raise ParameterError(
            f"arrived={arrived!r} and reminders={reminders!r} are both given; name one"
        )
    if score is None or column is None:
        return Absent.of(
            "bias.absent_score" if score is None else "bias.absent_arrivals", EarlyLate
        )
    rows = as_groups(data)
    usable_scores(rows, score, scale, promoter, detractor)
    found = counts.by_arrival(
        rows, score=score, arrival=column, promoter=promoter, detractor=detractor
    )
    left_out = int(found.loc[found["arrival"].isna(), _KINDS].to_numpy().sum())
    known = found[found["arrival"].notna()].reset_index(drop=True)
    known = _thirds(known, column, dates) if arrived is not None else _reminders(known, column)
    waves = known.groupby("wave", sort=True)[_KINDS].sum().astype("int64")
    if len(waves) < 2:
        return Absent.of("bias.absent_late", EarlyLate)
    _refuse_too_few(invited, int(waves.to_numpy().sum()))
    warnings = _warnings(waves, column, left_out)
    return _compare(waves, reminders is not None, invited, check.confidence(confidence), warnings)


def _thirds(found: pd.DataFrame, column: str, dates: str | None) -> pd.DataFrame:
    """Cut answers into thirds of their order; those of one time stay in the earlier third."""
    times = read_dates(found["arrival"], name=column, parameter="arrived", dates=dates).values
    found = found.assign(arrival=times.to_numpy()).sort_values("arrival", kind="stable")
    together = found.groupby("arrival")[_KINDS].sum()
    n = together.sum(axis=1)
    before = n.cumsum() - n
    return together.assign(wave=(3 * before // max(int(n.sum()), 1)).astype(int))


def _reminders(found: pd.DataFrame, column: str) -> pd.DataFrame:
    number = found["arrival"].map(_count)
    wrong = number.isna() | (number < 0) | (number % 1 != 0)
    if wrong.any():
        raise ColumnError(
            f"reminders={column!r} has values that are no number of reminders (first: "
            f"{found.loc[wrong, 'arrival'].iloc[0]!r}); give how many were sent before the answer, "
            "0 for none, or name the time of the answer as arrived"
        )
    return found.assign(wave=number.astype(int))


def _count(value: Any) -> float:
    """Return the one number of a value, such as 2 of "2 回"; missing where it has none or more."""
    if not isinstance(value, str):
        return float(pd.to_numeric(value, errors="coerce"))
    text = unicodedata.normalize("NFKC", value).replace("\u2212", "-")
    numbers = _NUMBER.findall(text)
    return float(numbers[0].replace(",", ".")) if len(numbers) == 1 else float("nan")


def _refuse_too_few(invited: int | None, n: int) -> None:
    if invited is not None and invited < n:
        raise ParameterError(
            f"invited={invited:,} is less than the {n:,} answers; count each person once, and only "
            "answers that belong to these invitations"
        )


def _warnings(waves: pd.DataFrame, column: str, left_out: int) -> tuple[Message, ...]:
    few = int((waves.sum(axis=1) < FEW).sum())
    said = [Message("bias.early_late_few", n=few, limit=FEW)] if few else []
    if left_out:
        said.append(Message("bias.early_late_left_out", n=left_out, column=column))
    return tuple(said)


def _compare(
    waves: pd.DataFrame,
    reminded: bool,
    invited: int | None,
    confidence: float,
    warnings: tuple[Message, ...],
) -> EarlyLate:
    z = proportions.z_value(confidence)
    n = waves.sum(axis=1).to_numpy(float)
    nps, se, low, high = arrival_lines.errors(waves.to_numpy(float), z)
    later, late_se, _, _ = arrival_lines.errors(waves.to_numpy(float)[1:].sum(axis=0)[None, :], z)
    difference, half = float(later[0] - nps[0]), z * float(np.hypot(se[0], late_se[0]))
    frame = pd.DataFrame(
        {
            "arrival": pd.array(range(1, len(n) + 1), dtype="Int64"),
            "reminders": pd.array(waves.index if reminded else [None] * len(n), dtype="Int64"),
            "n": n.astype("int64"),
            "rate": np.cumsum(n) / invited if invited else np.nan,
            **{"nps": nps, "se": se, "ci_low": low, "ci_high": high},
            **{"confidence": confidence, "method": Method.ARRIVAL.value},
        }
    )
    enough = min(n[0], n[1:].sum()) >= FEW
    line = arrival_lines.line(n, nps, se, invited=invited) if invited and enough else None
    if line is not None and invited is not None:
        frame.loc[len(frame)], cut = _everyone(line, frame, invited, z, confidence)
        if cut:
            warnings += (Message("bias.early_late_end"),)
        if abs(line.start + line.slope) > 100:
            warnings += (Message("bias.early_late_beyond"),)
    return EarlyLate(
        frame=frame,
        method=Method.ARRIVAL,
        warnings=warnings,
        difference=difference,
        low=max(difference - half, -200.0),
        high=min(difference + half, 200.0),
        line=None if line is None else (line.start, line.slope),
    )


def _everyone(
    line: arrival_lines.Line, waves: pd.DataFrame, invited: int, z: float, confidence: float
) -> tuple[list[Any], bool]:
    """Return the row of everyone, the silent ones' NPS kept within -100 and 100, and whether its
    interval was cut there; it has none where the line itself is beyond."""
    n = int(waves["n"].sum())
    here = float(waves["n"] @ waves["nps"]) / n
    ends = worst_case.manski(here, answered=n, asked=invited, lowest=-100, highest=100)
    half = z * line.se
    wanted = [line.mean - half, line.mean, line.mean + half]
    low, nps, high = np.clip(wanted, *ends)
    none = abs(nps - line.mean) > 1e-9 or high <= low
    cut = not none and (low > wanted[0] or high < wanted[2])
    if none:
        low = high = np.nan
    method = Method.EXTRAPOLATED.value
    return [pd.NA, pd.NA, invited, 1.0, nps, line.se, low, high, confidence, method], bool(cut)


def _name(row: pd.Series) -> Message:
    if pd.isna(row["reminders"]):
        return Message("bias.early_late_third", arrival=row["arrival"], n=row["n"])
    return Message("bias.early_late_reminders", reminders=row["reminders"], n=row["n"])
