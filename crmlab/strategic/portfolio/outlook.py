"""What is to be expected of each account? Sales, leaving and lifetime value from the records.

Three of the five basic disciplines (Buttle 2004, ch. 4): *forecasting* (each account's own trend,
damped), *data mining* (which assessments came before leaving: a logistic regression over past
quarters) and *lifetime value* (what is expected, discounted, while the account stays).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.strategic.portfolio.books import Tables, status
from crmlab.tables import QUARTER_WEEKS, WEEK_SECONDS

_QUARTER = np.timedelta64(QUARTER_WEEKS * WEEK_SECONDS, "s")
LEAST_EVENTS = 8
"""Accounts lost that it takes to learn from; with fewer, all are given the same risk."""
_QUARTERS = 8
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

    Orders are few and lumpy, so that most of a slope is luck. An account's own slope counts as
    much as the slopes of all accounts differ beyond their standard errors (DerSimonian and Laird
    1986), the mean slope the rest; held to 10 % either way. Quarters before an account's first
    order do not count, nor do accounts that have left: that they may leave is `leaving_risk`.

    Returns
    -------
    Series
        By ``customer_id``, share a quarter; only customers with orders in these quarters.
    """
    here = status(held, now)["status"] == "customer"
    orders = held["orders"]
    orders = orders[(orders["ordered_at"] < now) & orders["customer_id"].isin(here.index[here])]
    ago = ((now - orders["ordered_at"].to_numpy()) // _QUARTER).astype(int)
    recent = orders.assign(ago=ago)[ago < _QUARTERS]
    sums = recent.pivot_table("value_eur", "customer_id", "ago", aggfunc="sum", fill_value=0.0)
    sales = sums.iloc[:, ::-1].to_numpy(dtype=float)
    count = recent.groupby("customer_id").size().reindex(sums.index).to_numpy(dtype=float)
    own, error = _slopes(sales, count)
    return pd.Series(_pulled(own, error), sums.index, name="growth").clip(-0.1, 0.1)


def _slopes(sales: np.ndarray, orders: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Relative slope of each row from its first sale on, and its squared standard error.

    By least squares. The error falls with the orders of a quarter; by how much is learned from
    all rows together. Rows with fewer than three quarters have an endless one.
    """
    began = np.maximum.accumulate(sales > 0, axis=1)
    number = np.maximum(began.sum(axis=1), 1)
    middle = (began * np.arange(sales.shape[1])).sum(axis=1) / number
    x = np.where(began, np.arange(sales.shape[1]) - middle[:, None], 0.0)
    spread = np.maximum((x**2).sum(axis=1), 1e-9)
    mean = np.maximum(sales.sum(axis=1) / number, 1e-9)
    slope = (sales * x).sum(axis=1) / spread / mean
    rest = np.where(began, sales / mean[:, None] - 1 - slope[:, None] * x, 0.0)
    long = number > 2
    a_quarter = orders / number
    an_order = ((rest**2).sum(axis=1) * a_quarter)[long].sum() / max((number - 2)[long].sum(), 1)
    return slope, np.where(long, an_order / np.maximum(a_quarter, 1e-9) / spread, np.inf)


def _pulled(own: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Every slope, pulled to the mean one by as much of it as is luck."""
    weight = 1 / np.maximum(error, 1e-12)
    common = (weight * own).sum() / max(weight.sum(), 1e-12)
    free = weight.sum() - (weight**2).sum() / max(weight.sum(), 1e-12)
    excess = (weight * (own - common) ** 2).sum() - ((weight > 0).sum() - 1)
    between = max(excess / free, 0.0) if free > 0 else 0.0
    own_part = between / (between + error) if between > 0 else np.zeros(len(own))
    return own_part * own + (1 - own_part) * common


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
