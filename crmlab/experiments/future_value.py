"""What is every customer really worth from now on, and how far off is a forecast of it?

The firm's forecasts stop at what a log can tell. Here is what it cannot: who is still there, what
somebody with these traits brings on average (the *oracle*, which knows everything but luck), and
what came. Expected margin of a person who is still there is ``m Σ λ f ∫ exp(−leave t) dt`` over the
weeks to come, with f the common shocks and ``leave`` = μ, or λ f p where people leave after an
order: the formula of `crmlab.market.value`, begun today instead of at the first order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.analytical.btyd import MBGCNBD, ParetoNBD, interval_logs
from crmlab.analytical.btyd.base import RepeatModel
from crmlab.analytical.rfm_table import rfm
from crmlab.chance import Chance
from crmlab.checks import one_of, whole_number
from crmlab.experiments.compare import world_seeds
from crmlab.market.run import Run, simulate
from crmlab.market.scenario import Scenario
from crmlab.market.shocks import order_rate_factors
from crmlab.market.value import weekly_discount
from crmlab.tables import EPOCH

_A_DAY = pd.Timedelta(days=1)
_TRAITS = ("order_rate", "dropout_rate", "dropout_probability")
YEAR = 52
FORECASTS = ("own rate", "Pareto/NBD", "MBG/CNBD-k")
SPOILERS: dict[str, dict[str, Any]] = {
    "as the model has it": {},
    "season": {"season_amplitude": 0.6},
    "regular buyers": {"process": "regular", "regularity": 4},
    "eager ones leave sooner": {"correlation_rate_dropout": 0.8},
    "eager ones stay longer": {"correlation_rate_dropout": -0.8},
    "boom and bust": {"economy_sd": 0.5, "economy_memory": 0.98},
}
"""Markets that break one assumption of the Pareto/NBD model each, as changes to a scenario."""


def last_day(week: int) -> pd.Timestamp:
    """The last day before a week: where what is known ends.

    >>> last_day(52)
    Timestamp('2024-12-29 00:00:00')
    """
    whole_number("week", week, 1, 10_000)
    return pd.Timestamp(EPOCH) + pd.Timedelta(weeks=week) - _A_DAY


def future_value(run: Run, week: int) -> pd.DataFrame:
    """Every customer of a moment: still there or not, and what is to come.

    Parameters
    ----------
    run : Run
        Without a policy, or the oracle is off; not of a "bg/bb" market. In a "regular" one the
        oracle takes orders to come at their mean rate.
    week : int
        The moment, at least one week before the end of the run.

    Returns
    -------
    DataFrame
        One row a customer with an order before ``week`` (index ``customer_id``, sorted):
        ``active`` (has not left by then), ``expected_eur`` (margin net of returns from then to the
        end of the run, given the traits), ``lifetime_eur`` (the same without an end, discounted),
        ``margin_eur`` (what came).
    """
    whole_number("week", week, 1, run.weeks - 1)
    if run.scenario.process == "bg/bb":
        raise ValueError("run must not be of a 'bg/bb' market: its people have no order rate.")
    now = last_day(week) + _A_DAY
    orders = run.records.orders
    who = np.unique(orders.loc[orders["ordered_at"] < now, "customer_id"])
    person = run.truth.identity.set_index("customer_id").loc[who, "person_id"]
    people = run.truth.people.set_index("person_id").loc[person]
    active = (people["left_at"].isna() | (people["left_at"] >= now)).to_numpy()
    margin = (people["basket_eur"] * people["margin_rate"]).to_numpy() * active
    rate, leave, stop = (people[name].to_numpy() for name in _TRAITS)
    forever = leave + rate * stop + weekly_discount(run.scenario)
    return pd.DataFrame(
        {
            "active": active,
            "expected_eur": margin * _orders(rate, leave, stop, _factors(run)[week:]),
            "lifetime_eur": margin * rate / forever,
            "margin_eur": _came(run, now, who),
        },
        index=pd.Index(who, name="customer_id"),
    )


def _factors(run: Run) -> NDArray[np.float64]:
    return order_rate_factors(run.scenario, Chance(run.seed).split("luck"), run.weeks)


def _orders(
    rate: NDArray[np.float64],
    leave: NDArray[np.float64],
    stop: NDArray[np.float64],
    factors: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Expected orders of people who are there at the start, over weeks with these factors."""
    gone = np.maximum(leave[:, None] + (rate * stop)[:, None] * factors, 1e-12)
    before = np.cumsum(gone, axis=1) - gone
    present = np.exp(-before) * -np.expm1(-gone) / gone
    return rate * (present @ factors)


def _came(run: Run, now: pd.Timestamp, who: NDArray[np.int64]) -> NDArray[np.float64]:
    """Margin of the orders from a moment on, less that of what was sent back of them."""
    orders = run.records.orders.set_index("order_id")
    orders = orders[orders["ordered_at"] >= now]
    back = run.records.returns.groupby("order_id")["margin_eur"].sum()
    net = orders["margin_eur"] - back.reindex(orders.index).fillna(0.0)
    total = net.groupby(orders["customer_id"]).sum()
    return total.reindex(who).fillna(0.0).to_numpy()


def forecast_errors(
    scenario: Scenario,
    seed: int,
    customers: int = 2_000,
    forecasts: Sequence[str] = FORECASTS,
) -> pd.DataFrame:
    """How far forecasts of the second year's purchases are off, from the orders of the first.

    Parameters
    ----------
    scenario, seed, customers
        As in `crmlab.simulate`; the firm does nothing.
    forecasts : sequence of str
        Which of `FORECASTS`.

    Returns
    -------
    DataFrame
        Index ``forecast``: ``bias`` (share by which the sum of all purchases was overstated) and
        ``mae`` (mean absolute error, purchases a customer).
    """
    for name in forecasts:
        one_of("forecasts", name, FORECASTS)
    orders = simulate(scenario, customers, 2 * YEAR, seed).records.orders
    end = last_day(YEAR)
    table = rfm(orders, end, holdout=last_day(2 * YEAR)).join(interval_logs(orders, end))
    came = table["holdout_frequency"]
    said = {name: _forecast(name, table) for name in forecasts}
    rows = {n: (s.sum() / came.sum() - 1.0, (s - came).abs().mean()) for n, s in said.items()}
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["bias", "mae"])
    return frame.rename_axis("forecast")


def _forecast(name: str, table: pd.DataFrame) -> pd.Series:
    """Purchases of each customer in the coming year."""
    if name == "own rate":
        return YEAR * table["frequency"] / table["age"].clip(lower=1 / 7)
    model: RepeatModel = ParetoNBD() if name == "Pareto/NBD" else MBGCNBD()
    return model._estimate(table).expected_purchases(table, float(YEAR))


def misses_by_market(
    scenario: Scenario, worlds: int = 3, seed: int = 7, customers: int = 2_000
) -> pd.DataFrame:
    """How far off models of the coming year's purchases are where one assumption is broken.

    Parameters
    ----------
    scenario : Scenario
        To which the changes of `SPOILERS` are made, one at a time.
    worlds : int
        Worlds of each market, over which is averaged.

    Returns
    -------
    DataFrame
        Index ``market`` (the names of `SPOILERS`), one column a model: the size of its miss in
        a world, too much or too little, in % of what came; mean over the worlds.
    """
    rows = {}
    for name, changes in SPOILERS.items():
        market = scenario.replace(**changes)
        found = [
            forecast_errors(market, s, customers, FORECASTS[1:])["bias"]
            for s in world_seeds(seed, worlds)
        ]
        rows[name] = 100 * pd.DataFrame(found).abs().mean()
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("market")
