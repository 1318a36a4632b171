"""A connection -> the tables in it, and one of them by its names as they are: with capitals,
blanks, dots, and letters of any language, on each engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxlib.check import did_you_mean, nearest
from cxlib.errors import SourceError
from cxlib.sources.connections import quote_for_spark
from cxlib.sources.spark_folders import folder_tables, plain_view, view_of_folder
from cxlib.sources.table_names import TableName, write_names

if TYPE_CHECKING:
    import ibis

_DUCKDB = """SELECT table_schema, table_name, true FROM information_schema.tables
    WHERE table_catalog = current_catalog()"""
# tables, views, materialised views, foreign and partitioned tables
_POSTGRES = """SELECT n.nspname, c.relname, has_schema_privilege(n.oid, 'USAGE')
        AND has_any_column_privilege(c.oid, 'SELECT')
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND n.nspname <> 'information_schema'
        AND n.nspname NOT LIKE 'pg\\_%'"""

# what is read when a view is, and as whom: its owner, or this role, where it says so. Rows are held
# back as `check_enable_rls` of PostgreSQL has it
_RESTRICTED = """WITH RECURSIVE behind AS (
        SELECT %s::regclass::oid AS oid, current_user::regrole::oid AS role
    UNION
        SELECT needs.refobjid, CASE WHEN coalesce((
                SELECT option_value::boolean FROM pg_options_to_table(view.reloptions)
                WHERE option_name = 'security_invoker'
            ), false) THEN current_user::regrole::oid ELSE view.relowner END
        FROM behind
        JOIN pg_catalog.pg_class view ON view.oid = behind.oid AND view.relkind IN ('v', 'm')
        JOIN pg_catalog.pg_rewrite rule ON rule.ev_class = view.oid AND rule.ev_type = '1'
        JOIN pg_catalog.pg_depend needs ON needs.classid = 'pg_rewrite'::regclass
            AND needs.objid = rule.oid AND needs.refclassid = 'pg_class'::regclass
            AND needs.refobjid <> view.oid
    )
    SELECT coalesce(bool_or(t.relrowsecurity AND NOT (r.rolsuper OR r.rolbypassrls)
        AND (t.relforcerowsecurity OR NOT pg_has_role(r.oid, t.relowner, 'USAGE'))), false)
    FROM behind JOIN pg_catalog.pg_class t ON t.oid = behind.oid
    JOIN pg_catalog.pg_roles r ON r.oid = behind.role"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table lies in a connection.

    Attributes
    ----------
    schema, table : str
        Its names.
    readable : bool
        Whether this role may read it.
    folder : str or None
        On Spark, of a table that is a folder of Parquet.
    """

    schema: str
    table: str
    readable: bool = True
    folder: str | None = None


def list_places(engine: Any, warehouse: str | None = None) -> list[Place]:
    """Return every table and view of a connection, but the engine's own, in the order of their
    names.

    Parameters
    ----------
    engine : ibis.BaseBackend
    warehouse : str, optional
        Folder of Spark's tables: `<table>/` and `<schema>.db/<table>/`, as Spark itself writes it.
    """
    if engine.name == "pyspark":
        found = [Place(*names, folder=folder) for names, folder in folder_tables(warehouse)]
        found += _registered(engine, {(place.schema, place.table) for place in found})
    elif engine.name == "postgres":
        found = [Place(*row) for row in engine.con.execute(_POSTGRES).fetchall()]
    else:
        found = [Place(*row) for row in engine.con.execute(_DUCKDB).fetchall()]
    return sorted(found, key=lambda place: (place.schema, place.table))


def _registered(engine: Any, folders: set[tuple[str, str]]) -> list[Place]:
    """Return what Spark's own catalog has, without temporary views: those of this session."""
    catalog = engine._session.catalog
    return [
        Place(schema.name, table.name)
        for schema in catalog.listDatabases()
        for table in catalog.listTables(quote_for_spark(schema.name))
        if not table.isTemporary and (schema.name, table.name) not in folders
    ]


def default_schemas(engine: Any) -> list[str]:
    """Return the schemas in which a name without one is looked for, the first that has it wins."""
    if engine.name == "postgres":
        [(schemas,)] = engine.con.execute("SELECT current_schemas(false)").fetchall()
        return schemas
    return ["default" if engine.name == "pyspark" else "main"]


def catalog_name(engine: Any) -> str:
    """Return the name of the database that is open: the first of three parts."""
    if engine.name == "pyspark":
        return engine._session.catalog.currentCatalog()
    function = "current_database()" if engine.name == "postgres" else "current_catalog()"
    [(name,)] = engine.con.execute(f"SELECT {function}").fetchall()
    return name


def find_place(engine: Any, name: TableName, warehouse: str | None = None) -> Place:
    """Return where a table lies.

    Parameters
    ----------
    engine : ibis.BaseBackend
    name : TableName
        Its names count as they stand, capitals too.
    warehouse : str, optional
        As in `list_places`.

    Raises
    ------
    SourceError
        If there is no such table, schema or database, with the nearest; or if this role may not
        read it, with the right that it needs.
    """
    places = list_places(engine, warehouse)
    *above, table = name.parts
    if len(above) > 1 and above[0] != (there := catalog_name(engine)):
        _refuse_dots(name, places)
        raise SourceError(
            f"source {name.text!r}: {_said(name)} has the database {there!r} alone, and "
            f"{above[0]!r} is named; write {name.where}{write_names([there, *name.parts[1:]])}, or "
            "name a connection of the other"
        )
    schemas = above[-1:] or default_schemas(engine)
    found = {place.schema: place for place in places if place.table == table}
    for schema in schemas:
        if schema in found:
            return _refuse_unreadable(found[schema], name)
    _refuse_dots(name, places)
    raise _missing(name, places, schemas)


def _refuse_dots(name: TableName, places: Sequence[Place]) -> None:
    """Refuse names that are of a table once a dot is part of one, and say how that is written."""
    whole, several = ".".join(name.parts), len(name.parts) > 1
    ways = [
        name.where + write_names([place.schema, place.table])
        for place in places
        if several and place.readable and whole in (place.table, f"{place.schema}.{place.table}")
    ]
    if ways:
        raise SourceError(
            f"source {name.text!r}: {_said(name)} has this table, and a dot is part of its name; "
            f"write {' or '.join(ways[:3])}"
        )


def _said(name: TableName) -> str:
    return f"connection {name.connection!r}" if name.connection else f"{name.where[:-1]!r}"


def _refuse_unreadable(place: Place, name: TableName) -> Place:
    if not place.readable:
        schema, table = quoted(place.schema), quoted(place.table)
        raise SourceError(
            f"source {name.text!r}: the role of {_said(name)} may not read this table; have GRANT "
            f"USAGE ON SCHEMA {schema} and GRANT SELECT ON {schema}.{table} given to it"
        )
    return place


def _missing(name: TableName, places: Sequence[Place], schemas: Sequence[str]) -> SourceError:
    *above, table = name.parts
    readable = [place for place in places if place.readable]
    known = [shortest(place, [] if above else schemas) for place in readable]
    elsewhere = [write_names([p.schema, p.table]) for p in readable if p.table == table]
    wanted = write_names([*above[-1:], table])
    said = f"source {name.text!r}: {_said(name)} has no table {wanted}"
    if not known:
        return SourceError(f"{said}, nor any other that it may read; check the database and role")
    if elsewhere:
        first = nearest(wanted, elsewhere)
        ways = [*first, *(other for other in elsewhere if other not in first)][:3]
        return SourceError(f"{said}; write {' or '.join(name.where + way for way in ways)}")
    if above and above[-1] not in {place.schema for place in places}:
        said = f"source {name.text!r}: {_said(name)} has no schema {above[-1]!r}"
        near = did_you_mean(above[-1], sorted({place.schema for place in readable}))
        if "did you mean" in near:
            return SourceError(f"{said}{near}")
    return SourceError(f"{said}{did_you_mean(wanted, known)}")


def shortest(place: Place, schemas: Sequence[str]) -> str:
    """Write a table's names without the schema in which a name alone is looked for first."""
    return write_names([*([] if place.schema in schemas[:1] else [place.schema]), place.table])


def is_restricted(engine: Any, place: Place) -> bool:
    """Return whether PostgreSQL shows this role some rows alone of a table, or of one behind a
    view."""
    if engine.name != "postgres":
        return False
    named = [quoted(place.schema, place.table)]
    [(active,)] = engine.con.execute(_RESTRICTED, named).fetchall()
    return bool(active)


def quoted(*names: str) -> str:
    """Write names as SQL has them.

    >>> quoted("public", "Order Lines")
    '"public"."Order Lines"'
    """
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def table_at(engine: Any, place: Place) -> ibis.Table:
    """Return the table that lies there.

    Ibis hands a name to Spark as SQL, where a blank ends it; so Spark's tables get a temporary view
    of a plain name, which keeps the files that were there when it was made."""
    if engine.name == "pyspark":
        view = view_of_folder(engine, place.folder) if place.folder else _view(engine, place)
        return engine.table(view)
    catalog = (catalog_name(engine),) if engine.name == "duckdb" else ()
    return engine.table(place.table, database=(*catalog, place.schema))  # a tuple is not parsed


def _view(engine: Any, place: Place) -> str:
    names = ".".join(map(quote_for_spark, (place.schema, place.table)))
    return plain_view(engine, names, lambda: engine._session.table(names))
