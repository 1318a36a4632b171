"""The segment and the wave of a figure -> where it stands, in words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from cxlib.shown.message import Message

_NAME = r'(?:"(?:[^"\\]|\\.)*"|[^,="#]*)'  # as the ledger writes it
_PART = re.compile(rf"({_NAME})=({_NAME})(?:, |$)")

Part = str | Message


def place_of(segment: str, wave: str, of: str = "", *, with_wave: bool = True) -> tuple[Part, ...]:
    """Return what says where a figure stands.

    Parameters
    ----------
    segment, wave : str
        As the ledger has them.
    of : str
        The segment in words, as the ledger has it too; in runs of earlier versions it is empty, and
        the segment is said without the names of its columns.
    with_wave : bool
        Whether to name the wave; of two waves that are compared, `of` does.

    >>> place_of("kind=weighted", "2026Q3", "weighted")
    ('weighted', '2026Q3')
    >>> place_of("plan=pro, tenure=6", "2026Q3")
    ('pro', 'tenure 6', '2026Q3')
    """
    parts = dict(_parts(segment))
    against = parts.pop("a", None)
    other = parts.pop("b", wave) if against is not None else None
    told: list[Part] = [
        f"{name} {value}" if _is_number(value) else value for name, value in parts.items()
    ]
    if against is not None:
        a = against.replace("_", " ")
        told.append(Message("common.row_against", a=a, b=other or ""))
    told = [of] if of else told or [segment]
    named: list[Part] = [wave] if with_wave and other != wave else []
    return tuple(filter(None, told + named))


def _parts(segment: str) -> Iterator[tuple[str, str]]:
    found = list(_PART.finditer(segment))
    if sum(len(part[0]) for part in found) == len(segment):
        yield from ((_plain(part[1]), _plain(part[2])) for part in found)


def _plain(name: str) -> str:
    return json.loads(name) if name.startswith('"') else name


def _is_number(value: str) -> bool:
    return re.fullmatch(r"[-+]?\d+(\.\d+)?|True|False", value) is not None
