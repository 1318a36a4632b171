"""A talk between a page and a coder's file -> the widget that JupyterLab shows."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Callable
from contextlib import suppress
from importlib.resources import files
from typing import Any

from cxlib.interviews.coder_session import Send, Session

SETTLES = "cx-settles"
LANG = "cx-lang-"  # of the interview that is shown first, for which the page loads its fonts early
INSTALL = "pip install 'cxlib[coder]'"


def someone_is_there() -> bool:
    """Return whether a person sits before the kernel and can answer: JupyterLab says so; papermill,
    nbval and nbconvert say not."""
    from IPython import get_ipython

    kernel = getattr(get_ipython(), "kernel", None)
    # a private name, and the only sign there is; where it is not, nobody is taken to be there
    return bool(getattr(kernel, "_allow_stdin", False))


def is_installed() -> bool:
    """Return whether widgets can be made."""
    return importlib.util.find_spec("anywidget") is not None


def script() -> str:
    """Return the page's module."""
    built = files("cxlib.interviews").joinpath("web", "built", "coder.js")
    return built.read_text(encoding="utf-8")


def make_widget(session_of: Callable[[Send], Session], *, settles: bool = False) -> Any:
    """Return a widget whose messages go to a session and come from it: nothing of an interview is a
    trait of it, and so nothing is kept in a notebook.

    Parameters
    ----------
    session_of : callable
        Makes the session, given how to send a message to all views.
    settles : bool
        Whether the page builds the settling view, which it knows by a class of the widget.
    """
    import anywidget

    widget = type("CoderWidget", (anywidget.AnyWidget,), {"_esm": script()})()
    if settles:
        widget.add_class(SETTLES)
    session = session_of(lambda message, buffers: widget.send(message, buffers=buffers))
    if session.lang:
        widget.add_class(LANG + session.lang)
    widget.on_msg(lambda _, content, buffers: session.receive(content, buffers))
    with suppress(RuntimeError):  # no loop: no kernel
        asyncio.get_running_loop().call_soon(session.prepare)
    return widget
