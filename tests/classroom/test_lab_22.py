"""Questions of notebook 22: the usual mistakes do not pass."""

import pytest

from crmlab.classroom.labs import lab_22
from crmlab.classroom.questions import find


def judged(number, answer):
    return find(f"22-capstone/q{number}").expected.judge(answer)


def test_gains_by_hand():
    """Against doing nothing in the same world, not against each other."""
    assert judged(1, {"A": 2, "B": 5 / 3}).right
    assert not judged(1, {"A": 16, "B": 47 / 3}).right  # profits
    assert not judged(1, {"A": 1 / 3, "B": -1 / 3}).right  # against each other


def test_the_interval_is_of_paired_differences():
    """Differences 3, -3, 1: mean 0.333, standard deviation 3.055."""
    assert judged(2, {"low": -7.26, "high": 7.92}).right
    assert not judged(2, {"low": -5.86, "high": 6.53}).right  # n below the line
    assert not judged(2, {"low": -3.12, "high": 3.79}).right  # 1.96 in place of Student's t
    assert not judged(2, {"low": -9.72, "high": 10.39}).right  # as if worlds were not shared


def test_the_branches_number_does_not_pass():
    """Different customers for each model."""
    from crmlab.experiments import league

    right = lab_22.idic_over_mass()
    assert judged(3, right).right
    wide = league.played("retail", "textbook").pivot(
        index="seed", columns="model", values="profit_eur"
    )
    seeds = league.played("retail", "textbook")["seed"].unique()
    branches = wide.loc[seeds[3], "IDIC"] - wide.loc[seeds[1], "mass marketing"]
    assert not judged(3, branches).right


def test_the_best_of_seven_promises_too_much():
    """The mean of the best in each world is above what any model can keep."""
    wide = lab_22.gains(*lab_22.PROMISED)
    right = lab_22.an_honest_promise()
    promised = wide.iloc[: lab_22.TRIED].max(axis=1).mean()
    assert promised > right + 0.2
    assert judged(4, right).right and not judged(4, promised).right


def test_the_model_for_dear_prospects_passes():
    assert judged(5, "IDIC").right


@pytest.mark.parametrize("choice", ["REAP", "nothing", "mass marketing", "five processes"])
def test_other_models_are_costly_there(choice):
    assert judged(5, choice).kind == "too costly"
