"""What weights were made to meet -> what of an outcome it explains, and weights of part of the
sample that meet it too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from cxlib.bias.methods import calibration, raking
from cxlib.errors import WeightError

ROUNDS = 10  # of sweeps, as R survey 4.1 `svyrecvar` has them after `rake`
TOLERANCE = 1e-11


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Constraints:
    """What the weights of some cells were made to meet; nothing where it is empty.

    Attributes
    ----------
    codes : tuple of int arrays, shape (cells,)
        Per margin, the position of each cell's category in its target.
    targets : tuple of float arrays
        Per margin, the total of each category; all have the same sum.
    x : float array, shape (cells, k), or None
        Numbers that are calibrated too.
    totals : float array, shape (k,), or None
        What their weighted sums meet.
    bounds : (float, float), two float arrays of shape (cells,), or None
        Smallest and largest factor by which a base weight may be changed.
    distance : str
        From base weights to final ones, as `methods.calibration.fit` takes it.
    swept : bool
        Whether residuals are those of R after `rake`; else of a regression with base weights.
    """

    codes: tuple[NDArray, ...] = ()
    targets: tuple[NDArray, ...] = ()
    x: NDArray | None = None
    totals: NDArray | None = None
    bounds: tuple[ArrayLike, ArrayLike] | None = None
    distance: str = "raking"
    swept: bool = False

    @property
    def empty(self) -> bool:
        """Whether the weights meet nothing: they are taken as given."""
        return not self.codes and self.x is None

    @property
    def by_categories(self) -> bool:
        """Whether proportional fitting alone makes the weights."""
        return self.x is None and self.bounds is None and self.distance == "raking"

    def explained(self, n: NDArray, z: NDArray, base: NDArray, dz: NDArray) -> NDArray:
        """Return what the constraints explain of z, per cell.

        Parameters
        ----------
        n, z : float arrays, shape (cells,)
            Rows of a base weight above 0, and their plain sum of z.
        base, dz : float arrays, shape (cells,)
            Sum of the base weights, and of base weight x z.

        Notes
        -----
        After `rake`, R survey 4.1 sweeps z by each margin's plain mean, in order, ten rounds; after
        `calibrate` and `postStratify`, the fitted values of a regression with base weights.
        """
        if self.empty:
            return np.zeros(len(n))
        return self._swept(n, z) if self.swept else self._regressed(base, dz)

    def _swept(self, n: NDArray, z: NDArray) -> NDArray:
        explained = np.zeros(len(n))
        sizes = [np.bincount(code, weights=n) for code in self.codes]
        for _ in range(ROUNDS):
            for code, size in zip(self.codes, sizes, strict=True):
                left = np.bincount(code, weights=z - n * explained)
                explained = explained + (left / np.maximum(size, 1))[code]
        return explained

    def _regressed(self, base: NDArray, dz: NDArray) -> NDArray:
        design = self._design()
        gram = (design.T @ sparse.diags_array(base) @ design).toarray()
        scale = np.sqrt(np.maximum(np.diag(gram), np.finfo(float).tiny))  # numbers of any unit
        # the margins' indicators overlap, so the rank is not full
        found = np.linalg.lstsq(
            gram / np.outer(scale, scale), (design.T @ dz) / scale, rcond=1e-12
        )[0]
        return design @ (found / scale)

    def _design(self) -> sparse.csr_array:
        parts = [
            raking.indicators(code, len(target)).T
            for code, target in zip(self.codes, self.targets, strict=True)
        ]
        numbers = [] if self.x is None else [sparse.csr_array(self.x)]
        return sparse.csr_array(sparse.hstack([*parts, *numbers]))

    def refit(self, base: NDArray, factor: NDArray) -> tuple[NDArray, NDArray, NDArray]:
        """Make the weights of many parts of the sample anew.

        Parameters
        ----------
        base : float array, shape (replicates, cells)
            Sum of base weights of each cell in each replicate; may be 0.
        factor : float array, shape (cells,)
            Final weight over base weight in the whole sample.

        Returns
        -------
        factor : float array, shape (replicates, cells)
        short : bool array, shape (replicates,)
            Whether the replicate lacks a category; the others of its margin share its target.
        missed : bool array, shape (replicates,)
            Whether its targets could not all be met: what came nearest is kept (after proportional
            fitting), or the factors of the whole sample (after others).
        """
        none = np.zeros(len(base), bool)
        if self.empty:
            return np.broadcast_to(factor, base.shape), none, none
        short = raking.short(base, self.codes, self.targets)
        if self.by_categories:
            start = base * factor  # the limit is the same, and near
            fitted, reached = raking.fit_many(start, self.codes, self.targets, tolerance=TOLERANCE)
            made = np.divide(fitted, base, out=np.zeros_like(fitted), where=base > 0)
            return made, short, ~reached
        return self._one_by_one(base, factor, short)

    def _one_by_one(
        self, base: NDArray, factor: NDArray, short: NDArray
    ) -> tuple[NDArray, NDArray, NDArray]:
        made, missed = np.tile(factor, (len(base), 1)), np.zeros(len(base), bool)
        shared = [
            raking.share_out(raking.indicators(code, len(target)) @ base.T, target)
            for code, target in zip(self.codes, self.targets, strict=True)
        ]
        design, numbers = self._design(), [] if self.totals is None else [self.totals]
        for r, row in enumerate(base):
            there = row > 0
            totals = np.concatenate([*(each[:, r] for each in shared), *numbers])
            try:
                made[r, there] = calibration.fit(
                    row[there],
                    design[there],
                    totals,
                    distance=self.distance,
                    bounds=self._bounds(there),
                )
            except WeightError:
                missed[r] = True
        return made, short, missed

    def _bounds(self, there: NDArray) -> tuple[ArrayLike, ArrayLike] | None:
        if self.bounds is None:
            return None
        low, high = (
            each if np.ndim(each) == 0 else np.asarray(each)[there] for each in self.bounds
        )
        return low, high
