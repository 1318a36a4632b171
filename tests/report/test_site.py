"""The index tells of every report where it stands and of every run, and `latest` of the newest good
one."""

import os
import re
import time
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxlib.report import history
from cxlib.report.publish import runs
from cxlib.report.site import write_index
from tests.hostile import PAYLOADS, SURROGATE
from tests.report.shelves import FIGURE, put_run, put_state
from tests.report.test_fonts import characters_of
from tests.report.test_history import FIELDS, json_values


def index(out):
    return BeautifulSoup(write_index(out).read_text(encoding="utf-8"), "html.parser")


def links(page):
    return [unquote(link["href"]) for link in page.select("a")]


def words(tag):
    return " ".join(tag.get_text().replace("\xa0", " ").split())


def test_a_rerun_is_a_new_run_and_the_older_one_stays_in_the_index(tmp_path):
    older = put_run(tmp_path, days=1, headline="older")
    newer = put_run(tmp_path, headline="newer")
    page = index(tmp_path)
    assert page.select_one("p.headline").string == "newer"
    assert "older" in page.select_one("details li").get_text()
    assert links(page) == [f"nps/{run.name}/report.html" for run in (newer, older)]
    assert (tmp_path / "nps" / "latest").read_text(encoding="utf-8") == f"{newer.name}\n"
    assert [run["headline"] for run in runs(tmp_path)["nps"]] == ["newer", "older"]


def test_the_latest_is_the_last_published_and_not_that_of_the_latest_clock(tmp_path):
    put_run(tmp_path, days=-30_000, order=1)
    last = put_run(tmp_path, order=2)
    assert links(index(tmp_path))[0] == f"nps/{last.name}/report.html"
    assert (tmp_path / "nps" / "latest").read_text(encoding="utf-8") == f"{last.name}\n"


def test_the_index_shows_what_was_given_as_it_is_given(tmp_path):
    given = {"scale": [1, 10], "columns": {"weight": None, "comment": "声, <b>"}, "wave": None}
    put_run(tmp_path, given=given)
    assert [code.string for code in index(tmp_path).select(".given code")] == [
        "scale=1,10",
        'columns={comment: "声, <b>"}',
        "wave=None",
    ]


def test_an_empty_index_says_so(tmp_path):
    assert "no report yet" in write_index(tmp_path / "none").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("languages", "wanted"),
    [(["en", "en"], "en"), ([None], "en"), (["xx", "en"], "en"), ([], "en")],
)
def test_the_index_is_in_the_language_of_most_reports(tmp_path, languages, wanted):
    for number, language in enumerate(languages):
        put_run(tmp_path, f"r{number}", parameters={"language": language})
    assert index(tmp_path).html["lang"] == wanted


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        ("published", "published", "published"),
        ("unchanged", "unchanged since 2026-11-22", "unchanged"),
        ("failed", "failed", "failed"),
        ("refused", "refused", "refused"),
        ("left_out", "left out", "left_out"),
    ],
)
def test_the_standing_is_said_in_words(tmp_path, status, said, kind):
    put_run(tmp_path)
    put_state(tmp_path, status=status, message="because" if kind == status != "published" else "")
    section = index(tmp_path).find(id="nps")
    assert words(section.select_one(".standing")) == said
    assert kind in section["class"]


@pytest.mark.parametrize("status", ["failed", "refused"])
def test_what_went_wrong_is_red_and_the_last_good_report_is_called_stale(tmp_path, status):
    put_run(tmp_path)
    put_state(tmp_path, status=status, message="no <b>", stale_since="2026-11-23T00:00:00+00:00")
    page = index(tmp_path)
    note = page.select_one("#nps .note")
    assert words(note.select_one(".bad")).endswith(" no <b>")
    assert words(note.select_one(".stale")) == (
        "The report above is the last good one, of 2026-11-22 09:31 UTC; "
        "stale since 2026-11-23 00:00 UTC."
    )
    assert page.select_one("#nps h2 a")
    assert "1 needs a look" in words(page.header)


def test_a_report_that_is_left_out_now_is_not_red_and_its_last_one_stale(tmp_path):
    put_run(tmp_path)
    since = "2026-11-23T00:00:00+00:00"
    put_state(tmp_path, status="left_out", message="only 37 answers", stale_since=since)
    section = index(tmp_path).find(id="nps")
    assert section.select_one(".bad") is None
    assert "stale since 2026-11-23 00:00 UTC" in words(section.select_one(".note"))


def test_a_report_that_was_only_refused_is_there_without_a_link(tmp_path):
    put_state(tmp_path, "wavee", status="refused", message="'wavee' is unknown")
    page = index(tmp_path)
    assert links(page) == []
    assert "'wavee' is unknown" in words(page.find(id="wavee"))
    assert "No run of this report has succeeded yet." in words(page.find(id="wavee"))


def test_a_long_refusal_is_cut_in_the_line_and_whole_below(tmp_path):
    message = "the column " + "x" * 3000
    put_state(tmp_path, status="refused", message=message)
    page = index(tmp_path)
    assert len(words(page.select_one(".note"))) < 500
    assert page.select_one("details .bad").string == message


def test_five_hundred_runs_are_all_named_and_a_line_each_for_the_newest(tmp_path):
    folders = [put_run(tmp_path, days=days) for days in range(500)]
    page = index(tmp_path)
    assert links(page) == [f"nps/{folder.name}/report.html" for folder in folders]
    assert len(page.select("#nps > details > .runs > li")) == 20
    assert len(page.select("#nps details details li")) == 479
    assert not page.select("details[open]")


NAMES = [
    "顧客の声",
    "100%",
    "a#b?c",
    "two words",
    "a&amp;<b>",
    "javascript:alert(1)",
    "%41",
    "é'\"",
]


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_to_a_file_whatever_the_name(tmp_path, name):
    put_run(tmp_path, name)
    put_run(tmp_path, name, days=-1, status="failed")
    page = index(tmp_path)
    assert [(tmp_path / path).is_file() for path in links(page)] == [True, True]
    for link in page.select("a"):
        assert re.fullmatch(r"([\w.~-]|%[0-9A-F]{2})+(/[\w.-]+){2}", link["href"], re.ASCII)
    assert page.find(id=name)


HOSTILE = [*PAYLOADS.values(), SURROGATE, "</title></style><script>"]


@pytest.mark.parametrize("payload", HOSTILE)
def test_customers_words_are_words(tmp_path, payload):
    figure = FIGURE | {"figure": payload, "segment": payload, "unit": payload}
    given = {payload: payload}
    for days in range(3):
        put_run(
            tmp_path,
            days=days,
            given=given,
            figure=figure,
            doubts=7 * [payload],
            **dict.fromkeys(("title", "headline"), payload),
        )
    put_state(tmp_path, status="refused", message=payload)
    page = index(tmp_path)
    assert len(page.select(".doubts li")) == 5  # its own page has the others
    assert {tag.name for tag in page.find_all()} <= KNOWN
    assert len(page.select("script")) == 1
    assert not [name for tag in page.find_all() for name in tag.attrs if name.startswith("on")]
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", str(page))


KNOWN = {"html", "head", "meta", "title", "link", "style", "script", "body", "main", "header"}
KNOWN |= {"h1", "h2", "p", "strong", "div", "span", "ul", "li", "section", "details", "summary"}
KNOWN |= {"a", "bdi", "code", "time", "label", "input", "svg", "path", "circle"}


def test_the_pages_policy_allows_the_filter_alone(tmp_path):
    put_run(tmp_path)
    text = write_index(tmp_path).read_text(encoding="utf-8")
    page = BeautifulSoup(text, "html.parser")
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert "default-src 'none'" in policy
    assert re.search(r"script-src 'sha256-[\w+/=]{44}'$", policy)
    assert page.select_one("#_search").has_attr("hidden")  # without the script there is no box
    assert not re.search(r"(src|href)=.?https?:", text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(
    st.dictionaries(st.sampled_from(FIELDS), json_values),
    st.dictionaries(st.sampled_from(sorted(FIGURE)), json_values),
    st.dictionaries(st.sampled_from(["status", "message", "time", "since", "order"]), json_values),
)
def test_no_manifest_or_state_takes_the_index_down(tmp_path_factory, said, figure, state):
    out = tmp_path_factory.mktemp("any")
    put_run(out, "odd", **{"figure": FIGURE | figure, **said})
    put_state(out, "odd", **state)
    put_run(out, "whole")
    page = index(out)
    assert page.select_one("#whole h2 a")
    assert page.find(id="odd")


def test_the_line_follows_every_change_in_one_process(tmp_path):
    """Lines that have not changed are not written again."""
    put_run(tmp_path, order=1)
    said = []
    for change in (
        lambda: None,
        lambda: put_state(tmp_path, status="refused", message="first", order=1),
        lambda: put_state(tmp_path, status="refused", message="second", order=1),
        lambda: put_run(tmp_path, days=-1, order=2, headline="newer"),
        lambda: (tmp_path / "nps" / "looks.json").write_text("{", encoding="utf-8"),
    ):
        change()
        said.append(words(index(tmp_path).find(id="nps")))
    assert len(set(said)) == 5
    assert "first" in said[1]
    assert "second" in said[2]
    assert "newer" in said[3]
    assert "looks.json" in said[4]


def test_damaged_runs_are_counted_and_the_others_shown(tmp_path):
    put_run(tmp_path)
    for run in "ab":
        (tmp_path / "nps" / run).mkdir()
        (tmp_path / "nps" / run / "manifest.json").write_text("{", encoding="utf-8")
    assert "2 runs of it cannot be read" in words(index(tmp_path).find(id="nps"))


def test_a_folder_in_place_of_latest_is_told_and_left_alone(tmp_path):
    put_run(tmp_path)
    (tmp_path / "nps" / "latest" / "mine").mkdir(parents=True)
    assert "nps/latest is a folder" in words(index(tmp_path).find(id="nps"))
    assert (tmp_path / "nps" / "latest" / "mine").is_dir()


def test_the_headline_figure_stands_in_the_line_with_its_past(tmp_path):
    for days in range(3):
        put_run(tmp_path, days=days, figure=FIGURE | {"value": 31.25 - days})
    section = index(tmp_path).find(id="nps")
    assert words(section.select_one("p.figure")) == "31.2 (22.0 to 40.4) NPS · 2026Q3"
    assert section.svg["role"] == "img"
    assert section.svg["aria-label"].startswith("NPS in the last 3 reports that have it: from 29.2")


def test_every_part_has_its_name_for_those_who_listen(tmp_path):
    put_run(tmp_path, "顧客", title="お客様は何を語り", days=1)
    put_run(tmp_path, "顧客", title="お客様は何を語り")
    page = index(tmp_path)
    assert [page.main.name, page.h1.string, page.ul["role"]] == ["main", "Reports", "list"]
    assert page.select_one("h2 a")["lang"] == "ja"
    assert page.label["for"] == page.input["id"]
    assert page.select_one("#_search")["role"] == "search"
    assert "顧客" in page.summary.get_text()
    assert page.time["datetime"] == "2026-11-22T09:31:05+00:00"


def test_the_font_of_the_index_has_every_character_also_of_a_later_report(tmp_path):
    put_run(tmp_path, title="お客様は何を語り")
    for title in ("何を語り", "고객은 머무르는가", "plain"):
        put_run(tmp_path, "other", run=title, title=title)
        page = write_index(tmp_path).read_text(encoding="utf-8")
        there = characters_of(page)
        shown = re.sub("<style>.*?</style>", "", page, flags=re.DOTALL)
        assert set(re.findall("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]", shown)) <= there


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"<html>half"])
def test_a_damaged_index_is_written_anew(tmp_path, content):
    put_run(tmp_path, title="お客様")
    (tmp_path / "index.html").write_bytes(content)
    assert index(tmp_path).select_one("#nps h2 a").string == "お客様"


def test_an_index_of_two_thousand_runs_is_quick_and_reads_a_manifest_once(tmp_path):
    for report in range(20):
        for days in range(100):
            put_run(tmp_path, f"r{report}", days=days, figure=FIGURE, order=100 - days)
    began = time.process_time()
    write_index(tmp_path)
    assert time.process_time() - began < 2.5  # 0.26 s on a quiet machine, then 0.1 s
    put_run(tmp_path, "r0", days=-1, order=101)
    before = history._run.cache_info().misses
    write_index(tmp_path)
    assert history._run.cache_info().misses == before + 1


def test_a_symbolic_link_named_latest_is_replaced_and_not_followed(tmp_path):
    folder = put_run(tmp_path)
    (tmp_path / "elsewhere.txt").write_text("mine", encoding="utf-8")
    os.symlink(tmp_path / "elsewhere.txt", tmp_path / "nps" / "latest")
    index(tmp_path)
    assert (tmp_path / "elsewhere.txt").read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "nps" / "latest").read_text(encoding="utf-8") == f"{folder.name}\n"


@pytest.mark.parametrize(
    ("language", "kind", "sentence"),
    [
        ("ja", "column", "必要な列がない"),
        ("ko", "column", "필요한 열이 없거나"),
        ("ja", "rubbish", "パラメーターに指定された値"),  # somebody wrote into it
        ("ja", None, "パラメーターに指定された値"),  # an earlier release wrote it
        ("xx", "file", "A file cannot be read"),
        (["ja"], "file", "A file cannot be read"),
    ],
)
def test_a_refusal_stays_english_under_a_sentence_in_the_reports_language(
    tmp_path, language, kind, sentence
):
    for name in ("other", "third"):
        put_run(tmp_path, name, parameters={"language": "en"})
    put_state(tmp_path, status="refused", message="no column", kind=kind, language=language)
    entry = index(tmp_path).find(id="nps").parent
    note = entry.select_one(".note .bad")
    assert sentence in words(note)
    assert (words(note.bdi), note.bdi["lang"]) == ("no column", "en")
    assert entry.get("lang") == (language if language in ("ja", "ko") else None)


@pytest.mark.parametrize(
    ("languages", "asked", "of_index"),
    [
        (["ja", "ja"], "", "ja"),
        (["ja", "ja"], "ko", "ja"),
        (["ja", "ko"], "ko", "ko"),
        (["ja", "ko", "ko"], "", "ko"),
        ([], "ja", "ja"),
    ],
)
def test_the_index_has_the_language_of_all_reports_else_the_one_asked_for(
    tmp_path, languages, asked, of_index
):
    for number, language in enumerate(languages):
        put_run(tmp_path, f"nps{number}", parameters={"language": language})
    page = BeautifulSoup(write_index(tmp_path, language=asked).read_text("utf-8"), "html.parser")
    assert page.html["lang"] == of_index
    found = [entry.get("lang", of_index) for entry in page.select("li[data-find]")]
    assert sorted(found) == sorted(languages)


@pytest.mark.parametrize(
    ("language", "made"), [("ja", "日本時間"), ("ko", "일본 시간"), ("en", "Japan Time")]
)
def test_the_index_says_when_by_the_clock_of_a_zone(tmp_path, language, made):
    put_run(tmp_path, parameters={"language": language})
    put_run(tmp_path, days=1, parameters={"language": language})
    stale = "2026-11-23T00:00:00+00:00"
    put_state(tmp_path, status="failed", message="no", stale_since=stale, time=stale)
    path = write_index(tmp_path, zone="Asia/Tokyo")
    page = path.read_text(encoding="utf-8")
    assert made in page
    assert "UTC" not in BeautifulSoup(page, "html.parser").body.get_text()
    assert "18:31" in page  # 09:31 UTC
    assert "UTC" in write_index(tmp_path).read_text(encoding="utf-8")  # nothing is kept of a zone
