"""Pages made by `cx run`, opened from the file system."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.report.writing import project


def cx_run(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from cxlib.cli import main; main()", "run", *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """Two small notebooks, published: a good one and a failing one."""
    root = project(tmp_path_factory.mktemp("tiny"))
    ran = cx_run(
        "notebooks/03_nps.ipynb", "notebooks/04_retention.ipynb", "--out", "out", folder=root
    )
    assert ran.returncode == 1, ran.stdout + ran.stderr
    return root / "out"


@pytest.fixture
def opened(browser):
    """Open a page as a reader does; what goes wrong in it is collected in `page.problems`."""
    pages = []

    def open_page(path: Path, *, width: int = 1280):
        page = browser.new_page(viewport={"width": width, "height": 900})
        pages.append(page)
        page.problems = []
        page.on("console", lambda message: page.problems.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: page.problems.append(f"error: {error}"))
        page.on(
            "request",
            lambda request: (
                request.url.startswith(("file:", "data:")) or page.problems.append(request.url)
            ),
        )
        page.on(
            "requestfailed", lambda request: page.problems.append(f"failed: {request.url[:100]}")
        )
        page.goto(path.as_uri())
        return page

    yield open_page
    for page in pages:
        page.close()
