"""PDFs with a text layer, written by matplotlib; what is doubtful about their lines is told."""

from __future__ import annotations

import io

import matplotlib as mpl
import numpy as np
import pypdf
import pytest
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from cxlib import sources
from cxlib.errors import SourceError
from cxlib.shown import theme
from cxlib.sources import pdf
from tests.sources.interviews import said


def written(*pages):
    """A PDF whose pages have lines of text, or a picture (None)."""
    file = io.BytesIO()
    fonts = mpl.rc_context({"pdf.fonttype": 42})
    with theme.use(), fonts, PdfPages(file) as document:  # with the font of kanji and hangul
        for lines in pages:
            figure = Figure(figsize=(6, 6))
            if lines is None:
                figure.figimage(np.zeros((20, 20)))
            for number, line in enumerate(lines or ()):
                figure.text(0.1, 0.95 - 0.05 * number, line)
            document.savefig(figure)
    return file.getvalue()


def test_lines_are_read_as_printed_and_that_is_told(tmp_path):
    lines = ["Interviewer: How was it?", "田中: 五月でした", "Interviewer: Why?", "田中: 遅い"]
    (tmp_path / "a.pdf").write_bytes(written(lines[:2], lines[2:]))
    read = sources.read_transcripts(tmp_path)
    assert said(read) == [
        ("Interviewer", "How was it?"),
        ("田中", "五月でした"),
        ("Interviewer", "Why?"),
        ("田中", "遅い"),
    ]
    assert any("the text layer of 2 PDF pages was read" in str(note) for note in read.notes)


def test_hyphens_page_headers_and_pages_without_text_are_doubtful():
    data = written(
        ["Acme study, page 1 of 3", "Ana: the sub-", "scription"],
        ["Acme study, page 2 of 3", "Lee: twice"],
        None,
    )
    lines, notes = pdf.lines(data, name="a.pdf")
    assert ("Ana: the sub-", False) in lines
    told = " ".join(map(str, notes))
    assert "1 line ends in a hyphen" in told
    assert "2 lines come again at the top or bottom of pages ('Acme study, page # of #')" in told
    assert "1 page has no text layer" in told


def test_a_clean_pdf_has_one_note():
    _, notes = pdf.lines(written(["Ana: a", "Lee: b"], ["Ana: c", "Lee: d"]), name="a.pdf")
    assert len(notes) == 1


def locked():
    writer = pypdf.PdfWriter(io.BytesIO(written(["Ana: a"])))
    writer.encrypt("secret", algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: written(None, None), r"no text layer, so it is a scan .* \(OCR\)"),
        (locked, "password"),
        (lambda: b"Ana: yes", "cannot be read as a PDF"),
        (lambda: written(["Ana: a"])[:300], "cannot be read as a PDF"),
    ],
)
def test_what_cannot_be_read_is_refused(make, message):
    with pytest.raises(SourceError, match=f"'a.pdf' .*{message}"):
        pdf.lines(make(), name="a.pdf")
