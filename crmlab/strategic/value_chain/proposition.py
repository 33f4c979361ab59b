"""What is each customer shown? The fourth stage, as good as what the second knows.

With *intimacy* every customer is shown the category that orders and answers speak for; without it
there is one proposition for all: what sells best.
"""

from __future__ import annotations

import pandas as pd

from crmlab.policy import View
from crmlab.strategic.believed_needs import best_sellers, favourite, lines_by_category
from crmlab.strategic.one_to_one import BOTH, evidence
from crmlab.tables import CATEGORIES


def believed(view: View, products: pd.DataFrame) -> pd.DataFrame:
    """What is known of each customer's needs, by orders and answers together.

    Returns
    -------
    DataFrame
        One row a customer of whom anything is known (index ``customer_id``): ``favourite`` (a
        category), ``product_id`` (its best-seller, which stands for it) and ``clearness`` (the
        evidence for it, one line for everybody's taste added, as a share of all evidence).
    """
    known = evidence(view, BOTH, products)
    counts = known.to_numpy(dtype=float)
    clear = (counts.max(axis=1, initial=0.0) + 1 / len(CATEGORIES)) / (counts.sum(axis=1) + 1)
    liked = favourite(known)
    shelf = best_sellers(view.frame("order_lines"), products)
    return pd.DataFrame(
        {"favourite": liked, "product_id": liked.map(shelf), "clearness": clear}, known.index
    )


def one_for_all(view: View, products: pd.DataFrame) -> int:
    """The product that stands for what sells best, by order lines; 0 while nothing has sold."""
    lines = lines_by_category(view.frame("order_lines"), view.frame("orders"), products)
    if lines.empty:
        return 0
    return int(best_sellers(view.frame("order_lines"), products)[lines.sum().idxmax()])
