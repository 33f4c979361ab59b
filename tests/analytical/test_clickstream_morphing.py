"""Pages that adapt: beliefs by hand, replay with given luck, and what adapting is worth."""

import numpy as np
import pytest

from crmlab.analytical.clickstream import TemplateBandit

TASTE = np.array([[0.10, 0.04, 0.04], [0.04, 0.10, 0.04], [0.04, 0.04, 0.10]])


def replay(bandit, sure, seed, batches=60, size=500):
    """Conversion over the last third of the batches, with luck that all bandits share."""
    chance = np.random.default_rng(seed)
    converted = []
    for batch in range(batches):
        true = chance.integers(0, 3, size)
        guess = np.where(np.eye(3)[true] > 0, sure, (1 - sure) / 2)
        if len(bandit.wins) == 1:
            guess = np.ones((size, 1))
        shown = bandit.choose(guess, seed=1_000 * seed + batch)
        bought = chance.random(size) < TASTE[true, shown]
        bandit = bandit.update(guess, shown, bought)
        converted.append(TASTE[true, shown].mean())
    return bandit, np.mean(converted[-batches // 3 :])


def test_beliefs_are_counted_in_fractions_by_hand():
    """A visitor of whom three quarters speak for type 0 buys, another one does not."""
    b = TemplateBandit.new(2, 2).update([[0.75, 0.25], [0.5, 0.5]], [1, 0], [1, 0])
    assert b.wins.tolist() == [[1, 1.75], [1, 1.25]]
    assert b.losses.tolist() == [[1.5, 1], [1.5, 1]]
    assert b.conversion.loc[0, 1] == pytest.approx(1.75 / 2.75)


def test_an_update_leaves_the_old_beliefs_alone_and_order_does_not_matter():
    b = TemplateBandit.new(2, 2)
    types, shown, bought = np.array([[0.9, 0.1], [0.2, 0.8]]), np.array([0, 1]), np.array([1, 0])
    at_once = b.update(types, shown, bought)
    one_by_one = b.update(types[1:], shown[1:], bought[1:]).update(types[:1], shown[:1], bought[:1])
    assert b.wins.tolist() == [[1, 1], [1, 1]]
    assert at_once.wins == pytest.approx(one_by_one.wins)


def test_thompson_chooses_as_often_as_a_template_is_best():
    """Beta(2, 1) beats Beta(1, 1) two times in three."""
    b = TemplateBandit(np.array([[2.0, 1.0]]), np.array([[1.0, 1.0]]))
    chosen = b.choose(np.ones((20_000, 1)), seed=1)
    assert (chosen == 0).mean() == pytest.approx(2 / 3, abs=0.01)


def test_epsilon_greedy_explores_as_often_as_it_says():
    b = TemplateBandit(np.array([[9.0, 1.0]]), np.ones((1, 2)), rule="epsilon-greedy", epsilon=0.2)
    chosen = b.choose(np.ones((20_000, 1)), seed=1)
    assert (chosen == 1).mean() == pytest.approx(0.1, abs=0.01)
    greedy = TemplateBandit(np.array([[9.0, 1.0]]), np.ones((1, 2)), "epsilon-greedy", 0.0)
    assert set(greedy.choose(np.ones((50, 1)), seed=1)) == {0}


def test_given_luck_makes_the_same_choice_whatever_the_batch():
    chance = np.random.default_rng(4)
    b = TemplateBandit(chance.gamma(2, size=(3, 4)) + 1, chance.gamma(5, size=(3, 4)) + 1)
    types, luck = chance.dirichlet([1, 1, 1], 30), chance.random((30, 12))
    whole = b.choose_with(types, luck)
    parts = [b.choose_with(types[i : i + 1], luck[i : i + 1])[0] for i in range(30)]
    assert whole.tolist() == parts
    assert len(set(whole)) > 1


def test_adapting_to_recognised_types_beats_the_best_single_template():
    """Three types, each with its own best page: 10 % at best, 6 % with one page for all."""
    one, single = replay(TemplateBandit.new(1, 3), 0.8, seed=1)
    many, adapted = replay(TemplateBandit.new(3, 3), 0.8, seed=1)
    assert single == pytest.approx(0.06, abs=0.004)
    assert adapted > 0.075
    assert many.conversion.to_numpy().argmax(axis=1).tolist() == [0, 1, 2]


def test_nothing_is_gained_where_types_are_not_recognised():
    adapted = replay(TemplateBandit.new(3, 3), 1 / 3, seed=2)[1]
    assert adapted == pytest.approx(0.06, abs=0.005)


def test_bad_input_is_answered_with_a_remedy():
    b = TemplateBandit.new(2, 3)
    with pytest.raises(ValueError, match="one column for each of 2 types"):
        b.choose([[1.0]], seed=1)
    with pytest.raises(ValueError, match="each row must add up to 1"):
        b.choose([[0.5, 0.2]], seed=1)
    with pytest.raises(ValueError, match="template must be from 0 to 2, got 3"):
        b.update([[0.5, 0.5]], [3], [1])
    with pytest.raises(ValueError, match="converted must hold 0 and 1 only"):
        b.update([[0.5, 0.5]], [0], [2])
    with pytest.raises(ValueError, match=r"uniforms must be of shape \(1, 6\)"):
        b.choose_with([[0.5, 0.5]], [[0.1]])
    with pytest.raises(ValueError, match="rule must be one of 'thompson', 'epsilon-greedy'"):
        TemplateBandit.new(2, 2, rule="ucb")
    with pytest.raises(ValueError, match="epsilon must be in"):
        TemplateBandit.new(2, 2, epsilon=2.0)
