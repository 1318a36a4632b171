"""The address of a database -> what to write in its place: the lines of connections.toml, without a
password, and the name of a table."""

from __future__ import annotations

import re

_ENGINE = re.compile(r"(?i)(postgres(?:ql)?|spark|duckdb):/")
# what has this form alone is repeated, so that no part of a password is taken for a host; of two
# slashes Path makes one
_POSTGRES = re.compile(
    r"(?i)postgres(?:ql)?:/{1,2}(?:(?P<user>[\w.-]+)(?P<secret>:[^@/?#\s]*)?@)?"
    r"(?P<host>[\w.-]+)(?::(?P<port>\d{1,5}))?/(?P<database>[\w.-]+)/?(?P<asked>\?[^@]*)?"
)
_SPARK = re.compile(r"(?i)spark:/{1,2}(?P<host>[\w.-]+:\d{1,5})")
_SECRET = re.compile(r"(?i)(?:^|[?&])(?:ssl)?password=")


def what_to_write(address: str, *, parameter: str = "") -> str:
    """Return how the rows of a database are named without its address; empty where the text is no
    address of an engine that is read.

    Parameters
    ----------
    address : str
    parameter : str, optional
        Which names the rows.

    Examples
    --------
    >>> print(what_to_write("postgres://ann:s3cret@db.example/shop", parameter="survey"))
    write into connections.toml ('cx connect list' says where it is) the lines
    [shop]
    engine = "postgres"
    host = "db.example"
    database = "shop"
    user = "ann"
    password = "secret://SHOP_PASSWORD"
    set the environment variable SHOP_PASSWORD, and give survey=shop:schema.table
    """
    engine = _ENGINE.match(address)
    if engine is None:
        return ""
    given = f"{parameter}=" if parameter else ""
    kind = engine[1].lower()
    if kind == "duckdb":
        return f"give the file itself and a table of it: {given}shop.duckdb#table"
    if kind == "spark":
        found = _SPARK.fullmatch(address)
        master = f"spark://{found['host'] if found else '…'}"
        lines = ["[lake]", 'engine = "spark"', f'master = "{master}"', 'warehouse = "…"']
        return _told(lines, "", f"{given}lake:schema.table")
    found = _POSTGRES.fullmatch(address)
    parts = found.groupdict() if found else {}
    database = parts.get("database") or ""
    name = database if re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]+", database) else "warehouse"
    variable = f"{name.upper().replace('-', '_')}_PASSWORD"
    lines = [f"[{name}]", 'engine = "postgres"', f'host = "{parts.get("host") or "…"}"']
    lines += [f"port = {parts['port']}"] if parts.get("port") else []
    lines += [f'database = "{database or "…"}"']
    lines += [f'user = "{parts.get("user") or "…"}"'] if parts.get("user") or not found else []
    if found and not parts["secret"] and not _SECRET.search(parts["asked"] or ""):
        return _told(lines, "", f"{given}{name}:schema.table")
    lines.append(f'password = "secret://{variable}"')
    return _told(lines, f"set the environment variable {variable}, ", f"{given}{name}:schema.table")


def _told(lines: list[str], first: str, give: str) -> str:
    said = "write into connections.toml ('cx connect list' says where it is) the lines"
    return "\n".join([said, *lines, f"{first}and give {give}"])
