"""The bimodality coefficient of R."""

import pytest
from numpy.testing import assert_allclose

from cxlib.bias.methods.bimodality import bimodality


@pytest.mark.parametrize("case", ["jshape_5star", "unimodal_5star"])
def test_bimodality_coefficient(expected, case):
    counts = expected[case]["data"]["counts"]
    assert_allclose(
        bimodality([int(k) for k in counts], list(counts.values())),
        expected[case]["expected"]["bimodality_coefficient"],
        rtol=1e-6,
    )
