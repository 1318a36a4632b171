"""Run notebooks and store their text outputs as they are committed: no pictures, no CSV, no run
times.

python tests/notebooks/refresh.py notebooks/03_nps.ipynb …     (all of them where none is named)
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def refresh(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    for number, cell in enumerate(notebook.cells, start=1):
        cell["id"] = f"cell-{number:02d}"
        cell["metadata"] = {key: value for key, value in cell["metadata"].items() if key == "tags"}
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop("image/png", None)
            output.get("data", {}).pop("text/csv", None)
            if "metadata" in output:
                output["metadata"] = {}
    notebook["metadata"] = {
        "cxlib": notebook["metadata"].get("cxlib", {}),
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    nbformat.write(notebook, path)


if __name__ == "__main__":
    for name in sys.argv[1:] or sorted(NOTEBOOKS.glob("*.ipynb")):
        refresh(Path(name).resolve())
        print(name)
