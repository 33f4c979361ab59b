"""Which portfolio model finds true value? The lecture's models on one firm, graded by the truth.

Every model sorts the same customers by what the same records say. Whoever believes in a model
gives the best fifth of its list the firm's attention; what share of the truly best fifth's value
that is tells how well the model sees. And two models that forecast: Dwyer's views of a silent
customer, and Tarasi's portfolio, each taught by the past and graded by what came after.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from crmlab.experiments.significance import Firm
from crmlab.market.accounts.scenario import AccountScenario
from crmlab.market.packs import scenario as named_scenario
from crmlab.market.run import Run, simulate
from crmlab.policy import Actions, View
from crmlab.strategic.portfolio.books import status
from crmlab.strategic.portfolio.campbell import campbell
from crmlab.strategic.portfolio.dwyer import buying, dwyer, migration_view, retention_view
from crmlab.strategic.portfolio.factors import captured, customers
from crmlab.strategic.portfolio.fiocca import fiocca
from crmlab.strategic.portfolio.grids import dubinsky, shapiro
from crmlab.strategic.portfolio.outlook import leaving_risk
from crmlab.strategic.portfolio.table import portfolio, seen
from crmlab.strategic.portfolio.tarasi import CHOICES, Tarasi, cash_flows, risk_and_return, tarasi
from crmlab.strategic.portfolio.turnbull import turnbull
from crmlab.tables import QUARTER_WEEKS

MODELS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "Fiocca": fiocca,
    "Campbell and Cunningham": campbell,
    "Turnbull and Zolkiewski": turnbull,
    "Shapiro": shapiro,
    "Dubinsky and Ingram": dubinsky,
    "Dwyer": dwyer,
}
"""The models that sort customers into cells, and whose score chooses among them."""
PLAIN = {"sales": "sales_eur", "profit": "profit_eur", "lifetime value": "lifetime_value_eur"}
"""Columns of the portfolio table to which they are compared."""
DRAWS = 2


def grade_models(firm: Firm, part: float = 0.2, draws: int = DRAWS) -> pd.DataFrame:
    """What share of the value of the truly best customers does each model's list have?

    Parameters
    ----------
    firm : Firm
    part : float
        Of the customers that are chosen, in (0, 1).
    draws : int
        Of luck, over which true value is averaged.

    Returns
    -------
    DataFrame
        One row a model, then the plain columns: ``captured`` (1 is perfect), ``cells`` in use,
        ``told_apart``: the share of the variance of true value, by rank, that lies between the
        cells (eta squared; NaN for plain columns).
    """
    held, true = customers(firm.table), firm.value(draws)
    rank = true[held.index].rank()
    rows = {}
    for name, model in MODELS.items():
        found = model(firm.table)
        between = rank.groupby(found["cell"]).transform("mean").var() / rank.var()
        rows[name] = (captured(found["score"], true, part), found["cell"].nunique(), between)
    for name, column in PLAIN.items():
        rows[name] = (captured(held[column], true, part), 0, np.nan)
    names = ["captured", "cells", "told_apart"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("model")


def win_back(view: View) -> Actions | None:
    """A policy: once a quarter, try to win back every account that has left."""
    if view.week % QUARTER_WEEKS or not view.week:
        return None
    now = status(seen(view))["status"]
    return Actions(now.index[now == "lost"].to_numpy(), "win back", "account")


def silent_accounts(
    scenario: AccountScenario | str = "b2b", customers: int = 150, weeks: int = 104,
    ahead: int = 4, seed: int = 7, policy: object = win_back,
) -> pd.DataFrame:  # fmt: skip
    """How many accounts will buy in the quarters to come: as each of Dwyer's views expects.

    Parameters
    ----------
    scenario, customers, seed
        As in `crmlab.simulate`.
    weeks : int
        At which the forecast is made.
    ahead : int
        Quarters.
    policy : Policy, function or None
        What the firm does; by default it tries to win back whoever leaves.

    Returns
    -------
    DataFrame
        One row a quarter to come (index 1, 2, ...): ``migration``, ``retention`` (expected) and
        ``true`` numbers of buying accounts, of those that have bought before.
    """
    run = simulate(scenario, customers, weeks + ahead * QUARTER_WEEKS, seed, policy)
    past = run.records.as_of(weeks)
    assert past.now is not None
    bought = buying(past, past.now)
    end = run.records.as_of(weeks + ahead * QUARTER_WEEKS).now
    assert end is not None
    after = buying(run.records, end, ahead)
    true = after[after.index.isin(bought.index)].sum().to_numpy()
    return pd.DataFrame(
        {
            "migration": migration_view(bought, ahead),
            "retention": retention_view(bought, ahead),
            "true": true,
        },
        index=pd.RangeIndex(1, ahead + 1, name="quarters ahead"),
    )


def varying_portfolio(
    run: Run, since: int, model: Tarasi | None = None, groups: str = "segment"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tarasi's portfolios, made from the quarters before a week and graded by those after it.

    Parameters
    ----------
    run : Run
        A market between firms.
    since : int
        Week at which the portfolios are made; the quarters before it teach.
    model : Tarasi, optional
    groups : str
        Column of the portfolio table that holds the segments.

    Returns
    -------
    tuple of two DataFrames
        The segments, as `tarasi` gives them, and the portfolios: one row for each of
        `CHOICES`, what it brought after ``since`` and how much that varied.
    """
    records = run.records
    past, end = records.as_of(since).now, records.as_of(run.weeks).now
    assert past is not None and end is not None
    segments = portfolio(records.as_of(since), past)[groups].astype(str)
    before = cash_flows(records, segments, past, since // QUARTER_WEEKS - 1)
    after = cash_flows(records, segments, end, (run.weeks - since) // QUARTER_WEEKS)
    weights = segments[segments != ""].value_counts(normalize=True)
    found = tarasi(before, weights, model)
    return found, risk_and_return(after, found[list(CHOICES)])


def who_leaves(
    scenario: AccountScenario | str = "b2b", customers: int = 300, weeks: int = 78,
    ahead: int = 52, seed: int = 7,
) -> pd.Series:  # fmt: skip
    """Who sees best which customers will leave: the managers, or the order book?

    *judged* is the risk of leaving learned from assessments, *order book* the fall of sales: last
    quarter's over the year's.

    Returns
    -------
    Series
        For *judged* and *order book*: the chance that of two customers, one of whom leaves
        within the weeks ahead, it gives that one the higher risk (AUC); one half if nobody
        leaves.
    """
    sc = named_scenario(scenario)
    run = simulate(sc, customers, weeks + ahead, seed)
    past = run.records.as_of(weeks)
    assert past.now is not None
    state = status(past)["status"]
    risk = leaving_risk(past, past.now)
    ours = risk.index[state[risk.index] == "customer"]
    events = run.records["account_events"]
    left = events.loc[(events["event"] == "lost") & (events["at"] >= past.now), "customer_id"]
    orders = past["orders"]
    ago = (past.now - orders["ordered_at"].to_numpy()) / np.timedelta64(7 * QUARTER_WEEKS, "D")
    last = orders[ago < 1].groupby("customer_id")["value_eur"].sum()
    year = orders[ago < 4].groupby("customer_id")["value_eur"].sum()
    kept = last.reindex(ours, fill_value=0.0) / year.reindex(ours).clip(lower=1.0)
    gone = ours.isin(left)
    return pd.Series(
        {"judged": auc(risk[ours], gone), "order book": auc(-kept.fillna(0.0), gone)}, name="auc"
    )


def auc(score: pd.Series, event: np.ndarray) -> float:
    """The chance that one with the event has a higher score than one without; ties count half.

    >>> auc(pd.Series([0.9, 0.4, 0.4, 0.1]), np.array([True, False, True, False]))
    0.875
    """
    yes, no = int(event.sum()), int((~event).sum())
    if not yes or not no:
        return 0.5
    rank = score.rank().to_numpy()
    return float((rank[event].sum() - yes * (yes + 1) / 2) / (yes * no))
