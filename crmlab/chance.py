"""Whose luck is it? Random numbers that belong to a customer, not to a place in a queue.

A shared generator hands out its numbers in the order of asking, so one extra e-mail
reshuffles everybody's future. Here a draw is a *function* of whose it is (``id``), what it
is for (``stream``) and when (``t``)::

    base = mix(id * PHI + key(seed, stream))
    draw_t = mix(base + (t + 1) * PHI)

``mix`` is the finaliser of splitmix64 (Steele, Lea and Flood 2014, OOPSLA, fig. 18;
constants of Stafford's variant 13). Both levels are needed: with one, two keys that differ
by a multiple of PHI give the same sequence, shifted. Variates are made by inversion, so a
higher rate never lowers a count drawn from the same luck.

Functions take arrays (shapes of parameters broadcast to those of the draws) and return new ones.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, pdtrik

Bits = NDArray[np.uint64]
Floats = NDArray[np.float64]

PHI = 0x9E3779B97F4A7C15
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S12 = (np.uint64(s) for s in (30, 27, 31, 12))
_PHI = np.uint64(PHI)
_WORD = (1 << 64) - 1
_TO_UNIT = 2.0**-52


def mix(z: ArrayLike) -> Bits:
    """Scramble 64-bit words so that every input bit moves every output bit (splitmix64).

    >>> hex(int(mix(PHI)))  # the first output of splitmix64 seeded with 0
    '0xe220a8397b1dcdaf'
    """
    return mix_in_place(np.array(z, dtype=np.uint64, copy=True, ndmin=0))


def mix_in_place(z: Bits) -> Bits:
    """Scramble ``z`` in its own memory, and return it: for arrays that nobody else holds."""
    if z.ndim == 0:
        return mix_in_place(z.reshape(1)).reshape(())
    shifted = np.right_shift(z, _S30)
    np.bitwise_xor(z, shifted, out=z)
    np.multiply(z, _MIX_1, out=z)
    np.right_shift(z, _S27, out=shifted)
    np.bitwise_xor(z, shifted, out=z)
    np.multiply(z, _MIX_2, out=z)
    np.right_shift(z, _S31, out=shifted)
    np.bitwise_xor(z, shifted, out=z)
    return z


def _mix_int(z: int) -> int:
    z = ((z ^ (z >> 30)) * int(_MIX_1)) & _WORD
    z = ((z ^ (z >> 27)) * int(_MIX_2)) & _WORD
    return z ^ (z >> 31)


def key(seed: int, stream: str) -> int:
    """One 64-bit key for a seed and a named stream; the same on every machine.

    The name enters through BLAKE2b, so that no two streams are near each other however
    alike their names are.
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer):
        raise TypeError(f"seed must be a whole number, got {seed!r}. Try seed=7.")
    name = int.from_bytes(hashlib.blake2b(stream.encode(), digest_size=8).digest(), "little")
    return _mix_int((_mix_int((int(seed) + PHI) & _WORD) * PHI + name) & _WORD)


@dataclass(frozen=True)
class Chance:
    """A source of luck: a seed, and the streams that are split from it.

    >>> luck = Chance(7).split("luck")
    >>> base = luck.base("coin", np.arange(3))
    >>> uniform(base, 0).shape
    (3,)
    """

    seed: int

    def split(self, name: str) -> Chance:
        """A further source whose draws have nothing to do with this one's."""
        return Chance(key(self.seed, "split/" + name))

    def base(self, stream: str, ids: ArrayLike) -> Bits:
        """The first level: one word per id for this stream, to be kept and drawn from."""
        ids = _whole("ids", ids).astype(np.uint64, copy=True)
        if ids.ndim == 0:
            ids = ids.reshape(1)
        np.multiply(ids, _PHI, out=ids)
        np.add(ids, np.uint64(key(self.seed, stream)), out=ids)
        return mix_in_place(ids)

    def uniform(self, stream: str, ids: ArrayLike, t: ArrayLike = 0) -> Floats:
        """Uniforms in (0, 1) for these ids, this stream and this time."""
        return uniform(self.base(stream, ids), t)


def _whole(name: str, values: ArrayLike) -> NDArray:
    """The values as an array, if they are whole numbers: 1.5 must not pass for 1."""
    array = np.asarray(values)
    if array.dtype.kind not in "iu" and array.size:
        raise TypeError(f"{name} must be whole numbers, got dtype {array.dtype}: use astype(int).")
    return array


def bits(base: Bits, t: ArrayLike = 0) -> Bits:
    """The second level: the 64 random bits of time ``t`` (whole, at least 0)."""
    if isinstance(t, int):
        return mix_in_place(np.add(base, np.uint64(((t + 1) * PHI) & _WORD)))
    step = _whole("t", t).astype(np.uint64)
    step += np.uint64(1)
    np.multiply(step, _PHI, out=step)
    if step.shape == base.shape:
        np.add(step, base, out=step)
    else:
        step = step + base
    return mix_in_place(step)


def uniform(base: Bits, t: ArrayLike = 0) -> Floats:
    """Uniforms strictly between 0 and 1, on the grid of the odd multiples of 2**-53.

    52 bits and a half: with 53 the largest word would round up to 1.
    """
    word = bits(base, t)
    np.right_shift(word, _S12, out=word)
    unit = word.astype(np.float64)
    unit += 0.5
    unit *= _TO_UNIT
    return unit


def exponential(base: Bits, t: ArrayLike = 0) -> Floats:
    """Exponential waiting times with mean 1, by inversion."""
    unit = uniform(base, t)
    np.log(unit, out=unit)
    return np.negative(unit, out=unit)


def normal(base: Bits, t: ArrayLike = 0) -> Floats:
    """Standard normal values, by inversion (Cephes ``ndtri``)."""
    return ndtri(uniform(base, t))


def poisson(unit: ArrayLike, mean: ArrayLike) -> NDArray[np.int64]:
    """Counts by inversion: the smallest n whose Poisson probability reaches ``unit``.

    Monotone: with the same ``unit``, a larger ``mean`` does not give a smaller count, but for
    rounding (a chance of about 1e-15 a draw, see ``docs/chance.md``). The search runs over a
    shrinking set of those who are not done; means above 60 start from the inverse incomplete
    gamma function instead.
    """
    unit = np.asarray(unit, dtype=np.float64)
    mean = np.asarray(mean, dtype=np.float64)
    if mean.size and not 0.0 <= float(mean.min()) <= float(mean.max()) < 1e9:
        raise ValueError(f"mean must be in [0, 1e9), got values from {mean.min()} to {mean.max()}.")
    if mean.shape != unit.shape:
        unit, mean = np.broadcast_arrays(unit, mean)
    count = np.zeros(unit.shape, dtype=np.int64)
    floor = np.exp(-mean)
    active = np.flatnonzero(unit.ravel() > floor.ravel())
    if not active.size:
        return count
    u, m = unit.ravel()[active], mean.ravel()[active]
    flat = count.reshape(-1)
    large = m > 60.0
    if large.any():
        flat[active[large]] = np.ceil(pdtrik(u[large], m[large])).astype(np.int64)
        active, u, m = active[~large], u[~large], m[~large]
    term = floor.ravel()[active]
    total = term.copy()
    n = 0
    while active.size:
        n += 1
        term = term * (m / n)
        total = total + term
        # 1e-17 stops the search where a uniform near 1 lies above the rounded total.
        done = (u <= total) | (term < 1e-17 * total)
        if done.any():
            flat[active[done]] = n
            keep = ~done
            active, u, m = active[keep], u[keep], m[keep]
            term, total = term[keep], total[keep]
    return count


def geometric(unit: ArrayLike, p: ArrayLike) -> NDArray[np.int64]:
    """Trials up to and including the first success (1, 2, ...), by inversion.

    Raises
    ------
    ValueError
        ``p`` is not in (0, 1].
    """
    p = np.asarray(p, dtype=np.float64)
    if p.size and not (p.min() > 0.0 and p.max() <= 1.0):
        raise ValueError(f"p must be in (0, 1], got values from {p.min()} to {p.max()}.")
    with np.errstate(divide="ignore"):
        steps = np.ceil(np.log1p(-np.asarray(unit)) / np.log1p(-p))
    return np.maximum(steps, 1.0).astype(np.int64)


def log_gamma_variate(base: Bits, shape: ArrayLike, t: ArrayLike = 0) -> Floats:
    """Logarithms of gamma variates of rate 1 (Marsaglia and Tsang 2000, ACM TOMS 26(3)).

    The number of the attempt is a second key level, so a rejection in one id's draw moves
    nothing of another's. Shapes below 1 are drawn at shape + 1 and multiplied by
    ``U**(1/shape)``, in logarithms, so that tiny shapes do not collapse to 0.
    """
    attempts = bits(base, t)
    shape = np.broadcast_to(np.asarray(shape, dtype=np.float64), attempts.shape)
    if shape.size and not (shape.min() > 0.0 and np.isfinite(shape.max())):
        raise ValueError(
            f"shape must be finite and > 0, got values from {shape.min()} to {shape.max()}."
        )
    small = shape < 1.0
    d = np.where(small, shape + 1.0, shape) - 1.0 / 3.0
    c = 1.0 / np.sqrt(9.0 * d)
    out = np.empty(attempts.shape)
    flat = out.reshape(-1)
    active = np.arange(flat.size)
    rest, d_rest, c_rest = attempts.ravel(), d.ravel(), c.ravel()
    attempt = 0
    while active.size:
        x = normal(rest, 2 * attempt + 1)
        v = (1.0 + c_rest * x) ** 3
        log_u = np.log(uniform(rest, 2 * attempt + 2))
        log_v = np.log(np.where(v > 0.0, v, 1.0))
        accept = (v > 0.0) & (log_u < 0.5 * x * x + d_rest * (1.0 - v + log_v))
        flat[active[accept]] = np.log(d_rest[accept]) + log_v[accept]
        keep = ~accept
        active, rest, d_rest, c_rest = active[keep], rest[keep], d_rest[keep], c_rest[keep]
        attempt += 1
    if small.any():
        out[small] += np.log(uniform(attempts[small], 0)) / shape[small]
    return out


def gamma(base: Bits, shape: ArrayLike, t: ArrayLike = 0) -> Floats:
    """Gamma variates of the given shape and rate 1."""
    return np.exp(log_gamma_variate(base, shape, t))


def beta(base: Bits, a: ArrayLike, b: ArrayLike, t: int = 0) -> Floats:
    """Beta variates as the share of one gamma variate in the sum of two (times 2t, 2t+1)."""
    x = log_gamma_variate(base, a, 2 * t)
    y = log_gamma_variate(base, b, 2 * t + 1)
    return 1.0 / (1.0 + np.exp(np.clip(y - x, -700.0, 700.0)))


_ID_BITS = 31
_ID_MASK = np.uint64((1 << _ID_BITS) - 1)
_HALF = np.uint64(16)
_ROUNDS = 4


def _round_keys(secret: int) -> list[tuple[int, int]]:
    """For each round 31 bits to flip and an odd number to multiply by, all from the secret."""
    words = [key(int(secret) & _WORD, f"shuffle/{i}") for i in range(_ROUNDS)]
    return [(w & int(_ID_MASK), (w >> 32) & int(_ID_MASK) | 1) for w in words]


def shuffle_ids(ids: ArrayLike, secret: int) -> NDArray[np.int64]:
    """Rename whole numbers below 2**31 one to one, so that order tells nothing.

    A firm's record keys are made so; `unshuffle_ids` is the way back. Four rounds of flips,
    xor-shift and multiplication modulo 2**31, each invertible, with keys from the secret.

    Raises
    ------
    ValueError
        An id below 0 or not below 2**31.
    """
    given = _whole("ids", ids).astype(np.int64)
    if given.size and not 0 <= int(given.min()) <= int(given.max()) <= int(_ID_MASK):
        bad = given[(given < 0) | (given > int(_ID_MASK))].ravel()[0]
        raise ValueError(f"ids must be in [0, 2**31), got {bad}.")
    x = given.astype(np.uint64)
    for flip, odd in _round_keys(secret):
        x = x ^ np.uint64(flip)
        x = x ^ (x >> _HALF)
        x = (x * np.uint64(odd)) & _ID_MASK
    return (x ^ (x >> _HALF)).astype(np.int64)


def unshuffle_ids(ids: ArrayLike, secret: int) -> NDArray[np.int64]:
    """Undo `shuffle_ids`; a number that is no key of 31 bits comes back as -1."""
    given = _whole("ids", ids).astype(np.int64)
    valid = (given >= 0) & (given <= int(_ID_MASK))
    x = np.where(valid, given, 0).astype(np.uint64)
    x = x ^ (x >> _HALF)
    for flip, odd in reversed(_round_keys(secret)):
        x = (x * np.uint64(pow(odd, -1, 1 << _ID_BITS))) & _ID_MASK
        x = x ^ (x >> _HALF)
        x = x ^ np.uint64(flip)
    return np.where(valid, x.astype(np.int64), -1)
