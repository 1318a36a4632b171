"""Indices of careless answering, row by row as R careless 1.2.2 has them."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.testing import assert_allclose, assert_array_equal

from cxlib.bias.methods import carelessness

FIVES = {n: [range(i, i + 5) for i in range(0, n, 5)] for n in (25, 50)}


@pytest.fixture(scope="module", params=["bfi_careless", "careless_dataset"])
def case(request, careless_expected, shared):
    """Answers, the scales, the cut, R's value of each row, and R's summary."""
    folder, told = shared / "oracles" / "bias", careless_expected[request.param]
    rows = pd.read_csv(folder / f"{request.param}_expected.csv", skipinitialspace=True)
    answers = pd.read_csv(folder / told["data"])
    if "row" in rows:
        answers = answers[told["args"]["columns"]].dropna()
        assert_array_equal(answers.index + 1, rows["row"])
    cut = 0.5 if "row" in rows else told["args"]["psychsyn_cut"]
    return answers, cut, rows, told


def near(found, rows, told):
    assert_allclose(found, rows.to_numpy(float), rtol=told["rtol"], atol=1e-9)


def test_every_index_of_every_row_is_rs(case):
    answers, _, rows, told = case
    x = answers.to_numpy(float)
    longest, average = carelessness.strings(x)
    near(longest, rows["longstring"], told)
    near(average, rows["avgstr"], told)
    near(carelessness.variability(x), rows["irv"], told)
    near(carelessness.squared_distances(x), rows["mahad"], told)
    near(carelessness.even_odd(x, FIVES[x.shape[1]])[0], rows["evenodd"], told)


def test_synonyms_are_rs_but_where_r_throws_dice(case):
    answers, cut, rows, told = case
    x = answers.to_numpy(float)
    pairs = carelessness.alike(carelessness.correlations(x), cut)
    found, n = carelessness.within_person(x, pairs)
    assert (n == pairs.sum()).all()
    wanted = rows["psychsyn"].to_numpy(float)
    assert_array_equal(np.isnan(found), np.isnan(wanted))
    assert np.isnan(found).sum() == told["expected"]["na"]["psychsyn"]
    other = np.flatnonzero(np.abs(found - wanted) > told["rtol"] * np.abs(wanted) + 1e-9)
    assert len(other) == (3 if len(x) == 2436 else 0)
    later, earlier = np.nonzero(pairs)
    for row in other:
        first, second = x[row, later], x[row, earlier]
        # R turned these pairs at random: its value is that of one of the ways to turn them
        assert np.std(first) * np.std(second) == 0
        assert np.abs(np.array(turned_at_will(first, second)) - wanted[row]).min() < 1e-9


def turned_at_will(first, second):
    found = []
    for turn in product([False, True], repeat=len(first)):
        a, b = np.where(turn, second, first), np.where(turn, first, second)
        if np.std(a) * np.std(b):
            found.append(np.corrcoef(a, b)[0, 1])
    return found


def test_the_pair_that_correlates_most_is_rs(case):
    answers, _, _, told = case
    if "top_item_pair" in told["expected"]:
        top = told["expected"]["top_item_pair"]
        r = np.tril(carelessness.correlations(answers.to_numpy(float)), -1)
        i, j = np.unravel_index(r.argmax(), r.shape)
        assert (answers.columns[i], answers.columns[j]) == (top["var1"], top["var2"])
        assert_allclose(r.max(), top["cor"], rtol=told["rtol"])


# missing answers: the definitions written as loops, as in R

rating = st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, np.nan])
sheets = arrays.arrays(float, st.tuples(st.integers(3, 9), st.just(9)), elements=rating)


@given(sheets)
def test_missing_answers_part_strings_and_leave_variability_alone(x):
    longest, average = carelessness.strings(x)
    for row, found, mean in zip(x, longest, average, strict=True):
        if np.isnan(row).all():
            assert np.isnan(found)
            continue
        runs = [[row[0]]]
        for value in row[1:]:
            runs = [*runs[:-1], [*runs[-1], value]] if value == runs[-1][0] else [*runs, [value]]
        assert found == max(map(len, runs))
        assert_allclose(mean, np.mean(list(map(len, runs))))
    assert_allclose(carelessness.variability(x), pd.DataFrame(x).std(axis=1).to_numpy(), atol=1e-12)


@given(sheets)
def test_missing_answers_leave_the_halves_of_a_scale(x):
    scales = [(0, 1, 2), (3, 4, 5), (6, 7), (8, 1)]
    found, pairs = carelessness.even_odd(x, scales)
    for row, value, n in zip(x, found, pairs, strict=True):
        halves = pd.DataFrame(
            [
                (pd.Series(row[list(s)][1::2]).mean(), pd.Series(row[list(s)][::2]).mean())
                for s in scales
            ]
        )
        assert n == len(halves.dropna())
        flat = len(halves.dropna()) < 2 or (halves.dropna().std() < 1e-12).any()
        assert np.isnan(value) == flat
        if not flat:
            r = np.clip(halves[0].corr(halves[1]), -1, 1)
            r = -1.0 if r <= -1 + 1e-12 else 2 * r / (1 + r)
            assert_allclose(value, -max(r, -1.0), atol=1e-6)


@given(sheets, st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=3, max_size=12))
def test_a_respondents_pairs_are_those_he_answered(x, chosen):
    pairs = np.zeros((9, 9), dtype=bool)
    for i, j in chosen:
        if i != j:
            pairs[max(i, j), min(i, j)] = True
    found, n = carelessness.within_person(np.r_[x, [[3.0] * 9]], pairs)
    later, earlier = np.nonzero(pairs)
    for row, value, count in zip(x, found, n, strict=False):
        both = pd.DataFrame({"a": row[later], "b": row[earlier]}).dropna()
        assert count == len(both)
        if len(both) > 2 and (both.std() > 0).all():
            assert_allclose(value, both["a"].corr(both["b"]), atol=1e-9)
        elif len(both) > 2 and (both["a"] != both["b"]).sum() > 1:
            assert np.abs(np.array(turned_at_will(both["a"], both["b"])) - value).min() < 1e-9
        else:
            assert np.isnan(value)
    assert np.isnan(found[-1])


@given(sheets)
def test_a_missing_answer_counts_as_the_mean_in_the_distance(x):
    x = np.r_[x, np.random.default_rng(1).integers(1, 6, (40, 9))].astype(float)
    frame = pd.DataFrame(x)
    z = (frame - frame.mean()).fillna(0).to_numpy()
    wanted = np.einsum("ij,jk,ik->i", z, np.linalg.inv(frame.cov()), z)
    wanted[frame.isna().all(axis=1)] = np.nan
    assert_allclose(carelessness.squared_distances(x), wanted, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("kind", ["constant", "copy", "few", "sum", "empty"])
def test_there_is_no_distance_where_the_covariance_has_no_inverse(kind):
    x = np.random.default_rng(2).integers(1, 6, (60, 5)).astype(float)
    if kind == "constant":
        x[:, 1] = 4
    elif kind == "copy":
        x[:, 1] = x[:, 2]
    elif kind == "few":
        x = x[:5]
    elif kind == "sum":
        x[:, 4] = x[:, :4].sum(axis=1)
    else:
        x[:, 3] = np.nan
    assert carelessness.squared_distances(x) is None


def test_antonyms_by_hand():
    # three pairs of opposites: items 0-2 against 3-5, low and high scorers
    x = np.array(
        [
            [5, 4, 2, 1, 2, 4],  # opposite answers to opposites: r = -1
            [1, 2, 4, 5, 4, 2],
            [5, 5, 1, 1, 1, 5],
            [1, 1, 5, 5, 5, 1],
            [4, 2, 5, 2, 4, 1],
            [5, 3, 1, 5, 3, 1],  # the same answer to both: r = 1
        ],
        dtype=float,
    )
    pairs = np.zeros((6, 6), dtype=bool)
    pairs[[3, 4, 5], [0, 1, 2]] = True
    found, n = carelessness.within_person(x, pairs)
    assert_allclose(found, [-1, -1, -1, -1, -1, 1], atol=1e-12)
    assert (n == 3).all()
    r = np.eye(6)
    r[[3, 4, 5, 0, 1, 2], [0, 1, 2, 3, 4, 5]] = -0.7
    assert_array_equal(carelessness.alike(r, 0.6, opposite=True), pairs)
    assert not carelessness.alike(r, 0.6).any()


@given(sheets)
def test_straight_lines_and_copies(x):
    lines, grids = carelessness.straight_lines(x, [(0, 1, 2), (3, 4, 5, 6), (7, 8)])
    for row, found, n in zip(x, lines, grids, strict=True):
        whole = [g for g in (row[:3], row[3:7]) if not np.isnan(g).any()]
        assert n == len(whole)
        assert found == sum(len(set(g)) == 1 for g in whole)
    twice = np.r_[x, x[:1]]
    copies = carelessness.copies(twice)
    texts = [str(row) for row in twice]
    for row, found in zip(twice, copies, strict=True):
        spread = len(set(row[~np.isnan(row)])) > 1
        assert found == (texts.count(str(row)) - 1 if spread else 0)
