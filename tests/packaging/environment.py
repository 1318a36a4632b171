"""pyproject.toml -> environment.yml for conda users; run by `make lock`, held fresh by a test."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONDA_NAMES = {  # where conda-forge has another name than PyPI
    "duckdb": "python-duckdb",
    "ibis-framework[duckdb]": "ibis-duckdb",
    "matplotlib": "matplotlib-base",
}
PIP_ONLY = {
    "axe-playwright-python",
    "jupyterlab-language-pack-ja-jp",
    "jupyterlab-language-pack-ko-kr",
    "noto-cjk-sans-jp-regular",
    "playwright",
}  # not on conda-forge, another thing under that name, or kept to one source
HEADER = "# Generated from pyproject.toml by tests/packaging/environment.py; `make lock` writes it anew.\n"  # noqa: E501


def requirements() -> list[tuple[str, str]]:
    """Return `(name with extras, version range)` of every runtime, build and test dependency."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [
        *project["project"]["dependencies"],
        *project["dependency-groups"]["build"],
        *project["dependency-groups"]["test"],
    ]
    return [re.fullmatch(r"([\w.-]+(?:\[[\w,]+\])?)\s*(.*)", line).groups() for line in wanted]


def conda_specs() -> list[str]:
    python = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "requires-python"
    ]
    specs = [
        f"{CONDA_NAMES.get(name, name)} {versions}"
        for name, versions in requirements()
        if name not in PIP_ONLY
    ]
    return [f"python {python}", "pip", *sorted(specs)]


def pip_specs() -> list[str]:
    return [f"{name}{versions}" for name, versions in requirements() if name in PIP_ONLY]


def environment() -> str:
    conda = "".join(f"  - {spec}\n" for spec in conda_specs())
    pip = "".join(f"      - {spec}\n" for spec in [*pip_specs(), "--editable ."])
    return f"{HEADER}name: cxlib\nchannels:\n  - conda-forge\n  - nodefaults\ndependencies:\n{conda}  - pip:\n{pip}"  # noqa: E501


if __name__ == "__main__":
    (ROOT / "environment.yml").write_text(environment(), encoding="utf-8")
    print("environment.yml")
