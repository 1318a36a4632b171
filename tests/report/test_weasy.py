"""WeasyPrint makes a tagged PDF of what lies in the page; it is an extra."""

import pytest

from cxlib.report.weasy import write_pdf


def test_a_page_becomes_a_tagged_pdf(tmp_path):
    pytest.importorskip("weasyprint", reason="WeasyPrint is the extra [pdf]")
    from pypdf import PdfReader

    outside = tmp_path / "secret.css"
    outside.write_text("p::after { content: 'outside' }", encoding="utf-8")
    page = tmp_path / "page.html"
    page.write_text(
        f'<html lang="en"><head><title>T</title><link rel="stylesheet" href="{outside.as_uri()}">'
        "</head><body><p>words</p></body></html>",
        encoding="utf-8",
    )
    write_pdf(page, tmp_path / "report.pdf")
    read = PdfReader(tmp_path / "report.pdf")
    assert (read.trailer["/Root"]["/Lang"], read.metadata.title) == ("en", "T")
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert read.pages[0].extract_text().strip() == "words"
