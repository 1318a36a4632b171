"""The distribution behind an NPS: weighted shares and people, against R survey."""

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import nps
from cxlib.shown.ledger import ledger
from tests.conftest import ORACLES


def test_the_distribution_is_weighted_and_counts_people():
    counts = nps.count_scores(
        ORACLES / "nps" / "responses.csv",
        score="ltr",
        by="wave",
        weight="weight",
        strata="stratum",
        cluster="store",
    )
    shape = nps.distribution(counts)
    assert shape.frame["n"].sum() == 1200
    # R survey: shares of promoters, passives and detractors (expected_r.json, strata_cluster)
    wanted = {
        "promoters": 0.311268724266268,
        "passives": 0.359439895861149,
        "detractors": 0.329291379872583,
    }
    assert_allclose(
        shape.frame.groupby("kind")["share"].sum()[list(wanted)], list(wanted.values()), rtol=1e-12
    )
    p, q = wanted["promoters"], wanted["detractors"]
    assert_allclose(shape.polarisation, p + q - (p - q) ** 2, rtol=1e-12)
    kinds = shape.kinds().frame.set_index("kind")
    assert_allclose(kinds["share"][list(wanted)], list(wanted.values()), rtol=1e-12)
    assert kinds["answers"].sum() == 1200
    assert set(kinds["n"]) == {1200}


@pytest.mark.parametrize(("language", "said"), [("en", "1 answer"), ("ja", "1件"), ("ko", "1건")])
def test_a_share_stands_beside_its_count(language, said):
    """The share is weighted, the answers are people."""
    rows = pd.DataFrame({"score": [10, 0, 3, 5], "w": [3.0, 1.0, 1.0, 1.0]})
    counts = nps.count_scores(rows, score="score", weight="w")
    found = ledger(
        key=[("kinds.share", {"kind": "promoters"}), ("kinds.share", {"kind": "passives"})],
        kinds=nps.distribution(counts).kinds(),
        language=language,
    )
    some, none = found.keys
    assert found.frame.iloc[some["row"]][["value", "n"]].tolist() == [0.5, 4]
    assert some["of"] == said
    assert found.frame.iloc[none["row"]]["value"] == 0
