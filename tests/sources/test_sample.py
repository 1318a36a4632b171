"""The sample company: the columns are the contract, the same seed gives the same company, and its
truth is true."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib.errors import CxError, ParameterError
from cxlib.sources import sample_model as model
from cxlib.sources.sample import SEED, Company, make_company, write_company
from cxlib.sources.sample_comments import BANK, BANK_BEFORE

COLUMNS = {
    "customers": "customer_id country language segment plan age_band acquired_on acquired_by",
    "invitations": "invitation_id customer_id wave mode sent_at reminders delivered opened "
    "started_at finished_at",
    "responses": "response_id invitation_id customer_id wave contact_type score csat ces "
    + " ".join(f"item_{i:02d}" for i in range(1, 13))
    + " seconds comment",
    "orders": "order_id customer_id ordered_at amount kind",
    "subscriptions": "customer_id started_on ended_on",
}
WAVES = ["2024Q4", "2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3"]
MARGINS = ["country", "age_band", "plan"]


@pytest.fixture(scope="module")
def company() -> Company:
    return make_company(customers=800, seed=5)


@pytest.fixture(scope="module")
def large() -> Company:
    """Large enough to read the chances to answer from the data; feelings do not count in it."""
    return make_company(customers=60_000, seed=6, strong_feelings=0)


def read(folder: Path, name: str) -> pd.DataFrame:
    path = folder / f"{name}.csv"
    return pd.read_csv(path) if path.exists() else pd.read_parquet(folder / f"{name}.parquet")


def frame_dates() -> dict[str, pd.Timestamp]:
    """The 15th of the second month of each quarter, from the calendar alone."""
    return {
        wave: pd.Period(wave, freq="Q").start_time + pd.DateOffset(months=1, days=14)
        for wave in WAVES
    }


# --- one seed, one company
# -------------------------------------------------------------------------------------------------


def test_same_seed_gives_same_bytes_and_rows_and_another_seed_does_not(tmp_path):
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_company(tmp_path / name, customers=300, seed=seed)
    for path in [*(tmp_path / "a").glob("*.csv"), tmp_path / "a" / "truth.json"]:
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
        assert path.read_bytes() != (tmp_path / "c" / path.name).read_bytes()
        assert b"\r" not in path.read_bytes()
        path.read_text(encoding="utf-8")
    for name in ("invitations", "orders"):
        pd.testing.assert_frame_equal(read(tmp_path / "a", name), read(tmp_path / "b", name))
        assert not read(tmp_path / "a", name).equals(read(tmp_path / "c", name))


def test_committed_company_is_what_the_defaults_make(sample, tmp_path):
    """If this fails after a change of the model, write it again: `cx sample --out data/sample
    --force`."""
    made = write_company(tmp_path)
    for name in COLUMNS:
        pd.testing.assert_frame_equal(read(made, name), read(sample, name))
    for path in [*made.glob("*.csv"), made / "truth.json"]:
        assert path.read_bytes() == (sample / path.name).read_bytes(), path.name
    assert json.loads((sample / "truth.json").read_text(encoding="utf-8"))["made_with"] == {
        "customers": 3000,
        "seed": SEED,
        "strong_feelings": 1.0,
        "bad_month": None,
    }
    interviews = {path.name: path.read_bytes() for path in (made / "interviews").iterdir()}
    assert interviews == {
        path.name: path.read_bytes() for path in (sample / "interviews").iterdir()
    }


def test_committed_files_are_small(sample):
    sizes = {path.name: path.stat().st_size for path in sample.rglob("*") if path.is_file()}
    assert set(sizes) >= {
        "customers.csv",
        "invitations.parquet",
        "responses.csv",
        "orders.parquet",
        "subscriptions.csv",
    }
    assert max(sizes.values()) < 2_000_000


def test_a_chunk_does_not_depend_on_how_many_follow(monkeypatch, tmp_path):
    monkeypatch.setattr(model, "CHUNK", 200)
    one, three = make_company(customers=200, seed=8), make_company(customers=500, seed=8)
    assert len(three.customers) == 500
    for name in COLUMNS:
        whole = getattr(three, name)
        first = whole[whole["customer_id"] <= "C000200"].reset_index(drop=True)
        pd.testing.assert_frame_equal(first, getattr(one, name))
    assert three.customers["customer_id"].is_unique
    written = write_company(tmp_path, customers=500, seed=8)
    for name in COLUMNS:  # written a chunk at a time, the company is the one made in memory
        assert len(read(written, name)) == len(getattr(three, name))
    pd.testing.assert_frame_equal(
        pd.read_csv(written / "customers.csv", dtype="str"), three.customers
    )


def test_a_bad_month_changes_nothing_before_it():
    usual, bad = (
        make_company(customers=800, seed=5),
        make_company(customers=800, seed=5, bad_month="2026-02"),
    )
    pd.testing.assert_frame_equal(usual.customers, bad.customers)
    ends = [
        company.subscriptions.drop_duplicates("customer_id").set_index("customer_id")["ended_on"]
        for company in (usual, bad)
    ]
    months = [end.str[:7].value_counts().sort_index() for end in ends]
    pd.testing.assert_series_equal(months[0][:"2026-01"], months[1][:"2026-01"])
    assert months[1]["2026-02"] > 2 * months[0]["2026-02"]
    survival = [company.truth["retention"]["survival"] for company in (usual, bad)]
    assert all(low < high for high, low in zip(survival[0][1:], survival[1][1:], strict=True))
    assert bad.truth["planted"]["bad_month"] == {"month": "2026-02", "odds_ratio_of_leaving": 3.0}


def test_strong_feelings_change_who_answers_and_nothing_else(company):
    calm = make_company(customers=800, seed=5, strong_feelings=0)
    pd.testing.assert_frame_equal(calm.customers, company.customers)
    pd.testing.assert_frame_equal(calm.orders, company.orders)
    pd.testing.assert_frame_equal(calm.subscriptions, company.subscriptions)
    pd.testing.assert_frame_equal(
        calm.potential.drop(columns="propensity"), company.potential.drop(columns="propensity")
    )
    assert calm.truth["nps"] == company.truth["nps"]
    assert calm.truth["answering"] != company.truth["answering"]


# --- the contract
# ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_are_the_contract(name, company, sample):
    wanted = COLUMNS[name].split()
    assert list(getattr(company, name).columns) == wanted
    assert list(read(sample, name).columns) == wanted


def test_customers_and_subscriptions(company):
    customers, spells = company.customers, company.subscriptions
    assert customers["customer_id"].str.fullmatch(r"C\d{6}").all()
    assert customers["customer_id"].is_unique
    assert set(customers["country"]) == {"JP", "KR", "US"}
    assert set(customers["language"]) == {"ja", "ko", "en"}
    assert customers["acquired_on"].between("2023-10-01", "2026-09-30").all()
    first = spells.groupby("customer_id")["started_on"].min()
    assert (
        customers.set_index("customer_id")["acquired_on"] == first.reindex(customers["customer_id"])
    ).all()
    assert (spells["ended_on"].dropna() < "2026-10-01").all()
    assert not spells.isna()[["customer_id", "started_on"]].any(axis=None)
    ended = spells.dropna()
    months = [
        (e.year - s.year) * 12 + e.month - s.month
        for s, e in zip(
            pd.to_datetime(ended["started_on"]), pd.to_datetime(ended["ended_on"]), strict=True
        )
    ]
    assert min(months) >= 1
    moved = [
        pd.Timestamp(s) + pd.DateOffset(months=k)
        for s, k in zip(ended["started_on"], months, strict=True)
    ]
    assert [f"{day:%Y-%m-%d}" for day in moved] == ended[
        "ended_on"
    ].tolist()  # pandas' own calendar agrees
    again = spells[spells["customer_id"].duplicated(keep=False)]
    assert 0 < again["customer_id"].nunique() < 0.1 * len(customers)
    for _, mine in again.groupby("customer_id"):
        assert mine["ended_on"].iloc[0] < mine["started_on"].iloc[1]


def test_invitations_follow_the_frame_and_the_funnel(company):
    sent, potential = company.invitations, company.potential
    assert sent["wave"].drop_duplicates().tolist() == WAVES
    asked = sent.merge(potential, on=["customer_id", "wave"], how="left", validate="one_to_one")
    assert asked["score"].notna().all()  # nobody outside the frame is invited
    assert_allclose(len(sent) / len(potential), 1 / 3, atol=4 * np.sqrt(2 / 9 / len(potential)))
    assert not (sent["opened"] & ~sent["delivered"]).any()
    assert not (sent["started_at"].notna() & ~sent["opened"]).any()
    assert not (sent["finished_at"].notna() & sent["started_at"].isna()).any()
    assert (sent.loc[~sent["delivered"], "reminders"] == 0).all()
    assert str(sent["sent_at"].dtype) == "datetime64[us, UTC]"
    day = sent["wave"].map(frame_dates()).dt.tz_localize("UTC")
    assert (sent["sent_at"] >= day).all()
    done = sent.dropna(subset="finished_at")
    assert (
        (done["finished_at"] > done["started_at"]) & (done["started_at"] > done["sent_at"])
    ).all()
    assert (done["finished_at"] < pd.Timestamp("2026-10-01", tz="UTC")).all()
    assert sorted(done["invitation_id"]) == sorted(company.responses["invitation_id"])


def test_responses(company):
    answers = company.responses
    done = answers.merge(
        company.invitations, on=["invitation_id", "customer_id", "wave"], validate="one_to_one"
    )
    assert len(done) == len(answers)
    assert ((done["finished_at"] - done["started_at"]).dt.total_seconds() == done["seconds"]).all()
    said = answers.merge(
        company.potential,
        on=["customer_id", "wave"],
        suffixes=("", "_would"),
        validate="one_to_one",
    )
    given = said["score"].notna()
    assert (said.loc[given, "score"] == said.loc[given, "score_would"]).all()
    assert (said["contact_type"] == said["contact_type_would"]).all()
    assert 0 < (~given).mean() < 0.05
    assert answers["csat"].dropna().between(1, 5).all()
    assert answers["ces"].dropna().between(1, 7).all()
    items = answers.filter(like="item_")
    assert items.stack().dropna().between(1, 5).all()
    assert set(answers["contact_type"]) == set(model.CONTACT_TYPES)
    straight = items.dropna().nunique(axis=1) == 1
    assert 0.005 < straight.mean() < 0.12


def test_items_4_and_9_are_reversed(large):
    with_csat = large.responses.filter(regex="item_|csat").astype(float).corr()["csat"].drop("csat")
    assert (with_csat[["item_04", "item_09"]] < -0.2).all()
    assert (with_csat.drop(["item_04", "item_09"]) > 0.2).all()


def test_orders_belong_to_paid_months(company):
    orders = company.orders
    assert orders["order_id"].is_unique
    assert set(orders["kind"]) == {"order", "renewal"}
    assert (orders["amount"] > 0).all()
    assert_allclose(orders["amount"] * 100, (orders["amount"] * 100).round(), atol=1e-6)
    assert orders["ordered_at"].max() < pd.Timestamp("2026-10-01", tz="UTC")
    assert orders.groupby("customer_id")["ordered_at"].is_monotonic_increasing.all()
    paid = orders[orders["kind"] == "renewal"].copy()
    paid["day"] = paid["ordered_at"].dt.strftime("%Y-%m-%d")
    assert set(
        zip(company.subscriptions["customer_id"], company.subscriptions["started_on"], strict=True)
    ) <= set(zip(paid["customer_id"], paid["day"], strict=True))
    by_plan = paid.merge(company.customers, on="customer_id").groupby(
        ["plan", paid["day"].to_numpy() >= "2025-10-01"]
    )
    assert by_plan["amount"].unique().map(list).to_dict() == {
        ("basic", False): [9.9],
        ("basic", True): [11.9],
        ("family", False): [24.9],
        ("family", True): [29.9],
        ("plus", False): [14.9],
        ("plus", True): [17.9],
    }


def test_comments_are_in_the_customers_language(company):
    answers = company.responses.merge(company.customers, on="customer_id").dropna(subset="comment")
    script = {"ja": r"[぀-ヿ]", "ko": r"[가-힣]", "en": r"[a-z]"}
    for language, mine in answers.groupby("language"):
        assert len(mine) > 10
        assert mine["comment"].str.contains(script[language]).all()
    assert 0.2 < len(answers) / len(company.responses) < 0.7


def test_comment_bank_is_varied_and_speaks_of_the_price_only_after_it_rose(large):
    for language, moods in BANK.items():
        assert [len(set(mood)) == len(mood) >= 25 for mood in moods] == [True] * 3, language
        assert len(set(sum(moods, ()))) == sum(map(len, moods))
        assert not re.search(
            r"[*]|値上げ|가격 인상|price went up", " ".join(sum(BANK_BEFORE[language], ()))
        )
    early = large.responses.query("wave < '2025Q4'")["comment"].dropna()
    late = large.responses.query("wave >= '2025Q4'")["comment"].dropna()
    assert not early.str.contains("値上げ|가격 인상|price went up").any()
    assert late.str.contains("値上げ|가격 인상|price went up").any()


# --- the truth
# ------------------------------------------------------------------------------------------------


def test_frame_is_who_subscribes_on_the_frame_date(company):
    """By the rule as a reader would apply it to the two CSV files."""
    spells = company.subscriptions
    spells = spells.assign(
        start=pd.to_datetime(spells["started_on"]), end=pd.to_datetime(spells["ended_on"])
    )
    for wave, day in frame_dates().items():
        there = spells.loc[
            (spells["start"] < day) & (spells["end"].isna() | (spells["end"] > day)), "customer_id"
        ]
        mine = company.potential.loc[company.potential["wave"] == wave, "customer_id"]
        assert sorted(there) == sorted(mine)
        assert company.truth["frame"]["customers"][wave] == len(there)
        assert company.truth["frame"]["date"][wave] == f"{day:%Y-%m-%d}"


def nps(scores: pd.Series) -> float:
    values = scores.tolist()
    return 100 * (sum(s >= 9 for s in values) - sum(s <= 6 for s in values)) / len(values)


def test_true_nps_is_that_of_the_frame_had_all_answered(company):
    would = company.potential.merge(company.customers, on="customer_id")
    known = company.truth["nps"]
    for wave, mine in would.groupby("wave"):
        assert_allclose(
            known["wave"][wave], nps(mine["score"]), atol=1e-6
        )  # written with six decimals
        for by in ("segment", "country", "contact_type"):
            for level, part in mine.groupby(by):
                assert_allclose(known[f"wave_{by}"][wave][level], nps(part["score"]), atol=1e-6)


def test_true_propensities_are_the_means_over_the_frame(company):
    would = company.potential.merge(company.customers, on="customer_id")
    known = company.truth["answering"]["mean"]
    assert_allclose(known["all"], would["propensity"].mean(), atol=1e-6)
    for by in ("wave", "segment", *MARGINS):
        for level, mean in would.groupby(by)["propensity"].mean().items():
            assert_allclose(known[by][level], mean, atol=1e-6)


@pytest.mark.parametrize("strong_feelings", [0, 1, 5])
def test_chances_are_chances_and_some_answer(strong_feelings):
    company = make_company(customers=400, seed=2, strong_feelings=strong_feelings)
    assert company.potential["propensity"].between(0, 0.8).all()
    assert 0.15 < len(company.responses) / len(company.invitations) < 0.5


def test_without_strong_feelings_the_log_rate_is_the_sum_of_the_main_effects(large):
    """Least squares on the log rates of the cells, weighted by their precision, gives the planted
    coefficients back.

    Tolerance: 4 standard errors of each coefficient from the same fit.
    """
    asked = large.invitations.merge(large.customers, on="customer_id")
    cells = (
        asked.assign(done=asked["finished_at"].notna())
        .groupby(MARGINS)["done"]
        .agg(["sum", "size"])
        .reset_index()
    )
    cells = cells[cells["sum"] >= 20]
    known = large.truth["answering"]["coefficients"]
    reference = {"country": "KR", "age_band": "35-44", "plan": "plus"}
    design = pd.get_dummies(cells[MARGINS], dtype=float).drop(
        columns=[f"{k}_{v}" for k, v in reference.items()]
    )
    design.insert(0, "base", 1.0)
    rate = cells["sum"] / cells["size"]
    root = np.sqrt(cells["sum"] / (1 - rate)).to_numpy()  # 1 / standard error of a log rate
    fit, *_ = np.linalg.lstsq(
        root[:, None] * design.to_numpy(), root * np.log(rate).to_numpy(), rcond=None
    )
    se = np.sqrt(
        np.diag(
            np.linalg.inv(
                (root[:, None] * design).T.to_numpy() @ (root[:, None] * design).to_numpy()
            )
        )
    )
    planted = [
        known["base"] if name == "base" else known[name.rpartition("_")[0]][name.rpartition("_")[2]]
        for name in design
    ]
    assert (np.abs(fit - planted) < 4 * se).all()
    assert se.max() < 0.05
    assert large.potential["propensity"].max() < 0.8  # the cap is never reached


def test_without_strong_feelings_cell_weighting_gives_the_truth_and_the_naive_figure_does_not(
    large,
):
    """Inverse planted chances as weights: unbiased, so within 4 standard errors (below 1.5 points);
    naive is points off."""
    answers = large.responses.dropna(subset="score").merge(
        large.potential, on=["customer_id", "wave"], suffixes=("", "_would")
    )
    for wave, mine in answers.groupby("wave"):
        points = 100 * ((mine["score"] >= 9).astype(float) - (mine["score"] <= 6)).to_numpy(float)
        weight = 1 / mine["propensity"].to_numpy()
        mean = weight @ points / weight.sum()
        se = np.sqrt((weight**2) @ (points - mean) ** 2) / weight.sum()
        assert abs(mean - large.truth["nps"]["wave"][wave]) < 4 * se < 8
        assert large.truth["nps"]["wave"][wave] - points.mean() > 2


def test_strong_feelings_pull_people_at_both_ends_in():
    potential = make_company(customers=5_000, seed=1).potential
    chance = potential.groupby("score")["propensity"].mean()
    assert chance[0] > 1.5 * chance[7]
    assert chance[10] > chance[8]


def test_survival_is_what_kaplan_meier_estimates(large):
    """Kaplan-Meier from the dates alone, against the model's expectation.

    Tolerance: 5 Greenwood standard errors, and 0.003 for the simulation error of the truth itself.
    """
    spells = large.subscriptions.drop_duplicates("customer_id")
    start, end = pd.to_datetime(spells["started_on"]), pd.to_datetime(spells["ended_on"])
    as_of, curve, variance, survival = (
        pd.Timestamp("2026-10-01"),
        large.truth["retention"]["survival"],
        0.0,
        1.0,
    )
    for k in range(1, len(curve)):
        renewal = start + pd.DateOffset(months=k)
        at_risk = (renewal < as_of) & (end.isna() | (end >= renewal))
        lost, n = int((at_risk & (end == renewal)).sum()), int(at_risk.sum())
        survival *= 1 - lost / n
        variance += lost / (n * (n - lost))
        assert abs(survival - curve[k]) < 5 * survival * np.sqrt(variance) + 0.003
    assert curve[0] == 1
    assert all(a >= b for a, b in itertools.pairwise(curve))


def test_planted_changes_show_in_the_truth(large):
    known = large.truth["nps"]
    assert known["wave"]["2025Q4"] < known["wave"]["2025Q3"] - 25  # the price rise
    assert abs(known["wave"]["2026Q3"] - known["wave"]["2026Q2"]) < 5  # nothing planted
    fall = {
        s: known["wave_segment"]["2025Q3"][s] - known["wave_segment"]["2025Q4"][s]
        for s in known["wave_segment"]["2025Q3"]
    }
    assert max(fall, key=fall.get) == "student"
    assert min(fall, key=fall.get) == "business"
    chat = {
        wave: known["wave_contact_type"][wave]["live chat"] - known["wave"][wave] for wave in WAVES
    }
    assert chat["2026Q1"] < chat["2025Q4"] - 15  # the bot


def test_satisfied_customers_stay_and_buy_more(large):
    """What is said foretells what is done: one latent satisfaction drives both."""
    spells = large.subscriptions.groupby("customer_id")["ended_on"].last()
    early = large.potential.query("wave == '2025Q1'").assign(
        left=lambda t: t["customer_id"].map(spells).notna()
    )
    assert (
        early.loc[early["score"] <= 4, "left"].mean()
        > early.loc[early["score"] >= 9, "left"].mean() + 0.1
    )


# --- refusals
# ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bad",
    [
        {"customers": 49},
        {"customers": 0},
        {"customers": -3},
        {"customers": 100.0},
        {"customers": "100"},
        {"customers": True},
        {"seed": -1},
        {"seed": 1.5},
        {"seed": None},
        {"strong_feelings": -0.1},
        {"strong_feelings": float("nan")},
        {"strong_feelings": float("inf")},
        {"strong_feelings": "much"},
        {"bad_month": "2023-09"},
        {"bad_month": "2026-13"},
        {"bad_month": "2026-02-01"},
        {"bad_month": 2026},
    ],
)
def test_bad_values_are_refused_before_anything_is_written(bad, tmp_path):
    ((name, value),) = bad.items()
    with pytest.raises(ParameterError, match=re.escape(f"{name}={value!r}")):
        write_company(tmp_path / "out", **bad)
    with pytest.raises(CxError):
        make_company(**bad)
    assert not (tmp_path / "out").exists()


def test_smallest_company(tmp_path):
    out = write_company(tmp_path / "new" / "folder", customers=50, seed=0)
    assert len(read(out, "customers")) == 50
    written = json.loads((out / "truth.json").read_text(encoding="utf-8"))
    assert written.pop("interviews")["documents"]
    assert written == make_company(customers=50, seed=0).truth
