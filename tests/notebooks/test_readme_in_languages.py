"""README in Japanese and Korean says what README says: the same code, headings, tables, links."""

import re

import pytest

from tests.conftest import ROOT
from tests.notebooks.test_languages import shape

TRANSLATED = sorted(ROOT.glob("README.*.md"))
FENCED = re.compile(r"^```.*?^```", re.S | re.M)


def parts(path):
    """Return the line of languages, the blocks of code, and what stands around them."""
    first, _, rest = path.read_text(encoding="utf-8").partition("\n")
    return first, FENCED.findall(rest), FENCED.sub("", rest)


@pytest.mark.parametrize("path", TRANSLATED, ids=lambda path: path.name)
def test_code_blocks_are_the_same_byte_for_byte(path):
    assert parts(path)[1] == parts(ROOT / "README.md")[1]


@pytest.mark.parametrize("path", TRANSLATED, ids=lambda path: path.name)
def test_headings_tables_code_in_lines_and_links_are_there_too(path):
    assert shape(parts(path)[2]) == shape(parts(ROOT / "README.md")[2])


def test_each_names_the_others_in_its_first_line():
    pages = [ROOT / "README.md", *TRANSLATED]
    assert len(pages) > 1
    for page in pages:
        linked = set(re.findall(r"\]\(([^)]+)\)", parts(page)[0]))
        assert {other.name for other in pages if other != page} <= linked
