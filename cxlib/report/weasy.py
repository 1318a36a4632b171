"""HTML -> PDF by WeasyPrint, in a process of its own: python -m cxlib.report.weasy PAGE FILE."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any


def write_pdf(source: Path, target: Path) -> None:
    """Write a page as tagged PDF (PDF/UA-1); only what lies in the page itself is read.

    Raises
    ------
    ImportError
        If WeasyPrint is not installed (`pip install 'cxlib[pdf]'`).
    """
    from weasyprint import HTML  # an extra; it takes a second to load
    from weasyprint.urls import URLFetcher

    fetcher: Any = URLFetcher(allowed_protocols={"data"})
    page = HTML(string=source.read_text(encoding="utf-8"), url_fetcher=fetcher)
    page.write_pdf(str(target), pdf_variant="pdf/ua-1")


if __name__ == "__main__":
    write_pdf(Path(sys.argv[1]), Path(sys.argv[2]))
