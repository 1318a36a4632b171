"""HTML that must not stand in a report -> marked, so that it can be taken out; pages of it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable

KEY = "beside"  # in the metadata of an output's text/html: the names of its marked parts, in order
_START, _END = "<!--cx-beside-->", "<!--/cx-beside-->"
_PART = re.compile(f"{re.escape(_START)}(.*?){re.escape(_END)}", re.S)
# a page that anybody may open: nothing of it runs or fetches, whatever stands in it
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:"


def marked(parts: Iterable[str]) -> str:
    """Return parts of HTML, in which every text is escaped, one after the other and marked."""
    return "".join(f"{_START}{part}{_END}" for part in parts)


def taken_out(markup: str, instead: Callable[[int], str]) -> tuple[str, list[str]]:
    """Return HTML without its marked parts, and these.

    Parameters
    ----------
    markup : str
        HTML of an output.
    instead : callable
        Position of a part to the HTML that stands in its place.

    >>> taken_out("a" + marked(["<p>b</p>"]), lambda position: f"[{position}]")
    ('a[0]', ['<p>b</p>'])
    """
    parts = _PART.findall(markup)
    position = iter(range(len(parts)))
    return _PART.sub(lambda _: instead(next(position)), markup), parts


def page(part: str, *, title: str, language: str) -> str:
    """Return a part as a whole page that runs and fetches nothing."""
    return (
        f'<!DOCTYPE html>\n<html lang="{html.escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n"
        "<style>/* fonts */ body{margin:0 auto;max-width:76rem;padding:1rem 1.25rem 4rem}</style>\n"
        f"</head>\n<body>\n<main>{part}</main>\n</body>\n</html>\n"
    )
