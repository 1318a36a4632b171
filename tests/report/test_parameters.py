"""What is given for a notebook becomes checked parameters, or one message, before a kernel
starts."""

from collections.abc import Mapping
from typing import ClassVar

import pytest

from cxlib.errors import CxError, ParameterError
from cxlib.report import describing, parameters
from cxlib.report.notebook import Cell, Notebook, read_notebook
from cxlib.report.values import as_given
from tests.report.models import Parameters, Several, Writing
from tests.report.writing import in_parameters_cell


@pytest.fixture
def values(root):
    notebook = read_notebook(root / "notebooks" / "03_nps.ipynb")

    def checked(**values):
        return parameters.check_values(
            notebook, values, model=Parameters, folder=root / "notebooks", relative_to=root
        )

    return checked


@pytest.mark.parametrize(
    ("name", "written", "wanted"),
    [
        ("wave", "2026Q3", "2026Q3"),
        ("wave", "2026", "2026"),
        ("wave", "None", None),
        ("wave", "null", None),
        ("wave", 2026, "2026"),
        ("wave", "電話 = 一", "電話 = 一"),
        ("scale", "1,10", [1, 10]),
        ("scale", "[1,10]", [1, 10]),
        ("scale", "(1, 10)", [1, 10]),
        ("scale", [1, 10], [1, 10]),
        ("by", "country", ["country"]),
        ("by", "country,plan", ["country", "plan"]),
        ("by", "[country, plan]", ["country", "plan"]),
        ("by", "国,요금제", ["国", "요금제"]),
        ("by", "[]", []),
        ("weight", "w", "w"),
        ("weight", "a,b", ["a", "b"]),
        ("weight", "None", None),
        ("top", "5", 5),
        ("top", "None", None),
        ("method", "wald", "wald"),
        ("gap_days", "7.5", 7.5),
        ("exact", "true", True),
        ("by", "", []),
        ("by", "[no, 010]", ["no", "010"]),
        ("wave", "2026-13-45", "2026-13-45"),
    ],
)
def test_a_value_is_read_as_its_field_needs_it(values, name, written, wanted):
    assert values(**{name: written}).given == {name: wanted}


@pytest.mark.parametrize(
    ("name", "written", "message"),
    [
        ("wavee", "2026Q3", "'wavee' is unknown; did you mean 'wave'"),
        ("scale", "1-10", "scale='1-10'"),
        ("top", "0", "top='0'"),
        ("top", "five", "top='five'"),
        ("method", "exact", "method='exact'"),
        ("gap_days", "-1", "gap_days='-1'"),
        ("survey", "data/none.csv", "there is no file"),
        ("folder", "data/survey.csv", "there is no folder"),
        ("wave", True, "wave=True"),
        ("password", "hunter2", "is a secret .* give -p password=secret://PASSWORD"),
        ("survey", "postgres://ann@db/shop", "survey='postgres:/ann@db/shop'"),  # no folder before
        ("survey", "", "survey='' is empty"),
        ("survey", "data", "is a folder; give the path of a file"),
        ("since", "soon", "since='soon': is not a date; write it"),
        ("since", "2026-13-45", "since='2026-13-45': is not a date"),
        ("top", "[" * 3000, "top='"),
        ("wave", [["x"] * 50] * 50, r"wave=\[\['x', "),
        ("columns", "customer_id", "columns='customer_id': is not a mapping .* {name: value}"),
        (
            "columns",
            "{respondnt: a}",
            "parameter 'columns.respondnt' is unknown; did you mean 'respondent'",
        ),
        (
            "columns",
            {"top": "0"},
            r"parameter columns\.top='0': .* \(columns\.top: how many comments\)",
        ),
        ("columns", "{top: many}", "columns.top='many'"),
        ("columns", "{respondent: a, respondent: b}", "is not a mapping"),
        ("columns", "{respondent: null}", "columns.respondent=None: is not a text"),
        ("columns", "None", "columns='None': is not a mapping"),
    ],
)
def test_a_bad_value_is_refused_by_name(values, name, written, message):
    with pytest.raises(ParameterError, match=message) as refused:
        values(**{name: written})
    assert "hunter2" not in str(refused.value)
    assert len(str(refused.value)) < 600


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("'survey.csv' is empty", "survey='{root}/data/survey.csv': 'survey.csv' is empty"),
        ("no scores", "wave='w': no scores"),
        ("wave='w' is not there", "wave='w' is not there"),
        ("columns.respondent='x': no such column", "columns.respondent='x': no such column"),
    ],
)
def test_a_refusal_in_the_kernel_gets_its_parameter(values, root, message, wanted):
    assert values(wave="w").named(message) == wanted.format(root=root.as_posix())


def test_a_refusal_without_parameters_stands_alone(root):
    keywords = {"model": None, "folder": root, "relative_to": root}
    assert parameters.check_values(Notebook(), {}, **keywords).named("no rows") == "no rows"


@pytest.mark.parametrize(
    ("content", "given", "message"),
    [
        (
            "wave,skore\n1,2\n",
            {},
            r"^score='score': there is no such column; did you mean 'skore'\?$",
        ),
        ("wave,score\n1,2\n", {"score": "wav"}, r"^score='wav': there is no such column; did you"),
        ("", {}, r"^survey='.*/plain.csv': 'plain.csv' is empty \(0 bytes\); export it again$"),
        (
            "wave,score\n1\n",
            {},
            r"^survey='.*/plain.csv': 'plain.csv': its header has 2 cells and no record has as",
        ),
    ],
)
def test_the_header_is_checked(values, root, content, given, message):
    (root / "data" / "plain.csv").write_text(content, encoding="utf-8")
    with pytest.raises(CxError, match=message):
        values(survey="data/plain.csv", **given)


@pytest.mark.parametrize(
    "written",
    ["{comment: 声, top: 5}", '{"comment": "声", "top": 5}', {"comment": "声", "top": "5"}],
)
def test_a_mapping_is_laid_over_the_notebooks_own(values, written):
    checked = values(columns=written)
    assert checked.given == {"columns": {"respondent": "顧客番号", "comment": "声", "top": 5}}
    assert values().values["columns"] == {"respondent": "顧客番号", "comment": None, "top": 3}
    assert checked.meanings["columns.comment"] == "column with comments"


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("{comment: no}", "no"),
        ("{comment: 010}", "010"),
        ("{comment: None}", None),
        ("{comment: null}", None),
        ("{comment: 2026-07-01}", "2026-07-01"),
    ],
)
def test_a_value_in_a_mapping_is_read_as_its_field_needs_it(values, written, wanted):
    assert values(columns=written).given["columns"]["comment"] == wanted


@pytest.mark.parametrize(
    "written",
    ["{comment}", "{comment: , top: 5}", "{comment: a, comment: b}", "{comment: a", "null", ""],
)
def test_a_mapping_that_may_be_misread_is_refused(values, written):
    with pytest.raises(
        ParameterError, match=r"is not a mapping of names to values; write it like \{name: value\}"
    ):
        values(columns=written)


def test_a_name_within_a_mapping_is_not_given_alone(values):
    with pytest.raises(
        ParameterError,
        match=r"^parameter 'columns\.comment' is one of the names within 'columns'; write it like "
        r"columns=\{comment: 声\}$",
    ):
        values(**{"columns.comment": "声"})


@pytest.mark.parametrize(
    "name", ["a, b: 'c'", '"', "客 #1", "{a}", "two\nlines", "a\\b", "- x", "*", "null ", "@"]
)
def test_a_mapping_is_written_as_it_is_read(values, name):
    written = as_given({"comment": name})
    assert values(columns=written).given["columns"]["comment"] == (
        None if name == "null " else name
    )


@pytest.mark.parametrize("written", ["{}", {}])
def test_an_empty_mapping_takes_the_notebooks_own_back(values, written):
    assert values(columns=written).values["columns"] == {
        "respondent": "respondent_id",
        "comment": None,
        "top": 3,
    }  # the model's


def test_paths_are_injected_relative_to_the_notebook_and_checked_absolute(values, root):
    checked = values(survey="data/survey.csv")
    assert checked.given == {"survey": "../data/survey.csv"}
    assert checked.inputs == {"survey": root / "data" / "survey.csv"}
    assert values().values["survey"] == "../data/survey.csv"


@pytest.mark.parametrize(
    "written", ["[data/survey.csv, data/other.csv]", ["data/survey.csv", "data/other.csv"]]
)
def test_a_list_of_files_is_read_as_files_are(root, written):
    (root / "data" / "other.csv").write_text("score\n1\n", encoding="utf-8")
    notebook = in_parameters_cell("survey = None")

    def checked(value):
        return parameters.check_values(
            notebook,
            {"survey": value},
            model=Several,
            folder=root / "notebooks",
            relative_to=root,
        )

    found = checked(written)
    assert found.values["survey"] == ["../data/survey.csv", "../data/other.csv"]
    paths = [root / "data" / "survey.csv", root / "data" / "other.csv"]
    assert found.inputs == {"survey.1": paths[0], "survey.2": paths[1]}
    assert parameters.with_paths(found)["survey"] == paths
    assert checked("data").inputs == {"survey": root / "data"}
    assert parameters.with_paths(checked("data"))["survey"] == root / "data"
    assert checked("None").inputs == {}
    with pytest.raises(ParameterError) as refused:
        checked(["data/survey.csv", "data/othr.csv"])
    assert "there is no file" in str(refused.value)
    assert "is not a path" not in str(refused.value)


@pytest.mark.parametrize("written", ["made/sheets", "./made/x/../sheets"])
def test_a_folder_to_write_to_is_found_as_files_are_and_is_no_input(root, written):
    notebook = in_parameters_cell("sheets = None")
    found = parameters.check_values(
        notebook, {"sheets": written}, model=Writing, folder=root / "notebooks", relative_to=root
    )
    assert found.given == {"sheets": "../made/sheets"}
    assert found.outputs == found.paths == {"sheets": root / "made" / "sheets"}
    assert found.inputs == {}
    assert not (root / "made").exists()


def test_without_a_model_names_are_checked_all_the_same(root):
    notebook = in_parameters_cell('n = 3  # how many\nname = "a"')
    keywords = {"model": None, "folder": root, "relative_to": root}
    assert parameters.check_values(notebook, {"n": "5", "name": "5"}, **keywords).values == {
        "n": 5,
        "name": "5",
    }
    assert parameters.check_values(notebook, {"n": ["1", "2026-13-45"]}, **keywords).given == {
        "n": [1, "2026-13-45"]
    }
    with pytest.raises(ParameterError, match="'nn' is unknown; did you mean 'n'"):
        parameters.check_values(notebook, {"nn": "5"}, **keywords)
    with pytest.raises(ParameterError, match="the notebook has no parameters"):
        parameters.check_values(Notebook(), {"n": "5"}, **keywords)
    assert [row.meaning for row in describing.describe(notebook, model=None)] == ["how many", ""]


def test_a_parameter_of_an_earlier_release_is_refused_with_what_takes_its_place(root):
    class Later(Parameters):
        replaced: ClassVar[Mapping[str, str]] = {"score_column": "score = {value!r}"}

    folder = root / "notebooks"
    with pytest.raises(ParameterError, match="'score_column' has been replaced; write score = 'x'"):
        parameters.check_values(
            read_notebook(folder / "03_nps.ipynb"),
            {"score_column": "x"},
            model=Later,
            folder=folder,
            relative_to=root,
        )


@pytest.mark.parametrize("language", ["fr", "JA", "", None, ["ja"], 1])
def test_a_language_without_texts_is_refused_before_a_kernel_starts(tmp_path, language):
    notebook = Notebook((Cell("code", 'language = "en"', ("parameters",)),))
    with pytest.raises(ParameterError, match="possible: en, ja, ko"):
        parameters.check_values(
            notebook, {"language": language}, model=None, folder=tmp_path, relative_to=tmp_path
        )


@pytest.mark.parametrize("language", ["ja", "ko"])
def test_parameters_mean_something_in_the_language_that_is_asked_for(values, language):
    told, english = values(language=language).meanings, values().meanings
    assert told["language"] != english["language"]
    assert told.keys() == english.keys()
