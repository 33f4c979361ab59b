"""What moves everybody at once? Season and economy, keyed by the week alone."""

from __future__ import annotations

import numpy as np
from scipy.special import i0

from crmlab.chance import Chance, normal
from crmlab.market.scenario import Scenario
from crmlab.tables import WEEKS_PER_YEAR

_PEAK_WEEK = 50  # mid-December, when the market starts on 1 January


def order_rate_factors(scenario: Scenario, luck: Chance, weeks: int) -> np.ndarray:
    """Factor on everybody's order rate in each week, shape ``(weeks,)``; 1 without shocks."""
    week = np.arange(weeks)
    season = scenario.season_amplitude * np.cos(2 * np.pi * (week - _PEAK_WEEK) / WEEKS_PER_YEAR)
    shocks = normal(luck.base("economy", np.array([0])), week).ravel()
    economy = np.zeros(weeks)
    keep = scenario.economy_memory
    level = 0.0
    for w in range(weeks):  # one step a week: a first-order autoregression
        level = keep * level + np.sqrt(1 - keep**2) * scenario.economy_sd * float(shocks[w])
        economy[w] = level
    # Over a year and over economies the factors average 1, so shocks do not change the level.
    level_of_waves = np.log(i0(scenario.season_amplitude)) + scenario.economy_sd**2 / 2
    return np.exp(season + economy - level_of_waves)
