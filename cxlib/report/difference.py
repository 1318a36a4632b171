"""Two runs -> what differs between them, and which of what went in made the difference."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cxlib.report.figures import Figure
from cxlib.secrecy import masked
from cxlib.shown.language import MISSING
from cxlib.shown.message import Message

_SAME = 1e-9  # two machines do not sum in the same order
_KNOWN = ("table", "columns", "rows", "newest")  # of a table of a server
_LIMITS = ("ci_low", "ci_high")


Change = Message | str


class Cause(StrEnum):
    """What goes into a report; its words are `report.cause_<value>`."""

    DATA = "data"
    PARAMETERS = "parameters"
    CODE = "code"
    LOOKS = "looks"
    VERSIONS = "versions"


@dataclass(frozen=True, slots=True)
class Pair:
    """A figure of two runs, each as `read_figures` gives it."""

    before: Figure
    now: Figure

    @property
    def same(self) -> bool:
        """Whether nothing that is said of the figure changed, but for the last digits."""
        return not self.turned and all(
            _equal(self.before[name], self.now[name]) for name in ("value", "n", *_LIMITS)
        )

    @property
    def turned(self) -> bool:
        """Whether the verdict changed, or yes became no."""
        return self.before["verdict"] != self.now["verdict"] or (
            "yes_no" in (self.before["unit"], self.now["unit"])
            and not _equal(self.before["value"], self.now["value"])
        )

    @property
    def moved(self) -> bool:
        """Whether it is an estimate with an interval in both runs that is not the same."""
        return self.bounded and not self.same

    @property
    def bounded(self) -> bool:
        """Whether both runs give it an interval."""
        ends = [one[name] for one in (self.before, self.now) for name in _LIMITS]
        return not any(end is None or math.isnan(end) for end in ends)

    @property
    def overlap(self) -> bool | None:
        """Whether the two intervals have a value in common; None where one is missing."""
        if not self.bounded:
            return None
        return bool(
            self.before["ci_low"] <= self.now["ci_high"]
            and self.now["ci_low"] <= self.before["ci_high"]
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two runs.

    Attributes
    ----------
    pairs : list of Pair
        Figures that both have, in the order of the later run; the headline first.
    gone, new : list of dict
        Figures that only the earlier, or only the later run has.
    changed : dict of Cause to list of Message or str
        What of it changed, such as `wave: 2026Q2 → 2026Q3`; not what stayed the same.
    untold : list of Cause
        Of which it cannot be told whether they changed.
    shared : bool
        Whether both read a file with the same content, or of the same path.
    headline : Pair or None
        The pair of headlines, where they are the same figure.
    """

    pairs: list[Pair]
    gone: list[Figure]
    new: list[Figure]
    changed: dict[Cause, list[Change]]
    untold: list[Cause]
    shared: bool
    headline: Pair | None


def compare_runs(
    before: Mapping[str, Any],
    before_figures: Sequence[Figure],
    now: Mapping[str, Any],
    now_figures: Sequence[Figure],
) -> Difference:
    """Compare two runs: their manifests, and their figures as `read_figures` gives them.

    A figure is the same figure where its name, its segment and its wave are. A figure that each run
    has of one wave only is compared although the waves differ: it is of the wave that is looked at.
    """
    pairs = _pairs(before_figures, now_figures)
    heads = [figures[0] for figures in (before_figures, now_figures) if figures]
    changed, untold = _causes(before, now)
    paired, paired_now = ({_key(one) for one in side} for side in _sides(pairs))
    return Difference(
        pairs=pairs,
        gone=[one for one in before_figures if _key(one) not in paired],
        new=[one for one in now_figures if _key(one) not in paired_now],
        changed=changed,
        untold=untold,
        shared=_shared(before, now),
        headline=next((pair for pair in pairs[:1] if [pair.before, pair.now] == heads), None),
    )


def _sides(pairs: Sequence[Pair]) -> tuple[list[Figure], list[Figure]]:
    return [pair.before for pair in pairs], [pair.now for pair in pairs]


def _key(figure: Figure) -> tuple[str, str, str]:
    return figure["figure"], figure["segment"], figure["wave"]


def _pairs(before: Sequence[Figure], now: Sequence[Figure]) -> list[Pair]:
    """Return the headlines where they are the same figure, then every figure that both have."""
    there = {_key(one): one for one in before}
    alone, alone_before = _looked_at(now), _looked_at(before)
    heads = [
        Pair(old, new)
        for old, new in zip(before[:1], now[:1], strict=False)
        if _key(old)[:2] == _key(new)[:2]
    ]
    found = []
    for one in now:
        figure, segment, wave = _key(one)
        of_one_wave = figure in alone and figure in alone_before
        partner = there.get((figure, segment, alone_before[figure] if of_one_wave else wave))
        if partner is not None and Pair(partner, one) not in heads:
            found.append(Pair(partner, one))
    return heads + found


def _looked_at(figures: Iterable[Figure]) -> dict[str, str]:
    """Return the wave of each figure that a run has of one wave only."""
    waves: dict[str, set[str]] = {}
    for one in figures:
        waves.setdefault(one["figure"], set()).add(one["wave"])
    return {figure: of.pop() for figure, of in waves.items() if len(of) == 1}


def _equal(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=_SAME, abs_tol=_SAME)


def _causes(
    before: Mapping[str, Any], now: Mapping[str, Any]
) -> tuple[dict[Cause, list[Change]], list[Cause]]:
    """Return what went in that is not the same, and of what it cannot be told."""
    code, told = _code(before, now)
    found = {
        Cause.DATA: _data(before, now),
        Cause.PARAMETERS: _parameters(before, now),
        Cause.CODE: code,
        Cause.VERSIONS: _versions(before, now),
    }
    if not any(found.values()):  # else another look goes without saying
        looks = [{"looks": _mapping(one, "parameters").get("looks")} for one in (before, now)]
        found[Cause.LOOKS] = _changes(*looks)
    untold = [] if told else [Cause.CODE]
    alike = any(_may_be_same(*pair) for pair in _read_in_both(before, now))
    untold += [Cause.DATA] if alike else []
    return {cause: changes for cause, changes in found.items() if changes}, untold


def _mapping(manifest: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = manifest.get(name)
    return found if isinstance(found, Mapping) else {}


def _inputs(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {str(one["parameter"]): one for one in manifest.get("inputs") or ()}


def _data(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    old, new = _inputs(before), _inputs(now)
    told: list[Change] = []
    for name in dict.fromkeys([*old, *new]):
        was, is_now = (of.get(name, {}) for of in (old, new))
        if was.get("sha256") == is_now.get("sha256") or _may_be_same(was, is_now):
            continue
        paths = [str(one["path"]) for one in (was, is_now) if one]
        told.append(_change(name, " → ".join(dict.fromkeys(paths))))
    return told


def _read_in_both(
    before: Mapping[str, Any], now: Mapping[str, Any]
) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Return the records of what was read for one parameter in two runs."""
    old, new = _inputs(before), _inputs(now)
    return [(old[name], new[name]) for name in new if name in old]


def _may_be_same(was: Mapping[str, Any], is_now: Mapping[str, Any]) -> bool:
    """Say whether two runs read one table of a server, of which nothing that is known differs: an
    edited value leaves rows and newest moment alone."""
    told = [_mapping(one, "table") for one in (was, is_now)]
    known = [{name: one.get(name) for name in _KNOWN} for one in told]
    return all(told) and was.get("path") == is_now.get("path") and known[0] == known[1]


def _parameters(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    """Return the parameters that changed; a file is data, and looks are counted, not chosen."""
    files = {*_inputs(before), *_inputs(now), "looks", "language"}
    old, new = (
        {name: value for name, value in _mapping(one, "parameters").items() if name not in files}
        for one in (before, now)
    )
    return _changes(old, new)


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Say what differs as `name: old → new`."""
    return [
        _change(name, " → ".join(_said(of.get(name)) for of in (old, new)))
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    ]


def _said(value: Any) -> str:
    return MISSING if value is None else str(value)


def _change(name: str, change: str) -> Message:
    """Say what of one thing changed; what is secret in it is masked."""
    hidden = masked(f"{name}: {change}").removeprefix(f"{name}: ")
    return Message("common.figure_row", label=name, values=hidden)


def _versions(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    told = _changes(_mapping(before, "versions"), _mapping(now, "versions"))
    keys = [_mapping(one, "key").get("versions") for one in (before, now)]
    unnamed = None not in keys and keys[0] != keys[1]
    return told or (["cxlib"] if unnamed else [])  # a version under development


def _code(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[list[Change], bool]:
    """Return what is known to have changed in the code, and whether it can be told."""
    notebooks = _changes({"notebook": before.get("notebook")}, {"notebook": now.get("notebook")})
    keys = [_mapping(one, "key").get("code") for one in (before, now)]
    if None not in keys:
        return (notebooks or ["notebook"]) if keys[0] != keys[1] else [], True
    commits = [one.get("commit") for one in (before, now)]
    clean = None not in commits and not any(str(one).endswith("-dirty") for one in commits)
    if clean and commits[0] == commits[1]:
        return notebooks, True
    return notebooks, bool(notebooks)


def _shared(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    old, new = _inputs(before), _inputs(now)
    return any(
        old[name]["sha256"] == new[name]["sha256"] or old[name]["path"] == new[name]["path"]
        for name in old.keys() & new.keys()
    )
