"""A file of times and outcomes gives the blocks that it can, and the others say why not."""

import pandas as pd
import pytest

from cxlib.errors import ColumnError, EmptyDataError
from cxlib.retention import (
    Parameters,
    age_period_cohort,
    average,
    came_back,
    gap_sensitivity,
    movements,
    read,
    smile,
    survival,
)
from cxlib.shown.result import Absent
from tests.retention.notebook import Notebook


@pytest.fixture
def followed(tmp_path):
    def written(lost=("Yes", "no", " TRUE ", "0"), tenure=("1", "5", "3", "0")):
        path = tmp_path / "followed.csv"
        pd.DataFrame(
            {
                "id": range(len(lost)),
                "months": tenure,
                "Churn": lost,
                "契約": ["月", "年"] * (len(lost) // 2),
            }
        ).to_csv(path, index=False)
        return Parameters.parse(
            {"durations": path, "tenure": "months", "lost": "Churn", "segment": "契約"}
        )

    return written


def test_times_and_outcomes_give_the_blocks_that_they_can(followed):
    """Lost after 1 and 3, still there at 0 and 5: by hand 2/3 after 1, and 1/3 after 3."""
    nb = Notebook(followed())
    curve = survival(nb.durations).frame.set_index("tenure")["survival"]
    assert curve[[1, 3]].tolist() == pytest.approx([2 / 3, 1 / 3], rel=1e-12)
    assert nb.segments.frame["契約"].nunique() == 2
    assert "4 rows were read; 4 customers are followed" in nb.contract.summary()
    for absent in (
        nb.triangle,
        average(nb.triangle),
        smile(nb.cohorts),
        age_period_cohort(nb.cohorts),
        movements(nb.cohorts),
        nb.revenue,
        nb.loading,
        gap_sensitivity(nb.silences, gap_days=90),
        came_back(nb.silences, gap_days=90),
    ):
        assert isinstance(absent, Absent)
        assert repr(absent.table()).startswith("Not shown: ")


@pytest.mark.parametrize(
    ("values", "error", "words"),
    [
        (
            {"lost": ("Yes", "maybe")},
            ColumnError,
            r"lost='Churn': 1 of 2 values cannot be read as yes or no, .* \(such as 'maybe'\)",
        ),
        (
            {"tenure": ("1", "a year")},
            ColumnError,
            "tenure='months': 1 of 2 values cannot be read as a number of periods, 0 or more",
        ),
        (
            {"tenure": ("1", "-2")},
            ColumnError,
            r"tenure='months': 1 of 2 values .* \(such as '-2'\)",
        ),
        (
            {"tenure": ("1", "inf")},
            ColumnError,
            r"tenure='months': 1 of 2 values .* \(such as 'inf'\)",
        ),
        (
            {"tenure": ("1", "1500")},
            ColumnError,
            "tenure='months' reaches 1,500, which would be months; write it in months",
        ),
        ({"tenure": ("", "")}, EmptyDataError, "no customer is left to follow"),
    ],
)
def test_times_and_outcomes_that_cannot_be_read_are_refused(followed, values, error, words):
    both = {"lost": ("yes", "no"), "tenure": ("1", "2")} | values
    with pytest.raises(error, match=words):
        read(followed(**both))
