"""What the firm's belief about who is who costs, on the same people with the same luck."""

import pandas as pd
import pytest

import crmlab as crm
from crmlab.experiments import linking
from crmlab.experiments.linking import LinkedFirm, best_records, cost_of_links, recognised

MESSY = crm.scenario("retail").replace(duplicate_share=0.6, record_errors=1.0, household_share=0.4)


@pytest.fixture(scope="module")
def firm():
    return LinkedFirm(MESSY, customers=400, seed=7, campaign_weeks=12)


@pytest.fixture(scope="module")
def costs(firm):
    beliefs = {"none": None, "linked": firm.linked(), "over": firm.over_merged(),
               "true": firm.true_links()}  # fmt: skip
    return cost_of_links(firm, beliefs).set_index("links")


def test_the_past_of_a_campaign_is_the_past_without_one(firm):
    ran = firm.campaign(firm.linked()).records.as_of(linking.PAST_WEEKS)
    past = firm.records.orders
    pd.testing.assert_frame_equal(
        ran["orders"].sort_values("order_id", ignore_index=True),
        past.sort_values("order_id", ignore_index=True),
    )
    assert ran["messages"].empty


def test_the_truth_counts_people_and_finds_its_top_decile(firm, costs):
    assert costs.loc["true", "customers"] == firm.truth.nunique() == 400
    assert costs.loc["true", "top_found"] == 1.0
    assert costs.loc["true", "merged"] == costs.loc["none", "merged"] == 0


def test_links_find_more_and_write_twice_less_often(costs):
    assert costs.loc["linked", "top_found"] > costs.loc["none", "top_found"]
    assert costs.loc["linked", "duplicates"] < costs.loc["none", "duplicates"]
    assert costs.loc["true", "duplicates"] <= costs.loc["linked", "duplicates"]


def test_one_customer_for_each_address_merges_couples(firm, costs):
    assert costs.loc["over", "customers"] < 400 < costs.loc["none", "customers"]
    assert costs.loc["over", "merged"] > 20


def test_without_duplicates_every_belief_but_merging_is_the_same():
    plain = LinkedFirm("retail", customers=200, seed=3, campaign_weeks=8)
    assert recognised(plain.records, plain.truth, None) == 1.0
    table = cost_of_links(plain, {"none": None, "true": plain.true_links()})
    assert table["profit_eur"].iloc[0] == table["profit_eur"].iloc[1]
    assert (table["duplicates"] == 0).all()


def test_the_best_records_by_hand():
    """Two records of 40 and 30 beat one of 50; the letter goes to the one of 40."""
    value = pd.Series([50.0, 40.0, 30.0, 20.0], index=[1, 2, 3, 4])
    links = pd.DataFrame({"customer_id": [2, 3], "golden_id": [3, 3]})
    assert best_records(value, links, 2).tolist() == [2, 1]
    assert best_records(value, None, 2).tolist() == [1, 2]


def test_a_record_without_links_is_nobody_elses():
    """Golden id 4 and record 4 are not the same customer unless the links say so."""
    value = pd.Series([50.0, 40.0, 30.0], index=[1, 2, 4])
    links = pd.DataFrame({"customer_id": [1, 2], "golden_id": [4, 4]})
    assert best_records(value, links, 3).tolist() == [1, 4]


def test_quality_of_perfect_pairs_is_one(firm):
    both = firm.true_links().merge(firm.true_links(), on="golden_id", suffixes=("_l", "_r"))
    both = both[both["customer_id_l"] < both["customer_id_r"]]
    pairs = pd.DataFrame({"left": both["customer_id_l"], "right": both["customer_id_r"]})
    ways = {"oracle": pairs.assign(probability=1.0)}
    table = linking.quality_of(ways, firm.clean["customer_id"], firm.truth)
    assert table.loc["oracle", ["precision", "recall", "f1"]].tolist() == [1, 1, 1]


def test_wrong_sizes_are_told():
    with pytest.raises(ValueError, match="customers"):
        LinkedFirm("retail", customers=3)
