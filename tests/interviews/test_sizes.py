"""The size of a group of interviews is the number that its own report has."""

import pytest

from cxlib import interviews
from cxlib.errors import ColumnError, ParameterError
from tests.conftest import ROOT

SAMPLE = ROOT / "data" / "sample" / "interviews"
P = interviews.Parameters.parse(
    {
        "transcripts": SAMPLE,
        "codings": SAMPLE / "codings.csv",
        "codebook": SAMPLE / "codebook.yaml",
        "cases": SAMPLE / "cases.csv",
    }
)


def test_a_group_is_counted_as_its_own_report_will():
    sizes = interviews.group_sizes(P, by=["country", "stays"]).n
    assert sum(sizes.values()) == len(interviews.read(P).documents)
    for (country, stays), n in sizes.items():
        alone = P.model_copy(update={"only": {"country": country, "stays": stays}})
        assert len(interviews.read(alone).documents) == n
        said = f"where country = '{country}' and stays = '{stays}'"
        assert interviews.read(alone).subject == said


def test_what_is_about_cases_needs_them():
    with pytest.raises(ParameterError, match=r"only=.*give cases="):
        interviews.Parameters.parse(
            {"transcripts": SAMPLE, "codings": SAMPLE / "codings.csv", "only": {"country": "JP"}}
        )
    with pytest.raises(ColumnError, match="did you mean 'country'"):
        interviews.group_sizes(P, by=["contry"])
