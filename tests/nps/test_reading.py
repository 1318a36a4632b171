"""From a survey file and parameters to answers: what is refused before a notebook runs, and how
waves are written."""

import pandas as pd
import pytest

from cxlib import nps
from cxlib.errors import (
    ColumnError,
    CxError,
    EmptyDataError,
    ParameterError,
    ScaleError,
    WeightError,
)

ROWS = pd.DataFrame(
    {
        "score": ["10", "9点", "8", "3", None, "x", "0", "7"],
        "wave": [2025.0] * 3 + [2026.0] * 4 + [None],
        "店": [*list("aabbaab"), ""],
        "n": 1,
        "comment": ["", " ", "c", "遅い", "e", "f", "@SUM(1)", "h"],
    }
)


@pytest.fixture
def read(tmp_path):
    def called(rows=ROWS, **values):
        rows.to_excel(tmp_path / "survey.xlsx", index=False)
        p = nps.Parameters.parse({"survey": tmp_path / "survey.xlsx", **values})
        return p, nps.read(p)

    return called


@pytest.mark.parametrize("wave", [2026, "2026", None])
def test_a_wave_may_be_a_number(read, wave):
    _, answers = read(wave=wave, segment="店")
    assert (answers.wave, answers.by, answers.against) == (
        "2026",
        ("wave", "店"),
        "previous",
    )
    assert answers.read.frame["n"].tolist() == [8, 6, 1, 1]
    assert (
        answers.rows["wave"].tolist() == ["2025"] * 3 + ["2026"] * 4
    )  # the one without a wave is said
    assert "1 row has no value in column 'wave'" in " ".join(map(str, answers.warnings))


def test_days_from_excel_are_waves_without_a_time(read):
    _, answers = read(ROWS.assign(wave=pd.to_datetime(["2026-01-01", "2026-04-01"] * 4)))
    assert answers.wave == "2026-04-01"


@pytest.mark.parametrize(
    ("by", "wanted"),
    [("month", ["2026-01", "2026-04"]), ("quarter", ["2026Q1", "2026Q2"]), ("year", ["2026"])],
)
@pytest.mark.parametrize(
    "write", [pd.to_datetime, list, lambda days: [f"{day}T23:30:00+09:00" for day in days]]
)
def test_dates_make_waves_by_month_quarter_and_year(read, by, wanted, write):
    rows = pd.DataFrame(
        {
            "score": [10, 3, 0, 9],
            "wave": write(["2026-01-31", "2026-04-01", "2026-04-01", "2026-01-01"]),
        }
    )
    _, answers = read(rows, wave_by=by)
    assert sorted(set(answers.rows["wave"])) == wanted
    assert answers.wave == wanted[-1]


def test_what_is_no_date_makes_no_period(read):
    with pytest.raises(
        ColumnError,
        match=r"wave_by='quarter': 1 values of wave_column='wave' are no dates \(first: 'soon'",
    ):
        read(pd.DataFrame({"score": [10, 3], "wave": ["2026-01-31", "soon"]}), wave_by="quarter")


def test_later_waves_are_left_out_and_an_unknown_order_claims_nothing(read):
    assert set(read(wave="2025")[1].rows["wave"]) == {"2025"}
    answers = read(wave_by="unordered")[1]
    assert (answers.wave, answers.against, len(answers.rows)) == (None, "each", 8)


def test_comments_are_those_of_detractors_of_the_wave(read):
    p, answers = read(columns={"comment": "comment"})
    assert nps.comments(answers, p).frame["comment"].tolist() == ["@SUM(1)", "遅い"]
    assert "'@SUM(1)" in nps.comments(answers, p).to_csv()
    p, answers = read()
    assert "in the parameter columns, as comment" in repr(nps.comments(answers, p))


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ({"wave": "2027"}, ParameterError, "wave='2027' .* did you mean '2026'"),
        ({"segment": "wave"}, ParameterError, "named by two parameters"),
        ({"score": "skore"}, ColumnError, "did you mean 'score'"),
        ({"score": "店"}, CxError, "none of the"),
        ({"scale": [0]}, ParameterError, r"scale=\[0\]: has too few values"),
        ({"confidence": 95}, ParameterError, "confidence=95"),
        ({"columns": {"wieght": "n"}}, ParameterError, r"columns\.wieght.*did you mean 'weight'"),
        (
            {"columns": {"weight": "m"}},
            ColumnError,
            r"columns\.weight='m': there is no such column",
        ),
        (
            {"columns": {"cluster": "score"}},
            ParameterError,
            r"columns\.cluster='score' is the column with the score",
        ),
        ({"margin": 0}, ParameterError, "margin=0"),
        ({"looks": 0}, ParameterError, "looks=0"),
        ({"looks": {"2026": -1}}, ParameterError, "looks=.*from 0"),
    ],
)
def test_bad_parameters_are_refused(read, values, error, message):
    with pytest.raises(error, match=message):
        read(**values)


def test_a_design_that_cannot_be_is_refused_when_it_is_counted(read):
    rows = pd.DataFrame(
        {"score": [10, 9, 3], "wave": ["a"] * 3, "w": [1.0, None, 2.0], "shop": ["x", "x", "x"]}
    )
    for columns, message in (
        ({"weight": "w"}, "weight='w': 1 of 3 weights are missing"),
        ({"cluster": "shop"}, "have a single cluster"),
    ):
        _, answers = read(rows, columns=columns)
        with pytest.raises(WeightError, match=message):
            nps.score(answers.rows, by=answers.by, **answers.design)
    assert read(rows)[1].subject == "a"


def test_earlier_looks_are_taken_by_subject(read):
    assert read()[1].looks == 1
    assert read(looks=3)[1].looks == 3
    assert read(looks={"2026": 2, "2025": 5})[1].looks == 3
    assert read(wave="2025", looks={"2026": 2})[1].looks == 1


def test_the_reading_says_what_it_noticed_and_from_which_file(read):
    rows = ROWS.assign(店=["a", "a ", "b", "b", "A", "a", "b", ""])
    p, answers = read(rows, segment="店")
    assert answers.inputs == {"survey": p.survey}
    assert "taken for one name: a" in " ".join(map(str, answers.notes))
    assert "differ only in capital letters" in " ".join(map(str, answers.warnings))
    assert set(answers.rows["店"].dropna()) == {"a", "b", "A"}
    shown = answers.table()
    assert "left out: not a score" in repr(shown)
    assert shown._repr_mimebundle_()[1] == {"text/csv": {"read": True, "subject": "2026"}}


def test_a_changed_mode_or_mix_is_flagged_where_chance_does_not_explain_it(read):
    rows = pd.DataFrame(
        {
            "score": 9,
            "wave": ["1"] * 100 + ["2"] * 100,
            "mode": ["mail"] * 80 + ["app"] * 20 + ["mail"] * 50 + ["app"] * 50,
            "country": (["日本"] * 50 + ["한국"] * 50) * 2,
        }
    )
    warnings = " ".join(
        map(str, read(rows, segment="country", columns={"mode": "mode"})[1].warnings)
    )
    assert "The way answers come in changed: mail made 80 % of them in 1 and 50 % in 2" in warnings
    assert "Who answered changed" not in warnings
    mixed = rows.assign(country=["日本"] * 80 + ["한국"] * 20 + ["日本"] * 50 + ["한국"] * 50)
    assert "made 80 % of the answers in 1 and 50 % in 2" in " ".join(
        map(str, read(mixed, segment="country")[1].warnings)
    )
    few = read(rows.groupby(["wave", "mode"]).head(3), columns={"mode": "mode"})[1].warnings
    assert "changed" not in " ".join(map(str, few))  # few answers: may be chance


def test_respondents_who_answer_twice_are_flagged_until_they_are_the_cluster(read):
    rows = pd.DataFrame(
        {"score": [9, 9, 3, 8], "wave": ["1", "1", "2", "2"], "who": ["a", "b", "a", "c"]}
    )
    assert "1 respondent (in 'who') answered in several waves" in " ".join(
        map(str, read(rows, columns={"respondent": "who"})[1].warnings)
    )
    twice = rows.assign(who=["a", "a", "b", "c"])
    assert "answered more than once in the same wave" in " ".join(
        map(str, read(twice, columns={"respondent": "who"})[1].warnings)
    )
    assert "respondent" not in " ".join(
        map(str, read(twice, columns={"respondent": "who", "cluster": "who"})[1].warnings)
    )


def test_the_contract_says_what_part_of_the_scale_was_used(read):
    _, answers = read(pd.DataFrame({"score": [2, 9, 10], "wave": ["1", "2", "2"]}))
    assert answers.summary() == "3 answers in 2 waves, from 2 to 10 on a scale of 0 to 10."


def test_files_that_hold_no_answer_are_refused(read):
    with pytest.raises(EmptyDataError, match="no responses"):
        read(ROWS[:0])
    with pytest.raises(ColumnError, match=r"wave_column='wave' is empty .*wave_column=None"):
        read(ROWS.assign(wave=None))
    with pytest.raises(ScaleError, match=r"scale=\(1, 10\)"):
        read(pd.DataFrame({"score": [1] * 12 + [9] * 20, "wave": "a"}))


def test_weights_written_as_text_are_numbers_and_others_are_refused(read):
    rows = pd.DataFrame({"score": [10, 9, 3], "wave": ["1"] * 3, "w": ["1.5", " 2 ", "0"]})
    _, answers = read(rows, columns={"weight": "w"})
    assert answers.rows["w"].tolist() == [1.5, 2.0, 0.0]
    with pytest.raises(WeightError, match=r"1 of 3 weights are no numbers.*first: '1,5'"):
        read(rows.assign(w=["1,5", "2", "1"]), columns={"weight": "w"})


def test_a_scale_without_promoters_is_refused_with_the_next_step(read):
    with pytest.raises(ParameterError, match=r"use cx\.nps\.top_box"):
        read(scale=(1, 5))


@pytest.mark.parametrize(
    ("waves", "said"),
    [
        (["Jan 2026", "Feb 2026"], True),
        (["2026年春", "2026年夏"], True),
        (["2026Q1", "2026Q2"], False),
        (["9", "10"], False),
    ],
)
def test_an_order_that_comes_from_letters_is_said(read, waves, said):
    _, answers = read(pd.DataFrame({"score": [10, 9, 0, 3], "wave": waves * 2}))
    assert any("by the letters" in str(warning) for warning in answers.warnings) == said
