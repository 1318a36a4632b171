"""Bytes of a text file -> its text and the encoding it was in, strictly, or a refusal that says why
not."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cxlib.errors import EmptyDataError, SourceError
from cxlib.shown.message import Message
from cxlib.sources import kinds
from cxlib.sources.western import read_western

_LONGEST_LINE = 4 << 20  # bytes; 10,000 columns of 400 characters
_CHUNK = 1 << 20
# characters that show a name other than the one a file has
_TURNING = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)), "\u200e", "\u200f"}
_DEVICES = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{n}" for port in ("com", "lpt") for n in "123456789"),
}
# The share of the letters that must be everyday letters of the language. Chinese GB 2312 and
# Japanese EUC-JP read as CP949 are hangul by two thirds, but seldom the hangul that Korean uses.
_SHARES = {"cp932": 0.5, "cp949": 0.8}
_ENOUGH = 3  # bytes beyond ASCII; fewer may stand as in Western words by chance
_RUN = re.compile(r"[^\x00-\x7f]+")
_HALF_WIDTH = re.compile(r"[\uff61-\uff9f]+")
_ALONE = re.compile(
    r"(?<=[A-Za-z])[^\x00-\x7f](?![^\x00-\x7f])|(?<![^\x00-\x7f])[^\x00-\x7f](?=[A-Za-z])"
)
_LANGUAGES = {
    "cp932": "Japanese (CP932)",
    "cp949": "Korean (CP949)",
    "cp1252": "Western (CP1252)",
}
# The syllables of hangul that stand in nearly all that is written in Korean.
_KOREAN = frozenset(
    "가각간갈감갑값강갖같개객거건걸검것겁게겠겨격견결경계고곡곤골곳공과관광괜교구국군굴권귀규균그극근글금급기긴길"
    "김까깔깜깝깨꺼껏껴꼈꼭꼼꽤꾸꿈끔끗끝끼낌나낙난날남났낮내낸냄냈냥너널넘넣네년념노논놀높놓누눈뉴느는늘능늦니닌"
    "님닙다단닫달담답당대댁더던덜덤덥데도독돈돌동되된될됐됨됩두둘둡뒤드득든들듭듯등디딩따딱때떠떤떨떻또똑뜻라락란"
    "람랍랐랑래랜램랫략량러런럼럽렇레려력련렬렴렵령례로록론롭료루류률르른를름릅릇리릭린릴림립릿링마막만많말맘맛망맞"
    "맡매맨먹먼멀멋메며면명몇모목몰못무문물뭐뭘미민믿밀밌및바박밖반받발밝방배백버번법벗베변별병보복본볼봄봐봤부북분"
    "불붙브블비빠빨빼쁘사산살삼상새색생서석선설성세센셔션셨소속손송쇄쇼수숙순술쉬쉽스습슨승시식신실싫심싶써쓰씀씨"
    "아악안않알암압았앞애액야약양어억언얻얼엄업없었에여역연열염영예오온올옵옷와완왔왜외요용우운울움웃워원월웠위유육"
    "으은을음응의이익인일임입있잘자작잔잠장재저적전절점접정제져졌조족존졸좀종좋죄주준줄중줬즈즉즐증지직진질짐집짜짧째"
    "쪽쯤찍차착찮찬참창찾채책처척천철첨첫청체쳐초총최추축출충취측층치친칠침카칸커컨컴케켜코콜쿠쿨크큰클키타탁태택터"
    "턴테텍토통투트특튼티팀파판팔패퍼페편평포폰표푸품풍프플피필하학한할함합항해핸했행향허험현형혜호혹혼홈홍화확환활황"
    "회획효후훌훨휴흐희히힘힙ㅋㅎㅠㅜ"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A file's text as it stands in it (line ends too), without a byte order mark.

    Attributes
    ----------
    text : str
    encoding : str
        `utf-8`, `utf-8-sig` (a byte order mark was dropped), `utf-16`, `cp932` (Japanese),
        `cp949` (Korean) or `cp1252` (Western).
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


def read_text_bytes(path: Path) -> bytes:
    """Return what a text file holds, or refuse one that is no text or has a line without end.

    Raises
    ------
    SourceError
        If it begins as no text does, or has a line of more than 4 MiB: before all of it is read.
    """
    refuse_absent(path)
    length, held = 0, bytearray()
    with path.open("rb") as file:
        for number, chunk in enumerate(iter(lambda: file.read(_CHUNK), b"")):
            if not number:
                _refuse_binary(chunk, path.name)
            end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
            length = len(chunk) - end - 1 if end >= 0 else length + len(chunk)
            if length > _LONGEST_LINE:
                raise SourceError(
                    f"{path.name!r} has a line of more than {_LONGEST_LINE:,} bytes, so it is no "
                    "table of answers; export it again with one record a line"
                )
            held += chunk
    return bytes(held)


def refuse_absent(path: Path) -> None:
    """Refuse a path that is no file, a file that is empty, and a name that deceives or that Windows
    keeps for itself."""
    turning = sorted(_TURNING & set(path.name))
    if turning:
        raise SourceError(
            f"path={path.as_posix()!a}: the name holds the invisible {turning[0]!a}, "
            "which shows it as another name; rename the file"
        )
    if path.stem.split(".")[0].casefold() in _DEVICES:
        raise SourceError(
            f"path={path.as_posix()!r}: Windows keeps the name {path.name!r} for a device; rename "
            "the file"
        )
    if not path.is_file():
        raise SourceError(f"path={path.as_posix()!r} {_what_else(path)}; give the path of a file")
    if not path.stat().st_size:
        raise EmptyDataError(f"{path.name!r} is empty (0 bytes); export it again")


def _what_else(path: Path) -> str:
    if path.is_dir():
        return "is a folder"
    if path.exists():
        return "is a device or a pipe, whose content cannot be read twice"
    return "is a link to a file that does not exist" if path.is_symlink() else "does not exist"


def container(data: bytes) -> str:
    """Return what kind of binary file the bytes begin like, in words; empty where they could be
    text."""
    return kinds.recognise(data[: kinds.START])[0]


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
        If the bytes are not text, are none of UTF-8, UTF-16 with a byte order mark, CP932, CP949
        and CP1252, or could be two of the last three.

    Notes
    -----
    A byte order mark decides; then valid UTF-8 is UTF-8. CP932 and CP949 may both decode without an
    error, and other encodings sometimes decode as one of them, so the letters decide: of the
    letters that are not ASCII, at least half must be kana or JIS level-1 kanji (read as CP932), or
    four fifths hangul syllables of everyday Korean (read as CP949), and not both. Half-width
    katakana say nothing, because Korean bytes read as CP932 look like them. Western text is told
    from both by single letters within words: see `cxlib.sources.western`.

    >>> decode("満足です".encode("cp932"), name="survey.csv").encoding
    'cp932'
    """
    _refuse_binary(data, name)
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
    try:
        return Decoded(text=data.decode("utf-8"), encoding="utf-8")
    except UnicodeDecodeError as error:
        _refuse_damaged(data, error, name)
    return _by_letters(data, name)


def _refuse_binary(data: bytes, name: str) -> None:
    """Refuse what is no text: another kind of file, zero bytes, UTF-32 and unmarked UTF-16."""
    kind = container(data)
    if kind:
        raise SourceError(
            f"{name!r} is not text but {kind}; give it its own suffix or export it again as CSV in "
            "UTF-8"
        )
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise SourceError(f"{name!r} is UTF-32 text; save it as UTF-8")
    if b"\x1b$" in data[:_CHUNK]:  # its escape into kanji; all its bytes are ASCII
        raise SourceError(f"{name!r} is ISO-2022-JP text, as of mails; save it as UTF-8")
    zeros = data.count(0)
    if not zeros or data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return
    odd = data[1::2].count(0)
    pairs = len(data) > 3 and not len(data) % 2
    if pairs and zeros > 0.2 * len(data) and odd in (0, zeros):  # ASCII in one half of each pair
        raise SourceError(
            f"{name!r} looks like UTF-16 without a byte order mark; save it as 'CSV UTF-8' or as "
            "UTF-8 text"
        )
    raise SourceError(
        f"{name!r} holds {zeros:,} zero bytes, so it is not text; export it again as text in UTF-8"
    )


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


def _by_letters(data: bytes, name: str) -> Decoded:
    """Return the one reading whose letters make sense, or refuse."""
    readings = {}
    for encoding, everyday in (("cp932", _everyday_japanese), ("cp949", _everyday_korean)):
        with suppress(UnicodeDecodeError):
            text = data.decode(encoding)
            readings[encoding] = text, 0.0 if _within_words(text) else _share(text, everyday)
    likely = {one: found for one, found in readings.items() if found[1] >= _SHARES[one]}
    if "cp949" in likely and "cp932" in readings and _only_half_width(readings["cp932"][0]):
        likely["cp932"] = readings["cp932"]  # half-width katakana say nothing for or against
    latin = read_western(data)
    if latin and (not likely or len(re.findall(rb"[\x80-\xff]", data)) >= _ENOUGH):
        likely = {"cp1252": latin}  # single bytes within words, which two-byte letters are not
    elif latin:
        likely["cp1252"] = latin
    if len(likely) == 1:
        ((encoding, (text, share)),) = likely.items()
        return Decoded(text=text, encoding=encoding, note=_note(encoding, name, 100 * share))
    seen = ", ".join(
        f"{share:.0%} of its letters are everyday ones in {one.upper()}"
        for one, (_, share) in readings.items()
    )
    why = (
        f"could be {' or '.join(_LANGUAGES[one] for one in likely)}"
        if likely
        else "is neither UTF-8 nor Japanese CP932, Korean CP949 or Western CP1252"
    )
    raise SourceError(
        f"{name!r} {why} ({seen or 'CP932 and CP949 do not decode it'}); open it where it reads "
        "well and save it as 'CSV UTF-8' or as UTF-8 text"
    )


def _note(encoding: str, name: str, percent: float) -> Message:
    if encoding == "cp932":
        return Message("sources.read_as_cp932", file=name, percent=percent)
    if encoding == "cp949":
        return Message("sources.read_as_cp949", file=name, percent=percent)
    return Message("sources.read_as_cp1252", file=name, percent=percent)


def _share(text: str, everyday: Callable[[str], bool]) -> float:
    letters = {
        c: n
        for c, n in Counter(text).items()
        if not c.isascii() and not _half_width_kana(c) and unicodedata.category(c)[0] in "LMNC"
    }
    total = sum(letters.values())
    return sum(n for c, n in letters.items() if everyday(c)) / total if total else 0.0


def _within_words(text: str) -> bool:
    """Return whether most letters beyond ASCII stand alone beside Latin ones, as in "don稚", or
    most half-width katakana do among others, as no one writes them."""
    kana = _HALF_WIDTH.findall(text)
    return 2 * len(_ALONE.findall(text)) > len(_RUN.findall(text)) or 2 * sum(
        len(run) == 1 for run in kana
    ) > len(kana)


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
    return c in _KOREAN
