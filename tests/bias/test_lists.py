"""A table of numbers of people is refused where people are wanted, and the advice is followed."""

import re
from pathlib import Path

import pytest

import cxlib as cx
from cxlib.errors import ParameterError

ANSWERS = [
    (country, plan, score)
    for country, plan, scores in (
        ("JP", "basic", [0, 3, 9]),
        ("JP", "pro", [10, 8]),
        ("KR", "basic", [5, 9, 10, 7]),
        ("KR", "pro", [6, 2]),
    )
    for score in scores
]
COUNTS = {("JP", "basic"): 500, ("JP", "pro"): 250, ("KR", "basic"): 150, ("KR", "pro"): 100}


@pytest.fixture
def files(tmp_path):
    def write(name, names, rows):
        path = tmp_path / name
        lines = [names, *rows]
        path.write_text("".join(",".join(map(str, line)) + "\n" for line in lines))
        return path

    survey = write("survey.csv", ["country", "plan", "score"], ANSWERS)
    cells = write(
        "cells.csv", ["country", "plan", "customers"], [(*k, n) for k, n in COUNTS.items()]
    )
    margins = write(
        "margins.csv",
        ["column", "category", "customers"],
        [
            ("country", "JP", 750),
            ("country", "KR", 250),
            ("plan", "basic", 650),
            ("plan", "pro", 350),
        ],
    )
    crossed = write(
        "crossed.csv", ["country", "basic", "pro"], [("JP", 500, 250), ("KR", 150, 100)]
    )
    return survey, cells, margins, crossed


def refusal(survey, **files):
    p = cx.bias.Parameters.parse(
        {"survey": survey, "margins": ["country", "plan"], "score": "score", "wave_column": None}
        | files
    )
    with pytest.raises(ParameterError, match="numbers of people") as refused:
        cx.bias.read(p)
    return str(refused.value)


def follow(advice, survey):
    """Run the calls that a refusal names, on the rows of the survey."""
    calls = re.search(r"(t = .*; weights = .*\)), where answers are", advice).group(1)
    space = {"cx": cx, "answers": cx.sources.read_survey(survey).frame}
    exec(calls, space)  # noqa: S102
    return space["weights"], space["answers"]


@pytest.mark.parametrize("parameter", ["frame", "invitations"])
@pytest.mark.parametrize("which", [1, 2, 3])
def test_the_advice_gives_weights_to_the_three_margins(files, parameter, which):
    given = {parameter: files[which]}
    if parameter == "invitations":
        given["customer"] = "id"
    advice = refusal(files[0], **given)
    assert f"{parameter}={Path(files[which]).as_posix()!r}" in advice
    weights, answers = follow(advice, files[0])
    weighted = weights.apply(answers).execute()
    shares = weighted.groupby("country")["weight"].sum() / weighted["weight"].sum()
    assert shares.to_dict() == pytest.approx({"JP": 0.75, "KR": 0.25})
    shares = weighted.groupby("plan")["weight"].sum() / weighted["weight"].sum()
    assert shares.to_dict() == pytest.approx({"basic": 0.65, "pro": 0.35})


@pytest.mark.parametrize("number", ["{}", '"1,{:03}"'])
def test_a_survey_of_numbers_is_refused_and_the_advice_gives_its_rows(
    tmp_path, number, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    counts = dict(zip(range(11), (9, 2, 2, 1, 3, 9, 8, 12, 14, 20, 30), strict=True))
    lines = [f"{score},{number.format(n)}\n" for score, n in counts.items()]
    (tmp_path / "survey.csv").write_text("score,n\n" + "".join(lines))
    for study in (cx.nps, cx.bias):
        given = {"survey": "survey.csv", "score": "score", "wave_column": None}
        with pytest.raises(ParameterError, match=r"survey=.*numbers of answers") as refused:
            study.read(study.Parameters.parse(given))
        calls = re.search(r"(t = .*index=False\))", str(refused.value)).group(1)
        exec(calls, {"cx": cx})  # noqa: S102
        read = study.read(study.Parameters.parse(given | {"survey": "answers.csv"}))
        total = sum(counts.values()) + (1000 * 11 if "," in number else 0)
        assert read.read.frame["n"].iloc[0] == total


def test_numbers_with_separators_are_numbers_in_the_advice(files, tmp_path):
    lines = files[1].read_text().replace(",500", ',"1,500"').replace(",250", ',"1,250"')
    (tmp_path / "cells.csv").write_text(
        lines.replace(",150", ',"1,150"').replace(",100", ',"1,100"')
    )
    weights, _ = follow(refusal(files[0], frame=files[1]), files[0])
    assert weights.targets["country"].sum() == 5000
    assert weights.targets["country"]["JP"] == 2750


def test_parquet_is_looked_at_too(files, tmp_path):
    frame = cx.sources.read_list(files[1]).frame
    frame.to_parquet(tmp_path / "cells.parquet")
    assert "'customers'" in refusal(files[0], frame=tmp_path / "cells.parquet")


TABLES = {
    "places": (["country", "town", "inhabitants"], [("JP", "a", 600), ("JP", "b", 150)]),
    "shares": (["country", "code", "Anteil"], [("JP", "a", "50,5 %"), ("JP", "b", "24,5 %")]),
    "wide": (["country", "old", "young"], [("JP", 500, 250)]),
}
LAST = {"places": ("KR", "c", 250), "shares": ("KR", "c", "25 %"), "wide": ("KR", 150, 100)}


@pytest.mark.parametrize("which", TABLES)
def test_a_table_of_places_or_shares_is_refused_and_the_advice_works(files, tmp_path, which):
    names, rows = TABLES[which]
    lines = [names, *rows, LAST[which]]
    path = tmp_path / "table.csv"
    path.write_text("".join(";".join(map(str, line)) + "\n" for line in lines))
    advice = refusal(files[0], frame=path, margins=["country"])
    weights, answers = follow(advice, files[0])
    weighted = weights.apply(answers).execute()
    shares = weighted.groupby("country")["weight"].sum() / weighted["weight"].sum()
    assert shares["JP"] == pytest.approx(0.75)


def test_points_for_thousands_are_taken_away_by_the_advice(files, tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("country;gemeinde;Einwohner\nJP;a;1.297\nJP;b;633\nKR;c;12.400\n")
    advice = re.search(r"(t = cx.*?); weights", refusal(files[0], frame=path, margins=["country"]))
    found = {"cx": cx}
    exec(advice[1], found)  # noqa: S102  what the refusal says, word for word
    assert found["t"].groupby("country")["Einwohner"].sum().to_dict() == {"JP": 1930, "KR": 12400}
