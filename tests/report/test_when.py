"""How often, in words: cron's and systemd's calendar of it, and what is refused."""

import calendar
import re
import shutil
import subprocess
import zoneinfo
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.errors import ParameterError
from cxlib.report.when import Every, check_zone, is_zone_here, read_every

DAYS = list(calendar.day_abbr)
CLOCKS = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
WEEK = st.lists(st.sampled_from(DAYS), min_size=1, max_size=7, unique=True)
WORDS = st.one_of(
    CLOCKS,
    st.builds("{} {}".format, WEEK.map(",".join), CLOCKS),
    st.builds("{}-{} {}".format, st.sampled_from(DAYS), st.sampled_from(DAYS), CLOCKS),
    st.builds("{} {}".format, st.integers(1, 28), CLOCKS),
)


def days_of_cron(fields):
    """Which of the days of four weeks and a month a line of cron means, read as its manual says."""
    minute, hour, day, month, week = fields.split()
    assert month == "*"
    first = datetime(2026, 1, 1)
    month = [first + timedelta(n) for n in range(31)]
    wanted = {int(one) for one in week.split(",")} if week != "*" else set(range(8))
    days = [one for one in month if (one.weekday() + 1) % 7 in wanted]
    days = [one for one in days if day in ("*", str(one.day))]
    return [one.replace(hour=int(hour), minute=int(minute)) for one in days]


def days_of(text):
    """The same, read from the words."""
    *words, clock = text.split()
    hour, minute = map(int, clock.split(":"))
    days = [datetime(2026, 1, 1) + timedelta(n) for n in range(31)]
    if words and words[0][0].isdigit():
        days = [one for one in days if one.day == int(words[0].rstrip("st"))]
    elif words and "-" in words[0]:
        first, last = map(DAYS.index, words[0].split("-"))
        span = {(first + n) % 7 for n in range((last - first) % 7 + 1)}
        days = [one for one in days if one.weekday() in span]
    elif words:
        days = [one for one in days if DAYS[one.weekday()] in words[0].split(",")]
    return [one.replace(hour=hour, minute=minute) for one in days]


@given(WORDS)
def test_cron_means_what_the_words_say(text):
    assert days_of_cron(read_every(text).cron()) == days_of(text)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
@pytest.mark.parametrize(
    "text", ["07:00", "Mon 07:00", "Mon,Thu 7:05", "Fri-Mon 23:59", "1st 00:00", "28 12:30"]
)
def test_systemd_means_what_the_words_say(text):
    zone = zoneinfo.ZoneInfo("Asia/Tokyo")
    told = subprocess.run(
        ["systemd-analyze", "calendar", "--iterations=40", "--base-time=2025-12-31 14:59:00 UTC",
         read_every(text).calendar("Asia/Tokyo")],
        capture_output=True, text=True, check=True,
         env={"TZ": "UTC", "LANG": "C", "PATH": "/usr/bin:/bin"},
    ).stdout  # fmt: skip
    stamps = re.findall(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC", told)
    found = [
        datetime.fromisoformat(stamp).replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
        for stamp in stamps
    ]
    expected = days_of(text)
    assert expected
    assert [one for one in dict.fromkeys(found) if one < datetime(2026, 2, 1)] == expected


@pytest.mark.parametrize(
    ("text", "every"),
    [
        ("MONDAY 07:00", Every(7, 0, (1,))),
        ("mon , thu 7:00", Every(7, 0, (1, 4))),
        ("Mon\u2013Wed 07:00", Every(7, 0, (1, 2, 3))),
        ("3rd 07:00", Every(7, 0, day=3)),
        ("Mon-Sun 07:00", Every(7, 0)),
    ],
)
def test_other_spellings(text, every):
    assert read_every(text) == every


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "must end in a time"),
        ("Mon", "must end in a time"),
        ("hourly", "must end in a time"),
        ("24:00", "must end in a time"),
        ("07:60", "must end in a time"),
        ("7pm", "must end in a time"),
        ("0 7 * * 1", "must end in a time"),
        ("*/5 * * * * 07:00", "no day of the week"),
        ("31st 07:00", "1 to 28"),
        ("0 07:00", "1 to 28"),
        ("Mo 07:00", "'Mo' is no day"),
        ("Mon-Wed-Fri 07:00", "no range"),
        ("Mon,,Fri 07:00", "'' is no day"),
        ("2026-01-01 07:00", "no day of the week"),
        ("Mon 07:00\nTue 08:00", "no day"),
    ],
)
def test_what_is_no_time_is_refused_with_examples(text, why):
    with pytest.raises(ParameterError, match=why) as refused:
        read_every(text)
    for example in re.findall(r'"([^"]+)"', str(refused.value).split("; write ")[-1]):
        read_every(example)


@pytest.mark.parametrize(
    ("zone", "meant"),
    [("Tokyo", "Asia/Tokyo"), ("Asia/Tokio", "Asia/Tokyo"), ("new york", "America/New_York")],
)
def test_a_zone_that_is_none_is_refused_with_the_nearest(zone, meant):
    with pytest.raises(ParameterError, match=f"did you mean '{meant}'"):
        check_zone(zone)
    assert check_zone(meant) == meant


@pytest.mark.parametrize("zone", ["", "JST+9", "../../etc/passwd", "Asia/Tokyo\nroot"])
def test_other_texts_are_no_zones(zone):
    with pytest.raises(ParameterError, match="is no time zone"):
        check_zone(zone)


def test_the_zone_of_this_machine(tmp_path):
    assert is_zone_here("UTC", local=tmp_path / "absent")
    assert not is_zone_here("Asia/Tokyo", local=tmp_path / "absent")
    files = [Path(folder) / "Asia" / "Tokyo" for folder in zoneinfo.TZPATH]
    there = next((file for file in files if file.is_file()), None)
    if there is None:
        pytest.skip("no time zones of the system's are here")
    (tmp_path / "localtime").symlink_to(there)
    assert is_zone_here("Japan", local=tmp_path / "localtime")  # another name of the same
    assert not is_zone_here("Asia/Seoul", local=tmp_path / "localtime")
