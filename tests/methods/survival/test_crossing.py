"""Where a curve comes to a level: by hand."""

import numpy as np

from cxlib.methods.survival.crossing import crossing

TENURE = np.array([1.0, 2.0, 3.0, 4.0])


def test_by_hand():
    curve = np.array([0.75, 0.5, 0.25, 0.0])
    assert crossing(TENURE, curve, 0.5) == 2.5  # the middle of the flat step
    assert crossing(TENURE, curve, 0.6) == 2.0
    assert crossing(TENURE, curve, 0.0) == 4.0
    assert np.isnan(crossing(TENURE, curve[:2].repeat(2), 0.4))
