"""Segments by what their choices earn: the three lives, and what is promised."""

import numpy as np
import pytest

import crmlab as crm
from crmlab.experiments.granularity import LINE, START, Letters, letters, treated
from crmlab.experiments.promises import promised, promises
from crmlab.market.packs import scenario


@pytest.fixture(scope="module")
def home():
    return Letters(scenario("retail"), 400, 3)


def test_profit_is_the_difference_of_two_lives(home):
    """Letters to all after the pilot, less letters to nobody: by the ledger and by customer."""
    nobody, everybody = (run.profit for run in home.lives)
    ids = home.known.index
    returns = home.lives[1].records.returns["margin_eur"].sum()
    returns -= home.lives[0].records.returns["margin_eur"].sum()
    late = len(home.lives[1].records.customers) - len(ids)
    assert late == 0
    assert home.true_eur.sum() == pytest.approx(everybody - nobody, abs=2.0 + abs(returns))


def test_nobody_chosen_earns_nothing():
    free = Letters(scenario("retail").replace(email_effect=0.0, post_eur=0.0), 300, 3)
    assert all(free.profit(cells) == 0 for cells in (1, 8, LINE))


def test_the_lot_is_a_half_and_gets_letters(home):
    sent = home.lives[0].records.messages
    assert treated(sent["customer_id"].to_numpy()).all()
    assert treated(home.known.index.to_numpy()).mean() == pytest.approx(0.5, abs=0.1)
    assert sent["sent_at"].min() >= crm.tables.EPOCH + np.timedelta64(7 * START, "D")


def test_figures_of_chosen_segments_promise_something(home):
    table = promises(home)
    assert (table["promised"] >= 0).all()
    assert promised(home, 8) == table.loc[8, "promised"]
    assert table["letters"].between(0, 1).all()


def test_letters_have_a_name():
    assert repr(letters(80, to_all=True)) == "letters to all"
