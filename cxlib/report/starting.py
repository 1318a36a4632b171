"""An empty folder -> a project: the notebooks, a suite of reports, and a place for data.

A project's own files are those of this repository; the wheel carries them (see `pyproject.toml`).
"""

from __future__ import annotations

import os
import re
import shlex
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import cxlib
from cxlib import texts
from cxlib.errors import CxError, SourceError
from cxlib.report import cleaning
from cxlib.report.translation import ORIGINAL

FILES = (
    ".gitattributes",
    ".gitignore",
    "data/README.md",
    "data/raw/README.md",
    "reports/sample.yml",
)
NOTEBOOKS = "notebooks/[0-9]*.ipynb"
MINE = Path("notebooks", "mine")


def start_project(folder: Path, *, sample: Callable[[Path], object]) -> list[Path]:
    """Write a project into a new or empty folder and return the notebooks.

    Parameters
    ----------
    folder : Path
        Hidden files (`.git`, `.venv`) may be there.
    sample : callable
        Writes the sample company into a folder.

    Raises
    ------
    CxError
        If something is in the way, or the folder cannot be written to.
    """
    source = project_files()
    _refuse_what_is_there(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".cx-init-", dir=folder) as stage:
            _fill(Path(stage), source, sample)
            for made in sorted(Path(stage).iterdir()):
                os.rename(made, folder / made.name)
    except OSError as error:
        raise CxError(
            f"{folder.as_posix()!r} cannot be written to ({error}); give a folder where you may "
            "write, or make room"
        ) from None
    return sorted(folder.glob(NOTEBOOKS))


def project_files() -> Path:
    """Return the folder with the files of a project: the package's own part, or the repository.

    Raises
    ------
    SourceError
        If neither is there.
    """
    package = Path(cxlib.__file__).parent
    for found in (package / "project", package.parent):
        if all((found / name).is_file() for name in FILES) and [*found.glob(NOTEBOOKS)]:
            return found
    raise SourceError(
        f"this cxlib ({package.as_posix()}) came without its notebooks; install it again from its "
        "wheel or its repository"
    )


def _refuse_what_is_there(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise CxError(f"{folder.as_posix()!r} is a file; give the name of a new folder")
    there = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    in_the_way = [name for name in there if not name.startswith(".") or name in FILES]
    if in_the_way:
        named = ", ".join(map(repr, in_the_way[:5])) + (", ..." if in_the_way[5:] else "")
        raise CxError(
            f"{folder.as_posix()!r} is not empty: {named} would be in the way; give a new folder, "
            "as cx init my-project"
        )


def _fill(stage: Path, source: Path, sample: Callable[[Path], object]) -> None:
    for name in FILES:
        _write(stage / name, (source / name).read_text(encoding="utf-8"))
    translated = [f"notebooks/{code}/[0-9]*.ipynb" for code in texts.languages()]
    for path in sorted(path for each in (NOTEBOOKS, *translated) for path in source.glob(each)):
        # a notebook of the repository may have been run on somebody's own data
        _write(stage / path.relative_to(source), cleaning.clean(path.read_bytes()))
    sample(stage / "data" / "sample")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def in_language(notebook: Path, language: str) -> Path:
    """Return a notebook's translation, if there is one; else itself."""
    translated = notebook.parent / language / notebook.name
    return translated if translated.is_file() else notebook


def filter_command() -> str:
    """Return the command that keeps the outputs of notebooks out of git, for a shell."""
    called = shlex.join([sys.executable, "-I", cleaning.__file__])
    return f"git config filter.cx-notebook.clean {shlex.quote(called)}"


def copy_to_mine(root: Path, *, language: str = ORIGINAL) -> tuple[list[Path], list[Path]]:
    """Copy the notebooks of a language to `notebooks/mine/`, which git ignores, where they are not
    there yet, in whatever language.

    Paths in their code, relative to a notebook's folder, lead to the same files; outputs stay
    behind.

    Parameters
    ----------
    root : Path
        The project's folder.
    language : str
        That of prose and reports.

    Returns
    -------
    tuple of (list of Path, list of Path)
        The copies that were made, and those that were there and stay as they are.

    Raises
    ------
    CxError
        If there are no notebooks in that language, one cannot be read, or the copies cannot be
        written.
    """
    found = _notebooks(root, language)
    made: list[Path] = []
    kept: list[Path] = []
    for path in found:
        copy = root / MINE / path.name
        if copy.exists():
            kept.append(copy)
            continue
        try:
            text = path.read_text(encoding="utf-8")
            # a translation lies as deep as its copy
            placed = one_folder_below(text) if language == ORIGINAL else text
            _write(copy, _without_outputs(placed))
        except (OSError, ValueError) as error:
            raise CxError(f"{path.as_posix()!r} cannot be copied ({error})") from None
        made.append(copy)
    return made, kept


def _notebooks(root: Path, language: str) -> list[Path]:
    folder = root / "notebooks" / ("" if language == ORIGINAL else language)
    if found := sorted(folder.glob(Path(NOTEBOOKS).name)):
        return found
    if folder != root / "notebooks" and [*root.glob(NOTEBOOKS)]:
        raise SourceError(
            f"language={language!r}: there are no notebooks in {folder.as_posix()!r}; copy the "
            "English ones with cx mine --language en, and make their reports with "
            f"-p language={language}; a new project of cx init has notebooks in {language}"
        )
    raise SourceError(
        f"there are no notebooks in {folder.as_posix()!r}; go to the project's folder, or make "
        "one with cx init"
    )


def one_folder_below(text: str | bytes) -> str:
    """Return a notebook as it works one folder below: `"../data"` is `"../../data"` in its code.

    Raises
    ------
    ValueError
        If it is no notebook.
    """
    notebook = cleaning.read(text)
    for cell in cleaning.code_cells(notebook):
        cell["source"] = re.sub(
            r"""(["'])\.\.(?=[/"'])""", r"\1../..", "".join(cell["source"])
        ).splitlines(True)
    return cleaning.clean(cleaning.write(notebook))


def _without_outputs(text: str) -> str:
    """Return a notebook without the stamp for which cleaning keeps the outputs of the sample."""
    notebook = cleaning.read(text)
    notebook["metadata"].get("cxlib", {}).pop("outputs", None)
    return cleaning.clean(cleaning.write(notebook))
