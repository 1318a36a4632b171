"""The key figures that a ledger marks -> the strip under a page's headline, and what the next run
compares with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from cxlib.inert import visible
from cxlib.report.figures import NUMBERS, parse_figures
from cxlib.report.headline import interval, line_of, value
from cxlib.report.history import Figure, figure_of
from cxlib.report.outputs import figures, keys
from cxlib.shown.figure_words import write_in, write_verdict
from cxlib.shown.language import text

_OF_MANIFEST = ("study", "figure", "segment", "wave", *NUMBERS, "unit")

Kept = list[dict[str, Any]]  # what a manifest says of its key figures


def kept_figures(notebook: NotebookNode) -> Kept:
    """Return what the manifest says of the key figures of a notebook: those that have a value."""
    rows = parse_figures(figures(notebook)) if keys(notebook) else []
    found = []
    for mark in keys(notebook):
        if mark["row"] is not None and mark["row"] < len(rows):
            row = rows[mark["row"]]
            found.append({"id": mark["id"]} | {name: _plain(row[name]) for name in _OF_MANIFEST})
    return found


def strip(notebook: NotebookNode, earlier: Sequence[Kept], language: str) -> list[dict[str, Any]]:
    """Return the key figures of a page as its template writes them.

    Parameters
    ----------
    notebook : NotebookNode
        Executed; its last ledger has the marks.
    earlier : sequence
        What earlier reports say of theirs, newest first (see `earlier_figures`).
    language : str
        Of the page.

    Returns
    -------
    list of dict
        `label`, `of`, `value`, `interval`, `n`, `size` (in words, in place of n), `verdict`,
        `before` (in words), `trend` (see `headline.line_of`; None where fewer than two reports have
        it) and `why` (where there is no value).
    """
    rows = parse_figures(figures(notebook)) if keys(notebook) else []
    return [_item(mark, rows, earlier, language) for mark in keys(notebook)]


def earlier_figures(folder: Path) -> list[Kept]:
    """Return what the published runs in a report's folder say of their key figures, newest first;
    what cannot be read is passed over."""
    found = []
    for path in folder.glob("*/manifest.json"):
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            if said["status"] == "published":
                order = said.get("order")
                age = (order if isinstance(order, int) else 0, str(said["started"]))
                found.append((age, said.get("keys")))
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            continue
    found.sort(key=lambda each: each[0], reverse=True)
    return [kept if isinstance(kept, list) else [] for _, kept in found]


def _item(
    mark: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    earlier: Sequence[Kept],
    language: str,
) -> dict[str, Any]:
    item: dict[str, Any] = dict.fromkeys(
        ("value", "interval", "n", "size", "verdict", "before", "why"), ""
    )
    item |= {"label": visible(mark["label"]), "of": visible(mark["of"]), "trend": None}
    row = rows[mark["row"]] if mark["row"] is not None else None
    if row is None or (row["value"] is None and row["ci_low"] is None):
        said = mark["why"] or (row and row["text"]) or text("common.key_none", language)
        return item | {"why": visible(said)}
    item["n"] = row["n"]
    item["size"] = visible(mark.get("n", ""))
    item["verdict"] = write_verdict(row["study"], row["verdict"], language, segment=row["segment"])
    if row["value"] is None:  # all that is known is where it lies
        bounds = [write_in(row["unit"], row[end], language) for end in ("ci_low", "ci_high")]
        return item | {"value": text("report.key_range", language, low=bounds[0], high=bounds[1])}
    now = _figure(mark["id"], row)
    if now is None:
        return item | {"value": write_in(row["unit"], row["value"], language)}
    past = [_same(kept, now) for kept in earlier]
    return item | {
        "value": value(now, language),
        "interval": interval(now, language),
        "before": _before(now, past[0] if past else None, language),
        "trend": line_of([now, *past], language, name=item["label"]),
    }


def _figure(name: str, row: Mapping[str, Any]) -> Figure | None:
    """Return a figure that is compared by the name of the key and its unit alone: which wave or
    period it is of moves on from run to run."""
    return figure_of({**row, "figure": name, "segment": ""})


def _same(kept: Kept, now: Figure) -> Figure | None:
    there = (row for row in kept if isinstance(row, dict) and row.get("id") == now.name)
    found = next((_figure(now.name, row) for row in there), None)
    return found if found is not None and found.label == now.label else None


def _before(now: Figure, before: Figure | None, language: str) -> str:
    """Say what the last report had, and whether the two may differ by chance."""
    if before is None or before.value == now.value:
        return ""
    written = {"value": value(before, language)}
    if None in (now.low, now.high, before.low, before.high):
        return text("report.key_before", language, **written)
    if now.low <= before.high and before.low <= now.high:  # type: ignore[operator]
        return text("report.key_before_overlap", language, **written)
    return text("report.key_before_apart", language, **written)


def _plain(found: Any) -> Any:
    """Return a value that JSON knows."""
    return None if isinstance(found, float) and found in (float("inf"), float("-inf")) else found
