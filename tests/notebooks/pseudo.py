"""The language `xx`: every English text between marks, so that what was never looked up shows.

`install()` makes it in memory. In a kernel it also writes down the words of each figure.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OPEN, CLOSE = "⟦", "⟧"
WORDS_FILE = "CXLIB_PSEUDO_WORDS"  # where a kernel writes the words of its figures, a line each
_NO_WORDS = {"date"}  # a pattern


def install() -> None:
    """Make `xx` in this process, and write down the words of figures where `WORDS_FILE` is set."""
    try:
        from cxlib import texts
        from cxlib.shown import formats
    except ImportError:
        return _install_before()
    if "xx" in formats.LOCALES:
        return None
    load, languages, format_list = texts.load, texts.languages, formats.format_list

    def load_marked(code: str, topic: str) -> dict[str, Any]:
        return _marked(load("en", topic)) if code == "xx" else load(code, topic)

    texts.load = load_marked
    texts.languages = lambda: [*languages(), "xx"]
    formats.LOCALES["xx"] = formats.Locale("en", "001")  # English of the world
    formats.format_list = lambda items, locale: (
        f"{OPEN}{format_list(items, locale='en_GB')}{CLOSE}"
        if locale == formats.LOCALES["xx"]
        else format_list(items, locale=locale)
    )
    _write_down()


@contextlib.contextmanager
def installed() -> Iterator[None]:
    """Have `xx` in this process for a while."""
    from cxlib import texts
    from cxlib.shown import formats

    before = texts.load, texts.languages, formats.format_list
    install()
    try:
        yield
    finally:
        texts.load, texts.languages, formats.format_list = before
        del formats.LOCALES["xx"]


def _install_before() -> None:
    """The same for the house as it was before: a dictionary of headings, one list of languages."""
    from cxlib import check, language

    texts, parse = language._texts, check.StudyParameters.parse.__func__
    language.LANGUAGES = ("en", "xx")
    language._texts = lambda code, topic: (
        _marked(texts("en", topic)) if code == "xx" else texts(code, topic)
    )

    def parse_xx(cls: Any, values: Any) -> Any:
        asked = dict(values).get("language")
        found = parse(cls, {**values, "language": "en"} if "language" in values else values)
        return found.model_copy(update={"language": asked}) if asked else found

    check.StudyParameters.parse = classmethod(parse_xx)
    _write_down()


def _marked(texts: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _marked(text)
        if isinstance(text, dict)
        else text
        if key in _NO_WORDS or not text.strip()
        else f"{OPEN}{text}{CLOSE}"
        for key, text in texts.items()
    }


def _write_down() -> None:
    path = os.environ.get(WORDS_FILE)
    if not path:
        return
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    savefig = Figure.savefig

    def savefig_and_write(self: Figure, *args: Any, **given: Any) -> None:
        self.canvas.draw()
        said = [text.get_text() for text in self.findobj(Text) if text.get_visible()]
        with Path(path).open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(words) + "\n" for words in said if words.strip())
        savefig(self, *args, **given)

    Figure.savefig = savefig_and_write


def without_marked(words: str) -> str:
    """Return what stands outside the marks."""
    out, depth = [], 0
    for letter in words:
        depth += letter == OPEN
        if not depth:
            out.append(letter)
        depth -= letter == CLOSE and depth > 0
        if letter == CLOSE and not depth:
            out.append(" ")
    return "".join(out)
