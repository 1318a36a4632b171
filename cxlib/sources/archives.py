"""An Office file, which is a zip archive -> opened within bounds, or refused before it unpacks."""

from __future__ import annotations

import struct
import zipfile
from typing import IO
from xml.parsers import expat

from cxlib.errors import SourceError

MOST_MEMBERS = 10_000  # a workbook of 500 sheets has about 1,500
_MOST_DIRECTORY = 8 << 20  # bytes; the list of members, which is read before any can be counted
# XML that shrinks more than a hundredfold is made to; 300,000 equal rows of a survey shrink 15-fold
_MOST_RATIO = 100
_FREE_RATIO = 8 << 20  # bytes; below it, no ratio harms
_MOST_UNPACKED = 2 << 30  # bytes; a full sheet of 1,048,576 rows by 30 columns
_END = b"PK\x05\x06"  # of central directory
_TAIL = 22 + 65535  # bytes; the end record and the longest comment after it


def open_archive(file: IO[bytes], *, name: str, most: int = _MOST_UNPACKED) -> zipfile.ZipFile:
    """Open a zip archive whose members may be unpacked.

    Parameters
    ----------
    file : binary file
    name : str
        The file's name, for messages.
    most : int
        Bytes that all members together may have, unpacked.

    Raises
    ------
    SourceError
        If it has too many members, unpacks to too much, is encrypted, or has a part with a document
        type, whose entities readers leave out without a word.
    zipfile.BadZipFile
        If it is no zip archive.
    """
    file.seek(0, 2)
    size = file.tell()
    _refuse_directory(file, size, name)
    archive = zipfile.ZipFile(file)
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise _too_much(name, f"has {len(members):,} members; {MOST_MEMBERS:,} are allowed")
    unpacked = sum(member.file_size for member in members)
    ratio = unpacked / max(size, 1)
    if unpacked > most or (unpacked > _FREE_RATIO and ratio > _MOST_RATIO):
        raise _too_much(
            name,
            f"unpacks from {size:,} to {unpacked:,} bytes ({ratio:,.0f} to 1); at most {most:,} "
            f"bytes and, beyond {_FREE_RATIO:,}, {_MOST_RATIO} to 1 are allowed",
        )
    for member in members:
        if member.flag_bits & 1:
            raise SourceError(f"{name!r} has a password; save it without one")
        _refuse_doctype(archive, member, name)
    return archive


def _too_much(name: str, what: str) -> SourceError:
    return SourceError(
        f"{name!r} {what}; open it where it was made and save its table or text alone as a new file"
    )


def _refuse_directory(file: IO[bytes], size: int, name: str) -> None:
    file.seek(max(size - _TAIL, 0))
    tail = file.read()
    file.seek(0)
    at = tail.rfind(_END)
    if 0 <= at <= len(tail) - 22:
        (length,) = struct.unpack_from("<L", tail, at + 12)
        if length == 0xFFFFFFFF and (more := tail.rfind(b"PK\x06\x06", 0, at)) >= 0:  # zip64
            (length,) = struct.unpack_from("<Q", tail, more + 40)
        if length > _MOST_DIRECTORY:
            raise _too_much(
                name,
                f"lists its members in {length:,} bytes; {_MOST_DIRECTORY:,} are allowed",
            )


class _RootReached(Exception):
    pass


def _refuse_doctype(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> None:
    """Refuse a part that declares a document type; one can only stand before the root element.

    Whatever its name: the content types say which part is XML. What is none fails at its first
    bytes.
    """

    def refuse(*_: object) -> None:
        raise SourceError(
            f"{name!r} declares entities or a document type in its part {member.filename!r}, which "
            "no Office program writes; open it where it was made and save it anew"
        )

    def stop(*_: object) -> None:
        raise _RootReached

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = stop
    with archive.open(member) as part:
        try:
            while chunk := part.read(1 << 12):
                parser.Parse(chunk)
        except (_RootReached, expat.ExpatError):
            return  # whether the rest is well-formed is for its reader to say
