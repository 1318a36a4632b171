"""The command `cx`: run notebooks as reports, describe their parameters, make a sample company."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

import cxlib
from cxlib.connect_command import connect
from cxlib.console import (
    Done,
    complain,
    complain_of_all,
    complain_refusal,
    make_reports,
    open_what_is_closed,
    print_parameters,
    speak,
    tell,
    tell_pruned,
    told,
)
from cxlib.ending import in_order
from cxlib.errors import CxError, SourceError
from cxlib.inert import visible
from cxlib.options import (
    Dask,
    DiffLanguage,
    DiffZone,
    Explain,
    Files,
    Force,
    Given,
    History,
    Jobs,
    Language,
    MemoryLimit,
    Name,
    Out,
    OwnLanguage,
    Pdf,
    RunLanguage,
    Shard,
    SingleFile,
    TimeLimit,
    Timeout,
    Zone,
)

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Customer-experience research: notebooks with parameters, run as reports.",
)
app.add_typer(connect, name="connect")


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
    files: Files,
    given: Given = None,
    name: Name = None,
    out: Out = None,
    jobs: Jobs = None,
    timeout: Timeout = None,
    time_limit: TimeLimit = None,
    memory_limit: MemoryLimit = None,
    force: Force = False,
    explain: Explain = False,
    shard: Shard = None,
    dask: Dask = None,
    history: History = None,
    pdf: Pdf = False,
    single_file: SingleFile = False,
    language: RunLanguage = None,
    zone: Zone = None,
) -> None:
    """Run notebooks and publish them as reports; what has not changed since is not made again.

    Exit status: 0 all published or unchanged, 1 a report or a PDF failed, 2 a value or a file was
    refused, 3 time or memory was over, 4 nothing to do, or a suite that cannot be read. The highest
    that applies wins; the other reports are made all the same."""
    speak(language)
    asked = {"language": language or "", "zone": zone or ""}
    plans = cxlib.report.plan_all(
        files, given or [], name=name, pdf=pdf, single_file=single_file, **asked
    )
    limits = cxlib.report.Limits(
        cell=timeout or cxlib.report.Limits().cell,
        whole=time_limit,
        memory=cxlib.report.parse_bytes(memory_limit) if memory_limit else None,
    )
    status = 4 if plans.bad_suite else 2 if plans.problems else 0
    done = Done(status, [], [])
    if plans.reports:
        target = out or plans.reports[0].root / "reports" / "published"
        with in_order():
            done = make_reports(
                plans.reports,
                target,
                jobs,
                limits,
                part=cxlib.report.parse_shard(shard) if shard else (0, 1),
                dask=dask,
                history=history,
                force=force,
                explain=explain,
                **asked,
            )
    complain_of_all(
        [(cxlib.report.Kind.COMMAND, problem) for problem in plans.problems] + done.refused
    )
    for damage in done.damage:
        complain(damage)
    raise typer.Exit(max(status, done.status))


@app.command()
def collect(
    parts: Annotated[
        list[Path], typer.Argument(help="Folders that `cx run --shard I/N --out FOLDER` wrote.")
    ],
    out: Annotated[Path, typer.Option(help="Folder of the published reports.")],
) -> None:
    """Join the reports that parts of a suite made into one site.

    Exit status: 0 all runs are there, 2 some were refused (the others are)."""
    found = cxlib.report.collect_runs(parts, out=out)
    for run in found.runs:
        tell(told("cli.collected", run=run))
    n, there, refused = (len(each) for each in (found.runs, found.there, found.problems))
    tell(told("cli.collected_all", n=n, there=there, refused=refused))
    tell("\n" + told("cli.index", path=str(out / "index.html")))
    for problem in found.problems:
        complain(problem)
    raise typer.Exit(2 if found.problems else 0)


@app.command()
def diff(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN [RUN]",
            help="Two runs: each a run's folder, NAME@RUN, or NAME for the latest run of a report. "
            "One NAME alone: its latest run and the one before it.",
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder of the published reports.")] = Path(
        "reports/published"
    ),
    to: Annotated[
        Path | None,
        typer.Option("--csv", metavar="PATH", help="Write every figure of both runs as CSV."),
    ] = None,
    language: DiffLanguage = None,
    zone: DiffZone = "UTC",
) -> None:
    """Say what differs between two runs of a report: verdicts, figures, and what made it."""
    if len(runs) > 2:
        raise CxError(f"{len(runs)} runs are named; name two, or the name of one report")
    before, now = cxlib.report.find_two(runs, out=out)
    found = cxlib.report.compare_runs(before.manifest, before.figures, now.manifest, now.figures)
    spoken = speak(language or now.language)
    cxlib.report.print_difference(found, before, now, Console(), language=spoken, zone=zone)
    if to is not None:
        try:
            to.write_text(cxlib.report.as_csv(found), encoding="utf-8-sig", newline="")
        except OSError as error:
            raise CxError(
                f"--csv {to.as_posix()!r} cannot be written ({error.strerror}); give a file in a "
                "folder where you may write"
            ) from None


@app.command()
def describe(
    notebook: Annotated[Path, typer.Argument(help="A notebook.")], language: Language = None
) -> None:
    """Print the parameters of a notebook: type, default and meaning."""
    found = cxlib.report.read_notebook(notebook)
    spoken = speak(language)
    rows = cxlib.report.describe(found, model=cxlib.report.load_model(found), language=spoken)
    if rows:
        print_parameters(rows)
    else:
        tell(told("cli.no_parameters", name=notebook.as_posix()))


@app.command()
def prune(
    names: Annotated[
        list[str] | None, typer.Argument(help="Reports (their folders' names); by default all.")
    ] = None,
    keep: Annotated[
        int,
        typer.Option(help="This many of the newest runs of a report stay, however old they are."),
    ] = 20,
    older: Annotated[
        str,
        typer.Option(metavar="SPAN", help="Only runs older than this go: 365d, 52w (days, weeks)."),
    ] = "365d",
    out: Annotated[
        Path, typer.Option(help="Folder of the published reports.", show_default=True)
    ] = Path("reports/published"),
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go, and remove nothing.")
    ] = False,
) -> None:
    """Remove old runs of published reports, and write the index anew.

    A run goes only where both hold: it is beyond the newest --keep of its kind (reports and failed
    runs are counted apart), and it is older than --older. So --keep 20 --older 365d leaves at least
    20 reports and everything of the last year. The newest report, the run that `latest` names and
    runs whose manifest cannot be read always stay. Removed reports still count as looks.

    Exit status: 0 done (also where nothing had to go), 2 something was refused."""
    done = _prune(out, names or [], keep=keep, older=older, dry_run=dry_run)
    for one in done:
        for problem in one.problems:
            complain(problem)
    tell_pruned(done, keep=keep, older=older, dry_run=dry_run)
    raise typer.Exit(2 if any(one.refused for one in done) else 0)


def _prune(
    out: Path, names: list[str], *, keep: int, older: str, dry_run: bool
) -> list[cxlib.report.Pruned]:
    try:
        return cxlib.report.prune_runs(out, names, keep=keep, older=older, dry_run=dry_run)
    except OSError as error:
        raise CxError(
            f"--out {out.as_posix()!r}: runs cannot be removed there ({error}); give a folder "
            "where you may write"
        ) from None


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
    typer.echo(visible(out.as_posix()))


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    language: Language = None,
) -> None:
    """Put notebooks, a suite of reports and the sample data into a new folder."""
    from cxlib.report.starting import filter_command, in_language, start_project
    from cxlib.sample.company import write_company

    spoken = speak(language)
    notebooks = start_project(folder, sample=write_company)
    begin = in_language(notebooks[0], spoken).relative_to(folder).as_posix()
    typer.echo(
        f"{told('cli.init_done', folder=folder.as_posix(), n=len(notebooks))}\n\n"
        f"  cd {shlex.quote(str(folder))}\n  jupyter lab {begin}\n  cx run reports/sample.yml\n\n"
        f"{told('cli.init_own')}\n\n  {filter_command()}"
    )


@app.command()
def mine(language: OwnLanguage = None) -> None:
    """Copy the notebooks to notebooks/mine/, which git ignores, to fill them with your own data.

    The last line is the one to begin with."""
    from cxlib.report.starting import copy_to_mine
    from cxlib.report.translation import is_in_other

    spoken = speak(language)
    made, kept = copy_to_mine(Path(), language=spoken)
    for path in kept:
        key = "cli.mine_kept_other" if is_in_other(path, spoken) else "cli.mine_kept"
        typer.echo(told(key, path=path.as_posix(), code=spoken), err=True)
    typer.echo(min(made + kept).as_posix())


@app.command()
def schedule(
    suite: Annotated[Path, typer.Argument(help="A YAML file of reports.")],
    every: Annotated[
        str,
        typer.Option(
            help='"07:00", "Mon 07:00", "Mon,Thu 07:00", "Mon-Fri 07:00" or, for a day of the '
            'month, "1st 07:00".'
        ),
    ],
    zone: Annotated[str, typer.Option(help="The time zone of that time, as Asia/Tokyo.")],
    scheduler: Annotated[str, typer.Option("--as", help="cron or systemd.")],
    write: Annotated[
        Path | None,
        typer.Option(help="Folder to write the files to; by default they are printed."),
    ] = None,
    language: Language = None,
) -> None:
    """Print the files that make cron or systemd run reports; how to install them is in them."""
    from cxlib.report.schedule import schedule_files, write_files

    files = schedule_files(
        suite, every=every, zone=zone, scheduler=scheduler, language=speak(language)
    )
    if write is not None:
        for path in write_files(files, write):
            typer.echo(path.as_posix())
        return
    for name, text in files.items():
        typer.echo(f"# ---- {name}\n{text}" if len(files) > 1 else text, nl=False)


def main() -> None:
    """Run the command; a refusal is one message and exit status 2."""
    open_what_is_closed()
    try:
        speak(os.environ.get("CX_LANGUAGE"))
        app()
    except CxError as error:
        complain_refusal(error)
        sys.exit(2)


if __name__ == "__main__":
    main()
