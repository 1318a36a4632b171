"""Does the interval of the weighted NPS cover the true NPS? Sample companies whose truth is known;
prints a table.

    python tests/benchmarks/bench_weighting_truth.py [companies]

Without strong feelings, country, age band and plan alone move the chance to answer, so raking on
them mends all and the 95 % interval must cover in 92 to 98 %: the script ends with status 1 where
it does not. With strong feelings weighting cannot mend what it does not see: the interval then
misses, and the bounds must hold.

What the interval is for: the true NPS of a wave is that of the finite frame. A third of it is
invited at random and about a quarter of those answer, so no finite-population correction is taken
(it would shrink the variance by about the 8 % who answered) and the sampling of the margins'
targets by the invitation is not added; the two are small and act against each other."""

from __future__ import annotations

import sys
import time

import pandas as pd

from cxlib import bias
from cxlib.errors import WeightError
from cxlib.sample.company import make_company

CUSTOMERS, COMPANIES, MARGINS = 3_000, 200, ["country", "age_band", "plan"]
FIRST_SEED = 1_000


def waves_of(seed: int, strong_feelings: float, waves: int) -> list[dict]:
    company = make_company(customers=CUSTOMERS, seed=seed, strong_feelings=strong_feelings)
    rows = []
    for wave in sorted(company.truth["nps"]["wave"])[-waves:]:
        invited = company.invitations.query("wave == @wave").merge(
            company.customers, on="customer_id"
        )
        answers = company.responses.query("wave == @wave and score.notna()").merge(
            company.customers, on="customer_id"
        )
        row = {
            "seed": seed,
            "wave": wave,
            "truth": company.truth["nps"]["wave"][wave],
            "n": len(answers),
        }
        try:
            weights = bias.rake(answers, targets=bias.margins(invited, columns=MARGINS))
        except WeightError as error:
            rows.append(row | {"refused": str(error)})
            continue
        nps = bias.estimate_nps(answers, score="score", weights=weights)
        found = bias.bounds(nps, invited=len(invited))
        for kind in ("unweighted", "weighted", "population"):
            low, high = found.row(kind)[["ci_low", "ci_high"]]
            row |= {f"covers_{kind}": low <= row["truth"] <= high, f"width_{kind}": high - low}
            if kind != "population":
                row[f"error_{kind}"] = nps.row(kind)["nps"] - row["truth"]
        rows.append(row)
    return rows


def report(frame: pd.DataFrame, name: str) -> float:
    kept = frame[frame["refused"].isna()] if "refused" in frame else frame
    for kind in ("unweighted", "weighted", "population"):
        bias_ = f"{kept[f'error_{kind}'].mean():8.2f}" if kind != "population" else f"{'–':>8}"
        print(
            f"{name:<28}{kind:<12}{len(kept):>6}{len(frame) - len(kept):>9}{kept['n'].mean():>8.0f}{bias_}"  # noqa: E501
            f"{kept[f'width_{kind}'].mean():>8.1f}{100 * kept[f'covers_{kind}'].mean():>9.1f} %"
        )
    return float(kept["covers_weighted"].mean())


def main(companies: int) -> int:
    print(
        f"{'strong feelings':<28}{'interval':<12}{'used':>6}{'refused':>9}{'n':>8}{'bias':>8}{'width':>8}{'covers':>11}"  # noqa: E501
    )
    start = time.perf_counter()
    calm = pd.DataFrame(
        [row for seed in range(companies) for row in waves_of(FIRST_SEED + seed, 0.0, 1)]
    )
    covered = report(calm, "0, last wave")
    loud = pd.DataFrame(
        [row for seed in range(companies) for row in waves_of(FIRST_SEED + seed, 1.0, 1)]
    )
    report(loud, "1, last wave")
    print(
        f"{2 * companies} companies of {CUSTOMERS:,} customers in "
        f"{time.perf_counter() - start:.0f} s"
    )
    if not 0.92 <= covered <= 0.98:
        print(
            f"FAILED: without strong feelings the weighted interval covers in {100 * covered:.1f} "
            "%, not in 92 to 98 %"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else COMPANIES))
