"""environment.yml, requirements.lock and pyproject.toml say the same."""

import re

import pytest
import rattler
import yaml

from tests.conftest import ROOT
from tests.packaging import environment

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINS = re.findall(r"^([\w.-]+)==(\S+)", LOCK, flags=re.M)


def test_environment_yml_is_not_stale():
    assert (ROOT / "environment.yml").read_text(encoding="utf-8") == environment.environment(), (
        "run `make lock`"
    )


def test_environment_yml_lists_conda_and_pip_parts():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    assert listed[:-1] == environment.conda_specs()
    assert listed[-1]["pip"][-1] == "--editable ."


@pytest.mark.parametrize("spec", environment.conda_specs())
def test_every_conda_line_is_a_match_spec(spec):
    parsed = rattler.MatchSpec(spec, strict=True)
    assert parsed.name is not None


def test_a_bad_line_would_be_found():
    with pytest.raises(Exception, match=r"(?i)spec|version|parse|invalid"):
        rattler.MatchSpec("pandas >=3.0,<<4", strict=True)


@pytest.mark.parametrize(("name", "versions"), environment.requirements())
def test_every_locked_version_lies_in_its_range(name, versions):
    pinned = {version for package, version in PINS if package == name.split("[")[0].lower()}
    assert pinned, f"{name} is not in requirements.lock; run `make lock`"
    wanted = rattler.VersionSpec(versions)
    assert all(wanted.matches(rattler.Version(version)) for version in pinned)


def test_every_pin_has_a_hash_and_no_host_is_named():
    blocks = re.split(r"\n(?=\S)", LOCK.strip())
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in LOCK


@pytest.mark.parametrize("minor", [11, 12, 13, 14])
def test_the_lock_covers_every_python(minor):
    # a marker such as `python_full_version < '3.12'` must leave one numpy for each Python
    markers = re.findall(r"^numpy==(\S+)(?: ; (.*?))? \\$", LOCK, flags=re.M)
    from packaging.markers import Marker

    env = {"python_full_version": f"3.{minor}.5", "python_version": f"3.{minor}"}
    assert sum(not marker or Marker(marker).evaluate(env) for _, marker in markers) == 1
