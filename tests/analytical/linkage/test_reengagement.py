"""Silence and consent belong to people, not to records."""

import pandas as pd
import pytest

import crmlab as crm
from crmlab.analytical.linkage import reengage

NOW = "2024-07-01"
PROFILES = pd.DataFrame(
    {
        "customer_id": [1, 2, 3, 4],
        "consent": ["opt-in", "opt-in", "opt-out", "double opt-in"],
        "registered_at": pd.to_datetime(["2022-01-03", "2022-01-10", "2022-01-03", "2024-06-24"]),
        "last_ordered_at": pd.to_datetime([None, "2023-07-03", None, None]),
    }
)


def test_the_silent_by_hand():
    found = reengage(PROFILES, NOW)
    assert found["golden_id"].tolist() == [1, 3, 2]
    assert found["weeks_silent"].tolist() == [130.0, 130.0, 52.0]
    assert found["may_write"].tolist() == [True, False, True]


def test_who_bought_under_another_record_is_not_silent():
    links = pd.DataFrame({"customer_id": [1, 2, 3, 4], "golden_id": [1, 2, 3, 1]})
    assert reengage(PROFILES, NOW, links=links)["golden_id"].tolist() == [3, 2]


def test_an_opt_out_under_any_record_counts():
    links = pd.DataFrame({"customer_id": [1, 2, 3, 4], "golden_id": [1, 2, 1, 4]})
    found = reengage(PROFILES, NOW, links=links).set_index("golden_id")
    assert not found.loc[1, "may_write"]
    assert pd.isna(found.loc[1, "write_to"])
    assert found.loc[1, "records"] == 2


def test_the_letter_goes_to_the_record_that_was_active_last():
    links = pd.DataFrame({"customer_id": [1, 2, 3, 4], "golden_id": [1, 1, 3, 4]})
    found = reengage(PROFILES, NOW, links=links).set_index("golden_id")
    assert found.loc[1, "write_to"] == 2


def test_a_longer_silence_never_lists_more_customers():
    profiles = crm.simulate("retail", 300, 40, 3).records.profiles
    now = profiles["registered_at"].min() + pd.Timedelta(weeks=42)
    sizes = [len(reengage(profiles, now, weeks)) for weeks in (4, 13, 26)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > sizes[-1]


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="silent_weeks must be > 0, got 0"):
        reengage(PROFILES, NOW, 0)
    with pytest.raises(ValueError, match="no column 'consent'"):
        reengage(PROFILES.drop(columns="consent"), NOW)
    with pytest.raises(ValueError, match="needs one of registered_at"):
        reengage(PROFILES[["customer_id", "consent"]], NOW)
    with pytest.raises(ValueError, match="no golden_id for record 3"):
        reengage(PROFILES, NOW, links=pd.DataFrame({"customer_id": [1, 2], "golden_id": [1, 2]}))
