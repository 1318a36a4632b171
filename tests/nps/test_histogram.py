"""The distribution behind an NPS: weighted shares and people, against R survey."""

from numpy.testing import assert_allclose

from cxlib import nps
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
