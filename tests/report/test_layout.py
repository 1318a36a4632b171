"""A page begins with what a reader asks, says nothing twice, and nothing of what is not there."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from tests.report.test_export import PNG, page_of, shown


def block(tag, words):
    return new_markdown_cell(words, metadata={"tags": [tag]})


PICTURE = shown({"image/png": PNG}, {"image/png": {"alt": "the figure"}})
FINDING = shown(
    {
        "text/html": '<div class="cx-flags cx-doubts"><p>Few.</p></div><div class="cx-finding">'
        "<p>It rose.</p><p>" + "long " * 80 + "</p></div>"
    }
)
NOT_SHOWN = {"text/html": '<div class="cx-absent"><p>Not shown: no column.</p></div>'}
ABSENT, MISSING = shown(NOT_SHOWN), shown(NOT_SHOWN)
PAGE = [
    block("question", "# T\n\n## 1 The question\n\nWhy?"),
    block("parameters", "## 2 Lines to change"),
    block("read", "## 3 What was read\n\n### Rows"),
    block("finding", "## 5 The finding\n\nLead."),
    FINDING,
    new_markdown_cell("About the figure. See [trust](#6-Can-this-be-trusted?)."),
    PICTURE,
    block("trust", "## 6 Can this be trusted?\n\n**Weights.** A long word about them."),
    ABSENT,
    block("detail", "## 7 In detail\n\n### 3 waves\n\nAbout them."),
    MISSING,
    new_markdown_cell("This stays."),
    shown({"text/plain": "seen"}),
    block("methods", "## 8 Methods"),
]


def test_the_figure_comes_first_and_the_appendix_last():
    _, soup = page_of(*PAGE)
    order = [
        each.get_text(strip=True) or each.get("alt") for each in soup.select("h1, h2, h3, h4, img")
    ]
    assert order[:6] == [
        "T",
        "The finding",
        "the figure",
        "Can this be trusted?",
        "In detail",
        "3 waves",
    ]
    assert order[6:] == [
        *["How this was done", "The question", "What was read", "Rows", "Methods"],
        *["Lines to change", "Parameters", "How this page was made"],
    ]
    names = [each.name for each in soup.select("footer :is(h2, h3, h4)")]
    assert names == ["h2", "h3", "h3", "h4", "h3", "h3", "h3", "h3"]
    assert soup.select_one(".lead > .shown + .prose").get_text().startswith("About the figure.")
    assert soup.find(id="6-Can-this-be-trusted?").name == "h2"  # links within a notebook hold
    assert [link.string for link in soup.select("nav ol a")] == [
        *["The finding", "Can this be trusted?", "In detail", "3 waves", "How this was done"]
    ]


def test_nothing_is_said_twice():
    page, soup = page_of(*PAGE)
    assert page.headline == "It rose."
    text = soup.get_text()
    assert (text.count("It rose."), text.count("Few."), text.count("long long")) == (1, 1, 40)


@pytest.mark.parametrize(("letter", "said"), [("x", True), ("字", False), ("글", False)])
def test_a_headline_is_as_wide_in_every_language(letter, said):
    """200 letters are read at a glance where they are Latin, not where each is twice as wide."""
    told = f'<div class="cx-finding"><p>It rose.</p><p>{letter * 200}</p></div>'
    page, _ = page_of(block("finding", "## 5 The finding"), shown({"text/html": told}))
    assert (letter in page.headline) == said


def test_prose_about_what_is_not_there_leaves_its_topic_alone():
    _, soup = page_of(*PAGE)
    text = soup.select_one("article").get_text(" ", strip=True)
    assert "A long word" not in text
    assert "About them" not in text
    assert "Weights. Not shown: no column." in text
    assert "3 waves Not shown: no column." in text
    assert "This stays. seen" in text


def test_a_page_without_tags_keeps_its_order():
    cells = [
        new_markdown_cell(cell.source) if cell.cell_type == "markdown" else cell for cell in PAGE
    ]
    _, soup = page_of(*cells)
    headings = [each.get_text() for each in soup.select("article h2")]
    assert headings == [
        *["1 The question", "2 Lines to change", "3 What was read", "5 The finding"],
        *["6 Can this be trusted?", "7 In detail", "8 Methods"],
    ]
    assert len(soup.select("details.code")) == 1
    long = [new_markdown_cell(f"## {n} a\n\n### b") for n in range(5)]
    assert len(page_of(*long)[1].select("nav ol a")) == 6


def test_a_finding_without_a_figure_is_a_page():
    _, soup = page_of(block("finding", "## 5 A"), FINDING, new_code_cell("1"))
    assert soup.select_one(".lead h2").string == "A"
    output = new_output("display_data", {"text/html": '<div class="cx-finding">All.</div>'})
    _, soup = page_of(block("finding", "x"), new_code_cell("1", outputs=[output]))
    assert soup.get_text().count("All.") == 1
