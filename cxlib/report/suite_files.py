"""A YAML file of reports -> its entries as they were written, each with its line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cxlib import check
from cxlib.errors import ParameterError, SourceError
from cxlib.report.values import as_written
from cxlib.report.when import check_zone

_MOST_BYTES = 4 * 2**20  # far more than anybody writes
_MOST_VALUES = 100_000
_KEYS = ("defaults", "reports", "zone")
_HOW = "write `reports:` and under it `- notebook: notebooks/03_nps.ipynb`"


@dataclass(frozen=True, slots=True)
class Suite:
    """What a file of reports says: its defaults, each entry with the line where it begins, and the
    time zone of its readers (empty where none is given)."""

    defaults: dict[str, Any]
    reports: tuple[tuple[int, Any], ...]
    zone: str = ""


def read_suite(path: Path) -> Suite:
    """Read a file of reports; every value is kept as it was written.

    Raises
    ------
    SourceError
        If there is no such file, it is no YAML, or has no list of reports; with the line.
    """
    if not path.is_file():
        raise SourceError(
            f"there is no file {path.as_posix()!r}; give a .yml file of reports or an .ipynb "
            "notebook"
        )
    content, lines = _parse(_text(path), path.name)
    if not isinstance(content, dict) or not isinstance(content.get("reports"), list):
        raise SourceError(f"{path.name} has no list of reports; {_HOW}")
    if not content["reports"]:
        raise SourceError(f"{path.name}: its list of reports is empty; {_HOW}")
    for key in content:
        if key not in _KEYS:
            near = check.did_you_mean(str(key), _KEYS)
            raise SourceError(f"{path.name}, line {lines[key]}: unknown key {key!r}{near}")
    defaults = content.get("defaults") or {}
    if not isinstance(defaults, dict):
        raise SourceError(
            f"{path.name}, line {lines['defaults']}: defaults={defaults!r} must be names with "
            "values, as `{language: en}`"
        )
    zone = _zone(content["zone"], f"{path.name}, line {lines['zone']}") if "zone" in content else ""
    reports = tuple(zip(lines["reports", "each"], content["reports"], strict=True))
    return Suite(defaults, reports, zone)


def _zone(zone: Any, place: str) -> str:
    if not isinstance(zone, str):
        raise SourceError(
            f"{place}: zone={zone!r} is no time zone; write one, as `zone: Asia/Tokyo`"
        )
    try:
        return check_zone(zone, parameter="zone:")
    except ParameterError as error:
        raise SourceError(f"{place}: {error}") from None


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"{path.as_posix()!r} cannot be opened ({error.strerror}); give a file that you may "
            "read"
        ) from None
    if len(content) > _MOST_BYTES:
        raise SourceError(
            f"{path.name} has {len(content):,} bytes, more than a file of reports has; give a .yml "
            "file of reports"
        )
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SourceError(
            f"{path.name}, line {line}: this is not UTF-8; save it as UTF-8"
        ) from None


def _parse(text: str, name: str) -> tuple[Any, dict[Any, Any]]:
    """Return what the file says, and in which line each key stands; under `("reports", "each")`
    where each report begins."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if node is not None and _size(node, {}) > _MOST_VALUES:
            raise ValueError("aliases that hold one another")
        content = as_written(text)
    except yaml.YAMLError as error:
        line, said = _place(error, text)
        raise SourceError(
            f"{name}, line {line}: it is not YAML that can be read ({said}); indent alike, close "
            "quotes and brackets, and quote words with ': ' or '#'"
        ) from None
    except (RecursionError, ValueError) as error:
        said = "nested too deep" if isinstance(error, RecursionError) else str(error)
        raise SourceError(f"{name} is not YAML that can be read ({said}); nest less") from None
    lines: dict[Any, Any] = {}
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        lines[key.value] = key.start_mark.line + 1
        if key.value == "reports" and isinstance(value, yaml.SequenceNode):
            lines["reports", "each"] = [each.start_mark.line + 1 for each in value.value]
    return content, lines


def _size(node: yaml.Node, known: dict[int, int]) -> int:
    """Count the values that a node is made of, those of an alias wherever it stands; one that holds
    itself has no end."""
    if id(node) not in known:
        known[id(node)] = _MOST_VALUES + 1  # while it is counted
        within = node.value if isinstance(node, yaml.CollectionNode) else ()
        parts = (each for part in within for each in (part if isinstance(part, tuple) else (part,)))
        known[id(node)] = 1 + sum(_size(each, known) for each in parts)
    return known[id(node)]


def _place(error: yaml.YAMLError, text: str) -> tuple[int, str]:
    """Return the line of an error, and what it is."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        said = getattr(error, "problem", None) or getattr(error, "context", None) or "unreadable"
        return mark.line + 1, str(said)
    position = getattr(error, "position", None)
    if isinstance(position, int):
        character = getattr(error, "character", 0)
        code = ord(character) if isinstance(character, str) else int(character)
        return text.count("\n", 0, position) + 1, f"a character that cannot be seen, U+{code:04X}"
    return 1, " ".join(str(error).split())
