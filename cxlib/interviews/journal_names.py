"""A coder's name -> that of her file; what the system said of it -> a refusal."""

from __future__ import annotations

import errno
import re
import unicodedata
from enum import StrEnum
from pathlib import Path

from cxlib.errors import ParameterError, SourceError
from cxlib.interviews.codings import plain

SUFFIX = ".jsonl"
SETTLED = "settled"  # the role of what was agreed upon
# what file systems refuse or take for something else, and the sign that stands for it
_UNSAFE = re.compile(r'[<>:"/\\|?*%]|^[. ~_-]|[. ~]$')
_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_DEVICES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.I)  # of Windows
_LONGEST = 200  # bytes
_READ_ONLY = (errno.EACCES, errno.EPERM, errno.EROFS)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Trouble(StrEnum):
    """Why nothing was written."""

    DISK = "disk"
    READ_ONLY = "readonly"
    REPLACED = "replaced"
    GONE = "gone"


class JournalError(SourceError):
    """Nothing was written: `trouble` says why."""

    def __init__(self, trouble: Trouble, message: str) -> None:
        super().__init__(message)
        self.trouble = trouble


def file_name(coder: str) -> str:
    """Return the name of a coder's file, on any system.

    Raises
    ------
    ParameterError
        If the name is empty, or too long for a file.

    >>> file_name("Aki"), file_name("R&D/田中"), file_name("con"), file_name(".aki")
    ('Aki.jsonl', 'R&D%2F田中.jsonl', '%63on.jsonl', '%2Eaki.jsonl')
    """
    name = plain(coder)
    stem = _UNSAFE.sub(lambda found: _percent(found[0]), name)
    stem = "".join(_percent(c) if unicodedata.category(c) in _HIDDEN else c for c in stem)
    if _DEVICES.match(stem):
        stem = _percent(stem[0]) + stem[1:]
    if not name or len(stem.encode("utf-8")) > _LONGEST:
        rule = f"is longer than {_LONGEST} bytes as the name of a file" if name else "is empty"
        raise ParameterError(
            f"coder={coder!r} {rule}; give the name by which codings are to be known"
        )
    return stem + SUFFIX


def _percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


def path_of(folder: Path, coder: str) -> Path:
    """Return where a coder's file lies in a folder.

    Raises
    ------
    ParameterError
        If the name is that of a role, or another coder's file has the same name on some systems.
    """
    name = file_name(coder)
    if name.casefold() == SETTLED + SUFFIX:
        raise ParameterError(
            f"coder={coder!r} is what was agreed upon, and no coder; give the name of a person"
        )
    there = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    for other in there:
        if other != name and _folded(other) == _folded(name):
            raise ParameterError(
                f"coder={coder!r} would write {name!r}, and {other!r} is there, which is the same "
                "file on some systems; give the name as it is there, or a name that differs in "
                "more than capital letters"
            )
    return folder / name


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def trouble_of(error: OSError, path: Path) -> JournalError:
    """Return a refusal that says what the system said of a coder's file, and what to do."""
    place, said = path.as_posix(), error.strerror or str(error)
    if isinstance(error, FileNotFoundError):
        return JournalError(
            Trouble.REPLACED,
            f"{place!r} is not there any more; put the file back, or run the cells again",
        )
    if error.errno in _READ_ONLY:
        return JournalError(
            Trouble.READ_ONLY,
            f"{place!r} may not be written ({said}); change its rights, or name another folder",
        )
    step = (
        "make room on the disk"
        if error.errno in _FULL
        else "look at the disk, and try again in a moment"
    )
    return JournalError(
        Trouble.DISK, f"{place!r} was not written ({said}); {step}: nothing needs to be coded again"
    )
