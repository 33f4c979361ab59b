"""The same customers under every way of one-to-one marketing."""

import pandas as pd
import pytest

from crmlab.experiments import one_to_one_lives as lives
from crmlab.experiments.compare import gross_margin_eur
from crmlab.strategic import one_to_one as o


@pytest.fixture(scope="module")
def firm():
    return lives.Firm(customers=600, weeks=40, seed=5)


def test_the_margins_of_all_customers_add_up_to_the_ledger(firm):
    run = firm.lived(o.plain_mails())
    assert lives.margins(run).sum() == pytest.approx(gross_margin_eur(run))
    assert firm.margin_of_each(o.plain_mails()).mean() == pytest.approx(
        firm.margin_eur(o.plain_mails())
    )


def test_margin_less_cost_is_profit(firm):
    found = lives.compared([firm], [o.plain_mails(), *map(o.face, o.FACES)])
    assert (found["margin_eur"] - found["cost_eur"]).to_numpy() == pytest.approx(
        found["profit_eur"].to_numpy()
    )
    assert found.loc["plain newsletter"].tolist() == [0, 0, 0]
    assert lives.faces([firm]).equals(found.iloc[1:])


def test_classes_of_visits_hold_everybody(firm):
    table = lives.by_visits([firm])
    assert table["customers"].sum() == 600
    weighted = (table["customers"] * table["gain_eur"]).sum() / 600
    gain = firm.margin_eur(o.personalisation()) - firm.margin_eur(o.customisation())
    assert weighted == pytest.approx(gain)


def test_profiles_for_those_whose_gain_covers_them_earn_most(firm):
    """Free profiles earn what they gain; and each costs its upkeep."""
    table = lives.by_visits([firm])
    free = lives.profiles_profit([firm], 0, 0.0)
    assert free == pytest.approx((table["customers"] * table["gain_eur"]).sum())
    assert lives.profiles_profit([firm], 0, 2.0) == pytest.approx(free - 1_200)


def test_doing_nothing_gains_nothing_and_attracting_alone_costs(firm):
    table = lives.steps([firm])
    assert table.loc["nothing"].tolist() == [0, 0, 0]
    assert table.loc["attract", "margin_eur"] == 0
    assert table.loc["attract", "profit_eur"] < 0
    together = table["margin_eur"]["attract + capture + engage"]
    alone = table["margin_eur"][["attract", "capture", "engage"]].sum()
    assert lives.togetherness(firm) == pytest.approx(together - alone)


def test_a_configured_order_may_cost_what_it_brings(firm):
    """At that extra cost the configurator earns nothing."""
    dear = firm.market.replace(configure_eur=lives.dearest_configuration(firm))
    assert lives.configurator_profit(lives.Firm(dear, 600, 40, 5)) == pytest.approx(0, abs=1e-9)
    nobody = firm.market.replace(configure_start=0.0)
    assert lives.dearest_configuration(lives.Firm(nobody, 100, 10, 5)) == 0


def test_a_market_where_nobody_reacts_knows_no_winner():
    table = lives.faces(lives.firms("retail/null", worlds=1, customers=200, weeks=20))
    assert (table["margin_eur"] == 0).all()


def test_the_best_approach_of_a_market_is_named():
    table = lives.faces_by_market({"usual": "retail"}, worlds=1, customers=200)
    earned = table.loc["usual", list(o.FACES)].astype(float)
    assert table.loc["usual", "best"] == earned.idxmax()
    assert isinstance(table, pd.DataFrame)


def test_unusable_settings_are_refused():
    with pytest.raises(ValueError, match="worlds"):
        lives.firms(worlds=0)
    with pytest.raises(ValueError, match="upkeep_eur"):
        lives.profiles_profit([], 3, -1.0)
