"""Value tiers: by hand, at the borders, and as properties."""

import numpy as np
import pandas as pd
import pytest

from crmlab.analytical.segments import TIERS, Borders, value_tiers


def table(*rows):
    """Rows of (current, strategic, cost to serve)."""
    return pd.DataFrame(rows, columns=["current_eur", "strategic_eur", "cost_to_serve_eur"])


@pytest.fixture
def many():
    rng = np.random.default_rng(3)
    current = rng.gamma(0.6, 40, 1_000)
    return pd.DataFrame(
        {
            "current_eur": current,
            "strategic_eur": current + rng.gamma(0.5, 60, 1_000),
            "cost_to_serve_eur": rng.gamma(2, 8, 1_000),
        },
        index=[f"c{i}" for i in range(1_000)],
    )


def test_each_tier_by_hand():
    found = value_tiers(
        table((90, 95, 5), (10, 80, 5), (2, 3, 5), (12, 13, 5), (11, 12, 5)), Borders(0.2, 0.2)
    )
    assert found["tier"].tolist() == [
        "most valuable", "most growable", "below zero", "other", "other",
    ]  # fmt: skip
    assert found["net_eur"].tolist() == [85, 5, -3, 7, 6]
    assert found["growth_eur"].tolist() == [5, 70, 1, 1, 1]


def test_who_costs_more_now_but_would_pay_if_grown_is_not_below_zero():
    found = value_tiers(table((2, 50, 5), (2, 3, 5)), Borders(0.5, 0.5))
    assert found["tier"].tolist() == ["most growable", "below zero"]


def test_a_loss_is_never_most_valuable():
    found = value_tiers(table((1, 9, 5), (2, 9, 5)), Borders(1.0, 0.0))
    assert found["tier"].tolist() == ["other", "other"]


def test_customers_with_one_value_at_the_border_are_all_left_out():
    """One in two may be most valuable, three share the first place."""
    found = value_tiers(table((9, 9, 0), (9, 9, 0), (9, 9, 0), (1, 1, 0)), Borders(0.5, 0.5))
    assert (found["tier"] == "other").all()


def test_shares_are_kept_and_every_customer_has_one_tier(many):
    found = value_tiers(many, Borders(0.2, 0.1))
    share = found["tier"].value_counts(normalize=True)
    assert share["most valuable"] == 0.2
    assert share["most growable"] == 0.1
    assert found["tier"].notna().all()
    assert list(found["tier"].cat.categories) == list(TIERS)


def test_the_most_valuable_are_worth_more_than_all_others(many):
    found = value_tiers(many)
    best = found["tier"] == "most valuable"
    assert found.loc[best, "net_eur"].min() > found.loc[~best, "net_eur"].max()


def test_a_higher_cost_to_serve_never_takes_anybody_out_of_below_zero(many):
    dear = many.assign(cost_to_serve_eur=many["cost_to_serve_eur"] * 1.5)
    before, after = (value_tiers(t)["tier"] == "below zero" for t in (many, dear))
    assert (after | ~before).all()
    assert after.sum() > before.sum()


def test_the_order_of_rows_does_not_matter(many):
    mixed = value_tiers(many.sample(frac=1, random_state=1)).loc[many.index]
    pd.testing.assert_frame_equal(mixed, value_tiers(many))


def test_bad_input_is_named(many):
    with pytest.raises(ValueError, match="table must have the column 'strategic_eur'"):
        value_tiers(many.drop(columns="strategic_eur"))
    with pytest.raises(ValueError, match="current_eur must be finite, 1 values are not"):
        value_tiers(many.assign(current_eur=many["current_eur"].where(many.index != "c1")))
    with pytest.raises(ValueError, match=r"most_valuable_share must be in \[0, 1\], got 20"):
        Borders(20)
    with pytest.raises(ValueError, match="least_growth_eur must be a finite number >= 0, got -1"):
        Borders(least_growth_eur=-1)
