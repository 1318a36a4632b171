"""Events written as rows, and their cohorts counted and read cell by cell."""

import datetime as dt

import pandas as pd

from cxlib import retention

D = dt.date
COLUMNS = {"customer": "who", "time": "at"}


def log(*rows, **more):
    who, at = zip(*rows, strict=True)
    at = (
        list(at)
        if isinstance(at[0], dt.date)
        else pd.to_datetime(list(at), utc=True, format="ISO8601")
    )
    return pd.DataFrame({"who": list(who), "at": at, **more})


def cells(cohorts, kind="on"):
    frame = retention.triangle(cohorts, kind=kind).frame
    return {(f"{row.cohort:%Y-%m-%d}", row.age): row.retained for row in frame.itertuples()}


def count(data, **more):
    return retention.count_cohorts(data, **COLUMNS, **more)
