"""A project to publish from, and a way to publish without a kernel."""

import json

import pytest

from cxlib import report
from cxlib.report import crew
from cxlib.report.looks import with_looks
from tests.report.models import Looking
from tests.report.writing import project


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = project(tmp_path_factory.mktemp("work") / "projet {é} 고객")
    (root / "reports").mkdir()
    return root


@pytest.fixture
def look(root, tmp_path, monkeypatch):
    """Publish `08_looks` without a kernel that finds out the subject, and return the manifest."""

    def look(given=None, *, fails=False, out=tmp_path / "looks", name=None, subject="2026Q3"):
        def work(jobs, **_):
            for job in jobs:
                found = with_looks(job["manifest"], subject=subject, earlier=job["looks"])
                shown = (
                    {"error": {"message": "no", "details": "", "cause": "error"}}
                    if fails
                    else {"title": "T", "headline": "H"}
                )
                yield job, {**found, **shown}

        with monkeypatch.context() as patched:
            patched.setattr(crew, "work", work)
            planned = report.from_notebook(
                root / "notebooks" / "08_looks.ipynb", given or {}, name=name
            )
            ready = report.ready(planned, report.read_notebook(planned.notebook), model=Looking)
            [outcome] = report.run([ready], out=out, force=True)
        return json.loads((outcome.page.parent / "manifest.json").read_text(encoding="utf-8"))

    return look
