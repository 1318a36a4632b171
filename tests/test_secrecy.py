"""Passwords and keys are refused before anything is written, and never said."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from cxlib import nps
from cxlib.errors import ParameterError
from cxlib.secrecy import masked, refuse_secrets
from tests.conftest import ROOT

# put together here, so that no scanner takes this file for a leak
SECRET = "hunter2" + "Zq9"
TOKENS = [
    f"postgresql://ann:{SECRET}@host/db",
    f"postgres://ann:{SECRET}@host:5432/db?sslmode=require",
    f"mysql+pymysql://ann:{SECRET}/x@host/db",
    f"https://ann:{SECRET}@example.org/survey.csv",
    f"jdbc:postgresql://host/db?user=ann&password={SECRET}",
    f"host=db user=ann password={SECRET}",
    f"Server=db;Uid=ann;Pwd={SECRET};",
    f"https://example.org/export?api_key={SECRET}",
    f"https://example.org/export?token={SECRET}",
    f"https://account.blob.example.net/c?sv=1&sig={SECRET}",
    f'{{"password": "{SECRET}"}}',
    "Bearer " + SECRET * 3,
    "ghp" + "_" + SECRET * 3,
    "AKIA" + "ABCDEFGHIJKLMNOP",
    "sk" + "-" + SECRET * 3,
    "xoxb" + "-" + SECRET * 3,
    "eyJ" + SECRET + ".eyJ" + SECRET + "." + SECRET,
    "-----BEGIN RSA" + " PRIVATE KEY-----",
]
HARMLESS = [
    "../data/raw/my survey (copy).csv",
    "C:/Users/ann/survey.csv",
    "https://example.org/survey.csv",
    "postgres://me@warehouse/shop",
    "country = 'JP' and token = 'abc123456'",
    "NPS: how likely are you? 10:30 @ home",
    "password",
    "2026-01-31T09:30:00+09:00",
    "basic plan",
]


@pytest.mark.parametrize("text", TOKENS)
def test_a_secret_is_masked_and_refused_without_being_said(text):
    assert SECRET not in masked(text)
    assert masked(text) != text
    for value in (text, Path(text), [text], {"a": {"b": text}}):
        with pytest.raises(ParameterError, match="parameter survey=") as refused:
            refuse_secrets({"wave": "2026Q3", "survey": value})
        assert SECRET not in str(refused.value)
        assert "holds a password or a key" in str(refused.value)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_stays(text):
    assert masked(text) == text
    refuse_secrets({"survey": text, "of": {"who": [text, 5, None]}})


def test_a_mapping_with_a_password_is_refused():
    with pytest.raises(ParameterError) as refused:
        refuse_secrets({"columns": {"password": SECRET}})
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("build", [nps.Parameters.parse, lambda values: nps.Parameters(**values)])
def test_a_model_refuses_a_secret_before_it_looks_at_anything(build):
    with pytest.raises(ParameterError) as refused:
        build({"survey": TOKENS[0], "wavee": 1})
    assert SECRET not in str(refused.value)


def run(folder, *arguments):
    command = [sys.executable, "-c", "from cxlib.cli import main; main()", "run", *arguments]
    return subprocess.run(
        [*command, "--out", "out"],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "HOME": str(folder), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def refused_without_a_trace(ran, folder, *mine):
    assert ran.returncode == 2, ran.stdout + ran.stderr
    assert SECRET not in ran.stdout + ran.stderr
    assert "holds a password or a key" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (folder / "out").exists()
    for path in folder.rglob("*"):
        if path.is_file() and path not in mine:
            assert SECRET.encode() not in path.read_bytes()


@pytest.mark.parametrize("name", ["survey", "wave", "where", "nonsense"])
def test_the_command_line_refuses_it_and_nothing_is_written(tmp_path, name):
    notebook = str(ROOT / "notebooks" / "03_nps.ipynb")
    refused_without_a_trace(run(tmp_path, notebook, "-p", f"{name}={TOKENS[0]}"), tmp_path)


def test_a_file_of_reports_and_a_notebooks_own_cell_are_refused_alike(tmp_path):
    source = json.loads((ROOT / "notebooks" / "03_nps.ipynb").read_text(encoding="utf-8"))
    cell = next(c for c in source["cells"] if "parameters" in c["metadata"].get("tags", ()))
    cell["source"] = [f'survey = "{TOKENS[0]}"\n']
    own, reports = tmp_path / "own.ipynb", tmp_path / "all.yml"
    own.write_text(json.dumps(source), encoding="utf-8")
    refused_without_a_trace(run(tmp_path, str(own)), tmp_path, own)
    entry = {
        "notebook": str(ROOT / "notebooks" / "03_nps.ipynb"),
        "parameters": {"wave": TOKENS[1]},
    }
    reports.write_text(yaml.safe_dump({"reports": [entry]}), encoding="utf-8")
    refused_without_a_trace(run(tmp_path, str(reports)), tmp_path, own, reports)
    entry["parameters"] = f"survey: {TOKENS[0]}"  # not even a mapping
    reports.write_text(yaml.safe_dump({"reports": [entry]}), encoding="utf-8")
    ran = run(tmp_path, str(reports))
    assert ran.returncode == 2
    assert SECRET not in ran.stderr
