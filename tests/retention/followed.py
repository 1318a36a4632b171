"""Rows of customers followed, by time `t` and outcome `e`, counted."""

import pandas as pd

from cxlib import retention


def counts(rows, **more):
    return retention.count_durations(pd.DataFrame(rows), duration="t", event="e", **more)
