"""Promoters, passives and detractors of two small groups -> the exact p value of their
difference."""

from __future__ import annotations

from math import comb
from operator import mul

Triple = tuple[int, int, int]


def exact_pvalue(one: Triple, two: Triple) -> float:
    """Exact two-sided p value of the difference in NPS, given all answers of both groups together.

    Parameters
    ----------
    one, two : (a, n, c)
        Promoters, all answers, detractors of each group.

    Returns
    -------
    float
        Share of all ways to deal the answers out to groups of these sizes in which the NPS differ
        at least as much as they do; 1 where the NPS are equal. The exact fraction, rounded once.

    Notes
    -----
    Multivariate hypergeometric, counted and compared in whole numbers, so a tie is a tie. Equal to
    exact fractions to 1e-15, and to R's coin `oneway_test(distribution = exact())` to 1e-12.

    Examples
    --------
    >>> exact_pvalue(
    ...     (3, 3, 0), (0, 3, 3)
    ... )  # two of the 20 ways to deal three of each to three and three
    0.1
    """
    (a, n, c), other = (one, two) if one[1] <= two[1] else (two, one)
    promoters, everyone, detractors = a + other[0], n + other[1], c + other[2]
    passives = everyone - promoters - detractors
    # NPS differ by (everyone * s - expected) / (n * n_other), s = promoters less detractors dealt
    # to the smaller group
    expected = (promoters - detractors) * n
    observed = abs(everyone * (a - c) - expected)
    if observed == 0:
        return 1.0
    least, most = (expected - observed) // everyone, -((-expected - observed) // everyone)
    of_detractors = [comb(detractors, y) for y in range(detractors + 1)]
    of_passives = [
        comb(passives, z) for z in range(passives, -1, -1)
    ]  # falling: one more detractor is one passive less
    ways = 0
    for x in range(min(promoters, n) + 1):
        first, last = max(0, n - x - passives), min(detractors, n - x)
        shift = passives - (n - x)
        low_end, high_start = min(last, x - most) + 1, max(first, x - least)
        dealt = sum(
            sum(map(mul, of_detractors[start:end], of_passives[start + shift : end + shift]))
            for start, end in ((first, low_end), (high_start, last + 1))
            if start < end
        )
        ways += comb(promoters, x) * dealt
    return ways / comb(everyone, n)
