"""How often does `nps.monitor` claim a change where nothing changed, looked at every week of a
year? Prints a table.

    python tests/benchmarks/bench_nps_monitor.py [draws]

52 looks at a growing wave against a finished one of the planned size, 40 new answers a look, four
shapes of answers, seeded. Ends with status 1 where `monitor` claims a change in more than 5 % of
draws at any of its looks. Beside it: a naive 95 % test at every look, simulated and as
`naive_false_alarm` foretells it. The draws use the arrays of `nps.methods.sequential`; for some of
them the script makes rows, calls `monitor` itself and stops where its p values differ."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose

from cxlib.nps import monitoring
from cxlib.nps.methods import intervals, sequential

SHAPES = {
    "A 35/40/25": (35, 40, 25),
    "E 98/1.5/.5": (98, 1.5, 0.5),
    "G 5/90/5": (5, 90, 5),
    "H 48/4/48": (48, 4, 48),
}
DRAWS, LOOKS, NEW, ALPHA, SEED = 4_000, 52, 40, 0.05, 20240501


def looked_at(before: np.ndarray, so_far: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Anytime-valid and naive p values of a finished wave (..., 3) against a growing one (...,
    3)."""
    (a, n_a, c), (p, n_b, q) = ((x[..., 0], x.sum(axis=-1), x[..., 2]) for x in (before, so_far))
    v_a, v_b = sequential.never_zero(a, n_a, c), sequential.never_zero(p, n_b, q)
    z = (intervals.nps_of(p, n_b, q) - intervals.nps_of(a, n_a, c)) / np.sqrt(v_a + v_b)
    t = sequential.clock(v_a, v_b, n_b, n_a, alpha=ALPHA)
    return sequential.mixture_pvalue(z, t), intervals.two_sided(z)


def shown_by_monitor(before: np.ndarray, so_far: np.ndarray) -> pd.Series:
    rows = pd.DataFrame(
        {
            "wave": np.repeat([1, 2], [before.sum(), so_far.sum()]),
            "score": np.concatenate([np.repeat([10, 8, 3], wave) for wave in (before, so_far)]),
        }
    )
    return monitoring.monitor(rows, between="wave", looks=LOOKS).frame.iloc[0]


def main(draws: int) -> int:
    rng, failed = np.random.default_rng(SEED), False
    print(
        f"{draws:,} draws, {LOOKS} looks, {NEW} new answers a look; share of draws with a claim at "
        "any look"
    )
    print(f"{'shape':<14}{'monitor':>9}{'naive':>9}{'foretold':>10}")
    for name, shape in SHAPES.items():
        p = np.array(shape) / 100
        before = rng.multinomial(NEW * LOOKS, p, size=draws)
        so_far = rng.multinomial(NEW, p, size=(draws, LOOKS)).cumsum(axis=1)
        safe, naive = looked_at(before[:, None], so_far)
        for i, look in ((0, 0), (1, 7), (2, LOOKS - 1)):
            shown = shown_by_monitor(before[i], so_far[i, look])
            assert_allclose(
                shown[["pvalue", "naive_pvalue"]].astype(float),
                [safe[i, look], naive[i, look]],
                rtol=1e-9,
            )
        alarms, claimed = ((x < ALPHA).any(axis=1).mean() for x in (safe, naive))
        failed |= alarms > ALPHA
        print(
            f"{name:<14}{100 * alarms:>7.1f} %{100 * claimed:>7.1f} "
            f"%{100 * shown['naive_false_alarm']:>8.1f} %"
        )
    print("more than 5 % false alarms" if failed else "never more than 5 % false alarms")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else DRAWS))
