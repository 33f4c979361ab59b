"""Evidence is counted in the firm's own tables, and follows what is really there."""

import numpy as np
import pandas as pd
import pytest

from crmlab.experiments.capability_values import described_market
from crmlab.market.run import simulate
from crmlab.records import Records
from crmlab.strategic.assessment import EVIDENCE, ask, evidence
from crmlab.strategic.usual import usual_business
from crmlab.tables import CAPABILITIES, OBSERVED


@pytest.fixture(scope="module")
def firms():
    """The same customers in a poor and in a good firm."""
    return {
        real: simulate(described_market(real), 1_200, 60, 3, usual_business())
        for real in (0.15, 0.85)
    }


def test_there_is_one_question_for_each_capability():
    """Each reads tables of the contract only, and says what is poor and what is good."""
    assert list(EVIDENCE) == list(CAPABILITIES)
    for piece in EVIDENCE.values():
        assert piece.question.endswith("?")
        assert piece.tables
        assert set(piece.tables) <= set(OBSERVED)
        assert piece.poor != piece.good
        assert (piece.score(piece.poor), piece.score(piece.good)) == (0.0, 1.0)


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_evidence_is_better_where_the_capability_is(firms, capability):
    """Every one of the twenty tells the poor firm from the good one."""
    poor, good = (evidence(firms[r].records).loc[capability, "reality"] for r in firms)
    assert 0.0 <= poor < 0.5 < good <= 1.0


def test_evidence_of_intention_is_what_stands_in_the_plans():
    """Plans follow the intention, not the reality."""
    run = simulate(described_market(0.2, 0.9), 200, 80, 3)
    found = evidence(run.records)
    assert found["intention"].mean() == pytest.approx(0.9, abs=0.04)


def test_the_queries_count_what_they_say():
    """Two pieces by hand: deliveries in time, and proofs of consent."""
    times = np.array(["2024-01-02", "2024-01-04", "2024-01-09"], "datetime64[s]")
    sent = pd.DataFrame(
        {
            "order_id": [1, 2, 3],
            "customer_id": [1, 2, 3],
            "partner": pd.Categorical(["Northline"] * 3, OBSERVED["deliveries"]["partner"].dtype),
            "promised_at": np.array(["2024-01-04"] * 3, "datetime64[s]"),
            "delivered_at": times,
        }
    )
    assert ask(Records({"deliveries": sent}), "partner_network") == pytest.approx(2 / 3)
    consents = OBSERVED["consents"].empty()
    assert np.isnan(ask(Records({"consents": consents}), "privacy_practice"))


def test_records_without_the_tables_have_no_evidence():
    """A real order log: nothing is claimed about what it does not hold."""
    log = pd.DataFrame({"who": [1, 2], "on": ["2024-01-02", "2024-02-02"], "eur": [10.0, 5.0]})
    held = Records.from_transactions(log, customer="who", date="on", value="eur")
    found = evidence(held)
    assert found[["intention", "reality"]].isna().all(axis=None)
    with pytest.raises(ValueError, match="capability must be one of"):
        ask(held, "insight")
