"""What a notebook loads late -> loaded once, in the process that kernels are forked from."""

from __future__ import annotations

import atexit
import contextlib
import datetime as dt
import gc
import importlib
import os
import pkgutil
from collections.abc import Iterator

from cxlib.report.json_schemas import load_json_schemas

# The pieces that notebooks load, found by comparing `sys.modules` after each of them with what the
# line before had loaded. Parts of NumPy, pandas, SciPy and Ibis load when they are first named.
MODULES: tuple[str, ...] = (
    "numpy",
    "pandas",
    "pandas.core.methods.to_dict",
    "pandas.core.reshape.reshape",
    "pandas.io.formats.csvs",
    "pandas.io.formats.string",
    "pyarrow.dataset",
    "pyarrow.pandas_compat",
    "pyarrow.parquet",
    "pyarrow.substrait",
    "scipy.optimize",
    "scipy.sparse",
    "scipy.special",
    "scipy.stats",
    "sqlglot",
    "duckdb",
    "ibis",
    "ibis.backends.duckdb",
    "ibis.backends.duckdb.converter",
    "ibis.expr.types.groupby",
    "ibis.formats.numpy",
    "ibis.formats.pandas",
    "ibis.formats.pyarrow",
    "pyarrow_hotfix",
    "statsmodels.base.covtype",
    "statsmodels.duration.hazard_regression",
    "statsmodels.genmod.generalized_linear_model",
    "statsmodels.stats.multitest",
    "statsmodels.stats.oneway",
    "statsmodels.stats.proportion",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib_inline.backend_inline",
    "PIL.BmpImagePlugin",
    "PIL.GifImagePlugin",
    "PIL.JpegImagePlugin",
    "PIL.PngImagePlugin",
    "PIL.PpmImagePlugin",
    "seaborn",
    "docx",
    "encodings.cp437",
    "encodings.utf_16_be",
    "encodings.utf_32_le",
    "encodings.utf_8_sig",
    "noto_cjk_sans_jp_regular",
    "bdb",
    "sqlite3",
    "IPython.core.completerlib",
    "IPython.core.logger",
    "IPython.core.oinspect",
)
# rooms that no notebook names: they run it
_OUTSIDE = ("cxlib.cli", "cxlib.report", "cxlib.sample")


def preload() -> None:
    """Import what notebooks import, and fill the caches that processes may share.

    The process that is forked has neither a thread nor a connection, lock or file that was not
    there before: nothing is asked of an engine, no figure is drawn, no seed is drawn from. Set
    `OPENBLAS_NUM_THREADS` and `OMP_NUM_THREADS` to 1 before NumPy is loaded, or OpenBLAS has
    threads. No look of figures is set and no backend chosen: both are the notebook's to choose.
    """
    with _without_arrows_thread():
        importlib.import_module("pyarrow")
    for name in (*MODULES, *_rooms()):
        importlib.import_module(name)
    _fill_caches()
    _leave_alone()


def preload_pages() -> None:
    """Load what makes pages of executed notebooks, for processes that do and run no notebook."""
    load_json_schemas()
    importlib.import_module("cxlib.report.fonts").read_font()
    importlib.import_module("cxlib.report.export").prepare()


@contextlib.contextmanager
def _without_arrows_thread() -> Iterator[None]:
    """Let pyarrow's jemalloc start no thread as it loads; the environment stays as it was."""
    name = "JE_ARROW_MALLOC_CONF"
    before = os.environ.get(name)
    os.environ[name] = ",".join(filter(None, (before, "background_thread:false")))
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _rooms() -> Iterator[str]:
    package = importlib.import_module("cxlib")
    for module in pkgutil.walk_packages(package.__path__, "cxlib."):
        if not module.name.startswith(_OUTSIDE):
            yield module.name


def _fill_caches() -> None:
    from cxlib import texts
    from cxlib.shown import language as words

    for language in texts.languages():
        for topic in texts.topics():
            texts.load(language, topic)
        words.number(1.5, 1, language)
        words.write(dt.datetime(2026, 1, 1), "moment", language)
        words.write_list("abc", language)


def _leave_alone() -> None:
    """Take all that is there now out of the sight of garbage collection, until Python ends.

    Half a million objects of libraries are garbage at no time. A process that was forked would
    walk through them again and again, and by that write to, and so copy, the memory it shares.
    """
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # what is frozen is not taken down in order
