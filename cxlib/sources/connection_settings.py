"""connections.toml -> the settings of a named connection: which engine, where it is, as whom.

The file lies outside of the repository, and no password is in it."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import platformdirs

from cxlib.check import nearest
from cxlib.errors import ParameterError, SourceError
from cxlib.secrecy import masked, secret_name

VARIABLE = "CX_CONNECTIONS"
TIMEOUT = 900  # seconds that a query may take where nothing else is said
LONGEST = 86_400
SCHEMES = {"postgres": "postgres", "postgresql": "postgres", "duckdb": "duckdb", "spark": "spark"}
KEYS = {
    "duckdb": ("file",),
    "postgres": ("host", "port", "database", "user", "password", "timeout"),
    "spark": ("master", "warehouse"),
}
_NAME = re.compile(r"[^\W_][\w-]+")
_UNITS = {"s": 1, "sec": 1, "second": 1, "min": 60, "minute": 60, "h": 3600, "hour": 3600}
_TIME = re.compile(rf"\s*(\d+)\s*({'|'.join(_UNITS)})s?\s*", re.I)


@dataclass(frozen=True, slots=True)
class Settings:
    """How a connection is opened.

    Attributes
    ----------
    name : str
        By which it is known.
    engine : str
        `duckdb`, `postgres` or `spark`.
    told_in : pathlib.Path
        The file that says so.
    file : pathlib.Path or None
        DuckDB database.
    url : str or None
        Address of PostgreSQL, without a password, in place of the next four.
    host, port, database, user : str or int or None
        Of PostgreSQL; None is its own default (`PGHOST` and so on, `.pgpass` likewise).
    password : str or None
        `secret://NAME`, as it is written; what goes by it is read when the connection opens.
    timeout : int
        Seconds that one query of PostgreSQL may take.
    master : str
        Of Spark: `local[2]`, or `spark://host:7077`.
    warehouse : str or None
        Folder of Spark's tables.
    """

    name: str
    engine: str
    told_in: Path
    file: Path | None = None
    url: str | None = None
    host: str | None = None
    port: int | None = None
    database: str | None = None
    user: str | None = None
    password: str | None = None
    timeout: int = TIMEOUT
    master: str = "local[*]"
    warehouse: str | None = None


def connections_file() -> Path:
    """Return the file in which connections are looked for, whether it is there or not.

    The environment variable CX_CONNECTIONS names it; else it is `connections.toml` in the user's
    folder of settings, `~/.config/cxlib` on Linux (or `$XDG_CONFIG_HOME/cxlib`)."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named).expanduser()
    return platformdirs.user_config_path("cxlib", appauthor=False) / "connections.toml"


def connection_names() -> list[str]:
    """Return the names of all connections; none where there is no file.

    Raises
    ------
    SourceError, ParameterError
        If the file cannot be read, or is not written as it must be.
    """
    return list(_sections(connections_file()))


def is_connection(name: str) -> bool:
    """Return whether there is a connection of a name; no where its file cannot be read."""
    try:
        return name in connection_names()
    except (ParameterError, SourceError):
        return False


def read_settings(name: str) -> Settings:
    """Return the settings of a connection.

    Parameters
    ----------
    name : str
        As it stands in brackets in `connections.toml`:

        ```toml
        [warehouse]
        engine = "postgres"
        host = "db.example"
        database = "shop"
        user = "reader"
        password = "secret://WAREHOUSE_PASSWORD"
        timeout = "15 min"

        [files]
        engine = "duckdb"
        file = "/data/shop.duckdb"

        [lake]
        engine = "spark"
        master = "local[2]"
        warehouse = "/data/spark-warehouse"
        ```

        `url = "postgres://reader@db.example/shop"` may stand in place of `engine` and all that it
        says. A path that is not whole begins where the file lies.

    Returns
    -------
    Settings

    Raises
    ------
    ParameterError
        If there is no such connection, with those that there are; if a key is unknown, or of
        another engine; if a value cannot be what it is said to be; or if a password stands in
        clear, which is not repeated.
    SourceError
        If the file cannot be read.
    """
    file = connections_file()
    sections = _sections(file)
    if name not in sections:
        raise ParameterError(_unknown(name, list(sections), file))
    return _Section(name, sections[name], file).settings()


def _sections(file: Path) -> dict[str, Mapping[str, Any]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise SourceError(
            f"{file.as_posix()} cannot be read ({why}); connections are looked for there: make it "
            f"a text file in UTF-8 that you may read, or name another by {VARIABLE}"
        ) from None
    found = _toml(text)
    if isinstance(found, str):
        raise ParameterError(
            f"{file.as_posix()} is not TOML ({found}); write [name], and below it "
            'key = "value" on a line each; a name in other letters than a to z stands in quotes: '
            '["店舗"]'
        )
    for name, section in found.items():
        _refuse_name(name, section, file)
    return found


def _toml(text: str) -> dict[str, Any] | str:
    """Return what a text says, or why it is not TOML: the error itself keeps all of the text."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return masked(str(error))


def _refuse_name(name: str, section: Any, file: Path) -> None:
    if not isinstance(section, dict):
        raise ParameterError(
            f"{file.as_posix()}: the key {name!r} stands above all connections; write [name] in "
            "the line before the keys of a connection"
        )
    if not _NAME.fullmatch(name):
        raise ParameterError(
            f"{file.as_posix()}: [{name}] is no name of a connection, which has two or more "
            "letters, digits, '_' or '-' and begins with a letter or a digit; give it another name"
        )


def _unknown(name: str, known: list[str], file: Path) -> str:
    where = file.as_posix()
    if not known:
        there = "has none" if file.is_file() else "is not there"
        return (
            f"there is no connection {name!r}: {where} {there}; write into it [{name}], and "
            f'below it engine = "postgres", host, database and user, or set {VARIABLE} to the file '
            f"that has it (a path before a colon has a '/': ./{name}:…)"
        )
    near = nearest(name, known)
    listed = ", ".join([*near, *(other for other in known if other not in near)])
    return (
        f"there is no connection {name!r} in {where}, which has {listed}; give one of them, or "
        f"write [{name}] into that file"
    )


@dataclass(frozen=True, slots=True)
class _Section:
    """The keys below a name, and how what is wrong with them is said."""

    name: str
    keys: Mapping[str, Any]
    file: Path

    def settings(self) -> Settings:
        for key in ("engine", "url"):
            if key in self.keys:
                self._refuse_kind(key, self.keys[key])
        engine = self._engine()
        self._refuse_unknown(engine)
        for key, value in self.keys.items():
            self._refuse_kind(key, value)
        given: dict[str, Any] = {"name": self.name, "engine": engine, "told_in": self.file}
        if password := self.keys.get("password"):
            given["password"] = self._password(password)
        if "timeout" in self.keys:
            given["timeout"] = self._timeout(self.keys["timeout"])
        plain = ("host", "port", "database", "user", "master", "warehouse")
        given |= {key: self.keys[key] for key in plain if key in self.keys}
        if "warehouse" in given:
            folder = os.path.expanduser(given["warehouse"])
            whole = re.match(r"[A-Za-z][\w+.-]+:", folder) or os.path.isabs(folder)
            given["warehouse"] = folder if whole else str(self.file.absolute().parent / folder)
        if "file" in self.keys:
            given["file"] = self.file.absolute().parent / Path(self.keys["file"]).expanduser()
        if url := self.keys.get("url"):
            given |= self._of_url(url, engine)
        if engine == "duckdb" and "file" not in given:
            raise self.refusal("file", 'engine = "duckdb" needs it: write the path of a database')
        return Settings(**given)

    def refusal(self, key: str, problem: str, *, shown: bool = False) -> ParameterError:
        value = masked(repr(self.keys.get(key))) if shown else ""
        said = f"{key}={value}" if shown else key
        return ParameterError(
            f"{self.file.as_posix()}, connection {self.name!r}, {said}: {problem}"
        )

    def _refuse_kind(self, key: str, value: Any) -> None:
        if key == "port":
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 65_535:
                rule = "a port is a whole number from 1 to 65535; write port = 5432"
                raise self.refusal(key, rule, shown=isinstance(value, int | float))
        elif key == "timeout" and isinstance(value, int) and not isinstance(value, bool):
            return
        elif not isinstance(value, str) or not value.strip():
            raise self.refusal(key, f'it is a text in quotes; write {key} = "…"')
        elif key == "host" and ("@" in value or "://" in value):
            rule = (
                'it is an address; write the machine alone: host = "db.example", and user beside it'
            )
            raise self.refusal(key, rule)

    def _engine(self) -> str:
        given, url = self.keys.get("engine"), self.keys.get("url")
        found = re.match(r"([a-z][\w+.-]*):", url or "", re.I)
        scheme = found[1].lower() if found else ""
        if given is None and url:
            if scheme not in SCHEMES:
                raise self.refusal("url", f"it begins with {scheme!r}; {_engines('postgres://…')}")
            return SCHEMES[scheme]
        if given is None:
            raise self.refusal("engine", _engines('engine = "postgres"'))
        if given not in KEYS:
            raise self.refusal("engine", _engines('engine = "postgres"', given), shown=True)
        if url and SCHEMES.get(scheme) != given:
            raise self.refusal(
                "url", f"it begins with {scheme!r}, and engine={given!r}; leave one of them out"
            )
        return given

    def _refuse_unknown(self, engine: str) -> None:
        own = ("engine", "url", *KEYS[engine])
        beside_url = ("engine", "url", "password", "timeout", "warehouse")
        for key in self.keys:
            if key not in own:
                near = [] if any(key in keys for keys in KEYS.values()) else nearest(key, own)
                step = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(own)}"
                raise self.refusal(key, f"engine {engine!r} has no such key; {step}")
            if "url" in self.keys and key not in beside_url:
                raise self.refusal(key, "the url says it already; leave one of the two out")

    def _password(self, given: str) -> str:
        if secret_name(given) is None:
            variable = re.sub(r"\W+", "_", self.name, flags=re.ASCII).strip("_").upper()
            variable = f"{variable}_PASSWORD".lstrip("_")
            raise self.refusal(
                "password",
                "a password is not written here in clear; write password = "
                f'"secret://{variable}" and set the environment variable {variable}, or leave '
                "the key out: ~/.pgpass and PGPASSWORD are read",
            )
        return given

    def _timeout(self, given: str | int) -> int:
        found = _TIME.fullmatch(f"{given} s" if isinstance(given, int) else given)
        seconds = int(found[1]) * _UNITS[found[2].lower()] if found else 0
        if not 1 <= seconds <= LONGEST:
            raise self.refusal(
                "timeout",
                "it is a whole number of seconds, or one and s, min or h, at most 24 h; write "
                f'timeout = "{TIMEOUT // 60} min", which also holds where nothing is written',
                shown=True,
            )
        return seconds

    def _of_url(self, url: str, engine: str) -> dict[str, Any]:
        if _has_password(url):
            raise self.refusal(
                "url",
                "there is a password in it, which is not written here in clear; take it out and "
                'write password = "secret://NAME", or use ~/.pgpass or PGPASSWORD',
            )
        if engine == "postgres":
            return {"url": url}
        if engine == "spark":
            return {"master": url if re.match(r"spark://.", url, re.I) else "local[*]"}
        path = re.sub(r"^duckdb:(//)?", "", url, flags=re.I)
        path = path if Path(path).exists() else path.removeprefix("/")
        return {"file": Path(path).expanduser()} if path else {}


def _engines(example: str, given: str = "") -> str:
    near = nearest(given, KEYS) if given else []
    step = f"did you mean {near[0]!r}?" if near else f"write {example}"
    return f"the engines are {', '.join(KEYS)}; {step}"


def _has_password(url: str) -> bool:
    try:
        parts = urlsplit(url)
        asked = parse_qs(parts.query, keep_blank_values=True)
        return masked(url) != url or bool(parts.password) or bool({*asked} & _SECRET)
    except ValueError:  # brackets that do not close
        return True


_SECRET = {"password", "sslpassword"}
