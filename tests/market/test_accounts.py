"""The market between firms: what must hold of accounts, strategies and externalities."""

import numpy as np
import pandas as pd
import pytest

from crmlab.chance import Chance
from crmlab.experiments.compare import compare
from crmlab.experiments.effects import effects
from crmlab.market.packs import scenario
from crmlab.market.run import run_market, simulate
from crmlab.policy import Actions
from crmlab.tables import ACCOUNT_TABLES, STRATEGIES

B2B = scenario("b2b")


def always(kind, start=0, who=slice(None)):
    """The same strategy for these accounts at the start of every quarter."""

    def policy(view):
        if view.week % 13 or view.week < start:
            return None
        return Actions(np.sort(view.column("accounts", "customer_id"))[who], kind, "account")

    return policy


def lives(run):
    """The truth of the accounts by account_id, without the shared sums."""
    return run.truth.accounts.set_index("account_id")


def test_every_table_keeps_its_contract():
    """Columns, dtypes and keys are those of tables.py, and only tables of this market are there."""
    run = simulate(B2B, 80, 40, 2, always("enhance"))
    run.records.check()
    assert set(run.records) == set(ACCOUNT_TABLES)
    assert all(len(run.records[name]) for name in ACCOUNT_TABLES)


def test_the_same_seed_gives_the_same_run():
    """A run is a function of its arguments."""
    one, two = (simulate(B2B, 60, 30, 5, always("protect")) for _ in range(2))
    for name in ACCOUNT_TABLES:
        pd.testing.assert_frame_equal(one.records[name], two.records[name])
    pd.testing.assert_frame_equal(one.ledger, two.ledger)


def test_profit_is_what_accounts_contribute_less_fixed_cost():
    """The ledger and the truth of the accounts add up to the same, without discounting."""
    run = simulate(B2B.replace(discount_per_year=0.0), 60, 30, 5, always("protect"))
    table = run.truth.accounts
    fixed = run.ledger.loc[run.ledger["cause"] == "fixed cost", "eur"].sum()
    assert run.profit == pytest.approx(table["contribution_eur"].sum() + fixed, abs=1.0)
    parts = table["margin_eur"] - table["serving_eur"] - table["strategy_eur"]
    assert np.allclose(parts, table["contribution_eur"])


def test_volume_at_list_price_is_share_times_wallet():
    """Over many accounts the invoiced value is wallet x share x net price."""
    market = B2B.replace(
        discount_sd=0.0, discount_by_size=0.0, leaving_rate=0.0, contact_leaves=0.0,
        inbound_rate=0.0, growth_sd=0.0,
    )  # fmt: skip
    run = simulate(market, 3_000, 13, 4)
    table = run.truth.accounts
    expected = (table["wallet_eur"] * table["first_share"]).sum() * 0.9
    assert run.records.orders["value_eur"].sum() == pytest.approx(expected, rel=0.03)


def test_strategies_change_nobody_in_the_null_market():
    """What accounts buy and when they leave is the same under any strategy but ending."""
    null = scenario("b2b/null")
    quiet = simulate(null, 80, 60, 3)
    for kind in set(STRATEGIES) - {"end"}:
        busy = simulate(null, 80, 60, 3, always(kind))
        assert busy.records.orders.equals(quiet.records.orders), kind
        assert busy.records.account_events.equals(quiet.records.account_events), kind
        assert len(busy.records.treatments), kind


def test_a_strategy_for_some_leaves_the_luck_of_the_others_alone():
    """Without influence between accounts, only the treated ones live another life."""
    market = B2B.replace(influence=0.0, scale_economy=0.0, inspiration_gain=0.0, word_of_mouth=0.0)
    quiet, busy = (
        simulate(market, 80, 60, 3, p) for p in (None, always("protect", 0, slice(0, 20)))
    )
    treated = set(busy.records.treatments["customer_id"])
    columns = ["customer_id", "ordered_at", "value_eur"]
    one, other = (r.records.orders[columns] for r in (quiet, busy))
    alone = ~one["customer_id"].isin(treated), ~other["customer_id"].isin(treated)
    pd.testing.assert_frame_equal(
        one[alone[0]].reset_index(drop=True), other[alone[1]].reset_index(drop=True)
    )
    assert not one[~alone[0]].reset_index(drop=True).equals(other[~alone[1]].reset_index(drop=True))


def test_protected_accounts_stay_longer():
    """Nobody leaves earlier, some later."""
    quiet, busy = (simulate(B2B, 400, 104, 3, p) for p in (None, always("protect")))
    left = [lives(r)["status"].eq("lost").sum() for r in (quiet, busy)]
    assert left[1] < 0.8 * left[0]


def test_enhanced_accounts_buy_a_larger_share():
    """The share of the wallet is larger where it was enhanced, within the ceiling."""
    quiet, busy = (lives(simulate(B2B, 300, 39, 3, p)) for p in (None, always("enhance")))
    both = (quiet["status"] == "customer") & (busy["status"] == "customer")
    assert (busy["share"] - quiet["share"])[both].mean() > 0.03
    assert busy["share"].max() <= B2B.share_ceiling


def test_reengineering_saves_work_once_and_for_good():
    """Serving costs fall though it is paid for once only."""
    once = lambda view: always("re-engineer")(view) if view.week == 0 else None  # noqa: E731
    quiet, busy = (simulate(B2B, 200, 39, 3, p) for p in (None, once))
    cost = [r.truth.accounts["serving_eur"].sum() for r in (quiet, busy)]
    assert 0.6 * cost[0] < cost[1] < 0.95 * cost[0]


def test_harvesting_raises_the_price_and_lets_the_relationship_decay():
    """A higher margin at first, a weaker relationship in the end."""
    quiet, busy = (simulate(B2B, 300, 26, 3, p) for p in (None, always("harvest")))
    assert busy.profit > quiet.profit
    assert lives(busy)["relation"].mean() < lives(quiet)["relation"].mean() - 0.05


def test_ended_accounts_order_no_more_and_the_neighbours_hear_of_it():
    """No orders, no work; relationships of others suffer; fixed cost stays."""
    run = simulate(B2B, 100, 30, 3, always("end", 13, slice(0, 40)))
    ended = run.records.account_events.query("event == 'ended'").set_index("customer_id")["at"]
    assert len(ended) > 10
    orders = run.records.orders[run.records.orders["customer_id"].isin(ended.index)]
    assert (orders["ordered_at"] < ended[orders["customer_id"]].to_numpy()).all()
    quiet = simulate(B2B, 100, 30, 3)
    stays = lives(run)["status"] == "customer"
    gap = (lives(run)["relation"] - lives(quiet)["relation"])[stays]
    assert gap.min() < -0.02
    fixed = [r.ledger.loc[r.ledger["cause"] == "fixed cost", "eur"].sum() for r in (run, quiet)]
    assert fixed[0] == fixed[1]


def test_win_back_and_start_win_some():
    """Lost accounts return, prospects are won; both only where that can be."""
    for kind, event in (("win back", "won back"), ("start", "won")):
        run = simulate(B2B.replace(leaving_rate=0.006, inbound_rate=0.0), 200, 80, 3, always(kind))
        assert (run.records.account_events["event"] == event).sum() > 3
    reasons = set(run.records.refusals["reason"])
    assert reasons == {"is no prospect"}


def test_closed_industries_open_with_a_leading_house():
    """Prospects there are hardly ever won before a door opener is a customer."""
    market = B2B.replace(door_share=0.0, locked_factor=0.0, inbound_rate=0.0)
    run = simulate(market, 200, 60, 3, always("start"))
    table = lives(run)
    won = table[(table["first_share"] == 0) & (table["status"] == "customer")]
    assert len(won) > 20
    assert not set(won["industry"]) & {"electronics", "hospitals"}


def test_an_account_that_never_existed_takes_its_influence_along():
    """Others keep their luck; without a benchmark its followers, and only they, fare worse."""
    market = B2B.replace(scale_economy=0.0, inspiration_gain=0.0, influence=4.0, word_of_mouth=0.0)
    root = Chance(3)

    def go(without=()):
        return run_market(market, 300, 104, 3, root.split("people"), root.split("luck"), None,
                          without=without)  # fmt: skip

    whole = go()
    table = lives(whole)
    star = table["followers"][:300].idxmax()
    key = whole.truth.account_identity.set_index("account_id").loc[star, "customer_id"]
    table_without = lives(go([key]))
    assert star not in table_without.index
    loss = table["contribution_eur"].drop(star) - table_without["contribution_eur"]
    hit = loss[loss.abs() > 1e-6]
    assert len(hit)
    assert set(table.loc[hit.index, "follows_id"]) == {star}
    assert loss.sum() > 0


def test_volume_makes_goods_cheaper_for_all():
    """Without the largest account every other order earns less."""
    whole = simulate(B2B, 40, 26, 3)
    size = whole.records.orders.groupby("customer_id")["value_eur"].sum()
    root = Chance(3)
    rest = run_market(B2B, 40, 26, 3, root.split("people"), root.split("luck"), None,
                      without=[size.idxmax()])  # fmt: skip
    rate = [
        o["margin_eur"].sum() / o["value_eur"].sum()
        for o in (
            whole.records.orders.query(f"customer_id != {size.idxmax()}"),
            rest.records.orders,
        )
    ]
    assert rate[1] < rate[0] - 0.001


def test_better_data_are_nearer_to_the_truth():
    """Judgements, wallets and counts with small errors agree better with the truth."""
    agreement = []
    for error in (0.3, 3.0):
        run = simulate(B2B.replace(data_error=error), 300, 13, 3)
        table = run.records.assessments.merge(run.truth.account_identity).merge(
            run.truth.accounts[["account_id", "relation"]]
        )
        ours = table[table["relationship"] > 0]
        agreement.append(ours["relationship"].corr(ours["relation"]))
    assert agreement[0] > 0.9 > agreement[1] + 0.2


def test_the_budget_is_a_limit_and_priority_decides():
    """Rows beyond the budget are refused, the first by priority are carried out."""

    def policy(view):
        ids = np.sort(view.column("accounts", "customer_id"))[:6]
        return Actions(ids, "protect", "account", priority=np.arange(6))

    market = B2B.replace(prospect_share=0.0)
    run = simulate(market, 10, 1, 3, policy, budget_eur=3_100)
    ids = np.sort(run.records.accounts["customer_id"])[:6]
    assert list(run.records.treatments["customer_id"]) == sorted(ids[4:])
    assert (run.records.refusals["reason"] == "beyond the budget").sum() == 4


def test_a_second_strategy_for_one_account_is_refused():
    """One account, one strategy a week: that with the higher priority."""

    def policy(view):
        one = view.column("accounts", "customer_id")[:1]
        return Actions(np.repeat(one, 2), ["protect", "harvest"], "account", priority=[1, 2])

    run = simulate(B2B.replace(prospect_share=0.0), 5, 1, 3, policy)
    assert list(run.records.treatments["strategy"]) == ["harvest"]
    assert list(run.records.refusals["reason"]) == ["another strategy was chosen for it"]


def test_accounts_can_be_compared_and_their_effects_found():
    """`compare` and `effects` work as they do with people."""
    table = compare({"nothing": None, "protect": always("protect")}, B2B, 40, 26, worlds=3).table
    assert list(table["policy"]) == ["nothing", "protect"]
    found = effects(B2B, always("protect"), customers=20, weeks=26, draws=3)
    assert 0 < found["cost_eur"].max() <= 2 * B2B.prices.of_strategy("protect")
    assert found.index.name == "account_id"


def test_records_as_of_a_week_are_what_the_policy_saw():
    """Table by table, nothing later in them."""
    seen = {}

    def watch(view):
        if view.week in (9, 27):
            seen[view.week] = {name: view.frame(name) for name in ACCOUNT_TABLES}
        return always("enhance")(view)

    run = simulate(B2B, 60, 40, 3, watch)
    for week, frames in seen.items():
        past = run.records.as_of(week)
        for name in ACCOUNT_TABLES:
            pd.testing.assert_frame_equal(frames[name], past[name], check_dtype=False)


def test_a_whale_like_kanthals_is_in_the_calibrated_market():
    """After fixed cost by use of work: 225 % of the profit from the best fifth (published)."""
    sc = scenario("b2b/calibrated")
    shares = []
    for seed in (3, 4):
        table = simulate(sc, 1_500, 52, seed).truth.accounts.query("margin_eur != 0")
        fixed = sc.fixed_eur * 4 * 1_500 * table["serving_eur"] / table["serving_eur"].sum()
        profit = np.sort((table["contribution_eur"] - fixed).to_numpy())[::-1]
        count = len(profit)
        shares.append([profit[: count // 5].sum(), profit[count * 9 // 10 :].sum()] / profit.sum())
    best, worst = np.mean(shares, axis=0)
    assert best == pytest.approx(2.25, abs=0.25)
    assert worst == pytest.approx(-1.25, abs=0.25)


@pytest.mark.parametrize(
    ("without", "words"), [([5], "run.records.accounts"), ([-3], "customer_ids of this market")]
)
def test_unknown_accounts_cannot_be_left_out(without, words):
    """The message says where the keys are."""
    with pytest.raises(ValueError, match=words):
        run_market(B2B, 10, 1, 3, Chance(1), Chance(2), None, without=without)


def test_a_bad_field_names_itself():
    """As in the market of people."""
    with pytest.raises(ValueError, match=r"share_ceiling must be in \[0.01, 1\], got 90"):
        B2B.replace(share_ceiling=90)
    with pytest.raises(TypeError, match="influense.*influence"):
        B2B.replace(influense=1)
