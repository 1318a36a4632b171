"""Each file of the cases through `cx run`: what is stated, on the page, or a refusal."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys

import pytest
from numpy.testing import assert_allclose

from tests.cases.looked_up import by_report
from tests.cases.right import CASES, Case
from tests.cases.test_cases import NAMES
from tests.conftest import ROOT, WHOLE

NOTEBOOKS = {"nps": "03_nps", "bias": "02_bias", "retention": "04_retention"}


def without_pictures(name, folder):
    """Copy a notebook, but for the lines that draw: no figure of a case is looked at, and they are
    half of the time."""
    notebook = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and "cx.picture(" in (code := "".join(cell["source"])):
            lines = [ast.unparse(line) for line in ast.parse(code).body]
            cell["source"] = "\n".join(line for line in lines if not line.startswith("cx.picture("))
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Run one suite of all cases; return its folder and what was said of each report."""
    folder = tmp_path_factory.mktemp("cases")
    undrawn = {study: without_pictures(name, folder) for study, name in NOTEBOOKS.items()}
    reports = [
        {
            "name": f"case{number}",
            "notebook": str(undrawn[case.study]),
            "parameters": case.parameters(),
        }
        for number, case in enumerate(CASES)
    ]
    suite = folder / "cases.yml"
    suite.write_text(json.dumps({"reports": reports}, ensure_ascii=False), encoding="utf-8")
    command = "import sys; from cxlib.cli import main; sys.argv[0] = 'cx'; main()"
    cx = [sys.executable, "-c", command, "run", str(suite), "--out", str(folder / "out")]
    done = subprocess.run(cx, capture_output=True, text=True, encoding="utf-8", cwd=ROOT, env=WHOLE)
    return folder / "out", done.stdout + done.stderr


@pytest.mark.parametrize(("number", "case"), list(enumerate(CASES)), ids=NAMES)
def test_the_report_says_what_is_right(published, number: int, case: Case):
    out, told = published
    latest = out / f"case{number}" / "latest"
    about = re.findall(rf"^.*\bcase{number}\b.*(?:\n(?!\S*case\d).*)*", told, re.M)
    if case.refused:
        assert not latest.exists()
        for pattern in case.refused:
            assert re.search(pattern, "\n".join(about)), (pattern, about)
        return
    assert latest.exists(), about
    ledger, words = by_report(out / f"case{number}" / latest.read_text(encoding="utf-8").strip())
    for pattern in case.said:
        assert re.search(pattern, words), (pattern, words)
    if ledger.empty:
        return
    for wave, (nps, n) in case.nps.items() if case.study == "nps" else ():
        name = ("waves.nps", wave) if wave else ("level.nps", None)
        [(found_nps, found_n)] = _figures(ledger, *name)
        assert_allclose(found_nps, nps, rtol=1e-12)
        assert found_n == n


def _figures(ledger, figure, wave):
    of_figure = ledger[ledger["figure"] == figure]
    found = of_figure if wave is None else of_figure[of_figure["wave"] == wave]
    return found[["value", "n"]].itertuples(index=False, name=None)
