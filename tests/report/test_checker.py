"""The process that checks answers each request once, and ends when nobody asks."""

import io
import json
import subprocess
import sys
from dataclasses import asdict

from cxlib import report
from cxlib.report.messages import read_messages
from tests.report.writing import project


def test_each_request_gets_one_answer(tmp_path):
    root = project(tmp_path)
    path = root / "notebooks" / "03_nps.ipynb"
    wanted = [{"wave": "2026Q3"}, {"wavee": "2026Q3"}, {"survey": "none.csv"}]
    planned = [report.from_notebook(path, given) for given in wanted]
    asked = "".join(json.dumps({"check": asdict(one)}, default=str) + "\n" for one in planned)
    process = subprocess.Popen(
        [sys.executable, "-m", "cxlib.report.checker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    process.stdin.write(asked)
    process.stdin.flush()
    answers = [json.loads(process.stdout.readline()) for _ in wanted]
    rest, _ = process.communicate(timeout=60)  # closes its input: it ends
    assert (process.returncode, list(read_messages(io.StringIO(rest)))) == (0, [])
    good, unknown, absent = answers
    assert good["ready"]["checked"]["given"] == {"wave": "2026Q3"}
    assert good["ready"]["key"]["inputs"].keys() == {"survey"}
    assert "did you mean 'wave'" in unknown["refused"]
    assert "there is no file" in absent["refused"]
