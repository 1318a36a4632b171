"""A difference between two runs -> what `cx diff` prints of it, and its CSV."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cxlib.report.difference import Difference, Pair
from cxlib.report.difference_words import amount, place, sentences, verdict
from cxlib.report.figures import NUMBERS, Figure
from cxlib.report.run_folders import Run

MOST = 12  # rows of a table
_KEPT = ("study", "figure", "segment", "unit", "text")
_BY_RUN = ("wave", *NUMBERS, "verdict")
_OVERLAP = {True: "overlap", False: "apart", None: ""}


def shown(found: Difference, before: Run, now: Run, *, width: int = 80) -> RenderableType:
    """Return what a terminal shows: which runs, what changed in words, then the figures side by
    side; changes of verdict first."""
    compared = bool(before.figures and now.figures)
    parts: list[RenderableType] = [*_which(before, now), Text()]
    said = sentences(found, before.manifest, compared=compared)
    parts += [Text(f"• {sentence.text('en')}") for sentence in said]
    turned = [pair for pair in found.pairs if pair.turned]
    moved = [pair for pair in found.pairs if pair.moved and not pair.turned]
    parts += _pairs("Verdicts that are not the same", turned, width, with_verdict=True)
    # what lies apart first
    moved.sort(key=lambda pair: (pair is not found.headline, bool(pair.overlap)))
    parts += _pairs("Estimates that are not the same", moved, width)
    parts += _counted(found)
    parts += _only("Only in the earlier run", found.gone)
    parts += _only("Only in the later run", found.new)
    return Group(*parts)


def _which(before: Run, now: Run) -> Iterator[Text]:
    for label, run in (("Earlier", before), ("Later", now)):
        manifest = run.manifest
        made = str(manifest["started"])[:16].replace("T", " ")
        yield Text.assemble(
            (f"{label:<8}", "bold"), f"{manifest['name']}@{manifest['run']}, made {made} UTC"
        )


def _pairs(
    title: str, pairs: Sequence[Pair], width: int, *, with_verdict: bool = False
) -> list[RenderableType]:
    if not pairs:
        return []
    parts: list[RenderableType] = [Text(), Text(f"{title} ({len(pairs):,})", "bold underline")]
    parts.append(_table(width, [(Text(), *map(Text, ("Earlier", "Later", "Intervals")))]))
    for about, alike in itertools.groupby(pairs[:MOST], key=_about_pair):
        rows = [_cells(pair, with_verdict=with_verdict) for pair in alike]
        parts += [Text(about, "italic"), _table(width, rows)]
    more = len(pairs) - MOST
    return parts + (
        [Text(f"… and {more:,} more: --csv PATH writes all", "dim")] if more > 0 else []
    )


def _table(width: int, rows: Iterable[Sequence[RenderableType]]) -> Table:
    """Return rows whose columns stand where those of all other tables do."""
    of_value = max(21, min(28, (width - 11) // 3))
    table = Table.grid(padding=(0, 2, 0, 0))
    for wide in (max(10, width - 11 - 2 * (of_value + 2) - 2), of_value, of_value, 9):
        table.add_column(width=wide, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _about_pair(pair: Pair) -> str:
    """Return what a figure is, and of which waves where these differ."""
    waves = [one["wave"] or "–" for one in (pair.before, pair.now)]
    return pair.now["text"] + (f" ({' → '.join(waves)})" if waves[0] != waves[1] else "")


def _cells(pair: Pair, *, with_verdict: bool) -> list[RenderableType]:
    where = place(pair.now, wave=pair.before["wave"] == pair.now["wave"])
    values = [_cell(one, with_verdict=with_verdict) for one in (pair.before, pair.now)]
    return [Padding(Text(where), (0, 0, 0, 2)), *values, Text(_OVERLAP[pair.overlap])]


def _cell(figure: Figure, *, with_verdict: bool) -> Text:
    told = amount(figure).values
    value, said = told["value"].text("en"), verdict(figure)
    first = f"{said}, {value}" if with_verdict and said != value else value
    beside = f", n = {told['n']:,.0f}" if "n" in told and not with_verdict else ""
    ends = [told[name].text("en") for name in ("low", "high") if name in told]
    return Text.assemble((first, "bold"), beside, "\n" if ends else "", (" to ".join(ends), "dim"))


def _counted(found: Difference) -> list[RenderableType]:
    same = sum(pair.same for pair in found.pairs)
    other = sum(not (pair.same or pair.turned or pair.moved) for pair in found.pairs)
    told = [f"{same:,} figures are the same."] if same else []
    if other:
        told.append(
            f"{other:,} counts, p values and other figures without an interval are not: --csv PATH "
            "writes all."
        )
    return [Text(), Text(" ".join(told))] if told else []


def _only(title: str, figures: Sequence[Figure]) -> list[RenderableType]:
    """List what one run alone has, result by result, with the reason where it is known."""
    if not figures:
        return []
    results: dict[str, list[Figure]] = {}
    for figure in figures:
        results.setdefault(figure["figure"].partition(".")[0], []).append(figure)
    lines = [
        Text.assemble(f"• {_about(of)}: ", (_few(of), "bold"))
        for of in list(results.values())[:MOST]
    ]
    return [Text(), Text(f"{title} ({len(figures):,})", "bold underline"), *lines]


def _about(figures: Sequence[Figure]) -> str:
    first = figures[0]
    return first["figure"] if first["value"] is None else first["text"].partition(":")[0]


def _few(figures: Sequence[Figure]) -> str:
    if figures[0]["value"] is None and not figures[0]["segment"]:
        return figures[0]["text"]  # why there is none
    places = list(dict.fromkeys(place(figure) or figure["figure"] for figure in figures))
    more = f" and {len(places) - 3:,} more" if len(places) > 3 else ""
    return ", ".join(places[:3]) + more


def as_csv(found: Difference) -> str:
    """Return every figure of either run as CSV, full precision: `change` is verdict, value, same,
    gone or new, `intervals` overlap or apart."""
    buffer = io.StringIO()
    names = [f"{name}_{when}" for name in _BY_RUN for when in ("before", "now")]
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([*_KEPT, "change", "intervals", *names])
    writer.writerows(_rows(found))
    return buffer.getvalue()


def _rows(found: Difference) -> Iterable[list[object]]:
    for pair in found.pairs:
        change = "verdict" if pair.turned else "same" if pair.same else "value"
        sides = [(pair.before[name], pair.now[name]) for name in _BY_RUN]
        yield _row(pair.now, change, _OVERLAP[pair.overlap], sides)
    for one in found.gone:
        yield _row(one, "gone", "", [(one[name], None) for name in _BY_RUN])
    for one in found.new:
        yield _row(one, "new", "", [(None, one[name]) for name in _BY_RUN])


def _row(
    figure: Figure, change: str, intervals: str, sides: Iterable[tuple[object, object]]
) -> list[object]:
    both = [side for pair in sides for side in pair]
    return [*(figure[name] for name in _KEPT), change, intervals, *both]


def print_difference(found: Difference, before: Run, now: Run, console: Console) -> None:
    """Print it, as wide as the terminal is."""
    console.print(shown(found, before, now, width=min(console.width, 120)), highlight=False)
