"""What is behind a sequence that only shows itself in part? Hidden Markov chains, as arrays.

Forward and backward pass, the most probable path and the expected moves, for many sequences
of any lengths at once: the first steps of all of them, then the second steps, and so on, so
that a loop goes over the longest sequence and never over customers. Equations as in Rabiner
(1989), Proceedings of the IEEE 77(2), with the scaling of its section V.A.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Packed:
    """Sequences packed by step: the longest in front, so that those that go on stay together.

    ``order[i]`` is the row of the step that is packed as number ``i``; step ``t`` of all
    sequences that have one is ``slice(edges[t], edges[t + 1])``.
    """

    order: Ints
    edges: Ints

    @property
    def steps(self) -> list[slice]:
        """The slice of every step, from the first on."""
        return [slice(a, b) for a, b in zip(self.edges[:-1], self.edges[1:], strict=True)]

    def unpack(self, packed: NDArray) -> NDArray:
        """The rows in the order in which they came."""
        rows = np.empty_like(packed)
        rows[self.order] = packed
        return rows


@dataclass(frozen=True)
class Chain:
    """A hidden chain: ``start`` (k,), first state, and ``go`` (k, k), from row to column."""

    start: Floats
    go: Floats


@dataclass(frozen=True)
class Beliefs:
    """What a pass knows of each step, as it came: ``filtered``, ``smoothed`` (n, k), ...

    ``moves`` (k, k) are the expected moves between states, ``first`` (k,) the expected first
    states, over all sequences.
    """

    filtered: Floats
    smoothed: Floats
    moves: Floats
    first: Floats
    log_likelihood: float


def pack(lengths: Ints) -> Packed:
    """Pack sequences whose rows stand one sequence after the other.

    >>> pack(np.array([1, 3])).order.tolist()
    [1, 0, 2, 3]
    """
    longest_first = np.argsort(-lengths, kind="stable")
    sequence = np.repeat(np.arange(len(lengths)), lengths)
    step = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    rank = np.empty(len(lengths), dtype=np.int64)
    rank[longest_first] = np.arange(len(lengths))
    order = np.lexsort((rank[sequence], step))
    return Packed(order, np.concatenate([[0], np.cumsum(np.bincount(step))]))


def beliefs(scores: Floats, packed: Packed, chain: Chain) -> Beliefs:
    """Forward and backward pass over all sequences.

    Parameters
    ----------
    scores : array, shape (n_steps, n_states)
        Log-likelihood of each step's observation in each state.
    packed : Packed
    chain : Chain

    Returns
    -------
    Beliefs

    Examples
    --------
    One sequence of two steps that may be in either state, and a chain that never leaves one:

    >>> chain = Chain(np.array([0.5, 0.5]), np.eye(2))
    >>> scores = np.log([[0.5, 0.5], [0.9, 0.1]])
    >>> known = beliefs(scores, pack(np.array([2])), chain)
    >>> known.filtered.round(2).tolist(), known.smoothed.round(2).tolist()
    ([[0.5, 0.5], [0.9, 0.1]], [[0.9, 0.1], [0.9, 0.1]])
    """
    scores = scores[packed.order]
    top = scores.max(axis=1)
    seen = np.exp(scores - top[:, None])
    forward, scale = _forward(seen, packed, chain)
    backward, moves = _backward(seen / scale[:, None], forward, packed, chain)
    smoothed = forward * backward
    first = smoothed[packed.steps[0]].sum(axis=0)
    total = float(np.log(scale).sum() + top.sum())
    return Beliefs(packed.unpack(forward), packed.unpack(smoothed), moves, first, total)


def likeliest_path(scores: Floats, packed: Packed, chain: Chain) -> Ints:
    """The most probable states of each sequence as a whole (Viterbi), one a step.

    >>> chain = Chain(np.array([0.6, 0.4]), np.array([[0.9, 0.1], [0.1, 0.9]]))
    >>> scores = np.log([[0.9, 0.1], [0.4, 0.6], [0.9, 0.1]])
    >>> likeliest_path(scores, pack(np.array([3])), chain).tolist()
    [0, 0, 0]
    """
    scores, steps = scores[packed.order], packed.steps
    with np.errstate(divide="ignore"):  # a move that cannot be has the log -inf
        start, go = np.log(chain.start), np.log(chain.go)
    best = start + scores[steps[0]]
    finals, come_from = [best], [np.zeros(best.shape, dtype=np.int64)]
    for now in steps[1:]:
        ways = best[: now.stop - now.start, :, None] + go
        come_from.append(ways.argmax(axis=1))
        best = ways.max(axis=1) + scores[now]
        finals.append(best)
    return packed.unpack(_walk_back(finals, come_from, steps))


def _walk_back(finals: list[Floats], come_from: list[Ints], steps: list[slice]) -> Ints:
    state = np.empty(steps[-1].stop, dtype=np.int64)
    after = np.empty(0, dtype=np.int64)
    for t in range(len(steps) - 1, -1, -1):
        here = finals[t].argmax(axis=1)
        if len(after):  # those that go on are where the step after came from
            here[: len(after)] = come_from[t + 1][np.arange(len(after)), after]
        state[steps[t]] = after = here
    return state


def _forward(seen: Floats, packed: Packed, chain: Chain) -> tuple[Floats, Floats]:
    """Rabiner's (19), (20), scaled: beliefs after each step, and the scale of each."""
    forward, scale = np.empty_like(seen), np.empty(len(seen))
    before = np.empty((0, len(chain.start)))
    for t, now in enumerate(packed.steps):
        prior = before[: now.stop - now.start] @ chain.go if t else chain.start
        joint = prior * seen[now]
        scale[now] = joint.sum(axis=1)
        forward[now] = before = joint / scale[now, None]
    return forward, scale


def _backward(
    scaled: Floats, forward: Floats, packed: Packed, chain: Chain
) -> tuple[Floats, Floats]:
    """Rabiner's (24), (25), scaled, and the expected moves of his (37)."""
    backward, moves = np.ones_like(forward), np.zeros_like(chain.go)
    steps = packed.steps
    for t in range(len(steps) - 1, 0, -1):
        now, size = steps[t], steps[t].stop - steps[t].start
        before = slice(steps[t - 1].start, steps[t - 1].start + size)
        ahead = scaled[now] * backward[now]
        backward[before] = ahead @ chain.go.T
        moves += forward[before].T @ ahead
    return backward, moves * chain.go
