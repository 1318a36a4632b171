"""Files and parameters: what is joined, what is said where something is absent, and what is refused
before a kernel starts."""

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.errors import (
    ColumnError,
    CxError,
    EmptyDataError,
    ParameterError,
    ScoreRangeError,
    WeightError,
)

SURVEY = pd.DataFrame(
    {
        "who": ["c1", "c2", "c3", "c4", "c9"],
        "wave": ["W9", "W9", "W10", "W10", "W10"],
        "score": ["10点", "9", "0", "８", "7"],
        "csat": [5, 4, 1, 3, 2],
    }
)
CUSTOMERS = pd.DataFrame(
    {"who": ["c1", "c2", "c3", "c4", "c5", "c6"], "国": ["日", "韓", "日", "韓", "韓", "日"]}
)
SENT = pd.DataFrame(
    {
        "who": ["c1", "c2", "c3", "c4", "c5", "c6"],
        "wave": ["W9", "W9", "W10", "W10", "W10", "W10"],
        "mode": ["app"] * 6,
        "delivered": [True] * 6,
    }
)


@pytest.fixture
def files(tmp_path):
    SURVEY.to_csv(tmp_path / "survey.csv", index=False)
    CUSTOMERS.to_csv(tmp_path / "customers.csv", index=False, encoding="cp932")
    SENT.to_parquet(tmp_path / "sent.parquet")
    return tmp_path


def parameters(files, **changed):
    values = {
        "survey": files / "survey.csv",
        "frame": files / "customers.csv",
        "invitations": files / "sent.parquet",
        "customer": "who",
        "margins": ["国"],
        "score": "score",
        "mode": "mode",
        "outcome": "csat",
    }
    return bias.Parameters.parse(values | changed)


def test_the_latest_wave_is_joined_with_its_invitations(files):
    study = bias.read(parameters(files))
    assert study.wave == "W10"
    assert study.respondents["score"].tolist() == [0, 8]
    assert study.invited == 4
    assert study.targets["国"].to_dict() == {"日": 2, "韓": 2}
    assert "1 answer comes from people who are not in sent.parquet" in study.warnings[0]
    parameters(files).check()


def test_ids_may_be_numbers_in_one_file_and_text_in_another(files):
    SURVEY.assign(who=SURVEY["who"].str[1:].astype(int)).to_csv(files / "survey.csv", index=False)
    for name, frame in (("customers", CUSTOMERS), ("sent", SENT)):
        frame.assign(who=frame["who"].str[1:]).to_parquet(files / f"{name}.parquet")
    study = bias.read(parameters(files, frame=files / "customers.parquet"))
    assert study.respondents["国"].tolist() == ["日", "韓"]
    assert study.invited == 4


def test_without_an_invitation_list_everyone_is_the_reference(files):
    study = bias.read(parameters(files, invitations=None, mode=None))
    assert (study.invited, study.population) == (None, 6)
    assert "all 6 people" in study.notes[-1]


def test_without_a_frame_nothing_can_be_weighted(files):
    study = bias.read(parameters(files, invitations=None, frame=None, margins=[], mode=None))
    assert study.targets == {}
    assert (
        "cannot be compared"
        in bias.representativeness(study.respondents, study.reference, columns=[]).summary()
    )


def test_the_schools_by_parameters_alone(shared, expected):
    """As the notebook does it; 1e-7 as in R survey's case."""
    folder = shared / "oracles" / "bias"
    p = bias.Parameters(
        survey=folder / "apiclus1.csv",
        frame=folder / "apipop.csv",
        outcome="api00",
        weight="pw",
        margins=["stype", "sch.wide"],
        cluster="dnum",
        fpc="fpc",
    )
    p.check()
    study = bias.read(p)
    weights = bias.rake(study.respondents, targets=study.targets, weight=p.weight)
    found = bias.mean_beside(
        study.respondents, outcome=p.outcome, weights=weights, **p.design
    ).frame.iloc[-1]
    case = expected["clus1_rake"]["expected"]
    assert_allclose(
        [found["mean"], found["se"]],
        [case["api00"]["estimate"]["api00"], case["api00"]["se"]["api00"]],
        rtol=1e-7,
    )
    assert_allclose(
        sorted(weights.cells["weight"]),
        sorted(cell["weight"] for cell in case["cell_weights"]),
        rtol=1e-7,
    )
    assert "one wave" in study.notes[1]
    assert "clusters" in study.warnings[0]


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"score": "scroe"}, ColumnError, "did you mean 'score'"),
        ({"score": "who"}, ScoreRangeError, "none of the 5 answers"),
        ({"outcome": "who"}, ColumnError, "not numbers"),
        ({"margins": ["country"]}, ColumnError, "margins='country'"),
        ({"customer": "whom"}, ColumnError, "did you mean 'who'"),
        ({"customer": None}, ParameterError, "customer=None"),
        ({"wave": "W11"}, ParameterError, "wave='W11'"),
        ({"wave_column": "quarter"}, ColumnError, "wave_column='quarter'"),
        ({"mode": "modus"}, ColumnError, "did you mean 'mode'"),
        ({"wavee": "W9"}, ParameterError, "did you mean 'wave'"),
        ({"confidence": 95}, ParameterError, "confidence"),
        ({"survey": "nowhere.csv"}, ParameterError, "there is no file"),
        ({"cluster": "district"}, ColumnError, "cluster='district'"),
    ],
)
def test_bad_parameters(files, changed, error, said):
    with pytest.raises(error, match=said):
        parameters(files, **changed).check()


def test_files_that_do_not_belong_together(files):
    SENT.assign(who="z").to_parquet(files / "sent.parquet")
    with pytest.raises(
        ParameterError, match="none of the survey's answers belongs to an invitation"
    ):
        parameters(files).check()
    CUSTOMERS.assign(who="z" + CUSTOMERS["who"]).to_csv(files / "customers.csv", index=False)
    with pytest.raises(ParameterError, match="none of the survey's customers"):
        parameters(files).check()
    pd.concat([CUSTOMERS, CUSTOMERS]).to_csv(files / "customers.csv", index=False)
    with pytest.raises(ParameterError, match=r"6 rows .* repeat a customer"):
        parameters(files).check()


def test_empty_files_and_targets_out_of_reach(files):
    SURVEY.head(0).to_csv(files / "survey.csv", index=False)
    with pytest.raises(CxError):
        parameters(files).check()
    SURVEY.drop(index=3).to_csv(files / "survey.csv", index=False)
    with pytest.raises(WeightError, match="nobody among the respondents is '韓'"):
        parameters(files).check()
    SURVEY.assign(who="c9").iloc[[0]].to_csv(files / "survey.csv", index=False)
    with pytest.raises((EmptyDataError, ParameterError)):
        parameters(files).check()
