"""Answers at the edge by name: rows, and the columns of their design."""

import numpy as np
import pandas as pd

RNG = np.random.default_rng(3)
N = 120
PLAIN = pd.DataFrame(
    {
        "score": RNG.choice([10, 9, 8, 7, 5, 0], N),
        "g": np.repeat(list("abc"), N // 3),
        "w": RNG.uniform(0.5, 2.0, N),
        "stratum": np.tile(["x", "y"], N // 2),
        "store": np.tile(np.arange(24), 5),
    }
)
PLAIN["store_in"] = PLAIN["stratum"] + PLAIN["store"].astype(str)
WEIGHT, CLUSTER = {"weight": "w"}, {"cluster": "store"}


def kinds(**groups):
    """Rows with a segment `g`, a weight and a store, from promoters, passives and detractors of
    each."""
    rows = pd.DataFrame(
        [
            {"g": name, "score": score}
            for name, counts in groups.items()
            for score, n in zip((10, 8, 0), counts, strict=True)
            for _ in range(n)
        ]
    )
    return rows.assign(w=1 + np.arange(len(rows)) % 3 / 2, store=np.arange(len(rows)) % 10)


def many():
    """200 stores, most with one answer to a few, 30 of them with one."""
    stores = [f"store {i}" for i in [*range(200), *RNG.integers(30, 200, 1000)]]
    return pd.DataFrame({"score": RNG.choice([10, 8, 3], len(stores)), "g": stores})


with_empty = pd.concat(
    [PLAIN, pd.DataFrame({"score": [None] * 3, "g": "空", "w": 1.0, "store": 1})], ignore_index=True
)
with_one = pd.concat(
    [PLAIN, pd.DataFrame({"score": [10], "g": "solo", "w": 1.0, "store": 1})], ignore_index=True
)
CASES = {
    "one answer each": (kinds(a=(1, 0, 0), b=(0, 0, 1)), {}),
    "all promoters": (kinds(a=(20, 0, 0), b=(20, 0, 0)), {}),
    "all passives": (kinds(a=(0, 20, 0), b=(0, 20, 0)), {}),
    "all detractors": (kinds(a=(0, 0, 20), b=(0, 0, 20)), {}),
    "one side of one kind": (kinds(a=(0, 20, 0), b=(10, 0, 10)), {}),
    "all promoters, weighted": (kinds(a=(20, 0, 0), b=(20, 0, 0)), WEIGHT),
    "one side of one kind, clusters": (kinds(a=(20, 0, 0), b=(10, 0, 10)), CLUSTER),
    "an empty segment": (with_empty, {}),
    "an empty segment, weighted": (with_empty, WEIGHT),
    "one segment of weight zero": (
        PLAIN.assign(w=np.where(PLAIN["g"] == "a", 0.0, PLAIN["w"])),
        WEIGHT,
    ),
    "some weights zero": (PLAIN.assign(w=np.where(np.arange(N) % 4, PLAIN["w"], 0.0)), WEIGHT),
    "one answer, weighted": (with_one, WEIGHT),
    "one answer, clusters": (with_one, CLUSTER),
    "each segment one cluster": (PLAIN, {"cluster": "g"}),
    "one segment one cluster": (
        PLAIN.assign(store=np.where(PLAIN["g"] == "a", 99, PLAIN["store"])),
        CLUSTER,
    ),
    "every respondent three times": (
        pd.concat([PLAIN.assign(who=range(N))] * 3, ignore_index=True),
        {"cluster": "who"},
    ),
    "strata and clusters": (PLAIN, {"weight": "w", "strata": "stratum", "cluster": "store_in"}),
    "200 stores": (many(), {}),
    "one wave": (PLAIN.assign(g="2026"), {}),
    "one wave and an empty one": (
        with_empty.assign(g=np.where(with_empty["g"] == "空", "2027", "2026")),
        {},
    ),
    "waves that are numbers": (PLAIN.assign(g=np.repeat([10.0, 9.0, 2.5], N // 3)), {}),
    "waves that are days": (
        PLAIN.assign(
            g=pd.to_datetime(np.repeat(["2026-01-01", "2026-02-01", "2026-03-01"], N // 3))
        ),
        {},
    ),
    "segments yes and no": (PLAIN.assign(g=np.tile([True, False], N // 2)), {}),
    "no segment at all": (PLAIN.assign(g=None), {}),
}
