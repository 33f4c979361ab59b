"""What is in an order? Its value first (gamma-gamma), then its lines, margin and returns.

Top down: an order's value is a gamma variate of shape p with the person's own rate
(Fader and Hardie 2013), and only then is it divided into lines over the catalogue, by the
person's needs. So no catalogue can change the distribution of spend.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import exponential, gamma, geometric, uniform
from crmlab.market.catalogue import PER_CATEGORY, prices_eur
from crmlab.market.codes import FIRST, RENEWAL
from crmlab.market.orders import Events
from crmlab.market.tastes import draw_product
from crmlab.market.world import World

_MOST_LINES = 8
_DAY = 86_400


@dataclass(frozen=True)
class Baskets:
    """Orders with their values, lines and returns; money in whole cents.

    ``order`` says which order a line is of; ``back`` marks lines that are sent back.
    """

    value: NDArray[np.int64]
    margin: NDArray[np.int64]
    order: NDArray[np.int64]
    line: NDArray[np.int64]
    product_id: NDArray[np.int64]
    quantity: NDArray[np.int64]
    line_value: NDArray[np.int64]
    line_margin: NDArray[np.int64]
    back: NDArray[np.bool_]
    back_s: NDArray[np.int64]

    @property
    def margin_back(self) -> NDArray[np.int64]:
        """Margin lost by returns, in cents, one value an order."""
        lost = np.where(self.back, self.line_margin, 0).astype(np.float64)
        return np.bincount(self.order, lost, minlength=len(self.value)).astype(np.int64)


def fill_baskets(world: World, events: Events, week: NDArray) -> Baskets:
    """Value, lines, margin and returns of these orders (``week`` per order)."""
    s, people = world.scenario, world.people
    who, t = events.position, week * 1024 + events.code
    value_eur = gamma(world.base("value")[who], s.value_shape, t) / people.value_rate[who]
    value = np.maximum(np.rint(value_eur * 100.0), 1.0).astype(np.int64)
    if s.process == "contract":
        invoiced = (events.code == RENEWAL) | (events.code == FIRST)
        value[invoiced] = round(100 * s.fee_eur)
    lines = np.ones(len(who), dtype=np.int64)
    if s.extra_lines > 0:
        unit = uniform(world.base("lines")[who], t)
        lines = np.minimum(geometric(unit, 1.0 / (1.0 + s.extra_lines)), _MOST_LINES)
    order = np.repeat(np.arange(len(who)), lines)
    line = np.arange(len(order)) - np.repeat(np.cumsum(lines) - lines, lines)
    own, own_t = who[order], t[order] * 8 + line
    category = world.draw_need(own, uniform(world.base("category")[own], own_t))
    choice = uniform(world.base("product")[own], own_t)
    product = category * PER_CATEGORY + draw_product(world, own, category, choice)
    weight = ((0.25 + uniform(world.base("share")[own], own_t)) * 2**20).astype(np.int64)
    line_value = _divide(value, order, lines, weight)
    margin = np.rint(line_value * s.category_margins[category]).astype(np.int64)
    quantity = np.maximum(np.rint(line_value / (100.0 * prices_eur()[product])), 1.0)
    back = uniform(world.base("return")[own], own_t) < s.return_rate
    delay = exponential(world.base("return time")[own], own_t) * s.return_days * _DAY
    total = np.bincount(order, margin.astype(np.float64), minlength=len(who))
    return Baskets(
        value=value,
        margin=total.astype(np.int64),
        order=order,
        line=line + 1,
        product_id=product + 1,
        quantity=np.minimum(quantity, 32_767).astype(np.int64),
        line_value=line_value,
        line_margin=margin,
        back=back,
        back_s=events.second[order] + _DAY + np.floor(delay).astype(np.int64),
    )


def _divide(total: NDArray, owner: NDArray, number: NDArray, weight: NDArray) -> NDArray[np.int64]:
    """Cents of ``total`` over its lines by whole-number weight; they add up exactly.

    Whole numbers throughout: a running sum of floats would depend on the orders before.
    """
    first = np.cumsum(number) - number
    running = np.cumsum(weight)
    before = running[first] - weight[first] if len(first) else weight
    last = first + number - 1
    sums = running[last] - before
    until = total[owner] * (running - before[owner]) // sums[owner]
    parts = until.copy()
    inner = np.ones(len(parts), dtype=bool)
    inner[first] = False
    parts[inner] -= until[np.flatnonzero(inner) - 1]
    return parts
