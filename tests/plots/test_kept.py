import numpy as np
import pytest

from crmlab.plots import KeptBars, KeptLines, KeptPair
from crmlab.plots.picture import svg


def test_lines_move_and_stay_the_same_artists():
    kept = KeptLines([0, 1, 2], ["nothing", "mail"], "week", "orders")
    kept.show({"nothing": [1, 2, 3], "mail": [2, 3, 4]})
    before = dict(kept.lines)
    kept.show({"mail": [9, 9, 9]})
    assert kept.lines == before
    assert list(kept.lines["mail"].get_ydata()) == [9, 9, 9]
    assert list(kept.lines["nothing"].get_ydata()) == [1, 2, 3]


def test_the_range_grows_and_never_shrinks():
    kept = KeptLines([0, 1], ["mail"], "week", "orders")
    kept.show({"mail": [1, 100]})
    wide = kept.figure.axes[0].get_ylim()
    kept.show({"mail": [1, 2]})
    assert kept.figure.axes[0].get_ylim() == wide


def test_a_given_range_stays():
    kept = KeptLines([0, 1], ["mail"], "week", "orders", ylim=(0, 10))
    kept.show({"mail": [1, 100]})
    assert kept.figure.axes[0].get_ylim() == (0, 10)


def test_an_unknown_line_is_named():
    kept = KeptLines([0, 1], ["mail"], "week", "orders")
    with pytest.raises(KeyError, match="'post' is no line"):
        kept.show({"post": [1, 2]})


def test_a_pair_keeps_its_lower_line_under_its_own_name():
    kept = KeptPair([0, 1], ["nothing", "mail"], "week", "orders", "extra")
    kept.show({"nothing": [1, 1], "mail": [2, 3], "extra": [1, 3]})
    upper, lower = kept.figure.axes
    assert kept.lines["extra"] in lower.get_lines()
    assert kept.lines["mail"] in upper.get_lines()
    assert lower.get_ylabel() == "extra"


def test_bars_below_zero_differ_by_colour_and_hatch():
    kept = KeptBars(["a", "b"], "grade", "EUR")
    kept.show([2.0, -1.0])
    good, bad = kept.bars
    assert (good.get_height(), bad.get_height()) == (2.0, -1.0)
    assert good.get_facecolor() != bad.get_facecolor()
    assert (good.get_hatch(), bad.get_hatch()) == ("", "//")


def test_the_same_setting_gives_the_same_svg_again():
    kept = KeptBars(["a", "b"], "grade", "EUR", ylim=(-5, 5))
    kept.show([2.0, -1.0])
    first = svg(kept.figure)
    kept.show([1.0, 3.0])
    assert svg(kept.figure) != first
    kept.show(np.array([2.0, -1.0]))
    assert svg(kept.figure) == first
