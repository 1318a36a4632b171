"""Python runs it as it starts: the process that kernels are copied from loads what small notebooks
need, and not the whole stack, which costs more than all else in a run of them."""

import importlib
import sys

if "cxlib.report.zygote" in sys.orig_argv:
    from cxlib.report import preload

    def preload_pages() -> None:
        """Load what makes any page; only some have letters to take from a font."""
        preload.load_json_schemas()
        importlib.import_module("cxlib.report.export").prepare()

    preload.preload, preload.preload_pages = (lambda: None), preload_pages
