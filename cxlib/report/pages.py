"""A template of this package and values -> a page; every value is escaped."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from cxlib.report.fonts import font_face
from cxlib.shown.language import text

_TOGETHER = re.compile(r"(?<=\d) (?=%)|(?<=[<>=≤≥]) (?=[\d−])|(?<=\b[np]) (?=[<>=≤≥\d])")


_TURNS = str.maketrans("", "", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("cxlib.report", "template"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["unbroken"] = unbroken
    return environment


def render(template: str, *, language: str = "en", **values: Any) -> str:
    """Return a page in the given language, with a font for its Japanese and Korean.

    `t("made", time=…)` in a template is a text of `texts/<language>/report.toml`.
    """
    t: Callable[..., str] = functools.partial(_text, language)
    page = _environment().get_template(template).render(t=t, language=language, **values)
    page = page.translate(
        _TURNS
    )  # a customer's word with one of these would turn the figures after it around
    return page.replace("/* fonts */", font_face(page), 1)


def unbroken(words: str) -> str:
    """Put no-break spaces where a line must not end: in `95 %`, `p < 0.001`, `n = 128`.

    >>> unbroken("(95 % interval, n = 128)").split(" ")
    ['(95\\xa0%', 'interval,', 'n\\xa0=\\xa0128)']
    """
    return _TOGETHER.sub("\u00a0", words)


def _text(language: str, key: str, **values: Any) -> str:
    return text(f"report.{key}", language, **values)
