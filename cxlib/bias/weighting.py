"""Respondents and known totals -> raking weights that meet every total, or a refusal that says why
none can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.bias.counts import categories, weighted
from cxlib.bias.kinds import Method
from cxlib.bias.methods import feasibility, raking
from cxlib.errors import ParameterError, WeightError
from cxlib.rows import names
from cxlib.shown import language as words
from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.table import Format, Table

if TYPE_CHECKING:
    import ibis.expr.types as ir

_CELLS: Mapping[str, Format] = {"n": "integer", "base": "", "factor": "", "weight": "decimal3"}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Weights(Result):
    """Raking weights: a factor per cell, and how well they meet the targets.

    `frame` has one row a category: `margin`, `category`, `n`, `share_before`, `share_target`,
    `share_after`.

    Attributes
    ----------
    margins : tuple of str
        Columns of the respondents that were raked.
    base : str or None
        Column of the base weight; None means 1 for everybody.
    cells : pandas.DataFrame
        One row a combination of categories: first the margins (`carried` says which column has the
        name of another), then `n`, `base` (sum of base weights), `factor` (final weight = base
        weight x factor; 0 where all base weights are 0) and `weight` (final weight of one
        respondent where the base weights in the cell are equal, else their mean).
    targets : dict of str to pandas.Series
        Total wanted per category.
    residual : float
        Largest difference between a share reached and its target, measured after the last step.
    cycles : int
        Steps taken.
    n, deff, n_eff, ratio : int and float
        Respondents; Kish's design effect n sum w^2 / (sum w)^2; n / deff; largest over smallest
        final weight above 0.
    """

    margins: tuple[str, ...]
    base: str | None
    cells: pd.DataFrame
    targets: dict[str, pd.Series]
    residual: float
    cycles: int
    n: int
    deff: float
    n_eff: float
    ratio: float

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("margin", "category"), ""),
        "n": "integer",
        **dict.fromkeys(("share_before", "share_target", "share_after"), "percent"),
    }
    shows: ClassVar[Message] = Message("bias.weights_caption")
    rests_on: ClassVar[str | None] = ""  # n of a row is of one category

    def apply(self, data: Any, *, name: str = "weight") -> ir.Table:
        """Return the rows with their final weight in the column `name`, joined in the engine where
        they lie.

        Rows whose combination of categories was not among the respondents get no weight (missing).
        """
        return weighted.join_weight(
            data, self.cells, margins=self.margins, weight=self.base, name=name
        )

    def largest(self, *, most: int = 12, language: str = "en") -> Table:
        """Return the combinations of categories whose answers count most, with the weight of one
        answer."""
        shown = self.cells.sort_values("weight", ascending=False, kind="stable").head(most)
        return Table(
            frame=shown.drop(columns=["base", "factor"]).reset_index(drop=True),
            columns=_CELLS,
            topic="bias",
            carried=self.carried,
            caption=Message("bias.weights_largest", shown=len(shown), n=len(self.cells)),
            language=language,
        )

    def summary(self, language: str = "en") -> str:
        """Say what was weighted to what, and what it costs."""
        return words.text(
            "bias.weights" if self.margins else "bias.weights_none",
            language,
            n=self.n,
            margins=self.margins,
            n_eff=self.n_eff,
            deff=self.deff,
            ratio=self.ratio,
        )


@check.arguments
def margins(frame: Any, *, columns: Sequence[str]) -> dict[str, pd.Series]:
    """Count a population by each of some columns: the targets of `rake`.

    Parameters
    ----------
    frame : table
        One row a member of the population.
    columns : sequence of str
        Columns with categories.

    Returns
    -------
    dict of str to pandas.Series
        Column to its categories' counts; empty where no column is named.

    Raises
    ------
    ColumnError
        If a column is absent, blank somewhere or named twice.
    EmptyDataError
        If there are no rows.
    SourceError
        If `frame` cannot be read.

    Examples
    --------
    >>> population = pd.DataFrame({"country": ["JP", "JP", "KR", "US"]})
    >>> margins(population, columns=["country"])["country"].to_dict()
    {'JP': 2, 'KR': 1, 'US': 1}
    """
    return categories.per_category(frame, columns=columns) if columns else {}


@check.arguments
def rake(
    data: Any,
    *,
    targets: Mapping[str, Mapping[Any, float] | pd.Series],
    weight: str | None = None,
    tolerance: float = 1e-10,
) -> Weights:
    """Rake base weights so that every margin meets its known totals.

    Use it when the population's totals are known for each column but not for their combinations. It
    mends only what the margins explain: people who stay silent for another reason stay missing.

    Parameters
    ----------
    data : table
        One row a respondent.
    targets : mapping
        Column to category to count (or share) in the population; see `margins`. Without any, the
        base weights stay.
    weight : str, optional
        Column of base weights, such as the inverse chance of being invited. A weight of 0 keeps its
        row in the design and leaves all shares alone.
    tolerance : float
        Largest difference between a share reached and its target.

    Returns
    -------
    Weights
        Converged: every margin's residual, measured after the last step, is within `tolerance`.

    Raises
    ------
    WeightError
        If a base weight is missing, negative or infinite or all are 0, a target has no respondents,
        respondents have no target, totals differ, a margin is blank for somebody, the targets
        contradict each other on the respondents' combinations, or the tolerance is not reached.
    ParameterError
        If `tolerance` does not lie between 0 and 0.01.
    ColumnError
        If a column is absent, or `weight` is not numeric.
    EmptyDataError
        If there are no rows.
    SourceError
        If `data` cannot be read.

    Notes
    -----
    Final weight d_i exp(x_i'b), by iterative proportional fitting (Deming and Stephan 1940) on
    cells, so the cost after one GROUP BY does not depend on the number of rows; where that is slow,
    Newton's method on the dual (Deville, Sarndal and Sautory 1993) goes on from there. Shares are
    taken of the sum of base weights. Equal to R survey 4.1.1 `rake` (epsilon 1e-12) on the
    California schools to 1e-7.

    Examples
    --------
    >>> answers = pd.DataFrame({"country": ["JP"] * 30 + ["KR"] * 10})
    >>> weights = rake(answers, targets={"country": {"JP": 500, "KR": 500}})
    >>> weights.cells["factor"].round(2).tolist(), round(weights.n_eff, 1)
    ([16.67, 50.0], 30.0)
    """
    if not 0 < tolerance < 0.01:
        raise ParameterError(
            f"tolerance={tolerance!r} must lie between 0 and 0.01; it is a difference of shares"
        )
    wanted = _checked_targets(targets)
    cells = weighted.cells(data, margins=list(wanted), weight=weight)
    base = cells["base"].to_numpy(float)
    counting = base > 0  # the others have weight 0, and keep it
    wanted = _same_total(wanted, base.sum())
    codes = [_codes(cells[f"m{i}"], cells["n"], counting, t) for i, t in enumerate(wanted.values())]
    fitted = np.zeros(len(cells))
    fitted[counting], residual, cycles = raking.fit(
        base[counting], codes, list(wanted.values()), tolerance=tolerance
    )
    return _weights(cells, fitted, wanted, weight, residual, cycles)


def _checked_targets(targets: Mapping[str, Any]) -> dict[str, pd.Series]:
    if isinstance(targets, pd.DataFrame) or not isinstance(targets, Mapping):
        raise WeightError(
            f"targets is a {type(targets).__name__}; give a mapping of column to category to "
            "count, which cx.bias.margins(frame, columns=[...]) makes of a population"
        )
    checked = {}
    for name, target in targets.items():
        spelt = pd.Series(dict(target), dtype=float)
        series = spelt.set_axis([names.name(key) or "" for key in spelt.index]).rename(str(name))
        if series.index.has_duplicates:
            twice = series.index[series.index.duplicated()][0]
            raise WeightError(
                f"targets[{name!r}]: {twice!r} is there twice, spelt differently in white space or "
                "width; give each category one target"
            )
        bad = series[~(series >= 0) | np.isinf(series)]
        if series.empty or len(bad):
            which = f"{bad.index[0]!r} is {bad.iloc[0]}" if len(bad) else "there is no category"
            raise WeightError(
                f"targets[{name!r}]: {which}; each category needs a count or share of 0 or more"
            )
        checked[str(name)] = series
    return checked


def _same_total(targets: dict[str, pd.Series], base: float) -> dict[str, pd.Series]:
    totals = {name: float(target.sum()) for name, target in targets.items()}
    if not totals:
        return {}
    if min(totals.values()) <= 0:
        raise WeightError(f"targets: the totals are {totals}; each margin needs a positive total")
    if max(totals.values()) - min(totals.values()) > 1e-9 * max(totals.values()):
        said = words.write_list(f"{name} {total:,.10g}" for name, total in totals.items())
        raise WeightError(
            f"targets: the margins sum to different totals ({said}), so they cannot all be met; "
            "give counts of one population, or divide each margin by its sum"
        )
    first = next(iter(totals.values()))
    total = base if abs(first - 1) < 1e-9 else first
    return {name: target * (total / totals[name]) for name, target in targets.items()}


def _codes(categories: pd.Series, n: pd.Series, counting: NDArray, target: pd.Series) -> NDArray:
    """Return the position in the target of each cell that counts; refuse categories that only one
    side has."""
    margin = target.name
    here = n[counting].groupby(categories[counting]).sum()
    without = target[(target > 0) & ~target.index.isin(here.index)]
    if len(without):
        category, share = without.index[0], without.iloc[0] / target.sum()
        if category in set(categories):
            why, near = f"all respondents who are {category!r} have weight 0", "."
        else:
            why = f"nobody among the respondents is {category!r}"
            near = _known(category, here.index)
        raise WeightError(
            f"targets[{margin!r}]: {why}, so its share can only reach 0.0 % where "
            f"{feasibility.percent(share)} is wanted{near} Merge the category with a neighbour, in "
            "the data and in the targets, or leave this margin out"
        )
    unknown = here[~here.index.isin(target[target > 0].index)]
    if len(unknown):
        category, answers = unknown.index[0], int(unknown.iloc[0])
        said = f"targets[{margin!r}]: {answers:,} respondents are {category!r}, "
        if category in target.index:
            raise WeightError(
                f"{said}whose target is 0, so they would count for nobody; correct the target, or "
                "leave these respondents out"
            )
        raise WeightError(
            f"{said}which has no target{_known(category, target.index)} Give it a target, or leave "
            "these respondents out"
        )
    return target.index.get_indexer(categories[counting])


def _known(category: str, categories: pd.Index) -> str:
    hint = check.did_you_mean(category, categories)
    return hint if hint.endswith("?") else hint + "."


def _weights(
    cells: pd.DataFrame,
    fitted: NDArray,
    targets: dict[str, pd.Series],
    weight: str | None,
    residual: float,
    cycles: int,
) -> Weights:
    base = cells["base"].to_numpy(float)
    factor = np.divide(fitted, base, out=np.zeros(len(cells)), where=base > 0)
    n, total = int(cells["n"].sum()), float(fitted.sum())
    deff = n * float((factor**2 * cells["base2"]).sum()) / total**2
    largest = float((factor * cells["base_max"]).max())
    smallest = float((factor * cells["base_min"]).min())  # missing where all base weights are 0
    carried = names.carry(list(targets), _CELLS)
    keys = {f"m{i}": column for i, column in enumerate(carried.values())}
    return Weights(
        frame=_shares(cells, fitted, targets),
        method=Method.RAKING if targets else Method.BASE_WEIGHTS,
        carried={column: name for name, column in carried.items()},
        margins=tuple(targets),
        base=weight,
        targets=targets,
        residual=residual,
        cycles=cycles,
        cells=cells[[*keys, "n", "base"]]
        .rename(columns=keys)
        .assign(factor=factor, weight=fitted / cells["n"].to_numpy()),
        n=n,
        deff=deff,
        n_eff=n / deff,
        ratio=largest / smallest,
    )


def _shares(cells: pd.DataFrame, fitted: NDArray, targets: dict[str, pd.Series]) -> pd.DataFrame:
    """Return the share of each category before and after weighting, and the one that was wanted."""
    rows = [pd.DataFrame(columns=list(Weights.columns))] if not targets else []
    for i, (name, target) in enumerate(targets.items()):
        counts = pd.DataFrame({"n": cells["n"], "before": cells["base"], "after": fitted})
        by = counts.groupby(cells[f"m{i}"]).sum().reindex(target.index[target > 0])
        rows.append(
            pd.DataFrame(
                {
                    "margin": name,
                    "category": by.index,
                    "n": by["n"].astype("int64"),
                    "share_before": by["before"] / by["before"].sum(),
                    "share_target": target[target > 0] / target.sum(),
                    "share_after": by["after"] / fitted.sum(),
                }
            )
        )
    return pd.concat(rows, ignore_index=True)
