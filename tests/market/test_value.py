"""Is the expected value of a person what that person is worth on average over luck?

Expectations are computed by hand where that is possible, and compared with what the same
people turn out to be worth under several lucks; with seasons and an economy, with returns
and with a discount rate, for each process. Seeds are fixed.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from crmlab.chance import Chance
from crmlab.market.packs import scenario
from crmlab.market.people import People, draw_people
from crmlab.market.run import run_market
from crmlab.market.scenario import Scenario
from crmlab.market.value import (
    basket_eur,
    expected_orders,
    expected_value_eur,
    margin_rate,
    weekly_discount,
)
from crmlab.tables import CATEGORIES, WEEK_SECONDS, WEEKS_PER_YEAR

PROCESSES = "pareto/nbd", "bg/nbd", "regular", "bg/bb"
# Everybody orders about every fifth week, so that luck is seen in a year.
BUSY = scenario("retail").replace(
    rate_shape=3.0, rate_scale_weeks=15.0, regularity=3, discount_per_year=0.5, return_rate=0.2
)


def somebody(
    order_rate: float = 0.2,
    dropout_rate: float = 0.0,
    dropout_probability: float = 0.0,
    basket: float = 40.0,
    born_weeks: float = 0.0,
) -> People:
    """One person who buys from the poorest category only."""
    zero = np.zeros(1, dtype=np.int64)
    person = draw_people(BUSY, Chance(1), zero, zero, zero, zero)
    return replace(
        person,
        born_s=np.array([int(born_weeks * WEEK_SECONDS)]),
        order_rate=np.array([order_rate]),
        dropout_rate=np.array([dropout_rate]),
        dropout_probability=np.array([dropout_probability]),
        value_rate=np.array([BUSY.value_shape / basket]),
        needs=np.eye(len(CATEGORIES))[:1],
    )


def orders_of(sc: Scenario, person: People, weeks: float, factors: NDArray | None = None) -> float:
    """Expected discounted orders of the one person after the first one."""
    return float(expected_orders(sc, person, np.array([weeks]), factors)[0])


# --- by hand -------------------------------------------------------------------------------------

FREE = BUSY.replace(discount_per_year=0.0)


def test_a_value_computed_by_hand():
    """40 EUR x .22 margin x .8 kept x (1 + .2 (1 - e^-.3) / .03) orders over ten weeks."""
    person = somebody(order_rate=0.2, dropout_rate=0.03)
    found = expected_value_eur(FREE, person, np.array([10.0]))
    assert found[0] == pytest.approx(40 * 0.22 * 0.8 * (1 + 0.2 * (1 - np.exp(-0.3)) / 0.03))
    assert found[0] == pytest.approx(19.2043, abs=1e-4)


def test_discounting_is_by_the_year():
    """An order every week for ever, at 50 % a year: 1 / log(1.5) years' worth of orders."""
    assert np.exp(-weekly_discount(BUSY) * WEEKS_PER_YEAR) == pytest.approx(1 / 1.5)
    found = orders_of(BUSY, somebody(order_rate=1.0), np.inf)
    assert found == pytest.approx(WEEKS_PER_YEAR / np.log(1.5))


def test_somebody_who_never_leaves_orders_at_the_rate():
    """No leaving and no discount: rate times weeks."""
    assert orders_of(FREE, somebody(0.3), 20.0) == pytest.approx(6.0)


@pytest.mark.parametrize("dropout_rate", [1e-14, 1e-18])
def test_leaving_hardly_ever_is_like_never(dropout_rate):
    """Rates so small that 1 - exp(-rate) loses its digits, or is 0."""
    assert orders_of(FREE, somebody(0.3, dropout_rate), 20.0) == pytest.approx(6.0)


def test_leaving_with_every_other_order_gives_two_orders():
    """BG/NBD with p = 1/2: a geometric number of repeat orders with mean 2."""
    sc = FREE.replace(process="bg/nbd")
    assert orders_of(sc, somebody(0.7, dropout_probability=0.5), np.inf) == pytest.approx(2.0)


def test_regular_orders_by_hand():
    """Erlang-2 intervals: (2/(2+mu))^2 = 1/2 of them end before leaving, so one order in all."""
    sc = FREE.replace(process="regular", regularity=2)
    person = somebody(1.0, dropout_rate=2 * (np.sqrt(2) - 1))
    assert orders_of(sc, person, np.inf) == pytest.approx(1.0)
    # Renewal function of Erlang-2 intervals with ticks at rate 2: t - 1/4 + exp(-4t)/4.
    assert orders_of(sc, somebody(1.0), 3.0) == pytest.approx(2.75 + np.exp(-12) / 4)


def test_opportunities_by_hand():
    """Three periods, 4/5 go on in each, half of those order: .5 (.8 + .64 + .512)."""
    sc = FREE.replace(process="bg/bb", opportunity_weeks=4)
    person = somebody(0.5 / 4, dropout_probability=0.2)
    assert orders_of(sc, person, 12.5) == pytest.approx(0.976)
    assert orders_of(sc, person, np.inf) == pytest.approx(2.0)


def test_a_season_doubles_the_orders_of_its_weeks():
    """Factor 2 in the second of two weeks; half a week is missed before the first order."""
    person, factors = somebody(0.3, born_weeks=0.5), np.array([1.0, 2.0])
    assert orders_of(FREE, person, 1.5, factors) == pytest.approx(0.3 * (0.5 + 2.0))


def test_a_season_hastens_leaving_where_orders_end_the_relationship():
    """BG/NBD: survival falls with the orders made, so a factor acts on both."""
    sc, person = FREE.replace(process="bg/nbd"), somebody(0.5, dropout_probability=0.4)
    found = orders_of(sc, person, 2.0, np.array([3.0, 1.0]))
    assert found == pytest.approx((1 - np.exp(-0.4 * 0.5 * 4)) / 0.4)


# --- over luck -----------------------------------------------------------------------------------


def over_luck(
    sc: Scenario, customers: int, weeks: int, lucks: int, column: str = "expected_value_eur"
) -> pd.DataFrame:
    """One row a person: expected and realised value, each averaged over several lucks."""
    runs = []
    for luck in range(lucks):
        chance = Chance(100 + luck).split("luck")
        run = run_market(sc, customers, weeks, 1, Chance(1).split("people"), chance, None)
        people = run.truth.people.set_index("person_id")
        runs.append(
            people[[column, "realised_value_eur"]].set_axis(["expected", "realised"], axis=1)
        )
    return pd.concat(runs).groupby(level=0).mean()


def mean_is_right(people: pd.DataFrame) -> bool:
    """Whether the mean difference of realised and expected is within 4 standard errors of 0."""
    off = people["realised"] - people["expected"]
    return bool(abs(off.mean()) < 4 * stats.sem(off))


def slope_is_right(people: pd.DataFrame) -> bool:
    """Whether realised rises by 1 with expected, within 4 standard errors (robust)."""
    x = (people["expected"] - people["expected"].mean()).to_numpy()
    y = people["realised"].to_numpy()
    slope = x @ y / (x @ x)
    rest = y - y.mean() - slope * x
    error = np.sqrt((x**2) @ (rest**2)) / (x @ x)
    return bool(abs(slope - 1) < 4 * error < 0.2)


@pytest.mark.parametrize("process", PROCESSES)
def test_expected_value_is_the_mean_over_luck(process):
    """Mean and slope in every process; a value 4 % too high is refused."""
    people = over_luck(BUSY.replace(process=process), 4_000, 52, 5)
    assert mean_is_right(people)
    assert slope_is_right(people)
    assert not mean_is_right(people.assign(expected=people["expected"] * 1.04))


@pytest.mark.parametrize("process", PROCESSES)
def test_expected_value_follows_the_season_and_the_economy(process):
    """With common shocks the same holds; the run ends in summer, so most factors are below 1."""
    sc = BUSY.replace(process=process, season_amplitude=0.8, economy_sd=0.3, economy_memory=0.8)
    people = over_luck(sc, 4_000, 30, 5)
    assert mean_is_right(people)
    assert slope_is_right(people)


# Everybody is gone after a tenth of the run or so.
SHORT_LIVED = {
    "pareto/nbd": {"dropout_shape": 20.0, "dropout_scale_weeks": 300.0},
    "regular": {"dropout_shape": 20.0, "dropout_scale_weeks": 300.0},
    "bg/nbd": {"rate_shape": 20.0, "rate_scale_weeks": 80.0, "dropout_a": 30.0, "dropout_b": 90.0},
    "bg/bb": {"buy_alpha": 9.0, "buy_beta": 6.0, "stop_gamma": 30.0, "stop_delta": 90.0},
}


@pytest.mark.parametrize("process", PROCESSES)
def test_expected_lifetime_value_is_the_mean_of_whole_lives(process):
    """Runs so long that nobody is left, and one intake week; infinite horizon."""
    sc = BUSY.replace(process=process, intake_weeks=1, **SHORT_LIVED[process])
    people = over_luck(sc, 3_000, 200, 3, "expected_lifetime_value_eur")
    assert mean_is_right(people)
    assert slope_is_right(people)
    assert not mean_is_right(people.assign(expected=people["expected"] * 1.04))


def test_traits_alone_decide_the_expected_value():
    """Other luck for the same people: the same expectation, and another outcome."""
    runs = [
        run_market(BUSY, 200, 20, 1, Chance(1), Chance(luck), None).truth.people for luck in (2, 3)
    ]
    pd.testing.assert_series_equal(runs[0]["expected_value_eur"], runs[1]["expected_value_eur"])
    assert not runs[0]["realised_value_eur"].equals(runs[1]["realised_value_eur"])


# --- properties ----------------------------------------------------------------------------------

share = st.floats(0.0, 1.0)
weeks_ahead = st.one_of(st.floats(0.0, 500.0), st.just(np.inf))
anybody = st.builds(
    somebody,
    order_rate=st.floats(1e-4, 0.25),
    dropout_rate=st.floats(1e-3, 2.0),
    dropout_probability=st.floats(1e-3, 0.99),
    basket=st.floats(0.5, 500.0),
    born_weeks=st.floats(0.0, 12.0),
)


def as_in(process: str, person: People) -> People:
    """The person with only that way of leaving which the process has."""
    zero = np.zeros(1)
    if process in ("bg/nbd", "bg/bb"):
        return replace(person, dropout_rate=zero)
    return replace(person, dropout_probability=zero)


def value_of(sc: Scenario, person: People, weeks: float) -> float:
    """Expected value of the one person, EUR."""
    return float(expected_value_eur(sc, as_in(sc.process, person), np.array([weeks]))[0])


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PROCESSES), anybody, weeks_ahead, share, share)
def test_more_margin_never_lowers_value(process, person, weeks, one, other):
    """Nor do fewer returns; and a first order is worth what it brings."""
    low, high = sorted((one, other))
    sc = BUSY.replace(process=process, margin_low=low, margin_high=high)
    values = [
        value_of(s, person, weeks)
        for s in (
            sc.replace(margin_high=low),
            sc.replace(margin_low=high),
            sc.replace(margin_low=high, return_rate=BUSY.return_rate / 2),
        )
    ]
    assert np.isfinite(values).all()
    assert values == sorted(values)
    first = basket_eur(sc, person) * margin_rate(sc, person)
    assert value_of(sc, person, weeks) >= float(first[0]) * (1 - 1e-12)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PROCESSES), anybody, weeks_ahead, weeks_ahead)
def test_a_longer_horizon_never_lowers_value(process, person, one, other):
    """Nor does a lower discount rate, a higher order rate, or a lower rate of leaving."""
    sc, (short, long) = BUSY.replace(process=process), sorted((one, other))
    value = value_of(sc, person, long)
    slack = 1 + 1e-9
    assert value_of(sc, person, short) <= value * slack
    assert value <= value_of(sc.replace(discount_per_year=0.1), person, long) * slack
    slower = replace(person, order_rate=person.order_rate / 2)
    assert value_of(sc, slower, long) <= value * slack
    fickle = replace(
        person,
        dropout_rate=person.dropout_rate * 1.5,
        dropout_probability=np.sqrt(person.dropout_probability),
    )
    assert value_of(sc, fickle, long) <= value * slack


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(PROCESSES), anybody, st.floats(0.0, 40.0))
def test_shocks_of_factor_1_change_nothing(process, person, weeks):
    """The sum by weeks equals the closed form; nearly 1 takes the long way."""
    sc, person = BUSY.replace(process=process), as_in(process, person)
    factors = np.full(60, 1.0 + 1e-12)
    closed, by_weeks = orders_of(sc, person, weeks), orders_of(sc, person, weeks, factors)
    assert by_weeks == pytest.approx(closed, rel=1e-6, abs=1e-9)
