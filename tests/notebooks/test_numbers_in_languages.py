"""The stored outputs of a notebook have the same numbers in every language; nbval compares them
with what is computed."""

import json
import re

import pytest
from bs4 import BeautifulSoup

from tests.notebooks.languages import pairs

PAIRS = [pytest.param(*pair, id=f"{pair[1].parent.name}-{pair[1].stem}") for pair in pairs()]
WRITTEN_OUT = {"0.001"}  # English says "one in a thousand"
DECIMAL = re.compile(r"[+−]?\d[\d,]*\.\d+")


def outputs(path):
    """Return the parsed HTML of each code cell's outputs."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [
        [
            BeautifulSoup("".join(output["data"]["text/html"]), "html.parser")
            for output in cell["outputs"]
            if "text/html" in output.get("data", {})
        ]
        for cell in cells
        if cell["cell_type"] == "code"
    ]


def cells_of(page):
    """Return the figures of the tables, row by row, as written but for the blank before %."""
    return [
        [cell.get_text().replace(" ", "") for cell in row.find_all("td", class_="num")]
        for row in page.find_all("tr")
    ]


def decimals(page):
    """Return the numbers with a decimal point in all words; a sentence may name one twice."""
    return set(DECIMAL.findall(page.get_text(" ")))


@pytest.mark.parametrize(("english", "translated"), PAIRS)
def test_tables_have_the_same_figures(english, translated):
    for here, there in zip(outputs(translated), outputs(english), strict=True):
        assert [cells_of(page) for page in here] == [cells_of(page) for page in there]


@pytest.mark.parametrize(("english", "translated"), PAIRS)
def test_sentences_have_the_same_figures(english, translated):
    for here, there in zip(outputs(translated), outputs(english), strict=True):
        for page, original in zip(here, there, strict=True):
            assert decimals(page) - WRITTEN_OUT == decimals(original) - WRITTEN_OUT
