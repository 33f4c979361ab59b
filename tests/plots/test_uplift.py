"""The Qini curve."""

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.analytical.uplift import qini

RNG = np.random.default_rng(2)
SCORE, LETTER = pd.Series(RNG.random(400)), RNG.random(400) < 0.5
BOUGHT = RNG.random(400) < 0.1 + 0.3 * LETTER * SCORE


def labels(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_lines_are_the_table_at_its_scale():
    found = qini(SCORE, BOUGHT, LETTER)
    figure = plots.qini_curve(found, "It rises", scale=1_000, many="1,000 customers")
    lot, counted = figure.axes[0].get_lines()[:2]
    assert np.allclose(counted.get_ydata(), 1_000 * found.table["incremental"])
    assert np.allclose(lot.get_ydata(), 1_000 * found.table["random"])
    assert labels(figure) == ["drawn by lot", "counted in the trial"]
    assert "per 1,000 customers" in figure.axes[0].get_ylabel()


def test_the_truth_is_laid_over_it():
    figure = plots.qini_curve(qini(SCORE, BOUGHT, LETTER, truth=0.3 * SCORE))
    assert labels(figure)[2:] == ["true for this order", "true for the best order"]
    true, best = figure.axes[0].get_lines()[2:4]
    assert np.allclose(true.get_ydata(), best.get_ydata())  # the score is the truth here


def test_the_label_of_the_axis_keeps_clear_of_the_title():
    figure = plots.qini_curve(
        qini(SCORE, BOUGHT, LETTER), "It rises", scale=1_000, many="1,000 customers"
    )
    figure.draw_without_rendering()
    label, title = figure.axes[0].yaxis.label, figure.texts[0]
    assert title.get_text() == "It rises"
    assert label.get_window_extent().y1 < title.get_window_extent().y0


def test_it_is_told_in_words():
    figure = plots.qini_curve(qini(SCORE, BOUGHT, LETTER), "It rises")
    assert str(figure).startswith("It rises. Added orders per person, with the first 25%")
