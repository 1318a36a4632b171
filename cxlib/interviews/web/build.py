"""The widget's modules -> one file that a browser loads without any other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

FOLDER = Path(__file__).parent
BUILT = FOLDER / "built" / "coder.js"
TEXT = ("offsets", "blocks", "heights", "find")
CORE = (*TEXT, "paint", "places", "overlay", "select", "window")
TALK = ("ops", "state", "store", "session", "keys")
PARTS = ("dom", "drawing", "tree", "memo", "panel", "picker", "sheets", "layout")
VIEW = ("live", "status", "pressing", "moves", "commands", "view")
CODING = (*CORE, *TALK, *PARTS, *VIEW)
SETTLING = ("settle_state", "settle_panel", "settle")
ORDER = (*CODING, *SETTLING, "jupyter")
STYLES = ("transcript", "coder", "settle")
_IMPORT = re.compile(r'^import .+ from "\./\w+\.js";\n', re.M)
_EXPORT = re.compile(r"^export (?!default\b)", re.M)


def join(modules: Iterable[str] = ORDER, styles: Iterable[str] = STYLES) -> str:
    """Return the modules in this order as one; their styles are the string `SHEET`."""
    sheet = "\n".join((FOLDER / f"{name}.css").read_text(encoding="utf-8") for name in styles)
    parts = [f"const SHEET = {json.dumps(sheet, ensure_ascii=False)};\n"]
    for name in modules:
        source = (FOLDER / f"{name}.js").read_text(encoding="utf-8")
        parts.append(_EXPORT.sub("", _IMPORT.sub("", source)))
    return "\n".join(parts)


if __name__ == "__main__":
    BUILT.parent.mkdir(exist_ok=True)
    BUILT.write_text(join(), encoding="utf-8", newline="\n")
