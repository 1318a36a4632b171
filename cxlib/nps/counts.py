"""Rows -> answers counted by score: the one room of the study that speaks to an engine."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from cxlib import check
from cxlib.errors import ColumnError, EmptyDataError, ParameterError
from cxlib.nps import score_groups
from cxlib.nps.grouped_answers import ByScore, GroupedAnswers
from cxlib.nps.parameters import DETRACTOR, PROMOTER
from cxlib.nps.sampled import Sampled
from cxlib.nps.score_counts import (
    CLUSTER,
    CODE,
    OWNED,
    SQUARE,
    STRATUM,
    WEIGHT,
    Design,
    ScoreCounts,
    add_units,
    add_up,
    as_columns,
    take_orders,
    without,
)
from cxlib.nps.score_groups import MISSING, NO_WEIGHT, NOT_WHOLE, OUT_OF_RANGE, UNREAD, ZERO
from cxlib.rows import names, table, weights

_LAST = 10  # of the scale whose cut points are the usual ones


@check.arguments
def count_scores(
    data: Any,
    *,
    score: str,
    by: str | Sequence[str] | None = (),
    weight: str | None = None,
    strata: str | None = None,
    cluster: str | None = None,
    scale: tuple[int, int] = (0, 10),
    scale_shift: int = 0,
    unread: str | None = None,
    promoter: int = PROMOTER,
    detractor: int = DETRACTOR,
) -> ScoreCounts:
    """Count answers by score in one GROUP BY, in the engine where the rows lie.

    Parameters
    ----------
    data : rows in any form that `table.as_table` takes, or GroupedAnswers
        One row an answer.
    score : str
        Column of numbers on `scale`; text answers go through `scales.parse_scores` first.
    by : str or sequence of str
        Columns that tell segments apart; the order of a pandas column of ordered categories is
        kept. Rows without a value in one of them stay in the total and
        are counted. Spellings of a name that differ only in white space or width are one segment.
    weight : str, optional
        Column of sampling weights, 0 or more. An answer of weight 0 gives no count and leaves
        estimates alone; it stays in the design, as in R's survey.
    strata, cluster : str, optional
        Columns of the stratum and the primary sampling unit (store, agent, customer who answers
        again). Clusters are told apart within strata. Any of the three makes later standard errors
        linearised ones.
    scale : (int, int)
        Lowest and highest score of the question.
    scale_shift : int
        Added to each number: -1 where 11 points are stored from 1 to 11.
    unread : str, optional
        Column that is true where an answer was given that is no score (`ParsedScores.unread`); such
        answers are counted by segment, so that a sentence can say of how many n is the part.
    promoter, detractor : int
        Promoters answer `promoter` or more, detractors `detractor` or less.

    Returns
    -------
    ScoreCounts
        Counts by segment and score; `dropped` says how many rows were left out, and why.

    Raises
    ------
    ColumnError
        If a column is absent, `score` or `weight` is not numeric, a column of groups holds lists,
        mappings or spans of time, or a column of `by` is given twice.
    ParameterError
        If `scale` is not two whole numbers, the cut points do not lie on it in order, or they are
        those of 0 to 10 and it ends above 10.
    WeightError
        If a scored answer has a missing, negative or infinite weight, or no stratum or cluster.
    EmptyDataError
        If no row holds a score.
    ScaleError
        If the answers contradict the scale (see `scale_evidence.contradiction_in`).
    SourceError
        If `data` is in no form that can be read, or a file cannot be.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = count_scores(pd.DataFrame({"score": [10, 9, 8, 3, None]}), score="score")
    >>> counts.categories().to_dict("records"), counts.dropped["missing"]
    ([{'n': 4, 'promoters': 2, 'passives': 1, 'detractors': 1}], 1)
    """
    low, high = check.scale(scale)
    if not low <= detractor < promoter <= high:
        raise ParameterError(
            f"promoter={promoter}, detractor={detractor}: they must lie on the scale {low} to "
            f"{high}, detractor below promoter; give the cut points of your scale"
        )
    if high > _LAST and (promoter, detractor) == (PROMOTER, DETRACTOR):
        check.nps_scale((low, high))
    by, design = as_columns(by), Design(weight, strata, cluster)
    if isinstance(data, GroupedAnswers):
        asked: Any = {"scale": (low, high), "shift": scale_shift, "unread": unread}
        found = data.by_score(score, by, design, cuts=(detractor, promoter), **asked)
        groups, by_unit, orders, off = found.groups, found.by_unit, found.orders, found.off
    else:
        data, orders = take_orders(data, columns=by)
        data = table.only_used(data, [score, *by, weight, strata, cluster, unread])
        rows = table.lazy_table(data)
        _refuse_columns(rows, score, by, design, unread)
        query = _grouped(rows, score, by, design, (low, high), scale_shift, unread)
        groups = table.fetch(query, data)
        by_unit, off = groups, _off_scale(rows, data, score, groups, (low, high), scale_shift)
    score_groups.refuse_design(by_unit, design)
    if not (groups[CODE] >= 0).any():
        raise EmptyDataError(
            f"score={score!r}: none of {int(groups['n'].sum()):,} rows holds a whole score from "
            f"{low} to {high}{' and a weight above 0' if weight else ''}; name the column with "
            "the scores, or give its scale"
        )
    doubts = score_groups.weigh_scale(groups, off, (low, high), scale_shift)
    keys = list(names.carry(by, OWNED).values())
    new = {f"by{i}": key for i, key in enumerate(keys)}
    clean = score_groups.clean_names(groups.rename(columns=new), keys)
    scored = clean.frame[clean.frame[CODE] >= 0].assign(score=lambda each: each[CODE] + low)
    frame = add_up(scored.drop(columns=CODE), keys)
    in_design = by_unit[(by_unit[CODE] >= 0) | (by_unit[CODE] == ZERO)]
    sampled = None if by_unit is groups else _sampled(found, new, low)
    units = add_units(in_design) if design else None
    return ScoreCounts(
        frame,
        by,
        (low, high),
        promoter,
        detractor,
        score_groups.dropped(groups, design) | score_groups.without_segment(frame, by, keys),
        design,
        units,
        without(clean.frame[keys], frame, keys),
        (*clean.notes, *clean.warnings, *doubts),
        orders,
        score_groups.left_out(clean.frame, keys),
        sampled,
    )


def _sampled(found: ByScore, new: Mapping[str, str], low: int) -> pd.DataFrame | Sampled:
    """Return the counts by stratum and cluster; `new` are the names of the groups' columns."""

    def count(by_unit: pd.DataFrame) -> pd.DataFrame:
        each = score_groups.clean_names(by_unit.rename(columns=new), [*new.values()]).frame
        kinds = each[each[CODE] >= 0].assign(score=lambda cells: cells[CODE] + low)
        return add_up(kinds.drop(columns=CODE), new.values())

    counts, apart, every = count(found.by_unit), found.apart, found.every
    if apart is None or every is None:
        return counts
    together = counts.drop(columns=[new[key] for key in apart.columns])
    wave = new[apart.key]
    return Sampled(
        wave=wave,
        now=apart.now,
        together=add_up(together, [key for key in new.values() if key in together]),
        apart=counts[counts[wave] == apart.now],
        load=functools.cache(lambda: count(every())),
    )


def _off_scale(
    rows: ir.Table, data: Any, score: str, groups: pd.DataFrame, scale: tuple[int, int], shift: int
) -> dict[float, int]:
    """Return the numbers that are no scores, of each kind the least and the most: a query of its
    own, which clean rows never need."""
    if not groups[CODE].isin([OUT_OF_RANGE, NOT_WHOLE]).any():
        return {}
    found = table.fetch(_extremes(rows, score, scale, shift), data).set_index(CODE)
    counts: dict[float, int] = {}
    for code in found.index.intersection([OUT_OF_RANGE, NOT_WHOLE]):
        least, most, n = (found.loc[code, name] for name in ("least", "most", "n"))
        counts[float(least)] = int(n) - (least < most)
        if least < most:
            counts[float(most)] = 1
    return counts


def counts_of(
    data: Any,
    by: str | Sequence[str] | None,
    score: str | None,
    weight: str | None,
    strata: str | None,
    cluster: str | None,
    scale: tuple[int, int] | None,
    promoter: int | None,
    detractor: int | None,
) -> ScoreCounts:
    """Return ready counts over `by`, which take no parameter of counting, or count the rows."""
    if not isinstance(data, ScoreCounts):
        return count_scores(
            data,
            score=score or "score",
            by=by,
            weight=weight,
            strata=strata,
            cluster=cluster,
            scale=scale or (0, 10),
            promoter=PROMOTER if promoter is None else promoter,
            detractor=DETRACTOR if detractor is None else detractor,
        )
    given = {
        "weight": weight,
        "strata": strata,
        "cluster": cluster,
        "scale": scale,
        "promoter": promoter,
        "detractor": detractor,
    }
    named = [name for name, value in given.items() if value is not None]
    if named:
        raise ParameterError(
            f"{', '.join(named)}: ready counts were made with theirs; pass it to count_scores"
        )
    return data.over(by)


def unweighted_counts_of(
    data: Any,
    by: str | Sequence[str] | None,
    score: str | None,
    scale: tuple[int, int] | None,
    promoter: int | None,
    detractor: int | None,
) -> ScoreCounts:
    """Return counts as `counts_of` does; refuse those that carry weights, strata or clusters."""
    counts = counts_of(data, by, score, None, None, None, scale, promoter, detractor)
    if counts.design:
        raise ParameterError(
            f"design={counts.design}: this test counts every answer once and alone; count without "
            "weight, strata and cluster, or use nps.compare, which knows them"
        )
    return counts


def _refuse_columns(
    rows: ir.Table, score: str, by: tuple[str, ...], design: Design, unread: str | None
) -> None:
    check.columns(
        rows.columns,
        score=score,
        by=by,
        weight=design.weight,
        strata=design.strata,
        cluster=design.cluster,
        unread=unread,
    )
    if unread is not None and not rows[unread].type().is_boolean():
        raise ColumnError(
            f"unread={unread!r} holds {rows[unread].type()}, not true and false; give the column "
            "made from ParsedScores.unread"
        )
    for parameter, name in (("score", score), ("weight", design.weight)):
        table.numeric(rows, **{parameter: name})
        if name is not None and rows[name].type().is_boolean():
            raise ColumnError(
                f"{parameter}={name!r} holds true and false, not numbers; name the column with the "
                f"{parameter}s"
            )
    for parameter, name in [
        *(("by", name) for name in by),
        ("strata", design.strata),
        ("cluster", design.cluster),
    ]:
        if name is not None and ((kind := rows[name].type()).is_nested() or kind.is_interval()):
            raise ColumnError(
                f"{parameter}={name!r} holds {kind}, whose values name no group; make a column of "
                "text, numbers or "
                "dates from it"
            )


def _grouped(
    rows: ir.Table,
    score: str,
    by: tuple[str, ...],
    design: Design,
    scale: tuple[int, int],
    shift: int = 0,
    unread: str | None = None,
) -> ir.Table:
    """Return `by0 …, _code, n` and, with a design, its columns: the one query of the study."""
    value = _shifted(rows, score, shift)
    bad = [
        *([(table.missing(rows[score]) & rows[unread], UNREAD)] if unread else []),
        *_unfit(rows, score, scale, shift),
    ]
    columns = {f"by{i}": rows[name] for i, name in enumerate(by)}
    if design.weight is not None:
        weight = rows[design.weight].cast("float64")
        bad += [
            (weights.unfit(rows[design.weight]), NO_WEIGHT),
            (weight == 0, ZERO),
        ]
    if design:
        columns |= {
            STRATUM: rows[design.strata] if design.strata else ibis.literal(0),
            CLUSTER: rows[design.cluster] if design.cluster else ibis.literal(0),
        }
    coded = rows.select(
        **columns,
        **{CODE: ibis.cases(*bad, else_=value.cast("int64") - scale[0])},
        **({"w": weight} if design.weight else {}),
    )
    counts = {"n": coded.count()}
    if design:
        counts |= (
            {WEIGHT: coded["w"].sum(), SQUARE: (coded["w"] * coded["w"]).sum()}
            if design.weight
            else {WEIGHT: coded.count().cast("float64"), SQUARE: coded.count().cast("float64")}
        )
    return coded.group_by([*columns, CODE]).agg(**counts)


def _shifted(rows: ir.Table, score: str, shift: int) -> ir.FloatingValue:
    value = rows[score].cast("float64")
    return value + shift if shift else value


def _unfit(
    rows: ir.Table, score: str, scale: tuple[int, int], shift: int
) -> list[tuple[ir.BooleanValue, int]]:
    """Return why an answer is no score, the first that holds."""
    value = _shifted(rows, score, shift)
    return [
        (table.missing(rows[score]), MISSING),
        ((value < scale[0]) | (value > scale[1]), OUT_OF_RANGE),
        (value != value.floor(), NOT_WHOLE),
    ]


def _extremes(rows: ir.Table, score: str, scale: tuple[int, int], shift: int) -> ir.Table:
    """Return `_code, n, least, most`: the numbers by why they are no scores."""
    code = ibis.cases(*_unfit(rows, score, scale, shift), else_=0)
    coded = rows.select(value=rows[score].cast("float64"), **{CODE: code})
    coded = coded.filter(coded[CODE] < -1)
    value = coded["value"]
    return coded.group_by(CODE).agg(n=coded.count(), least=value.min(), most=value.max())
