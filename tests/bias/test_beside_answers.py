"""What only the lists know comes to the answers by the customer's id."""

import pandas as pd
import pytest

from cxlib import bias
from cxlib.errors import ColumnError
from tests.bias.conftest import CUSTOMERS, SENT, parameters


@pytest.fixture
def listed(files):
    SENT.assign(reminders=[0, 1, 0, 2, 1, 2]).to_parquet(files / "sent.parquet")
    CUSTOMERS.assign(年数=[1.0, 2, 3, 4, None, 6]).to_csv(
        files / "customers.csv", index=False, encoding="cp932"
    )
    return files


def test_reminders_and_the_proxy_come_from_the_lists(listed):
    sample = bias.read(parameters(listed, reminders="reminders", proxy="年数"))
    found = sample.respondents.set_index("who")
    assert found["reminders"].to_dict() == {"c3": 0, "c4": 2}
    assert found["年数"].to_dict() == {"c3": 3.0, "c4": 4.0}
    assert "年数" in sample.reference.columns


def test_what_the_answers_have_themselves_stays(listed):
    survey = pd.read_csv(listed / "survey.csv").assign(reminders=9)
    survey.to_csv(listed / "survey.csv", index=False)
    sample = bias.read(parameters(listed, reminders="reminders"))
    assert sample.respondents["reminders"].tolist() == [9, 9]


def test_a_column_that_no_file_has_is_refused(listed):
    with pytest.raises(ColumnError, match=r"reminders='remindres'.*did you mean 'reminders'"):
        bias.read(parameters(listed, reminders="remindres"))
