"""A blank in a customer file stops no report: it is a group where some of it answered."""

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import bias
from tests.bias.conftest import parameters


@pytest.fixture
def read(tmp_path):
    def called(blank):
        people = pd.DataFrame(
            {"who": [f"c{i}" for i in range(40)], "国": ["日"] * 20 + ["韓"] * 10 + [blank] * 10}
        )
        people.to_csv(tmp_path / "customers.csv", index=False)
        answers = pd.DataFrame({"score": [10, 9, 0, 5] * 5, "csat": 3})

        def answered(who):
            answers.assign(who=who).to_csv(tmp_path / "survey.csv", index=False)
            p = parameters(tmp_path, invitations=None, mode=None)
            sample = bias.read(p)
            return sample, bias.weigh(sample.respondents, targets=sample.targets)

        return answered

    return called


@pytest.mark.parametrize("blank", ["", " ", None])
def test_those_who_answered_are_a_group_of_their_own(read, blank):
    """By arithmetic: 20, 10 and 10 people of 40; 8, 6 and 6 answers."""
    sample, weights = read(blank)([f"c{i}" for i in [*range(8), *range(20, 26), *range(30, 36)]])
    shares = weights.frame.set_index("category")["share_after"]
    assert_allclose(shares[["日", "韓", "–"]], [0.5, 0.25, 0.25])
    assert sample.population == 40
    assert "10 of 40 people to compare with have no value in '国'" in " ".join(
        map(str, sample.warnings)
    )
    found = bias.representativeness(sample.respondents, sample.reference, columns=["国"])
    assert found.frame.set_index("category")["n"].to_dict() == {"日": 8, "韓": 6, "–": 6}


def test_where_none_of_them_answered_they_are_left_out_of_the_shares(read):
    sample, weights = read("")([f"c{i}" for i in [*range(12), *range(20, 28)]])
    shares = weights.frame.set_index("category")["share_after"]
    assert_allclose(shares[["日", "韓"]], [2 / 3, 1 / 3])
    assert sample.population == 40
    assert "none of them answered" in " ".join(map(str, sample.warnings))


def test_nothing_is_said_where_nothing_is_blank(read):
    sample, _ = read("米")([f"c{i}" for i in [*range(8), *range(20, 26), *range(30, 36)]])
    assert not any("no value in" in str(each) for each in sample.warnings)
