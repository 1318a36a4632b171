"""Notebooks are still checked against their schema, and no grammar is built for it, in whatever
way the packages came: the lock leaves the grammar out, pip and conda bring it."""

import os
import subprocess
import sys

import pytest

SCRIPT = """
import sys
from cxlib.report.json_schemas import load_json_schemas
load_json_schemas()
import nbformat
from nbformat.v4 import new_notebook
assert "rfc3987_syntax" not in sys.modules
nbformat.validate(new_notebook())
try:
    nbformat.validate({"nbformat": 4, "nbformat_minor": 5, "cells": [{}], "metadata": {}})
except nbformat.ValidationError:
    print("refused")
import rfc3987_syntax  # who wants it can have it
"""


@pytest.fixture
def run(tmp_path):
    """Runs a script where the grammar is to be had."""
    stand_in = "def is_valid_syntax(term, value):\n    return True\n"
    (tmp_path / "rfc3987_syntax.py").write_text(stand_in, encoding="utf-8")
    paths = os.pathsep.join([str(tmp_path), os.environ["PYTHONPATH"]])
    environment = os.environ | {"PYTHONPATH": paths}

    def run(script):
        command = [sys.executable, "-c", script]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        return done.stdout.split()

    return run


def test_notebooks_are_checked_without_a_grammar(run):
    assert run(SCRIPT) == ["refused"]


@pytest.mark.parametrize("there", ["jsonschema", "rfc3987_syntax"])
def test_what_is_loaded_stays_as_it_is(run, there):
    script = f"""
import sys, {there}
from cxlib.report.json_schemas import load_json_schemas
load_json_schemas()
assert {there} is sys.modules[{there!r}]
import jsonschema
print("iri" in jsonschema.FormatChecker.checkers)
"""
    assert run(script) == ["True"]
