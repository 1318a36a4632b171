"""The manifest of a run that failed -> its page, in the language of the report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cxlib.report.publish import clear, last_good, runs
from cxlib.report.refusals import kind_of_stop
from cxlib.report.when import in_zone
from cxlib.shown.language import word


def write_failed(
    folder: Path, manifest: Mapping[str, Any], *, out: Path, language: str, zone: str = ""
) -> None:
    """Write `failed.html` where a report would have been.

    Parameters
    ----------
    folder : Path
        Of the run; what was made of its report is removed.
    manifest : mapping
        Of the run; its `error` has the message, which is English.
    out : Path
        Folder of the published reports, in which the last good one is looked for.
    language : str
        Of all other words of the page.
    zone : str
        Time zone in which it says when; empty for UTC.
    """
    from cxlib.report.pages import render  # templates load where something failed

    clear(folder, but="run.ipynb")
    good = last_good(runs(out, manifest["name"]).get(manifest["name"], []))
    page = render(
        "failed.html.j2",
        language=language,
        title=manifest["name"],
        name=manifest["name"],
        time=in_zone(datetime.fromisoformat(manifest["started"]), zone),
        kind=word(kind_of_stop(manifest["error"]), language),
        error={"cell": None, "cells": None, "heading": "", **manifest["error"]},
        last_good=good and good["run"],
        notebook_kept=(folder / "run.ipynb").is_file(),
        command=manifest["command"],
    )
    (folder / "failed.html").write_text(page, encoding="utf-8")
