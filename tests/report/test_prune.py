"""Old runs go; the newest good one, what cannot be read, links and the counts of looks stay."""

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxlib.errors import ParameterError, SourceError
from cxlib.report import prune
from cxlib.report.look_records import looks_are_lost, pruned_looks
from cxlib.report.looks import earlier_looks
from cxlib.report.prune import age, prune_runs
from cxlib.report.publish import runs
from cxlib.report.site import write_index
from tests.conftest import ROOT
from tests.report.shelves import START, put_run

NOTEBOOK = "notebooks/03_nps.ipynb"


def pruned(out, *names, keep=1, older="10d", **options):
    return prune_runs(out, names, keep=keep, older=older, now=START, **options)


def there(out, name="nps"):
    return {path.parent.name for path in out.glob(f"{name}/*/manifest.json")}


def looks(out, name="nps"):
    """All published runs ever, by subject: those that are there and those that were pruned."""
    return Counter(earlier_looks(runs(out).get(name, []), notebook=NOTEBOOK)) + Counter(
        pruned_looks(out, name).get(NOTEBOOK, {})
    )


def test_a_run_goes_only_where_it_is_beyond_the_newest_and_old(tmp_path):
    folders = {days: put_run(tmp_path, days=days) for days in (1, 5, 15, 25, 35)}
    [done] = pruned(tmp_path, keep=3)
    assert [run.run for run in done.runs] == [folders[25].name, folders[35].name]
    assert there(tmp_path) == {folders[days].name for days in (1, 5, 15)}
    assert not list((tmp_path / ".staging").iterdir())
    assert pruned(tmp_path, keep=1, older="30d")[0].runs == ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(-50, 50), st.sampled_from(["a", "b", ""])), min_size=1
    ),
    st.integers(1, 5),
    st.integers(0, 30),
)
def test_what_goes_and_what_stays(tmp_path_factory, made, keep, days):
    """`made` is in the order of publishing, under a clock that jumps."""
    out = tmp_path_factory.mktemp("p")
    for order, (good, old, subject) in enumerate(made):
        put_run(
            out,
            run=f"r{order}",
            days=old,
            order=order,
            subject=subject,
            status="published" if good else "failed",
        )
    write_index(out)
    before = looks(out)
    pruned(out, keep=keep, older=f"{days}d")
    left = there(out)
    goods = [f"r{order}" for order, (good, *_) in enumerate(made) if good]
    assert set(goods[-1:]) <= left
    for order, (good, old, _) in enumerate(made):
        newer = sum(kind is good for kind, *_ in made[order + 1 :])
        assert (f"r{order}" in left) == (newer < keep or old <= days)
    assert looks(out) == before


def test_the_run_that_latest_names_stays(tmp_path):
    old = put_run(tmp_path, days=300)
    put_run(tmp_path, days=200)
    put_run(tmp_path)
    (tmp_path / "nps" / "latest").write_text(f"{old.name}\n", encoding="utf-8")
    pruned(tmp_path)
    assert old.is_dir()
    assert len(there(tmp_path)) == 2


def test_failed_runs_push_no_report_out(tmp_path):
    good = put_run(tmp_path, days=300)
    for days in range(100, 110):
        put_run(tmp_path, days=days, status="failed")
    pruned(tmp_path, keep=2)
    assert good.name in there(tmp_path)
    assert len(there(tmp_path)) == 3


def test_what_cannot_be_read_and_what_is_a_link_is_left_alone_and_told(tmp_path):
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    put_run(out)
    damaged = out / "nps" / "20200101T000000Z-dead"
    damaged.mkdir()
    (damaged / "manifest.json").write_text("{", encoding="utf-8")
    mine = put_run(elsewhere, "nps", days=900)
    os.symlink(mine, out / "nps" / "20240101T000000Z-link")
    put_run(elsewhere, "far", days=900)
    put_run(elsewhere, "far", days=901)
    os.symlink(elsewhere / "far", out / "far")
    far, nps = pruned(out)
    assert far.runs == nps.runs == ()
    told = " ".join((*far.problems, *nps.problems))
    assert "20200101T000000Z-dead/manifest.json cannot be read" in told
    assert "20240101T000000Z-link is a link" in told
    assert "/far is a link" in told
    assert damaged.is_dir()
    assert len(list(elsewhere.glob("*/*/manifest.json"))) == 3


def test_a_link_within_a_run_is_removed_and_not_followed(tmp_path):
    out, mine = tmp_path / "out", tmp_path / "mine"
    mine.mkdir()
    (mine / "file").write_text("x", encoding="utf-8")
    put_run(out)
    os.symlink(mine, put_run(out, days=99) / "link")
    pruned(out)
    assert (mine / "file").is_file()
    assert len(there(out)) == 1


def test_a_dry_run_tells_the_same_and_changes_nothing(tmp_path):
    for days in (1, 50, 60):
        put_run(tmp_path, days=days)
    before = sorted(path.as_posix() for path in tmp_path.rglob("*"))
    told = pruned(tmp_path, dry_run=True)
    assert sorted(path.as_posix() for path in tmp_path.rglob("*")) == before
    assert told == pruned(tmp_path)
    assert len(told[0].runs) == 2


def test_only_the_named_reports_are_pruned_and_an_unknown_one_is_refused(tmp_path):
    for name in ("nps", "顧客が"):
        for days in (1, 50, 60):
            put_run(tmp_path, name, days=days)
    with pytest.raises(ParameterError, match=r"no report 'np' in .*did you mean 'nps'"):
        pruned(tmp_path, "顧客が", "np")
    assert len(there(tmp_path, "顧客が")) == 3
    pruned(tmp_path, "顧客か\u3099")  # as a Mac's file names have it
    assert [len(there(tmp_path, name)) for name in ("nps", "顧客が")] == [3, 1]


@pytest.mark.parametrize("name", ["..", ".", "", "/etc", "nps/../nps", ".staging"])
def test_a_name_that_leads_elsewhere_is_unknown(tmp_path, name):
    put_run(tmp_path)
    with pytest.raises(ParameterError, match="there is no report"):
        pruned(tmp_path, name)


@pytest.mark.parametrize(
    "given", ["", "365", "1y", "-5d", "d", "1.5d", "36501d", "9" * 30 + "d", "６d"]
)
def test_a_span_that_is_none_is_refused(given):
    with pytest.raises(ParameterError, match="must be a number of days or weeks"):
        age(given)


def test_spans(tmp_path):
    assert age("365d") == timedelta(days=365)
    assert age(" 52 w") == timedelta(weeks=52)
    with pytest.raises(ParameterError, match="--keep 0"):
        pruned(tmp_path, keep=0)
    with pytest.raises(SourceError, match="there is no such folder"):
        pruned(tmp_path / "none")


def interrupted(out, monkeypatch, step):
    """Prune until the step-th change of a name, and stop there as a kill does."""
    left = [step]

    def counted(change):
        def changing(*arguments):
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
            return change(*arguments)

        return changing

    with monkeypatch.context() as patched:
        patched.setattr(prune.os, "rename", counted(os.rename))
        patched.setattr(prune, "write_record", counted(prune.write_record))
        try:
            pruned(out)
        except KeyboardInterrupt:
            return True
    return False


@pytest.mark.parametrize("step", range(6))
def test_no_look_is_lost_or_counted_twice_wherever_it_stops(tmp_path, monkeypatch, step):
    put_run(tmp_path)
    for days, subject in [(50, "Q1"), (60, "Q1"), (70, "Q2")]:
        put_run(tmp_path, days=days, subject=subject)
    before = looks(tmp_path)
    assert interrupted(tmp_path, monkeypatch, step) == (step < 5)  # two records, three runs
    assert looks(tmp_path) == before
    pruned(tmp_path)
    assert looks(tmp_path) == before == {"2026Q3": 1, "Q1": 2, "Q2": 1}
    assert len(there(tmp_path)) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is of POSIX")
def test_a_kill_in_the_middle_leaves_no_half_run(tmp_path):
    for days in range(0, 100, 20):
        put_run(tmp_path, days=days)
    before = looks(tmp_path)
    script = (
        "import os, shutil, signal; from pathlib import Path; from cxlib.report import prune\n"
        "shutil.rmtree = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"prune.prune_runs(Path({str(tmp_path)!r}), keep=1, older='10d')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert page.count("report.html") == 1  # written before anything is deleted
    assert looks(tmp_path) == before
    pruned(tmp_path)
    assert not list((tmp_path / ".staging").iterdir())


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"looks": {"a": {"b": -1}}, "going": {}}',
        '{"looks": [], "going": {}}',
        "\0",
    ],
)
def test_a_damaged_record_of_looks_stops_the_pruning_of_its_report_alone(tmp_path, content):
    for name in ("nps", "other"):
        for days in (1, 50):
            put_run(tmp_path, name, days=days)
    (tmp_path / "nps" / "looks.json").write_text(content, encoding="utf-8")
    nps, other = pruned(tmp_path)
    assert nps.refused
    assert "looks.json cannot be read" in nps.problems[0]
    assert len(there(tmp_path)) == 2
    assert (len(other.runs), other.refused) == (1, False)
    assert looks_are_lost(tmp_path / "nps")
    assert pruned_looks(tmp_path, "nps") == {}
    assert "nps/looks.json" in write_index(tmp_path).read_text(encoding="utf-8")
