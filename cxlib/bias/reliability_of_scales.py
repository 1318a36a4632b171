"""Answers to the items of scales -> Cronbach's alpha of each, and which items run against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from scipy import stats

from cxlib import check
from cxlib.bias.counts import answers as counts
from cxlib.bias.item_scales import checked_scales, ends_to_turn
from cxlib.bias.kinds import Method
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method, with_limits

_TIE = 1e-9  # loadings that rounding leaves of 0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Reliability(Result):
    """Cronbach's alpha of each scale. `frame` has one row a scale.

    Columns: `scale`, `items` (how many), `n` (respondents with an answer), `alpha` (missing where
    the items have no spread), `ci_low`, `ci_high`, `confidence`, `method`."""

    columns: ClassVar[Mapping[str, Format]] = {
        "scale": "",
        **dict.fromkeys(("items", "n"), "integer"),
        **with_limits("alpha", "decimal2"),
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("bias.reliability_caption")

    def summary(self, language: str = "en") -> str:
        """Say the lowest alpha and the highest, and what alpha is not."""
        known = self.frame.dropna(subset="alpha").sort_values("alpha", kind="stable")
        if known.empty:
            return Message("bias.reliability_none").text(language)
        said = [
            Message(
                "bias.reliability",
                scale=row["scale"],
                items=row["items"],
                n=row["n"],
                alpha=row["alpha"],
                low=row["ci_low"],
                high=row["ci_high"],
                level=row["confidence"],
            )
            for _, row in known.iloc[[0, -1]].drop_duplicates("scale").iterrows()
        ]
        return Sentences((*said, Message("bias.reliability_caveat"))).text(language)


@check.arguments
def reliability(
    data: Any,
    *,
    scales: Mapping[str, Sequence[str]] | None,
    reverse: Sequence[str] = (),
    scale: tuple[int, int] | None = None,
    confidence: float = 0.95,
) -> Reliability | Absent:
    """Estimate Cronbach's alpha of each scale: how far its items go together.

    Parameters
    ----------
    data : table
        One row a respondent. Rows are pulled: 8 bytes an answer.
    scales : mapping of str to sequence of str, or None
        Name of a scale to its items, two or more. None or empty gives an `Absent`.
    reverse : sequence of str
        Items that ask for the opposite; turned around first.
    scale : (int, int), optional
        Lowest and highest answer; answers outside are refused. Alpha does not depend on it.
    confidence : float
        Level of the interval (Feldt's).

    Returns
    -------
    Reliability or Absent

    Raises
    ------
    ColumnError, EmptyDataError, ParameterError, ScoreRangeError
        As `careless`.

    Notes
    -----
    Raw alpha by pingouin from pairwise covariances, equal to `raw_alpha` of R psych 2.2.9 on bfi to
    1e-7; the standardised alpha is not offered. The limits are Feldt's (1965), not rounded.

    Examples
    --------
    >>> answers = pd.DataFrame({"a": [1, 2, 4, 5], "b": [1, 3, 3, 5]})
    >>> reliability(answers, scales={"service": ["a", "b"]}).frame["alpha"].round(3).tolist()
    [0.941]
    """
    if not scales:
        return Absent.of("bias.absent_scales", Reliability)
    items = [item for members in scales.values() for item in members]
    groups = checked_scales(items, scales, reverse)
    check.confidence(confidence)
    answers = counts.item_answers(data, items=items, scale=scale)
    turned = counts.reversed_answers(
        answers, reverse=reverse, scale=ends_to_turn(answers, reverse, scale)
    )
    found = [_row(name, turned[members], confidence) for name, members in groups.items()]
    against = [item for members in groups.values() for item in _against(turned[members])]
    negative = [row["scale"] for row in found if row["alpha"] < 0]
    warnings = (
        [Message("bias.reliability_against", items=against, n=len(against))] if against else []
    )
    if negative:
        warnings.append(Message("bias.reliability_negative", scales=negative))
    return Reliability(frame=pd.DataFrame(found), method=Method.ALPHA, warnings=tuple(warnings))


def _row(name: str, answers: pd.DataFrame, confidence: float) -> dict[str, Any]:
    import pingouin

    given = answers.dropna(how="all")
    n, items = given.shape
    alpha = low = high = np.nan
    if n > 1 and np.abs(given.cov().to_numpy()).sum() > 0:
        alpha = float(pingouin.cronbach_alpha(given, nan_policy="pairwise")[0])
    if np.isfinite(alpha):  # pingouin's own limits are rounded to three digits
        tail, df = (1 - confidence) / 2, (n - 1, (n - 1) * (items - 1))
        low, high = (1 - (1 - alpha) * stats.f.isf([tail, 1 - tail], *df)).tolist()
    return {
        "scale": name,
        "items": items,
        "n": n,
        "alpha": alpha if np.isfinite(alpha) else np.nan,
        "ci_low": low,
        "ci_high": high,
        "confidence": confidence,
        "method": Method.ALPHA.value,
    }


def _against(answers: pd.DataFrame) -> list[str]:
    """Return the items that load negatively on the first principal component, turned so that its
    loadings sum to more than 0 (as `check.keys` of R psych)."""
    correlation = answers.corr().fillna(0).to_numpy(copy=True)
    np.fill_diagonal(correlation, 1)
    loadings = np.linalg.eigh(correlation)[1][:, -1]
    total = loadings.sum()
    turned = loadings * (np.sign(total) if abs(total) > _TIE else np.sign(loadings[0]) or 1)
    return [str(item) for item, each in zip(answers, turned, strict=True) if each < -_TIE]
