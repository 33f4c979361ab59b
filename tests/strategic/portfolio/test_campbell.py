"""Campbell and Cunningham's three steps."""

import pytest

from crmlab.strategic.portfolio import CLASSES, Campbell, campbell


def test_life_cycles_by_hand(four):
    """B earns most, D is young, C buys little of its large wallet, A is regular."""
    found = campbell(four, Campbell(special_share=0.25))
    assert found["life_cycle"].to_dict() == {
        "A": "today's regular customers",
        "B": "today's special customers",
        "C": "tomorrow's customers",
        "D": "tomorrow's customers",
    }
    assert found["demand"].to_dict() == {
        "A": "high growth", "B": "high growth", "C": "low growth", "D": "high growth"
    }  # fmt: skip
    assert found["our_share"].tolist() == ["high", "high", "low", "low"]
    assert found["competition"].tolist() == ["weak", "weak", "strong", "strong"]
    assert found.loc["A", "cell"] == "today's regular customers: high growth, high share"


def test_who_shrinks_is_yesterdays(four):
    """C's sales fall, and nothing promises more."""
    found = campbell(four.assign(share=0.5), Campbell(special_share=0.25))
    assert found.loc["C", "life_cycle"] == CLASSES[3]


def test_a_loss_maker_is_never_special(four):
    """However few customers earn money."""
    found = campbell(four, Campbell(special_share=0.99))
    assert found.loc["C", "life_cycle"] != CLASSES[1]


def test_special_customers_come_first(four):
    """Then tomorrow's, then regular ones, within each by sales."""
    found = campbell(four, Campbell(special_share=0.25))
    assert found["score"].sort_values(ascending=False).index.tolist() == list("BCDA")


def test_bad_borders_name_themselves():
    """The message names the argument and quotes the value."""
    with pytest.raises(ValueError, match="special_share must lie between 0 and 1, got 15"):
        Campbell(special_share=15)
    with pytest.raises(ValueError, match="young_quarters must be a finite number >= 0, got -1"):
        Campbell(young_quarters=-1)
