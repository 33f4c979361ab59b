"""Questions of notebook 19: the usual mistakes do not pass."""

import pytest

from crmlab.classroom.labs import lab_19
from crmlab.classroom.plain import Unreadable
from crmlab.classroom.questions import find


def judged(number, answer):
    return find(f"19-crm-types/q{number}").expected.judge(answer)


def test_the_six_scenes_are_told_apart():
    right = sorted(lab_19.scenes())
    assert judged(1, right).right
    assert not judged(1, [right[0].replace("social", "collaborative"), *right[1:]]).right


def test_synergy_and_share_by_hand():
    assert judged(2, {"synergy": 1.9, "analytical": 0.85}).right
    assert not judged(2, {"synergy": 2.4, "analytical": 0.85}).right
    assert not judged(2, {"synergy": 1.9, "analytical": -0.1}).right


def test_the_share_is_not_what_the_first_type_brings():
    from crmlab.experiments.crm_type_versions import stored_versions

    share = 1_000 * stored_versions().shapley().loc["analytical", "eur"]
    assert lab_19.bought_into_nothing() < 0 < share
    assert judged(3, lab_19.bought_into_nothing()).right
    assert not judged(3, share).right


def test_what_is_read_most_costs_dearly():
    assert lab_19.tried()["read"].idxmax() == "post"
    assert judged(4, lab_19.read_but_dear()).right


def test_the_best_first_types_pass_and_the_advice_does_not():
    from crmlab.experiments.crm_type_firms import CHOICES, stored_firms, value_by

    firms = stored_firms()
    asked = firms.loc[list(lab_19.FIRMS.values())]
    means = value_by(firms.drop(index=asked.index), "kind")[list(CHOICES)]
    chosen = asked["kind"].map(means.idxmax(axis=1))
    assert judged(5, [f"{a} {k}" for a, k in zip("ABC", chosen, strict=True)]).right
    advised = [f"{a} {k}" for a, k in zip("ABC", asked["advice"], strict=True)]
    assert judged(5, advised).kind == "too costly"


@pytest.mark.parametrize("answer", [["A strategic"], ["A magical", "B strategic", "C strategic"]])
def test_an_answer_that_names_no_type_is_told(answer):
    with pytest.raises(Unreadable):
        judged(5, answer)
