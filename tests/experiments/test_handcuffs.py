"""Golden handcuffs: lived again, by the rule, and nothing where nothing holds."""

import numpy as np
import pandas as pd
import pytest

from crmlab.experiments import handcuffs as h
from crmlab.market.run import simulate
from crmlab.market.scenario import Scenario
from crmlab.strategic.one_to_one import attract_capture_engage
from crmlab.strategic.switching import discount_to_leave


def test_all_the_time_of_all_customers_is_spent_somewhere():
    run = simulate(h.rivalled(), 300, 30, 3, attract_capture_engage())
    spent, lives = h.spent(run), h.lives(run)
    weeks = (lives["until"] - lives["since"]).dt.total_seconds().sum() / (7 * 24 * 3600)
    assert spent["weeks"].sum() == pytest.approx(weeks, abs=0.01)
    assert spent["left"].sum() == lives["left"].sum()
    assert spent["taught"].max() > 0


def test_where_teaching_holds_nobody_no_discount_is_needed():
    free = h.rivalled().replace(teaching_hold=0.0)
    assert h.taught_discount(free, 3) == 0


@pytest.mark.slow
def test_lives_bear_the_rule_out():
    """The discount needed by those who taught two things is that of the rule, roughly."""
    table = h.added([h.curve(seed=seed) for seed in (1, 2)])
    needed = h.needed_discount(table)
    assert needed[0] == pytest.approx(0, abs=0.01)
    assert needed[2] == pytest.approx(float(discount_to_leave(2, 0.6, 5.0)), abs=0.03)
    assert needed[1] < needed[2]


def test_several_classes_make_one():
    table = pd.DataFrame(
        {"held": True, "discount": 0.0, "taught": [0, 1, 2], "weeks": [50.0, 30.0, 20.0],
         "left": [9, 3, 2], "rate": 0.0}
    )  # fmt: skip
    one = h.pooled(table)
    assert one[["weeks", "left", "rate"]].iloc[0].tolist() == [50.0, 5.0, 10.0]
    assert h.added([table, table])["left"].tolist() == [18, 6, 4]


def test_a_class_that_nobody_left_has_no_discount():
    table = pd.DataFrame(
        {"held": [False, True, True], "discount": [0.0, 0.0, 0.2], "taught": 4,
         "weeks": 10.0, "left": [1, 0, 1], "rate": [10.0, 0.0, 10.0]}
    )  # fmt: skip
    assert np.isnan(h.needed_discount(table)[4])


def test_a_market_with_a_rival_keeps_it():
    assert h.rivalled().rival_rate == h.RIVAL["rival_rate"]
    own = Scenario().replace(rival_rate=0.5)
    assert h.rivalled(own, 0.1).rival_rate == 0.5
    assert h.rivalled(own, 0.1).rival_discount == 0.1


def test_what_a_rival_takes_by_hand():
    """One person of average sensitivity: 1 - exp(-52.18 x 0.01 x e^(5 x 0.2) / 2^0.6)."""
    people = pd.DataFrame({"price_sensitivity": [1.0]})
    taken = h.taken_in_a_year(people, h.rivalled(), 0.2, taught=[1])
    assert taken[1] == pytest.approx(1 - np.exp(-0.5218 * np.exp(1.0) / 2**0.6))
    with pytest.raises(ValueError, match=r"discount must be in \[0, 1\], got 20"):
        h.taken_in_a_year(people, h.rivalled(), 20)


def test_whoever_has_two_records_lives_once():
    """Duplicates change who is in the books, and neither customer-weeks nor leavers."""
    run = simulate(h.rivalled().replace(duplicate_share=0.5), 300, 30, 7, attract_capture_engage())
    lives, found = h.lives(run), h.spent(run)
    people = run.truth.identity.loc[
        run.truth.identity["customer_id"].isin(lives.index), "person_id"
    ].nunique()
    assert len(lives) > people == found["customer_id"].nunique()
    assert found["left"].sum() < lives["left"].sum()


def test_too_few_leavers_tell_no_discount():
    """In a small world classes are missing at one discount, or where nothing holds."""
    assert h.needed_discount(h.curve(customers=100, weeks=26, seed=5)).isna().any()
