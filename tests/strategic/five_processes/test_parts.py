"""Value, channels, memory and scorecard: cases that can be reckoned by hand."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.experiments.capability_values import described_market
from crmlab.strategic.five_processes import (
    STANDARDS,
    acquisition_shares,
    attainment,
    corporate_memory,
    desk_results,
    scorecard,
    segment_value,
)


@pytest.fixture(scope="module")
def held():
    return crm.simulate(described_market(), 300, 40, 3).records


def test_lifetime_value_is_an_endless_sum():
    years = np.arange(1, 400)
    endless = (20.0 * 0.6**years / 1.1**years).sum()
    assert segment_value(20.0, 0.6, 0.1) == pytest.approx(endless)


def test_retention_in_percent_is_noticed():
    with pytest.raises(ValueError, match="Is this a percentage"):
        segment_value(20.0, 60.0)


def test_pools_that_bring_more_get_more_and_none_gets_nothing():
    shares = acquisition_shares(pd.Series({"a": 1.0, "b": 2.0, "c": np.nan}))
    assert shares["b"] > shares["a"] > shares["c"] == 0.05
    assert shares.sum() == pytest.approx(1.0)


def test_the_desk_by_hand():
    """Two phone contacts at 2 EUR, one with 30 minutes at 20 EUR an hour: 14 EUR, one case."""
    talk = pd.DataFrame(
        {"channel": "phone", "contact": ["opened", "answered"], "minutes": [0.0, 30.0]}
    )
    cases = pd.DataFrame({"channel": ["phone"], "follows_id": [0]})
    table = desk_results(cases, talk, [0, 0, 2.0, 0, 0, 0, 0], hour_eur=20.0)
    assert table.loc["phone", ["contacts", "cost_eur", "per_case_eur"]].tolist() == [2, 7, 14]


def test_a_standard_is_no_more_than_met():
    assert attainment(9.0, 4.0) == 1.0
    assert np.isnan(attainment(np.nan, 4.0))


def test_the_scorecard_has_every_standard(held):
    card = scorecard(held)
    assert card.index.tolist() == list(STANDARDS)
    assert card["attained"].between(0, 1).all()
    assert (card["met"] == (card["attained"] >= 1)).all()


def test_memory_is_counted_in_shares(held):
    found = corporate_memory(held, np.datetime64("2024-10-07"))
    assert found.drop("age_weeks").dropna().between(0, 1).all()
    assert found["age_weeks"] > 0
