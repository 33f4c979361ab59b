"""Claims of lab 08, personalisation (lecture notes 8.5; Linden, Smith and York 2003; lab X10)."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from crmlab.analytical.recommend import hits_by_case, last_order_out, purchases
from crmlab.experiments.claims import Claim, register
from crmlab.experiments.compare import gross_margin_eur
from crmlab.experiments.next_product import (
    ALONE,
    BEHAVIOUR,
    GROUP,
    ITEMS,
    POPULARITY,
    PREFERENCE,
    taught,
)
from crmlab.experiments.recommending import WEEKS, Shop
from crmlab.market.packs import VOICES
from crmlab.market.run import simulate
from crmlab.market.scenario import Scenario

CUSTOMERS = 3_000
K = 10
ALIKE = {"need_concentration": 100.0, "taste_strength": 0.0}
"""Everybody needs the same, and no product of a category is anybody's favourite."""
FORM = "has filled in the form"


@lru_cache(maxsize=4)
def shop_of(scenario: Scenario, seed: int) -> Shop:
    """The shop of the response claims, kept while its kinds are compared."""
    return Shop(scenario, CUSTOMERS, WEEKS, seed)


@lru_cache(maxsize=4096)
def margin(scenario: Scenario, seed: int, name: str) -> float:
    """Gross margin with the same mails and this kind's products, EUR per customer."""
    return gross_margin_eur(shop_of(scenario, seed).lived(name)) / CUSTOMERS


@lru_cache(maxsize=1024)
def hits(scenario: Scenario, seed: int, new_only: bool = False) -> pd.DataFrame:
    """Who of the kinds names what everybody's last order held, in a market without mails.

    One row a product of those orders, see `hits_by_case`, and the column `FORM`.
    """
    records = simulate(scenario, CUSTOMERS, WEEKS, seed).records
    split = last_order_out(purchases(records.order_lines, records.orders))
    cases = hits_by_case(taught(split, records, ALONE), split, K, new_only)
    return cases.assign(**{FORM: cases["customer_id"].isin(records.preferences["customer_id"])})


def behaviour_over_best_sellers(scenario: Scenario, seed: int) -> float:
    """Margin, EUR per customer: products by own history less best-sellers in the same mails."""
    return margin(scenario, seed, BEHAVIOUR) - margin(scenario, seed, POPULARITY)


def statement_over_best_sellers(scenario: Scenario, seed: int) -> float:
    """Hit rate at 10 of stated preferences less best-sellers, for the new who filled the form."""
    cases = hits(scenario, seed)
    new = cases[(cases["history"] == 0) & cases[FORM]]
    return float(new[PREFERENCE].mean() - new[POPULARITY].mean())


def group_over_behaviour(scenario: Scenario, seed: int) -> float:
    """Hit rate at 10 of the group less that of own history, for those with any history."""
    cases = hits(scenario, seed)
    known = cases[cases["history"] > 0]
    return float(known[GROUP].mean() - known[BEHAVIOUR].mean())


def also_bought_over_behaviour(scenario: Scenario, seed: int) -> float:
    """The same of item-to-item, among products that the customer had never bought."""
    cases = hits(scenario, seed, new_only=True)
    known = cases[cases["history"] > 0]
    return float(known[ITEMS].mean() - known[BEHAVIOUR].mean())


def best_hit_rate_over_others(scenario: Scenario, seed: int, k: int = K) -> float:
    """Margin, EUR per customer: the kind with the best hit rate less the best of the others.

    The hit rate at ``k`` is that of the firm's own records before the first mail.
    """
    first = shop_of(scenario, seed).offline(ALONE, (k,))[f"hit@{k}"].idxmax()
    m = pd.Series({name: margin(scenario, seed, name) for name in ALONE})
    return float(m[first] - m.drop(first).max())


register(
    Claim(
        id="a-product-for-the-person-beats-the-best-seller",
        concepts=("A06", "A09", "B01", "D11", "E01", "E04"),
        sentence="The same mails bring more margin if each shows a product chosen by what the "
        "customer has bought, and not the best-seller.",
        source="next-best product, lecture notes 10; customise, IDIC 8.2",
        kind="response",
        measure=behaviour_over_best_sellers,
        unit="EUR per customer",
        least=0.05,
        textbook=VOICES,
        hostile=ALIKE,
        breaks="everybody needs the same, and nobody has a favourite",
    )
)
register(
    Claim(
        id="stated-preferences-lead-for-the-new",
        concepts=("E02", "E03"),
        sentence="Where nothing has been bought yet, what customers say foretells the first "
        "order better than best-sellers do.",
        source="preference-based personalisation, lecture notes 8.5; lab X10",
        kind="measurement",
        measure=statement_over_best_sellers,
        unit="hit rate at 10",
        least=0.01,
        textbook=VOICES,
        hostile={"preference_slips": 1.0},
        null=ALIKE,
        breaks="all forms are filled in at random",
    )
)
register(
    Claim(
        id="the-group-beats-own-history",
        concepts=("E02",),
        sentence="What customers of like taste buy foretells the next order better than what "
        "the customer alone has bought.",
        source="group-based personalisation, lecture notes 8.5; Hu, Koren and Volinsky 2008, ICDM",
        kind="measurement",
        measure=group_over_behaviour,
        unit="hit rate at 10",
        least=0.01,
        textbook=VOICES,
        hostile={"taste_strength": 0.0},
        null=ALIKE,
        breaks="within a category nobody has a taste that others could share",
    )
)
register(
    Claim(
        id="the-group-finds-what-is-new",
        concepts=("E02", "E04"),
        sentence='Of the products that a customer has never bought, "also bought" finds those '
        "that come next better than the customer's own record.",
        source="Linden, Smith and York 2003, IEEE Internet Computing 7(1)",
        kind="measurement",
        measure=also_bought_over_behaviour,
        unit="hit rate at 10",
        least=0.01,
        textbook=VOICES,
        hostile={"taste_strength": 0.0},
        null=ALIKE,
        breaks="within a category nobody has a taste that others could share",
    )
)
register(
    Claim(
        id="the-best-hit-rate-earns-most",
        concepts=("A05", "E04"),
        sentence="The recommender with the best hit rate brings the most margin.",
        source="the practice of choosing by offline tests; against it Herlocker et al. 2004, "
        "ACM TOIS 22(1)",
        kind="response",
        measure=best_hit_rate_over_others,
        unit="EUR per customer",
        least=0.05,
        textbook=VOICES,
        breaks="people tire of mail, and as many buy less after it as buy more",
    )
)
