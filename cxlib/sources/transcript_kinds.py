"""A file among transcripts -> read, or named as what it is, with how it becomes a transcript."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from cxlib.errors import SourceError
from cxlib.sources import kinds

FORMATS = ("docx", "md", "odt", "pdf", "rtf", "srt", "txt", "vtt")
TEXTS = ("md", "srt", "txt", "vtt")
_DOCX = "save it as .docx"
_BY_LETTERS = "as text in UTF-8 with the suffix .txt"
# documents that surely hold an interview, under suffixes that are not read
_DOCUMENTS = {
    ".doc": ("an old Word document", f"open it in Word or LibreOffice and {_DOCX}"),
    ".dot": ("an old Word document", f"open it in Word or LibreOffice and {_DOCX}"),
    ".wpd": ("a WordPerfect document", f"open it in LibreOffice and {_DOCX}"),
    ".wps": ("a Works document", f"open it in LibreOffice and {_DOCX}"),
    ".hwp": ("a Hangul document", f"open it in Hangul (한글) and {_DOCX}"),
    ".hwpx": ("a Hangul document", f"open it in Hangul (한글) and {_DOCX}"),
    ".pages": ("a Pages document", "choose File > Export To > Word in Pages"),
    ".gdoc": ("a link to a Google document", "choose File > Download > Microsoft Word (.docx)"),
}
# kinds that bytes tell: the suffix under which each is read as a transcript
_SUFFIXES = {
    "a Rich Text document": "rtf",
    "a PDF": "pdf",
    "a Word document": "docx",
    "an OpenDocument text": "odt",
}
_JSON_KEYS = {
    "segments": "Whisper's JSON",
    "utterances": "AssemblyAI's or Deepgram's JSON",
    "monologues": "Rev's JSON",
    "recognizedPhrases": "Azure's JSON",
    "speaker_labels": "Amazon Transcribe's JSON",
    "transcripts": "a JSON transcript",
    "transcript": "a JSON transcript",
    "words": "a JSON transcript",
}
_AS_CUES = "export .vtt or .srt from the tool that made it (Whisper: --output_format vtt)"
_KEY = re.compile(r'"(' + "|".join(_JSON_KEYS) + r')"\s*:')
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_XML = re.compile(r"\s*<(?:\?xml|tt\b|transcript\b|timedtext\b)", re.I)
_ELEMENT = re.compile(r"</(?:p|div|span|table|td|tr|li|ul|ol|h[1-6])\s*>", re.I)
_BEGIN = re.compile(r"\s*<(?:p|div|span|table|ul|ol|h[1-6]|meta|section|article)\b[^>]*>", re.I)
_LOOK = 1 << 16  # bytes of a companion


def refuse_documents(paths: Iterable[Path]) -> None:
    """Refuse a folder that holds an interview in a kind of document that is not read: passed over,
    it would be missing from every count."""
    for path in paths:
        if path.suffix.lower() in _DOCUMENTS:
            what, how = _DOCUMENTS[path.suffix.lower()]
            raise SourceError(
                f"{path.name!r} is {what}, which is not read here; {how}, or take it out of the "
                "folder"
            )


def refuse_bytes(data: bytes, *, name: str, suffix: str) -> None:
    """Refuse a file whose bytes are another kind than its suffix says, and say how it is read."""
    start = data[: kinds.START]
    kind = _kind(start) or ("" if suffix in TEXTS else _page(start))
    if not kind or _SUFFIXES.get(kind) == suffix:
        return
    if start.startswith(b"PK") and suffix in ("docx", "odt") and kind not in _SUFFIXES:
        return  # a zip archive whose members come in another order: its reader says
    if kind in _SUFFIXES:
        how = f"give it the suffix .{_SUFFIXES[kind]}"
    elif kind.startswith("an old Office file"):
        how = f"take its password away, or open it in Word or LibreOffice and {_DOCX}"
    else:
        how = f"open it where it was made and {_DOCX}, or {_BY_LETTERS}"
    raise SourceError(f"{name!r} is not what its suffix .{suffix} says but {kind}; {how}")


def _kind(start: bytes) -> str:
    if b"mimetypeapplication/vnd.oasis.opendocument.text" in start and start.startswith(b"PK"):
        return "an OpenDocument text"
    rtf = start.lstrip().startswith(b"{\\rtf")
    return kinds.recognise(start.lstrip() if rtf else start)[0]


def _page(start: bytes) -> str:
    """Return which kind of web page the bytes begin; word processors open one under any suffix."""
    start = start.removeprefix(b"\xef\xbb\xbf")
    if re.match(rb"\s*(?:MIME-Version:|From: <Saved by)", start, re.I):
        return "a web page saved in one file"
    return "a web page (HTML)" if _HTML.match(start.decode("latin-1")) else ""


def refuse_markup(text: str, *, name: str, suffix: str) -> None:
    """Refuse text that is written for programs: JSON, a web page, XML."""
    begin = text[:_LOOK].lstrip()
    if begin[:1] in ("{", "[") and (kind := _json(text)):
        raise SourceError(f"{name!r} is not what its suffix .{suffix} says but {kind}; {_AS_CUES}")
    if begin[:1] != "<":
        return
    html = _HTML.match(begin) or (
        suffix == "txt" and _BEGIN.match(begin) and len(_ELEMENT.findall(text)) > 1
    )
    if html:
        raise SourceError(
            f"{name!r} is not what its suffix .{suffix} says but a web page (HTML); open it in a "
            f"browser, copy the text and save it {_BY_LETTERS}, or open it in Word or LibreOffice "
            f"and {_DOCX}"
        )
    if _XML.match(begin):
        raise SourceError(f"{name!r} is not what its suffix .{suffix} says but XML; {_AS_CUES}")


def _json(text: str) -> str:
    """Return which tool's JSON a text is; empty where it is none."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        first = text.lstrip().partition("\n")[0]
        try:  # a record a line
            content = json.loads(first) if first.startswith("{") else None
        except (ValueError, RecursionError):
            content = None
    if not isinstance(content, dict | list) or not content:
        return ""
    return _tool(text[:_LOOK])


def _tool(text: str) -> str:
    keys = set(_KEY.findall(text))
    return next((tool for key, tool in _JSON_KEYS.items() if key in keys), "JSON")


def passed_over(paths: Iterable[Path]) -> list[str]:
    """Return the names of companions that hold a transcript for programs: JSON with segments, and
    Whisper's table of times."""
    return [
        path.name for path in paths if path.suffix.lower() in (".json", ".tsv") and _times(path)
    ]


def how_to_export(paths: Iterable[Path]) -> str:
    """Return how to go on with a folder of transcripts for programs alone, as the end of a
    sentence; empty where there is none."""
    names = passed_over(paths)
    return f"; {names[0]} holds one for programs; {_AS_CUES}" if names else ""


def _times(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(_LOOK).decode("utf-8", errors="replace").lstrip("\ufeff \r\n")
    if path.suffix.lower() == ".tsv":
        return start.split("\n", 1)[0].rstrip("\r") == "start\tend\ttext"
    return _tool(start) not in ("JSON", "a JSON transcript")
