"""Random purchase histories, from harmless to absurd, for the tests and the benchmarks."""

import numpy as np
import pandas as pd


def random_table(seed):
    """One table of 1 to 1,500 customers: by ``seed % 10`` also all-zero, all alike, extreme."""
    rng, kind = np.random.default_rng(seed), seed % 10
    size = int(rng.choice([1, 2, 3, 5, 10, 30, 100, 400, 1500]))
    age = np.exp(rng.uniform(-2, 6)) * rng.uniform(0.3 if seed % 3 else 1.0, 1.0, size)
    if seed % 4 == 0:  # a calendar of days
        age = np.maximum(np.round(age * 7) / 7, 1 / 7)
    shape, mean = np.exp(rng.normal(0, 1.2)), np.exp(rng.normal(0, 1.5)) / age.mean()
    rate = rng.gamma(shape, mean / shape, size)
    leave = rng.beta(*np.exp(rng.normal(0, 1.2, 2)), size)
    if kind == 1:
        rate[:] = mean
    elif kind == 2:
        rate[:] = 0.0
    elif kind in (3, 4):
        leave[:] = float(kind == 4)
    elif kind == 5:
        rate *= 100.0
    elif kind == 6:
        rate[: max(1, size // 20)] *= 1000.0 / max(rate.max() * age.max(), 1.0)
    life = age.copy()
    if kind in (7, 8):
        hazard = rng.gamma(np.exp(rng.normal()), 1.0 / age.mean(), size)
        life = np.minimum(age, rng.exponential(1.0, size) / np.maximum(hazard, 1e-12))
        leave[:] = 0.0
    arrivals = np.minimum(rng.poisson(rate * life), 3_000)
    last = np.where(leave > 0, rng.geometric(np.maximum(leave, 1e-9)), 10**9)
    x = np.minimum(arrivals, np.maximum(last - (kind == 9), 0))
    t = np.where(x > 0, life * rng.beta(np.maximum(x, 1), arrivals - x + 1.0), 0.0)
    return pd.DataFrame({"frequency": x, "recency": np.minimum(t, age), "age": age})
