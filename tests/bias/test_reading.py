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
        [case["jk1_api00"]["estimate"]["api00"], case["jk1_api00"]["se"]["api00"]],
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


def test_what_the_survey_tool_marks_is_left_out_and_in_the_table(tmp_path):
    rows = [
        "Q1,Status",
        "How likely?,Response Type",
        '"{""ImportId"":""a""}","{""ImportId"":""b""}"',
    ]
    rows += ["9,IP Address", "10,Survey Preview", "3,IP Address"]
    survey = tmp_path / "answers.csv"
    survey.write_text("\n".join(rows), encoding="utf-8")
    p = bias.Parameters.parse({"survey": survey, "score": "Q1", "wave_column": None})
    found = bias.read(p)
    lines = dict(found.read.frame.itertuples(index=False))
    assert (lines["answers"], lines["preview"], lines["respondents"]) == (3, 1, 2)
    assert [note.key for note in found.notes][:3] == [
        "bias.read_survey",
        "sources.layout_qualtrics",
        "sources.status_read",
    ]
    assert "left out: previews of the survey" in found.table().written()["what"].tolist()


def test_the_finding_says_of_how_many_answers_n_is_the_part(files):
    scores = [0, 10, 10, 9, 8, 7, 6, 10, 9, 5] * 4
    rows = pd.DataFrame({"score": [*scores, *["x"] * 5, "n/a"], "wave": "1"})
    rows.to_csv(files / "survey.csv", index=False)
    p = parameters(files, frame=None, invitations=None, customer=None, margins=[], outcome=None)
    sample = bias.read(p)
    assert sample.left_out == 5
    assert "5 of 45 answers (11.1 %)" in str(sample.warnings[0])
    weights = bias.rake(sample.respondents, targets=sample.targets)
    found = bias.estimate_nps(
        sample.respondents, score="score", weights=weights, left_out=sample.left_out
    )
    assert "The NPS of the 40 of 45 answers that could be used is 20.0" in found.summary()


def test_scales_that_cannot_be_are_refused_and_labels_read(files):
    scores = [0, 10, 10, 9, 8, 7, 6, 10, 9, 5] * 4
    alone = {"frame": None, "invitations": None, "customer": None, "margins": [], "outcome": None}
    pd.DataFrame({"score": [s + 1 for s in scores]}).to_csv(files / "survey.csv", index=False)
    with pytest.raises(CxError, match="scale_shift=-1"):
        bias.read(parameters(files, **alone))
    shifted = bias.read(parameters(files, scale_shift=-1, **alone))
    assert shifted.answers["score"].tolist() == scores
    words = [{10: "Very likely", 0: "Never"}.get(score, score) for score in scores]
    pd.DataFrame({"score": words}).to_csv(files / "survey.csv", index=False)
    with pytest.raises(CxError, match="'Very likely'"):
        bias.read(parameters(files, **alone))
    mapped = bias.read(parameters(files, labels={"very likely": 10, "Never": 0}, **alone))
    assert mapped.answers["score"].tolist() == scores


def test_a_customer_who_gave_a_large_part_counts_once(files):
    rows = pd.DataFrame(
        {"who": [*(f"c{i}" for i in range(40)), *["robot"] * 40], "score": [10] * 40 + [0] * 40}
    )
    rows.to_csv(files / "survey.csv", index=False)
    p = parameters(files, frame=None, invitations=None, margins=[], outcome=None)
    sample = bias.read(p)
    assert sample.respondents["score"].tolist().count(0) == 1
    told = " ".join(map(str, sample.flags))
    assert "39 answers of 1 person who answered more than once" in told


def test_waves_are_cut_from_dates_in_the_survey_and_in_the_invitations(tmp_path):
    days = [f"2026. {month}. 15 오후 3:05:11" for month in (1, 2, 5, 6, 6)]
    people = [f"c{n}" for n in range(5)]
    pd.DataFrame({"who": people, "at": days, "score": [9, 3, 10, 8, 0]}).to_csv(
        tmp_path / "s.csv", index=False
    )
    invited = [*people, "c5", "c6"]
    asked = [f"{month}/20/2026" for month in (1, 2, 5, 6, 6, 6, 1)]
    pd.DataFrame({"who": invited, "at": asked}).to_csv(tmp_path / "i.csv", index=False)
    p = bias.Parameters(
        survey=tmp_path / "s.csv",
        invitations=tmp_path / "i.csv",
        customer="who",
        score="score",
        wave_column="at",
        wave_by="quarter",
    )
    sample = bias.read(p)
    assert (sample.subject, len(sample.respondents), sample.invited) == ("2026Q2", 3, 4)
    assert any("year, month, day" in str(note) for note in sample.notes)


@pytest.mark.parametrize("with_frame", [True, False])
@pytest.mark.parametrize(("again", "told", "on_top"), [(0, 0, 0), (5, 1, 0), (30, 1, 1)])
def test_many_answers_of_people_who_answered_before_stand_above_the_headline(
    tmp_path, with_frame, again, told, on_top
):
    """A hundred people answered, however often."""
    people = pd.DataFrame({"id": [f"c{i}" for i in range(200)], "plan": ["a", "b"] * 100})
    people.to_csv(tmp_path / "people.csv", index=False)
    who = [f"c{i}" for i in range(100)] + [f"c{i}" for i in range(again)]
    survey = pd.DataFrame({"id": who, "score": [9, 3, 10, 7] * 25 + [5] * again})
    survey.assign(plan="a").to_csv(tmp_path / "answers.csv", index=False)
    p = bias.Parameters(
        survey=tmp_path / "answers.csv", frame=tmp_path / "people.csv" if with_frame else None,
        invitations=None, customer="id", score="score", margins=["plan"] if with_frame else [],
        outcome=None, channel=None, mode=None, items=[], seconds=None, reminders=None,
        wave_column=None,
    )  # fmt: skip
    sample = bias.read(p)
    for shown, n in ((sample.warnings, told), (sample.flags, on_top)):
        found = [each for each in shown if each.key == "bias.repeated_in_rows"]
        assert len(found) == n
        assert all(each.values["n"] == again for each in found)
        assert all(each.values["people"] == again for each in found)
    assert len(sample.respondents) == 100
    found = dict(sample.read.frame[["what", "n"]].to_numpy())
    assert (found["respondents"], found.get("repeated", 0)) == (100, again)


@pytest.mark.parametrize(
    "more", [{}, {"customer": "who"}, {"channel": "region"}, {"margins": ["region"]}]
)
def test_answers_of_which_nothing_can_be_said_are_refused_with_what_there_is(tmp_path, more):
    """A page without a number was published."""
    rows = pd.DataFrame({"who": range(30), "rating": [7] * 30, "region": ["n", "s"] * 15})
    rows.to_csv(tmp_path / "own.csv", index=False)
    given = {"survey": tmp_path / "own.csv", "wave_column": None, **more}
    said = r"score=None: .* nothing can be said .* as score, .* 'who', 'rating', 'region'$"
    with pytest.raises(ParameterError, match=said):
        bias.read(bias.Parameters(**given))
    for enough in ({"score": "rating"}, {"outcome": "rating"}, {"items": ["rating"]}):
        assert len(bias.read(bias.Parameters(**given, **enough)).respondents) == 30
    (people := tmp_path / "people.csv").write_text("who,region\n" + "0,n\n1,s\n", encoding="utf-8")
    compared = bias.Parameters(**{**given, "customer": "who", "frame": people})
    assert len(bias.read(compared).respondents) == 2


def test_a_survey_without_any_answer_is_refused_by_its_column(tmp_path):
    people = pd.DataFrame({"customer_id": list("abcd"), "plan": ["basic", "pro"] * 2})
    people.to_csv(tmp_path / "frame.csv", index=False)
    people.assign(score=None)[["customer_id", "score"]].to_csv(tmp_path / "a.csv", index=False)
    p = bias.Parameters(
        survey=tmp_path / "a.csv", frame=tmp_path / "frame.csv", customer="customer_id",
        margins=["plan"], score="score",
    )  # fmt: skip
    with pytest.raises(EmptyDataError, match="score='score': none of the 4 rows has an answer"):
        bias.read(p)
