"""The process that runs notebooks: one job a line on standard input, one message a line on standard
output.

It ends with the process that started it (standard input closes then), and takes its kernel along.
"""

from __future__ import annotations

import contextlib
import functools
import json
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import nbformat
from nbformat import NotebookNode

from cxlib.errors import CxError
from cxlib.report import kernels, provenance
from cxlib.report.about import header
from cxlib.report.beside import PARAMETER, take_out, write_parts
from cxlib.report.checking import Ready, check_one
from cxlib.report.difference_words import since_last_run
from cxlib.report.execute import Cause, execute
from cxlib.report.export import Page, export
from cxlib.report.figures import headline_figure, parse_figures, read_figures
from cxlib.report.key_figures import earlier_figures
from cxlib.report.looks import with_looks
from cxlib.report.messages import own_channel, requests, send_message
from cxlib.report.notebook import read_notebook
from cxlib.report.outputs import figures, subject, tables, take_wrote
from cxlib.report.pdf import FILE, make_pdf
from cxlib.report.plan import planned_from
from cxlib.report.refusals import Kind, kind_of
from cxlib.report.translation import in_language, prose_of
from cxlib.report.waiting import telling
from cxlib.report.when import in_zone
from cxlib.secrecy import mask_of, names_secret, secrets_in
from cxlib.shown.language import text
from cxlib.sources import named_connections
from cxlib.sources.table_names import passwords_of

Tell = Callable[[dict[str, Any]], None]


def main() -> None:
    """Work until standard input closes."""
    channel = own_channel()
    for job in requests(sys.stdin):
        kernels.sockets = job["sockets"]
        begun = time.monotonic()
        told = _work(job, functools.partial(_tell, channel, threading.Lock()))
        told = _masked(told, mask_of(_named_secrets(job)))
        send_message(channel, {"done": {**told, "seconds": round(time.monotonic() - begun, 1)}})


def _tell(channel: IO[str], one_at_a_time: threading.Lock, message: dict[str, Any]) -> None:
    with one_at_a_time:
        send_message(channel, message)


def _masked(told: dict[str, Any], mask: Callable[[str], str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(mask(json.dumps(told, ensure_ascii=False)))
    return found


def _work(job: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Return what the manifest gets: of a report its title and headline, of another `error`, or
    `refused`; whatever was known of the run before it stopped is in it too."""
    begun: dict[str, Any] = {}
    try:
        return begun | _made(job, tell, begun)
    except CxError as refusal:
        message, details, kind = str(refusal), "", kind_of(type(refusal).__name__)
    except Exception as fault:  # noqa: BLE001  one report must not take the others with it
        message, details = f"{type(fault).__name__}: {fault}", traceback.format_exc()
        kind = Kind.NOTEBOOK
    error = {"message": message, "details": details, "cause": Cause.ERROR, "kind": kind}
    return {**begun, "error": error}


def _made(job: dict[str, Any], tell: Tell, begun: dict[str, Any]) -> dict[str, Any]:
    folder, source = Path(job["folder"]), Path(job["notebook"])
    paths = {name: Path(path) for name, path in job["paths"].items()}
    look = functools.partial(provenance.look_at, paths, root=Path(job["root"]), beside=[source])
    before = look()
    begun.update(_goes_in(job, source, before))
    if refusal := _checked_again(job, begun["key"]):
        return refusal
    with telling(kernels.sockets, tell):
        notebook, stopped = execute(
            _with_prose(nbformat.read(source, as_version=4), source, job["language"]),
            job["values"],
            name=source.name,
            folder=source.parent,
            root=Path(job["root"]),
            timeout=job["timeout"],
            progress=lambda cell, cells: tell({"cell": cell, "cells": cells}),
            kernel=lambda pid: tell({"kernel": pid}),
        )
    if stopped and stopped.refused:
        return {"refused": stopped.message, "kind": stopped.kind}
    own = take_wrote(notebook)
    job["mask"], notebook = _without_secrets(notebook, job)
    beside = take_out(
        notebook, wanted=job["parameters"].get(PARAMETER) is True, language=job["language"]
    )
    (folder / "run.ipynb").write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
    begun["inputs"] = provenance.with_tables(begun["inputs"], tables(notebook), run=begun["run"])
    found = with_looks(job["manifest"] | begun, subject=subject(notebook), earlier=job["looks"])
    if stopped:
        error = asdict(stopped)
        del error["refused"]
        return {**found, "error": error}
    if names := provenance.rewritten(before, look(), own):
        return {
            **found,
            "error": {"message": _changed(names), "details": "", "cause": Cause.CHANGED},
        }
    write_parts(beside, folder, language=job["language"])
    return found | _published(notebook, job, begun | found)


def _with_prose(notebook: NotebookNode, path: Path, language: str) -> NotebookNode:
    """Put a notebook's prose into the report's language, as far as there are translations."""
    prose = prose_of(path, language)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = prose.of(cell.source)
    return notebook


def _named_secrets(job: Mapping[str, Any]) -> list[Any]:
    """Return where secrets may be named: in parameters, given or not, in the settings of their
    connections, and in the notebook."""
    try:
        sources = [cell.source for cell in read_notebook(Path(job["notebook"])).cells]
    except CxError:
        sources = []
    written = [each for it in sources for each in secrets_in(it)]
    return [
        job["values"],
        job["parameters"],
        passwords_of(map(Path, job["paths"].values())),
        written,
    ]


def _without_secrets(
    notebook: NotebookNode, job: Mapping[str, Any]
) -> tuple[Callable[[str], str], NotebookNode]:
    """Return what masks the secrets, and the notebook without them: a page, which breaks words up,
    is made of that. What names none is not searched: a notebook with its pictures is long."""
    named = _named_secrets(job)
    if not names_secret(named):
        return str, notebook
    mask = mask_of(named)
    for cell in notebook.cells:
        cell.get("outputs", [])[:] = _joined(cell.get("outputs", []))
    return mask, nbformat.reads(mask(nbformat.writes(notebook)), as_version=4)


def _joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return outputs with what was printed in pieces in one: a secret may be in two of them."""
    found: list[NotebookNode] = []
    for output in outputs:
        last = found[-1] if found else None
        if last and output.output_type == "stream" and output.name == last.get("name"):
            last.text += output.text
        else:
            found.append(output)
    return found


def _goes_in(job: Mapping[str, Any], source: Path, seen: provenance.Seen) -> dict[str, Any]:
    """Return what the manifest says of all that goes into the report, as it is now."""
    started = datetime.now(UTC)
    key = provenance.key(
        in_language(read_notebook(source), source, job["language"]),
        job["parameters"],
        seen.records,
        folder=source.parent,
        day=job["day"],
    )
    return {
        "run": provenance.run_id(started, key),
        "started": started.isoformat(timespec="milliseconds"),
        "inputs": seen.records,
        "key": key if job["keyed"] else None,
        "versions": provenance.versions(),
        "commit": provenance.commit(source.parent),
    }


def _checked_again(job: Mapping[str, Any], key: Mapping[str, Any] | None) -> dict[str, Any]:
    """Check the parameters once more where the notebook or a file is not what was checked; return
    what the manifest gets where the report cannot be made, else nothing."""
    if key is None or not provenance.changed(job["key"], key):
        return {}
    told = check_one(planned_from(job["planned"]))
    named_connections.end()
    if not isinstance(told, Ready):
        return {"refused": told.message, "kind": told.kind}
    if told.checked.given == job["given"] and told.key == key:
        return {}
    message = (
        f"{Path(job['notebook']).name} or its files changed after its parameters were checked; run "
        "it again"
    )
    return {"error": {"message": message, "details": "", "cause": Cause.CHANGED}}


def _changed(names: list[str]) -> str:
    which = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return (
        f"{which} changed while the report was made, so that nobody knows what its figures are of; "
        "run it again when nobody writes there"
    )


def _published(
    notebook: NotebookNode, job: Mapping[str, Any], manifest: Mapping[str, Any]
) -> dict[str, Any]:
    """Write the page and the files beside it; return what the manifest says of them."""
    folder = Path(job["folder"])
    page = _page(notebook, job, manifest, pdf=job["planned"]["pdf"])
    told = page.told
    if job["planned"]["pdf"]:
        try:
            _make_pdf(page, job, manifest)
            told["files"].append({"name": FILE})
        except (CxError, OSError) as error:
            page = _page(notebook, job, manifest, pdf=False)  # without a link to it
            told["pdf_error"] = text("cli.pdf_failed", job["language"], problem=str(error))
    mask = job["mask"]
    (folder / "report.html").write_text(mask(page.html), encoding="utf-8")
    for file, attached in page.files.items():
        # the mark at the start lets Excel read UTF-8
        (folder / file).write_text(mask(attached.content), encoding="utf-8-sig", newline="")
    figure = headline_figure(page.figures) if page.figures else None
    return told | ({"figure": figure} if figure else {})


def _make_pdf(page: Page, job: Mapping[str, Any], manifest: Mapping[str, Any]) -> None:
    time = in_zone(datetime.fromisoformat(manifest["started"]), job["zone"])
    make_pdf(
        job["mask"](page.html),
        Path(job["folder"]) / FILE,
        title=job["mask"](page.title),
        made=text("report.made", job["language"], time=time),
    )


def _page(
    notebook: NotebookNode, job: Mapping[str, Any], manifest: Mapping[str, Any], *, pdf: bool
) -> Page:
    language = job["language"]
    about = header(
        {**job["manifest"], **manifest},
        meanings=job["meanings"],
        language=language,
        zone=job["zone"],
    )
    since = _since(job, {**job["manifest"], **manifest}, figures(notebook))
    return export(
        notebook,
        name=job["name"],
        header=about | {"since": since, "pdf": pdf},
        language=language,
        alike=_pages(job),
        earlier=earlier_figures(Path(job["before"]).parent) if job["before"] else (),
        single_file=job["planned"]["single_file"],
    )


def _pages(job: Mapping[str, Any]) -> Iterator[Path]:
    """Give the newest pages of the same notebook."""
    for folder in map(Path, job["kin"]):
        with contextlib.suppress(OSError):
            run = (folder / "latest").read_text(encoding="utf-8").strip()
            yield folder / run / "report.html"


def _since(job: Mapping[str, Any], manifest: Mapping[str, Any], written: str) -> list[str]:
    """Return what is not as in the last run, in sentences; none where that cannot be read."""
    if not job["before"]:
        return []
    folder = Path(job["before"])
    try:
        before = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        then = read_figures(folder)
        now = parse_figures(written) if written else []
        return since_last_run(before, then, manifest, now, job["language"], zone=job["zone"])
    except (OSError, ValueError):  # somebody wrote into it: this report is whole without
        return []


if __name__ == "__main__":
    main()
