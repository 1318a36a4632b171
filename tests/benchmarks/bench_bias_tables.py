"""`cx run` of the bias notebook on answers and customers in Parquet, beside the bare scan of the
same columns.

    python tests/benchmarks/bench_bias_tables.py [answers …] [--folder FOLDER]

For each number of answers (by default 500,000 and 5,000,000) two tables of as many rows are
generated: customers with five margins, and answers of two waves, half of the customers in each,
with a score, another number, a channel and a stratum. The notebook runs whole, by `cx run`, joins
them by the customer's id, weights the answers of the last wave and counts; so does the notebook on
the sample company. The bare scan is one aggregate over the same columns of both tables in the same
engine. Printed are wall times and the largest sum of the memory of all processes of a run. Bars:
at most three times the scan plus the time of the sample, and 1.5 GB; ends with 1 otherwise."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.measured_runs import Rows, compare

SIZES = (500_000, 5_000_000)
CHUNK = 5_000_000
ANSWERS = """
COPY (
  SELECT i AS answer_id, 'C' || CAST((i // 2 * 2 + hash(i) % 2) * 7919 % {people} AS VARCHAR) AS customer_id,
         '2026Q' || CAST(2 + i % 2 AS VARCHAR) AS wave,
         CASE WHEN hash(i + 1000000007) % 50 = 0 THEN NULL
              ELSE CAST(least(10, floor(11.9 * sqrt((hash(i + 2000000007) % 100003) / 100003.0))) AS BIGINT)
         END AS score,
         1 + hash(i + 3000000007) % 5 AS csat, 'channel ' || CAST(hash(i + 4000000007) % 10 AS VARCHAR) AS channel,
         'region ' || CAST(hash(i + 5000000007) % 12 AS VARCHAR) AS stratum,
         CASE WHEN hash(i + 8000000007) % 10 = 0 THEN 'words of ' || CAST(i AS VARCHAR) END AS comment
  FROM range({low}, {high}) AS t(i)
) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""  # noqa: E501
CUSTOMERS = """
COPY (
  SELECT 'C' || CAST(i AS VARCHAR) AS customer_id, 'country ' || CAST(hash(i) % 3 AS VARCHAR) AS country,
         CAST(20 + 10 * (hash(i + 1000000007) % 5) AS VARCHAR) || 's' AS age_band,
         'plan ' || CAST(hash(i + 2000000007) % 3 AS VARCHAR) AS plan,
         hash(i + 3000000007) % 2 = 0 AS paperless, 2020 + hash(i + 4000000007) % 4 AS since
  FROM range({low}, {high}) AS t(i)
) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""  # noqa: E501
SCAN = """
SELECT (SELECT count(*) + count(DISTINCT score) + count(DISTINCT csat) + count(DISTINCT wave)
               + count(DISTINCT stratum) + count(DISTINCT channel) + sum(hash(customer_id) % 2)
        FROM read_parquet('{path}/answers/*.parquet')),
       (SELECT count(*) + count(DISTINCT country) + count(DISTINCT age_band) + count(DISTINCT plan)
               + count(DISTINCT paperless) + count(DISTINCT since) + sum(hash(customer_id) % 2)
        FROM read_parquet('{path}/customers/*.parquet'))
"""
GIVEN = (
    "invitations=null", "margins=[country, age_band, plan, paperless, since]", "mode=null",
    "outcome=csat", "channel=channel", "strata=stratum", "items=[]", "reverse=[]", "styles_by=null",
    "seconds=null", "reminders=null",
)  # fmt: skip


def make(folder: Path, answers: int) -> None:
    """Write answers and customers in files of at most five million rows."""
    for name, query in (("answers", ANSWERS), ("customers", CUSTOMERS)):
        (folder / name).mkdir(parents=True)
        for low in range(0, answers, CHUNK):
            high = min(low + CHUNK, answers)
            path = folder / name / f"part-{low // CHUNK:03}.parquet"
            duckdb.sql(query.format(low=low, high=high, people=answers, path=path))


def main() -> int:
    """Print a line for each number of answers; return 1 where a bar is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("answers", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    rows = Rows("02_bias", {"survey": "answers", "frame": "customers"}, make, SCAN, GIVEN)
    return int(compare(rows, chosen.answers, folder=chosen.folder))


if __name__ == "__main__":
    sys.exit(main())
