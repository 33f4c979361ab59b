"""What is an account called? Names of firms, from Faker's last names and invented words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crmlab.chance import Chance, uniform
from crmlab.market.contacts import word_list

_KINDS = ("Works", "Systems", "Trading", "Industries", "Group", "Partners", "Tools", "Supplies")


def account_names(chance: Chance, ids: NDArray[np.int64]) -> NDArray[np.object_]:
    """Names such as "Miller & Stone Works 017": the number keeps them apart from real firms'."""
    words = np.array(word_list("last_names"), dtype=object)
    base = chance.base("firm names", ids)
    first, second, kind = (uniform(base, t) for t in range(3))
    one = words[np.floor(first * len(words)).astype(int)]
    two = words[np.floor(second * len(words)).astype(int)]
    last = np.array(_KINDS, dtype=object)[np.floor(kind * len(_KINDS)).astype(int)]
    number = np.array([f"{i:03d}" for i in ids], dtype=object)
    return one + " & " + two + " " + last + " " + number
