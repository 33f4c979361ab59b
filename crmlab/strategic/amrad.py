"""What does a customer meet? Accuracy, Magic, Relevancy, Access and Dialogue, from the touch log.

The lecture notes (8.4) want a CRM strategy to emphasise these five ("AMRAD", Chaffey and Smith
2017, Digital Marketing Excellence). No theory of it was found outside that chapter, so here they
are five qualities that can be counted for each customer:

* *accuracy*: what is held and done is right: the mean of three shares: departments whose copy of
  the e-mail is that of the record, e-mails that did not come back, orders without a complaint
  of the bill;
* *magic*: what is better than it has usually been: share of deliveries that came earlier, against
  the promise, than that customer's deliveries before, by more than a standard deviation. Who is
  always served early is surprised by nothing (Rust and Oliver 2000: delight raises expectations);
* *relevancy*: messages show what is liked: share of them that show the category of which the
  customer has bought most; the whole assortment counts as a sixth of a hit;
* *access*: an answer is to be had: share of cases answered within a day;
* *dialogue*: contacts take up the last one: share of answers to reminders and repeated cases in
  which the agent saw what had been said.

NaN where nothing happened that could be counted.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.records import Records
from crmlab.strategic.believed_needs import lines_by_category
from crmlab.tables import CATEGORIES

QUALITIES = ("accuracy", "magic", "relevancy", "access", "dialogue")
ACCESS_HOURS = 24.0
"""Within so many hours an answer counts as one (*assumed*)."""


def qualities(records: Records, until: np.datetime64 | None = None) -> pd.DataFrame:
    """The five qualities of each customer.

    Parameters
    ----------
    records : Records
        Of a firm with a service desk.
    until : datetime64, optional
        Only what happened before; None for all. Copies are those of the end: they say how well
        the firm keeps data, whatever the customer does.

    Returns
    -------
    DataFrame
        One row a customer record (index ``customer_id``), columns `QUALITIES`, in [0, 1]; NaN where
        nothing was there to count.
    """
    held = _until(records, until)
    ids = pd.Index(held["customers"]["customer_id"], name="customer_id")
    parts = {
        "accuracy": accuracy(held),
        "magic": magic(held["deliveries"]),
        "relevancy": relevancy(held),
        "access": access(held["cases"], held["interactions"]),
        "dialogue": dialogue(held["cases"], held["interactions"]),
    }
    return pd.DataFrame({name: parts[name].reindex(ids) for name in QUALITIES})


_TABLES = {
    "customers": "registered_at", "orders": "ordered_at", "deliveries": "delivered_at",
    "cases": "opened_at", "interactions": "at", "messages": "sent_at", "responses": "at",
    "order_lines": "", "products": "", "copies": "",
}  # fmt: skip


def _until(records: Records, until: np.datetime64 | None) -> dict[str, pd.DataFrame]:
    missing = [name for name in _TABLES if name not in records]
    if missing:
        raise ValueError(
            f"records must hold {missing[0]!r}: simulate a market with a service desk (packs.DESK)."
        )
    held = {name: records[name] for name in _TABLES}
    if until is None:
        return held
    return {n: t[t[_TABLES[n]] < until] if _TABLES[n] else t for n, t in held.items()}


def accuracy(held: dict[str, pd.DataFrame]) -> pd.Series:
    """What is held and done is right: the mean of three shares."""
    customers, copies = held["customers"], held["copies"]
    parts = []
    if len(copies):
        own = copies["customer_id"].map(customers.set_index("customer_id")["email"])
        parts.append((copies["email"] == own).groupby(copies["customer_id"]).mean())
    sent = held["messages"][held["messages"]["channel"] == "email"]
    back = held["responses"].loc[held["responses"]["event"] == "bounce", "message_id"]
    parts.append(1.0 - sent["message_id"].isin(back).groupby(sent["customer_id"]).mean())
    orders, cases = held["orders"], held["cases"]
    wrong = cases.loc[(cases["cause"] == "bill") & (cases["kind"] == "complaint"), "order_id"]
    parts.append(1.0 - orders["order_id"].isin(wrong).groupby(orders["customer_id"]).mean())
    return pd.concat(parts, axis=1).mean(axis=1)


def magic(deliveries: pd.DataFrame) -> pd.Series:
    """Share of deliveries that came earlier than that customer was used to.

    Examples
    --------
    Three days early where one had been usual, three times: a surprise twice, then usual.

    >>> promised = pd.to_datetime(["2024-01-03"] * 5)
    >>> came = pd.to_datetime(["2024-01-02"] * 2 + ["2023-12-31"] * 3)
    >>> log = pd.DataFrame({"customer_id": 7, "promised_at": promised, "delivered_at": came})
    >>> round(float(magic(log)[7]), 2)
    0.5
    """
    early = (deliveries["promised_at"] - deliveries["delivered_at"]) / np.timedelta64(1, "h")
    who = deliveries["customer_id"]
    before = early.groupby(who).cumcount()
    usual = (early.groupby(who).cumsum() - early) / before.where(before > 0)
    later = before > 0
    better = (early - usual)[later] > early.std()
    return better.groupby(who[later]).mean()


def relevancy(held: dict[str, pd.DataFrame]) -> pd.Series:
    """Share of messages that show the category bought most; the assortment is a sixth of a hit."""
    orders, products = held["orders"], held["products"]
    lines = held["order_lines"]
    lines = lines[lines["order_id"].isin(orders["order_id"])]
    bought = lines_by_category(lines, orders, products)
    most = bought.eq(bought.max(axis=1), axis=0).to_numpy(dtype=float)
    sent = held["messages"]
    sent = sent[sent["customer_id"].isin(bought.index)]
    category = sent["product_id"].map(products.set_index("product_id")["category"].astype(str))
    place = pd.Index(list(CATEGORIES)).get_indexer(category)
    row = bought.index.get_indexer(sent["customer_id"])
    match = np.where(place >= 0, most[row, place], 1.0 / len(CATEGORIES))
    return pd.Series(match).groupby(sent["customer_id"].to_numpy()).mean()


def access(cases: pd.DataFrame, interactions: pd.DataFrame) -> pd.Series:
    """Share of cases answered within `ACCESS_HOURS`."""
    done = interactions[interactions["contact"] == "answered"].groupby("case_id")["at"].min()
    hours = (cases["case_id"].map(done) - cases["opened_at"]) / np.timedelta64(1, "h")
    return (hours <= ACCESS_HOURS).groupby(cases["customer_id"]).mean()


def dialogue(cases: pd.DataFrame, interactions: pd.DataFrame) -> pd.Series:
    """Share of later contacts (reminders, answers to repeated cases) that continue the topic."""
    later = interactions["case_id"].isin(cases.loc[cases["follows_id"] > 0, "case_id"])
    answered = interactions["contact"] == "answered"
    rows = interactions[(interactions["contact"] == "chased") | (later & answered)]
    return rows["continues"].groupby(rows["customer_id"]).mean()
