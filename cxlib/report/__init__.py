"""Notebook + parameters -> published report. It knows notebooks and parameter models, no study."""

import sys

# nbformat loads jsonschema, which builds a grammar of web addresses (rfc3987_syntax, optional): half of the time that `cx`
# takes to start, for a check that no notebook needs
if "rfc3987_syntax" not in sys.modules:
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]  an import of it fails
    import nbformat  # noqa: F401

    del sys.modules["rfc3987_syntax"]

from cxlib.report.parameters import describe, model_name, read_given, read_notebook
from cxlib.report.plan import Planned, from_notebook, from_yaml
from cxlib.report.run import TIMEOUT, WORKERS, Outcome, Ready, ready, run

__all__ = ["TIMEOUT", "WORKERS", "Outcome", "Planned", "Ready", "describe", "from_notebook", "from_yaml", "model_name",
           "read_given", "read_notebook", "ready", "run"]
