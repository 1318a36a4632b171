"""Bytes of a text file -> its text and the encoding it was in, strictly, or a refusal that says why
not."""

from __future__ import annotations

import codecs
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cxlib.errors import EmptyDataError, SourceError
from cxlib.shown.message import Message

# What a file begins with, whatever its name says.
_CONTAINERS = (
    (b"PK\x03\x04", "an Office file or another zip archive"),
    (b"PAR1", "a Parquet file"),
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Office file or one with a password"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a picture"),
    (b"$FL2", "an SPSS file"),
)
_SHARE = 0.5  # at least half of the letters must be everyday letters of the language


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A file's text as it stands in it (line ends too), without a byte order mark.

    Attributes
    ----------
    text : str
    encoding : str
        `utf-8`, `utf-8-sig` (a byte order mark was dropped), `utf-16`, `cp932` (Japanese) or
        `cp949` (Korean).
    note : Message or None
        Which encoding and by what evidence; None for plain UTF-8.
    """

    text: str
    encoding: str
    note: Message | None = None


def read_bytes(path: Path) -> bytes:
    """Return what the file holds, or refuse a path that is no file and a file that is empty."""
    refuse_absent(path)
    return path.read_bytes()


def refuse_absent(path: Path) -> None:
    """Refuse a path that is no file, and a file that is empty."""
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise SourceError(f"path={path.as_posix()!r} {what}; give the path of a file")
    if not path.stat().st_size:
        raise EmptyDataError(f"{path.name!r} is empty (0 bytes); export it again")


def container(data: bytes) -> str:
    """Return what kind of binary file the bytes begin like, in words; empty where they could be
    text."""
    return next((kind for start, kind in _CONTAINERS if data.startswith(start)), "")


def decode(data: bytes, *, name: str) -> Decoded:
    """Decode a text file strictly.

    Parameters
    ----------
    data : bytes
    name : str
        The file's name, for messages.

    Returns
    -------
    Decoded

    Raises
    ------
    SourceError
        If the bytes are not text, are none of UTF-8, UTF-16 with a byte order mark, CP932 and
        CP949, or could be both of the last two.

    Notes
    -----
    A byte order mark decides; then valid UTF-8 is UTF-8. CP932 and CP949 may both decode without an
    error, and other Western encodings sometimes decode as one of them, so the letters decide: of
    the letters that are not ASCII, the share that is kana or JIS level-1 kanji (read as CP932) and
    the share that is one of the 2,350 hangul syllables of KS X 1001 (read as CP949). One share must
    be at least one half and the other below. Half-width katakana say nothing, because Korean bytes
    read as CP932 look like them.

    >>> decode("満足です".encode("cp932"), name="survey.csv").encoding
    'cp932'
    """
    kind = container(data)
    if kind:
        raise SourceError(
            f"{name!r} is not text but {kind}; give it its own suffix or export it again as CSV in "
            "UTF-8"
        )
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise SourceError(f"{name!r} is UTF-32 text; save it as UTF-8")
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            text = _marked(data, encoding, name)
            said = encoding.removesuffix("-sig").upper()
            note = Message("sources.byte_order_mark", file=name, encoding=said)
            return Decoded(text=text, encoding=encoding, note=note)
    if b"\0" in data:
        raise SourceError(
            f"{name!r} holds zero bytes, so it is not text; export it again as text in UTF-8"
        )
    try:
        return Decoded(text=data.decode("utf-8"), encoding="utf-8")
    except UnicodeDecodeError as error:
        _refuse_damaged(data, error, name)
    return _east_asian(data, name)


def _marked(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{name!r} begins as {encoding.removesuffix('-sig').upper()} but byte {error.start:,} "
            "breaks it "
            f"({error.reason}); export it again"
        ) from None


def _refuse_damaged(data: bytes, error: UnicodeDecodeError, name: str) -> None:
    """Refuse UTF-8 with a few broken bytes: read as CP932 it would be nonsense without an error."""
    letters = [c for c in data.decode("utf-8", errors="replace") if not c.isascii()]
    broken = letters.count("\ufffd")
    if broken < 0.1 * len(letters):
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(
            f"{name!r} is UTF-8, but {broken} of its {len(letters):,} characters beyond ASCII are "
            "broken "
            f"(first: byte {data[error.start]:#04x} in line {line}); mend them or export it again"
        )


def _east_asian(data: bytes, name: str) -> Decoded:
    readings = {}
    for encoding, everyday in (("cp932", _everyday_japanese), ("cp949", _everyday_korean)):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        readings[encoding] = text, _share(text, everyday)
    likely = [encoding for encoding, (_, share) in readings.items() if share >= _SHARE]
    seen = (
        ", ".join(
            f"{share:.0%} of its letters are everyday ones in {encoding.upper()}"
            for encoding, (_, share) in readings.items()
        )
        or "CP932 and CP949 do not decode it"
    )
    if len(likely) == 1 and not (
        likely == ["cp949"] and "cp932" in readings and _only_half_width(readings["cp932"][0])
    ):
        text, share = readings[likely[0]]
        note = (
            Message("sources.read_as_cp932", file=name, percent=100 * share)
            if likely == ["cp932"]
            else Message("sources.read_as_cp949", file=name, percent=100 * share)
        )
        return Decoded(text=text, encoding=likely[0], note=note)
    why = (
        "could be Japanese (CP932) or Korean (CP949)"
        if likely
        else "is neither UTF-8 nor Japanese CP932 nor Korean CP949"
    )
    raise SourceError(
        f"{name!r} {why} ({seen}); open it where it reads well and save it as 'CSV UTF-8' or as "
        "UTF-8 text"
    )


def _share(text: str, everyday: Callable[[str], bool]) -> float:
    letters = {
        c: n
        for c, n in Counter(text).items()
        if not c.isascii() and not _half_width_kana(c) and unicodedata.category(c)[0] in "LMNC"
    }
    total = sum(letters.values())
    return sum(n for c, n in letters.items() if everyday(c)) / total if total else 0.0


def _half_width_kana(c: str) -> bool:
    return "\uff61" <= c <= "\uff9f"


def _only_half_width(text: str) -> bool:
    return all(c.isascii() or _half_width_kana(c) for c in text)


def _everyday_japanese(c: str) -> bool:
    if "\u3041" <= c <= "\u30ff":
        return True
    code = c.encode("cp932", "ignore")
    return len(code) == 2 and b"\x88\x9f" <= code <= b"\x98\x72"  # JIS X 0208, level 1


def _everyday_korean(c: str) -> bool:
    code = c.encode("cp949", "ignore")
    return len(code) == 2 and 0xB0 <= code[0] <= 0xC8 and code[1] >= 0xA1  # KS X 1001, hangul rows
