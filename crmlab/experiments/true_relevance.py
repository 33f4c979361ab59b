"""How relevant is each product to each customer? The market's own rule, for everybody at once.

A recommender guesses at this table; an oracle reads it (rule 8 of ``docs/rules.md``).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.chance import Chance
from crmlab.market.catalogue import products
from crmlab.market.engine import Engine
from crmlab.market.messages import relevance_of
from crmlab.market.scenario import Scenario
from crmlab.policy import as_policy


def true_relevance(scenario: Scenario, customers: int, weeks: int, seed: int) -> pd.DataFrame:
    """How relevant is each product to each customer of a world (rule 8)? Only the market knows.

    Returns
    -------
    DataFrame
        One row a customer who comes of themselves (index ``customer_id``, their first record),
        one column a product: 1 for the favourite of the category that is needed most.
    """
    root = Chance(int(seed))
    people, luck, coin = (root.split(name) for name in ("people", "luck", "policy"))
    nobody = as_policy(None)
    world = Engine(scenario, customers, weeks, people, luck, coin, nobody, None, None).world
    who = np.arange(customers)
    catalogue = pd.Index(products(scenario)["product_id"])
    columns = [relevance_of(world, who, np.full(customers, product)) for product in catalogue]
    owner = pd.Index(world.customer_id[world.first_file(who)], name="customer_id")
    return pd.DataFrame(np.column_stack(columns), owner, catalogue)
