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

    Of a contract these are the extras; invoices are counted in `expected_value_eur`.

    ``factors`` are the common shocks by week of the run; with them the sum goes week by week.
    """
    horizon = np.maximum(horizon_weeks, 0.0)
    steady = factors is None or bool(np.all(factors == 1.0))
    if scenario.process == "bg/bb":
        return _opportunities(scenario, people, horizon, None if steady else factors)
    if scenario.process == "contract":
        return _extras(scenario, people, horizon, None if steady else factors)
    born = people.born_s / WEEK_SECONDS
    parts = [(1.0, horizon)]
    if not steady:
        ends = [np.clip(w - born, 0.0, horizon) for w in range(len(factors) + 1)]  # type: ignore[arg-type]
        parts = [(float(f), ends[w + 1] - ends[w]) for w, f in enumerate(factors)]  # type: ignore[arg-type]
    return (
        _regular(scenario, people, parts)
        if scenario.process == "regular"
        else _poisson(scenario, people, parts)
    )


def _poisson(
    s: Scenario, people: People, parts: list[tuple[float, NDArray]]
) -> NDArray[np.float64]:
    """Poisson orders over stretches of ``(rate factor, weeks)``; leaving by time or with orders."""
    total, present = np.zeros(len(people)), np.ones(len(people))
    stop = people.dropout_probability if s.process == "bg/nbd" else 0.0
    for factor, weeks in parts:
        rate = people.order_rate * factor
        leave = people.dropout_rate + rate * stop + weekly_discount(s)
        total += present * rate * _annuity(leave, weeks).real
        present = present * np.exp(-leave * weeks)
    return total


def _regular(
    s: Scenario, people: People, parts: list[tuple[float, NDArray]]
) -> NDArray[np.float64]:
    """Every k-th tick of a k times faster process: the ticks modulo k are a cyclic chain.

    Its Fourier modes decay on their own, so each stretch adds one closed form a mode.
    """
    k, leave = s.regularity, people.dropout_rate + weekly_discount(s)
    total, present, passed = np.zeros(len(people)), np.ones(len(people)), np.zeros(len(people))
    roots = np.exp(2j * np.pi * np.arange(k) / k)
    for factor, weeks in parts:
        for root in roots:
            mode = k * people.order_rate * (root - 1.0)
            grown = present * np.exp(mode * passed) * _annuity(leave - mode * factor, weeks)
            total += (people.order_rate * factor * root * grown).real
        present = present * np.exp(-leave * weeks)
        passed = passed + factor * np.where(np.isinf(weeks), 0.0, weeks)
    return total


def _annuity(rate: NDArray, weeks: NDArray) -> NDArray:
    """Integral of ``exp(-rate t)`` over so many weeks; the rate may be complex."""
    still = rate == 0
    safe = np.where(still, 1.0, rate)
    # A complex rate times infinity is undefined; where rate x weeks is 1e6 nothing is left anyway.
    decay = np.expm1(-safe * np.minimum(weeks, 1e6 / np.maximum(np.abs(safe), 1e-300)))
    return np.where(still, weeks, -decay / safe)


def _opportunities(
    s: Scenario, people: People, horizon: NDArray, factors: NDArray | None
) -> NDArray[np.float64]:
    period, delta = s.opportunity_weeks, weekly_discount(s)
    buy, stay = people.order_rate * period, 1.0 - people.dropout_probability
    if factors is None:
        stay = stay * np.exp(-delta * period)
        whole = np.floor(np.minimum(horizon, 1e12) / period)
        geometric = (1 - stay**whole) / np.maximum(1 - stay, 1e-300)
        return buy * stay * np.where(stay < 1, geometric, whole)
    born = people.born_s // WEEK_SECONDS
    total = np.zeros(len(people))
    for week, factor in enumerate(factors):
        since = week - born
        due = (since > 0) & (since % period == 0) & (since <= horizon)
        present = stay ** np.where(due, since / period, 0.0) * np.exp(-delta * np.maximum(since, 0))
        total += np.where(due, np.minimum(buy * factor, 1.0) * present, 0.0)
    return total


def _renewals(s: Scenario, people: People, horizon: NDArray) -> NDArray[np.float64]:
    """Expected discounted renewals of a contract within the horizon: a geometric sum."""
    stay = 1.0 - people.dropout_probability
    stay = stay * np.exp(-weekly_discount(s) * s.contract_weeks)
    whole = np.floor(np.minimum(horizon, 1e12) / s.contract_weeks)
    geometric = (1 - stay**whole) / np.maximum(1 - stay, 1e-300)
    return stay * np.where(stay < 1, geometric, whole)


def _extras(
    s: Scenario, people: People, horizon: NDArray, factors: NDArray | None
) -> NDArray[np.float64]:
    """Expected discounted orders between renewals; who is there stays until the next renewal."""
    period, delta = s.contract_weeks, np.full(len(people), weekly_discount(s))
    stay = 1.0 - people.dropout_probability
    if factors is None:
        whole = np.floor(np.minimum(horizon, 1e12) / period)
        term = _annuity(delta, np.full(len(people), float(period)))
        step = stay * np.exp(-delta * period)
        geometric = np.where(step < 1, (1 - step**whole) / np.maximum(1 - step, 1e-300), whole)
        rest = np.where(np.isfinite(horizon), horizon - whole * period, 0.0)
        return people.order_rate * (term * geometric + step**whole * _annuity(delta, rest))
    born = people.born_s / WEEK_SECONDS
    total = np.zeros(len(people))
    for week, factor in enumerate(factors):
        begin = np.clip(week - born, 0.0, horizon)
        length = np.clip(week + 1 - born, 0.0, horizon) - begin
        there = stay ** np.floor(begin / period) * np.exp(-delta * begin)
        total += factor * people.order_rate * there * _annuity(delta, length)
    return total


def expected_value_eur(
    scenario: Scenario, people: People, horizon_weeks: NDArray, factors: NDArray | None = None
) -> NDArray[np.float64]:
    """Expected discounted margin from the first order to the horizon, EUR, first order included."""
    if scenario.process == "contract":
        extras = expected_orders(scenario, people, horizon_weeks, factors)
        invoices = 1.0 + _renewals(scenario, people, np.maximum(horizon_weeks, 0.0))
        spent = scenario.fee_eur * invoices + basket_eur(scenario, people) * extras
        return margin_rate(scenario, people) * spent
    orders = 1.0 + expected_orders(scenario, people, horizon_weeks, factors)
    return basket_eur(scenario, people) * margin_rate(scenario, people) * orders
