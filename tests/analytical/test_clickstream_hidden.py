"""Forward, backward and Viterbi against the sum over every path that there is."""

import itertools

import numpy as np
import pytest

from crmlab.analytical.clickstream.hidden import Chain, beliefs, likeliest_path, pack

CHAIN = Chain(
    np.array([0.6, 0.3, 0.1]), np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0, 0.5, 0.5]])
)


def every_path(scores):
    """Each path of one sequence with its joint probability."""
    for path in itertools.product(range(3), repeat=len(scores)):
        p = CHAIN.start[path[0]] * np.exp(scores[0, path[0]])
        for t in range(1, len(scores)):
            p *= CHAIN.go[path[t - 1], path[t]] * np.exp(scores[t, path[t]])
        yield path, p


@pytest.fixture
def scores():
    return np.log(np.random.default_rng(2).random((11, 3)))


LENGTHS = np.array([2, 5, 1, 3])


def parts(rows):
    return np.split(rows, np.cumsum(LENGTHS)[:-1])


def test_beliefs_are_those_of_the_sum_over_all_paths(scores):
    """Four sequences of different lengths at once, each against its own enumeration."""
    known = beliefs(scores, pack(LENGTHS), CHAIN)
    total, moves = 0.0, np.zeros((3, 3))
    for own, smoothed in zip(parts(scores), parts(known.smoothed), strict=True):
        paths = list(every_path(own))
        norm = sum(p for _, p in paths)
        total += np.log(norm)
        for t, row in enumerate(smoothed):
            exact = [sum(p for path, p in paths if path[t] == k) / norm for k in range(3)]
            assert row == pytest.approx(exact)
        for path, p in paths:
            for i, j in itertools.pairwise(path):
                moves[i, j] += p / norm
    assert known.log_likelihood == pytest.approx(total)
    assert known.moves == pytest.approx(moves)


def test_a_filtered_belief_knows_nothing_of_later_steps(scores):
    """Cut the sequences short: what was believed before stays."""
    known = beliefs(scores, pack(LENGTHS), CHAIN)
    cut = beliefs(parts(scores)[1][:3], pack(np.array([3])), CHAIN)
    assert parts(known.filtered)[1][:3] == pytest.approx(cut.filtered)
    assert cut.filtered[-1] == pytest.approx(cut.smoothed[-1])


def test_viterbi_finds_the_best_of_all_paths(scores):
    found = likeliest_path(scores, pack(LENGTHS), CHAIN)
    for own, path in zip(parts(scores), parts(found), strict=True):
        assert tuple(path) == max(every_path(own), key=lambda pair: pair[1])[0]


def test_packing_and_unpacking_give_the_rows_back():
    packed = pack(LENGTHS)
    rows = np.arange(LENGTHS.sum())
    assert packed.unpack(rows[packed.order]).tolist() == rows.tolist()
    assert [s.stop - s.start for s in packed.steps] == [4, 3, 2, 1, 1]


def test_a_sequence_of_a_thousand_steps_does_not_underflow():
    scores = np.full((1_000, 3), -1_000.0)
    known = beliefs(scores, pack(np.array([1_000])), CHAIN)
    assert known.log_likelihood == pytest.approx(-1_000_000)
    assert np.isfinite(known.smoothed).all()
