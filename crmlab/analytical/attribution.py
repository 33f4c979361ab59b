"""Which message gets the credit for an order? Last-click attribution, as web analytics has it.

The order is credited to the message that its customer clicked last within a window before
it. Nothing here asks what would have happened without the message: that takes a hold-out.
"""

from __future__ import annotations

import pandas as pd


def last_click(
    orders: pd.DataFrame,
    messages: pd.DataFrame,
    responses: pd.DataFrame,
    window_days: float = 7.0,
    event: str = "click",
) -> pd.DataFrame:
    """Orders with the message that last-click attribution credits them to.

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
        One row per credited order: order_id, customer_id, ordered_at, value_eur, margin_eur,
        message_id, at, kind, cell.

    Raises
    ------
    ValueError
        ``window_days`` is not positive.

    Examples
    --------
    >>> import crmlab as crm
    >>> r = crm.simulate("retail", 200, 26, 7, crm.policies.newsletter(1)).records
    >>> set(last_click(r.orders, r.messages, r.responses)["kind"]) <= {"newsletter"}
    True
    """
    if not window_days > 0:
        raise ValueError(f"window_days must be > 0, got {window_days}.")
    clicks = responses.loc[responses["event"] == event, ["message_id", "customer_id", "at"]]
    joined = pd.merge_asof(
        orders.sort_values("ordered_at"),
        clicks.sort_values("at"),
        left_on="ordered_at",
        right_on="at",
        by="customer_id",
        tolerance=pd.Timedelta(days=window_days),
    )
    credited = joined[joined["message_id"].notna()].astype({"message_id": "int64"})
    return credited.merge(messages[["message_id", "kind", "cell"]], on="message_id")
