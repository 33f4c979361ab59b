"""The five qualities and the regression of staying: by hand, and in a market."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.chance import Chance
from crmlab.experiments.amrad_truth import business
from crmlab.experiments.capability_values import described_market
from crmlab.strategic.amrad import QUALITIES, access, dialogue, magic, qualities
from crmlab.strategic.staying import HABITS, people_met, staying_regression


@pytest.fixture(scope="module")
def held():
    return crm.simulate(described_market(), 400, 50, 3, business()).records


def test_access_by_hand():
    """One case answered in two hours, one in two days, one never: a third."""
    opened = pd.to_datetime(["2024-01-01 08:00"] * 3)
    cases = pd.DataFrame({"case_id": [1, 2, 3], "customer_id": 7, "opened_at": opened})
    at = pd.to_datetime(["2024-01-01 10:00", "2024-01-03 08:00"])
    talk = pd.DataFrame({"case_id": [1, 2], "contact": "answered", "at": at})
    assert access(cases, talk)[7] == pytest.approx(1 / 3)


def test_dialogue_by_hand():
    """A reminder that was attached, and an answer to a repeated case that knew of nothing."""
    cases = pd.DataFrame({"case_id": [1, 2], "follows_id": [0, 1]})
    talk = pd.DataFrame(
        {
            "case_id": [1, 1, 2],
            "customer_id": 7,
            "contact": ["chased", "answered", "answered"],
            "continues": [True, False, False],
        }
    )
    assert dialogue(cases, talk)[7] == 0.5


def test_what_is_always_early_is_no_magic():
    promised = pd.to_datetime(["2024-01-05"] * 6)
    log = pd.DataFrame({"customer_id": [7] * 3 + [8] * 3, "promised_at": promised})
    early = pd.to_timedelta([3, 3, 3, 0, 0, 2], unit="D")
    found = magic(log.assign(delivered_at=promised - early))
    assert found.to_dict() == {7: 0.0, 8: 0.5}


def test_qualities_are_shares(held):
    table = qualities(held)
    assert table.columns.tolist() == list(QUALITIES)
    assert ((table >= 0) & (table <= 1) | table.isna()).all(axis=None)
    assert table.index.is_unique


def test_only_what_came_before_counts(held):
    early = qualities(held, np.datetime64("2024-03-01"))
    assert early["access"].notna().sum() < qualities(held)["access"].notna().sum()


def test_records_without_a_desk_are_noticed():
    log = pd.DataFrame({"who": [1], "on": ["2024-01-02"], "eur": [10.0]})
    plain = crm.Records.from_transactions(log, customer="who", date="on", value="eur")
    with pytest.raises(ValueError, match="with a service desk"):
        qualities(plain)


def test_a_true_coefficient_is_found_again():
    ids, luck = np.arange(20_000), Chance(1)
    met = pd.DataFrame({q: luck.uniform(q, ids) for q in (*QUALITIES, *HABITS)})
    z = (met["access"] - met["access"].mean()) / met["access"].std()
    met["stayed"] = luck.uniform("stays", ids) < 1 / (1 + np.exp(-0.5 * z))
    found = staying_regression(met)
    assert found.loc["access", "log_odds"] == pytest.approx(0.5, abs=0.05)
    assert found.loc["magic", "low"] < 0.05


def test_people_met_had_a_case(held):
    split = np.datetime64("2024-10-01")
    met = people_met(held, split)
    cases = held.cases[held.cases["opened_at"] < split]
    assert set(met.index) <= set(cases["customer_id"])


def test_nobody_left_cannot_be_regressed(held):
    met = people_met(held, np.datetime64("2024-10-01")).assign(stayed=True)
    with pytest.raises(ValueError, match="others who did not"):
        staying_regression(met)
