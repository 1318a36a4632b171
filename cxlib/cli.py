"""The command `cx`: run notebooks as reports, describe their parameters, make a sample company."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

import cxlib
from cxlib.errors import CxError, SourceError
from cxlib.secrecy import masked

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Customer-experience research: notebooks with parameters, run as reports.",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(cxlib.__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_print_version, help="Print the version and stop."
        ),
    ] = False,
) -> None:
    pass


@app.command()
def run(
    files: Annotated[
        list[Path], typer.Argument(help="YAML files of reports (reports/sample.yml), or notebooks.")
    ],
    given: Annotated[
        list[str] | None,
        typer.Option(
            "-p",
            "--parameter",
            metavar="NAME=VALUE",
            help="A parameter of the notebook; may be given many times. "
            "Paths are relative to where the command runs.",
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(help="The report's name; by default the notebook's, without its number."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the published reports; by default reports/published/ of the project."
        ),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="How many notebooks run at once; by default 2.")
    ] = None,
    timeout: Annotated[
        float | None, typer.Option(min=1, help="Seconds that one cell may take; by default 600.")
    ] = None,
) -> None:
    """Run notebooks and publish them as reports.

    Exit status: 0 all published, 1 a report failed, 2 a file or a parameter was refused (the other
    reports are made)."""
    planned, problems = cxlib.report.plan_all(files, given or [], name=name)
    checked, refused = cxlib.report.ready_all(planned)
    problems += refused
    outcomes: list[cxlib.report.Outcome] = []
    if checked:
        target = out or checked[0].planned.root / "reports" / "published"
        outcomes = _run(
            checked,
            out=target,
            workers=jobs or cxlib.report.WORKERS,
            timeout=timeout or cxlib.report.TIMEOUT,
        )
        if any(outcome.page for outcome in outcomes):
            typer.echo(f"\nIndex: {target / 'index.html'}")
        problems += _refusals(outcomes)
        for path in cxlib.report.broken(target):
            _complain(
                f"{path.as_posix()} cannot be read: its run is left out of the index and not "
                "counted as a look; delete its folder"
            )
    for problem in problems:
        _complain(problem)
    failed = any(outcome.status is cxlib.report.Status.FAILED for outcome in outcomes)
    raise typer.Exit(2 if problems else 1 if failed else 0)


def _refusals(outcomes: list[cxlib.report.Outcome]) -> list[str]:
    refused = cxlib.report.Status.REFUSED
    return [f"{one.name}: {one.headline}" for one in outcomes if one.status is refused]


@app.command()
def describe(notebook: Annotated[Path, typer.Argument(help="A notebook.")]) -> None:
    """Print the parameters of a notebook: type, default and meaning."""
    found = cxlib.report.read_notebook(notebook)
    rows = cxlib.report.describe(found, model=cxlib.report.load_model(found))
    if not rows:
        typer.echo(f"{notebook.as_posix()} has no parameters")
        return
    console = Console()
    for row in rows:
        *above, own = row.name.split(".")
        indent = 4 * len(above)
        console.print(
            Text.assemble(
                " " * indent, (own, "bold"), f" = {row.default}  ", (f"({row.kind})", "dim")
            ),
            soft_wrap=True,
        )
        if row.meaning:
            console.print(Padding(Text(row.meaning), (0, 0, 0, indent + 4), expand=False))


@app.command()
def sample(
    out: Annotated[Path, typer.Option(help="Folder for the files.")],
    customers: Annotated[
        int, typer.Option(min=1, help="How many customers the company has.")
    ] = 3000,
    seed: Annotated[
        int, typer.Option(help="The same seed makes the same company; 2032 the one in data/sample.")
    ] = 2032,
    strong_feelings: Annotated[
        float,
        typer.Option(help="How much strong feelings raise the chance to answer; 0 for not at all."),
    ] = 1.0,
    bad_month: Annotated[
        str | None,
        typer.Option(
            help="A month, such as 2026-02, in which everybody is three times as likely "
            "(odds) to leave."
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write into a folder that has files.")
    ] = False,
) -> None:
    """Make a sample company whose truth is known."""
    from cxlib.sample.company import write_company

    if out.is_dir() and any(out.iterdir()) and not force:
        raise SourceError(
            f"--out {out.as_posix()!r} is not empty; give a new folder, or --force to write into it"
        )
    write_company(
        out, customers=customers, seed=seed, strong_feelings=strong_feelings, bad_month=bad_month
    )
    typer.echo(out.as_posix())


def main() -> None:
    """Run the command; a refusal is one message and exit status 2."""
    try:
        app()
    except CxError as error:
        _complain(str(error))
        sys.exit(2)


def _complain(problem: str) -> None:
    typer.secho(masked(problem), fg="red", err=True)


def _run(
    checked: list[cxlib.report.Ready], *, out: Path, workers: int, timeout: float
) -> list[cxlib.report.Outcome]:
    bars = _Bars([one.planned.name for one in checked])
    try:
        with bars.shown:
            return cxlib.report.run(
                checked,
                out=out,
                workers=workers,
                timeout=timeout,
                progress=bars.progress,
                finished=bars.finished,
            )
    except OSError as error:
        raise CxError(
            f"--out {out.as_posix()!r}: reports cannot be written there ({error}); make room, or "
            "give a folder where you may write"
        ) from None


class _Bars:
    """A bar a report on a terminal; elsewhere a line now and then."""

    def __init__(self, names: list[str]) -> None:
        self._console = Console()
        self.shown = Progress(
            TextColumn("{task.description}"),
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
        quiet = cell > 1 and time.monotonic() - self._told[name] < 5
        if not self._console.is_terminal and not quiet:
            self._told[name] = time.monotonic()
            typer.echo(f"{name}: cell {cell} of {cells}")

    def finished(self, outcome: cxlib.report.Outcome) -> None:
        """Say what became of a report; what was refused is said at the end, with its reason."""
        self.shown.update(self._tasks[outcome.name], visible=False)
        if outcome.status is cxlib.report.Status.REFUSED:
            return
        failed = outcome.status is cxlib.report.Status.FAILED
        mark = typer.style("failed", fg="red") if failed else typer.style("done", fg="green")
        line = f"{outcome.name}: {mark} in {outcome.seconds:.0f} s. {outcome.headline}".rstrip()
        self._console.print(Text.from_ansi(line), soft_wrap=True)
