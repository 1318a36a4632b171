"""Names of the methods of this study, as the column `method` holds them."""

from __future__ import annotations

from enum import StrEnum


class Method(StrEnum):
    """How a row was estimated; what a choice adds stands behind it (`kaplan_meier, log-log`)."""

    COUNT = "count"
    POISSON_OR_NEGATIVE_BINOMIAL = "poisson_or_negative_binomial"
    WILSON = "wilson"
    LATE_TREND_HOLM = "late_trend_holm"
    KAPLAN_MEIER = "kaplan_meier"
    KAPLAN_MEIER_AREA = "kaplan_meier_area"
    LOG_RANK = "log_rank"
    PETO_PETO = "peto_peto"
    FLEMING_HARRINGTON = "fleming_harrington"
    COX = "cox"
    GROUPED_BINOMIAL = "grouped_binomial"
    BOOTSTRAP_CUSTOMERS = "bootstrap_customers"


def method(name: Method, *choices: StrEnum | None) -> str:
    """Return a method and the choices that were made in it, as a cell of the column `method`.

    >>> method(Method.KAPLAN_MEIER, None)
    'kaplan_meier'
    """
    return ", ".join([name, *(choice for choice in choices if choice is not None)])
