"""The rules of the house (DESIGN in CONTRIBUTING.md), read from the imports and the texts."""

import ast
import re
import subprocess
import sys
import tomllib

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "cxlib"
GROUND = {
    "errors",
    "check",
    "scales",
    "table",
    "inference",
    "result",
    "entries",
    "theme",
    "language",
}
STUDIES = {"interviews", "bias", "nps", "retention"}
HEAVY = {
    "matplotlib",
    "seaborn",
    "statsmodels",
    "pingouin",
    "docx",
    "openpyxl",
    "noto_cjk_sans_jp_regular",
}
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


def imported(node):
    """Modules that an import statement names; `from cxlib import check` names cxlib.check."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        names = [f"{node.module}.{alias.name}" for alias in node.names]
        return [name if name in MODULES else node.module for name in names]
    return []


def imports(name, *, runtime=True):
    tree = TREES[name]
    typing_only = {
        id(child)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for child in ast.walk(node)
    }
    return {
        target
        for node in ast.walk(tree)
        if not (runtime and id(node) in typing_only)
        for target in imported(node)
    }


def floor(name):
    """First folder or module below the package."""
    return name.split(".")[1] if "." in name else ""


@pytest.mark.parametrize("name", MODULES)
def test_modules_import_only_what_lies_below(name):
    here = floor(name)
    allowed = GROUND | {here}
    if here in STUDIES:
        allowed |= {"sources"}
    if here == "cli":
        allowed |= STUDIES | {"sources", "report"}
    targets = {
        floor(target) for target in imports(name, runtime=False) if target.split(".")[0] == "cxlib"
    } - {""}
    assert targets <= allowed, f"{name} may not import {sorted(targets - allowed)}"


def test_there_are_no_import_cycles():
    # `from cxlib.nps import figures` inside cxlib.nps is an edge to figures, not to the package's
    # __init__
    graph = {name: {t for t in imports(name) if t in MODULES and t != name} for name in MODULES}
    done, path = set(), []

    def visit(name):
        assert name not in path, f"cycle: {' -> '.join([*path[path.index(name) :], name])}"
        if name not in done:
            path.append(name)
            for target in graph[name]:
                visit(target)
            path.pop()
            done.add(name)

    for name in graph:
        visit(name)


@pytest.mark.parametrize("name", MODULES)
def test_imports_inside_functions_are_heavy_libraries(name):
    if name == "cxlib.cli" or name.startswith("cxlib.report"):
        return  # the command starts at once because it loads what a subcommand needs
    standard = set(sys.stdlib_module_names)
    inside = {
        target.split(".")[0]
        for node in ast.walk(TREES[name])
        if isinstance(node, ast.FunctionDef)
        for child in ast.walk(node)
        for target in imported(child)
    }
    assert inside - standard <= HEAVY


@pytest.mark.parametrize("name", MODULES)
def test_engine_expressions_stay_in_their_files(name):
    found = {target.split(".")[0] for target in imports(name)} & {"ibis", "duckdb"}
    if found and floor(name) in STUDIES:
        assert name.rsplit(".", 1)[1].endswith("counts"), (
            f"{name} speaks to the engine; that belongs in counts.py"
        )


@pytest.mark.parametrize("name", MODULES)
def test_files_are_named_in_the_fields_words(name):
    assert not set(name.split(".")) & {"utils", "util", "base", "helpers", "common", "misc"}
    assert "statsmodels.api" not in imports(name)


def test_every_library_that_is_imported_is_a_named_dependency():
    distributions = {
        "bs4": "beautifulsoup4",
        "docx": "python-docx",
        "fontTools": "fonttools",
        "yaml": "pyyaml",
        "ibis": "ibis-framework",
        "noto_cjk_sans_jp_regular": "noto-cjk-sans-jp-regular",
    }
    named = {
        re.match(r"[\w-]+", line).group()
        for line in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
            "dependencies"
        ]
    }
    found = {
        target.split(".")[0] for name in MODULES for target in imports(name, runtime=False)
    } - set(sys.stdlib_module_names)
    assert {distributions.get(module, module) for module in found - {"cxlib"}} <= named


def test_importing_the_package_loads_nothing_heavy():
    heavy = "{'pandas', 'numpy', 'ibis', 'duckdb', 'matplotlib', 'scipy', 'pydantic'}"
    script = (
        f"import sys, cxlib as cx; print(sorted(set(sys.modules) & {heavy}), hasattr(cx, 'nps'))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.split()[0] == "[]"
    assert run.stdout.split()[1] == "True"


def test_every_text_that_is_looked_up_exists():
    texts = {
        path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
        for path in (PACKAGE / "texts" / "en").glob("*.toml")
    }
    missing = []
    for name, path in MODULES.items():
        for topic, key in re.findall(
            r"""\btext\(\s*["'](\w+)\.(\w+)["']""", path.read_text(encoding="utf-8")
        ):
            if key not in texts.get(topic, {}):
                missing.append(f"{name}: {topic}.{key}")
    assert not missing


def test_no_tracked_file_is_large_or_names_this_machine():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    for name in filter(None, listed):
        path = ROOT / name
        if path.is_file():
            assert path.stat().st_size < 2 * 1024 * 1024, name
            if path.suffix in {".py", ".ipynb", ".md", ".toml", ".yml", ".lock", ".json", ".csv"}:
                assert not re.search(
                    r"/(?:root|home/\w+)/", path.read_text(encoding="utf-8", errors="replace")
                ), name
