"""Cells of respondents and targets -> targets whose categories all have respondents, merged where
that was asked for, or why there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd
from numpy.typing import NDArray

from cxlib.bias import merging
from cxlib.bias.merging import FEWEST, Few, Merge
from cxlib.bias.targets import GAP, Target, Targets, nearest_spelling
from cxlib.bias.unmet import UnmetError
from cxlib.shown.message import Message

_MOST_TOLD = 20  # merges in one sentence


@dataclass(frozen=True, slots=True, eq=False)
class Met:
    """Targets that the respondents' categories can have.

    Attributes
    ----------
    targets : dict of str to pandas.Series
        Margin to category (a merged one is called by all it holds) to total, those of 0 left out
        unless nobody is in them.
    codes : tuple of int arrays, shape (cells with a base weight above 0,)
        Per margin, the position of each such cell's category.
    categories : dict of str to pandas.Series
        Margin to the category of each cell.
    merged : dict
        Margin to category to the merged one.
    warnings : tuple of Message
        What was merged, what is tiny, and which margins change nothing.
    """

    targets: dict[str, pd.Series]
    codes: tuple[NDArray, ...]
    categories: dict[str, pd.Series]
    merged: dict[str, dict[str, str]]
    warnings: tuple[Message, ...] = ()


def meet(
    cells: pd.DataFrame,
    wanted: Targets,
    *,
    merge: Merge | Literal["auto"] | None,
    orders: Mapping[str, Sequence[str] | None],
) -> Met:
    """Bring the respondents' categories and the targets together.

    Parameters
    ----------
    cells : pandas.DataFrame
        As `counts.cells.cells` gives them, by the columns of `wanted`.
    wanted : Targets
    merge : mapping or "auto" or None
        As `merging.as_merge` gives it.
    orders : mapping of str to sequence of str or None
        Column to its categories in order, where it has ordered ones.

    Raises
    ------
    UnmetError
        If a category has respondents and no target, or a target and no respondents.
    ParameterError
        If `merge` names what is not there.
    """
    labels = {each.name: _labels(cells, wanted, each) for each in wanted.margins}
    counting = cells["base"] > 0
    n = {name: _sum(cells["n"], of, counting) for name, of in labels.items()}
    if merge is not None and merge != "auto":
        merging.refuse_unknown(merge, _there(cells, wanted, labels))
    chosen: Merge = {} if merge is None or merge == "auto" else merge
    for each in wanted.margins:
        _refuse_strange(each, n[each.name], chosen)
        _refuse_total(each, n[each.name])
    proposed = _proposed(wanted, n, chosen, orders)
    if merge == "auto":
        chosen = {name: pairs for name, pairs in proposed.items() if pairs}
    total = int(cells["n"].sum())
    _refuse_empty(wanted, n, labels, chosen, proposed, total)
    return _met(wanted, labels, counting, n, chosen, proposed)


def _labels(cells: pd.DataFrame, wanted: Targets, target: Target) -> pd.Series:
    """Return the category of each cell, of a crossed margin joined."""
    place = {column: f"m{i}" for i, column in enumerate(wanted.columns)}
    label, *more = (cells[place[column]] for column in target.columns)
    for each in more:
        label = label.astype(str) + GAP + each.astype(str)
    return label


def _there(
    cells: pd.DataFrame, wanted: Targets, labels: Mapping[str, pd.Series]
) -> dict[str, list[str]]:
    """Return the categories of each column and crossed margin, of respondents and of targets."""
    found = {column: set(cells[f"m{i}"]) for i, column in enumerate(wanted.columns)}
    for each in wanted.margins:
        found.setdefault(each.name, set()).update(labels[each.name], map(str, each.totals.index))
        for i, column in enumerate(each.columns):
            found[column] |= {
                str(one).split(GAP)[i] for one in each.totals.index if GAP in str(one)
            }
    return {name: sorted(categories) for name, categories in found.items()}


def _sum(n: pd.Series, by: pd.Series, counting: pd.Series) -> pd.Series:
    return n[counting].groupby(by[counting]).sum()


def _refuse_strange(target: Target, n: pd.Series, merge: Merge) -> None:
    """Refuse categories of respondents that have no target, or one of 0."""
    groups = {merging.group_of(target, str(each), merge) for each in target.totals.index}
    above = {
        merging.group_of(target, str(each), merge)
        for each in target.totals[target.totals > 0].index
    }
    mine = {str(each): merging.group_of(target, str(each), merge) for each in n.index}
    unknown = [each for each, group in mine.items() if group not in groups]
    if unknown:
        wanted = [each for each in map(str, target.totals.index) if each not in mine]
        near = nearest_spelling(wanted, unknown)
        if near:
            raise UnmetError(
                Message(
                    "bias.unmet_spelling",
                    margin=target.name,
                    names=[
                        Message("bias.unmet_spelt", wanted=one, there=other)
                        for one, other in near.items()
                    ],
                )
            )
        raise UnmetError(
            Message(
                "bias.unmet_unknown",
                margin=target.name,
                names=_counted(n, unknown),
                known=[str(each) for each in target.totals.index],
            )
        )
    nothing = [each for each, group in mine.items() if group not in above]
    if nothing:
        names = _counted(n, nothing)
        raise UnmetError(Message("bias.unmet_zero", margin=target.name, names=names))


def _counted(n: pd.Series, categories: Sequence[str]) -> list[Message]:
    return [Message("bias.unmet_counted", n=int(n[each]), category=each) for each in categories]


def _proposed(
    wanted: Targets,
    n: Mapping[str, pd.Series],
    chosen: Merge,
    orders: Mapping[str, Sequence[str] | None],
) -> dict[str, dict[str, str]]:
    """Propose merges of what is empty or tiny after those that were chosen."""
    found = {}
    for each in wanted.margins:
        grouped, sizes = _grouped(each, n[each.name], chosen)
        order = orders.get(each.columns[-1])
        found[each.name] = merging.propose(grouped, sizes, order=order)
    return found


def _grouped(target: Target, n: pd.Series, merge: Merge) -> tuple[Target, pd.Series]:
    """Return a target and respondents whose chosen merges are made, by the group's own name."""

    def grouped(values: pd.Series) -> pd.Series:
        by = [merging.group_of(target, str(each), merge) for each in values.index]
        return values.groupby(by, sort=False).sum()

    return Target(target.columns, grouped(target.totals).rename(target.name), target.unit), grouped(
        n
    )


def _refuse_empty(
    wanted: Targets,
    n: Mapping[str, pd.Series],
    labels: Mapping[str, pd.Series],
    chosen: Merge,
    proposed: Merge,
    total: int,
) -> None:
    """Refuse targets of categories that have no respondents who count, all of them at once."""
    few: list[Few] = []
    for each in wanted.margins:
        grouped, sizes = _grouped(each, n[each.name], chosen)
        few += merging.find_few(grouped, sizes)
    empty = [each for each in few if not each.n]
    if not empty:
        return
    there = {each.name: set(labels[each.name]) for each in wanted.margins}
    first, *more = [
        Message(
            "bias.unmet_category", category=each.category, margin=each.margin, wanted=each.wanted
        )
        for each in empty
    ]
    named = [first, *(Message("bias.unmet_nobody", of=each) for each in more)]
    written = merging.as_written(_together(chosen, proposed))
    tiny = [
        Message("bias.tiny", category=each.category, margin=each.margin, n=each.n)
        for each in few
        if each.n
    ]
    weightless = all(each.category in there[each.margin] for each in empty)
    together = _together(chosen, proposed)
    if any(each.category not in together.get(each.margin, {}) for each in empty):
        raise UnmetError(Message("bias.unmet_alone", names=named, n=total))
    key = Message(
        "bias.unmet_weightless" if weightless else "bias.unmet_empty",
        names=named,
        n=total,
        merge=written,
    )
    raise UnmetError(
        Message("bias.unmet_and_tiny", empty=key, names=tiny, limit=FEWEST) if tiny else key
    )


def _refuse_total(target: Target, n: pd.Series) -> None:
    """Refuse a category without respondents that is as large as all others of its margin."""
    half = (target.totals / target.totals.sum() - 0.5).abs() < 1e-9
    for category in target.totals.index[half & ~target.totals.index.isin(n.index)]:
        if len(target.totals) > 2:
            raise UnmetError(
                Message("bias.unmet_total", margin=target.name, category=str(category))
            )


def _together(chosen: Merge, proposed: Merge) -> dict[str, dict[str, str]]:
    """Return the merges that were chosen with those proposed after them."""
    both = {name: dict(pairs) for name, pairs in chosen.items()}
    for name, pairs in proposed.items():
        if pairs:
            first = {old: pairs.get(new, new) for old, new in both.get(name, {}).items()}
            both[name] = first | dict(pairs)
    return both


def _met(
    wanted: Targets,
    labels: Mapping[str, pd.Series],
    counting: pd.Series,
    n: Mapping[str, pd.Series],
    chosen: Merge,
    proposed: Merge,
) -> Met:
    targets, codes, categories, merged = {}, [], {}, {}
    warnings = []
    for each in wanted.margins:
        totals, called = merging.merged(each, chosen)
        of = labels[each.name]
        names = {}  # of the few distinct categories, not of each cell
        for label in of.unique():
            group = merging.group_of(each, label, chosen)
            names[label] = called.get(group, group)
        merged[each.name] = {label: name for label, name in names.items() if label != name}
        groups = of.map(names) if merged[each.name] else of
        targets[each.name], categories[each.name] = totals, groups
        codes.append(totals.index.get_indexer(groups[counting]))
        warnings += [said] if (said := merging.told(each, n[each.name], chosen)) else []
    warnings += _tiny(wanted, n, chosen, proposed) + _changing_nothing(targets)
    merged = {name: pairs for name, pairs in merged.items() if pairs}
    return Met(targets, tuple(codes), categories, merged, tuple(warnings))


def _tiny(
    wanted: Targets, n: Mapping[str, pd.Series], chosen: Merge, proposed: Merge
) -> list[Message]:
    few = []
    for each in wanted.margins:
        grouped, sizes = _grouped(each, n[each.name], chosen)
        few += merging.find_few(grouped, sizes) if len(grouped.totals) > 1 else []
    if not few:
        return []
    names = [
        Message("bias.tiny", category=each.category, margin=each.margin, n=each.n) for each in few
    ]
    merge = merging.as_written(_together(chosen, proposed))
    return [Message("bias.tiny_told", names=names, limit=FEWEST, merge=merge)]


def _changing_nothing(targets: Mapping[str, pd.Series]) -> list[Message]:
    alone = [name for name, totals in targets.items() if int((totals > 0).sum()) == 1]
    return [Message("bias.one_category", names=alone)] if alone else []
