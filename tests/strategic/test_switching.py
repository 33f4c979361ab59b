"""Switching costs: the formula, spells by hand, and hazards found again."""

import numpy as np
import pandas as pd
import pytest

from crmlab.strategic.switching import (
    Leaving,
    discount_to_leave,
    even_discount,
    fit_leaving,
    leaving_rates,
    spells,
    taught_at,
)

DAY = pd.to_datetime("2024-01-01")


def weeks_later(*weeks):
    return [DAY + pd.Timedelta(weeks=w) for w in weeks]


LIVES = pd.DataFrame(
    {"since": weeks_later(0, 1), "until": weeks_later(10, 6), "left": [False, True]}, index=[7, 8]
)


def test_the_discount_by_hand():
    """(1 + 3)^-0.5 = 1/2, and exp(4 d) = 2 at d = ln 2 / 4."""
    assert discount_to_leave(3, hold=0.5, pull=4.0) == pytest.approx(np.log(2) / 4)
    assert discount_to_leave(0, hold=0.5, pull=4.0) == 0
    assert discount_to_leave([1, 2], hold=0.0, pull=4.0).tolist() == [0, 0]


def test_the_discount_makes_both_hazards_even():
    leaving = Leaving(own=0.0, rival=0.01, pull=5.0, hold=0.6)
    n = np.arange(5)
    assert leaving.rate(n, leaving.discount(n)) == pytest.approx(np.full(5, 0.01))


def test_the_price_sensitive_need_less():
    assert discount_to_leave(2, 0.6, 5, price_sensitivity=2) < discount_to_leave(2, 0.6, 5)


def test_time_is_split_where_something_was_taught():
    """Customer 7 teaches after 2 and 5 of 10 weeks and stays; 8 teaches nothing and leaves."""
    taught = pd.DataFrame({"customer_id": [7, 7], "at": weeks_later(2, 5)})
    found = spells(taught, LIVES, most=1)
    assert found[["customer_id", "taught", "weeks", "left"]].values.tolist() == [
        [7, 0, 2.0, False], [7, 1, 3.0, False], [7, 1, 5.0, False], [8, 0, 5.0, True],
    ]  # fmt: skip
    rates = leaving_rates(found)
    assert rates["rate"].tolist() == [100 / 7, 0.0]


def test_all_time_is_kept_and_what_came_too_late_is_not_counted():
    taught = pd.DataFrame({"customer_id": [8, 8, 99], "at": weeks_later(3, 7, 3)})
    found = spells(taught, LIVES)
    assert found["weeks"].sum() == 15
    assert found["left"].sum() == 1
    assert found["taught"].max() == 1


def test_what_was_taught_are_answers_and_finished_configurations():
    questions = pd.DataFrame({"customer_id": [7, 8], "answered_at": [weeks_later(2)[0], pd.NaT]})
    made = pd.DataFrame({"customer_id": [9, 9], "at": weeks_later(1, 3), "finished": [True, False]})
    found = taught_at(questions, made)
    assert found["customer_id"].tolist() == [9, 7]


def test_an_even_discount_by_hand():
    assert even_discount([0, 0.1, 0.2], [1, 2, 4], free=4) == pytest.approx(0.2)
    assert even_discount([0.0, 0.2], [1.5, 3.0], free=1.5) == 0


def test_hazards_are_found_again_where_all_customers_are_alike():
    true = Leaving(own=0.02, rival=0.01, pull=5.0, hold=0.6)
    grid = [(n, d) for n in range(5) for d in (0.0, 0.1, 0.2, 0.4)]
    cells = pd.DataFrame(grid, columns=["taught", "discount"]).assign(weeks=4e5)
    rate = true.rate(cells["taught"], cells["discount"])
    cells["left"] = np.random.default_rng(1).poisson(rate * cells["weeks"])
    found = fit_leaving(cells)
    assert found.pull == pytest.approx(true.pull, rel=0.1)
    assert found.hold == pytest.approx(true.hold, rel=0.1)
    assert found.own == pytest.approx(true.own, rel=0.1)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: discount_to_leave(-1, 0.6, 5), "taught must be >= 0, got -1"),
        (lambda: discount_to_leave(1, 0.6, 0), "pull must be > 0"),
        (lambda: even_discount([0.1], [1], 1), "at least two different"),
        (lambda: even_discount([0, 0.1], [2, 1], 1), "must rise with the discount"),
        (lambda: spells(pd.DataFrame(), LIVES, most=0), "most"),
        (lambda: fit_leaving(pd.DataFrame({"taught": [1]})), "a column 'discount'"),
        (
            lambda: fit_leaving(pd.DataFrame(
                {"taught": [0, 1], "discount": 0.1, "weeks": 9.0, "left": 1})),
            "discount must differ",
        ),
        (
            lambda: fit_leaving(pd.DataFrame(
                {"taught": [0, 1], "discount": [0.1, 0.2], "weeks": 9.0, "left": 0})),
            "nobody left",
        ),
    ],
)  # fmt: skip
def test_unusable_input_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()
