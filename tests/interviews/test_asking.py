"""Who may be an interviewer though nobody said so, and what it would do to agreement."""

from __future__ import annotations

import pytest

from cxlib import interviews
from cxlib.errors import ParameterError
from cxlib.interviews import asking
from tests.interviews.stripped import strip

ASKING = {"interviewer": ["聞き手", "진행자", "Interviewer"]}


def read(folder, **changes):
    options = {"codings": folder / "codings.csv", "codebook": folder / "codebook.yaml", **changes}
    return interviews.read_corpus(folder, **options)


def alphas(corpus):
    return interviews.agreement(corpus, resamples=0).frame.set_index("code")["alpha"]


def test_interviewers_nobody_named_are_flagged_with_their_effect(sample):
    folder = sample / "interviews"
    named, not_named = read(folder, speakers=ASKING), read(folder)
    assert named.flags == ()
    (flag,) = not_named.flags
    with_them, without = alphas(not_named).iloc[0], alphas(named).iloc[0]
    assert f"would be {without:.3f} instead of {with_them:.3f}" in str(flag)
    assert '{"interviewer": ["聞き手", "진행자", "Interviewer"]}' in str(flag)
    assert "“聞き手” (38 turns in 4 interviews)" in str(flag)


def test_a_spelling_that_holds_in_some_interviews_is_flagged_with_the_others(sample):
    asked, missing = read(sample / "interviews", speakers={"interviewer": "聞き手"}).flags
    assert "“진행자” (41 turns in 4 interviews)" in str(asked)
    assert 'write speakers = {"interviewer": ["聞き手", "진행자", "Interviewer"]}' in str(asked)
    assert "In 8 of 12 interviews nobody has the role interviewer" in str(missing)
    assert "진행자" in str(missing)


def test_who_asks_is_found_by_the_questions(folder_of_two):
    flags = interviews.read_corpus(folder_of_two, codings=folder_of_two / "codings.csv").flags
    assert "“Speaker 1” (3 turns in 1 interview)" in str(flags[0])
    assert "Speaker 2" not in str(flags[0])
    assert "alpha" not in str(flags[0])  # one coder: nothing to agree on


def test_where_customers_are_named_everybody_else_without_a_role_is_flagged(folder_of_two):
    corpus = interviews.read_corpus(
        folder_of_two,
        codings=folder_of_two / "codings.csv",
        speakers={"interviewer": "Speaker 1", "customer": "Bob"},
    )
    assert "1 speaker has no role in speakers and is counted: “Speaker 2”" in str(corpus.flags[0])
    assert corpus.left_out == ("Speaker 1",)
    assert set(corpus.units["role"]) == {"", "customer"}


def test_a_pattern_that_takes_interviewers_for_customers_is_flagged(sample):
    (flag,) = read(sample / "interviews", speakers={"customer": "*"}).flags
    assert "3 speakers who are counted are called" in str(flag)
    assert '{"customer": ["*"], "interviewer": ["聞き手", "진행자", "Interviewer"]}' in str(flag)


@pytest.fixture
def folder_of_two(tmp_path):
    said = "Speaker 1: How was it?\n\nSpeaker 2: Late, I am afraid.\n\n"
    (tmp_path / "a.txt").write_text(said * 3, encoding="utf-8")
    (tmp_path / "b.txt").write_text("Bob: It came.\n\nBob: Late.\n", encoding="utf-8")
    codings = "document,start,end,code,coder\nb.txt,5,12,late,Kim\n"
    (tmp_path / "codings.csv").write_text(codings, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "yes"),
    [
        *(
            (name, True)
            for name in ("INTERVIEWER", "Interviewer 2", "聞き手", "진행자B", "問", "I")
        ),
        *((name, True) for name in ("インタビュアー", "면접관", "Moderadora", "Ｑ1", "사회자 2")),
        *((name, False) for name in ("Ian", "Qi", "田中さん", "지영 님", "Speaker 1", "A")),
    ],
)
def test_names_of_interviewers(name, yes):
    assert asking._is_asker(name) is yes


def test_the_sample_without_labels_agrees_by_sentence_as_it_does_by_turn(sample, tmp_path):
    bare = read(strip(sample / "interviews", tmp_path / "bare"))
    assert bare.unit == "sentence"
    assert "No speaker was recognised in 12 of 12 interviews" in str(bare.flags[0])
    labelled = read(sample / "interviews", speakers=ASKING)
    assert abs(alphas(bare).iloc[0] - alphas(labelled).iloc[0]) < 0.1


def test_files_without_labels_beside_others_are_named(sample, tmp_path):
    only = ("interview_07_ja.txt", "interview_11_ko.srt")
    corpus = read(strip(sample / "interviews", tmp_path / "bare", only=only), speakers=ASKING)
    assert corpus.unit == "turn"
    assert f"in 2 of 12 interviews ({' and '.join(only)})" in str(corpus.flags[0])


def test_what_took_the_place_of_interviewers_is_said(sample):
    folder = sample / "interviews"
    says = r"'interviewers' has been replaced; write speakers = {\"interviewer\": \['聞き手'\]}"
    with pytest.raises(ParameterError, match=says):
        interviews.Parameters(
            transcripts=folder, codings=folder / "codings.csv", interviewers=("聞き手",)
        )
    with pytest.raises(ParameterError, match=says):
        interviews.Parameters.of({"transcripts": str(folder), "interviewers": ["聞き手"]})
