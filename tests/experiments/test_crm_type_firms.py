"""The stored firms are what their numbers give, and rules are judged as they should be."""

import numpy as np
import pandas as pd
import pytest

from crmlab.experiments.crm_type_firms import (
    CHOICES,
    FIRMS,
    build,
    business_of,
    draw_hidden,
    draw_profile,
    firm_row,
    judged_rules,
    profile_of,
    regrets,
    stored_firms,
    value_by,
)
from crmlab.strategic.crm_types import advice


@pytest.mark.parametrize("firm", [4, 7])
def test_a_stored_row_is_made_again(firm):
    row, made = stored_firms().loc[firm], firm_row(firm)
    for name in CHOICES:
        assert made[name] == pytest.approx(row[name], abs=0.011)
    assert made["advice"] == row["advice"]


def test_the_advice_follows_from_the_stored_profile():
    firms = stored_firms()
    assert len(firms) <= FIRMS
    assert [advice(profile_of(row)) for _, row in firms.iterrows()] == firms["advice"].tolist()


def test_half_of_the_firms_value_data_and_all_kinds_come_up():
    drawn = [draw_profile(n) for n in range(400)]
    assert 0.4 < np.mean([p.data_driven for p in drawn]) < 0.6
    assert {p.kind for p in drawn} == {"shop", "service provider", "account-based"}
    assert {p.departments for p in drawn} == {1, 2, 3, 4}


def test_a_profile_reaches_the_market():
    profile = draw_profile(0)
    firm = business_of(profile, draw_hidden(0))
    assert firm.base.departments == profile.departments
    assert firm.market.tolerance_median == draw_hidden(0)["tolerance_median"]


def test_regret_is_what_the_best_type_brings_more():
    firms = pd.DataFrame([[5.0, 1.0, -2.0, 3.0]], columns=list(CHOICES))
    assert regrets(firms, pd.Series(["collaborative"]))[0] == 2.0
    assert regrets(firms, pd.Series(["strategic"]))[0] == 0.0


def test_lot_is_right_once_in_four():
    assert judged_rules(stored_firms()).loc["by lot", "right"] == 0.25


def test_firms_are_grouped_by_one_trait_or_several():
    firms = stored_firms()
    one, two = value_by(firms, "kind"), value_by(firms, ["kind", "departments"])
    assert one["firms"].sum() == two["firms"].sum() == len(firms)
    weighed = (two["strategic"] * two["firms"]).groupby("kind").sum() / one["firms"]
    assert np.allclose(weighed, one["strategic"])


def test_a_begun_table_is_taken_over():
    begun = stored_firms().head(3)
    assert build(3, begun).equals(begun)
