"""Is it done as decided? What becomes of a decision in a firm that is not able in everything.

Before a decision meets law and budget (`admission.py`), it meets the firm that is to carry it out.
In some weeks it is put off and lost (`idle_weeks`); some messages are forgotten (`lost_rows`), go
to somebody drawn by lot (`wrong_target`), show another product (`wrong_product`) or, for want of
insight, the whole assortment (`no_insight`). All shares are 0 unless the firm is described
(`ability.py`). The luck is the customer's, so an abler firm makes fewer of the same mistakes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import uniform
from crmlab.market.catalogue import PRODUCTS
from crmlab.market.consent import NOT_DONE, PUT_OFF
from crmlab.policy import Actions
from crmlab.tables import MESSAGE_KINDS, WEEK_SECONDS

if TYPE_CHECKING:
    from crmlab.market.world import World

_LOST, _ASTRAY, _WHOM, _OTHER, _WHICH, _BLUNT = range(6)


def carried_out(
    world: World, actions: Actions, week: int
) -> tuple[Actions, NDArray[np.int64], int]:
    """What is left of a decision; the rows that are not carried out, and why (a reason's code)."""
    s = world.scenario
    nothing = np.zeros(0, dtype=np.int64)
    wrong = (s.lost_rows, s.wrong_target, s.wrong_product, s.no_insight)
    if not len(actions) or not (any(wrong) or s.idle_weeks):
        return actions, nothing, 0
    if world.luck.uniform("idle week", week)[0] < s.idle_weeks:
        return actions.where(np.zeros(len(actions), dtype=bool)), np.arange(len(actions)), PUT_OFF
    if not any(wrong):
        return actions, nothing, 0
    message = np.isin(actions.column("kind").astype(str), MESSAGE_KINDS)
    message &= actions.column("target_kind").astype(str) == "customer"
    target = np.maximum(actions.column("target_id"), 0)
    luck, t = world.luck.base("execution", target), week * 8
    lost = message & (uniform(luck, t + _LOST) < s.lost_rows)
    actions = _astray(world, actions, message & ~lost, luck, week)
    actions = _content(world, actions, message, luck, t)
    return actions.where(~lost), np.flatnonzero(lost), NOT_DONE


def _astray(world: World, actions: Actions, message: NDArray, luck: NDArray, week: int) -> Actions:
    """Send some of the messages to somebody drawn by lot among all customers."""
    known = world.files_before(week * WEEK_SECONDS)
    row = np.flatnonzero(
        message & (uniform(luck, week * 8 + _ASTRAY) < world.scenario.wrong_target)
    )
    if not row.size or not known.size:
        return actions
    lot = np.floor(uniform(luck[row], week * 8 + _WHOM) * len(known)).astype(np.int64)
    target = actions.column("target_id").copy()
    target[row] = world.customer_id[known[lot]]
    return replace(actions, target_id=target)


def _content(world: World, actions: Actions, message: NDArray, luck: NDArray, t: int) -> Actions:
    """Show another product in some of the messages about one, or all of them."""
    s = world.scenario
    product = actions.column("product_id").copy()
    about_one = message & (product > 0)
    if not about_one.any():
        return actions
    other = about_one & (uniform(luck, t + _OTHER) < s.wrong_product)
    lot = 1 + np.floor(uniform(luck, t + _WHICH) * PRODUCTS)
    product = np.where(other, lot, product)
    product = np.where(about_one & (uniform(luck, t + _BLUNT) < s.no_insight), 0, product)
    return replace(actions, product_id=product.astype(np.int16))
