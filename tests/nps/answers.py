"""Answers as rows: one of every kind that a file has, and waves from their kinds."""

import pandas as pd

ROWS = pd.DataFrame(
    {
        "score": [10, 9, 8, 7, 6, 0, 10, 10, 3, 9, None, 11, 7.5],
        "渠道": ["電話"] * 6 + ["매장"] * 7,
        "wave": ["2025Q1", "2025Q2"] * 6 + ["2025Q2"],
    }
)


def rows_of(column, counts):
    """Rows with `column` and `score` from the promoters, passives and detractors of each value."""
    return pd.DataFrame(
        [
            {column: value, "score": score}
            for value, kinds in counts.items()
            for score, n in zip((10, 8, 3), kinds, strict=True)
            for _ in range(n)
        ]
    )


def waves(*counts):
    """Rows of waves `1`, `2`, … from promoters, passives and detractors of each."""
    return rows_of("wave", dict(enumerate(counts, start=1)))
