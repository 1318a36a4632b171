"""Weights of the sample's pages: what a reader's browser loads, and what lies beside.

    python tests/benchmarks/bench_pages.py [folder of published reports]

Without a folder `reports/sample.yml` is run into a temporary one. Bytes as they are in the file, so
figures and fonts in base64.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MOST = 150_000  # bytes of a page besides figures and fonts
_FIGURE = re.compile(r"data:image/[^\"')]*|<svg\b.*?</svg>", re.S)
_FONT = re.compile(r"data:font/[^\"')]*")


def weigh(page: Path) -> dict[str, int]:
    """Return the bytes of a page by what they are, and those of the files beside it."""
    content = page.read_text(encoding="utf-8")
    figures, fonts = (
        sum(len(found[0].encode()) for found in kind.finditer(content)) for kind in (_FIGURE, _FONT)
    )
    total = len(content.encode())
    beside = [*page.parent.glob("*.csv"), *page.parent.glob("report.pdf")]
    return {
        "page": total - figures - fonts,
        "figures": figures,
        "fonts": fonts,
        "total": total,
        "beside": sum(path.stat().st_size for path in beside),
    }


def newest_pages(published: Path) -> dict[str, Path]:
    """Return the page of the newest whole run of each report."""
    found = {}
    for latest in sorted(published.glob("*/latest")):
        run = latest.read_text(encoding="utf-8").strip()
        found[latest.parent.name] = latest.parent / run / "report.html"
    return found


def main() -> int:
    """Print the table; return 1 where a page is too heavy."""
    with tempfile.TemporaryDirectory() as folder:
        published = Path(sys.argv[1] if len(sys.argv) > 1 else folder)
        if len(sys.argv) == 1:
            code = "from cxlib.cli import main; main()"
            arguments = ["run", "reports/sample.yml", "--out", folder]
            subprocess.run(
                [sys.executable, "-c", code, *arguments],
                cwd=ROOT,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        weights = {name: weigh(page) for name, page in newest_pages(published).items()}
    print(f"{'kB':<14}" + "".join(f"{part:>9}" for part in next(iter(weights.values()))))
    for name, parts in weights.items():
        print(f"{name:<14}" + "".join(f"{size / 1000:9.0f}" for size in parts.values()))
    return int(any(parts["page"] > MOST for parts in weights.values()))


if __name__ == "__main__":
    sys.exit(main())
