"""What do hit rates promise, and what comes of it? Tables of lab 08, side by side.

The same kinds of recommenders are graded three times: by hits on the firm's records, by how
relevant their products truly were to whom, and by the margin that their mails added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from crmlab.analytical.recommend import HISTORY, purchases
from crmlab.analytical.recommend.hybrid import history_class
from crmlab.checks import above_zero
from crmlab.experiments.next_product import ASSORTMENT, BEST, kinds
from crmlab.experiments.recommending import Shop
from crmlab.market.run import Run
from crmlab.records import Records


def by_history(cases: pd.DataFrame) -> pd.DataFrame:
    """Hit rate of each kind by the lines that were known, and the number of ``cases``.

    Parameters
    ----------
    cases : DataFrame
        What `hits_by_case` returns.

    Examples
    --------
    >>> cases = pd.DataFrame({"customer_id": [1, 2], "product_id": 5, "history": [0, 3]})
    >>> cases["group-based"] = [False, True]
    >>> by_history(cases)["group-based"].to_dict()
    {'none': 0.0, '2-3': 1.0}
    """
    names = [c for c in cases if c not in ("customer_id", "product_id", "history")]
    place = history_class(cases["history"].to_numpy())
    groups = cases[names].astype(float).assign(cases=1.0).groupby(place)
    table = groups.mean().assign(cases=groups["cases"].size())
    table.index = pd.Index([HISTORY[i] for i in table.index], name="history")
    return table


def results(shop: Shop, names: Sequence[str] | None = None) -> tuple[pd.DataFrame, dict[str, Run]]:
    """Hit rates offline and margin in experiments, side by side, and the lives behind them.

    Returns
    -------
    DataFrame
        One row a way of filling the mail: ``mails`` (per customer), ``relevance`` (mean, true),
        ``hit@1``, ``hit@10`` (missing where there is no list), ``gain_eur`` (incremental margin,
        EUR per customer).
    dict of str to Run
    """
    every = list(names or (ASSORTMENT, *kinds(), BEST))
    lives = {name: shop.lived(name) for name in every}
    hits = shop.offline([name for name in every if name in kinds()])
    rows = {
        name: (
            len(run.records.messages) / shop.customers,
            shop.shown(run)["relevance"].mean(),
            *hits.reindex([name]).to_numpy()[0],
            shop.gain_eur(run),
        )
        for name, run in lives.items()
    }
    columns = ["mails", "relevance", *hits.columns, "gain_eur"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return table.rename_axis("in the mail"), lives


def relevance_by_history(shop: Shop, lives: Mapping[str, Run]) -> pd.DataFrame:
    """How relevant was the product of the first mail, by what the customer had bought before?

    Returns
    -------
    DataFrame
        One row a class of `HISTORY` that occurs: the mean true relevance (0 to 1) of each life,
        and the number of ``mails``.
    """
    bought = purchases(shop.records.order_lines, shop.records.orders)
    lines = bought["customer_id"].value_counts()
    found: dict[str, pd.Series] = {}
    for name, run in lives.items():
        first = shop.shown(run).query("week == @shop.calendar.begin")
        known = first["customer_id"].map(lines).fillna(0).to_numpy()
        groups = first.groupby(history_class(known))["relevance"]
        found |= {name: groups.mean(), "mails": groups.size()}
    mails = found.pop("mails")
    table = pd.DataFrame(found).assign(mails=mails)
    table.index = pd.Index([HISTORY[i] for i in table.index], name="history")
    return table


def gain_by_history(shop: Shop, lives: Mapping[str, Run]) -> pd.DataFrame:
    """Whose orders make the difference? Added margin by what had been bought before the mails.

    Returns
    -------
    DataFrame
        One row a class of `HISTORY` that occurs, one column a life: margin more than without
        mails (before returns), EUR for each customer of the whole base, so that a column adds
        up to what all customers bring.
    """
    bought = purchases(shop.records.order_lines, shop.records.orders)
    lines = bought["customer_id"].value_counts()
    before = shop.quiet.records.orders.groupby("customer_id")["margin_eur"].sum()
    place = history_class(before.index.map(lines).fillna(0).to_numpy())
    found = {}
    for name, run in lives.items():
        after = run.records.orders.groupby("customer_id")["margin_eur"].sum()
        gain = after.reindex(before.index, fill_value=0.0) - before
        found[name] = gain.groupby(place).sum() / shop.customers
    table = pd.DataFrame(found)
    table.index = pd.Index([HISTORY[i] for i in table.index], name="history")
    return table


def sales_of_shown(records: Records, days: float = 14.0) -> pd.DataFrame:
    """What a report credits mails with: lines of a product that the customer had just been shown.

    Parameters
    ----------
    records : Records
        With mails that show products.
    days : float
        How long after a mail a line is credited to it, > 0.

    Returns
    -------
    DataFrame
        One row a line, each once: ``order_id``, ``customer_id``, ``product_id``, ``margin_eur``
        (before returns).

    Examples
    --------
    >>> shop = Shop(customers=300, weeks=34, seed=7)
    >>> sales_of_shown(shop.lived("behaviour-based").records).columns.tolist()
    ['order_id', 'customer_id', 'product_id', 'margin_eur']
    """
    above_zero("days", days)
    lines = records.order_lines.merge(records.orders.drop(columns="margin_eur"), on="order_id")
    mails = records.messages[["customer_id", "product_id", "sent_at"]]
    both = lines.merge(mails, on=["customer_id", "product_id"])
    since = (both["ordered_at"] - both["sent_at"]) / np.timedelta64(1, "D")
    credited = both[(since > 0) & (since <= days)].drop_duplicates(["order_id", "line"])
    columns = ["order_id", "customer_id", "product_id", "margin_eur"]
    return credited[columns].reset_index(drop=True)
