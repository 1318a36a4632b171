"""Prose of a notebook in the reader's language: by what it says, never by its place."""

import json

import pytest

from cxlib.report.notebook import read_notebook
from cxlib.report.translation import in_language, mark

ENGLISH = ["# Did the score move?", "Every answer is counted."]
JAPANESE = ["# スコアは動いたか", "回答はすべて数えます。"]


def write(path, cells):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": cells, "metadata": {}}), encoding="utf-8")


def prose(source, **metadata):
    return {"cell_type": "markdown", "source": source.splitlines(True), "metadata": metadata}


@pytest.fixture
def notebooks(tmp_path):
    folder = tmp_path / "notebooks"
    code = {"cell_type": "code", "source": "a = 1", "metadata": {}, "outputs": []}
    write(folder / "03_nps.ipynb", [prose(ENGLISH[0]), code, prose(ENGLISH[1])])
    translated = [prose(j, english=mark(e)) for j, e in zip(JAPANESE, ENGLISH, strict=True)]
    write(folder / "ja" / "03_nps.ipynb", [translated[0], code, translated[1]])
    return folder


def said(path, language):
    return [cell.source for cell in in_language(read_notebook(path), path, language).cells]


def test_prose_is_put_into_the_language_and_back(notebooks):
    english, japanese = notebooks / "03_nps.ipynb", notebooks / "ja" / "03_nps.ipynb"
    for path in (english, japanese):
        assert said(path, "ja") == [JAPANESE[0], "a = 1", JAPANESE[1]]
        assert said(path, "en") == [ENGLISH[0], "a = 1", ENGLISH[1]]
    assert said(english, "ko") == [ENGLISH[0], "a = 1", ENGLISH[1]]  # there is none


def test_a_copy_keeps_its_code_and_what_she_wrote_herself(notebooks):
    mine = notebooks / "mine" / "nps of our shop.ipynb"
    code = {"cell_type": "code", "source": "b = 2", "metadata": {}, "outputs": []}
    write(mine, [prose("My own words."), code, prose(ENGLISH[1] + "\n"), prose(ENGLISH[0] + "?")])
    assert said(mine, "ja") == ["My own words.", "b = 2", JAPANESE[1], ENGLISH[0] + "?"]


def test_a_notebook_alone_stays_as_it_is(tmp_path):
    write(tmp_path / "alone.ipynb", [prose(ENGLISH[0])])
    assert said(tmp_path / "alone.ipynb", "ja") == [ENGLISH[0]]


@pytest.mark.parametrize(
    "content", ["", "[]", '{"cells": [{"source": 1}]}', '{"cells": 3}', "\x00"]
)
def test_what_is_no_notebook_translates_nothing(notebooks, content):
    (notebooks / "ja" / "03_nps.ipynb").write_text(content)
    assert said(notebooks / "03_nps.ipynb", "ja") == [ENGLISH[0], "a = 1", ENGLISH[1]]
