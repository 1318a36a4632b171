"""Run notebooks and store their text outputs as they are committed (see `cxlib.report.cleaning`).

python tests/notebooks/refresh.py notebooks/03_nps.ipynb …     (all of them where none is named)
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from cxlib.report.cleaning import stamp

SAMPLE = "../data/sample/"
NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def refresh(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    if own := [name for name in re.findall(r"""["'](\.\./[^"']*)""", code) if SAMPLE not in name]:
        sys.exit(f"{path.name} names {own[0]!r}: only what is of the sample ({SAMPLE}) is stored")
    NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    for number, cell in enumerate(notebook.cells, start=1):
        cell["id"] = f"cell-{number:02d}"
    notebook["metadata"]["kernelspec"] = {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    }
    path.write_text(stamp(nbformat.writes(notebook)), encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:] or sorted(NOTEBOOKS.glob("*.ipynb")):
        refresh(Path(name).resolve())
        print(name)
