"""What a run tells on a console, and how it ends in order where it is interrupted."""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

import cxlib
from cxlib.errors import CxError
from cxlib.inert import visible
from cxlib.secrecy import masked


def tell(line: str) -> None:
    """Print a line; what hides or acts in it is written out."""
    typer.echo(masked(visible(line)))


def complain(problem: str) -> None:
    """Print what is wrong, to standard error."""
    typer.secho(visible(masked(problem)), fg="red", err=True)


@contextlib.contextmanager
def in_order() -> Iterator[None]:
    """End a run in order where it is interrupted, or where nobody reads what it says."""

    def stop(number: int, _: object) -> None:
        raise _Interrupted(number)

    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, stop) for number in numbers]
    try:
        yield
    except _Interrupted as error:
        complain("Stopped: what was done is published")
        raise typer.Exit(128 + error.number) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(128 + signal.SIGPIPE) from None
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


class _Interrupted(BaseException):
    def __init__(self, number: int) -> None:
        self.number = number


@dataclass(frozen=True, slots=True)
class Done:
    """The exit status of a run, and what to say at its end."""

    status: int
    problems: list[str]


def make_reports(
    planned: list[cxlib.report.Planned],
    out: Path,
    jobs: int | None,
    limits: cxlib.report.Limits,
    *,
    part: tuple[int, int],
    history: Path | None,
    force: bool,
    explain: bool,
) -> Done:
    """Check and run reports.

    Raises
    ------
    CxError
        If reports cannot be written there.
    """
    report = cxlib.report
    if report.can_fork() and (force or not out.is_dir()):
        report.shared()  # something will be made: it imports while parameters are checked
    # meanwhile what comes after the checks is loaded
    threading.Thread(target=_load_later, daemon=True).start()
    checks = report.check_all(
        planned, limits=limits, keep=lambda name: report.in_shard(name, *part)
    )
    bars = _Bars([one.planned.name for one in checks.ready], explain=explain)
    try:
        with bars.shown:
            outcomes = report.run(
                checks.ready,
                out=out,
                workers=jobs or report.WORKERS,
                limits=limits,
                force=force,
                history=history,
                refused=checks.refused,
                left_out=checks.left_out,
                entries=checks.entries,
                progress=bars.progress,
                finished=bars.finished,
                note=complain,
            )
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise CxError(
            f"--out {out.as_posix()!r}: reports cannot be written there ({error}); make room, or "
            "give a folder where you may write"
        ) from None
    tell(f"\nIndex: {out / 'index.html'}")
    problems = checks.problems + _refusals(outcomes) + _damage(out)
    return Done(report.exit_status(outcomes, problems=bool(checks.problems)), problems)


def _load_later() -> None:
    importlib.import_module("cxlib.report.runner")
    importlib.import_module("cxlib.report.site").prepare()


def _refusals(outcomes: list[cxlib.report.Outcome]) -> list[str]:
    refused = cxlib.report.Status.REFUSED
    told = [one for one in outcomes if one.status is refused]
    return [f"{f'{one.where}, ' if one.where else ''}{one.name}: {one.headline}" for one in told]


_FILES = {
    "latest": "names the newest whole run",
    "state.json": "says what became of the report the last time",
}


def _damage(out: Path) -> list[str]:
    """Say what in the folder of the published reports is not what it should be."""
    said = [
        f"{path.as_posix()} cannot be read: its run is left out of the index and not counted as a "
        "look; delete its folder"
        for path in cxlib.report.broken(out)
    ]
    folders = out.iterdir() if out.is_dir() else ()
    for folder in sorted(path for path in folders if path.is_dir() and path.name[0] != "."):
        said += [
            f"{folder.as_posix()}/{name} is a folder: it should be a file that {holds}; move it "
            "away"
            for name, holds in _FILES.items()
            if (folder / name).is_dir()
        ]
        if cxlib.report.looks_are_lost(folder):
            said.append(
                f"{folder.as_posix()}/looks.json cannot be read: looks at runs that were pruned "
                "are not counted; put it back from a copy"
            )
    return said


class _Console(Console):
    """One that leaves it to `in_order` what follows where nobody reads."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


class _Bars:
    """A bar a report on a terminal; elsewhere a line now and then."""

    def __init__(self, names: list[str], *, explain: bool) -> None:
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
        self._tasks = {name: self.shown.add_task(name, total=1, start=False) for name in names}
        self._told: dict[str, float] = {}

    def progress(self, name: str, cell: int, cells: int) -> None:
        """Say which cell of a report starts."""
        if cell == 1:
            self.shown.start_task(self._tasks[name])
        self.shown.update(self._tasks[name], completed=cell, total=cells)
        if self._console.is_terminal:
            return
        if cell == 1 or time.monotonic() - self._told[name] >= 5:
            self._told[name] = time.monotonic()
            typer.echo(f"{visible(name)}: cell {cell} of {cells}")

    def finished(self, outcome: cxlib.report.Outcome) -> None:
        """Say what became of a report; what was refused is said at the end, with its reason."""
        status = cxlib.report.Status
        if outcome.name in self._tasks:
            self.shown.update(self._tasks[outcome.name], visible=False)
        if outcome.status is status.REFUSED:
            return
        marks = {
            status.PUBLISHED: ("done", "green"),
            status.UNCHANGED: ("unchanged", "green"),
            status.LEFT_OUT: ("left out", ""),
        }
        made = outcome.status in (status.PUBLISHED, status.FAILED)
        took = f" in {outcome.seconds:.0f} s" if made else ""
        said = visible(masked(f"{took}. {outcome.headline}").rstrip())
        mark = marks.get(outcome.status, ("failed", "red"))
        self._console.print(Text.assemble(f"{visible(outcome.name)}: ", mark, said), soft_wrap=True)
        if self._explain and outcome.why:
            why = f"  {'made because' if made else 'not made:'} {outcome.why}"
            self._console.print(Text(visible(masked(why))), soft_wrap=True)
