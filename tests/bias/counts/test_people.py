"""People of several files are joined by their ids."""

from cxlib import bias
from tests.bias.conftest import CUSTOMERS, SENT, SURVEY, parameters


def test_ids_may_be_numbers_in_one_file_and_text_in_another(files):
    SURVEY.assign(who=SURVEY["who"].str[1:].astype(int)).to_csv(files / "survey.csv", index=False)
    for name, frame in (("customers", CUSTOMERS), ("sent", SENT)):
        frame.assign(who=frame["who"].str[1:]).to_parquet(files / f"{name}.parquet")
    sample = bias.read(parameters(files, frame=files / "customers.parquet"))
    assert sample.respondents["国"].tolist() == ["日", "韓"]
    assert sample.invited == 4
