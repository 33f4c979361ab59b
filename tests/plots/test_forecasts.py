"""The figure of forecasts: what it draws is what it was given."""

import pandas as pd
import pytest

from crmlab import plots

DATES = pd.date_range("2024-01-01", periods=8, freq="7D")
PAST = pd.Series(range(1, 6), index=DATES[:5], dtype=float)
AHEAD = pd.DataFrame({"naive": [5.0] * 3, "sum": [6.0, 7.0, 8.0]}, index=DATES[5:])
BAND = pd.DataFrame({"low": [5.0, 6.0, 7.0], "high": [7.0, 8.0, 9.0]}, index=DATES[5:])


def test_lines_carry_the_numbers():
    truth = pd.Series([6.0, 6.5, 9.0], index=DATES[5:])
    picture = plots.forecast_lines(PAST, AHEAD, BAND, truth, ylabel="EUR", title="Sums rise")
    drawn = {line.get_label(): list(line.get_ydata()) for line in picture.axes[0].get_lines()}
    assert drawn["past"] == PAST.tolist() and drawn["what came"] == truth.tolist()
    assert drawn["naive"] == AHEAD["naive"].tolist()
    assert len(picture.axes[0].collections) == 1  # the band
    assert "naive 5; sum 7" in picture.description and "What came: 7.17" in picture.description


def test_truth_and_band_may_be_missing():
    picture = plots.forecast_lines(PAST, AHEAD)
    assert not picture.axes[0].collections
    assert "What came" not in picture.description


def test_no_forecast_is_refused():
    with pytest.raises(ValueError, match="ahead must have 1 to 6 columns"):
        plots.forecast_lines(PAST, pd.DataFrame(index=DATES[5:]))
