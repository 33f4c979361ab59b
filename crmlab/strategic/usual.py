"""What does an ordinary firm do all year? The business that runs whatever else is decided.

Assessments and improvements need a firm that is at work: it mails a product to each customer,
reminds of carts, wins prospects from two pools and answers at its desk. What a capability is worth
depends on there being something to be able at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crmlab.checks import one_of
from crmlab.operational.rules import cart_rule
from crmlab.policy import Actions, Decision, Standing, View
from crmlab.strategic.one_to_one import OBSERVED, Mails, Memory, OneToOne
from crmlab.tables import CAPABILITIES

POOLS = (1, 3)
"""Search and referral: where an ordinary firm buys prospects."""
POOL_EUR = 0.02
"""EUR a week, for each customer of the base, in each of these pools; assumed."""


@dataclass(frozen=True)
class Prospects:
    """Buy prospects from pools, for so much a week per known customer.

    ``eur`` is EUR a week for each customer and pool; ``pools`` are their numbers.
    """

    eur: float = POOL_EUR
    pools: tuple[int, ...] = POOLS

    def act(self, view: View, memory: Memory) -> Decision:
        """The same share of the size of the base every week."""
        spend = self.eur * len(view.column("customers", "customer_id"))
        if spend == 0:
            return Decision()
        return Decision(Actions(list(self.pools), "acquire", "pool", spend_eur=spend))


@dataclass(frozen=True)
class Rules:
    """Remind of carts that were left."""

    def act(self, view: View, memory: Memory) -> Decision:
        """The rule stays in place."""
        return Decision(standing=Standing(rules=(cart_rule(),)))


@dataclass(frozen=True)
class Improve:
    """Put money into capabilities, in equal parts over some weeks.

    Parameters
    ----------
    plan : dict of str to float
        EUR in all, by capability.
    weeks : int
        Over so many weeks, from ``start`` on.
    """

    plan: Mapping[str, float]
    weeks: int = 26
    start: int = 0

    def __post_init__(self) -> None:
        for name, eur in self.plan.items():
            one_of("a capability of the plan", name, tuple(CAPABILITIES))
            if eur < 0:
                raise ValueError(f"plan must hold EUR >= 0, got {eur} for {name}.")

    def act(self, view: View, memory: Memory) -> Decision:
        """This week's part."""
        if not self.start <= view.week < self.start + self.weeks:
            return Decision()
        names = [name for name, eur in self.plan.items() if eur > 0]
        places = [list(CAPABILITIES).index(name) for name in names]
        spend = [self.plan[name] / self.weeks for name in names]
        return Decision(Actions(places, "invest", "firm", spend_eur=spend, priority=100.0))


def usual_business(plan: Mapping[str, float] | None = None, weeks: int = 26) -> OneToOne:
    """Mails about a product, cart reminders and prospects, beside what is put into capabilities.

    Parameters
    ----------
    plan : dict of str to float, optional
        EUR in all for capabilities of the firm, spent in the first ``weeks`` weeks.
    weeks : int
        Over how many weeks they are improved.

    Examples
    --------
    >>> usual_business()
    usual business
    >>> usual_business({"data_quality": 900.0})
    usual business, improving data_quality
    """
    steps = (Mails(OBSERVED), Rules(), Prospects())
    if not plan:
        return OneToOne("usual business", steps)
    named = ", ".join(name for name, eur in plan.items() if eur > 0)
    return OneToOne(f"usual business, improving {named}", (*steps, Improve(dict(plan), weeks)))
