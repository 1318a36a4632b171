"""Every vector of survival_expected.json (R 4.2.2, survival 3.5-3): compared, an input, or left out
for a written reason."""

import functools
import json

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from cxlib import retention
from cxlib.methods.survival.kaplan_meier import kaplan_meier
from cxlib.methods.survival.log_rank import log_rank
from tests.conftest import ORACLES, SHARED
from tests.nps.leaves import stars

EXPECTED = json.loads(
    (ORACLES / "retention" / "survival_expected.json").read_text(encoding="utf-8")
)
# name: time, event, group, covariates
SETS = {
    "lung": ("time", "event", "sex", ["age", "sex"]),
    "aml": ("time", "event", "x", ["x"]),
    "gehan": ("time", "event", "treat", ["treat"]),
    "rossi": ("week", "arrest", "fin", ["fin", "age", "race", "wexp", "mar", "paro", "prio"]),
    "telco": ("tenure", "left", "Contract", ["MonthlyCharges", "SeniorCitizen"]),
}
CURVE = {"rtol": 1e-10, "atol": 1e-14}  # closed forms; the file has 15 digits
FIT = {"rtol": 1e-6}  # where two optimisers stopped
P = {
    "rtol": 1e-8,
    "atol": 1e-14,
}  # R writes 1 - F(x), ours is the upper tail: below 1e-14 R has no digits
# R's glm takes its standard errors from the weights before its last step; test_hazards.py has ours
# from first principles
GLM_SE = {"rtol": 5e-5}


@functools.cache
def data(name):
    if name == "gehan":
        return pd.read_csv(ORACLES / "retention" / "gehan.csv")
    if not SHARED.is_dir():
        pytest.skip(f"the data set {name} may not be copied and lies in ../shared, which is absent")
    if name == "telco":
        frame = pd.read_csv(SHARED / "samples" / "retention" / "telco_churn_ibm.csv").query(
            "tenure > 0"
        )
        return frame.assign(left=(frame["Churn"] == "Yes").astype(int))
    return pd.read_csv(SHARED / "oracles" / "retention" / f"{name}.csv")


@functools.cache
def durations(name, *by):
    time, event, group, _ = SETS[name]
    return retention.count_durations(data(name), duration=time, event=event, by=list(by) or group)


@functools.cache
def curves(name, kind):
    """Return the columns of R's `survfit` by R's names."""
    _, _, group, _ = SETS[name]
    if kind.startswith("km_overall"):
        counts, options = (
            durations(name),
            {"limits": {"loglog": "log-log"}.get(part := kind.removeprefix("km_overall_"), part)},
        )
    elif kind == "km_by_group_log":
        counts, options = durations(name), {"limits": "log", "by": group}
    else:
        lung = data(name).assign(
            w=np.where(data(name)["sex"] == 1, 0.5, 2.0),
            since=np.minimum(data(name)["time"] - 1, data(name)["age"]),
        )
        extra = {"weight": "w"} if kind == "km_weighted" else {"entry": "since"}
        counts, options = (
            retention.count_durations(lung, duration="time", event="event", **extra),
            {"limits": "log"},
        )
    frame = retention.survival(counts, **options).frame
    columns = {
        "time": "tenure",
        "n_risk": "at_risk",
        "n_event": "lost",
        "n_censor": "censored",
        "surv": "survival",
        "std_err": "se",
        "lower": "ci_low",
        "upper": "ci_high",
        "cumhaz": "cumhaz",
        "std_chaz": "cumhaz_se",
    }
    if kind == "km_weighted":
        columns |= {
            "n_risk": "at_risk_weight",
            "n_event": "lost_weight",
            "n_censor": "censored_weight",
        }
    if kind == "km_by_group_log":
        frame = frame.assign(strata=".g=" + frame[group])
        columns["strata"] = "strata"
    return {theirs: frame[ours].to_numpy() for theirs, ours in columns.items()}


def curve(kind):
    return lambda name, key: curves(name, kind)[key]


@functools.cache
def quantiles(name, column):
    group = SETS[name][2]
    found = retention.survival(durations(name), by=group, limits="log").quantiles(
        EXPECTED[name]["quantiles"]["probs"]
    )
    return found.pivot(index=group, columns="prob", values=column).to_numpy()


@functools.cache
def mean(name):
    group = SETS[name][2]
    found = retention.rmst(durations(name), by=group, horizon=EXPECTED[name]["rmst"]["tau"])
    return found.frame.rename(columns={group: "groups"})


@functools.cache
def rank_test(name, rho):
    table = durations(name).risk_table([SETS[name][2]])
    return log_rank([(table.at_risk, table.lost)], rho=float(rho))


@functools.cache
def pairs():
    return retention.compare(durations("telco"), between="Contract").frame


@functools.cache
def cox(name, ties, transform="km"):
    time, event, _, covariates = SETS[name]
    return retention.cox(
        data(name),
        duration=time,
        event=event,
        covariates=covariates,
        ties=ties,
        transform=transform,
    )


def zph(transform):
    def of(name, key):
        found = cox(name, "efron", transform)
        return {
            "chisq": [*found.frame["ph_statistic"], found.ph_overall],
            "df": [1] * found.df + [found.df],
            "p": [*found.frame["ph_pvalue"], found.ph_pvalue],
        }[key]

    return of


def fitted(ties, attribute):
    return lambda name: getattr(cox(name, ties), attribute)


@functools.cache
def discrete(link):
    counts = durations("telco", "Contract", "MonthlyCharges")
    return retention.hazard(
        counts, terms=["log_age", "Contract"], numbers="MonthlyCharges", link=link
    )


COMPARED = {
    "*/n": (lambda name: durations(name).customers, {"rtol": 0}),
    "*/events": (lambda name: durations(name).frame["lost"].sum(), {"rtol": 0}),
    **{
        f"*/{kind}/*": (curve(kind), CURVE)
        for kind in (
            "km_overall_log",
            "km_overall_loglog",
            "km_overall_plain",
            "km_by_group_log",
            "km_weighted",
            "km_delayed_entry",
        )
    },
    "*/quantiles/groups": (lambda name: mean(name)["groups"], None),
    **{
        f"*/quantiles/{key}": (
            functools.partial(lambda name, column: quantiles(name, column), column=column),
            {"rtol": 0},
        )
        for key, column in (("est", "tenure"), ("lower", "ci_low"), ("upper", "ci_high"))
    },
    "*/rmst/groups": (lambda name: mean(name)["groups"], None),
    "*/rmst/rmst": (lambda name: mean(name)["rmst"], CURVE),
    "*/rmst/se": (lambda name: mean(name)["se"], CURVE),
    **{
        f"*/logrank_rho{rho}/{key}": (
            functools.partial(
                lambda name, rho, at: getattr(rank_test(name, rho), at), rho=rho, at=at
            ),
            tol,
        )
        for rho in (0, 1)
        for key, at, tol in (
            ("chisq", "statistic", CURVE),
            ("df", "df", CURVE),
            ("p", "pvalue", P),
            ("obs", "observed", CURVE),
            ("exp", "expected", CURVE),
            ("var", "covariance", CURVE),
        )
    },
    "telco/pairwise/a": (lambda: pairs()["a"], None),
    "telco/pairwise/b": (lambda: pairs()["b"], None),
    "telco/pairwise/chisq": (lambda: pairs()["statistic"], CURVE),
    "telco/pairwise/p": (lambda: pairs()["pvalue"], {"rtol": 1e-6, "atol": 1e-300}),
    "telco/pairwise/holm": (lambda: pairs()["pvalue_adj"], {"rtol": 1e-6, "atol": 1e-300}),
    "telco/pairwise/BH": (
        lambda: retention.compare(durations("telco"), between="Contract", adjust="BH").frame[
            "pvalue_adj"
        ],
        {"rtol": 1e-6, "atol": 1e-300},
    ),
    **{
        f"*/cox_{ties}/{key}": (
            functools.partial(
                lambda name, ties, column: cox(name, ties).frame[column], ties=ties, column=column
            ),
            FIT,
        )
        for ties in ("efron", "breslow")
        for key, column in (("coef", "estimate"), ("se", "se"))
    },
    **{
        f"*/cox_{ties}/{key}": (fitted(ties, key), FIT)
        for ties in ("efron", "breslow")
        for key in ("wald", "score")
    },
    **{
        f"*/cox_{ties}/loglik": (
            functools.partial(
                lambda name, ties: [cox(name, ties).loglik_null, cox(name, ties).loglik], ties=ties
            ),
            FIT,
        )
        for ties in ("efron", "breslow")
    },
    **{
        f"*/zph_{scale}/{key}": (
            functools.partial(lambda name, of, key: of(name, key), of=zph(scale), key=key),
            FIT,
        )
        for scale in ("km", "rank", "identity")
        for key in ("chisq", "df", "p")
    },
    **{
        f"telco/discrete_{link}/rows": (
            functools.partial(lambda link: discrete(link).customer_periods, link),
            {"rtol": 0},
        )
        for link in ("logit", "cloglog")
    },
    **{
        f"telco/discrete_{link}/coef": (
            functools.partial(lambda link: discrete(link).frame["estimate"], link),
            FIT,
        )
        for link in ("logit", "cloglog")
    },
    **{
        f"telco/discrete_{link}/se": (
            functools.partial(lambda link: discrete(link).frame["se"], link),
            GLM_SE,
        )
        for link in ("logit", "cloglog")
    },
    **{
        f"telco/discrete_{link}/deviance": (
            functools.partial(lambda link: discrete(link).deviance, link),
            CURVE,
        )
        for link in ("logit", "cloglog")
    },
}
GIVEN = {
    "source",
    "R",
    "survival",
    "*/dataset",
    "*/time",
    "*/event",
    "*/group",
    "*/quantiles/probs",
    "*/rmst/tau",
    "lung/km_weighted_note",
    "lung/km_delayed_entry_note",
    # names of rows, in the order of which the numbers are compared
    "*/cox_efron/terms",
    "*/cox_breslow/terms",
    "*/zph_km/rows",
    "*/zph_rank/rows",
    "*/zph_identity/rows",
    "telco/discrete_logit/formula",
    "telco/discrete_cloglog/formula",
    "telco/discrete_logit/terms",
    "telco/discrete_cloglog/terms",
}
LATER = {
    "*/aft_weibull/*",
    "*/aft_exponential/*",
    "*/aft_lognormal/*",
    "*/aft_loglogistic/*",  # parametric curves: with projection
    "*/cox_efron/concordance",
    "*/cox_breslow/concordance",  # how well a model predicts: with the projection too
    # clustered rows: statsmodels' robust variance knows Breslow's ties alone (1 % off)
    "*/cox_efron_robust_se",
}
NOT_OFFERED = {
    # statsmodels has Efron's and Breslow's ties; in whole periods hazard(link="logit") is the exact
    # question
    "*/cox_exact/*",
    "telco/pairwise/bonferroni",  # Holm holds the same promise and finds at least as much
}


def vectors(node, path=""):
    for key, child in node.items():
        where = f"{path}/{key}".lstrip("/")
        if isinstance(child, dict):
            yield from vectors(child, where)
        else:
            yield where, child


VALUES = dict(vectors(EXPECTED))
MATCHES = {
    path: [key for key in (*COMPARED, *GIVEN, *LATER, *NOT_OFFERED) if stars(key, path) is not None]
    for path in VALUES
}
# `*/km_overall_log/*` and the like are patterns of patterns: a path that is compared is so by one
# of them
PATHS = [path for path, keys in MATCHES.items() if any(key in COMPARED for key in keys)]


def test_no_vector_is_left_out():
    assert not {path: keys for path, keys in MATCHES.items() if len(keys) != 1}
    assert not {*COMPARED, *GIVEN, *LATER, *NOT_OFFERED} - {
        key for keys in MATCHES.values() for key in keys
    }


@pytest.mark.parametrize("path", PATHS)
def test_equals_r(path):
    ours, tolerance = COMPARED[MATCHES[path][0]]
    found, wanted = ours(*stars(MATCHES[path][0], path)), VALUES[path]
    if tolerance is None or path.endswith("/strata"):
        assert_array_equal(np.asarray(found, str), np.asarray(wanted, str))
    else:
        assert_allclose(
            np.atleast_1d(np.asarray(found, float)),
            np.atleast_1d(np.array(wanted, float)),
            **tolerance,
        )


def test_weights_of_one_change_nothing():
    """Identity: the infinitesimal jackknife of a Kaplan-Meier curve with equal weights is
    Greenwood's variance."""
    plain = kaplan_meier(durations("gehan").risk_table(["treat"]))
    one = retention.count_durations(
        data("gehan").assign(w=1.0), duration="time", event="event", by="treat", weight="w"
    )
    weighted = kaplan_meier(one.risk_table(["treat"]))
    alive = plain.survival > 0
    assert_allclose(weighted.log_variance[alive], plain.log_variance[alive], rtol=1e-12, atol=1e-16)
    assert_allclose(weighted.survival, plain.survival, rtol=1e-12)
