"""Answers to items -> how groups use the scale, whatever they are asked: its ends, its middle,
agreement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Unpack

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from cxlib import check
from cxlib.bias import careless_figures
from cxlib.bias.counts import answers as counts
from cxlib.bias.item_scales import checked_scales
from cxlib.bias.kinds import Method
from cxlib.errors import ColumnError, EmptyDataError
from cxlib.rows import names
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message, Names, Sentences
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method, with_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ENOUGH = 0.5  # of the items; who answered fewer is left out
BALANCED = (0.4, 0.6)  # share of items that ask for the opposite, within which agreeing is a style
FEW = 30  # respondents of a group, below which its interval is approximate


class Style(StrEnum):
    """A way to use the scale: of the answers, the share at its ends, at its middle, above its
    middle; and above minus below."""

    ENDS = "ends"
    MIDDLE = "middle"
    AGREEING = "agreeing"
    NET_AGREEING = "net_agreeing"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ResponseStyles(Result):
    """How groups use the scale. `frame` has one row a group and style.

    Columns: `style` (ends: ERS, middle: MRS, agreeing: ARS, net_agreeing), `group` ("" where no
    column was named), `n` (respondents), `share` (mean over respondents, in [0, 1], net in
    [-1, 1]), `sd` (over respondents), `se`, `ci_low`, `ci_high`, `confidence`, `df`, `method`."""

    by: str | None
    balanced: bool

    columns: ClassVar[Mapping[str, Format]] = {
        "style": Style,
        "group": "",
        "n": "integer",
        "sd": "decimal2",
        **with_limits("share", "percent", se="decimal3"),
        "df": "integer",
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("bias.styles_caption")

    def summary(self, language: str = "en") -> str:
        """Say how far groups differ in their use of the ends and in agreeing."""
        said = [self._said(Style.ENDS), self._said(Style.AGREEING)]
        content = () if self.balanced else (Message("bias.styles_content"),)
        advice = () if self.by is None else (Message("bias.styles_before"),)
        return Sentences((*said, *content, *advice)).text(language)

    def _said(self, style: Style) -> Message:
        rows = self.frame[self.frame["style"] == style.value].sort_values("share", kind="stable")
        low, high = rows.iloc[0], rows.iloc[-1]
        values = {
            f"{end}_{name}": row[column]
            for end, row in (("low", low), ("high", high))
            for name, column in (
                ("group", "group"),
                ("share", "share"),
                ("from", "ci_low"),
                ("to", "ci_high"),
                ("n", "n"),
            )
        }
        key = {"style": style, "level": high["confidence"], **values}
        if len(rows) > 1:
            return Message("bias.styles_groups", **key)
        return Message("bias.styles_one", **key)

    @drawing
    def plot(self, ax: Axes | None = None, *, language: str = "en", **look: Unpack[Look]) -> Axes:
        """Draw the shares of each group with their intervals, a colour a style."""
        drawn = self.frame[self.frame["style"] != Style.NET_AGREEING.value]
        gap = drawn.groupby("style")["share"].agg(lambda each: each.max() - each.min())
        ax = careless_figures.styles(
            drawn,
            [Style(each) for each in drawn["style"].unique()],
            ax,
            finding=Message(
                "bias.styles_title", style=Style(str(gap.idxmax())), gap=100 * float(gap.max())
            )
            if drawn["group"].nunique() > 1
            else Message("bias.styles_title_one"),
            measured=Message("bias.styles_measured", level=self.frame["confidence"].iloc[0]),
            language=language,
        )
        return self.with_numbers(
            ax,
            drawn,
            [
                Names(tuple(filter(None, (row["group"], Style(row["style"])))), listed=True)
                for _, row in drawn.iterrows()
            ],
            "share",
            language=language,
        )


@check.arguments
def response_styles(
    data: Any,
    *,
    items: Sequence[str] | None,
    scale: tuple[int, int],
    by: str | None = None,
    reverse: Sequence[str] = (),
    confidence: float = 0.95,
) -> ResponseStyles | Absent:
    """Estimate how groups use an answer scale, whatever is asked.

    Use it before scores of countries or languages are compared: a group that uses the ends more, or
    agrees more with anything, has other means and another NPS for the same experience.

    Parameters
    ----------
    data : table
        One row a respondent. Rows are pulled: 8 bytes an answer.
    items : sequence of str or None
        Columns of answers as they were ticked: nothing is turned around. None gives an `Absent`.
    scale : (int, int)
        Lowest and highest answer. A middle exists where the number of points is odd.
    by : str, optional
        Column of groups, such as country.
    reverse : sequence of str
        Items that ask for the opposite. Agreement is a style only where they are about half of the
        items (40 to 60 %); elsewhere it is what people think, and that is said.
    confidence : float
        Level of the intervals (Student's t over respondents).

    Returns
    -------
    ResponseStyles or Absent
        One row a style and group; no row of `middle` where the scale has none.

    Raises
    ------
    ColumnError
        If a column is absent or holds what is no number, or a respondent has no group.
    ScoreRangeError
        If an answer lies outside the scale.
    EmptyDataError
        If nobody, or a single respondent, answered half of the items.
    ParameterError
        If `reverse` names what is not among the items, or `scale` or `confidence` are wrong.

    Notes
    -----
    Per respondent the share of the items answered; respondents with fewer than half of the items
    are left out and counted. ERS: share at either end; MRS: at the middle; ARS: above the middle;
    net: above minus below (Baumgartner and Steenkamp 2001). On bfi, complete cases, equal to base R
    to 1e-7.

    Examples
    --------
    >>> answers = pd.DataFrame({"a": [1, 5, 3], "b": [5, 5, 4]})
    >>> found = response_styles(answers, items=["a", "b"], scale=(1, 5))
    >>> found.frame.set_index("style")["share"].round(3).to_dict()
    {'ends': 0.667, 'middle': 0.167, 'agreeing': 0.667, 'net_agreeing': 0.5}
    """
    if not items:
        return Absent.of("bias.absent_items", ResponseStyles)
    checked_scales(items, None, reverse)
    check.confidence(confidence)
    answers = counts.item_answers(data, items=items, scale=check.scale(scale))
    groups = _groups(data, by, len(answers))
    enough = (answers.notna().mean(axis=1) >= ENOUGH).to_numpy()
    if enough.sum() < 2:
        raise EmptyDataError(
            f"items: {int(enough.sum())} of {len(answers)} respondents answered half of the "
            f"{len(items)} items; at least 2 are needed"
        )
    styles = _styles(answers.to_numpy(float)[enough], check.scale(scale))
    low, high = BALANCED
    return ResponseStyles(
        frame=pd.DataFrame(
            _row(style, group, values[groups[enough] == group], confidence)
            for style, values in styles.items()
            for group in pd.unique(groups[enough])
        ).sort_values(["style", "group"], key=_order, kind="stable", ignore_index=True),
        method=Method.STUDENT,
        warnings=tuple(_warnings(groups[enough], int((~enough).sum()))),
        by=by,
        balanced=low <= len(set(reverse)) / len(items) <= high,
    )


def _order(column: pd.Series) -> pd.Series:
    places = {style.value: place for place, style in enumerate(Style)}
    return column.map(places) if column.name == "style" else column


def _groups(data: Any, by: str | None, n: int) -> NDArray:
    if by is None:
        return np.full(n, "", dtype=object)
    found = names.fold(counts.as_frame(data, columns=[by], parameter="by")[by]).values
    if found.isna().any():
        raise ColumnError(
            f"by={by!r}: {int(found.isna().sum()):,} of {n:,} rows have no value there; fill it, "
            "make 'unknown' a group of its own, or drop those rows first"
        )
    return found.to_numpy(dtype=object)


def _styles(answers: NDArray, scale: tuple[int, int]) -> dict[Style, NDArray]:
    low, high = scale
    middle, n = (low + high) / 2, (~np.isnan(answers)).sum(axis=1)
    with np.errstate(invalid="ignore"):
        above, below = (answers > middle).sum(axis=1) / n, (answers < middle).sum(axis=1) / n
        ends = ((answers == low) | (answers == high)).sum(axis=1) / n
        at_middle = (answers == middle).sum(axis=1) / n
    found = {Style.ENDS: ends, Style.MIDDLE: at_middle}
    found |= {Style.AGREEING: above, Style.NET_AGREEING: above - below}
    return found if (high - low) % 2 == 0 else {k: v for k, v in found.items() if k != "middle"}


def _row(style: Style, group: str, values: NDArray, confidence: float) -> dict[str, Any]:
    n = len(values)
    sd = float(values.std(ddof=1)) if n > 1 else np.nan
    se, mean = sd / np.sqrt(n), float(values.mean())
    half = stats.t.ppf((1 + confidence) / 2, n - 1) * se if n > 1 else np.nan
    least = -1.0 if style is Style.NET_AGREEING else 0.0
    return {
        "style": style.value,
        "group": group,
        "n": n,
        "share": mean,
        "sd": sd,
        "se": se,
        "ci_low": max(mean - half, least) if n > 1 else np.nan,
        "ci_high": min(mean + half, 1.0) if n > 1 else np.nan,
        "confidence": confidence,
        "df": n - 1,
        "method": Method.STUDENT.value,
    }


def _warnings(groups: NDArray, left_out: int) -> list[Message]:
    found = []
    if left_out:
        found.append(Message("bias.styles_left_out", n=left_out))
    sizes = pd.Series(groups).value_counts(sort=False)
    small = [each for each in sizes.index[sizes < FEW] if each]
    if small:
        found.append(Message("bias.styles_few", names=small, least=FEW))
    return found
