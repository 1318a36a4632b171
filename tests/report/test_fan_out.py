"""One report a value: of rows as the report will read them, bound as they are, none lost in
silence."""

import json
from dataclasses import replace

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.errors import ColumnError, CxError, ParameterError
from cxlib.report import check_all, expand, plan, ready_all
from cxlib.report.fan_out import LEAST, MOST_VALUES, in_shard, parse_shard
from tests.report.writing import code, project, text, write

CELL = """survey = "../data/answers.csv"
score = "score"
wave_column = None
segment = None
where = None"""
GROUPS = {
    "JP": 40, "O'Brien": 31, "x' or '1'='1": 30, "東京 本店": 33, "jp": 30, "KR": 29,
    "\u202e{x}": 30, "007": 30, "7": 1, None: 12,
}  # fmt: skip


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = project(tmp_path_factory.mktemp("fan") / "projet {é}")
    rows = [(value, 9) for value, n in GROUPS.items() for _ in range(n)]
    rows += [("KR", None)] * 50  # no answers
    frame = pd.DataFrame(rows, columns=["country", "score"])
    frame = frame.assign(
        id=[f"R{i}" for i in range(len(frame))], plan=["a", "b"] * (len(frame) // 2)
    )
    frame.to_csv(root / "data" / "answers.csv", index=False)
    write(
        root / "notebooks" / "10_groups.ipynb",
        [text("# Groups"), code(CELL, "parameters")],
        model="cxlib.nps:Parameters",
    )
    (root / "reports").mkdir()
    return root


def planned(root, entry, defaults="{}"):
    path = root / "reports" / "suite.yml"
    path.write_text(
        f"defaults: {defaults}\nreports:\n  - notebook: notebooks/10_groups.ipynb\n    {entry}\n",
        encoding="utf-8",
    )
    found, problems = plan.from_yaml(path)
    assert not problems
    return found


def test_one_report_a_value_and_each_left_out_one_with_its_reason(root):
    [one] = planned(root, "for_each: country")
    found = expand(one)
    large = {each.given["only"]["country"]: each for each in found.reports}
    assert set(large) == {value for value, n in GROUPS.items() if value and n >= LEAST}
    assert {report.for_each == {} and report.line for report in found.reports} == {3}
    assert large["JP"].name.casefold() != large["jp"].name.casefold()
    assert large["東京 本店"].name == "groups-東京-本店"
    assert len({report.name.casefold() for report in found.reports}) == len(large)
    assert {left.reason.text() for left in found.left_out} == {
        "country 'KR': 29 answers, fewer than 30",
        "country '7': 1 answer, fewer than 30",
        "no country: 12 answers, in no report",
    }
    named = sum(left.n for left in found.left_out) + sum(GROUPS[value] for value in large)
    assert named == sum(GROUPS.values())


def test_values_of_a_table_are_those_of_its_file(root):
    """A database has the file's rows; each report reads the table, bound to its value."""
    with duckdb.connect(str(root / "data" / "会社.duckdb")) as engine:
        engine.read_csv(str(root / "data" / "answers.csv"), all_varchar=True).create("回答 1")
    found = {}
    for source in ("answers.csv", '会社.duckdb#"回答 1"'):
        [one] = planned(
            root, f"parameters: {{survey: {json.dumps('data/' + source)}}}\n    for_each: country"
        )
        found[source] = expand(one)
    file, table = found.values()
    assert [each.name for each in table.reports] == [each.name for each in file.reports]
    assert [each.given["only"] for each in table.reports] == [
        each.given["only"] for each in file.reports
    ]
    assert [(each.name, each.n, each.reason.text()) for each in table.left_out] == [
        (each.name, each.n, each.reason.text()) for each in file.left_out
    ]
    checked, refused = ready_all(table.reports)
    assert not refused
    assert {str(each.checked.inputs["survey"]).rpartition("#")[2] for each in checked} == {
        '"回答 1"'
    }
    parts = [{each.name for each in table.reports if in_shard(each.name, n, 3)} for n in range(3)]
    assert sum(map(len, parts)) == len(table.reports) == len(set().union(*parts))


def test_the_value_reaches_the_notebook_as_it_is(root):
    [one] = planned(root, "for_each: country")
    found = expand(one)
    checked, refused = ready_all(found.reports)
    assert not refused
    assert found.left_out
    values = {each.checked.given["only"]["country"] for each in checked}
    assert {"O'Brien", "x' or '1'='1", "\u202e{x}", "007"} <= values
    assert json.loads(json.dumps([each.checked.given for each in checked]))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("{country: JP}", {"country": "JP"}),
        ('{country: "O\'Brien", plan: 7}', {"country": "O'Brien", "plan": "7"}),
        ('{"country": "007"}', {"country": "007"}),
        ("{country: NO}", {"country": "NO"}),
        ("{}", {}),
    ],
)
def test_the_command_line_binds_values_as_they_were_written(root, written, meant):
    one = plan.from_notebook(root / "notebooks" / "10_groups.ipynb", {"only": written})
    [ready], problems = ready_all([one])
    assert not problems
    assert ready.checked.given["only"] == meant


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{cuontry: JP}", "did you mean 'country'"),
        ("{country: ''}", "country is null"),
        ("{country: null}", "only"),
        ("{country: [a, b]}", "only"),
        ("JP", "write it like {name: value}"),
        ("country = 'JP'", "write it like {name: value}"),
    ],
)
def test_what_binds_no_value_is_refused(root, written, said):
    one = plan.from_notebook(root / "notebooks" / "10_groups.ipynb", {"only": written})
    ready, [problem] = ready_all([one])
    assert not ready
    assert "only=" in problem
    assert said in problem


def test_what_where_and_only_leave_out_does_not_count(root):
    [one] = planned(root, "for_each: {country: {least: 15}}\n    parameters: {where: score > 3}")
    one = replace(one, given={**one.given, "only": "{plan: a}"})
    found = expand(one)
    assert {each.given["only"]["plan"] for each in found.reports} == {"a"}
    assert "JP" in {each.given["only"]["country"] for each in found.reports}
    assert all(each.n < GROUPS[each.value["country"]] for each in found.left_out if each.n > 1)


def test_several_columns_are_the_combinations_that_occur(root):
    [one] = planned(root, "for_each: {country: {least: 15}, plan: {}}")
    found = expand(one)
    pairs = {tuple(each.given["only"].values()) for each in found.reports}
    assert {("JP", "a"), ("JP", "b")} <= pairs
    assert ("7", "b") not in pairs
    assert "groups-東京-本店-a" in {each.name for each in found.reports}


@pytest.mark.parametrize(
    ("entry", "kind", "said"),
    [
        ("for_each: cuontry", ColumnError, "did you mean 'country'"),
        ("for_each: id", ParameterError, f"more than {MOST_VALUES}"),
        (
            "for_each: {country: {least: 1000}}",
            ParameterError,
            "the largest has 40; give {least: 40}",
        ),
        ("for_each: country\n    parameters: {where: \"plan = 'none'\"}", CxError, "none of the"),
        (
            "for_each: country\n    parameters: {survey: none.csv}",
            ParameterError,
            "there is no file",
        ),
        ("for_each: country\n    parameters: {scroe: x}", ParameterError, "did you mean 'score'"),
        ("for_each: country\n    parameters: {only: '{country: JP}'}", ParameterError, "both name"),
    ],
)
def test_what_cannot_be_expanded_is_refused(root, entry, kind, said):
    [one] = planned(root, entry)
    with pytest.raises(kind) as refusal:
        expand(one)
    assert said in str(refusal.value)


def test_what_cannot_be_expanded_is_refused_and_others_are_made(root, monkeypatch):
    [one] = planned(root, "for_each: contry")
    other = replace(one, name="other", for_each={}, given={})
    found = check_all([one, other])
    assert [each.planned.name for each in found.ready] == ["other"]
    assert [each.planned.name for each in found.refused] == ["groups"]
    assert "did you mean" in found.refused[0].message


@pytest.mark.parametrize("notebook", ["03_nps.ipynb", "04_retention.ipynb"])
def test_a_notebook_whose_study_counts_no_groups_is_refused(root, notebook):
    one = plan.from_notebook(root / "notebooks" / notebook, {})
    with pytest.raises(ParameterError, match=r"counts no groups.*grid"):
        expand(replace(one, for_each={"country": {}}))


def test_reports_of_two_entries_that_have_one_name_are_refused(root, monkeypatch):
    [one] = planned(root, "for_each: country")
    other = replace(one, name="Groups-KR", for_each={})
    found = check_all([other, replace(one, for_each={"country": {"least": 29}})])
    names = {each.planned.name for each in found.ready}
    assert "Groups-KR" in names
    assert "groups-KR" not in names
    assert ["name='groups-KR' is there twice" in each.message for each in found.refused] == [True]


@given(st.text(min_size=1, max_size=20).filter(lambda name: name.isprintable()), st.integers(1, 50))
def test_each_report_is_in_one_part(name, count):
    assert sum(in_shard(name, part, count) for part in range(count)) == 1


def test_a_part_is_the_same_on_every_machine():
    """By hand: `printf nps-JP | sha256sum` begins with 5c6f480e7cdf710c."""
    assert in_shard("nps-JP", 0x5C6F480E7CDF710C % 7, 7)


@pytest.mark.parametrize("text", ["", "1", "2/2", "-1/2", "0/0", "a/b", "1/2/3", "0.5/2", "１/２"])
def test_what_is_no_part_is_refused_with_one_that_is(text):
    with pytest.raises(ParameterError, match=r"--shard .*counted from 0: .*\d/\d"):
        parse_shard(text)


def test_parts_are_read():
    assert parse_shard("0/2") == (0, 2)
    assert parse_shard(" 11 / 12 ") == (11, 12)
