"""Do the intervals and tests of the NPS hold what they promise? By exact enumeration where that can
be done; prints tables.

    python tests/benchmarks/bench_nps_coverage.py

Ends with status 1 where a default misses its bar. The peers beside it (plain formulas, written
here) show what it is worth."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from cxlib import nps
from cxlib.methods import proportions
from cxlib.nps.methods import bayes, intervals

Z = proportions.z_value(0.95)
TOUCH = 1e-9  # a limit this near to the truth holds it: limits are roots
SHAPES = {
    "A": (0.35, 0.40, 0.25),
    "B": (0.50, 0.30, 0.20),
    "C": (0.70, 0.20, 0.10),
    "D": (0.90, 0.08, 0.02),
    "E": (0.98, 0.015, 0.005),
    "F": (0.10, 0.20, 0.70),
    "G": (0.05, 0.90, 0.05),
    "H": (0.48, 0.04, 0.48),
}  # promoters, passives, detractors
WORST = {5: 88.1, 10: 91.3, 20: 91.1, 50: 93.5, 100: 93.2}
TWO_SAMPLES, DRAWS, SEED = 94.0, 200_000, 20240607
STORES, ANSWERS, ICC, SURVEYS, AT_ONCE = 20, 50, 0.04, 6_000, 500


def outcomes(n: int) -> tuple[NDArray, NDArray]:
    """Promoters and detractors of every sample of n."""
    a, c = (grid.ravel() for grid in np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij"))
    return a[a + c <= n].astype(float), c[a + c <= n].astype(float)


def chances(a: NDArray, n: int, c: NDArray, shapes: ArrayLike) -> NDArray:
    """Multinomial chance of each outcome (columns) under each shape (rows)."""
    p, m, q = np.asarray(shapes, float).T[:, :, None]
    ways = (
        special.gammaln(n + 1)
        - special.gammaln(a + 1)
        - special.gammaln(n - a - c + 1)
        - special.gammaln(c + 1)
    )
    return np.exp(ways + special.xlogy(a, p) + special.xlogy(n - a - c, m) + special.xlogy(c, q))


def holds(low: NDArray, truth: ArrayLike, high: NDArray) -> NDArray:
    return (low <= truth + TOUCH) & (high >= truth - TOUCH)


# one sample
# ------------------------------------------------------------------------------------------------


def wald(
    a: NDArray, n: float, c: NDArray, *, quantile: float = Z, less: float = 0
) -> tuple[NDArray, NDArray]:
    d = (a - c) / n
    half = quantile * np.sqrt(((a + c) / n - d**2) / (n - less))
    return d - half, d + half


def jeffreys(a: NDArray, n: int, c: NDArray) -> tuple[NDArray, NDArray]:
    found = bayes.posterior(a, n, c)
    return found.low, found.high


ONE_SAMPLE: dict[str, Callable[[NDArray, int, NDArray], tuple[NDArray, NDArray]]] = {
    "score (ours)": lambda a, n, c: intervals.score_limits(a, n, c, z=Z),
    "Jeffreys (ours)": jeffreys,
    "Wald": wald,
    "t": lambda a, n, c: wald(a, n, c, quantile=stats.t.ppf(0.975, n - 1), less=1),
    "adjusted Wald": lambda a, n, c: wald(a + 0.75, n + 3, c + 0.75),
}


def one_sample() -> Iterator[str]:
    """Coverage of one NPS; yields what missed its bar."""
    steps = np.arange(41) / 40
    shapes = np.array([(p, 1 - p - q, q) for p in steps for q in steps if p + q < 1 + 1e-9]).clip(0)
    shapes = shapes[shapes.max(axis=1) < 1 - 1e-9]
    print(
        f"One NPS, {len(shapes)} shapes (steps of 0.025, corners out), exact: worst coverage in % "
        "/ shapes under 93 %"
    )
    print(f"{'n':>4}{'bar':>7}" + "".join(f"{name:>19}" for name in ONE_SAMPLE))
    for n, bar in WORST.items():
        a, c = outcomes(n)
        chance, truth, row = (
            chances(a, n, c, shapes),
            (shapes[:, 0] - shapes[:, 2])[:, None],
            f"{n:>4}{bar:>7.1f}",
        )
        for name, limits in ONE_SAMPLE.items():
            low, high = limits(a, n, c)
            covered = 100 * (chance * holds(low, truth, high)).sum(axis=1)
            row += f"{covered.min():>9.3f} /{100 * (covered < 93).mean():>6.1f} %"
            if name == "score (ours)" and covered.min() < bar:
                yield f"one sample, n = {n}: the worst shape is covered in {covered.min():.3f} %, the bar is {bar} %"  # noqa: E501
        print(row)


# two samples
# ------------------------------------------------------------------------------------------------


class Side(NamedTuple):
    """Count triples of one group with their score limits, each found once."""

    a: NDArray
    n: int
    c: NDArray
    low: NDArray
    high: NDArray

    @property
    def nps(self) -> NDArray:
        return (self.a - self.c) / self.n

    @property
    def variance(self) -> NDArray:
        return (self.a + self.c) / self.n - self.nps**2

    def over(self, index: object) -> Side:
        return Side(self.a[index], self.n, self.c[index], self.low[index], self.high[index])


def side(a: NDArray, n: int, c: NDArray) -> Side:
    return Side(a, n, c, *intervals.score_limits(a, n, c, z=Z))


def square_and_add(one: Side, two: Side) -> tuple[NDArray, NDArray]:
    """The default's limits from ready score limits; `default_is_square_and_add` compares it with
    the library."""
    difference = one.nps - two.nps
    return (
        difference - np.hypot(one.nps - one.low, two.high - two.nps),
        difference + np.hypot(one.high - one.nps, two.nps - two.low),
    )


def wald_difference(one: Side, two: Side) -> tuple[NDArray, NDArray]:
    difference, half = one.nps - two.nps, Z * np.sqrt(one.variance / one.n + two.variance / two.n)
    return difference - half, difference + half


_INVERSE_DF = np.linspace(0, 1, 4_001)
_QUANTILES = np.r_[
    Z, stats.t.ppf(0.975, 1 / _INVERSE_DF[1:])
]  # smooth in 1 / df: interpolated to 1e-6


def welch(one: Side, two: Side) -> tuple[NDArray, NDArray]:
    parts = one.variance / (one.n - 1), two.variance / (two.n - 1)
    total = parts[0] + parts[1]
    inverse = (parts[0] ** 2 / (one.n - 1) + parts[1] ** 2 / (two.n - 1)) / np.where(
        total > 0, total, 1
    ) ** 2
    difference, half = (
        one.nps - two.nps,
        np.interp(inverse, _INVERSE_DF, _QUANTILES) * np.sqrt(total),
    )
    return difference - half, difference + half


TWO_SAMPLE = {"score, MOVER (ours)": square_and_add, "Wald": wald_difference, "Welch": welch}


def default_is_square_and_add() -> Iterator[str]:
    a, c = outcomes(20)
    one, two = side(a, 20, c).over((slice(None), None)), side(a, 20, c)
    ours = intervals.difference_limits((one.a, 20, one.c), (two.a, 20, two.c), z=Z)
    if np.abs(np.subtract(ours, square_and_add(one, two))).max() > 1e-12:
        yield "two samples: intervals.difference_limits is not square-and-add on the score limits"


def enumerated(n1: int, n2: int) -> Iterator[tuple[str, str, float]]:
    """Pair, method, coverage: over all pairs of samples."""
    sides = [side(a, n, c) for n in (n1, n2) for a, c in [outcomes(n)]]
    chance = [chances(s.a, s.n, s.c, list(SHAPES.values())) for s in sides]
    column = sides[0].over((slice(None), None))
    for method, limits in TWO_SAMPLE.items():
        low, high = limits(column, sides[1])
        for i, (x, one) in enumerate(SHAPES.items()):
            for j, (y, two) in enumerate(SHAPES.items()):
                held = holds(low, one[0] - one[2] - two[0] + two[2], high)
                yield x + y, method, 100 * float(chance[0][i] @ (held @ chance[1][j]))


def drawn(n1: int, n2: int) -> Iterator[tuple[str, str, float]]:
    """Pair, method, coverage: over draws, each count triple's limits found once."""
    rng = np.random.default_rng(SEED)
    sides = [{name: _drawn_side(rng, n, shape) for name, shape in SHAPES.items()} for n in (n1, n2)]
    for x, one in SHAPES.items():
        for y, two in SHAPES.items():
            truth = one[0] - one[2] - two[0] + two[2]
            for method, limits in TWO_SAMPLE.items():
                low, high = limits(sides[0][x], sides[1][y])
                yield x + y, method, 100 * float(holds(low, truth, high).mean())


def _drawn_side(rng: np.random.Generator, n: int, shape: tuple[float, float, float]) -> Side:
    a, _, c = rng.multinomial(n, shape, DRAWS).T
    codes, place = np.unique(a * (n + 1) + c, return_inverse=True)
    a, c = np.divmod(codes.astype(float), n + 1)
    return side(a, n, c).over(place)


def two_samples() -> Iterator[str]:
    """Coverage of a difference over all 64 ordered pairs of the eight shapes; yields what missed
    its bar."""
    yield from default_is_square_and_add()
    print(
        f"\nTwo NPS, 64 pairs of shapes A to H, bar {TWO_SAMPLES} %: least coverage in % (pair) / "
        f"pairs under {TWO_SAMPLES} %"
    )
    print(f"{'n':>9}  {'how':<15}" + "".join(f"{name:>24}" for name in TWO_SAMPLE))
    for n1, n2, how in (
        (20, 20, enumerated),
        (50, 50, enumerated),
        (30, 300, drawn),
        (500, 500, drawn),
    ):
        found = pd.DataFrame(how(n1, n2), columns=["pair", "method", "covered"])
        row = f"{f'{n1}/{n2}':>9}  {'exact' if how is enumerated else f'{DRAWS:,} draws':<15}"
        for method in TWO_SAMPLE:
            of = found[found["method"] == method]
            worst = of.loc[of["covered"].idxmin()]
            row += f"{worst['covered']:>13.3f} ({worst['pair']}) /{(of['covered'] < TWO_SAMPLES).sum():>3}"  # noqa: E501
        print(row)
        missed = found[
            (found["method"] == next(iter(TWO_SAMPLE))) & (found["covered"] < TWO_SAMPLES)
        ]
        yield from (
            f"two samples, n = {n1}/{n2}, {one.pair}: covered in {one.covered:.3f} %, the bar is "
            f"{TWO_SAMPLES} %"
            for one in missed.itertuples()
        )


# the traps
# ------------------------------------------------------------------------------------------------


def pooled_rejects(one: Side, two: Side) -> NDArray:
    """The z test that pools the answers of both: it tests equal shares, not equal NPS."""
    n = one.n + two.n
    nps_, either = (one.a - one.c + two.a - two.c) / n, (one.a + one.c + two.a + two.c) / n
    return np.abs(one.nps - two.nps) > Z * np.sqrt((either - nps_**2) * (1 / one.n + 1 / two.n))


def equal_nps() -> Iterator[str]:
    """Rejections where the NPS is the same and the spread is not; yields what missed its bar."""
    print("\nSame NPS, different spread: 5/90/5 against 48/4/48, exact: rejections at 5 % in %")
    print(f"{'n':>9}{'bar':>8}{'score, MOVER (ours)':>22}{'pooled z':>11}")
    for n1, n2 in ((50, 300), (300, 50)):
        sides, chance = [], []
        for n, shape in ((n1, SHAPES["G"]), (n2, SHAPES["H"])):
            a, c = outcomes(n)
            of = chances(a, n, c, [shape])[0]
            kept = of > 1e-14  # what is left out adds up to less than 1e-9
            sides.append(side(a[kept], n, c[kept]))
            chance.append(of[kept])
        one, two = sides[0].over((slice(None), None)), sides[1]
        low, high = square_and_add(one, two)
        ours, pooled = (
            100 * float(chance[0] @ (rejected @ chance[1]))
            for rejected in ((low > TOUCH) | (high < -TOUCH), pooled_rejects(one, two))
        )
        print(f"{f'{n1}/{n2}':>9}{'4 to 6':>8}{ours:>22.3f}{pooled:>11.3f}")
        if not 4 <= ours <= 6:
            yield f"same NPS, n = {n1}/{n2}: the default rejects in {ours:.3f} %, not in 4 to 6 %"


def stores() -> Iterator[str]:
    """Coverage where answers come in clusters; yields what missed its bar."""
    rng, found = np.random.default_rng(SEED), []
    shape = np.array(SHAPES["B"])
    for start in range(0, SURVEYS, AT_ONCE):
        # shares of a store ~ Dirichlet with sum 1 / ICC - 1: the correlation of two of its answers
        # is then the ICC exactly
        counts = rng.multinomial(ANSWERS, rng.dirichlet(shape * (1 / ICC - 1), (AT_ONCE, STORES)))
        survey, store = np.divmod(np.repeat(np.arange(AT_ONCE * STORES), ANSWERS), STORES)
        rows = pd.DataFrame(
            {
                "survey": survey,
                "store": store,
                "score": np.repeat(np.tile([10, 8, 3], AT_ONCE * STORES), counts.ravel()),
            }
        )
        # strata keep the surveys apart: each is then a sample of its own, with 20 - 1 degrees of
        # freedom
        clustered = nps.score(
            rows, score="score", by="survey", strata="survey", cluster="store"
        ).frame
        found.append(
            [
                holds(frame["ci_low"], 100 * (shape[0] - shape[2]), frame["ci_high"]).to_numpy()
                for frame in (clustered, nps.score(rows, score="score", by="survey").frame)
            ]
        )
        if start == 0:
            alone = (
                nps.score(rows[rows["survey"] == 7], score="score", cluster="store")
                .frame[["ci_low", "ci_high"]]
                .to_numpy()
            )
            if (
                np.abs(
                    alone
                    - clustered.loc[clustered["survey"] == 7, ["ci_low", "ci_high"]].to_numpy()
                ).max()
                > 1e-9
            ):
                yield "stores: a survey alone has another interval than as a stratum"
    covered, naive = (100 * np.concatenate([part[k] for part in found]).mean() for k in range(2))
    print(f"\n{STORES} stores x {ANSWERS} answers, ICC {ICC}, {SURVEYS:,} surveys: coverage in %")
    print(
        f"{'bar':>14}{'cluster given (ours)':>23}{'cluster ignored':>18}\n{'93.5 to 96.5':>14}{covered:>23.2f}{naive:>18.2f}"  # noqa: E501
    )
    if not 93.5 <= covered <= 96.5:
        yield f"stores: the interval covers in {covered:.2f} %, not in 93.5 to 96.5 %"


PARTS = (one_sample, two_samples, equal_nps, stores)


def main() -> int:
    start = time.perf_counter()
    missed = [line for part in PARTS for line in part()]
    print(f"\n{time.perf_counter() - start:.0f} s")
    print("\n".join(f"FAILED: {line}" for line in missed), end="\n" if missed else "")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
