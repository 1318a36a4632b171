"""Options of `cx run`, and others that several commands have or whose help is long."""

from pathlib import Path
from typing import Annotated

import typer

Language = Annotated[
    str | None,
    typer.Option(envvar="CX_LANGUAGE", help="Language of what is said: en, ja or ko."),
]
OwnLanguage = Annotated[
    str | None,
    typer.Option(
        envvar="CX_LANGUAGE",
        help="Language (en, ja or ko) of the copies, of their reports, and of what is said.",
    ),
]
DiffLanguage = Annotated[
    str | None,
    typer.Option(
        envvar="CX_LANGUAGE",
        help="Language of what is said: en, ja or ko; by default that of the later run.",
    ),
]
DiffZone = Annotated[
    str, typer.Option(envvar="CX_ZONE", help="Time zone, as Asia/Tokyo, in which it says when.")
]
RunLanguage = Annotated[
    str | None,
    typer.Option(
        envvar="CX_LANGUAGE",
        help="Language (en, ja or ko) of the reports for which no other is given, and of what this "
        "command says.",
    ),
]
Zone = Annotated[
    str | None,
    typer.Option(
        envvar="CX_ZONE",
        help="Time zone, as Asia/Tokyo, in which pages and the index say when; by default UTC, or "
        "`zone:` of the YAML file. A report that is unchanged keeps its page.",
    ),
]

Files = Annotated[
    list[Path], typer.Argument(help="YAML files of reports (reports/sample.yml), or notebooks.")
]
Given = Annotated[
    list[str] | None,
    typer.Option(
        "-p",
        "--parameter",
        metavar="NAME=VALUE",
        help="A parameter of the notebook; may be given many times. "
        "Paths are relative to where the command runs.",
    ),
]
Name = Annotated[
    str | None,
    typer.Option(help="The report's name; by default the notebook's, without its number."),
]
Out = Annotated[
    Path | None,
    typer.Option(
        help="Folder of the published reports; by default reports/published/ of the project."
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="How many notebooks run at once; by default 2, with --dask as many as the cluster has "
        "threads.",
    ),
]
Timeout = Annotated[
    float | None, typer.Option(min=1, help="Seconds that one cell may take; by default 600.")
]
TimeLimit = Annotated[
    float | None, typer.Option(min=1, help="Seconds that the whole run may take.")
]
MemoryLimit = Annotated[
    str | None, typer.Option(metavar="SIZE", help="Memory that one report may take, as 2G.")
]
Force = Annotated[
    bool, typer.Option("--force", help="Make reports anew that have not changed, too.")
]
Explain = Annotated[bool, typer.Option("--explain", help="Say why each report is made, or not.")]
Shard = Annotated[
    str | None,
    typer.Option(
        metavar="I/N",
        help="Make only the reports of part I of N, counted from 0 and told apart by a hash of "
        "their names; `cx collect` joins the parts.",
    ),
]
Dask = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Make the reports on the workers of a Dask cluster, as tcp://scheduler:8786, which "
        "see the project, its data and --out under the same paths. Takes cxlib[dask].",
    ),
]
History = Annotated[
    Path | None,
    typer.Option(help="With --shard: the site's folder, where earlier looks are counted."),
]
Pdf = Annotated[
    bool, typer.Option("--pdf", help="Put a PDF beside each page: by a browser or WeasyPrint.")
]
SingleFile = Annotated[
    bool, typer.Option("--single-file", help="Keep long tables in the page, to send it alone.")
]
