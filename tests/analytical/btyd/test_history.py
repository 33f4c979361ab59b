"""Equal histories are counted once: by sorting or by counting, with the same result."""

import numpy as np
import pytest

from crmlab.analytical.btyd import history as past


@pytest.fixture
def columns():
    rng = np.random.default_rng(3)
    age = rng.integers(150, 270, 5_000) / 7.0
    x = rng.poisson(0.8, 5_000).astype(float)
    recency = np.where(x > 0, np.floor(rng.random(5_000) * age * 7) / 7.0, 0.0)
    return x, recency, age


@pytest.mark.parametrize("weighted", [False, True])
def test_counting_and_sorting_find_the_same_histories(columns, weighted, monkeypatch):
    n = np.arange(1.0, 5_001.0) if weighted else None
    monkeypatch.setattr(past, "_DENSE", 10**9)
    counted = past.distinct(*columns, n)
    monkeypatch.setattr(past, "_DENSE", 0)
    for one, other in zip(counted, past.distinct(*columns, n), strict=True):
        assert one == pytest.approx(other)


def test_nobody_is_lost(columns):
    x, recency, age, n = past.distinct(*columns, None)
    assert n.sum() == 5_000 and len(x) < 5_000
    for held, given in zip((x, recency, age), columns, strict=True):
        assert (n * held).sum() == pytest.approx(given.sum())


def test_a_row_that_stands_for_nobody_is_left_out_or_counts_nothing(columns):
    weights = np.ones(5_000)
    weights[:100] = 0.0
    assert past.distinct(*columns, weights)[3].sum() == 4_900
