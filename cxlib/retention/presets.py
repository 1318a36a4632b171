"""The name of a product -> the definition of retention that it shows, as far as its documents
settle it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from cxlib import check
from cxlib.retention.triangles import Triangle
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Absent

_DEFINITION = {
    "amplitude": "retention.preset_amplitude",
    "mixpanel": "retention.preset_mixpanel",
    "posthog": "retention.preset_posthog",
    "ga4": "retention.preset_ga4",
    "adobe": "retention.preset_adobe",
}


@dataclass(frozen=True, slots=True)
class Preset:
    """A product's default definition: arguments for ours, what they mean, and what its documents
    leave open.

    Attributes
    ----------
    name : str
    triangle : mapping
        Arguments of `triangle`: `kind` and `clock`.
    counting : mapping
        Arguments of the counting function, `count_own_clock` where the clock is "own", else
        `count_cohorts`; its month is given.
    settled : bool
        False where the documents do not say which definition is the default, and the first one that
        they name is taken.
    """

    name: str
    triangle: Mapping[str, str]
    counting: Mapping[str, Any]
    settled: bool

    def definition(self, language: str = "en") -> str:
        """Return which definition the product uses, and what is not settled or cannot be had from
        ours."""
        return self.message().text(language)

    def message(self) -> Sentences:
        """Return `definition` as it is before it is said in a language."""
        said = Message(_DEFINITION[self.name])
        kind = self.triangle["kind"]
        return Sentences(
            (said,) if self.settled else (said, Message("retention.preset_open", kind=kind))
        )


# name: kind, clock, settled; read in the products' documents in 2026, not run
PRODUCTS = {
    "amplitude": ("on", "own", False),
    "mixpanel": ("on_or_after", "own", True),
    "posthog": ("on", "calendar", False),
    "ga4": ("on", "calendar", False),
    "adobe": ("on", "calendar", False),
}


@check.arguments
def preset(name: str) -> Preset:
    """Return the definition of retention that a product shows unless told otherwise.

    Use it to reproduce, or to explain, a figure from a dashboard: 30-day windows and calendar
    months differ (CDNOW, age 1: 13.7 % and, for the first month's customers, 15.9 %).

    Parameters
    ----------
    name : {"amplitude", "mixpanel", "posthog", "ga4", "adobe"}
        The product.

    Returns
    -------
    Preset
        `triangle` and `counting`, arguments for ours; `definition()` says what they mean.

    Raises
    ------
    ParameterError
        If the product is unknown.

    Examples
    --------
    >>> mixpanel = preset("mixpanel")
    >>> dict(mixpanel.triangle), dict(mixpanel.counting)
    ({'kind': 'on_or_after', 'clock': 'own'}, {'days': 30})
    """
    check.one_of("name", name, PRODUCTS)
    kind, clock, settled = PRODUCTS[name]
    counting = {"days": 30} if clock == "own" else {"period": "month"}
    return Preset(
        name, MappingProxyType({"kind": kind, "clock": clock}), MappingProxyType(counting), settled
    )


@check.arguments
def product_definition(product: str | None, cells: Triangle | Absent | None) -> tuple[Message, ...]:
    """Return what the documents of a product say, of a triangle that takes its definition.

    Parameters
    ----------
    product : str or None
        As in `preset`; None where the definition is no product's.
    cells : Triangle, or Absent or None
        Where there is no triangle, there is nothing to say of it.

    Returns
    -------
    tuple of Message
        One sentence; none where there is no product or no triangle.

    Raises
    ------
    ParameterError
        If there is a triangle, and the product is unknown.
    """
    if product is None or cells is None or isinstance(cells, Absent):
        return ()
    return (Message("retention.as_product", definition=preset(product).message()),)
