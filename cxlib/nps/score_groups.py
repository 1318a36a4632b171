"""Answers grouped by what they are -> what is counted of them: why groups are no scores, which
belong to no segment, and whether they can be of the scale."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cxlib.errors import WeightError
from cxlib.nps.score_counts import (
    CLUSTER,
    CODE,
    SQUARE,
    STRATUM,
    WEIGHT,
    ZERO_WEIGHT,
    Design,
    summed,
)
from cxlib.rows import names, scales, weights
from cxlib.rows.scale_evidence import Evidence, begins_at_1
from cxlib.shown.message import Message

GIVEN_UNREAD = "cx: unread"  # column of the answers: given, but no score
# what stands in `CODE` in place of a score's place on the scale
MISSING, OUT_OF_RANGE, NOT_WHOLE, ZERO, NO_WEIGHT, UNREAD = -1, -2, -3, -4, -5, -6
_CODES = {
    MISSING: scales.Reason.MISSING,
    OUT_OF_RANGE: scales.Reason.OUT_OF_RANGE,
    NOT_WHOLE: scales.Reason.NOT_WHOLE,
    ZERO: ZERO_WEIGHT,
    UNREAD: scales.Reason.NOT_A_SCORE,
}


def left_out(groups: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Return how many answers of each segment were given but are no score."""
    given = groups[groups[CODE].isin([OUT_OF_RANGE, NOT_WHOLE, UNREAD])]
    return summed(given[[*keys, "n"]].reset_index(drop=True), columns=keys)


def weigh_scale(
    groups: pd.DataFrame, off: dict[float, int], scale: tuple[int, int], shift: int
) -> list[Message]:
    """Refuse answers that cannot come from the scale, and say where they hardly can."""
    scored = groups[groups[CODE] >= 0].groupby(CODE)["n"].sum()
    counts = {float(code) + scale[0] - shift: int(n) for code, n in scored.items()}
    scales.refuse_contradiction(counts | off, scale=scale, scale_shift=shift)
    return begins_at_1(Evidence(numbers=counts | off, scale=scale, shift=shift))


def dropped(groups: pd.DataFrame, design: Design) -> dict[str, int]:
    """Return how many rows gave no count, by reason."""
    return {
        str(reason): int(groups.loc[groups[CODE] == code, "n"].sum())
        for code, reason in _CODES.items()
        if (code != ZERO or design.weight) and (code != UNREAD or (groups[CODE] == UNREAD).any())
    }


def without_segment(frame: pd.DataFrame, by: Sequence[str], keys: Sequence[str]) -> dict[str, int]:
    """Return how many answers belong to no segment of each column."""
    return {
        f"no {name}": int(frame.loc[frame[key].isna(), "n"].sum())
        for name, key in zip(by, keys, strict=True)
    }


def clean_names(groups: pd.DataFrame, keys: Sequence[str]) -> names.Joined:
    """Join the groups whose names are one; numbers and days are names as they stand."""
    texts = [key for key in keys if pd.api.types.infer_dtype(groups[key]) in ("string", "empty")]
    return names.join(groups, texts, [name for name in ("n", WEIGHT, SQUARE) if name in groups])


def refuse_design(groups: pd.DataFrame, design: Design) -> None:
    """Refuse answers with a score whose weight, stratum or cluster is missing.

    Raises
    ------
    WeightError
        With how many.
    """
    used = groups[(groups[CODE] >= 0) | groups[CODE].isin([ZERO, NO_WEIGHT])]
    unfit = int(used.loc[used[CODE] == NO_WEIGHT, "n"].sum())
    weights.refuse_unfit(unfit, of=int(used["n"].sum()), parameter="weight", column=design.weight)
    for parameter, name, column in (
        ("strata", design.strata, STRATUM),
        ("cluster", design.cluster, CLUSTER),
    ):
        if name and (n := int(used.loc[used[column].isna(), "n"].sum())):
            raise WeightError(
                f"{parameter}={name!r}: {n:,} answers with a score have none (a value is needed); "
                "fill it, or leave these rows out and say so"
            )
