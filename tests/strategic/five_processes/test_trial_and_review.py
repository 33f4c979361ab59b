"""Trials by lot, and what a review makes of them: by hand, and the truth found again."""

import numpy as np
import pandas as pd
import pytest

from crmlab.chance import Chance, normal
from crmlab.strategic.five_processes import granularity_pay, learn, lot, reviewed
from crmlab.strategic.five_processes.review import chosen, improvement_shares, worth
from crmlab.strategic.five_processes.trial import LETTER, NOTHING, OFFER, Trial, judged


def trial_rows(n=6_000, offer=0.0, letter_slope=0.0, seed=1):
    """Judged rows in which an offer adds the same to all, and a letter more to who brings more."""
    ids, luck = np.arange(n), Chance(seed)
    weekly = luck.uniform("weekly", ids) * 4
    arm = lot(ids, 0, 1.0, (NOTHING, OFFER, LETTER), luck)
    noise = normal(luck.base("noise", ids))
    effect = np.where(arm == OFFER, offer, np.where(arm == LETTER, letter_slope * weekly - 2.0, 0))
    return pd.DataFrame(
        {
            "weeks_since_order": 1 + 9 * luck.uniform("since", ids),
            "orders": 1 + np.floor(5 * luck.uniform("orders", ids)),
            "mean_order_eur": 20 * weekly,
            "weekly_eur": weekly,
            "before_eur": 26 * weekly,
            "arm": arm,
            "agreed": True,
            "outcome_eur": 26 * weekly + effect + noise,
        }
    )


def test_who_is_drawn_stays_drawn_at_a_larger_share():
    ids, luck = np.arange(2_000), Chance(3)
    few, many = (lot(ids, 0, share, (0, 1), luck) >= 0 for share in (0.1, 0.3))
    assert many[few].all()
    assert many.sum() > few.sum()


def test_no_share_and_no_arms_draw_nobody():
    ids = np.arange(50)
    assert (lot(ids, 0, 0.0, (0, 1), Chance(1)) == -1).all()
    assert (lot(ids, 0, 0.5, (), Chance(1)) == -1).all()


def test_an_outcome_by_hand():
    """Two orders of 10 EUR in the period, 5 EUR off one of them, letters for 3 EUR: 12 EUR."""
    day = pd.to_datetime(["2024-02-01", "2024-02-02", "2024-09-01"])
    orders = pd.DataFrame(
        {"order_id": [1, 2, 3], "customer_id": 7, "ordered_at": day, "margin_eur": 10.0}
    )
    rows = pd.DataFrame({"weekly_eur": [2.0], "arm": [LETTER], "agreed": [True]}, index=[7])
    trial = Trial(rows, np.datetime64("2024-01-01"), np.datetime64("2024-01-01") + 70)
    given = pd.DataFrame({"order_id": [1], "offer_eur": [5.0]})
    table = judged(trial, orders, given, pd.Series({7: 3.0}))
    assert table["outcome_eur"].tolist() == [12.0]
    assert table["before_eur"].tolist() == [20.0]


def test_an_effect_on_all_is_found_again():
    found = learn(trial_rows(offer=1.0), "macro").effects[OFFER]
    assert found["shrunken_eur"].iloc[0] == pytest.approx(1.0, abs=0.15)
    assert found["common_error_eur"].iloc[0] < 0.1


def test_a_line_finds_who_is_worth_a_letter():
    """A letter brings 1 EUR for each EUR a week, and costs 2: it pays above 2 EUR a week."""
    rows = trial_rows(letter_slope=1.0)
    lesson = learn(rows, "one-to-one")
    take = chosen(lesson.expected(rows), rows["agreed"].to_numpy()) == LETTER
    assert take[rows["weekly_eur"] > 2.4].all()
    assert not take[rows["weekly_eur"] < 1.6].any()


def test_caution_never_adds_a_treatment():
    rows = trial_rows(600, letter_slope=1.0)
    lesson = learn(rows, "micro")
    bold, careful = ((lesson.expected(rows, c) > 0).to_numpy() for c in (0.0, 2.0))
    assert not (careful & ~bold).any()


def test_granularity_pays_where_customers_differ():
    pay = granularity_pay(trial_rows(letter_slope=1.0))
    assert pay["one-to-one"] > pay["macro"] + 0.2
    assert pay["micro"] > pay["macro"] + 0.2
    assert reviewed(trial_rows(letter_slope=1.0), (OFFER, LETTER)).granularity != "macro"


def test_doing_nothing_is_worth_nothing():
    rows = trial_rows()
    assert worth(learn(rows, "macro"), rows.assign(agreed=False)) == pytest.approx(0.0, abs=0.2)


def test_few_rows_teach_at_most_about_all():
    assert reviewed(trial_rows(30), (OFFER, LETTER)).granularity == "macro"
    assert reviewed(trial_rows(30).iloc[:0], (OFFER, LETTER)).effects == {}


def test_without_gaps_improvements_are_spread_evenly():
    shares = improvement_shares(pd.Series({"analysis": 0.9, "culture": np.nan}))
    assert shares.tolist() == [0.5, 0.5]
