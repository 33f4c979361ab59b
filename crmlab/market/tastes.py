"""Which product of a category? Tastes: people who like one product like others of its kind.

Each person has a place in a space of a few directions, and so has each product; within a
category a product is bought with probability proportional to exp(strength x their inner
product), a multinomial logit (McFadden 1974). This is what a recommender that looks at *other*
customers can find, and needs by category cannot. With strength 0, the default, every product
of a category is as likely as any other. The catalogue's places are part of the world.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import normal
from crmlab.market.catalogue import PER_CATEGORY, category_of
from crmlab.tables import CATEGORIES, TASTES

if TYPE_CHECKING:
    from crmlab.market.world import World


def draw_product(world: World, who: NDArray, category: NDArray, unit: NDArray) -> NDArray[np.int64]:
    """The place in its category (0 to 11) of each product bought, by inversion of ``unit``."""
    if world.scenario.taste_strength == 0:
        return np.floor(unit * PER_CATEGORY).astype(np.int64)
    chances = np.cumsum(product_chances(world, who, category), axis=1)
    return (unit[:, None] > chances[:, :-1]).sum(axis=1)


def product_chances(world: World, who: NDArray, category: NDArray) -> NDArray[np.float64]:
    """The chance of each product of a category for these people, shape ``(n, 12)``."""
    liking = np.einsum("nd,npd->np", world.people.tastes[who], product_places(world)[category])
    liking *= world.scenario.taste_strength
    chances = np.exp(liking - liking.max(axis=1, keepdims=True))
    return chances / chances.sum(axis=1, keepdims=True)


def product_places(world: World) -> NDArray[np.float64]:
    """Where each product stands, shape ``(n_categories, 12, directions)``; standard normal."""
    number = np.arange(len(CATEGORIES) * PER_CATEGORY)
    places = normal(world.traits.base("products", number)[:, None], np.arange(TASTES))
    return places.reshape(len(CATEGORIES), PER_CATEGORY, TASTES)


def taste_match(world: World, who: NDArray, product_id: NDArray) -> NDArray[np.float64]:
    """How near a product comes to the person's favourite of its category: 1 for the favourite."""
    match = np.ones(len(who))
    if world.scenario.taste_strength == 0:
        return match
    shown = np.flatnonzero(product_id > 0)
    product_id = product_id[shown]
    chances = product_chances(world, who[shown], category_of(product_id))
    place = (product_id.astype(np.int64) - 1) % PER_CATEGORY
    match[shown] = chances[np.arange(len(shown)), place] / chances.max(axis=1)
    return match
