"""Which message gets the credit for an order? Last-click attribution, as web analytics has it.

The order is credited to the message that its customer clicked last within a window before
it. Nothing here asks what would have happened without the message: that takes a hold-out
(`holdout.py`), or a second life of the same customers (`experiments.credit`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.checks import one_of

EVENTS = ("click", "open")
_REACTIONS = {"bounce": "never gets", "open": "opens", "click": "clicks",
              "complaint": "reports as spam", "unsubscribe": "unsubscribes from"}  # fmt: skip
_COLUMNS = ["order_id", "customer_id", "ordered_at", "value_eur", "margin_eur",
            "message_id", "at", "kind", "cell"]  # fmt: skip
_NEEDED = {
    "orders": _COLUMNS[:5],
    "messages": ["message_id", "kind", "cell"],
    "responses": ["message_id", "event", "customer_id", "at"],
}


def last_click(
    orders: pd.DataFrame,
    messages: pd.DataFrame,
    responses: pd.DataFrame,
    window_days: float = 7.0,
    event: str = "click",
) -> pd.DataFrame:
    """Orders with the message that last-click attribution credits them to.

    A click counts from the second in which it happens to the end of the window, both
    included; of two clicks in one second the message with the larger id gets the credit.

    Parameters
    ----------
    orders, messages, responses : DataFrame
        Tables of `Records`.
    window_days : float
        Longest time between click and order, days.
    event : str
        ``"click"``, or ``"open"`` for last-open attribution.

    Returns
    -------
    DataFrame
        One row per credited order, by time: order_id, customer_id, ordered_at, value_eur,
        margin_eur, message_id, at (of the click), kind, cell.

    Raises
    ------
    ValueError
        A column or a time is missing, a clicked message is not among the messages or stands
        there twice, ``window_days`` is not positive, or ``event`` is another.

    Examples
    --------
    >>> import crmlab as crm
    >>> r = crm.simulate("retail", 200, 26, 7, crm.policies.newsletter(1)).records
    >>> set(last_click(r.orders, r.messages, r.responses)["kind"]) <= {"newsletter"}
    True
    """
    if isinstance(window_days, bool) or not 0 < window_days < np.inf:
        raise ValueError(f"window_days must be a finite number > 0, got {window_days}.")
    one_of("event", event, EVENTS)
    _check_columns(orders=orders, messages=messages, responses=responses)
    clicks = responses.loc[responses["event"] == event, ["message_id", "customer_id", "at"]]
    _check_times(orders["ordered_at"], clicks["at"])
    if orders.empty or clicks.empty:
        return _nobody(orders, messages, responses)
    clicks = clicks.sort_values(["at", "message_id"], ignore_index=True)
    joined = pd.merge_asof(
        orders[_COLUMNS[:5]].sort_values(["ordered_at", "order_id"]),
        # The row, not the id, goes through the join: beside a missing value an id becomes a
        # float, and ids of 18 digits are then no longer exact.
        clicks[["customer_id", "at"]]
        .astype({"at": orders["ordered_at"].dtype})
        .assign(row=clicks.index),
        left_on="ordered_at",
        right_on="at",
        by="customer_id",
        tolerance=pd.Timedelta(days=window_days),
    )
    credited = joined[joined["row"].notna()]
    ids = clicks["message_id"].to_numpy()[credited["row"].to_numpy(dtype=np.int64)]
    credited = credited.assign(message_id=ids)
    _check_messages(credited["message_id"], messages["message_id"])
    return credited.merge(messages[_NEEDED["messages"]], on="message_id", how="left")[_COLUMNS]


def journey(
    customer_id: int,
    sessions: pd.DataFrame,
    orders: pd.DataFrame,
    messages: pd.DataFrame,
    responses: pd.DataFrame,
) -> pd.DataFrame:
    """What one customer and the firm did with each other, in order of time.

    Parameters
    ----------
    customer_id : int
        The firm's key.
    sessions, orders, messages, responses : DataFrame
        Tables of `Records`.

    Returns
    -------
    DataFrame
        One row a touch: at, who ("customer" or "firm"), what, detail. Visits in which
        something was put into the cart and not ordered end in "leaves a cart".

    Raises
    ------
    ValueError
        Nothing is known of this customer.
    """
    visits, bought, sent, reacted = (
        table[table["customer_id"] == customer_id]
        for table in (sessions, orders, messages, responses)
    )
    pages = visits["pages"].astype(str) + " pages, from " + visits["source"].astype(str)
    left = visits[visits["cart"] & (visits["order_id"] == 0)]
    euros = bought["value_eur"].map("value {:.2f} EUR".format)
    kinds = sent["kind"].astype(str) + ", cell " + sent["cell"].astype(str)
    parts = [
        _touches(sent["sent_at"], "firm", "sends a message", kinds),
        _touches(
            reacted["at"], "customer", reacted["event"].astype(str).map(_REACTIONS), "the message"
        ),
        _touches(visits["started_at"], "customer", "visits the shop", pages),
        _touches(left["started_at"], "customer", "leaves a cart", ""),
        _touches(bought["ordered_at"], "customer", "orders", euros),
    ]
    found = pd.concat(parts)
    if found.empty:
        raise ValueError(f"customer_id must be a customer with records, got {customer_id!r}.")
    return found.sort_values("at", kind="stable", ignore_index=True)


def _touches(
    at: pd.Series, who: str, what: pd.Series | str, detail: pd.Series | str
) -> pd.DataFrame:
    columns = {"at": at.astype("datetime64[s]"), "who": who, "what": what, "detail": detail}
    return pd.DataFrame(columns).astype({"who": object, "what": object, "detail": object})


def _check_columns(**tables: pd.DataFrame) -> None:
    for name, table in tables.items():
        missing = [c for c in _NEEDED[name] if c not in table]
        if missing:
            raise ValueError(f"{name} must have the column {missing[0]!r}, got {list(table)}.")


def _check_times(ordered_at: pd.Series, at: pd.Series) -> None:
    for name, times in (("orders.ordered_at", ordered_at), ("responses.at", at)):
        if times.isna().any():
            raise ValueError(
                f"{name} must not be missing; {int(times.isna().sum())} rows have none. "
                "Drop them first."
            )


def _check_messages(clicked: pd.Series, known: pd.Series) -> None:
    if known.duplicated().any():
        raise ValueError(
            f"messages must have one row a message, got message_id "
            f"{known[known.duplicated()].iloc[0]} twice."
        )
    unknown = clicked[~clicked.isin(known)]
    if len(unknown):
        raise ValueError(
            f"messages must hold every clicked message, message_id {unknown.iloc[0]} is missing."
        )


def _nobody(orders: pd.DataFrame, messages: pd.DataFrame, responses: pd.DataFrame) -> pd.DataFrame:
    """The same columns without a row."""
    none = {c: orders[c].iloc[:0] for c in _COLUMNS[:5]}
    none |= {c: responses[c].iloc[:0] for c in ("message_id", "at")}
    none |= {c: messages[c].iloc[:0] for c in ("kind", "cell")}
    return pd.DataFrame({c: none[c].reset_index(drop=True) for c in _COLUMNS})
