"""What did each customer make the firm do? Driver volumes, read off the firm's own records.

An activity-based costing starts with a count: orders packed, lines picked, returns handled,
letters posted. Only what the tables hold is counted; work that leaves no row costs nobody
anything here, which is the first thing to ask about a costing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from crmlab.tables import SERVICE_KINDS

if TYPE_CHECKING:
    from crmlab.records import Records

DRIVERS = {
    "orders": "orders packed and invoiced",
    "lines": "order lines, a walk to a shelf each",
    "pieces": "pieces picked",
    "returns": "order lines sent back, inspected and refunded",
    "offers": "offers redeemed and booked",
    "visits": "visits to the web shop while logged in",
    "pages": "pages served in them",
    "emails": "e-mails sent",
    "letters": "letters sent",
    "calls": "calls made",
    "complaints": "messages reported as spam, answered one by one",
    "consents": "changes of permission, recorded",
    "advice": "questions answered after an order",
    "telephone order": "orders taken by telephone",
    "rush delivery": "orders sent out of turn",
    "correction": "things put right after an order",
}
"""The drivers that `activity_volumes` counts, and what one unit of each is."""
_TABLES = {
    "orders": "orders", "lines": "order_lines", "pieces": "order_lines", "returns": "returns",
    "offers": "redemptions", "visits": "sessions", "pages": "sessions", "emails": "messages",
    "letters": "messages", "calls": "messages", "complaints": "responses", "consents": "consents",
} | dict.fromkeys(SERVICE_KINDS, "services")  # fmt: skip
_PARTS = {"emails": ("channel", "email"), "letters": ("channel", "post"),
          "calls": ("channel", "phone"), "complaints": ("event", "complaint")
          } | {kind: ("kind", kind) for kind in SERVICE_KINDS}  # fmt: skip
_SUMS = {"pieces": "quantity", "pages": "pages"}


def activity_volumes(records: Records) -> pd.DataFrame:
    """How much of each activity every customer caused.

    Parameters
    ----------
    records : Records
        With ``customers``; each other table that they hold adds its drivers.

    Returns
    -------
    DataFrame
        One row a customer (index ``customer_id``, in the order of ``customers``), one column a
        driver of `DRIVERS` whose table is there; a customer who caused nothing has zeros.

    Examples
    --------
    >>> from crmlab import Records
    >>> log = pd.DataFrame({"who": [1, 2, 1], "on": ["2024-01-01", "2024-01-08", "2024-02-05"]})
    >>> records = Records.from_transactions(log.assign(eur=9.0), "who", "on", "eur")
    >>> activity_volumes(records)
                 orders
    customer_id
    1                 2
    2                 1
    """
    customers = _customers(records)
    counts = {d: _count(records, d) for d, table in _TABLES.items() if table in records}
    if not counts:
        raise ValueError(f"records must hold a table to count besides customers, got {records!r}.")
    volumes = {d: count.reindex(customers, fill_value=0) for d, count in counts.items()}
    return pd.DataFrame(volumes, index=customers).astype("int64")


def _count(records: Records, driver: str) -> pd.Series:
    table = _with_customer(records, _TABLES[driver])
    if driver in _PARTS:
        column, value = _PARTS[driver]
        table = table[table[column] == value]
    weight = table[_SUMS[driver]].astype("int64") if driver in _SUMS else None
    if weight is None:
        return table.groupby("customer_id").size()
    return weight.groupby(table["customer_id"]).sum()


def _with_customer(records: Records, name: str) -> pd.DataFrame:
    """The table with whose row it is; rows of an order belong to who placed it."""
    table = records[name]
    if "customer_id" in table:
        return table
    if "orders" not in records:
        raise ValueError(
            f"records hold {name!r} without 'orders', which say whose they are. "
            "Add the orders, or leave the table out."
        )
    owner = records["orders"].set_index("order_id")["customer_id"]
    return table.assign(customer_id=owner.reindex(table["order_id"]).to_numpy())


def _customers(records: Records) -> pd.Index:
    if "customers" not in records:
        raise ValueError(f"records must hold the table 'customers', they hold {list(records)}.")
    return pd.Index(records["customers"]["customer_id"], name="customer_id")


def customer_margins(records: Records) -> pd.DataFrame:
    """What each customer brought before anybody's work is paid for.

    Parameters
    ----------
    records : Records
        With ``customers`` and ``orders``; ``returns`` and ``redemptions`` are taken off where
        they are there.

    Returns
    -------
    DataFrame
        One row a customer (index ``customer_id``): ``revenue_eur`` after refunds and offers,
        ``margin_eur`` likewise: gross margin of the orders, less the margin of what came back
        and less the offers redeemed.

    Examples
    --------
    >>> import crmlab as crm
    >>> records = crm.simulate("retail", 300, 26, 7).records
    >>> customer_margins(records)["margin_eur"].sum() < records.orders["margin_eur"].sum()
    np.True_
    """
    customers = _customers(records)
    parts = [_with_customer(records, "orders").assign(sign=1.0)]
    if "returns" in records:
        back = _with_customer(records, "returns").rename(columns={"refund_eur": "value_eur"})
        parts.append(back.assign(sign=-1.0))
    if "redemptions" in records:
        off = _with_customer(records, "redemptions")
        off = off.assign(value_eur=off["offer_eur"], margin_eur=off["offer_eur"])
        parts.append(off.assign(sign=-1.0))
    eur = ["value_eur", "margin_eur"]
    rows = pd.concat([p[eur].mul(p["sign"], axis=0).assign(who=p["customer_id"]) for p in parts])
    sums = rows.groupby("who")[eur].sum().round(2)  # to the cent: what was sent back cancels
    sums = sums.reindex(customers, fill_value=0.0)
    return sums.rename(columns={"value_eur": "revenue_eur"}).rename_axis(customers.name)


def ledger_volumes(ledger: pd.DataFrame) -> pd.DataFrame:
    """The same table from an activity ledger, as a firm's cost accounting keeps it.

    Parameters
    ----------
    ledger : DataFrame
        One row a customer and driver, or several to be added up: ``customer_id``, ``driver``,
        ``volume`` (units, at least 0).

    Returns
    -------
    DataFrame
        One row a customer (index ``customer_id``), one column a driver; 0 where no row is.

    Raises
    ------
    ValueError
        A column is missing, or a volume is negative or missing.

    Examples
    --------
    >>> ledger = pd.DataFrame(
    ...     {"customer_id": [7, 7, 9], "driver": ["orders", "calls", "orders"], "volume": [2, 1, 5]}
    ... )
    >>> ledger_volumes(ledger)
    driver       calls  orders
    customer_id
    7                1       2
    9                0       5
    """
    missing = [c for c in ("customer_id", "driver", "volume") if c not in ledger]
    if missing:
        raise ValueError(f"ledger must have the column {missing[0]!r}, got {list(ledger)}.")
    bad = ledger.loc[~(ledger["volume"] >= 0)]
    if len(bad):
        row = bad.iloc[0]
        raise ValueError(
            f"ledger must have volumes >= 0, got {row['volume']} of {row['driver']!r} "
            f"for customer {row['customer_id']}."
        )
    return ledger.pivot_table("volume", "customer_id", "driver", aggfunc="sum", fill_value=0)
