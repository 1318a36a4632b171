"""Every reference value of the bias study: computed and compared, or named as not offered."""

from __future__ import annotations

import json
import re
from functools import cache

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.bias.methods import bimodality, logit, worst_case

from ..conftest import SHARED

FOLDER = SHARED / "oracles" / "bias"
if not FOLDER.is_dir():
    pytest.skip("the folder with data that may not be copied is absent", allow_module_level=True)
CONTENT = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
UNEQUAL = json.loads((FOLDER / "expected_unequal_weights.json").read_text(encoding="utf-8"))
CASES = {case["id"]: case for case in CONTENT["cases"]} | {
    name: {"id": name, "method": "unequal", "expected": leaves, "rtol": UNEQUAL["rtol"]}
    for name, leaves in UNEQUAL["cases"].items()
}
# reference values of what is not offered, with why; the path is case/leaf
NOT_OFFERED = {
    "design effects of the whole design: ours is Kish's, of the weights alone": "clus1_mean/deff",
    "other tests than the one by Rao and Scott with F": (
        r"clus1_svychisq/(Chisq|Wald|adjWald)/(statistic|df|df/\d|p)"
    ),
    "ranks of weighted answers": r"strat_tests/rank_(t|df|p)",
    "how well a logit of answering fits: no measure of quality": (
        r"danish_rindicator(_w3)?/(deviance|auc)"
    ),
    "differences of numbers: respondents and frame are compared by categories": (
        r"apipop_smd/(api99|meals|ell)/(smd_pooled|smd_vs_frame|ks)"
    ),
    "data defect correlation": r"apipop_ddc/(f|error|ddc|check_identity|n_eff_meng)",
    "Little's test": r"(airquality_mcar|bfi_mcar_5)/.+",
    "alpha of standardised items": r"bfi_alpha/\w+/std_alpha",
    "terms of the bimodality coefficient": (
        r"(statfaculty_dip|jshape_5star|unimodal_5star)/(skew_G1|exkurt_G2)"
    ),
    "the dip test, which rejects every lattice": (
        r"(statfaculty_dip|jshape_5star|unimodal_5star)/dip(_p_interpolated)?"
    ),
    "Heckman's two steps": r"mroz_heckman/.+",
    "R turns pairs of three rows at random: see test_carelessness": "bfi_careless/rows/psychsyn",
}
# where a reference bears less than its case's rtol: (rtol, atol)
TOLERANCES = {
    # R's glm stopped early, and its code has the divisor N where N - 1 is meant
    r"danish_rindicator(_w3)?/(R|R_unadj)": (1e-6, 0),
    r"danish_rindicator(_w3)?/(CV|CV_unadj)": (1e-5, 0),
    r"danish_rindicator(_w3)?/(bias_factor|partial/\w+/(Pu|Pc))": (2e-5, 0),
    r"danish_rindicator(_w3)?/(R_se|coef_se/.+|partial/\w+/Pu_se)": (1e-3, 0),
    r"danish_rindicator(_w3)?/(coef|partial)/.+": (1e-6, 0),
    r"danish_rindicator(_w3)?/mean_propensity": (2e-9, 0),
    # a margin's own share: what ten rounds of sweeping leave
    "strat_rake_3/share_awards_se": (1e-7, 1e-9),
    # three rows in 2,395 whose pairs R turns at random, by 2 at most
    "bfi_careless/mean/psychsyn": (0, 3 * 2 / 2395),
}


@cache
def table(name):
    return pd.read_csv(FOLDER / name)


def estimates(result, key, name):
    """Value and error as the cases have them."""
    row = result.frame.iloc[-1]
    return {"estimate": {name: row[key]}, "se": {name: row["se"]}}


def described(rows, weights):
    final = weights.values(rows)
    return {
        "n": len(final),
        "sum": final.sum(),
        "min": final.min(),
        "max": final.max(),
        "sumsq": (final**2).sum(),
        "kish_deff": weights.deff,
        "kish_neff": weights.n_eff,
        "first10": final[:10],
    }


def clustered(rows, weights, se="linearised"):
    """The mean and the total that each case of apiclus1 has."""
    given = {"weights": weights, "cluster": "dnum", "population": "fpc", "se": se}
    prefix = "jk1_" if se == "jackknife" else ""
    mean = bias.weighted_mean(rows, outcome="api00", **given)
    total = bias.weighted_total(rows, outcome="enroll", **given)
    return {
        f"{prefix}api00": estimates(mean, "mean", "api00"),
        f"{prefix}enroll_total": estimates(total, "total", "enroll"),
    }


def taylor_mean(case):
    args, rows = case["args"], table(case["data"])
    design = {"weight": args["weight"], "population": args["fpc"], "se": "linearised"}
    design |= {key: args[key] for key in ("cluster", "strata") if key in args}
    mean = bias.weighted_mean(rows, outcome=args["y"], **design)
    total = bias.weighted_total(rows, outcome=args["total"], **design)
    ratio = bias.weighted_ratio(rows, numerator="api00", denominator="api99", **design).frame
    by = bias.weighted_mean(rows, outcome=args["y"], by="awards", **design).frame
    return {
        **estimates(mean, "mean", args["y"]),
        "total": estimates(total, "total", args["total"]),
        "degf": mean.frame["df"].iloc[0],
        "ratio": {"est": ratio["ratio"].iloc[0], "se": ratio["se"].iloc[0]},
        "by_stype": dict(zip("awards_" + by["awards"], by["mean"], strict=True)),
        "by_se": by["se"].to_numpy(),
    }


def raked(case):
    args = case["args"]
    return bias.rake(
        table(case["data"]), targets=args["margins"], weight=args["base_weight"], tolerance=1e-12
    )


def rake(case):
    rows, weights = table(case["data"]), raked(case)
    cells = weights.cells.set_index(["stype", "sch.wide"])["weight"]
    return {
        "weights": described(rows, weights),
        "cell_weights": [
            {"stype": a, "sch.wide": b, "weight": cells[a, b]}
            for a, b in ((cell["stype"], cell["sch.wide"]) for cell in _cells_of(case))
        ],
        **clustered(rows, weights),
        **clustered(rows, weights, se="jackknife"),
    }


def _cells_of(case):
    return case["expected"]["cell_weights"]


def poststratify(case):
    args, rows = case["args"], table(case["data"])
    weights = bias.poststratify(rows, targets=args["margin"], weight=args["base_weight"])
    return {
        "weights": described(rows, weights),
        **clustered(rows, weights),
        **clustered(rows, weights, se="jackknife"),
    }


def calibrate(case):
    args, rows = case["args"], table(case["data"])
    totals = args["totals"]
    high, middle = totals["stypeH"], totals["stypeM"]
    weights = bias.calibrate(
        rows,
        targets={"stype": {"E": totals["(Intercept)"] - high - middle, "H": high, "M": middle}},
        totals={"api99": totals["api99"]},
        weight=args["base_weight"],
        distance=case["method"].rsplit("_", 1)[-1],
        bounds=tuple(args["bounds"]) if "bounds" in args else None,
    )
    factor = weights.cells["factor"]
    return {
        "weights": described(rows, weights),
        "g_range": [factor.min(), factor.max()],
        **clustered(rows, weights),
    }


def trim(case):
    args, first = case["args"], CASES[case["args"]["from"]]
    trimmed = bias.trim(raked(first), lower=args["lower"], upper=args["upper"], rerake=False)
    found = described(table(first["data"]), trimmed)
    return {"one_pass": found, "strict": found}


def rao_scott(case):
    args = case["args"]
    row = bias.rao_scott(
        table(case["data"]),
        row=args["rows"],
        column=args["cols"],
        cluster=args["cluster"],
        weight=args["weight"],
        population=args["fpc"],
    ).frame.iloc[0]
    return {
        "F": {
            "statistic": row["statistic"],
            "df": [row["df"], row["df_error"]],
            "p": row["pvalue"],
        }
    }


def svyttest(case):
    args = case["args"]
    found = bias.weighted_differences(
        table(case["data"]),
        outcome=args["y"],
        by=args["group"],
        weight=args["weight"],
        strata=args["strata"],
        population=args["fpc"],
    ).frame.iloc[0]
    return {"t": found["statistic"], "df": found["df"], "diff": found["difference"]} | {
        "p": found["pvalue"]
    }


def danish(weight=1.0):
    """Respondents and everyone asked, one row a person."""
    cells = table("nonresponse_denmark1965.csv")
    people = cells.loc[cells.index.repeat(cells["Freq"])].assign(w=weight)
    return people[people["response"] == "yes"], people


def r_indicator(case):
    columns, weight = ["residence", "gender"], 3.0 if case["id"].endswith("_w3") else 1.0
    found = bias.r_indicator(*danish(weight), columns=columns, weight="w")
    row, parts = found.frame.iloc[0], found.partial.set_index(["column", "category"])
    s2 = [(1 - row[name]) ** 2 / 4 for name in ("r_indicator", "r_unadjusted")]
    return {
        "R": row["r_indicator"],
        "R_unadj": row["r_unadjusted"],
        "R_se": row["se"],
        "CV": row["cv"],
        "CV_unadj": np.sqrt(s2[1]) / row["rate"],
        "mean_propensity": row["rate"],
        "bias_factor": s2[0] / s2[1],
        **_coefficients(weight),
        "partial": {name: _parts(parts.loc[name]) for name in columns},
    }


def _parts(parts):
    whole, each = parts.loc[""], parts.drop(index="")
    return {
        "Pu_unadj": whole["unconditional_unadjusted"],
        "Pu": whole["partial_unconditional"],
        "Pu_se": whole["se"],
        "Pc_unadj": whole["conditional_unadjusted"],
        "Pc": whole["partial_conditional"],
        "Pu_by_category_unadj": each["partial_unconditional"].to_dict(),
        "Pc_by_category_unadj": each["partial_conditional"].to_dict(),
    }


def _coefficients(weight):
    """The logit behind it, with R's reference categories."""
    cells = table("nonresponse_denmark1965.csv")
    keys = ["residence", "gender"]
    n = cells.groupby(keys)["Freq"].sum()
    yes = cells[cells["response"] == "yes"].groupby(keys)["Freq"].sum()
    residence, gender = n.index.get_level_values(0), n.index.get_level_values(1)
    names = {"(Intercept)": residence != "", "residenceCity": residence == "City"}
    names |= {"residenceCountry": residence == "Country", "genderfemale": gender == "female"}
    fitted = logit.fit(
        np.column_stack(list(names.values())).astype(float),
        weight * n.to_numpy(float),
        weight * yes.to_numpy(float),
        squares=weight**2 * n.to_numpy(float),
    )
    errors = np.sqrt(np.diag(fitted.covariance))
    return {
        "coef": dict(zip(names, fitted.coefficients, strict=True)),
        "coef_se": dict(zip(names, errors, strict=True)),
    }


def chisq(case):
    tests = bias.representativeness(*danish(), columns=list(case["expected"])).tests
    return {
        row["column"]: {
            "statistic": row["statistic"],
            "df": row["df"],
            "p": row["pvalue"],
            "cramers_v": row["cramers_v"],
        }
        for _, row in tests.iterrows()
    }


def pattern_mixture(case):
    args, everyone = case["args"], table(case["data"])
    here = everyone[everyone["awards"] == "Yes"]
    found = bias.pattern_mixture(
        here, everyone, outcome=args["y"], proxy=args["proxy"], phi=args["phi"]
    )
    rows = list(zip(args["phi"], found.frame.itertuples(), strict=True))
    return {
        "rho": found.frame["rho"].iloc[0],
        "mean_respondents": found.plain,
        **{f"adjusted_phi{phi}": row.mean for phi, row in rows},
        **{f"SMUB{phi}": row.smub for phi, row in rows},
    }


def manski(case):
    everyone = table(case["data"]).assign(event=lambda d: (d["api00"] >= 700).astype(float))
    here = everyone[everyone["awards"] == "Yes"]
    naive, truth = (
        bias.weighted_mean(each, outcome="event").frame["mean"].iloc[0] for each in (here, everyone)
    )
    low, high = worst_case.manski(
        naive, answered=len(here), asked=len(everyone), lowest=0, highest=1
    )
    return {"naive": naive, "truth": truth, "lower": low, "upper": high}


def alpha(case):
    keys = case["args"]["keys"]
    found = bias.reliability(
        table(case["data"]),
        scales={name: [item.strip("-") for item in items] for name, items in keys.items()},
        reverse=[item[1:] for items in keys.values() for item in items if item.startswith("-")],
        scale=(1, 6),
    ).frame.set_index("scale")["alpha"]
    return {name: {"raw_alpha": value} for name, value in found.items()}


def response_styles(case):
    items = case["args"]["columns"]
    rows = table(case["data"]).dropna(subset=items)
    found = bias.response_styles(rows, items=items, scale=(1, 6)).frame.set_index("style")
    return {
        "n": found["n"].iloc[0],
        "ers_mean": found.loc["ends", "share"],
        "ers_sd": found.loc["ends", "sd"],
        "ars_mean": found.loc["agreeing", "share"],
        "ars_sd": found.loc["agreeing", "sd"],
        "ars_net_mean": found.loc["net_agreeing", "share"],
    }


INDICES = {
    "longstring": "longest",
    "avgstr": "average",
    "irv": "irv",
    "mahad": "mahalanobis",
    "evenodd": "even_odd",
    "psychsyn": "synonym",
    "psychant": "antonym",
}


def careless(case):
    rows, args = table(case["data"]), case["args"]
    items = args.get("columns", list(rows.columns))
    rows = rows.dropna(subset=items)
    found = bias.careless(
        rows,
        items=items,
        scales={str(i): items[i : i + 5] for i in range(0, len(items), 5)},
        synonym_cut=args.get("psychsyn_cut", 0.5),
    )
    values = {theirs: found.rows[own] for theirs, own in INDICES.items() if own in found.rows}
    r = rows[items].corr().where(np.tril(np.ones((len(items),) * 2, bool), -1)).stack()
    return {
        "n": len(found.rows),
        "mean": {name: value.mean() for name, value in values.items()},
        "na": {name: value.isna().sum() for name, value in values.items()},
        "max_longstring": found.rows["longest"].max(),
        "flag_mahad_p001": found.marks["mahalanobis"].sum(),
        "top_item_pair": dict(zip(("var1", "var2"), r.idxmax(), strict=True)) | {"cor": r.max()},
        "rows": {name: value.to_numpy(float) for name, value in values.items()},
    }


def dip_bc(case):
    data = case["data"]
    counts = data["counts"] if "counts" in data else pd.Series(data["values"]).value_counts()
    score, n = [float(each) for each in counts.keys()], list(dict(counts).values())  # noqa: SIM118
    return {"n": sum(n), "bimodality_coefficient": bimodality.bimodality(score, n)}


# of make_unequal_weights.R: file, how the weights are made, columns, design
MADE = {
    "strat_rake_2": ("apistrat", "rake", ["sch.wide", "comp.imp"]),
    "strat_rake_3": ("apistrat", "rake", ["stype", "sch.wide", "awards"]),
    "unstratified_rake_2": ("apistrat", "rake", ["stype", "sch.wide"]),
    "clus_unequal_rake_2": ("apiclus1", "rake", ["stype", "sch.wide"]),
    "clus_unequal_calibrate_linear": ("apiclus1", "linear", ["stype", "sch.wide"]),
    "clus_unequal_calibrate_raking": ("apiclus1", "raking", ["stype", "sch.wide"]),
    "clus_unequal_poststratify": ("apiclus1", "poststratify", ["stype"]),
}


def unequal(case):
    file, how, columns = MADE[case["id"]]
    rows = table(f"{file}.csv").assign(award=lambda d: 1.0 * (d["awards"] == "Yes"))
    base = rows["pw"] * (1 + rows["snum"] % 4) if file == "apiclus1" else rows["pw"]
    rows["w"] = base * 6194 / base.sum() if file == "apiclus1" else base
    targets = bias.margins(table("apipop.csv"), columns=columns)
    if how == "rake":
        weights = bias.rake(rows, targets=targets, weight="w", tolerance=1e-12)
    elif how == "poststratify":
        weights = bias.poststratify(rows, targets=targets, weight="w")
    else:
        weights = bias.calibrate(rows, targets=targets, weight="w", distance=how, tolerance=1e-12)
    design = {"weights": weights, "se": "linearised"}
    design |= {"cluster": "dnum"} if file == "apiclus1" else {}
    design |= {"strata": "stype", "population": "fpc"} if case["id"].startswith("strat_") else {}
    mean = bias.weighted_mean(rows, outcome="api00", **design).frame.iloc[0]
    groups = bias.weighted_mean(rows, outcome="api00", by="stype", **design).frame
    domain = groups.set_index("stype").loc["E"]
    total = bias.weighted_total(rows, outcome="enroll", **design).frame.iloc[0]
    share = bias.weighted_mean(rows, outcome="award", **design).frame.iloc[0]
    final = weights.values(rows)
    return {
        "mean_api00": mean["mean"],
        "se_api00": mean["se"],
        "domain_E_api00": domain["mean"],
        "domain_E_se": domain["se"],
        "total_enroll": total["total"],
        "total_enroll_se": total["se"],
        "share_awards": share["mean"],
        "share_awards_se": share["se"],
        "sum_w": final.sum(),
        "sum_w2": (final**2).sum(),
        "min_w": final.min(),
        "max_w": final.max(),
        "degf": mean["df"],
    }


# a case's method -> what computes its leaves; None: all of its leaves are not offered
COMPUTE = {
    "taylor_mean": taylor_mean,
    "rake": rake,
    "poststratify": poststratify,
    **dict.fromkeys(
        (
            "calibrate_linear",
            "calibrate_raking",
            "calibrate_bounded_linear",
            "calibrate_bounded_logit",
        ),
        calibrate,
    ),
    "trim": trim,
    "rao_scott": rao_scott,
    "svyttest_ranktest": svyttest,
    "r_indicator": r_indicator,
    "chisq": chisq,
    "smd": None,
    "proxy_pattern_mixture": pattern_mixture,
    "data_defect_correlation": None,
    "manski_bounds": manski,
    "little_mcar": None,
    "alpha": alpha,
    "response_styles": response_styles,
    "careless_indices": careless,
    "dip_bc": dip_bc,
    "heckman_two_step": None,
    "unequal": unequal,
}


def expected_of(case):
    """The reference values, with those of each row where a case has a file of them."""
    if "per_row" not in case.get("args", {}):
        return case["expected"]
    rows = pd.read_csv(FOLDER / case["args"]["per_row"].split()[0], skipinitialspace=True)
    return case["expected"] | {
        "rows": {name: rows[name].to_numpy(float) for name in rows.columns if name in INDICES}
    }


def leaves(content, path=()):
    if isinstance(content, dict):
        for key, value in content.items():
            yield from leaves(value, (*path, str(key)))
    elif isinstance(content, list) and any(isinstance(item, dict | list) for item in content):
        for position, value in enumerate(content):
            yield from leaves(value, (*path, str(position)))
    else:
        yield "/".join(path), content


def named(path):
    return [why for why, pattern in NOT_OFFERED.items() if re.fullmatch(pattern, path)]


def tolerance(path, case):
    found = [limits for pattern, limits in TOLERANCES.items() if re.fullmatch(pattern, path)]
    return found[0] if found else (case["rtol"], 0)


def compare(found, value, path, case):
    if isinstance(value, str):
        assert found == value, path
    elif value is None:
        assert np.isnan(found), path
    else:
        rtol, atol = tolerance(path, case)
        wanted = np.asarray(value, float)
        # of an exact 0 (a skewness, a correlation) a relative tolerance says nothing
        assert_allclose(found, wanted, rtol=rtol, atol=max(atol, 1e-12), err_msg=path)


@pytest.mark.parametrize("name", CASES)
def test_every_leaf_is_computed_or_named(name):
    """Oracle: R survey 4.1.1, careless 1.2.2, psych 2.2.9 and code written from papers; each case
    has its tolerance, TOLERANCES has where its reference bears less."""
    case = CASES[name]
    compute = COMPUTE[case["method"]]
    computed = {} if compute is None else dict(leaves(compute(case)))
    for leaf, value in leaves(expected_of(case)):
        path = f"{name}/{leaf}"
        reasons = named(path)
        if leaf in computed and not reasons:
            compare(computed[leaf], value, path, case)
        else:
            assert len(reasons) == 1, f"{path} is named by {reasons or 'nobody'}"
            assert leaf not in computed or "/rows/" in path, f"{path} is computed: compare it"


def test_every_name_has_a_leaf_and_a_new_leaf_would_be_seen():
    paths = [
        f"{name}/{leaf}" for name, case in CASES.items() for leaf, _ in leaves(expected_of(case))
    ]
    assert {why for path in paths for why in named(path)} == set(NOT_OFFERED)
    unused = [each for each in TOLERANCES if not any(re.fullmatch(each, path) for path in paths)]
    assert not unused
    assert {case["method"] for case in CASES.values()} == set(COMPUTE)
    assert set(CONTENT) == {"made_with", "cases"}
    assert set(UNEQUAL) == {"made_with", "about", "rtol", "cases"}
    assert len(CONTENT["cases"]) + len(UNEQUAL["cases"]) == len(CASES)
    assert named("clus1_rake/another") == []
