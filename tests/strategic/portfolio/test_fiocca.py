"""Fiocca's two steps."""

import pytest

from crmlab.strategic.portfolio import Fiocca, fiocca, portfolio
from crmlab.strategic.portfolio.factors import Factor
from crmlab.strategic.portfolio.fiocca import STEP_1


def test_two_steps_by_hand(four):
    """Half are key by volume; of those, attractiveness and strength decide the cell."""
    model = Fiocca(
        importance=(Factor("volume", "sales_eur"),), difficulty=(Factor("rival", "rival"),),
        attractiveness=(Factor("elsewhere", "headroom_eur"),),
        strength=(Factor("friendship", "relationship"),), key_share=0.5,
    )  # fmt: skip
    found = fiocca(four, model)
    assert found["step_1"].tolist() == [
        "key, easy", "key, easy", "non-key, difficult", "non-key, difficult",
    ]  # fmt: skip
    assert found["cell"].tolist()[2:] == found["step_1"].tolist()[2:]
    assert found.loc["A", "cell"] == "key: low, strong"
    assert found.loc["B", "cell"] == "key: high, weak"


def test_key_accounts_come_first(run):
    """No other account has the score of a key account, and there are 13 cells at most."""
    found = fiocca(portfolio(run.records, run.records.as_of(78).now))
    key = found["step_1"].str.startswith("key")
    assert found.loc[key, "score"].min() > found.loc[~key, "score"].max()
    assert set(found["step_1"]) <= set(STEP_1)
    assert key.mean() == pytest.approx(0.3, abs=0.02)
    assert found["cell"].nunique() <= 9 + 2


def test_profit_is_not_asked_for(four):
    """The gap that Yorke and Droussiotis found: another profit changes no cell."""
    assert fiocca(four.assign(profit_eur=0.0)).equals(fiocca(four))


def test_all_accounts_cannot_be_key():
    """The message says what is wrong."""
    with pytest.raises(ValueError, match="key_share must lie between 0 and 1, got 30"):
        Fiocca(key_share=30)
