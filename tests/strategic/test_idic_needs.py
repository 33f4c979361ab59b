"""Beliefs about needs: counts, the prior that the base tells, and expected relevance."""

import numpy as np
import pandas as pd
import pytest

from crmlab.strategic.idic import (
    answer_counts,
    believed,
    expected_relevance,
    need_counts,
    prior_strength,
)
from crmlab.tables import CATEGORIES

OWNER = pd.Series([7, 7, 9], index=[7, 8, 9])


def test_lines_of_linked_records_are_added_up():
    lines = pd.DataFrame({"order_id": [1, 2, 2], "product_id": [1, 2, 1]})
    orders = pd.DataFrame({"order_id": [1, 2], "customer_id": [7, 8]})
    products = pd.DataFrame({"product_id": [1, 2], "category": ["home", "toys"]})
    counts = need_counts(lines, orders, products, OWNER)
    assert counts.loc[7, ["home", "toys"]].tolist() == [2, 1]
    assert counts.loc[9].sum() == 0


def test_no_answer_says_nothing():
    asked = pd.DataFrame({"customer_id": [8, 9, 9], "answer": ["toys", "no answer", "books"]})
    counts = answer_counts(asked, OWNER)
    assert counts.loc[7, "toys"] == counts.loc[9, "books"] == 1
    assert counts.to_numpy().sum() == 2


def test_the_strength_of_the_prior_by_hand():
    """Same category with probability 3/4, two categories: A = (1 - 3/4) / (3/4 - 1/2) = 1."""
    assert prior_strength([[2, 0], [0, 2], [2, 0], [1, 1]]) == 1.0


@pytest.mark.parametrize("strength", [1.0, 3.6, 12.0])
def test_the_strength_is_recovered_from_simulated_customers(strength):
    rng = np.random.default_rng(5)
    needs = rng.dirichlet(np.full(6, strength / 6), 4_000)
    counts = np.array([rng.multinomial(6, p) for p in needs])
    assert prior_strength(counts) == pytest.approx(strength, rel=0.12)


def test_customers_who_need_the_same_get_the_strongest_prior():
    assert prior_strength([[1, 1, 1]] * 5) == 50.0
    assert prior_strength([[1, 0], [0, 1]]) == 2.0, "nobody has two lines: an even prior"


@pytest.mark.parametrize("alpha", [[0.6] * 6, [3.6, 0.6, 1.6, 0.6, 0.6, 0.6], [20.0, 9.0, 1.0]])
def test_expected_relevance_is_the_mean_of_drawn_needs(alpha):
    needs = np.random.default_rng(1).dirichlet(alpha, 100_000)
    drawn = (needs / needs.max(axis=1, keepdims=True)).mean(axis=0)
    assert expected_relevance([alpha])[0] == pytest.approx(drawn, abs=0.006)


def test_categories_of_which_is_known_as_much_are_as_relevant():
    found = expected_relevance(believed([[0, 3, 0, 0, 0, 1], [3, 0, 1, 0, 0, 0]], 3.6))
    assert found[0, 1] == found[1, 0] and found[0, 5] == found[1, 2]
    assert found[0, 0] == found[0, 2] == found[1, 5]


def test_a_line_more_makes_its_category_more_relevant_and_the_others_less():
    before, after = expected_relevance(believed([[1, 1, 0], [2, 1, 0]], 3.0))
    assert after[0] > before[0] and (after[1:] < before[1:]).all()


def test_bad_beliefs_are_named():
    with pytest.raises(ValueError, match="believed"):
        expected_relevance([[0.0, 1.0]])
    with pytest.raises(ValueError, match="strength"):
        believed([[1, 0]], 0.0)


def test_every_category_of_the_firm_has_a_column():
    counts = answer_counts(pd.DataFrame({"customer_id": [7], "answer": ["home"]}), OWNER)
    assert counts.columns.tolist() == list(CATEGORIES)


@pytest.mark.parametrize(
    ("alpha", "true"),
    [((58.3,) * 6, 0.857), ((50.6, 48.6, 0.6, 0.6, 0.6, 0.6), 0.945), ((1 / 12,) * 6, 0.2222)],
)
def test_relevance_of_the_well_known_and_of_the_unknown(alpha, true):
    """By drawing many: sharp beliefs need a finer grid, weak ones a longer."""
    draws = np.random.default_rng(1).dirichlet(alpha, 100_000)
    mean = (draws[:, 0] / draws.max(axis=1)).mean()
    found = expected_relevance([alpha])[0, 0]
    assert found == pytest.approx(true, abs=6e-4)
    assert found == pytest.approx(mean, abs=0.004)
