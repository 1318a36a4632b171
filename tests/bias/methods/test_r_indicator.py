"""The R-indicator of the Danish survey."""

from numpy.testing import assert_allclose

from cxlib import bias


def test_danish_r_indicator(danish, expected):
    """Adjusted values to 2e-5, the error to 2e-4: R's `glm` gives the covariance one step before
    convergence, and the R code
    mixes the divisors N and N - 1 in the variance where N - 1 is used throughout here."""
    case = expected["danish_rindicator"]["expected"]
    row = bias.r_indicator(*danish, columns=["residence", "gender"]).frame.iloc[0]
    assert_allclose(row["r_unadjusted"], case["R_unadj"], rtol=1e-8)
    assert_allclose(
        [row["rate"], row["r_indicator"], row["cv"]],
        [case["mean_propensity"], case["R"], case["CV"]],
        rtol=2e-5,
    )
    assert_allclose(row["se"], case["R_se"], rtol=2e-4)
