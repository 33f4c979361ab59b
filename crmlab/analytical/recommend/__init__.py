"""What should this customer be shown next? Kinds of personalisation, side by side (lab X10).

The parts: `history` has who bought what, and holds back what is to be foretold; `alone` looks at
one customer (popularity, stated preferences, own history); `groups` at customers of like taste
(item-item, matrix factorisation); `hybrid` mixes them by history length; `evaluate` counts hits
and measures how narrow the lists are.
"""

from crmlab.analytical.recommend.alone import OwnHistory, Popularity, StatedPreferences
from crmlab.analytical.recommend.base import Recommender
from crmlab.analytical.recommend.evaluate import Resample, breadth, hit_rates, hits_by_case
from crmlab.analytical.recommend.groups import ImplicitALS, ItemToItem
from crmlab.analytical.recommend.history import Split, last_order_out, purchases, split_at
from crmlab.analytical.recommend.hybrid import HISTORY, Hybrid

__all__ = [
    "HISTORY",
    "Hybrid",
    "ImplicitALS",
    "ItemToItem",
    "OwnHistory",
    "Popularity",
    "Recommender",
    "Resample",
    "Split",
    "StatedPreferences",
    "breadth",
    "hit_rates",
    "hits_by_case",
    "last_order_out",
    "purchases",
    "split_at",
]
