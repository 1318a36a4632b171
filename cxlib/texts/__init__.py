"""The texts that a reader sees, `<language>/<topic>.toml`; this module alone opens them."""

from __future__ import annotations

import functools
import tomllib
from importlib.resources import files
from typing import Any

from cxlib.errors import ParameterError


@functools.cache
def languages() -> tuple[str, ...]:
    """Return the languages that there are texts for."""
    folders = files("cxlib").joinpath("texts").iterdir()
    return tuple(sorted(path.name for path in folders if path.joinpath("common.toml").is_file()))


@functools.cache
def topics() -> frozenset[str]:
    """Return the topics that there are texts of: the studies, and those of the ground floor."""
    found = files("cxlib").joinpath("texts", "en").iterdir()
    return frozenset(path.name.removesuffix(".toml") for path in found)


@functools.cache
def load(language: str, topic: str) -> dict[str, Any]:
    """Return all texts of a topic.

    The table `column` in it holds the headings of columns, `parameter` what each parameter means.

    Raises
    ------
    ParameterError
        If there are no texts in that language.
    """
    if language not in languages():
        known = ", ".join(languages())
        raise ParameterError(f"language={language!r} is not there yet; possible: {known}")
    path = files("cxlib").joinpath("texts", language, f"{topic}.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
