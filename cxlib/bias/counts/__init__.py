"""Rows -> counts and sums: the one room of this study that reads rows, each function by one GROUP
BY."""
