"""What is each type of CRM worth, alone and beside the others? All versions on the same worlds.

The business is `CRMTypes`. Two things are put to it here. *Software that is no decision*: where the
collaborative type is bought, all see at once what one department knows, so `installed` changes what
the market says of that (delay, unseen history, reminders taken for new cases); what the firm then
does about it is the policy's. *Prices*: each type costs so many EUR a week, and a mailing made by
hand costs somebody's time; both are taken off here, since the market knows neither. They are
*assumed*, the analytical type the dearest, as the lecture notes have it ("can be costly compared to
Operational and Collaborative CRMs").
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from crmlab.checks import one_of
from crmlab.experiments.compare import gross_margin_eur, interval, world_seeds
from crmlab.experiments.factorial import MEASURES, PROFIT, Factorial, turned, versions
from crmlab.market.packs import DESK
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.strategic.crm_types import TYPES, CRMTypes

PRICE_EUR_WEEK = {
    "strategic": 4.0,
    "operational": 6.0,
    "analytical": 12.0,
    "collaborative": 6.0,
    "social": 3.0,
}
"""What each type costs, EUR a week whatever the size of the firm; *assumed*."""
MAILING_EUR = 20.0
"""What it costs to make one department's mailing by hand; *assumed*."""
AGENTS = 3
"""Part-time agents at the desk, one for each subject; *assumed*."""


def business_market(
    customers: int = 1_000,
    sites: int = 3,
    departments: int = 2,
    pack: str = "retail/textbook",
    **changes: object,
) -> Scenario:
    """A market with a service desk, for a firm spread over sites and departments.

    Every further site delays by half a week what departments hear of each other, and hides the
    history from the agent a little more often. Where more than one department writes, none heeds
    the complaints of another. All *assumed*.

    >>> business_market(sites=1).sharing_delay_weeks, business_market(sites=3).sharing_delay_weeks
    (0.0, 1.0)
    """
    apart = {
        "sharing_delay_weeks": 0.5 * (sites - 1),
        "unseen_history": min(0.15 * (sites - 1), 0.9),
        "complaint_ignored": float(departments > 1),
        "chase_opens_case": min(0.3 * (departments - 1), 0.9),
        "customers_per_agent": customers / AGENTS,
        "shift_hours": 0.5,
        "intake_weeks": 26,
    }
    return named_scenario(pack).replace(**{**DESK, **apart, **changes})


def installed(scenario: Scenario, policy: CRMTypes) -> Scenario:
    """The market as the firm's software makes it: a shared view, where it was bought."""
    if not policy.collaborative:
        return scenario
    return scenario.replace(sharing_delay_weeks=0.0, unseen_history=0.0, chase_opens_case=0.0)


def live(
    scenario: Scenario,
    policy: CRMTypes,
    customers: int = 1_000,
    weeks: int = 52,
    seed: int = 1,
    budget_eur: float | None = None,
) -> Run:
    """One life of the firm with what it has bought; parameters as in `crmlab.simulate`."""
    return simulate(installed(scenario, policy), customers, weeks, seed, policy, budget_eur)


def price_eur(types: Iterable[str], weeks: int) -> float:
    """What these types cost in so many weeks, EUR.

    >>> price_eur(("operational", "analytical"), 52)
    936.0
    """
    return sum(PRICE_EUR_WEEK[name] for name in types) * weeks


def hand_work_eur(run: Run, policy: CRMTypes) -> float:
    """What making the mailings by hand has cost, EUR; nothing where software makes them."""
    if policy.operational:
        return 0.0
    mails = run.records.messages
    mails = mails[(mails["kind"] == "newsletter") & (mails["channel"] != "social")]
    day = mails["sent_at"].dt.floor("D")
    return MAILING_EUR * len(pd.DataFrame({"day": day, "who": mails["cell"]}).drop_duplicates())


def net_profit_eur(run: Run, policy: CRMTypes, weeks: int) -> float:
    """Profit after the work by hand and the prices of the types, EUR."""
    costs = hand_work_eur(run, policy) + price_eur(policy.types, weeks)
    return float(run.profit) - costs


@dataclass(frozen=True)
class Business:
    """A firm in its market, of which any version can be lived.

    Parameters
    ----------
    market : Scenario
    base : CRMTypes
        Without any type.
    customers, weeks : int
    """

    market: Scenario = field(default_factory=business_market)
    base: CRMTypes = CRMTypes()
    customers: int = 1_000
    weeks: int = 52

    def policy(self, types: Iterable[str]) -> CRMTypes:
        """The business with these types."""
        return replace(self.base, **dict.fromkeys(types, True))

    def lived(self, types: Iterable[str], seed: int) -> Run:
        """A life with these types."""
        return live(self.market, self.policy(types), self.customers, self.weeks, seed)

    def profit_eur(self, types: Iterable[str], seed: int) -> float:
        """Profit of such a life after work by hand and the price of the types, EUR."""
        types = tuple(types)
        return net_profit_eur(self.lived(types, seed), self.policy(types), self.weeks)

    def first_types(self, seed: int, names: Iterable[str] = TYPES) -> pd.Series:
        """What each type alone adds to profit, after its price, EUR."""
        nothing = self.profit_eur((), seed)
        return pd.Series({name: self.profit_eur((name,), seed) - nothing for name in names})


def type_factorial(
    business: Business,
    types: Iterable[str] = TYPES,
    worlds: int = 3,
    seed: int = 1,
    progress: Callable[[int], object] | None = None,
) -> Factorial:
    """Every combination of types on the same worlds, after their prices.

    Parameters
    ----------
    business : Business
    types : iterable of str
        Which of `TYPES` are switched; 2^k versions.
    worlds, seed : int
        As in `crmlab.compare`.

    Raises
    ------
    ValueError
        An unknown type.
    """
    types, rows = tuple(types), []
    for name in types:
        one_of("type", name, TYPES)
    names = list(versions({name: turned(**{name: True}) for name in types}, CRMTypes()))
    for world, world_seed in enumerate(world_seeds(seed, worlds)):
        for on in names:
            run = business.lived(on, world_seed)
            profit = net_profit_eur(run, business.policy(on), business.weeks)
            switched, margin = [name in on for name in types], gross_margin_eur(run)
            rows.append((world, world_seed, *switched,
                         profit / business.customers, margin / business.customers))  # fmt: skip
            if progress is not None:
                progress(len(rows))
    return Factorial(types, pd.DataFrame(rows, columns=["world", "seed", *types, *MEASURES]))


def synergy_matrix(found: Factorial, measure: str = PROFIT) -> pd.DataFrame:
    """What each pair of types earns beyond the two alone, EUR per customer; alone on the diagonal.

    Returns
    -------
    DataFrame
        Types by types, symmetric; means over worlds.
    """
    matrix = pd.DataFrame(np.nan, list(found.steps), list(found.steps))
    alone = found.gains(measure)["eur"]
    for name in found.steps:
        matrix.loc[name, name] = alone[name]
    for a, b in itertools.combinations(found.steps, 2):
        matrix.loc[a, b] = matrix.loc[b, a] = found.synergy(a, b, measure).mean()
    return matrix


def synergies(found: Factorial, measure: str = PROFIT) -> pd.DataFrame:
    """The same pairs with 95 % intervals over worlds: one row a pair, eur, low, high."""
    rows = {}
    for a, b in itertools.combinations(found.steps, 2):
        by_world = found.synergy(a, b, measure)
        rows[f"{a} x {b}"] = (by_world.mean(), *interval(by_world))
    return pd.DataFrame.from_dict(rows, orient="index", columns=["eur", "low", "high"])
