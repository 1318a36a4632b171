"""A YAML file of reports, or one notebook -> planned reports, and what is wrong with the others."""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import Any

from cxlib import check, texts
from cxlib.errors import CxError, ParameterError, SourceError
from cxlib.report.folder_names import check_name, name_all
from cxlib.report.pdf import find_maker
from cxlib.report.suite_files import read_suite
from cxlib.report.values import as_given, read_given
from cxlib.report.when import check_zone

_PROJECT = ("reports", "pyproject.toml", ".git")  # one of these is in a project's folder
_KEYS = ("name", "notebook", "parameters", "grid", "for_each", "pdf", "single_file")
_FOR_EACH = ("least",)
MOST_OF_GRID = 1000  # reports of one entry


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
    entry : str
        The name of the `for_each` entry that it was made of.
    for_each : dict of str to dict
        Columns of whose values each gets a report of its own, with `least`, how large a group must
        be; see `fan_out.expand`.
    line : int or None
        Where it stands in its file.
    pdf : bool
        Whether a PDF is to lie beside the page.
    single_file : bool
        Whether long tables are to lie in the page itself.
    language : str
        Of a report for which no other is given; empty for the notebook's own.
    zone : str
        Time zone in which its page says when; empty for UTC.
    """

    name: str
    notebook: Path
    given: dict[str, Any]
    root: Path
    relative_to: Path
    defaults: dict[str, Any] = field(default_factory=dict)
    for_each: dict[str, dict[str, Any]] = field(default_factory=dict)
    line: int | None = None
    entry: str = ""
    pdf: bool = False
    single_file: bool = False
    language: str = ""
    zone: str = ""

    @property
    def language_asked(self) -> str:
        """The language that was asked for; empty where none was, or there are no texts in it."""
        given = self.given.get("language", self.defaults.get("language", self.language))
        return given if given in texts.languages() else ""


def report_name(notebook: PurePath) -> str:
    """Return the study's word: `notebooks/03_nps.ipynb` is `nps`; what cannot be in a folder's name
    becomes a hyphen.

    >>> report_name(Path("notebooks/03_nps.ipynb")), report_name(Path("My churn (copy).ipynb"))
    ('nps', 'My-churn-copy')
    """
    stem = unicodedata.normalize("NFC", notebook.stem)
    word = re.sub(r"^\d+[_-]", "", stem) or stem
    return re.sub(r"[^\w-]+", "-", word).strip("-_")


def planned_from(told: Mapping[str, Any]) -> Planned:
    """Return what `dataclasses.asdict` made of a planned report, and JSON of that."""
    paths = {name: Path(told[name]) for name in ("notebook", "root", "relative_to")}
    return Planned(**{**told, **paths})


@dataclass(frozen=True, slots=True)
class Plans:
    """Reports to make.

    Attributes
    ----------
    reports : list of Planned
    problems : list of str
        What is wrong with files and entries, a message each.
    bad_suite : bool
        Whether a YAML file is no list of reports.
    """

    reports: list[Planned]
    problems: list[str]
    bad_suite: bool = False


def plan_all(
    files: Sequence[Path],
    pairs: Sequence[str] = (),
    *,
    name: str | None = None,
    pdf: bool = False,
    single_file: bool = False,
    language: str = "",
    zone: str = "",
) -> Plans:
    """Plan the reports of YAML files and notebooks.

    Parameters
    ----------
    files : sequence of Path
        YAML files of reports, or notebooks.
    pairs : sequence of str
        `name=value`, parameters of the one notebook.
    name : str, optional
        The one report's own name.
    pdf, single_file : bool
        Asked of every report, whatever its file says.
    language : str
        Of the reports for which no other is given.
    zone : str
        Time zone of the pages of files that name none.

    Returns
    -------
    Plans
        What can be run, and one message for each file or entry that cannot.

    Raises
    ------
    CxError
        If a pair is none, parameters or a name are given for more than one notebook, or a PDF is
        asked for where nothing can make one.
    """
    given = read_given(pairs)
    zone = zone and check_zone(zone)
    if (given or name) and (len(files) > 1 or files[0].suffix != ".ipynb"):
        there = ", ".join(repr(file.as_posix()) for file in files)
        raise CxError(
            f"-p and --name are for one notebook, and this is given to run: {there}; put quotes "
            "around a value with spaces ('columns={comment: text}'), and in a YAML file write "
            "`name` and `parameters`"
        )
    planned: list[Planned] = []
    problems: list[str] = []
    bad = False
    for file in files:
        try:
            found, wrong = _of_file(file, given, name)
        except CxError as error:
            problems.append(str(error))
            bad = bad or file.suffix != ".ipynb"
            continue
        names = {other.name.casefold() for other in planned}
        planned += [
            replace(one, language=language, zone=one.zone or zone)
            for one in found
            if one.name.casefold() not in names
        ]
        problems += wrong + [
            f"{file.name}: name={one.name!r} is there twice; give each report its own name"
            for one in found
            if one.name.casefold() in names
        ]
    planned = [
        replace(one, pdf=one.pdf or pdf, single_file=one.single_file or single_file)
        for one in planned
    ]
    if any(one.pdf for one in planned):
        find_maker()
    return Plans(planned, problems, bad)


def _of_file(
    file: Path, given: Mapping[str, Any], name: str | None
) -> tuple[list[Planned], list[str]]:
    if file.suffix == ".ipynb":
        return [from_notebook(file, given, name=name)], []
    return from_yaml(file)


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
    return Planned(check_name(name or report_name(notebook)), notebook, dict(given), root, here)


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
    content = read_suite(path)
    defaults = content.defaults
    planned: list[Planned] = []
    problems: list[str] = []
    for number, (line, entry) in enumerate(content.reports, start=1):
        taken = {other.name.casefold() for other in planned}  # one folder on a Mac or Windows
        try:
            found = [
                replace(one, line=line, zone=content.zone) for one in _entry(entry, path, defaults)
            ]
            twice = [one.name for one in found if one.name.casefold() in taken]
            if twice:
                raise ParameterError(
                    f"name={twice[0]!r} is there twice; give each report its own name"
                )
        except (ParameterError, SourceError) as error:
            problems.append(f"{path.name}, line {line}, report {number}: {error}")
        else:
            planned += found
    return planned, problems


def _entry(entry: Any, path: Path, defaults: dict[str, Any]) -> list[Planned]:
    """Return the reports of an entry: one, or one a combination of its grid."""
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
    one = Planned(
        check_name(_text(entry.get("name")) or report_name(notebook)),
        notebook,
        {str(key): value for key, value in given.items()},
        root,
        root,
        dict(defaults),
        _for_each(entry.get("for_each")),
        pdf=_flag("pdf", entry.get("pdf")),
        single_file=_flag("single_file", entry.get("single_file")),
    )
    _refuse_asked_twice(one)
    return _of_grid(one, entry.get("grid"))


def _text(name: Any) -> str:
    if name is not None and not isinstance(name, str):
        raise ParameterError(f"name={name!r} must be one word, as `name: nps-japan`")
    return name or ""


def _flag(name: str, value: Any) -> bool:
    if value in (None, "false", "true"):
        return bool(value == "true")
    raise ParameterError(f"{name}={value!r} must be true or false, as `{name}: true`")


def _for_each(asked: Any) -> dict[str, dict[str, Any]]:
    """Return each column with what is asked of its groups; one may write `country`, a list of
    columns, or columns with `{least: 100}`."""
    if asked is None:
        return {}
    columns = asked if isinstance(asked, dict) else [asked] if isinstance(asked, str) else asked
    how = "write `for_each: country` or `for_each: {country: {least: 100}}`"
    if not isinstance(columns, list | dict) or not columns:
        raise ParameterError(f"for_each={asked!r} names no column; {how}")
    if not all(isinstance(name, str) and name.strip() for name in columns):
        raise ParameterError(f"for_each={asked!r}: a column is named by a text; {how}")
    if len(set(columns)) < len(columns):
        raise ParameterError(f"for_each={asked!r} names a column twice; name each once")
    given = columns if isinstance(columns, dict) else dict.fromkeys(columns)
    return {name: _asked_of(name, rules or {}, how) for name, rules in given.items()}


def _asked_of(name: str, rules: Any, how: str) -> dict[str, Any]:
    if not isinstance(rules, dict):
        raise ParameterError(f"for_each, {name}={rules!r} must be a mapping; {how}")
    _refuse_unknown(rules, _FOR_EACH, f"for_each, {name},")
    least = rules.get("least")
    if least is None:
        return {}
    if not re.fullmatch(r"[1-9]\d{0,8}", str(least), re.ASCII):
        raise ParameterError(
            f"for_each, {name}: least={least!r} must be a whole number from 1 on, such as 100"
        )
    return {"least": int(least)}


def _refuse_asked_twice(one: Planned) -> None:
    """Refuse a column of `for_each` that `only` names too."""
    only = one.given.get("only", one.defaults.get("only"))
    for column in one.for_each:
        if isinstance(only, dict) and column in only:
            raise ParameterError(
                f"for_each and only both name the column {column!r}; leave it out of one of them"
            )


def _of_grid(one: Planned, grid: Any) -> list[Planned]:
    """Return a report for each combination of the values of some parameters."""
    if grid is None:
        return [one]
    how = "write names with lists, as `grid: {segment: [plan, country]}`"
    if not isinstance(grid, dict) or not grid:
        raise ParameterError(f"grid={grid!r} holds no parameters; {how}")
    for name, values in grid.items():
        if not isinstance(values, list) or not values:
            raise ParameterError(f"grid, {name}={values!r} is no list of values; {how}")
        if len({as_given(value) for value in values}) < len(values):
            raise ParameterError(f"grid, {name}={values!r} has a value twice; write each once")
        other = "parameters" if name in one.given else "defaults"
        if name in one.given or name in one.defaults:
            raise ParameterError(
                f"grid and {other} both give {name!r}; leave it out of one of them"
            )
        if name == "only" and one.for_each:
            raise ParameterError("grid gives 'only', which for_each fills in; write one of them")
    if (n := math.prod(len(values) for values in grid.values())) > MOST_OF_GRID:
        raise ParameterError(
            f"grid makes {n:,} reports, more than {MOST_OF_GRID:,}; write fewer values, or several "
            "files"
        )
    made = [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]
    words = [tuple(as_given(value) for value in each.values()) for each in made]
    return [
        replace(one, name=name, given={**one.given, **each})
        for name, each in zip(name_all(one.name, words), made, strict=True)
    ]


def _refuse_unknown(keys: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in keys:
        if key not in known:
            raise SourceError(
                f"{where} has an unknown key {key!r}{check.did_you_mean(str(key), known)}"
            )
