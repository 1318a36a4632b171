"""Frames and messages of the interviews study -> Axes; nothing is computed here but positions on
the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cxlib.interviews.code_names import kind_word
from cxlib.interviews.shortening import text_width
from cxlib.shown import theme
from cxlib.shown.heat import heat
from cxlib.shown.language import number, text, write
from cxlib.shown.message import Message, said

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROWS, _COLUMNS = 30, 10  # that can be read
_LABEL = 40  # columns of text beside a row
_INCH = 0.09  # of a column of text, at the size of labels
_SLANTED = 26  # and of one below a column
KIND_COLOURS = {
    "obstacle": theme.VERMILION,
    "annoyance": theme.ORANGE,
    "goal": theme.BLUE,
    "delight": theme.GREEN,
    "contact": theme.PURPLE,
}


def codes(
    rows: pd.DataFrame,
    *,
    finding: Message,
    measured: Message,
    language: str = "en",
    ax: Axes | None = None,
) -> Axes:
    """Draw a bar a row of `code, theme, kind, interviews, n`, under a heading for each theme."""
    rows, more = _largest(rows, rows["interviews"])
    headings = list(dict.fromkeys(rows["theme"]))
    if not any(headings):
        headings = []
    ax = theme.axes(ax, width=8.5, height=1.2 + 0.27 * max(len(rows) + len(headings), 2))
    at, position = _under_headings(rows, headings, ax)
    ordered = (
        pd.concat([rows[rows["theme"] == heading] for heading in headings]) if headings else rows
    )
    colours = [KIND_COLOURS.get(kind, theme.GREY) for kind in ordered["kind"]]
    ax.barh(at, ordered["interviews"], color=colours, height=0.72)
    for y, row in zip(at, ordered.to_dict("records"), strict=True):
        written = text("interviews.count_of", language, interviews=row["interviews"], n=row["n"])
        kind = write(kind_word(row["kind"]), "", language)
        note = " · ".join(filter(None, (written, kind)))
        _note(ax, note, (row["interviews"], y), (4, 0), va="center", fontsize=9, color=theme.INK)
    ax.set_yticks(at, [_fitted(code) for code in ordered["code"]])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(max(position, 1) - 0.4, -0.7)
    _label_below(ax, _more(more, language))
    ax.set_xlim(0, max(int(ordered["n"].max()), 1) * 1.18)
    ax.spines["bottom"].set_visible(False)
    ax.set_xticks([])
    return _title(ax, finding, measured, language)


def _under_headings(
    rows: pd.DataFrame, headings: Sequence[str], ax: Axes
) -> tuple[list[float], float]:
    """Write the headings, and return where each bar lies and where the last one ends."""
    if not headings:
        return [float(place) for place in range(len(rows))], float(len(rows))
    at, position = [], 0.0
    for heading in headings:
        _note(ax, heading, (0, position), (3, 0), va="center", fontsize=10, color=theme.GREY)
        position += 1
        for _ in range(int((rows["theme"] == heading).sum())):
            at.append(position)
            position += 1
    return at, position


def agreement(
    rows: pd.DataFrame,
    *,
    label: str,
    limits: tuple[float, float],
    finding: Message,
    measured: Message,
    language: str = "en",
    ax: Axes | None = None,
) -> Axes:
    """Draw a dot with its interval a row of `<label>, alpha, ci_low, ci_high, prevalence`, and the
    two limits."""
    rows, more = _largest(rows, rows["prevalence"])
    ax = theme.axes(ax, width=8.5, height=1.3 + 0.27 * max(len(rows), 2))
    y = np.arange(len(rows))
    for limit, colour in zip(limits, (theme.ORANGE, theme.GREEN), strict=True):
        ax.axvline(limit, color=colour, linewidth=1.2, zorder=0)
        ax.annotate(
            number(limit, 3, language),
            (limit, 1),
            (3, -2),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            fontsize=8.5,
            color=theme.GREY,
            va="top",
        )
    ax.hlines(y, rows["ci_low"], rows["ci_high"], color=theme.BLUE, linewidth=1.6)
    known = rows["ci_low"].notna().to_numpy()
    ax.plot(rows["alpha"][known], y[known], "o", color=theme.BLUE)
    ax.plot(
        rows["alpha"][~known], y[~known], "o", markerfacecolor="white", markeredgecolor=theme.BLUE
    )
    ax.set_yticks(y, [_fitted(name) for name in rows[label]])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(-0.6, len(rows) - 0.1)
    # the line of an interval that reaches further ends at the edge, so that the others stay long
    low = float(np.nanmin([0.0, *rows["alpha"], *rows["ci_low"].dropna().clip(lower=-0.25)]))
    ax.set_xlim(low - 0.02, 1.02)
    _label_below(ax, text("interviews.agreement_x", language), _more(more, language))
    return _title(ax, finding, measured, language)


def saturation(
    frame: pd.DataFrame,
    *,
    estimate: float,
    finding: Message,
    measured: Message,
    language: str = "en",
    ax: Axes | None = None,
) -> Axes:
    """Draw cumulative codes of `frame`, the expected curve with its band, and the estimated
    total."""
    ax = theme.axes(ax, width=8.5, height=4.4)
    x, low = frame["interviews"], frame["ci_low"]
    ax.fill_between(x, low, frame["ci_high"], color=theme.PALE, alpha=0.7, linewidth=0)
    ax.plot(x, frame["expected"], color=theme.GREY, linewidth=1.5)
    ax.step(x, frame["cumulative"], where="mid", color=theme.BLUE, linewidth=2)
    ax.plot(x, frame["cumulative"], "o", color=theme.BLUE, markersize=5)
    middle, grey, blue = len(frame) // 2, theme.GREY, theme.BLUE
    any_order = text("interviews.saturation_any_order", language)
    _note(ax, any_order, (x.iloc[middle], low.iloc[middle]), (8, -4), va="top", color=grey)
    seen = text("interviews.saturation_seen", language)
    end = (x.iloc[-1], low.iloc[-3:].min())
    _note(ax, seen, end, (0, -12), ha="right", va="top", color=blue)
    top = float(frame["cumulative"].iloc[-1])
    if not np.isnan(estimate):
        ax.axhline(estimate, color=theme.VERMILION, linewidth=1, linestyle="--")
        ax.annotate(
            text("interviews.saturation_estimate", language, estimate=estimate),
            (0, estimate),
            (4, 3),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            fontsize=9,
            color=theme.VERMILION,
        )
        top = max(top, estimate)
    ax.set_ylim(0, top * 1.12 + 1)
    ax.set_xlim(0.6, len(frame) + 0.4)
    ax.set_xticks(x if len(frame) <= 20 else np.linspace(1, len(frame), 10).astype(int))
    ax.set_xlabel(text("interviews.saturation_x", language))
    ax.set_ylabel(text("interviews.saturation_y", language))
    return _title(ax, finding, measured, language)


def by_case(
    rows: pd.DataFrame,
    *,
    groups: Mapping[str, Message | str],
    case: str,
    named: Sequence[str] = (),
    finding: Message,
    measured: Message,
    language: str = "en",
    ax: Axes | None = None,
) -> Axes:
    """Draw a heat map of `code, group, interviews, n, share`: codes by groups, shade by share, each
    cell with its count; codes that are `named` in the finding are there."""
    rows, more, groups, more_groups = _largest_cells(rows, groups, named)
    order = list(dict.fromkeys(rows["code"])), list(groups)
    share = rows.pivot(index="code", columns="group", values="share").loc[order]
    counts = [
        text("interviews.count_of", language, interviews=a, n=n)
        for a, n in zip(rows["interviews"], rows["n"], strict=True)
    ]
    written = rows.assign(cell=counts)
    cells = written.pivot(index="code", columns="group", values="cell").loc[order]
    share.columns = pd.Index([said(name, language) for name in groups.values()])
    ax = _heat(share, cells=cells, width=1.1, height=0.3, ax=ax)
    _slant(ax, columns=len(groups))
    _label_below(ax, case, _more(more, language, more_groups))
    return _title(ax, finding, measured, language)


def together(
    pairs: pd.DataFrame,
    *,
    codes: Sequence[str],
    finding: Message,
    measured: Message,
    language: str = "en",
    ax: Axes | None = None,
) -> Axes:
    """Draw a heat map of `code_a, code_b, interviews`: each pair of `codes` once, with its
    count."""
    turned = pairs.rename(columns={"code_a": "code_b", "code_b": "code_a"})
    both = pd.concat([pairs, turned])
    shown = both[both["code_a"].isin(codes) & both["code_b"].isin(codes)]
    matrix = shown.pivot(index="code_a", columns="code_b", values="interviews")
    matrix = matrix.reindex(index=codes, columns=codes).fillna(0)
    below = np.tril(np.ones(matrix.shape, bool), -1)  # each pair once
    matrix = matrix.where(below).iloc[1:, :-1]
    cells = matrix.map(lambda n: number(n, 0, language) if n > 0 else "")
    ax = _heat(matrix, cells=cells, width=0.52, height=0.42, ax=ax)
    _slant(ax)
    return _title(ax, finding, measured, language)


def _heat(
    matrix: pd.DataFrame, *, cells: pd.DataFrame, width: float, height: float, ax: Axes | None
) -> Axes:
    """Draw `matrix` with the texts of `cells` in it, each of so many inches; missing cells stay
    white."""
    rows, columns = matrix.shape
    ax = theme.axes(ax, width=min(3.2 + width * columns, 9.5), height=1.6 + height * rows)
    # lighter shades only, so that dark text stays readable
    darkest = 2 * np.nanmax(matrix.to_numpy(float))
    heat(ax, matrix, low=-darkest / 12, high=darkest, cells=cells, line=1.0)
    ax.tick_params(length=0)
    ax.set_yticks(ax.get_yticks(), [_fitted(str(name)) for name in matrix.index])
    return ax


def _slant(ax: Axes, columns: int = 0) -> None:
    """Turn the names below the columns, where it is told how many there are only if they do not fit
    side by side."""
    names = [label.get_text() for label in ax.get_xticklabels()]
    if columns:
        width = theme.figure_of(ax).get_size_inches()[0] * ax.get_position().width / columns
        if max(map(text_width, names)) * _INCH <= width:
            return
    ax.set_xticks(ax.get_xticks(), [_fitted(name, _SLANTED) for name in names])
    for label in ax.get_xticklabels():
        label.set(rotation=40, ha="right", rotation_mode="anchor")


def _largest(rows: pd.DataFrame, size: pd.Series) -> tuple[pd.DataFrame, int]:
    """Return as many rows as can be read, those of the largest size, in their order, and how many
    more there are."""
    first = size.fillna(0).sort_values(ascending=False, kind="stable").index[:_ROWS]
    return rows[rows.index.isin(first)], max(len(rows) - _ROWS, 0)


def _largest_cells(
    rows: pd.DataFrame, groups: Mapping[str, Message | str], named: Sequence[str]
) -> tuple[pd.DataFrame, int, dict[str, Message | str], int]:
    """Return the cells of the codes in most interviews and of the largest groups, and how many more
    codes and groups there are."""
    per_code = rows.groupby("code", sort=False)["interviews"].sum()
    first = per_code.where(~per_code.index.isin(named), np.inf)
    codes, more = _largest(per_code.to_frame(), first)
    sizes = rows.groupby("group", sort=False)["n"].first()
    largest = sizes.sort_values(ascending=False, kind="stable").index[:_COLUMNS]
    shown = {group: name for group, name in groups.items() if group in largest}
    kept = rows["code"].isin(codes.index) & rows["group"].isin(largest)
    return rows[kept], more, shown, len(groups) - len(shown)


def _more(codes: int, language: str, groups: int = 0) -> str:
    """Say how many codes, and groups, are not in the figure."""
    told = [text("interviews.more_codes", language, n=codes)] if codes else []
    if groups:
        told.append(text("interviews.more_groups", language, n=groups))
    return text("common.gap", language).join(told)


def _label_below(ax: Axes, *lines: str) -> None:
    if any(lines):
        ax.set_xlabel("\n".join(filter(None, lines)))


def _fitted(name: str, most: int = _LABEL) -> str:
    """Return a name of at most so many columns: of a longer one the middle is left out, since names
    often differ at their ends."""
    if text_width(name) <= most:
        return name
    half, left, right = (most - 1) // 2, "", ""
    for character in name:
        if text_width(left + character) > half:
            break
        left += character
    for character in reversed(name):
        if text_width(character + right) > half:
            break
        right = character + right
    return f"{left.rstrip()}…{right.lstrip()}"


def blank(finding: Message, *, language: str = "en", ax: Axes | None = None) -> Axes:
    """Return an empty figure whose title says why there is nothing to draw."""
    ax = theme.axes(ax, width=8.0, height=0.3)
    ax.set_axis_off()
    return theme.title(ax, said(finding, language))


def _note(
    ax: Axes, words: str, at: tuple[float, float], offset: tuple[float, float], **look: Any
) -> None:
    ax.annotate(words, at, offset, textcoords="offset points", **{"fontsize": 9, **look})


def _title(ax: Axes, finding: Message, measured: Message, language: str) -> Axes:
    return theme.title(ax, said(finding, language), said(measured, language))
