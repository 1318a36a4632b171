"""A matrix -> cells whose shade is their value, with a text in each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlib.shown import theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import QuadMesh

_DARK = 0.21  # relative luminance at which white and dark text stand out alike (WCAG's contrast)


def heat(
    ax: Axes,
    matrix: pd.DataFrame,
    *,
    low: float,
    high: float,
    cells: pd.DataFrame | None = None,
    line: float = 0.0,
    fontsize: float = 9.0,
) -> QuadMesh:
    """Draw a cell for each value of `matrix`, first row on top, named by its index and columns.

    What `seaborn.heatmap` draws, without the drawing of the whole figure in between by which it
    finds out whether its labels meet.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    matrix : pandas.DataFrame
        Numbers; a missing one stays white and has no text.
    low, high : float
        Values of the lightest and the darkest shade.
    cells : pandas.DataFrame, optional
        Text of each cell, of the shape of `matrix`.
    line : float
        Width of the white lines between cells, in points.
    fontsize : float
        Of the texts, in points.
    """
    values = np.ma.masked_invalid(matrix.to_numpy(float))
    mesh = ax.pcolormesh(
        values, cmap=theme.shades(), vmin=low, vmax=high, linewidths=line, edgecolor="white"
    )
    rows, columns = matrix.shape
    ax.set_xlim(0, columns)
    ax.set_ylim(rows, 0)
    for side in ("left", "bottom", "top", "right"):
        ax.spines[side].set_visible(False)
    ax.set_xticks(np.arange(columns) + 0.5, [str(name) for name in matrix.columns])
    ax.set_yticks(np.arange(rows) + 0.5, [str(name) for name in matrix.index])
    if cells is not None:
        _write(ax, mesh, values, cells, fontsize)
    return mesh


def _write(
    ax: Axes, mesh: QuadMesh, values: np.ma.MaskedArray, cells: pd.DataFrame, fontsize: float
) -> None:
    from seaborn.utils import relative_luminance

    shades = mesh.to_rgba(values).reshape(-1, 4)
    dark = np.reshape(relative_luminance(shades), values.shape) <= _DARK
    texts, there = cells.to_numpy(object), ~np.ma.getmaskarray(values)
    for row, column in np.argwhere(there):
        if words := texts[row, column]:
            ax.text(
                column + 0.5,
                row + 0.5,
                words,
                ha="center",
                va="center",
                fontsize=fontsize,
                color="white" if dark[row, column] else theme.INK,
            )
