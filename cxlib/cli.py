"""The command `cx`: run notebooks as reports, describe their parameters, make a sample company."""

from __future__ import annotations

import importlib
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

import cxlib
from cxlib.errors import CxError, SourceError

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
    planned, problems = _plan(files, given or [], name)
    checked, refused = _check(planned)
    problems += refused
    outcomes: list[cxlib.report.Outcome] = []
    if checked:
        target = out or checked[0].planned.root / "reports" / "published"
        try:
            outcomes = _run(
                checked,
                out=target,
                workers=jobs or cxlib.report.WORKERS,
                timeout=timeout or cxlib.report.TIMEOUT,
            )
        except OSError as error:
            raise CxError(
                f"--out {target.as_posix()!r}: reports cannot be written there ({error}); make "
                "room, or give a folder "
                "where you may write"
            ) from None
        typer.echo(f"\nIndex: {target / 'index.html'}")
        for path in cxlib.report.broken(target):
            _complain(
                f"{path.as_posix()} cannot be read: its run is left out of the index and not "
                "counted as a look; delete its "
                "folder"
            )
    for problem in problems:
        _complain(problem)
    raise typer.Exit(2 if problems else 1 if any(outcome.failed for outcome in outcomes) else 0)


@app.command()
def describe(notebook: Annotated[Path, typer.Argument(help="A notebook.")]) -> None:
    """Print the parameters of a notebook: type, default and meaning."""
    node = cxlib.report.read_notebook(notebook)
    rows = cxlib.report.describe(node, model=_model(node))
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
    from cxlib.sources.sample import write_company

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
    typer.secho(problem, fg="red", err=True)


def _plan(
    files: list[Path], given: list[str], name: str | None
) -> tuple[list[cxlib.report.Planned], list[str]]:
    values = cxlib.report.read_given(given)
    if (values or name) and (len(files) > 1 or files[0].suffix != ".ipynb"):
        raise CxError(
            "-p and --name are for one notebook; in a YAML file write `name` and `parameters`"
        )
    planned: list[cxlib.report.Planned] = []
    problems: list[str] = []
    for file in files:
        try:
            if file.suffix == ".ipynb":
                found, wrong = [cxlib.report.from_notebook(file, values, name=name)], []
            else:
                found, wrong = cxlib.report.from_yaml(file)
        except CxError as error:
            found, wrong = [], [str(error)]
        names = {other.name.casefold() for other in planned}
        planned += [one for one in found if one.name.casefold() not in names]
        problems += wrong + [
            f"{file.name}: name={one.name!r} is there twice; give each report its own name"
            for one in found
            if one.name.casefold() in names
        ]
    return planned, problems


def _check(planned: list[cxlib.report.Planned]) -> tuple[list[cxlib.report.Ready], list[str]]:
    checked: list[cxlib.report.Ready] = []
    problems: list[str] = []
    for one in planned:
        try:
            node = cxlib.report.read_notebook(one.notebook)
            checked.append(cxlib.report.ready(one, node, model=_model(node)))
        except CxError as error:
            problems.append(f"{one.name}: {error}")
        except Exception as error:  # noqa: BLE001  a fault in one study's check must not stop the other reports
            problems.append(
                f"{one.name}: its parameters could not be checked ({type(error).__name__}: {error})"
            )
    return checked, problems + _unknown_defaults(planned, checked)


def _unknown_defaults(
    planned: list[cxlib.report.Planned], checked: list[cxlib.report.Ready]
) -> list[str]:
    """Name the defaults of a YAML file that no notebook knows (said only where every notebook could
    be read)."""
    known = {name for one in checked for name in one.known}
    unknown = {name: None for one in planned for name in one.defaults if name not in known}
    return (
        [f"defaults: no notebook has a parameter {name!r}" for name in unknown]
        if len(checked) == len(planned)
        else []
    )


def _model(node: Any) -> Any:
    """Return the parameter model that a notebook names (`cxlib.nps:Parameters`), or None."""
    name = cxlib.report.model_name(node)
    if not name:
        return None
    module, _, attribute = name.partition(":")
    try:
        model = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise SourceError(
            f"the notebook's metadata names the parameters {name!r}, which cannot be loaded "
            f"({error}); "
            'write "cxlib": {"parameters": "module:Class"}'
        ) from None
    if not all(hasattr(model, needed) for needed in ("model_fields", "parse", "check", "subject")):
        raise SourceError(
            f"the notebook's metadata names the parameters {name!r}, which is no model of "
            "parameters; "
            "derive it from cxlib.check.StudyParameters"
        )
    return model


def _run(
    checked: list[cxlib.report.Ready], *, out: Path, workers: int, timeout: float
) -> list[cxlib.report.Outcome]:
    console = Console()
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )
    tasks = {
        one.planned.name: bars.add_task(one.planned.name, total=1, start=False) for one in checked
    }
    told: dict[str, float] = {}

    def progress(name: str, cell: int, cells: int) -> None:
        if cell == 1:
            bars.start_task(tasks[name])
        bars.update(tasks[name], completed=cell, total=cells)
        if not console.is_terminal and (cell == 1 or time.monotonic() - told[name] > 5):
            told[name] = time.monotonic()
            typer.echo(f"{name}: cell {cell} of {cells}")

    def finished(outcome: cxlib.report.Outcome) -> None:
        bars.update(tasks[outcome.name], visible=False)
        mark = (
            typer.style("failed", fg="red") if outcome.failed else typer.style("done", fg="green")
        )
        line = f"{outcome.name}: {mark} in {outcome.seconds:.0f} s. {outcome.headline}".rstrip()
        bars.console.print(Text.from_ansi(line), soft_wrap=True)

    with bars:
        return cxlib.report.run(
            checked, out=out, workers=workers, timeout=timeout, progress=progress, finished=finished
        )
