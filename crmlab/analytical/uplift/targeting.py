"""What tells customers apart when a firm must choose? Profile, worth, risk, and a trial's lesson.

The rules by which customers are chosen for a treatment, each as a number a customer: *value* and
*needs* (IDIC: Peppers and Rogers 2004), the risk of leaving, and the *uplift*, the change by the
treatment (Ascarza 2018). They are put together from the rooms around, with their plain settings.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from crmlab.analytical.btyd import BoundaryWarning, ParetoNBD, rate_per_period
from crmlab.analytical.churn import ChurnModel, snapshot
from crmlab.analytical.lifetime_value import lifetime_value
from crmlab.analytical.rfm_table import rfm
from crmlab.analytical.segments import behaviour, need_shares
from crmlab.analytical.spend import GammaGamma
from crmlab.analytical.uplift.learners import DRLearner
from crmlab.checks import one_of
from crmlab.tables import CATEGORIES

if TYPE_CHECKING:
    from crmlab.records import Records

CHURN_WEEKS = 12
"""Whoever orders nothing for so long counts as churned: a definition."""


def profile(records: Records, week: int, category: str | None = "outdoor") -> pd.DataFrame:
    """The customer profile: what is known of each that could tell them apart.

    Parameters
    ----------
    records : Records
        With ``orders``, ``order_lines`` and ``products``; other tables add columns.
    week : int
        The beginning of this week is the moment; nothing later is used.
    category : str, optional
        What the treatment is about, one of `crmlab.tables.CATEGORIES`; None for everything.

    Returns
    -------
    DataFrame
        One row a customer (index ``customer_id``): `crmlab.analytical.segments.behaviour`, and
        ``bought_eur`` (turnover so far) and ``need`` (share of it spent on the category, as if
        everybody had one order more, spread evenly over all categories).

    Examples
    --------
    >>> import crmlab as crm
    >>> known = profile(crm.simulate("retail", 50, 20, 1).records, 20)
    >>> known.columns[-2:].tolist(), bool(known["need"].between(0, 1).all())
    (['bought_eur', 'need'], True)
    """
    if category is not None:
        one_of("category", category, CATEGORIES)
    table = behaviour(records, week)
    need = 1.0 / len(CATEGORIES)
    if category is not None:
        share = need_shares(records, week)[f"share_{category}"].reindex(table.index, fill_value=0)
        need = (share * table["orders"] + need) / (table["orders"] + 1)
    return table.assign(bought_eur=table["orders"] * table["mean_order_eur"], need=need)


def worth(records: Records, week: int) -> pd.DataFrame:
    """What each customer is worth: an order, and all orders to come.

    Returns
    -------
    DataFrame
        One row a customer: ``order_eur`` (expected margin of an order) and ``projected_eur``
        (lifetime value to come at a yearly discount of 10 %, by Pareto/NBD and gamma-gamma).

    Examples
    --------
    >>> import crmlab as crm
    >>> value = worth(crm.simulate("retail", 200, 24, 1).records, 24)
    >>> value.columns.tolist(), bool((value > 0).all().all())
    (['order_eur', 'projected_eur'], True)
    """
    seen = records.as_of(week)
    orders = seen["orders"]
    rate = float(orders["margin_eur"].sum() / orders["value_eur"].sum())
    assert seen.now is not None  # as_of always knows its moment
    table = rfm(orders, seen.now - np.timedelta64(1, "D"))
    with warnings.catch_warnings():
        # Where customers hardly differ, a parameter runs away and its limit predicts as well.
        warnings.simplefilter("ignore", BoundaryWarning)
        models = ParetoNBD().fit(table), GammaGamma().fit(table)
    value = lifetime_value(*models, table, rate_per_period(0.1, "W"), margin_rate=rate)
    return pd.DataFrame(
        {"order_eur": rate * value["expected_value"], "projected_eur": value["lifetime_value"]}
    )


def risk_of_churn(records: Records, week: int, today: pd.DataFrame | None = None) -> pd.Series:
    """The risk of each customer to order nothing in the next quarter, as known in a week.

    A logistic regression on what became of the customers of a quarter ago. ``today`` saves
    time where the profiles of that week are there already.
    """
    seen = records.as_of(week)
    early = snapshot(seen, week - CHURN_WEEKS, CHURN_WEEKS, log_ends=week)
    X = behaviour(seen, week) if today is None else today
    X = X[[column for column in X if column in early.X]]
    model = ChurnModel("logistic").fit(early.X[X.columns], early.churned)
    return pd.Series(model.risk(X), name="risk")


def straight_lines() -> Pipeline:
    """A cautious linear model of logarithms: with few customers it learns more than trees."""
    return make_pipeline(
        FunctionTransformer(np.log1p), StandardScaler(), RidgeCV(np.logspace(0, 5, 11))
    )


def learn(X: pd.DataFrame, trial: pd.DataFrame, outcome: str = "bought") -> DRLearner:
    """A doubly robust learner over straight lines, taught by the customers of a trial.

    Parameters
    ----------
    X : DataFrame
        Profiles when the trial began.
    trial : DataFrame
        One row a customer of it: ``letter`` (drawn with a chance of one half), and the outcome.
    outcome : str
        The column to learn, such as ``"bought"`` or ``"margin_eur"``.
    """
    learner = DRLearner(straight_lines(), straight_lines(), propensity=0.5)
    y = trial[outcome].astype(float)
    return learner.fit(X.loc[trial.index], y, treatment=trial["letter"])
