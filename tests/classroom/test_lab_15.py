"""Questions of notebook 15: the usual mistakes do not pass."""

import pytest

from crmlab.classroom.labs import lab_15
from crmlab.classroom.questions import find


def judged(number, answer):
    return find(f"15-strategies/q{number}").expected.judge(answer)


def test_three_gains_by_hand():
    gains = {"protect": 750 + 3_200 * 2 / 3, "enhance": 1_600.0, "harvest": 375.0}
    assert judged(1, gains).right
    assert not judged(1, gains | {"protect": 750.0}).right


def test_the_list_by_hand():
    right = {"A end", "B re-engineer", "C protect", "D enhance", "E harvest"}
    assert judged(2, right).right
    assert not judged(2, right - {"A end"} | {"A re-engineer"}).right


def test_counting_fixed_cost_as_saved_does_not_pass():
    losers = lab_15.shown_as_losses()
    claimed = -losers["full_profit_eur"].sum()
    assert claimed > 0 > lab_15.saved_by_ending()
    assert not judged(3, claimed).right
    assert judged(3, -losers["profit_eur"].sum()).right


def test_the_gain_of_protecting_passes():
    assert judged(4, lab_15.by_gain(15)).right


@pytest.mark.parametrize("column", ["leaving_risk", "relationship"])
def test_other_lists_are_too_costly(column):
    ours = lab_15.table().loc[lab_15.protecting().index]
    assert judged(4, ours[column].nlargest(10).index).kind == "too costly"


def test_a_prospect_cannot_be_protected():
    table = lab_15.table()
    prospect = table.index[table["status"] == "prospect"][0]
    with pytest.raises(ValueError, match="is no customer now"):
        lab_15.protected({prospect})
