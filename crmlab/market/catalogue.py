"""What does the firm sell? A small catalogue: categories, products, prices and margins."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.market.scenario import Scenario
from crmlab.tables import CATEGORIES, OBSERVED

PER_CATEGORY = 12
PRODUCTS = PER_CATEGORY * len(CATEGORIES)
# Prices of the twelve products of a category against its middle price: a fixed ladder.
_LADDER = np.round(np.geomspace(0.35, 3.0, PER_CATEGORY), 2)
_MIDDLE_EUR = np.array([24.0, 18.0, 15.0, 12.0, 14.0, 32.0])


def prices_eur() -> np.ndarray:
    """List price of every product, shape ``(n_categories * 12,)``, by ``product_id - 1``."""
    return np.round(_MIDDLE_EUR[:, None] * _LADDER[None, :], 2).ravel()


def products(scenario: Scenario) -> pd.DataFrame:
    """The catalogue as the table `products`: one row a product."""
    from crmlab.market.contacts import PRODUCT_NAMES

    table = OBSERVED["products"]
    names = [name for category in CATEGORIES for name in PRODUCT_NAMES[category]]
    category = np.repeat(np.arange(len(CATEGORIES)), PER_CATEGORY)
    frame = pd.DataFrame(
        {
            "product_id": np.arange(1, len(names) + 1, dtype=np.int16),
            "name": names,
            "category": pd.Categorical.from_codes(category, CATEGORIES),
            "price_eur": prices_eur(),
            "margin_rate": scenario.category_margins[category],
        }
    )
    return frame.astype({"name": table["name"].pandas_dtype})


def category_of(product_id: np.ndarray) -> np.ndarray:
    """The category code of each product; -1 for product 0, the whole assortment."""
    return (np.asarray(product_id, dtype=np.int64) - 1) // PER_CATEGORY
