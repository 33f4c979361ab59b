"""How wrong the data may be."""

import math

import pandas as pd
import pytest

from crmlab.experiments.data_errors import break_even, by_miss_penalty, curve, filled, gain
from crmlab.experiments.one_to_one_lives import Firm


def test_where_the_line_crosses_zero_by_hand():
    assert break_even(pd.Series([1.0, -1.0], index=[0.0, 1.0])) == 0.5
    assert break_even(pd.Series([0.3, 0.1, -0.1], index=[0.0, 0.5, 1.0])) == 0.75
    assert break_even(pd.Series([-0.1, -0.2], index=[0.0, 1.0])) == 0
    assert math.isnan(break_even(pd.Series([0.2, 0.1], index=[0.0, 1.0])))


def test_more_errors_gain_less():
    """Not more than noise apart, and all wrong is worse than none wrong."""
    firm = Firm(customers=1_500, weeks=40, seed=2)
    found = curve([firm], (0.0, 0.5, 1.0))
    assert found.is_monotonic_decreasing
    assert found[0.0] == gain(firm) > 0
    assert found[1.0] == gain(firm, 1.0) < 0


def test_a_curve_through_what_was_tried():
    line = filled({0.2: 1.0, 0.6: 0.0}, (0.0, 0.4, 0.6))
    assert math.isnan(line[0.0])
    assert line[0.4] == pytest.approx(0.5)
    assert line[0.6] == 0


def test_where_nobody_minds_a_miss_errors_cost_less():
    market = Firm().market
    table = by_miss_penalty(market, (0.0, 1.0), worlds=1, customers=300).set_index("wrong")
    assert table.loc[1.0, "0"] > table.loc[1.0, "1"]


def test_a_percentage_is_refused():
    with pytest.raises(ValueError, match=r"wrong must be in \[0, 1\], got 20"):
        gain(Firm(customers=10, weeks=2), 20)
