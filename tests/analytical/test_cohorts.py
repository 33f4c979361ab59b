"""Who comes back: by hand, on logs small enough to read."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab.analytical.cohorts import (
    VERDICTS,
    came_back,
    cohort_activity,
    judge_silence,
    log_end,
    repeat_counts,
    return_rates,
    share_by_part,
    weekly_repeats,
)
from crmlab.records import Records


def log(*rows):
    """Orders (customer, date), 10 EUR each."""
    return pd.DataFrame(rows, columns=["who", "on"]).assign(eur=10.0)


def records(*rows):
    return Records.from_transactions(log(*rows), "who", "on", "eur")


SMALL = [(1, "2024-01-01"), (2, "2024-01-01"), (1, "2024-01-22"), (3, "2024-02-05"),
         (2, "2024-02-20"), (4, "2024-02-26")]  # fmt: skip


def test_the_silent_who_came_back_by_hand():
    """Seen on 5 February: 1 silent for two weeks, 2 for five; only 2 comes back."""
    table = came_back(records(*SMALL), "2024-02-05", horizon_weeks=3)
    assert table["customer_id"].tolist() == [1, 2]
    assert table["orders"].tolist() == [2, 1]
    assert table["weeks_silent"].tolist() == [2.0, 5.0]
    assert table["came_back"].tolist() == [False, True]
    assert judge_silence(table, 5).to_dict() == dict(zip(VERDICTS, [0, 1, 0, 1], strict=True))


def test_what_happens_later_changes_nothing_that_was_known():
    """An order after the horizon leaves every row alone: no leak."""
    known = came_back(records(*SMALL), "2024-01-25", horizon_weeks=2)
    later = came_back(records(*SMALL, (1, "2024-03-01")), "2024-01-25", horizon_weeks=2)
    pd.testing.assert_frame_equal(known, later)


def test_the_horizon_ends_before_its_last_moment():
    """An order exactly three weeks later is too late."""
    table = came_back(records((1, "2024-01-01"), (1, "2024-01-29")), "2024-01-08", 3)
    assert table["later_orders"].tolist() == [0]


def test_the_default_moment_leaves_just_the_horizon():
    """The log ends with 26 February, so two weeks before it is the 13th."""
    table = came_back(records(*SMALL), horizon_weeks=2)
    assert table["customer_id"].tolist() == [1, 2, 3]
    assert came_back(records(*SMALL), "2024-02-13", 2).equals(table)


def test_nobody_is_said_to_have_stayed_away_after_the_end_of_the_log():
    with pytest.raises(ValueError, match="the log ends on 2024-02-27, before 26 weeks"):
        came_back(records(*SMALL), "2024-02-05")
    with pytest.raises(ValueError, match="horizon_weeks must be >= 1, got 0"):
        came_back(records(*SMALL), "2024-02-05", 0)


def test_an_empty_log_has_no_end():
    with pytest.raises(ValueError, match="at least one order"):
        log_end(log().rename(columns={"on": "ordered_at"}))


def test_return_rates_by_orders_so_far():
    table = came_back(records(*SMALL), "2024-02-05", 3)
    rates = return_rates(table, 1)
    assert rates.iloc[:2].tolist() == [1.0, 0.0]
    assert np.isnan(rates.iloc[2])


def test_cohorts_by_hand():
    """Two of January's first week, of whom one ordered again in the fourth week."""
    table = cohort_activity(records(*SMALL).orders, period_weeks=4)
    assert table.index.tolist() == ["2024-01-01", "2024-01-29"]
    assert table["customers"].tolist() == [2, 1]
    assert table[1].tolist()[0] == 0.5
    assert np.isnan(table[1].tolist()[1])


def test_fifths_add_up_and_the_best_comes_first():
    parts = share_by_part([1.0, 2.0, 3.0, 4.0], parts=2)
    assert parts.index.tolist() == [1, 2]
    assert parts.tolist() == pytest.approx([0.7, 0.3])


@given(st.lists(st.floats(0.01, 1e6), min_size=5, max_size=60))
def test_parts_fall_and_add_up_to_one(values):
    parts = share_by_part(values)
    assert parts.sum() == pytest.approx(1)
    assert len(values) % 5 or (parts.diff().dropna() <= 1e-9).all()


@pytest.mark.parametrize(("values", "parts"), [([1.0], 5), ([0.0, 0.0], 1), ([], 1)])
def test_no_parts_of_too_few_customers_or_of_nothing(values, parts):
    with pytest.raises(ValueError, match="must"):
        share_by_part(values, parts)


def test_orders_of_one_day_are_one_purchase():
    orders = records((1, "2024-01-01"), (1, "2024-01-01"), (1, "2024-01-05"), (2, "2024-01-03"))
    assert repeat_counts(orders.orders, "2024-02-01", most=3).tolist() == [1, 1, 0, 0]
    assert repeat_counts(orders.orders, "2024-01-05", most=3).tolist() == [2, 0, 0, 0]


def test_repeat_orders_leave_out_each_first_order():
    assert weekly_repeats(records(*SMALL).orders, weeks=9).tolist() == [0, 0, 0, 1, 0, 0, 0, 1, 0]
