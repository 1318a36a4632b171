"""Looks of pruned runs are counted once, by the record or by their manifests."""

import json
from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxlib.report.look_records import Record, looks_are_lost, pruned_looks, settled, write_record
from cxlib.report.prune import prune_runs
from tests.report.shelves import START, put_run

NOTEBOOK = "notebooks/03_nps.ipynb"
looks = st.tuples(st.text(max_size=5), st.text(max_size=5))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(looks, st.integers(1, 9)), st.lists(looks, max_size=3))
def test_what_was_written_is_read(tmp_path_factory, counts, going):
    folder = tmp_path_factory.mktemp("nps")
    write_record(folder, Record(Counter(counts), {f"r{k}": look for k, look in enumerate(going)}))
    assert settled(folder) == Counter(counts) + Counter(going)


def test_a_run_that_was_to_go_and_is_there_is_counted_by_its_manifest(tmp_path):
    put_run(tmp_path, run="there")
    going = {"there": (NOTEBOOK, "Q1"), "gone": (NOTEBOOK, "Q2")}
    write_record(tmp_path / "nps", Record(going=going))
    assert pruned_looks(tmp_path, "nps") == {NOTEBOOK: {"Q2": 1}}


def test_without_a_record_there_are_no_looks(tmp_path):
    assert pruned_looks(tmp_path, "none") == {}
    assert not looks_are_lost(tmp_path / "none")


def test_looks_are_kept_by_notebook_and_subject(tmp_path):
    put_run(tmp_path)
    for days, said in [
        (50, {"subject": "Q1"}),
        (60, {"notebook": "other.ipynb"}),
        (70, {"subject": None}),
        (80, {"status": "failed"}),
        (90, {"status": "failed"}),
    ]:
        put_run(tmp_path, days=days, **said)
    prune_runs(tmp_path, keep=1, older="10d", now=START)
    assert pruned_looks(tmp_path, "nps") == {
        NOTEBOOK: {"": 1, "Q1": 1},
        "other.ipynb": {"2026Q3": 1},
    }
    kept = json.loads((tmp_path / "nps" / "looks.json").read_text(encoding="utf-8"))
    assert kept["going"] == {}
