"""A difference between two runs -> what `cx diff` prints of it, and its CSV."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.cells import cell_len, set_cell_size
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cxlib.report.difference import Difference, Pair
from cxlib.report.difference_words import amount, place, sentences, verdict
from cxlib.report.figures import NUMBERS, Figure
from cxlib.report.run_folders import Run
from cxlib.report.when import check_zone, in_zone
from cxlib.shown.language import MISSING, text
from cxlib.shown.message import Message, Sentences, said

_EARLIER, _LATER = Message("cli.diff_earlier"), Message("cli.diff_later")
_COLON = re.compile("[:：]")
MOST = 12  # rows of a table
_KEPT = ("study", "figure", "segment", "unit", "text")
_BY_RUN = ("wave", *NUMBERS, "verdict")
_OVERLAP = {True: "overlap", False: "apart", None: ""}  # as the CSV has it
_OVERLAP_WORDS: dict[bool | None, Message | str] = {
    True: Message("cli.diff_overlap"),
    False: Message("cli.diff_apart"),
    None: "",
}
_INTERVALS = Message("cli.diff_intervals")


def shown(
    found: Difference,
    before: Run,
    now: Run,
    *,
    width: int = 80,
    language: str = "en",
    zone: str = "",
) -> RenderableType:
    """Return what a terminal shows: which runs, what changed in words, then the figures side by
    side; changes of verdict first."""
    compared = bool(before.figures and now.figures)
    paper = _Paper(width, language, zone)
    parts: list[RenderableType] = [*paper.which(before, now), Text()]
    said = sentences(found, before.manifest, compared=compared, zone=zone)
    parts.append(_points([Text(sentence.text(language)) for sentence in said]))
    turned = [pair for pair in found.pairs if pair.turned]
    moved = [pair for pair in found.pairs if pair.moved and not pair.turned]
    title = Message("cli.diff_verdicts", n=len(turned))
    parts += paper.pairs(title, turned, with_verdict=True)
    # what lies apart first
    moved.sort(key=lambda pair: (pair is not found.headline, bool(pair.overlap)))
    parts += paper.pairs(Message("cli.diff_estimates", n=len(moved)), moved)
    parts += paper.counted(found)
    parts += paper.only(Message("cli.diff_gone", n=len(found.gone)), found.gone)
    parts += paper.only(Message("cli.diff_new", n=len(found.new)), found.new)
    return Group(*parts)


@dataclass(frozen=True, slots=True)
class _Paper:
    """How wide the terminal is, and in which language and time zone it is written to."""

    width: int
    language: str
    zone: str

    def _said(self, words: Message | str) -> str:
        return said(words, self.language)

    def which(self, before: Run, now: Run) -> Iterator[Text]:
        labels = [self._said(each) for each in (_EARLIER, _LATER)]
        wide = max(map(cell_len, labels)) + 1
        for label, run in zip(labels, (before, now), strict=True):
            time = in_zone(datetime.fromisoformat(str(run.manifest["started"])), self.zone)
            of = {"name": run.manifest["name"], "run": run.manifest["run"], "time": time}
            told = self._said(Message("cli.diff_run", **of))
            yield Text.assemble((set_cell_size(label, wide), "bold"), told)

    def pairs(
        self, title: Message, pairs: Sequence[Pair], *, with_verdict: bool = False
    ) -> list[RenderableType]:
        if not pairs:
            return []
        parts: list[RenderableType] = [Text(), Text(self._said(title), "bold underline")]
        heads: list[Message | str] = ["", _EARLIER, _LATER, _INTERVALS]
        head = [Text(self._said(each)) for each in heads]
        parts.append(self._table([head]))
        for about, alike in itertools.groupby(pairs[:MOST], key=self._about_pair):
            rows = [self._cells(pair, with_verdict=with_verdict) for pair in alike]
            parts += [Text(about, "italic"), self._table(rows)]
        more = Message("cli.diff_more", n=len(pairs) - MOST)
        return parts + ([Text(self._said(more), "dim")] if len(pairs) > MOST else [])

    def _table(self, rows: Iterable[Sequence[RenderableType]]) -> Table:
        """Return rows whose columns stand where those of all other tables do."""
        last = max(cell_len(self._said(each)) for each in (_INTERVALS, *_OVERLAP_WORDS.values()))
        of_value = max(21, min(28, (self.width - last - 2) // 3))
        first = max(10, self.width - last - 2 - 2 * (of_value + 2) - 2)
        table = Table.grid(padding=(0, 2, 0, 0))
        for wide in (first, of_value, of_value, last):
            table.add_column(width=wide, overflow="fold")
        for row in rows:
            table.add_row(*row)
        return table

    def _about_pair(self, pair: Pair) -> str:
        """Return what a figure is, and of which waves where these differ."""
        before, now = (one["wave"] or MISSING for one in (pair.before, pair.now))
        if before == now:
            return str(pair.now["text"])
        told = {"figure": pair.now["text"], "before": before, "now": now}
        return self._said(Message("cli.diff_waves", **told))

    def _cells(self, pair: Pair, *, with_verdict: bool) -> list[RenderableType]:
        where = place(pair.now, wave=pair.before["wave"] == pair.now["wave"]).text(self.language)
        values = [self._cell(one, with_verdict=with_verdict) for one in (pair.before, pair.now)]
        intervals = Text(self._said(_OVERLAP_WORDS[pair.overlap]))
        return [Padding(Text(where), (0, 0, 0, 2)), *values, intervals]

    def _cell(self, figure: Figure, *, with_verdict: bool) -> Text:
        told = amount(figure).values
        value, judged = told["value"].text(self.language), verdict(figure, self.language)
        comma = text("common.comma", self.language)
        first = comma.join([judged, value]) if with_verdict and judged != value else value
        sized = "n" in told and not with_verdict
        beside = comma + text("report.key_n", self.language, n=told["n"]) if sized else ""
        ends = {name: told[name] for name in ("low", "high") if name in told}
        interval = text("common.figure_range", self.language, **ends) if ends else ""
        return Text.assemble((first, "bold"), beside, "\n" if ends else "", (interval, "dim"))

    def counted(self, found: Difference) -> list[RenderableType]:
        same = sum(pair.same for pair in found.pairs)
        other = sum(not (pair.same or pair.turned or pair.moved) for pair in found.pairs)
        told = [Message("cli.diff_same", n=same)] if same else []
        told += [Message("cli.diff_other", n=other)] if other else []
        return [Text(), Text(Sentences(tuple(told)).text(self.language))] if told else []

    def only(self, title: Message, figures: Sequence[Figure]) -> list[RenderableType]:
        """List what one run alone has, result by result, with the reason where it is known."""
        if not figures:
            return []
        results: dict[str, list[Figure]] = {}
        for figure in figures:
            results.setdefault(figure["figure"].partition(".")[0], []).append(figure)
        colon = text("report.colon", self.language)
        lines = [
            Text.assemble(f"{_about(of)}{colon}", (self._few(of), "bold"))
            for of in list(results.values())[:MOST]
        ]
        return [Text(), Text(self._said(title), "bold underline"), _points(lines)]

    def _few(self, figures: Sequence[Figure]) -> str:
        if figures[0]["value"] is None and not figures[0]["segment"]:
            return str(figures[0]["text"])  # why there is none
        places = [place(one).text(self.language) or one["figure"] for one in figures]
        return text("cli.diff_places", self.language, places=list(dict.fromkeys(places)))


def _points(lines: Iterable[Text]) -> Table:
    """Return a list with points; Japanese, which has no blanks, begins beside its point."""
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(width=1)
    table.add_column(overflow="fold")
    for line in lines:
        table.add_row("•", line)
    return table


def _about(figures: Sequence[Figure]) -> str:
    """Return what a result is about: the words before the colon of its language."""
    first = figures[0]
    return first["figure"] if first["value"] is None else _COLON.split(first["text"], 1)[0]


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


def print_difference(
    found: Difference,
    before: Run,
    now: Run,
    console: Console,
    *,
    language: str = "en",
    zone: str = "",
) -> None:
    """Print it in a language, times in a time zone (empty for UTC), as wide as the terminal is.

    Raises
    ------
    ParameterError
        If there is no such time zone.
    """
    width, zone = min(console.width, 120), zone and check_zone(zone)
    told = shown(found, before, now, width=width, language=language, zone=zone)
    console.print(told, highlight=False)
