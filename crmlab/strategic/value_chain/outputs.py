"""What has each stage made? Five outputs, measured from the firm's own records.

Every stage of the chain is held to one number that a firm can count, a share, and to a few more
that go with it. None of them is the truth: a profile can be complete and wrong, departments can
agree on an old address, and the best tier is best as far as is known (`experiments.value_chain` has
the truth beside it).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.asof import When, moment
from crmlab.records import Records
from crmlab.strategic.believed_needs import (
    ANSWER_LINES,
    answers_by_category,
    favourite,
    lines_by_category,
)
from crmlab.strategic.value_chain.portfolio import contract, expected_margin, portfolio
from crmlab.tables import EPOCH, WEEK_SECONDS

OUTPUTS = {
    "portfolio": "letters that reach one of the two best tiers",
    "intimacy": "customers whom all departments record alike",
    "network": "deliveries on time (mean of the partners)",
    "proposition": "messages that show what the reader is known to like",
    "lifecycle": "buyers of the quarter before who bought again",
}
"""The number that each stage is held to: a share."""
PROFILE = ("email", "phone", "street", "birth_year")
"""Fields of a customer's record that count for its completeness."""
QUARTER = 13


def outputs(records: Records, until: When) -> pd.Series:
    """The five outputs of the chain in the quarter up to a time.

    Agreement and deliveries are those of all records that are handed over, and what a reader likes
    is known from all of them, too: cut the records off at ``until`` to see no later than a firm.

    Parameters
    ----------
    records : Records
        Of a firm; where it holds nothing to count, there is NaN.
    until : When
        A week number (at least 26) or a time.

    Returns
    -------
    Series
        By stage, in [0, 1].
    """
    end = np.datetime64(moment(until, EPOCH))
    found = {
        "portfolio": letters_to_the_best(records, end),
        "intimacy": agreement(records),
        "network": float(by_partner(records)["on_time"].mean()),
        "proposition": shown_and_liked(records, end),
        "lifecycle": bought_again(records.orders, end),
    }
    return pd.Series(found, name="output")


def letters_to_the_best(records: Records, end: np.datetime64) -> float:
    """Share of the last quarter's letters that reached one of the two best tiers of its begin."""
    start = _before(end, 1)
    orders, sent = records.orders, records.messages
    known = orders[orders["ordered_at"] < start]
    found = portfolio(expected_margin(known, start, contract(records)))
    late = sent[(sent["kind"] == "conversion") & (sent["sent_at"] >= start)]
    if found.empty or late.empty:
        return float("nan")
    best = found.index[found["tier"].isin(["most valuable", "most growable"])]
    return float(late["customer_id"].isin(best).mean())


def completeness(records: Records) -> pd.Series:
    """Share of the fields of `PROFILE` that are filled, by customer."""
    table = records.customers.set_index("customer_id")[list(PROFILE)]
    filled = table.notna() & (table.astype(str) != "") & (table.astype(str) != "0")
    return filled.mean(axis=1).rename("completeness")


def evidence_by_category(records: Records) -> pd.DataFrame:
    """What speaks for each category, by customer: order lines, and answers counted in lines."""
    lines = lines_by_category(records.order_lines, records.orders, records.products)
    if "questions" not in records or records.questions.empty:
        return lines
    return lines.add(ANSWER_LINES * answers_by_category(records.questions), fill_value=0.0)


def agreement(records: Records) -> float:
    """Share of the customers of whom all departments hold the same e-mail and city."""
    if "copies" not in records or records["copies"].empty:
        return float("nan")
    held = records["copies"].groupby("customer_id")[["email", "city"]].nunique()
    return float((held == 1).all(axis=1).mean())


def by_partner(records: Records) -> pd.DataFrame:
    """Deliveries of each partner, and the share that came when promised.

    Index ``partner``; ``deliveries``, ``on_time``. Without a service desk it is empty.
    """
    if "deliveries" not in records or records.deliveries.empty:
        return pd.DataFrame({"deliveries": [], "on_time": []}).rename_axis("partner")
    made = records.deliveries
    kept = made["delivered_at"] <= made["promised_at"]
    by = kept.groupby(made["partner"].astype(str)).agg(["size", "mean"])
    return by.set_axis(["deliveries", "on_time"], axis=1).rename_axis("partner")


def shown_and_liked(records: Records, end: np.datetime64) -> float:
    """Share of the last quarter's messages that show the category believed to be liked best.

    A message that shows the whole assortment shows no category.
    """
    sent = records.messages
    sent = sent[sent["sent_at"] >= _before(end, 1)]
    if sent.empty:
        return float("nan")
    category = records.products.set_index("product_id")["category"].astype(object)
    liked = favourite(evidence_by_category(records)).reindex(sent["customer_id"]).to_numpy(object)
    shown = category.reindex(sent["product_id"]).to_numpy(object)
    return float(np.mean([a == b for a, b in zip(shown, liked, strict=True)]))


def clicks_per_open(records: Records) -> float:
    """Share of the opened e-mails that are clicked."""
    event = records.responses["event"].value_counts()
    return float(event.get("click", 0) / max(event.get("open", 0), 1))


def bought_again(orders: pd.DataFrame, end: np.datetime64) -> float:
    """Of those who bought in the quarter before the last, the share who bought in the last.

    Examples
    --------
    >>> days = pd.to_datetime(["2024-01-05", "2024-01-09", "2024-05-02"])
    >>> orders = pd.DataFrame({"customer_id": [1, 2, 1], "ordered_at": days})
    >>> bought_again(orders, np.datetime64("2024-07-01"))
    0.5
    """
    when, who = orders["ordered_at"], orders["customer_id"]
    early, late = _before(end, 2), _before(end, 1)
    before = np.unique(who[(when >= early) & (when < late)])
    again = np.unique(who[(when >= late) & (when < end)])
    return float(np.isin(before, again).mean()) if before.size else float("nan")


def _before(end: np.datetime64, quarters: int) -> np.datetime64:
    return end - np.timedelta64(quarters * QUARTER * WEEK_SECONDS, "s")
