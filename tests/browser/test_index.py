"""The index in a real browser: filter, folds by keyboard, contrast, hostile names, one screen."""

from urllib.parse import unquote

import pytest

from cxlib.report.site import write_index
from tests.browser.test_pages import WIDE, whole
from tests.report.shelves import FIGURE, put_run, put_state
from tests.report.test_site import HOSTILE, NAMES

pytestmark = pytest.mark.browser

VISIBLE = (
    "[...document.querySelectorAll('section.report')].filter(e => e.offsetParent).map(e => e.id)"
)
# what a reader must tell apart from its ground: WCAG 2.2, 1.4.3
FAINT = """[...document.querySelectorAll('main *')].filter(e => [...e.childNodes].some(
  node => node.nodeType === 3 && node.data.trim())).flatMap(e => {
  const part = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const [r, g, b] = getComputedStyle(e).color.match(/[\\d.]+/g).map(Number);
  const light = 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  return 1.05 / (light + 0.05) < 4.5 ? [e.outerHTML.slice(0, 100)] : [];
})"""


@pytest.fixture
def site(tmp_path):
    out = tmp_path / "out"
    for days in range(60):
        put_run(out, "nps", days=days, order=60 - days, figure=FIGURE | {"value": 30.0 + days % 7})
    put_run(out, "顧客の声", title="お客様は何を語り、私たちの理解は一致しているか")
    put_run(out, "retention", title="Do they stay?")
    put_run(out, "retention", title="Do they stay?", days=-1, status="failed")
    put_state(out, "wavee", status="refused", message="'wavee' is unknown; did you mean 'wave'?")
    put_state(out, "nps-japan", status="left_out", message="country='Japan' has 37 answers")
    write_index(out)
    return out


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("顧客", ["顧客の声"]),
        ("ＮＰＳ", ["nps", "nps-japan"]),
        ("stay", ["retention"]),
        ("refused", ["wavee"]),
        ("did nps", ["nps"]),
        ("nothing of that", []),
        ("(", []),
    ],
)
def test_the_filter_finds_by_name_title_and_standing(opened, site, typed, left):
    page = opened(site / "index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "_filter"
    page.keyboard.insert_text(typed)
    assert sorted(page.evaluate(VISIBLE)) == sorted(left)
    assert page.locator("#_count").inner_text() == f"{len(left)} of 5 shown"
    page.keyboard.press("Escape")
    assert len(page.evaluate(VISIBLE)) == 5
    assert page.locator("#_count").inner_text() == ""
    whole(page)


def test_without_a_script_all_is_shown_and_no_box(browser, site):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto((site / "index.html").as_uri())
    assert page.locator("section.report:visible").count() == 5
    assert page.locator("#_filter").is_hidden()
    page.locator("#nps summary").first.click()
    assert page.locator("#nps .runs li").first.is_visible()
    page.context.close()


def test_a_link_to_a_report_shows_it_though_it_was_filtered_out(opened, site):
    page = opened(site / "index.html")
    page.fill("#_filter", "nps")
    page.evaluate("location.hash = '#retention'")
    page.wait_for_function("document.getElementById('retention').offsetParent")
    assert page.problems == []


def test_folds_open_by_keyboard_and_nothing_jumps(opened, site):
    page = opened(site / "index.html")
    fold = page.locator("#nps > details > summary")
    fold.focus()
    before = fold.bounding_box()
    page.keyboard.press("Enter")
    assert page.locator("#nps .runs li").first.is_visible()
    assert not page.locator("#nps .rest").is_visible()
    assert fold.bounding_box() == before
    page.locator("#nps details details summary").focus()
    page.keyboard.press("Space")
    assert page.locator("#nps .rest").is_visible()
    assert page.locator("#nps .runs li").count() == 59


@pytest.mark.parametrize("width", [1280, 760, 390, 320])
def test_it_fits_and_its_words_stand_out(opened, site, width):
    page = opened(site / "index.html", width=width)
    assert page.evaluate(FAINT) == []
    whole(page)
    assert page.evaluate(WIDE) <= 0


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_report_is_two_lines_at_most_and_so_are_five_hundred_runs(opened, tmp_path, language):
    own = {"figure": FIGURE, "title": "Did the score really move? " * 9}
    own["parameters"] = {"language": language}
    for name, number in [("a", 1), ("b", 500)]:
        for days in range(number):
            put_run(tmp_path, name, days=days, **own)
    put_state(tmp_path, "b", status="unchanged", since="2026-11-22T09:31:05+00:00", order=None)
    page = opened(write_index(tmp_path, zone="Asia/Tokyo"))
    assert page.locator("#b").bounding_box()["width"] > 1200  # the measure of prose is not its own
    fold = page.locator("#b > details > summary").bounding_box()
    time = page.locator("#b time").bounding_box()
    assert time["x"] + time["width"] < fold["x"]
    assert fold["x"] + fold["width"] <= page.locator("#b").bounding_box()["width"] + 26
    for part in ("#b .standing", "#b > details > summary"):
        assert page.locator(part).evaluate("part => part.scrollWidth <= part.clientWidth")
    heights = [page.locator(f"#{name}").bounding_box()["height"] for name in "ab"]
    assert heights[0] == heights[1] < 65  # two lines at most
    assert page.evaluate("document.documentElement.scrollHeight") <= 900


@pytest.mark.parametrize("policy", [True, False])
def test_hostile_words_and_names_do_nothing(opened, tmp_path, policy):
    for number, payload in enumerate(HOSTILE):
        figure = FIGURE | {"figure": payload, "segment": payload, "unit": payload}
        said = {"title": payload, "headline": payload, "given": {payload: payload}}
        put_run(tmp_path, f"r{number}", figure=figure, **said)
        put_run(tmp_path, f"r{number}", days=-1, status="failed", error={"message": payload})
    for name in NAMES:
        put_run(tmp_path, name, title=name)
    path = write_index(tmp_path)
    if not policy:
        text = path.read_text(encoding="utf-8").replace("Content-Security-Policy", "X")
        path.write_text(text, encoding="utf-8")
    page = opened(path)
    page.on("dialog", lambda dialog: page.problems.append(f"dialog: {dialog.message}"))
    page.reload()
    page.fill("#_filter", "<script>")
    page.fill("#_filter", "")
    hrefs = page.evaluate("[...document.links].map(link => link.getAttribute('href'))")
    assert all((tmp_path / unquote(href)).is_file() for href in hrefs)
    for href in hrefs[-len(NAMES) :]:
        page.goto(path.as_uri())
        page.locator(f"a[href='{href}']").click()
        assert page.locator("p").inner_text() == "a page"
    assert page.problems == []
