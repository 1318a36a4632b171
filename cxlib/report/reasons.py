"""The manifests of two runs -> why the second was made, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cxlib.report.provenance import changed


def explain(before: Mapping[str, Any] | None, now: Mapping[str, Any]) -> str:
    """Say which parts of what a report is made of are not what they were.

    Parameters
    ----------
    before : mapping or None
        The manifest of the newest whole run; None where there is none.
    now : mapping
        The manifest of this run.
    """
    if not now.get("key"):
        return "its notebook names no model of parameters, so that its files are not known"
    if before is None:
        return "there is no report yet"
    if not isinstance(before.get("key"), dict) or not before["key"]:
        return "what went into the last one is not known"
    return " and ".join(
        _part(part, before, now) for part in changed(before["key"], now["key"])
    ) or ("its page was missing")


def _part(part: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    kind, _, parameter = part.partition(".")
    if kind == "inputs":
        return f"{(_paths(before) | _paths(now)).get(parameter, parameter)} changed ({parameter})"
    if kind == "parameters":
        return f"parameters changed ({_names(before, now, 'parameters')})"
    if kind == "versions":
        return f"versions changed ({_names(before, now, 'versions') or 'cxlib or a package'})"
    if kind == "day":
        return "it is another day, and the report is of the day it is made on"
    words = {"code": "the notebook's code", "prose": "the notebook's text", "fonts": "the fonts"}
    return f"{words.get(kind, kind)} changed"


def _paths(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return the files of a manifest by parameter; someone may have written into it."""
    records = manifest.get("inputs")
    return {
        str(each["parameter"]): str(each["path"])
        for each in (records if isinstance(records, list) else ())
        if isinstance(each, dict) and {"parameter", "path"} <= each.keys()
    }


def _names(before: Mapping[str, Any], now: Mapping[str, Any], of: str) -> str:
    was, are = (it[of] if isinstance(it.get(of), dict) else {} for it in (before, now))
    names = [name for name in {**was, **are} if was.get(name) != are.get(name) and name != "looks"]
    return ", ".join(names)
