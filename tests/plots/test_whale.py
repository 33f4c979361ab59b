"""The whale curve, drawn."""

import numpy as np
import pytest

from crmlab import plots
from crmlab.analytical.costing import whale_curve
from crmlab.plots.whale import whale_line

PROFIT = np.array([60.0, 50.0, 10.0, 0.0, -20.0])


def test_lines_are_the_curves_in_per_cent():
    figure = plots.whale_curves({"by time": whale_curve(PROFIT), "flat": whale_curve([1.0] * 5)})
    whale, flat = figure.axes[0].get_lines()[:2]
    assert np.allclose(whale.get_ydata()[[0, 20, 40, 60, 100]], [0, 60, 110, 120, 100])
    assert np.allclose(flat.get_ydata(), np.arange(101))
    assert "%" in figure.axes[0].get_xlabel() and "%" in figure.axes[0].get_ylabel()


def test_one_curve_needs_no_legend():
    assert not plots.whale_curves({"by time": whale_curve(PROFIT)}).legends


def test_it_is_told_in_words():
    figure = plots.whale_curves({"by time": whale_curve(PROFIT)}, "A hump")
    assert str(figure).startswith("A hump. Cumulative profit")
    assert "peak 120% of the final profit" in " ".join(str(figure).split())


def test_a_line_ends_at_all_of_the_profit():
    rng = np.random.default_rng(1)
    line = whale_line(whale_curve(rng.normal(1, 3, 333)))
    assert line[0] == 0 and line[100] == pytest.approx(100) and line.max() > 100


def test_a_loss_has_no_shares():
    with pytest.raises(ValueError, match="final profit above 0, got -5.00 EUR"):
        plots.whale_curves({"loss": whale_curve([5.0, -10.0])})


def test_no_curve_is_an_error():
    with pytest.raises(ValueError, match="at least one"):
        plots.whale_curves({})
