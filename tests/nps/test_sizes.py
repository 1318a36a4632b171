"""The size of a group is the n that its own report has."""

import pandas as pd
import pytest

from cxlib import nps
from cxlib.errors import ColumnError, ParameterError

ROWS = pd.DataFrame(
    {
        "score": [9, 10, 0, 3, "x", None, 8, 9, 7, 6],
        "wave": ["2026Q1", "2026Q2"] * 5,
        "country": ["JP", "ＪＰ", "O'Brien", "O'Brien", "JP", "JP", None, "JP", "US", "JP"],
        "Status": ["IP Address", "Survey Preview"] + ["IP Address"] * 8,
        "ResponseId": [f"R_{i}" for i in range(10)],
        "Finished": [1] * 10,
        "Progress": [100] * 10,
    }
)


@pytest.fixture
def p(tmp_path):
    path = tmp_path / "answers.csv"
    ROWS.to_csv(path, index=False)
    return nps.Parameters.parse({"survey": path, "segment": None})


def test_a_group_is_counted_as_its_own_report_will(p):
    """Previews, what is no score, other waves and what `where` leaves out do not count."""
    sizes = nps.group_sizes(p, by=["country"])
    assert sizes.unit == "answers"
    assert sizes.n == {("JP",): 2, ("O'Brien",): 1, ("US",): 0, (None,): 0}
    for (country,), n in sizes.n.items():
        if n:
            alone = nps.read(p.model_copy(update={"only": {"country": country}}))
            assert alone.current["score"].notna().sum() == n
    chosen = p.model_copy(update={"where": "country <> 'US'", "wave": "2026Q1"})
    assert nps.group_sizes(chosen, by=["country"]).n[("JP",)] == 1


def test_the_page_says_what_only_left_out(p):
    answers = nps.read(p.model_copy(update={"only": {"country": "O'Brien"}}))
    said = [str(note) for note in answers.notes]
    assert any("country = 'O''Brien': 2 of 9; the others are left out" in each for each in said)
    assert answers.subject == "2026Q2, where country = 'O''Brien'"
    assert answers.read.frame.set_index("what")["n"]["where"] == 7


def test_a_column_that_is_not_there_or_has_the_waves_is_refused(p):
    with pytest.raises(ColumnError, match="did you mean 'country'"):
        nps.group_sizes(p, by=["cuontry"])
    with pytest.raises(ParameterError, match=r"grid: \{wave"):
        nps.group_sizes(p, by=["wave"])
