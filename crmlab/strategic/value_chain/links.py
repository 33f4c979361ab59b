"""Where does a chain leak most? Stages that pass on a share of what they get multiply.

If each stage lets through only a share of what it could pass on (the right customers, of whom the
right things are known, who are served by the right partner, ...), the product of the shares comes
out. Two things follow, and both are sums by hand: the product is less than the mean, and a point
more is worth most at the smallest share. The assumption is the product: where one stage can stand
in for another, it does not hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

import pandas as pd


def through(shares: Mapping[str, float]) -> float:
    """What comes out of the chain, as a share of what a chain without a leak would give.

    Parameters
    ----------
    shares : dict of str to float
        What each stage passes on, in [0, 1].

    Raises
    ------
    ValueError
        No stage, or a value that is no share.

    Examples
    --------
    >>> through({"portfolio": 0.5, "intimacy": 0.8, "lifecycle": 1.0})
    0.4
    """
    _check(shares)
    return float(round(prod(shares.values()), 12))


def gain_of_each(shares: Mapping[str, float], step: float) -> pd.Series:
    """What comes out more if one stage passes on so much more, at most 1.

    Parameters
    ----------
    shares : dict of str to float
        In [0, 1].
    step : float
        In (0, 1].

    Returns
    -------
    Series
        By stage, in the order given: share of what a chain without a leak would give.

    Examples
    --------
    >>> gain_of_each({"portfolio": 0.5, "intimacy": 0.8}, step=0.1).round(2).to_dict()
    {'portfolio': 0.08, 'intimacy': 0.05}
    """
    _check(shares)
    if not 0 < step <= 1:
        raise ValueError(f"step must be in (0, 1], got {step}. Is this a percentage?")
    now = through(shares)
    more = {n: through({**shares, n: min(s + step, 1.0)}) - now for n, s in shares.items()}
    return pd.Series(more, name="gain")


def weakest(shares: Mapping[str, float]) -> str:
    """The stage that passes on least; of equals, the first.

    >>> weakest({"portfolio": 0.5, "intimacy": 0.3, "network": 0.9})
    'intimacy'
    """
    _check(shares)
    return min(shares, key=lambda name: round(shares[name], 9))


def _check(shares: Mapping[str, float]) -> None:
    if not len(shares):
        raise ValueError("shares must hold at least one stage, such as {'portfolio': 0.5}.")
    for name, share in shares.items():
        if not 0 <= share <= 1:
            raise ValueError(
                f"shares must be in [0, 1], got {share} for {name!r}. Is this a percentage?"
            )
