"""The sample company: the columns are the contract, the same seed gives the same company, and its
truth is true."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest

from cxlib.errors import CxError, ParameterError
from cxlib.sample import model
from cxlib.sample.company import SEED, make_company, write_company
from tests.sample.contract import COLUMNS, read


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


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_are_the_contract(name, company, sample):
    wanted = COLUMNS[name].split()
    assert list(getattr(company, name).columns) == wanted
    assert list(read(sample, name).columns) == wanted


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
