"""Reference values of the bias study, and the data they were made from."""

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import ORACLES


@pytest.fixture(scope="session")
def expected() -> dict[str, dict]:
    """Numbers from R (survey 4.1.1 and others), by case; each case names its source and
    tolerance."""
    cases = json.loads((ORACLES / "bias" / "expected.json").read_text(encoding="utf-8"))["cases"]
    return {case["id"]: case for case in cases}


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
