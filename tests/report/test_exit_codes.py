"""The exit status of `cx run` says what became of its reports; the highest that applies wins. What
a signal or a closed pipe gives (130, 143, 141) is in `test_faults.py`."""

import itertools
import sys

import pytest

from cxlib import cli
from cxlib.report import Outcome, Status, exit_status
from tests.report.writing import code, project, text, write

# what a suite may hold -> its entry, and the status that it alone ends with
ENTRIES = {
    "good": ("{notebook: notebooks/08_looks.ipynb}", 0),
    "fails": ("{notebook: notebooks/04_retention.ipynb}", 1),
    "dies": ("{notebook: notebooks/05_killed.ipynb}", 1),
    "vanishes": ("{notebook: notebooks/09_vanishes.ipynb}", 1),
    "unknown": ("{name: unknown, notebook: notebooks/08_looks.ipynb, parameters: {wav: 1}}", 2),
    "absent": ("{name: absent, notebook: notebooks/08_looks.ipynb, parameters: {survey: no}}", 2),
    "by_kernel": ("{name: by, notebook: notebooks/08_looks.ipynb, parameters: {wave: 1999}}", 2),
    "no_notebook": ("{notebook: notebooks/none.ipynb}", 2),
    "slow": ("{notebook: notebooks/06_slow.ipynb}", 3),
    "greedy": ("{notebook: notebooks/10_greedy.ipynb}", 3),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = project(tmp_path_factory.mktemp("codes") / "work")
    (root / "reports").mkdir()
    gone = "from pathlib import Path\nPath('09_vanishes.ipynb').unlink()"
    write(root / "notebooks" / "09_vanishes.ipynb", [text("# Gone"), code(gone)])
    greedy = [text("# Greedy"), code("x = b'x' * (10 << 30)")]
    write(root / "notebooks" / "10_greedy.ipynb", greedy)
    return root


@pytest.fixture
def cx(root, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(root)

    def cx(*arguments):
        limits = ["--timeout", "6", "--memory-limit", "600M", "--out", tmp_path / "out"]
        monkeypatch.setattr(sys, "argv", ["cx", "run", *map(str, [*limits, *arguments])])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capsys.readouterr()
        assert "Traceback" not in told.out + told.err
        return ended.value.code or 0

    return cx


def suite(root, *names):
    path = root / "reports" / "codes.yml"
    entries = "".join(f"  - {ENTRIES[name][0]}\n" for name in names)
    path.write_text(f"reports:\n{entries}", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "names",
    [
        *([name] for name in ENTRIES if name not in ("vanishes", "good")),
        ["good", "fails"],
        ["good", "vanishes", "unknown"],
        ["fails", "by_kernel"],
        ["no_notebook", "good"],
        ["good", "slow", "unknown", "fails"],
        ["greedy", "absent", "good", "dies"],
    ],
    ids="+".join,
)
def test_the_highest_status_wins_and_the_others_are_made(root, cx, tmp_path, names):
    status = cx(suite(root, *names), "--jobs", "2")
    assert status == max(ENTRIES[name][1] for name in names)
    assert ("good" in names) == bool(list(tmp_path.glob("out/looks/*/report.html")))
    if names != ["no_notebook"]:
        assert (tmp_path / "out" / "index.html").is_file()


def test_what_is_unchanged_is_a_success(root, cx):
    path = suite(root, "good")
    assert (cx(path), cx(path), cx(path, "--force")) == (0, 0, 0)


@pytest.mark.parametrize(
    "content", ["reports: []", "reports: {}", "- a", "reports: [", "", "defaults: {language: en}"]
)
def test_a_suite_that_is_none_is_the_worst_and_stops_no_other(root, cx, tmp_path, content):
    bad = tmp_path / "bad.yml"
    bad.write_text(content, encoding="utf-8")
    assert cx(bad) == 4
    assert cx(bad, "notebooks/04_retention.ipynb") == 4
    assert list(tmp_path.glob("out/retention/*/failed.html"))


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["none.yml"], 4),
        (["none.ipynb"], 2),
        (["notebooks/04_retention.ipynb", "--memory-limit", "much"], 2),
        (["notebooks/04_retention.ipynb", "-p", "nonsense"], 2),
        (["notebooks/04_retention.ipynb", "--nonsense"], 2),
        (["notebooks/04_retention.ipynb", "--jobs", "0"], 2),
        (["notebooks/04_retention.ipynb", "--out", "data/survey.csv"], 2),
        ([], 2),
    ],
)
def test_what_is_asked_wrongly_is_refused(cx, arguments, status):
    assert cx(*arguments) == status


ONE = [
    (Outcome("a", Status.PUBLISHED, ""), 0),
    (Outcome("a", Status.UNCHANGED, ""), 0),
    (Outcome("a", Status.LEFT_OUT, ""), 0),
    *((Outcome("a", Status.FAILED, "", cause=cause), 1) for cause in ("error", "dead", "changed")),
    (Outcome("a", Status.REFUSED, "", cause="value"), 2),
    *((Outcome("a", Status.FAILED, "", cause=cause), 3) for cause in ("time", "memory")),
    *((Outcome("a", Status.REFUSED, "", cause=cause), 3) for cause in ("time", "memory")),
]


def test_of_any_outcomes_the_highest_wins():
    for number in range(4):
        for chosen in itertools.combinations_with_replacement(ONE, number):
            outcomes = [outcome for outcome, _ in chosen]
            expected = max((status for _, status in chosen), default=0)
            assert exit_status(outcomes) == exit_status(outcomes[::-1]) == expected
            assert exit_status(outcomes, problems=True) == max(2, expected)
