"""EM finds the probabilities that made the data, and the bits add up by hand."""

import numpy as np
import pytest

from crmlab.analytical.linkage.em import Candidates, Model, bits_of, em, shares_of

M = [np.array([0.1, 0.9]), np.array([0.2, 0.8])]
U = [np.array([0.9, 0.1]), np.array([0.95, 0.05])]
H = [np.array([0.1, 0.9]), U[1]]


def test_bits_by_hand():
    """Two agreements: log2(.9/.1) + log2(.8/.05); a missing comparison adds nothing."""
    levels = np.array([[1, 1], [1, -1], [0, 0]], dtype=np.int8)
    expected = [
        np.log2(9) + np.log2(16),
        np.log2(9),
        np.log2(0.1 / 0.9) + np.log2(0.2 / 0.95),
    ]
    assert bits_of(levels, M, U) == pytest.approx(expected)


def test_the_probability_is_bayes_rule():
    model = Model(M, H, U, 0.01, 0.0)
    levels = np.array([[1, 1]], dtype=np.int8)
    expected = 0.01 * 0.72 / (0.01 * 0.72 + 0.99 * 0.005)
    assert model.probability(model.weight(levels)) == pytest.approx(expected)


def test_with_households_the_probability_is_bayes_rule_over_three_kinds():
    model = Model(M, H, U, 0.01, 0.02)
    levels = np.array([[1, 1], [1, 0], [-1, -1]], dtype=np.int8)
    for row, probability in zip(levels, model.probability(model.weight(levels)), strict=True):
        chance = [
            share * np.prod([p[k] for p, k in zip(kind, row, strict=True) if k >= 0])
            for share, kind in ((0.01, M), (0.02, H), (0.97, U))
        ]
        assert probability == pytest.approx(chance[0] / sum(chance))


def test_the_household_only_takes_off_what_could_be_a_household():
    model = Model(M, H, U, 0.01, 0.02)
    levels = np.array([[1, 1], [0, 1]], dtype=np.int8)
    same_address, other_address = model.household_bits(levels)
    assert same_address < -0.1
    assert other_address == pytest.approx(0, abs=0.03)


def drawn(rng, sizes, kinds, missing):
    """Levels of pairs of given kinds, some missing."""
    chosen = np.repeat(np.arange(len(kinds)), sizes)
    columns = []
    for k in range(len(kinds[0])):
        cut = np.array([np.cumsum(kind[k]) for kind in kinds])[chosen]
        columns.append((rng.random(len(chosen))[:, None] > cut[:, :-1]).sum(axis=1))
    levels = np.array(columns, dtype=np.int8).T
    levels[rng.random(levels.shape) < missing] = -1
    return levels


def test_em_finds_the_shares_of_three_kinds_of_pairs_again():
    rng = np.random.default_rng(3)
    m = [np.array([0.04, 0.16, 0.8])] * 6
    u = [np.array([0.93, 0.04, 0.03])] * 6
    shared = [False, False, True, True, True, True]
    h = [np.array([0.02, 0.08, 0.9]) if its else u[0] for its in shared]
    levels = drawn(rng, (2000, 1000, 97_000), (m, h, u), missing=0.1)
    model = em(Candidates.of(levels, [3] * 6, 100_000), u, shared)
    assert model.matches * 1e5 == pytest.approx(2000, rel=0.03)
    assert model.households * 1e5 == pytest.approx(1000, rel=0.05)
    for found in model.m:
        assert found == pytest.approx(m[0], abs=0.04)
    assert model.h[5] == pytest.approx(h[5], abs=0.03)
    assert model.h[0] == pytest.approx(u[0])


def test_patterns_count_the_pairs():
    levels = np.array([[1, 0], [0, 1], [1, 0], [-1, 1]], dtype=np.int8)
    pairs = Candidates.of(levels, [2, 2], 10)
    found = {tuple(row): n for row, n in zip(pairs.levels.tolist(), pairs.count, strict=True)}
    assert found == {(1, 0): 2, (0, 1): 1, (-1, 1): 1}


def test_m_may_be_held():
    levels = drawn(np.random.default_rng(1), (50, 0, 500), (M, H, U), 0.0)
    model = em(Candidates.of(levels, [2, 2], 5000), U, [False, False], M)
    assert model.m is M
    assert model.households == 0


def test_no_pair_at_all_is_no_accident():
    model = em(Candidates.of(np.empty((0, 2), np.int8), [2, 2], 45), U, [True, False])
    assert np.isfinite(model.probability(model.weight(np.array([[1, 1]], np.int8)))).all()


def test_shares_are_never_zero():
    shares = shares_of(np.zeros((3, 1), np.int8), [2], np.ones(3))[0]
    assert shares.sum() == pytest.approx(1)
    assert shares[1] > 0
