"""What a page and a terminal say of two runs."""

from __future__ import annotations

from hypothesis import given

from cxlib.report.difference_words import since_last_run
from tests.report.ledgers import FIGURES, MANIFESTS, estimate, figure, manifest


@given(FIGURES, FIGURES, MANIFESTS, MANIFESTS)
def test_at_most_five_sentences_whatever_the_runs(one, other, told, also):
    said = since_last_run(told, one, also, other)
    assert 1 <= len(said) <= 5
    assert all(sentence.endswith(".") and "{" not in sentence for sentence in said)


@given(FIGURES, MANIFESTS)
def test_of_a_run_and_itself_no_difference_is_claimed(figures, told):
    said = " ".join(since_last_run(told, figures, told, figures))
    for word in ("overlap", "not the same", "Changed together", "only one of the two"):
        assert word not in said


def test_the_headline_then_and_now_its_intervals_and_what_made_it():
    before, now = estimate(-30.11, wave="2026Q2"), estimate(-28.12, wave="2026Q3")
    said = since_last_run(manifest(), [before], manifest(parameters={"wave": "2026Q3"}), [now])
    assert said == [
        "NPS was −30.1 (95 % interval −35.1 to −25.1, n = 100) in 2026Q2 (run of 2026-07-01 08:00 "
        "UTC), and is −28.1 (95 % interval −33.1 to −23.1, n = 100) in 2026Q3.",
        "The two intervals overlap. Both runs read the same file, so they may share data, and "
        "comparing two intervals is no test; the report’s own test is.",
        "Only the parameters (wave: 2026Q2 → 2026Q3) changed, so every difference comes from "
        "there.",
    ]


def test_verdicts_that_turned_alike_are_said_once():
    segments = [f"way={name}" for name in "abc"]
    before = [figure("ways.x", segment=of, verdict="up", text="Ways") for of in segments]
    now = [one | {"verdict": "cannot_tell"} for one in before]
    said = since_last_run(manifest(), before, manifest(), now)
    assert "3 verdicts are not the same: Ways, 3 times (was “up”, is “cannot tell”)." in said
    alone = since_last_run(manifest(), before[:1], manifest(), now[:1])
    assert "1 verdict is not the same: Ways · a (was “up”, is “cannot tell”)." in alone


def test_several_causes_are_not_told_apart_and_missing_ones_are_named():
    now = manifest(parameters={"wave": "b"}, versions={"numpy": "9"}, key=None, commit="def")
    said = since_last_run(manifest(versions={}), [], now, [])
    assert said[0].endswith("kept no figures that could be compared with.")
    assert said[1].startswith("Changed together: the parameters (wave: ")
    assert "Which of them made which difference cannot be told." in said[1]
    assert said[1].endswith("Whether the notebook’s code changed is not on record.")
