"""Published pages in a real browser, opened from the file system: nothing fetched, nothing missing,
readable on a phone."""

import base64
from urllib.parse import unquote

import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cxlib.report.export import export
from cxlib.report.sanitize import inert_html
from cxlib.shown import Table
from tests.benchmarks.bench_pages import MOST, newest_pages, weigh
from tests.report.test_export import HEADER
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
    const e = node.parentElement, scaled = e.getScreenCTM ? e.getScreenCTM() : {a: 1, b: 0};
    const size = parseFloat(getComputedStyle(e).fontSize) * Math.hypot(scaled.a, scaled.b);
    const width = range.getBoundingClientRect().width / size;
    if (width > 0 && width < 0.8) yield node.data.slice(0, 40);
  }
}()]"""
NAMELESS = "[...document.querySelectorAll('a, summary')].filter(e => !e.textContent.trim()).length"


# words of figures that lie outside them
CUT = """[...document.querySelectorAll('figure.picture svg text')].filter(text => {
  const a = text.getBoundingClientRect(), b = text.ownerSVGElement.getBoundingClientRect();
  return a.left < b.left || a.right > b.right || a.top < b.top || a.bottom > b.bottom;
}).map(text => text.textContent)"""
TWICE = """(all => all.length - new Set(all.map(e => e.id)).size)(
  [...document.querySelectorAll('[id]')])"""
# stops of the Tab key before the first figure
TO_FIGURE = """(() => {
  const figure = document.querySelector('.lead img, .lead figure svg');
  return [...document.querySelectorAll('a[href], summary, input, [tabindex="0"]')].filter(
    stop => stop.compareDocumentPosition(figure) & Node.DOCUMENT_POSITION_FOLLOWING).length;
})()"""

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
    assert not fold.locator(".highlight").first.is_visible()
    fold.locator("summary").click()
    assert fold.locator(".highlight").first.is_visible()
    page.locator("nav ol a").nth(2).click()
    assert page.evaluate("document.querySelector(':target').textContent") == "3 고객의 말"
    whole(page)


def test_a_table_is_saved_as_its_exact_csv(opened, tiny, tmp_path):
    page = opened(next(tiny.glob("nps/*/report.html")))
    with page.expect_download() as download:
        page.locator("a.download").first.click()
    assert download.value.suggested_filename == "nps-table-1.csv"
    assert page.locator("a.download").count() == page.locator("main table:not(.plain)").count() == 2
    content = base64.b64decode(
        page.locator("a.download").first.get_attribute("href").partition("base64,")[2]
    ).decode("utf-8-sig")
    assert (
        content
        == '国,n,comment\n日本,12,<script>alert(1)</script>\n한국,-3,"\'=HYPERLINK(""x"")"\n'
    )


def long_page(folder, rows, **how):
    frame = pd.DataFrame({"name": [f"店舗{n} Ｓ" for n in range(rows)], "n": range(rows)})
    outputs = [new_output("display_data", Table(frame=frame)._repr_mimebundle_())]
    cells = [new_markdown_cell("# Long"), new_code_cell("1", outputs=outputs)]
    page = export(new_notebook(cells=cells), name="nps", header=HEADER, **how)
    (folder / "report.html").write_text(page.html, encoding="utf-8")
    for name, attached in page.files.items():
        (folder / name).write_text(attached.content, encoding="utf-8-sig", newline="")
    return folder / "report.html"


ROWS = """[...document.querySelectorAll('figure.table tbody tr')]
  .filter(row => row.checkVisibility()).length"""


@pytest.mark.parametrize(
    ("typed", "left"), [("店舗4", 11), ("s 49", 1), ("ＳＳ", 0), ("", 50), ("店舗300", 0)]
)
def test_the_rows_on_a_page_are_searched(opened, tmp_path, typed, left):
    page = opened(long_page(tmp_path, 412))
    assert page.evaluate(ROWS) == 50
    page.get_by_label("Find in this table").fill(typed)
    assert page.evaluate(ROWS) == left
    said = f"{left} of the 50 rows on this page; 362 more rows are in the CSV alone"
    assert page.locator(".find [role=status]").inner_text() == (said if typed else "")
    page.keyboard.press("Escape")
    assert page.evaluate(ROWS) == 50
    assert page.problems == []


def test_without_its_script_a_long_table_is_whole_and_has_no_box(browser, tmp_path):
    page = browser.new_page(java_script_enabled=False)
    page.goto(long_page(tmp_path, 50).as_uri())
    assert page.locator("figure.table tbody tr:visible").count() == 50
    assert not page.get_by_label("Find in this table").is_visible()
    page.close()


@pytest.mark.parametrize("single_file", [False, True])
def test_a_long_table_is_saved_from_the_file_system(opened, tmp_path, single_file):
    page = opened(long_page(tmp_path, 412, single_file=single_file))
    with page.expect_download() as download:
        page.locator("a.download").click()
    saved = download.value.path().read_text(encoding="utf-8-sig")
    assert saved.splitlines()[0] == "name,n"
    assert len(saved.splitlines()) == 413
    assert (tmp_path / "table-01.csv").exists() is not single_file
    # Playwright calls it a request that failed where a link turns into a download
    assert [each for each in page.problems if not each.endswith("table-01.csv")] == []


def test_the_sample_pages_are_light(sample_reports):
    weights = {name: weigh(page) for name, page in newest_pages(sample_reports).items()}
    assert len(weights) == 5
    assert {name: each for name, each in weights.items() if each["page"] > MOST} == {}


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
            if path.parent.parent.name != "start_here":
                assert page.evaluate(TO_FIGURE) <= 12
                end = page.locator(".lead img, .lead figure svg").first.bounding_box()
                assert end["y"] + end["height"] <= (1000 if width == 1280 else 2 * 844)
        assert page.locator("h1").count() == 1
        assert page.locator("a.download").count() == page.locator("main table:not(.plain)").count()
        if path.parent.parent.name != "start_here":
            assert page.locator("header .headline").inner_text()
            assert 4 <= page.locator("nav ol a").count() <= 9
            assert page.locator(".keys dl > div").count() in (3, 4, 5)
            assert page.locator("figure.picture svg").count() >= 4
            assert page.evaluate(CUT) == []
            assert page.evaluate(TWICE) == 0
            words = page.locator("figure.picture svg text").first
            assert "cx-figure" in words.evaluate("text => getComputedStyle(text).fontFamily")
            assert words.evaluate("text => window.find(text.textContent, true)")
