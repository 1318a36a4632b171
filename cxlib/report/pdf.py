"""A report's page -> a PDF of it, by a browser if there is one, else by WeasyPrint.

Both run as a process of their own, with a time limit, and fetch nothing: neither a page nor a file.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from importlib import util
from pathlib import Path

from cxlib.errors import CxError, ParameterError

FILE = "report.pdf"
VARIABLE = "CX_BROWSER"  # names the program where it is none of these
_BROWSERS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("microsoft-edge", "microsoft-edge-stable", "msedge"),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_WEASYPRINT = "weasyprint"
_SECONDS = 60.0
_TITLE = 80  # letters of a title in the margin
_QUIET = (
    *("--headless", "--disable-gpu", "--disable-extensions", "--disable-sync", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
    "--host-resolver-rules=MAP * ~NOTFOUND",
    *("--no-pdf-header-footer", "--generate-pdf-document-outline", "--export-tagged-pdf"),
)
_MARGINS = """@page {{ size: A4; margin: 20mm 16mm 18mm;
  @top-left {{ content: "{title}"; {face} width: 68%; }} @top-right {{ content: "{made}"; {face} }}
  @bottom-right {{ content: counter(page) " / " counter(pages); {face} }} }}
@page :first {{ @top-left {{ content: none; }} }}
"""
_FACE = 'font: 7.5pt "cx-cjk", "Noto Sans", "DejaVu Sans", sans-serif; color: #595959;'


def find_maker() -> str:
    """Return what makes PDFs here: the path of a browser, or `weasyprint`.

    Raises
    ------
    ParameterError
        If there is neither, or the variable `CX_BROWSER` names no program.
    """
    if named := os.environ.get(VARIABLE):
        if found := shutil.which(named):
            return found
        raise ParameterError(
            f"{VARIABLE}={named!r} is no program that can be run; give the path of Chromium, "
            "Chrome or Edge, or unset it"
        )
    if found := next(filter(None, map(shutil.which, _BROWSERS)), None):
        return found
    if util.find_spec(_WEASYPRINT):
        return _WEASYPRINT
    raise ParameterError(
        "--pdf needs a browser or WeasyPrint, and neither is here: install Chromium, Chrome or "
        f"Edge ({VARIABLE} may name its path), or run `pip install 'cxlib[pdf]'`"
    )


def make_pdf(page: str, target: Path, *, title: str, made: str) -> None:
    """Write a page as PDF: A4, tagged, its fonts embedded, with title, time and page numbers in the
    margins.

    Parameters
    ----------
    page : str
        HTML of a report.
    target : Path
        The file; it is there only where it is whole.
    title, made : str
        What the margins say.

    Raises
    ------
    CxError
        If it cannot be made.
    """
    maker = find_maker()
    with tempfile.TemporaryDirectory(prefix="cx-pdf-") as name:
        folder = Path(name)
        source, written = folder / "page.html", folder / FILE
        source.write_text(printable(page, title=title, made=made), encoding="utf-8")
        _call(_command(maker, source, written), folder)
        if not written.is_file() or written.read_bytes()[:5] != b"%PDF-":
            raise CxError(f"{Path(maker).name} ended without writing a PDF; run it again")
        shutil.move(written, target)


def printable(page: str, *, title: str, made: str) -> str:
    """Return the page as it is printed: folds open, nothing that runs, no link to a file beside it
    (a PDF would name this machine's folders), and words for the margins."""
    from bs4 import BeautifulSoup  # `cx` starts without it

    soup = BeautifulSoup(page, "html.parser")
    for unwanted in soup.find_all("script"):
        unwanted.decompose()
    for fold in soup.find_all("details"):
        fold["open"] = ""
    for link in soup.find_all("a", href=True):
        if not str(link["href"]).startswith(("#", "http://", "https://", "mailto:")):
            del link["href"]
    for image in soup.find_all("image"):  # to this parser what ends itself, as `img` does
        image.can_be_empty_element = False
    short = title if len(title) <= _TITLE else f"{title[: _TITLE - 1]}…"
    rules = _MARGINS.format(title=_escaped(short), made=_escaped(made), face=_FACE)
    if soup.head:
        # before the page's own style, which may say it otherwise
        soup.head.insert(0, soup.new_tag("style", string=rules))
    return soup.decode(formatter="html5")


def _escaped(words: str) -> str:
    """Return words as they stand in a CSS string: letters and figures, and of all else its number,
    so that no mark of a title ends the string or the style.

    >>> _escaped('a"</style>')
    'a\\\\22 \\\\3c \\\\2f style\\\\3e '
    """
    return "".join(each if each.isalnum() else f"\\{ord(each):x} " for each in words)


def _command(maker: str, source: Path, written: Path) -> list[str]:
    if maker == _WEASYPRINT:
        return [sys.executable, "-m", "cxlib.report.weasy", str(source), str(written)]
    root = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    own = [f"--user-data-dir={source.parent / 'profile'}", f"--print-to-pdf={written}"]
    return [maker, *_QUIET, *root, *own, source.as_uri()]


def _call(command: list[str], folder: Path) -> None:
    name = _WEASYPRINT if command[0] == sys.executable else Path(command[0]).name
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd=folder if command[0] != sys.executable else None,
            start_new_session=True,  # with all that it starts it can be ended at once
        )
        try:
            status = process.wait(timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            raise CxError(f"{name} took longer than {_SECONDS:g} seconds; run it again") from None
        finally:
            with contextlib.suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if status != 0:
            said.seek(0)
            last = next((line for line in reversed(said.read().splitlines()) if line.strip()), "")
            told = f" ({last.strip()[:300].replace(str(folder), '…')})" if last else ""
            raise CxError(
                f"{name} ended with exit status {status}{told}; try it by hand, or name another "
                f"browser in {VARIABLE}"
            )
