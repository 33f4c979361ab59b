"""What is asked in notebook 08: cosines by hand, whose hits count, two mistakes, and a newsletter.

In q3 the recommender has seen the orders that it is asked to foretell; in q4 a report credits
mails with what would have been bought anyway. The decision of q5 is replayed with the same
customers and the same luck.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab.classroom.questions import question
from crmlab.classroom.regret import Regret

if TYPE_CHECKING:
    from crmlab.analytical.recommend import Split
    from crmlab.experiments.recommending import Shop
    from crmlab.market.run import Run

BASKETS = {
    "Ada": {"tent", "lamp"},
    "Ben": {"tent", "boots"},
    "Cem": {"tent", "lamp", "boots"},
    "Dee": {"kettle", "lamp"},
    "Eve": {"kettle"},
}
"""Who bought what in q1."""
HITS = pd.DataFrame(
    {"A": [0.25, 0.42, 0.30], "B": [0.25, 0.36, 0.40], "orders": [600, 300, 100],
     "mails": [0, 500, 500]},
    index=pd.Index(["nothing yet", "1 to 3 lines", "4 lines or more"], name="history"),
)  # fmt: skip
"""Hit rates of two recommenders by history, orders in the test, and mails to be sent (q2)."""
CUSTOMERS, SEED, K = 4_000, 85, 10
PASS_EUR = 600.0


@cache
def shop() -> Shop:
    """The shop of q3 to q5."""
    from crmlab.experiments.recommending import Shop

    return Shop(customers=CUSTOMERS, seed=SEED)


@cache
def life(name: str) -> Run:
    """The shop's customers with mails of this kind."""
    return shop().lived(name)


def hit_rate(known: pd.DataFrame, split: Split) -> float:
    """Hit rate at 10 of `behaviour-based` on the last orders, if it has learned from ``known``."""
    from crmlab.analytical.recommend import hits_by_case
    from crmlab.experiments.next_product import BEHAVIOUR, kinds

    model = kinds()[BEHAVIOUR].fit(known, shop().records.products)
    return float(hits_by_case({BEHAVIOUR: model}, split, K)[BEHAVIOUR].mean())


def gain_eur(name: str) -> float:
    """What mails of this kind bring in all, EUR of margin."""
    return shop().gain_eur(life(name)) * CUSTOMERS


@question(
    "08-personalisation/q1",
    points=2,
    hints=(
        "The cosine of two products: buyers of both, over the root of buyers times buyers.",
        "Three people bought the tent, two the boots, and two of them both.",
        "boots: 2 / (3 * 2) ** 0.5",
    ),
)
def cosines_with_the_tent() -> dict[str, float]:
    """How similar is each other product to the tent, by the cosine?"""
    buyers = {p: {who for who, basket in BASKETS.items() if p in basket}
              for p in sorted(set.union(*BASKETS.values()))}  # fmt: skip
    tent = buyers.pop("tent")
    return {p: len(tent & own) / float(np.sqrt(len(tent) * len(own))) for p, own in buyers.items()}


@question(
    "08-personalisation/q2",
    points=2,
    hints=(
        "Who gets no mail should not count.",
        "Half of the mails go to 1 to 3 lines, half to 4 lines or more.",
        "A: 0.5 * 0.42 + 0.5 * 0.30",
    ),
)
def hits_by_mail() -> dict[str, float]:
    """What is the hit rate of A and of B, counted by the mails that will be sent?"""
    weight = HITS["mails"] / HITS["mails"].sum()
    return {name: float((weight * HITS[name]).sum()) for name in ("A", "B")}


@question(
    "08-personalisation/q3",
    points=2,
    hints=(
        "From which orders did the recommender learn, and which does it foretell?",
        "split.known holds what came before the last orders.",
        "kinds()['behaviour-based'].fit(split.known, shop.records.products), then hits_by_case.",
    ),
)
def honest_hit_rate() -> float:
    """What is the hit rate if the recommender has not seen the last orders?"""
    return hit_rate(shop().split.known, shop().split)


@question(
    "08-personalisation/q4",
    points=2,
    hints=(
        "Would nobody have bought the best-sellers without a mail?",
        "The same customers with the same luck, without mails, are shop.quiet.",
        "shop.gain_eur(run)",
    ),
)
def margin_of_best_sellers() -> float:
    """How much margin did the mails with best-sellers bring, EUR per customer?"""
    from crmlab.experiments.next_product import POPULARITY

    return shop().gain_eur(life(POPULARITY))


@question(
    "08-personalisation/q5",
    points=3,
    hints=(
        "The mail has room for one product, and goes to people with a history.",
        "A mail multiplies orders, so who orders often matters most. Who knows these best?",
        "Two kinds are good enough: the one that looks at the customer's own record, and the one "
        "that mixes it with others.",
    ),
)
def what_to_show() -> Regret:
    """Which kind should fill the mail?"""
    from crmlab.experiments.next_product import ASSORTMENT, kinds

    return Regret.among([*kinds(), ASSORTMENT], gain_eur, PASS_EUR)
