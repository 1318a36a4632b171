"""Every row and key of expected_bayes.json (make_bayes.py: another quadrature, checked with mpmath)
against `bayes.posterior`."""

import json

import numpy as np
from numpy.testing import assert_allclose

from cxlib.nps.methods.bayes import posterior
from tests.conftest import ORACLES

EXPECTED = json.loads((ORACLES / "nps" / "expected_bayes.json").read_text(encoding="utf-8"))
PRIORS = {"jeffreys": 0.5, "uniform": 1.0}
COUNTS = ("pro", "pas", "det")


def keys(row, above=()):
    """Paths of all values of a row."""
    return {
        path
        for key, value in row.items()
        for path in (keys(value, (*above, key)) if isinstance(value, dict) else {(*above, key)})
    }


def test_every_row_and_key_equals_the_reference():
    compared = {(name,) for name in COUNTS}
    for name, prior in PRIORS.items():
        pro, pas, det = (np.array([row[kind] for row in EXPECTED]) for kind in COUNTS)
        found = posterior(pro, pro + pas + det, det, prior=prior)
        # closed forms 1e-12 relative (a mean of 0 exactly); limits are roots on [-1, 1], the file's
        # own to a few 1e-12
        for key, ours, tolerance in (
            ("mean", found.mean, {"rtol": 1e-12}),
            ("var", found.variance, {"rtol": 1e-12}),
            ("p_gt_0", found.positive, {"rtol": 1e-12}),
            ("ci", np.stack([found.low, found.high], axis=1), {"rtol": 0, "atol": 1e-11}),
        ):
            assert_allclose(
                ours, [row[name][key] for row in EXPECTED], **tolerance, err_msg=f"{name} {key}"
            )
            compared.add((name, key))
    assert len(EXPECTED) == 15
    for row in EXPECTED:
        assert keys(row) == compared
