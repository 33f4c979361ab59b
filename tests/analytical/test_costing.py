"""What customers cost: by hand, against a known truth, and with bad input."""

import numpy as np
import pandas as pd
import pytest
from sklearn.utils.estimator_checks import check_estimator

import crmlab as crm
from crmlab import Records
from crmlab.analytical.costing import (
    DRIVERS,
    REMEDIES,
    TimeEquation,
    activity_volumes,
    allocate_by_revenue,
    assign_costs,
    compare_profits,
    cost_actions,
    customer_margins,
    ledger_volumes,
    pools_for,
    retail_times,
    whale_curve,
)

TIMES = pd.DataFrame(
    [("pack", "stock", "orders", 4.0), ("pack", "stock", "lines", 1.0),
     ("call", "desk", "calls", 6.0)],
    columns=["activity", "pool", "driver", "minutes"],
)  # fmt: skip
POOLS = pd.DataFrame(
    {"pool": ["stock", "desk"], "cost_eur": [50.0, 60.0], "capacity_minutes": [100.0, 60.0]}
)
VOLUMES = pd.DataFrame(
    {"orders": [2, 1], "lines": [6, 1], "calls": [0, 4]}, index=pd.Index(["Ada", "Bo"])
)


@pytest.fixture(scope="module")
def records():
    mix = crm.policies.newsletter(1)
    return crm.simulate("retail", 400, 40, 7, mix).records


def demanding_firm(customers=3000, seed=1):
    """Margins, volumes and true costs of customers who differ in demandingness."""
    rng = np.random.default_rng(seed)
    orders = rng.poisson(rng.gamma(2.0, 3.0, customers)) + 1
    demand = rng.lognormal(0.0, 0.8, customers)
    volumes = pd.DataFrame(
        {"orders": orders, "lines": orders + rng.poisson(2 * orders),
         "calls": rng.poisson(0.8 * orders * demand)}
    )  # fmt: skip
    revenue = pd.Series(orders * rng.lognormal(3.3, 0.6, customers))
    pools = pools_for(volumes, TIMES, eur_per_minute=0.6, used=1.0)
    return volumes, revenue, 0.5 * revenue, pools


# --- time-driven costs -------------------------------------------------------------------------


def test_costs_and_unused_capacity_by_hand():
    """The stock costs .50 EUR and the desk 1 EUR a minute; 19 of 100 and 24 of 60 are used."""
    costing = assign_costs(VOLUMES, TIMES, POOLS)
    assert costing.costs.to_dict("index") == {
        "Ada": {"pack": 7.0, "call": 0.0},
        "Bo": {"pack": 2.5, "call": 24.0},
    }
    assert costing.cost_eur.tolist() == [7.0, 26.5]
    assert costing.pools["used_minutes"].tolist() == [19.0, 24.0]
    assert costing.pools["unused_eur"].tolist() == [40.5, 36.0]
    assert costing.unused_eur == 76.5
    assert "stock: 19% used at 0.50 EUR a minute" in repr(costing)


def test_assigned_and_unused_cost_add_up_to_the_pools(records):
    volumes = activity_volumes(records)
    pools = pools_for(volumes, retail_times(), used=0.8)
    costing = assign_costs(volumes, retail_times(), pools)
    assert costing.cost_eur.sum() + costing.unused_eur == pytest.approx(pools["cost_eur"].sum())
    assert costing.pools["used_share"].to_numpy() == pytest.approx(0.8)


def test_another_customers_work_never_changes_my_cost():
    """Unlike under full absorption, where an empty house makes everybody dearer."""
    alone = assign_costs(VOLUMES.iloc[:1], TIMES, POOLS)
    assert alone.cost_eur["Ada"] == assign_costs(VOLUMES, TIMES, POOLS).cost_eur["Ada"]


def test_a_pool_beyond_its_capacity_is_said_to_be_so():
    costing = assign_costs(VOLUMES * 10, TIMES, POOLS)
    assert costing.unused_eur < 0
    assert "desk: 400% used at 1.00 EUR a minute: MORE THAN ITS CAPACITY" in repr(costing)
    full = pools_for(VOLUMES * 0.1, TIMES, used=1.0)
    assert "MORE" not in repr(assign_costs(VOLUMES * 0.1, TIMES, full))


def test_a_ledger_gives_the_same_costs_as_the_wide_table():
    ledger = VOLUMES.rename_axis("customer_id").reset_index()
    ledger = ledger.melt("customer_id", var_name="driver", value_name="volume")
    twice = pd.concat([ledger.assign(volume=ledger["volume"] / 2)] * 2).query("volume > 0")
    assert ledger_volumes(twice).loc["Ada", "calls"] == 0
    wide = assign_costs(ledger_volumes(twice), TIMES, POOLS).costs
    pd.testing.assert_frame_equal(
        wide, assign_costs(VOLUMES, TIMES, POOLS).costs, check_names=False
    )


def test_input_is_left_alone():
    copies = [t.copy() for t in (VOLUMES, TIMES, POOLS)]
    assign_costs(VOLUMES, TIMES, POOLS)
    for table, copy in zip((VOLUMES, TIMES, POOLS), copies, strict=True):
        pd.testing.assert_frame_equal(table, copy)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"volumes": VOLUMES.drop(columns="calls")}, "every driver, 'calls' is missing"),
        ({"volumes": VOLUMES * -1.0}, "volumes must have finite 'orders' >= 0, got -2.0"),
        ({"times": TIMES.assign(minutes=np.nan)}, "times must have finite 'minutes' >= 0, got nan"),
        ({"times": TIMES.drop(columns="pool")}, "times must have the column 'pool'"),
        ({"times": TIMES.iloc[:0]}, "times must hold at least one term"),
        ({"pools": POOLS.iloc[:1]}, "pools must hold every pool of times, 'desk' is missing"),
        ({"pools": pd.concat([POOLS, POOLS])}, "one row a pool, got 'stock' twice"),
        ({"pools": POOLS.assign(capacity_minutes=0.0)}, "capacity_minutes > 0, got 0.0"),
        ({"pools": POOLS.assign(cost_eur=-1.0)}, "pools must have finite 'cost_eur' >= 0"),
    ],
)
def test_bad_costing_input_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        assign_costs(**{"volumes": VOLUMES, "times": TIMES, "pools": POOLS} | change)


def test_impossible_pools_are_refused():
    with pytest.raises(ValueError, match=r"used must be in \(0, 1\], got 80. Is this a percentage"):
        pools_for(VOLUMES, TIMES, used=80)
    with pytest.raises(ValueError, match="eur_per_minute must be a finite number > 0, got 0"):
        pools_for(VOLUMES, TIMES, eur_per_minute=0)


def test_a_bad_ledger_is_refused():
    ledger = pd.DataFrame({"customer_id": ["Ada"], "driver": "calls", "volume": [-1.0]})
    with pytest.raises(ValueError, match=r"got -1.0 of 'calls' for customer Ada"):
        ledger_volumes(ledger)
    with pytest.raises(ValueError, match="ledger must have the column 'volume'"):
        ledger_volumes(ledger.drop(columns="volume"))


# --- records -----------------------------------------------------------------------------------


def test_volumes_of_the_market_add_up_to_its_tables(records):
    volumes = activity_volumes(records)
    assert list(volumes) == list(DRIVERS)
    assert volumes.index.tolist() == records.customers["customer_id"].tolist()
    sums = volumes.sum()
    assert sums["orders"] == len(records.orders)
    assert sums["lines"] == len(records.order_lines)
    assert sums["pieces"] == records.order_lines["quantity"].sum()
    assert sums["returns"] == len(records.returns)
    assert sums["visits"] == len(records.sessions)
    assert sums[["emails", "letters", "calls"]].sum() == len(records.messages) > 0


def test_every_return_is_charged_to_who_placed_the_order(records):
    owner = records.orders.set_index("order_id")["customer_id"]
    counts = records.returns["order_id"].map(owner).value_counts()
    volumes = activity_volumes(records)["returns"]
    assert volumes[volumes > 0].to_dict() == counts.to_dict()


def test_margins_take_returns_and_offers_off(records):
    margins = customer_margins(records)
    back, off = records.returns, records.redemptions
    assert margins["margin_eur"].sum() == pytest.approx(
        records.orders["margin_eur"].sum() - back["margin_eur"].sum() - off["offer_eur"].sum()
    )
    assert margins["revenue_eur"].sum() == pytest.approx(
        records.orders["value_eur"].sum() - back["refund_eur"].sum() - off["offer_eur"].sum()
    )


def test_orders_alone_will_do_with_any_ids():
    """The drivers are those that the tables can show; string ids stay as they are."""
    orders = pd.DataFrame({"order_id": [1, 2, 3], "customer_id": ["b", "a", "b"]})
    orders = orders.assign(value_eur=9.0, margin_eur=3.0)
    held = Records({"customers": pd.DataFrame({"customer_id": ["a", "b", "c"]}), "orders": orders})
    assert activity_volumes(held)["orders"].to_dict() == {"a": 1, "b": 2, "c": 0}
    assert customer_margins(held)["margin_eur"].to_dict() == {"a": 3.0, "b": 6.0, "c": 0.0}


def test_a_costing_sees_nothing_after_its_moment(records):
    then = activity_volumes(records.as_of("2024-03-01"))
    later = activity_volumes(records).reindex(then.index)
    assert (then <= later).all().all()
    assert then["orders"].sum() < later["orders"].sum()


def test_records_without_customers_or_orders_are_refused(records):
    with pytest.raises(ValueError, match="records must hold the table 'customers'"):
        activity_volumes(Records({"orders": records.orders}))
    orphans = Records({"customers": records.customers, "order_lines": records.order_lines})
    with pytest.raises(ValueError, match="hold 'order_lines' without 'orders'"):
        activity_volumes(orphans)
    with pytest.raises(ValueError, match="must hold a table to count besides customers"):
        activity_volumes(Records({"customers": records.customers}))


# --- time sheets -------------------------------------------------------------------------------


def sheets(n, noise, seed=3):
    rng = np.random.default_rng(seed)
    volumes = pd.DataFrame(rng.poisson([60, 15, 8], (n, 3)), columns=["orders", "returns", "calls"])
    exact = volumes @ [4.0, 9.0, 6.0] + 30.0
    return volumes, exact * rng.lognormal(0, noise, n) if noise else exact


def test_exact_sheets_give_the_exact_minutes():
    found = TimeEquation().fit(*sheets(20, noise=0))
    assert found.minutes_ == pytest.approx([4.0, 9.0, 6.0])
    assert found.basic_minutes_ == pytest.approx(30.0)
    assert found.feature_names_in_.tolist() == ["orders", "returns", "calls"]
    assert found.predict(pd.DataFrame({"orders": [1], "returns": [0], "calls": [2]})) == (
        pytest.approx([46.0])
    )


def test_noisy_sheets_find_the_minutes_within_their_standard_errors():
    """Over 200 firms, 95 % intervals hold the true minutes about as often as they should."""
    hits = []
    for seed in range(200):
        found = TimeEquation(fit_intercept=False).fit(*sheets(100, noise=0.1, seed=seed))
        assert (found.minutes_ >= 0).all()
        hits.append(np.abs(found.minutes_ - [4.5, 9.0, 6.0])[1:] < 1.96 * found.standard_error_[1:])
    assert 0.85 < np.mean(hits) < 0.99


def test_minutes_are_never_negative_where_least_squares_would_be():
    volumes, minutes = sheets(12, noise=0.4, seed=5)
    plain = np.linalg.lstsq(np.column_stack([volumes, np.ones(12)]), minutes, rcond=None)[0]
    found = TimeEquation().fit(volumes, minutes)
    assert plain.min() < 0 <= found.minutes_.min()
    assert np.isnan(found.standard_error_[found.minutes_ == 0]).all()


def test_noise_in_the_volumes_pulls_the_minutes_down():
    volumes, minutes = sheets(400, noise=0)
    blurred = volumes * np.random.default_rng(1).lognormal(0, 0.4, volumes.shape)
    assert TimeEquation().fit(blurred, minutes).minutes_[0] < 2.0


def test_the_estimator_passes_the_checks_of_scikit_learn():
    results = check_estimator(TimeEquation(), on_skip=None)
    assert {r["status"] for r in results} <= {"passed", "skipped"}
    assert sum(r["status"] == "passed" for r in results) > 40


def test_bad_sheets_are_named():
    with pytest.raises(ValueError, match="sample_weight must be >= 0, got -1"):
        TimeEquation().fit([[1], [2]], [1, 2], sample_weight=[1, -1])


# --- the whale curve ---------------------------------------------------------------------------


def test_the_curve_and_its_figures_by_hand():
    """60, 50, 10, 0, -20: up to 120 of 100; the area under it is 4.6 / 5."""
    whale = whale_curve(pd.Series([0.0, 60.0, -20.0, 10.0, 50.0], index=list("abcde")))
    assert whale.table.index.tolist() == list("bedac")
    assert whale.table["cumulative_eur"].tolist() == [60.0, 110.0, 120.0, 120.0, 100.0]
    assert whale.peak_share == pytest.approx(1.2)
    assert whale.peak_at == 0.6
    assert whale.top_20_share == pytest.approx(0.6)
    assert whale.loss_makers == 0.2
    assert whale.stobachoff == pytest.approx(0.42 / 0.92)


def test_the_index_is_nothing_among_equals_and_half_where_one_has_all():
    assert whale_curve([5.0] * 40).stobachoff == pytest.approx(0.0)
    assert whale_curve([1.0] + [0.0] * 9999).stobachoff == pytest.approx(0.5, abs=1e-3)


def test_the_best_fifth_may_end_between_two_customers():
    assert whale_curve([7.0, 3.0]).top_20_share == pytest.approx(0.4 * 0.7)


def test_a_deeper_loss_never_lowers_peak_or_index():
    """Moving 10 EUR from the worst to the best customer steepens the curve everywhere."""
    profit = np.random.default_rng(1).normal(10, 30, 200)
    steeper = profit.copy()
    steeper[profit.argmax()] += 10
    steeper[profit.argmin()] -= 10
    a, b = whale_curve(profit), whale_curve(steeper)
    assert b.peak_share > a.peak_share
    assert b.stobachoff > a.stobachoff
    assert 0 <= a.stobachoff < 1


def test_without_profit_the_euros_stay_and_the_shares_are_unknown():
    for profit, total in (([10.0, -30.0], -20.0), ([0.1, 0.2, -0.3], 0.0)):
        whale = whale_curve(profit)
        assert whale.total_eur == total
        assert whale.peak_eur == pytest.approx(sum(p for p in profit if p > 0))
        assert np.isnan([whale.peak_share, whale.top_20_share, whale.stobachoff]).all()
        assert whale.table["share_of_profit"].isna().all()
        assert "shares of it mean nothing" in repr(whale)


def test_profits_that_are_no_numbers_are_refused():
    with pytest.raises(ValueError, match="got nan for customer 'b'. Is somebody missing"):
        whale_curve(pd.Series([1.0, np.nan], index=["a", "b"]))
    with pytest.raises(ValueError, match="at least one customer, got none"):
        whale_curve([])


# --- the foil ----------------------------------------------------------------------------------


def test_revenue_spreads_by_hand_and_adds_up():
    spread = allocate_by_revenue(12.0, pd.Series({"a": 30.0, "b": 10.0, "c": -5.0}))
    assert spread.to_dict() == {"a": 9.0, "b": 3.0, "c": 0.0}


def test_spreading_by_revenue_hides_the_loss_makers():
    """With one margin rate for all, either everybody earns or everybody loses."""
    volumes, revenue, margin, pools = demanding_firm()
    true = margin - assign_costs(volumes, TIMES, pools).cost_eur
    foil = margin - allocate_by_revenue(pools["cost_eur"].sum(), revenue)
    assert true.sum() == pytest.approx(foil.sum())
    found = compare_profits(pd.DataFrame({"time": true, "revenue": foil}), true)
    assert found.loc["time", "loss_makers"] > 0.15
    assert found.loc["revenue", "loss_makers"] == 0.0
    assert found.loc["revenue", "worst_decile_found"] < found.loc["time", "worst_decile_found"] == 1


def test_the_more_noise_in_the_drivers_the_less_is_found():
    volumes, _, margin, pools = demanding_firm()
    true = margin - assign_costs(volumes, TIMES, pools).cost_eur
    rng = np.random.default_rng(2)
    noise = rng.normal(size=volumes.shape)
    ways = {}
    for sd in (0.0, 0.3, 0.6, 1.0, 1.5):
        blurred = volumes * np.exp(sd * noise)
        ways[sd] = margin - assign_costs(blurred, TIMES, pools).cost_eur
    found = compare_profits(pd.DataFrame(ways), true)
    assert found.loc[0.0, "sign_accuracy"] == 1.0
    for figure in ("sign_accuracy", "worst_decile_found", "correlation"):
        assert found[figure].is_monotonic_decreasing


def test_two_costings_of_other_customers_cannot_be_compared():
    true = pd.Series(np.arange(12.0))
    with pytest.raises(ValueError, match="the same customers, by index; 2 are in one only"):
        compare_profits(pd.DataFrame({"a": true.iloc[:10]}), true)
    with pytest.raises(ValueError, match="ten customers at least, got 3"):
        compare_profits(pd.DataFrame({"a": true.iloc[:3]}), true)
    with pytest.raises(ValueError, match="one row a customer, got 0 twice"):
        compare_profits(pd.DataFrame({"a": [1.0] * 12}, index=[0] * 12), true)


def test_impossible_revenue_is_refused():
    with pytest.raises(ValueError, match="nothing to spread by"):
        allocate_by_revenue(1.0, pd.Series([0.0, -1.0]))
    with pytest.raises(ValueError, match="revenue_eur must be finite, 1 are missing"):
        allocate_by_revenue(1.0, pd.Series([np.nan, 1.0]))
    with pytest.raises(ValueError, match="cost_eur must be a finite number >= 0, got -1"):
        allocate_by_revenue(-1, pd.Series([1.0]))


# --- actions -----------------------------------------------------------------------------------


def test_each_case_of_the_rule_by_hand():
    costs = pd.DataFrame(
        [[9.0, 2.0], [2.0, 2.0], [5.0, 5.0], [3.0, 1.0], [1.0, 0.0], [1.0, 0.0]],
        columns=["handle returns", "gift wrapping"],
        index=["returner", "below cost", "many small", "heavy", "fine", "best"],
    )
    margin = pd.Series([4.0, -1.0, 1.0, 6.0, 20.0, 50.0], index=costs.index)
    table = cost_actions(costs, margin)
    assert table["action"].to_dict() == {
        "returner": "charge for returns",
        "below cost": "raise the price",
        "many small": "price by the menu",
        "heavy": "price by the menu",
        "fine": "keep",
        "best": "keep",  # of six customers, nobody is a tenth
    }
    assert table["at_most_eur"].to_dict() == {
        "returner": 9.0, "below cost": 0.0, "many small": 10.0, "heavy": 4.0, "fine": 0.0,
        "best": 0.0,
    }  # fmt: skip
    assert table["profit_eur"].is_monotonic_increasing
    assert table.loc["heavy", "reason"] == (
        "earns 2.00 EUR, but handle returns takes 3.00 of the 4.00 EUR that it costs to serve, "
        "above 50% of its margin"
    )
    assert table.loc["below cost", "reason"] == "loses 1.00 EUR before anything is done for it"


def test_every_loss_maker_of_the_market_gets_a_remedy_and_a_reason(records):
    volumes = activity_volumes(records)
    costing = assign_costs(volumes, retail_times(), pools_for(volumes, retail_times()))
    table = cost_actions(costing.costs, customer_margins(records)["margin_eur"])
    assert set(table.index) == set(volumes.index)
    losers = table[table["profit_eur"] < 0]
    assert not losers["action"].isin(["keep", "protect"]).any()
    assert losers["reason"].str.startswith("loses ").all()
    assert (table["action"] == "protect").sum() <= len(table) / 10
    assert set(table["action"]) <= {
        *REMEDIES.values(), "price by the menu", "raise the price", "protect", "keep"
    }  # fmt: skip


def test_actions_without_margin_or_costs_are_refused():
    costs = pd.DataFrame({"call": [1.0]}, index=["Bo"])
    with pytest.raises(ValueError, match="every customer of costs, 'Bo' is missing"):
        cost_actions(costs, pd.Series({"Al": 1.0}))
    with pytest.raises(ValueError, match="heavy_share must be > 0, got 0"):
        cost_actions(costs, pd.Series({"Bo": 1.0}), heavy_share=0)
    with pytest.raises(ValueError, match=r"customers and activities, got shape \(1, 0\)"):
        cost_actions(costs[[]], pd.Series({"Bo": 1.0}))
