"""Notebooks are still checked against their schema, and no grammar is built for it."""

import subprocess
import sys

import pytest

SCRIPT = """
import sys
from cxlib.report.json_schemas import load_json_schemas
load_json_schemas()
import nbformat
from nbformat.v4 import new_notebook
assert "lark" not in sys.modules and "rfc3987_syntax" not in sys.modules
nbformat.validate(new_notebook())
try:
    nbformat.validate({"nbformat": 4, "nbformat_minor": 5, "cells": [{}], "metadata": {}})
except nbformat.ValidationError:
    print("refused")
import rfc3987_syntax  # who wants it can have it
"""


def test_notebooks_are_checked_without_a_grammar():
    run = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["refused"]


@pytest.mark.parametrize("there", ["jsonschema", "rfc3987_syntax"])
def test_what_is_loaded_stays_as_it_is(there):
    script = f"""
import sys, {there}
from cxlib.report.json_schemas import load_json_schemas
load_json_schemas()
assert {there} is sys.modules[{there!r}]
import jsonschema
print("iri" in jsonschema.FormatChecker.checkers)
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["True"]
