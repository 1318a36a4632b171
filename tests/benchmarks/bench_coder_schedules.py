"""Two hundred random schedules of coding and faults in a real JupyterLab: what the file holds is
what was meant. `CX_SCHEDULES` is how many, `CX_FIRST_SEED` the first seed; each that fails is told
with its seed, which makes it again."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.lab.schedules import run_schedules, write_points
from tests.lab.session import bench


def main() -> int:
    n, first = int(os.environ.get("CX_SCHEDULES", "200")), int(os.environ.get("CX_FIRST_SEED", "1"))
    with bench() as at:
        if at is None:
            return 0
        folder = at.server.root / "points"
        write_points(folder)
        book = at.notebook(folder)
        book.open()
        began, did = time.monotonic(), Counter[str]()
        failed = run_schedules(book, at.line, range(first, first + n), did=did)
        minutes = (time.monotonic() - began) / 60
    print(f"{n} schedules from seed {first} in {minutes:.1f} min: {len(failed)} failed")
    print(", ".join(f"{name} {count}" for name, count in did.most_common()))
    return bool(failed)


if __name__ == "__main__":
    raise SystemExit(main())
