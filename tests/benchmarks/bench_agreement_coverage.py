"""How often does the interval of agreement hold the truth where interviews are few? By simulation;
prints a table.

    python tests/benchmarks/bench_agreement_coverage.py

Ends with status 1 where the default misses its bar. The truth is exact. In each interview a code
stands on a share p of the units (beta with mean `prevalence`, correlation ICC within interviews),
and a coder sees a unit as it is with chance q (beta, of that interview), or else marks it with
chance p: so two coders differ on a unit with chance (1 - q^2) 2 p (1 - p). With many interviews
alpha is then 1 - (1 - E q^2)(1 - ICC), since E p(1 - p) = (1 - ICC) E p (1 - E p): from the wanted
alpha follows the mean of q. The percentile bootstrap stands beside it. Two further tables have no
bar: short interviews, where few differences are left at alpha 0.9, and a rare code, for which the
interval is too narrow or unknown, as `agreement` says of such codes."""

from __future__ import annotations

import sys
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize

from cxlib import interviews

RUNS, RESAMPLES, SEED = 1_000, 500, 20260930
ALPHAS, INTERVIEWS = (0.5, 0.7, 0.9), (8, 15, 40)
LOW, HIGH = 93.0, 97.0  # percent of the intervals of 95 % that are there
COMMON, RARE, ICC = 0.3, 0.05, 0.1  # share of units with the code
CARE = 20  # a + b of the beta of q: how alike interviews are in what coders see
LONG, SHORT, SHORTEST = 40, 20, 5  # units of an interview: 5, and a Poisson number of the others


class Cell(NamedTuple):
    """Shares in percent."""

    held: float
    unknown: float


def mean_care(alpha: float) -> float:
    """The mean of q at which alpha has that value."""
    need = 1 - (1 - alpha) / (1 - ICC)
    return float(optimize.brentq(lambda m: m**2 + m * (1 - m) / (CARE + 1) - need, 0, 1))


def draw(
    rng: np.random.Generator, n: int, alpha: float, *, prevalence: float = COMMON, units: int = LONG
) -> tuple[pd.DataFrame, NDArray]:
    """Counts of two coders' decisions on units, and each unit's interview."""
    m, spread = mean_care(alpha), 1 / ICC - 1
    document = np.repeat(np.arange(n), SHORTEST + rng.poisson(units - SHORTEST, n))
    p = rng.beta(prevalence * spread, (1 - prevalence) * spread, n)[document]
    q = rng.beta(m * CARE, (1 - m) * CARE, n)[document]
    there = rng.random(len(p)) < p
    marked = [
        np.where(rng.random(len(p)) < q, there, rng.random(len(p)) < p).astype(int)
        for _ in range(2)
    ]
    return pd.DataFrame({0: 2 - sum(marked), 1: sum(marked)}), document


def coverage(n: int, alpha: float, *, prevalence: float, units: int) -> dict[str, Cell]:
    """Of each interval: how often it holds alpha where it is there, and how often it is not."""
    rng = np.random.default_rng([SEED, n, units, round(100 * alpha), round(100 * prevalence)])
    held: dict[str, list[float]] = {"jackknife": [], "bootstrap": []}
    for run in range(RUNS):
        decisions, document = draw(rng, n, alpha, prevalence=prevalence, units=units)
        for name, found in held.items():
            one = interviews.krippendorff_alpha(
                decisions, cluster=document, interval=name, resamples=RESAMPLES, seed=run
            )
            found.append(np.nan if np.isnan(one.ci_low) else one.ci_low <= alpha <= one.ci_high)
    return {
        name: Cell(float(100 * np.nanmean(found)), float(100 * np.isnan(found).mean()))
        for name, found in held.items()
    }


def check_truth() -> bool:
    """Is alpha what the construction says? A very large simulation."""
    rng = np.random.default_rng(SEED)
    good = True
    for alpha in ALPHAS:
        units, _ = draw(rng, 100_000, alpha)
        found = interviews.krippendorff_alpha(units, interval=None).value
        good &= abs(found - alpha) < 0.005
        print(f"alpha {alpha}: {found:.4f} in 100,000 interviews")
    return good


def table(*, prevalence: float, units: int, barred: bool) -> bool:
    print(
        f"\na code on {prevalence:.0%} of {units} units an interview; {RUNS:,} runs a row; "
        f"intervals of 95 %{'' if barred else '; no bar'}"
    )
    print("alpha  interviews   jackknife holds  unknown   bootstrap holds  unknown   (percent)")
    good = True
    for alpha in ALPHAS:
        for n in INTERVIEWS:
            cells = coverage(n, alpha, prevalence=prevalence, units=units)
            one, peer = cells["jackknife"], cells["bootstrap"]
            misses = not LOW <= one.held <= HIGH
            good &= not misses
            print(
                f"{alpha:5.1f} {n:11d} {one.held:17.1f} {one.unknown:8.1f} {peer.held:17.1f}"
                f" {peer.unknown:8.1f}{'   outside' if misses else ''}",
                flush=True,
            )
    return good or not barred


def main() -> int:
    good = check_truth()
    good &= table(prevalence=COMMON, units=LONG, barred=True)
    table(prevalence=COMMON, units=SHORT, barred=False)
    table(prevalence=RARE, units=SHORT, barred=False)
    print(f"\nbar: {LOW:.0f} to {HIGH:.0f} % of the jackknife's intervals in the first table")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
