"""Large tables are joined and counted where they lie: every figure and every sentence is that of
their rows."""

import datetime as dt
import decimal

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cxlib as cx
from cxlib.bias import grouped_reading, reading
from cxlib.bias.chosen_rows import choose_rows
from cxlib.bias.counts import joined
from cxlib.bias.parameters import Parameters
from cxlib.errors import CxError, SourceError
from cxlib.rows.multiplicity import TIMES
from cxlib.sources import grouped_surveys
from cxlib.sources.server_tables import begin_reading

PEOPLE = [*"abcdefgh", *(f"c{i}" for i in range(12)), "花子"]
IDS = st.sampled_from([*PEOPLE, *PEOPLE, "a ", "ａ", " b", "花子　", "nobody", "", " ", None])
NUMBERS = st.sampled_from([*range(11), 0, 9, 10, 10])
TEXT_SCORES = st.sampled_from(["10", "9", "0", "10点", "１０", " 7", "", "n/a", "-99", "7.5", None])
NUMBERED = st.sampled_from([*range(1, 13), *range(1, 13), 99])
MOMENTS = st.sampled_from(
    [
        dt.datetime(2026, *day)
        for day in ((2, 28, 23), (3, 1, 0), (3, 31, 16), (4, 1, 0), (4, 9, 12))
    ]
)
WAVES = st.sampled_from(["2026Q1", "2026Q2", "２０２６Q2", " 2026Q2", "", None])
PLANS = st.sampled_from(["basic", "basic", "pro", "Pro", "プロ", "ﾌﾟﾛ", " pro", None])
COUNTRIES = st.sampled_from(["JP", "KR", "JP ", "ＪＰ", "", None])


def column(strategy, n, kind=None):
    return st.lists(strategy, min_size=n, max_size=n).map(lambda values: pa.array(values, kind))


def ids(numbered):
    if not numbered:
        return lambda n: column(IDS, n, pa.string())
    number = st.one_of(NUMBERED, st.none())
    return lambda n: st.one_of(
        column(NUMBERED, n, pa.int64()),
        column(number, n, pa.int32()),
        column(number.map(lambda it: None if it is None else float(it)), n, pa.float64()),
        column(number.map(lambda it: it and f"{it}"), n, pa.string()),
        column(NUMBERED.map(lambda it: f"{it:03}"), n, pa.string()),
    )


def moments(n):
    given = st.one_of(MOMENTS, MOMENTS, st.none())
    return st.one_of(
        column(given, n, pa.timestamp("us")),
        column(given, n, pa.timestamp("ns")),
        column(given, n, pa.timestamp("us", "UTC")),
        column(given, n, pa.timestamp("ms", "Asia/Tokyo")),
        column(given.map(lambda it: it and it.date()), n, pa.date32()),
        column(given.map(lambda it: it and f"{it:%Y-%m-%d}"), n, pa.string()),
    )


@st.composite
def surveys(draw, numbered=False, dated=False):
    n = draw(st.sampled_from([1, 3, 12, 40, 40]))
    found = {
        "customer": draw(ids(numbered)(n)),
        "score": draw(
            st.one_of(
                column(NUMBERS, n, pa.int64()),
                column(st.one_of(NUMBERS, st.none()), n, pa.int8()),
                column(st.one_of(NUMBERS.map(float), st.just(float("nan"))), n, pa.float64()),
                column(TEXT_SCORES, n, pa.string()),
            )
        ),
        "csat": draw(
            st.one_of(
                column(st.sampled_from([1.0, 2.0, 3.5, 5.0, float("nan"), None]), n),
                column(st.sampled_from([1.0, 0.1, 5.0]), n, pa.float32()),
                column(st.sampled_from([1, 2, 5, None]), n, pa.int16()),
                column(st.sampled_from([True, False]), n),
                column(st.sampled_from(["1.5", "2"]).map(decimal.Decimal), n, pa.decimal128(9, 2)),
            )
        ),
        "w": draw(
            st.one_of(
                column(st.sampled_from([1.0, 2.0, 0.5, 0.0]), n, pa.float64()),
                column(st.sampled_from([0.1, 2.0, 40.0, None]), n, pa.float64()),
                column(st.sampled_from(["1", "1.5", " 2", "２"]), n, pa.string()),
            )
        ),
        "stratum": draw(column(st.sampled_from(["x", "x", "y"]), n, pa.string())),
        "psu": draw(column(st.sampled_from([1, 2, 3, 4]), n, pa.int32())),
        "size": pa.array([1000] * n),
        "about": draw(column(st.sampled_from(["web", "shop", " web", None]), n, pa.string())),
        "sent": draw(column(st.sampled_from([0, 1, 2, None]), n, pa.int64())),
    }
    if dated:
        found["wave"] = draw(moments(n))
    elif draw(st.booleans()):
        wave = st.one_of(
            column(WAVES, n, pa.string()),
            column(st.sampled_from([2025, 2026]), n, pa.int64()),
            column(st.sampled_from(["spring", "summer", None]), n, pa.string()),
        )
        found["wave"] = draw(wave)
    if draw(st.booleans()):
        found["plan"] = draw(column(PLANS, n, pa.string()))
        if draw(st.booleans()):
            found["plan"] = found["plan"].dictionary_encode()
    if draw(st.booleans()):
        found["invitation_id"] = pa.array([f"i{i}" for i in range(n)])
    if draw(st.integers(0, 3)) == 0:
        found["Finished"] = draw(column(st.sampled_from(["True", "True", "False"]), n, pa.string()))
        found["ResponseId"] = pa.array([f"R{i}" for i in range(n)])
    return pa.table(found)


@st.composite
def frames(draw, numbered=False):
    people = [f"{it}" for it in range(1, 13)] if numbered else PEOPLE
    some = draw(st.lists(st.sampled_from(people), unique=True, min_size=3))
    spelt = [draw(st.sampled_from([each, each, f"{each} "])) for each in some]
    nobody = draw(st.lists(st.sampled_from([None, ""]), max_size=2))
    twice = draw(st.sampled_from([[], [], [], [], some[:1]]))
    n = len(spelt) + len(nobody) + len(twice)
    found = pa.table(
        {
            "customer": pa.array([*spelt, *nobody, *twice], pa.string()),
            "plan": draw(column(PLANS, n, pa.string())),
            "country": draw(column(COUNTRIES, n, pa.string())),
            "paperless": draw(column(st.sampled_from([True, False]), n, pa.bool_())),
            "since": draw(column(st.sampled_from([2020, 2021, None]), n, pa.int64())),
            "height": draw(column(st.sampled_from([0.1, 2.0, None]), n, pa.float32())),
        }
    )
    if draw(st.integers(0, 5)) == 0:
        waves = draw(column(st.sampled_from(["2026Q1", "2026Q2"]), n, pa.string()))
        found = found.append_column("wave", waves)
    return found


@st.composite
def invitations(draw, survey, dated=False):
    given = [f"{each:.0f}" if isinstance(each, float) else each and f"{each}"
             for each in survey["customer"].to_pylist()]  # fmt: skip
    there = list(dict.fromkeys(each for each in given if each and each.strip()))
    more = draw(st.lists(st.sampled_from([*PEOPLE, *there, None]), min_size=1, max_size=25))
    who = [*there, *more]
    n = len(who)
    found = {
        "customer": pa.array(who, pa.string()),
        "mode": draw(column(st.sampled_from(["mail", "sms", "ｓｍｓ", None]), n, pa.string())),
        "delivered": draw(column(st.sampled_from([True, True, False, None]), n, pa.bool_())),
        "opened": draw(column(st.sampled_from([0, 1, 2, None]), n, pa.int64())),
        "started_at": draw(column(st.sampled_from(["2026-01-01", "", None]), n, pa.string())),
        "reminded": draw(column(st.sampled_from([0, 1, 2]), n, pa.int64())),
    }
    if dated:
        found["wave"] = draw(moments(n))
    elif draw(st.booleans()):
        found["wave"] = draw(column(st.sampled_from(["2026Q1", "2026Q2", "2026q2", None]), n))
        found["wave"] = found["wave"].cast(pa.string())
    if draw(st.booleans()):
        found["invitation_id"] = pa.array([f"i{i}" for i in range(n)])
    if draw(st.booleans()):
        found["country"] = draw(column(COUNTRIES, n, pa.string()))
    return pa.table(found)


@st.composite
def cases(draw):
    numbered, dated = draw(st.integers(0, 2)) == 0, draw(st.integers(0, 3)) == 0
    survey = draw(surveys(numbered, dated))
    tables = {"survey": survey}
    if draw(st.integers(0, 3)):
        tables["frame"] = draw(frames(numbered))
    if draw(st.booleans()):
        tables["invitations"] = draw(invitations(survey, dated))
    known = [*survey.column_names, *(tables["frame"].column_names if "frame" in tables else ())]
    named = ("plan", "country", "paperless", "since", "height")
    margins = [name for name in named if name in known]
    chosen = {
        part: name
        for part, name in {
            "outcome": "csat", "channel": "about", "weight": "w", "strata": "stratum",
            "cluster": "psu", "population": "size", "reminders": "sent",
        }.items()
        if draw(st.integers(0, 2)) == 0
    }  # fmt: skip
    if "invitations" in tables and draw(st.booleans()):
        chosen["reminders"] = "reminded"
    nobody = None if list(tables) == ["survey"] else "customer"
    if "plan" in survey.column_names and draw(st.integers(0, 7)) == 0:
        chosen["channel"] = "plan"
    if "plan" in known and draw(st.integers(0, 5)) == 0:
        chosen["targets"] = {"plan": {"basic": 0.6, "pro": 0.4}}
    if dated:
        chosen["wave_by"] = "month"
    asked = [] if dated else ["2026Q2", "2026Q1"]
    waves = [None, None, None, *(asked if "wave" in known else [])]
    if "population" in chosen and "strata" not in chosen:
        del chosen["population"]
    return tables, {
        "customer": draw(st.sampled_from(["customer", "customer", nobody])),
        "margins": draw(st.lists(st.sampled_from(margins), unique=True)) if margins else [],
        "score": draw(st.sampled_from(["score", "score", "score", None])),
        "mode": "mode" if "invitations" in tables else None,
        "wave": draw(st.sampled_from(waves)),
        "where": draw(st.sampled_from([None, None, None, "customer <> 'a'"])),
        "merge": draw(st.sampled_from([None, "auto"])),
        "se": draw(st.sampled_from([None, "linearised", "jackknife"])),
        **chosen,
    }


def everything(p, sample):
    """The results of the notebook, in its order."""
    found, yes = {}, {}
    asked = {
        "weights": lambda _: cx.bias.weigh(
            sample.respondents, targets=sample.targets, weight=p.weight, merge=p.merge
        ),
        "who": lambda _: cx.bias.representativeness(
            sample.respondents, sample.reference, columns=sample.margins
        ),
        "nps": lambda it: cx.bias.estimate_nps(
            sample.respondents, score=p.score, weights=it["weights"], left_out=sample.left_out,
            **p.design
        ),
        "bounds": lambda it: cx.bias.bounds(
            it["nps"], invited=sample.invited, population=sample.population, yardstick=it["who"]
        ),
        "arrivals": lambda _: cx.bias.early_late(
            sample.respondents, score=p.score, invited=sample.invited, **p.arrival
        ),
        "mean": lambda it: cx.bias.estimate_mean(
            sample.respondents, outcome=p.outcome, weights=it["weights"], **p.design
        ),
        "funnel": lambda _: cx.bias.funnel(sample.invitations),
        "modes": lambda _: cx.bias.funnel(sample.invitations, by=sample.modes),
        "waves": lambda _: cx.bias.funnel(sample.all_invitations, by=sample.waves),
        "even": lambda _: cx.bias.r_indicator(
            sample.respondents, sample.reference, columns=sample.margins
        ),
        "tests": lambda it: cx.bias.tests(it["who"]),
        "shape": lambda _: cx.bias.shape(sample.answers, score=p.score, channel=p.channel),
        "group means": lambda it: cx.bias.weighted_mean(
            sample.respondents, outcome="csat", by=sample.margins[0], weights=it["weights"]
        ),
    }  # fmt: skip
    if p.outcome is None or not sample.margins:
        del asked["group means"]
    for name, ask in asked.items():
        try:
            yes[name] = found[name] = ask(yes)
        except (CxError, KeyError) as error:
            found[name] = f"{type(error).__name__}: {error}"
    return found


def said(messages):
    return [(each.key, each.text("en")) for each in messages if each.key != "bias.read_groups"]


def outcome(read, p):
    begin_reading(p.survey)
    try:
        return read(p), None
    except CxError as error:
        return None, error


def in_groups(p):
    return grouped_reading.read_groups(p, choose_rows(p))


def assert_same(p, grouped, pulled):
    assert TIMES in grouped.respondents
    assert "bias.read_groups" in [each.key for each in grouped.notes]
    assert grouped.read.frame.to_dict("records") == pulled.read.frame.to_dict("records")
    for part in ("notes", "warnings", "flags"):
        assert said(getattr(grouped, part)) == said(getattr(pulled, part)), part
    for part in (
        "subject", "wave", "margins", "invited", "population", "modes", "waves", "left_out",
        "items", "reverse",
    ):  # fmt: skip
        assert getattr(grouped, part) == getattr(pulled, part), part
    targets = [
        {name: each.to_dict() for name, each in s.targets.items()} for s in (grouped, pulled)
    ]
    assert targets[0] == targets[1]
    ours, theirs = (everything(p, each) for each in (grouped, pulled))
    for name, result in theirs.items():
        if isinstance(result, str) or isinstance(ours[name], str):
            assert ours[name] == result, name
            continue
        if name != "tests":  # which has no sentence
            assert ours[name].summary() == result.summary(), name
        assert said(ours[name].warnings) == said(result.warnings), name
        if getattr(result, "frame", None) is not None:
            pd.testing.assert_frame_equal(
                ours[name].frame, result.frame, rtol=1e-9, atol=1e-9, check_dtype=False
            )


def compare(p, whole):
    few, grouped_surveys.FEW_ROWS = grouped_surveys.FEW_ROWS, grouped_surveys.FEW_ROWS * whole
    try:
        pulled, refusal = outcome(reading.read_rows, p)
        grouped, other = outcome(in_groups, p)
    finally:
        grouped_surveys.FEW_ROWS = few
    if refusal is not None:
        few_rows = "is a table of numbers of answers" in str(refusal)  # at most 2000: always whole
        if not isinstance(other, joined.OwnRowsError) and (whole or not few_rows):
            assert f"{type(other)} {other}" == f"{type(refusal)} {refusal}", (other, refusal)
        return
    if isinstance(other, joined.OwnRowsError):
        return
    if other is not None:
        raise other
    assert_same(p, grouped, pulled)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases(), whole=st.booleans())
def test_groups_of_parquet_files_say_what_their_rows_say(tmp_path_factory, case, whole):
    tables, asked = case
    folder = tmp_path_factory.mktemp("grouped")
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet")
    compare(Parameters(**{name: folder / f"{name}.parquet" for name in tables}, **asked), whole)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases(), whole=st.booleans())
def test_groups_of_tables_of_a_database_say_what_their_rows_say(tmp_path_factory, case, whole):
    tables, asked = case
    path = tmp_path_factory.mktemp("grouped") / "shop.duckdb"
    with duckdb.connect(str(path)) as engine:
        for name, table in tables.items():
            engine.register("given_rows", table)
            engine.execute(f"CREATE TABLE {name} AS SELECT * FROM given_rows")
            engine.unregister("given_rows")
    compare(Parameters(**{name: f"{path}#{name}" for name in tables}, **asked), whole)


SAMPLE = {
    "customer": "customer_id", "margins": ["country", "age_band", "plan"], "score": "score",
    "outcome": "csat", "channel": "contact_type", "mode": "mode", "reminders": "reminders",
}  # fmt: skip


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """The sample company's tables, with a weight, strata and clusters."""
    folder, place = tmp_path_factory.mktemp("company"), "data/sample"
    answers = pd.read_csv(f"{place}/responses.csv")
    number = pd.Series(range(len(answers)))
    answers["w"] = 0.5 + number % 4
    answers["region"] = "r" + (number % 3).astype(str)
    answers["store"] = "s" + (number % 47).astype(str)
    tables = {
        "survey": answers,
        "frame": pd.read_csv(f"{place}/customers.csv"),
        "invitations": pd.read_parquet(f"{place}/invitations.parquet"),
    }
    with duckdb.connect(str(folder / "shop.duckdb")) as engine:
        for name, table in tables.items():
            table.to_parquet(folder / f"{name}.parquet", index=False)
            engine.register("given_rows", table)
            engine.execute(f"CREATE TABLE {name} AS SELECT * FROM given_rows")
            engine.unregister("given_rows")
    return folder


@pytest.mark.parametrize(
    ("kind", "without", "design"),
    [
        ("shop.duckdb#{}", [], {}),
        ("{}.parquet", [], {"weight": "w", "strata": "region", "cluster": "store"}),
        ("{}.parquet", ["invitations"], {"weight": "w", "se": "linearised"}),
        ("shop.duckdb#{}", ["frame", "invitations"], {"cluster": "store"}),
    ],
)
def test_every_result_of_the_notebook_is_that_of_the_rows(company, kind, without, design):
    files = {
        name: f"{company.as_posix()}/{kind.format(name)}"
        for name in ("survey", "frame", "invitations")
        if name not in without
    }
    asked = {**SAMPLE, **design}
    if without:
        asked |= {"mode": None, "reminders": None}
    if "frame" in without:
        asked["margins"] = ["contact_type"]
    p = Parameters(**files, **asked)
    begin_reading(p.survey)
    grouped, pulled = in_groups(p), reading.read_rows(p)
    assert len(grouped.respondents) <= len(pulled.respondents)
    assert_same(p, grouped, pulled)


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """Answers in several files of small pieces, most of people who answered more than once."""
    folder, draw = tmp_path_factory.mktemp("many"), np.random.default_rng(3)
    (folder / "survey").mkdir()
    people = np.array([f"C{i}" for i in range(20_000)])
    for part in range(3):
        n = 30_000
        answers = {
            "customer": draw.choice(people, n),
            "score": draw.integers(0, 11, n),
            "csat": draw.choice([1.0, 2.0, 5.0], n),
            "w": draw.choice([0.5, 1.0, 2.0], n),
            "wave": draw.choice(["2026Q1", "2026Q2"], n),
            "stratum": draw.choice(["x", "y"], n),
        }
        pq.write_table(
            pa.table(answers), folder / "survey" / f"{part}.parquet", row_group_size=2048
        )
    known = people[draw.permutation(len(people))[:15_000]]
    listed = {"customer": known, "plan": draw.choice(["basic", "pro", None], len(known))}
    pq.write_table(pa.table(listed), folder / "frame.parquet", row_group_size=2048)
    sent = {"customer": people, "wave": ["2026Q2"] * len(people), "mode": ["mail"] * len(people)}
    pq.write_table(pa.table({**sent, "delivered": [True] * len(people)}), folder / "sent.parquet")
    return folder


@pytest.mark.parametrize("sent", [False, True])
@pytest.mark.parametrize("design", [{}, {"weight": "w", "strata": "stratum"}])
def test_of_who_answered_twice_the_last_row_counts(many, sent, design):
    files = {"survey": many / "survey", "frame": many / "frame.parquet"}
    if sent:
        files |= {"invitations": many / "sent.parquet", "mode": "mode"}
    p = Parameters(
        **files, customer="customer", margins=["plan"], score="score", outcome="csat", **design
    )
    begin_reading(p.survey)
    grouped, pulled = in_groups(p), reading.read_rows(p)
    assert pulled.read.frame.set_index("what").loc["repeated", "n"] > 10_000
    assert_same(p, grouped, pulled)


def test_many_people_who_answered_twice_are_read_row_by_row(many, monkeypatch):
    monkeypatch.setattr(grouped_reading, "FEW", 100)
    monkeypatch.setattr(joined, "MOST", 5000)
    p = Parameters(survey=many / "survey", customer="customer", score="score", margins=[])
    sample = cx.bias.read(p)
    assert TIMES not in sample.respondents
    assert "customer" in str(next(each for each in sample.notes if each.key == "bias.read_rows"))


@pytest.mark.parametrize("kind", ["date", "decimal", "enum"])
def test_names_of_other_types_are_those_of_rows(company, kind, tmp_path):
    types = {"date": "DATE", "decimal": "DECIMAL(9, 2)", "enum": "ENUM ('1', '2')"}
    value = "DATE '2026-01-01' + (i % 2)::INTEGER" if kind == "date" else "(1 + i % 2)::VARCHAR"
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as engine:
        ids = "SELECT 'C' || i AS customer, (i % 11)::INTEGER AS score FROM range(400) AS t(i)"
        engine.execute(f"CREATE TABLE survey AS {ids}")
        value = f"({value})::{types[kind]}"
        engine.execute(
            f"CREATE TABLE frame AS SELECT 'C' || i AS customer, {value} AS kind "
            "FROM range(500) AS t(i)"
        )
    files = {name: f"{tmp_path}/shop.duckdb#{name}" for name in ("survey", "frame")}
    p = Parameters(**files, customer="customer", score="score", margins=["kind"])
    compare(p, True)
    assert isinstance(outcome(in_groups, p)[1], joined.OwnRowsError) == (kind == "date")


def test_small_tables_are_read_and_large_ones_counted(company, monkeypatch):
    p = Parameters(survey=company / "survey.parquet", frame=company / "frame.parquet", **SAMPLE | {
        "mode": None, "reminders": None})  # fmt: skip
    assert TIMES not in cx.bias.read(p).respondents
    monkeypatch.setattr(grouped_reading, "FEW", 100)
    sample = cx.bias.read(p)
    assert (
        sample.respondents[TIMES].sum()
        == sample.read.frame.set_index("what").loc["respondents", "n"]
    )
    with pytest.raises(SourceError, match="groups"):
        cx.bias.careless(sample.respondents, items=["score", "csat"])
    weights = cx.bias.weigh(sample.respondents, targets=sample.targets)
    with pytest.raises(SourceError, match="groups"):
        weights.values(sample.respondents)
    with pytest.raises(SourceError, match="groups"):
        weights.apply(sample.respondents)


@pytest.mark.parametrize(
    ("asked", "key", "told"),
    [
        ({"items": ["item_*"]}, "bias.read_rows", "items"),
        ({"seconds": "seconds"}, "bias.read_rows", "seconds"),
        ({"where_answers": "csat > 1"}, "bias.read_rows", "where_answers"),
        ({"cluster": "customer_id"}, "bias.read_rows", "cluster"),
        ({"invitations": "data/sample/invitations.csv"}, "bias.read_beside", "invitations.csv"),
        ({"strata": "response_id"}, "bias.read_many_groups", "response_id"),
    ],
)
def test_what_needs_rows_reads_them_and_says_so(company, monkeypatch, tmp_path, asked, key, told):
    monkeypatch.setattr(grouped_reading, "FEW", 100)
    monkeypatch.setattr(joined, "MOST", 120)
    if "invitations" in asked:
        sent = pd.read_parquet(company / "invitations.parquet")
        sent.to_csv(tmp_path / "invitations.csv", index=False)
        asked = {"invitations": tmp_path / "invitations.csv"}
    files = {name: company / f"{name}.parquet" for name in ("survey", "frame", "invitations")}
    p = Parameters(**{**files, **SAMPLE, **asked})
    sample = cx.bias.read(p)
    assert TIMES not in sample.respondents
    note = next(each for each in sample.notes if each.key == key)
    assert told in str(note)
    assert f"All {len(pd.read_parquet(company / 'survey.parquet')):,} answers" in str(note)


def test_customers_of_another_file_are_refused_before_a_missing_wave(tmp_path):
    wave = pa.array(["2026Q2", "2026Q1", "2026Q1"])
    survey = {"customer": ["a", "b", "c"], "score": [0, 0, 0], "wave": wave}
    tables = {
        "survey": pa.table(survey),
        "frame": pa.table({"customer": ["x", "y"], "plan": ["basic", "pro"]}),
        "invitations": pa.table({"customer": ["a", "b", "c", "x"]}),
    }
    for name, table in tables.items():
        pq.write_table(table, tmp_path / f"{name}.parquet")
    p = Parameters(
        **{name: tmp_path / f"{name}.parquet" for name in tables},
        customer="customer", margins=["plan"], score="score",
    )  # fmt: skip
    told = [str(outcome(read, p)[1]) for read in (reading.read_rows, in_groups)]
    assert told[0] == told[1]
    assert "none of the survey's customers (first: 'a') is in frame=" in told[1]
