"""jsonschema, which nbformat loads -> loaded without the grammar that it builds for nobody."""

from __future__ import annotations

import importlib
import sys

_GRAMMAR = "rfc3987_syntax"


def load_json_schemas() -> None:
    """Load jsonschema without its check of international addresses, where it is not there yet.

    Call it before nbformat, nbconvert or papermill is imported, in a process that runs no code of
    a researcher's: nbformat checks no addresses, and the grammar for them takes over a second to
    build. Without it jsonschema knows no format `iri`, and passes over it.
    """
    if "jsonschema" in sys.modules or _GRAMMAR in sys.modules:
        return
    sys.modules[_GRAMMAR] = None  # type: ignore[assignment]  # Python's way to say: not to be had
    try:
        importlib.import_module("jsonschema")
    finally:
        del sys.modules[_GRAMMAR]
