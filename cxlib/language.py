"""A text's key and a language -> the text: the one place where words that a reader sees are looked
up."""

from __future__ import annotations

import functools
import math
import string
import tomllib
from datetime import datetime, time
from importlib.resources import files
from typing import Any

from cxlib.errors import ParameterError

LANGUAGES = ("en",)


@functools.cache
def _texts(language: str, topic: str) -> dict[str, str]:
    if language not in LANGUAGES:
        raise ParameterError(
            f"language={language!r} is not there yet; possible: {', '.join(LANGUAGES)}"
        )
    return tomllib.loads(
        files("cxlib").joinpath("texts", language, f"{topic}.toml").read_text(encoding="utf-8")
    )


class _Filled(string.Formatter):
    """Fills `{n}` with a value, and `{n:interview|interviews}` with the word that goes with it: the
    first for 1."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if "|" in format_spec:
            one, many = format_spec.split("|")
            return one if str(value) == "1" else many
        return super().format_field(value, format_spec)


def text(key: str, language: str = "en", **values: Any) -> str:
    """Return the text `topic.name` from `cxlib/texts/<language>/<topic>.toml` with `{names}` filled
    from `values`.

    Values are put in as they are: numbers are written with `number`, `points`, `percent` or
    `pvalue` first. A text can choose a word by a number: `{n} {n:interview|interviews}`."""
    topic, name = key.split(".", 1)
    return _Filled().format(_texts(language, topic)[name], **values)


def heading(column: str, language: str = "en") -> str:
    """Return a column's heading in the reader's words; a column without one (the user's own) keeps
    its name."""
    return _texts(language, "column").get(column, column)


def number(value: float, digits: int = 0) -> str:
    """Write a number with thousands separators and a true minus; missing is an en dash, and what
    has no bound is ∞.

    >>> number(12345.678, 1), number(-0.04, 1), number(float("nan")), number(float("-inf"))
    ('12,345.7', '0.0', '–', '−∞')
    """
    if value is None or math.isnan(value):
        return "–"
    written = "∞" if value == math.inf else "-∞" if value == -math.inf else f"{value:,.{digits}f}"
    if written.startswith("-"):
        written = "−" * bool(written.strip("-0.,")) + written[1:]
    return written


def points(value: float, digits: int = 1, *, sign: bool = False) -> str:
    """Write NPS points: one digit, with a plus where `sign` is set (for differences)."""
    written = number(value, digits)
    return "+" + written if sign and value > 0 and written.strip("0.,") else written


def percent(value: float, digits: int = 1) -> str:
    """Write a rate in [0, 1] as a percentage.

    >>> percent(0.5312)
    '53.1 %'
    """
    return "–" if value is None or math.isnan(value) else f"{number(100 * value, digits)} %"


def level(value: float) -> str:
    """Write a confidence level with the digits that it has.

    >>> level(0.95), level(0.975), level(0.9999)
    ('95 %', '97.5 %', '99.99 %')
    """
    return f"{100 * value:.10g} %"


def label(value: Any) -> str:
    """Write the name of a segment or wave: whole numbers without a decimal point, days without a
    time.

    >>> import datetime
    >>> label(2026.0), label(datetime.datetime(2026, 7, 1)), label("東京")
    ('2026', '2026-07-01', '東京')
    """
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value.date() if isinstance(value, datetime) and value.time() == time() else value)


def pvalue(value: float) -> str:
    """Write a p value: three digits, and never 0.

    >>> pvalue(0.04321), pvalue(2e-9)
    ('0.043', '< 0.001')
    """
    if value is None or math.isnan(value):
        return "–"
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def joined(items: Any, language: str = "en") -> str:
    """Write a list in words: `a`, `a and b`, `a, b and c`."""
    items = [str(item) for item in items]
    if len(items) < 2:
        return "".join(items)
    return text(
        "common.and",
        language,
        first=text("common.comma", language).join(items[:-1]),
        last=items[-1],
    )
