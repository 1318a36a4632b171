"""How many coders left a unit without a code and gave it, alone and as sets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from cxlib import interviews
from cxlib.interviews import counts
from cxlib.interviews.methods import krippendorff
from cxlib.interviews.presences import (
    alpha_of_sets,
    groups,
    presence,
    set_counts,
    share_present,
)

grids = st.tuples(st.integers(1, 6), st.integers(1, 3), st.integers(1, 10)).flatmap(
    lambda shape: st.tuples(npst.arrays(bool, shape), npst.arrays(bool, shape[:2]))
)


@given(grids)
def test_sets_are_counted_where_a_coder_read(grid):
    applied, opened = grid
    applied = applied & opened[:, :, None]
    found = set_counts(applied, opened)
    for unit in range(len(opened)):
        given = [
            frozenset(np.flatnonzero(applied[unit, who]).tolist())
            for who in np.flatnonzero(opened[unit])
        ]
        counted = {labels: n for labels, n in found.loc[unit].items() if n}
        assert counted == {labels: given.count(labels) for labels in given}


@given(grids, st.integers(1, 7))
def test_alpha_of_sets_is_that_of_their_table(grid, stretch):
    applied, opened = grid
    applied = applied & opened[:, :, None]
    units = set_counts(applied, opened)
    units = units[units.sum(axis=1) >= 2]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(krippendorff, "_STRETCH", stretch)  # sets of one stretch and of several
        found = alpha_of_sets(applied, opened)
    if units.empty or (units.sum() > 0).sum() < 2:
        assert np.isnan(found)  # there is nothing to differ in
        return
    by_table = interviews.krippendorff_alpha(units, level="masi", interval=None)
    assert found == pytest.approx(by_table.value, abs=1e-12)


def test_missing_is_not_absent():
    applied = np.array([[True, False], [False, False]])
    opened = np.array([[True, False], [True, True]])
    units = presence(applied, opened)
    assert units.to_numpy().tolist() == [[0, 1], [2, 0]]
    assert share_present(units) == 0  # the first unit was read by one coder
    assert np.isnan(share_present(units[:1]))


@pytest.mark.parametrize(("by", "n"), [("code", 4), ("theme", 2), ("kind", 3)])
def test_a_theme_is_where_one_of_its_codes_is(small, by, n):
    grid = counts.grid(small)
    names, applied = groups(grid, small.codebook, by)
    assert applied.shape == (*grid.opened.shape, n)
    for place, name in enumerate(names):
        column = "name" if by == "code" else by
        of = (small.codebook[column] == name).to_numpy()
        assert (applied[:, :, place] == grid.applied[:, :, of].any(axis=2)).all()
