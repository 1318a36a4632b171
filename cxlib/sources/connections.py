"""An address -> a connection to the engine where the rows lie: DuckDB, PostgreSQL, Spark."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from cxlib.embedded import bound, stoppable
from cxlib.errors import ParameterError, SourceError

if TYPE_CHECKING:
    import ibis

JAVA = 17  # what PySpark 4 needs
_SCHEMES = (
    "duckdb:///path/to/file.duckdb, postgres://user@host/database, spark (on this machine) or "
    "spark://host:7077"
)


def connect(url: str) -> ibis.BaseBackend:
    """Open the engine where the rows lie; its tables go into every study's functions as they are.

    Parameters
    ----------
    url : str
        - `duckdb:///path/to/file.duckdb`, opened for reading alone; `duckdb://` is an empty one
          in memory;
        - `postgres://user@host:5432/database`, as PostgreSQL's own tools take it (extra
          `[postgres]`). Keep the password out of it: `~/.pgpass`, `PGPASSWORD` or a service file
          are read. Nothing is written but temporary tables, which some calls need (a table from
          another place), so the role needs the right TEMPORARY;
        - `spark`, on this machine, or `spark://host:7077`, a cluster (extra `[spark]`, Java 17).

    Returns
    -------
    ibis.BaseBackend
        `.table(name)` is a table; `.read_parquet(path)` opens files (not on PostgreSQL). Spark
        reads time stamps of microseconds, not of nanoseconds. Times without a zone are taken to be
        UTC.

    Raises
    ------
    ParameterError
        If the address is of another engine, or cannot be read.
    SourceError
        If the extra, Java or the file is absent, or the engine cannot be reached. A password is
        never repeated.

    Examples
    --------
    >>> connect("duckdb://").name
    'duckdb'
    """
    scheme = "".join(re.findall(r"^\w*", url)).lower()
    if scheme == "duckdb":
        return _duckdb(url)
    if scheme in ("postgres", "postgresql"):
        return _postgres(url)
    if scheme == "spark":
        return _spark(url)
    raise ParameterError(
        f"url begins with {scheme!r}, and no such engine has passed the conformance tests; give "
        f"{_SCHEMES}, "
        "or copy the rows to Parquet"
    )


def _duckdb(url: str) -> ibis.BaseBackend:
    import duckdb
    import ibis

    path = re.sub(r"^duckdb:(//)?", "", url)
    if path in ("", "/"):
        return _bounded(ibis.duckdb.connect())
    path = (
        path if Path(path).exists() else path.removeprefix("/")
    )  # duckdb:///rows.duckdb is also a file in this folder
    if not Path(path).is_file():
        raise SourceError(
            f"there is no file {path!r}; give the path of an existing DuckDB database: "
            "duckdb:///path/to/file.duckdb"
        )
    try:
        return _bounded(ibis.duckdb.connect(path, read_only=True))
    except duckdb.Error as error:
        raise SourceError(
            f"{path!r} cannot be opened as a DuckDB database "
            f"({' '.join(str(error).split())[:200]}); close what "
            "else writes to it, or copy its tables to Parquet"
        ) from None


def _bounded(engine: Any) -> ibis.BaseBackend:
    bound(engine.con)
    stoppable(engine)
    return engine


def _postgres(url: str) -> ibis.BaseBackend:
    import ibis

    psycopg = need_extra("psycopg", "postgres")
    try:
        return ibis.postgres.from_connection(psycopg.connect(url))
    except psycopg.ProgrammingError:  # its message may repeat the address
        raise ParameterError(
            "url cannot be read as an address of PostgreSQL; write "
            "postgres://user@host:5432/database, with "
            "other signs than letters and digits percent-encoded, and the password in ~/.pgpass"
        ) from None
    except psycopg.Error as error:
        raise SourceError(
            "PostgreSQL cannot be reached "
            f"({_without_password(' '.join(str(error).split()), url)[:300]}); check "
            "that it runs and lets you in; the password belongs into ~/.pgpass or PGPASSWORD"
        ) from None


def _without_password(message: str, url: str) -> str:
    written = re.search(
        r"//[^:]*:(.*)@", url
    )  # a sign that should have been encoded cuts it into pieces
    whole = written.group(1) if written else ""
    secrets = {
        whole,
        unquote(whole),
        os.environ.get("PGPASSWORD", ""),
        *re.split(r"[/?#@:]", whole),
    } - {""}
    for secret in sorted(secrets, key=len, reverse=True):
        message = message.replace(secret, "***")
    return message


def _spark(url: str) -> ibis.BaseBackend:
    return start_spark("local[*]" if url.lower() in ("spark", "spark://") else url)


def start_spark(master: str, **settings: str) -> ibis.BaseBackend:
    """Start Spark, or take the session that this process has.

    Parameters
    ----------
    master : str
        `local[2]`, or the address of a cluster: `spark://host:7077`.
    **settings : str
        Further settings of Spark, with `_` in place of each dot.

    Raises
    ------
    SourceError
        If the extra or Java is absent, or Spark does not start.
    """
    import ibis

    sessions = need_extra("pyspark.sql", "spark")
    _need_java()
    here = master.startswith("local")
    builder = sessions.SparkSession.builder.appName("cxlib").master(master)
    all_settings = {name.replace("_", "."): value for name, value in settings.items()} | {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
    }
    if here:  # 200 partitions, Spark's default, are for clusters
        all_settings |= {
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.sql.shuffle.partitions": str(os.cpu_count() or 1),
        }
    for name, value in all_settings.items():
        builder = builder.config(name, value)
    try:
        return _by_arrow(_by_plain_names(ibis.pyspark.connect(builder.getOrCreate())))
    except Exception as error:  # noqa: BLE001 - Spark raises many kinds, all of them here because it did not start
        raise SourceError(
            f"Spark did not start ({' '.join(str(error).split())[:300]}); check Java, memory, and "
            "the address of "
            "the cluster"
        ) from None


def _by_plain_names(engine: Any) -> ibis.BaseBackend:
    """Have the names of Spark's tables taken as they are: Ibis reads their columns by a name that
    Spark parses as SQL, so that a blank ends it. Dots part schema and table, as before."""
    columns_of = engine.get_schema

    def get_schema(table_name: str, **where: Any) -> Any:
        plain = re.fullmatch(r"[A-Za-z0-9_.]+", table_name)
        return columns_of(table_name if plain else quote_for_spark(table_name), **where)

    engine.get_schema = get_schema
    return engine


def _by_arrow(engine: Any) -> ibis.BaseBackend:
    """Have the rows of Spark's tables come as Arrow has them: Ibis takes them through pandas, where
    a missing value makes floats of all whole numbers, so that two long ids become one."""
    from ibis.formats.pyarrow import PyArrowData

    def to_pyarrow(expr: Any, /, *, params: Any = None, limit: Any = None, **_: Any) -> Any:
        engine._run_pre_execute_hooks(expr)
        rows = expr.as_table()
        with engine._safe_raw_sql(engine.compile(rows, params=params, limit=limit)) as query:
            found = PyArrowData.convert_table(query.toArrow(), rows.schema())
        return expr.__pyarrow_result__(found)

    engine.to_pyarrow = to_pyarrow
    return engine


def quote_for_spark(name: str) -> str:
    """Write a name in backticks, as Spark's SQL has it.

    >>> quote_for_spark("Order Lines")
    '`Order Lines`'
    """
    return "`" + name.replace("`", "``") + "`"


def _need_java() -> None:
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=os.path.join(home, "bin") if home else None)
    step = f"install Java {JAVA} (Debian: openjdk-{JAVA}-jre-headless), or point JAVA_HOME at it"
    if java is None:
        raise SourceError(
            f"Spark needs Java {JAVA}, and there is none {'in JAVA_HOME' if home else 'on PATH'}; "
            f"{step}"
        )
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(?:1\.)?(\d+)', said)
    if version and int(version.group(1)) < JAVA:
        raise SourceError(f"Spark needs Java {JAVA}, and this is Java {version.group(1)}; {step}")


def need_extra(module: str, extra: str) -> Any:
    """Return a module of one of our extras.

    Raises
    ------
    SourceError
        If it is not installed, with how to install it.
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        raise SourceError(
            f"the extra [{extra}] is not installed; run: pip install 'cxlib[{extra}]' (in a clone: "
            f"pip install --editable '.[{extra}]')"
        ) from None
