"""A codebook file -> a frame of codes with their places in the hierarchy and their words in each
language, or a refusal that names the entry and the next step."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from cxlib import check
from cxlib.errors import SourceError
from cxlib.interviews.codings import plain
from cxlib.sources import tables

FIELDS = ("name", "parent", "theme", "kind", "definition", "example", "when_not")
# what a language may have words of its own for; a label is what a code is called there
TEXTS = ("label", "definition", "example", "when_not")
_PLURALS = {"labels": "label", "definitions": "definition", "examples": "example"}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_OF_LANGUAGE = re.compile(rf"(theme|{'|'.join(TEXTS)})_([a-z]{{2,3}}(?:_[a-z0-9]{{2,8}})*)")
_NOTHING = ("null", "~")
_Entry = tuple[str, dict[str, Any]]  # where it stands, and what is written there


class CodeKind(StrEnum):
    """What a code is about, as a codebook says it; a researcher's own kind is none of these."""

    GOAL = "goal"
    OBSTACLE = "obstacle"
    ANNOYANCE = "annoyance"
    DELIGHT = "delight"
    CONTACT = "contact"


class _Loader(yaml.BaseLoader):
    """Every scalar as it is written (the safe loader would make False of a code "no" and 7 of
    "007"); no tag is obeyed, no key is there twice, and no comma cuts a text."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [str(key.value) for key, _ in node.value]
        for number, key in enumerate(keys):
            if key in keys[:number]:
                line = node.value[number][0].start_mark.line + 1
                raise yaml.YAMLError(f"line {line}: {key!r} is there twice in one entry; keep one")
            if node.flow_style and key not in FIELDS and _is_nothing(node.value[number][1]):
                before = f" (behind {keys[number - 1]!r})" if number else ""
                line = node.value[number][0].start_mark.line + 1
                raise yaml.YAMLError(
                    f"line {line}: {key!r}{before} has no value; a text with a comma goes in "
                    'quotation marks, such as {definition: "An hour, and more"}'
                )
        return super().construct_mapping(node, deep=deep)


def _is_nothing(node: yaml.Node) -> bool:
    """Return whether nothing is written there, not even quotation marks."""
    return isinstance(node, yaml.ScalarNode) and not node.value and not node.style


def read_codebook(path: Path) -> pd.DataFrame:
    """Return a codebook, one row a code, as text, empty where not given.

    Parameters
    ----------
    path : Path
        YAML with a list under `codes:` of `{name, parent, theme, kind, definition, example,
        when_not, label}`, where codes may stand under `codes:` of another, to any depth; or CSV,
        TSV or XLSX with these columns. `example` may be a list. `label` (what a code is called),
        `theme`, `definition`, `example` and `when_not` may have words a language: `{en: …, ja: …}`,
        in a table the columns `label_ja`, `definition_ja`, …; the theme's name is the English one.
        Other keys and columns are passed over.

    Returns
    -------
    pandas.DataFrame
        `name, parent, theme, kind, definition, example, when_not`, in the order of the file, and
        `label` and `<field>_<language>` where given; several examples are lines. `theme` is the
        one that is given for the code or the nearest code above it, else the name of the topmost
        code above it; empty for a code with none above and none below it.

    Raises
    ------
    SourceError
        If the file cannot be read, a code has no name, two names differ only in capital letters,
        width or white space, two codes have one label in a language, a parent is not there, codes
        are each other's parents, or a code contradicts what stands above it.
    """
    of_yaml = path.suffix.lower() in (".yaml", ".yml")
    rows: list[dict[str, str]] = []
    names: dict[str, str] = {}
    for place, entry in _of_yaml(path) if of_yaml else _of_table(path):
        row = _row(entry, f"codebook={path.name!r}, {place}")
        _refuse_twice(row["name"], names, path.name)
        rows.append(row)
    order = list(dict.fromkeys([*FIELDS, *(name for row in rows for name in row)]))
    book = pd.DataFrame([dict.fromkeys(order, "") | row for row in rows], columns=order)
    _refuse_labels(book, path.name)
    book = book.assign(theme=_themes(book, path.name))
    theme_labels(book, path.name)
    return book


def codebook_from(codings: pd.DataFrame) -> pd.DataFrame:
    """Return the codes that were used, in alphabetical order, without theme or kind: what is known
    without a codebook."""
    names = sorted(set(codings["code"]) - {""})
    return pd.DataFrame({"name": names, **dict.fromkeys(FIELDS[1:], "")}, columns=list(FIELDS))


def headings(book: pd.DataFrame, *, used: Collection[str]) -> pd.Series:
    """Return which codes only hold others together: some stand under it, and it was used nowhere
    itself."""
    if "parent" not in book.columns:
        return pd.Series(False, index=book.index)
    return book["name"].isin(set(book["parent"]) - {""}) & ~book["name"].isin(used)


def in_language(book: pd.DataFrame, language: str) -> pd.DataFrame:
    """Return `name, label, definition, example, when_not` in a language: its own words, else those
    for any language; a code without a label is called by its name."""
    chosen = {"name": book["name"]}
    near = (language, language.partition("-")[0])
    for field in TEXTS:
        words = pd.Series("", index=book.index)
        for column in (*(f"{field}_{tag.lower().replace('-', '_')}" for tag in near), field):
            if column in book.columns:
                words = words.where(words != "", book[column].fillna(""))
        chosen[field] = words
    chosen["label"] = chosen["label"].where(chosen["label"] != "", book["name"])
    return pd.DataFrame(chosen)


def languages(book: pd.DataFrame) -> list[str]:
    """Return the languages in which something is written, as tags."""
    found = (_OF_LANGUAGE.fullmatch(str(column)) for column in book.columns)
    return list(dict.fromkeys(match[2].replace("_", "-") for match in found if match))


def theme_labels(book: pd.DataFrame, source: str = "") -> dict[str, dict[str, str]]:
    """Return what themes are called: theme to language (a tag) to label.

    Raises
    ------
    SourceError
        If a theme has two labels in one language.
    """
    found: dict[str, dict[str, str]] = {}
    for tag in languages(book):
        column = f"theme_{tag.replace('-', '_')}"
        if column not in book.columns:
            continue
        for theme, label in zip(book["theme"], book[column].fillna(""), strict=True):
            known = found.setdefault(theme, {}).setdefault(tag, label) if label else ""
            if known != label:
                raise SourceError(
                    f"codebook={source!r}: theme {theme!r} has {column}={known!r} and {label!r}; "
                    "keep one"
                )
    return found


def spellings(book: pd.DataFrame) -> dict[str, str]:
    """Return what a code may be called (its name, and its labels in every language), folded as by
    `fold_name`, and its name."""
    found: dict[str, str] = {}
    for language in ("", *languages(book)):
        labels = in_language(book, language)
        found |= dict(zip(map(fold_name, labels["label"]), labels["name"], strict=True))
    return found | {fold_name(name): name for name in book["name"]}


def fold_name(name: str) -> str:
    """Return a name without what the eye takes for the same: width, capitals and white space.

    >>> fold_name(" Ｌate  Delivery")
    'late delivery'
    """
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def odd_kinds(kinds: Iterable[str]) -> dict[str, str | None]:
    """Return the kinds that are none of goal, obstacle, annoyance, delight, contact, each with the
    one that is nearest to it."""
    known = [kind.value for kind in CodeKind]  # as it is typed, not as a reader sees it
    return {
        kind: next(iter(difflib.get_close_matches(kind, known, n=1)), None)
        for kind in dict.fromkeys(kinds)
        if kind and kind not in known
    }


def _of_yaml(path: Path) -> Iterator[_Entry]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_Loader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(
            f"codebook={path.name!r} cannot be read as YAML in UTF-8: {str(error).splitlines()[0]}"
        ) from error
    codes = content.get("codes") if isinstance(content, dict) else None
    if not isinstance(codes, list) or not codes:
        raise SourceError(
            f"codebook={path.name!r} has no list under 'codes:'; write one entry a code: "
            "{name: …, theme: …, kind: …, definition: …, example: …}"
        )
    yield from _nested(codes, "", "", path.name)


def _nested(codes: list[Any], above: str, place: str, source: str) -> Iterator[_Entry]:
    """Give each entry, and after it those that stand under it; `above` is their parent."""
    for number, code in enumerate(codes, start=1):
        here = f"{place}entry {number}"
        entry = {"name": code} if isinstance(code, str) else code
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise SourceError(
                f"codebook={source!r}, {here}: {code!r} has no name; write {{name: …, theme: …}}"
            )
        under, name = entry.get("codes") or [], plain(entry["name"])
        if not isinstance(under, list):
            raise SourceError(
                f"codebook={source!r}, {here}: codes={under!r} is no list; write one entry a code"
            )
        parent = _scalar(entry.get("parent"))
        if above and parent and parent != above:
            raise SourceError(
                f"codebook={source!r}, {here}: {name!r} stands under {above!r} and has "
                f"parent={parent!r}; keep one of the two"
            )
        yield here, {**entry, "parent": parent or above}
        yield from _nested(under, name, f"{here}, ", source)


def _of_table(path: Path) -> Iterator[_Entry]:
    rows = tables.read_rows(path).rows
    names = [re.sub(r"[\s-]+", "_", plain(cell).lower()) for cell in rows[0]]
    names = [_PLURALS.get(name, name) for name in names]
    if "name" not in names:
        raise SourceError(
            f"codebook={path.name!r} has no column 'name'{check.did_you_mean('name', names)} "
            f"Its first row must be the columns: {', '.join(FIELDS)}"
        )
    twice = [name for name in (*FIELDS, *TEXTS) if names.count(name) > 1]
    if twice:
        raise SourceError(f"codebook={path.name!r} has two columns {twice[0]!r}; keep one")
    if len(rows) == 1:
        raise SourceError(f"codebook={path.name!r} has no rows; give one row a code")
    for number, row in enumerate(rows[1:], start=1):
        cells = [str(int(cell)) if cell == cell and _whole(cell) else cell for cell in row]
        yield f"row {number}", dict(zip(names, cells, strict=False))


def _whole(cell: Any) -> bool:
    return isinstance(cell, float) and cell.is_integer()


def _row(entry: Mapping[str, Any], place: str) -> dict[str, str]:
    """Return an entry as text: its fields, and what it has in languages."""
    row = {"name": plain(entry.get("name"))}
    if not row["name"]:
        raise SourceError(f"{place}: {dict(entry)!r} has no name; write {{name: …, theme: …}}")
    row |= {field: _scalar(entry.get(field)) for field in ("parent", "theme", "kind")}
    for key, value in entry.items():
        field = _PLURALS.get(str(key), str(key))
        if field in TEXTS or (field == "theme" and isinstance(value, Mapping)):
            row |= _texts(field, value, place)
        elif _OF_LANGUAGE.fullmatch(field):
            row[field] = _scalar(value)
    return row


def _texts(field: str, value: Any, place: str) -> dict[str, str]:
    """Return a text, or one a language and the one that stands for the others: English, else the
    first."""
    if not isinstance(value, Mapping):
        return {field: _scalar(value)}
    words = {
        str(tag).strip().lower().replace("_", "-"): _scalar(said) for tag, said in value.items()
    }
    odd = [tag for tag in words if not _LANGUAGE.fullmatch(tag)]
    if odd:
        raise SourceError(
            f"{place}: {field} has {odd[0]!r}, which is no language; write "
            f"{field}: {{en: …, ja: …}}"
        )
    given = {tag: said for tag, said in words.items() if said}
    found = {f"{field}_{tag.replace('-', '_')}": said for tag, said in given.items()}
    if field == "label":  # elsewhere it is called by its name
        return found
    return found | {field: given.get("en") or next(iter(given.values()), "")}


def _scalar(value: Any) -> str:
    """Return what is written, the items of a list one a line."""
    if isinstance(value, list):
        return "\n".join(filter(None, map(_scalar, value)))
    if isinstance(value, Mapping):
        return ""
    return "" if value in _NOTHING else "\n".join(plain(value).splitlines())


def _refuse_twice(name: str, names: dict[str, str], source: str) -> None:
    folded = fold_name(name)
    if names.get(folded) == name:
        raise SourceError(
            f"codebook={source!r}: code {name!r} is defined more than once; keep one entry"
        )
    if folded in names:
        raise SourceError(
            f"codebook={source!r}: codes {names[folded]!r} and {name!r} differ only in capital "
            "letters, width or white space; keep one, or name them apart"
        )
    names[folded] = name


def _refuse_labels(book: pd.DataFrame, source: str) -> None:
    """Refuse a label that another code has, or that is another's name: nobody could tell them
    apart."""
    own = {fold_name(name): name for name in book["name"]}
    for language in ("", *languages(book)):
        taken = dict(own)
        for name, label in in_language(book, language)[["name", "label"]].itertuples(index=False):
            other = taken.setdefault(fold_name(label), name)
            if other != name:
                where = f"label_{language}" if language else "label"
                raise SourceError(
                    f"codebook={source!r}: code {name!r} has {where}={label!r}, which is also what "
                    f"{other!r} is called; give each its own"
                )


def _themes(book: pd.DataFrame, source: str) -> list[str]:
    parents = dict(zip(book["name"], book["parent"], strict=True))
    given = dict(zip(book["name"], book["theme"], strict=True))
    hold = set(parents.values())
    themes = []
    for name in book["name"]:
        above = _above(name, parents, source)
        told = [given[each] for each in above if given[each]]
        if given[name] and any(theme != given[name] for theme in told):
            raise SourceError(
                f"codebook={source!r}: code {name!r} has theme={given[name]!r}, and "
                f"{told[0]!r} is the theme of what it stands under; keep one of the two"
            )
        themes.append((given[name] or next(iter(told), "")) or _topmost([name, *above], hold))
    return themes


def _topmost(line: list[str], hold: Collection[str]) -> str:
    return line[-1] if line[-1] in hold else ""


def _above(name: str, parents: Mapping[str, str], source: str) -> list[str]:
    """Return the codes above one, the nearest first."""
    line: list[str] = []
    while parent := parents[line[-1] if line else name]:
        if parent not in parents:
            raise SourceError(
                f"codebook={source!r}: parent={parent!r} of {(line or [name])[-1]!r} is no code"
                f"{check.did_you_mean(parent, parents)} Give it an entry, or write theme instead"
            )
        if parent == name or parent in line:
            raise SourceError(
                f"codebook={source!r}: {' > '.join([name, *line, parent])} goes round in a circle; "
                "take one parent away"
            )
        line.append(parent)
    return line
