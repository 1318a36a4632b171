"""Days of moments are told by the clocks of a zone alike on every engine."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from cxlib.rows.multiplicity import TIMES
from cxlib.sources.engine_types import with_plain_types
from cxlib.sources.grouped_rows import GroupedRows

MOMENTS = [  # an hour that clocks show twice, one that they leave out, and a time before 1970
    *pd.date_range("2026-03-07 12:00", periods=60, freq="h", tz="UTC"),
    *pd.date_range("2026-10-31 12:00", periods=60, freq="h", tz="UTC"),
    pd.Timestamp("1969-12-31 23:59:59.999999", tz="UTC"),
]
OFFSETS = {
    "+09:00": dt.timezone(dt.timedelta(hours=9)),
    "UTC-03:30": dt.timezone(dt.timedelta(hours=-3, minutes=-30)),
}


@pytest.mark.parametrize("zone", [None, "Asia/Tokyo", "America/St_Johns", *OFFSETS])
def test_days_of_moments_are_those_of_the_zone(engine, zone):
    at = pd.Series(MOMENTS).astype("datetime64[us, UTC]")
    table = engine.place("moments_of_waves", pd.DataFrame({"at": at}))
    table = with_plain_types(table) if engine.name == "pyspark" else table
    rows = GroupedRows(path=Path("moments"), table=table, types={})
    rows = rows.with_days(["at"], zone)
    found = rows.group(["at"]).set_index("at")[TIMES].sort_index()
    there = at.dt.tz_convert(OFFSETS.get(zone, zone or "UTC")).dt.tz_localize(None)
    days = there.dt.normalize().value_counts().sort_index()
    assert found.tolist() == days.tolist()
    assert list(found.index) == list(days.index)
