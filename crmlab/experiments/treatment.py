"""To whom should the letter go? One firm, after its pilot, under every rule of choosing.

Peppers and Rogers (2004) differentiate customers by value and by needs; much of the trade writes
to those who are likely to leave; Ascarza (2018, J. Marketing Research 55(1)) to those whom the
letter changes. Here a firm tries a letter on customers drawn by lot, waits, and then writes to
some of the others: chosen by each of these rules, for the same money, from the same
customers with the same luck. Letters need no permission, and nobody's letter touches anybody
else, so what a list brings is the sum of what it does to those on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crmlab.analytical.segments import margin_between
from crmlab.analytical.uplift.targeting import learn, profile, risk_of_churn, worth
from crmlab.chance import Chance, uniform
from crmlab.checks import whole_number
from crmlab.experiments.letter import expected_effects
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.policy import Actions, Plain, View
from crmlab.records import Records
from crmlab.tables import CATEGORIES

PILOT_WEEK, CAMPAIGN_WEEK, WATCHED_WEEKS, LAST_WEEK = 24, 28, 4, 34
SHARE = 0.1
LOT, RISK, VALUE, PROJECTED = "drawn by lot", "churn risk", "value so far", "projected value"
NEED, UPLIFT, UPLIFT_VALUE = "value x need", "uplift", "uplift x value"
BEST = "true effect"
_PRODUCTS_A_CATEGORY = 12


@dataclass(frozen=True, eq=False)
class Firm:
    """A firm whose pilot is over, and whose campaign is about to begin.

    Parameters
    ----------
    scenario : Scenario or str
    customers : int
        All of them.
    pilot : int
        How many take part in the pilot, drawn by lot; half of those get the letter. The
        campaign is for the others.
    seed : int
        The world, and the lot.
    category : str, optional
        What the letter shows; None for the whole assortment.

    Examples
    --------
    >>> firm = Firm("retail", customers=400, pilot=200, seed=7)
    >>> firm.pilot_group.columns.tolist(), len(firm.others)
    (['letter', 'bought', 'margin_eur'], 200)
    """

    scenario: Scenario | str = "retail"
    customers: int = 12_000
    pilot: int = 6_000
    seed: int = 7
    category: str | None = "outdoor"

    def __post_init__(self) -> None:
        whole_number("customers", self.customers, 20, 10**7)
        whole_number("pilot", self.pilot, 0, self.customers - 10)

    @cached_property
    def run(self) -> Run:
        """What happened, with the pilot and without a campaign."""
        return self.lived()

    @cached_property
    def records(self) -> Records:
        """What the firm holds when it chooses."""
        return self.run.records.as_of(CAMPAIGN_WEEK)

    @cached_property
    def lot(self) -> pd.DataFrame:
        """The lot: one row a customer in the order drawn, whether they get the pilot's letter."""
        return draw_lot(self.run.records["customers"]["customer_id"], self.seed)

    @property
    def others(self) -> pd.Index:
        """The customers who are not in the pilot: those to choose from."""
        return self.lot.index[self.pilot :].sort_values()

    @cached_property
    def pilot_group(self) -> pd.DataFrame:
        """The pilot's outcome: ``letter``, ``bought`` and ``margin_eur`` of its weeks.

        One row a customer, in the order of the lot, so that its first rows are a smaller pilot.
        """
        drawn = self.lot.iloc[: self.pilot]
        orders = self.records["orders"]
        late = orders["ordered_at"] >= self.run.records.as_of(PILOT_WEEK).now
        margin = margin_between(self.records, PILOT_WEEK, CAMPAIGN_WEEK)
        return drawn.assign(
            bought=drawn.index.isin(orders.loc[late, "customer_id"]),
            margin_eur=margin.reindex(drawn.index, fill_value=0.0),
        )

    @cached_property
    def then(self) -> pd.DataFrame:
        """What was known of everybody when the pilot began; see `profile`."""
        return profile(self.records, PILOT_WEEK, self.category)

    @cached_property
    def now(self) -> pd.DataFrame:
        """What is known of everybody when the campaign begins; see `profile`."""
        return profile(self.records, CAMPAIGN_WEEK, self.category)

    @cached_property
    def worth(self) -> pd.DataFrame:
        """What everybody is worth when the campaign begins: ``order_eur``, ``projected_eur``."""
        return worth(self.records, CAMPAIGN_WEEK)

    @cached_property
    def truth(self) -> pd.DataFrame:
        """What the campaign's letter is expected to do to each of the others."""
        return expected_effects(self.run, CAMPAIGN_WEEK, self.category, WATCHED_WEEKS)

    @cached_property
    def truth_then(self) -> pd.DataFrame:
        """What the pilot's letter was expected to do to everybody, as they were then."""
        quiet = simulate(self.scenario, self.customers, PILOT_WEEK + 1, self.seed)
        return expected_effects(quiet, PILOT_WEEK, self.category, WATCHED_WEEKS)

    @property
    def letter_eur(self) -> float:
        """The price of one letter, EUR."""
        return self.run.scenario.post_eur

    def replay(self, customers: ArrayLike, weeks: int = LAST_WEEK) -> pd.Series:
        """What writing to these customers gains: the same luck, with the campaign and without.

        Returns
        -------
        Series
            One row for each of the others (index ``customer_id``): gain in margin less the
            price of the letter, EUR, by the end of so many weeks.
        """
        quiet = self.run if weeks == LAST_WEEK else self.lived(weeks=weeks)
        busy = self.lived(customers, weeks)
        owner = quiet.truth.identity.set_index("customer_id")["person_id"].loc[self.others]
        parts = [life.truth.people.set_index("person_id") for life in (busy, quiet)]
        eur = [p["realised_value_eur"] - p["contact_cost_eur"] for p in parts]
        return (owner.map(eur[0]) - owner.map(eur[1])).rename("gain_eur")

    def lived(self, customers: ArrayLike = (), weeks: int = LAST_WEEK) -> Run:
        """These weeks again, with a campaign to these customers; without any, if none is named."""
        campaign, shown = (
            np.unique(np.asarray(customers, dtype=np.int64)),
            product_of(self.category),
        )

        def write(view: View) -> Actions | None:
            if view.week == PILOT_WEEK and self.pilot:
                drawn = draw_lot(view.column("customers", "customer_id"), self.seed)[: self.pilot]
                return letters(drawn.index[drawn["letter"]], shown, cell=1, propensity=0.5)
            if view.week == CAMPAIGN_WEEK and len(campaign):
                return letters(campaign, shown, cell=2)
            return None

        return simulate(self.scenario, self.customers, weeks, self.seed, Plain(write, "letters"))


def letters(customers: ArrayLike, product_id: int = 0, **about: Any) -> Actions:
    """A letter to each of these customers that asks for an order."""
    ids = np.sort(np.asarray(customers, dtype=np.int64))
    return Actions(ids, kind="conversion", channel="post", product_id=product_id, **about)


def product_of(category: str | None) -> int:
    """The first product of a category; 0, the whole assortment, for None."""
    return 0 if category is None else 1 + _PRODUCTS_A_CATEGORY * CATEGORIES.index(category)


def draw_lot(customers: ArrayLike, seed: int) -> pd.DataFrame:
    """Customers in an order drawn by lot, each with a drawn half: who gets the pilot's letter.

    The lot belongs to the customer: whoever else is drawn, it stays the same.

    >>> draw_lot([11, 12, 13, 14], seed=1)["letter"].sum() <= 4
    np.True_
    """
    ids = np.asarray(customers, dtype=np.int64)
    base = Chance(seed).split("lot").base("pilot", ids)
    letter = pd.Series(uniform(base, 1) < 0.5, pd.Index(ids, name="customer_id"), name="letter")
    return letter.to_frame().iloc[np.argsort(uniform(base, 0), kind="stable")]


def scores(firm: Firm, trial: pd.DataFrame | None = None) -> pd.DataFrame:
    """How each rule ranks the customers outside the pilot: one column a rule, higher first.

    Parameters
    ----------
    firm : Firm
    trial : DataFrame, optional
        The rows of ``firm.pilot_group`` to learn from; by default all.
    """
    who = firm.others
    table = value_scores(firm)
    place = pd.Series(np.arange(len(firm.lot), dtype=float), firm.lot.index)
    risk = risk_of_churn(firm.records, CAMPAIGN_WEEK, firm.now)
    trial = firm.pilot_group if trial is None else trial
    effect = learn(firm.then, trial).predict(firm.now.loc[who])
    order_eur = firm.worth.loc[who, "order_eur"]
    found = {LOT: -place.loc[who], RISK: risk.loc[who], **table}
    return pd.DataFrame({**found, UPLIFT: effect, UPLIFT_VALUE: effect * order_eur})


def value_scores(firm: Firm) -> pd.DataFrame:
    """The columns of `scores` that need no pilot and no model of churn: value and need."""
    X = firm.now.loc[firm.others]
    projected = firm.worth.loc[firm.others, "projected_eur"]
    return pd.DataFrame({VALUE: X["bought_eur"], PROJECTED: projected, NEED: projected * X["need"]})


def best(score: pd.Series, share: float = SHARE) -> pd.Index:
    """The customers with the highest scores, as large a share as may be treated.

    >>> best(pd.Series([0.1, 0.9, 0.5], index=[11, 12, 13]), share=0.34).tolist()
    [12]
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share must be in [0, 1], got {share}. Is this a percentage?")
    return score.sort_values(ascending=False, kind="stable").index[: int(share * len(score) + 1e-9)]


def gains(firm: Firm, ranked: pd.DataFrame, share: float = SHARE) -> pd.DataFrame:
    """What each rule brings, expected over luck: EUR for each customer who could be chosen.

    Returns
    -------
    DataFrame
        One row a rule, and `BEST`, which ranks by the truth: ``margin_eur``, ``profit_eur``
        (the same less the letters), ``gone`` (share of the letters that reach somebody who has
        left).
    """
    true = firm.truth.loc[ranked.index]
    rows = {}
    for rule, score in ranked.assign(**{BEST: true["margin_eur"]}).items():
        chosen = true.loc[best(score, share)]
        margin = chosen["margin_eur"].sum() / len(true)
        cost = firm.letter_eur * len(chosen) / len(true)
        rows[rule] = (margin, margin - cost, 1.0 - chosen["here"].mean() if len(chosen) else 0.0)
    names = ["margin_eur", "profit_eur", "gone"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("rule")
