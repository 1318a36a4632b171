"""How a run ends in order where it is interrupted, or where nobody reads what it says."""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import typer

from cxlib.console import complain, told

ENDS_WITHIN = 30  # seconds from a signal, of which order takes at most twenty


@contextlib.contextmanager
def in_order() -> Iterator[None]:
    """End a run in order where it is interrupted, or where nobody reads what it says."""

    def stop(number: int, _: object) -> None:
        _end_at_last(number)
        raise _Interrupted(number)

    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, stop) for number in numbers]
    ignore = sys.unraisablehook
    sys.unraisablehook = lambda error: _stop_again(error, ignore)
    try:
        yield
    except _Interrupted as error:
        complain(told("cli.stopped"))
        raise typer.Exit(128 + error.number) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(128 + signal.SIGPIPE) from None
    finally:
        _alarm(0)
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
        sys.unraisablehook = ignore


def _stop_again(error: Any, ignore: Callable[[Any], object]) -> None:
    """Raise an interruption again that came within a finalizer, whose errors Python ignores."""
    if isinstance(error.exc_value, _Interrupted):
        again = threading.Timer(0.05, os.kill, (os.getpid(), error.exc_value.number))
        again.daemon = True
        again.start()
    else:
        ignore(error)


def _end_at_last(number: int) -> None:
    """Have this process end in a while, whatever it waits for: a signal in the middle of an import
    may leave a lock that nobody opens. Where all is put in order it begins to count anew as Python
    ends."""
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, lambda *_: os._exit(128 + number))
        _alarm(ENDS_WITHIN)
        atexit.register(_alarm, ENDS_WITHIN)


def _alarm(seconds: int) -> None:
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


class _Interrupted(BaseException):
    def __init__(self, number: int) -> None:
        self.number = number
