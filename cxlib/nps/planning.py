"""What is to be known -> how many answers it takes; answers there are -> what they can show."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import pandas as pd
from scipy import stats

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.methods import proportions
from cxlib.nps.method_names import Method
from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method

METHODS = {"wald": Method.NORMAL, "adjusted_wald": Method.NORMAL_LESS_THREE}
FEWEST = 30  # answers below which the normal approximation is rough
_WORST = (0.5, 0.5)  # half promoters, half detractors: the largest variance that answers can have


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Plan(Result):
    """One row: what was asked, what follows from it, and the variance of one answer that was
    assumed.

    `n` (`sample_size`, a whole number, of each group where two are compared) with `n_exact` before
    rounding up; `half_width` or `difference` in points; `power` in [0, 1]; `promoters`,
    `detractors` assumed, with `variance` = p + q - (p - q)^2 (for two groups with `_a` and `_b`).
    `key` names the sentence."""

    key: str
    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("half_width", "difference"), "points"),
        "population": "integer",
        **dict.fromkeys(("power", "promoters", "detractors"), "percent"),
        "variance": "",
        **dict.fromkeys(("promoters_a", "detractors_a"), "percent"),
        "variance_a": "",
        **dict.fromkeys(("promoters_b", "detractors_b"), "percent"),
        "variance_b": "",
        "n_exact": "decimal1",
        **dict.fromkeys(("n", "n_a", "n_b"), "integer"),
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("nps.caption_plan")

    def summary(self, language: str = "en") -> str:
        """Say what was planned, and on which assumption."""
        row = self.frame.iloc[0]
        said = {
            name: row[name]
            for name in ("n", "n_a", "n_b", "population", "confidence")
            if name in row.index
        }
        # what is whole but for rounding is said as whole
        said |= {
            name: round(row[name], 9) for name in ("half_width", "difference") if name in row.index
        }
        # "about": tenths would promise too much
        if self.key == "nps.plan_detectable" and row["difference"] >= 10:
            said["difference"] = round(row["difference"])
        if "power" in row.index:
            said["often"] = (
                Message("nps.plan_four_of_five")
                if math.isclose(row["power"], 0.8)
                else Message("nps.plan_often", power=row["power"])
            )
        return Message(self.key, **said, assumed=_assumed(row)).text(language)


@check.arguments
def sample_size(
    *,
    half_width: float | None = None,
    difference: float | None = None,
    promoters: float | tuple[float, float] | None = None,
    detractors: float | tuple[float, float] | None = None,
    power: float = 0.8,
    confidence: float = 0.95,
    population: int | None = None,
    method: Literal["wald", "adjusted_wald"] = "wald",
) -> Plan:
    """Answers needed to know one NPS to `half_width` points, or to tell two that differ by
    `difference` points apart.

    Use it before a survey. Invitations are more: divide by the response rate you expect.

    Parameters
    ----------
    half_width : float, optional
        Wanted half width of the interval of one NPS, in points.
    difference : float, optional
        True difference of two NPS, in points, that should show; `n` is of each group. Exactly one
        of the two is given.
    promoters, detractors : float or (float, float), optional
        Expected shares in [0, 1]; for `difference` a pair gives one to each group. None for both
        assumes the worst case: half promoters, half detractors.
    power : float
        How probably `difference` should show; from 0.5 to below 1. Of no use with `half_width`.
    confidence : float
        Level of the interval, and 1 - level that of the test.
    population : int, optional
        Customers there are at all, where they are few; with `half_width` only.
    method : {"wald", "adjusted_wald"}
        "adjusted_wald" takes off the three answers that the adjusted Wald interval adds to each
        group.

    Returns
    -------
    Plan

    Raises
    ------
    ParameterError
        If not exactly one aim is given, or a value is outside its range.

    Notes
    -----
    z^2 V / m^2 for one NPS, (z + z_power)^2 (V_a + V_b) / D^2 a group for two, with V = p + q - (p
    - q)^2 at most 1 (Rocks 2016; Lewis and Sauro). With a population of N, n / (1 + (n - 1) / N)
    (Cochran 1977, section 4.6); with the three answers it solves z^2 V (N - n) / ((n + 3)(N - 1)) =
    m^2. Compared with mpmath (40 digits) to 1e-12.

    Examples
    --------
    >>> sample_size(half_width=5, promoters=0.5, detractors=0.2).summary()
    'To know the NPS to ± 5 points (95 % interval), 938 answers are needed, if 50 % are promoters \
and 20 % detractors.'
    """
    check.one_of("method", method, METHODS)
    if (half_width is None) == (difference is None):
        raise ParameterError(
            f"half_width={half_width!r}, difference={difference!r}: give exactly one, in points: "
            "half_width to "
            "plan the precision of one NPS, difference to plan a comparison of two"
        )
    z = proportions.z_value(confidence)
    less = 3 if method == "adjusted_wald" else 0
    end = {"confidence": float(confidence), "method": METHODS[method].value}
    if half_width is not None:
        aim = _in_points("half_width", half_width, 100)
        one = _assumption(*_shares(promoters, detractors))
        there = math.inf if population is None else _whole("population", population)
        endless = z**2 * one["variance"] / aim**2
        exact = (endless - less * (1 - 1 / there)) / (1 + (endless - 1) / there)
        row = {
            "half_width": float(half_width),
            **one,
            **({} if population is None else {"population": population}),
        }
        key = "nps.plan_precision" if population is None else "nps.plan_population"
        return _plan(key, row | {"n_exact": exact, "n": max(1, math.ceil(exact))} | end)
    if population is not None or difference is None:
        raise ParameterError(
            f"population={population!r} goes with half_width; a comparison asks whether what moves "
            "customers "
            "has changed, not how many of them there are"
        )
    aim = _in_points("difference", difference, 200)
    two = _two(promoters, detractors)
    exact = (z + stats.norm.ppf(_power(power))) ** 2 * (
        two["variance_a"] + two["variance_b"]
    ) / aim**2 - less
    return _plan(
        "nps.plan_difference",
        {
            "difference": float(difference),
            "power": float(power),
            **two,
            "n_exact": exact,
            "n": max(1, math.ceil(exact)),
        }
        | end,
    )


@check.arguments
def detectable(
    *,
    n_a: int,
    n_b: int,
    promoters: float | tuple[float, float] | None = None,
    detractors: float | tuple[float, float] | None = None,
    power: float = 0.8,
    confidence: float = 0.95,
) -> Plan:
    """Smallest true difference of two NPS, in points, that so many answers would show with
    probability `power`.

    Use it beside every "no difference found": it says what could have been found.

    Parameters
    ----------
    n_a, n_b : int
        Answers of each group.
    promoters, detractors, power, confidence
        As in `sample_size`.

    Returns
    -------
    Plan

    Raises
    ------
    ParameterError
        If a value is outside its range.

    Notes
    -----
    (z + z_power) sqrt(V_a / n_a + V_b / n_b). Compared with mpmath (40 digits) to 1e-12.

    Examples
    --------
    >>> detectable(n_a=400, n_b=400, promoters=(0.5, 0.45), detractors=(0.2, 0.25)).summary()[:80]
    'With 400 and 400 answers, a true change of about 16 points would show four times'
    """
    n_a, n_b = _whole("n_a", n_a), _whole("n_b", n_b)
    two = _two(promoters, detractors)
    se = math.sqrt(two["variance_a"] / n_a + two["variance_b"] / n_b)
    found = 100 * (proportions.z_value(confidence) + stats.norm.ppf(_power(power))) * se
    return _plan(
        "nps.plan_detectable" if found <= 200 else "nps.plan_nothing",
        {
            "n_a": n_a,
            "n_b": n_b,
            "power": float(power),
            **two,
            "difference": float(found),
            "confidence": float(confidence),
            "method": Method.NORMAL.value,
        },
    )


@check.arguments
def power(
    *, n_a: int, n_b: int, a: tuple[float, float], b: tuple[float, float], confidence: float = 0.95
) -> Plan:
    """Probability that a true difference between two groups shows (two-sided test at 1 -
    confidence).

    Use it for a survey whose size is settled.

    Parameters
    ----------
    n_a, n_b : int
        Answers of each group.
    a, b : (float, float)
        True shares of promoters and detractors of each group, in [0, 1].
    confidence : float
        1 - level of the test.

    Returns
    -------
    Plan
        `difference` is b minus a.

    Raises
    ------
    ParameterError
        If a value is outside its range.

    Notes
    -----
    Phi(|D| / se - z) + Phi(-|D| / se - z), se = sqrt(V_a / n_a + V_b / n_b). Compared with mpmath
    (40 digits) to 1e-12.

    Examples
    --------
    >>> round(power(n_a=400, n_b=400, a=(0.45, 0.25), b=(0.5, 0.2)).frame["power"].item(), 3)
    0.427
    """
    n_a, n_b = _whole("n_a", n_a), _whole("n_b", n_b)
    (p_a, q_a), (p_b, q_b) = (_pair(name, shares) for name, shares in (("a", a), ("b", b)))
    two = _two((p_a, p_b), (q_a, q_b))
    z = proportions.z_value(confidence)
    apart = (p_b - q_b) - (p_a - q_a)
    effect = abs(apart) / math.sqrt(two["variance_a"] / n_a + two["variance_b"] / n_b)
    shows = float(stats.norm.cdf(effect - z) + stats.norm.cdf(-effect - z))
    return _plan(
        "nps.plan_power",
        {
            "n_a": n_a,
            "n_b": n_b,
            "difference": 100 * apart,
            **two,
            "power": shows,
            "confidence": float(confidence),
            "method": Method.NORMAL.value,
        },
    )


def _plan(key: str, row: dict[str, Any]) -> Plan:
    n = min(value for name, value in row.items() if name in ("n", "n_a", "n_b"))
    rough = (Message("nps.plan_rough", limit=FEWEST),) if n < FEWEST else ()
    return Plan(frame=pd.DataFrame([row]), method=Method(row["method"]), warnings=rough, key=key)


def _assumption(p: float, q: float) -> dict[str, float]:
    variance = p + q - (p - q) ** 2
    if variance == 0:
        raise ParameterError(
            f"promoters={p!r}, detractors={q!r}: if all customers answer alike there is nothing to "
            "plan; "
            "give the shares you expect, or neither for the worst case"
        )
    return {"promoters": p, "detractors": q, "variance": variance}


def _two(promoters: Any, detractors: Any) -> dict[str, float]:
    """Assumptions of both groups, `_a` and `_b`."""
    ps, qs = (
        share if isinstance(share, tuple | list) else (share, share)
        for share in (promoters, detractors)
    )
    for name, share in (("promoters", ps), ("detractors", qs)):
        if len(share) != 2:
            raise ParameterError(f"{name}={share!r} must be one share, or two: one for each group")
    return {
        f"{name}_{side}": value
        for side, p, q in zip("ab", ps, qs, strict=True)
        for name, value in _assumption(*_shares(p, q)).items()
    }


def _shares(promoters: Any, detractors: Any) -> tuple[float, float]:
    if promoters is None and detractors is None:
        return _WORST
    given = f"promoters={promoters!r}, detractors={detractors!r}"
    if promoters is None or detractors is None:
        raise ParameterError(f"{given}: give both shares, or neither for the worst case")
    if isinstance(promoters, tuple | list) or isinstance(detractors, tuple | list):
        raise ParameterError(f"{given}: one NPS has one share of each; two are for difference")
    if not (0 <= promoters <= 1 and 0 <= detractors <= 1 and promoters + detractors <= 1 + 1e-9):
        raise ParameterError(
            f"{given}: they are shares of all answers from 0 to 1, together at most 1; write 0.5 "
            "for 50 %"
        )
    return float(promoters), float(detractors)


def _pair(name: str, shares: Any) -> tuple[float, float]:
    if not isinstance(shares, tuple | list) or len(shares) != 2:
        raise ParameterError(
            f"{name}={shares!r} must be two shares: promoters and detractors, such as (0.5, 0.2)"
        )
    return _shares(*shares)


def _in_points(name: str, value: float, most: int) -> float:
    if not 0 < value <= most:
        raise ParameterError(
            f"{name}={value!r} must be above 0 and at most {most}: NPS points, such as 5"
        )
    return value / 100


def _power(value: float) -> float:
    if not 0.5 <= value < 1:
        rule = "must be at least 0.5 and below 1; write 0.8 for four times out of five"
        raise ParameterError(f"power={value!r} {rule}")
    return value


def _whole(name: str, value: int) -> int:
    if not (1 <= value < math.inf and int(value) == value):
        raise ParameterError(f"{name}={value!r} must be a whole number of at least 1")
    return int(value)


def _assumed(row: pd.Series) -> Message:
    if "promoters" in row.index:
        shares = [(row["promoters"], row["detractors"])]
    else:
        both = ((row[f"promoters_{side}"], row[f"detractors_{side}"]) for side in "ab")
        shares = list(dict.fromkeys(both))
    if shares == [_WORST]:
        return Message("nps.plan_worst")
    p, q = shares[0]
    if len(shares) == 1:
        return Message("nps.plan_shares", promoters=p, detractors=q)
    return Message("nps.plan_shares_two", p_a=p, q_a=q, p_b=shares[1][0], q_b=shares[1][1])
