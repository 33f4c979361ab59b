"""How do paths speak for one Markov chain or another? Counts, chains and the steps of EM.

A chain's log-likelihood is linear in the counts of moves and in the seconds on each kind of
page, so that one sparse product scores all sessions under all chains, and its transpose gives
the expected counts from which the most probable chains follow (Cadez, Heckerman, Meek, Smyth
and White 2003, Data Mining and Knowledge Discovery 7; pseudo-counts are their
Dirichlet priors). Mixtures (`chains`) and hidden Markov models (`stages`) are built on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from crmlab.analytical.clickstream.paths import (
    Paths,
    moves_by_view,
    seconds_by_page,
    transition_counts,
)

Floats = NDArray[np.float64]
_SPREAD = 5.0  # starts are drawn around the pooled chain; smaller is wilder


@dataclass(frozen=True)
class Evidence:
    """What a chain needs to know of sessions, or of views: one row each.

    ``cells`` has the counts of moves, with ``times`` also the seconds by kind of page;
    ``weight`` says how many sessions a row stands for.
    """

    cells: Any
    pages: int
    times: bool
    weight: Floats

    @classmethod
    def of_sessions(cls, paths: Paths, dwell: bool) -> Evidence:
        """One row a session."""
        return cls._of(transition_counts(paths), paths, paths.session if dwell else None)

    @classmethod
    def of_views(cls, paths: Paths, dwell: bool) -> Evidence:
        """One row a view: the move away from it, and the time before."""
        row = np.arange(len(paths.page)) if dwell else None
        return cls._of(moves_by_view(paths), paths, row)

    @classmethod
    def _of(cls, moves: Any, paths: Paths, row: NDArray[np.int64] | None) -> Evidence:
        cells = moves
        if row is not None:
            cells = sparse.hstack([moves, seconds_by_page(paths, row)], format="csr")
        return cls(cells, len(paths.pages), row is not None, np.ones(moves.shape[0]))

    def at(self, rows: NDArray[np.int64]) -> Evidence:
        """These rows."""
        return Evidence(self.cells[rows], self.pages, self.times, self.weight[rows])

    def distinct(self) -> Evidence:
        """The same with equal rows told once: short sessions are often alike.

        Rows of whole numbers are equal where their fingerprints of 64 bits are; rows with times
        are hardly ever equal and stay as they are.
        """
        if self.times:
            return self
        keys = np.random.default_rng(0).integers(0, 2**63, self.cells.shape[1], dtype=np.uint64)
        terms = self.cells.data.astype(np.uint64) * keys[self.cells.indices]
        prints = np.add.reduceat(terms, self.cells.indptr[:-1])
        _, row, place = np.unique(prints, return_index=True, return_inverse=True)
        weight: Floats = np.bincount(place, self.weight).astype(np.float64)
        return Evidence(self.cells[row], self.pages, self.times, weight)


@dataclass(frozen=True)
class Chains:
    """One Markov chain a type: ``shares`` (k,), ``go`` (k, p + 1, p + 1), ``dwell_s`` (k, p).

    The last row of ``go`` is the start of a session, its last column the end.
    """

    shares: Floats
    go: Floats
    dwell_s: Floats

    def scores(self, evidence: Evidence) -> Floats:
        """Log-likelihood of every row under every chain, without the shares."""
        k, n = len(self.shares), evidence.pages
        logs = np.log(np.where(possible_moves(n), self.go, 1.0))
        if not evidence.times:
            return evidence.cells @ logs.reshape(k, -1).T
        # An exponential time on page i: a factor 1 / mean for every move on from i.
        logs[:, :n, :] -= np.log(self.dwell_s)[:, :, None]
        return evidence.cells @ np.hstack([logs.reshape(k, -1), -1.0 / self.dwell_s]).T


def free_parameters(evidence: Evidence, types: int) -> int:
    """Shares, moves and times that are free in a mixture; never-seen moves do not count."""
    n = evidence.pages
    seen = (evidence.cells.sum(axis=0)[: (n + 1) ** 2] > 0).reshape(n + 1, n + 1)
    free = np.maximum(seen.sum(axis=1) - 1, 0).sum()
    times = seen[:n].any(axis=1).sum() if evidence.times else 0
    return int(types - 1 + types * (free + times))


def check_smoothing(smoothing: float) -> None:
    """Raise `ValueError` unless the pseudo-count is a finite number > 0."""
    if not 0 < smoothing < np.inf:
        raise ValueError(
            f"smoothing must be a finite number > 0, got {smoothing!r}. Without any, a move that "
            "was never seen would rule a type out for good."
        )


def shares_of(scores: Floats) -> tuple[Floats, Floats]:
    """Rows of logs as shares, and the log of each row's sum."""
    top = scores.max(axis=1)
    shares = np.exp(scores - top[:, None])
    total = shares.sum(axis=1)
    shares /= total[:, None]
    return shares, top + np.log(total)


def maximise(evidence: Evidence, shares: Floats, smoothing: float) -> Chains:
    """The most probable chains where row s is of type k with probability ``shares[s, k]``."""
    k, n = shares.shape[1], evidence.pages
    weighted = shares * evidence.weight[:, None]
    sums = (evidence.cells.T @ weighted).T
    moves = sums[:, : (n + 1) ** 2].reshape(k, n + 1, n + 1)
    smooth = moves + smoothing * possible_moves(n)
    size = weighted.sum(axis=0) + smoothing
    dwell_s = np.ones((k, n))
    if evidence.times:
        seen, seconds = moves[:, :n].sum(axis=2), sums[:, (n + 1) ** 2 :]
        dwell_s = (seconds + smoothing * _mean_dwell(evidence)) / (seen + smoothing)
    return Chains(size / size.sum(), smooth / smooth.sum(axis=2, keepdims=True), dwell_s)


def log_prior(chains: Chains, evidence: Evidence, smoothing: float) -> float:
    """The log-prior whose pseudo-counts `maximise` adds to moves and times, up to a constant."""
    found = np.log(chains.go[:, possible_moves(evidence.pages)]).sum()
    if evidence.times:
        found -= (np.log(chains.dwell_s) + _mean_dwell(evidence) / chains.dwell_s).sum()
    return float(smoothing * found)


def _mean_dwell(evidence: Evidence) -> Floats:
    """Mean seconds by kind of page over all sessions, never 0."""
    n, total = evidence.pages, evidence.cells.T @ evidence.weight
    seen = total[: (n + 1) ** 2].reshape(n + 1, n + 1)[:n].sum(axis=1)
    return np.maximum(total[(n + 1) ** 2 :], 1e-3) / np.maximum(seen, 1.0)


def possible_moves(pages: int) -> NDArray[np.bool_]:
    """Moves that can happen: all but from the start to the end."""
    possible = np.ones((pages + 1, pages + 1), dtype=bool)
    possible[pages, pages] = False
    return possible


def random_chains(evidence: Evidence, types: int, chance: np.random.Generator) -> Chains:
    """Chains drawn around the pooled one: alike enough to fit, different enough to part."""
    n = evidence.pages
    pooled = maximise(evidence, np.ones((evidence.cells.shape[0], 1)), 1.0)
    draws = chance.gamma(_SPREAD * pooled.go.repeat(types, axis=0) + 0.05) * possible_moves(n)
    draws = draws + 1e-4 * possible_moves(n)
    times = pooled.dwell_s * np.exp(0.3 * chance.standard_normal((types, n)))
    return Chains(np.full(types, 1.0 / types), draws / draws.sum(axis=2, keepdims=True), times)
