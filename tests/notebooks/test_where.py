"""`where` in all notebooks: checked before a kernel, true to every file, told on the page."""

import pandas as pd
import pytest

from cxlib import bias, interviews, nps
from cxlib.errors import ColumnError, CxError, ParameterError
from cxlib.report import read_notebook
from cxlib.report.columns import check_files
from cxlib.report.notebook import load_model
from cxlib.report.parameters import check_values
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Twelve customers of two countries, asked in one wave; eight answered."""
    folder = tmp_path_factory.mktemp("where")
    people = pd.DataFrame({"customer_id": range(12), "country": ["JP", "KR"] * 6})
    people["plan"] = ["a", "a", "b", "b"] * 3
    people.to_csv(folder / "customers.csv", index=False)
    people.drop(columns="plan").assign(wave="2026Q3").to_parquet(folder / "invitations.parquet")
    answers = people.head(8).drop(columns="plan")
    scores = [10, 0, 9, 3, 8, 10, 2, 9]
    answers.assign(wave="2026Q3", score=scores, device=["app", "app", "web", "web"] * 2).to_csv(
        folder / "answers.csv", index=False
    )
    return folder


def counts(read):
    return dict(zip(read.frame["what"], read.frame["n"], strict=True))


def said(messages):
    return " ".join(map(str, messages))


def test_an_nps_of_some_answers(files):
    p = nps.Parameters(survey=files / "answers.csv", where="country = 'JP'")
    answers = nps.read(p)
    # by hand: 10, 9, 8 and 2 of Japan: 2 promoters, 1 detractor of 4
    level = nps.score(answers.rows, score="score")
    assert level.frame["nps"].item() == pytest.approx(25)
    assert counts(answers.read) == {"rows": 8, "answers": 4, "where": 4}
    assert "country = 'JP': 4 of 8" in said(answers.notes)
    assert answers.subject == "2026Q3, where country = 'JP'"
    lines = answers.read.table(["what", "n"]).written()["what"].tolist()
    assert "left out: rows that the condition leaves out" in lines


def test_looks_are_counted_for_the_same_rows_alone(files):
    looks = {"2026Q3": 5, "2026Q3, where country = 'JP'": 2}
    p = nps.Parameters(survey=files / "answers.csv", looks=looks)
    assert nps.read(p).looks == 6
    some = nps.Parameters(survey=files / "answers.csv", looks=looks, where="country = 'JP'")
    assert nps.read(some).looks == 3


def sample_of(files, **given):
    return bias.read(
        bias.Parameters(
            survey=files / "answers.csv",
            frame=files / "customers.csv",
            invitations=files / "invitations.parquet",
            customer="customer_id",
            score="score",
            **given,
        )
    )


def test_all_files_of_who_answered_are_filtered_together(files):
    sample = sample_of(files, where="country = 'JP'")
    assert (sample.invited, len(sample.respondents)) == (6, 4)  # 4 of 6, as 8 of 12 before
    told = said(sample.notes)
    for name, n in (("answers.csv", "4 of 8"), ("customers.csv", "6 of 12")):
        assert f"Rows of {name} that meet the condition country = 'JP': {n}" in told
    assert "invitations.parquet that meet the condition country = 'JP': 6 of 12" in told


def test_what_concerns_answers_alone_keeps_all_who_were_invited(files):
    sample = sample_of(files, where_answers="device = 'web'")
    assert (sample.invited, len(sample.respondents)) == (12, 4)
    assert counts(sample.read)["where"] == 4
    both = sample_of(files, where="country = 'JP'", where_answers="device = 'web'")
    assert (both.invited, len(both.respondents)) == (6, 2)
    assert both.subject == "2026Q3, where country = 'JP', where device = 'web'"


def test_a_condition_names_only_columns_that_every_file_has(files):
    p = bias.Parameters(
        survey=files / "answers.csv",
        frame=files / "customers.csv",
        invitations=files / "invitations.parquet",
        customer="customer_id",
        where="device = 'web' and Country = 'JP'",
    )
    with pytest.raises(ColumnError) as refused:
        check_files(p)
    lines = str(refused.value).splitlines()
    assert len(lines) == 5  # all at once: device in two files, Country in three
    assert lines[0].startswith("where: there is no column 'device' in frame")
    assert "; survey has it, but a condition may name only columns that each file" in lines[0]
    assert lines[2] == "where: there is no column 'Country' in survey; did you mean 'country'?"


def test_interviews_are_chosen_by_their_cases(sample):
    folder = sample / "interviews"
    given = {
        "transcripts": folder,
        "codings": folder / "codings.csv",
        "codebook": folder / "codebook.yaml",
        "speakers": {"interviewer": ["聞き手", "진행자", "Interviewer"]},
    }
    cases = pd.read_csv(folder / "cases.csv")
    corpus = interviews.read(
        interviews.Parameters(**given, cases=folder / "cases.csv", where="language = 'ja'")
    )
    chosen = set(cases.loc[cases["language"] == "ja", "document"])
    assert chosen
    for rows in (corpus.documents, corpus.cases, corpus.units, corpus.codings):
        assert set(rows["document"]) == chosen
    assert counts(corpus.read)["not_chosen"] == len(cases) - len(chosen)
    assert corpus.subject == "where language = 'ja'"
    with pytest.raises(ParameterError, match="about the cases; give cases="):
        interviews.Parameters(**given, where="language = 'ja'")


@pytest.mark.parametrize(
    ("notebook", "given", "message"),
    [
        ("03_nps", 'contact_type == "phone"', "did you mean where=\"contact_type = 'phone'\""),
        ("03_nps", "contact = 'phone'", "no column 'contact' in survey; did you mean 'contact_t"),
        ("03_nps", "Score > 5", "no column 'Score' in survey; did you mean 'score'"),
        ("02_bias", "country = 'JP'", "no column 'country' in survey"),
        ("01_interviews", "lang = 'ja'", "no column 'lang' in cases; did you mean 'language'"),
        ("04_retention", "lower(kind) = 'x'", "a function has no place"),
        ("04_retention", "plan = 'x'", "no column 'plan' in orders"),
    ],
)
def test_it_is_checked_before_a_kernel(notebook, given, message):
    path = ROOT / "notebooks" / f"{notebook}.ipynb"
    source = read_notebook(path)
    with pytest.raises(CxError) as refused:
        check_values(
            source,
            {"where": given},
            model=load_model(source),
            folder=path.parent,
            relative_to=path.parent,
        )
    assert message in str(refused.value)
