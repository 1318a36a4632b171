"""The sample's files and columns hold beside the sample's own file alone."""

import importlib

import pandas as pd
import pytest

from cxlib import bias, interviews, nps, retention
from cxlib.errors import ColumnError, ParameterError
from cxlib.report.notebook import defaults, read_notebook
from tests.conftest import ROOT

NOTEBOOKS = {path.stem.partition("_")[2]: path for path in (ROOT / "notebooks").glob("0[1-4]*")}


def cell(study):
    return defaults(read_notebook(NOTEBOOKS[study]))


@pytest.mark.parametrize("study", NOTEBOOKS)
def test_what_a_model_knows_of_the_sample_is_what_its_notebook_names(study):
    model = importlib.import_module(f"cxlib.{study}").Parameters
    named = {name: value for name, value in cell(study).items() if name in model.sample}
    assert named == dict(model.sample)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of notebooks beside a project's data, and a survey of one's own."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sample").symlink_to(ROOT / "data" / "sample")
    rows = {"Q1": [9, 10, 3], "store": ["a", "b", "a"], "comment": ["x", "y", "z"]}
    pd.DataFrame(rows).to_csv(tmp_path / "data" / "own.csv", index=False)
    monkeypatch.chdir(tmp_path / "notebooks")
    return tmp_path


def said(p):
    return " ".join(map(str, p.noticed))


@pytest.mark.parametrize("study", NOTEBOOKS)
def test_beside_the_samples_file_nothing_changes(folder, study):
    model = importlib.import_module(f"cxlib.{study}").Parameters
    assert model.fit(cell(study)) == model.parse(cell(study))
    assert not model.fit(cell(study)).noticed


def test_columns_that_the_own_file_lacks_are_taken_back_and_said(folder):
    p = nps.Parameters.fit(cell("nps") | {"survey": "../data/own.csv", "score": "Q1"})
    assert (p.wave_column, p.segment, p.columns.respondent) == (None, None, None)
    assert p.columns.comment == "comment"  # the own file has it
    assert "sample company" in said(p)
    assert "wave_column, segment and columns.respondent" in said(p)
    assert "columns of the same names: columns.comment" in said(p)


def test_a_folder_has_no_columns_and_a_table_of_texts_has(folder):
    """The transcripts may be either, and what describes them lies in the cases or in the table."""
    (folder / "data" / "texts").mkdir()
    pd.DataFrame({"id": ["a"], "body": ["x"], "language": ["ja"]}).to_csv(
        folder / "data" / "tickets.csv", index=False
    )
    own = {"codings": "../data/own.csv", "codebook": None, "cases": None}
    p = interviews.Parameters.of(cell("interviews") | own | {"transcripts": "../data/texts"})
    assert (p.case, p.order) == (None, None)
    p = interviews.Parameters.of(cell("interviews") | own | {"transcripts": "../data/tickets.csv"})
    assert (p.case, p.order) == ("language", None)
    assert "columns of the same names: case" in said(p)


def test_what_was_given_or_changed_is_never_taken_back(folder):
    values = cell("nps") | {"survey": "../data/own.csv", "score": "Q1", "segment": "stroe"}
    p = nps.Parameters.fit(values, given=["wave_column"])
    assert (p.wave_column, p.segment) == ("wave", "stroe")  # refused when the file is looked at


def test_a_column_that_must_be_named_is_refused_with_what_the_file_has(folder):
    lacking = (
        "score='score': there is no such column in survey; that is what the sample calls it, so "
        "name yours with score=; the file has 'Q1', 'store', 'comment'"
    )
    values = cell("nps") | {"survey": "../data/own.csv"}
    with pytest.raises(ColumnError) as refused:
        nps.Parameters.fit(values)
    assert str(refused.value) == lacking
    with pytest.raises(ParameterError) as refused:  # all problems at once
        nps.Parameters.fit(values | {"confidence": 95})
    assert str(refused.value).startswith(f"{lacking}\nparameter confidence=95")


def test_the_samples_customers_are_not_compared_with_ones_own(folder):
    values = cell("bias") | {"survey": "../data/own.csv", "score": "Q1"}
    p = bias.Parameters.fit(values)
    assert (p.frame, p.invitations, p.customer, p.margins) == (None, None, None, [])
    assert "frame, invitations" in said(p)
    own = values | {"frame": "../data/own.csv"}
    assert str(bias.Parameters.fit(own).frame) == "../data/own.csv"


def test_of_a_list_those_that_the_file_has_stay(folder):
    pd.DataFrame({"Q1": [1], "country": ["JP"]}).to_csv(folder / "data" / "c.csv", index=False)
    p = bias.Parameters.fit(cell("bias") | {"survey": "../data/c.csv", "score": "Q1"})
    assert p.margins == ["country"]
    assert "margins" in said(p)


def test_own_orders_stand_alone(folder):
    orders = pd.DataFrame({"customer_id": [1], "at": ["2026-01-31"]})
    orders.to_csv(folder / "data" / "orders.csv", index=False)
    p = retention.Parameters.fit(cell("retention") | {"orders": "../data/orders.csv", "time": "at"})
    assert (p.customers, p.subscriptions, p.segment, p.value) == (None, None, None, None)
    assert p.customer == "customer_id"
    assert "of the same names: customer" in said(p)


def test_own_durations_stand_alone(folder):
    rows = pd.DataFrame({"tenure": [1], "lost": [1]})
    rows.to_csv(folder / "data" / "d.csv", index=False)
    values = cell("retention") | {"orders": None, "durations": "../data/d.csv"}
    p = retention.Parameters.fit(values)
    assert (p.customers, p.subscriptions, p.segment) == (None, None, None)


def test_a_file_that_cannot_be_read_changes_no_column(folder):
    (folder / "data" / "bad.csv").write_bytes(b"\x00\x01\x02")
    p = nps.Parameters.fit(cell("nps") | {"survey": "../data/bad.csv"})
    assert p.segment == "contact_type"
