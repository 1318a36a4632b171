"""`cx run` of the NPS notebook on answers in Parquet, beside the bare scan of the same columns.

    python tests/benchmarks/bench_nps_tables.py [answers …] [--respondent] [--folder FOLDER]

For each number of answers (by default 500,000 and 5,000,000) a Parquet file is generated: 8 waves,
200 segments, continuous weights, 12 strata, 300 clusters, one answer in fifty missing, an id and a
comment. The notebook runs whole, by `cx run`, and so does the notebook on the sample company; the
bare scan is one aggregate over the same columns in the same engine. Printed are wall times and the
largest sum of the memory of all processes of a run. Bars: at most three times the scan plus the
time of the sample, and 1.5 GB; ends with 1 otherwise."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.measured_runs import Rows, compare

SIZES = (500_000, 5_000_000)
CHUNK = 5_000_000
MAKE = """
COPY (
  SELECT i AS answer_id,
         CASE WHEN hash(i + 1000000007) % 50 = 0 THEN NULL
              ELSE CAST(least(10, floor(11.9 * sqrt((hash(i + 2000000007) % 100003) / 100003.0))) AS BIGINT)
         END AS score,
         '202' || CAST(4 + w // 4 AS VARCHAR) || 'Q' || CAST(1 + w % 4 AS VARCHAR) AS wave,
         'shop ' || CAST(hash(i + 4000000007) % 200 AS VARCHAR) AS segment,
         exp(((hash(i + 5000000007) % 100003) / 100003.0 - 0.5) * 2) AS weight,
         'region ' || CAST(c % 12 AS VARCHAR) AS stratum, 'store ' || CAST(c AS VARCHAR) AS cluster,
         'C' || CAST(hash(i + 7000000007) % {people} AS VARCHAR) AS customer,
         CASE WHEN hash(i + 8000000007) % 10 = 0 THEN 'words of ' || CAST(i AS VARCHAR) END AS comment
  FROM (SELECT i, hash(i + 3000000007) % 8 AS w, hash(i + 6000000007) % 300 AS c FROM range({low}, {high}) AS t(i))
) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""  # noqa: E501
SCAN = """
SELECT count(*), min(score), sum(weight), min(wave), min(segment), min(stratum),
       min(cluster), max(score), max(wave), max(segment), max(stratum), max(cluster)
FROM read_parquet('{path}/*.parquet')
"""
COLUMNS = "columns={{weight: weight, strata: stratum, cluster: cluster, comment: comment{more}}}"


def make(folder: Path, answers: int) -> None:
    """Write the answers in files of at most five million."""
    folder.mkdir(parents=True)
    for low in range(0, answers, CHUNK):
        high = min(low + CHUNK, answers)
        path, people = folder / f"part-{low // CHUNK:03}.parquet", max(answers // 3, 1)
        duckdb.sql(MAKE.format(low=low, high=high, people=people, path=path))


def main() -> int:
    """Print a line for each number of answers; return 1 where a bar is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("answers", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--respondent", action="store_true")
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    more = ", respondent: customer" if chosen.respondent else ""
    given = ("wave_column=wave", "segment=segment", COLUMNS.format(more=more))
    rows = Rows("03_nps", {"survey": ""}, make, SCAN, given)
    return int(compare(rows, chosen.answers, folder=chosen.folder))


if __name__ == "__main__":
    sys.exit(main())
