"""How probable is each kind of pair? Weights in bits, and the EM algorithm that learns them.

Three kinds of pairs: of one person (m), of one household (h), of strangers (u). Given the kind,
the comparisons are taken as independent. u is known from random pairs; EM learns the rest from
the pairs that blocking left. Without a household this is Winkler (1988), Proceedings of the
Section on Survey Research Methods, 667-671; three kinds of pairs as in Winkler (1993), ibid.,
274-279.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Levels = NDArray[np.int8]
Shares = list[NDArray[np.float64]]
"""For each comparison, how probable each of its levels is, from "different" up."""


def shares_of(levels: Levels, sizes: Sequence[int], weight: NDArray) -> Shares:
    """How often each level occurs where the comparison says something, smoothed by half a pair."""
    shares = []
    for column, size in zip(levels.T, sizes, strict=True):
        said = column >= 0
        counts = np.bincount(column[said], weight[said], size) + 0.5 / size
        shares.append(counts / counts.sum())
    return shares


def bits_of(levels: Levels, some: Shares, others: Shares) -> NDArray[np.float64]:
    """The sum over the comparisons of log2(some / others); a missing one adds nothing."""
    bits = np.zeros(len(levels))
    for column, s, o in zip(levels.T, some, others, strict=True):
        bits += np.append(np.log2(s / o), 0.0)[column]  # level -1 is the last entry
    return bits


@dataclass(frozen=True)
class Model:
    """What has been learnt: how often levels occur in each kind of pair, and how many there are.

    Attributes
    ----------
    m, h, u : list of arrays
        Probabilities of the levels in pairs of one person, one household, strangers.
    matches, households : float
        Shares of the first two kinds among all possible pairs.
    """

    m: Shares
    h: Shares
    u: Shares
    matches: float
    households: float

    def field_bits(self, levels: Levels) -> NDArray[np.float64]:
        """One person against strangers: the classical weight."""
        return bits_of(levels, self.m, self.u)

    def household_bits(self, levels: Levels) -> NDArray[np.float64]:
        """What comes off because two people of one household look alike, too (at most 0)."""
        others = 1 - self.matches
        odds = self.households * 2 ** bits_of(levels, self.h, self.u)
        return -np.log2((others - self.households + odds) / others)

    def weight(self, levels: Levels) -> NDArray[np.float64]:
        """One person against everybody else, bits."""
        return self.field_bits(levels) + self.household_bits(levels)

    def probability(self, weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """Bayes' rule: prior odds times 2 to the weight, as a probability."""
        log_odds = np.log(self.matches) - np.log1p(-self.matches) + weight * np.log(2)
        return 1 / (1 + np.exp(-np.clip(log_odds, -700, 700)))


@dataclass(frozen=True)
class Candidates:
    """The pairs that blocking left, as patterns of agreement; all other pairs are strangers."""

    levels: Levels
    count: NDArray[np.float64]
    possible: int

    @classmethod
    def of(cls, levels: Levels, sizes: Sequence[int], possible: int) -> Candidates:
        """Pairs with the same levels throughout become one pattern."""
        code = np.zeros(len(levels), dtype=np.int64)
        for column, size in zip(levels.T, sizes, strict=True):
            code = pd.factorize(code * (size + 1) + column + 1)[0]  # factorize: never too large
        _, first, count = np.unique(code, return_index=True, return_counts=True)
        return cls(levels[first], count.astype(float), possible)


def em(pairs: Candidates, u: Shares, shared: Sequence[bool], m: Shares | None = None) -> Model:
    """Learn m, the household's shares and how many pairs are of which kind; u stays as it is.

    Parameters
    ----------
    pairs : Candidates
    u : list of arrays
        From random pairs.
    shared : sequence of bool
        Which comparisons a household shares; the others agree in it as among strangers.
    m : list of arrays, optional
        Held at these where given.
    """
    sizes, held = [len(u_k) for u_k in u], m
    m = held or [x / x.sum() for x in (np.linspace(0.1, 1, size) ** 3 for size in sizes)]
    h = [m_k if its else u_k for m_k, u_k, its in zip(m, u, shared, strict=True)]
    start = _share(pairs.count.sum() / 2, pairs.possible)
    model = Model(m, h, u, start, start * any(shared))
    for _ in range(500):
        # E: how probably is a pair of one person, else of one household?
        match = model.probability(model.weight(pairs.levels)) * pairs.count
        odds = model.households * 2 ** bits_of(pairs.levels, model.h, u)
        house = (pairs.count - match) * odds / (1 - model.matches - model.households + odds)
        # M: how often do the levels occur among those, and how many are there?
        m = held or shares_of(pairs.levels, sizes, match)
        found = shares_of(pairs.levels, sizes, house)
        h = [f if its else u_k for f, u_k, its in zip(found, u, shared, strict=True)]
        before, matches = model.matches, _share(match.sum(), pairs.possible)
        model = Model(m, h, u, matches, _share(house.sum(), pairs.possible) * any(shared))
        if abs(matches - before) < 1e-6 * before:
            break
    return model


def _share(pairs: float, possible: int) -> float:
    return float(np.clip(pairs / max(possible, 1), 1e-12, 0.45))
