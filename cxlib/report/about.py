"""The manifest of a run -> what stands around its page: parameters in words, time, provenance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from cxlib.report.when import in_zone
from cxlib.shown.language import MISSING, text, write_list

_ENGINES = {"postgres": "PostgreSQL", "spark": "Spark"}
_OF_MANIFEST = ("run", "inputs", "versions", "commit", "command")


def header(
    manifest: Mapping[str, Any], *, meanings: Mapping[str, str], language: str, zone: str = ""
) -> dict[str, Any]:
    """Return what `template/page.html.j2` takes besides the article.

    Parameters
    ----------
    manifest : mapping
        What goes into the run.
    meanings : mapping of str to str
        What each parameter means; one within a mapping as `columns.respondent`.
    language : str
        Language in which lists, yes and no are written.
    zone : str
        Time zone in which the page says when; empty for UTC.
    """
    rows = [
        {"name": name, "meaning": meanings[name], "value": _written(value, language)}
        for name, value in _flat(manifest["parameters"], meanings)
    ]
    kept = {key: manifest[key] for key in _OF_MANIFEST}
    kept["inputs"] = [_of_server(each, language) for each in kept["inputs"]]
    time = in_zone(datetime.fromisoformat(manifest["started"]), zone)
    return {
        **kept,
        "time": time,
        "parameters": rows,
        "chosen": chosen(manifest["parameters"], language),
    }


def _of_server(record: Mapping[str, Any], language: str) -> Mapping[str, Any]:
    """Return a record of what was read; `table` has the facts of a table of a server, in words."""
    table = record.get("table")
    if not isinstance(table, Mapping):
        return record
    engine = _ENGINES.get(str(table["engine"]), str(table["engine"]))
    named = {"engine": engine, "version": str(table["version"])}
    said = [
        text(
            "report.table_read",
            language,
            rows=table["rows"],
            columns=len(table["columns"]),
            **named,
        )
    ]
    said.append(text("report.table_place", language, names=".".join(table["table"])))
    if table["restricted"]:
        said.append(text("report.table_restricted", language))
    if table["newest"]:
        column, moment = table["newest"]
        said.append(text("report.table_newest", language, column=column, moment=moment))
    if table["snapshot"]:
        said.append(text("report.table_snapshot", language, snapshot=table["snapshot"]))
    else:
        said.append(text("report.table_no_snapshot", language, engine=engine))
    return {**record, "table": said}


def chosen(parameters: Mapping[str, Any], language: str = "en") -> str:
    """Say which rows a report is of, where it is not of all: a reader must not take the figures of
    one store for those of the company.

    >>> chosen({"only": {"store": "O'Brien"}, "where": "score > 3"}), chosen({"only": {}})
    ("store = O'Brien, score > 3", '')
    """
    only = parameters.get("only")
    named = only.items() if isinstance(only, Mapping) else ()
    conditions = [f"{column} = {value}" for column, value in named]
    where = str(parameters.get("where") or "")
    return text("common.comma", language).join([*conditions, *filter(None, [where])])


def _flat(
    values: Mapping[str, Any], meanings: Mapping[str, str], within: str = ""
) -> Iterator[tuple[str, Any]]:
    """Give the names within a mapping one by one, as `columns.respondent`."""
    for name, value in values.items():
        known = isinstance(value, dict) and all(
            f"{within}{name}.{key}" in meanings for key in value
        )
        if known and value:
            yield from _flat(value, meanings, f"{within}{name}.")
        else:
            yield within + name, value


def _written(value: Any, language: str) -> str:
    """Write a value as it is given; a list, yes and no in words, and where nothing was given, a
    dash. Of numbers, which may be the ends of a range, no "and" is said."""
    if isinstance(value, bool):
        return text("common.yes" if value else "common.no", language)
    if isinstance(value, list):
        items = [str(v) if isinstance(v, list) else _written(v, language) for v in value]
        numbers = (isinstance(v, int | float | list) and not isinstance(v, bool) for v in value)
        if value and all(numbers):
            return text("common.comma", language).join(items)
        return write_list(items, language) or MISSING
    return MISSING if value is None or value == {} else str(value)
