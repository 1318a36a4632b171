"""The wheel in an empty folder: it has what `cx init` writes, and nothing of anybody's own."""

import os
import subprocess
import sys
import tomllib
import zipfile

import pytest

from cxlib.report.starting import FILES
from tests.conftest import ROOT

CX = "import sys; from cxlib.cli import main; sys.argv[0] = 'cx'; main()"
PROJECT = "cxlib/project/"
NOTEBOOKS = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("notebooks/[0-9]*.ipynb", "notebooks/ja/*.ipynb", "notebooks/ko/*.ipynb")
    for path in ROOT.glob(pattern)
)


def test_the_wheel_is_told_of_every_file():
    tables = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    told = tables["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert told == {name: PROJECT + name for name in sorted([*FILES, *NOTEBOOKS])}


def build(kind, folder):
    script = f"import sys, hatchling.build as b; b.build_{kind}(sys.argv[1])"
    subprocess.run([sys.executable, "-c", script, folder], cwd=ROOT, check=True)
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
        return folder / "site", archive.namelist()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build("wheel", tmp_path_factory.mktemp("wheel"))


def in_folder(folder, site, *words):
    environment = {**os.environ, "PYTHONPATH": str(site)}
    ran = subprocess.run(
        [sys.executable, *words],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_it_holds_the_project_and_no_other_notebook(wheel):
    _, names = wheel
    held = sorted(name.removeprefix(PROJECT) for name in names if name.startswith(PROJECT))
    assert held == sorted([*FILES, *NOTEBOOKS])
    assert not [name for name in names if "sample/" in name and name.endswith((".csv", ".parquet"))]
    assert not [name for name in names if name.startswith(("tests/", "notebooks/", "data/"))]


def test_it_holds_the_page_of_the_coding_widget(wheel):
    site, names = wheel
    page = "cxlib/interviews/web/built/coder.js"
    assert page in names
    assert (site / page).read_bytes() == (ROOT / page).read_bytes()


@pytest.mark.notebook
def test_an_empty_folder_becomes_a_published_site(wheel, tmp_path):
    site, _ = wheel
    assert str(site) in in_folder(tmp_path, site, "-c", "import cxlib; print(cxlib.__file__)")
    in_folder(tmp_path, site, "-c", CX, "init", "shop")
    root = tmp_path / "shop"
    for name in NOTEBOOKS:
        assert (root / name).read_bytes() == (ROOT / name).read_bytes()
    said = in_folder(root, site, "-c", CX, "run", "notebooks/00_start_here.ipynb")
    assert "start_here: done" in said
    index = (root / "reports" / "published" / "index.html").read_text(encoding="utf-8")
    assert "start_here/" in index


def test_an_editable_install_finds_the_repository(tmp_path):
    """Its folder holds a part of `cxlib` too, which must not hide the package."""
    site, names = build("editable", tmp_path)
    assert [name for name in names if name.startswith(PROJECT)]
    script = (
        "import site, sys; before = list(sys.path)\n"
        f"site.addsitedir({str(site)!r})\n"
        f"sys.path[:] = [{str(site)!r}, *sys.path[len(before) :], *before]\n"
        "from cxlib.report.starting import project_files; print(project_files())"
    )
    assert in_folder(tmp_path, "", "-c", script).strip() == str(ROOT)
