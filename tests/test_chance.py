"""Does luck belong to the customer, and is it any good as luck?

The raw bits are compared with splitmix64 written down a second time, in Python's own whole
numbers. The battery below looks where keyed numbers usually fail, between neighbours, and has
to find four constructions that are known to be bad. All seeds are fixed, so every p-value
here is the same on every run. What external batteries say stands in ``docs/chance.md``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from crmlab import chance
from crmlab.chance import Chance, bits, key, mix, shuffle_ids, unshuffle_ids

SEED = 20
WORD = 2**64 - 1

# --- splitmix64, written down again from Steele, Lea and Flood (2014), figure 17 and 18 --------

GOLDEN_GAMMA = 0x9E3779B97F4A7C15


def finalise(z: int) -> int:
    """Stafford's variant 13 of the 64-bit finaliser, in whole numbers."""
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
    return z ^ z >> 31


def splitmix64(state: int) -> Iterator[int]:
    """The published generator: a counter in steps of the golden gamma, finalised."""
    while True:
        state = (state + GOLDEN_GAMMA) % 2**64
        yield finalise(state)


def unxorshift(z: int, shift: int) -> int:
    """Undo ``z ^ z >> shift`` by repeating it until all bits are clean."""
    out = z
    for _ in range(64 // shift):
        out = z ^ out >> shift
    return out


def definalise(z: int) -> int:
    """The word that ``finalise`` maps to ``z``."""
    z = unxorshift(z, 31) * pow(0x94D049BB133111EB, -1, 2**64) % 2**64
    z = unxorshift(z, 27) * pow(0xBF58476D1CE4E5B9, -1, 2**64) % 2**64
    return unxorshift(z, 30)


def key_by_hand(seed: int, stream: str) -> int:
    """The key: the name's BLAKE2b digest added to the spread-out first draw of the seed."""
    name = int.from_bytes(hashlib.blake2b(stream.encode(), digest_size=8).digest(), "little")
    return finalise((next(splitmix64(seed % 2**64)) * GOLDEN_GAMMA + name) % 2**64)


def draw_by_hand(seed: int, stream: str, person: int, t: int) -> int:
    """Both levels: the id's own splitmix64 generator, and its draw number t."""
    base = finalise((person * GOLDEN_GAMMA + key_by_hand(seed, stream)) % 2**64)
    return next(islice(splitmix64(base), t, None))


def words(seed: int = SEED, stream: str = "luck", n: int = 50_000) -> NDArray[np.uint64]:
    """The bases of the first n ids."""
    return Chance(seed).base(stream, np.arange(n))


class TestBits:
    """The raw words against the published algorithm."""

    def test_a_base_of_0_gives_the_published_vectors_of_seed_0(self) -> None:
        """The first outputs of splitmix64 for seed 0, as everyone publishes them."""
        drawn = bits(np.zeros(1, dtype=np.uint64), np.arange(5))
        assert [f"{int(word):016x}" for word in drawn] == [
            "e220a8397b1dcdaf",
            "6e789e6aa1b965f4",
            "06c45d188009454f",
            "f88bb8a8724c81ec",
            "1b39896a51a8749b",
        ]

    def test_a_base_of_1234567_gives_the_published_vectors_of_that_seed(self) -> None:
        """A second, decimal list that is in circulation, for a seed that is not 0."""
        drawn = bits(np.full(5, 1234567, dtype=np.uint64), np.arange(5))
        assert [int(word) for word in drawn] == [
            6457827717110365317,
            3203168211198807973,
            9817491932198370423,
            4593380528125082431,
            16408922859458223821,
        ]

    @settings(deadline=None)
    @given(st.integers(0, WORD))
    def test_mix_is_the_published_finaliser(self, z: int) -> None:
        """Word by word, against whole numbers; and it can be undone, so it loses nothing."""
        assert int(mix(z)) == finalise(z)
        assert definalise(int(mix(z))) == z

    @settings(deadline=None)
    @given(
        st.integers(-(2**63), 2**64 - 1),
        st.text(max_size=20),
        st.integers(0, 2**31),
        st.integers(0, 60),
    )
    def test_a_draw_is_the_two_level_construction(
        self, seed: int, stream: str, person: int, t: int
    ) -> None:
        """Any seed, stream, id and time, against the second writing of the algorithm."""
        drawn = bits(Chance(seed).base(stream, person), t)
        assert [int(word) for word in drawn] == [draw_by_hand(seed, stream, person, t)]

    @pytest.mark.parametrize("dtype", [np.int16, np.int32, np.int64, np.uint32, np.uint64])
    def test_the_type_of_the_ids_does_not_matter(self, dtype: type) -> None:
        """A narrower column of ids is the same customers."""
        ids = np.array([0, 1, 77, 32_767])
        assert np.array_equal(Chance(1).base("a", ids.astype(dtype)), Chance(1).base("a", ids))

    def test_time_may_be_a_number_or_an_array(self) -> None:
        """The fast way for one time and the way for arrays of times agree."""
        base, times = words(n=100), np.array([0, 1, 2, 51, 2**40])
        table = bits(base[:, np.newaxis], times)
        for column, t in enumerate(times):
            assert np.array_equal(table[:, column], bits(base, int(t)))
            assert np.array_equal(table[:, column], bits(base, t))
            assert np.array_equal(table[:, column], bits(base, np.full(100, t)))

    def test_inputs_are_not_edited(self) -> None:
        """Bases, times, ids and units are the caller's."""
        ids, t = np.arange(50, dtype=np.uint64), np.arange(50, dtype=np.uint64)
        base = Chance(1).base("a", ids)
        kept = base.copy()
        unit = chance.uniform(base, t)
        kept_unit = unit.copy()
        for draw in (chance.exponential, chance.normal, chance.uniform):
            draw(base, t)
        chance.gamma(base, 0.5, t)
        chance.poisson(unit, 70.0)
        chance.geometric(unit, 0.3)
        mix(base)
        shuffle_ids(ids, 5)
        unshuffle_ids(ids, 5)
        assert np.array_equal(base, kept)
        assert np.array_equal(unit, kept_unit)
        assert np.array_equal(ids, np.arange(50)) and np.array_equal(t, np.arange(50))

    def test_a_single_id_and_no_id_at_all_are_arrays_too(self) -> None:
        """A scalar gives one draw and an empty array gives none, whatever is drawn."""
        one, none = Chance(1).base("a", 5), Chance(1).base("a", np.array([], dtype=np.int64))
        assert one.shape == (1,) and none.shape == (0,)
        assert one[0] == Chance(1).base("a", [4, 5])[1]
        for base in (one, none):
            assert chance.poisson(chance.uniform(base), 3.0).shape == base.shape
            assert chance.geometric(chance.uniform(base), 0.5).shape == base.shape
            assert chance.gamma(base, 0.3).shape == base.shape
            assert chance.beta(base, 0.3, 2.0).shape == base.shape
            assert chance.normal(base).shape == chance.exponential(base).shape == base.shape
            assert shuffle_ids(base % np.uint64(9), 1).shape == base.shape

    def test_ids_and_times_broadcast_to_a_table(self) -> None:
        """A column of ids and a row of times give one draw for each pair."""
        base = words(n=4)[:, np.newaxis]
        assert chance.uniform(base, np.arange(3)).shape == (4, 3)
        table = chance.gamma(base, np.full((4, 3), 0.7), np.arange(3))
        assert np.array_equal(table[2], chance.gamma(words(n=3)[2:], 0.7, np.arange(3)))


# --- whose luck it is ---------------------------------------------------------------------------

MEANS = np.random.default_rng(1).uniform(0.0, 90.0, 5003)
SHAPES = np.exp(np.random.default_rng(2).uniform(-3.0, 4.0, 5003))
Draw = Callable[[NDArray[np.int64]], NDArray[np.generic]]
DRAWS: dict[str, Draw] = {
    "uniform": lambda ids: chance.uniform(Chance(3).base("a", ids), 9),
    "exponential": lambda ids: chance.exponential(Chance(3).base("a", ids), 9),
    "normal": lambda ids: chance.normal(Chance(3).base("a", ids), 9),
    "poisson": lambda ids: chance.poisson(Chance(3).uniform("a", ids, 9), MEANS[ids]),
    "geometric": lambda ids: chance.geometric(Chance(3).uniform("a", ids), 1 / (1 + MEANS[ids])),
    "gamma": lambda ids: chance.gamma(Chance(3).base("a", ids), SHAPES[ids], 9),
    "beta": lambda ids: chance.beta(Chance(3).base("a", ids), SHAPES[ids], SHAPES[5002 - ids], 9),
}


@pytest.mark.parametrize("name", DRAWS)
class TestPartition:
    """Nobody's draw depends on who else is asked, or in which order."""

    @settings(max_examples=25, deadline=None)
    @given(cuts=st.lists(st.integers(0, 5003), max_size=12))
    def test_any_split_of_the_customers_gives_the_same_bytes(
        self, name: str, cuts: list[int]
    ) -> None:
        """Cut the ids anywhere, draw piece by piece, glue: the same bytes."""
        ids = np.arange(5003)
        parts = [DRAWS[name](part) for part in np.split(ids, sorted(cuts))]
        assert np.concatenate(parts).tobytes() == DRAWS[name](ids).tobytes()

    def test_any_order_of_the_customers_gives_the_same_bytes(self, name: str) -> None:
        """Shuffled, reversed, every third, one at a time: position means nothing."""
        ids, draw = np.arange(5003), DRAWS[name]
        whole = draw(ids)
        shuffled = np.random.default_rng(3).permutation(ids)
        assert draw(shuffled).tobytes() == whole[shuffled].tobytes()
        assert draw(ids[::-1]).tobytes() == whole[::-1].tobytes()
        assert draw(ids[1::3]).tobytes() == whole[1::3].tobytes()
        assert draw(ids[:5000].reshape(50, 100)).tobytes() == whole[:5000].tobytes()
        alone = [draw(ids[i : i + 1]) for i in range(0, 5003, 61)]
        assert np.concatenate(alone).tobytes() == whole[::61].tobytes()

    def test_asking_twice_gives_the_same_bytes(self, name: str) -> None:
        """There is no state: the second answer is the first one."""
        ids = np.arange(500)
        assert DRAWS[name](ids).tobytes() == DRAWS[name](ids).tobytes()


# --- the battery --------------------------------------------------------------------------------

Source = Callable[[int, str, NDArray[np.uint64], NDArray[np.uint64]], NDArray[np.uint64]]
PHI = np.uint64(GOLDEN_GAMMA)
MANY, FEW = np.arange(4096, dtype=np.uint64), np.arange(48, dtype=np.uint64)
ZERO, ONE = np.zeros(1, dtype=np.uint64), np.ones(1, dtype=np.uint64)


def ours(
    seed: int, stream: str, ids: NDArray[np.uint64], t: NDArray[np.uint64]
) -> NDArray[np.uint64]:
    """A table of raw words, ids down and times across, from crmlab."""
    return bits(Chance(seed).base(stream, ids)[:, np.newaxis], t)


def one_round(
    seed: int, stream: str, ids: NDArray[np.uint64], t: NDArray[np.uint64]
) -> NDArray[np.uint64]:
    """Broken: one level only, so that id 1 at time 0 is id 0 at time 1."""
    return mix(ids[:, np.newaxis] * PHI + np.uint64(key(seed, stream)) + (t + ONE) * PHI)


def unhashed_seed(
    seed: int, stream: str, ids: NDArray[np.uint64], t: NDArray[np.uint64]
) -> NDArray[np.uint64]:
    """Broken: the seed is added as it is, so that seed 1 gives seed 0's customers, shifted."""
    base = mix((ids + np.uint64(seed)) * PHI + np.uint64(key(0, stream)))
    return mix(base[:, np.newaxis] + (t + ONE) * PHI)


def unhashed_name(
    seed: int, stream: str, ids: NDArray[np.uint64], t: NDArray[np.uint64]
) -> NDArray[np.uint64]:
    """Broken: the name is added as bytes after mixing, so that "a1" is "a0", shifted."""
    name = np.uint64(int.from_bytes(stream.encode(), "big"))
    base = mix(ids * PHI + np.uint64(key(seed, "")))
    return mix(base[:, np.newaxis] + (t + ONE + name) * PHI)


def no_finaliser(
    seed: int, stream: str, ids: NDArray[np.uint64], t: NDArray[np.uint64]
) -> NDArray[np.uint64]:
    """Broken: the second level only counts."""
    return mix(ids * PHI + np.uint64(key(seed, stream)))[:, np.newaxis] + (t + ONE) * PHI


# Each gives neighbouring sequences: one a row, the neighbour in the next row.
NEIGHBOURS: dict[str, Callable[[Source], NDArray[np.uint64]]] = {
    "seeds, along ids": lambda f: np.array([f(s, "a", MANY, ZERO)[:, 0] for s in range(48)]),
    "seeds, along times": lambda f: np.array([f(s, "a", ONE, MANY)[0] for s in range(48)]),
    "streams, along ids": lambda f: np.array(
        [f(7, f"a{s:02}", MANY, ZERO)[:, 0] for s in range(48)]
    ),
    "streams, along times": lambda f: np.array([f(7, f"a{s:02}", ONE, MANY)[0] for s in range(48)]),
    "ids, along times": lambda f: f(7, "a", FEW, MANY),
    "times, along ids": lambda f: f(7, "a", MANY, FEW).T,
    "ids and times, a square": lambda f: f(7, "a", MANY[:448], MANY[:448]),
    "ids far apart": lambda f: f(7, "a", FEW * np.uint64(2**40), MANY),
    "times far apart": lambda f: f(7, "a", MANY, FEW * np.uint64(2**32)).T,
}


def from_z(z: NDArray[np.float64]) -> float:
    """The p-value of the largest of many standard normal values (Bonferroni)."""
    return min(1.0, float(z.size * 2.0 * stats.norm.sf(np.abs(z).max())))


def bit_balance(table: NDArray[np.uint64]) -> float:
    """Is every bit 1 half of the time?"""
    ones = np.unpackbits(table.ravel().view(np.uint8)).reshape(-1, 64).sum(axis=0, dtype=np.int64)
    return from_z((ones - table.size / 2) / np.sqrt(table.size / 4))


def balance_between_rows(table: NDArray[np.uint64]) -> float:
    """Does every bit differ from the neighbour's half of the time (avalanche)?"""
    return bit_balance(table[1:] ^ table[:-1])


def balance_between_columns(table: NDArray[np.uint64]) -> float:
    """Does every bit differ from the next draw's half of the time?"""
    return bit_balance(np.ascontiguousarray(table[:, 1:] ^ table[:, :-1]))


def flipped_bits(table: NDArray[np.uint64]) -> float:
    """Is the number of bits that differ between neighbours binomial (64, 1/2)?"""
    counts = np.bincount(np.bitwise_count(table[1:] ^ table[:-1]).ravel(), minlength=65)
    expected = stats.binom.pmf(np.arange(65), 64, 0.5) * counts.sum()
    low, high = np.flatnonzero(expected > 20)[[0, -1]]

    def tails(x: NDArray[np.generic]) -> NDArray[np.generic]:
        return np.concatenate([[x[:low].sum()], x[low : high + 1], [x[high + 1 :].sum()]])

    return float(stats.chisquare(tails(counts), tails(expected)).pvalue)


def correlation_at_all_lags(table: NDArray[np.uint64]) -> float:
    """Does a row correlate with itself or with the next row, at any circular lag?"""
    unit = (table >> np.uint64(11)) * 2.0**-53 - 0.5
    unit = (unit - unit.mean(axis=1, keepdims=True)) / unit.std(axis=1, keepdims=True)
    waves = np.fft.rfft(unit)
    n = table.shape[1]
    with_next = np.fft.irfft(waves[1:] * waves[:-1].conj(), n) / np.sqrt(n)
    with_self = np.fft.irfft(np.abs(waves) ** 2, n)[:, 1 : n // 2] / np.sqrt(n)
    return from_z(np.concatenate([with_next.ravel(), with_self.ravel()]))


def pairs(table: NDArray[np.uint64]) -> float:
    """Do all 64 pairs of three bits of neighbours occur equally often, at top and bottom?"""
    p = []
    for shift in (61, 32, 0):
        few = (table >> np.uint64(shift) & np.uint64(7)).astype(np.int64)
        for first, second in ((few[1:], few[:-1]), (few[:, 1:], few[:, :-1])):
            p.append(stats.chisquare(np.bincount((8 * first + second).ravel(), minlength=64)))
    return min(1.0, len(p) * min(float(result.pvalue) for result in p))


def no_word_twice(table: NDArray[np.uint64]) -> float:
    """Does any word occur in two places? A shifted copy would repeat nearly a whole row."""
    repeated = table.size - np.unique(table).size
    return float(stats.poisson.sf(repeated - 1, table.size**2 / 2.0**65))


def birthdays(table: NDArray[np.uint64]) -> float:
    """Do the upper and the lower half of the words repeat as often as chance has it?"""
    p = []
    for half in (table >> np.uint64(32), table & np.uint64(2**32 - 1)):
        repeated, mean = table.size - np.unique(half).size, table.size**2 / 2.0**33
        p += [stats.poisson.sf(repeated - 1, mean), stats.poisson.cdf(repeated, mean)]
    return min(1.0, len(p) * float(min(p)))


CHECKS: tuple[Callable[[NDArray[np.uint64]], float], ...] = (
    bit_balance,
    balance_between_rows,
    balance_between_columns,
    flipped_bits,
    correlation_at_all_lags,
    pairs,
    no_word_twice,
    birthdays,
)


def findings(source: Source, neighbours: str) -> dict[str, float]:
    """The checks that fail, with their p-values: below one in 10,000."""
    table = np.ascontiguousarray(NEIGHBOURS[neighbours](source))
    p = {check.__name__: check(table) for check in CHECKS}
    return {name: value for name, value in p.items() if value < 1e-4}


class TestBattery:
    """No pattern between neighbours, judged by checks that are known to find some."""

    @pytest.mark.parametrize("neighbours", NEIGHBOURS)
    def test_neighbours_have_nothing_in_common(self, neighbours: str) -> None:
        """72 checks of about 200,000 words each, at one in 10,000."""
        assert findings(ours, neighbours) == {}

    @pytest.mark.parametrize(
        ("broken", "neighbours"),
        [
            (one_round, "ids, along times"),
            (one_round, "times, along ids"),
            (one_round, "ids and times, a square"),
            (unhashed_seed, "seeds, along ids"),
            (unhashed_name, "streams, along times"),
        ],
    )
    def test_a_shifted_copy_is_found(self, broken: Source, neighbours: str) -> None:
        """A battery that cannot fail proves nothing: these share draws, at an offset."""
        assert findings(broken, neighbours).keys() >= {"no_word_twice", "correlation_at_all_lags"}

    def test_words_that_are_only_counted_are_found(self) -> None:
        """Without the last finaliser no word repeats, but neighbouring times march in step."""
        found = findings(no_finaliser, "times, along ids")
        assert "balance_between_rows" in found and "no_word_twice" not in found

    @pytest.mark.parametrize("lag", [1, 2, 51, 52])
    def test_no_customer_relives_another_ones_year(self, lag: int) -> None:
        """Shifted by a week or by a year, no draw of one id turns up with a neighbour."""
        table = ours(7, "a", MANY[:500], MANY[:200])
        assert not (table[1:, :-lag] == table[:-1, lag:]).any()
        assert not (table[:-1, :-lag] == table[1:, lag:]).any()
        broken = one_round(7, "a", MANY[:500], MANY[:200])
        assert (broken[lag:, :-lag] == broken[:-lag, lag:]).all()

    def test_a_split_source_shares_no_word_with_its_parent(self) -> None:
        """The seed's own streams, two splits of it and a split of a split: all distinct."""
        parent = Chance(7)
        family = [parent, parent.split("a"), parent.split("b"), parent.split("a").split("a")]
        table = np.array([source.base(name, MANY) for source in family for name in ("a", "b")])
        assert no_word_twice(table) > 1e-4
        assert correlation_at_all_lags(bits(table)) > 1e-4
        assert balance_between_rows(bits(table)) > 1e-4

    def test_gamma_variates_of_neighbours_are_uncorrelated(self) -> None:
        """Ranks of gamma draws in a table of ids and times, where a third key level works."""
        base = words(n=400)[:, np.newaxis]
        table = chance.gamma(base, np.full((400, 400), 0.8), np.arange(400))
        ranks = stats.rankdata(table).reshape(400, 400)
        unit = (ranks / table.size * 2.0**53).astype(np.uint64) << np.uint64(11)
        assert correlation_at_all_lags(unit) > 1e-4
        assert correlation_at_all_lags(np.ascontiguousarray(unit.T)) > 1e-4


# --- distributions ------------------------------------------------------------------------------


def assert_drawn_from(sample: NDArray[np.float64], law: stats.rv_continuous) -> None:
    """Kolmogorov-Smirnov, mean and variance, each at about one in 10,000."""
    assert stats.kstest(sample, law.cdf).pvalue > 1e-4
    mean, variance, kurtosis = (float(x) for x in law.stats("mvk"))
    n = sample.size
    assert abs(sample.mean() - mean) < 4 * np.sqrt(variance / n)
    error = variance * np.sqrt((kurtosis + 2.0) / n)
    assert abs(sample.var() - variance) < 4 * error


def assert_counts_drawn_from(sample: NDArray[np.int64], law: stats.rv_discrete) -> None:
    """Chi-square over all counts that are expected 10 times, with the tails pooled."""
    values = np.arange(sample.max() + 2)
    expected = law.pmf(values) * sample.size
    low, high = values[expected >= 10][[0, -1]]
    # One bin a value from low to high; what lies outside joins the nearest.
    observed = np.bincount(np.clip(sample, low, high) - low, minlength=high - low + 1)
    pooled = expected[low : high + 1].copy()
    pooled[0] = law.cdf(low) * sample.size
    pooled[-1] = law.sf(high - 1) * sample.size
    assert stats.chisquare(observed, pooled).pvalue > 1e-4
    assert abs(sample.mean() - law.mean()) < 4 * law.std() / np.sqrt(sample.size)


class TestDistributions:
    """Against scipy's distributions, with 100,000 draws each."""

    N = 100_000

    def test_uniform_exponential_and_normal_are_what_they_say(self) -> None:
        """Over ids at one time."""
        base = words(n=self.N)
        assert_drawn_from(chance.uniform(base, 3), stats.uniform())
        assert_drawn_from(chance.exponential(base, 3), stats.expon())
        assert_drawn_from(chance.normal(base, 3), stats.norm())

    def test_one_customers_long_life_has_the_same_distributions(self) -> None:
        """Over times for one id."""
        base, t = words(n=1), np.arange(self.N)
        assert_drawn_from(chance.uniform(base, t), stats.uniform())
        assert_drawn_from(chance.exponential(base, t), stats.expon())
        assert_drawn_from(chance.normal(base, t), stats.norm())
        assert_drawn_from(chance.gamma(base, 0.24, t), stats.gamma(0.24))

    @pytest.mark.parametrize("shape", [0.05, 0.24, 0.8, 1.0, 6.25, 50.0])
    def test_gamma_variates_are_gamma(self, shape: float) -> None:
        """On both sides of shape 1, and in logarithms, where small shapes keep their digits."""
        base = words(n=self.N)
        assert_drawn_from(chance.gamma(base, shape, 5), stats.gamma(shape))
        assert_drawn_from(chance.log_gamma_variate(base, shape, 5), stats.loggamma(shape))

    def test_gamma_variates_of_mixed_shapes_are_gamma(self) -> None:
        """One call with a shape of its own for every id: each follows its own law."""
        shapes = np.exp(np.random.default_rng(5).uniform(-3.0, 4.0, self.N))
        drawn = chance.gamma(words(n=self.N), shapes)
        assert stats.kstest(stats.gamma.cdf(drawn, shapes), "uniform").pvalue > 1e-4

    @pytest.mark.parametrize(
        ("a", "b"), [(0.24, 0.8), (0.5, 0.5), (1.0, 1.0), (2.0, 5.0), (50.0, 6.25)]
    )
    def test_beta_variates_are_beta(self, a: float, b: float) -> None:
        """With humps, with a bathtub, and flat."""
        assert_drawn_from(chance.beta(words(n=self.N), a, b, 2), stats.beta(a, b))

    def test_beta_variates_of_tiny_shapes_stay_between_0_and_1(self) -> None:
        """Hardly any mass in the middle, and still no NaN."""
        drawn = chance.beta(words(n=10_000), 0.01, 0.01)
        assert ((drawn >= 0.0) & (drawn <= 1.0)).all()
        assert abs(drawn.mean() - 0.5) < 0.02

    @pytest.mark.parametrize("mean", [0.05, 1.0, 10.0, 59.0, 61.0, 300.0])
    def test_poisson_counts_are_poisson(self, mean: float) -> None:
        """On both sides of 60, where the way of searching changes."""
        unit = Chance(SEED).uniform("counts", np.arange(self.N))
        assert_counts_drawn_from(chance.poisson(unit, mean), stats.poisson(mean))

    @pytest.mark.parametrize("p", [0.9, 0.5, 0.1, 0.01])
    def test_geometric_counts_are_geometric(self, p: float) -> None:
        """Trials up to the first success, so never 0."""
        unit = Chance(SEED).uniform("trials", np.arange(self.N))
        counts = chance.geometric(unit, p)
        assert counts.min() == 1
        assert_counts_drawn_from(counts, stats.geom(p))
        assert np.array_equal(counts, stats.geom.ppf(unit, p))

    def test_poisson_is_the_inverse_that_scipy_computes(self) -> None:
        """Count for count, for means from a thousandth to a thousand."""
        means = np.exp(np.random.default_rng(6).uniform(np.log(1e-3), np.log(1e3), self.N))
        unit = Chance(SEED).uniform("inverse", np.arange(self.N))
        assert np.array_equal(chance.poisson(unit, means), stats.poisson.ppf(unit, means))

    def test_poisson_takes_a_mean_of_0_and_broadcasts(self) -> None:
        """Nobody orders at rate 0; a column of units and a row of means make a table."""
        unit = Chance(SEED).uniform("a", np.arange(50))
        assert not chance.poisson(unit, 0.0).any()
        table = chance.poisson(unit[:, np.newaxis], np.array([0.5, 20.0, 80.0]))
        assert table.shape == (50, 3) and table.dtype == np.int64
        assert np.array_equal(table[:, 2], chance.poisson(unit, 80.0))


# The grid of `uniform`, without its last 4,096 points: within some 1e-15 of 1 the rounding of the
# sum that the search runs along decides, and the order of two counts is no longer exact.
units = st.integers(0, 2**52 - 1 - 4096).map(lambda k: (k + 0.5) * 2.0**-52)
means = st.floats(0.0, 200.0)


class TestMonotone:
    """More rate never means fewer orders for the same luck."""

    @settings(max_examples=300, deadline=None)
    @given(units, means, means)
    def test_a_larger_mean_never_gives_a_smaller_count(self, u: float, a: float, b: float) -> None:
        """The coupling that paired comparisons rest on."""
        low, high = sorted((a, b))
        assert chance.poisson(u, low) <= chance.poisson(u, high)

    @settings(max_examples=300, deadline=None)
    @given(units, units, means)
    def test_a_larger_unit_never_gives_a_smaller_count(self, u: float, v: float, m: float) -> None:
        """Inversion: the count is a rising function of the luck."""
        low, high = sorted((u, v))
        assert chance.poisson(low, m) <= chance.poisson(high, m)

    def test_counts_rise_through_the_change_of_search_at_60(self) -> None:
        """5,000 people while their mean creeps from 55 to 65."""
        unit = Chance(SEED).uniform("creep", np.arange(5_000))[:, np.newaxis]
        counts = chance.poisson(unit, np.linspace(55.0, 65.0, 101))
        assert (np.diff(counts, axis=1) >= 0).all()

    @settings(max_examples=200, deadline=None)
    @given(units, st.floats(1e-6, 0.999), st.floats(1e-6, 0.999))
    def test_a_likelier_success_never_takes_longer(self, u: float, p: float, q: float) -> None:
        """The geometric inverse falls in p."""
        low, high = sorted((p, q))
        assert chance.geometric(u, low) >= chance.geometric(u, high)


class TestExtremes:
    """The two words at the ends, which no sample would meet."""

    @pytest.mark.parametrize(
        ("word", "expected"), [(0, 2.0**-53), (WORD, 1.0 - 2.0**-53), (2**63, 0.5 + 2.0**-53)]
    )
    def test_a_uniform_is_never_0_or_1(self, word: int, expected: float) -> None:
        """The base that leads to this word is found by undoing the finaliser."""
        base = np.array([(definalise(word) - GOLDEN_GAMMA) % 2**64], dtype=np.uint64)
        assert int(bits(base)[0]) == word
        assert chance.uniform(base)[0] == expected
        assert 0.0 < chance.uniform(base)[0] < 1.0

    @pytest.mark.parametrize("word", [0, WORD])
    def test_every_variate_is_finite_at_the_ends(self, word: int) -> None:
        """No infinite waiting time, no infinite normal, no count that overflows."""
        base = np.array([(definalise(word) - GOLDEN_GAMMA) % 2**64], dtype=np.uint64)
        unit = chance.uniform(base)
        assert 0.0 < chance.exponential(base)[0] < 37.0
        assert 8.0 < abs(chance.normal(base)[0]) < 8.3
        for mean in (0.05, 1.0, 10.0, 59.0, 61.0, 300.0):
            assert abs(chance.poisson(unit, mean)[0] - mean) < 10.0 + 10.0 * mean**0.5
        assert 1 <= chance.geometric(unit, 0.01)[0] < 4000
        assert np.isfinite(chance.gamma(base, np.array([0.05]))).all()

    def test_a_gamma_of_a_tiny_shape_is_kept_in_logarithms(self) -> None:
        """At shape 0.0005 most variates are below the smallest double; the logarithms rank."""
        logs = chance.log_gamma_variate(words(n=1000), 0.0005)
        assert np.isfinite(logs).all() and np.unique(logs).size == 1000
        assert (chance.gamma(words(n=1000), 0.0005) == 0.0).any()


class TestKeys:
    """Seeds and names."""

    @pytest.mark.parametrize("seed", [7.0, 7.5, True, False, np.float64(7), np.bool_(True), "7"])
    def test_a_seed_that_is_no_whole_number_is_refused_with_a_remedy(self, seed: object) -> None:
        """True is not 1 here, and 7.0 is not 7: the message quotes what came."""
        with pytest.raises(TypeError, match=r"^seed must be a whole number, got .*(7|True|False)"):
            key(seed, "luck")  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="Try seed=7"):
            Chance(seed).base("luck", 1)  # type: ignore[arg-type]

    @pytest.mark.parametrize("dtype", [np.int8, np.int32, np.int64, np.uint64])
    def test_numpys_whole_numbers_are_seeds(self, dtype: type) -> None:
        """The seed may come out of an array."""
        assert key(dtype(7), "luck") == key(7, "luck")

    def test_no_two_of_many_keys_are_equal_or_near(self) -> None:
        """300 seeds x 300 names like "week 17": 90,000 keys, as unlike as random ones."""
        keys = np.array(
            [[key(s, f"week {n}") for n in range(300)] for s in range(-150, 150)], np.uint64
        )
        assert no_word_twice(keys) > 1e-4
        assert balance_between_rows(keys) > 1e-4
        assert balance_between_columns(keys) > 1e-4
        assert correlation_at_all_lags(keys) > 1e-4

    def test_names_are_told_apart_by_every_character(self) -> None:
        """Case, spaces, accents, order and length all count."""
        names = ["", " ", "a", "A", "aa", "ab", "ba", "a ", "é", "e", "split/a", "split", "ordre"]
        assert len({key(1, name) for name in names}) == len(names)


class TestShuffledIds:
    """The firm's record keys against the market's own numbers."""

    @settings(deadline=None)
    @given(st.lists(st.integers(0, 2**31 - 1), unique=True, max_size=50), st.integers(0, WORD))
    def test_shuffling_can_be_undone_for_any_secret(self, ids: list[int], secret: int) -> None:
        """One to one, within 31 bits, there and back."""
        keys = shuffle_ids(ids, secret)
        assert len(set(keys.tolist())) == len(ids)
        assert all(0 <= k < 2**31 for k in keys.tolist())
        assert unshuffle_ids(keys, secret).tolist() == ids
        assert shuffle_ids(unshuffle_ids(ids, secret), secret).tolist() == ids

    def test_neighbours_at_either_end_keep_apart(self) -> None:
        """The first and the last 100,000 numbers: all keys distinct, all undone."""
        ids = np.concatenate([np.arange(100_000), np.arange(2**31 - 100_000, 2**31)])
        keys = shuffle_ids(ids, 99)
        assert np.unique(keys).size == ids.size
        assert np.array_equal(unshuffle_ids(keys, 99), ids)

    def test_a_number_that_is_no_key_comes_back_as_minus_1(self) -> None:
        """Negative, or beyond 31 bits: nobody."""
        given_keys = [-1, -(2**63), 2**31, 2**31 + 5, 2**63 - 1]
        assert unshuffle_ids(given_keys, 5).tolist() == [-1] * 5
        mixed = unshuffle_ids([-3, int(shuffle_ids(8, 5)), 2**40], 5)
        assert mixed.tolist() == [-1, 8, -1]

    @pytest.mark.parametrize("secret", [0, 1, 12345, 2**40 + 5])
    def test_the_order_of_the_keys_tells_nothing_about_the_ids(self, secret: int) -> None:
        """No rank correlation, no bit of the id in any bit of the key, keys spread evenly."""
        n = 65_536
        ids = np.arange(n)
        keys = shuffle_ids(ids, secret)
        assert abs(stats.spearmanr(ids, keys).statistic) * np.sqrt(n) < 4
        id_bits = 2.0 * (ids[:, np.newaxis] >> np.arange(16) & 1) - 1
        key_bits = 2.0 * (keys[:, np.newaxis] >> np.arange(31) & 1) - 1
        assert from_z(id_bits.T @ key_bits / np.sqrt(n)) > 1e-4
        assert stats.chisquare(np.bincount(keys >> 23, minlength=256)).pvalue > 1e-4


class TestPinned:
    """Literal values: a release that changes anybody's luck has to change this class too."""

    def test_keys_stay_what_they_are(self) -> None:
        """Seeds of either sign, names with and without letters beyond ASCII."""
        assert [key(7, "luck"), key(0, ""), key(-1, "prénom"), Chance(7).split("luck").seed] == [
            7898129720832168146,
            10516539120711491877,
            1759570270971148787,
            2784332185318082441,
        ]

    def test_words_and_uniforms_stay_what_they_are(self) -> None:
        """To the last bit, on every machine."""
        base = Chance(7).split("luck").base("coin", [0, 1, 65_536])
        assert [int(word) for word in bits(base, 0)] == [
            13642046102514609261,
            1479470778488852038,
            4119599584446418248,
        ]
        assert [int(word) for word in bits(base, 51)] == [
            11167199003761801662,
            10150430375668436304,
            15597982182789689848,
        ]
        assert chance.uniform(base, 0).tolist() == [
            0.7395368010746873,
            0.08020227160832161,
            0.22332394096135932,
        ]

    def test_variates_stay_what_they_are(self) -> None:
        """To 12 digits, since processors differ in the last ones of a logarithm."""
        base = Chance(7).base("luck", [0, 1, 2])
        for drawn, pinned in [
            (
                chance.exponential(base, 1),
                [0.28213268717330825, 0.3016667118999319, 1.8150428391805622],
            ),
            (chance.normal(base, 1), [0.6876824366403026, 0.642065026181562, -0.9828894202432925]),
            (
                chance.gamma(base, 0.24, 1),
                [0.10373579640644516, 1.8919214941341957, 4.4844674595623484e-09],
            ),
            (
                chance.gamma(base, 6.25, 1),
                [4.421261237925407, 8.644913012398533, 4.212942204653627],
            ),
            (
                chance.beta(base, 0.8, 2.5, 1),
                [0.3735517349314808, 0.025897236833755943, 0.11275342139815629],
            ),
        ]:
            np.testing.assert_allclose(drawn, pinned, rtol=1e-12)

    def test_counts_and_record_keys_stay_what_they_are(self) -> None:
        """Whole numbers exactly."""
        unit = Chance(7).uniform("luck", np.arange(6), 1)
        assert chance.poisson(unit, 1.3).tolist() == [2, 2, 0, 2, 1, 4]
        assert chance.poisson(unit, 61.0).tolist() == [66, 66, 53, 69, 59, 76]
        assert chance.geometric(unit, 0.2).tolist() == [7, 7, 1, 9, 3, 16]
        assert shuffle_ids([0, 1, 2, 65_536], 2026).tolist() == [
            321473050,
            390050467,
            1300563121,
            824360680,
        ]


class TestBadInput:
    """What cannot be drawn is refused, and nothing hangs."""

    @pytest.mark.parametrize("shape", [0.0, -0.2, -1.0, np.nan, np.inf])
    def test_a_shape_must_be_finite_and_positive(self, shape: float) -> None:
        """It used to try for ever."""
        with pytest.raises(ValueError, match="shape must be finite and > 0"):
            chance.gamma(Chance(1).base("x", [1]), shape)

    @pytest.mark.parametrize("mean", [-1.0, np.nan, np.inf])
    def test_a_mean_must_be_finite_and_not_negative(self, mean: float) -> None:
        """NaN is no count."""
        with pytest.raises(ValueError, match="mean must be in"):
            chance.poisson([0.5], mean)

    @pytest.mark.parametrize("p", [0.0, -0.1, 1.1, np.nan])
    def test_a_probability_of_success_must_be_possible(self, p: float) -> None:
        """With p = 0 the wait never ends; p = 1 is a wait of one."""
        with pytest.raises(ValueError, match="p must be in"):
            chance.geometric([0.5], p)
        assert chance.geometric([0.5], 1.0).tolist() == [1]

    def test_ids_and_times_must_be_whole(self) -> None:
        """1.5 must not pass for 1."""
        with pytest.raises(TypeError, match="ids must be whole numbers"):
            Chance(1).base("x", [1.5])
        with pytest.raises(TypeError, match="t must be whole numbers"):
            chance.uniform(Chance(1).base("x", [1]), np.array([0.5]))
        with pytest.raises(ValueError, match="ids must be in"):
            shuffle_ids([-1], 3)
