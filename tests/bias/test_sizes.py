"""`only` chooses people in every file, and the sizes are those of the report."""

import pandas as pd
import pytest

from cxlib import bias
from cxlib.errors import ColumnError, ParameterError

FRAME = pd.DataFrame(
    {
        "customer_id": [f"{i:03}" for i in range(12)],
        "country": ["JP", "KR", "O'Brien"] * 4,
        "plan": ["basic"] * 6 + ["plus"] * 6,
    }
)
ANSWERS = pd.DataFrame(
    {
        "customer_id": ["000", "003", "006", "001", "004", "002", "005", "999", "000"],
        "wave": ["2026Q2"] * 8 + ["2026Q1"],
        "score": [9, 10, 3, 0, 8, 7, 6, 9, 10],
        "channel": ["mail", "web", "mail", "web", "web", "mail", "mail", "mail", "web"],
    }
)
INVITED = pd.DataFrame(
    {"customer_id": FRAME["customer_id"], "wave": "2026Q2", "mode": ["web", "mail"] * 6}
)


@pytest.fixture
def files(tmp_path):
    paths = {}
    for name, frame in (("survey", ANSWERS), ("frame", FRAME)):
        paths[name] = tmp_path / f"{name}.csv"
        frame.to_csv(paths[name], index=False)
    paths["invitations"] = tmp_path / "invitations.parquet"
    INVITED.to_parquet(paths["invitations"])
    return paths


def parameters(files, **given):
    return bias.Parameters.parse(
        {"score": "score", "customer": "customer_id", "margins": ["plan"], **files, **given}
    )


def test_a_column_of_the_customer_file_chooses_people_in_every_file(files):
    p = parameters(files)
    sizes = bias.group_sizes(p, by=["country"]).n
    assert sizes == {("JP",): 3, ("KR",): 2, ("O'Brien",): 2, (None,): 0}  # a stranger
    del sizes[(None,)]
    for (country,), n in sizes.items():
        alone = bias.read(parameters(files, only={"country": country}))
        assert (len(alone.respondents), alone.invited) == (n, 4)
        assert "bias.unknown_people" not in {said.key for said in alone.warnings}
    said = " ".join(map(str, alone.notes))
    assert "survey.csv that meet the condition country = 'O''Brien' (frame.csv): 2 of 9" in said
    assert alone.subject == "2026Q2, where country = 'O''Brien'"


def test_what_the_customer_file_says_holds_whatever_the_survey_says(files):
    ANSWERS.assign(country="Japan").to_csv(files["survey"], index=False)
    chosen = bias.read(parameters(files, only={"country": "JP"}))
    assert len(chosen.respondents) == 3


def test_a_column_of_the_survey_alone_chooses_answers(files):
    p = parameters(files, invitations=None)
    assert bias.group_sizes(p, by=["channel"]).n == {("mail",): 4, ("web",): 3}
    chosen = bias.read(parameters(files, invitations=None, only={"channel": "web"}))
    assert (len(chosen.respondents), chosen.population) == (3, 12)
    both = bias.group_sizes(p, by=["country", "channel"]).n
    assert both[("JP", "web")] == 1
    assert sum(both.values()) == 7


def test_a_column_that_is_nowhere_or_cannot_be_joined_is_refused(files):
    with pytest.raises(ColumnError, match="'cuontry'"):
        bias.read(parameters(files, only={"cuontry": "JP"}))
    with pytest.raises(ParameterError, match="customer=None"):
        bias.read(parameters(files, invitations=None, customer=None, only={"country": "JP"}))
    with pytest.raises(ColumnError, match="did you mean 'country'"):
        bias.group_sizes(parameters(files), by=["cuontry"])
