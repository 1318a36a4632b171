"""One vocabulary: a column that many results have is written the same way in all of them."""

import importlib
import pkgutil
import sys
from dataclasses import fields

import pytest

import cxlib
from cxlib.shown.result import Result
from cxlib.shown.vocabulary import PAIR, PVALUES, level_and_method, limits, with_limits

for _module in pkgutil.walk_packages(cxlib.__path__, "cxlib."):
    if not _module.name.startswith("cxlib.report"):
        importlib.import_module(_module.name)


def kinds_of(kind):
    """Every kind of result below one."""
    return [each for sub in kind.__subclasses__() for each in (sub, *kinds_of(sub))]


def is_ours(kind):
    """Whether a module of ours holds it: slots leave the class as it was before them behind."""
    return getattr(sys.modules[kind.__module__], kind.__name__, None) is kind and (
        kind.__module__.startswith("cxlib.")
    )


RESULTS = {kind for kind in kinds_of(Result) if kind.columns and is_ours(kind)}


def test_there_are_results_of_every_study():
    assert {kind.__module__.split(".")[1] for kind in RESULTS} == {
        "interviews",
        "bias",
        "nps",
        "retention",
    }


@pytest.mark.parametrize("kind", sorted(RESULTS, key=lambda kind: (kind.__module__, str(kind))))
def test_common_columns_are_written_alike(kind):
    columns = dict(kind.columns)
    assert columns.get("ci_low") == columns.get("ci_high")
    assert columns.get("confidence", "level") == "level"
    for common in (PAIR, PVALUES):
        assert {name: columns[name] for name in common if name in columns}.items() <= common.items()


@pytest.mark.parametrize("kind", sorted(RESULTS, key=lambda kind: (kind.__module__, str(kind))))
def test_no_field_of_a_result_hides_what_its_table_asks_for(kind):
    asked = set(vars(Result)) - {field.name for field in fields(Result)}
    assert not asked & {field.name for field in fields(kind)}


def test_groups_keep_their_order():
    assert list(limits("points")) == ["ci_low", "ci_high"]
    assert level_and_method("figure") == {"confidence": "level", "method": "figure"}
    assert list(with_limits("nps", "points")) == ["nps", "ci_low", "ci_high"]
    assert list(with_limits("nps", "points", se="points")) == ["nps", "se", "ci_low", "ci_high"]
    assert list(PAIR) == ["a", "b", "n_a", "n_b"]
