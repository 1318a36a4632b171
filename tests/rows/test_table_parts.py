"""Rows part by part: all of them, once, in order, and those of one key together."""

from itertools import pairwise

import ibis
import numpy as np
import pyarrow as pa
import pytest

from cxlib.rows import table_parts
from cxlib.rows.table_parts import begins, parts_of, sorted_parts

KEYS = ["b", "é", "a", "山", "a", "b", "a", "B", "a", "c"] * 400


@pytest.fixture
def table():
    return ibis.memtable({"key": KEYS, "n": range(len(KEYS))})


@pytest.mark.parametrize("rows", [1, 7, 2048, 10**6])
def test_parts_are_the_whole(table, rows, monkeypatch):
    monkeypatch.setattr(table_parts, "ROWS", rows)
    found = pa.concat_tables(parts_of(table))
    assert sorted(found["n"].to_pylist()) == list(range(len(KEYS)))
    parts = list(sorted_parts(table, "key", "n"))
    keys = [part["key"].to_pylist() for part in parts]
    whole = pa.concat_tables(parts)
    wanted = sorted(zip(KEYS, range(len(KEYS)), strict=True))
    assert list(zip(whole["key"].to_pylist(), whole["n"].to_pylist(), strict=True)) == wanted
    assert all(one[-1] != other[0] for one, other in pairwise(keys))
    assert len(parts) > 1 or rows > len(KEYS)


def test_of_no_rows_there_is_one_part_without_any(table):
    none = table.filter(table.n < 0)
    assert [part.num_rows for part in parts_of(none)] == [0]
    assert sum(part.num_rows for part in sorted_parts(none, "key")) == 0


@pytest.mark.parametrize("keys", [[], ["a"], ["a", "a", "b", "c", "c"]])
def test_where_keys_begin(keys):
    found = begins(pa.chunked_array([pa.array(keys, pa.string())])).to_pylist()
    assert found == [i == 0 or keys[i - 1] != key for i, key in enumerate(keys)]
    assert np.sum(found) == len(set(keys))
