"""New codes by interview -> the interview at which Guest, Namey and Chen's rule would stop, for
each base, run and threshold, read both ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.interviews.absence import Uncoded
from cxlib.interviews.methods import Method, guest
from cxlib.interviews.saturation import Saturation
from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.table import Format, Table


class Runs(StrEnum):
    """How runs of interviews follow one another: 5-6, 6-7, 7-8, or 5-6, 7-8, 9-10."""

    OVERLAPPING = "overlapping"
    DISJOINT = "disjoint"


class StoppingReason(StrEnum):
    """Why there is no interview at which to stop."""

    NOT_REACHED = "not_reached"
    TOO_FEW = "too_few"
    NO_BASE_CODES = "no_base_codes"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Stopping(Result):
    """Where the rule of Guest, Namey and Chen (2020) stops.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row a setting: `base` and `run` (interviews), `threshold`, `runs` ("overlapping" or
        "disjoint"), `base_codes` (codes in the base), `interviews` (heard in all), `saturated_at`
        (last interview of the first run that brings so few new codes; missing where `reason` says
        why), `new` and `ratio` (of that run), `reason`, `method`.
    each : pandas.DataFrame
        One row a run: `base, run, runs, first, last` (interviews), `new` (codes), `ratio` (of the
        codes in the base).
    """

    each: pd.DataFrame

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("base", "run"), "integer"),
        "threshold": "percent0",
        "runs": Runs,
        **dict.fromkeys(("base_codes", "interviews", "saturated_at", "new"), "integer"),
        "ratio": "percent",
        **dict.fromkeys(("first", "last"), "integer"),
        "reason": StoppingReason,
        "method": Method,
    }
    shows: ClassVar[Message] = Message("interviews.stopping_caption")
    row_keys: ClassVar[tuple[str, ...]] = ("base", "run", "threshold")

    def summary(self, language: str = "en") -> str:
        """Say where the first of the settings stops, in both readings."""
        rows = self.frame.drop_duplicates("runs")
        first = rows.iloc[0]
        setting = {name: first[name] for name in ("base", "run", "threshold")}
        if first["reason"] and rows["reason"].nunique() == 1:
            return Message(
                "interviews.stopping_neither",
                **setting,
                n=first["interviews"],
                reason=StoppingReason(first["reason"]),
            ).text(language)
        found = [_place(row) for _, row in rows.iterrows()]
        return Message("interviews.stopping", **setting, found=found).text(language)

    def all_runs(self, *, language: str = "en") -> Table:
        """Return every run with its new codes as a table."""
        return Table(
            frame=self.each,
            columns=self.columns,
            topic="interviews",
            caption=Message("interviews.runs_caption"),
            language=language,
        )


def _place(row: pd.Series) -> Message:
    runs = Runs(row["runs"])
    if row["reason"]:
        return Message(
            "interviews.stopping_not",
            runs=runs,
            reason=StoppingReason(row["reason"]),
            n=row["interviews"],
        )
    return Message("interviews.stopping_at", runs=runs, n=row["saturated_at"])


@check.arguments
def stopping(
    saturation: Saturation | Uncoded,
    *,
    bases: Sequence[int] = (4, 5, 6),
    runs: Sequence[int] = (2, 3),
    thresholds: Sequence[float] = (0.05, 0.0),
) -> Stopping | Uncoded:
    """Find the interview at which new ones bring too little, by the rule of Guest, Namey and Chen.

    Use it where a reviewer asks for it; the curve and Chao2 of `saturation` say more, since the
    rule knows one order of the interviews only. The paper leaves open whether runs overlap, and
    the answer depends on it: both are given.

    Parameters
    ----------
    saturation : Saturation
        From `saturation`, or from `accumulate` for a table of codes by interviews.
    bases : sequence of int
        Interviews whose codes are the base; the sentence speaks of the first.
    runs : sequence of int
        Interviews in a run.
    thresholds : sequence of float
        Highest ratio of new codes to codes in the base, in [0, 1).

    Returns
    -------
    Stopping
        One row a base, run, threshold and reading.

    Raises
    ------
    ParameterError
        If a base or a run is below 1, or a threshold does not lie between 0 and 1.

    Notes
    -----
    ratio = distinct codes in the run that no earlier interview had / distinct codes in the base;
    saturated at the last interview of the first run whose ratio is at most the threshold (Guest,
    Namey and Chen 2020, PLoS ONE 15(5) e0232076; they write interview 6 (+2) where this is 8).

    Examples
    --------
    >>> from cxlib import interviews
    >>> heard = [[1, 1, 0], [1, 0, 0], [0, 1, 1], [1, 0, 0], [0, 1, 0]]
    >>> found = stopping(interviews.accumulate(heard), bases=[2], runs=[2], thresholds=[0.0])
    >>> found.frame["saturated_at"].tolist()
    [5.0, nan]
    """
    _check("bases", bases)
    _check("runs", runs)
    if isinstance(saturation, Uncoded):
        return Uncoded.of("interviews.not_coded", Stopping)
    if not len(thresholds) or not all(0 <= value < 1 for value in thresholds):
        raise ParameterError(
            f"thresholds={list(thresholds)!r} must be shares from 0 to below 1, at least one, such "
            "as 0.05 for 5 %"
        )
    new = saturation.frame["new"].to_numpy(int)
    rows, each = [], []
    for base in bases:
        for run in runs:
            for reading in Runs:
                found = _runs(new, base, run, reading)
                each.append(found)
                rows += [_stop(new, found, base, run, reading, level) for level in thresholds]
    frame = pd.DataFrame(rows)
    order: dict[str, list[Any]] = {
        "base": list(bases),
        "run": list(runs),
        "threshold": list(thresholds),
        "runs": list(Runs),
    }
    keys = [frame[name].map(order[name].index) for name in order]
    return Stopping(
        frame=frame.iloc[np.lexsort(keys[::-1])].reset_index(drop=True),
        method=Method.GUEST,
        each=pd.concat(each, ignore_index=True),
    )


def _check(name: str, given: Sequence[int]) -> None:
    if not len(given) or not all(value >= 1 and value == int(value) for value in given):
        raise ParameterError(
            f"{name}={list(given)!r} must be numbers of interviews, at least one and each 1 or more"
        )


def _runs(new: np.ndarray, base: int, run: int, reading: Runs) -> pd.DataFrame:
    step = 1 if reading is Runs.OVERLAPPING else run
    first, last, codes = guest.runs(new, base=base, run=run, step=step)
    in_base = int(new[:base].sum())
    ratio = codes / in_base if in_base else np.full(len(codes), np.nan)
    return pd.DataFrame(
        {
            "base": base,
            "run": run,
            "runs": reading.value,
            "first": first,
            "last": last,
            "new": codes,
            "ratio": ratio,
        }
    )


def _stop(
    new: np.ndarray, found: pd.DataFrame, base: int, run: int, reading: Runs, threshold: float
) -> dict[str, Any]:
    low = found[found["ratio"] <= threshold]
    row = {
        "base": base,
        "run": run,
        "threshold": threshold,
        "runs": reading.value,
        "base_codes": int(new[:base].sum()),
        "interviews": len(new),
        **dict.fromkeys(("saturated_at", "new", "ratio"), np.nan),
        "reason": "",
        "method": Method.GUEST.value,
    }
    if len(low):
        at = low.iloc[0]
        return row | {"saturated_at": at["last"], "new": at["new"], "ratio": at["ratio"]}
    if found.empty:
        return row | {"reason": StoppingReason.TOO_FEW.value}
    reason = StoppingReason.NOT_REACHED if row["base_codes"] else StoppingReason.NO_BASE_CODES
    return row | {"reason": reason.value}
