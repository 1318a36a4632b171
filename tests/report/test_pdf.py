"""A PDF is whole, tagged and names no folder of this machine; what cannot make one is named."""

import os
import re
import shutil
import stat
import unicodedata
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from pypdf import PdfReader

from cxlib.errors import CxError, ParameterError
from cxlib.report import pdf
from cxlib.report.export import export
from cxlib.report.plan import plan_all
from cxlib.shown.inline_svg import MIME
from tests.report.test_export import HEADER, PNG, long_table, shown

DRAWN = (
    f'<svg viewBox="0 0 99 20"><image href="data:image/png;base64,{PNG}" width="9" height="9"/>'
    '<text x="9" y="15" font-size="10">months kept 해지율</text></svg>'
)


def program(folder, body, name="chromium"):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A machine without a browser and without WeasyPrint."""
    monkeypatch.delenv(pdf.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(pdf, "_BROWSERS", ("chromium",))
    monkeypatch.setattr(pdf.util, "find_spec", lambda name: None)
    return tmp_path


def test_without_anything_to_make_it_nothing_is_planned(bare, tmp_path):
    notebook = tmp_path / "03_nps.ipynb"
    notebook.write_text("{}", encoding="utf-8")
    assert plan_all([notebook]).reports
    with pytest.raises(ParameterError, match=r"Chromium.*CX_BROWSER.*pip install 'cxlib\[pdf\]'"):
        plan_all([notebook], pdf=True)


def test_a_browser_comes_before_weasyprint_and_the_variable_before_both(bare, monkeypatch):
    monkeypatch.setattr(pdf.util, "find_spec", lambda name: name == "weasyprint" or None)
    assert pdf.find_maker() == "weasyprint"
    found = program(bare, "")
    assert pdf.find_maker() == str(found)
    monkeypatch.setenv(pdf.VARIABLE, str(program(bare, "", name="mine")))
    assert pdf.find_maker() == str(bare / "mine")
    monkeypatch.setenv(pdf.VARIABLE, "/no/such/browser")
    with pytest.raises(ParameterError, match=r"CX_BROWSER='/no/such/browser'.*unset it"):
        pdf.find_maker()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("/bin/echo no display >&2; exit 21", r"exit status 21 \(no display\).*CX_BROWSER"),
        ("exit 0", "without writing a PDF"),
        ("exec /bin/sleep 600", "longer than 0.5 seconds"),
        ("/bin/sleep 600 & wait", "longer than 0.5 seconds"),
    ],
)
def test_a_browser_that_fails_says_how_and_leaves_nothing(bare, monkeypatch, body, said):
    program(bare, body)
    monkeypatch.setattr(pdf, "_SECONDS", 0.5)
    with pytest.raises(CxError, match=said):
        pdf.make_pdf("<p>x</p>", bare / "report.pdf", title="T", made="now")
    assert not (bare / "report.pdf").exists()


@given(st.text(), st.text())
def test_no_title_ends_its_string(title, made):
    page = pdf.printable("<html><head></head><body>x</body></html>", title=title, made=made)
    soup = BeautifulSoup(page, "html.parser")
    [style] = soup.find_all("style")
    assert soup.body.get_text() == "x"
    assert style.string.count('"') == 3 * 2 + 3 * 3 * 2  # title, time, " / ", and three fonts each


def test_what_is_printed_runs_nothing_and_leads_to_no_file():
    page = (
        '<head></head><a href="table-01.csv">a</a><a href="../../index.html#x">b</a>'
        '<a href="#c">c</a><a href="https://example.org">d</a><details><p>e</p></details><script>f()</script>'
    )
    soup = BeautifulSoup(pdf.printable(page, title="T", made="now"), "html.parser")
    assert [link.get("href") for link in soup.find_all("a")] == [
        None, None, "#c", "https://example.org"
    ]  # fmt: skip
    assert soup.details.has_attr("open")
    assert not soup.script


def test_no_part_of_a_figure_falls_into_another():
    figure = f'<svg viewBox="0 0 9 9"><g><image href="data:image/png;base64,{PNG}"/><use/></g>'
    page = f"<head></head><figure>{figure}<text>a</text></svg></figure><p>b</p>"
    printed = pdf.printable(page, title="T", made="now")
    root = ElementTree.fromstring(re.search("<svg.*</svg>", printed)[0])
    assert [tag.tag for tag in root.iter()] == ["svg", "g", "image", "use", "text"]
    assert [tag.tag for tag in root[0]] == ["image", "use"]


def wide_table(columns):
    row = "".join(f'<td class="num">{1000 + each}.5%</td>' for each in range(columns))
    head = "".join(f'<th class="num">column {each}</th>' for each in range(columns))
    return (
        f'<figure class="table"><table><thead><tr>{head}</tr></thead>'
        f"<tbody><tr>{row}</tr></tbody></table></figure>"
    )


def sizes_of(words, page):
    """Give the size in points of the letters in which words are printed."""
    found = []

    def note(text, current, matrix, _, size):
        if words in text:
            found.append(abs(size * matrix[0] * current[0]))

    page.extract_text(visitor_text=note)
    return found


@pytest.mark.browser
@pytest.mark.skipif(not shutil.which("chromium"), reason="there is no chromium on this machine")
def test_a_page_becomes_a_tagged_pdf(tmp_path, monkeypatch):
    monkeypatch.delenv(pdf.VARIABLE, raising=False)
    notebook = new_notebook(
        cells=[
            new_markdown_cell("# 顧客は何を語るか\n\n한국어 문장입니다. The finding."),
            shown({"text/html": long_table(200)}),
            shown({"text/html": wide_table(40)}),
            shown({"image/png": PNG, MIME: DRAWN, "text/plain": "a figure"}),
            new_code_cell("secret_code = 1"),
        ]
    )
    header = HEADER | {"time": datetime(2026, 11, 22, 9, 31, tzinfo=UTC)}
    page = export(notebook, name="nps", header=header, language="en")
    pdf.make_pdf(page.html, tmp_path / "report.pdf", title=page.title, made="Made 22 Nov 2026")
    assert os.listdir(tmp_path) == ["report.pdf"]
    assert b"file:" not in (tmp_path / "report.pdf").read_bytes()
    read = PdfReader(tmp_path / "report.pdf")
    root = read.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert read.metadata.title == "顧客は何を語るか"
    words = [
        " ".join(unicodedata.normalize("NFKC", each.extract_text()).split()) for each in read.pages
    ]
    assert "顧客は何を語るか" in words[0]
    assert "한국어 문장입니다" in words[0]
    assert any("months kept 해지율" in each for each in words)
    # a browser would print all pages smaller for a table that is wider than the paper
    assert sizes_of("顧客は何を語るか", read.pages[0]) == pytest.approx([1.9 * 10.5], abs=0.1)
    assert any("1013.5% ..." in each for each in words)
    assert not any("1014.5%" in each for each in words)
    assert "The first 14 of 40 columns are printed" in " ".join(" ".join(words).split())
    assert len(words) > 1
    assert "The first 50 of 200 rows" in " ".join(words)
    for number, each in enumerate(words, start=1):
        assert f"{number} / {len(words)}" in each
        assert "Made 22 Nov 2026" in each
    for each in read.pages:
        for font in each["/Resources"].get("/Font", {}).values():
            kind = font.get_object()
            parts = kind.get("/DescendantFonts", [kind])
            about = parts[0].get_object().get("/FontDescriptor", {})
            assert kind["/Subtype"] == "/Type3" or "/FontFile2" in about or "/FontFile3" in about
