"""A file of reference values -> its leaves, each of them compared, an input, or left out for a
reason that is written down."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from numpy.testing import assert_allclose

from tests.conftest import ORACLES

CLOSED = {"rtol": 1e-12, "atol": 0.0}  # closed forms; files hold 15 or 17 digits
ROOT = {"rtol": 0.0, "atol": 1e-9}  # roots found, on [-1, 1]
EXACT = {"rtol": 0.0, "atol": 0.0}  # whole numbers
Way = tuple[Callable[..., float], Mapping[str, float]]


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the path of every value, keys and positions joined by `/`, and the value."""
    children = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else None
    )
    if children is None:
        yield path, node
        return
    for key, child in children:
        yield from leaves(child, f"{path}/{key}".lstrip("/"))


def stars(pattern: str, path: str) -> list[Any] | None:
    """Return what each `*` of the pattern stands for in the path (positions as numbers); None where
    it does not match."""
    wanted, found = pattern.split("/"), path.split("/")
    if len(wanted) != len(found) or any(
        one not in ("*", other) for one, other in zip(wanted, found, strict=True)
    ):
        return None
    return [
        int(part) if part.isdecimal() else part
        for one, part in zip(wanted, found, strict=True)
        if one == "*"
    ]


class Oracle:
    """One file: `compared` maps a pattern of paths to our function of its stars and the tolerance.

    `given` are patterns of inputs and notes; `later` and `not_offered` map the beginning of a path,
    or a pattern, to the reason. Where the file has null (the reference has no value there), ours is
    the stated 0."""

    def __init__(
        self,
        name: str,
        *,
        compared: dict[str, Way],
        given: set[str],
        later: dict[str, str],
        not_offered: dict[str, str],
    ) -> None:
        self.values = dict(leaves(json.loads((ORACLES / "nps" / name).read_text(encoding="utf-8"))))
        self.compared, self.idle = compared, {*compared, *given, *later, *not_offered}
        self.wrong, self.paths = [], []
        for path in self.values:
            left = {
                key
                for key in (*later, *not_offered)
                if path.startswith(f"{key}/") or stars(key, path) is not None
            }
            ours = {key for key in compared if stars(key, path) is not None}
            found = left | ours | {key for key in given if stars(key, path) is not None}
            self.idle -= found
            if len(found) != 1:
                self.wrong.append((path, sorted(found)))
            elif ours:
                self.paths.append(path)

    def refuse_gaps(self) -> None:
        """Fail where a leaf is in no list or in two, or an entry of a list has no leaf."""
        assert not self.wrong, f"in no list, or in two: {self.wrong}"
        assert not self.idle, f"no leaf of the file: {sorted(self.idle)}"

    def check(self, path: str) -> None:
        """Fail where ours is not the file's value."""
        (ours, tolerance), of = next(
            (way, of) for key, way in self.compared.items() if (of := stars(key, path)) is not None
        )
        wanted = self.values[path]
        assert_allclose(
            float(ours(*of)), 0.0 if wanted is None else wanted, **tolerance, err_msg=path
        )
