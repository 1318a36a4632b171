"""Published pages in a real browser, opened from the file system: nothing fetched, nothing missing,
readable on a phone."""

import base64
from urllib.parse import unquote

import pytest

from cxlib.report.sanitize import inert_html
from tests.report.test_sanitize import ATTACKS, ELEMENTS, KNOWN

pytestmark = pytest.mark.browser

MISSING = "[...document.images].filter(i => !i.complete || i.naturalWidth == 0 || !i.alt).map(i => i.outerHTML.slice(0, 200))"  # noqa: E501
DEAD = (
    "[...document.querySelectorAll('a[href^=\"#\"]')].map(a => "
    "a.getAttribute('href').slice(1)).filter(i => i && "
    "!document.getElementById(i) && !document.getElementById(decodeURIComponent(i)))"
)
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Japanese and Korean letters are one em wide; the box that stands for a missing one is narrower
BOXES = """[...function* () {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const at = node.data.search(/[\\u3041-\\u30fa\\u4e00-\\u9fff\\uac00-\\ud7a3]/);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at); range.setEnd(node, at + 1);
    const width = range.getBoundingClientRect().width / parseFloat(getComputedStyle(node.parentElement).fontSize);
    if (width > 0 && width < 0.8) yield node.data.slice(0, 40);
  }
}()]"""  # noqa: E501
NAMELESS = "[...document.querySelectorAll('a, summary')].filter(e => !e.textContent.trim()).length"


ALIEN = """known => [...document.querySelectorAll('body *')].flatMap(e =>
  [e.localName, ...[...e.attributes].map(a => `${e.localName}[${a.name}]`)]
).filter(name => !known.includes(name.replace(/.*\\[(.*)\\]/, '$1')))"""


def test_a_browser_runs_and_fetches_nothing_of_hostile_html(opened, tmp_path):
    """Without the page's policy, which would stop most of it as well."""
    shapes = [each for attack in ATTACKS for each in (attack, f"<table><td>{attack}", attack * 2)]
    parts = "".join(f"<div>{inert_html(shape)}</div>" for shape in shapes)
    path = tmp_path / "hostile.html"
    path.write_text(
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><link rel="icon" href="data:,">'
        f"<title>hostile</title></head><body>{parts}<p>end</p></body></html>",
        encoding="utf-8",
    )
    page = opened(path)
    page.on("dialog", lambda dialog: page.problems.append(f"dialog: {dialog.message}"))
    page.reload()
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
    page.evaluate("document.querySelectorAll('a').forEach(link => link.click())")
    assert page.problems == []
    assert page.url == path.as_uri()
    assert page.evaluate(ALIEN, sorted(ELEMENTS | KNOWN)) == []
    assert page.locator("body > p").inner_text() == "end"


def whole(page):
    assert page.problems == []
    assert page.evaluate(MISSING) == []
    assert page.evaluate(DEAD) == []
    assert page.evaluate(NAMELESS) == 0
    for _ in range(50):  # the font of the page takes a moment
        if not (boxes := page.evaluate(BOXES)):
            break
        page.wait_for_timeout(100)
    assert boxes == []
    assert page.evaluate("document.documentElement.lang") == "en"
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
    assert page.evaluate(WIDE) <= 0, "the page scrolls sideways"


def reachable(opened, published):
    """Open every page that the index links to, and those that these link to."""
    index = opened(published / "index.html")
    whole(index)
    links = index.evaluate("[...document.querySelectorAll('a')].map(a => a.getAttribute('href'))")
    paths = [published / unquote(link) for link in links]
    assert all(path.is_file() for path in paths)
    return paths


@pytest.mark.parametrize("width", [1280, 400])
def test_small_reports(opened, tiny, width):
    pages = reachable(opened, tiny)
    assert sorted(path.name for path in pages) == ["failed.html", "report.html"]
    for path in pages:
        whole(opened(path, width=width))


def test_code_unfolds_and_the_table_of_contents_leads_to_its_place(opened, tiny):
    page = opened(next(tiny.glob("nps/*/report.html")))
    fold = page.locator("details.code").first
    assert not fold.locator(".highlight").is_visible()
    fold.locator("summary").click()
    assert fold.locator(".highlight").is_visible()
    page.locator("nav ol a").nth(2).click()
    assert page.evaluate("document.querySelector(':target').textContent") == "3 고객의 말"
    whole(page)


def test_a_table_is_saved_as_its_exact_csv(opened, tiny, tmp_path):
    page = opened(next(tiny.glob("nps/*/report.html")))
    with page.expect_download() as download:
        page.locator("a.download").first.click()
    assert download.value.suggested_filename == "nps-table-1.csv"
    assert page.locator("a.download").count() == page.locator("article table").count() == 2
    content = base64.b64decode(
        page.locator("a.download").first.get_attribute("href").partition("base64,")[2]
    ).decode("utf-8-sig")
    assert (
        content
        == '国,n,comment\n日本,12,<script>alert(1)</script>\n한국,-3,"\'=HYPERLINK(""x"")"\n'
    )


def test_the_sample_reports(opened, sample_reports):
    pages = reachable(opened, sample_reports)
    assert [path.parent.parent.name for path in pages] == [
        "start_here",
        "interviews",
        "bias",
        "nps",
        "retention",
    ]
    for path in pages:
        for width in (1280, 400):
            page = opened(path, width=width)
            whole(page)
        assert page.locator("h1").count() == 1
        assert page.locator("a.download").count() == page.locator("article table").count()
        if path.parent.parent.name != "start_here":
            assert page.locator("header .headline").inner_text()
            assert page.locator("nav ol a").count() >= 5
            assert page.locator("figure.picture img").count() >= 1
