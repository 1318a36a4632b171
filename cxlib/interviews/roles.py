"""Who is who: names of speakers as transcripts write them -> one name and a role for each."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.errors import EmptyDataError, ParameterError
from cxlib.interviews.codings import plain
from cxlib.shown.message import Message
from cxlib.sources.speaker_names import without_marks

Speakers = Mapping[str, str | Sequence[str]]


class Role(StrEnum):
    """What somebody is in an interview."""

    INTERVIEWER = "interviewer"
    MODERATOR = "moderator"
    OBSERVER = "observer"
    CUSTOMER = "customer"
    PARTICIPANT = "participant"


LEFT_OUT = frozenset({Role.INTERVIEWER, Role.MODERATOR, Role.OBSERVER})  # they are not the data


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Cast:
    """Who is who in some transcripts.

    Attributes
    ----------
    names : mapping of str to str
        Speaker as written to the name that stands for all spellings.
    roles : mapping of str to Role
        Name to role, for those who have one.
    given : tuple of Role
        Roles that were named.
    asked : mapping of str to list of str
        What each key of `speakers` goes by, as it was given.
    notes : tuple of Message
        Which spellings were taken for one speaker, and which names a pattern joins.
    flags : tuple of Message
        Patterns that take everybody.
    """

    names: Mapping[str, str]
    roles: Mapping[str, Role]
    given: tuple[Role, ...]
    asked: Mapping[str, list[str]]
    notes: tuple[Message, ...]
    flags: tuple[Message, ...] = ()

    def with_interviewers(self, names: Sequence[str]) -> dict[str, list[str]]:
        """Return what `speakers` would be, were these interviewers as well."""
        key = next((key for key in self.asked if _folded(key) == Role.INTERVIEWER), "interviewer")
        return {**self.asked, key: [*self.asked.get(key, ()), *names]}

    def applied(self, units: pd.DataFrame) -> pd.DataFrame:
        """Return units with the speakers' one name (None where unknown) and their role, empty where
        none was named."""
        which, written = pd.factorize(units["speaker"])  # few people speak
        names = [self.names.get(plain(name)) for name in written]
        roles = [str(self.roles.get(name or "", "")) for name in names]

        def of_each(values: list[str | None]) -> pd.Series:
            # where nobody is known, `which` is -1: the last; None stays None
            return pd.Series(np.array(values, dtype=object)[which], units.index, dtype=object)

        return units.assign(speaker=of_each([*names, None]), role=of_each([*roles, ""]))


def name_roles(turns: pd.DataFrame, speakers: Speakers) -> Cast:
    """Give the speakers of all transcripts their names and roles.

    Parameters
    ----------
    turns : pandas.DataFrame
        With a column `speaker`.
    speakers : mapping of str to str or list of str
        What each role or name goes by in the transcripts. A key is a role (`interviewer`,
        `moderator`, `observer`: not counted; `customer`, `participant`) or a name, and then what it
        goes by are other spellings of it. A value is a speaker as written, or a pattern with `*`
        for any characters: `{"interviewer": ["聞き手", "Q"], "customer": "*さん", "Ana Pereira":
        ["Ana", "AP"]}`.

    Returns
    -------
    Cast

    Raises
    ------
    ParameterError
        If a value or pattern fits no speaker, a speaker fits two roles or names, a key is nearly a
        role, or a key names nobody.

    Notes
    -----
    Names are compared without regard to width, capitals and white space (NFKC, case folded), and
    those that are alike are one speaker, called by the spelling with most turns. A name as written
    goes before a pattern: `{"interviewer": "Q", "customer": "*"}` are two roles.
    """
    turn: Counter[str] = Counter()
    for name, n in turns["speaker"].value_counts(sort=False, dropna=False).items():
        turn[plain(name)] += n
    written = [name for name in turn if name]
    if not isinstance(speakers, Mapping):
        raise ParameterError(
            f"speakers={speakers!r} is no mapping; write who is who, such as "
            "{'interviewer': ['Ana'], 'customer': ['P*']}"
        )
    wanted = [(str(key), _values(key, given)) for key, given in speakers.items()]
    roles = {key: Role(role) for key, _ in wanted if (role := _folded(key)) in list(Role)}
    for key, _ in wanted:
        _refuse_misspelt(key, roles, written)
    own = _spellings(written, turn)
    aliases = [(key, values) for key, values in wanted if key not in roles]
    named = _assigned(aliases, {name: (name,) for name in written}, "name")
    names = {name: named.get(name) or _called(own[name], own, named) for name in written}
    known = {name: tuple(n for n in written if names[n] == name) for name in names.values()}
    known = {name: (name, *spelt) for name, spelt in known.items()}
    found = _assigned([(k, v) for k, v in wanted if k in roles], known, "role")
    spelt = {name: (name,) for name in written}
    patterns = [*_patterns(aliases, spelt, named), *_patterns(wanted, known, found)]
    return Cast(
        names=names,
        roles={name: roles[key] for name, key in found.items()},
        given=tuple(dict.fromkeys(roles.values())),
        asked=dict(wanted),
        notes=(*_joined(names), *patterns),
        flags=tuple(_everybody(wanted, roles, found, known)),
    )


def all_left_out(units: pd.DataFrame) -> Iterator[Message]:
    """Say in which interviews nobody is counted.

    Parameters
    ----------
    units : pandas.DataFrame
        `document, role`, of all speakers.

    Raises
    ------
    EmptyDataError
        If nobody is counted in any of them.
    """
    counted = set(units.loc[~units["role"].isin(LEFT_OUT), "document"])
    every = list(dict.fromkeys(units["document"]))
    without = [name for name in every if name not in counted]
    if every and not counted:
        raise EmptyDataError(
            "speakers= leaves nobody to count: everybody who was recognised is an interviewer, a "
            f"moderator or an observer ({', '.join(map(str, units['speaker'].unique()[:5]))}); "
            "name only those who ask, and look at how the transcripts write who answers"
        )
    if without:
        yield Message(
            "interviews.flag_all_left_out", n=len(without), of=len(every), documents=without
        )


def _fits(value: str, known: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the names that a pattern fits; none for a name as it is written."""
    fits = _pattern(value).fullmatch
    return [n for n in known if "*" in value and any(fits(_folded(form)) for form in known[n])]


def _patterns(
    wanted: Sequence[tuple[str, Sequence[str]]],
    known: Mapping[str, Sequence[str]],
    has: Mapping[str, str],
) -> list[Message]:
    """Say which names a pattern joins, without those that are named elsewhere."""
    found = [
        (key, value, [name for name in _fits(value, known) if has.get(name) == key])
        for key, values in wanted
        for value in values
    ]
    return [
        Message("interviews.note_pattern_joins", role=key, pattern=value, names=names, n=len(names))
        for key, value, names in found
        if len(names) > 1
    ]


def _everybody(
    wanted: Sequence[tuple[str, Sequence[str]]],
    roles: Mapping[str, Role],
    found: Mapping[str, str],
    known: Mapping[str, Sequence[str]],
) -> Iterator[Message]:
    """Say which pattern gives everybody one role that is left out."""
    for key, values in wanted:
        theirs = [name for name in known if found.get(name) == key]
        if roles.get(key) in LEFT_OUT and len(theirs) == len(known) > 1:
            for value in values:
                if len(names := _fits(value, known)) > 1:
                    yield Message(
                        "interviews.flag_role_is_all", role=key, pattern=value, names=names
                    )


def _folded(name: str) -> str:
    """Return a name without what nobody sees: width, capitals, white space, marks of direction."""
    folded = unicodedata.normalize("NFKC", without_marks(name)).casefold()
    return " ".join(folded.split())


def _values(key: str, given: Any) -> list[str]:
    values = list(given) if isinstance(given, list | tuple | set) else [given]
    if not values or not all(isinstance(value, str) and value.strip() for value in values):
        raise ParameterError(
            f"speakers={{{key!r}: {given!r}}} names nobody; give a speaker as the transcripts "
            "write it, a pattern such as '*さん', or a list of them"
        )
    return values


def _refuse_misspelt(key: str, roles: Mapping[str, Role], written: Sequence[str]) -> None:
    """Refuse a key that is nearly a role: taken for a name, it would leave nobody out."""
    near = difflib.get_close_matches(_folded(key), list(Role), n=1, cutoff=0.75)
    if key in roles or key in written or not near or not key.isalpha():
        return
    raise ParameterError(
        f"speakers={{{key!r}: …}}: {key!r} is no role; did you mean {str(near[0])!r}? "
        f"Roles are {', '.join(Role)}; any other key is the name of a speaker."
    )


def _spellings(written: Sequence[str], turn: Mapping[str, int]) -> dict[str, str]:
    """Return each name as written with the spelling of it that has most turns."""
    alike = defaultdict(list)
    for name in written:
        alike[_folded(name)].append(name)
    most = {folded: max(names, key=turn.__getitem__) for folded, names in alike.items()}
    return {name: most[_folded(name)] for name in written}


def _called(name: str, own: Mapping[str, str], named: Mapping[str, str]) -> str:
    """Return the name for a spelling that no alias names: where it is that of somebody who has
    aliases, theirs."""
    return next((key for key in named.values() if _folded(key) == _folded(name)), own[name])


def _assigned(
    wanted: Sequence[tuple[str, Sequence[str]]], known: Mapping[str, Sequence[str]], what: str
) -> dict[str, str]:
    """Return who has which key; `known` has the spellings of each."""
    exact: dict[str, set[str]] = defaultdict(set)
    loose: dict[str, set[str]] = defaultdict(set)
    spelt = {name: {_folded(spelling) for spelling in known[name]} for name in known}
    for key, values in wanted:
        for value in values:
            fits = _pattern(value).fullmatch
            found = [name for name, forms in spelt.items() if any(map(fits, forms))]
            if not found:
                every = dict.fromkeys(spelling for names in known.values() for spelling in names)
                near = check.did_you_mean(value, every) or "; no speaker was recognised in them."
                raise ParameterError(
                    f"speakers={{{key!r}: {value!r}}} speaks in none of the transcripts{near} "
                    "Write names as they stand there, or leave this one out"
                )
            for name in found:
                (loose if "*" in value else exact)[name].add(key)
    for name in {**loose, **exact}:
        keys = sorted(exact.get(name) or loose[name])
        if len(keys) > 1:
            raise ParameterError(
                f"speakers: {name!r} fits two {what}s, {keys[0]!r} and {keys[1]!r}; write {name!r} "
                "itself, without *, under the one that is meant"
            )
    return {name: next(iter(keys)) for name, keys in {**loose, **exact}.items()}


def _pattern(value: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, _folded(value).split("*"))))


def _joined(names: Mapping[str, str]) -> tuple[Message, ...]:
    """Say which spellings were taken for one speaker."""
    spellings: dict[str, list[str]] = defaultdict(list)
    for written, name in names.items():
        spellings[name].append(written)
    joined: Iterable[Message] = [
        Message("common.spellings", name=name, spellings=spelt)
        for name, spelt in spellings.items()
        if spelt != [name]
    ]
    return (Message("interviews.note_speakers_joined", names=list(joined)),) if joined else ()
