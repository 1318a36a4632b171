"""How often is one peak taken for two, and how often are two camps seen? Prints a table.

    python tests/benchmarks/bench_shape.py [runs]

Each row draws surveys from probabilities that stand here, and counts p values up to .05. Ends with
status 1 where a bar is missed. Beside it stand the bootstrap from the fit as it is, not levelled,
and the bimodality coefficient above 5/9: why the study gives that coefficient no verdict."""

from __future__ import annotations

import sys
import time

import numpy as np
from numpy.typing import NDArray

from cxlib.bias.methods.bimodality import bimodality
from cxlib.bias.methods.unimodality import SEED, one_peak, power, ratios, unimodality

RUNS, FIRST_SEED, LEVEL, FLAT = 500, 20_091, 0.05, 5 / 9
SIZES = (100, 1_000)
NULLS = {
    "falling from 10": (1, 1, 1, 2, 3, 4, 6, 9, 14, 22, 37),
    "mode at 9": (1, 1, 1, 2, 3, 5, 8, 14, 22, 26, 17),
    "flat": (1,) * 11,
    "mode in the middle": (2, 3, 5, 10, 16, 20, 17, 12, 8, 5, 2),
}
# one peak with level stretches: the hardest nulls, since nothing there keeps noise from a second
HARD = {
    "level, then three level": (1,) * 8 + (45,) * 3,
    "level with a spike at 10": (1,) * 10 + (10,),
    "level with a spike at 5": (1,) * 5 + (10,) + (1,) * 5,
    "two levels": (1,) * 6 + (4,) * 5,
    "nearly empty below 8": (0.02,) * 8 + (5, 9, 6),
    "two levels and a spike": (0.3,) * 7 + (4, 4, 10, 4),
}
CAMPS = {
    "J, 15 % at 0": (15, 6, 4, 2, 2, 4, 5, 9, 13, 15, 25),
    "J, 8 % at 0": (8, 5, 3, 2, 2, 4, 6, 11, 16, 18, 25),
}
# highest share of false alarms, lowest power at each size; of the rest it is shown alone
MOST, LEAST = 0.07, {"J, 15 % at 0": {100: 0.75, 1_000: 0.95}}


def from_the_fit(n: NDArray, seed: int, resamples: int = 999) -> float:
    """P value of the plain parametric bootstrap, from the fit as it is."""
    statistic, fit = ratios(n[None])[0], one_peak(n)
    if statistic == 0:
        return 1.0
    drawn = np.random.default_rng(seed).multinomial(n.sum(), fit / fit.sum(), resamples)
    return float((1 + (ratios(drawn) >= statistic - 1e-9).sum()) / (1 + resamples))


def shares(shape: tuple[float, ...], n: int, runs: int) -> tuple[float, float, float]:
    """Share of surveys that are called two-peaked by the test, the plain bootstrap, the
    coefficient."""
    truth = np.array(shape) / sum(shape)
    surveys = np.random.default_rng(FIRST_SEED).multinomial(n, truth, runs)
    tested = [unimodality(each, seed=SEED + i).pvalue for i, each in enumerate(surveys)]
    plain = [from_the_fit(each, SEED + i) for i, each in enumerate(surveys)]
    coefficient = [bimodality(range(len(truth)), each) for each in surveys]
    return (
        float(np.mean(np.array(tested) <= LEVEL)),
        float(np.mean(np.array(plain) <= LEVEL)),
        float(np.mean(np.array(coefficient) > FLAT)),
    )


def main(runs: int) -> int:
    print(
        f"{'truth':<28}{'n':>6}{'test':>8}{'bar':>8}{'plain':>8}{'coefficient':>13}{'power()':>9}"
    )
    start, missed = time.perf_counter(), []
    for name, shape in (NULLS | HARD | CAMPS).items():
        for n in SIZES:
            test, plain, coefficient = shares(shape, n, runs)
            bar, said = "", ""
            if name in NULLS:
                bar, holds = f"<= {MOST:.2f}", test <= MOST
            elif name in LEAST:
                bar, holds = f">= {LEAST[name][n]:.2f}", test >= LEAST[name][n]
            else:
                holds = True
            if name in CAMPS:
                said = f"{power(n, shape):.2f}"
            print(f"{name:<28}{n:>6}{test:>8.3f}{bar:>8}{plain:>8.3f}{coefficient:>13.3f}{said:>9}")
            missed += [] if holds else [f"{name} at n = {n}: {test:.3f}, bar {bar}"]
    print(f"{runs} surveys a row, {time.perf_counter() - start:.0f} s")
    for line in missed:
        print(f"FAILED: {line}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS))
