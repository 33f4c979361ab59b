"""Return on Customer: by hand, and what hindsight does to it."""

import pytest

import crmlab as crm
from crmlab.strategic.return_on_customer import (
    ReturnOnCustomer,
    customer_equity,
    return_on_customer,
)


@pytest.fixture(scope="module")
def records():
    return crm.simulate("retail", 600, 60, 3).records


def test_the_return_by_hand():
    """20 earned, equity down from 100 to 90: (20 - 10) / 100."""
    found = ReturnOnCustomer(20.0, 100.0, 90.0)
    assert found.rate == pytest.approx(0.10) and found.change_eur == -10


def test_profit_can_hide_a_loss():
    assert (
        ReturnOnCustomer(20.0, 100.0, 70.0).rate < 0 < ReturnOnCustomer(20.0, 100, 70).cash_flow_eur
    )


@pytest.mark.parametrize("values", [(1.0, 0.0, 1.0), (float("nan"), 1.0, 1.0)])
def test_no_return_on_nothing(values):
    with pytest.raises(ValueError, match="must be"):
        ReturnOnCustomer(*values)


def test_equity_falls_as_customers_leave(records):
    """By one and the same model: seen from the end."""
    assert customer_equity(records, 30, seen_from=55) > customer_equity(records, 55) > 0


def test_without_hindsight_only_the_past_is_read(records):
    assert customer_equity(records, 30) == customer_equity(records.as_of(30), 30)
    assert customer_equity(records, 30) != customer_equity(records, 30, seen_from=60)


def test_the_return_is_put_together_from_its_parts(records):
    found = return_on_customer(records, 30, 55, 1_000.0, opening_seen_from=55)
    assert found.opening_eur == customer_equity(records, 30, 55)
    assert found.closing_eur == customer_equity(records, 55)
    assert found.cash_flow_eur == 1_000.0


def test_bad_weeks_and_rates_are_named(records):
    with pytest.raises(ValueError, match="until"):
        return_on_customer(records, 30, 30, 0.0, 30)
    with pytest.raises(ValueError, match="seen_from"):
        customer_equity(records, 30, seen_from=20)
    with pytest.raises(ValueError, match="discount_per_year"):
        customer_equity(records, 30, discount_per_year=10)
