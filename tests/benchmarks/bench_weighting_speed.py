"""Raking 1e6 respondents x 5 margins x 10 categories, beside rimpy, svy, weightipy and balance.

    python tests/benchmarks/bench_weighting_speed.py [--python PATH] [--rows N]

Respondents in, one weight a row out. Each tool runs in a process of its own, in its native types,
three times; the smallest CPU time counts, without imports, reading and a first small run. PATH is
an interpreter of Python 3.12: the peers are installed into an environment made of it, which ends
with the run; without it they are "not run".
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS, RESIDUAL = 0.6, 1e-10
PEERS = ("rimpy str", "rimpy category", "svy", "weightipy", "balance")
OURS = ("str", "category", "object", "object apart", "parquet")
CHILD = """
import json, resource, sys, time, warnings, logging
warnings.filterwarnings("ignore"); logging.disable(logging.CRITICAL)
import numpy as np
way, path = sys.argv[1], sys.argv[2]
draws = np.random.default_rng(5)
targets = {}
for m in range(5):
    shares = draws.dirichlet(np.full(10, 20.0))
    targets[f"m{m}"] = {f"category {m}{c}": float(shares[c]) for c in range(10)}
small = path.replace(".parquet", ".small.parquet")

if way.startswith("rimpy"):
    import polars as pl, rimpy
    def read(file):
        rows = pl.read_parquet(file)
        if way.endswith("category"):
            rows = rows.with_columns([pl.col(m).cast(pl.Enum(list(targets[m]))) for m in targets])
        return rows
    run = lambda rows: rimpy.rake(rows, targets)["weight"].to_numpy()
elif way == "svy":
    import polars as pl, svy
    read = lambda file: pl.read_parquet(file).with_columns(base=pl.lit(1.0))
    def run(rows):
        sample = svy.Sample(rows, svy.Design(wgt="base"))
        controls = {m: {k: v * len(rows) for k, v in t.items()} for m, t in targets.items()}
        sample = sample.weighting.rake(controls=controls, wgt_name="raked", tol=1e-12)
        return sample.data["raked"].to_numpy()
elif way == "weightipy":
    import pandas as pd, weightipy as wp
    codes = {m: {name: code for code, name in enumerate(t, 1)} for m, t in targets.items()}
    read = lambda file: pd.DataFrame(
        {m: column.map(codes[m]).astype(int) for m, column in pd.read_parquet(file).items()}
    )
    shares = {m: {codes[m][k]: 100 * v for k, v in t.items()} for m, t in targets.items()}
    def run(rows):
        weighted = wp.weight_dataframe(rows, wp.scheme_from_dict(shares), "weights")
        return weighted["weights"].to_numpy()
elif way == "balance":
    import pandas as pd, balance
    def read(file):
        rows = pd.read_parquet(file).astype(object)
        rows["id"] = np.arange(len(rows)).astype(str)
        return rows
    def run(rows):
        from balance.weighting_methods.rake import prepare_marginal_dist_for_raking
        target = prepare_marginal_dist_for_raking(targets)
        sample = balance.Sample.from_frame(rows, id_column="id")
        frame = balance.Sample.from_frame(target.reset_index(drop=True).assign(
            id=np.arange(len(target)).astype(str)), id_column="id")
        fitted = sample.set_target(frame).adjust(method="rake", transformations=None)
        return fitted.df[fitted.weight_column].to_numpy()
else:
    import pandas as pd
    from cxlib import bias
    def read(file):
        if way == "parquet":
            return file
        rows = pd.read_parquet(file)
        if way == "object":  # one object a category, as readers of files make them
            return pd.DataFrame({m: pd.Series(np.array(list(targets[m]), dtype=object)[
                c.str[-1].astype(int)], dtype=object) for m, c in rows.items()})
        return rows.astype({"category": "category", "object apart": object}.get(way, "str"))
    def run(rows):
        weights = bias.rake(rows, targets=targets)
        return weights.values(rows)

run(read(small))
rows, used = read(path), []
def memory(what):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(what)) / 1024

with open("/proc/self/clear_refs", "w") as clear:
    clear.write("5")  # the peak begins anew: what reading took is none of raking
before = memory("VmRSS")
for _ in range(3):
    begun, clock = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    weights = run(rows)
    wall, ended = time.perf_counter() - clock, resource.getrusage(resource.RUSAGE_SELF)
    used.append((ended.ru_utime + ended.ru_stime - begun.ru_utime - begun.ru_stime, wall))
    if len(used) == 1:
        rise = memory("VmHWM") - before
del rows
import pyarrow.parquet as pq
table, misses = pq.read_table(path), []
for m, t in targets.items():
    coded = table[m].combine_chunks().dictionary_encode()
    reached = np.bincount(coded.indices.to_numpy(), weights=weights) / weights.sum()
    wanted = np.array([t[name] for name in coded.dictionary.to_pylist()])
    misses.append(np.abs(reached - wanted).max())
cpu, wall = min(used)
print(json.dumps({"cpu": cpu, "wall": wall, "rise": rise, "residual": float(max(misses))}))
"""


def make(folder: Path, rows: int) -> Path:
    import numpy as np
    import pandas as pd

    draws = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            f"m{m}": pd.Categorical.from_codes(
                draws.choice(10, rows, p=draws.dirichlet(np.full(10, 5.0))),
                [f"category {m}{c}" for c in range(10)],
            ).astype("str")
            for m in range(5)
        }
    )
    path = folder / "rows.parquet"
    frame.to_parquet(path, row_group_size=100_000)
    frame.head(5_000).to_parquet(folder / "rows.small.parquet")
    return path


def run(python: str | Path, way: str, path: Path) -> dict[str, float] | str:
    done = subprocess.run([python, "-c", CHILD, way, path], capture_output=True, text=True)
    if done.returncode:
        return f"not run: {done.stderr.strip().splitlines()[-1][:90]}"
    return json.loads(done.stdout.splitlines()[-1])


def environment(python: str | None, folder: Path) -> Path | None:
    if python is None:
        return None
    uv, made = Path(sys.executable).with_name("uv"), folder / "peers" / "bin" / "python"
    packages = ["rimpy", "svy", "weightipy", "balance", "polars", "pandas", "pyarrow"]
    try:
        for command in (
            [uv, "venv", "--quiet", "--python", python, folder / "peers"],
            [uv, "pip", "install", "--quiet", "--python", made, *packages],
        ):
            subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return made


def failures(found: dict[str, dict[str, float] | str]) -> list[str]:
    failed = []
    for way in OURS:
        ours = found[way]
        peer = found["rimpy category" if way == "category" else "rimpy str"]
        if isinstance(ours, str):
            failed.append(f"{way}: {ours}")
            continue
        if ours["residual"] > RESIDUAL:
            failed.append(f"{way}: residual over {RESIDUAL:g}")
        beside = way in ("str", "category") and not isinstance(peer, str)
        if ours["cpu"] > (peer["cpu"] if beside else SECONDS):
            failed.append(f"{way}: more CPU seconds than {'rimpy' if beside else SECONDS}")
        if beside and ours["rise"] > peer["rise"]:
            failed.append(f"{way}: memory rises more than rimpy's")
    return failed


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--python")
    parser.add_argument("--rows", type=int, default=1_000_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        path, peers = make(folder, chosen.rows), environment(chosen.python, folder)
        found = {way: run(sys.executable, way, path) for way in OURS}
        for way in PEERS:
            found[way] = run(peers, way, path) if peers else "not run"
    print(f"{'from':<20}{'CPU s':>8}{'wall s':>8}{'rise MB':>9}{'residual':>11}")
    for way, one in found.items():
        if isinstance(one, str):
            print(f"{way:<20}  {one}")
            continue
        print(
            f"{way:<20}{one['cpu']:>8.2f}{one['wall']:>8.2f}{one['rise']:>9.0f}"
            f"{one['residual']:>11.1e}"
        )
    print(f"bars: str, category at most rimpy's CPU and rise; others {SECONDS} s; {RESIDUAL:g}")
    failed = failures(found)
    for line in failed:
        print("FAILED:", line)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
