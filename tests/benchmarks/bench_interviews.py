"""Two hundred hours of interviews and 43,000 codings: reading, quotes, co-occurrence and alpha.

    python tests/benchmarks/bench_interviews.py [interviews]

The folder is made anew by a seed: 200 WebVTT files of an hour, 720 cues each (one half with voice
tags, one with names before the words; English, Japanese and Korean), 43,000 codings of two coders
and a codebook of 40 codes in themes and kinds. Each line runs in a process of its own, after its
imports; the peak is the process's, imports and corpus too. Bars: `read_corpus` with codings in 4
CPU-seconds and 300 MB; `quotes` and `cooccurrence` in 1 s and 400 MB each; alpha of 10,000 units
and 5 coders with 1,000 resamples at least 100 times as fast as the package krippendorff in a loop,
which has an environment made for it and is run on 20 resamples, scaled to 1,000. Ends with 1 where
a bar is missed; where krippendorff cannot be installed, that is said and not compared."""

from __future__ import annotations

import html
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

INTERVIEWS, CUES, CODINGS, CODES, SEED = 200, 720, 43_000, 40, 20261127
CPU, READ_MB, SECONDS, MB, FASTER = 4.0, 300, 1.0, 400, 100.0
LOOP, RESAMPLES = 20, 1000
UNITS = Path(__file__).resolve().parents[1] / "oracles" / "interviews" / "units_speed_10000x5.csv"
KINDS = ("goal", "obstacle", "annoyance", "delight", "contact")
WORDS = (
    "we moved to the new plan in may and the bill doubled so I called support twice & waited",
    "五月に 新しい プランへ 移って 料金が 倍に なったので 二度 電話を して 待ちました",
    "오월에 새 요금제로 옮겼더니 요금이 두 배가 되어서 두 번 전화하고 기다렸어요",
)
KRIPPENDORFF = """
import json, sys, time
import krippendorff, numpy as np, csv
rows = list(csv.reader(open(sys.argv[1], encoding="utf-8")))[1:]
table = np.array([[float(cell) if cell else np.nan for cell in row[1:]] for row in rows])
values = np.unique(table[~np.isnan(table)])
counts = np.stack([(table == value).sum(axis=1) for value in values], axis=1)
draw = np.random.default_rng(0)
start = time.perf_counter()
for _ in range(int(sys.argv[2])):
    chosen = counts[draw.integers(0, len(counts), len(counts))]
    krippendorff.alpha(value_counts=chosen, value_domain=list(values), level_of_measurement="nominal")
print(json.dumps({"seconds": time.perf_counter() - start}))
"""  # noqa: E501


def make(folder: Path, interviews: int) -> None:
    """Write the transcripts, `codings.csv` and `codebook.yaml`; the same bytes each time."""
    draw = random.Random(SEED)
    spans: list[list[tuple[int, int]]] = []
    for number in range(interviews):
        language = WORDS[number % 3].split()
        cues, places, position = [], [], 0
        for cue in range(CUES):
            words = " ".join(draw.choices(language, k=draw.randint(4, 14)))
            name = ("Interviewer", "P1")[draw.random() < 0.7]
            said = html.escape(words, quote=False)
            said = f"<v {name}>{said}</v>" if number % 2 else f"{name}: {said}"
            begin, end = (
                f"{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}.000"
                for at in (5 * cue, 5 * cue + 5)
            )
            cues.append(f"{cue + 1}\n{begin} --> {end}\n{said}\n")
            places.append((position, position + len(words)))
            position += len(words) + 1
        spans.append(places)
        text = "WEBVTT\n\n" + "\n".join(cues)
        (folder / f"interview_{number + 1:03}.vtt").write_text(text, encoding="utf-8")
    rows = ["document,start,end,code,coder,coded_at,memo,gloss"]
    for row in range(CODINGS * interviews // INTERVIEWS):
        number = row % interviews
        first = draw.randrange(CUES - 2)
        start, end = spans[number][first][0], spans[number][first + draw.randrange(3)][1]
        code, coder = draw.randrange(CODES), ("aoki", "kim")[draw.random() < 0.5]
        when = f"2026-09-{row % 28 + 1:02}T{row % 24:02}:{row % 60:02}:00Z"
        rows.append(f"interview_{number + 1:03}.vtt,{start},{end},code {code},{coder},{when},,")
    (folder / "codings.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    book = [
        f"  - {{name: code {n}, theme: theme {n % 8}, kind: {KINDS[n % 5]}, definition: {n}.}}"
        for n in range(CODES)
    ]
    (folder / "codebook.yaml").write_text("codes:\n" + "\n".join(book) + "\n", encoding="utf-8")


def corpus_of(folder: Path) -> Any:
    from cxlib import interviews

    return interviews.read_corpus(
        folder, codings=folder / "codings.csv", codebook=folder / "codebook.yaml"
    )


def read(folder: Path) -> dict[str, float]:
    import docx  # noqa: F401  what reading may load, so that imports are not timed
    import pyarrow  # noqa: F401

    from cxlib import interviews

    assert interviews.read_corpus  # loads it
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    corpus = corpus_of(folder)
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": seconds, "cpu": cpu, "documents": len(corpus.documents)}


def quotes(folder: Path) -> dict[str, float]:
    from cxlib import interviews

    return timed(interviews.quotes, corpus_of(folder))


def cooccurrence(folder: Path) -> dict[str, float]:
    from cxlib import interviews

    return timed(interviews.cooccurrence, corpus_of(folder))


def alpha(folder: Path) -> dict[str, float]:
    """Of the committed table of 10,000 units, from its counts as the peer is given them; the
    shortest of three runs."""
    import pandas as pd

    from cxlib import interviews

    given = pd.read_csv(UNITS).melt("unit", var_name="coder").dropna()
    units = interviews.count_values(given, unit="unit", coder="coder", value="value")
    runs = [
        timed(interviews.krippendorff_alpha, units, level="nominal", resamples=RESAMPLES)
        for _ in range(3)
    ]
    return min(runs, key=lambda run: run["seconds"])


def timed(call: Callable[..., Any], *arguments: Any, **named: Any) -> dict[str, float]:
    start = time.perf_counter()
    call(*arguments, **named)
    return {"seconds": time.perf_counter() - start}


WAYS = {"read": read, "quotes": quotes, "cooccurrence": cooccurrence, "alpha": alpha}


def alone(name: str, folder: Path) -> dict[str, float]:
    run = subprocess.run(
        [sys.executable, __file__, "--only", name, str(folder)],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(run.stdout.splitlines()[-1])


def loop(folder: Path) -> float | None:
    """Seconds of krippendorff for all resamples, scaled; None where it cannot be installed."""
    uv, python = Path(sys.executable).with_name("uv"), folder / "peer" / "bin" / "python"
    try:
        for command in (
            [uv, "venv", "--quiet", "--python", sys.executable, folder / "peer"],
            [uv, "pip", "install", "--quiet", "--python", python, "krippendorff"],
        ):
            subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    run = subprocess.run(
        [python, "-c", KRIPPENDORFF, str(UNITS), str(LOOP)],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(run.stdout)["seconds"] * RESAMPLES / LOOP


def main(interviews: int) -> int:
    failed = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "interviews"
        folder.mkdir()
        subprocess.run(
            [sys.executable, __file__, "--make", str(folder), str(interviews)], check=True
        )
        found = {name: alone(name, folder) for name in WAYS}
        peer = loop(Path(temporary))
    bars = {
        "read": (found["read"]["cpu"], CPU, READ_MB),
        "quotes": (found["quotes"]["seconds"], SECONDS, MB),
        "cooccurrence": (found["cooccurrence"]["seconds"], SECONDS, MB),
    }
    print(f"{interviews} interviews of {CUES} cues, {CODINGS * interviews // INTERVIEWS:,} codings")
    print(f"{'what':<28}{'seconds':>9}{'bar':>7}{'peak MB':>9}{'bar':>7}")
    for name, (seconds, most, peak) in bars.items():
        used = found[name]["peak"]
        said = f"{name} (CPU)" if name == "read" else name
        print(f"{said:<28}{seconds:>9.2f}{most:>7.1f}{used:>9.0f}{peak:>7}")
        if seconds > most or used > peak:
            failed.append(f"{name}: over {most:g} s or over {peak} MB")
    ours = found["alpha"]["seconds"]
    print(f"{'alpha, 1,000 resamples':<28}{ours:>9.2f}")
    if peer is None:
        print("krippendorff in a loop       not run: it could not be installed")
    else:
        print(
            f"{'krippendorff in a loop':<28}{peer:>9.1f}   {peer / ours:,.0f} times as long "
            f"(bar {FASTER:g}); {LOOP} resamples, scaled to {RESAMPLES:,}"
        )
        if peer < FASTER * ours:
            failed.append(f"alpha: not {FASTER:g} times as fast as krippendorff in a loop")
    for line in failed:
        print("FAILED:", line)
    return int(bool(failed))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--make"]:
        make(Path(sys.argv[2]), int(sys.argv[3]))
        sys.exit(0)
    if sys.argv[1:2] == ["--only"]:
        answer = WAYS[sys.argv[2]](Path(sys.argv[3]))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(answer | {"peak": peak}))
        sys.exit(0)
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else INTERVIEWS))
