"""People of three files are joined: once each, coded alike, and told why where none is found."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cxlib as cx
from cxlib.errors import CxError

N = 60


def files(tmp_path, **tables):
    return {
        name: pd.DataFrame(table).to_csv(tmp_path / f"{name}.csv", index=False)
        or tmp_path / f"{name}.csv"
        for name, table in tables.items()
    }


def ids(n=N):
    return [f"{i:05d}" for i in range(n)]


def frame():
    return {"cid": ids(), "country": ["JP" if i % 3 else "KR" for i in range(N)]}


def survey(n=20, **columns):
    return {"cid": ids(n), "score": [i % 11 for i in range(n)]} | columns


def read(paths, **given):
    parameters = {"score": "score", "wave_column": None, "customer": "cid", "margins": ["country"]}
    return cx.bias.read(cx.bias.Parameters.parse(parameters | paths | given))


def flags(sample):
    return [flag.key for flag in sample.flags]


@pytest.mark.parametrize("repeats", [1, 3])
def test_an_invited_person_counts_once_whatever_is_sent(tmp_path, repeats):
    sent = {
        "cid": ids(40) + ids(25) * repeats,
        "opened": [i % 2 for i in range(40)] + [1] * (25 * repeats),
        "mode": ["mail"] * 40 + ["sms"] * (25 * repeats),
    }
    paths = files(tmp_path, survey=survey(), frame=frame(), invitations=sent)
    sample = read(paths, mode="mode")
    assert sample.invited == 40
    assert sum(sample.targets["country"]) == 40
    stages = cx.bias.funnel(sample.invitations).frame.set_index("stage")
    assert stages.loc["usable", ["n", "reached"]].tolist() == [40, 20]
    assert stages.loc["opened", "reached"] == 25 + 8  # the odd ones of 25 to 39 beside the first 25
    by_mode = cx.bias.funnel(sample.invitations, by=["mode"]).frame
    assert set(by_mode["mode"]) == {"mail", "mail + sms"}
    assert "bias.invited_repeatedly" in flags(sample)


@pytest.mark.parametrize("own", [{}, {"country": ["JP"] * 20}])
def test_who_has_no_id_is_nobody(tmp_path, own):
    listed = {"cid": ["", "", "", *ids()[3:]], "country": frame()["country"]}
    answers = survey(**own) | {"cid": ["", "", *ids()[3:21]]}
    sample = read(files(tmp_path, survey=answers, frame=listed))
    assert sample.respondents["cid"].tolist() == ids()[3:21]
    assert sample.respondents["country"].tolist() == frame()["country"][3:21]
    said = next(flag for flag in sample.warnings if flag.key == "bias.unknown_people")
    assert said.values["n"] == 2


def test_waves_are_no_repeats(tmp_path):
    two = {"wave": ["2026Q1"] * 10 + ["2026Q2"] * 10}
    sent = {"cid": ids(40) * 2, "wave": ["2026Q1"] * 40 + ["2026Q2"] * 40}
    paths = files(tmp_path, survey=survey(**two), frame=frame(), invitations=sent)
    sample = read(paths, wave_column="wave")
    assert sample.invited == 40
    assert flags(sample) == []


@pytest.mark.parametrize("given", ["frame", "invitations"])
def test_the_margins_of_those_compared_with_are_taken_where_they_differ(tmp_path, given):
    own = frame()["country"][:20]
    own[:7] = ["Japan"] * 7
    tables = {given: frame(), "survey": survey(country=own)}
    sample = read(files(tmp_path, **tables))
    assert sample.respondents["country"].tolist() == frame()["country"][:20]
    said = next(flag for flag in sample.flags if flag.key == "bias.margin_differs")
    assert (said.values["n"], said.values["all"]) == (7, 20)


@pytest.mark.parametrize("dress", [str, "{} ".format, lambda name: name])
def test_margins_that_agree_are_left_alone(tmp_path, dress):
    own = [dress(name) for name in frame()["country"][:20]]
    sample = read(files(tmp_path, survey=survey(country=own), frame=frame()))
    assert flags(sample) == []


@pytest.mark.parametrize(
    ("write", "why"),
    [
        (lambda each: str(int(each)), "lost leading zeros"),
        (lambda each: f"{int(each)}.0", "lost leading zeros"),
        (lambda each: f"C-{each}", "written differently"),
    ],
)
@pytest.mark.parametrize("given", ["frame", "invitations"])
def test_ids_that_fit_without_zeros_or_signs_are_told_so(tmp_path, write, why, given):
    people = [write(f"{i + 10:05d}") for i in range(20)]
    tables = {"survey": survey() | {"cid": people}}
    with pytest.raises(CxError, match=why):
        read(files(tmp_path, **tables, **{"frame": frame(), given: frame()}), margins=[])


@pytest.mark.parametrize(("n", "told"), [(1, False), (2, True)])
def test_many_answers_of_unknown_people_are_told_above_the_finding(tmp_path, n, told):
    rows = survey()
    rows["cid"] = [f"x{i}" for i in range(n)] + rows["cid"][n:]
    sample = read(files(tmp_path, survey=rows, frame=frame()))
    assert ("bias.unknown_people" in flags(sample)) == told


@pytest.mark.parametrize("own", [{}, {"country": frame()["country"][:20]}])
def test_a_customer_file_that_repeats_a_customer_is_refused_joined_or_not(tmp_path, own):
    twice = {name: values + values[:9] for name, values in frame().items()}
    with pytest.raises(CxError, match=r"9 rows of .* repeat a customer"):
        read(files(tmp_path, survey=survey(**own), frame=twice))


@given(
    who=st.lists(st.sampled_from([*ids(8), "", None]), min_size=2, max_size=40),
    timed=st.booleans(),
    data=st.data(),
)
def test_a_person_counts_once_by_the_latest_answer(tmp_path_factory, who, timed, data):
    """The sample is that of a file without the earlier answers; who has no id is nobody twice."""
    n = len(who)
    times = data.draw(st.permutations(range(n))) if timed else list(range(n))
    rows = pd.DataFrame({"cid": who, "score": [i % 11 for i in range(n)], "i": range(n)})
    rows["at"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(times, unit="D")
    named = rows["cid"].replace("", None)
    latest = rows.assign(cid=named, t=times).sort_values("t")
    latest = latest[latest["cid"].isna() | ~latest["cid"].duplicated(keep="last")]
    folder = tmp_path_factory.mktemp("once")
    paths = files(folder, survey=rows.drop(columns="at" if not timed else []))
    sample = read(paths, margins=[], answered_at="at" if timed else None)
    assert sample.respondents["i"].tolist() == sorted(latest["i"])
    assert len(sample.answers) == n


def test_rows_of_a_server_have_no_last_one(tmp_path, monkeypatch):
    monkeypatch.setattr("cxlib.bias.joining.server_table", lambda path: path)
    rows = {"cid": ids(20) + ids(3), "score": [5] * 20 + [9] * 3, "at": ["2026-01-01"] * 23}
    paths = files(tmp_path, survey=rows, frame=frame())
    with pytest.raises(CxError, match=r"^answered_at=None: 3 answers of .* name the column with"):
        read(paths)
    assert len(read(paths, answered_at="at").respondents) == 20


@pytest.mark.parametrize("wave", [None, "2026Q1", "2026Q2"])
def test_who_answered_in_another_wave_did_not_answer_before(tmp_path, wave):
    waves = {"wave": ["2026Q1"] * 20 + ["2026Q2"] * 20 + ["2026Q2"] * 3}
    rows = {"cid": ids(20) * 2 + ids(3), "score": [5] * 40 + [9] * 3} | waves
    sample = read(files(tmp_path, survey=rows, frame=frame()), wave_column="wave", wave=wave)
    assert len(sample.respondents) == 20
    assert (sample.respondents["score"] == 9).sum() == (0 if wave == "2026Q1" else 3)
    assert ("bias.repeated_in_rows" in flags(sample)) == (wave != "2026Q1")


def test_all_that_is_said_of_who_answered_is_of_people(tmp_path):
    """Funnel, response rate, targets and weights."""
    rows = {"cid": ids(20) + ids(10) * 5, "score": [3] * 20 + [9] * 50}
    paths = files(tmp_path, survey=rows, frame=frame(), invitations={"cid": ids(40)})
    sample = read(paths)
    stages = cx.bias.funnel(sample.invitations).frame.set_index("stage")
    assert stages.loc["usable", ["n", "reached"]].tolist() == [40, 20]
    assert len(sample.respondents) == 20
    weighed = cx.bias.weigh(sample.respondents, targets=sample.targets)
    assert weighed.values(sample.respondents).sum() == pytest.approx(40)
