"""Reference values of the bias study, and the data they were made from."""

import json
from pathlib import Path

import pandas as pd
import pytest

from cxlib import bias
from tests.conftest import ORACLES


@pytest.fixture(scope="session")
def expected() -> dict[str, dict]:
    """Numbers from R (survey 4.1.1 and others), by case; each case names its source and
    tolerance."""
    cases = json.loads((ORACLES / "bias" / "expected.json").read_text(encoding="utf-8"))["cases"]
    return {case["id"]: case for case in cases}


@pytest.fixture(scope="session")
def calibrations(shared: Path) -> dict[str, dict]:
    """R survey 4.1.1 `calibrate`, `trimWeights` and, with base weights that differ, `rake`,
    `calibrate` and `postStratify`, by case."""
    folder = shared / "oracles" / "bias"
    cases = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["cases"]
    unequal = json.loads((folder / "expected_unequal_weights.json").read_text(encoding="utf-8"))
    return {case["id"]: case for case in cases} | unequal["cases"]


@pytest.fixture(scope="session")
def schools(shared: Path) -> dict[str, pd.DataFrame]:
    """The California schools of R survey (GPL: read from the folder that may not be copied)."""
    return {
        name: pd.read_csv(shared / "oracles" / "bias" / f"{name}.csv")
        for name in ("apiclus1", "apistrat", "apipop")
    }


@pytest.fixture(scope="session")
def danish(shared: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Respondents and everyone asked in the Danish 1965 survey (R vcd `NonResponse`), one row a
    person."""
    cells = pd.read_csv(shared / "oracles" / "bias" / "nonresponse_denmark1965.csv")
    people = (
        cells.loc[cells.index.repeat(cells["Freq"])].drop(columns="Freq").reset_index(drop=True)
    )
    return people[people["response"] == "yes"], people


def weighted_nps(promoters, passives, detractors):
    scores = pd.DataFrame({"score": [10] * promoters + [8] * passives + [0] * detractors})
    return bias.estimate_nps(scores, score="score", weights=bias.rake(scores, targets={}))


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


@pytest.fixture(scope="session")
def careless_expected(shared: Path) -> dict[str, dict]:
    """Numbers from R (careless 1.2.2, psych 2.2.9) on answers that may not be copied, by case."""
    cases = json.loads((shared / "oracles" / "bias" / "expected.json").read_text(encoding="utf-8"))
    return {case["id"]: case for case in cases["cases"]}
