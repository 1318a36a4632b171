"""A template of this package and values -> a page; every value is escaped."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from collections.abc import Callable, Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from cxlib.inert import visible
from cxlib.report.fonts import font_face
from cxlib.report.scripts import language_of
from cxlib.shown.held import held_parts
from cxlib.shown.language import text

_TOGETHER = re.compile(
    r"(?<=\d) (?=%)|(?<=[<>=≤≥]) (?=[\d−])|(?<=\b[np]) (?=[<>=≤≥\d])|(?<=[値값]) (?=[<>=≤≥\d])"
    r"|(?<=[\d%],) (?=[−+]?[\d.,]+%?\])|(?<=Student) (?=t(?![A-Za-z]))"  # within [low, high]
)


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
    environment.filters["held_parts"] = held_parts
    environment.filters["language_of"] = language_of
    return environment


def load_template(name: str) -> Template:
    """Return a template of this package, compiled; a process compiles it once."""
    return _environment().get_template(name)


@functools.cache
def load_script(name: str) -> tuple[str, str]:
    """Return a script of this package, and the hash by which a page's policy allows it alone."""
    script = files("cxlib.report").joinpath("template", name).read_text(encoding="utf-8")
    digest = hashlib.sha256(script.encode()).digest()
    return script, base64.b64encode(digest).decode("ascii")


def render(
    template: str,
    *,
    language: str = "en",
    earlier: str = "",
    alike: Iterable[Path] = (),
    **values: Any,
) -> str:
    """Return a page in the given language, with a font for its Japanese and Korean (that of the
    `earlier` page, or of one that is `alike`, where `font_face` can take it over).

    What hides or acts in any text of it, such as a mark that turns the figures after it around, is
    written out. `t("made", time=…)` in a template is a text of `texts/<language>/report.toml`.
    """
    page = part(template, language=language, **values)
    page = visible(page)  # after parsing: `&#x202e;` in an output is a character by now
    return page.replace("/* fonts */", font_face(page, earlier=earlier, alike=alike), 1)


def part(template: str, *, language: str = "en", **values: Any) -> str:
    """Return a part of a page, its values escaped; the page shows it by `{{ … | safe }}`."""
    t: Callable[..., str] = functools.partial(_text, language)
    return load_template(template).render(t=t, language=language, **values)


def unbroken(words: str) -> str:
    """Put no-break spaces where a line must not end: in `95 %`, `p < 0.001`, `n = 128`, `[1, 2]`.

    >>> unbroken("(95 % interval, n = 128)").split(" ")
    ['(95\\xa0%', 'interval,', 'n\\xa0=\\xa0128)']
    """
    return _TOGETHER.sub("\u00a0", words)


def _text(language: str, key: str, **values: Any) -> str:
    return text(f"report.{key}", language, **values)
