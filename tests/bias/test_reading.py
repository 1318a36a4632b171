"""Files and parameters: what is joined, what is said of what is absent, and what is refused."""

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.errors import (
    ColumnError,
    CxError,
    EmptyDataError,
    ParameterError,
    ScoreRangeError,
    WeightError,
)
from cxlib.shown.message import Message
from tests.bias.conftest import CUSTOMERS, SENT, SURVEY, parameters


def rake(p):
    """As the notebook's first cells do it."""
    sample = bias.read(p)
    return bias.rake(sample.respondents, targets=sample.targets, weight=p.weight)


def test_the_latest_wave_is_joined_with_its_invitations(files):
    sample = bias.read(parameters(files))
    assert sample.subject == "W10"
    assert sample.respondents["score"].tolist() == [0, 8]
    assert sample.invited == 4
    assert sample.targets["国"].to_dict() == {"日": 2, "韓": 2}
    assert "1 answer comes from people who are not in sent.parquet" in str(sample.warnings[0])


def test_without_an_invitation_list_everyone_is_the_reference(files):
    sample = bias.read(parameters(files, invitations=None, mode=None))
    assert (sample.invited, sample.population) == (None, 6)
    assert "all 6 people" in str(sample.notes[-1])


def test_without_a_frame_nothing_can_be_weighted(files):
    sample = bias.read(parameters(files, invitations=None, frame=None, margins=[], mode=None))
    assert sample.targets == {}
    assert (
        "cannot be compared"
        in bias.representativeness(sample.respondents, sample.reference, columns=[]).summary()
    )


def test_the_schools_by_parameters_alone(shared, expected):
    """As the notebook does it; 1e-7 as in R survey's case."""
    folder = shared / "oracles" / "bias"
    p = bias.Parameters(
        survey=folder / "apiclus1.csv",
        frame=folder / "apipop.csv",
        outcome="api00",
        weight="pw",
        margins=["stype", "sch.wide"],
        cluster="dnum",
        population="fpc",
    )
    sample = bias.read(p)
    weights = bias.rake(sample.respondents, targets=sample.targets, weight=p.weight)
    found = bias.estimate_mean(
        sample.respondents, outcome=p.outcome, weights=weights, **p.design
    ).frame.iloc[-1]
    case = expected["clus1_rake"]["expected"]
    assert_allclose(
        [found["mean"], found["se"]],
        [case["api00"]["estimate"]["api00"], case["api00"]["se"]["api00"]],
        rtol=1e-7,
    )
    assert_allclose(
        sorted(weights.cells["weight"]),
        sorted(cell["weight"] for cell in case["cell_weights"]),
        rtol=1e-7,
    )
    assert sample.notes[1] == Message("bias.read_wave_none")
    assert sample.warnings == (Message("bias.clusters", cluster="dnum"),)


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"score": "scroe"}, ColumnError, "did you mean 'score'"),
        ({"score": "who"}, ScoreRangeError, "none of the 5 answers"),
        ({"outcome": "who"}, ColumnError, "not numbers"),
        ({"margins": ["country"]}, ColumnError, "margins='country'"),
        ({"customer": "whom"}, ColumnError, "did you mean 'who'"),
        ({"customer": None}, ParameterError, "customer=None"),
        ({"wave": "W11"}, ParameterError, "wave='W11'"),
        ({"wave_column": "quarter"}, ColumnError, "wave_column='quarter'"),
        ({"mode": "modus"}, ColumnError, "did you mean 'mode'"),
        ({"wavee": "W9"}, ParameterError, "did you mean 'wave'"),
        ({"confidence": 95}, ParameterError, "confidence"),
        ({"survey": "nowhere.csv"}, ParameterError, "there is no file"),
        ({"cluster": "district"}, ColumnError, "cluster='district'"),
    ],
)
def test_bad_parameters(files, changed, error, said):
    with pytest.raises(error, match=said):
        bias.read(parameters(files, **changed))


def test_files_that_do_not_belong_together(files):
    SENT.assign(who="z").to_parquet(files / "sent.parquet")
    with pytest.raises(
        ParameterError, match="none of the survey's answers belongs to an invitation"
    ):
        rake(parameters(files))
    CUSTOMERS.assign(who="z" + CUSTOMERS["who"]).to_csv(files / "customers.csv", index=False)
    with pytest.raises(ParameterError, match="none of the survey's customers"):
        rake(parameters(files))
    pd.concat([CUSTOMERS, CUSTOMERS]).to_csv(files / "customers.csv", index=False)
    with pytest.raises(ParameterError, match=r"6 rows .* repeat a customer"):
        rake(parameters(files))


def test_empty_files_and_targets_out_of_reach(files):
    SURVEY.head(0).to_csv(files / "survey.csv", index=False)
    with pytest.raises(CxError):
        rake(parameters(files))
    SURVEY.drop(index=3).to_csv(files / "survey.csv", index=False)
    with pytest.raises(WeightError, match="nobody among the respondents is '韓'"):
        rake(parameters(files))
    SURVEY.assign(who="c9").iloc[[0]].to_csv(files / "survey.csv", index=False)
    with pytest.raises((EmptyDataError, ParameterError)):
        rake(parameters(files))


def test_what_was_read_is_a_table_with_its_subject(files):
    sample = bias.read(parameters(files))
    assert dict(zip(sample.read.frame["what"], sample.read.frame["n"], strict=True)) == {
        "answers": 5,
        "no_score": 0,
        "other_waves": 2,
        "unknown_people": 1,
        "respondents": 2,
        "invited": 4,
    }
    assert set(sample.inputs) == {"survey", "frame", "invitations"}
    data, mark = sample.table()._repr_mimebundle_()
    assert mark["text/csv"]["subject"] == "W10"
    assert data["text/plain"].startswith("What was read")


def test_spellings_that_were_joined_are_said(files):
    CUSTOMERS.assign(国=["日", "韓", "日 ", "韓", "韓", "日"]).to_csv(
        files / "customers.csv", index=False
    )
    sample = bias.read(parameters(files))
    assert sample.targets["国"].to_dict() == {"日": 2, "韓": 2}
    assert any(note.key == "common.names_joined" for note in sample.notes)


def test_what_was_noticed_of_files_and_waves_is_said(tmp_path):
    survey = tmp_path / "answers.csv"
    survey.write_text("id,wave,score\n1,2026 Q1,9\n2,2026  Q1,0\n3,2026 q1,9\n", encoding="utf-8")
    people = tmp_path / "people.csv"
    people.write_text("\ufeffid,land\n1,A\n2,B\n3,A\n", encoding="utf-8")
    given = {"survey": survey, "frame": people, "customer": "id", "score": "score"}
    found = bias.read(bias.Parameters.parse(given))
    assert [note.key for note in found.notes][:3] == [
        "bias.read_survey",
        "common.names_joined",
        "sources.byte_order_mark",
    ]
    assert "common.names_differ_in_case" in [flag.key for flag in found.warnings]
