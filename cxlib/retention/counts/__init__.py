"""Rows -> counts, by one GROUP BY where the rows lie; the only shelf here that speaks to an
engine."""
