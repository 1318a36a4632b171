"""JSON lines, or an array of records -> rows, with a column for each key that occurs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from cxlib.errors import SourceError
from cxlib.sources.delimited import MOST_COLUMNS

_DEEPEST = 20  # objects within objects; what products write has two or three
_RULE = "write one object of names and values a line (JSON lines), or one array of such objects"


def rows_of(text: str, *, name: str) -> list[list[Any]]:
    """Read records.

    Returns
    -------
    list of list
        The header, then a row a record; an absent key or null is "". What lies in an object within
        is called `outer.inner`; a list stands as its JSON.

    Raises
    ------
    SourceError
        With the line, if it is not JSON, is no object, has a key twice, or if there are too many
        different keys.
    """
    try:
        flat = [_once(list(_flat(record, name))) for record in _records(text, name)]
    except SourceError:
        raise
    except ValueError as error:
        raise SourceError(f"{name!r}: {error}, once within another; {_RULE}") from None
    keys = list(dict.fromkeys(key for record in flat for key in record))
    if len(keys) > MOST_COLUMNS:
        raise SourceError(
            f"{name!r}: its records have {len(keys):,} different keys; at most {MOST_COLUMNS:,} "
            "become columns; keys that are values (ids, dates) belong into a column of their own"
        )
    return [keys, *([record.get(key, "") for key in keys] for record in flat)] if keys else []


def _records(text: str, name: str) -> Iterator[dict[str, Any]]:
    if text.lstrip()[:1] == "[":
        found = _load(text, name, "")
        for number, record in enumerate(found, start=1):
            yield _object(record, name, f"record {number:,}")
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _object(_load(line, name, f"line {number:,}"), name, f"line {number:,}")


def _load(text: str, name: str, where: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise SourceError(
            f"{name!r}: {where or 'it'} cannot be read as JSON ({error}); {_RULE}"
        ) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return found


def _no_number(constant: str) -> None:
    raise ValueError(f"{constant} is no value of JSON; write null")


def _object(record: Any, name: str, where: str) -> dict[str, Any]:
    if not isinstance(record, dict):
        raise SourceError(f"{name!r}: {where} is no object of names and values; {_RULE}")
    return record


def _flat(
    record: dict[str, Any], name: str, within: str = "", depth: int = 0
) -> Iterable[tuple[str, Any]]:
    if depth > _DEEPEST:
        raise SourceError(f"{name!r}: objects lie more than {_DEEPEST} deep; {_RULE}")
    for key, value in record.items():
        if isinstance(value, dict):
            yield from _flat(value, name, f"{within}{key}.", depth + 1)
        elif isinstance(value, list):
            yield within + key, json.dumps(value, ensure_ascii=False)
        else:
            yield within + key, "" if value is None else value
