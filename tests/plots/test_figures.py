import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from crmlab import plots
from crmlab.plots.style import BASELINE, BLUE, GREY, VERMILLION

WEEKS = pd.DataFrame({"week": range(6), "nothing": [5, 4, 3, 3, 2, 2], "mail": [5, 5, 5, 4, 3, 1]})
COMPARED = pd.DataFrame(
    {
        "policy": ["nothing", "weekly", "monthly", "daily"],
        "profit_eur_per_customer": [10.0, 10.5, 10.1, 8.0],
        "difference_eur_per_customer": [0.0, 0.5, 0.1, -2.0],
        "low": [0.0, 0.2, -0.1, -2.4],
        "high": [0.0, 0.8, 0.3, -1.6],
        "wins": [0, 5, 3, 0],
    }
)
VERDICTS = pd.DataFrame(
    {
        "condition": ["textbook", "hostile", "null"],
        "estimate": [1.2, -0.9, 0.0],
        "low": [0.8, -1.3, -0.1],
        "high": [1.6, -0.4, 0.1],
        "verdict": ["supported", "reversed", "not supported"],
        "least": [0.5, 0.5, 0.5],
        "unit": "EUR per customer",
    }
)


def _lines(figure):
    return {line.get_label(): line for line in figure.axes[0].get_lines()}


def _texts(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_weekly_draws_the_columns_as_they_are():
    figure = plots.weekly(WEEKS, ys=["nothing", "mail"], ylabel="orders", title="Mail helps first")
    lines = _lines(figure)
    assert list(lines["nothing"].get_ydata()) == list(WEEKS["nothing"])
    assert list(lines["mail"].get_ydata()) == list(WEEKS["mail"])
    assert figure.axes[0].get_xlabel() == "week"
    assert figure.axes[0].get_ylabel() == "orders"
    assert figure.headline == "Mail helps first"
    assert "mail from 1 to 5" in figure.description


def test_dates_along_the_weeks_do_not_touch():
    weeks = pd.date_range("2024-01-01", periods=72, freq="W-MON")
    figure = plots.weekly(pd.DataFrame({"week": weeks, "sales": range(72)}))
    figure.draw_without_rendering()
    ticks = [t.get_window_extent() for t in figure.axes[0].get_xticklabels() if t.get_text()]
    assert len(ticks) > 3
    assert all(left.x1 + 20 < right.x0 for left, right in itertools.pairwise(ticks))


def test_nothing_is_always_the_grey_dashed_baseline():
    lines = _lines(plots.weekly(WEEKS, ys=["mail", "nothing"]))
    assert lines["nothing"].get_color() == BASELINE.color == GREY
    assert lines["nothing"].get_linestyle() == "--"
    assert lines["mail"].get_marker() != lines["nothing"].get_marker()


def test_weekly_names_lines_as_it_is_told():
    figure = plots.weekly(WEEKS, ys=["nothing", "mail"], labels=["none", "a letter"])
    assert _texts(figure) == ["none", "a letter"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"ys": "males"}, "'males' is not a column"),
        ({"ys": "mail", "labels": ["a", "b"]}, "as many"),
    ],
)
def test_weekly_says_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=message):
        plots.weekly(WEEKS, **arguments)


def test_sweep_draws_estimate_and_band():
    frame = pd.DataFrame(
        {"fatigue": [0.0, 1.0], "gain": [2.0, -1.0], "low": [1, -2], "high": [3, 0]}
    )
    figure = plots.sweep(frame, "fatigue", "gain", ylabel="EUR", title="It turns")
    assert list(_lines(figure)["gain"].get_ydata()) == [2.0, -1.0]
    corners = figure.axes[0].collections[0].get_paths()[0].vertices
    assert (corners[:, 1].min(), corners[:, 1].max()) == (-2, 3)


def test_sweep_takes_named_settings():
    frame = pd.DataFrame({"scale": ["3", "12"], "gain": [2.0, 1.0], "low": [1, 0], "high": [3, 2]})
    plots.sweep(frame, "scale", "gain").draw_without_rendering()


def test_comparison_draws_each_difference_with_its_interval():
    figure = plots.comparison(COMPARED)
    axes = figure.axes[0]
    drawn = [list(line.get_xdata()) for line in axes.get_lines()[1:]]
    assert drawn == [[0.2, 0.8], [0.5], [-0.1, 0.3], [0.1], [-2.4, -1.6], [-2.0]]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["weekly", "monthly", "daily"]
    assert axes.get_xlabel() == "profit against 'nothing' (EUR per customer)"
    assert figure.headline == "Weekly does best: +0.50 EUR per customer"


def test_comparison_tells_ahead_behind_and_unsure_by_colour_and_marker():
    dots = plots.comparison(COMPARED).axes[0].get_lines()[2::2]
    assert [dot.get_color() for dot in dots] == [BLUE, GREY, VERMILLION]
    assert [dot.get_marker() for dot in dots] == ["o", "D", "s"]


def test_gains_draw_one_row_a_thing():
    table = pd.DataFrame(
        {"eur": [2.0, 0.1, -1.0], "low": [1, -1, -2], "high": [3, 1, -0.5]}, index=list("abc")
    )
    axes = plots.gains(table, "EUR", "Only a pays").axes[0]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["a", "b", "c"]
    assert len({line.get_color() for line in axes.get_lines()[2::2]}) == 3


def test_comparison_takes_policies_from_the_index_too():
    figure = plots.comparison(COMPARED.set_index("policy"), title="Mine")
    assert figure.headline == "Mine"


def test_comparison_does_not_claim_what_the_interval_denies():
    assert "interval holds zero" in plots.comparison(COMPARED.iloc[[0, 2]]).headline
    assert plots.comparison(COMPARED.iloc[[0, 3]]).headline == "Nothing beats 'nothing'"


def test_comparison_of_one_world_has_dots_without_intervals():
    one = COMPARED.assign(low=np.nan, high=np.nan)
    figure = plots.comparison(one)
    figure.draw_without_rendering()
    assert "[" not in figure.description


def test_comparison_needs_something_to_compare():
    with pytest.raises(ValueError, match="at least two policies"):
        plots.comparison(COMPARED.head(1))


def test_claim_verdicts_mark_the_least_worth_mentioning():
    figure = plots.claim_verdicts(VERDICTS)
    axes = figure.axes[0]
    marks = axes.collections[0].get_segments()
    assert [float(mark[0][0]) for mark in marks] == [0.5, 0.5, 0.5]
    dots = axes.get_lines()[2::2]
    assert [float(dot.get_xdata()[0]) for dot in dots] == list(VERDICTS["estimate"])
    assert [dot.get_marker() for dot in dots] == ["o", "s", "D"]
    assert axes.get_xlabel() == "EUR per customer"
    assert figure.headline == "textbook: supported; hostile: reversed; null: not supported"


def test_bars_have_the_lengths_of_the_series():
    figure = plots.bars(pd.Series({"search": 3.0, "social": -1.0}), "EUR", "Search pays")
    drawn = figure.axes[0].patches
    assert [bar.get_width() for bar in drawn] == [3.0, -1.0]
    assert [to_hex(bar.get_facecolor()).upper() for bar in drawn] == [BLUE, VERMILLION]
    assert [bar.get_hatch() for bar in drawn] == ["", "//"]
    assert figure.axes[0].get_xlabel() == "EUR"


def test_columns_put_groups_side_by_side():
    figure = plots.columns(pd.DataFrame({"a": [1, 2], "b": [3, 4]}), "grade", "EUR", "Higher")
    assert [bar.get_height() for bar in figure.axes[0].patches] == [1, 2, 3, 4]
    assert _texts(figure) == ["a", "b"]


@pytest.mark.parametrize("draw", [plots.bars, plots.columns])
def test_bars_of_nothing_are_refused(draw):
    with pytest.raises(ValueError, match="with rows"):
        draw(pd.Series(dtype=float))


def test_ledger_adds_up_to_the_profit():
    book = pd.DataFrame(
        {
            "week": [0, 0, 1, 1],
            "cause": ["gross margin", "acquisition", "gross margin", "refused: no consent"],
            "eur": [100.0, -30.0, 50.0, 0.0],
        }
    )
    figure = plots.ledger(book)
    labels = [t.get_text() for t in figure.axes[0].get_yticklabels()]
    assert labels == ["gross margin", "acquisition", "profit"]
    assert [bar.get_width() for bar in figure.axes[0].patches] == [150.0, -30.0, 120.0]
    assert figure.headline == "A profit of 120 EUR"


def test_two_ledgers_stand_side_by_side():
    book = pd.DataFrame({"cause": ["gross margin"], "eur": [100.0]})
    figure = plots.ledger({"nothing": book, "mail": book.assign(eur=140.0)})
    assert _texts(figure) == ["nothing", "mail"]
    assert figure.headline == "mail leaves most: a profit of 140 EUR"


def test_histogram_counts_every_finite_value():
    figure = plots.histogram([1.0, 2.0, 2.0, np.nan, 9.0], "orders", "Few order often", bins=4,
                             marks={"mean": 3.5})  # fmt: skip
    assert sum(bar.get_height() for bar in figure.axes[0].patches) == 4
    assert figure.axes[0].get_xlabel() == "orders"
    assert figure.axes[0].get_ylabel() == "customers"
    assert "mean at 3.5" in figure.description


def test_histogram_of_groups_shares_the_bins():
    figure = plots.histogram({"stayed": [1, 2, 3], "left": [3, 4]}, "weeks")
    first, second = figure.axes[0].patches
    assert first.get_xy()[0, 0] == second.get_xy()[0, 0]
    assert _texts(figure) == ["stayed", "left"]


def test_histogram_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one finite number"):
        plots.histogram([np.nan])


def test_scatter_truth_draws_belief_against_truth_with_the_diagonal():
    figure = plots.scatter_truth([1.0, 4.0, np.nan], [2.0, 3.0, 1.0], "lifetime value")
    axes = figure.axes[0]
    assert axes.collections[0].get_offsets().tolist() == [[1.0, 2.0], [4.0, 3.0]]
    diagonal = axes.get_lines()[0]
    assert list(diagonal.get_xdata()) == list(diagonal.get_ydata()) == [1.0, 4.0]
    assert axes.get_xlabel() == "believed lifetime value (EUR)"
    assert "50% lie below" in figure.description


@pytest.mark.parametrize(
    ("believed", "true", "scale", "message"),
    [
        ([1.0], [1.0, 2.0], "linear", "equally long"),
        ([1.0], [1.0], "cubic", "'linear' or 'log', got 'cubic'"),
        ([0.0], [1.0], "log", "no customer with a value"),
    ],
)
def test_scatter_truth_says_what_is_wrong(believed, true, scale, message):
    with pytest.raises(ValueError, match=message):
        plots.scatter_truth(believed, true, scale=scale)


@pytest.mark.parametrize(
    "figure",
    [
        plots.weekly(WEEKS),
        plots.comparison(COMPARED),
        plots.claim_verdicts(VERDICTS),
        plots.bars(WEEKS["mail"]),
        plots.columns(WEEKS["mail"]),
        plots.histogram([1, 2, 3]),
        plots.scatter_truth([1, 2], [1, 3]),
    ],
    ids=lambda figure: figure.headline,
)
def test_every_figure_says_in_words_what_it_shows(figure):
    assert len(figure.description) > 20


def test_held_intervals_mark_those_that_miss():
    found = pd.DataFrame(
        {"estimate": [1.0, 3.0, 2.0], "low": [0.5, 2.5, 1.0], "high": [1.8, 4.0, np.inf]}
    )
    figure = plots.held_intervals(found, 2.0, "beta (weeks)")
    dots = figure.axes[0].get_lines()[2::2]
    assert [dot.get_color() for dot in dots] == [VERMILLION, VERMILLION, BLUE]
    assert [dot.get_marker() for dot in dots] == ["s", "s", "o"]
    assert figure.headline == "1 of 3 intervals hold the truth"
    assert "The truth is 2" in figure.description
    figure.draw_without_rendering()
