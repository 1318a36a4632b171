"""What a run tells on a console."""

from __future__ import annotations

import contextlib
import importlib
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

import cxlib
from cxlib import texts
from cxlib.errors import CxError
from cxlib.inert import visible
from cxlib.secrecy import masked
from cxlib.shown.language import text, word
from cxlib.shown.message import Message

_spoken = ["en"]  # the language of the command's own lines


def speak(language: str | None) -> str:
    """Say from now on what the command says in a language; return it.

    Raises
    ------
    ParameterError
        If there are no texts in it.
    """
    if language:
        texts.load(language, "cli")
    _spoken[0] = language or "en"
    return _spoken[0]


def told(key: str, language: str = "", **values: Any) -> str:
    """Return a text of the command."""
    return text(key, language or _spoken[0], **values)


def tell(line: str) -> None:
    """Print a line; what hides or acts in it is written out."""
    typer.echo(masked(visible(line)))


def complain(problem: str) -> None:
    """Print what is wrong, to standard error."""
    typer.secho(visible(masked(problem)), fg="red", err=True)


@dataclass(frozen=True, slots=True)
class Done:
    """The exit status of a run, and what to say at its end: what was refused, and what in the
    folder of the published reports is not what it should be."""

    status: int
    refused: list[tuple[cxlib.report.Kind, str]]
    damage: list[str]


def complain_refusal(error: CxError) -> None:
    """Print a refusal of the command itself; one who reads English needs no more than that."""
    kind = cxlib.report.kind_of(type(error).__name__)
    complain("\n".join([*([] if _spoken[0] == "en" else [word(kind, _spoken[0])]), str(error)]))


def complain_of_all(refused: Sequence[tuple[cxlib.report.Kind, str]]) -> None:
    """Print refusals, which are English, those of each kind under a sentence that says what it
    is."""
    for kind in dict.fromkeys(kind for kind, _ in refused):
        problems = [words for each, words in refused if each is kind]
        complain("\n".join([word(kind, _spoken[0]), *problems]))


def make_reports(
    planned: list[cxlib.report.Planned],
    out: Path,
    jobs: int | None,
    limits: cxlib.report.Limits,
    *,
    part: tuple[int, int],
    dask: str | None,
    history: Path | None,
    force: bool,
    explain: bool,
    language: str = "",
    zone: str = "",
) -> Done:
    """Check and run reports.

    Raises
    ------
    CxError
        If reports cannot be written there, there is no folder `history`, or the Dask cluster cannot
        make them.
    """
    if history is not None and not history.is_dir():
        raise CxError(
            f"--history {history.as_posix()!r}: there is no such folder; give that of the site "
            "that the parts are collected into"
        )
    report = cxlib.report
    if not dask and report.can_fork() and (force or not out.is_dir()):
        report.shared()  # something will be made: it imports while parameters are checked
    # meanwhile what comes after the checks is loaded
    threading.Thread(target=_load_later, daemon=True).start()
    with _cluster(dask, planned, out) as cluster:
        checks = report.check_all(
            planned, limits=limits, keep=lambda name: report.in_shard(name, *part)
        )
        speak(language or _shared(checks))
        for note in cluster.notes if cluster else ():
            tell(note.text(_spoken[0]))
        bars = _Bars(checks, explain=explain, language=language)
        with _written_there(out), bars.shown:
            outcomes = report.run(
                checks.ready,
                out=out,
                workers=jobs or (0 if cluster else report.WORKERS),
                limits=limits,
                force=force,
                history=history,
                refused=checks.refused,
                left_out=checks.left_out,
                entries=checks.entries,
                language=language,
                zone=_zone(planned) or zone,
                progress=bars.progress,
                finished=bars.finished,
                note=bars.note,
                work=cluster.work if cluster else None,
            )
    tell("\n" + told("cli.index", path=str(out / "index.html")))
    refused = [(cxlib.report.Kind.COMMAND, problem) for problem in checks.problems] + _refusals(
        outcomes
    )
    status = report.exit_status(outcomes, problems=bool(checks.problems))
    troubles = [f"{one.name}{_colon(one.language)}{one.trouble}" for one in outcomes if one.trouble]
    return Done(status, refused, troubles + _damage(out))


def _cluster(
    address: str | None, planned: Sequence[cxlib.report.Planned], out: Path
) -> AbstractContextManager[cxlib.report.Cluster | None]:
    if not address:
        return contextlib.nullcontext()
    return cxlib.report.connected(address, out=out, paths=[one.notebook for one in planned])


@contextlib.contextmanager
def _written_there(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise CxError(
            f"--out {out.as_posix()!r}: reports cannot be written there ({error}); make room, or "
            "give a folder where you may write"
        ) from None


def _colon(language: str) -> str:
    return text("report.colon", language or _spoken[0])


def _zone(planned: Sequence[cxlib.report.Planned]) -> str:
    """Return the time zone that all reports name; empty where they do not agree."""
    found = {one.zone for one in planned}
    return found.pop() if len(found) == 1 else ""


def _shared(checks: cxlib.report.Checks) -> str:
    """Return the language that all reports have, else English."""
    found = {_language(one) for one in checks.ready}
    found |= {one.planned.language_asked for one in checks.refused} - {""}
    return found.pop() if len(found) == 1 else "en"


def _language(ready: cxlib.report.Ready) -> str:
    return str(ready.checked.values.get("language", "en"))


def _load_later() -> None:
    importlib.import_module("cxlib.report.runner")
    importlib.import_module("cxlib.report.site").prepare()


def _refusals(outcomes: list[cxlib.report.Outcome]) -> list[tuple[cxlib.report.Kind, str]]:
    refused = cxlib.report.Status.REFUSED
    found = [one for one in outcomes if one.status is refused]
    return [
        (
            one.kind or cxlib.report.Kind.PARAMETER,
            f"{f'{one.where}, ' if one.where else ''}{one.name}: {one.headline}",
        )
        for one in found
    ]


_FILES = {"latest": "cli.folder_latest", "state.json": "cli.folder_state"}


def _damage(out: Path) -> list[str]:
    """Say what in the folder of the published reports is not what it should be."""
    said = [told("cli.damaged_run", path=path.as_posix()) for path in cxlib.report.broken(out)]
    folders = out.iterdir() if out.is_dir() else ()
    for folder in sorted(path for path in folders if path.is_dir() and path.name[0] != "."):
        said += [
            told(key, path=f"{folder.as_posix()}/{name}")
            for name, key in _FILES.items()
            if (folder / name).is_dir()
        ]
        if cxlib.report.looks_are_lost(folder):
            said.append(told("cli.damaged_looks", path=f"{folder.as_posix()}/looks.json"))
    return said


class _Console(Console):
    """One that leaves it to `in_order` what follows where nobody reads."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


class _Bars:
    """A bar a report on a terminal; elsewhere a line now and then."""

    def __init__(self, checks: cxlib.report.Checks, *, explain: bool, language: str) -> None:
        self._asked = language
        self._languages = {one.planned.name: _language(one) for one in checks.ready}
        self._console = _Console()
        self._explain = explain
        self.shown = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            TimeElapsedColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
            transient=True,
        )
        self._tasks = {
            name: self.shown.add_task(name, total=1, start=False) for name in self._languages
        }
        self._told: dict[str, float] = {}

    def progress(self, name: str, cell: int, cells: int) -> None:
        """Say which cell of a report starts."""
        if cell == 1:
            self.shown.start_task(self._tasks[name])
        self.shown.update(self._tasks[name], completed=cell, total=cells, description=name)
        if self._console.is_terminal:
            return
        if cell == 1 or time.monotonic() - self._told[name] >= 5:
            self._told[name] = time.monotonic()
            language = self._asked or self._languages[name]
            typer.echo(told("cli.cell", language, name=name, cell=cell, cells=cells))

    def note(self, told: Message) -> None:
        """Say what a reader of the console should know, or that rows are still being counted."""
        if told.key != "cli.asking":
            complain(told.text(_spoken[0]))
            return
        name, waits = told.values["name"], bool(told.values["source"])
        line = visible(masked(told.text(self._asked or self._languages[name]))) if waits else name
        self.shown.update(self._tasks[name], description=line)
        if waits and not self._console.is_terminal:
            typer.echo(line)

    def finished(self, outcome: cxlib.report.Outcome) -> None:
        """Say what became of a report; what was refused is said at the end, with its reason."""
        status = cxlib.report.Status
        if outcome.name in self._tasks:
            self.shown.update(self._tasks[outcome.name], visible=False)
        if outcome.status is status.REFUSED:
            return
        language = self._asked or outcome.language or _spoken[0]
        key, colour = _MARKS[outcome.status]
        mark = told(key, language, seconds=outcome.seconds)
        kind = word(outcome.kind, language) if outcome.kind else ""
        gap = text("common.gap", language)
        said = visible(masked("".join(gap + part for part in (kind, outcome.headline) if part)))
        line = Text.assemble(f"{visible(outcome.name)}{_colon(language)}", (mark, colour), said)
        self._console.print(line, soft_wrap=True)
        for doubt in outcome.doubts:
            self._console.print(Text(f"  ! {visible(masked(doubt))}", "yellow"), soft_wrap=True)
        if self._explain and outcome.why:
            made = outcome.status in (status.PUBLISHED, status.FAILED)
            key = "cli.made_because" if made else "cli.not_made"
            why = told(key, language, whys=list(outcome.why))
            self._console.print(Text(visible(masked(f"  {why}"))), soft_wrap=True)


_MARKS = {
    "published": ("cli.done", "green"),
    "unchanged": ("cli.unchanged", "green"),
    "left_out": ("cli.left_out", ""),
    "failed": ("cli.failed", "red"),
}


def print_parameters(rows: Sequence[cxlib.report.Described]) -> None:
    """Print the parameters of a notebook, those within a mapping indented."""
    console = Console()
    for row in rows:
        *above, own = row.name.split(".")
        indent = 4 * len(above)
        console.print(
            Text.assemble(
                " " * indent,
                (visible(own), "bold"),
                f" = {visible(masked(row.default))}  ",
                (f"({visible(row.kind)})", "dim"),
            ),
            soft_wrap=True,
        )
        if row.meaning:
            console.print(Padding(Text(visible(row.meaning)), (0, 0, 0, indent + 4), expand=False))


def tell_pruned(
    done: Sequence[cxlib.report.Pruned], *, keep: int, older: str, dry_run: bool
) -> None:
    """Say which runs were removed, or would be."""
    key = "cli.prune_would" if dry_run else "cli.prune_done"
    for one in done:
        if one.runs:
            first, last = (run.started.date().isoformat() for run in (one.runs[-1], one.runs[0]))
            n, of = len(one.runs), len(one.runs) + one.left
            tell(told(key, name=one.name, n=n, of=of, first=first, last=last))
    if not any(one.runs for one in done):
        tell(told("cli.prune_nothing", keep=keep, older=older))


def open_what_is_closed() -> None:
    """Let nothing that is opened later get the number of a standard stream that is closed, here or
    in a process that is started."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)
