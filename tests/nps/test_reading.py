"""From a survey file and parameters to answers: what is refused before a notebook runs, and how
waves are written."""

import duckdb
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
from cxlib.nps import grouped_reading, reading
from cxlib.rows.multiplicity import times_of

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


def test_a_file_of_weights_weighs_the_answers_it_knows(tmp_path):
    survey, weights = tmp_path / "survey.csv", tmp_path / "w.csv"
    pd.DataFrame({"id": list("abcdef"), "wave": [*"112222"], "score": [9, 0, 10, 0, 9, 5]}).to_csv(
        survey, index=False
    )
    pd.DataFrame({"id": list("cdex"), "weight": [1.0, 3.0, 2.0, 9.0]}).to_csv(weights, index=False)
    given = {"survey": survey, "weights": weights, "columns": {"weight": "weight"}}
    answers = nps.read(nps.Parameters.parse(given))
    assert answers.rows["id"].tolist() == ["c", "d", "e"]
    assert dict(answers.read.frame.to_numpy().tolist()) == {"rows": 6, "answers": 3, "no_weight": 3}
    assert answers.inputs == {"survey": survey, "weights": weights}
    found = nps.score(answers.rows, score="score", weight="weight")
    assert found.frame["nps"].tolist() == [0.0]
    assert [str(each)[:40] for each in answers.flags][:3] == [
        "1 of 4 ids in w.csv are no answers of th",
        "No answer of 1 has a weight in w.csv: no",
        "1 of 4 answers have no weight in w.csv a",
    ]
    with pytest.raises(ParameterError, match=r"weights=.* needs the name of its column"):
        nps.Parameters.parse({"survey": survey, "weights": weights})


@pytest.mark.parametrize("wave", [2026, "2026", None])
def test_a_wave_may_be_a_number(read, wave):
    _, answers = read(wave=wave, segment="店")
    assert (answers.wave, answers.by, answers.against) == (
        "2026",
        ("wave", "店"),
        "previous",
    )
    assert answers.read.frame["n"].tolist() == [8, 6, 1, 1, 1]
    assert (
        answers.rows["wave"].tolist() == ["2025"] * 3 + ["2026"] * 4
    )  # the one without a wave is said
    assert "1 of 6 answers (16.7 %) has no value in 'wave'" in " ".join(map(str, answers.warnings))


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
        match=r"wave_by='quarter': wave_column='wave': 1 of 2 values cannot be read as dates "
        r"\(such as 'soon'\).*; or pass wave_by='value'",
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
    with pytest.raises(ScaleError, match=r"from 1 to 5"):
        read(pd.DataFrame({"score": [1] * 12 + [5] * 20, "wave": "a"}))


def test_a_question_from_1_to_10_is_flagged_above_the_finding(read):
    _, answers = read(pd.DataFrame({"score": [1] * 12 + [9] * 20, "wave": "a"}))
    assert "scale=(1, 10)" in str(answers.flags[0])
    _, answers = read(pd.DataFrame({"score": [1] * 12 + [9] * 20, "wave": "a"}), scale=(1, 10))
    assert not any("scale=" in str(flag) for flag in answers.flags)


def test_weights_written_as_text_are_numbers_and_others_are_refused(read):
    rows = pd.DataFrame({"score": [10, 9, 3], "wave": ["1"] * 3, "w": ["1.5", " 2 ", "0"]})
    _, answers = read(rows, columns={"weight": "w"})
    assert answers.rows["w"].tolist() == [1.5, 2.0, 0.0]
    with pytest.raises(WeightError, match=r"1 of 3 weights are no numbers.*first: '1,5'"):
        read(rows.assign(w=["1,5", "2", "1"]), columns={"weight": "w"})


def test_a_scale_without_promoters_is_refused_with_the_next_step(read):
    with pytest.raises(ParameterError, match=r"use cx\.nps\.top_box"):
        read(scale=(1, 5))


@pytest.mark.parametrize(("finished_only", "scored"), [(True, 4), (False, 6)])
def test_what_the_survey_tool_marks_is_left_out_and_in_the_table(read, finished_only, scored):
    rows = ROWS.assign(
        score=[9, 10, 3, 8, 0, 7, 10, 9],
        Status=["IP Address"] * 6 + ["Survey Preview", "Spam"],
        Finished=["True", "False"] * 2 + ["True"] * 4,
        Progress=100,
    )
    _, answers = read(rows, wave_column=None, finished_only=finished_only)
    lines = dict(answers.read.frame.itertuples(index=False))
    assert lines == {"rows": 8, "answers": scored, "preview": 1, "spam": 1} | (
        {"unfinished": 2} if finished_only else {}
    )
    shown = answers.table().written()["what"].tolist()
    assert "left out: previews of the survey" in shown
    assert "1 row left out: previews of the survey (by 'Status')." in map(str, answers.notes)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize(("lost", "on_top"), [(2, False), (20, True)])
def test_answers_in_no_wave_stand_above_a_headline_that_they_could_change(
    tmp_path, kind, lost, on_top
):
    """They are few of all answers, and many beside those of the last wave."""
    waves = ["2024Q1"] * 900 + ["2024Q2"] * (100 - lost) + [None] * lost
    rows = pd.DataFrame({"score": [9, 3] * 500, "wave": waves})
    path = tmp_path / f"survey.{kind}"
    rows.to_csv(path, index=False) if kind == "csv" else rows.to_parquet(path)
    answers = nps.read(nps.Parameters.parse({"survey": path, "segment": None}))
    [said] = [each for each in answers.warnings if each.key == "nps.left_out"]
    assert said.values["n"] == lost
    assert (said in answers.flags) is on_top


def test_a_score_in_two_columns_is_flagged(tmp_path):
    (tmp_path / "s.csv").write_text("score,wave,score\n9,A,\n,A,3\n10,A,2\n", encoding="utf-8")
    p = nps.Parameters.parse({"survey": tmp_path / "s.csv", "wave_column": None})
    (flag, *_) = nps.read(p).warnings
    assert (flag.key, flag.values["other"]) == ("sources.second_column", "score (2)")
    assert (flag.values["n"], flag.values["alone"]) == (2, 1)


def test_sheet_and_header_rows_are_chosen(tmp_path):
    with pd.ExcelWriter(tmp_path / "s.xlsx") as book:
        pd.DataFrame({"score": [1, 2]}).to_excel(book, sheet_name="first", index=False)
        pd.DataFrame({"score": ["Note", 9, 10]}).to_excel(book, sheet_name="second", index=False)
    given = {"survey": tmp_path / "s.xlsx", "wave_column": None, "sheet": "second"}
    assert nps.read(nps.Parameters.parse(given | {"header": 2})).rows["score"].tolist() == [9, 10]
    with pytest.raises(CxError, match=r"header=2 if .* header=1 if"):
        nps.read(nps.Parameters.parse(given))


HONEST = [0, 10, 10, 9, 8, 7, 6, 10, 9, 5] * 4  # 10, 10, 9, 10, 9 promote: NPS 50 - 30 = 20


def headline(p, answers):
    counts = nps.count_scores(
        answers.rows,
        score=p.score,
        by=answers.by,
        scale=p.scale,
        unread=answers.unread,
        **answers.design,
    )
    return nps.score(counts.where(p.wave_column, answers.wave), by=answers.headline_by).summary()


def test_the_headline_says_of_how_many_answers_n_is_the_part(read):
    rows = pd.DataFrame(
        {
            "score": [*HONEST, *HONEST, *["12a"] * 3, *["broken"] * 2, "N/A", None],
            "wave": [*["1"] * 40, *["2"] * 47],
        }
    )
    p, answers = read(rows)
    assert headline(p, answers).startswith("2: the NPS is 20.0")
    assert "n = 40 of 45 answers)" in headline(p, answers)
    assert "5 of 45 answers (11.1 %) were given" in str(answers.warnings[0])
    p, answers = read(rows, wave="1")
    assert "n = 40)" in headline(p, answers)


def test_nothing_is_said_of_answers_that_are_merely_missing(read):
    rows = pd.DataFrame({"score": [*HONEST, None, "무응답"], "wave": "1"})
    p, answers = read(rows)
    assert answers.unread is None
    assert "n = 40)" in headline(p, answers)
    assert any("'무응답' (1)" in str(note) for note in answers.notes)


@pytest.mark.parametrize("scale", [(0, 10), (1, 10), (1, 11)])
def test_eleven_points_from_1_are_refused_and_read_as_advised(read, scale):
    rows = pd.DataFrame({"score": [score + 1 for score in HONEST], "wave": "1"})
    with pytest.raises(CxError, match=r"11.point.* coded from 1 to 11.*scale_shift=-1"):
        read(rows, scale=scale)
    assert "the NPS is 20.0" in headline(*read(rows, scale_shift=-1))


def test_words_at_the_ends_are_refused_and_mapped(read):
    words = {10: "Extremely likely", 0: "Not at all likely"}
    rows = pd.DataFrame({"score": [words.get(score, score) for score in HONEST], "wave": "1"})
    with pytest.raises(
        ScaleError, match=r"'Extremely likely' \(12\) and 'Not at all likely' \(4\)"
    ):
        read(rows)
    mapped = {word: score for score, word in words.items()}
    assert "the NPS is 20.0" in headline(*read(rows, labels=mapped))


def test_a_test_user_is_flagged_and_no_cluster_advised(read):
    rows = pd.DataFrame(
        {
            "score": [*HONEST, *[0] * 20],
            "wave": "1",
            "id": [*(f"c{i}" for i in range(40)), *["robot"] * 20],
        }
    )
    _, answers = read(rows, columns={"respondent": "id"})
    told = " ".join(map(str, answers.warnings))
    # (20 - 12 - 20) / 60 = -20
    assert "gave 20 of the 60 answers (33.3 %" in told
    assert "With them the NPS is −20.0, without 20.0 (n = 40)" in told
    assert "robot" not in told
    assert "cluster" not in told


@pytest.mark.parametrize("wave", ["wave", None])
@pytest.mark.parametrize(("score", "kind"), [(None, "Float64"), ("", "str"), ("N/A", "str")])
def test_scores_that_are_all_missing_are_no_matter_of_waves(tmp_path, wave, score, kind):
    frame = pd.DataFrame({"score": [score] * 30, "wave": ["2026Q1", "2026Q2"] * 15})
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.astype({"score": kind}).to_parquet(tmp_path / "a.parquet")
    for file in ("a.csv", "a.parquet"):
        p = nps.Parameters(survey=tmp_path / file, wave_column=wave, segment=None, columns={})
        with pytest.raises(EmptyDataError, match="score='score': none of the 30 rows has an answ"):
            nps.read(p)


@pytest.mark.parametrize(
    ("zone", "said"),
    [("Asia/Tokyo", "Asia/Tokyo"), ("+09:00", "UTC+09:00"), ("UTC", "UTC"), (None, "")],
)
def test_the_clocks_by_which_moments_fall_into_waves_are_told(tmp_path, zone, said):
    """A quarter that begins in Tokyo begins nine hours later in UTC."""
    moments = pd.date_range("2026-03-31 20:00", periods=40, freq="h", tz=zone)
    frame = pd.DataFrame({"score": [9, 3] * 20, "at": moments})
    frame.to_parquet(tmp_path / "a.parquet")
    with duckdb.connect(str(tmp_path / "a.duckdb")) as engine:
        engine.register("rows", frame)
        engine.execute("CREATE TABLE a AS FROM rows")
    for file, told in (("a.parquet", said), ("a.duckdb#a", said and "UTC")):
        given = {"segment": None, "columns": {}, "wave_column": "at"}
        p = nps.Parameters(survey=f"{tmp_path}/{file}", wave_by="quarter", **given)
        for answers in (reading._answers(grouped_reading.read_survey(p), (), p), nps.read(p)):
            notes = [each for each in answers.notes if each.key == "nps.waves_zone"]
            assert [each.values["zone"] for each in notes] == ([told] if told else [])


AS_TEXT = {
    "parquet": lambda at: at,
    "duckdb": lambda at: at,
    "csv": lambda at: at.map(lambda each: each.isoformat()),
    "seconds": lambda at: at.map(lambda each: int(each.timestamp())),
}


@pytest.mark.parametrize("written", AS_TEXT)
@pytest.mark.parametrize("column_zone", ["UTC", "Asia/Tokyo", "America/St_Johns", "+09:00", None])
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/St_Johns", "Pacific/Kiritimati"])
def test_moments_fall_into_waves_by_the_zone_that_is_asked_for(
    tmp_path, written, column_zone, zone
):
    """However they are kept, and in groups as row by row; times without a zone stay as they are."""
    if written == "seconds" and column_zone is None:
        pytest.skip("seconds since 1970 are moments")
    at = pd.Series(pd.date_range("2026-03-29 20:00", periods=60, freq="h", tz="UTC"))
    at = at.dt.tz_localize(None) if column_zone is None else at.dt.tz_convert(column_zone)
    expected = at if column_zone is None else at.dt.tz_convert(zone).dt.tz_localize(None)
    frame = pd.DataFrame({"score": [9, 3] * 30, "at": AS_TEXT[written](at)})
    frame.to_parquet(tmp_path / "a.parquet")
    file = "a.parquet"
    if written == "csv":
        frame.to_csv(tmp_path / (file := "a.csv"), index=False)
    if written == "duckdb":
        with duckdb.connect(str(tmp_path / "a.duckdb")) as engine:
            engine.register("rows", frame)
            engine.execute("CREATE TABLE a AS FROM rows")
        file = "a.duckdb#a"
    given = {"segment": None, "columns": {}, "wave_column": "at", "wave_by": "month"}
    p = nps.Parameters(survey=f"{tmp_path}/{file}", zone=zone, **given)
    months = expected.dt.strftime("%Y-%m").value_counts().to_dict()
    for answers in (nps.read(p), reading._read_rows(p)):
        times = times_of(answers.frame)
        n = answers.frame.assign(n=1 if times is None else times).groupby("at", observed=True)["n"]
        assert n.sum().to_dict() == months
        said = [each for each in answers.notes if each.key.startswith("nps.waves_")]
        key = "nps.waves_no_zone" if column_zone is None else "nps.waves_zone"
        assert [(each.key, each.values["zone"]) for each in said] == [(key, zone)]


@pytest.mark.parametrize(("zone", "n"), [(None, 24), ("UTC", 24), ("Asia/Tokyo", 33)])
def test_days_of_a_condition_are_those_of_the_zone(tmp_path, zone, n):
    at = pd.date_range("2026-03-31 00:00", periods=48, freq="h", tz="UTC")
    pd.DataFrame({"score": [9, 3] * 24, "at": at}).to_parquet(tmp_path / "a.parquet")
    given = {"segment": None, "columns": {}, "wave_column": None, "where": "at >= '2026-04-01'"}
    p = nps.Parameters(survey=tmp_path / "a.parquet", zone=zone, **given)
    assert nps.read(p).n == reading._read_rows(p).n == n


@pytest.mark.parametrize("zone", ["Asia/Tokio", "+09:00", "JST-9", ""])
def test_a_zone_that_nobody_knows_is_refused(zone):
    with pytest.raises(ParameterError, match="is not a time zone"):
        nps.Parameters.parse({"zone": zone})
