"""A YAML file of reports is read as a plan; what is wrong with an entry is said, and the others are
made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.errors import ParameterError, SourceError
from cxlib.report import plan
from tests.report.writing import project


@pytest.fixture
def root(tmp_path):
    return project(tmp_path / "projet {é}")


def written(root, content):
    path = root / "reports" / "own" / "mine.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def test_paths_are_relative_to_the_folder_under_which_the_notebook_lies(root):
    planned, problems = plan.from_yaml(
        written(
            root,
            """
        defaults: {language: en}
        reports:
          - notebook: notebooks/03_nps.ipynb
            parameters: {wave: 2026Q3, survey: data/survey.csv}
          - {name: nps-日本, notebook: notebooks/03_nps.ipynb}
        """,
        )
    )
    assert not problems
    assert [one.name for one in planned] == ["nps", "nps-日本"]
    assert planned[0].root == planned[0].relative_to == root
    assert planned[0].given == {"wave": "2026Q3", "survey": "data/survey.csv"}
    assert planned[1].defaults == {"language": "en"}


def test_wrong_entries_are_said_and_the_others_planned(root):
    planned, problems = plan.from_yaml(
        written(
            root,
            """
        reports:
          - notebook: notebooks/03_nps.ipynb
          - notebook: notebooks/03_nps.ipynb
          - notebook: notebooks/none.ipynb
          - {notebook: notebooks/03_nps.ipynb, name: ../escape}
          - {notebook: notebooks/03_nps.ipynb, name: other, parametres: {}}
          - {notebook: notebooks/03_nps.ipynb, name: third, parameters: [1]}
          - name: nothing
        """,
        )
    )
    assert [one.name for one in planned] == ["nps"]
    wanted = (
        "there twice",
        "no such file",
        "cannot be a folder's name",
        "did you mean 'parameters'",
        "parameters=['1']",
        "no notebook",
    )
    assert len(problems) == len(wanted)
    assert all(word in problem for word, problem in zip(wanted, problems, strict=True))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "reports: []",
        "- a",
        "reports: {a: b}",
        "report: []",
        "a: [",
        "defaults: 3\nreports: [{}]",
        "defalts: {}\nreports: [{}]",
    ],
)
def test_a_file_that_is_no_plan_is_refused(root, content):
    with pytest.raises(SourceError, match=r"mine\.yml"):
        plan.from_yaml(written(root, content))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        ".hidden",
        "index.html",
        "가" * 67,
        "a\n",
        "a.",
        "a/b",
        "a\\b",
        "a b",
        "a..b",
        "_x",
        "x" * 300,
    ],
)
def test_a_name_that_cannot_be_a_folder_is_refused(root, name):
    if name:
        with pytest.raises(ParameterError, match="cannot be a folder's name"):
            plan.from_notebook(root / "notebooks" / "03_nps.ipynb", {}, name=name)


def test_a_notebook_that_is_not_there_is_refused(root):
    with pytest.raises(SourceError, match="there is no notebook"):
        plan.from_notebook(root / "x.ipynb", {})


def test_values_are_texts_as_they_were_written(root):
    planned, problems = plan.from_yaml(
        written(
            root,
            """
        reports:
          - &first
            notebook: notebooks/03_nps.ipynb
            parameters: {wave: 2026-13-45, country: NO, code: 010, at: 12:30, of: [1e3, yes], none: null}
          - {<<: *first, name: 2026}
        """,  # noqa: E501
        )
    )
    assert not problems
    assert planned[0].given == {
        "wave": "2026-13-45",
        "country": "NO",
        "code": "010",
        "at": "12:30",
        "of": ["1e3", "yes"],
        "none": None,
    }
    assert (planned[1].name, planned[1].given) == ("2026", planned[0].given)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "hi",
        "- notebook: x",
        "reports:",
        "reports: {}",
        "reports:\n\t- notebook: x",
        "reports: [{notebook: a, notebook: b}]",
        "reports: " + "[" * 5000,
        "reports: \0",
    ],
)
def test_a_file_that_is_no_list_of_reports_is_refused(root, content):
    with pytest.raises(SourceError, match=r"is not YAML|has no list of reports"):
        plan.from_yaml(written(root, content))


def test_names_that_are_one_folder_somewhere_are_one_name(root):
    decomposed = "か\u3099"  # が as a Mac's file system writes it
    assert plan.from_notebook(root / "notebooks" / "03_nps.ipynb", {}, name=decomposed).name == "が"
    _, problems = plan.from_yaml(
        written(
            root,
            "reports: [{notebook: notebooks/03_nps.ipynb}, "
            "{notebook: notebooks/03_nps.ipynb, name: NPS}]",
        )
    )
    assert "there twice" in problems[0]


@given(st.text(), st.text(min_size=1).filter(lambda name: "=" not in name and name.strip()))
def test_a_pair_is_split_at_the_first_equals_sign(value, name):
    assert plan.read_given([f"{name}={value}"]) == {name.strip(): value}


@pytest.mark.parametrize("pair", ["wave", "=x", " =x"])
def test_a_pair_without_a_name_or_value_is_refused(pair):
    with pytest.raises(ParameterError, match="name=value"):
        plan.read_given([pair])


GRID = """
reports:
  - name: retention
    notebook: notebooks/03_nps.ipynb
    parameters: {wave: 2026Q3}
    grid: {segment: [plan, country], kind: [on, on_or_after]}
"""


def test_a_grid_makes_a_report_of_each_combination_as_it_was_written(root):
    planned, problems = plan.from_yaml(written(root, GRID))
    assert not problems
    assert {one.name: one.given for one in planned} == {
        f"retention-{segment}-{kind}": {"wave": "2026Q3", "segment": segment, "kind": kind}
        for segment in ("plan", "country")
        for kind in ("on", "on_or_after")
    }
    assert {one.line for one in planned} == {3}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("grid: {wave: [a]}\n    parameters: {wave: b}", "grid and parameters both give 'wave'"),
        ("grid: {language: [en]}", "grid and defaults both give 'language'"),
        ("grid: {wave: a}", "is no list"),
        ("grid: {wave: []}", "is no list"),
        ("grid: []", "holds no parameters"),
        ("grid: {wave: [a, 'a']}", "has a value twice"),
        (f"grid: {{a: {[*range(40)]}, b: {[*range(40)]}}}", "makes 1,600 reports"),
        ("for_each: {country: {lest: 3}}", "did you mean 'least'"),
        ("for_each: {country: {least: 0}}", "least='0'"),
        ("for_each: {country: {least: 1.5}}", "least='1.5'"),
        ("for_each: {country: {least: ten}}", "least='ten'"),
        ("for_each: {country: 3}", "must be a mapping"),
        ("for_each: [a, a]", "names a column twice"),
        ("for_each: []", "names no column"),
        ("for_each: ['']", "named by a text"),
        ("for_each: [[a]]", "named by a text"),
        ("for_each: a\n    parameters: {only: {a: b}}", "both name the column 'a'"),
        ("for_each: a\n    grid: {only: [{b: c}]}", "for_each fills in"),
        ("name: con", "cannot be a folder's name"),
        ("name: latest", "cannot be a folder's name"),
        ("name: [a]", "name="),
        ("griid: {}", "did you mean 'grid'"),
    ],
)
def test_what_is_wrong_with_an_entry_is_said_with_its_line_and_number(root, entry, said):
    content = f"""defaults: {{language: en}}
reports:
  - notebook: notebooks/03_nps.ipynb
  - notebook: notebooks/03_nps.ipynb
    {entry}
"""
    if "name: " not in entry:
        content += "    name: other\n"
    planned, [problem] = plan.from_yaml(written(root, content))
    assert [one.name for one in planned] == ["nps"]
    assert problem.startswith("mine.yml, line 4, report 2: ")
    assert said in problem


@pytest.mark.parametrize(
    ("written_as", "meant"),
    [
        ("country", {"country": {}}),
        ("[country, plan]", {"country": {}, "plan": {}}),
        ("{country: {least: 100}}", {"country": {"least": 100}}),
        ("{国: null, on: {least: 5}}", {"国": {}, "on": {"least": 5}}),
    ],
)
def test_for_each_may_be_written_short(root, written_as, meant):
    planned, problems = plan.from_yaml(
        written(
            root, f"reports:\n  - notebook: notebooks/03_nps.ipynb\n    for_each: {written_as}\n"
        )
    )
    assert not problems
    assert planned[0].for_each == meant
    assert planned[0].line == 2


def test_two_entries_of_one_name_are_refused_as_a_whole(root):
    planned, [problem] = plan.from_yaml(
        written(root, GRID + "  - {name: Retention-PLAN-on, notebook: notebooks/03_nps.ipynb}\n")
    )
    assert len(planned) == 4
    assert "line 7, report 2" in problem
    assert "there twice" in problem


@pytest.mark.parametrize("name", ["pdf", "single_file"])
def test_what_lies_beside_a_page_is_asked_for_in_a_suite(tmp_path, monkeypatch, name):
    monkeypatch.setattr("cxlib.report.plan.find_maker", lambda: "here")
    (tmp_path / "a.ipynb").write_text("{}", encoding="utf-8")
    suite = tmp_path / "suite.yml"
    for written, asked in (("true", True), ("false", False), ("'true'", True)):
        text = f"reports:\n  - {{notebook: a.ipynb, {name}: {written}}}\n"
        suite.write_text(text, encoding="utf-8")
        [one] = plan.plan_all([suite]).reports
        assert getattr(one, name) is asked
        assert getattr(plan.plan_all([suite], **{name: True}).reports[0], name)
    suite.write_text(f"reports:\n  - {{notebook: a.ipynb, {name}: on}}\n", encoding="utf-8")
    [problem] = plan.plan_all([suite]).problems
    assert f"{name}='on' must be true or false, as `{name}: true`" in problem
