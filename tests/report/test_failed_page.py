"""The page of a run that failed: one sentence in the reader's language, then the English one."""

import pytest
from bs4 import BeautifulSoup

from cxlib import texts
from cxlib.report.failed_page import write_failed
from cxlib.report.refusals import Kind
from cxlib.shown.language import word

MANIFEST = {"name": "nps", "started": "2026-11-22T09:31:05+00:00", "command": "cx run a.ipynb"}


@pytest.mark.parametrize("language", texts.languages())
@pytest.mark.parametrize("kind", list(Kind))
def test_the_sentence_is_in_the_readers_language_and_the_message_in_english(
    tmp_path, language, kind
):
    error = {"message": "<b>it</b> broke", "details": "Traceback", "cause": "error", "kind": kind}
    (tmp_path / "report.html").write_text("half")
    write_failed(tmp_path, {**MANIFEST, "error": error}, out=tmp_path, language=language)
    page = BeautifulSoup((tmp_path / "failed.html").read_text("utf-8"), "html.parser")
    sentence, message = page.select(".bad")
    assert page.html["lang"] == language
    assert sentence.get_text() == word(kind, language)
    assert (message.get_text(), message["lang"]) == ("<b>it</b> broke", "en")
    assert page.select_one("details pre")["lang"] == "en"
    assert not (tmp_path / "report.html").exists()
