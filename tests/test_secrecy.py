"""Passwords and keys are refused before anything is written, and never said."""

import html
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, SecretStr

import cxlib as cx
from cxlib import nps, secrecy
from cxlib.errors import ParameterError
from cxlib.parameters import StudyParameters
from cxlib.report.notebook import Notebook
from cxlib.report.parameters import check_values
from cxlib.secrecy import mask_of, masked, read_secret, refuse_secrets, refuse_unreadable
from tests.conftest import ROOT
from tests.report.writing import in_parameters_cell

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
    "-----BEGIN PGP" + " PRIVATE KEY BLOCK-----",
    "npm" + "_" + SECRET * 4,
    "SG" + "." + SECRET * 2 + "." + SECRET * 2,
    json.dumps(json.dumps({"password": SECRET})),
    json.dumps({"refresh_token": SECRET}),
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
    "basic internationalization",
    "http://localhost:8888/lab?mail=ann@example.org",
    "password = cx.read_secret(password)",
    'connect(password=os.environ["DB_PASSWORD"], user=me)',
    "connect(password=p.password.get_secret_value())",
    '{"password": null, "api_key": 12345}',
    "class='sk-toggleable__content-arrow'",
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


NESTED = [
    {"columns": {"password": SECRET}},
    {"credentials": {"user": SECRET, "level": {"deep": [SECRET]}}},
    {"a": [{"b": {"apiKey": SECRET}}]},
    {"passwords": [SECRET]},
    {"password": SECRET.encode()},
    {"password": Path(SECRET)},
    {"labels": {"ghp" + "_" + SECRET * 3: 1}},
    {"db_password": SECRET},
    {"비밀번호": SECRET},
    {"password": "123456"},
]


@pytest.mark.parametrize("values", NESTED)
def test_a_secret_is_refused_by_its_name_wherever_it_stands(values):
    with pytest.raises(
        ParameterError, match=r"^parameter \w+=.*secret://\w+[]}']*; it is read"
    ) as refused:
        refuse_secrets(values)
    assert SECRET not in str(refused.value)
    assert "123456" not in str(refused.value)


@pytest.mark.parametrize("value", ["", None, True, 5, 1.5, "5", "none", "True", [], {}])
def test_what_cannot_be_a_secret_is_not_refused_by_its_name(value):
    refuse_secrets({"password": value, "credentials": {"token": value}})


@pytest.mark.parametrize("name", ["token_count", "secret_santa_wave", "author", "passes", "wave"])
def test_a_name_that_only_sounds_so_is_not_refused(name):
    refuse_secrets({name: "2026Q3 or so"})


def test_what_a_refusal_says_to_do_works_when_it_is_done(monkeypatch):
    for values in (
        {"db_password": SECRET},
        {"login": {"db": {"password": SECRET}}},
        {"tokens": [SECRET]},
    ):
        with pytest.raises(ParameterError) as refused:
            refuse_secrets(values)
        told = str(refused.value).partition("give -p ")[2].partition("; it is read")[0].strip("'")
        name, _, written = told.partition("=")
        given = {name: yaml.safe_load(written)}
        refuse_secrets(given)
        monkeypatch.setenv(told.partition("secret://")[2].rstrip("}]"), SECRET)
        refuse_unreadable(given)
        assert SECRET not in mask_of(given)(f"it is {SECRET}")


@pytest.mark.parametrize(
    "value",
    [
        "postgres://me:secret://DB@host/db",
        "secret://",
        "secret://a b",
        "secret://../etc/passwd",
        "secret:///etc/passwd",
        "secret://.hidden",
        "SECRET://NAME",
        " secret://NAME",
        "secret://NAME\n",
    ],
)
def test_a_name_of_a_secret_is_all_of_a_value_and_plain(value):
    with pytest.raises(ParameterError, match="must be all of the value, with a plain name"):
        refuse_secrets({"survey": value})
    with pytest.raises(ParameterError, match="not of the form secret://NAME"):
        read_secret(value)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(secrecy, "FOLDER", tmp_path / "run")
    monkeypatch.delenv("CX_SECRETS_DIR", raising=False)
    (tmp_path / "run").mkdir()
    return tmp_path


def test_a_secret_is_read_from_the_environment_then_from_files(folder, monkeypatch):
    (folder / "own").mkdir()
    (folder / "run" / "DB").write_bytes(b"from run\r\n")
    assert cx.read_secret("secret://DB") == "from run"
    monkeypatch.setenv("CX_SECRETS_DIR", str(folder / "own"))
    assert read_secret("secret://DB") == "from run"
    (folder / "own" / "DB").write_text("línes\nof own\n\n", encoding="utf-8")
    assert read_secret("secret://DB") == "línes\nof own\n"
    monkeypatch.setenv("DB", "")
    assert read_secret("secret://DB") == "línes\nof own\n"
    monkeypatch.setenv("DB", "from environment ")
    assert read_secret("secret://DB") == "from environment "


def test_what_is_missing_names_every_place_that_was_looked_at(folder, monkeypatch):
    monkeypatch.setenv("CX_SECRETS_DIR", str(folder / "own"))
    with pytest.raises(ParameterError) as refused:
        refuse_unreadable({"login": [{"password": "secret://DB"}]})
    for place in ("parameter login='secret://DB'", "environment variable DB", "own/DB", "run/DB"):
        assert place in str(refused.value)


def test_a_short_secret_and_files_that_hold_none_are_refused(folder, monkeypatch):
    monkeypatch.setenv("PIN", "123")
    (folder / "run" / "EMPTY").write_text("\n", encoding="utf-8")
    (folder / "run" / "BYTES").write_bytes(b"\xff\xfe\x00")
    (folder / "run" / "LONG").write_text("x" * 70_000, encoding="utf-8")
    (folder / "run" / "FOLDER").mkdir()
    for name, said in {
        "PIN": "shorter than 4",
        "EMPTY": "shorter than 4",
        "BYTES": "cannot be read",
        "LONG": "more than",
        "FOLDER": "cannot be read",
    }.items():
        with pytest.raises(ParameterError, match=said) as refused:
            read_secret(f"secret://{name}")
        assert "123" not in str(refused.value)
        assert mask_of({"a": f"secret://{name}"})("123 as it is") == "123 as it is"


class Login(BaseModel):
    user: str = "me"
    key: SecretStr = SecretStr("")


class Secretive(StudyParameters):
    door: SecretStr = Field(SecretStr(""), description="what opens it")
    doors: list[SecretStr] = Field([], description="what opens them")
    login: Login = Field(Login(), description="who we are")
    plain: str | None = Field(None, description="a text")
    file: Path | None = Field(None, description="a file")


GIVEN = {
    "door": "secret://DOOR",
    "doors": ["secret://DOOR"],
    "login": {"key": "secret://DOOR"},
    "plain": "secret://DOOR",
}


def test_a_field_that_is_a_secret_holds_it_and_says_its_name_alone(monkeypatch):
    monkeypatch.setenv("DOOR", SECRET)
    p = Secretive.of({**GIVEN, "other": 1})
    held = [p.door, *p.doors, p.login.key]
    assert [each.get_secret_value() for each in held] == [SECRET] * 3
    assert p.plain == "secret://DOOR"
    assert SECRET not in repr(p) + str(p) + p.model_dump_json()


@pytest.mark.parametrize(
    "values",
    [{"door": SECRET}, {"doors": ["secret://DOOR", SECRET]}, {"login": {"key": SECRET}}],
)
def test_a_field_that_is_a_secret_takes_no_clear_one(values, monkeypatch):
    monkeypatch.setenv("DOOR", SECRET)
    for build in (Secretive.of, Secretive.parse):
        with pytest.raises(ParameterError, match="secret://") as refused:
            build(values)
        assert SECRET not in str(refused.value)


def test_a_file_is_no_secret(monkeypatch):
    monkeypatch.setenv("DOOR", SECRET)
    with pytest.raises(ParameterError, match="names a file"):
        Secretive.parse({"file": "secret://DOOR"})


def checked(given, *, cell="plain = None", model=Secretive):
    notebook = in_parameters_cell(cell) if cell else Notebook()
    return check_values(notebook, given, model=model, folder=ROOT, relative_to=ROOT)


def test_only_the_name_goes_into_a_notebook_and_its_manifest(monkeypatch):
    monkeypatch.setenv("DOOR", SECRET)
    found = checked({**GIVEN, "login": "{key: secret://DOOR}"})
    assert found.given["door"] == "secret://DOOR"
    assert found.given["doors"] == ["secret://DOOR"]
    assert found.given["login"]["key"] == "secret://DOOR"
    assert SECRET not in repr(found)
    assert "*" not in repr(found)
    in_cell = checked({}, cell="door = 'secret://DOOR'")
    assert in_cell.values["door"] == "secret://DOOR"
    bare = checked({"any": "secret://DOOR"}, cell="any = None", model=None)
    assert bare.given == {"any": "secret://DOOR"}


@pytest.mark.parametrize("model", [Secretive, None])
def test_a_missing_secret_is_refused_before_a_kernel(model, folder):
    for values, cell in (
        ({"plain": "secret://GONE"}, "plain = None"),
        ({}, "plain = 'secret://GONE'"),
    ):
        with pytest.raises(ParameterError, match=r"plain='secret://GONE'.*is not there"):
            checked(values, cell=cell, model=model)


@pytest.mark.parametrize("model", [Secretive, None])
@pytest.mark.parametrize(
    "value", [f"{{password: {SECRET}}}", f'{{"a": [{{"api_key": "{SECRET}"}}]}}']
)
def test_a_mapping_on_the_command_line_is_looked_into(model, value):
    with pytest.raises(ParameterError, match=r"holds a password or a key") as refused:
        checked({"login": value}, cell="login = None", model=model)
    assert SECRET not in str(refused.value)


def test_a_list_on_the_command_line_may_name_secrets(monkeypatch):
    monkeypatch.setenv("DOOR", SECRET)
    monkeypatch.setenv("GATE", SECRET)
    for value in ("secret://DOOR,secret://GATE", "[secret://DOOR, secret://GATE]"):
        assert checked({"doors": value}).given == {"doors": ["secret://DOOR", "secret://GATE"]}


@pytest.mark.parametrize("model", [Secretive, None])
def test_a_notebooks_own_cell_is_refused_by_names_too(model):
    with pytest.raises(ParameterError, match="parameter smtp_password=") as refused:
        checked({}, cell=f"plain = None\nsmtp_password = {SECRET!r}", model=model)
    assert SECRET not in str(refused.value)


def test_jupyterlab_refuses_what_the_parameters_cell_sets():
    cells = ["", f"plain = 'a'\ndb_password = {SECRET!r}"]
    with pytest.raises(ParameterError, match="parameter db_password=") as refused:
        Secretive.of({"In": cells, "plain": "a", "db_password": SECRET})
    assert SECRET not in str(refused.value)


def test_a_mask_takes_secrets_and_what_looks_like_one(monkeypatch):
    monkeypatch.setenv("DOOR", "a<b>&'\"c d")
    mask = mask_of({"login": {"keys": ["secret://DOOR", "secret://GONE"]}})
    said = "it is a<b>&'\"c d"
    for written in (said, json.dumps(said), repr(said), html.escape(said)):
        assert mask(written).strip("\"'") == "it is •••"
    assert mask(TOKENS[0]) == "postgresql://ann:•••@host/db"
    for name in ("secret://DOOR", "password = 'secret://DOOR'", "postgres://me:secret://DOOR@host"):
        assert mask(name) == name
    assert mask_of({})("nothing") == "nothing"


@given(st.text(), st.dictionaries(st.text(), st.text(), max_size=3))
def test_json_stays_json_under_a_mask(text, mapping):
    written = json.dumps({"password": 12345, "token": text, "u": "http://a:b", **mapping})
    json.loads(masked(written))


def test_a_private_key_is_masked_whole():
    key = "-----BEGIN RSA" + " PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nMII" + SECRET * 9
    key += "\n-----END RSA" + " PRIVATE KEY-----"
    assert masked(f"a {key} b") == "a ••• b"
    assert SECRET not in masked(json.dumps(key))
    assert SECRET not in masked(key.partition("-----END")[0])


@pytest.mark.parametrize(
    "text", ["a.a-a+", "eyJ", "sk-", "password=", "-----BEGIN PRIVATE" + " KEY-----\n"]
)
def test_no_text_takes_long(text):
    begun = time.process_time()
    masked(text * 100_000)
    assert time.process_time() - begun < 5


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
    assert not list(folder.glob("out/*/*/"))
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
