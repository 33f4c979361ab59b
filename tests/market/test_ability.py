"""Capabilities of the firm: neutral unless described, and each one counts."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from crmlab.market.ability import EFFECTS, NAMES, RESTS_ON, mixed, under
from crmlab.market.packs import DESK, firm, scenario
from crmlab.market.run import simulate
from crmlab.market.scenario import Scenario
from crmlab.policy import Actions
from crmlab.tables import CAPABILITIES

SHOP = scenario("retail").replace(intake_weeks=26, **DESK)


def only(name, reality, intention=1.0):
    """A firm that lacks nothing but one thing."""
    return SHOP.replace(firm=((name, max(intention, reality), reality),))


def busy(view):
    """Mails about a product to all who agreed, and prospects from two pools."""
    return Actions.concat(
        [
            Actions(view.agreed(), product_id=1 + view.week % 72),
            Actions([1, 2], "acquire", "pool", spend_eur=20.0),
        ]
    )


def test_every_capability_has_an_effect_and_what_it_rests_on():
    """No name without a mechanism, no mechanism without a name, and no circle."""
    assert set(EFFECTS) == set(RESTS_ON) == set(CAPABILITIES)
    fields = {f.name for f in dataclasses.fields(Scenario)}
    for effects in EFFECTS.values():
        assert effects
        for effect in effects:
            assert effect.field in fields
            assert effect.how in ("times", "plus")
            assert effect.sort in ("error", "latency", "quality", "cost")
    placed: set[str] = set()
    while len(placed) < len(NAMES):
        free = {n for n in NAMES if set(RESTS_ON[n]) <= placed} - placed
        assert free, "capabilities rest on each other in a circle"
        placed |= free


def test_a_firm_without_a_lack_is_the_market_as_it_was():
    """All realities at 1, or no firm at all: the same bytes."""
    plain, able = (simulate(sc, 300, 30, 3, busy) for sc in (SHOP, SHOP.replace(firm=firm(1.0))))
    for name in ("orders", "messages", "responses", "cases", "interactions", "customers"):
        pd.testing.assert_frame_equal(plain.records[name], able.records[name], check_exact=True)
    assert plain.profit == able.profit


def test_a_lack_moves_its_fields_towards_the_worse_and_no_others():
    """Half of a capability: half of the distance to what it is without it."""
    for name in NAMES:
        reality = np.ones(len(NAMES))
        reality[NAMES.index(name)] = 0.5
        changed = SHOP.differences(under(SHOP, reality))
        assert set(changed) <= {effect.field for effect in EFFECTS[name]}
        assert changed
    half = under(SHOP, np.where(np.array(NAMES) == "analysis", 0.5, 1.0))
    assert half.no_insight == pytest.approx(0.5 * EFFECTS["analysis"][0].size)


def lateness(run):
    """Seconds that deliveries came late, on average."""
    sent = run.records.deliveries
    return (sent["delivered_at"] - sent["promised_at"]).dt.total_seconds().clip(lower=0).mean()


def refused(reason):
    """How many actions were refused for this reason."""
    return lambda run: (run.records.refusals["reason"] == reason).sum()


def cost(cause):
    """EUR paid for this cause; for income, EUR missed."""
    return lambda run: -run.ledger.loc[run.ledger["cause"] == cause, "eur"].sum()


def answered(run):
    """The answers of the desk."""
    return run.records.interactions.query("contact == 'answered'")


def mixed_up(run):
    """Mailings in which not all customers were shown the same product."""
    return run.records.messages.groupby("sent_at")["product_id"].nunique().gt(1).sum()


def shared_after(run):
    """Seconds until others saw a case."""
    cases = run.records.cases
    return (cases["known_at"] - cases["opened_at"]).dt.total_seconds().mean()


TRACES = {
    "leadership": refused("put off"),
    "process_discipline": refused("not carried out"),
    "targeting": refused("no consent"),
    "analysis": lambda run: (run.records.messages["product_id"] == 0).sum(),
    "data_quality": mixed_up,
    "data_age": shared_after,
    "proposition_design": cost("gross margin"),
    "experimentation": cost("gross margin"),
    "measurement": cost("gross margin"),
    "partner_network": lateness,
    "channel_reach": lambda run: -(run.truth.people["pool_id"] > 0).sum(),
    "channel_integration": lambda run: len(run.records.cases),
    "single_view": lambda run: -answered(run)["continues"].sum(),
    "response_speed": lambda run: answered(run)["minutes"].mean(),
    "complaint_handling": lambda run: (answered(run)["root_cause"] == "").sum(),
    "staff_skill": lambda run: -run.truth.cases["solved"].mean(),
    "staff_incentives": lambda run: -run.truth.cases["solved"].mean(),
    "culture": lambda run: run.truth.people["grudge"].sum(),
    "technology_reach": cost("messages by email"),
    "privacy_practice": lambda run: -(run.records.consents["origin"] == "registration").sum(),
}


@pytest.mark.parametrize("name", CAPABILITIES)
def test_each_lack_leaves_its_trace(name):
    """The same customers with the same luck: more goes wrong where the capability is missing."""
    trace = TRACES[name]
    lacking, able = (simulate(only(name, r), 800, 52, 3, busy) for r in (0.0, 1.0))
    assert trace(lacking) > trace(able)


def test_money_raises_a_reality_slowly_and_only_with_an_intention():
    """Invested in week 5: little at first, most after some months, hardly any without a plan."""

    def invest(view):
        if view.week == 5:
            return Actions("complaint_handling", "invest", "firm", spend_eur=3_000.0)
        return None

    for intention, moves in ((1.0, True), (0.2, False)):
        run = simulate(only("complaint_handling", 0.2, intention), 500, 60, 3, invest)
        table = run.truth.capabilities.query("capability == 'complaint_handling'")
        by_week = table.set_index("week")["reality"]
        assert by_week.iloc[0] == 0.2
        assert by_week.is_monotonic_increasing
        early, late = by_week[by_week.index <= 8].iloc[-1], by_week.iloc[-1]
        assert early - 0.2 < 0.5 * (late - 0.2)
        assert (late > 0.6) == moves
        spent = run.ledger.query("cause == 'improving capabilities'")["eur"].sum()
        assert spent == -3_000.0


def test_money_for_what_is_not_lacking_is_refused():
    """A capability that the firm does not describe cannot be bought."""

    def invest(view):
        return Actions("analysis", "invest", "firm", spend_eur=10.0) if view.week == 1 else None

    run = simulate(only("culture", 0.2), 100, 4, 3, invest)
    assert run.records.refusals["reason"].tolist() == ["unknown target"]


def test_weakest_link_and_substitutes():
    """A chain is as strong as its weakest link; where things replace each other, as their mean."""
    reality = np.full(len(NAMES), 0.8)
    reality[NAMES.index("data_quality")] = 0.2
    place = NAMES.index("analysis")
    assert mixed(reality, "independent")[place] == 0.8
    assert mixed(reality, "weakest link")[place] == 0.2
    assert mixed(reality, "substitutes")[place] == pytest.approx((0.8 + 0.2 + 0.8) / 3)


def test_plans_routines_and_proofs_follow_intention_and_reality():
    """What stands in the plan follows the intention, what is done the reality."""
    run = simulate(SHOP.replace(firm=firm(0.3, 0.8)), 200, 150, 3)
    planned = run.records.plans[["goal", "owner", "budget"]].to_numpy().mean()
    assert planned == pytest.approx(0.8, abs=0.05)
    assert run.records.routines["done"].mean() == pytest.approx(0.3, abs=0.05)
    kept = len(run.records.consent_proofs) / len(run.records.consents)
    assert kept == pytest.approx(1 - 0.9 * 0.7, abs=0.12)


def test_a_firm_is_checked():
    """Errors name the capability and quote the value."""
    with pytest.raises(ValueError, match="a capability in firm must be one of"):
        SHOP.replace(firm=(("insight", 0.5, 0.5),))
    with pytest.raises(ValueError, match="analysis must be in"):
        SHOP.replace(firm=(("analysis", 50, 0.5),))
    with pytest.raises(ValueError, match="'analysis' once"):
        SHOP.replace(firm=(("analysis", 0.5, 0.5), ("analysis", 0.5, 0.2)))
