"""axe finds nothing on published pages: at both widths, folds closed and open, light, dark and in
forced colours."""

import itertools

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from nbformat.v4 import new_notebook

from cxlib.report.export import export
from cxlib.report.site import write_index
from tests.browser.test_hostile import cells, pages
from tests.browser.test_pages import long_page
from tests.hostile import PAYLOADS
from tests.report.shelves import FIGURE, put_run, put_state
from tests.report.test_export import HEADER

pytestmark = pytest.mark.browser

FOLDS = "open => document.querySelectorAll('details').forEach(fold => { fold.open = open })"
WIDTHS = (1280, 390)
SCHEMES = tuple(
    {"forced_colors": forced, "color_scheme": scheme}
    for forced, scheme in itertools.product(("none", "active"), ("light", "dark"))
)
# over a gradient axe measures no contrast; that of a table only shades the edge where it goes on
PLAIN = ".scroll { background: none !important }"
RUN = """([context, options]) => axe.run(context, {...options, resultTypes: ['violations']}).then(
  ({passes, violations}) => [passes.length, violations.map(({id, nodes}) =>
    [id, nodes.length, ...nodes.slice(0, 3).map(n => n.html.slice(0, 150) + n.failureSummary)])])"""
# target-size is of WCAG 2.2, and off where nobody asks
RULES = {"rules": {"color-contrast": {"enabled": False}, "target-size": {"enabled": True}}}
COLOURS = {"runOnly": ["color-contrast"]}
# rows, items and quotes are coloured alike: to measure each takes ten times as long
FEW = {
    "exclude": [
        *("article li:nth-child(n+3)", "tbody tr:nth-child(n+3)"),
        *("blockquote + blockquote", ".highlight + .highlight"),
    ]
}


@pytest.fixture
def axe(browser):
    """Open a page and look at it with axe, beside its policy, which would not let axe in."""
    page = browser.new_page(bypass_csp=True)

    def run(options, context):
        passes, found = page.evaluate(RUN, [context, options])
        assert passes, "axe looked at nothing"
        return found

    def look(path):
        page.goto(path.as_uri())
        page.add_style_tag(content=PLAIN)
        page.evaluate(AXE_SCRIPT)
        found = []
        for width, opened in itertools.product(WIDTHS, (False, True)):
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate(FOLDS, opened)
            found += [(width, opened, *each) for each in run(RULES, "html")]
        page.set_viewport_size(
            {"width": WIDTHS[0], "height": 900}
        )  # colours are no matter of width
        for scheme in SCHEMES:
            page.emulate_media(**scheme)
            found += [(*scheme.values(), *each) for each in run(COLOURS, FEW)]
        page.emulate_media(**SCHEMES[0])
        return found

    yield look
    page.close()


def test_it_sees_what_is_wrong(axe, tmp_path):
    path = tmp_path / "wrong.html"
    path.write_text(
        "<!DOCTYPE html><title>x</title><style>@media (prefers-color-scheme: dark) "
        "{ table { background: #fff; color: #eee } }</style><main><h1>x</h1><h3>y</h3>"
        '<div class="scroll" style="background: linear-gradient(#fff, #fff)"><table><tbody>'
        "<tr><td>words</td></tr></tbody></table></div><details><img src='x.png'></details>",
        encoding="utf-8",
    )
    found = axe(path)
    folded = {each[:2] for each in found if "image-alt" in each}
    assert folded == {(width, True) for width in WIDTHS}, "in an open fold alone"
    assert {each[:2] for each in found if "color-contrast" in each} == {("none", "dark")}
    assert {"html-has-lang", "heading-order"} <= set(itertools.chain(*found))


def test_the_sample_reports(axe, sample_reports):
    for path in (*sorted(sample_reports.glob("*/*/report.html")), sample_reports / "index.html"):
        assert axe(path) == [], path


def test_a_hostile_page_and_a_failed_one(axe, tmp_path):
    words = list(PAYLOADS.values())
    title = cells("")[0]
    hostile = new_notebook(cells=[title, *(cells(word)[1] for word in words)])
    report = tmp_path / "report.html"
    report.write_text(export(hostile, name="nps", header=HEADER).html, encoding="utf-8")
    assert axe(report) == []
    failed = tmp_path / "failed.html"
    failed.write_text(dict(pages(" ".join(words)))["failed.html"], encoding="utf-8")
    assert axe(failed) == []


def test_a_long_table_with_its_search(axe, tmp_path):
    assert axe(long_page(tmp_path, 412)) == []


def test_an_index_with_every_standing(axe, tmp_path):
    for days in range(12):
        put_run(tmp_path, "nps", days=days, figure=FIGURE | {"value": 30.0 + days})
    put_run(tmp_path, "顧客の声", title="お客様は何を語り、私たちの理解は一致しているか")
    put_run(tmp_path, "retention", title="Do they stay?")
    put_run(tmp_path, "retention", days=-1, status="failed")
    put_run(tmp_path, "bias", status="failed")
    put_state(tmp_path, "wavee", status="refused", message="'wavee' is unknown; " * 20)
    put_state(tmp_path, "nps-japan", status="left_out", message="country='Japan' has 37 answers")
    assert axe(write_index(tmp_path)) == []
