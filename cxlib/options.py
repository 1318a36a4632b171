"""Options that several commands have, or whose help is long."""

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
