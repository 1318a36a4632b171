"""What the folders tell: order by publishing, the state before the runs, whatever is damaged."""

import json
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxlib.report.history import Standing, one_line, read_reports
from tests.report.shelves import FIGURE, START, put_run, put_state


def only(out):
    [report] = read_reports(out)
    return report


def test_runs_are_in_the_order_of_publishing_and_those_without_come_last_by_time(tmp_path):
    for days, order in [(0, None), (9, None), (-30_000, 1), (5, 2)]:  # one is stamped 2109
        put_run(tmp_path, days=days, **({} if order is None else {"order": order}))
    assert [run.order for run in only(tmp_path).runs] == [2, 1, None, None]
    assert only(tmp_path).runs[2].started == START


@pytest.mark.parametrize("status", ["refused", "failed", "left_out", "unchanged", "published"])
def test_the_state_says_where_a_report_stands(tmp_path, status):
    put_run(tmp_path, order=3)
    put_state(tmp_path, status=status, message="m", stale_since="2026-11-23T00:00:00", order=3)
    report = only(tmp_path)
    assert (report.standing, report.message) == (status, "m")
    assert report.stale_since == datetime.fromisoformat("2026-11-23T00:00:00+00:00")


def test_a_newer_run_than_the_state_knows_is_believed(tmp_path):
    """The runner was killed after it published and before it wrote the state."""
    put_run(tmp_path, order=4)
    put_state(tmp_path, status="refused", message="m", order=3)
    assert only(tmp_path).standing is Standing.PUBLISHED
    assert only(tmp_path).message == ""


def test_a_refusal_without_order_is_not_hidden_by_a_run_of_the_future(tmp_path):
    put_run(tmp_path, order=4, days=-30_000)
    put_state(tmp_path, status="refused", message="m")
    assert only(tmp_path).standing is Standing.REFUSED


def test_without_a_state_the_runs_tell_since_when_a_report_is_stale(tmp_path):
    for days, status in [(9, "published"), (7, "failed"), (5, "failed")]:
        put_run(tmp_path, days=days, status=status)
    report = only(tmp_path)
    assert report.standing is Standing.FAILED
    assert report.message == "no column 'score'"
    assert (START - report.stale_since).days == 7


def test_a_folder_that_knows_only_a_refusal_is_a_report(tmp_path):
    put_state(tmp_path, "wavee", status="refused", message="unknown")
    assert (only(tmp_path).name, only(tmp_path).runs) == ("wavee", ())


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"status": "odd"}', '{"status": []}', "\0"])
def test_a_state_that_cannot_be_read_is_none(tmp_path, content):
    put_run(tmp_path)
    (tmp_path / "nps" / "state.json").write_text(content, encoding="utf-8")
    assert only(tmp_path).standing is Standing.PUBLISHED


def test_what_is_no_manifest_is_counted(tmp_path):
    put_run(tmp_path)
    for run, content in [("a", ""), ("b", "[]"), ("c", "[" * 100_000)]:
        (tmp_path / "nps" / run).mkdir()
        (tmp_path / "nps" / run / "manifest.json").write_text(content, encoding="utf-8")
    (tmp_path / "nps" / "mine").mkdir()  # a folder of somebody's
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert only(tmp_path).unread == ("a", "b", "c")
    assert len(only(tmp_path).runs) == 1


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
FIELDS = ["started", "status", "notebook", "title", "headline", "error", "order", "given"]
FIELDS += ["parameters", "subject", "figure", "doubts"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(
    st.dictionaries(st.sampled_from(FIELDS), json_values),
    st.dictionaries(st.sampled_from(sorted(FIGURE)), json_values),
)
def test_any_manifest_is_read_or_counted(tmp_path_factory, said, figure):
    out = tmp_path_factory.mktemp("any")
    put_run(out, **{"figure": FIGURE | figure, **said})
    report = only(out)
    assert len(report.runs) + len(report.unread) == 1


def test_a_manifest_that_changed_is_read_again(tmp_path):
    folder = put_run(tmp_path)
    assert only(tmp_path).good.title == "Did it move?"
    path = folder / "manifest.json"
    said = json.loads(path.read_text(encoding="utf-8")) | {"title": "Another"}
    path.write_text(json.dumps(said), encoding="utf-8")
    assert only(tmp_path).good.title == "Another"


@given(st.text())
def test_words_are_on_one_line_and_can_be_written(words):
    shown = one_line(words)
    shown.encode("utf-8")
    assert shown == " ".join(shown.split())
    assert not set(shown) & set("\x1b\x07\u202e\u2066\ufeff\x9b")


def test_joiners_of_emoji_stay_and_what_is_no_text_is_nothing():
    assert one_line("👩\u200d💻 \u202eevil") == "👩\u200d💻 \\u202eevil"
    assert one_line(None) == one_line(3) == ""
