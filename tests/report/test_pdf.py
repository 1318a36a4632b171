"""A PDF is whole, tagged and names no folder of this machine; what cannot make one is named."""

import os
import shutil
import stat
import unicodedata
from datetime import UTC, datetime

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
from tests.report.test_export import HEADER, long_table, shown


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


@pytest.mark.browser
@pytest.mark.skipif(not shutil.which("chromium"), reason="there is no chromium on this machine")
def test_a_page_becomes_a_tagged_pdf(tmp_path, monkeypatch):
    monkeypatch.delenv(pdf.VARIABLE, raising=False)
    notebook = new_notebook(
        cells=[
            new_markdown_cell("# 顧客は何を語るか\n\n한국어 문장입니다. The finding."),
            shown({"text/html": long_table(200)}),
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
