"""Answers to items -> which respondents' answers carry marks of carelessness, index by index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Unpack

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.bias import careless_figures, careless_rules
from cxlib.bias.careless_rules import FEW, Index, Judged, Rule
from cxlib.bias.counts import answers as counts
from cxlib.bias.item_scales import checked_scales, ends_to_turn, range_of
from cxlib.bias.kinds import Method
from cxlib.bias.methods import answering_speed
from cxlib.errors import ParameterError, WeightError
from cxlib.methods import proportions
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method, with_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST = 3  # flags that are told apart: three and more are one row


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Careless(Result):
    """Marks of careless answering. `frame` has one row an index.

    Columns: `index`, `rule` (what is flagged, and who says so), `cut`, `median` (of the index),
    `n` (respondents who have it), `flagged`, `share` with Wilson `ci_low`, `ci_high`, `confidence`,
    `method`. Where an index cannot flag, `cut`, `flagged` and `share` are missing and `warnings`
    says why.

    Attributes
    ----------
    rows : pandas.DataFrame
        One row a respondent, indexed and ordered as the data: `answered` (items), every index,
        `log_seconds_z` (where seconds were given), `flags` (how many it carries).
    marks : pandas.DataFrame of bool
        One row a respondent, one column an index that can flag.
    by_marks : pandas.DataFrame
        `flags` (0, 1, 2, 3: three or more), `n`, `share`.
    at_least : int
        Flags from which a respondent is `flagged`.
    items : tuple of str
        Columns that were looked at.
    bound_to : tuple of int
        Number and hash of the rows; others are refused.
    """

    rows: pd.DataFrame
    marks: pd.DataFrame
    by_marks: pd.DataFrame
    at_least: int
    items: tuple[str, ...]
    bound_to: tuple[int, int]

    columns: ClassVar[Mapping[str, Format]] = {
        "index": Index,
        "rule": Rule,
        "cut": "compact2",
        "median": "compact2",
        **dict.fromkeys(("n", "flagged"), "integer"),
        **with_limits("share", "percent"),
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("bias.careless_caption")

    @property
    def flagged(self) -> pd.Series:
        """Whether each respondent carries `at_least` flags; indexed and ordered as the data."""
        return (self.rows["flags"] >= self.at_least).rename("flagged")

    @property
    def overlap(self) -> pd.DataFrame:
        """Which marks come together: one row a pair of indices (`a`, `b`), the respondents who
        carry each (`n_a`, `n_b`) and both (`both`), and how many would by chance (`expected`)."""
        names, carried = list(self.marks), self.marks.to_numpy(dtype="int64")
        both, n = carried.T @ carried, max(len(carried), 1)
        pairs = [(i, j) for i in range(len(names)) for j in range(i + 1, len(names))]
        return pd.DataFrame(
            [
                (
                    names[i],
                    names[j],
                    both[i, i],
                    both[j, j],
                    both[i, j],
                    both[i, i] * both[j, j] / n,
                )
                for i, j in pairs
            ],
            columns=["a", "b", "n_a", "n_b", "both", "expected"],
        )

    def keep(self, data: Any) -> pd.DataFrame:
        """Return the rows that are not `flagged`, of the data that were looked at.

        Raises
        ------
        WeightError
            If these are other rows, or in another order.
        """
        frame = counts.as_frame(data)
        self.refuse_foreign(frame)
        return frame[~self.flagged.to_numpy()]

    def refuse_foreign(self, data: Any) -> None:
        """Refuse rows that are not the ones that were looked at, in their order."""
        given = counts.item_answers(data, items=self.items)
        if counts.fingerprint(given) != self.bound_to:
            raise WeightError(
                f"data: these {len(given):,} rows are not the {self.bound_to[0]:,} rows that "
                "cx.bias.careless looked at, in their order; call it on these rows first"
            )

    def summary(self, language: str = "en") -> str:
        """Say how many carry several flags, and what a flag is not."""
        n, several = len(self.rows), int(self.flagged.sum())
        if self.marks.empty:
            return Message("bias.careless_nothing_to_flag", n=n).text(language)
        if self.marks.shape[1] < self.at_least:
            return Message(
                "bias.careless_too_few_marks",
                n=n,
                possible=self.marks.shape[1],
                at_least=self.at_least,
                some=int((self.rows["flags"] > 0).sum()),
            ).text(language)
        said = Message(
            "bias.careless",
            n=n,
            several=several,
            share=several / n,
            at_least=self.at_least,
            indices=self.marks.shape[1],
            none=int((self.rows["flags"] == 0).sum()),
        )
        return Sentences((said, Message("bias.careless_caveat"))).text(language)

    @drawing
    def plot(self, ax: Axes | None = None, *, language: str = "en", **look: Unpack[Look]) -> Axes:
        """Draw the share flagged by each index, and the share that carries several."""
        n, several = len(self.rows), int(self.flagged.sum())
        drawn = self.frame[self.frame["flagged"].notna()]
        if drawn.empty:
            return Absent.of("bias.absent_flags", Careless).plot(ax, language=language)
        ordered = drawn.sort_values("share", kind="stable", ignore_index=True)
        ax = careless_figures.flag_shares(
            ordered,
            [Index(each) for each in ordered["index"]],
            ax,
            finding=self._title(several / n),
            measured=Message(
                "bias.careless_measured",
                n=n,
                **{f"n{row.flags}": row.n for row in self.by_marks.itertuples()},
            ),
            language=language,
        )
        return self.with_numbers(
            ax,
            ordered,
            [Index(each) for each in ordered["index"]],
            "share",
            "flagged",
            language=language,
        )

    def _title(self, share: float) -> Message:
        possible = self.marks.shape[1]
        if possible < self.at_least:
            few = {"possible": possible, "at_least": self.at_least}
            return Message("bias.careless_too_few_title", **few)
        return Message("bias.careless_title", share=share, at_least=self.at_least)


@check.arguments
def careless(
    data: Any,
    *,
    items: Sequence[str] | None,
    scales: Mapping[str, Sequence[str]] | None = None,
    reverse: Sequence[str] = (),
    synonym_cut: float = 0.6,
    seconds: str | None = None,
    scale: tuple[int, int] | None = None,
    cuts: Mapping[str, float] | None = None,
    at_least: int = 2,
    confidence: float = 0.95,
) -> Careless | Absent:
    """Look for marks of careless answering in each respondent's answers; nothing is deleted.

    Use it before a mean or a correlation of items is believed; `effect_of_flags` shows what the
    flagged do to the headline.

    Parameters
    ----------
    data : table
        One row a respondent. Rows are pulled: 8 bytes an answer.
    items : sequence of str or None
        Columns of numbers, in the order of the questionnaire. None or empty gives an `Absent`.
    scales : mapping of str to sequence of str, optional
        Name of a scale or grid to the items that belong together, two or more each.
    reverse : sequence of str
        Items that ask for the opposite. They are turned around for the halves of scales; all other
        indices look at the answers as they were ticked.
    synonym_cut : float
        Items that correlate above it are synonyms, below minus it antonyms.
    seconds : str, optional
        Column with the seconds a respondent took.
    scale : (int, int), optional
        Lowest and highest answer of the items; answers outside are refused. Without it items are
        turned around on the lowest and highest answer given.
    cuts : mapping of str to float, optional
        Your own cut of an index, `{"irv": 0.3}`, in place of the one that `rule` tells.
    at_least : int
        Flags from which a respondent is `flagged`.
    confidence : float
        Level of the Wilson interval of each share.

    Returns
    -------
    Careless or Absent

    Raises
    ------
    ColumnError
        If a column is absent, named twice, or holds what is no number.
    ScoreRangeError
        If an answer lies outside `scale`.
    EmptyDataError
        If fewer than two rows have an answer.
    ParameterError
        If `scales` or `reverse` name what is not among the items, a scale has one item, or a cut
        is of no index.
    SourceError
        If `data` cannot be read.

    Notes
    -----
    `longest`, `average`, `irv`, `mahalanobis` (squared), `even_odd` (1 most careless), `synonym`,
    `antonym` are those of R careless 1.2.2, row by row to 1e-6 on its own data and on bfi
    (`methods.carelessness` says what it does with missing answers; where one side of a respondent's
    synonyms has no spread R draws at random, 3 of 2,436 rows). Cuts: half of the items (Curran
    2016), chi-square p < .001 (Meade and Craig 2012), 0 for consistency, which spares more honest
    respondents than Jackson's .30; an index of consistency flags only where the middle respondent
    reaches .30 and five scales or ten pairs were answered. Time: median - 3 x 1.4826 MAD of the
    logarithm, at least a second an item.

    Examples
    --------
    >>> answers = pd.DataFrame(np.random.default_rng(1).integers(1, 6, (200, 12)))
    >>> answers.iloc[0] = 3
    >>> found = careless(answers, items=list(map(str, range(12))))
    >>> found.rows.loc[0, ["longest", "irv"]].tolist(), found.marks.loc[0, "longest"].item()
    ([12.0, 0.0], True)
    """
    if not items:
        return Absent.of("bias.absent_items", Careless)
    groups = checked_scales(items, scales, reverse)
    own = _checked_cuts(cuts, synonym_cut, at_least)
    check.confidence(confidence)
    answers = counts.item_answers(data, items=items, scale=scale)
    turned = counts.reversed_answers(
        answers, reverse=reverse, scale=ends_to_turn(answers, reverse, scale)
    )
    taken = None if seconds is None else _seconds(data, seconds)
    measured = careless_rules.measure(answers, turned, groups, taken, synonym_cut)
    judged = careless_rules.judge(measured, items=len(items), cuts=own)
    rows, marks = _rows(answers, judged)
    return Careless(
        frame=pd.DataFrame([_row(each, confidence) for each in judged]),
        method=Method.WILSON,
        warnings=(
            *measured.reasons.values(),
            *_untimed(taken),
            *_cautions(answers, reverse, scale, marks),
        ),
        rows=rows,
        marks=marks,
        by_marks=_by_marks(rows["flags"]),
        at_least=at_least,
        items=tuple(items),
        bound_to=counts.fingerprint(answers),
    )


def _checked_cuts(
    cuts: Mapping[str, float] | None, synonym_cut: float, at_least: int
) -> dict[str, float]:
    own = {str(name): cut for name, cut in (cuts or {}).items()}
    for name, cut in own.items():
        check.one_of("cuts", name, [each.value for each in Index])
        if not np.isfinite(cut):
            raise ParameterError(f"cuts={{{name!r}: {cut!r}}} must be a finite number")
    if not 0 < synonym_cut < 1:
        raise ParameterError(
            f"synonym_cut={synonym_cut!r} must lie between 0 and 1; 0.6 is what R careless takes"
        )
    if at_least < 1 or at_least != int(at_least):
        raise ParameterError(f"at_least={at_least!r} must be a whole number, 1 or more")
    return own


def _seconds(data: Any, seconds: str) -> np.ndarray:
    column = counts.as_frame(data, columns=[seconds], parameter="seconds")[seconds]
    return counts.as_numbers(column, seconds, parameter="seconds").to_numpy()


def _untimed(seconds: np.ndarray | None) -> list[Message]:
    """Say how many have no time above 0, where some have."""
    n = 0 if seconds is None else int((~(seconds > 0)).sum())
    if seconds is None or not 0 < n < len(seconds):
        return []
    return [Message("bias.careless_time_none", n=n)]


def _rows(answers: pd.DataFrame, judged: list[Judged]) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows = pd.DataFrame(
        {"answered": answers.notna().sum(axis=1)}
        | {each.index.value: each.values for each in judged},
        index=answers.index,
    )
    if Index.SECONDS.value in rows:
        rows["log_seconds_z"] = answering_speed.log_scores(rows[Index.SECONDS.value].to_numpy())
    marks = pd.DataFrame(
        {each.index.value: each.flagged for each in judged if each.flagged is not None},
        index=answers.index,
        dtype=bool,
    )
    return rows.assign(flags=marks.sum(axis=1).astype("int64")), marks


def _row(each: Judged, confidence: float) -> dict[str, Any]:
    known = each.values[~np.isnan(each.values)]
    row = {
        "index": each.index.value,
        "rule": each.rule.value,
        "cut": each.cut,
        "median": float(np.median(known)) if len(known) else np.nan,
        "n": len(known),
        "flagged": np.nan,
        "share": np.nan,
        "ci_low": np.nan,
        "ci_high": np.nan,
        "confidence": confidence,
        "method": Method.WILSON.value,
    }
    if each.flagged is None or not len(known):
        return row
    flagged = int(each.flagged.sum())
    low, high = proportions.wilson(flagged, len(known), confidence=confidence)
    return row | {
        "flagged": flagged,
        "share": flagged / len(known),
        "ci_low": float(low),
        "ci_high": float(high),
    }


def _by_marks(flags: pd.Series) -> pd.DataFrame:
    n = np.bincount(np.minimum(flags, _MOST), minlength=_MOST + 1)
    return pd.DataFrame({"flags": range(_MOST + 1), "n": n, "share": n / len(flags)})


def _cautions(
    answers: pd.DataFrame,
    reverse: Sequence[str],
    scale: tuple[int, int] | None,
    marks: pd.DataFrame,
) -> list[Message]:
    cautions = []
    if len(answers) < FEW:
        cautions.append(Message("bias.careless_few_rows", n=len(answers)))
    if reverse and scale is None:
        low, high = range_of(answers, None)
        cautions.append(Message("bias.careless_scale_seen", low=low, high=high))
    same = [name for name in ("longest", "straight_lines") if name in marks and marks[name].any()]
    if same and not reverse:
        n = int(marks[same].any(axis=1).sum())
        cautions.append(Message("bias.careless_one_way", n=n))
    return cautions
