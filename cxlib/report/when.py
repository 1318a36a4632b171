"""How often, in words ("Mon-Fri 07:00") -> the same as a line of cron and as a calendar of
systemd."""

from __future__ import annotations

import difflib
import re
import zoneinfo
from dataclasses import dataclass
from datetime import UTC as UTC
from datetime import datetime
from pathlib import Path

from cxlib.errors import ParameterError

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONG = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LAST = 28  # the last day that every month has
_EXAMPLES = '"07:00", "Mon 07:00", "Mon,Thu 07:00", "Mon-Fri 07:00" or "1st 07:00"'


@dataclass(frozen=True, slots=True)
class Every:
    """A time of the day, on days of the week or on one day of the month.

    Attributes
    ----------
    hour, minute : int
    weekdays : tuple of int
        1 is Monday, 7 is Sunday; empty for every day.
    day : int or None
        Day of the month, 1 to 28.
    """

    hour: int
    minute: int
    weekdays: tuple[int, ...] = ()
    day: int | None = None

    def cron(self) -> str:
        """Return the five fields of cron.

        >>> read_every("Mon-Fri 07:05").cron()
        '5 7 * * 1,2,3,4,5'
        """
        # Sunday is 0 or 7 to cron; 0 is the one that POSIX knows
        days = ",".join(str(day % 7) for day in self.weekdays)
        return f"{self.minute} {self.hour} {self.day or '*'} * {days or '*'}"

    def calendar(self, zone: str) -> str:
        """Return `OnCalendar=` of systemd.

        >>> read_every("1st 07:00").calendar("Asia/Tokyo")
        '*-*-01 07:00:00 Asia/Tokyo'
        """
        days = ",".join(_DAYS[day - 1] for day in self.weekdays)
        date = f"*-*-{self.day:02}" if self.day else "*-*-*"
        return f"{days} {date} {self.hour:02}:{self.minute:02}:00 {zone}".lstrip()


def read_every(text: str) -> Every:
    """Return what `--every` says.

    >>> read_every("Sat-Mon 7:00").weekdays
    (1, 6, 7)

    Raises
    ------
    ParameterError
        If it is none of the forms that are known, or the day is not in every month.
    """
    *first, clock = text.split() or [""]
    time = re.fullmatch(r"(\d{1,2}):(\d{2})", clock)
    if not time or int(time[1]) > 23 or int(time[2]) > 59:
        raise _refused(text, "it must end in a time of 24 hours, as 07:00 or 19:30")
    hour, minute = int(time[1]), int(time[2])
    days = " ".join(first)
    if found := re.fullmatch(r"(\d{1,2})(st|nd|rd|th)?", days, re.IGNORECASE):
        day = int(found[1])
        if not 1 <= day <= _LAST:
            raise _refused(text, f"the day of the month is 1 to {_LAST}, which every month has")
        return Every(hour, minute, day=day)
    return Every(hour, minute, _weekdays(days, text))


def _weekdays(days: str, text: str) -> tuple[int, ...]:
    """Return the days of `Mon,Thu-Sat`; all seven are none, as every day is written."""
    found: set[int] = set()
    for part in re.split(r"\s*,\s*", days) if days else ():
        ends = [_weekday(name, text) for name in re.split(r"\s*[-–]\s*", part)]
        if len(ends) > 2:
            raise _refused(text, f"{part!r} is no day and no range of days")
        found |= {(ends[0] + step) % 7 + 1 for step in range((ends[-1] - ends[0]) % 7 + 1)}
    return tuple(sorted(found)) if len(found) < 7 else ()


def _weekday(name: str, text: str) -> int:
    for number, names in enumerate(zip(_DAYS, _LONG, strict=True)):
        if name.casefold() in map(str.casefold, names):
            return number
    raise _refused(text, f"{name!r} is no day of the week (Mon, Tue, Wed, Thu, Fri, Sat, Sun)")


def _refused(text: str, why: str) -> ParameterError:
    return ParameterError(f"--every {text!r}: {why}; write {_EXAMPLES}")


def check_zone(zone: str, *, parameter: str = "--zone") -> str:
    """Return the name of a time zone; `parameter` is where it was given.

    Raises
    ------
    ParameterError
        If there is no such time zone.
    """
    known = zoneinfo.available_timezones()
    if zone in known:
        return zone
    places = {name.rsplit("/", 1)[-1].casefold(): name for name in sorted(known)}
    word = re.sub(r"\W+", "_", zone.rsplit("/", 1)[-1].strip()).casefold()
    near = difflib.get_close_matches(word, places, n=1, cutoff=0.75)
    meant = f"did you mean {places[near[0]]!r}?" if near else "write one as 'Asia/Tokyo' or 'UTC'"
    raise ParameterError(f"{parameter} {zone!r} is no time zone; {meant}")


def in_zone(time: datetime, zone: str) -> datetime:
    """Return a moment as the clocks of a zone show it; without a zone, as it is.

    >>> in_zone(datetime(2026, 11, 22, 15, 30, tzinfo=UTC), "Asia/Tokyo").isoformat()
    '2026-11-23T00:30:00+09:00'
    """
    return time if zone in ("", "UTC") else time.astimezone(zoneinfo.ZoneInfo(zone))


def is_zone_here(zone: str, *, local: Path = Path("/etc/localtime")) -> bool:
    """Return whether this machine's clock shows the time of a zone; a machine without the file
    keeps UTC."""
    files = [Path(folder) / zone for folder in zoneinfo.TZPATH]
    there = next((file.read_bytes() for file in files if file.is_file()), None)
    if not local.is_file():
        return zone in {"UTC", "Etc/UTC", "GMT"}
    return there is not None and local.read_bytes() == there
