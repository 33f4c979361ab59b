"""Identify, differentiate, interact, customise: each step by hand."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.strategic.idic import (
    after_each_answer,
    answer_rates,
    best_to_show,
    cleaned,
    felt,
    first_for_letters,
    gain_of_contact,
    learnt_by_an_answer,
    link_by_rules,
    owners,
    product_of,
    tiers,
    value_of_question,
)

# -- identify


def test_a_record_without_a_link_is_a_customer_of_its_own():
    links = pd.DataFrame({"customer_id": [1, 2], "golden_id": [1, 1]})
    assert owners([3, 2, 1], links).tolist() == [3, 1, 1]
    assert owners([3, 2], None).tolist() == [3, 2]


def test_rules_find_most_of_those_who_have_several_records():
    market = crm.scenario("retail").replace(duplicate_share=1.0, record_use=0.5)
    run = crm.simulate(market, customers=300, weeks=40, seed=3)
    links = link_by_rules(cleaned(run.records.customers))
    people = run.truth.identity.set_index("customer_id")["person_id"]
    assert len(people) > links["golden_id"].nunique() >= people.nunique()
    merged = people.loc[links["customer_id"]].groupby(links["golden_id"].to_numpy()).nunique()
    assert (merged == 1).mean() > 0.98


# -- differentiate


def test_what_a_contact_adds_by_hand():
    """3 EUR a week, 0.4 relevant, worth two weeks: 3 x 0.4 x 2."""
    assert gain_of_contact([3.0], [0.4], 2.0) == pytest.approx([2.4])
    with pytest.raises(ValueError, match="lift_weeks"):
        gain_of_contact([3.0], [0.4], -1.0)


def test_growth_and_value_rank_differently():
    margin, gain = np.array([9.0, 2.0, 5.0]), np.array([1.0, 3.0, 2.0])
    assert first_for_letters("growth", margin, gain, 0.75).tolist() == [1, 2, 0]
    assert first_for_letters("value", margin, gain, 0.75).tolist() == [0, 2, 1]


def test_nobody_whose_letter_does_not_earn_its_price_gets_one():
    assert first_for_letters("value", np.array([9.0]), np.array([0.7]), 0.75).tolist() == []
    with pytest.raises(ValueError, match="rank"):
        first_for_letters("needs", np.array([1.0]), np.array([1.0]), 0.75)


def test_below_zero_are_those_who_cost_more_than_they_ever_bring():
    found = tiers(pd.Series([2.0] + [0.1] * 9), pd.Series([3.0] + [0.1] * 9), 0.75, 26, 4)
    assert found["tier"].tolist() == ["most valuable"] + ["below zero"] * 9


# -- interact


def test_the_value_of_a_question_by_hand():
    """0.25 x 4 EUR x (0.5 x 0.9 + 0.5 x 0.7 - 0.6) - 0.03."""
    value = value_of_question([0.6], [[0.9, 0.7]], [[0.5, 0.5]], [4.0], [0.25], 0.03)
    assert value == pytest.approx([0.17])


def test_an_answer_that_changes_nothing_costs_the_question():
    value = value_of_question([0.8], [[0.8, 0.8]], [[0.5, 0.5]], [99.0], [1.0], 0.03)
    assert value == pytest.approx([-0.03])


def test_a_question_is_worth_more_where_more_is_at_stake():
    worth = np.array([0.0, 1.0, 10.0])
    value = value_of_question([0.5] * 3, [[0.9, 0.6]] * 3, [[0.5, 0.5]] * 3, worth, [0.3] * 3, 0.02)
    assert (np.diff(value) > 0).all() and value[0] == pytest.approx(-0.02)


def test_a_percentage_is_no_answer_rate():
    with pytest.raises(ValueError, match="percentage"):
        value_of_question([0.5], [[0.9]], [[1.0]], [1.0], [30.0], 0.02)


def test_an_answer_adds_one_to_its_category():
    after = after_each_answer(np.array([[1.0, 2.0]]), lambda alpha: alpha[:, 0] / alpha.sum(axis=1))
    assert after.tolist() == [[2 / 4, 1 / 4]]


def test_an_answer_that_cannot_change_what_is_shown_teaches_nothing():
    known = [
        [0] * 6,
        [1, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0],
        [4, 2, 0, 0, 0, 0],
        [8, 8, 0, 0, 0, 0],
    ]
    nothing, one, tie, clear, long_tie = learnt_by_an_answer(0.6 + np.array(known))
    assert nothing > tie > long_tie > 0
    assert one == pytest.approx(0.0, abs=1e-3) and clear == pytest.approx(0.0, abs=1e-3)


def test_an_answer_worth_more_lines_can_change_what_is_shown():
    once = 0.6 + np.array([[1, 0, 0, 0, 0, 0]])
    assert learnt_by_an_answer(once, lines=3)[0] > learnt_by_an_answer(once, lines=1)[0] + 0.05
    with pytest.raises(ValueError, match="lines"):
        learnt_by_an_answer(once, lines=0)


def test_who_never_answers_is_expected_to_answer_less():
    asked = pd.DataFrame(
        {"customer_id": [1] * 6 + [2] * 2, "answer": ["no answer"] * 6 + ["toys"] * 2}
    )
    rate = answer_rates(asked, pd.Series([1, 2, 3], index=[1, 2, 3]), prior=0.3)
    assert rate[1] < rate[3] < rate[2] <= 1


# -- customise


def test_a_doubtful_favourite_is_not_shown_where_misses_put_off():
    known = np.array([[0.6, 0.5, 0.4]])
    assert best_to_show(known)["show"].tolist() == [0]
    assert best_to_show(known, miss_penalty=0.5)["show"].tolist() == [-1]
    assert best_to_show(known, 0.5)["relevance"].tolist() == [0.5]


def test_a_sure_hit_puts_nobody_off():
    assert felt([1.0, 0.0], miss_penalty=0.5).tolist() == [1.0, -0.5]
    with pytest.raises(ValueError, match="miss_penalty"):
        felt([1.0], -0.1)


def test_categories_that_the_firm_does_not_sell_show_everything():
    products = pd.DataFrame({"product_id": [4, 5], "category": ["garden", "garden"]})
    assert product_of([0, 1, -1], products).tolist() == [0, 4, 0]
