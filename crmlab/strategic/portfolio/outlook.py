"""What is to be expected of each account? Sales, leaving and lifetime value from the records.

Three of the five basic disciplines (Buttle 2004, ch. 4): *forecasting* (each account's own trend,
damped), *data mining* (which assessments came before leaving: a logistic regression over past
quarters) and *lifetime value* (what is expected, discounted, while the account stays).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.strategic.portfolio.books import Tables
from crmlab.tables import QUARTER_WEEKS, WEEK_SECONDS

_QUARTER = np.timedelta64(QUARTER_WEEKS * WEEK_SECONDS, "s")
LEAST_EVENTS = 8
"""Accounts lost that it takes to learn from; with fewer, all are given the same risk."""
_STRENGTH = 6.0
_WITH_FEW = 0.03  # a quarter, where nobody has been lost yet (assumed)


@dataclass(frozen=True)
class Horizon:
    """How far value is looked ahead.

    Attributes
    ----------
    quarters : int
        Of future profit that count, at least 1.
    discount_per_year : float
        In [0, 1].
    """

    quarters: int = 20
    discount_per_year: float = 0.10

    def __post_init__(self) -> None:
        if self.quarters < 1:
            raise ValueError(f"quarters must be >= 1, got {self.quarters}.")
        if not 0 <= self.discount_per_year <= 1:
            raise ValueError(
                f"discount_per_year must be in [0, 1], got {self.discount_per_year}. "
                "Is this a percentage?"
            )


def growth(held: Tables, now: np.datetime64) -> pd.Series:
    """Growth of each account's sales a quarter: the slope of its last eight, pulled to all's.

    The account's own trend counts ``n / (n + 6)`` with ``n`` quarters of sales, the trend of all
    accounts together the rest; held to 10 % either way.

    Returns
    -------
    Series
        By ``customer_id``, share a quarter; accounts without orders are left out.
    """
    orders = held["orders"]
    orders = orders[orders["ordered_at"] < now]
    ago = ((now - orders["ordered_at"].to_numpy()) // _QUARTER).astype(int)
    recent = orders.assign(ago=ago)[ago < 8]
    sales = recent.pivot_table("value_eur", "customer_id", "ago", aggfunc="sum", fill_value=0.0)
    sales = sales.iloc[:, ::-1]
    number = (sales > 0).sum(axis=1)
    own = _slope(sales)
    common = float(_slope(sales.sum().to_frame().T).iloc[0])
    mixed = (number * own + _STRENGTH * common) / (number + _STRENGTH)
    return mixed.clip(-0.1, 0.1).rename("growth")


def _slope(sales: pd.DataFrame) -> pd.Series:
    """Relative slope of each row by least squares; 0 for a single quarter."""
    if sales.shape[1] < 2:
        return pd.Series(0.0, sales.index)
    x = np.arange(sales.shape[1]) - (sales.shape[1] - 1) / 2
    slope = sales.to_numpy() @ x / (x**2).sum()
    return pd.Series(slope / np.maximum(sales.mean(axis=1).to_numpy(), 1e-9), sales.index)


def leaving_risk(held: Tables, now: np.datetime64) -> pd.Series:
    """The risk that an account leaves within the next quarter, by its last assessment.

    Learned from all earlier assessments of customers and who was lost within a quarter after
    them; a benchmark that was named and has left counts as well.

    Returns
    -------
    Series
        By ``customer_id``: accounts that have been assessed as customers.
    """
    panel = _panel(held, now)
    features = ["relationship", "rival", "led_away"]
    latest = panel.drop_duplicates("customer_id", keep="last").set_index("customer_id")
    past = panel[panel["at"] < now - _QUARTER]
    lost = int(past["lost"].sum())
    if lost < LEAST_EVENTS:
        rate = (lost + _WITH_FEW * 30) / (len(past) + 30)
        return pd.Series(rate, latest.index, name="leaving_risk")
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(C=1.0))
    model.fit(past[features].to_numpy(dtype=float), past["lost"].to_numpy())
    chance = model.predict_proba(latest[features].to_numpy(dtype=float))[:, 1]
    return pd.Series(chance, latest.index, name="leaving_risk")


def _panel(held: Tables, now: np.datetime64) -> pd.DataFrame:
    """One row a customer and assessment: what was judged, and whether it was lost soon after."""
    table = held["assessments"]
    table = table[(table["relationship"] > 0) & (table["at"] < now)]
    events = held["account_events"]
    lost = events.loc[events["event"] == "lost", ["customer_id", "at"]]
    lost = lost.rename(columns={"at": "lost_at"}).sort_values("lost_at")
    panel = pd.merge_asof(
        table.sort_values("at"), lost, left_on="at", right_on="lost_at", by="customer_id",
        direction="forward",
    )  # fmt: skip
    soon = panel["lost_at"] - panel["at"] < pd.Timedelta(_QUARTER)
    return panel.assign(lost=soon & panel["lost_at"].notna(), led_away=_led_away(held, panel))


def _led_away(held: Tables, panel: pd.DataFrame) -> pd.Series:
    """Whether the account named a benchmark by then that had left, or never was a customer."""
    named = held["testimonials"].sort_values("at")[["customer_id", "at", "names_id"]]
    found = pd.merge_asof(panel[["customer_id", "at"]], named, on="at", by="customer_id")
    events = held["account_events"].sort_values("at")[["customer_id", "at", "event"]]
    events = events.rename(columns={"customer_id": "names_id"})
    found["names_id"] = found["names_id"].fillna(-1).astype("int64")
    at_the_time = pd.merge_asof(found, events, on="at", by="names_id")
    here = at_the_time["event"].astype(str).isin(["customer", "won", "won back"])
    return ((found["names_id"] >= 0) & ~here).astype(float).set_axis(panel.index)


def lifetime_value(
    profit_eur: pd.Series, growth: pd.Series, risk: pd.Series, horizon: Horizon | None = None
) -> pd.Series:
    """Expected discounted profit of the coming quarters while an account stays, EUR.

    ``sum of profit (1 + g)^q (1 - risk)^q / (1 + d)^(q / 4)`` over the quarters ``q`` ahead.

    Parameters
    ----------
    profit_eur : Series
        A quarter, by ``customer_id``.
    growth, risk : Series
        A quarter; what is missing counts as 0 growth and the mean risk.
    horizon : Horizon, optional

    Returns
    -------
    Series
        By ``customer_id``.

    Examples
    --------
    >>> one = pd.Series([100.0], index=[7])
    >>> none = pd.Series([0.0], index=[7])
    >>> lifetime_value(one, none, none + 0.5, Horizon(2, 0.0)).tolist()
    [75.0]
    """
    ahead = horizon or Horizon()
    g = growth.reindex(profit_eur.index).fillna(0.0)
    p = risk.reindex(profit_eur.index).fillna(risk.mean() if len(risk) else 0.0)
    step = (1 + g) * (1 - p) * (1 + ahead.discount_per_year) ** (-1 / 4)
    powers = step.to_numpy()[:, None] ** np.arange(1, ahead.quarters + 1)
    return (profit_eur * powers.sum(axis=1)).rename("lifetime_value_eur")
