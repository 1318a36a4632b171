"""Long strings of a page -> short marks while the page is worked on, and back."""

from __future__ import annotations

import re
import uuid

_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")


class SetAside:
    """Pictures and files of a page, which no step of making it looks into.

    To parse, sanitise and write a page takes as long as it is; most of it is base64. Nothing else
    is put back: any other string might be markup.

    Examples
    --------
    >>> aside = SetAside()
    >>> words = f"<img src='data:image/png;base64,{aside.mark('AAAA')}'>"
    >>> aside.put_back(words)
    "<img src='data:image/png;base64,AAAA'>"
    """

    def __init__(self) -> None:
        self._name = uuid.uuid4().hex  # nothing that a notebook shows can be a mark
        self._kept: list[str] = []

    def mark(self, content: str) -> str:
        """Keep a string; return what stands for it: letters, digits and hyphens."""
        self._kept.append(content)
        return f"{self._name}-{len(self._kept) - 1}-"

    def take(self, mark: str) -> str:
        """Return the string that a mark stands for."""
        return self._kept[int(mark.removeprefix(self._name)[1:-1])]

    def put_back(self, page: str) -> str:
        """Return the page with the mark of each string in base64 replaced by it."""
        return re.sub(rf"{self._name}-\d+-", self._base64, page)

    def _base64(self, found: re.Match[str]) -> str:
        content = self.take(found[0])
        return content if _BASE64.fullmatch(content) else ""
