"""The rules of the house (DESIGN in CONTRIBUTING.md), read from the imports and the texts."""

import ast
import importlib
import inspect
import re
import subprocess
import sys
import tomllib

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "cxlib"
STUDIES = {"interviews", "bias", "nps", "retention"}
# beneath every room
BELOW = {
    "errors",
    "texts",
    "check",
    "comparisons",
    "bound_values",
    "sql_spelling",
    "inert",
    "embedded",
    "database_addresses",
    "asking",
    "secrecy",
    "secret_forms",
    "secret_names",
}
MAY_IMPORT = {
    "errors": set(),
    "texts": {"errors"},
    "check": {"errors"},
    "sql_spelling": set(),
    "comparisons": {"errors", "sql_spelling"},
    "bound_values": {"comparisons"},
    "inert": set(),
    "embedded": set(),
    "asking": {"embedded"},
    "secret_forms": {"inert"},
    "secret_names": set(),
    "database_addresses": set(),
    "secrecy": {"errors", "database_addresses", "secret_forms", "secret_names"},
    "marks": set(),
    "parameter_cells": {"errors", "check"},
    "own_files": BELOW | {"marks", "shown", "sources"},
    "parameter_paths": {"errors", "marks", "sources"},
    "parameters": BELOW
    | {"marks", "own_files", "parameter_cells", "parameter_paths", "shown", "sources"},
    "survey_parameters": {"marks", "parameters"},
    "methods": {"errors", "check"},
    "shown": BELOW,
    "rows": BELOW | {"shown"},
    "sources": BELOW | {"rows", "shown"},
    "sample": BELOW | {"rows", "shown", "methods", "sources"},
    "ending": BELOW | {"console"},
    "connect_command": BELOW | {"console", "options", "sources"},
    "report": BELOW | {"marks", "parameter_cells", "parameters", "shown", "sources"},
}
STUDY = BELOW | {"parameters", "survey_parameters", "rows", "methods", "shown", "sources"}
# what may be known of sources before a kernel starts
HEADERS = {
    f"cxlib.sources.{name}"
    for name in (
        "headers",
        "table_names",
        "table_targets",
        "database_files",
        "parquet_folders",
        "named_connections",
        "connection_settings",
    )
}
HEAVY = {
    "IPython",
    "anywidget",
    "duckdb",
    "ibis",
    "matplotlib",
    "seaborn",
    "statsmodels",
    "pingouin",
    "docx",
    "openpyxl",
    "pyarrow",
    "pypdf",
    "pyreadstat",
    "sqlglot",
    "noto_cjk_sans_jp_regular",
}
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}
# modules that have no test file of their name, by the file where their tests lie
TESTED_IN = {
    "test_cli.py": """
        console
        options
    """,
    "report/test_runner.py": """
        report.manifests
    """,
    "report/test_dask.py": """
        report.cluster report.cluster_run
    """,
    "report/test_exit_codes.py": """
        report.outcomes
    """,
    "sources/test_database_files.py": """
        sources.columnar
    """,
    "sources/test_table_writing.py": """
        sources.table_targets
    """,
    "sources/test_captions.py": """
        sources.spoken
    """,
    "sources/test_statuses.py": """
        sources.status_columns
    """,
    "retention/test_beside.py": """
        retention.counts.copies retention.counts.sums retention.counts.undone
    """,
    "engines/test_cohorts_on_engines.py": """
        rows.engines
    """,
    "engines/test_named_connections.py": """
        sources.catalogs sources.opening sources.spark_folders
    """,
    "bias/test_grouped_reading.py": """
        bias.counts.joined bias.grouped_people
    """,
    "bias/test_reading.py": """
        bias.dated_waves bias.samples bias.steps bias.usable
    """,
    "bias/test_sizes.py": """
        bias.chosen_rows
    """,
    "retention/test_sizes.py": """
        retention.chosen_rows
    """,
    "nps/test_parameters.py": """
        survey_parameters
    """,
    "sources/test_events.py": """
        sources.amounts
    """,
    "rows/test_dates.py": """
        rows.date_columns rows.date_expressions rows.date_numbers rows.date_orders
        rows.date_shapes rows.reigns
    """,
    "interviews/test_agreement.py": """
        interviews.disagreements interviews.pairs
    """,
    "interviews/test_absence.py": """
        interviews.handing_out interviews.hearing
    """,
    "interviews/test_coding_files.py": """
        interviews.spellings
    """,
    "interviews/test_journal.py": """
        interviews.journal_lock
    """,
    "interviews/test_coder.py": """
        interviews.coder_before interviews.coder_widget
    """,
    "interviews/test_journal_reading.py": """
        interviews.coded_words interviews.uncertain
    """,
    "interviews/test_code_list.py": """
        interviews.counted
    """,
    "interviews/test_coder_session.py": """
        interviews.coder_checks interviews.coder_desk interviews.coder_messages
    """,
    "interviews/test_settler.py": """
        interviews.settler_session
    """,
    "interviews/test_settling.py": """
        interviews.decisions
    """,
    "interviews/test_alpha.py": """
        interviews.methods.krippendorff
    """,
    "interviews/test_prevalence.py": """
        interviews.naming
    """,
    "interviews/test_reading.py": """
        interviews.corpus interviews.parameters
    """,
    "interviews/test_sheet_writing.py": """
        interviews.sheet_workbook
    """,
    "interviews/test_sheets.py": """
        interviews.sheet_codes
    """,
    "interviews/test_saturation.py": """
        interviews.methods.richness
    """,
    "methods/test_inference.py": """
        methods.designs methods.multiplicity methods.proportions
    """,
    "test_comparisons.py": """
        sql_spelling
    """,
    "test_parameters.py": """
        parameter_paths
        marks
    """,
    "rows/test_conditions.py": """
        rows.comparing
    """,
    "retention/test_start_where.py": """
        retention.counts.starts
    """,
    "nps/test_design.py": """
        nps.score_counts
    """,
    "nps/test_differences.py": """
        nps.methods.differences nps.pairing nps.verdicts
    """,
    "nps/test_edges.py": """
        nps.cautions
    """,
    "nps/test_engines.py": """
        nps.counts
    """,
    "nps/test_equality.py": """
        nps.methods.heterogeneity
    """,
    "nps/test_monitoring.py": """
        nps.methods.sequential nps.wave_figures
    """,
    "nps/test_permutation.py": """
        nps.methods.permutation
    """,
    "nps/test_ranking.py": """
        nps.methods.hierarchy
    """,
    "nps/test_ranks.py": """
        nps.methods.ranks
    """,
    "nps/test_grouped_reading.py": """
        nps.grouped_answers nps.sampled nps.score_groups
    """,
    "nps/test_reading.py": """
        nps.mix_changes nps.usable
    """,
    "sources/test_grouped_surveys.py": """
        sources.frames sources.grouped_checks sources.grouped_respondents sources.grouped_rows
        sources.grouped_texts
    """,
    "nps/test_scores.py": """
        nps.method_names
    """,
    "nps/test_wave_chart.py": """
        nps.methods.charts nps.methods.crossing
    """,
    "rows/test_periods.py": """
        rows.period_fields rows.period_labels rows.period_numbers rows.period_rounds
        rows.period_ways rows.period_words
    """,
    "retention/test_comparison.py": """
        retention.curve_comparison retention.units
    """,
    "retention/test_counts.py": """
        retention.cohorts retention.counts.cohorts
    """,
    "retention/test_curve_bands.py": """
        retention.figures
    """,
    "retention/test_curve_words.py": """
        retention.cautions retention.method_names
    """,
    "retention/test_durations.py": """
        retention.counts.durations
    """,
    "retention/test_gaps.py": """
        retention.counts.gaps
    """,
    "retention/test_hazards.py": """
        retention.age_period_cohort_model retention.methods.bends retention.methods.binomial
        retention.person_periods
    """,
    "retention/test_holes.py": """
        retention.counts.loads
    """,
    "retention/test_identities.py": """
        retention.counts.identities
    """,
    "retention/test_odd_times.py": """
        rows.moments
    """,
    "retention/test_oracle_survival.py": """
        retention.methods.proportionality
    """,
    "retention/test_own_clock.py": """
        retention.counts.own_clock rows.clock
    """,
    "retention/test_payment_rhythms.py": """
        retention.amounts retention.methods.rhythms
    """,
    "retention/test_cancellations.py": """
        retention.counts.cancellations
    """,
    "retention/test_currencies.py": """
        retention.counts.currencies
    """,
    "retention/test_reading.py": """
        retention.named_files
        retention.records
    """,
    "retention/test_restricted_means.py": """
        retention.methods.restricted_mean
    """,
    "retention/test_revenue_kept.py": """
        retention.counts.revenue retention.methods.revenue_kept
    """,
    "retention/test_spells.py": """
        retention.counts.spells
    """,
    "retention/test_strays.py": """
        retention.counts.strays
    """,
    "retention/test_times_and_outcomes.py": """
        retention.absence retention.counts.following
    """,
    "retention/test_triangles.py": """
        retention.ages retention.averages retention.fixed_cohorts retention.heat_map
        retention.triangle_words
    """,
    "retention/test_who_is_counted.py": """
        retention.counts.events
    """,
}
MOST_LINES, LONG_BODY = 400, 33


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


def test_modules_import_only_what_lies_below():
    for name in MODULES:
        _imports_what_lies_below(name)


def _imports_what_lies_below(name):
    here = floor(name)
    if here in {"", "cli"}:
        return
    allowed = MAY_IMPORT.get(here, STUDY) | {here}
    found = {target for target in imports(name, runtime=False) if target.startswith("cxlib.")}
    assert {floor(target) for target in found} <= allowed, f"{name} may not import {found}"
    if here in {"report", "own_files", "parameters", "parameter_paths"}:
        assert {target for target in found if floor(target) == "sources"} <= HEADERS, name
    below = {floor(target) for target in found}
    if here in STUDIES and name.split(".")[2:3] == ["methods"]:
        assert below <= MAY_IMPORT["methods"] | {"methods", here}, name
    if here in STUDIES and name.endswith(".parameters"):
        assert below <= BELOW | {"parameters", "survey_parameters"}, name
        outside = {target.split(".")[0] for target in imports(name, runtime=False)}
        assert outside - {"cxlib", "pydantic"} <= set(sys.stdlib_module_names), name


def test_there_are_no_import_cycles():
    # `from cxlib.nps import figures` inside cxlib.nps is an edge to figures, not to the package's
    # __init__
    graph = {
        name: {t for t in imports(name, runtime=False) if t in MODULES and t != name}
        for name in MODULES
    }
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


def test_imports_inside_functions_are_heavy_libraries():
    standard = set(sys.stdlib_module_names)
    for name in MODULES:
        if name == "cxlib.cli" or name.startswith("cxlib.report"):
            continue  # the command starts at once because it loads what a subcommand needs
        inside = {
            target.split(".")[0]
            for node in ast.walk(TREES[name])
            if isinstance(node, ast.FunctionDef)
            for child in ast.walk(node)
            for target in imported(child)
        }
        assert inside - standard <= HEAVY, name


def test_engine_expressions_stay_in_their_files():
    for name in MODULES:
        found = {target.split(".")[0] for target in imports(name)} & {"ibis", "duckdb"}
        if found and floor(name) in STUDIES:
            assert name.split(".")[2] == "counts", f"{name} speaks to the engine; only counts may"


def test_files_are_named_in_the_fields_words():
    for name in MODULES:
        assert not set(name.split(".")) & {"utils", "util", "base", "helpers", "common", "misc"}
        assert "statsmodels.api" not in imports(name), name


def test_every_library_that_is_imported_is_a_named_dependency():
    distributions = {
        "lazy_loader": "lazy-loader",
        "bs4": "beautifulsoup4",
        "docx": "python-docx",
        "IPython": "ipython",
        "fontTools": "fonttools",
        "jupyter_client": "jupyter-client",
        "yaml": "pyyaml",
        "ibis": "ibis-framework",
        "noto_cjk_sans_jp_regular": "noto-cjk-sans-jp-regular",
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {
        re.match(r"[\w-]+", line).group()
        for part in (
            project["dependencies"],
            *(project["optional-dependencies"][extra] for extra in ("coder", "dask", "pdf")),
        )
        for line in part
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


def functions():
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                yield name, node


def test_modules_and_functions_are_short():
    long = {
        name: n
        for name, path in MODULES.items()
        if (n := len(path.read_text().splitlines())) > MOST_LINES
    }
    assert not long
    lengths = sorted(body_lines(node) for _, node in functions())
    assert lengths[int(0.9 * len(lengths))] <= LONG_BODY


def body_lines(node):
    first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
    return node.end_lineno - first.lineno + 1


@pytest.mark.parametrize("study", sorted(STUDIES))
def test_every_public_function_of_a_study_refuses_an_unknown_argument_with_the_nearest(study):
    package = importlib.import_module(f"cxlib.{study}")
    public = [getattr(package, name) for name in package.__all__]
    functions = [each for each in public if inspect.isfunction(each)]
    assert functions
    assert not [each.__name__ for each in functions if not hasattr(each, "__wrapped__")]


def test_every_public_function_of_a_study_names_its_arguments():
    """The look of a plot is named in a `TypedDict`."""
    loose = [
        f"{name}.{node.name}"
        for name, node in functions()
        if floor(name) in STUDIES and not node.name.startswith("_") and node.args.kwarg
        if ast.unparse(node.args.kwarg) != "look: Unpack[Look]"
    ]
    assert not loose


def test_every_module_has_a_test_file_or_says_where_its_tests_lie():
    files = {
        path.relative_to(ROOT / "tests").as_posix() for path in ROOT.glob("tests/**/test_*.py")
    }
    told = {f"cxlib.{name}": file for file, names in TESTED_IN.items() for name in names.split()}
    assert set(told.values()) <= files
    own = {
        name: "/".join([*name.split(".")[1:-1], f"test_{name.split('.')[-1]}.py"])
        for name, path in MODULES.items()
        if path.name != "__init__.py"
    }
    untold = {name for name, file in own.items() if file not in files}
    assert untold == set(told), "write a test file, or name in TESTED_IN where the tests lie"


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
