"""What is a customer truly worth? Expected from the traits, and as it turned out.

Expected value is the discounted gross margin, net of returns, of a person whom the firm
leaves alone, from the first order on: ``m (1 + lambda (1 - exp(-(mu + d) H)) / (mu + d))``
for Poisson orders at rate lambda, exponential leaving at rate mu, discount rate d and
horizon H weeks (Schmittlein, Morrison and Colombo 1987; Fader, Hardie and Lee 2005).
Leaving after an order with probability p is leaving at rate lambda p.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc

from crmlab.market.people import People
from crmlab.market.scenario import Scenario
from crmlab.tables import WEEK_SECONDS, WEEKS_PER_YEAR


def weekly_discount(scenario: Scenario) -> float:
    """Continuous discount rate per week."""
    return float(np.log1p(scenario.discount_per_year) / WEEKS_PER_YEAR)


def basket_eur(scenario: Scenario, people: People) -> NDArray[np.float64]:
    """Each person's mean order value, EUR."""
    return scenario.value_shape / people.value_rate


def margin_rate(scenario: Scenario, people: People) -> NDArray[np.float64]:
    """Each person's mean gross margin rate after returns."""
    return people.needs @ scenario.category_margins * (1.0 - scenario.return_rate)


def expected_orders(
    scenario: Scenario, people: People, horizon_weeks: NDArray, factors: NDArray | None = None
) -> NDArray[np.float64]:
    """Expected discounted orders after the first, within the horizon; ``inf`` is allowed.

    ``factors`` are the common shocks by week of the run; with them the sum goes week by week.
    """
    rate, delta = people.order_rate, weekly_discount(scenario)
    leave = people.dropout_rate + delta
    if scenario.process == "bg/bb":
        return _discrete(scenario, people, horizon_weeks, delta)
    if scenario.process == "regular":
        return _regular(scenario, people, horizon_weeks, leave)
    if scenario.process == "bg/nbd":
        leave = rate * people.dropout_probability + delta
    if factors is None or np.all(factors == 1.0):
        return rate * _annuity(leave, horizon_weeks)
    total = np.zeros(len(people))
    born = people.born_s / WEEK_SECONDS
    for week, factor in enumerate(factors):
        begin = np.maximum(week - born, 0.0)
        until = np.clip(week + 1 - born, 0.0, np.maximum(horizon_weeks, 0.0))
        total += (
            rate * factor * (_annuity(leave, until) - _annuity(leave, np.minimum(begin, until)))
        )
    return total


def _annuity(rate: NDArray, weeks: NDArray) -> NDArray:
    safe = np.maximum(rate, 1e-300)
    with np.errstate(invalid="ignore", over="ignore"):
        return np.where(rate > 0, -np.expm1(-safe * weeks) / safe, weeks)


def _regular(s: Scenario, people: People, horizon: NDArray, leave: NDArray) -> NDArray:
    """Sum over n of P(n-th order by the horizon, still there), discounted: Erlang renewals."""
    k = s.regularity
    tick = k * people.order_rate
    total_rate = tick + leave
    ratio = np.where(total_rate > 0, tick / np.maximum(total_rate, 1e-300), 0.0) ** k
    if np.isinf(horizon).all():
        return ratio / np.maximum(1.0 - ratio, 1e-300)
    total, power = np.zeros(len(people)), np.ones(len(people))
    for n in range(1, 2_000):
        power = power * ratio
        term = power * gammainc(n * k, total_rate * np.maximum(horizon, 0.0))
        total += term
        if term.max(initial=0.0) < 1e-9:
            break
    return total


def _discrete(s: Scenario, people: People, horizon: NDArray, delta: float) -> NDArray:
    period = s.opportunity_weeks
    buy = people.order_rate * period
    stay = (1.0 - people.dropout_probability) * np.exp(-delta * period)
    whole = np.floor(np.minimum(horizon, 1e12) / period)
    return buy * stay * np.where(stay < 1, (1 - stay**whole) / np.maximum(1 - stay, 1e-300), whole)


def expected_value_eur(
    scenario: Scenario, people: People, horizon_weeks: NDArray, factors: NDArray | None = None
) -> NDArray[np.float64]:
    """Expected discounted margin from the first order to the horizon, EUR, first order included."""
    orders = 1.0 + expected_orders(scenario, people, horizon_weeks, factors)
    return basket_eur(scenario, people) * margin_rate(scenario, people) * orders
