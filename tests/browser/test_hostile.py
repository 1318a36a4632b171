"""Hostile words as segment, comment, column, code, file, parameter and title: in a real browser,
with the page's policy and without it, nothing runs, nothing is fetched, no figure is turned around.
"""

import functools
import json
import re
import warnings

import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import cxlib as cx
from cxlib.report.export import export
from cxlib.report.pages import render
from cxlib.report.site import write_index
from cxlib.shown import Table, picture, theme
from cxlib.shown.inline_svg import MIME, PAGE
from tests.hostile import LEGITIMATE, PAYLOADS
from tests.report.test_export import HEADER

pytestmark = pytest.mark.browser

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
ACTIVE = (
    "document.querySelectorAll("
    "'script, iframe, object, embed, form, math, svg:not(figure > svg)').length"
)
OUTSIDE = "[...document.images].filter(i => !i.src.startsWith('data:')).length"
LINKS = "document.querySelectorAll('a[href^=javascript]').length"  # to the web they may lead
HIDDEN = r"/[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\x00-\x08\x0b-\x1f\x7f-\x9f]/g"
HIDES = f"(document.documentElement.outerHTML.match({HIDDEN}) || []).length"
# where the letters of a text stand: from above, from the left
PLACES = """of => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  for (let node; (node = walker.nextNode());) {
    const at = node.data.indexOf(of);
    if (at < 0 || !node.parentElement.checkVisibility()) continue;
    found.push([...of].map((letter, i) => {
      const range = document.createRange();
      range.setStart(node, at + i); range.setEnd(node, at + i + 1);
      const {left, top} = range.getBoundingClientRect();
      return [top, left];
    }));
  }
  return found;
}"""


def bundle(shown):
    data = shown._repr_mimebundle_()
    return new_output("execute_result", data)


def figure(word):
    ax = theme.axes(width=3, height=1)
    ax.set_axis_off()
    ax.text(0, 0.5, f"{word} 12 of 30")
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        patch.setenv(PAGE, "1")
        warnings.filterwarnings("ignore", "Glyph .* missing")
        data, about = picture(ax, word)._repr_mimebundle_()
    assert MIME in data
    return new_output("display_data", data, metadata=about)


def cells(word):
    """A notebook as a kernel leaves it: the word wherever somebody's data or code may have it."""
    frame = pd.DataFrame({"segment": [word], word: [word], "comment": [word], "n": [12]})
    flags = cx.shown.Message("common.more_rows", n=2)
    return [
        new_markdown_cell("# Who answers?"),
        new_code_cell(
            f"# {word!r}\n" + "\n".join(f"# {line}" for line in word.splitlines()),
            outputs=[
                bundle(cx.finding(f"{word} has 12 of 30 answers.", flags=(flags, word))),
                bundle(Table(frame=frame, caption=word)),
                bundle(cx.flags([word])),
                new_output("stream", text=f"{word} 12 of 30\n"),
                new_output("display_data", {"text/html": frame.to_html()}),
                new_output("display_data", {"text/html": f"<p dir=rtl>{word} 12 of 30</p>"}),
                new_output("display_data", {"text/markdown": f"{word} 12 of 30"}),
                new_output("display_data", {"text/latex": word}),
                figure(word),
                new_output("error", ename=word, evalue=word, traceback=[word]),
            ],
        ),
    ]


@functools.cache
def pages(word):
    """The two pages of a word, by their files' names."""
    about = {"name": word, "meaning": word, "value": word}
    file = {"path": f"data/{word}.csv", "bytes": 1, "files": 1, "sha256": "ab" * 32}
    header = {**HEADER, "parameters": [about], "inputs": [file], "command": f"cx run '{word}'"}
    page = export(new_notebook(cells=cells(word)), name="nps", header=header)
    error = {"message": word, "details": word, "cell": 1, "cells": 2, "heading": word}
    failed = render(
        "failed.html.j2",
        title=word,
        name=word,
        time=HEADER["time"],
        error=error,
        kind=word,
        last_good=None,
        notebook_kept=True,
        command=word,
    )
    return {"report.html": page.html, "failed.html": failed}


def inert(page):
    assert page.problems == []
    assert page.title() != "owned"
    for script in (ACTIVE, OUTSIDE, LINKS, HIDES):
        assert page.evaluate(script) == 0, script
    assert page.evaluate("getComputedStyle(document.body).direction") == "ltr"
    for places in page.evaluate(PLACES, "12 of 30"):
        assert places == sorted(places), "figures are turned around"


@pytest.mark.parametrize("policy", ["with the policy", "without"])
@pytest.mark.parametrize("name", PAYLOADS)
def test_hostile_words_do_nothing_in_a_page(opened, tmp_path, name, policy):
    for file, html in pages(PAYLOADS[name]).items():
        path = tmp_path / file
        path.write_text(POLICY.sub("", html) if policy == "without" else html, encoding="utf-8")
        page = opened(path)
        page.on("dialog", lambda dialog, page=page: page.problems.append(dialog.message))
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
        page.evaluate(
            "document.querySelectorAll('a:not([download])').forEach(link => link.focus())"
        )
        inert(page)
        assert page.url == path.as_uri()


def test_hostile_words_do_nothing_in_the_index(opened, tmp_path):
    for number, word in enumerate(PAYLOADS.values()):
        folder = tmp_path / f"report{number}" / "20261122T093105Z-aaaa"
        folder.mkdir(parents=True)
        manifest = {
            "started": "2026-11-22T09:31:05.000+00:00",
            "status": "published" if number % 2 else "failed",
            "notebook": f"{word}.ipynb",
            "given": {word: word, "columns": {word: [word]}},
            "title": word,
            "headline": f"{word} 12 of 30",
            "error": {"message": f"{word} 12 of 30"},
        }
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    page = opened(write_index(tmp_path))
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
    # its own script alone, which the policy allows by its hash, has run
    assert page.evaluate("document.scripts.length") == 1
    assert page.evaluate("document.scripts[0].textContent").startswith('"use strict";')
    page.evaluate("document.scripts[0].remove()")
    inert(page)


def test_figures_behind_names_from_the_right_stay_in_order(opened, tmp_path):
    """The names themselves read from right to left, as they should."""
    for name in ("hebrew", "arabic"):
        word = LEGITIMATE[name].replace("\u200f", "").partition(" ")[0]
        sentence = cx.shown.message.Names((word, "12 of 30")).text("en")
        notebook = new_notebook(
            cells=[
                new_markdown_cell("# Who answers?"),
                new_code_cell("1", outputs=[bundle(cx.finding(sentence)), bundle(cx.say(word))]),
            ]
        )
        path = tmp_path / f"{name}.html"
        path.write_text(export(notebook, name="nps", header=HEADER).html, encoding="utf-8")
        page = opened(path)
        inert(page)
        assert len(page.evaluate(PLACES, "12 of 30")) >= 2
        for places in page.evaluate(PLACES, word):
            letters = [
                place for place, letter in zip(places, word, strict=True) if letter.isalpha()
            ]
            assert letters == sorted(letters, reverse=True)
        alone = page.locator("article .cx-say p")
        assert alone.evaluate("e => getComputedStyle(e).direction") == "rtl"
