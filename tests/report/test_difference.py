"""What differs between two runs, and what made it."""

from __future__ import annotations

from hypothesis import given

from cxlib.report.difference import Cause, compare_runs
from tests.report.ledgers import FIGURES, MANIFESTS, estimate, figure, manifest


def compared(before, now, one=None, other=None):
    return compare_runs(one or manifest(), before, other or manifest(), now)


@given(FIGURES, MANIFESTS)
def test_a_run_and_itself_differ_in_nothing(figures, told):
    found = compare_runs(told, figures, told, figures)
    assert len(found.pairs) == len(figures)
    assert all(pair.same for pair in found.pairs)
    assert not found.gone
    assert not found.new
    assert not found.changed


@given(FIGURES, FIGURES, MANIFESTS, MANIFESTS)
def test_swapping_the_runs_swaps_every_difference(one, other, told, also):
    there, back = compare_runs(told, one, also, other), compare_runs(also, other, told, one)
    mirrored = [(pair.now, pair.before) for pair in back.pairs]
    assert sorted(map(str, mirrored)) == sorted(str((p.before, p.now)) for p in there.pairs)
    assert [str(each) for each in there.gone] == [str(each) for each in back.new]
    assert [str(each) for each in there.new] == [str(each) for each in back.gone]
    assert set(there.changed) == set(back.changed)
    assert there.untold == back.untold
    assert there.shared == back.shared
    for pair in there.pairs:
        [twin] = [p for p in back.pairs if (p.now, p.before) == (pair.before, pair.now)][:1]
        assert (pair.same, pair.turned, pair.overlap) == (twin.same, twin.turned, twin.overlap)


@given(FIGURES, FIGURES)
def test_no_figure_is_lost(one, other):
    found = compared(one, other)
    assert {id(p.before) for p in found.pairs} | {id(f) for f in found.gone} == {*map(id, one)}
    assert {id(p.now) for p in found.pairs} | {id(f) for f in found.new} == {*map(id, other)}


def test_the_waves_that_are_looked_at_are_compared_and_the_others_by_their_name():
    before = [
        estimate(1.0, wave="2026Q2"),
        estimate(1.0, name="waves.nps", wave="2026Q1"),
        estimate(2.0, name="waves.nps", wave="2026Q2"),
        estimate(5.0, name="gaps.difference", segment="plan=pro", wave="2026Q2"),
    ]
    now = [
        estimate(3.0, wave="2026Q3"),
        estimate(2.0, name="waves.nps", wave="2026Q2"),
        estimate(3.0, name="waves.nps", wave="2026Q3"),
        estimate(6.0, name="gaps.difference", segment="plan=pro", wave="2026Q3"),
    ]
    found = compared(before, now)
    values = [(pair.before["value"], pair.now["value"]) for pair in found.pairs]
    assert values == [(1.0, 3.0), (2.0, 2.0), (5.0, 6.0)]
    assert [one["wave"] for one in found.gone] == ["2026Q1"]
    assert [one["wave"] for one in found.new] == ["2026Q3"]
    assert found.headline is found.pairs[0]


def test_another_headline_is_not_compared():
    assert compared([estimate(1.0)], [estimate(1.0, name="nps.nps")]).headline is None
    assert compared([], [estimate(1.0)]).headline is None


def test_last_digits_are_no_difference_and_a_missing_value_is_one():
    [pair] = compared([figure(value=0.1 + 0.2)], [figure(value=0.3)]).pairs
    assert pair.same
    [pair] = compared([figure(value=None)], [figure(value=0.0)]).pairs
    assert not pair.same
    [pair] = compared([figure(verdict="up")], [figure(verdict="down")]).pairs
    assert pair.turned
    assert not pair.same
    [pair] = compared([figure(unit="yes_no", value=0)], [figure(unit="yes_no", value=1)]).pairs
    assert pair.turned


def test_intervals_overlap_where_they_have_a_value_in_common():
    [pair] = compared([estimate(0.0)], [estimate(10.0)]).pairs
    assert pair.overlap is True
    assert pair.moved
    [pair] = compared([estimate(0.0)], [estimate(10.1)]).pairs
    assert pair.overlap is False
    [pair] = compared([estimate(0.0)], [figure(value=1.0)]).pairs
    assert pair.overlap is None
    assert not pair.moved


def causes(**now):
    found = compared([], [], other=manifest(**now))
    return written(found.changed), found.untold


def written(changed):
    return {cause: list(map(str, changes)) for cause, changes in changed.items()}


def test_what_made_the_difference_is_read_from_the_manifests():
    assert causes() == ({}, [])
    new = [{"parameter": "survey", "path": "data/b.csv", "sha256": "bb"}]
    told = {"survey": "data/b.csv", "wave": "2026Q2", "looks": 7}
    assert causes(inputs=new, parameters=told) == (
        {Cause.DATA: ["survey: data/a.csv → data/b.csv"]},
        [],
    )
    assert causes(parameters={"wave": "2026Q3"}) == (
        {Cause.PARAMETERS: ["wave: 2026Q2 → 2026Q3"]},
        [],
    )
    unset = {"wave": None, "looks": 1}
    assert causes(parameters=unset)[0] == {Cause.PARAMETERS: ["wave: 2026Q2 → –"]}
    secret = causes(parameters={"wave": "postgresql://ann:hunter2@host/db"})[0]
    assert "hunter2" not in str(secret)
    assert causes(key={"code": "d", "versions": "v"})[0] == {Cause.CODE: ["notebook"]}
    assert causes(versions={"cxlib": "0.2.0"})[0] == {Cause.VERSIONS: ["cxlib: 0.1.0 → 0.2.0"]}
    assert causes(key={"code": "c", "versions": "w"})[0] == {Cause.VERSIONS: ["cxlib"]}


def test_what_is_not_on_record_is_said_not_guessed():
    assert causes(key=None, commit="abc") == ({}, [])
    for commit in (None, "def", "abc-dirty"):
        assert causes(key=None, commit=commit) == ({}, [Cause.CODE])


def test_runs_share_data_where_a_file_or_its_content_is_the_same():
    def shared(**answers):
        inputs = [{"parameter": "survey", "path": "data/a.csv", "sha256": "aa", **answers}]
        return compared([], [], other=manifest(inputs=inputs)).shared

    assert shared()
    assert shared(sha256="bb")
    assert shared(path="data/b.csv")
    assert not shared(path="data/b.csv", sha256="bb")


def test_where_nothing_else_changed_the_number_of_looks_did():
    told = {"key": {"code": "1"}, "parameters": {"looks": 1}, "inputs": [], "versions": {}}
    found = compare_runs(told, [], told | {"parameters": {"looks": 2}}, [])
    assert written(found.changed) == {Cause.LOOKS: ["looks: 1 → 2"]}
    found = compare_runs(told, [], told | {"parameters": {"looks": 2, "margin": 5}}, [])
    assert list(found.changed) == [Cause.PARAMETERS]
    assert compare_runs(told, [], told, []).changed == {}
