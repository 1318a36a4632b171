"""Texts and code say the same: every key in both directions, every column's heading."""

import ast
import dataclasses
import importlib
import re
from enum import StrEnum

import pytest

from cxlib import texts
from cxlib.parameters import meanings
from cxlib.shown import language
from cxlib.shown.result import Result
from tests.test_architecture import MODULES, PACKAGE, STUDIES, TREES, floor


def literal_keys():
    """Return each text's key that stands in the code, with the modules where it does."""
    known = texts.topics()
    found = {}
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                topic, dot, key = node.value.partition(".")
                if dot and topic in known and re.fullmatch(r"(?!toml|html)[A-Za-z][\w-]*", key):
                    found.setdefault(node.value, set()).add(name)
    return found


def classes(base):
    """Return the classes of the package that derive from a class."""
    for name in MODULES:
        if not name.endswith("__main__"):
            importlib.import_module(name)
    found, waiting = [], [base]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            found += [kind] if kind.__module__ in MODULES else []
    return found


def keys_in(language_code, topic):
    return {
        f"{topic}.{key}"
        for key, text in texts.load(language_code, topic).items()
        if text and isinstance(text, str)
    }


def shown_enums():
    """Return the enums that have words: those whose first member has one."""
    return [
        kind
        for kind in classes(StrEnum)
        if any(
            language.word_key(member) in keys_in("en", language.topic_of(kind)) for member in kind
        )
    ]


@pytest.mark.parametrize("language_code", texts.languages())
def test_texts_and_the_keys_in_the_code_are_the_same(language_code):
    there = set().union(*(keys_in(language_code, topic) for topic in texts.topics()))
    literal = literal_keys()
    enums = {language.word_key(member) for kind in shown_enums() for member in kind}
    short = {f"{key}_short" for key in keys_of_absent_results()}
    furniture = {f"report.{key}" for key in template_keys()} | {
        "common.date",
        "common.month",
        "common.quarter",
        "common.year",
        "common.moment",
    }
    looked_up = set(literal) | enums | short | furniture
    assert looked_up - there == set(), "looked up, but not there"
    assert there - looked_up == set(), "there, but never looked up"


def keys_of_absent_results():
    """Return the first argument of each `Absent.of(...)`, or `of` of its kind, in the code."""
    calls = [
        node
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Absent.of", "Uncoded.of")
    ]
    return {
        part.value
        for call in calls
        for part in ast.walk(call.args[0])
        if isinstance(part, ast.Constant) and part.value in literal_keys()
    }


def template_keys():
    folder = PACKAGE / "report" / "template"
    pages = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.j2"))
    return set(re.findall(r"""\bt\(["'](\w+)["']""", pages))


@pytest.mark.parametrize("language_code", texts.languages())
def test_every_column_that_a_result_owns_has_a_heading_and_no_other(language_code):
    owned = {}
    for kind in [Result, *classes(Result)]:
        topic = language.topic_of(kind)
        for column, how in kind.columns.items():
            assert language.heading(column, language_code, topic=topic)
            owned.setdefault(topic, set()).add(column)
            if isinstance(how, str):
                language.write(None if how else "a", how)
    everywhere = set().union(*owned.values())
    for topic in texts.topics():
        for column in texts.load(language_code, topic).get("column", {}):
            of_a_result = column in (everywhere if topic == "common" else owned.get(topic, set()))
            assert of_a_result or column in loose_columns(topic), f"{topic}: [column] {column}"


def test_results_are_made_by_the_names_of_their_fields():
    loose = {
        kind.__name__
        for kind in [Result, *classes(Result)]
        if dataclasses.is_dataclass(kind) and not all(f.kw_only for f in dataclasses.fields(kind))
    }
    assert not loose


def loose_columns(topic):
    """Return columns of tables that are made without a result: their names stand in the code."""
    rooms = [name for name in TREES if topic == "common" or floor(name) == topic]
    return {
        node.value
        for name in rooms
        for node in ast.walk(TREES[name])
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@pytest.mark.parametrize("language_code", texts.languages())
@pytest.mark.parametrize("study", sorted(STUDIES))
def test_every_parameter_has_a_meaning_and_no_other(study, language_code):
    model = importlib.import_module(f"cxlib.{study}.parameters").Parameters
    told = meanings(model, language_code)
    assert all(told.values())
    own = set(texts.load(language_code, study)["parameter"])
    assert own == set(told) - set(texts.load(language_code, "common")["parameter"])
