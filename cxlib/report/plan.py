"""A YAML file of reports, or one notebook -> planned reports, and what is wrong with the others."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

import yaml

from cxlib import check
from cxlib.errors import CxError, ParameterError, SourceError
from cxlib.report.values import as_written

_NAME = re.compile(r"[^\W_][\w-]*(\.[\w-]+)*")
_PROJECT = ("reports", "pyproject.toml", ".git")  # one of these is in a project's folder
_KEYS = ("name", "notebook", "parameters")


@dataclass(frozen=True, slots=True)
class Planned:
    """One report to make.

    Attributes
    ----------
    name : str
        The report's own name: its folder under the published reports.
    notebook : Path
        Absolute path.
    given : dict
        Parameters for this report.
    root : Path
        The project: paths in manifests are relative to it.
    relative_to : Path
        What paths in `given` are relative to.
    defaults : dict
        Parameters for every report of the file; each notebook takes those it knows.
    """

    name: str
    notebook: Path
    given: dict[str, Any]
    root: Path
    relative_to: Path
    defaults: dict[str, Any] = field(default_factory=dict)


def report_name(notebook: PurePath) -> str:
    """Return the study's word: `notebooks/03_nps.ipynb` is `nps`; what cannot be in a folder's name
    becomes a hyphen.

    >>> report_name(Path("notebooks/03_nps.ipynb")), report_name(Path("My churn (copy).ipynb"))
    ('nps', 'My-churn-copy')
    """
    stem = unicodedata.normalize("NFC", notebook.stem)
    word = re.sub(r"^\d+[_-]", "", stem) or stem
    return re.sub(r"[^\w-]+", "-", word).strip("-_")


def plan_all(
    files: Sequence[Path], pairs: Sequence[str] = (), *, name: str | None = None
) -> tuple[list[Planned], list[str]]:
    """Plan the reports of YAML files and notebooks.

    Parameters
    ----------
    files : sequence of Path
        YAML files of reports, or notebooks.
    pairs : sequence of str
        `name=value`, parameters of the one notebook.
    name : str, optional
        The one report's own name.

    Returns
    -------
    tuple of (list of Planned, list of str)
        What can be run, and one message for each file or entry that cannot.

    Raises
    ------
    CxError
        If a pair is none, or parameters or a name are given for more than one notebook.
    """
    given = read_given(pairs)
    if (given or name) and (len(files) > 1 or files[0].suffix != ".ipynb"):
        raise CxError(
            "-p and --name are for one notebook; in a YAML file write `name` and `parameters`"
        )
    planned: list[Planned] = []
    problems: list[str] = []
    for file in files:
        try:
            found, wrong = _of_file(file, given, name)
        except CxError as error:
            problems.append(str(error))
            continue
        names = {other.name.casefold() for other in planned}
        planned += [one for one in found if one.name.casefold() not in names]
        problems += wrong + [
            f"{file.name}: name={one.name!r} is there twice; give each report its own name"
            for one in found
            if one.name.casefold() in names
        ]
    return planned, problems


def _of_file(
    file: Path, given: Mapping[str, Any], name: str | None
) -> tuple[list[Planned], list[str]]:
    if file.suffix == ".ipynb":
        return [from_notebook(file, given, name=name)], []
    return from_yaml(file)


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


def from_notebook(path: Path, given: Mapping[str, Any], *, name: str | None = None) -> Planned:
    """Plan one report of a notebook; given paths are relative to where the command runs.

    Raises
    ------
    ParameterError
        If the name cannot be a folder's name.
    SourceError
        If there is no such notebook.
    """
    notebook = path.absolute()
    if not notebook.is_file():
        raise SourceError(
            f"there is no notebook {path.as_posix()!r}; give the path of an .ipynb file"
        )
    here = Path.cwd()
    root = next(
        (
            folder
            for folder in notebook.parents
            if any((folder / mark).exists() for mark in _PROJECT)
        ),
        here,
    )
    return Planned(_named(name or report_name(notebook)), notebook, dict(given), root, here)


def from_yaml(path: Path) -> tuple[list[Planned], list[str]]:
    """Plan the reports of a YAML file.

    Paths in it are relative to the nearest folder at or above the file under which the named
    notebook lies.

    Returns
    -------
    tuple of (list of Planned, list of str)
        What can be run, and one message for each entry that cannot.

    Raises
    ------
    SourceError
        If the file cannot be read as a list of reports.
    """
    path = path.absolute()
    content = _read(path)
    planned: list[Planned] = []
    problems: list[str] = []
    for number, entry in enumerate(content["reports"], start=1):
        try:
            report = _entry(entry, path, content.get("defaults") or {})
            if report.name.casefold() in {
                other.name.casefold() for other in planned
            }:  # one folder on a Mac or Windows
                raise ParameterError(
                    f"name={report.name!r} is there twice; give each report its own name"
                )
        except (ParameterError, SourceError) as error:
            problems.append(f"{path.name}, report {number}: {error}")
        else:
            planned.append(report)
    return planned, problems


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise SourceError(
            f"there is no file {path.as_posix()!r}; give a .yml file of reports or an .ipynb "
            "notebook"
        )
    try:
        content = as_written(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(f"{path.name} is not YAML: {error}") from None
    if (
        not isinstance(content, dict)
        or not isinstance(content.get("reports"), list)
        or not content["reports"]
    ):
        raise SourceError(
            f"{path.name} has no list of reports; write `reports:` and under it "
            "`- notebook: notebooks/03_nps.ipynb`"
        )
    _refuse_unknown(content, ("defaults", "reports"), path.name)
    if not isinstance(content.get("defaults") or {}, dict):
        raise SourceError(
            f"{path.name}: defaults={content['defaults']!r} must be names with values, as "
            f"`{{language: en}}`"
        )
    return content


def _entry(entry: Any, path: Path, defaults: dict[str, Any]) -> Planned:
    if not isinstance(entry, dict) or not isinstance(entry.get("notebook"), str):
        raise ParameterError("there is no notebook in it; write `notebook: notebooks/03_nps.ipynb`")
    _refuse_unknown(entry, _KEYS, "the report")
    given = entry.get("parameters") or {}
    if not isinstance(given, dict):
        raise ParameterError(
            f"parameters={given!r} must be names with values, as `{{wave: 2026Q3}}`"
        )
    root = next((folder for folder in path.parents if (folder / entry["notebook"]).is_file()), None)
    if root is None:
        raise SourceError(
            f"notebook={entry['notebook']!r}: there is no such file at or above {path.parent.name}/"
        )
    notebook = root / entry["notebook"]
    name = _named(str(entry.get("name") or report_name(notebook)))
    return Planned(
        name,
        notebook,
        {str(key): value for key, value in given.items()},
        root,
        root,
        dict(defaults),
    )


def _refuse_unknown(keys: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in keys:
        if key not in known:
            raise SourceError(
                f"{where} has an unknown key {key!r}{check.did_you_mean(str(key), known)}"
            )


def _named(name: str) -> str:
    name = unicodedata.normalize(
        "NFC", name
    )  # as a keyboard writes it; a Mac's file names have が in two parts
    if not _NAME.fullmatch(name) or len(name.encode()) > 200 or name.casefold() == "index.html":
        raise ParameterError(
            f"name={name!r} cannot be a folder's name; use letters, digits, '-' and '_'"
        )
    return name
