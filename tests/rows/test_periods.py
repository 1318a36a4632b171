"""Names of waves are put in their order in time, or the order is not known; never a wrong one."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from babel.dates import get_month_names
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib.errors import ParameterError
from cxlib.rows.conditions import parse_condition
from cxlib.rows.periods import Pattern, Why, natural_order, order_waves

LANGUAGES = ("en", "ja", "ko", "de", "fr", "es")


def month_name(language, month, width="wide"):
    return get_month_names(width, locale=language)[month]


def quarter(day):
    return (day.month + 2) // 3


def half(day):
    return 1 if day.month <= 6 else 2


# pattern -> language -> how people write the period of a day; what is written by Babel is no
# invention of the parser's
WRITTEN = {
    "year": {
        "en": ["{d.year}", "FY{d.year}", "FY{y:02}"],
        "ja": ["{d.year}年", "{d.year}年度", "令和{r}年"],
        "ko": ["{d.year}년", "{d.year}년도"],
    },
    "half": {
        "en": ["H{h} {d.year}", "{d.year}H{h}", "{h}H{y:02}", "H{h} FY{y:02}"],
        "ja": ["{d.year}年{上}半期", "{d.year}年度{上}期", "令和{r}年{上}半期"],
        "ko": ["{d.year}년 {상}반기", "{상}반기 {d.year}"],
        "de": ["{h}. Halbjahr {d.year}"],
        "fr": ["S{h} {d.year}", "{h}e semestre {d.year}"],
        "es": ["{h}.º semestre de {d.year}"],
    },
    "quarter": {
        "en": ["Q{q} {d.year}", "{d.year}-Q{q}", "{q}Q{y:02}", "{y:02}Q{q}", "Q{q}'{y:02}"],
        "ja": ["第{q}四半期{d.year}", "{d.year}年第{q}四半期", "令和{r}年第{q}四半期"],
        "ko": ["{q}분기 {d.year}", "{d.year}년 {q}분기", "'{y:02}년 {q}분기"],
        "de": ["{q}. Quartal {d.year}", "Q{q}/{d.year}"],
        "fr": ["T{q} {d.year}", "{q}e trimestre {d.year}"],
        "es": ["{q}T {d.year}", "{q}.º trimestre {d.year}"],
    },
    "fiscal quarter": {
        "en": ["Q{q} FY{y:02}", "FY{d.year} Q{q}", "FY{y:02}-Q{q}"],
        "ja": ["{d.year}年度第{q}四半期"],
        "ko": ["{d.year}회계연도 {q}분기"],
    },
    "month": {
        "en": ["{name} {d.year}", "{short} {d.year}", "{d.year} {name}", "{short}-{y:02}"],
        "ja": ["{d.year}年{d.month}月", "令和{r}年{d.month}月", "R{r}.{d.month:02}"],
        "ko": ["{d.year}년 {d.month}월", "{d.year}. {d.month}.", "{d.month}월 {d.year}"],
        "de": ["{name} {d.year}", "{short} {d.year}"],
        "fr": ["{name} {d.year}", "{short} {d.year}"],
        "es": ["{name} de {d.year}", "{short} {d.year}"],
    },
    "month in digits": {
        "en": ["{d.month}/{d.year}", "{d.month:02}-{d.year}", "{d.month}/{y:02}"],
        "ja": ["{d.year}-{d.month:02}", "{d.year}{d.month:02}", "{d.year}/{d.month}"],
        "ko": ["{d.year}.{d.month:02}", "{d.month:02}{d.year}", "{y:02}{d.month:02}"],
    },
    "week": {
        "en": ["W{i.week:02} {i.year}", "{i.year}-W{i.week:02}", "week {i.week}, {i.year}"],
        "ja": ["{i.year}年第{i.week}週"],
        "ko": ["{i.year}년 {i.week}주차"],
        "de": ["KW {i.week} {i.year}", "KW{i.week}/{i.year}"],
        "fr": ["semaine {i.week} {i.year}"],
        "es": ["semana {i.week} de {i.year}"],
    },
    "day": {
        "en": [
            "{d:%Y-%m-%d}",
            "{d.day} {name} {d.year}",
            "{name} {d.day}, {d.year}",
            "{d:%m/%d/%Y}",
        ],
        "ja": [
            "{d.year}年{d.month}月{d.day}日",
            "{d.year}/{d.month}/{d.day}",
            "令和{r}年{d.month}月{d.day}日",
        ],
        "ko": ["{d.year}년 {d.month}월 {d.day}일", "{d.year}. {d.month}. {d.day}.", "{d:%Y%m%d}"],
        "de": ["{d:%d.%m.%Y}", "{d.day}. {name} {d.year}", "{d.day}.{d.month}.{y:02}"],
        "fr": ["{d:%d/%m/%Y}", "{d.day} {name} {d.year}", "{d:%d%m%Y}"],
        "es": ["{d.day} de {name} de {d.year}"],
    },
    "ordinal": {
        "en": ["wave {o}", "Round {o}", "W{o}"],
        "ja": ["第{o}回", "{o}期"],
        "ko": ["{o}차", "제{o}차"],
        "de": ["Welle {o}"],
        "fr": ["vague {o}"],
        "es": ["ola {o}"],
    },
    "number": {"en": ["{o}"], "ja": ["{o}"], "ko": ["{o}.0"]},
    "number in a year": {
        "en": ["Wave {q} {d.year}", "{d.year} R{q}"],
        "ja": ["{d.year}年第{q}回"],
        "ko": ["{d.year}년 {q}차"],
    },
    "without a year": {
        "en": ["Q{q}", "{name}", "W{i.week:02}", "H{h}", "{short} {d.day}"],
        "ja": ["第{q}四半期", "{d.month}月", "{d.month}月{d.day}日", "第{i.week}週"],
        "ko": ["{q}분기", "{d.month}월", "{d.month}월 {d.day}일"],
        "de": ["{name}", "KW {i.week}", "{d.day}. {name}"],
        "fr": ["T{q}", "S{h}", "{d.day}/{d.month}"],
        "es": ["{name}", "{d.day}-{d.month}"],
    },
}
# what a label says of its day, so that two days of one period are one wave
PART = {
    "year": lambda d, o: (d.year,),
    "half": lambda d, o: (d.year, half(d)),
    "quarter": lambda d, o: (d.year, quarter(d)),
    "fiscal quarter": lambda d, o: (d.year, quarter(d)),
    "month": lambda d, o: (d.year, d.month),
    "month in digits": lambda d, o: (d.year, d.month),
    "week": lambda d, o: tuple(d.isocalendar())[:2],
    "day": lambda d, o: (d,),
    "ordinal": lambda d, o: (o,),
    "number": lambda d, o: (o,),
    "number in a year": lambda d, o: (d.year, quarter(d)),
    "without a year": lambda d, o: (d,),
}
CASES = [
    (pattern, language, form)
    for pattern, languages in WRITTEN.items()
    for language, forms in languages.items()
    for form in forms
]
days = st.dates(dt.date(2020, 1, 1), dt.date(2039, 12, 31))


def write(form, language, day, number):
    return form.format(
        d=day,
        y=day.year % 100,
        q=quarter(day),
        h=half(day),
        o=number,
        r=day.year - 2018,
        i=day.isocalendar(),
        name=month_name(language, day.month),
        short=month_name(language, day.month, "abbreviated"),
        **{"上": "上下"[half(day) - 1], "상": "상하"[half(day) - 1]},
    )


def in_time(pattern, labels):
    """Labels of the same waves in their true order: (part, label), earliest first."""
    return [label for _, label in sorted(labels, key=lambda each: each[0])]


def agrees(waves, labels):
    """Whether no earlier wave stands after a later one, and one period is one wave."""
    first = {value: value for value in waves.values} | waves.spellings
    place = [(part, waves.values.index(first[label])) for part, label in labels]
    return all((a < b) == (i < j) and (a == b) == (i == j) for a, i in place for b, j in place)


@settings(max_examples=15, deadline=None)
@given(
    drawn=st.lists(st.tuples(days, st.integers(1, 400)), min_size=2, max_size=12),
    before=st.sampled_from(["", "", "NPS ", "調査 ", "Survey: "]),
    after=st.sampled_from(["", "", " (final)", " 조사"]),
    data=st.data(),
)
@pytest.mark.parametrize(("pattern", "language", "form"), CASES)
def test_the_order_is_right_or_unknown(pattern, language, form, drawn, before, after, data):
    labels = {
        PART[pattern](day, number): before + write(form, language, day, number) + after
        for day, number in drawn
    }
    shuffled = data.draw(st.permutations(list(labels.items())))
    waves = order_waves([label for _, label in shuffled])
    if len(set(labels.values())) > 1:
        assert not waves.known or agrees(waves, shuffled), waves


@settings(max_examples=15, deadline=None)
@given(drawn=st.lists(days, min_size=3, max_size=8, unique=True), data=st.data())
@pytest.mark.parametrize("pattern", [pattern for pattern in WRITTEN if pattern != "day"])
def test_mixed_ways_of_writing_are_right_or_unknown(pattern, drawn, data):
    forms = [(language, form) for each, language, form in CASES if each == pattern]
    labels = []
    for number, day in enumerate(drawn, start=1):
        language, form = data.draw(st.sampled_from(forms))
        labels.append((PART[pattern](day, number), write(form, language, day, number)))
    waves = order_waves([label for _, label in labels])
    if waves.known and len({label for _, label in labels}) == len(labels) and pattern != "year":
        assert agrees(waves, labels), waves


# one form of each language must be read, or "unknown" would pass for everything
SURE = [
    (pattern, language, form)
    for pattern, language, form in CASES
    if pattern != "without a year"
    and form
    not in (
        "{d:%m/%d/%Y}",
        "{d:%d.%m.%Y}",
        "{d.day}.{d.month}.{y:02}",
        "{d:%d/%m/%Y}",
        "{d:%d%m%Y}",
        "{d.month}/{y:02}",
        "{d.month:02}{d.year}",
        "W{o}",
        "{y:02}{d.month:02}",
    )
]


@pytest.mark.parametrize(("pattern", "language", "form"), SURE)
def test_what_people_write_is_read(pattern, language, form):
    quarters = [
        dt.date(2025, 11, 14),
        dt.date(2026, 1, 30),
        dt.date(2026, 5, 17),
        dt.date(2027, 12, 3),
    ]
    labels = [
        (PART[pattern](day, number), write(form, language, day, number))
        for day, number in zip(quarters, (2, 9, 10, 100), strict=True)
    ]
    waves = order_waves([label for _, label in labels[::-1]])
    assert waves.known, waves
    assert agrees(waves, labels), waves


@pytest.mark.parametrize(
    ("labels", "pattern"),
    [
        (["31.12.2023", "13.01.2024"], Pattern.DAY),
        (["4분기 2025", "2026년 1분기"], Pattern.QUARTER),
        (["２０２５Ｑ４", "２０２６Ｑ１"], Pattern.QUARTER),
        (["平成30年", "平成31年", "令和元年", "令和2年"], Pattern.YEAR),
        (["H30", "H31", "R1", "R2"], Pattern.YEAR),
        (["平成31年4月", "令和元年5月"], Pattern.MONTH),
        (["2024/25", "2025/26"], Pattern.FISCAL_YEAR),
        (["2025.9", "2025.10", "2025.12", "2026.1"], Pattern.MONTH),
        (["2025.0", "2026.0"], Pattern.NUMBER),
        (["W9", "W10"], Pattern.ORDINAL),
        (["1st wave", "2nd wave", "10th wave"], Pattern.ORDINAL),
        (["Kundenbefragung Q4 2025", "Kundenbefragung Q1 2026"], Pattern.QUARTER),
        (["2025-12-31 23:00", "2026-01-01 00:00:00"], Pattern.DAY),
        (["2026年3月期第3四半期", "2026年3月期第4四半期"], Pattern.FISCAL_QUARTER),
        (["2026年3月期12月", "2026年3月期1月"], Pattern.FISCAL_MONTH),
        (["FY25 Dec", "FY26 Jan"], Pattern.FISCAL_MONTH),
        (["2026年1月13日(火)", "2026年2月2日(月)"], Pattern.DAY),
        (["12/99", "01/00"], Pattern.MONTH),
        ([9, 10, 100], Pattern.NUMBER),
        ([0.5, 1.25, 10.0], Pattern.NUMBER),
        ([2024, 2025.0], Pattern.YEAR),
        ([dt.date(2025, 12, 31), dt.date(2026, 1, 1)], Pattern.DATE),
        (list(pd.period_range("2025Q4", periods=3, freq="Q")), Pattern.DATE),
        (list(pd.to_datetime(["2025-12-31", "2026-01-01"])), Pattern.DATE),
    ],
)
def test_the_pattern_is_known(labels, pattern):
    waves = order_waves(labels[::-1])
    assert (waves.values, waves.pattern) == (tuple(labels), pattern)
    assert waves.warnings("wave") == ()
    waves.refuse_unknown(column="wave", parameter="against='previous'")


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        (["12月", "1月"], Why.NO_YEAR),
        (["Q4", "Q1"], Why.NO_YEAR),
        (["Jan", "Feb"], Why.NO_YEAR),
        (["Dec 25", "Jan 26"], Why.NO_YEAR),
        (["W52", "W1"], Why.NO_YEAR),
        (["W09", "W10"], Why.NO_YEAR),
        (["31年", "1年"], Why.NO_YEAR),
        (["前期", "今期"], Why.UNREAD),
        (["Spring", "Summer"], Why.UNREAD),
        (["2026年春", "2026年夏"], Why.UNREAD),
        (["last year", "this year"], Why.UNREAD),
        (["vor 3 Wellen", "vor 2 Wellen"], Why.UNREAD),
        (["2025", "2025Q1"], Why.UNREAD),
        (["2025Q4", "FY26 Q1"], Why.UNREAD),
        (["2025/26", "FY25"], Why.UNREAD),
        (["03/04/2024", "04/03/2024"], Why.AMBIGUOUS),
        (["122025", "012026"], Why.AMBIGUOUS),
        (["1225", "0126"], Why.AMBIGUOUS),
        (["Survey 122025", "Survey 012026"], Why.AMBIGUOUS),
        (["31122025 (final)", "01012026 (final)"], Why.AMBIGUOUS),
        (["2026.1", "2026.2"], Why.AMBIGUOUS),  # 2026.10, once a spreadsheet took it for a number
        (["11", "12", "1", "2"], Why.AMBIGUOUS),
        (["P11", "P12", "P1"], Why.AMBIGUOUS),
        (["FY25 Dec", "FY25 Jan"], Why.FISCAL),
        (["2025年度12月", "2025年度1月"], Why.FISCAL),
        (["令和7年度3月", "令和8年度4月", "令和8年度5月"], Why.FISCAL),
        (["2025/26 Dez", "2025/26 Jan"], Why.FISCAL),
        (["2025회계연도 12월", "2025회계연도 1월"], Why.FISCAL),
        (["2025사업연도 12월", "2025사업연도 1월"], Why.FISCAL),
        ([True, False], Why.UNREAD),
        (["9" * 5000, "8" * 5000], Why.UNREAD),
    ],
)
def test_what_may_have_another_order_is_not_known(labels, why):
    for each in (labels, labels[::-1]):
        waves = order_waves(each)
        assert (waves.known, waves.why) == (False, why)
        assert set(waves.values) == set(labels) == set(waves.unread)
        assert "wave_order" in str(waves.warnings("wave")[0])
        assert waves.notes("wave") == ()
        with pytest.raises(ParameterError, match=r"order=\[...\]"):
            waves.refuse_unknown(column="wave", parameter="against='previous'")


def test_the_label_that_is_not_like_the_others_is_named():
    waves = order_waves(["2025Q4", "2026Q1", "pilot 2"])
    assert waves.unread == ("pilot 2",)
    assert "'wave' in time is not known: pilot 2 cannot be read" in str(waves.warnings("wave")[0])


@pytest.mark.parametrize("total", ["Total", "合計", "NA", "不明", "(blank)", "it's all"])
@pytest.mark.parametrize("column", ["wave", "波", "survey wave", "order", 'the "wave"'])
def test_what_is_no_wave_is_left_out_as_the_message_says(total, column):
    rows = pd.DataFrame({column: ["2025Q4", "2026Q1", total, "Gesamt"]})
    waves = order_waves(rows[column])
    assert set(waves.unread) == {total, "Gesamt"}
    advice = waves.warnings(column)[0].values["condition"]
    assert repr(advice) in str(waves.warnings(column)[0])
    kept = parse_condition(advice).keep(rows)
    assert order_waves(rows.loc[kept, column]).values == ("2025Q4", "2026Q1")


@pytest.mark.parametrize(
    ("column", "labels", "known"),
    [
        ("quarter", [4, 1, 2], False),
        ("四半期", ["3", "4"], False),
        ("surveyQuarter", [1, 2], False),
        ("Quartal_Nr", [1.0, 2.0], False),
        ("曜日", [5, 6, 7], False),
        ("Month", [10, 11, 12], False),
        ("月", ["１０", "１１"], False),
        ("x", [4, 1, 2], False),
        ("x", [1, 2, 3], True),
        ("wave", [1, 2, 4], True),
        ("調査回", [1, 3], True),
        ("week", [9, 10, 11], True),
        ("week", [51, 52, 1], False),
        ("month", [202512, 202601], True),
        ("quarter", ["2025Q4", "2026Q1"], True),
        ("year", [2024, 2026], True),
    ],
)
def test_numbers_of_quarters_and_weekdays_come_round(column, labels, known):
    assert order_waves(labels, column=column).known is known
    assert order_waves(labels, column=column, order=labels).values == tuple(labels)


def test_an_order_that_is_not_that_of_the_names_is_taken_and_said():
    given = ["2026Q1", "2025Q4"]
    waves = order_waves(given[::-1], order=given)
    assert waves.values == tuple(given)
    assert "from 2026Q1 to 2025Q4, while" in str(waves.warnings("wave")[0])
    assert order_waves(given, order=given[::-1]).warnings("wave") == ()
    assert order_waves(["post", "pre"], order=["pre", "post"]).warnings("wave") == ()


def test_two_names_of_one_period_are_one_wave_and_that_is_said():
    waves = order_waves(["Q1 2026", "25Q4", "2026q1"])
    assert waves == order_waves(["2026q1", "25Q4", "Q1 2026"])
    assert waves.values == ("25Q4", "2026q1")
    assert waves.same == (("2026q1", "Q1 2026"),)
    assert waves.spellings == {"Q1 2026": "2026q1"}
    assert [str(note) for note in waves.notes("wave")] == [
        "Order in time of 'wave': read as quarters, from 25Q4 to 2026q1.",
        "In 'wave', years of two digits were taken for those from 1970 to 2040.",
        "In 'wave', names of one and the same period were taken together: '2026q1' and 'Q1 2026'.",
    ]
    with pytest.raises(ParameterError, match="'2026q1' and 'Q1 2026' in 'wave' name the same"):
        waves.refuse_unknown(column="wave", parameter="against='previous'")


def test_ordered_categories_and_a_given_order_are_taken_as_they_are():
    rows = pd.Series(pd.Categorical(["after", "before"], ["before", "now", "after"], ordered=True))
    assert order_waves(rows).values == ("before", "after")
    assert order_waves(rows).pattern is Pattern.CATEGORIES
    assert order_waves(["b", "a", 3], order=["b", "3", "a"]).values == ("b", 3, "a")
    assert not order_waves(rows.astype(str)).known


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (["pre"], "'post' is missing"),
        (["pre", "post", "pots"], "'pots' is no wave; did you mean 'post'"),
        (["pre", "post", "pre"], "'pre' stands there twice"),
        (["pre", "pots"], "'pots' is no wave; did you mean 'post'.*'post' is missing"),
        ("pre", "'post' is missing"),
    ],
)
def test_an_order_that_does_not_hold_each_wave_once_is_refused(order, said):
    with pytest.raises(ParameterError, match=said):
        order_waves(["post", "pre", None], order=order)
    with pytest.raises(ParameterError, match="wave_order="):
        order_waves(["post", "pre", None], order=order, parameter="wave_order")


def test_one_wave_or_none_has_an_order():
    assert order_waves([None, "x"]).known
    assert order_waves([]).known
    assert order_waves(["x"]).notes("wave") == ()


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(max_size=12), min_size=2, max_size=5, unique=True))
def test_any_text_is_read_or_not_without_a_crash(labels):
    waves = order_waves(labels)
    assert {*waves.values, *waves.spellings} == set(labels)


@given(st.lists(st.integers(0, 3000)))
def test_numbers_in_text_are_ordered_by_size(numbers):
    assert natural_order(f"wave {n}" for n in numbers) == [
        f"wave {n}" for n in sorted(set(numbers))
    ]
    assert natural_order([*numbers, None]) == sorted(set(numbers))


def test_quarters_and_names_have_an_order():
    assert natural_order(["2025Q1", "2024Q4", "第10回", "第9回", "2024Q4"]) == [
        "2024Q4",
        "2025Q1",
        "第9回",
        "第10回",
    ]
    assert natural_order(["Q1 2026", "2026Q1", "Q4 2025"]) == ["Q4 2025", "2026Q1", "Q1 2026"]


def test_days_numbers_and_text_can_stand_together():
    days = pd.to_datetime(["2026-04-01", "2026-01-01"])
    assert natural_order([*days, pd.NaT, "b", 3, True, 2.5]) == [
        True,
        2.5,
        3,
        days[1],
        days[0],
        "b",
    ]


@pytest.mark.parametrize(
    "labels",
    [
        ["202001", "202002", "012020"],
        [202001, 202002, 122019],
        ["20240131", "20240229", "31122023"],
        ["Wave 202001", "Wave 202002", "Wave 012020"],
    ],
)
def test_dates_in_several_layouts_are_in_no_order_of_size(labels):
    """012020 is the smallest number, and no month before 202001."""
    assert not order_waves(labels).known


@pytest.mark.parametrize("labels", [[1, 2, 10], [100001, 100002, 100010], ["202001", "202002"]])
def test_numbers_in_one_way_keep_their_order(labels):
    waves = order_waves(labels)
    assert waves.known
    assert list(waves.values) == labels
