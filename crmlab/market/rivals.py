"""Who takes customers away? A rival, and what holds them: having taught this firm what they like.

A rival's pull is a hazard of leaving on top of the person's own, greater for the price-sensitive
and with the rival's discount: ``rival_rate * exp(rival_pull * discount * sensitivity)``. What a
customer has taught the firm would have to be taught again elsewhere: a switching cost (Pine,
Peppers and Rogers 1995; Klemperer 1987), here ``exp(-teaching_hold * log(1 + taught))`` on that
hazard. (The exponent is taken times ``email_effect``: where nobody reacts to a firm, nothing
holds.) So the discount that makes somebody with ``n`` taught preferences as likely to leave as a
stranger at no discount is ``teaching_hold * log(1 + n) / (rival_pull * sensitivity)``. Both laws
are *assumed*; with ``rival_rate`` 0, the default, there is no rival.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmlab.market.scenario import Scenario

if TYPE_CHECKING:
    from crmlab.market.world import World


def hazard(scenario: Scenario, price_sensitivity: NDArray) -> NDArray[np.float64]:
    """Hazard per week of leaving to the rival, for people who taught the firm nothing."""
    s = scenario
    if s.rival_rate == 0:
        return np.zeros(len(price_sensitivity))
    return s.rival_rate * np.exp(s.rival_pull * s.rival_discount * price_sensitivity)


def left_to_the_rival(scenario: Scenario, taught: NDArray) -> NDArray[np.float64]:
    """The part of the rival's hazard that is left to people who have taught the firm so much."""
    hold = scenario.teaching_hold * np.log1p(taught) * scenario.email_effect
    return np.asarray(np.exp(-hold))


def held_back(world: World, who: NDArray, factor: NDArray) -> NDArray[np.float64]:
    """``factor`` on the hazard of leaving, less what switching cost keeps from the rival."""
    s = world.scenario
    if s.rival_rate == 0:
        return factor
    share = world.people.rival_share[who]
    return factor * (1.0 - share + share * left_to_the_rival(s, world.state.taught[who]))


def bound(world: World, block: slice) -> NDArray[np.bool_]:
    """Who of the block has anything that holds them against the rival, or is cared for."""
    return (world.state.taught[block] > 0) | (world.state.care[block] > 0)
