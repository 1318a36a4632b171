"""The manifests of two runs -> why the second was made, in messages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cxlib.report.pdf import FILE
from cxlib.report.plan import Planned
from cxlib.report.provenance import changed
from cxlib.shown.message import Message


def in_form(planned: Planned, before: Mapping[str, Any], folder: Path) -> bool:
    """Return whether the files of an earlier run are those that are asked for."""
    single = before.get("single_file") is True
    return single is planned.single_file and (not planned.pdf or (folder / FILE).is_file())


def explain(before: Mapping[str, Any] | None, now: Mapping[str, Any]) -> list[Message]:
    """Say which parts of what a report is made of are not what they were.

    Parameters
    ----------
    before : mapping or None
        The manifest of the newest whole run; None where there is none.
    now : mapping
        The manifest of this run.
    """
    if not now.get("key"):
        return [Message("cli.why_no_model")]
    if before is None:
        return [Message("cli.why_first")]
    if not isinstance(before.get("key"), dict) or not before["key"]:
        return [Message("cli.why_unknown")]
    parts = [_part(part, before, now) for part in changed(before["key"], now["key"])]
    parts += [
        Message("cli.why_table", table=each["path"])
        for each in now.get("inputs") or ()
        if "table" in each
    ]
    return parts or [_of_form(before, now)]


def _of_form(before: Mapping[str, Any], now: Mapping[str, Any]) -> Message:
    if (before.get("single_file") is True) is not (now.get("single_file") is True):
        return Message("cli.why_form")
    return Message("cli.why_no_pdf" if now.get("pdf") is True else "cli.why_no_page")


_WHOLE = {
    "code": "cli.why_code",
    "prose": "cli.why_prose",
    "fonts": "cli.why_fonts",
    "day": "cli.why_day",
}


def _part(part: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> Message:
    kind, _, parameter = part.partition(".")
    if kind == "inputs":
        file = (_paths(before) | _paths(now)).get(parameter, parameter)
        return Message("cli.why_file", file=file, parameter=parameter)
    if kind == "parameters":
        return Message("cli.why_parameters", names=_names(before, now, "parameters"))
    if kind == "versions":
        names = _names(before, now, "versions")
        return (
            Message("cli.why_versions", names=names) if names else Message("cli.why_versions_any")
        )
    return Message(_WHOLE[kind]) if kind in _WHOLE else Message("cli.why_part", part=kind)


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
