"""What the sample company's files hold, by the data dictionary and the calendar alone."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

COLUMNS = {
    "customers": "customer_id country language segment plan age_band acquired_on acquired_by",
    "invitations": "invitation_id customer_id wave mode sent_at reminders delivered opened "
    "started_at finished_at",
    "responses": "response_id invitation_id customer_id wave contact_type score csat ces "
    + " ".join(f"item_{i:02d}" for i in range(1, 13))
    + " seconds comment",
    "orders": "order_id customer_id ordered_at amount kind",
    "subscriptions": "customer_id started_on ended_on",
}
WAVES = ["2024Q4", "2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3"]
MARGINS = ["country", "age_band", "plan"]


def read(folder: Path, name: str) -> pd.DataFrame:
    path = folder / f"{name}.csv"
    return pd.read_csv(path) if path.exists() else pd.read_parquet(folder / f"{name}.parquet")


def frame_dates() -> dict[str, pd.Timestamp]:
    """The 15th of the second month of each quarter, from the calendar alone."""
    return {
        wave: pd.Period(wave, freq="Q").start_time + pd.DateOffset(months=1, days=14)
        for wave in WAVES
    }
