"""Which way of one-to-one marketing brings how much? The same customers, once with each.

Who is written to and when is the same for all ways, so that they differ in what is shown, how it
comes, what is asked and what is remembered. Each way is held against the plain newsletter; the
three steps of the golden handcuffs, which differ in *whether* anything is sent, against nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import pandas as pd

from crmlab.checks import at_least_zero, whole_number
from crmlab.experiments.compare import gross_margin_eur
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.strategic.one_to_one import (
    FACES,
    STEPS,
    Mails,
    OfferConfigurator,
    OneToOne,
    attract_capture_engage,
    customisation,
    face,
    personalisation,
    plain_mails,
)

MISSES_HURT = {"miss_penalty": 0.5}
"""One product that is not wanted can put people off: *assumed*, it is 0 by default."""
VISITS = (0, 3, 6, 12, 24)
"""Lower edges of the classes of how often customers came back."""


@dataclass(frozen=True, eq=False)
class Firm:
    """One firm's customers, who can live through the same weeks under any policy.

    Parameters
    ----------
    scenario : Scenario or str, optional
        By default the retail market in which misses hurt.
    customers, weeks, seed : int
        As in `crmlab.simulate`.

    Examples
    --------
    >>> firm = Firm(customers=200, weeks=20)
    >>> firm.margin_eur(plain_mails()) == firm.margin_eur(plain_mails())
    True
    """

    scenario: Scenario | str | None = None
    customers: int = 2_000
    weeks: int = 52
    seed: int = 7

    def __post_init__(self) -> None:
        whole_number("customers", self.customers, 1, 10**7)
        whole_number("weeks", self.weeks, 1, 5_000)

    @cached_property
    def market(self) -> Scenario:
        """The market that it is in."""
        if self.scenario is None:
            return named_scenario("retail").replace(**MISSES_HURT)
        return named_scenario(self.scenario)

    def lived(self, policy: OneToOne | None) -> Run:
        """The same customers with the same luck, under this policy."""
        return simulate(self.market, self.customers, self.weeks, self.seed, policy)

    @cached_property
    def _kept(self) -> dict[str, tuple[float, float, pd.Series]]:
        return {}

    def _life(self, policy: OneToOne | None) -> tuple[float, float, pd.Series]:
        """Margin and profit of a life, EUR a customer, and each one's margin; kept by name."""
        name = repr(policy)
        if name not in self._kept:
            run = self.lived(policy)
            each = margins(run)
            eur = gross_margin_eur(run), run.profit
            self._kept[name] = eur[0] / self.customers, eur[1] / self.customers, each
        return self._kept[name]

    def margin_eur(self, policy: OneToOne | None) -> float:
        """Gross margin less returns, before the cost of acting, EUR a customer."""
        return self._life(policy)[0]

    def profit_eur(self, policy: OneToOne | None) -> float:
        """Profit, after all that acting costs, EUR a customer."""
        return self._life(policy)[1]

    def margin_of_each(self, policy: OneToOne | None) -> pd.Series:
        """Gross margin less returns of each customer, EUR (index ``customer_id``)."""
        return self._life(policy)[2]

    @cached_property
    def came_back(self) -> pd.Series:
        """Visits of each customer after the first order, in a life without any message."""
        run = self.lived(None)
        ids = run.truth.identity["customer_id"].sort_values()
        return run.records["sessions"]["customer_id"].value_counts().reindex(ids).fillna(1) - 1


def margins(run: Run) -> pd.Series:
    """Gross margin less returns of each customer, EUR (index ``customer_id``, in order)."""
    orders, returns = run.records["orders"], run.records["returns"]
    owner = orders.set_index("order_id")["customer_id"]
    lost = returns["margin_eur"].groupby(owner.reindex(returns["order_id"]).to_numpy()).sum()
    ids = run.truth.identity["customer_id"].sort_values()
    won = orders.groupby("customer_id")["margin_eur"].sum().reindex(ids, fill_value=0.0)
    return won - lost.reindex(ids, fill_value=0.0)


def firms(
    scenario: Scenario | str | None = None, worlds: int = 3, customers: int = 2_000, weeks: int = 52
) -> list[Firm]:
    """Several firms in one market, each with customers of its own: seeds 1, 2, ..."""
    whole_number("worlds", worlds, 1, 1_000)
    return [Firm(scenario, customers, weeks, seed) for seed in range(1, worlds + 1)]


def compared(several: Sequence[Firm], policies: Sequence[OneToOne]) -> pd.DataFrame:
    """What policies bring more than the plain newsletter, EUR a customer, mean over firms.

    Returns
    -------
    DataFrame
        One row a policy: ``margin_eur``, ``cost_eur`` (of acting, more than the newsletter's)
        and ``profit_eur``.
    """
    plain, rows = plain_mails(), {}
    for policy in policies:
        margin = np.mean([f.margin_eur(policy) - f.margin_eur(plain) for f in several])
        profit = np.mean([f.profit_eur(policy) - f.profit_eur(plain) for f in several])
        rows[repr(policy)] = (margin, margin - profit, profit)
    names = ["margin_eur", "cost_eur", "profit_eur"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("policy")


def faces(several: Sequence[Firm]) -> pd.DataFrame:
    """The four approaches of Gilmore and Pine, as `compared` gives them."""
    return compared(several, [face(name) for name in FACES])


def faces_by_market(
    markets: Mapping[str, Scenario | str], worlds: int = 2, customers: int = 2_000
) -> pd.DataFrame:
    """Which approach wins where: profit over the plain newsletter, EUR a customer.

    One row a market, one column an approach, and ``best``, the name of the winner.
    """
    rows = {
        name: faces(firms(market, worlds, customers))["profit_eur"]
        for name, market in markets.items()
    }
    table = pd.DataFrame(rows).T.rename_axis("market")
    return table.assign(best=table.idxmax(axis=1))


def by_visits(several: Sequence[Firm], edges: Sequence[int] = VISITS) -> pd.DataFrame:
    """What personalisation brings more than customisation, by how often customers came back.

    Returns
    -------
    DataFrame
        One row a class of visits, such as "3-5": ``customers`` (a firm's, on average),
        ``customisation_eur`` (margin a customer), ``gain_eur`` (personalisation's on top) and
        ``gain_share`` (of customisation's margin).
    """
    parts = []
    for firm in several:
        ours, theirs = (
            firm.margin_of_each(p).rename(p.name) for p in (personalisation(), customisation())
        )
        parts.append(pd.concat([ours, theirs, firm.came_back.rename("visits")], axis=1))
    table = pd.concat(parts)
    names = [f"{a}-{b - 1}" for a, b in zip(edges, edges[1:], strict=False)] + [f"{edges[-1]}+"]
    cut = pd.cut(table["visits"], [*edges, np.inf], right=False, labels=names)
    mean = table.groupby(cut, observed=False).mean()
    gain = mean["personalisation"] - mean["customisation"]
    return pd.DataFrame(
        {
            "customers": cut.value_counts().reindex(names) / len(several),
            "customisation_eur": mean["customisation"],
            "gain_eur": gain,
            "gain_share": gain / mean["customisation"],
        }
    ).rename_axis("visits")


def gain_of_regulars(firm: Firm, least: int = 12) -> float:
    """Personalisation less customisation, EUR of margin for each who came back so often."""
    gain = firm.margin_of_each(personalisation()) - firm.margin_of_each(customisation())
    return float(gain[firm.came_back >= least].mean())


def profiles_profit(several: Sequence[Firm], least: int, upkeep_eur: float) -> float:
    """What profiles of those alone who came back so often earn, EUR a firm.

    Personalisation for them and customisation for the rest, against customisation for all,
    less what it costs to keep a profile.

    Parameters
    ----------
    several : sequence of Firm
    least : int
        Visits from which on a customer has a profile.
    upkeep_eur : float
        Of one profile over the weeks watched, >= 0.
    """
    at_least_zero("upkeep_eur", upkeep_eur)
    found = []
    for firm in several:
        gain = firm.margin_of_each(personalisation()) - firm.margin_of_each(customisation())
        found.append((gain[firm.came_back >= least] - upkeep_eur).sum())
    return float(np.mean(found))


def configurator_profit(firm: Firm) -> float:
    """Profit of a configurator that forgets, beside the plain newsletter, EUR a customer."""
    return firm.profit_eur(customisation()) - firm.profit_eur(plain_mails())


def dearest_configuration(firm: Firm, remembers: bool = False) -> float:
    """The extra cost of a configured order at which a configurator stops paying, EUR.

    Nobody orders less because of what an order costs the firm, so it is what the configured
    orders bring in margin, each.
    """
    run = firm.lived(OneToOne("configurator", (OfferConfigurator(remembers), Mails())))
    made = int(run.records["configurations"]["finished"].sum())
    more = gross_margin_eur(run) / firm.customers - firm.margin_eur(plain_mails())
    return more * firm.customers / made if made else 0.0


def steps(several: Sequence[Firm]) -> pd.DataFrame:
    """Attract, capture and engage, with and without each: EUR a customer, against nothing.

    One row for each of the eight sets of steps: ``margin_eur``, ``cost_eur``, ``profit_eur``.
    """
    chosen = [c for n in range(len(STEPS) + 1) for c in combinations(STEPS, n)]
    rows = {}
    for policy in map(attract_capture_engage, chosen):
        margin = np.mean([f.margin_eur(policy) - f.margin_eur(None) for f in several])
        profit = np.mean([f.profit_eur(policy) - f.profit_eur(None) for f in several])
        rows[repr(policy)] = (margin, margin - profit, profit)
    names = ["margin_eur", "cost_eur", "profit_eur"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("steps")


def togetherness(firm: Firm) -> float:
    """Margin of all three steps less what each brings alone, EUR a customer."""
    gains = [
        firm.margin_eur(attract_capture_engage(chosen)) - firm.margin_eur(None)
        for chosen in (STEPS, *((step,) for step in STEPS))
    ]
    return gains[0] - sum(gains[1:])
