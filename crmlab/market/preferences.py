"""What do customers say that they like? A form at registration, filled in by some.

Who fills it in ticks a few categories, the best liked first. Most are true to their needs:
categories are drawn without replacement with the shares of the person's needs (Plackett 1975,
Applied Statistics 24(2)); a share `preference_slips` ticks anything. Nobody fills it in again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmlab.chance import exponential, uniform
from crmlab.market.log import to_frame
from crmlab.tables import CATEGORIES, OBSERVED, WEEK_SECONDS

if TYPE_CHECKING:
    from crmlab.market.world import World

_FILLS, _SLIPS, _TICKS = 0, 1, 2  # times of the draws of one person


def preferences(world: World) -> pd.DataFrame:
    """The table `preferences`: one row a category that a customer ticked."""
    s = world.scenario
    base = world.traits.base("form", world.people.person_id)
    known = world.people.born_s < world.weeks * WEEK_SECONDS
    who = np.flatnonzero(known & (uniform(base, _FILLS) < s.preference_form_share))
    ticked = _ticked(world, who, base[who])
    customers = world.customer_id[world.first_file(who)]
    columns = {
        "customer_id": np.repeat(customers, s.preferences_stated),
        "category": ticked.ravel(),
        "score": np.tile(np.arange(s.preferences_stated, 0, -1), len(who)),
        "stated_at": np.repeat(world.people.born_s[who], s.preferences_stated),
    }
    return to_frame(OBSERVED["preferences"], columns)


def _ticked(world: World, who: NDArray, base: NDArray) -> NDArray[np.int64]:
    """Categories by liking, shape ``(n, preferences_stated)``: the first of a race of clocks."""
    needs = np.maximum(world.people.needs[who], 1e-300)
    slip = uniform(base, _SLIPS) < world.scenario.preference_slips
    needs[slip] = 1.0
    clock = exponential(base[:, None], _TICKS + np.arange(len(CATEGORIES)))
    return np.argsort(clock / needs, axis=1)[:, : world.scenario.preferences_stated]
