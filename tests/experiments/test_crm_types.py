"""Prices, work by hand and shared views are taken off, and put in, where they belong."""

import pandas as pd
import pytest

from crmlab.experiments.crm_types import (
    MAILING_EUR,
    PRICE_EUR_WEEK,
    Business,
    business_market,
    hand_work_eur,
    installed,
    synergies,
    synergy_matrix,
    type_factorial,
)
from crmlab.strategic.crm_types import CRMTypes

SMALL = Business(business_market(200), customers=200, weeks=12)


@pytest.fixture(scope="module")
def found():
    return type_factorial(SMALL, ("operational", "analytical"), worlds=2)


def test_profit_is_after_fee_and_work_by_hand():
    run, types = SMALL.lived(("strategic",), 1), ("strategic",)
    fee = PRICE_EUR_WEEK["strategic"] * 12
    work = hand_work_eur(run, SMALL.policy(types))
    assert work > 0 and work % MAILING_EUR == 0
    assert SMALL.profit_eur(types, 1) == pytest.approx(run.profit - fee - work)


def test_software_makes_mailings_without_work():
    run = SMALL.lived(("operational",), 1)
    assert hand_work_eur(run, SMALL.policy(("operational",))) == 0


def test_only_the_collaborative_type_joins_up_the_desk():
    market = business_market(sites=3, departments=4)
    assert installed(market, CRMTypes(analytical=True)) == market
    joined = installed(market, CRMTypes(collaborative=True))
    assert (joined.sharing_delay_weeks, joined.unseen_history, joined.chase_opens_case) == (0, 0, 0)


def test_the_synergy_matrix_holds_what_versions_earn(found):
    matrix, mean = synergy_matrix(found), found.values().mean()
    both = mean["operational + analytical"] - mean["none"]
    assert matrix.to_numpy().sum() - matrix.iloc[0, 1] == pytest.approx(both)
    assert matrix.equals(matrix.T)
    assert synergies(found).loc["operational x analytical", "eur"] == pytest.approx(
        matrix.iloc[0, 1]
    )


def test_an_unknown_type_is_told():
    with pytest.raises(ValueError, match="type must be one of"):
        type_factorial(SMALL, ("magical",))


def test_a_stored_world_is_made_again():
    from crmlab.experiments.crm_type_versions import hearth_and_loom, stored_versions

    kept = stored_versions().worlds
    row = kept[(kept["world"] == 1) & kept["operational"] & ~kept[
        ["strategic", "analytical", "collaborative", "social"]
    ].any(axis=1)].iloc[0]  # fmt: skip
    firm = hearth_and_loom()
    profit = firm.profit_eur(("operational",), int(row["seed"])) / firm.customers
    assert profit == pytest.approx(row["profit_eur_per_customer"], abs=1e-4)
    assert isinstance(kept, pd.DataFrame) and len(kept) == 8 * 32
