"""Dates as people write them are read by one pattern, or refused; never as another date."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from babel.dates import format_date, format_datetime
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib.errors import ColumnError, CxError, ParameterError
from cxlib.rows.date_numbers import DatePattern
from cxlib.rows.dates import read_dates

MOMENTS = st.datetimes(dt.datetime(1992, 1, 1), dt.datetime(2060, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0)
)
COLUMNS = st.lists(MOMENTS, min_size=1, max_size=8)


def read(values, **options):
    return read_dates(pd.Series(values), name="day", parameter="time", **options)


def _excel(moment):
    return (moment - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)


def _epoch(unit):
    return lambda moment: int(moment.replace(tzinfo=dt.UTC).timestamp()) * unit


def _twelve(moment, am, pm):
    return f"{am if moment.hour < 12 else pm} {moment.hour % 12 or 12}:{moment:%M:%S}"


def _zero(moment, am, pm):
    return f"{am if moment.hour < 12 else pm}{moment.hour % 12}時{moment.minute}分"


# what writes a moment, to which precision it is kept, and the pattern
WRITTEN = {
    "iso day": (lambda m: f"{m:%Y-%m-%d}", "D", DatePattern.ISO),
    "iso T": (lambda m: m.isoformat(), "s", DatePattern.ISO),
    "iso zulu": (lambda m: f"{m.isoformat()}Z", "s", DatePattern.ISO),
    "offset with a blank": (lambda m: f"{m:%Y-%m-%d %H:%M:%S} +0900", "s", DatePattern.ISO),
    "slashes": (lambda m: f"{m.year}/{m.month}/{m.day} {m.hour}:{m:%M}", "m", DatePattern.ISO),
    "points": (lambda m: f"{m.year}. {m.month}. {m.day}", "D", DatePattern.YEAR_FIRST),
    "basic": (lambda m: f"{m:%Y%m%dT%H%M%SZ}", "s", DatePattern.YEAR_FIRST),
    "compact": (lambda m: f"{m:%Y%m%d}", "D", DatePattern.COMPACT),
    "compact number": (lambda m: int(f"{m:%Y%m%d}"), "D", DatePattern.COMPACT),
    "compact moment": (lambda m: f"{m:%Y%m%d%H%M%S}", "s", DatePattern.COMPACT),
    "ja": (lambda m: format_datetime(m, "y年M月d日 H時m分s秒"), "s", DatePattern.YEAR_FIRST),
    "ja weekday": (
        lambda m: format_date(m, "y/MM/dd（E）", locale="ja"),
        "D",
        DatePattern.YEAR_FIRST,
    ),
    "ja noon is 0": (
        lambda m: f"{m.year}年{m.month}月{m.day}日 {_zero(m, '午前', '午後')}",
        "m",
        DatePattern.YEAR_FIRST,
    ),
    "full width": (
        lambda m: f"{m.year}年{m.month}月{m.day}日".translate(
            str.maketrans("0123456789", "０１２３４５６７８９")
        ),
        "D",
        DatePattern.YEAR_FIRST,
    ),
    "ko": (lambda m: format_date(m, "long", locale="ko"), "D", DatePattern.YEAR_FIRST),
    "ko form": (
        lambda m: f"{m.year}. {m.month}. {m.day} {_twelve(m, '오전', '오후')}",
        "s",
        DatePattern.YEAR_FIRST,
    ),
    "form with a zone": (
        lambda m: f"{m:%Y/%m/%d %I:%M:%S %p} GMT+9",
        "s",
        DatePattern.YEAR_FIRST,
    ),
    "era": (
        lambda m: (
            f"令和{m.year - 2018}年{m.month}月{m.day}日"
            if m.year > 2018
            else f"平成{m.year - 1988}年{m.month}月{m.day}日"
        ),
        "D",
        DatePattern.ERA,
    ),
    "era letter": (
        lambda m: (
            f"R{m.year - 2018}.{m.month}.{m.day}"
            if m.year > 2018
            else f"H{m.year - 1988}.{m.month}.{m.day}"
        ),
        "D",
        DatePattern.ERA,
    ),
    "mail": (lambda m: f"{m:%a, %d %b %Y %H:%M:%S} +0000", "s", DatePattern.NAMED),
    "JavaScript": (
        lambda m: f"{m:%a %b %d %Y %H:%M:%S} GMT+0900 (Japan Standard Time)",
        "s",
        DatePattern.NAMED,
    ),
    **{
        f"{language} {length}": (
            lambda m, language=language, length=length: format_date(m, length, locale=language),
            "D",
            DatePattern.NAMED,
        )
        for language, length in (
            ("en_US", "long"),
            ("en_US", "medium"),
            ("en_GB", "long"),
            ("de", "long"),
            ("fr", "long"),
            ("fr", "medium"),
            ("es", "long"),
            ("pt", "long"),
            ("it", "long"),
            ("nl", "medium"),
        )
    },
    "seconds": (_epoch(1), "s", DatePattern.SECONDS),
    "milliseconds": (_epoch(1000), "s", DatePattern.MILLISECONDS),
    "microseconds": (_epoch(10**6), "s", DatePattern.MICROSECONDS),
    "nanoseconds": (_epoch(10**9), "s", DatePattern.NANOSECONDS),
    "seconds as text": (lambda m: str(_epoch(1)(m)), "s", DatePattern.SECONDS),
    "Excel": (_excel, "s", DatePattern.EXCEL),
    "Excel as text": (lambda m: f"{_excel(m):.8f}", "s", DatePattern.EXCEL),
}


def to(moments, precision):
    return np.array(moments, "datetime64[s]").astype(f"datetime64[{precision}]")


@pytest.mark.parametrize("how", WRITTEN)
@settings(max_examples=8, deadline=None)
@given(moments=COLUMNS)
def test_what_was_written_is_read(how, moments):
    write, precision, pattern = WRITTEN[how]
    found = read([write(moment) for moment in moments])
    assert found.pattern is pattern
    assert (found.values.to_numpy() == to(moments, precision)).all()
    quiet = pattern is DatePattern.ISO
    assert bool(found.notes) != quiet
    assert all(str(note) for note in found.notes)


@given(
    sign=st.sampled_from([".", "/", "-", ". "]),
    clock=st.sampled_from(["", " %H:%M", " %H:%M:%S", " %I:%M %p"]),
    first=st.sampled_from(["day first", "month first"]),
    moments=COLUMNS,
)
def test_day_and_month_are_told_apart_or_asked_for(sign, clock, first, moments):
    order = "%d{0}%m{0}%Y" if first == "day first" else "%m{0}%d{0}%Y"
    texts = [moment.strftime(order.format(sign) + clock) for moment in moments]
    precision = "D" if not clock else "s" if "%S" in clock else "m"
    if max(moment.day for moment in moments) > 12:
        assert (read(texts).values.to_numpy() == to(moments, precision)).all()
        other = {"day first": "month first", "month first": "day first"}[first]
        with pytest.raises(ColumnError, match=f"has the {first}, against dates='{other}'; pass"):
            read(texts, dates=other)
    else:
        with pytest.raises(ColumnError, match="pass dates='day first' or dates='month first'"):
            read(texts)
    assert (read(texts, dates=first).values.to_numpy() == to(moments, precision)).all()


@pytest.mark.parametrize(
    ("write", "order"),
    [
        ("%d.%m.%y", "day first"),
        ("%m/%d/%y %H:%M", "month first"),
        ("%y/%m/%d", "year first"),
        ("%d-%b-%y", "day first"),
    ],
)
@settings(max_examples=6, deadline=None)
@given(moments=COLUMNS)
def test_years_of_two_digits_are_read_when_told(write, order, moments):
    texts = [moment.strftime(write) for moment in moments]
    with pytest.raises(ColumnError, match="have two digits"):
        read(texts)
    found = read(texts, dates=order)
    assert (found.values.to_numpy() == to(moments, "m" if "%H" in write else "D")).all()
    assert "1969 to 2068" in str(found.notes[-1])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["2024"], "years alone are no days"),
        ([2024, 2025], "years alone are no days"),
        (["2024-01", "2024-02"], "months without a day"),
        (["2024年1月", "2024年12月"], "months without a day"),
        (["2024년 1월", "2024년 12월"], "months without a day"),
        ([202401, 202402], "have no day"),
        ([1, 2, 12], r"holds numbers \(1 to 12\), not dates"),
        ([900171, 900172], "holds numbers"),
        ([1704119028, 5], "holds numbers"),
        ([1704119028, 1704119028000], "holds numbers"),
        ([True, False], "such as 'False', 'True'"),
        (["Q1 2024"], "such as 'Q1 2024'"),
        (["2024-02-30", "2024-13-01"], "2 of 2 values cannot be read"),
        (["2024-01-05", "soon", "later", "2024-13-45"], "3 of 4 values cannot be read as dates"),
        (["31.04.2024"], "1 of 1 values cannot be read as dates"),
        (["20240230"], "1 of 1 values cannot be read as dates"),
        (["13.13.2024"], "values without a month"),
        (["13/01/2024", "01/13/2024"], "mixes dates with the day first .* and the month first"),
        (["2024-01-13", "13.01.2024"], r"mixes kinds: '13.01.2024' \(1 values\) and '2024-01-13'"),
        (["13.01.2024", "14/01/2024"], "mixes kinds"),
        (["13.01.2024", "14.01.24"], "mixes kinds"),
        (["2024-01-13T10:00Z", "2024-01-13T10:00"], "mixes kinds"),
        (["1/15/2024 9:05 AM", "1/15/2024 13:05"], "mixes kinds"),
        (["1/15/2024 13:05 AM"], "cannot be read"),
        (["2024-01-13T10:00+15:00"], "cannot be read"),
        (["Foo 1, 2024"], "cannot be read"),
        (["infinity"], "cannot be read"),
        (["9" * 19], "holds numbers|cannot be read"),
        (["x" * 100_000], "cannot be read"),
    ],
)
def test_what_is_no_date_is_refused_with_its_values(values, said):
    with pytest.raises(ColumnError, match=f"(?s)^time='day'.*{said}"):
        read(values)


def test_dates_are_a_choice_of_three():
    with pytest.raises(ParameterError, match="did you mean 'day first'"):
        read(["01/02/2024"], dates="day-first")


def test_a_choice_concerns_only_what_is_open():
    assert read(["2024-03-04"], dates="day first").values.dt.month.tolist() == [3]
    with pytest.raises(ColumnError, match="has the year last"):
        read(["01/02/2024"], dates="year first")


def test_missing_values_stay_missing_and_rows_keep_their_places():
    values = pd.Series(["13.01.2024", None, " ", "02.01.2024"], index=[7, 3, 5, 1], name="x")
    found = read_dates(values, name="x", parameter="time").values
    assert found.index.tolist() == [7, 3, 5, 1]
    assert found.dt.day.fillna(0).tolist() == [13, 0, 0, 2]
    assert values.tolist()[0] == "13.01.2024"
    assert read([None, ""]).values.isna().all()
    assert read([]).values.empty


def test_dates_that_are_dates_already_stay_as_clocks_showed_them():
    days = [dt.date(2024, 1, 31), None]
    for values in (
        days,
        pd.to_datetime(pd.Series(days)),
        pd.PeriodIndex(["2024-01-31", None], freq="D"),
    ):
        found = read(values)
        assert (found.pattern, found.notes) == (DatePattern.TYPED, ())
        assert found.values.iloc[0] == pd.Timestamp("2024-01-31")
        assert found.values.isna().tolist() == [False, True]
    seoul = pd.to_datetime(["2024-01-31T23:30:00+09:00"]).tz_convert("Asia/Seoul")
    assert read(seoul).values.tolist() == [pd.Timestamp("2024-01-31 23:30")]


def test_epoch_zero_stays_a_moment():
    assert read([0, 1704119028]).values.dt.year.tolist() == [1970, 2024]


def test_what_was_seen_is_said_with_a_proof():
    [note] = read(["01.02.2024", "13.01.2024"]).notes
    assert str(note) == (
        "The dates in column 'day' were read as day, month, year: '13.01.2024' is 2024-01-13."
    )
    [note] = read([1704119028, 1706797428]).notes
    assert "seconds since 1970 (UTC): 2024-01-01 to 2024-02-01" in str(note)


SIGNS = "0123456789-/.: TZ年월日元R(%'é\\\0\ud800\u202e"
WORDS = ["12", "2024", "令和", "午後", "AM", "Jan", "mar.", "+09"]
PIECES = st.sampled_from([*SIGNS, *WORDS])
TEXTS = st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=30)
ODD = st.none() | TEXTS | st.integers(-(2**70), 2**70) | st.floats() | st.booleans() | st.binary()


@settings(max_examples=300, deadline=5000)
@given(
    st.lists(TEXTS, max_size=4) | st.lists(ODD, max_size=4),
    st.sampled_from([None, "day first", "month first", "year first"]),
)
def test_nothing_but_a_refusal_comes_of_what_is_no_date(values, dates):
    try:
        found = read(pd.Series(values, dtype=object), dates=dates)
    except CxError:
        return
    missing = [bool(pd.isna(value)) or not str(value).strip() for value in values]
    assert [gone or had for gone, had in zip(found.values.isna(), missing, strict=True)] == missing


@settings(max_examples=60, deadline=5000)
@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(0, 10**10), min_size=1, max_size=4))
def test_numbers_are_dates_of_our_time_or_refused(values):
    try:
        found = read(np.array(values, dtype="int64"))
    except CxError:
        return
    assert found.values.dt.year.between(1900, 2119).all()
