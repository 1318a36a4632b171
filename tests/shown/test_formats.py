"""How a raw value is written in each language, by shared/research/terms.md, section 2."""

import datetime as dt
from decimal import Decimal, localcontext
from zoneinfo import ZoneInfo, available_timezones

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from cxlib import texts
from cxlib.errors import ParameterError
from cxlib.inert import visible
from cxlib.shown import formats, language
from tests.hostile import PAYLOADS

DAY = dt.date(2026, 7, 1)
TOKYO, SEOUL = ZoneInfo("Asia/Tokyo"), ZoneInfo("Asia/Seoul")

NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**6), 10**6)

WAYS = [
    (-14.4, "points", "−14.4", "−14.4"),
    (12345.67, "points", "12,345.7", "12,345.7"),
    (5.2, "change", "+5.2", "+5.2"),
    (0.4561, "percent", "45.6%", "45.6%"),
    (0.95, "level", "95%", "95%"),
    (0.0432, "pvalue", "0.043", "0.043"),
    (1e-9, "pvalue", "< 0.001", "< 0.001"),
    (0.0432, "p", "p値 0.043", "p값 0.043"),
    (1e-9, "p", "p値 < 0.001", "p값 < 0.001"),
    (DAY, "date", "2026年7月1日", "2026년 7월 1일"),
    (DAY, "month", "2026年7月", "2026년 7월"),
    (DAY, "quarter", "2026年第3四半期", "2026년 3분기"),
    (DAY, "year", "2026年", "2026년"),
    (DAY, "", "2026-07-01", "2026-07-01"),
    (dt.datetime(2026, 7, 1, 9, 5), "moment", "2026年7月1日 9:05", "2026년 7월 1일 9:05"),
    (["東京", "大阪"], "", "東京、大阪", "東京 및 大阪"),
    (["A", "B", "C"], "", "A、B、C", "A, B 및 C"),
    (["東京", "大阪"], "quoted", "「東京」、「大阪」", "‘東京’ 및 ‘大阪’"),
    ("東京「本店」", "quoted", "「東京『本店』」", "‘東京「本店」’"),
    ("country = 'JP'", "code", "\"country = 'JP'\"", "\"country = 'JP'\""),
    (float("nan"), "percent", "–", "–"),
]


@pytest.mark.parametrize(("value", "how", "japanese", "korean"), WAYS)
def test_values_as_readers_of_each_language_expect_them(value, how, japanese, korean):
    for code, wanted in (("ja", japanese), ("ko", korean)):
        if code in texts.languages():
            assert language.write(value, how, code) == wanted


@pytest.mark.parametrize("code", texts.languages())
@given(value=st.floats(-1e9, 1e9, allow_nan=False), digits=st.integers(0, 3))
def test_figures_are_the_same_in_every_language(code, value, digits):
    assert formats.number(value, digits, code) == formats.number(value, digits, "en")
    for how in (f"points{digits}", f"change{digits}", "figure", "compact", "integer"):
        assert language.write(value, how, code) == language.write(value, how, "en")
    written = language.write(value, f"percent{digits}", code)
    assert written.replace("%", " %") == language.write(value, f"percent{digits}") or code == "en"


@pytest.mark.parametrize("code", texts.languages())
def test_of_many_some_are_named_and_the_rest_counted(code):
    written = language.write(list("abcdefgh"), "some quoted", code)
    assert all(formats.quoted(name, code) in written for name in "abcdef")
    assert "2" in written
    assert "g" not in written.replace(language.text("common.more", code, n=2), "")


@pytest.mark.parametrize("code", ["en", "ja", "ko"])
@pytest.mark.parametrize("name", PAYLOADS)
def test_hostile_names_are_inert_between_the_marks_of_each_language(name, code):
    written = formats.quoted(PAYLOADS[name], code)
    assert visible(written) == written
    assert "\n" not in written


@pytest.mark.parametrize(
    ("language_code", "moment", "wanted"),
    [
        ("en", dt.datetime(2026, 7, 1, 9, 5, tzinfo=dt.UTC), "2026-07-01 09:05 UTC"),
        ("en", dt.datetime(2026, 7, 1, 9, 5, tzinfo=TOKYO), "2026-07-01 09:05 Japan Time"),
        ("en", dt.datetime(2026, 7, 1, 9, 5), "2026-07-01 09:05"),
        ("ja", dt.datetime(2026, 7, 1, 9, 5, tzinfo=dt.UTC), "2026年7月1日 9:05（UTC）"),
        ("ja", dt.datetime(2026, 7, 1, 9, 5, tzinfo=TOKYO), "2026年7月1日 9:05（日本時間）"),
        ("ko", dt.datetime(2026, 7, 1, 9, 5, tzinfo=SEOUL), "2026년 7월 1일 9:05(한국 시간)"),
        ("ko", dt.datetime(2026, 7, 1, 19, 5, tzinfo=dt.UTC), "2026년 7월 1일 19:05(UTC)"),
    ],
)
def test_a_moment_is_written_in_its_zone_and_names_it(language_code, moment, wanted):
    if language_code in texts.languages():
        assert language.write(moment, "moment", language_code) == wanted


@pytest.mark.parametrize(
    ("zone", "winter", "summer"),
    [
        ("Europe/London", "Greenwich Mean Time", "British Summer Time"),
        ("America/New_York", "Eastern Standard Time", "Eastern Daylight Time"),
        ("Australia/Lord_Howe", "Lord Howe Daylight Time", "Lord Howe Standard Time"),
        ("Asia/Kolkata", "India Time", "India Time"),
        ("Etc/GMT+3", "UTC-03:00", "UTC-03:00"),
        ("UTC", "UTC", "UTC"),
    ],
)
def test_where_clocks_change_the_name_says_which_time_holds(zone, winter, summer):
    named = [dt.datetime(2026, month, 1, 12, tzinfo=ZoneInfo(zone)) for month in (1, 7)]
    assert [language.write(moment, "zone") for moment in named] == [winter, summer]


def test_the_hour_that_comes_twice_has_two_names():
    first = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC).astimezone(ZoneInfo("Europe/London"))
    second = dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC).astimezone(ZoneInfo("Europe/London"))
    assert language.write(first, "moment") != language.write(second, "moment")


@given(
    st.sampled_from(sorted(available_timezones())),
    st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2030, 1, 1)),
)
def test_every_zone_has_a_name_and_the_clock_is_the_zones(zone, moment):
    there = moment.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone))
    written = language.write(there, "moment")
    assert written.startswith(f"{there:%Y-%m-%d %H:%M} ")
    assert "Unknown" not in written
    assert not written.split(" ", 2)[2].startswith("GMT")


def test_a_distance_from_utc_without_a_name_is_written_as_it_is():
    tehran = dt.timezone(dt.timedelta(hours=3, minutes=30))
    moment = dt.datetime(2026, 1, 1, tzinfo=tehran)
    assert language.write(moment, "zone", "en") == "UTC+03:30"


def test_a_korean_particle_goes_with_what_stands_before_it(monkeypatch):
    found = {"x": "{rate:points+이} {name:quoted+그룹은} {names:some+을} {when:+으로}"}
    monkeypatch.setattr(texts, "load", lambda code, topic: found)
    said = language.text("nps.x", "ko", rate=45.6, name="東京", names=["a", "앱"], when="서울")
    assert said == "45.6이 ‘東京’ 그룹은 a 및 앱을 서울로"
    with pytest.raises(ParameterError, match=r"'\+이' is a Korean particle; ja has none"):
        language.text("nps.x", "ja", rate=45.6, name="", names=[], when="")


def test_a_name_from_the_right_keeps_its_particle_outside(monkeypatch):
    monkeypatch.setattr(texts, "load", lambda code, topic: {"x": "{name:+그룹은} 12"})
    said = language.text("nps.x", "ko", name="שלום")
    assert said == "\u200eשלום\u200e 그룹은 12"


@given(NUMBERS, st.integers(0, 6), st.sampled_from([*formats.LOCALES]))
def test_numbers_are_those_of_the_locale(value, digits, spoken):
    shape = f"#,##0.{'0' * digits}" if digits else "#,##0"
    with localcontext(prec=400):
        rounded = Decimal(f"{value:.{digits}f}")
        written = format_decimal(abs(rounded), shape, locale=formats.locale_of(spoken))
    assert formats.number(value, digits, spoken) == ("−" if rounded < 0 else "") + written
