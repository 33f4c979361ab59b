"""The league of the lecture models: the same worlds, the same budget, a table and a map."""

import pandas as pd
import pytest

from crmlab.experiments import league


def test_every_model_plays_and_keeps_to_the_budget():
    """All names in the table; without prospects for sale nobody wins any."""
    rows = league.play(league.market("retail", "textbook"), [5], customers=120, weeks=50)
    assert rows["model"].tolist() == list(league.models())
    table = league.table(rows)
    assert set(table.index) == set(league.models()) - {league.NOTHING}
    assert table["first"].sum() <= 1
    assert table["gain_eur"].is_monotonic_decreasing


def test_where_nobody_reacts_no_model_earns_anything():
    """In the null market whatever is spent is lost."""
    rows = league.play(league.market("retail", "null"), [5], customers=120, weeks=40)
    assert (league.table(rows)["gain_eur"] <= 1e-9).all()


def test_the_table_counts_first_places_by_hand():
    """Two worlds: one won by a, one by doing nothing."""
    rows = pd.DataFrame(
        {
            "seed": [1, 1, 1, 2, 2, 2],
            "model": ["nothing", "a", "b"] * 2,
            "profit_eur": [1.0, 3.0, 2.0, 5.0, 4.0, 1.0],
        }
    )
    table = league.table(rows)
    assert table["gain_eur"].to_dict() == {"a": 0.5, "b": -1.5}
    assert table["first"].to_dict() == {"a": 1, "b": 0}
    spots = league.winners(rows.assign(tolerance=0.7, dearer=2.0))
    assert spots[["model", "second", "lead_eur"]].to_numpy().tolist() == [["a", "nothing", 0.5]]
    assert not spots["sure"].any()  # 2 and -1 EUR: an interval of two worlds is wide
    with pytest.raises(ValueError, match="the models of played must hold 'nothing'"):
        league.table(rows[rows["model"] != "nothing"])
    with pytest.raises(ValueError, match="played must hold 'profit_eur'"):
        league.over_nothing(rows.drop(columns="profit_eur"))


def test_a_lead_is_sure_only_against_every_other_model():
    """The second by the mean is behind in each world, a noisier third is not."""
    gains = pd.DataFrame(
        {"nothing": [0.0, 0, 0, 0], "a": [5.0, 5.1, 4.9, 5.0], "b": [4.0, 4.1, 3.9, 4.0]}
    )
    assert league.leader(gains)["sure"]
    best = league.leader(gains.assign(c=[9.0, 9.0, -2.0, -2.0]))
    assert (best["model"], best["second"], best["sure"]) == ("a", "b", False)
    assert best["lead_eur"] == pytest.approx(1.0)


def test_a_market_of_the_league_is_named():
    """A slip of the pen names the nearest."""
    assert league.market("retail", league.UNREADY).firm
    assert league.market("retail", "textbook", league.OPEN).pool_prospects > 0
    assert league.market("retail", "textbook").pool_prospects == 0
    with pytest.raises(ValueError, match="season must be one of"):
        league.market("retail", "textbook", "spring")
    with pytest.raises(ValueError, match="pack must be one of"):
        league.market("b2b", "textbook")


@pytest.fixture(scope="module")
def lived():
    """One small world as all models lived through it."""
    return league.lives(league.market("retail", "textbook", league.OPEN), 5, 120, 50)


def test_what_is_spent_adds_up_to_the_profit(lived):
    """Margin less every cost is the difference of profits, and nobody spends over the budget."""
    table = league.spent(lived)
    base = lived[league.NOTHING].profit
    for name, row in table.iterrows():
        assert row["profit"] == pytest.approx((lived[name].profit - base) / 120, abs=1e-4)
    acting = table.drop(columns=["margin", "profit", "offers redeemed"], errors="ignore")
    assert (acting.sum(axis=1) <= league.WEEKLY_EUR * 50 + 1e-6).all()
    with pytest.raises(ValueError, match="lived must hold 'nothing'"):
        league.spent({"IDIC": lived["IDIC"]})


def test_one_customer_has_a_life_with_each_model(lived):
    """Messages, orders and margin are those of the records."""
    orders = lived["IDIC"].records.orders
    customer = int(orders["customer_id"].value_counts().index[0])
    table = league.one_customer(lived, customer)
    assert list(table.index) == list(lived)
    assert table.loc["IDIC", "orders"] == (orders["customer_id"] == customer).sum()
    assert table.loc[league.NOTHING].drop(["orders", "margin_eur"]).sum() == 0


def test_the_stored_leagues_are_whole():
    """Every model in every world of every market, over enough worlds."""
    for season in league.SEASONS:
        gains = league.gains(season)
        assert list(gains.index) == list(league.models())
        assert not gains.isna().any(axis=None) and (gains.loc[league.NOTHING] == 0).all()
        leaders = league.leaders(season)
        assert leaders["model"].tolist() == gains.round(4).idxmax().tolist()
        assert leaders["sure"].any() and not leaders["sure"].all()
    worlds = league.played("retail", "textbook").groupby("model")["seed"].nunique()
    assert (worlds == league.WORLDS).all()
    chart = league.played_map()
    chart["profit_eur"] = 0.0  # a copy: what is stored stays as it is
    chart = league.played_map()
    assert (chart.groupby(["tolerance", "dearer", "model"]).size() == league.MAP_WORLDS).all()
    spots = league.winners(chart)
    assert len(spots) == len(league.TOLERATED) * len(league.DEARER)


@pytest.mark.parametrize("pack", league.PACKS)
def test_a_stored_world_is_what_is_played_today(pack):
    """One world of each pack anew, with the cheaper models; else run make claims."""
    names = ["nothing", "mass marketing", "portfolio strategies", "value chain", "REAP"]
    stored = league.played(pack, league.UNREADY, league.OPEN)
    seed = int(stored["seed"].iloc[0])
    again = league.play(league.market(pack, league.UNREADY, league.OPEN), [seed], names)
    kept = stored[stored["seed"] == seed].set_index("model").loc[names]
    assert again["profit_eur"].to_numpy() == pytest.approx(kept["profit_eur"], abs=1e-3)


def test_a_stored_world_of_the_map_is_what_is_played_today():
    """The dearest prospects and the most patient customers, with IDIC."""
    stored = league.played_map()
    mine = stored[(stored["tolerance"] == 1.4) & (stored["dearer"] == 10.0)]
    seed = int(mine["seed"].iloc[0])
    again = league.play(league.map_market(1.4, 10.0), [seed], ["nothing", "IDIC"])
    kept = mine[mine["seed"] == seed].set_index("model").loc[["nothing", "IDIC"]]
    assert again["profit_eur"].to_numpy() == pytest.approx(kept["profit_eur"], abs=1e-3)
