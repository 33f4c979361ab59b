"""Which recommender, and how long a list? Hits on the firm's own records, by history."""

from __future__ import annotations

from functools import cache

import pandas as pd

from crmlab.analytical.recommend import HISTORY, breadth, hits_by_case
from crmlab.experiments.hits_and_margins import by_history
from crmlab.experiments.next_product import GROUP, POPULARITY, kinds
from crmlab.experiments.recommending import Shop
from crmlab.plots.kept import KeptLines
from crmlab.plots.style import applied
from crmlab.widgets.controls import choice, slider
from crmlab.widgets.live import LiveView, Reading

LONGEST = 20
_KIND, _ALL = "your choice", f"{POPULARITY} for all"


def which_recommender(shop: Shop) -> LiveView:
    """Choose a recommender and the length of its list, and see what it names of the last orders.

    Everybody's last order before the first mail is held back; a hit is a product of it that is
    on the list. Nothing but the firm's records is used.

    Parameters
    ----------
    shop : Shop
    """
    models, products = shop.taught(), shop.records.products
    customers = shop.split.known["customer_id"].unique()
    kept = KeptLines(
        range(len(HISTORY)), ["nothing", _KIND], "lines bought before", "hits (%)", (0.0, 100.0)
    )
    axes = kept.figure.axes[0]
    kept.lines["nothing"].set_label(_ALL)
    with applied():
        axes.set_xticks(range(len(HISTORY)), HISTORY)
        kept.figure.legends[0].get_texts()[0].set_text(_ALL)

    @cache
    def cases(name: str, length: int) -> pd.DataFrame:
        return hits_by_case({name: models[name]}, shop.split, length)

    def update(kind: str, length: int) -> Reading:
        pair = [cases(name, length) for name in (kind, POPULARITY)]
        rates = [100 * by_history(part).iloc[:, 0].reindex(list(HISTORY)) for part in pair]
        kept.show({_KIND: rates[0], "nothing": rates[1]})
        overall = [float(pair[0][kind].mean()), float(pair[1][POPULARITY].mean())]
        listed = models[kind].recommend(customers, length)
        return _read(kind, length, overall, breadth(listed, shop.split.known, products))

    controls = {
        "kind": choice("fill the list by", list(kinds()), GROUP),
        "length": slider("products on the list", 1, LONGEST, 10),
    }
    return LiveView(controls, update, kept.figure)


def _read(kind: str, length: int, overall: list[float], width: pd.Series) -> Reading:
    title = (
        f"{kind[:1].upper()}{kind[1:]}, list of {length}: {overall[0]:.1%} hits; "
        f"{POPULARITY} {overall[1]:.1%}"
    )
    text = (
        f"The lists show {width['coverage']:.0%} of the catalogue to somebody. A customer sees "
        f"{width['categories_shown']:.1f} categories (effective number); those with five lines "
        f"or more buy in {width['categories_bought']:.1f} of their own accord."
    )
    return Reading(title, text)
