"""Bytes that are no UTF-8 -> whether they are Western text in Windows-1252, by where its letters
stand."""

from __future__ import annotations

import re

# the letters beyond ASCII of each language; an acute e stands in loan words of all
_ALPHABETS = tuple(
    frozenset(letters + letters.upper() + "éÉ")
    for letters in (
        "äöüß",  # German
        "àâæçèêëîïôœùûüÿ",  # French
        "áíñóúü",  # Spanish
        "áâãàçêíóôõú",  # Portuguese
        "àèìíîòóùú",  # Italian
        "åäö",  # Swedish, Finnish
        "æøåòó",  # Danish, Norwegian
        "äëïöüèêáíóú",  # Dutch
    )
)
_MOST_RUN = 2  # letters beyond ASCII in a row: "créée"; a word of three is not Western
_LEAST = 0.95  # share of the bytes beyond ASCII that must stand as in a Western text
_HIGH = re.compile(r"[^\x00-\x7f]+")
# where typographic signs stand: an apostrophe within or after a word, quotes around words,
# dashes and ellipses beside a space or a word
_SIGNS = re.compile(
    r"(?<=[A-Za-zÀ-ÿ])[’](?=[A-Za-zÀ-ÿ\s.,;:!?)\"]|$)"
    r"|(?:(?<=[\s(\",;\t])|^)[“‘„«](?=\s?[A-Za-zÀ-ÿ0-9])"
    r"|(?<=[A-Za-zÀ-ÿ0-9.,!?…\s])[”’»](?=[\s.,;:!?)\"]|$)"
    r"|(?<=[A-Za-zÀ-ÿ0-9] )[–—](?= )|(?<=[0-9])–(?=[0-9])|(?<=[A-Za-zÀ-ÿ])[…](?=[\s\",;]|$)"
    r"|(?<=[0-9]) ?[€%°](?=\D|$)|[€£](?=[0-9])|(?:(?<=[\s\",;])|^)[¿¡](?=[A-Z])"
    r"|(?<=[0-9A-Za-zÀ-ÿ»«])\xa0(?=[0-9A-Za-zÀ-ÿ»«?!:;€%])",
    re.MULTILINE,
)


def read_western(data: bytes) -> tuple[str, float] | None:
    """Return the text in Windows-1252 and the share of its characters beyond ASCII that stand as in
    a Western language; None where fewer than 95 % do.

    A letter stands so beside an ASCII letter, in a run of at most two, in a line whose letters are
    all of one language (German, French, Spanish, Portuguese, Italian, Dutch or Nordic); a sign,
    where the language writes it. So Polish, Czech, Turkish, Cyrillic, Greek and Mac Roman are no
    Western text, nor is Chinese, Japanese or Korean.

    >>> read_western("Müller war très sympa".encode("cp1252"))[1]
    1.0
    >>> read_western("Příliš žluťoučký".encode("cp1250")) is None
    True
    """
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    good = total = 0
    for line in re.split(r"[\r\n]+", text):
        beyond = sum(not c.isascii() for c in line)
        if beyond:
            total += beyond
            good += _standing(line)
    share = good / total if total else 0.0
    return (text, share) if share >= _LEAST else None


def _standing(line: str) -> int:
    letters = {c for c in line if not c.isascii() and c.isalpha() and c not in "ªº"}
    good = sum(sum(not c.isascii() for c in found.group()) for found in _SIGNS.finditer(line))
    if not any(letters <= alphabet for alphabet in _ALPHABETS):
        return good
    for run in _HIGH.finditer(line):
        only = [c for c in run.group() if c in letters]
        near = line[max(run.start() - 1, 0) : run.start()] + line[run.end() : run.end() + 1]
        beside = any(c.isascii() and c.isalpha() for c in near)
        alone = len(only) == 1 and only[0] in "àÀéèÈÉ" and not near.strip(" ,;\t\"'")
        within = line[run.start() - 1 : run.start()].islower() and any(c.isupper() for c in only)
        if len(only) <= _MOST_RUN and (beside or alone) and not within:
            good += len(only)
    return good
