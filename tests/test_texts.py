"""Texts and code say the same: every key in both directions, every column's heading."""

import ast
import csv
import dataclasses
import functools
import importlib
import json
import re
import string
from enum import StrEnum

import pandas as pd
import pytest

from cxlib import texts
from cxlib.parameters import meanings
from cxlib.shown import language, particles
from cxlib.shown.result import Result
from cxlib.shown.table import Table
from tests.test_architecture import MODULES, PACKAGE, STUDIES, TREES, floor


@functools.cache
def literal_keys():
    """Return each text's key that stands in the code, with the modules where it does."""
    known = texts.topics()
    found = {}
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                topic, dot, key = node.value.partition(".")
                if (
                    dot
                    and topic in known
                    and re.fullmatch(r"(?!toml|html|js$|css$)[A-Za-z][\w-]*", key)
                ):
                    found.setdefault(node.value, set()).add(name)
    return found


@functools.cache
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


@functools.cache
def keys_in(language_code, topic):
    return {
        f"{topic}.{key}"
        for key, text in texts.load(language_code, topic).items()
        if isinstance(text, str)
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
    furniture = {f"report.{key}" for key in template_keys()}
    looked_up = set(literal) | enums | short | furniture | labels_of_key_figures()
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


def labels_of_key_figures():
    """Return the labels of the key figures that the notebooks name (see `shown.key_figures`)."""
    found = set()
    for path in sorted((PACKAGE.parent / "notebooks").glob("0[1-4]_*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        [source] = ["".join(c["source"]) for c in cells if c["source"][:1] == ["cx.ledger(\n"]]
        [keys] = [
            part.value for part in ast.parse(source).body[0].value.keywords if part.arg == "key"
        ]
        for key in ast.literal_eval(keys):
            figure, choice = (key, {}) if isinstance(key, str) else key
            at = choice.values() if isinstance(choice, dict) else ()
            name = "_".join(["key", *figure.split("."), *at])
            found.add(f"{path.stem.partition('_')[2]}.{name}")
    return found


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


@pytest.mark.parametrize("language_code", texts.languages())
def test_no_two_columns_of_a_result_are_called_one_in_a_csv(language_code):
    for kind in classes(Result):
        shown = Table(
            frame=pd.DataFrame(columns=list(kind.columns)),
            columns=kind.columns,
            topic=language.topic_of(kind),
            language=language_code,
        )
        [said] = csv.reader(shown.to_csv(headings="words").splitlines())
        assert len(said) == len(set(said)), f"{kind.__name__}: {said}"


def test_results_are_made_by_the_names_of_their_fields():
    loose = {
        kind.__name__
        for kind in [Result, *classes(Result)]
        if dataclasses.is_dataclass(kind) and not all(f.kw_only for f in dataclasses.fields(kind))
    }
    assert not loose


@functools.cache
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


# What a text in another language than English must be, by the terms, marks and register of the
# project. To see one file alone: python -m pytest tests/test_texts.py -k "ja and nps"
TRANSLATED = [
    pytest.param(code, topic, id=f"{code}-{topic}")
    for code in texts.languages()
    if code != "en"
    for topic in sorted(texts.topics())
]
in_each_translation = pytest.mark.parametrize(("code", "topic"), TRANSLATED)
PATTERNS = {"common.date", "common.month", "common.moment", "common.quarter", "common.year"}
NAMES = {"", "quoted", "some", "some quoted", "capital"}  # ways to write a name
P_VALUES = {"p", "pvalue"}
# English words that carry a sentence: none of them is a name, a column or a value
ENGLISH = {
    *("the", "an", "is", "are", "was", "were", "be", "been", "of", "to", "that", "this", "these"),
    *("which", "with", "without", "from", "for", "not", "has", "have", "it", "they", "than", "or"),
    *("there", "their", "its", "one", "only", "if", "so", "as", "at", "into", "between"),
}
HOW_TO = ("sheet_how", "settling_how")  # what a coder is asked to write: requests, with examples
CODE = re.compile(
    r"""'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|「[ -~]*」|‘[ -~]*’"""  # what is typed, between marks
    r"|\b\w+\s?[=:]\s?(?:\([^()]*\)|\{(?:[^{}]|\{[^{}]*\})*\})"  # name = (value, value)
    r"|\b[A-Za-z_]+\s?=\s?[^\s、。」]+|\bin \([^()]*\)"
    r"|\b[A-Za-z_][\w.]*\([^()]*\)|\b\w*_\w+|\b\w+\.(?:\w+\.?)+|-p\b"  # call, names, files
)


def texts_of(code, topic):
    """Return each text with its place, `column.n` for one in a table."""

    def walk(found, before=""):
        for key, text in found.items():
            if isinstance(text, dict):
                yield from walk(text, f"{before}{key}.")
            else:
                yield f"{before}{key}", text

    return dict(walk(texts.load(code, topic)))


def fields_of(text):
    """Return (field, way to write it) pairs, also of fields within a choice of words."""
    for _, name, how, conversion in string.Formatter().parse(text):
        if name is not None:
            yield name, "quoted" if conversion == "r" else how
            if "{" in (how or ""):
                yield from fields_of(how)


def only_choose(text):
    """Return fields that write nothing by themselves: they choose an English word by a number, or
    stand in such a word."""
    chosen, written = set(), set()
    for _, name, how, _ in string.Formatter().parse(text):
        if name is not None:
            (chosen if "|" in how else written).add(name)
            chosen |= {inner for inner, _ in fields_of(how)} if "{" in how else set()
    return chosen - written


def words_alone(text):
    """Return a text in which a mark stands for each field, and for what is code."""
    parts = string.Formatter().parse(text)
    return CODE.sub(
        "\ufffc",
        "".join(f"{words}{'' if name is None else chr(0xFFFC)}" for words, name, *_ in parts),
    )


@in_each_translation
def test_a_translation_has_every_key_and_no_other(code, topic):
    english, there = texts_of("en", topic), texts_of(code, topic)
    assert set(english) - set(there) == set(), "missing"
    assert set(there) - set(english) == set(), "more"


@in_each_translation
def test_a_translation_has_the_fields_of_the_english_text(code, topic):
    wrong = {}
    for key, text in pairs(code, topic):
        english = texts_of("en", topic)[key]
        wanted, there = (dict.fromkeys(n for n, _ in fields_of(t)) for t in (english, text))
        lacking = set(wanted) - set(there) - only_choose(english)
        if lacking or set(there) - set(wanted):
            wrong[key] = f"lacks {lacking or '{}'}, has {set(there) - set(wanted) or '{}'} more"
    assert not wrong


@in_each_translation
def test_a_translation_writes_figures_as_the_english_text_does(code, topic):
    """As many digits, days as days; how a name is written is free."""
    wrong = {}
    for key, text in pairs(code, topic):
        known = {}
        for name, how in fields_of(texts_of("en", topic)[key]):
            known.setdefault(name, set()).add(how)
        for name, how in fields_of(text):
            how = how.partition("+")[0]
            as_p = how in P_VALUES and P_VALUES & known.get(name, set())
            counts = how == "integer" and all("|" in way for way in known.get(name, ()))
            if not (how in NAMES or "|" in how or as_p or counts or how in known.get(name, set())):
                wrong[key] = f"{{{name}:{how}}}, in English {sorted(known.get(name, ()))}"
    assert not wrong


def pairs(code, topic):
    english = texts_of("en", topic)
    return [(key, text) for key, text in texts_of(code, topic).items() if key in english]


# (what must not be, where, why)
WRONG = [
    (r"[\uff61-\uff9f]", "ja ko", "half-width katakana"),
    (r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]", "ja ko", "full-width digit or letter"),
    (r"\{\w+!r", "ja ko", "write {x:quoted}"),
    (r"\s%", "ja ko", "no space before %"),
    (r"\{\w+:moment[^}]*\}[^。.]{0,3}UTC", "ja ko", "{time:moment} names its zone itself"),
    (r"[가-힣ㄱ-ㅣ]", "ja", "Hangul"),
    (r"[“”‘’]", "ja", "quotes are 「」"),
    (r"[ぁ-んァ-ヶ一-鿿￼][,.;:!?](?!\w)", "ja", "marks are 、。：；"),
    (r"(?<=[ぁ-んァ-ヶ一-鿿、。]) (?=[ぁ-んァ-ヶ一-鿿])", "ja", "a space between words"),
    (r"[A-Za-z0-9] [ぁ-ん]", "ja", "a space before kana"),
    (r"(です|ます|でした|ました|ません|ください)(?=[。、」）]|$)", "ja", "です・ます on a page"),
    (
        r"有意差|差はなかった|横ばい|傾向が見られ|離職|ウェイト|ウェーブ|あなた|私たち|弊社|痛点|障害物"
        r"|検定力|有効サンプル",
        "ja",
        "a word that the terms forbid",
    ),
    (r"[「」『』、。・：；（）〜！？　]", "ko", "a mark of Japanese"),
    (r"[ぁ-んァ-ヶ一-鿿]", "ko", "Han or kana"),
    (r"[은는이가을를과와]\([은는이가을를과와]\)|\(으\)로", "ko", "은(는): write {x:…+은}"),
    (
        r"\}[’”\"'\]]?(?:(?:은|는|이|가|을|를|과|와|으로|로|이라는|라는|이며|며|이고|고|이나|나)"
        r"(?![가-힣])|으?로(?:부터|서|는|도)|이?라[고는]|[이였]었?[다습])",
        "ko",
        "a particle right after a field: write {x:…+은}",
    ),
    (r"(?<!니)다\.|요\.|세요", "ko", "the register is 합니다"),
    (
        r"[가-힣] (?:은|는|을|를|과|와|으로|로|의|에서|까지|부터)(?![가-힣])",
        "ko",
        "a space before a particle",
    ),
    (
        r"유의차|차이가 없었|변화 없음|귀하|당신|거래량|장애물|웨이브|되어집|보여집|보여지|비방자"
        r"|붓스트랩|중위수|표본 크기|신뢰 구간",
        "ko",
        "a word that the terms forbid",
    ),
]


REQUESTED = {"です・ます on a page", "Hangul", "Han or kana"}


@in_each_translation
def test_a_translation_keeps_the_marks_and_the_register(code, topic):
    wrong = [
        f"{key}: {why}: {found[0]!r} in {text}"
        for key, text in texts_of(code, topic).items()
        if f"{topic}.{key}" not in PATTERNS
        for pattern, where, why in WRONG
        if code in where and (found := re.search(pattern, seen_by(pattern, text)))
        if not (key.startswith(HOW_TO) and why in REQUESTED)
        if not (topic == "cli" and why == "です・ます on a page")  # a command speaks politely
    ]
    assert not wrong, "\n".join(wrong)


def seen_by(pattern, text):
    """Return the text as it stands for a rule about fields, else its words alone."""
    return text if pattern.startswith((r"\{", r"\}")) else words_alone(text)


@in_each_translation
def test_a_translation_has_half_width_brackets_in_code_alone(code, topic):
    wrong = {
        key: text
        for key, text in texts_of(code, topic).items()
        if re.search("[()]", words_alone(text))
    }
    assert code != "ja" or not wrong


@in_each_translation
def test_a_translation_ends_as_a_sentence_where_the_english_text_does(code, topic):
    """A noun may stand for an English sentence, a sentence for no English noun; a mark alone is
    neither."""
    end, sentence = {"ja": ("。", "(?!)"), "ko": (".", "다$")}[code]
    wrong = {}
    for key, text in pairs(code, topic):
        ends = texts_of("en", topic)[key].endswith((".", "?"))
        if text == end:
            continue
        if text.endswith(end) > ends or (ends and re.search(sentence, text)):
            wrong[key] = text
    assert not wrong


@in_each_translation
def test_no_english_is_left_in_a_translation(code, topic):
    wrong = {}
    for key, text in pairs(code, topic):
        words = words_alone(text)
        left = [word for word in re.findall("[A-Za-z]+", words) if word in ENGLISH]
        left += re.findall(r"(?:\b[a-z]{2,}\b +){2,}[a-z]{2,}", words)
        if text == texts_of("en", topic)[key] and f"{topic}.{key}" not in PATTERNS:
            left += re.findall(r"\b[a-z]{4,}\b", words)
        if left:
            wrong[key] = left
    assert not wrong


@in_each_translation
def test_a_korean_particle_after_a_name_has_a_noun(code, topic):
    wrong = {}
    for key, text in texts_of(code, topic).items():
        for name, how in fields_of(text):
            way, plus, suffix = how.partition("+")
            if plus and not (particles.split(suffix)[0] or way not in NAMES):
                wrong[key] = f"{{{name}:{how}}}: give a noun, as in {{{name}:{way}+그룹{suffix}}}"
    assert not wrong
    assert code == "ko" or "+" not in {
        h for t in texts_of(code, topic).values() for _, h in fields_of(t)
    }
