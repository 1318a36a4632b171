"""A value as a command line or a YAML file writes it -> the value that its field takes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

import yaml
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from cxlib.errors import ParameterError
from cxlib.parameters import nested_model
from cxlib.secrecy import secret_name

_BARE = re.compile(r"\w([\w ./+-]*\w)?")  # needs no quotes in YAML
_NONE = {"None", "none", "null", "~", ""}


def as_field(value: Any, field: FieldInfo) -> Any:
    """Return the first reading of `value` that the field takes; `value` itself where none does."""
    if model := nested_model(field):
        known, flow = model.model_fields, isinstance(value, str) and value.lstrip().startswith("{")
        read = _yaml(value, as_written) if flow else value
        if isinstance(read, dict):
            return {
                name: as_field(item, known[name]) if name in known else item
                for name, item in read.items()
            }
        if flow:
            return value
    listed = isinstance(value, str) and value.lstrip().startswith("[")
    if listed and is_path(field) and tuple in parts(field.annotation):
        return opened(value)  # a list of files; whether these are there is checked later
    for candidate in _readings(value, parts(field.annotation)):
        try:
            TypeAdapter(annotation(field)).validate_python(candidate)
        except ValidationError:
            continue
        return candidate
    return value


def laid_over(start: Any, value: Any, field: FieldInfo | None) -> Any:
    """Return a mapping laid over the notebook's own, whose other names keep their values; any other
    value as it is.

    An empty mapping names nothing: the notebook's own is gone.
    """
    laid = (
        field
        and nested_model(field)
        and isinstance(start, dict)
        and isinstance(value, dict)
        and value
    )
    return {**start, **value} if laid else value


def _readings(value: Any, parts: set[Any]) -> list[Any]:
    if not isinstance(value, str):
        return [value] if isinstance(value, bool | list | dict | NoneType) else [value, str(value)]
    if NoneType in parts and value.strip() in _NONE:
        return [None]
    if dict in parts and value.lstrip().startswith("{"):
        return [_yaml(value, as_written), value]
    if any(isinstance(part, type) and issubclass(part, Path) for part in parts):
        return []
    inner = re.sub(r"^\[|\]$|^\(|\)$", "", value.strip())
    listed = [item.strip() for item in inner.split(",")] if inner.strip() else []
    if parts & {list, tuple, Sequence} and ("," in value or value.lstrip().startswith("[")):
        read = _yaml(value, as_written)
        return [read if isinstance(read, list) else listed, value]
    return [value, _yaml(value, yaml.safe_load), listed]


def plain(value: Any) -> Any:
    """Return what texts mean in YAML: 5 for `"5"`, also in a list."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    return _yaml(value, yaml.safe_load) if isinstance(value, str) else value


def opened(value: Any) -> Any:
    """Return the mapping or list that a text writes, as in `{a: b}`, `[a, b]` or
    `secret://A,secret://B`; any other value as it is.

    >>> opened("{user: ann, of: [1]}"), opened("a,b")
    ({'user': 'ann', 'of': ['1']}, 'a,b')
    """
    if not isinstance(value, str):
        return value
    listed = [item.strip() for item in value.split(",")]
    if len(listed) > 1 and all(map(secret_name, listed)):
        return listed
    read = _yaml(value, as_written) if value.lstrip()[:1] in ("{", "[") else value
    return read if isinstance(read, dict | list) else value


def _yaml(value: str, load: Callable[[str], Any]) -> Any:
    try:
        return load(value)
    except (
        yaml.YAMLError,
        ValueError,
        RecursionError,
    ):  # ValueError: 2026-13-45 looks like a date to YAML
        return value


def as_written(content: str) -> Any:
    """Return YAML with every number, date and yes or no as it was written: its field says what it
    is.

    >>> as_written("{wave: 2026-07-01, country: NO, of: [010, null]}")
    {'wave': '2026-07-01', 'country': 'NO', 'of': ['010', None]}

    Raises
    ------
    yaml.YAMLError
        If it is not YAML, has a key twice, or a key without a value between braces.
    """
    return yaml.load(content, _AsWritten)  # derived from SafeLoader


def as_given(value: Any) -> str:
    """Write a value as `-p` takes it.

    >>> as_given({"respondent": "customer_id", "mode": None})
    '{respondent: customer_id, mode: None}'
    >>> as_given([(1, 3), (4, 6)])
    '[[1, 3], [4, 6]]'
    """
    if isinstance(value, list | tuple) and any(isinstance(item, list | tuple) for item in value):
        return as_json(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_quoted(item)}" for name, item in value.items()) + "}"
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def as_json(value: Any) -> str:
    r"""Write a value as JSON that YAML reads too: what cannot be seen is escaped, other letters
    stay.

    >>> print(as_json({"comment": "声\u2028"}))
    {"comment": "声\u2028"}
    """
    return "".join(
        letter if letter.isprintable() or letter > "\uffff" else f"\\u{ord(letter):04x}"
        for letter in json.dumps(value, ensure_ascii=False)
    )


def _quoted(value: Any) -> str:
    return as_json(value) if isinstance(value, str) and not _BARE.fullmatch(value) else str(value)


class _AsWritten(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [
            key.value
            for key, _ in node.value
            if isinstance(key, yaml.ScalarNode) and key.value != "<<"
        ]
        if len(set(keys)) < len(keys):
            twice = next(key for key in keys if keys.count(key) > 1)
            raise yaml.constructor.ConstructorError(
                None, None, f"{twice!r} is there twice", node.start_mark
            )
        bare = [
            key.value
            for key, value in node.value
            if node.flow_style and not value.value and value.tag.endswith(":null")
        ]
        if bare:  # who writes {weight} wants weights, not to be without
            raise yaml.constructor.ConstructorError(
                None,
                None,
                f"{bare[0]!r} has no value; write {bare[0]}: null for none",
                node.start_mark,
            )
        return super().construct_mapping(node, deep)


_AsWritten.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag.endswith((":null", ":merge"))]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def annotation(field: FieldInfo) -> Any:
    """Return the field's type with its bounds."""
    return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation


def parts(annotation: Any) -> set[Any]:
    """Return the types that a type is made of: tuple and int of `tuple[int, int] | None`, and
    None's."""
    origin = get_origin(annotation)
    found = {origin or annotation}
    if origin is not Literal:
        for part in get_args(annotation)[: 1 if origin is Annotated else None]:
            found |= parts(part)
    return found


def is_path(field: FieldInfo) -> bool:
    """Return whether the field names a file or folder."""
    return any(
        isinstance(part, type) and issubclass(part, Path) for part in parts(field.annotation)
    )


def read_given(pairs: Sequence[str]) -> dict[str, str]:
    """Return `name=value` pairs of a command line as a dict of texts.

    >>> read_given(["wave=2026Q3", "scale=1,10"])
    {'wave': '2026Q3', 'scale': '1,10'}
    """
    given = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise ParameterError(
                f"-p {pair}: write a parameter as name=value, for example -p wave=2026Q3"
            )
        given[name.strip()] = value
    return given
