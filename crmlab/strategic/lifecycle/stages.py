"""Where does each customer stand, as far as the firm can tell?

Chaffey and Ellis-Chadwick (2019), and lecture notes 10, go through *selection*, *acquisition*,
*retention* and *extension*; Buttle (2009) has acquisition, development, retention and a ladder
from suspect to advocate. What a firm holds is a list of orders, so a stage is an inference: here
from how many there were, how long ago the last one was, and over how many kinds of goods. Whether
somebody has left is on record only where there is a contract.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crmlab.asof import When, moment
from crmlab.checks import whole_number
from crmlab.records import Records
from crmlab.tables import EPOCH, WEEK_SECONDS

LIFECYCLE = ("selection", "acquisition", "retention", "extension")
"""The four stages of the notes."""
STAGES = ("first-time", "repeat", "loyal", "at risk", "lost")
"""Rungs that a list of orders can tell apart; a prospect is not on the list yet."""


def standing_of(
    records: Records,
    week: When,
    *,
    risk_weeks: float = 12.0,
    lost_weeks: float = 26.0,
    loyal_orders: int = 5,
    wide: int = 3,
) -> pd.DataFrame:
    """Where each customer stands at the start of a week, from the records up to then.

    Parameters
    ----------
    records : Records
    week : When
        A week number or a time.
    risk_weeks, lost_weeks : float
        Weeks without an order after which a customer counts as at risk, and as lost. By
        contract: a little more than the time between two invoices, for both.
    loyal_orders : int
        Orders from which on a customer is loyal.
    wide : int
        Kinds of goods bought from which on a customer is in *extension*.

    Returns
    -------
    DataFrame
        One row a customer (index ``customer_id``): ``stage`` (category of `STAGES`),
        ``lifecycle`` (category of `LIFECYCLE`), ``orders``, ``quiet_weeks``, ``kinds``. Who
        has given notice of the end of a contract is at risk until then. Who is lost is back in
        *selection*: the firm may choose to win them again.

    Raises
    ------
    ValueError
        If ``lost_weeks`` is less than ``risk_weeks``.
    """
    if not 0 < risk_weeks <= lost_weeks:
        raise ValueError(
            f"lost_weeks must be at least risk_weeks, got {lost_weeks} and {risk_weeks}."
        )
    whole_number("loyal_orders", loyal_orders, 2, 10_000)
    now = moment(week, EPOCH)
    known = records["orders"][records["orders"]["ordered_at"] < now]
    by = known.groupby("customer_id")["ordered_at"].agg(["size", "max"])
    quiet = (now - by["max"]).dt.total_seconds() / WEEK_SECONDS
    told = _under_notice(records, now)
    choices = [
        quiet > lost_weeks,
        (quiet > risk_weeks) | by.index.isin(told),
        by["size"] >= loyal_orders,
        by["size"] >= 2,
    ]
    stage = pd.Categorical(
        np.select(choices, ["lost", "at risk", "loyal", "repeat"], "first-time"), STAGES
    )
    table = pd.DataFrame(
        {
            "stage": stage,
            "orders": by["size"],
            "quiet_weeks": quiet,
            "kinds": _kinds(records, known),
        },
        by.index,
    )
    table.insert(1, "lifecycle", _lifecycle(table, wide))
    return table


def _lifecycle(table: pd.DataFrame, wide: int) -> pd.Categorical:
    choices = [
        table["stage"] == "lost",
        table["stage"] == "first-time",
        (table["stage"] != "at risk") & (table["kinds"] >= wide),
    ]
    return pd.Categorical(
        np.select(choices, ["selection", "acquisition", "extension"], "retention"), LIFECYCLE
    )


def _under_notice(records: Records, now: np.datetime64) -> pd.Index:
    if "notices" not in records:
        return pd.Index([])
    notices = records["notices"]
    here = (notices["at"] < now) & (notices["ends_at"] >= now)
    return pd.Index(notices.loc[here, "customer_id"].unique())


def _kinds(records: Records, known: pd.DataFrame) -> pd.Series:
    """Categories from which each customer has bought so far."""
    lines = records["order_lines"][["order_id", "product_id"]].merge(
        known[["order_id", "customer_id"]], on="order_id"
    )
    category = records["products"].set_index("product_id")["category"]
    found = lines.assign(category=lines["product_id"].map(category).astype(str))
    kinds = found.groupby("customer_id")["category"].nunique()
    return kinds.reindex(known["customer_id"].unique(), fill_value=0)


def history(records: Records, weeks: Sequence[int], **borders: float) -> pd.DataFrame:
    """The stage of every customer at several moments.

    Parameters
    ----------
    records : Records
    weeks : sequence of int
        The moments: week numbers, rising.
    **borders
        As in `standing_of`.

    Returns
    -------
    DataFrame
        One row a customer, one column a week: categories of `STAGES`, missing before the
        first order.
    """
    found = {week: standing_of(records, week, **borders)["stage"] for week in weeks}  # type: ignore[arg-type]
    return pd.DataFrame(found).rename_axis(columns="week")


def transitions(stages: pd.DataFrame) -> pd.DataFrame:
    """From each stage, which share of the customers stands where one step later?

    Parameters
    ----------
    stages : DataFrame
        As `history` gives it.

    Returns
    -------
    DataFrame
        From (rows) and to (columns), `STAGES` both; rows add up to 1, or are 0 where nobody
        was seen.

    Examples
    --------
    >>> seen = pd.DataFrame({0: ["first-time", "repeat"], 4: ["repeat", "repeat"]})
    >>> transitions(seen).loc["first-time", "repeat"]
    np.float64(1.0)
    """
    if stages.shape[1] < 2:
        raise ValueError(f"stages must hold two moments at least, got {stages.shape[1]}.")
    counts = pd.DataFrame(
        0.0, index=pd.Index(STAGES, name="from"), columns=pd.Index(STAGES, name="to")
    )
    for before, after in zip(stages.columns[:-1], stages.columns[1:], strict=True):
        pair = pd.crosstab(stages[before].astype(object), stages[after].astype(object))
        counts = counts.add(pair.reindex(index=STAGES, columns=STAGES, fill_value=0).to_numpy())
    total = counts.sum(axis=1)
    return counts.div(total.where(total > 0, 1.0), axis=0)


def dwell_weeks(matrix: pd.DataFrame, step_weeks: float) -> pd.Series:
    """How long a stay in each stage lasts on average, weeks: step / (1 - share that stays).

    NaN for a stage in which nobody was seen: a row of zeros.

    >>> dwell_weeks(pd.DataFrame([[0.75, 0.25], [0.5, 0.5]]), 4.0).tolist()
    [16.0, 8.0]
    """
    stays = np.diag(matrix.to_numpy())
    with np.errstate(divide="ignore"):
        weeks = step_weeks / (1.0 - stays)
    return pd.Series(weeks, matrix.index, name="weeks").where(matrix.sum(axis=1) > 0)


def belief_and_truth(stage: pd.Series, gone: pd.Series) -> pd.DataFrame:
    """Of those whom the firm believes at each stage, who had really left?

    Parameters
    ----------
    stage : Series
        The firm's belief, by ``customer_id``: a column ``stage`` or ``lifecycle`` of
        `standing_of`.
    gone : Series of bool
        The truth, by the same ids: a firm without a contract never has it.

    Returns
    -------
    DataFrame
        Index: the stages; ``customers``, ``gone`` (share).

    Examples
    --------
    >>> belief_and_truth(pd.Series(["repeat", "lost"], [1, 2]), pd.Series([False, True], [1, 2]))[
    ...     "gone"
    ... ].to_dict()
    {'repeat': 0.0, 'lost': 1.0}
    """
    missing = stage.index.difference(gone.index)
    if len(missing):
        raise ValueError(f"gone must hold every customer of stage; {missing[0]} is missing.")
    by = gone.loc[stage.index].astype(float).groupby(stage, observed=True)
    table = pd.DataFrame({"customers": by.size(), "gone": by.mean()})
    known = (*STAGES, *LIFECYCLE)
    return table.reindex([s for s in known if s in table.index]).rename_axis(stage.name or "stage")
