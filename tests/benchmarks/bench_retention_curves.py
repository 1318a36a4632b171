"""Kaplan-Meier and log-rank of a million customers, side by side with lifelines in an environment
of its own.

    python tests/benchmarks/bench_retention_curves.py

lifelines 0.30 needs pandas < 3, so it is installed with uv into a temporary folder. Both sides get
the same three columns in memory and are timed alone, best of fifteen, without imports. Ends with 1
below five times as fast, or where the statistics differ. The time of cxlib is mostly not that of
the rows, so run it on a machine that does nothing else."""

import json
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from cxlib import retention

N, RUNS, WANTED = 1_000_000, 15, 5.0

PEER = """
import json, sys, time
import numpy as np
from lifelines import KaplanMeierFitter
from lifelines.statistics import logrank_test
data = np.load(sys.argv[1])
tenure, lost, group = data["tenure"], data["lost"], data["group"]
def run():
    start = time.perf_counter()
    parts = [(tenure[group == g], lost[group == g]) for g in (0, 1)]
    curves = [KaplanMeierFitter().fit(*part) for part in parts]
    test = logrank_test(parts[0][0], parts[1][0], parts[0][1], parts[1][1])
    return time.perf_counter() - start, float(test.test_statistic), float(curves[1].survival_function_.iloc[-1, 0])
runs = [run() for _ in range(int(sys.argv[2]))]
print(json.dumps([min(run[0] for run in runs), *runs[0][1:]]))
"""  # noqa: E501


def made() -> dict[str, np.ndarray]:
    """A million customers over 36 months in two groups; about two thirds are lost."""
    rng = np.random.default_rng(1)
    group = rng.integers(0, 2, N)
    stay, seen = (
        rng.geometric(np.where(group == 1, 0.045, 0.055)),
        rng.integers(1, 61, N).clip(max=36),
    )
    return {
        "tenure": np.minimum(stay, seen),
        "lost": (stay <= seen).astype(np.int64),
        "group": group,
    }


def ours(frame: pd.DataFrame) -> tuple[float, float, float]:
    """Seconds, log-rank statistic and the end of the second curve."""
    start = time.perf_counter()
    durations = retention.count_durations(frame, duration="tenure", event="lost", by="group")
    curve, test = (
        retention.survival(durations, by="group"),
        retention.compare(durations, between="group"),
    )
    return time.perf_counter() - start, test.statistic, float(curve.frame["survival"].iloc[-1])


def theirs(columns: dict[str, np.ndarray]) -> tuple[float, float, float]:
    """The same of lifelines, in an environment made for it."""
    uv = Path(sys.executable).with_name("uv")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        python = place / "venv" / "bin" / "python"
        subprocess.run(
            [uv, "venv", "--quiet", "--python", sys.executable, place / "venv"], check=True
        )
        subprocess.run(
            [
                uv,
                "pip",
                "install",
                "--quiet",
                "--compile-bytecode",
                "--python",
                python,
                "lifelines==0.30.3",
            ],
            check=True,
        )
        np.savez(place / "data.npz", **columns)
        (place / "peer.py").write_text(PEER, encoding="utf-8")
        command = [python, place / "peer.py", place / "data.npz", str(RUNS)]
        run = subprocess.run(command, check=True, capture_output=True, text=True)
    return tuple(json.loads(run.stdout))


def main() -> int:
    columns = made()
    frame = pd.DataFrame(columns)
    runs = [ours(frame) for _ in range(RUNS)]
    seconds, statistic, end = min(run[0] for run in runs), *runs[0][1:]
    peer, peer_statistic, peer_end = theirs(columns)
    same = math.isclose(statistic, peer_statistic, rel_tol=1e-8) and math.isclose(
        end, peer_end, rel_tol=1e-8
    )
    print(
        f"{N:,} customers: cxlib {seconds:.3f} s, lifelines {peer:.3f} s, ratio "
        f"{peer / seconds:.1f} (wanted {WANTED:g}); "
        f"log-rank {statistic:.6f} and {peer_statistic:.6f}, {'the same' if same else 'DIFFERENT'}"
    )
    return int(not same or peer / seconds < WANTED)


if __name__ == "__main__":
    sys.exit(main())
