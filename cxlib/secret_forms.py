"""A password or key -> the ways in which it may stand in a text."""

from __future__ import annotations

import base64
import html
import json
import re
import shlex
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from cxlib.inert import visible

_LINE = 8  # letters of a line that is looked for by itself
_CORE = 8  # letters of base64 that do not stand somewhere by chance
_CUT, _MOST = 6, 200  # letters that three dots have left
_RUN = re.compile(r"([A-Za-z0-9+/=]{64,})")  # a picture
_PLAIN = re.compile(r"[A-Za-z0-9+/=]{1,7}")
_DOTS = re.compile(r"\.\.\.|…")


@dataclass(frozen=True, slots=True)
class Form:
    """A way in which a secret stands in a text.

    Attributes
    ----------
    written : str
        What stands there.
    core : str
        A part of the secret that no way to write it changes; a text without it has none of them.
    """

    written: str
    core: str = ""

    def cut(self, text: str, mask: str) -> str:
        """Return the text with the mask in place of it; one that would be found in a picture by
        chance is not looked for there."""
        if self.written not in text:
            return text
        if not _PLAIN.fullmatch(self.written):
            return text.replace(self.written, mask)
        parts = _RUN.split(text)
        parts[::2] = [part.replace(self.written, mask) for part in parts[::2]]
        return "".join(parts)


def forms(secrets: Iterable[str]) -> list[Form]:
    """Return every form of every secret, long ones first: a short one may stand within a long
    one."""
    found: dict[str, str] = {}
    for secret in secrets:
        lines = [line for line in map(str.strip, secret.splitlines()) if len(line) >= _LINE]
        for value in dict.fromkeys([secret, secret.strip(), *lines]):
            core = max(re.findall(r"[A-Za-z0-9]+", value), key=len, default="")
            found |= {form: core for form in _written(value) if form not in found}
        found |= dict.fromkeys(_encoded(secret), "")
    ordered = sorted(found.items(), key=lambda item: (-len(item[0]), item[0]))
    return [Form(written, core) for written, core in ordered]


def masked_forms(text: str, forms: Iterable[Form], mask: str) -> str:
    """Return a text with the mask in place of every form."""
    forms = list(forms)
    there = {core for core in {form.core for form in forms} if core in text}
    for form in forms:
        if form.core in there:
            text = form.cut(text, mask)
    return text


def _written(value: str) -> set[str]:
    plain = {value, *(unicodedata.normalize(form, value) for form in ("NFC", "NFD"))}
    plain |= {visible(each) for each in plain} | {visible(each, keep="") for each in plain}
    plain |= {each.replace("\r\n", "\n") for each in plain}
    python = {repr(each)[1:-1] for each in plain} | {ascii(each)[1:-1] for each in plain}
    python |= {repr(each.encode("utf-8", "replace"))[2:-1] for each in plain}
    python |= {each.replace("'", "\\'") for each in python}
    plain |= {each.replace('"', '""') for each in plain}  # as CSV writes it
    address = {
        written
        for each in plain
        for written in (
            quote(each, safe="", errors="replace"),
            quote(each, errors="replace"),
            quote_plus(each, errors="replace"),
        )
    }
    address |= {re.sub(r"%[0-9A-F]{2}", lambda hexes: hexes[0].lower(), each) for each in address}
    shell = {shlex.quote(each) for each in plain} | {shlex.quote(each)[1:-1] for each in plain}
    marked = {written for each in plain | python for written in _html(each)}
    once = plain | python | address | shell | marked
    # a notebook is JSON, in which an output may be JSON itself
    as_json = {json for each in once for json in _json(each)}
    return {
        each for each in once | as_json | {j for e in as_json for j in _json(e)} if len(each) > 3
    }


def _html(text: str) -> set[str]:
    quoted = html.escape(text)
    return {
        html.escape(text, quote=False),
        quoted,
        quoted.replace("&#x27;", "&#39;"),
        quoted.replace("&#x27;", "&#39;").replace("&quot;", "&#34;"),
        quoted.replace("&#x27;", "'"),
        quoted.replace("&#x27;", "&apos;"),
        html.escape(text, quote=False).replace("\u00a0", "&nbsp;"),
        text.replace("<", "&lt;").replace(">", "&gt;"),
    }


def _json(text: str) -> set[str]:
    written = {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
    # as scripts write it, for HTML to let it alone
    return (
        written
        | {
            each.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
            for each in written
        }
        | {each.replace("/", "\\/") for each in written}
    )


def _encoded(value: str) -> set[str]:
    """Return its hexadecimal digits, and what of its base64 does not depend on what stands around
    it."""
    content = value.encode("utf-8", "replace")
    found = {content.hex(), content.hex().upper()}
    for before in range(3):
        code = base64.b64encode(b"\0" * before + content).decode("ascii")
        start = (0, 2, 3)[before]
        whole = (before + len(content)) % 3
        core = code.rstrip("=")[start : None if whole == 0 else -1]
        found |= {core} if len(core) >= _CORE else set()
    found |= {base64.b64encode(content).decode("ascii").rstrip("=")} if len(content) > 4 else set()
    found.add(base64.b64encode(content).decode("ascii"))
    return found | {each.replace("+", "-").replace("/", "_") for each in found}


def remains(text: str, secret: str, mask: str) -> str:
    """Return a text in which what three dots have left of a secret is masked: tables and messages
    that are cut short show its beginning, or its end."""
    if len(secret) <= _CUT or not _DOTS.search(text):
        return text
    kept, last = [], 0
    for dots in _DOTS.finditer(text):
        before = text[max(last, dots.start() - _MOST) : dots.start()]
        behind = text[dots.end() : dots.end() + _MOST]
        first = rest = 0
        if secret[:_CUT] in before:
            sizes = range(min(len(secret), len(before)), _CUT - 1, -1)
            first = next((n for n in sizes if before.endswith(secret[:n])), 0)
        if secret[-_CUT:] in behind:
            sizes = range(min(len(secret), len(behind)), _CUT - 1, -1)
            rest = next((n for n in sizes if behind.startswith(secret[-n:])), 0)
        if first or rest:
            kept += [text[last : dots.start() - first], mask * bool(first), dots[0]]
            kept.append(mask * bool(rest))
            last = dots.end() + rest
    return "".join([*kept, text[last:]])
