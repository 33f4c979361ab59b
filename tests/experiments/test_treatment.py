"""Rules of choosing, and what their lists bring."""

import numpy as np
import pandas as pd
import pytest

from crmlab.experiments import treatment
from crmlab.experiments.treatment import Firm, best, draw_lot, gains, scores


@pytest.fixture(scope="module")
def firm():
    return Firm("retail", customers=2_000, pilot=1_000, seed=3)


def test_the_pilot_and_the_others_share_nobody(firm):
    assert len(firm.pilot_group) == len(firm.others) == 1_000
    assert not firm.pilot_group.index.isin(firm.others).any()


def test_the_lot_is_kept(firm):
    """Letters of cell 1, with a chance of one half, went to those whom the lot says."""
    sent = firm.run.records.messages
    assert set(sent["customer_id"]) == set(firm.pilot_group.index[firm.pilot_group["letter"]])
    assert (sent["cell"] == 1).all() and (sent["propensity"] == 0.5).all()
    assert firm.pilot_group["letter"].mean() == pytest.approx(0.5, abs=0.05)


def test_a_lot_belongs_to_the_customer():
    whole, part = draw_lot(range(100), seed=1), draw_lot(range(50, 100), seed=1)
    assert whole.loc[part.index, "letter"].equals(part["letter"])
    assert whole.index[whole.index >= 50].equals(part.index)


def test_profiles_know_nothing_of_the_future(firm):
    """A run that stops when the campaign begins gives the same profiles."""
    early = firm.lived(weeks=treatment.CAMPAIGN_WEEK).records
    then = treatment.profile(early, treatment.CAMPAIGN_WEEK, "outdoor")
    pd.testing.assert_frame_equal(then, firm.now)


def test_what_a_list_brings_is_the_sum_over_those_on_it(firm):
    """One letter touches nobody else, so one replay to all tells of every list."""
    everybody, chosen = firm.replay(firm.others), firm.others[:200]
    alone = firm.replay(chosen)
    assert alone.loc[chosen].to_numpy() == pytest.approx(everybody.loc[chosen].to_numpy())
    assert (alone.drop(chosen) == 0).all()


def test_no_letters_gain_nothing(firm):
    assert (firm.replay([]) == 0).all()


def test_every_rule_ranks_everybody(firm):
    table = scores(firm)
    assert table.index.equals(firm.others) and table.notna().all().all()
    assert table[treatment.RISK].between(0, 1).all()


def test_the_truth_is_the_best_rule(firm):
    """No list of the same length is expected to bring more than that of the true effects."""
    found = gains(firm, scores(firm))
    assert found["margin_eur"].idxmax() == treatment.BEST
    cost = firm.letter_eur * 100 / 1_000
    assert (found["margin_eur"] - found["profit_eur"]).to_numpy() == pytest.approx(cost)


def test_without_letters_there_is_no_profit(firm):
    assert (gains(firm, scores(firm), share=0.0) == 0).all().all()


def test_a_smaller_pilot_is_the_beginning_of_a_larger_one(firm):
    small = Firm("retail", customers=2_000, pilot=300, seed=3)
    assert small.pilot_group.index.equals(firm.pilot_group.index[:300])


def test_the_best_are_as_many_as_the_share_says():
    score = pd.Series(np.arange(100.0))
    assert len(best(score, 0.29)) == 29 and best(score, 0.02).tolist() == [99, 98]
    with pytest.raises(ValueError, match="percentage"):
        best(score, 10)


def test_a_pilot_must_leave_somebody():
    with pytest.raises(ValueError, match="pilot"):
        Firm("retail", customers=100, pilot=100)
