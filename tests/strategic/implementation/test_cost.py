"""The lecture's cost factors and the cash flows of hosting and owning: by hand."""

from dataclasses import replace

import pytest

from crmlab.strategic.implementation import (
    Prices,
    System,
    break_even_users,
    break_even_years,
    cash_flows,
    cost_eur,
    hosting_saves_eur,
    overruns,
    present_value,
    set_up_days,
)

PRICES = Prices()


def test_each_of_the_first_four_factors_moves_the_days():
    base = System()
    for change in (
        {"kind": "analytical"}, {"users": 90}, {"set_up": "coded"}, {"use": "several departments"}
    ):  # fmt: skip
        assert set_up_days(replace(base, **change)) > set_up_days(base)
    assert set_up_days(replace(base, server="own")) == set_up_days(base)


def test_own_servers_by_hand():
    flows = cash_flows(System(users=100, server="own"), PRICES, years=7)
    assert flows["licence"].tolist() == [90_000.0] + [0.0] * 7
    assert flows["hardware"].to_list()[5] == 12_000
    assert flows["upgrades"].to_list() == [0, 0, 0, 36_000, 0, 0, 36_000, 0]
    assert flows["staff"].to_list()[1] == 32_500


def test_nothing_is_renewed_in_the_last_year():
    flows = cash_flows(System(server="own"), PRICES, years=5)
    assert flows["hardware"].iloc[-1] == 0


def test_the_difference_is_that_of_the_present_values():
    system = System(users=80)
    own, hosted = (cost_eur(replace(system, server=s), PRICES, 6, 0.08) for s in ("own", "hosted"))
    assert hosting_saves_eur(system, PRICES, 6, 0.08) == pytest.approx(own - hosted)
    twice = hosting_saves_eur(system, PRICES, 6, 0.08, [1.0, 2.0])
    assert twice[1] > twice[0]


def test_present_value_by_hand():
    assert present_value([100, 110, 121], 0.1) == pytest.approx(300)
    assert present_value(cash_flows(System(), PRICES, 3), 0.0) == pytest.approx(
        cash_flows(System(), PRICES, 3).to_numpy().sum()
    )


def test_hosting_saves_on_one_side_of_the_border_only():
    border = break_even_users(System(), PRICES, 5, 0.08)
    before, at = (hosting_saves_eur(System(users=u), PRICES, 5, 0.08) for u in (border - 1, border))
    assert before >= 0 > at
    assert break_even_users(System(), replace(PRICES, fee_eur=5.0), 5, 0.08) is None


def test_years_until_owning_is_cheaper():
    assert break_even_years(System(users=10), PRICES, 0.08) is None
    years = break_even_years(System(users=300), PRICES, 0.08)
    assert hosting_saves_eur(System(users=300), PRICES, years, 0.08) < 0


def test_overruns_have_mean_one():
    from crmlab.chance import Chance, normal

    z = normal(Chance(1).base("x", range(20_000)))
    assert overruns(z, 0.3).mean() == pytest.approx(1.0, abs=0.01)


def test_bad_input_is_told():
    with pytest.raises(ValueError, match="server must be one of 'hosted', 'own', got 'cloud'"):
        System(server="cloud")
    with pytest.raises(ValueError, match="rate must be > -1, got -8. 0.08 means 8 %"):
        present_value([1.0], -8)
