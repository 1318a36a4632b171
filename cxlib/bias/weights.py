"""Cells and their fitted totals -> weights: a factor per cell, what they were made to meet, and
what they cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Unpack

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cxlib.bias import figures, foreign_rows
from cxlib.bias.counts import cells as counts
from cxlib.bias.kinds import Method
from cxlib.rows import names, table
from cxlib.shown import language as words
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.table import Format, Table

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from matplotlib.axes import Axes

_CELLS: Mapping[str, Format] = {"n": "integer", "base": "", "factor": "", "weight": "decimal3"}
_BINS = 24
_EQUAL = 1 + 1e-9


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Scheme:
    """What weights were made to meet, so that part of a sample can be made to meet it too.

    Attributes
    ----------
    codes : tuple of int arrays, shape (cells with a base weight above 0,)
        Per margin, the position of each such cell's category in its target.
    targets : tuple of float arrays
        Per margin, the total of each category; all have the same sum.
    x : float array, shape (cells with a base weight above 0, k), or None
        Numbers that are calibrated too; `totals`, shape (k,), is what their weighted sums meet.
    bounds : (float, float), two float arrays of shape (cells with a base weight above 0,), or None
        Smallest and largest factor by which a base weight may be changed, after all have been
        scaled to the population's size (see `methods.calibration.fit`).
    distance : str
        From base weights to final ones, as `methods.calibration.fit` takes it.
    """

    codes: tuple[NDArray, ...] = ()
    targets: tuple[NDArray, ...] = ()
    x: NDArray | None = None
    totals: NDArray | None = None
    bounds: tuple[ArrayLike, ArrayLike] | None = None
    distance: str = "raking"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Weights(Result):
    """Raking weights: a factor per cell, and how well they meet the targets.

    `frame` has one row a category: `margin`, `category`, `n`, `share_before`, `share_target`,
    `share_after`.

    Attributes
    ----------
    margins : tuple of str
        Columns of categories that the weights depend on.
    numeric : tuple of str
        Columns of numbers that they depend on besides (after `calibrate`).
    split : bool
        Whether they depend on the base weight besides its being multiplied (after `trim`).
    merged : mapping of str to mapping
        Margin to category to the name under which its target was met, where that is another: of
        categories that were merged (see `rake`). `cells` keep the categories of the rows.
    unmet : Message or None
        Why targets that were given are not met, and these are the base weights (see `weigh`).
    scheme : Scheme
        What they were made to meet.
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
    scheme: Scheme
    numeric: tuple[str, ...] = ()
    split: bool = False
    merged: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unmet: Message | None = None

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("margin", "category"), ""),
        "n": "integer",
        **dict.fromkeys(("share_before", "share_target", "share_after"), "percent"),
    }
    shows: ClassVar[Message] = Message("bias.weights_caption")
    rests_on: ClassVar[str | None] = ""  # n of a row is of one category

    @property
    def by(self) -> tuple[str, ...]:
        """All columns that the weights depend on, of categories and of numbers; none where they are
        the base weights."""
        return (*self.margins, *self.numeric)

    def check(self, data: Any) -> None:
        """Refuse rows other than those the weights were made from, by one GROUP BY.

        `apply` and every estimate do this themselves.

        Raises
        ------
        WeightError
            If respondents or sums of base weights differ in a combination of categories; it is
            named with both counts.
        ColumnError, EmptyDataError, SourceError
            As `rake`.

        Examples
        --------
        >>> import cxlib as cx
        >>> answers = pd.DataFrame({"country": ["JP"] * 30 + ["KR"] * 10})
        >>> weights = cx.bias.rake(answers, targets={"country": {"JP": 500, "KR": 500}})
        >>> weights.check(answers)
        >>> weights.check(answers.head(25))
        Traceback (most recent call last):
        cxlib.errors.WeightError: weights: these are other rows: 25 of JP here, 30 among the rows \
the weights were made from; make the weights from these rows, with cx.bias.rake or what else made \
them, or give the rows they were made from
        """
        self.refuse_foreign(counts.cells(data, **self._keys._asdict()))

    def refuse_foreign(self, found: pd.DataFrame) -> None:
        """Refuse rows that are counted already: `found` is as `counts.cells.cells` gives it, with
        the keys of these weights (`m0`, …, `x0`, …, `d`) and at least `n` and `base`."""
        self._factors(found)

    def _factors(self, found: pd.DataFrame) -> NDArray:
        """Return the factor of each of some rows' cells; refuse other rows."""
        named = self.cells.columns[: self.cells.columns.get_loc("n")]
        keys = [f"m{i}" for i in range(len(self.margins))]
        keys += [f"x{i}" for i in range(len(self.numeric))] + ["d"] * self.split
        cells = found.rename(columns=dict(zip(keys, named, strict=True)))
        places = foreign_rows.match(cells, self.cells, keys=list(named), weight=self.base)
        return self.cells["factor"].to_numpy(float)[places]

    @property
    def _keys(self) -> counts.By:
        return counts.By(self.margins, self.base, self.numeric, self.split)

    def apply(self, data: Any, *, name: str = "weight") -> ir.Table:
        """Return the rows, in their order, with their final weight in the column `name`.

        Files and tables of an engine are joined to their weights where they lie, and stay in the
        order of the file (other engines than DuckDB have no order of rows). Of a pandas frame,
        `answers["weight"] = weights.values(answers)` keeps index and types too.

        Raises
        ------
        WeightError
            If these are other rows than those the weights were made from; see `check`.
        ColumnError
            If there is a column `name` already.
        EmptyDataError, SourceError
            As `rake`.
        """
        counts.refuse_taken(data, name)
        if (placed := counts.place_rows(data, by=self._keys)) is not None:
            return table.as_table(data.assign(**{name: self._of_rows(*placed)}))
        return counts.join_weight(data, self._factors, name=name, by=self._keys)

    def values(self, data: Any) -> NDArray:
        """Return the final weight of each row, in their order: `answers["weight"] =
        weights.values(answers)`.

        Of a file, one number a row is pulled; where that is too much, `apply` leaves it there.

        Parameters
        ----------
        data : table
            The rows the weights were made from, in any order: a pandas or Arrow table, a file, or a
            table of DuckDB (the rows of other engines have no order, so they take `apply`).

        Returns
        -------
        float array, shape (rows,)

        Raises
        ------
        ColumnError, EmptyDataError, SourceError, WeightError
            As `check`.

        Examples
        --------
        >>> from cxlib import bias
        >>> answers = pd.DataFrame({"country": ["KR", "JP", "JP", "JP"]})
        >>> bias.rake(answers, targets={"country": {"JP": 2, "KR": 2}}).values(answers).round(3)
        array([2.   , 0.667, 0.667, 0.667])
        """
        if (placed := counts.place_rows(data, by=self._keys)) is not None:
            return self._of_rows(*placed)
        return counts.pull_weights(data, self._factors, by=self._keys)

    def _of_rows(self, found: pd.DataFrame, cell: NDArray, base: NDArray | None) -> NDArray:
        factor = self._factors(found)[cell]
        return factor if base is None else base * factor

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

    @property
    def flags(self) -> tuple[Message, ...]:
        """Those of the warnings that can change the headline: what was merged with what."""
        return tuple(each for each in self.warnings if each.key == "bias.merged")

    def summary(self, language: str = "en") -> str:
        """Say what was weighted to what, and what it costs; or why it was not."""
        if self.unmet is not None:
            return words.text("bias.weights_unmet", language, n=self.n, why=self.unmet)
        return words.text(
            self._sentence(),
            language,
            n=self.n,
            margins=self.by,
            base=self.base,
            n_eff=self.n_eff,
            deff=self.deff,
            ratio=self.ratio,
        )

    def _sentence(self) -> str:
        if not self.by:
            return "bias.weights_none" if self.base is None else "bias.weights_base"
        if self.method == Method.PROPENSITY:
            return "bias.weights_propensity"
        if self.method == Method.TRIMMED and not self.scheme.targets:
            return "bias.weights_trimmed"
        if not self.ratio > 0:
            return "bias.weights_below_0"
        return "bias.weights_and_numbers" if self.numeric else "bias.weights"

    @drawing
    def plot(self, ax: Axes | None = None, *, language: str = "en", **look: Unpack[Look]) -> Axes:
        """Draw how many answers have which final weight, where 1 is the average weight.

        Where base weights differ within a combination of categories, its answers are drawn at the
        mean of their weights.
        """
        cells = self.cells[self.cells["n"] > 0]
        weight = cells["weight"].to_numpy(float) / np.average(cells["weight"], weights=cells["n"])
        n, ends = np.histogram(
            weight, bins=_BINS, range=(0.0, weight.max() * (1 + 1e-9)), weights=cells["n"]
        )
        bins = pd.DataFrame({"low": ends[:-1], "high": ends[1:], "n": n.astype("int64")})
        means = self.base is not None and not self.split
        key = "bias.weights_measured_means" if means else "bias.weights_measured"
        ax = figures.weights(
            bins,
            ax,
            finding=Message("bias.weights_equal")
            if self.ratio < _EQUAL
            else Message("bias.weights_ratio", ratio=self.ratio),
            measured=Message(key, n=self.n, n_eff=self.n_eff, deff=self.deff),
            language=language,
        )
        return self.with_numbers(ax, bins, figures.bin_labels(bins), "n", n=None, language=language)


def of_cells(
    cells: pd.DataFrame,
    fitted: NDArray,
    *,
    targets: dict[str, pd.Series],
    weight: str | None,
    method: Method,
    scheme: Scheme,
    residual: float,
    cycles: int,
    margins: Sequence[str] | None = None,
    numeric: Sequence[str] = (),
    split: bool = False,
    categories: Mapping[str, pd.Series] | None = None,
    warnings: Sequence[Message] = (),
    merged: Mapping[str, Mapping[str, str]] | None = None,
    unmet: Message | None = None,
) -> Weights:
    """Make weights of cells and their fitted totals.

    Parameters
    ----------
    cells : pandas.DataFrame
        As `counts.cells.cells` gives them.
    fitted : float array, shape (cells,)
        Sum of final weights of each cell.
    margins, numeric, split
        What the cells were counted by; without `margins`, the columns that have a target.
    categories : mapping of str to Series, optional
        Target's name to the category that each cell has in it; without, the margins' own.
    warnings, merged, unmet
        As `Weights` has them.
    """
    margins = list(targets) if margins is None else list(margins)
    base = cells["base"].to_numpy(float)
    factor = np.divide(fitted, base, out=np.zeros(len(cells)), where=base > 0)
    n, total = int(cells["n"].sum()), float(fitted.sum())
    deff = n * float((factor**2 * cells["base2"]).sum()) / total**2
    largest = float((factor * cells["base_max"]).max())
    smallest = float((factor * cells["base_min"])[factor > 0].min())
    carried = names.carry([*margins, *numeric, *([str(weight)] if split else [])], _CELLS)
    made = [*(f"m{i}" for i in range(len(margins))), *(f"x{i}" for i in range(len(numeric)))]
    keys = dict(zip([*made, *(["d"] if split else [])], carried.values(), strict=True))
    return Weights(
        frame=_shares(cells, fitted, targets, categories),
        method=method,
        warnings=tuple(warnings),
        carried={column: name for name, column in carried.items()},
        margins=tuple(margins),
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
        scheme=scheme,
        numeric=tuple(numeric),
        split=split,
        merged=merged or {},
        unmet=unmet,
    )


def _shares(
    cells: pd.DataFrame,
    fitted: NDArray,
    targets: dict[str, pd.Series],
    categories: Mapping[str, pd.Series] | None,
) -> pd.DataFrame:
    """Return the share of each category before and after weighting, and the one that was wanted."""
    rows = [pd.DataFrame(columns=list(Weights.columns))] if not targets else []
    for i, (name, target) in enumerate(targets.items()):
        target = target[target > 0]
        of = cells[f"m{i}"] if categories is None else categories[name]
        place = target.index.get_indexer(of)
        wanted = place >= 0
        n, before, after = (
            np.bincount(place[wanted], values[wanted], minlength=len(target))
            for values in (cells["n"].to_numpy(), cells["base"].to_numpy(float), fitted)
        )
        rows.append(
            pd.DataFrame(
                {
                    "margin": name,
                    "category": target.index,
                    "n": n.astype("int64"),
                    "share_before": before / before.sum(),
                    "share_target": target / target.sum(),
                    "share_after": after / fitted.sum(),
                }
            )
        )
    return pd.concat(rows, ignore_index=True)
