"""Answers that are counted where they lie, against the same answers pulled row by row."""

import datetime as dt
import decimal

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import cxlib as cx
from cxlib.errors import CxError
from cxlib.nps import grouped_reading, reading
from cxlib.nps.grouped_answers import GroupedAnswers
from cxlib.nps.parameters import Parameters
from cxlib.sources import grouped_respondents, grouped_surveys

NUMBERS = st.sampled_from([*range(11), *range(11), 9, 10, 10, 0])
TEXT_SCORES = st.sampled_from(
    ["10", "9", "0", "10点", "１０", " 7", "3 - unlikely", "", "n/a", "わからない", "-99", "11",
     "7.5", "eleven", None]
)  # fmt: skip
QUARTERS = st.sampled_from(
    ["2026Q1", "2026Q2", "２０２６Q2", " 2026Q2", "2025Q4", "", None, "2026q1"]
)
DAYS = st.dates(dt.date(2025, 1, 1), dt.date(2026, 6, 30))
FAR_DAYS = st.one_of(DAYS, st.sampled_from([dt.date(1970, 1, 1), dt.date(2099, 1, 1)]))
MOMENTS = st.datetimes(dt.datetime(2025, 1, 1), dt.datetime(2026, 6, 30))
SHOPS = st.sampled_from(["Tokyo", "Tokyo ", "Ｔｏｋｙｏ", "tokyo", "大阪", "", " ", None])
LONG_IDS = st.sampled_from([2**53 + 1, 2**53 + 2, 2**53 + 3, None])
PEOPLE = st.sampled_from(["a", "b", "b ", "ｂ", "c1", "c2", "c3", "c4", "c5", "", None])
FLOATS = st.sampled_from([0.0, 0.5, 1.0, 1.25, 2.0, 3.0, 40.0])


def column(strategy, n, kind=None):
    return st.lists(strategy, min_size=n, max_size=n).map(lambda values: pa.array(values, kind))


def maybe(strategy):
    return st.one_of(strategy, strategy, strategy, st.none())


def scores(n):
    decimals = NUMBERS.map(lambda x: decimal.Decimal(x).quantize(decimal.Decimal("0.1")))
    return st.one_of(
        column(NUMBERS, n, pa.int64()),
        column(maybe(NUMBERS), n, pa.int8()),
        column(st.one_of(NUMBERS.map(float), st.just(float("nan"))), n, pa.float64()),
        column(maybe(st.sampled_from([9.0, 10.0, 7.5, 3.0, -99.0, 99.0])), n, pa.float64()),
        column(TEXT_SCORES, n, pa.string()),
        column(maybe(decimals), n, pa.decimal128(4, 1)),
        column(st.sampled_from(["9", "10", "3"]), n, pa.string()).map(
            lambda a: a.dictionary_encode()
        ),
    )


def waves(n):
    return st.one_of(
        column(QUARTERS, n, pa.string()),
        column(st.sampled_from([2024, 2025, 2026, None]), n, pa.int64()),
        column(st.sampled_from([2024.0, 2025.0, float("nan")]), n, pa.float64()),
        column(maybe(FAR_DAYS), n, pa.date32()),
        column(maybe(MOMENTS), n, pa.timestamp("us")),
        column(maybe(MOMENTS), n, pa.timestamp("us", "UTC")),
        column(maybe(MOMENTS), n, pa.timestamp("ms", "Asia/Tokyo")),
        column(maybe(FAR_DAYS.map(lambda day: day.isoformat())), n, pa.string()),
        column(maybe(DAYS.map(lambda day: day.strftime("%d.%m.%Y"))), n, pa.string()),
        column(st.sampled_from(["spring", "autumn", "Spring"]), n, pa.string()),
    )


def segments(n):
    return st.one_of(
        column(SHOPS, n, pa.string()),
        column(st.sampled_from([True, False, None]), n, pa.bool_()),
        column(LONG_IDS, n, pa.int64()),
        column(st.sampled_from([1.0, 2.5, float("nan"), None]), n, pa.float64()),
    )


def weights(n):
    return st.one_of(
        column(FLOATS, n, pa.float64()),
        column(FLOATS, n, pa.float64()),
        column(maybe(FLOATS), n, pa.float64()),
        column(st.one_of(FLOATS, st.sampled_from([-1.0, float("inf")])), n, pa.float64()),
        column(st.sampled_from(["1", "1.5", " 2", "２"]), n, pa.string()),
        column(st.sampled_from([1, 2, 3]), n, pa.int32()),
    )


@st.composite
def surveys(draw):
    n = draw(st.sampled_from([1, 2, 5, 12, 30, 60]))
    given = {
        "score": draw(scores(n)),
        "wave": draw(waves(n)),
        "shop": draw(segments(n)),
        "who": draw(
            st.one_of(
                column(PEOPLE, n, pa.string()),
                column(LONG_IDS, n, pa.int64()),
                column(st.integers(1, 80), n, pa.int64()),
            )
        ),
        "w": draw(weights(n)),
        "stratum": draw(column(st.sampled_from(["x", "y"]), n, pa.string())),
        "psu": draw(column(st.integers(1, 9), n, pa.int32())),
        "mode": draw(column(st.sampled_from(["web", "phone", "Phone", None]), n, pa.string())),
        "words": draw(
            column(st.sampled_from(["bad", "", "　", None, "悪い", "so so"]), n, pa.string())
        ),
    }
    if draw(st.booleans()):
        given["id"] = (
            pa.array(range(n)) if draw(st.booleans()) else pa.array([i // 2 for i in range(n)])
        )
    if draw(st.booleans()):
        given["Status"] = draw(
            column(
                st.sampled_from(["IP Address", "Survey Preview", "IP Address", "Spam", None]),
                n,
                pa.string(),
            )
        )
        given["Finished"] = draw(column(st.sampled_from(["True", "True", "False"]), n, pa.string()))
        given["ResponseId"] = pa.array([f"R{i}" for i in range(n)])
    if draw(st.integers(0, 3)) == 0:
        given["score (2)"] = draw(column(maybe(NUMBERS), n, pa.int64()))
        given["year"] = draw(column(st.sampled_from([2025, 2026]), n, pa.int64()))
    odd = draw(st.sampled_from(["nothing", "no value", "lists", "bytes", "long numbers", "times"]))
    given |= {
        "nothing": {},
        "no value": {"odd": pa.nulls(n)},
        "lists": {"odd": pa.array([[1, 2]] * n)},
        "bytes": {"odd": pa.array([b"x"] * n)},
        "long numbers": {"odd": pa.array([decimal.Decimal(10**19)] * n, pa.decimal128(20, 0))},
        "times": {"odd": pa.array([dt.time(9, 30)] * n)},
    }[odd]
    return pa.table(given)


@st.composite
def parameters(draw, table):
    columns = {
        part: name
        for part, name in {
            "weight": "w", "strata": "stratum", "cluster": "psu", "respondent": "who",
            "mode": "mode", "comment": "words",
        }.items()
        if draw(st.booleans())
    }  # fmt: skip
    wave_by = draw(st.sampled_from(["value", "value", "month", "quarter", "year", "unordered"]))
    where = draw(
        st.sampled_from(
            [
                None,
                None,
                "shop = 'Tokyo'",
                "psu >= 3",
                "who is not null",
                "mode <> 'web'",
                "stratum = 'z'",
            ]
        )
    )
    return {
        "columns": columns,
        "segment": draw(st.sampled_from(["shop", None])),
        "wave_column": draw(st.sampled_from(["wave", "wave", None])),
        "wave_by": wave_by,
        "where": where,
        "only": draw(st.sampled_from([{}, {}, {"mode": "web"}])),
        "finished_only": draw(st.booleans()),
        "scale_shift": draw(st.sampled_from([0, 0, 0, -1])),
    }


@st.composite
def cases(draw):
    table = draw(surveys())
    asked = draw(parameters(table))
    for name in ("shop", "who", "mode") if asked["where"] or asked["only"] else ():
        assume(table[name].null_count < len(table))  # rows of a frame have no type then
    return table, asked


def said(messages):
    return [(message.key, message.text("en")) for message in messages]


def outcome(read, p):
    try:
        return read(p), None
    except CxError as error:
        return None, error


def in_groups(p):
    return reading._answers(grouped_reading.read_survey(p), (), p)


def assert_same(grouped, pulled, p):
    assert isinstance(grouped.rows, GroupedAnswers)
    assert grouped.read.frame.to_dict("records") == pulled.read.frame.to_dict("records")
    for part in ("notes", "warnings", "flags"):
        assert said(getattr(grouped, part)) == said(getattr(pulled, part)), part
    for name in (
        "subject",
        "wave",
        "against",
        "found",
        "n",
        "scale",
        "by",
        "design",
        "looks",
        "unread",
    ):
        assert getattr(grouped, name) == getattr(pulled, name), name
    assert grouped.summary() == pulled.summary()
    counts = [outcome(lambda _, each=each: count(each, p), p) for each in (grouped, pulled)]
    assert str(counts[0][1]) == str(counts[1][1])
    if counts[0][0] is not None:
        assert_same_parts(counts[0][0], counts[1][0], grouped.wave, p)
        assert_same_counts(counts[0][0], counts[1][0])
    shown = [reading.comments(each, p) for each in (grouped, pulled)]
    assert str(shown[0].caption) == str(shown[1].caption)
    records = [table.frame.astype(object).where(table.frame.notna(), None) for table in shown]
    assert records[0].to_dict("records") == records[1].to_dict("records")


def count(answers, p):
    return cx.nps.count_scores(
        answers.rows, score=p.score, by=answers.by, scale=p.scale, unread=answers.unread,
        **answers.design,
    )  # fmt: skip


def assert_same_counts(grouped, pulled):
    """The frame by score; by stratum and cluster, scores of one kind together."""
    sums = [name for name in ("_weight", "_square") if name in pulled.frame]
    units = [name for name in ("_stratum", "_cluster") if name in pulled.frame]
    for part in ("units", "empty", "left_out"):
        left, right = (getattr(each, part) for each in (grouped, pulled))
        assert (left is None) == (right is None)
        if right is not None:
            assert as_sums(left, list(right.columns)) == as_sums(right, list(right.columns)), part
    assert_sums(grouped.frame, pulled.frame, [*pulled.keys.values(), "score"], sums)
    kinds = [
        each.by_unit.assign(score=each.by_unit["score"].clip(5, 10)) for each in (grouped, pulled)
    ]
    assert_sums(*kinds, [*pulled.keys.values(), *units, "score"], sums)
    assert grouped.dropped == pulled.dropped
    assert grouped.orders == pulled.orders
    assert said(grouped.warnings) == said(pulled.warnings)


def assert_same_parts(grouped, pulled, wave, p):
    """What the notebook looks at: all waves, and the segments of the headline's."""
    for ask in (
        lambda counts: counts.over(None),
        lambda counts: counts.over(p.wave_column),
        lambda counts: counts.where(p.wave_column, wave).over(p.segment),
    ):
        parts = [ask(each) for each in (grouped, pulled)]
        names = [each for each in ("_stratum", "_cluster") if each in pulled.frame]
        sums = [name for name in ("_weight", "_square") if name in pulled.frame]
        kinds = [part.by_unit.assign(score=part.by_unit["score"].clip(5, 10)) for part in parts]
        assert_sums(*kinds, [*parts[1].keys.values(), *names, "score"], sums)


def assert_sums(left, right, keys, sums):
    left, right = (as_sums(each, keys, ["n", *sums]) for each in (left, right))
    assert left.keys() == right.keys()
    assert_allclose([left[key] for key in right], list(right.values()), rtol=1e-12)


def as_sums(frame, keys, sums=()):
    found = {}
    for row in frame.to_dict("records"):
        key = tuple("" if pd.isna(row[name]) else repr(row[name]) for name in keys)
        before = found.get(key, [0] * len(sums))
        found[key] = [a + row[name] for a, name in zip(before, sums, strict=True)]
    return found


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases(), whole=st.booleans())
def test_groups_of_a_parquet_file_say_what_its_rows_say(tmp_path_factory, case, whole):
    table, given = case
    path = tmp_path_factory.mktemp("grouped") / "answers.parquet"
    pq.write_table(table, path)
    compare(Parameters(survey=path, **given), whole)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases(), whole=st.booleans())
def test_groups_of_a_database_table_say_what_its_rows_say(tmp_path_factory, case, whole):
    table, given = case
    path = tmp_path_factory.mktemp("grouped") / "shop.duckdb"
    with duckdb.connect(str(path)) as engine:
        engine.register("given_rows", table)
        engine.execute("CREATE TABLE answers AS SELECT * FROM given_rows")
    compare(Parameters(survey=f"{path}#answers", **given), whole)


def compare(p, whole):
    """With and without the rows of a table at hand, of which the engine is asked else."""
    few, grouped_surveys.FEW_ROWS = grouped_surveys.FEW_ROWS, grouped_surveys.FEW_ROWS * whole
    try:
        _compare(p)
    finally:
        grouped_surveys.FEW_ROWS = few


def _compare(p):
    pulled, refusal = outcome(reading._read_rows, p)
    grouped, other = outcome(in_groups, p)
    if refusal is not None:
        assert other is not None, refusal
        again = outcome(reading.read, p)[1]
        assert str(again) == str(refusal)
        return
    if other is not None:
        raise other
    assert_same(grouped, pulled, p)


def everything(answers, p):
    """The results of the notebook, in its order."""
    counts = count(answers, p)
    now = counts.where(p.wave_column, answers.wave)
    changes = cx.nps.compare(counts, between=p.wave_column, against=answers.against, margin=5)
    steady = cx.nps.waves(counts, wave=answers.ordered)
    return {
        "headline": cx.nps.score(now, by=answers.headline_by),
        "levels": cx.nps.score(counts, by=p.wave_column),
        "changes": changes,
        "steadiness": steady,
        "running": cx.nps.monitor(counts, between=answers.ordered),
        "shape": cx.nps.distribution(now),
        "ways": cx.nps.robustness(counts, changes),
        "groups": cx.nps.homogeneity(now, between=p.segment),
        "league": cx.nps.league(now, between=p.segment),
        "rest": cx.nps.compare(now, between=p.segment, against="rest", margin=5),
        "both": cx.nps.score(counts + counts, by=[p.wave_column, p.segment]),
        "plan": cx.nps.next_wave(now, margin=5),
    }


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"weight": "w"},
        {"weight": "w", "strata": "region", "cluster": "store"},
        {"cluster": "customer_id"},
    ],
)
def test_every_result_of_the_notebook_is_that_of_the_rows(tmp_path, columns):
    rows = pd.read_csv(cx.nps.Parameters(survey="data/sample/responses.csv").survey)
    place = pd.Series(range(len(rows)))
    rows["w"] = (place % 13) / 5
    rows["region"] = "r" + (place % 3).astype(str)
    rows["store"] = "s" + (place % 31).astype(str)
    rows["score"] = rows["score"].astype("Float64").astype(object).where(place % 40 != 7, "eleven")
    rows["score"] = rows["score"].map(lambda x: None if pd.isna(x) else str(x).removesuffix(".0"))
    written = tmp_path / "answers.csv"
    rows.to_csv(written, index=False)
    rows.to_parquet(tmp_path / "answers.parquet", index=False)
    found = []
    for path in (tmp_path / "answers.parquet", written):
        p = Parameters(survey=path, segment="contact_type", columns=columns)
        answers = cx.nps.read(p)
        found.append((answers, everything(answers, p)))
    (grouped, ours), (pulled, theirs) = found
    assert isinstance(grouped.rows, GroupedAnswers)
    assert isinstance(pulled.rows, pd.DataFrame)
    assert said(grouped.warnings) == said(pulled.warnings)
    for name, result in theirs.items():
        assert ours[name].summary() == result.summary(), name
        assert said(ours[name].warnings) == said(result.warnings), name
        pd.testing.assert_frame_equal(ours[name].frame, result.frame, rtol=1e-9, check_dtype=False)


def test_people_are_the_same_whether_they_are_counted_at_once_or_in_parts(tmp_path, monkeypatch):
    rows = pd.read_csv("data/sample/responses.csv")
    found = {}
    for heavy in (False, True):
        if heavy:  # and written in three ways
            rows.loc[rows.index % 3 == 0, "customer_id"] = "Shared "
            rows.loc[rows.index % 7 == 0, "customer_id"] = "Ｓhared"
            rows.loc[rows.index % 11 == 0, "customer_id"] = ""
        rows.to_parquet(tmp_path / "answers.parquet", index=False)
        p = Parameters(survey=tmp_path / "answers.parquet", columns={"respondent": "customer_id"})
        for most in (100, 500, 6_000_000):
            monkeypatch.setattr(grouped_respondents, "_MOST_AT_ONCE", most)
            found[most] = said(cx.nps.read(p).warnings)
        assert found[100] == found[500] == found[6_000_000] == said(reading._read_rows(p).warnings)
