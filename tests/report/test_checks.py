"""A check that breaks the process that checks, or never ends, refuses its own report alone."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from cxlib import report
from cxlib.report import checks
from cxlib.report.limits import Limits
from tests.report.writing import code, text, write

LIMITS = Limits(cell=6, memory=400 << 20)


@pytest.fixture
def root(tmp_path):
    (tmp_path / "reports").mkdir()
    (tmp_path / "survey.csv").write_text("wave,score\n2026Q3,9\n", encoding="utf-8")
    cells = [text("# T"), code('survey = "survey.csv"\nhow = ""', "parameters")]
    write(tmp_path / "one.ipynb", cells, model="tests.report.models:Breaking")
    return tmp_path


def check(root, *given, limits=LIMITS):
    """Check reports with these parameters, with a good one before and one behind them."""
    planned = [
        report.from_notebook(root / "one.ipynb", {}, name="before"),
        *(replace(report.from_notebook(root / "one.ipynb", each), name=f"n{number}")
          for number, each in enumerate(given)),
        report.from_notebook(root / "one.ipynb", {}, name="behind"),
    ]  # fmt: skip
    begun = time.monotonic()
    found = checks.check_all(planned, limits=limits)
    assert time.monotonic() - begun < 90
    assert [one.planned.name for one in found.ready] == ["before", "behind"]
    assert [one.planned.name for one in found.refused] == [f"n{n}" for n in range(len(given))]
    return [(one.cause, one.message) for one in found.refused]


def test_a_check_that_breaks_is_told_by_its_cause(root):
    told = check(root, *({"how": how} for how in ("memory", "time", "exit", "signal", "error")))
    causes = [cause for cause, _ in told]
    assert causes == ["memory", "time", "value", "value", "value"]
    for (_, message), said in zip(
        told,
        (
            "limit of 400 MB",
            "longer than 6 seconds; see whether they can be read, or give a larger --timeout",
            "ended with status 3",
            "ended with status -11",
            "RuntimeError: no",
        ),
        strict=True,
    ):
        assert said in message


def test_memory_is_limited_where_there_is_no_control_group_too(root, monkeypatch, tmp_path):
    made = checks.Memory
    monkeypatch.setattr(checks, "Memory", lambda most: made(most, groups=tmp_path / "none"))
    [(cause, message)] = check(root, {"how": "memory"})
    assert (cause, "limit of 400 MB" in message) == ("memory", True)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in folders here")
def test_what_is_no_file_is_refused_at_once(root):
    os.mkfifo(root / "pipe.csv")
    (root / "zero.csv").symlink_to("/dev/zero")
    (root / "folder.csv").mkdir()
    (root / "nowhere.csv").symlink_to("nothing")
    names = ("pipe.csv", "zero.csv", "folder.csv", "nowhere.csv")
    begun = time.monotonic()
    told = check(root, *({"survey": str(root / name)} for name in names))
    assert time.monotonic() - begun < 5 + LIMITS.cell
    for (cause, message), name in zip(told, names, strict=True):
        assert cause == "value"
        assert "survey=" in message
        assert name in message


def test_a_file_that_never_ends_is_left_in_time(root):
    with (root / "endless.csv").open("wb") as file:
        file.truncate(8 << 40)  # sparse: hashing it takes an hour
    [(cause, message)] = check(root, {"survey": str(root / "endless.csv")})
    assert (cause, "longer than 6 seconds" in message) == ("time", True)


def test_a_pipe_put_there_after_the_check_is_not_waited_for(root):
    from cxlib.errors import SourceError
    from cxlib.report import provenance

    os.mkfifo(root / "pipe.csv")
    with pytest.raises(SourceError, match="no file but a pipe"):
        provenance.look_at({"survey": root / "pipe.csv"}, root=Path(root))
