"""How does software answer what customers do? Sense and respond, and lifecycle messages.

Event, condition, action: the vocabulary that marketing automation and help desks share.
Rules are standing orders: the market carries them out in event time, inside the week.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crmlab.checks import at_least_zero
from crmlab.operational.campaigns import weeks_since
from crmlab.policy import Actions, Decision, Plain, Rule, Standing, View

STAGES = ("new", "active", "at risk", "lapsed")


def sense_and_respond(
    reminders: int = 1, delay_minutes: int = 240, offer_eur: float = 0.0, lapse_weeks: float = 8.0
) -> Plain:
    """Answer abandoned carts, first orders and lapses, and send nothing else.

    Parameters
    ----------
    reminders : int
        Further messages, two days apart, if nobody ordered after the first.
    delay_minutes : int
        Between the abandoned cart and the first message.
    offer_eur : float
        Off the next order, in the message to those who lapsed.
    lapse_weeks : float
        Weeks without an order after which a customer counts as lapsed.
    """
    rules = (
        cart_rule(reminders, delay_minutes),
        Rule("first order", delay_minutes=1440, cap_weeks=520, unless_ordered=False),
        Rule("lapsed", kind="conversion", lapse_weeks=lapse_weeks, offer_eur=offer_eur,
             delay_minutes=0),
    )  # fmt: skip
    return standing(rules, f"sense_and_respond(reminders={reminders})")


def cart_rule(reminders: int = 0, delay_minutes: int = 240) -> Rule:
    """Remind of an abandoned cart, and again every two days, until there is an order."""
    return Rule("cart abandoned", delay_minutes=delay_minutes, reminders=reminders)


def standing(rules: tuple[Rule, ...], name: str = "") -> Plain:
    """Put these rules in place, and do nothing else."""
    rules = tuple(rules)
    return Plain(lambda view: Decision(standing=Standing(rules=rules)), name or f"rules{rules}")


def together(*policies: Plain, name: str = "") -> Plain:
    """Several policies without state at once: their actions, and the last standing orders."""

    def act(view: View) -> Decision:
        decisions = [p.decide(view, None)[0] for p in policies]
        orders = Standing()
        for decision in decisions:
            orders = orders.then(decision.standing)
        return Decision(Actions.concat(d.actions for d in decisions), orders)

    return Plain(act, name or " + ".join(map(repr, policies)))


def stage_of(view: View, active_weeks: float = 4.0, risk_weeks: float = 12.0) -> NDArray[np.int8]:
    """Where the firm believes each customer to be: codes of `STAGES`, by recency alone.

    New: one order, within ``active_weeks``. Active: ordered within ``active_weeks``. At
    risk: within ``risk_weeks``. Lapsed: longer ago.
    """
    quiet = weeks_since(view, "last_ordered_at")
    stage = np.select([quiet <= active_weeks, quiet <= risk_weeks], [1, 2], 3)
    new = (stage == 1) & (view.column("profiles", "orders") == 1)
    return np.where(new, 0, stage).astype(np.int8)


def lifecycle(every_weeks: int = 2, at_risk_offer_eur: float = 3.0) -> Plain:
    """The right message at each stage: news to active ones, an offer to those at risk.

    New customers get a welcome, lapsed ones a conversion mail only every twelfth week.
    """
    at_least_zero("at_risk_offer_eur", at_risk_offer_eur)

    def act(view: View) -> Actions | None:
        if view.week % every_weeks:
            return None
        ids, stage = view.column("profiles", "customer_id"), stage_of(view)
        agreed = np.isin(ids, view.agreed())
        rare = view.week % 12 == 0
        return Actions.concat(
            [
                Actions(ids[agreed & (stage <= 1)], cell=0),
                Actions(ids[agreed & (stage == 2)], "conversion", offer_eur=at_risk_offer_eur,
                        cell=2),
                Actions(ids[agreed & (stage == 3) & rare], "conversion", cell=3),
            ]
        )  # fmt: skip

    return Plain(act, f"lifecycle(every_weeks={every_weeks})")
