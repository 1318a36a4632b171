"""Ten million answers to 238,800 tested, Holm-adjusted pairs: time and memory beside the peers, in
one run; prints a table.

    python tests/benchmarks/bench_nps_speed.py [responses]

200 segments in 12 waves lie in one Parquet file, the same rows each time (drawn by hash). Ends with
status 1 where a bar is missed: counting and testing all pairs within waves in at most 1.5 times the
bare GROUP BY plus 2 s; under 1.1 GB at the peak of a process that does only this; the pair step
alone at least 30 times faster than a loop of statsmodels over the same counts. Imports are timed
apart. A loop over so many pairs takes minutes to hours, so it is run on a few of them and scaled;
the table says on how many."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from cxlib import nps

warnings.filterwarnings(
    "ignore", message="The 'future.infer_string' option is deprecated"
)  # DuckDB 2.0 asks pandas 3.1 for it

RESPONSES, SEGMENTS, WAVES = 10_000_000, 200, 12
PAIRS = WAVES * SEGMENTS * (SEGMENTS - 1) // 2
TIMES, SECONDS, GIGABYTES, FASTER = 1.5, 2.0, 1.1, 30.0
LOOP, LOOP_ROWS = 4_000, 20  # pairs on which the loops run: over counts, and over rows
MAKE = """
    COPY (
        WITH drawn AS (SELECT i, hash(i, 'segment') % {segments} AS s, i * {waves} // {responses} AS w,
                              hash(i, 'kind') / 18446744073709551616 AS u, hash(i, 'score') AS h FROM range({responses}) t(i)),
             placed AS (SELECT *, 0.30 + 0.20 * hash(s, 'high') / 18446744073709551616 + 0.004 * w AS p,
                               0.15 + 0.20 * hash(s, 'low') / 18446744073709551616 AS q FROM drawn)
        SELECT printf('store %03d', s) AS segment, printf('20%02dQ%d', 24 + w // 4, w % 4 + 1) AS wave,
               CAST(CASE WHEN u < p THEN 9 + h % 2 WHEN u < p + q THEN h % 7 ELSE 7 + h % 2 END AS TINYINT) AS score
        FROM placed ORDER BY i
    ) TO '{path}' (FORMAT parquet)"""  # noqa: E501


def timed(call: Callable[..., Any], *args: Any, **named: Any) -> tuple[float, Any]:
    start = time.perf_counter()
    found = call(*args, **named)
    return time.perf_counter() - start, found


def best(call: Callable[..., Any], *args: Any, **named: Any) -> tuple[float, Any]:
    """The shortest of three runs, and what it found."""
    return min((timed(call, *args, **named) for _ in range(3)), key=lambda run: run[0])


def bare(path: Path) -> float:
    query = f"SELECT segment, wave, score, count(*) FROM read_parquet('{path}') GROUP BY ALL"
    return best(lambda: duckdb.sql(query).fetchall())[0]


def ours(path: Path) -> tuple[dict[str, float], nps.ScoreCounts, nps.Comparison]:
    """Count and test all pairs; the imports that a first call makes are made before, on two
    answers."""
    few = pd.DataFrame({"score": [10, 3], "segment": ["a", "b"], "wave": "1"})
    imports, _ = timed(nps.compare, few, between="segment", by="wave")
    count, counts = best(nps.count_scores, path, score="score", by=("wave", "segment"))
    pair, found = best(nps.compare, counts, between="segment", by="wave")
    return {"imports": imports, "count": count, "pair": pair, "peak": peak()}, counts, found


def peak() -> float:
    """Most memory this process ever held, in GB: the kernel's own mark; `ru_maxrss` would still
    hold that of the parent."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e9


def alone(path: Path) -> dict[str, float]:
    """What `ours` takes in a fresh process that does nothing else."""
    done = subprocess.run(
        [sys.executable, __file__, "--ours", str(path)], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def sampled(found: nps.Comparison, n: int) -> pd.DataFrame:
    return found.frame.iloc[np.linspace(0, len(found.frame) - 1, n).astype(int)]


def statsmodels_loop(cells: pd.DataFrame, pairs: pd.DataFrame) -> list[float]:
    """Welch's interval and p of each pair from the counts of -1, 0, 1, as an analyst would write
    it; returns the p values."""
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

    kinds = cells.set_index(["wave", "segment"])[["detractors", "passives", "promoters"]]
    weights = {key: row.to_numpy(float) for key, row in kinds.iterrows()}
    x = np.array([-1.0, 0.0, 1.0])
    found = []
    for wave, a, b in pairs[["wave", "a", "b"]].itertuples(index=False):
        both = CompareMeans(DescrStatsW(x, weights[wave, b]), DescrStatsW(x, weights[wave, a]))
        found.append((both.ttest_ind(usevar="unequal")[1], both.tconfint_diff(usevar="unequal")))
    return [p for p, _ in found]


def pandas_cells(path: Path) -> pd.DataFrame:
    rows = pd.read_parquet(path)
    kind = np.where(
        rows["score"] >= 9, "promoters", np.where(rows["score"] <= 6, "detractors", "passives")
    )
    return rows.groupby(["wave", "segment", kind]).size().unstack(fill_value=0).reset_index()


def pingouin_loop(path: Path, pairs: pd.DataFrame) -> tuple[float, list[float]]:
    """Welch's p of each pair from its rows; a wave's rows are fetched before, and not timed."""
    import pingouin

    held = {
        wave: duckdb.sql(
            f"SELECT segment, score FROM read_parquet('{path}') WHERE wave = '{wave}'"
        ).df()
        for wave in pairs["wave"].unique()
    }

    def test(wave: str, a: str, b: str) -> float:
        x, y = (held[wave].loc[held[wave]["segment"] == name, "score"] for name in (b, a))
        one, two = (np.where(scores >= 9, 1, np.where(scores <= 6, -1, 0)) for scores in (x, y))
        return float(pingouin.ttest(one, two, correction=True)["p_val"].iloc[0])

    named = list(pairs[["wave", "a", "b"]].itertuples(index=False, name=None))
    test(*named[0])
    return timed(lambda: [test(*names) for names in named])


def main(responses: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "responses.parquet"
        duckdb.sql(MAKE.format(segments=SEGMENTS, waves=WAVES, responses=responses, path=path))
        group_by, fresh = bare(path), alone(path)
        _, counts, found = ours(path)
        cells = counts.categories()
        welch = nps.compare(counts, between="segment", by="wave", method="t")
        few, fewer = sampled(welch, LOOP), sampled(welch, LOOP_ROWS)
        statsmodels_loop(cells, few[:2])
        loop, p_loop = timed(statsmodels_loop, cells, few)
        by_pandas, held = timed(pandas_cells, path)
        by_rows, p_rows = pingouin_loop(path, fewer)
        ranks, ranked = best(nps.compare_ranks, counts, between="segment", by="wave")
    assert len(found.frame) == len(ranked.frame) == PAIRS
    assert cells["n"].sum() == responses
    assert held["promoters"].sum() == cells["promoters"].sum()
    np.testing.assert_allclose(
        p_loop, few["pvalue"], rtol=1e-9
    )  # the peers are given the same work
    np.testing.assert_allclose(p_rows, fewer["pvalue"], rtol=1e-9)
    return report(
        responses,
        group_by,
        fresh,
        loop / LOOP * PAIRS,
        by_pandas,
        by_rows / LOOP_ROWS * PAIRS,
        ranks,
    )


def report(
    responses: int,
    group_by: float,
    fresh: dict[str, float],
    loop: float,
    by_pandas: float,
    by_rows: float,
    ranks: float,
) -> int:
    total, scaled = fresh["count"] + fresh["pair"], f"scaled from {LOOP:,} pairs"
    print(
        f"{responses:,} responses, {SEGMENTS} segments x {WAVES} waves, {PAIRS:,} pairs within "
        "waves; imports apart: "
        f"{fresh['imports']:.2f} s"
    )
    print(f"{'step':<62}{'seconds':>10}{'x ours':>9}  how")
    for step, seconds, of, how in (
        ("bare DuckDB GROUP BY segment, wave, score", group_by, total, "best of 3"),
        ("ours: count_scores", fresh["count"], total, "best of 3, fresh process"),
        (
            "ours: compare, all pairs, score intervals and p, Holm",
            fresh["pair"],
            total,
            "best of 3, fresh process",
        ),
        ("ours in all", total, total, "best of 3, fresh process"),
        (
            "statsmodels Welch on counts, interval and p, loop",
            loop,
            fresh["pair"],
            f"{scaled}; against our pair step",
        ),
        (
            "pandas recode and groupby, then the loop of statsmodels",
            by_pandas + loop,
            total,
            f"loop {scaled}",
        ),
        (
            "pingouin Welch on rows, filter and loop",
            by_rows,
            total,
            f"scaled from {LOOP_ROWS} pairs",
        ),
        (
            "ours: compare_ranks, all pairs (Brunner-Munzel, Mann-Whitney)",
            ranks,
            fresh["pair"],
            "best of 3; against our pair step",
        ),
    ):
        print(f"{step:<62}{seconds:>10.2f}{seconds / of:>9.2f}  {how}")
    print(f"peak memory of ours {fresh['peak']:.2f} GB")
    bars = (
        (total, TIMES * group_by + SECONDS, "s for counting and testing"),
        (fresh["peak"], GIGABYTES, "GB at the peak"),
        (FASTER, loop / fresh["pair"], "times as fast as the loop of statsmodels"),
    )
    missed = [f"{low:.2f} > {high:.2f} {what}" for low, high, what in bars if not low <= high]
    for line in missed:
        print(f"FAILED: {line}")
    return 1 if missed else 0


if __name__ == "__main__":
    if "--ours" in sys.argv:
        print(json.dumps(ours(Path(sys.argv[-1]))[0]))
    else:
        sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else RESPONSES))
