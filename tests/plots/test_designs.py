"""Estimates beside their truth: position, colour and words."""

import pandas as pd
import pytest

from crmlab.plots import KeptEstimates, estimates
from crmlab.plots.style import BLUE, VERMILLION

TABLE = pd.DataFrame(
    {"estimate": [2.0, 9.0], "low": [1.0, 8.0], "high": [3.0, 10.0], "truth": [2.5, 2.5]},
    index=["by lot", "before and after"],
)


def test_an_interval_that_misses_its_truth_is_another_colour_and_marker():
    kept = KeptEstimates(list(TABLE.index), "EUR")
    kept.show(TABLE)
    (_, near, _), (bar, far, _) = kept.rows["by lot"], kept.rows["before and after"]
    assert (near.get_color(), near.get_marker()) == (BLUE, "o")
    assert (far.get_color(), far.get_marker()) == (VERMILLION, "s")
    assert list(bar.get_xdata()) == [8.0, 10.0]


def test_the_range_grows_and_never_shrinks():
    kept = KeptEstimates(list(TABLE.index), "EUR", mark=(12.0, "cost"))
    kept.show(TABLE)
    wide = kept.figure.axes[0].get_xlim()
    kept.show(TABLE / 10)
    assert kept.figure.axes[0].get_xlim() == wide and wide[1] > 12


def test_the_words_hold_every_number():
    text = str(estimates(TABLE, "EUR", "One misses"))
    assert "by lot 2 [1, 3], truth 2.5" in " ".join(text.split())


@pytest.mark.parametrize(
    "table, words",
    [
        (TABLE.drop(columns="truth"), "must have the column 'truth'"),
        (TABLE.assign(low=float("-inf")), "must hold finite numbers"),
    ],
)
def test_bad_input_is_explained(table, words):
    with pytest.raises(ValueError, match=words):
        estimates(table, "EUR", "x")
