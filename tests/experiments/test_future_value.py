"""The oracle of customer value, and how far forecasts are from what came."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.experiments.future_value import (
    FORECASTS,
    SPOILERS,
    forecast_errors,
    future_value,
    last_day,
    misses_by_market,
)

RETAIL = crm.scenario("retail")


@pytest.fixture(scope="module")
def run():
    return crm.simulate("retail", 3_000, 104, 3)


def test_whoever_has_left_brings_nothing(run):
    table = future_value(run, 52)
    gone = table[~table["active"]]
    assert len(gone) > 100
    assert (gone[["expected_eur", "lifetime_eur", "margin_eur"]] == 0).all().all()


def test_the_oracle_is_right_on_average(run):
    table = future_value(run, 52)
    error = (table["margin_eur"] - table["expected_eur"])[table["active"]]
    assert abs(error.mean()) < 3 * error.sem()


def test_by_hand_for_one_person(run):
    table = future_value(run, 52)
    who = table.index[table["active"]][0]
    person = run.truth.identity.set_index("customer_id").loc[who, "person_id"]
    p = run.truth.people.set_index("person_id").loc[person]
    stays = (1 - np.exp(-p["dropout_rate"] * 52)) / p["dropout_rate"]
    by_hand = p["order_rate"] * stays * p["basket_eur"] * p["margin_rate"]
    assert table.loc[who, "expected_eur"] == pytest.approx(by_hand)


@pytest.mark.parametrize(
    "changes",
    [
        {"process": "bg/nbd", "rate_shape": 0.243, "rate_scale_weeks": 4.414},
        {"season_amplitude": 0.8},
    ],
)
def test_the_oracle_knows_the_market(changes):
    """Half a year that does not average out a season, in a market of another process."""
    table = future_value(crm.simulate(RETAIL.replace(**changes), 4_000, 78, 5), 52)
    error = (table["margin_eur"] - table["expected_eur"])[table["active"]]
    assert abs(error.mean()) < 3 * error.sem()


def test_who_has_not_come_yet_is_left_out():
    run = crm.simulate("retail", 300, 20, 3)
    born = run.truth.people["born_at"]
    assert len(future_value(run, 4)) == (born <= last_day(4) + pd.Timedelta(days=1)).sum()


def test_markets_without_order_rates_are_refused():
    run = crm.simulate(RETAIL.replace(process="bg/bb"), 50, 20, 3)
    with pytest.raises(ValueError, match="bg/bb"):
        future_value(run, 10)


def test_the_moment_lies_within_the_run(run):
    with pytest.raises(ValueError, match="week"):
        future_value(run, 104)


def test_own_rates_overstate_where_people_leave():
    errors = forecast_errors(RETAIL, 3, 1_000)
    assert list(errors.index) == list(FORECASTS)
    assert errors.loc["own rate", "bias"] > 0.5
    assert abs(errors.loc["Pareto/NBD", "bias"]) < 0.3


def test_own_rates_are_right_where_nobody_leaves():
    stay = RETAIL.replace(dropout_scale_weeks=1e6)
    assert abs(forecast_errors(stay, 3, 1_000, ["own rate"]).loc["own rate", "bias"]) < 0.1


def test_unknown_forecasts_are_named():
    with pytest.raises(ValueError, match="forecasts must be one of"):
        forecast_errors(RETAIL, 3, 100, ["own rates"])


def test_misses_are_sizes_one_row_a_market():
    misses = misses_by_market(RETAIL, worlds=1, customers=300)
    assert list(misses.index) == list(SPOILERS)
    assert (misses >= 0).all().all()
