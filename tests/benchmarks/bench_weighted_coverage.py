"""Does the 95 % interval of a weighted NPS hold the truth where samples are small? Prints a table.

    python tests/benchmarks/bench_weighted_coverage.py [samples] [folder with apipop.csv]

Populations, categories and the response model stand below and were written before any result was
seen. Response depends on the margins alone (its chance is a product of one factor a margin, so that
raking is right for large samples); the bars: the jackknife that rakes each replicate anew holds the
truth in at least 92.5 % of samples, and in 90 % with two stages and 40 districts. Its width stands
beside that of the linearised interval. Samples that cannot be raked are counted, and raked after
the empty and tiny categories are merged as `merge="auto"` does it for categories without an order.
Where response depends on the score itself, weighting must be seen to fail and Manski's bounds (of
the NPS of the people invited) to hold. Arithmetic is the package's own, on arrays; it is compared
with `bias.estimate_nps` first."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special, stats

from cxlib import bias
from cxlib.bias.methods import jackknife, linearised, raking, worst_case
from cxlib.bias.methods.constraints import Constraints
from cxlib.errors import WeightError

SAMPLES, SEED, FEWEST = 4_000, 20_261, 5
VALUES = np.array([100.0, 0.0, -100.0])  # promoter, passive, detractor


@dataclass(frozen=True)
class Plan:
    """A population and how it is asked. `margins` are shares; categories stand at even steps from
    -1 to 1, and effects are per step, on the logs of chances."""

    name: str
    n: int
    margins: tuple[tuple[float, ...], ...]
    answers: tuple[float, ...]  # promoters up, detractors down
    response: tuple[float, ...]
    bar: float | None = 0.925
    clusters: int = 0
    base_weights: bool = False
    feelings: tuple[float, float, float] = (0.0, 0.0, 0.0)  # response by the score itself
    invited: int = 0


THREE = ((0.4, 0.3, 0.2, 0.1), (0.35, 0.4, 0.25), (0.6, 0.3, 0.1))
SIX = (*THREE, (0.5, 0.5), (0.7, 0.3), (0.3, 0.3, 0.25, 0.15))
RARE = (THREE[0], THREE[1], (0.62, 0.3764, 0.0036))
E3, R3 = (0.5, -0.4, 0.6), (0.4, -0.3, 0.5)
E6, R6 = (0.5, -0.4, 0.6, 0.3, -0.3, 0.2), (0.4, -0.3, 0.5, 0.2, 0.3, -0.3)
PLANS = (
    Plan("n = 60, 3 margins", 60, THREE, E3, R3),
    Plan("n = 100, 6 margins", 100, SIX, E6, R6),
    Plan("n = 300, a category of about 2", 300, RARE, E3, R3),
    Plan("25 clusters of about 12", 300, THREE, E3, R3, clusters=25),
    Plan("n = 300, base weights 1 to 4", 300, THREE, E3, R3, base_weights=True),
)
SILENT = Plan(
    "response by the score itself", 300, THREE, E3, R3, None, feelings=(0.9, 0.0, 0.3), invited=1200
)
# clusters differ in how their people feel (SD of the logits) and in who they are
CLUSTER_SD, TILT_SD, CLUSTERS = 0.5, 0.4, 1_000


class Sample(NamedTuple):
    """Respondents: `codes` (n, margins), `y` (n,) -100, 0 or 100, `d` (n,), `cluster` or None, and
    the `truth`."""

    codes: NDArray
    y: NDArray
    d: NDArray
    cluster: NDArray | None
    targets: list[NDArray]
    truth: float


class Interval(NamedTuple):
    nps: float
    linearised: float
    jackknife: float
    t: float
    short: int


def steps(codes: NDArray, plan: Plan, effects: tuple[float, ...]) -> NDArray:
    """Add up the margins' effects of each cell."""
    found = np.zeros(len(codes))
    for code, margin, effect in zip(codes.T, plan.margins, effects, strict=True):
        found += effect * np.linspace(-1, 1, len(margin))[code]
    return found


def cells_of(plan: Plan) -> tuple[NDArray, NDArray]:
    """Return all cells and their shares: neighbouring margins hang together."""
    codes = np.stack(np.meshgrid(*[np.arange(len(m)) for m in plan.margins], indexing="ij"), -1)
    codes = codes.reshape(-1, len(plan.margins))
    share = np.prod([np.array(m)[c] for m, c in zip(plan.margins, codes.T, strict=True)], axis=0)
    for first in range(len(plan.margins) - 1):
        left, right = (
            np.linspace(-1, 1, len(plan.margins[i]))[codes[:, i]] for i in (first, first + 1)
        )
        share = share * np.exp(0.4 * left * right)
    return codes, share / share.sum()


def scores(lean: NDArray) -> NDArray:
    """Return the chances of promoter, passive and detractor, from how far people lean."""
    logits = np.stack([0.3 + lean, np.zeros_like(lean), -0.4 - lean], axis=-1)
    return special.softmax(logits, axis=-1)


def people(plan: Plan) -> Callable[[np.random.Generator], Sample]:
    """Return what draws samples of people one by one (with base weights, of four classes)."""
    codes, share = cells_of(plan)
    classes = np.arange(1, 5) if plan.base_weights else np.array([1])
    here = np.linspace(-1, 1, len(plan.margins[0]))[codes[:, 0]]
    of_class = special.softmax(0.3 * here[:, None] * (classes - 2.5), axis=1)
    lean = steps(codes, plan, plan.answers)[:, None] + (0.3 * (classes - 2.5)) * plan.base_weights
    table = share[:, None, None] * of_class[:, :, None] * scores(lean)
    chance = np.exp(steps(codes, plan, plan.response))[:, None, None] / classes[None, :, None]
    asked = table * chance * np.exp(np.array(plan.feelings))
    flat, shape = (asked / asked.sum()).ravel(), asked.shape
    truth, targets = float(table.sum(axis=(0, 1)) @ VALUES), targets_of(plan, codes, share)

    def draw(rng: np.random.Generator) -> Sample:
        cell, kind, score = np.unravel_index(rng.choice(len(flat), plan.n, p=flat), shape)
        return Sample(codes[cell], VALUES[score], classes[kind].astype(float), None, targets, truth)

    return draw


def clusters(plan: Plan) -> Callable[[np.random.Generator], Sample]:
    """Return what draws some of 1,000 clusters of equal size, and who answers in them."""
    codes, share = cells_of(plan)
    fixed = np.random.default_rng(SEED)
    feel, tilt = fixed.normal(0, (CLUSTER_SD, TILT_SD), (CLUSTERS, 2)).T
    here = np.linspace(-1, 1, len(plan.margins[0]))[codes[:, 0]]
    who = share * np.exp(tilt[:, None] * here)
    who = who / who.sum(axis=1, keepdims=True)
    table = who[:, :, None] * scores(steps(codes, plan, plan.answers) + feel[:, None])
    answering = table * np.exp(steps(codes, plan, plan.response))[:, None]
    answering *= plan.n / plan.clusters / answering.sum(axis=(1, 2)).mean()
    truth = float(table.sum(axis=1).mean(axis=0) @ VALUES)
    targets = targets_of(plan, codes, who.mean(axis=0))

    def draw(rng: np.random.Generator) -> Sample:
        chosen = rng.choice(CLUSTERS, plan.clusters, replace=False)
        counts = rng.poisson(answering[chosen])
        cluster, cell, score = np.nonzero(counts)
        rows = np.repeat(np.arange(len(cell)), counts[cluster, cell, score])
        ones = np.ones(len(rows))
        return Sample(codes[cell][rows], VALUES[score][rows], ones, cluster[rows], targets, truth)

    return draw


def targets_of(plan: Plan, codes: NDArray, share: NDArray) -> list[NDArray]:
    """Return the population's margins, as counts of 100,000 people."""
    return [
        1e5 * np.bincount(codes[:, i], weights=share, minlength=len(margin))
        for i, margin in enumerate(plan.margins)
    ]


def schools(file: Path, districts: int, each: int) -> Callable[[np.random.Generator], Sample]:
    """Return what draws districts of the California schools, then schools in them, of which those
    with a target that was met answer in 90 %, others in 60 %."""
    frame = pd.read_csv(file)
    names = ["stype", "sch.wide", "comp.imp"]
    codes = np.stack([pd.factorize(frame[name], sort=True)[0] for name in names], axis=1)
    score = np.where(frame["api00"] >= 750, 100.0, np.where(frame["api00"] < 600, -100.0, 0.0))
    district, chance = pd.factorize(frame["dnum"])[0], np.where(codes[:, 1] == 1, 0.9, 0.6)
    members = [np.flatnonzero(district == k) for k in range(district.max() + 1)]
    targets = [np.bincount(code).astype(float) for code in codes.T]

    def draw(rng: np.random.Generator) -> Sample:
        rows, weight = [], []
        for k in rng.choice(len(members), districts, replace=False):
            drawn = rng.permutation(members[k])[:each]
            rows.append(drawn)
            weight += [len(members) / districts * len(members[k]) / len(drawn)] * len(drawn)
        chosen = np.concatenate(rows)
        there = rng.random(len(chosen)) < chance[chosen]
        chosen, d = chosen[there], np.array(weight)[there]
        return Sample(codes[chosen], score[chosen], d, district[chosen], targets, score.mean())

    return draw


def interval(sample: Sample) -> Interval | None:
    """Rake a sample and estimate its NPS, with both errors; None where it cannot be raked."""
    cells, of_row = np.unique(sample.codes, axis=0, return_inverse=True)
    of_row, base = of_row.ravel(), np.bincount(of_row.ravel(), weights=sample.d)
    codes = list(cells.T)
    if raking.short(base[None], codes, sample.targets)[0]:
        return None
    fitted, reached = raking.fit_many(base[None], codes, sample.targets, tolerance=1e-12)
    if not reached[0]:  # slow, or contradictory
        named = [pd.Series(target, name="margin") for target in sample.targets]
        try:
            fitted = raking.fit(base, codes, named, tolerance=1e-12)[0][None]
        except WeightError:
            return None
    groups = sums(sample, of_row).assign(factor=lambda g: (fitted[0] / base)[g["cell"]])
    met = Constraints(codes=tuple(codes), targets=tuple(sample.targets), swept=True)
    found = linearised.estimate(groups, met)
    errors = jackknife.errors(groups, met, np.ones((1, len(groups)), bool))
    t = float(stats.t.ppf(0.975, found.df))
    return Interval(found.value, found.se, float(errors.se[0]), t, errors.short)


def sums(sample: Sample, cell: NDArray) -> pd.DataFrame:
    """Sum as `counts.sums` does, per cell and cluster, or cell and base weight."""
    beside = sample.d if sample.cluster is None else sample.cluster
    _, first, group = np.unique(
        np.stack([cell, beside]), axis=1, return_index=True, return_inverse=True
    )
    group, shift, d = group.ravel(), sample.y.mean(), sample.d
    y = sample.y - shift
    columns = {
        "n": np.ones(len(y)), "base": d, "base2": d**2, "y": y, "yy": y**2,
        "dy": d * y, "d2y": d**2 * y, "d2yy": d**2 * y**2,
    }  # fmt: skip
    made = {name: np.bincount(group, weights=value) for name, value in columns.items()}
    made |= dict.fromkeys(("counting", "answered", "a"), made["n"])
    made |= dict.fromkeys(("r_d", "da"), made["base"])
    made |= dict.fromkeys(("r_d2", "d2a", "d2aa"), made["base2"]) | {"d2ay": made["d2y"]}
    made |= {"cell": cell[first], "shift": shift, "population": np.nan, "over": 1.0}
    made |= {"d": d[first]} if sample.cluster is None else {"cluster": sample.cluster[first]}
    return pd.DataFrame(made)


def merge(sample: Sample) -> Sample:
    """Merge empty and tiny categories: the one with the fewest respondents with the smallest other
    that has some, until none has fewer than five."""
    codes, targets = sample.codes.copy(), []
    for i, target in enumerate(sample.targets):
        groups = {k: (int((codes[:, i] == k).sum()), total) for k, total in enumerate(target)}
        while len(groups) > 1:
            least = min(groups, key=lambda k: groups[k])
            if groups[least][0] >= FEWEST:
                break
            n, total = groups.pop(least)
            some = [k for k in groups if groups[k][0]] or list(groups)
            other = min(some, key=lambda k: groups[k])
            groups[other] = (groups[other][0] + n, groups[other][1] + total)
            codes[codes[:, i] == least, i] = other
        kept = list(groups)
        codes[:, i] = np.searchsorted(kept, codes[:, i])
        targets.append(np.array([groups[k][1] for k in kept]))
    return sample._replace(codes=codes, targets=targets)


def check_core(draw: Callable[[np.random.Generator], Sample], samples: int = 3) -> None:
    """Refuse to go on where the core's arithmetic is not that of `bias.estimate_nps`."""
    rng = np.random.default_rng(SEED)
    for _ in range(samples):
        sample = merge(draw(rng))
        found = interval(sample)
        if found is None:
            continue
        frame = pd.DataFrame(sample.codes.astype(str)).add_prefix("m").assign(d=sample.d)
        frame["score"] = np.select([sample.y > 0, sample.y < 0], [10, 0], 8)
        frame["cluster"] = sample.cluster if sample.cluster is not None else 0
        targets = {
            f"m{i}": dict(zip(map(str, range(len(target))), target, strict=True))
            for i, target in enumerate(sample.targets)
        }
        weights = bias.rake(frame, targets=targets, weight="d", tolerance=1e-12)
        for se, own in (("linearised", found.linearised), ("jackknife", found.jackknife)):
            row = bias.estimate_nps(
                frame,
                score="score",
                weights=weights,
                cluster=None if sample.cluster is None else "cluster",
                se=se,
            ).row("weighted")
            np.testing.assert_allclose([found.nps, own], row[["nps", "se"]].astype(float), 1e-9)


def measure(name: str, draw: Callable, samples: int, bar: float | None) -> bool:
    """Draw samples, print a line, and say whether the bar is held."""
    check_core(draw)
    rng, rows = np.random.default_rng(SEED), []
    for _ in range(samples):
        sample = draw(rng)
        found, merged = interval(sample), False
        if found is None:
            merged, found = True, interval(merge(sample))
        if found is None:
            rows.append({"refused": True})
            continue
        off = abs(found.nps - sample.truth)
        rows.append(
            {
                "merged": merged,
                "linearised": off <= found.t * found.linearised,
                "jackknife": off <= found.t * found.jackknife,
                "wide_linearised": 2 * found.t * found.linearised,
                "wide_jackknife": 2 * found.t * found.jackknife,
                "bias": found.nps - sample.truth,
            }
        )
    return report(name, pd.DataFrame(rows), bar)


def report(name: str, rows: pd.DataFrame, bar: float | None) -> bool:
    used = rows[rows["merged"].notna()]
    raked, merged = (used[used["merged"].astype(bool) == which] for which in (False, True))
    covered = raked["jackknife"].mean()
    after = f"{merged['jackknife'].mean():8.1%}" if len(merged) else f"{'-':>8}"
    print(
        f"{name:<32}{len(raked):>7}{len(merged):>8}{len(rows) - len(used):>9}"
        f"{raked['linearised'].mean():>12.1%}{covered:>11.1%}{after:>9}"
        f"{raked['wide_linearised'].mean():>9.1f}{raked['wide_jackknife'].mean():>8.1f}"
        f"{raked['bias'].mean():>7.1f}{'' if bar is None else f'{bar:>8.1%}'}",
        flush=True,
    )
    return bar is None or bool(covered >= bar and used["jackknife"].mean() >= bar)


def silence(plan: Plan, samples: int) -> bool:
    """Show that weighting fails where response depends on the score, and that bounds hold."""
    codes, share = cells_of(plan)
    table = share[:, None] * scores(steps(codes, plan, plan.answers))
    chance = np.exp(steps(codes, plan, plan.response))[:, None] * np.exp(np.array(plan.feelings))
    chance = np.minimum(chance * plan.n / plan.invited / (table * chance).sum(), 1.0)
    truth, targets = float(table.sum(axis=0) @ VALUES), targets_of(plan, codes, share)
    rng, held, covered, off = np.random.default_rng(SEED), [], [], []
    for _ in range(samples):
        cell, score = np.unravel_index(
            rng.choice(table.size, plan.invited, p=table.ravel()), table.shape
        )
        there = rng.random(plan.invited) < chance[cell, score]
        y = VALUES[score]
        low, high = worst_case.manski(
            y[there].mean(), answered=there.sum(), asked=len(y), lowest=-100, highest=100
        )
        held.append(low <= y.mean() <= high)
        sample = Sample(codes[cell[there]], y[there], np.ones(there.sum()), None, targets, truth)
        found = interval(sample) or interval(merge(sample))
        if found is not None:
            covered.append(abs(found.nps - truth) <= found.t * found.jackknife)
            off.append(found.nps - truth)
    print(
        f"{plan.name}: the weighted interval holds the truth in {np.mean(covered):.1%} "
        f"({np.mean(off):+.1f} points off on average), Manski's bounds in {np.mean(held):.1%}"
    )
    return bool(np.mean(covered) < 0.5 and np.all(held))


def main(samples: int, folder: str | None) -> int:
    start = time.perf_counter()
    print(
        f"{'':<32}{'raked':>7}{'merged':>8}{'refused':>9}{'linearised':>12}{'jackknife':>11}"
        f"{'merged':>9}{'width':>9}{'jk':>8}{'bias':>7}{'bar':>8}"
    )
    held = [
        measure(plan.name, (clusters if plan.clusters else people)(plan), samples, plan.bar)
        for plan in PLANS
    ]
    for districts, each, bar in ((40, 5, 0.90), (25, 8, None)):
        name = f"apipop, {districts} districts x {each}"
        if folder is None:
            print(f"{name:<32}not run: give the folder of apipop.csv")
            continue
        held.append(
            measure(name, schools(Path(folder) / "apipop.csv", districts, each), samples, bar)
        )
    held.append(silence(SILENT, samples))
    print(f"{samples:,} samples each in {time.perf_counter() - start:.0f} s")
    if not all(held):
        print("FAILED: a bar above is not held")
    return 0 if all(held) else 1


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(main(int(given[0]) if given else SAMPLES, given[1] if given[1:] else None))
