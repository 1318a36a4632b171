"""The commands `cx connect list` and `cx connect test`: words and options only."""

from __future__ import annotations

from typing import Annotated

import typer

import cxlib
from cxlib.console import complain, speak, tell, told
from cxlib.errors import CxError
from cxlib.options import Language

SHOWN = 20  # tables that are printed

connect = typer.Typer(
    no_args_is_help=True,
    help="Connections to databases, as connections.toml names them: [NAME], and below it engine "
    "(duckdb, postgres or spark), then file; host, port, database, user, password "
    "(secret://NAME), timeout; or master, warehouse.",
)


@connect.command("list")
def list_connections(language: Language = None) -> None:
    """Print the connections there are, and the file that names them.

    Exit status: 0 done, 2 the file or a connection in it was refused (the others are printed)."""
    speak(language)
    settings, status = cxlib.sources.connection_settings, 0
    path, names = settings.connections_file().as_posix(), settings.connection_names()
    tell(told("cli.connect_file" if names else "cli.connect_none", path=path))
    for name in names:
        try:
            engine = settings.read_settings(name).engine
            tell("  " + told("cli.connect_listed", name=name, engine=engine))
        except CxError as error:
            complain(str(error))
            status = 2
    raise typer.Exit(status)


@connect.command("test")
def look_at_connection(
    name: Annotated[str, typer.Argument(help="A connection of connections.toml.")],
    schema: Annotated[
        str | None, typer.Option("--schema", help="Print the tables of this schema alone, and all.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Print all tables, not the first 20.")
    ] = False,
    language: Language = None,
) -> None:
    """Open a connection, and print its engine, version and the tables that may be read.

    Exit status: 0 it can be read, 2 it was refused, or cannot be reached."""
    speak(language)
    connections = cxlib.sources.named_connections
    try:
        found = connections.look(name, schema=schema)
    finally:
        connections.end()
    tell(told("cli.connect_engine", name=name, engine=found.engine, version=found.version))
    tell(told("cli.connect_held" if found.held_back else "cli.connect_not_held"))
    if not found.tables:
        tell(told("cli.connect_no_tables"))
        return
    tell(told("cli.connect_tables", n=len(found.tables)))
    shown = found.tables if every or schema is not None else found.tables[:SHOWN]
    for table in shown:
        tell(f"  {name}:{table}")
    if more := len(found.tables) - len(shown):
        tell("  " + told("cli.connect_more", n=more))
