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
from cxlib import language as words
from cxlib.bias import counts, fitting
from cxlib.errors import ParameterError, WeightError
from cxlib.result import Result, Table

if TYPE_CHECKING:
    import ibis.expr.types as ir


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
        One row a combination of categories: the margins, `n`, `base` (sum of base weights),
        `factor` (final weight = base weight x factor) and `weight` (final weight of one respondent
        where the base weights in the cell are equal, else their mean).
    targets : dict of str to pandas.Series
        Total wanted per category.
    residual : float
        Largest difference between a share reached and its target, measured after the last step.
    cycles : int
        Steps taken.
    n, deff, n_eff, ratio : int and float
        Respondents; Kish's design effect n sum w^2 / (sum w)^2; n / deff; largest over smallest
        final weight.
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

    formats: ClassVar[Mapping[str, str]] = {
        "share_before": "percent",
        "share_target": "percent",
        "share_after": "percent",
    }

    def apply(self, data: Any, *, name: str = "weight") -> ir.Table:
        """Return the rows with their final weight in the column `name`, joined in the engine where
        they lie.

        Rows whose combination of categories was not among the respondents get no weight (missing).
        """
        return counts.joined_weight(
            data, self.cells, margins=self.margins, weight=self.base, name=name
        )

    def largest(self, *, most: int = 12, language: str = "en") -> Table:
        """Return the combinations of categories whose answers count most, with the weight of one
        answer."""
        shown = self.cells.sort_values("weight", ascending=False, kind="stable").head(most)
        caption = words.text(
            "bias.weights_largest",
            language,
            shown=words.number(len(shown)),
            n=words.number(len(self.cells)),
        )
        return Table(
            shown.reset_index(drop=True)[[*self.margins, "n", "weight"]],
            caption=caption,
            language=language,
        )

    def summary(self, language: str = "en") -> str:
        """Say what was weighted to what, and what it costs."""
        return _summary(self, language)


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
        Column to its categories' counts.

    Examples
    --------
    >>> population = pd.DataFrame({"country": ["JP", "JP", "KR", "US"]})
    >>> margins(population, columns=["country"])["country"].to_dict()
    {'JP': 2, 'KR': 1, 'US': 1}
    """
    return counts.per_category(frame, columns=columns) if columns else {}


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
        Column of base weights, such as the inverse chance of being invited.
    tolerance : float
        Largest difference between a share reached and its target.

    Returns
    -------
    Weights
        Converged: every margin's residual, measured after the last step, is within `tolerance`.

    Raises
    ------
    WeightError
        If a target has no respondents, respondents have no target, totals differ, a margin is blank
        for somebody, the targets contradict each other on the respondents' combinations, or the
        tolerance is not reached.

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
    cells = counts.cells(data, margins=list(wanted), weight=weight)
    base = cells["base"].to_numpy(float)
    wanted = _same_total(wanted, base.sum())
    codes = [_codes(cells, target) for target in wanted.values()]
    fitted, residual, cycles = fitting.fit(base, codes, list(wanted.values()), tolerance=tolerance)
    return _weights(cells, fitted, wanted, weight, residual, cycles)


def _checked_targets(targets: Mapping[str, Any]) -> dict[str, pd.Series]:
    if isinstance(targets, pd.DataFrame) or not isinstance(targets, Mapping):
        raise WeightError(
            f"targets is a {type(targets).__name__}; give a mapping of column to category to "
            "count, which "
            "cx.bias.margins(frame, columns=[...]) makes of a population"
        )
    checked = {}
    for name, target in targets.items():
        series = pd.Series(
            {_category(key): value for key, value in dict(target).items()},
            dtype=float,
            name=str(name),
        )
        bad = series[~(series >= 0) | np.isinf(series)]
        if series.empty or len(bad):
            which = f"{bad.index[0]!r} is {bad.iloc[0]}" if len(bad) else "there is no category"
            raise WeightError(
                f"targets[{name!r}]: {which}; each category needs a count or share of 0 or more"
            )
        checked[str(name)] = series
    return checked


def _category(key: Any) -> str:
    """Write a target's category as the engine writes it: true, 1, 1.5, text."""
    if isinstance(key, float | np.floating) and float(key).is_integer():
        return str(int(key))
    return str(key).lower() if isinstance(key, bool | np.bool_) else str(key).strip()


def _same_total(targets: dict[str, pd.Series], base: float) -> dict[str, pd.Series]:
    totals = {name: float(target.sum()) for name, target in targets.items()}
    if not totals:
        return {}
    if min(totals.values()) <= 0:
        raise WeightError(f"targets: the totals are {totals}; each margin needs a positive total")
    if max(totals.values()) - min(totals.values()) > 1e-9 * max(totals.values()):
        said = words.joined(f"{name} {total:,.10g}" for name, total in totals.items())
        raise WeightError(
            f"targets: the margins sum to different totals ({said}), so they cannot all be met; "
            "give counts of one "
            "population, or divide each margin by its sum"
        )
    first = next(iter(totals.values()))
    total = base if abs(first - 1) < 1e-9 else first
    return {name: target * (total / totals[name]) for name, target in targets.items()}


def _codes(cells: pd.DataFrame, target: pd.Series) -> NDArray:
    """Return each cell's position in the target; refuse categories that only one side has."""
    margin = target.name
    here = cells.groupby(margin)["n"].sum()
    without = target[(target > 0) & ~target.index.isin(here.index)]
    if len(without):
        category, share = without.index[0], without.iloc[0] / target.sum()
        raise WeightError(
            f"targets[{margin!r}]: nobody among the respondents is {category!r}, so its share can "
            "only reach 0.0 % "
            f"where {words.percent(share)} is wanted{_known(category, here.index)} Merge the "
            "category "
            "with a neighbour, in the data and in the targets, or leave this margin out"
        )
    unknown = here[~here.index.isin(target[target > 0].index)]
    if len(unknown) and unknown.index[0] in target.index:
        raise WeightError(
            f"targets[{margin!r}]: {int(unknown.iloc[0]):,} respondents are {unknown.index[0]!r}, "
            "whose target "
            "is 0, so they would count for nobody; correct the target, or leave these respondents "
            "out"
        )
    if len(unknown):
        raise WeightError(
            f"targets[{margin!r}]: {int(unknown.iloc[0]):,} respondents are {unknown.index[0]!r}, "
            "which has no "
            f"target{_known(unknown.index[0], target.index)} Give it a target, or leave these "
            "respondents out"
        )
    return target.index.get_indexer(cells[margin])


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
    factor = fitted / cells["base"].to_numpy(float)
    n, total, squares = (
        int(cells["n"].sum()),
        float(fitted.sum()),
        float((factor**2 * cells["base2"]).sum()),
    )
    deff = n * squares / total**2
    rows = []
    for name, target in targets.items():
        by = (
            pd.DataFrame({"n": cells["n"], "before": cells["base"], "after": fitted})
            .groupby(cells[name])
            .sum()
        )
        by = by.reindex(target.index[target > 0])
        rows.append(
            pd.DataFrame(
                {
                    "margin": name,
                    "category": by.index,
                    "n": by["n"].astype("int64"),
                    "share_before": by["before"] / by["before"].sum(),
                    "share_target": target[target > 0] / target.sum(),
                    "share_after": by["after"] / total,
                }
            )
        )
    columns = ["margin", "category", "n", "share_before", "share_target", "share_after"]
    frame = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=columns)
    largest, smallest = (
        float((factor * cells["base_max"]).max()),
        float((factor * cells["base_min"]).min()),
    )
    return Weights(
        frame=frame,
        method="raking" if targets else "base weights",
        margins=tuple(targets),
        base=weight,
        targets=targets,
        residual=residual,
        cycles=cycles,
        cells=cells[[*targets, "n", "base"]].assign(
            factor=factor, weight=fitted / cells["n"].to_numpy()
        ),
        n=n,
        deff=deff,
        n_eff=n / deff,
        ratio=largest / smallest,
    )


def _summary(weights: Weights, language: str) -> str:
    if not weights.margins:
        return words.text("bias.weights_none", language, n=words.number(weights.n))
    return words.text(
        "bias.weights",
        language,
        n=words.number(weights.n),
        margins=words.joined(weights.margins, language),
        n_eff=words.number(weights.n_eff),
        deff=words.number(weights.deff, 2),
        ratio=words.number(weights.ratio, 1),
    )
